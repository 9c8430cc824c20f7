"""Find them by their flat, without which no flat is deleted in good time."""

from alembic import op

revision = 'visitor_passes_6'
down_revision = 'visitor_passes_5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("ix_visitor_pass_household_id", "visitor_pass", ["household_id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("ix_visitor_pass_household_id", "visitor_pass")
