"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'health_1'
down_revision = None
branch_labels = ('health',)
depends_on = 'bot_1'


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('health_checkin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', bot.model.Moment(), nullable=False),
    sa.Column('tenths', sa.Integer(), nullable=False),
    sa.Column('symptoms', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('health_checkin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_health_checkin_day'), ['day'], unique=False)
        batch_op.create_index(batch_op.f('ix_health_checkin_resident_id'), ['resident_id'], unique=False)



def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('health_checkin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_health_checkin_resident_id'))
        batch_op.drop_index(batch_op.f('ix_health_checkin_day'))

    op.drop_table('health_checkin')
