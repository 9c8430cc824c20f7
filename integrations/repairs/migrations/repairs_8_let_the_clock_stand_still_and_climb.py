"""Let a ticket wait with its clock standing still, climb a ladder, be merged into another, and keep why it is due when it is.

An open ticket is looked at by the ladder at once; one that was found overdue before has climbed to that rung and goes on from there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'repairs_8'
down_revision = 'repairs_7'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_BEFORE = ("submitted", "accepted", "working", "done", "closed", "cancelled")

#: Rungs up to and with the one of what is overdue.
_OVERDUE = 3


def upgrade() -> None:
    """Bring the tables to this shape."""
    _let_state_be(*_BEFORE, "parts", "owner", "merged")
    filled = {"clock": (sa.JSON(), "{}"), "rung": (sa.Integer(), "0"), "pause_reason": (_TEXT(), ""), "follows_number": (_TEXT(), ""), "merged_from": (_TEXT(), "")}
    with op.batch_alter_table("repair_ticket") as batch:
        for name, (kind, empty) in filled.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=empty))
        for name in ("rung_at", "promised_at", "paused_at"):
            batch.add_column(sa.Column(name, bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_repair_ticket_merged_into", "repair_ticket", ["merged_into_id"], ["id"])
    with op.batch_alter_table("repair_ticket") as batch:
        for name, (kind, _) in filled.items():
            batch.alter_column(name, existing_type=kind, server_default=None)
    op.create_index("repair_ticket_climbs", "repair_ticket", ["community_id", "rung_at"])
    op.create_index("ix_repair_ticket_merged_into_id", "repair_ticket", ["merged_into_id"])
    is_open = "state IN ('submitted', 'accepted', 'working')"
    op.execute(f"UPDATE repair_ticket SET rung_at = opened_at WHERE {is_open}")  # noqa: S608  our own words
    op.execute(f"UPDATE repair_ticket SET rung = {_OVERDUE} WHERE {is_open} AND reminded_at IS NOT NULL")  # noqa: S608  our own words


def _let_state_be(*states: str) -> None:
    """Let the database take these words for a ticket's state."""
    words = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("repair_ticket") as batch:
        batch.drop_constraint("ticketstate_known", type_="check")
        batch.create_check_constraint("ticketstate_known", f"state IN ({words})")


def downgrade() -> None:
    """Bring the tables back to the shape before; what waits is worked on, what was merged counts as called off."""
    op.execute("UPDATE repair_ticket SET state = 'working' WHERE state IN ('parts', 'owner')")
    op.execute("UPDATE repair_ticket SET state = 'cancelled', ended = 'duplicate' WHERE state = 'merged'")
    op.drop_index("ix_repair_ticket_merged_into_id", "repair_ticket")
    op.drop_index("repair_ticket_climbs", "repair_ticket")
    with op.batch_alter_table("repair_ticket") as batch:
        batch.drop_constraint("fk_repair_ticket_merged_into", type_="foreignkey")
        for name in ("merged_into_id", "rung_at", "promised_at", "paused_at", "clock", "rung", "pause_reason", "follows_number", "merged_from"):
            batch.drop_column(name)
    _let_state_be(*_BEFORE)
