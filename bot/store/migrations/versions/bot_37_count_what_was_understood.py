"""Count what was understood and how it ended, without words or persons; find the tasks of a kind by when they were opened."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'bot_37'
down_revision = 'bot_34'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('outcome',
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('intent', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('understood', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('ended', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('seconds', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['community_id'], ['community.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('outcome_day', 'outcome', ['community_id', 'day'])
    op.create_index('task_kind', 'task', ['community_id', 'kind', 'opened_at'])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index('task_kind', table_name='task')
    op.drop_index('outcome_day', table_name='outcome')
    op.drop_table('outcome')
