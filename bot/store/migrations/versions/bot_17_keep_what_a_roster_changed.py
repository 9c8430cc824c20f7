"""Keep rosters that were taken over, with what they changed, and those that wait to be looked at."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_17'
down_revision = 'bot_16'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "roster_draft",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("person", _TEXT(), nullable=False),
        sa.Column("made_at", bot.model.Moment(), nullable=False),
        sa.Column("file_name", _TEXT(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("apart", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("personal_rows", _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_roster_draft_person", "roster_draft", ["person"])
    op.create_index("ix_roster_draft_made_at", "roster_draft", ["made_at"])
    op.create_table(
        "roster_import",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("actor", _TEXT(), nullable=False),
        sa.Column("file_name", _TEXT(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("personal_changes", _TEXT(), nullable=True),
        sa.Column("undone_at", bot.model.Moment(), nullable=True),
        sa.Column("undone_by", _TEXT(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_roster_import_at", "roster_import", ["at"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("roster_import")
    op.drop_table("roster_draft")
