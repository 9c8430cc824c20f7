"""Let an account let one of its person's flats go, who stays on the roster of it."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = "bot_44"
down_revision = "bot_43"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.add_column("residence", sa.Column("let_go_at", bot.model.Moment(), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_column("residence", "let_go_at")
