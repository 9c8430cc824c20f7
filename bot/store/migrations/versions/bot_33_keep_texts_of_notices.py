"""Keep texts to write notices from."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_33'
down_revision = 'bot_32'
branch_labels = None
depends_on = None

_WORDS = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "notice_text",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _WORDS, nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("title", _WORDS, nullable=False),
        sa.Column("body", _WORDS, nullable=False),
        sa.Column("created_at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("community_id", "name"),
    )


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("notice_text")
