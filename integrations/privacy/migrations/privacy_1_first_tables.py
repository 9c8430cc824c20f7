"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'privacy_1'
down_revision = None
branch_labels = ('privacy',)
depends_on = 'bot_18'

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "privacy_export",
        sa.Column("code", _TEXT(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("talk", _TEXT(), nullable=False),
        sa.Column("asked_at", bot.model.Moment(), nullable=False),
        sa.Column("opened_at", bot.model.Moment(), nullable=True),
        sa.Column("file_key", _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("code"),
    )


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("privacy_export")
