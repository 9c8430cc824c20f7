"""Seal the event log, and forget kept sentences with a number by which somebody is known for good."""

import re

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_22'
down_revision = 'bot_14'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    staff = sa.text("actor LIKE 'staff:%'")
    op.create_index("event_staff", "event", ["actor", "id"], unique=False, sqlite_where=staff, postgresql_where=staff)
    _forget_identifiers()
    words = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "event_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", bot.model.Moment(), nullable=False),
        sa.Column("last_at", bot.model.Moment(), nullable=False),
        sa.Column("sealed_at", bot.model.Moment(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("digest", words(), nullable=False),
        sa.Column("before", words(), nullable=False),
        sa.Column("mac", words(), nullable=False),
        sa.Column("pruned_at", bot.model.Moment(), nullable=True),
        sa.Column("pruned", words(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _forget_identifiers() -> None:
    """Delete what was kept for writers of intents before such numbers were masked; they lose a hint."""
    known = re.compile(r"[0-9](?:[ \-–—·.]{0,2}[0-9]){12,}|(?<![0-9A-Za-z])[A-Za-z]{1,2}[ -]?[0-9]{7,9}(?![0-9A-Za-z])")
    unmatched = sa.table("unmatched", sa.column("id", sa.Integer), sa.column("text", sa.String))
    kept = op.get_bind().execute(sa.select(unmatched.c.id, unmatched.c.text)).all()
    for number, said in kept:
        if known.search(said):
            op.get_bind().execute(sa.delete(unmatched).where(unmatched.c.id == number))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("event_seal")
    op.drop_index("event_staff", table_name="event")
