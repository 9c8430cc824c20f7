"""Keep views of lists under a name, and find tasks in the order in which they are listed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model
import bot.sealed

revision = 'bot_29'
down_revision = 'bot_28'
branch_labels = None
depends_on = None

_CLOSED = sa.text("closed_at IS NOT NULL")
_LISTED = [
    "community_id", "urgent", "opened_at", "need", "closed_at", "kind", "household_id", "openid", "claimed_by",
    "closed_by", "number", "public_id",
]


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "saved_view",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("list", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("query", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("saved_view_list", "saved_view", ["community_id", "list"])
    op.create_index("task_closed", "task", ["community_id", "closed_at", "need"], sqlite_where=_CLOSED, postgresql_where=_CLOSED)
    op.create_index("task_listed", "task", _LISTED)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("task_listed", "task")
    op.drop_index("task_closed", "task")
    op.drop_table("saved_view")
