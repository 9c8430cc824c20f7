"""Seal what was not understood, and find it by its keyed hash."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'bot_25'
down_revision = 'bot_24'
branch_labels = None
depends_on = None

_WORDS = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    """Bring the tables to this shape; the values themselves are sealed right after."""
    with op.batch_alter_table("unmatched") as batch:
        batch.add_column(sa.Column("text_digest", _WORDS, nullable=False, server_default=""))
        batch.drop_constraint("uq_unmatched_community_text", type_="unique")
    with op.batch_alter_table("unmatched") as batch:
        batch.alter_column("text_digest", existing_type=_WORDS, server_default=None)
    op.create_index("ix_unmatched_text_digest", "unmatched", ["text_digest"])


def downgrade() -> None:
    """There is no way back: the versions before cannot read what is sealed."""
    raise NotImplementedError("bot_25 cannot be undone; restore the backup from before it")
