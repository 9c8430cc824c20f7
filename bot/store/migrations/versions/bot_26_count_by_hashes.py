"""Count under keyed hashes of accounts and flats: the counts of before, which name them, begin anew."""

from alembic import op

revision = 'bot_26'
down_revision = 'bot_25'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.execute("DELETE FROM tally")


def downgrade() -> None:
    """Bring the tables back to the shape before: what was counted under hashes counts for nobody."""
    op.execute("DELETE FROM tally")
