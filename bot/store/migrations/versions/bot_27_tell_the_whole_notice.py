"""Keep what a notice's own page shows, and what became of each delivery: sent, read, acknowledged, answered, unknown."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_27'
down_revision = 'bot_26'
branch_labels = None
depends_on = None

_WORDS = sqlmodel.sql.sqltypes.AutoString()
_SAID = ("place", "contact", "signer", "correction")
_STATES = ("armed", "queued", "sending", "sent", "delivered", "failed", "unreachable", "cancelled")


def upgrade() -> None:
    """Bring the tables to this shape. What was sent before has been sent when it was last changed, as far as anybody knows."""
    with op.batch_alter_table("notice") as batch:
        for name in _SAID:
            batch.add_column(sa.Column(name, _WORDS, nullable=False, server_default=""))
        batch.add_column(sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("corrects_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_notice_corrects_id_notice", "notice", ["corrects_id"], ["id"])
    with op.batch_alter_table("notice") as batch:
        for name in _SAID:
            batch.alter_column(name, existing_type=_WORDS, server_default=None)
        batch.alter_column("asks", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("is_unsure", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("acknowledged_by", _WORDS, nullable=False, server_default=""))
        for name in ("sent_at", "read_at", "acknowledged_at"):
            batch.add_column(sa.Column(name, bot.model.Moment(), nullable=True))
    _let_state_be(*_STATES[:-1], "unknown", _STATES[-1])
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("is_unsure", existing_type=sa.Boolean(), server_default=None)
        batch.alter_column("acknowledged_by", existing_type=_WORDS, server_default=None)
    op.execute("UPDATE delivery SET sent_at = updated_at WHERE state IN ('sent', 'delivered')")
    op.create_table(
        "notice_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_picture_notice_id", "notice_picture", ["notice_id"])
    op.create_table(
        "notice_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("openid", _WORDS, nullable=False),
        sa.Column("words", _WORDS, nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("delivery_id", "openid"):
        op.create_index(f"ix_notice_reply_{name}", "notice_reply", [name])


def _let_state_be(*states: str) -> None:
    """Let the database take these words for a delivery's state."""
    words = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint("deliverystate_known", type_="check")
        batch.create_check_constraint("deliverystate_known", f"state IN ({words})")


def downgrade() -> None:
    """Bring the tables back to the shape before; what nobody knows of counts as failed."""
    op.execute("UPDATE delivery SET state = 'failed' WHERE state = 'unknown'")
    _let_state_be(*_STATES)
    op.drop_table("notice_reply")
    op.drop_table("notice_picture")
    with op.batch_alter_table("delivery") as batch:
        for name in ("acknowledged_at", "read_at", "sent_at", "acknowledged_by", "is_unsure"):
            batch.drop_column(name)
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("fk_notice_corrects_id_notice", type_="foreignkey")
        for name in ("corrects_id", "asks", *reversed(_SAID)):
            batch.drop_column(name)
