"""Keep what was done to several rows at once, so that it can be taken back."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_30'
down_revision = 'bot_29'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "undo_step",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("list", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("act", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("undone_at", bot.model.Moment(), nullable=True),
        sa.Column("personal_changes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_undo_step_at", "undo_step", ["at"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("ix_undo_step_at", "undo_step")
    op.drop_table("undo_step")
