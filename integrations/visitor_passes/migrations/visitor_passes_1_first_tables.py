"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'visitor_passes_1'
down_revision = None
branch_labels = ('visitor_passes',)
depends_on = 'bot_1'


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('visitor_pass',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('visitor_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plate', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('starts_at', bot.model.Moment(), nullable=False),
    sa.Column('ends_at', bot.model.Moment(), nullable=False),
    sa.Column('entries_left', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('active', 'used', 'cancelled', name='passstate_known', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('created_at', bot.model.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], ),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('visitor_pass', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visitor_pass_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_visitor_pass_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_visitor_pass_plate'), ['plate'], unique=False)
        batch_op.create_index(batch_op.f('ix_visitor_pass_resident_id'), ['resident_id'], unique=False)

    op.create_table('passage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pass_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('at', bot.model.Moment(), nullable=False),
    sa.Column('direction', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('admitted', sa.Boolean(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('left_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['pass_id'], ['visitor_pass.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passage_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_passage_pass_id'), ['pass_id'], unique=False)



def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_passage_pass_id'))
        batch_op.drop_index(batch_op.f('ix_passage_at'))

    op.drop_table('passage')
    with op.batch_alter_table('visitor_pass', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visitor_pass_resident_id'))
        batch_op.drop_index(batch_op.f('ix_visitor_pass_plate'))
        batch_op.drop_index(batch_op.f('ix_visitor_pass_created_at'))
        batch_op.drop_index(batch_op.f('ix_visitor_pass_code'))

    op.drop_table('visitor_pass')
