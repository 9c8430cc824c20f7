"""Let a person be one row with several flats; keep what is claimed, invited and counted."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_14'
down_revision = 'bot_13'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_ROLES = ("owner", "tenant", "family", "guest")
_EVIDENCE = ("roster", "phone", "invitation", "code", "staff")


def upgrade() -> None:
    """Bring the tables to this shape; whoever was on the roster or bound lives where they were."""
    op.create_table(
        "residence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("role", _word("residentrole", _ROLES), nullable=False),
        sa.Column("evidence", _word("evidence", _EVIDENCE), nullable=False),
        sa.Column("moved_in", sa.Date(), nullable=True),
        sa.Column("moved_out", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"]),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("resident_id", "household_id"),
    )
    op.create_index("ix_residence_household", "residence", ["household_id", "moved_out"])
    op.execute(
        "INSERT INTO residence (community_id, resident_id, household_id, role, evidence) "
        "SELECT community_id, id, household_id, CASE WHEN role IN ('owner', 'tenant') THEN role ELSE 'family' END, "
        "CASE WHEN name = '' THEN 'staff' ELSE 'roster' END FROM resident"
    )
    with op.batch_alter_table("resident") as batch:
        batch.drop_column("role")
        batch.add_column(sa.Column("asks_flat", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_resident_merged_into", "resident", ["merged_into_id"], ["id"])
    with op.batch_alter_table("resident") as batch:
        batch.alter_column("asks_flat", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("binding") as batch:
        batch.add_column(sa.Column("evidence", _word("evidence", _EVIDENCE), nullable=False, server_default="staff"))
    with op.batch_alter_table("binding") as batch:
        batch.alter_column("evidence", existing_type=sa.String(16), server_default=None)
    op.create_table(
        "claim",
        sa.Column("openid", _TEXT(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("building", _TEXT(), nullable=False),
        sa.Column("unit", _TEXT(), nullable=False),
        sa.Column("room", _TEXT(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("evidence", _word("evidence", _EVIDENCE), nullable=True),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"]),
        sa.PrimaryKeyConstraint("openid"),
    )
    op.create_table(
        "objection",
        sa.Column("openid", _TEXT(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"]),
        sa.PrimaryKeyConstraint("openid", "household_id"),
    )
    op.create_table(
        "invitation",
        sa.Column("code", _TEXT(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("inviter_id", sa.Integer(), nullable=True),
        sa.Column("called", _TEXT(), nullable=False),
        sa.Column("role", _word("residentrole", _ROLES), nullable=False),
        sa.Column("url", _TEXT(), nullable=False),
        sa.Column("made_at", bot.model.Moment(), nullable=False),
        sa.Column("expires_at", bot.model.Moment(), nullable=True),
        sa.Column("ended_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"]),
        sa.ForeignKeyConstraint(["inviter_id"], ["resident.id"]),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_invitation_household_id", "invitation", ["household_id"])
    op.create_table(
        "tally",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("key", _TEXT(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("community_id", "kind", "key", "day"),
    )


def downgrade() -> None:
    """There is no way back: a person with several flats fits into no table of before."""
    raise NotImplementedError("bot_14 cannot be undone; restore the backup from before it")


def _word(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, native_enum=False, create_constraint=True, length=16, name=f"{name}_known")
