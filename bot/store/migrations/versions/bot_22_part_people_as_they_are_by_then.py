"""Keep what two people were before they were made one as one sealed value, and who was told apart; find rows by their person and flat."""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_22'
down_revision = 'bot_21'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString

#: Indexes of foreign keys that most rows leave empty: table, column.
_PARTIAL = (
    ("resident", "merged_into_id"), ("delivery", "resident_id"), ("invitation", "inviter_id"), ("task", "household_id"),
    ("claim", "household_id"), ("line", "photo_id"),
)


def upgrade() -> None:
    """Bring the tables to this shape; the values themselves are sealed right after."""
    with op.batch_alter_table("merger") as batch:
        batch.add_column(sa.Column("personal_before", _TEXT(), nullable=True))
    _pack()
    with op.batch_alter_table("merger") as batch:
        batch.drop_column("moved")
        batch.drop_column("before")
    op.create_table(
        "merger_dismissal",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["one_id"], ["resident.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["resident.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("one_id", "other_id"),
    )
    op.create_index("ix_merger_dismissal_other_id", "merger_dismissal", ["other_id"])
    op.create_index("ix_objection_household_id", "objection", ["household_id"])
    for table, column in _PARTIAL:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=there, postgresql_where=there)


def _pack() -> None:
    """Write what was kept of each merger in the new shape, in clear."""
    connection = op.get_bind()
    merger = sa.table(
        "merger", sa.column("id"), sa.column("at", bot.model.Moment()), sa.column("undone_at"), sa.column("goes_id"),
        sa.column("moved", sa.JSON()), sa.column("before", sa.JSON()), sa.column("personal_before"),
    )
    binding = sa.table("binding", sa.column("id"), sa.column("bound_at", bot.model.Moment()), sa.column("ended_at", bot.model.Moment()))
    for row in connection.execute(sa.select(merger).where(merger.c.undone_at.is_(None))).all():
        before, moved = row.before, row.moved
        keys = [key for [key] in moved.get("binding.resident_id", [])] if before["bound"] else []
        held = binding.c.bound_at <= row.at, sa.or_(binding.c.ended_at.is_(None), binding.c.ended_at > row.at)
        found = connection.execute(sa.select(sa.func.max(binding.c.id)).where(binding.c.id.in_(keys), *held)).scalar()
        packed = {
            "had_name": bool(before["name"]), "had_phone": before["has_phone"], "tags": before["tags"], "household_id": before["household"],
            "asked_flat": before["asks_flat"], "binding_id": found,
            **{whose: [_lived(one) for one in before["residences"][whose]] for whose in ("stays", "goes")},
            "moved": [[*place.split("."), keys] for place, keys in moved.items()],
        }
        said = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
        connection.execute(sa.update(merger).where(merger.c.id == row.id).values(personal_before=said))


def _lived(one: dict) -> list:
    return [one[name] for name in ("household_id", "role", "evidence", "moved_in", "moved_out")]


def downgrade() -> None:
    """There is no way back: the versions before cannot read what is sealed."""
    raise NotImplementedError("bot_22 cannot be undone; restore the backup from before it")
