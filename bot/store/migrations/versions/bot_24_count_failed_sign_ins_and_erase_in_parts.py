"""Count failed sign-ins for all processes; look through what staff were told of who left in parts."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_24'
down_revision = 'bot_23'
branch_labels = None
depends_on = None

_WORDS = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "failed_attempt",
        sa.Column("kind", _WORDS, nullable=False),
        sa.Column("mark", _WORDS, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last", bot.model.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "mark"),
    )
    op.create_index("failed_attempt_last", "failed_attempt", ["kind", "last"])
    with op.batch_alter_table("erasure") as batch:
        batch.add_column(sa.Column("cleared_at", bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column("marks", _WORDS, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("account", _WORDS, nullable=False, server_default=""))
        batch.add_column(sa.Column("after_delivery", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("after_line", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("erasure") as batch:
        batch.alter_column("marks", existing_type=_WORDS, server_default=None)
        batch.alter_column("account", existing_type=_WORDS, server_default=None)
        for name in ("after_delivery", "after_line"):
            batch.alter_column(name, existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table("erasure") as batch:
        for name in ("after_line", "after_delivery", "account", "marks", "cleared_at"):
            batch.drop_column(name)
    op.drop_table("failed_attempt")
