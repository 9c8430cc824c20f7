"""Keep what intent files held before they were changed."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = 'bot_39'
down_revision = 'bot_37'
branch_labels = None
depends_on = None

_BECAME = sa.Enum('found', 'saved', 'restored', 'deleted', native_enum=False, create_constraint=True, length=16, name='became_known')


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "intent_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("became", _BECAME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("intent_version_path", "intent_version", ["path", "id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("intent_version")
