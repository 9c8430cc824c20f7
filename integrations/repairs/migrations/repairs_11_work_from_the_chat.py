"""Keep what whoever repairs does from their own chat: where their talk stands, what they asked a resident, what they photographed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'repairs_11'
down_revision = 'repairs_10'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "repair_crew_talk",
        *_head(),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("listed_at", bot.model.Moment(), nullable=True),
        sa.Column("asked", _TEXT(), nullable=False),
        sa.Column("asked_at", bot.model.Moment(), nullable=True),
        sa.Column("meant", _TEXT(), nullable=False),
        sa.Column("meant_at", bot.model.Moment(), nullable=True),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("done_at", bot.model.Moment(), nullable=True),
        *_ends(of_ticket=False),
        sa.UniqueConstraint("staff_id"),
    )
    op.create_table(
        "repair_question",
        *_head(),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("text", _TEXT(), nullable=False),
        sa.Column("answered_at", bot.model.Moment(), nullable=True),
        sa.Column("answer", _TEXT(), nullable=False),
        *_ends(of_ticket=True),
    )
    op.create_table(
        "repair_picture",
        *_head(),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("photo", _TEXT(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("stage", sa.Enum("before", "after", name="stage_known", native_enum=False, create_constraint=True, length=16), nullable=False),
        *_ends(of_ticket=True),
        sa.UniqueConstraint("community_id", "photo", name="repair_picture_once"),
    )
    op.create_index("repair_question_asked", "repair_question", ["community_id", "at"])
    op.create_index("ix_repair_question_ticket_id", "repair_question", ["ticket_id"])
    op.create_index("ix_repair_picture_ticket_id", "repair_picture", ["ticket_id"])


def _head() -> tuple[sa.Column, ...]:
    return sa.Column("community_id", sa.Integer(), nullable=False), sa.Column("id", sa.Integer(), nullable=False)


def _ends(*, of_ticket: bool) -> tuple[sa.Constraint, ...]:
    """Return what ties a table to its community, its person of the staff and its ticket."""
    ticket = (sa.ForeignKeyConstraint(["ticket_id"], ["repair_ticket.id"]),) if of_ticket else ()
    return (
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        *ticket,
    )


def downgrade() -> None:
    """Take the tables back to the shape before."""
    op.drop_index("ix_repair_picture_ticket_id", "repair_picture")
    op.drop_index("repair_question_asked", "repair_question")
    op.drop_index("ix_repair_question_ticket_id", "repair_question")
    for table in ("repair_picture", "repair_question", "repair_crew_talk"):
        op.drop_table(table)
