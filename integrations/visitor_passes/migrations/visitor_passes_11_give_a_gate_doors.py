"""Let locks, barriers and turnstiles ask whether to open, each with a key for its gate; find a pass by the plate a camera reads."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'visitor_passes_11'
down_revision = 'visitor_passes_10'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('visitor_door',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('gate_id', sa.Integer(), nullable=True),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', bot.model.Moment(), nullable=False),
    sa.Column('is_simulated', sa.Boolean(), nullable=False),
    sa.Column('firmware', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('clock_off', sa.Integer(), nullable=False),
    sa.Column('seen_at', bot.model.Moment(), nullable=True),
    sa.Column('silent_since', bot.model.Moment(), nullable=True),
    sa.Column('ended_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['gate_id'], ['visitor_gate.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key'),
    sa.UniqueConstraint('public_id')
    )
    op.create_index('ix_visitor_door_gate_id', 'visitor_door', ['gate_id'])
    with op.batch_alter_table('passage') as batch:
        batch.add_column(sa.Column('door_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('request', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch.add_column(sa.Column('asked', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
        batch.add_column(sa.Column('opening', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
        batch.create_foreign_key('passage_door', 'visitor_door', ['door_id'], ['id'])
    with op.batch_alter_table('passage') as batch:
        batch.alter_column('asked', existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)
        batch.alter_column('opening', existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)
    op.create_index('ix_passage_door_id', 'passage', ['door_id'])
    op.create_index('ix_passage_request', 'passage', ['request'], unique=True)
    op.create_index('visitor_pass_plate', 'visitor_pass', ['plate_digest'])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index('visitor_pass_plate', 'visitor_pass')
    op.drop_index('ix_passage_request', 'passage')
    op.drop_index('ix_passage_door_id', 'passage')
    with op.batch_alter_table('passage') as batch:
        batch.drop_constraint('passage_door', type_='foreignkey')
        for column in ('opening', 'asked', 'request', 'door_id'):
            batch.drop_column(column)
    op.drop_table('visitor_door')
