"""Find them by their flat, without which no flat is deleted in good time."""

from alembic import op

revision = 'repairs_6'
down_revision = 'repairs_5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("ix_repair_ticket_household_id", "repair_ticket", ["household_id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("ix_repair_ticket_household_id", "repair_ticket")
