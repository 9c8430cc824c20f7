"""Let colleagues see who writes on an answer, whichever process serves them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = "bot_47"
down_revision = "bot_46"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "writer",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("talk", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("talk", "staff_id"),
    )
    op.create_index("writer_at", "writer", ["at"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("writer")
