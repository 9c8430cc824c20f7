"""Find lines of costs by when they were written down: the list of all of them and the figure are read in that order."""

from alembic import op

revision = 'repairs_9'
down_revision = 'repairs_8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("repair_cost_noted", "repair_cost", ["community_id", "at", "id"])


def downgrade() -> None:
    """Take the tables back to the shape before."""
    op.drop_index("repair_cost_noted", "repair_cost")
