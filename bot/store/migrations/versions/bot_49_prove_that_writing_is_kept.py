"""Have a row by which a process proves that what it writes is kept."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = "bot_49"
down_revision = "bot_48"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("pulse")
