"""List passes by their time without reading them, the last page as fast as the first."""

from alembic import op

revision = 'visitor_passes_7'
down_revision = 'visitor_passes_6'
branch_labels = None
depends_on = None

_HOLDS = ["community_id", "starts_at", "id", "ends_at", "state", "created_at", "household_id", "visitor_name", "code", "plate_digest"]


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("visitor_pass_listed", "visitor_pass", _HOLDS)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("visitor_pass_listed", "visitor_pass")
