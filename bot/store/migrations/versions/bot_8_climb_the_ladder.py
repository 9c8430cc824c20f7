"""Climb the ladder: what it has told before a task was opened again, and what is known of those who were told."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'bot_8'
down_revision = 'bot_7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.add_column("task", sa.Column("rungs_before", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("task", sa.Column("known", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_column("task", "known")
    op.drop_column("task", "rungs_before")
