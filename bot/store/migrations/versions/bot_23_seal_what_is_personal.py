"""Seal what is personal: make room for it. The values themselves are sealed right after, in batches (bot/store/sealing.py)."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_23'
down_revision = 'bot_14'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString

#: JSON that becomes sealed text: table, column, whether it may be missing.
_JSON = (("task", "data", False), ("conversation", "standing", True), ("delivery", "payload", False), ("effect", "payload", False))


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "sealing_key",
        sa.Column("id", _TEXT(), nullable=False),
        sa.Column("used_since", bot.model.Moment(), nullable=False),
        sa.Column("retired_at", bot.model.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("sealed_column", sa.Column("place", _TEXT(), nullable=False), sa.PrimaryKeyConstraint("place"))
    for column in ("phone_digest", "phone_end"):
        with op.batch_alter_table("resident") as batch:
            batch.add_column(sa.Column(column, _TEXT(), nullable=False, server_default=""))
        with op.batch_alter_table("resident") as batch:
            batch.alter_column(column, existing_type=_TEXT(), server_default=None)
        op.create_index(f"ix_resident_{column}", "resident", [column])
    for table, column, is_missing in _JSON:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column, existing_type=sa.JSON(), type_=_TEXT(), existing_nullable=is_missing, postgresql_using=f"{column}::text"
            )


def downgrade() -> None:
    """There is no way back: the versions before cannot read what is sealed."""
    raise NotImplementedError("bot_23 cannot be undone; restore the backup from before it")
