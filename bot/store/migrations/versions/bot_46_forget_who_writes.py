"""Keep no more who writes on an answer: that is told to colleagues as it happens, and was last written down long ago."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = "bot_46"
down_revision = "bot_44"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("conversation") as batch:
        batch.drop_constraint("conversation_writing_id_fkey", type_="foreignkey")
        batch.drop_column("writing_id")
        batch.drop_column("writing_at")


def downgrade() -> None:
    """Bring the tables back to the shape before: nobody writes."""
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(sa.Column("writing_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("conversation_writing_id_fkey", "staff", ["writing_id"], ["id"])
        batch.add_column(sa.Column("writing_at", bot.model.Moment(), nullable=True))
