"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'clinic_1'
down_revision = None
branch_labels = ('clinic',)
depends_on = 'bot_43'


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('clinic_session',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('doctor', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('offers', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('room', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('starts_at', bot.model.Moment(), nullable=False),
    sa.Column('ends_at', bot.model.Moment(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('cancelled_at', bot.model.Moment(), nullable=True),
    sa.CheckConstraint('taken >= 0 AND taken <= places', name='clinic_session_places'),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('clinic_session', schema=None) as batch_op:
        batch_op.create_index('clinic_session_ahead', ['community_id', 'starts_at'], unique=False)

    op.create_table('clinic_booking',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('patient', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sa.Enum('booked', 'waiting', 'offered', 'cancelled', 'lapsed', 'called_off', 'came', 'missed', name='state_known', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('made_at', bot.model.Moment(), nullable=False),
    sa.Column('queued_at', bot.model.Moment(), nullable=True),
    sa.Column('held_until', bot.model.Moment(), nullable=True),
    sa.Column('reminded_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], ),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['clinic_session.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    with op.batch_alter_table('clinic_booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clinic_booking_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_clinic_booking_made_at'), ['made_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_clinic_booking_resident_id'), ['resident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_clinic_booking_session_id'), ['session_id'], unique=False)



def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('clinic_booking', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clinic_booking_session_id'))
        batch_op.drop_index(batch_op.f('ix_clinic_booking_resident_id'))
        batch_op.drop_index(batch_op.f('ix_clinic_booking_made_at'))
        batch_op.drop_index(batch_op.f('ix_clinic_booking_household_id'))

    op.drop_table('clinic_booking')
    with op.batch_alter_table('clinic_session', schema=None) as batch_op:
        batch_op.drop_index('clinic_session_ahead')

    op.drop_table('clinic_session')
