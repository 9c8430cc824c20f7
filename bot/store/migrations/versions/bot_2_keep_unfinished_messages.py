"""Keep unfinished messages."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_2'
down_revision = 'bot_1'
branch_labels = None
depends_on = None

_UNFINISHED = sa.text('answer IS NULL')


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        # The defaults are for the rows of before.
        batch_op.add_column(sa.Column('is_late', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('push', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('lease_until', bot.model.Moment(), nullable=True))
        batch_op.add_column(sa.Column('attempts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('signed', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.alter_column('answer', existing_type=sa.VARCHAR(), nullable=True)
    op.create_index('inbox_unfinished', 'inbox', ['lease_until'], sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)
    op.create_index('ix_inbox_openid', 'inbox', ['openid'])
    op.create_index('inbox_signed', 'inbox', ['signed'], unique=True)


def downgrade() -> None:
    """Bring the tables back to the shape before; what is unfinished is lost."""
    op.drop_index('inbox_signed', 'inbox')
    op.drop_index('ix_inbox_openid', 'inbox')
    op.drop_index('inbox_unfinished', 'inbox')
    op.execute("DELETE FROM inbox WHERE answer IS NULL")
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.alter_column('answer', existing_type=sa.VARCHAR(), nullable=False)
        for column in ('signed', 'attempts', 'lease_until', 'push', 'is_late'):
            batch_op.drop_column(column)
