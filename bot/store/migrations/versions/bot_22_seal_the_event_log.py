"""Seal the event log."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_22'
down_revision = 'bot_13'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    staff = sa.text("actor LIKE 'staff:%'")
    op.create_index("event_staff", "event", ["actor", "id"], unique=False, sqlite_where=staff, postgresql_where=staff)
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


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("event_seal")
    op.drop_index("event_staff", table_name="event")
