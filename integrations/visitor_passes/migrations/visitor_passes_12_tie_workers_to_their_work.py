"""Let the passes of workers end with the repair or the registered renovation that they come for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'visitor_passes_12'
down_revision = 'visitor_passes_11'
branch_labels = None
depends_on = None

_BEFORE = ('visit', 'regular', 'long', 'delivery')


def _allow(*kinds: str) -> None:
    words = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table('visitor_pass') as batch:
        batch.drop_constraint('passkind_known', type_='check')
        batch.create_check_constraint('passkind_known', f'kind IN ({words})')


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('visitor_permit',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('company', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('created_at', bot.model.Moment(), nullable=False),
    sa.Column('ended_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('community_id', 'number'),
    sa.UniqueConstraint('public_id')
    )
    op.create_index('ix_visitor_permit_household_id', 'visitor_permit', ['household_id'])
    with op.batch_alter_table('visitor_pass') as batch:
        batch.add_column(sa.Column('tied', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    with op.batch_alter_table('visitor_pass') as batch:
        batch.alter_column('tied', existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)
    _allow(*_BEFORE, 'contractor')
    is_tied = sa.text("tied <> ''")
    op.create_index('visitor_pass_tied', 'visitor_pass', ['tied'], sqlite_where=is_tied, postgresql_where=is_tied)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.execute("UPDATE visitor_pass SET kind = 'regular' WHERE kind = 'contractor'")
    op.drop_index('visitor_pass_tied', 'visitor_pass')
    _allow(*_BEFORE)
    with op.batch_alter_table('visitor_pass') as batch:
        batch.drop_column('tied')
    op.drop_table('visitor_permit')
