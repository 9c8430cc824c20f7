"""Count what the language model is asked each day."""

import sqlalchemy as sa
from alembic import op

revision = 'bot_13'
down_revision = 'bot_12'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "model_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("model_day")
