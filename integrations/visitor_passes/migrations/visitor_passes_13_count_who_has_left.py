"""Count who of a party has left: twelve who came in together leave one by one."""

import sqlalchemy as sa
from alembic import op

revision = 'visitor_passes_13'
down_revision = 'visitor_passes_12'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table('passage') as batch:
        batch.add_column(sa.Column('gone', sa.Integer(), nullable=False, server_default='0'))
    op.execute('UPDATE passage SET gone = people WHERE left_at IS NOT NULL')
    with op.batch_alter_table('passage') as batch:
        batch.alter_column('gone', existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('passage') as batch:
        batch.drop_column('gone')
