"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'repairs_1'
down_revision = None
branch_labels = ('repairs',)
depends_on = 'bot_1'


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('repair_ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('location', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('appointment_at', bot.model.Moment(), nullable=True),
    sa.Column('state', sa.Enum('submitted', 'accepted', 'working', 'done', 'closed', 'cancelled', name='ticketstate_known', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', bot.model.Moment(), nullable=False),
    sa.Column('due_at', bot.model.Moment(), nullable=False),
    sa.Column('done_at', bot.model.Moment(), nullable=True),
    sa.Column('urged_at', bot.model.Moment(), nullable=True),
    sa.Column('urged', sa.Integer(), nullable=False),
    sa.Column('reminded_at', bot.model.Moment(), nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['assignee_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], ),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    with op.batch_alter_table('repair_ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repair_ticket_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_repair_ticket_opened_at'), ['opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_repair_ticket_resident_id'), ['resident_id'], unique=False)

    op.create_table('repair_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('at', bot.model.Moment(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['ticket_id'], ['repair_ticket.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('repair_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repair_note_ticket_id'), ['ticket_id'], unique=False)



def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('repair_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_repair_note_ticket_id'))

    op.drop_table('repair_note')
    with op.batch_alter_table('repair_ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_repair_ticket_resident_id'))
        batch_op.drop_index(batch_op.f('ix_repair_ticket_opened_at'))
        batch_op.drop_index(batch_op.f('ix_repair_ticket_due_at'))

    op.drop_table('repair_ticket')
