"""Ask the host of who comes without a pass, and take back a slip of the finger."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'visitor_passes_8'
down_revision = 'visitor_passes_7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('visitor_walk_up',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plate', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('asked_at', bot.model.Moment(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Enum('waiting', 'yes', 'no', name='hostanswer_known', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('answered_at', bot.model.Moment(), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by'], ['resident.id'], ),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    for column in ('answered_by', 'asked_at', 'household_id'):
        op.create_index(f'ix_visitor_walk_up_{column}', 'visitor_walk_up', [column])
    with op.batch_alter_table('passage') as batch:
        batch.add_column(sa.Column('people', sa.Integer(), nullable=False, server_default='1'))
        batch.add_column(sa.Column('undone_at', bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column('walk_up_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('passage_walk_up_id_fkey', 'visitor_walk_up', ['walk_up_id'], ['id'])
    with op.batch_alter_table('passage') as batch:
        batch.alter_column('people', existing_type=sa.Integer(), server_default=None)
    op.create_index('ix_passage_walk_up_id', 'passage', ['walk_up_id'])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('passage') as batch:
        batch.drop_column('walk_up_id')
        batch.drop_column('undone_at')
        batch.drop_column('people')
    op.drop_table('visitor_walk_up')
