"""Tell everyday, important and emergency notices apart; versions of one; who agreed; who was reminded and visited; what a community settled."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_32'
down_revision = 'bot_31'
branch_labels = None
depends_on = None

_WORDS = sqlmodel.sql.sqltypes.AutoString()
_STATES = ("draft", "scheduled", "paused", "published", "missed", "recalled")
_KINDS = sa.Enum("everyday", "important", "emergency", native_enum=False, create_constraint=True, length=16, name="noticekind_known")
_VERSIONS = sa.Enum(
    "first", "correction", "cancellation", "update", "all_clear", native_enum=False, create_constraint=True, length=16, name="noticeversion_known"
)
_STAFF = ("asked_by", "approved_by")
_MOMENTS = ("until", "tested_at", "approved_at", "shown_at")
_RECEIPTS = ("paced_at", "chased_at", "visited_at")


def upgrade() -> None:
    """Bring the tables to this shape: what there was is everyday, and what corrected another a correction."""
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("kind", _KINDS, nullable=False, server_default="everyday"))
        batch.add_column(sa.Column("version", _VERSIONS, nullable=False, server_default="first"))
        batch.add_column(sa.Column("chase_after", sa.Integer(), nullable=False, server_default="1440"))
        batch.add_column(sa.Column("returned", _WORDS, nullable=False, server_default=""))
        for name in _MOMENTS:
            batch.add_column(sa.Column(name, bot.model.Moment(), nullable=True))
        for name in _STAFF:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_notice_{name}_staff", "staff", [name], ["id"])
    _let_state_be(*_STATES, "waiting")
    with op.batch_alter_table("notice") as batch:
        batch.alter_column("kind", existing_type=_KINDS, server_default=None)
        batch.alter_column("version", existing_type=_VERSIONS, server_default=None)
        batch.alter_column("chase_after", existing_type=sa.Integer(), server_default=None)
        batch.alter_column("returned", existing_type=_WORDS, server_default=None)
    op.execute("UPDATE notice SET version = 'correction' WHERE corrects_id IS NOT NULL")
    with op.batch_alter_table("delivery") as batch:
        for name in _RECEIPTS:
            batch.add_column(sa.Column(name, bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column("visited_by", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_delivery_visited_by_staff", "staff", ["visited_by"], ["id"])
    with op.batch_alter_table("follower") as batch:
        batch.add_column(sa.Column("told_at", bot.model.Moment(), nullable=True))
    op.create_table(
        "notice_policy",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", _WORDS, nullable=False),
        sa.Column("quiet_until", _WORDS, nullable=False),
        sa.Column("approve_above", sa.Integer(), nullable=True),
        sa.Column("big_above", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id"),
    )


def _let_state_be(*states: str) -> None:
    """Let the database take these words for a notice's state."""
    words = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("noticestate_known", type_="check")
        batch.create_check_constraint("noticestate_known", f"state IN ({words})")


def downgrade() -> None:
    """Bring the tables back to the shape before; what waits for somebody's yes is a draft."""
    op.drop_table("notice_policy")
    with op.batch_alter_table("follower") as batch:
        batch.drop_column("told_at")
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint("fk_delivery_visited_by_staff", type_="foreignkey")
        for name in ("visited_by", *reversed(_RECEIPTS)):
            batch.drop_column(name)
    op.execute("UPDATE notice SET state = 'draft' WHERE state = 'waiting'")
    _let_state_be(*_STATES)
    with op.batch_alter_table("notice") as batch:
        for name in _STAFF:
            batch.drop_constraint(f"fk_notice_{name}_staff", type_="foreignkey")
        for name in ("noticekind_known", "noticeversion_known"):
            batch.drop_constraint(name, type_="check")
        for name in ("kind", "version", "chase_after", "returned", *_MOMENTS, *_STAFF):
            batch.drop_column(name)
