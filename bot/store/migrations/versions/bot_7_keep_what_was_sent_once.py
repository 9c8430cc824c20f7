"""Keep what was sent once."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_7'
down_revision = 'bot_6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('act',
    sa.Column('mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', bot.model.Moment(), nullable=False),
    sa.Column('to', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('mark')
    )
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_act_at'), ['at'], unique=False)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_act_at'))

    op.drop_table('act')
