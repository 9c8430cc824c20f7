"""Wait for a sign of life of who wishes it: the days, the rungs that were climbed, absences, what a visit found."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'health_8'
down_revision = 'health_6'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def _own(table: str, *columns: sa.Column, with_consent: bool = True, keys: tuple[sa.schema.SchemaItem, ...] = ()) -> None:
    consent = [sa.Column('consent_id', sa.Integer(), sa.ForeignKey('consent.id'), nullable=False)] if with_consent else []
    op.create_table(
        table, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('community_id', sa.Integer(), sa.ForeignKey('community.id'), nullable=False),
        *consent, *columns, *keys,
    )  # fmt: skip
    if with_consent:
        op.create_index(f'ix_{table}_consent_id', table, ['consent_id'])


def _to(name: str, table: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f'{table}.id'), nullable=nullable)


def upgrade() -> None:
    """Bring the tables to this shape. Nobody is waited for before they agreed to the new words."""
    op.add_column('health_care', sa.Column('expects_from', sa.Date(), nullable=True))
    with op.batch_alter_table('health_care') as batch:
        batch.add_column(sa.Column('greets', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column('neighbour_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_health_care_neighbour', 'resident', ['neighbour_id'], ['id'])
    with op.batch_alter_table('health_care') as batch:
        batch.alter_column('greets', existing_type=sa.Boolean(), server_default=None)
    op.create_index('ix_health_care_neighbour_id', 'health_care', ['neighbour_id'])
    _own(
        'health_care_day', sa.Column('public_id', _TEXT(), nullable=False, unique=True), _to('wish_id', 'health_care'), _to('resident_id', 'resident'),
        sa.Column('day', sa.Date(), nullable=False), sa.Column('due_at', bot.model.Moment(), nullable=False), sa.Column('sign', _TEXT(), nullable=False),
        sa.Column('signed_at', bot.model.Moment(), nullable=True), keys=(sa.UniqueConstraint('wish_id', 'day', name='health_care_day_once'),),
    )  # fmt: skip
    op.create_index('health_care_day_waits', 'health_care_day', ['sign', 'day'])
    op.create_index('ix_health_care_day_resident_id', 'health_care_day', ['resident_id'])
    _own(
        'health_care_rung', _to('day_id', 'health_care_day'), sa.Column('rung', _TEXT(), nullable=False), sa.Column('at', bot.model.Moment(), nullable=False),
        sa.Column('asked', sa.JSON(), nullable=False), with_consent=False, keys=(sa.UniqueConstraint('day_id', 'rung', name='health_care_rung_once'),),
    )  # fmt: skip
    _own(
        'health_care_absence', _to('resident_id', 'resident'), sa.Column('begins', sa.Date(), nullable=False), sa.Column('ends', sa.Date(), nullable=False),
        sa.Column('in_hospital', sa.Boolean(), nullable=False), _to('told_by', 'resident'), sa.Column('at', bot.model.Moment(), nullable=False),
        sa.Column('ended_at', bot.model.Moment(), nullable=True),
    )  # fmt: skip
    op.create_index('ix_health_care_absence_resident_id', 'health_care_absence', ['resident_id'])
    op.create_index('ix_health_care_absence_told_by', 'health_care_absence', ['told_by'])
    _own(
        'health_care_proof', sa.Column('day_id', sa.Integer(), sa.ForeignKey('health_care_day.id'), nullable=False, unique=True), _to('staff_id', 'staff'),
        sa.Column('at', bot.model.Moment(), nullable=False), sa.Column('was_well', sa.Boolean(), nullable=False), sa.Column('words', _TEXT(), nullable=False),
        sa.Column('picture', _TEXT(), nullable=False),
    )  # fmt: skip
    _own('health_care_hour', sa.Column('minutes', sa.Integer(), nullable=False), with_consent=False, keys=(sa.UniqueConstraint('community_id', name='health_care_hour_once'),))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    for table in ('health_care_hour', 'health_care_proof', 'health_care_absence', 'health_care_rung', 'health_care_day'):
        op.drop_table(table)
    op.drop_index('ix_health_care_neighbour_id', 'health_care')
    with op.batch_alter_table('health_care') as batch:
        batch.drop_constraint('fk_health_care_neighbour', type_='foreignkey')
        for name in ('neighbour_id', 'greets', 'expects_from'):
            batch.drop_column(name)
