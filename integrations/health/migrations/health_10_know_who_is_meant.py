"""Know whom somebody means by 妈妈, and for whom a check-in was written down by a mix-up."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'health_10'
down_revision = 'health_9'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        'health_called', sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('community_id', sa.Integer(), sa.ForeignKey('community.id'), nullable=False),
        sa.Column('consent_id', sa.Integer(), sa.ForeignKey('consent.id'), nullable=False),
        sa.Column('resident_id', sa.Integer(), sa.ForeignKey('resident.id'), nullable=False), sa.Column('word', _TEXT(), nullable=False),
        sa.Column('person_id', sa.Integer(), sa.ForeignKey('resident.id'), nullable=False), sa.Column('at', bot.model.Moment(), nullable=False),
        sa.UniqueConstraint('resident_id', 'word', name='health_called_once'),
    )  # fmt: skip
    for name in ('consent_id', 'resident_id', 'person_id'):
        op.create_index(f'ix_health_called_{name}', 'health_called', [name])
    with op.batch_alter_table('health_checkin') as batch:
        batch.add_column(sa.Column('was_of_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('was_person', _TEXT(), nullable=False, server_default=''))
        batch.add_column(sa.Column('righted_at', bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column('righted_by', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_health_checkin_was_of', 'resident', ['was_of_id'], ['id'])
        batch.create_foreign_key('fk_health_checkin_righted_by', 'staff', ['righted_by'], ['id'])
    with op.batch_alter_table('health_checkin') as batch:
        batch.alter_column('was_person', existing_type=_TEXT(), server_default=None)
    op.create_index('ix_health_checkin_was_of_id', 'health_checkin', ['was_of_id'])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index('ix_health_checkin_was_of_id', 'health_checkin')
    with op.batch_alter_table('health_checkin') as batch:
        batch.drop_constraint('fk_health_checkin_righted_by', type_='foreignkey')
        batch.drop_constraint('fk_health_checkin_was_of', type_='foreignkey')
        for name in ('righted_by', 'righted_at', 'was_person', 'was_of_id'):
            batch.drop_column(name)
    op.drop_table('health_called')
