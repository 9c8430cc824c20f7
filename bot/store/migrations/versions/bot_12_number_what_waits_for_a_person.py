"""Number what was handed to a person, and keep when it was first answered."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_12'
down_revision = 'bot_11'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.add_column("task", sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("task", sa.Column("answered_at", bot.model.Moment(), nullable=True))
    op.create_index("task_number", "task", ["number"], unique=True)
    is_answered = sa.text("answered_at IS NOT NULL")
    op.create_index(
        "task_answered", "task", ["community_id", "kind", "opened_at"], sqlite_where=is_answered, postgresql_where=is_answered
    )


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("task_answered", table_name="task")
    op.drop_index("task_number", table_name="task")
    op.drop_column("task", "answered_at")
    op.drop_column("task", "number")
