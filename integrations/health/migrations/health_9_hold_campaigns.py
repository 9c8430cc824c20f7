"""Hold campaigns of check-ins, and ask parents and neighbours whether they take part in the care."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'health_9'
down_revision = 'health_8'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def _own(table: str, *columns: sa.Column, keys: tuple[sa.schema.SchemaItem, ...] = ()) -> None:
    op.create_table(
        table, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('community_id', sa.Integer(), sa.ForeignKey('community.id'), nullable=False),
        *columns, *keys,
    )  # fmt: skip


def _to(name: str, table: str, *, nullable: bool = False, unique: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f'{table}.id'), nullable=nullable, unique=unique)


def _at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, bot.model.Moment(), nullable=nullable)


def _is(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    """Bring the tables to this shape."""
    _own(
        'health_campaign', sa.Column('public_id', _TEXT(), nullable=False, unique=True), _is('name', _TEXT()), _is('whom', sa.JSON()), _is('begins', sa.Date()),
        _is('ends', sa.Date()), _is('windows', sa.JSON()), _is('reminds', sa.JSON()), _is('asks_temperature', sa.Boolean()), _is('asks_symptoms', sa.Boolean()),
        _is('questions', sa.JSON()), _to('duty_id', 'staff', nullable=True), _is('keep_days', sa.Integer()), _is('erases_on', sa.Date()),
        _to('made_by', 'staff', nullable=True), _at('made_at'), _at('paused_at', nullable=True), _at('ended_at', nullable=True), _at('erased_at', nullable=True),
    )  # fmt: skip
    op.create_index('ix_health_campaign_erased_at', 'health_campaign', ['erased_at'])
    _own(
        'health_answer', _to('campaign_id', 'health_campaign'), _is('day', sa.Date()), _is('part', sa.Integer()), _is('who', _TEXT()),
        _to('resident_id', 'resident', nullable=True), _to('reporter_id', 'resident'), _to('household_id', 'household'), _is('person', _TEXT()),
        _is('stand', _TEXT()), _is('is_unwell', sa.Boolean()), _is('lacks', sa.Integer()), _at('at'), _to('staff_id', 'staff', nullable=True), _is('how', _TEXT()),
        keys=(sa.UniqueConstraint('campaign_id', 'day', 'part', 'who', name='health_answer_once'),),
    )  # fmt: skip
    op.create_index('health_answer_of', 'health_answer', ['campaign_id', 'day', 'part', 'resident_id', 'stand'])
    for name in ('resident_id', 'reporter_id', 'household_id'):
        op.create_index(f'ix_health_answer_{name}', 'health_answer', [name])
    _own(
        'health_told', _to('consent_id', 'consent'), _to('answer_id', 'health_answer'), _is('number', sa.Integer()), _is('said', _TEXT()), _at('at'),
    )  # fmt: skip
    for name in ('consent_id', 'answer_id'):
        op.create_index(f'ix_health_told_{name}', 'health_told', [name])
    _own(
        'health_reminder', _to('campaign_id', 'health_campaign'), _is('day', sa.Date()), _is('at_minutes', sa.Integer()), _to('resident_id', 'resident'), _at('at'),
        keys=(sa.UniqueConstraint('campaign_id', 'day', 'at_minutes', 'resident_id', name='health_reminder_once'),),
    )  # fmt: skip
    op.create_index('ix_health_reminder_resident_id', 'health_reminder', ['resident_id'])
    _own(
        'health_tombstone', _to('campaign_id', 'health_campaign', unique=True), _at('at'), _is('counts', sa.JSON()), _is('stays', sa.JSON()),
    )  # fmt: skip
    _own(
        'health_care_invite', sa.Column('public_id', _TEXT(), nullable=False, unique=True), _is('kind', _TEXT()), _to('from_id', 'resident'),
        _to('elder_id', 'resident'), _to('to_id', 'resident'), _at('at'), _at('answered_at', nullable=True), _is('agreed', sa.Boolean()),
    )  # fmt: skip
    for name in ('from_id', 'elder_id', 'to_id'):
        op.create_index(f'ix_health_care_invite_{name}', 'health_care_invite', [name])
    with op.batch_alter_table('health_checkin') as batch:
        batch.add_column(sa.Column('campaign_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_health_checkin_campaign', 'health_campaign', ['campaign_id'], ['id'])
    op.create_index('ix_health_checkin_campaign_id', 'health_checkin', ['campaign_id'])
    with op.batch_alter_table('health_care') as batch:
        batch.add_column(sa.Column('due_minutes', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('kin_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('noted_by', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('noted_how', _TEXT(), nullable=False, server_default=''))
        batch.create_foreign_key('fk_health_care_kin', 'resident', ['kin_id'], ['id'])
        batch.create_foreign_key('fk_health_care_noted_by', 'staff', ['noted_by'], ['id'])
    with op.batch_alter_table('health_care') as batch:
        batch.alter_column('noted_how', existing_type=_TEXT(), server_default=None)
    op.create_index('ix_health_care_kin_id', 'health_care', ['kin_id'])
    with op.batch_alter_table('health_care_absence') as batch:
        batch.add_column(sa.Column('staff_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_health_care_absence_staff', 'staff', ['staff_id'], ['id'])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('health_care_absence') as batch:
        batch.drop_constraint('fk_health_care_absence_staff', type_='foreignkey')
        batch.drop_column('staff_id')
    op.drop_index('ix_health_care_kin_id', 'health_care')
    with op.batch_alter_table('health_care') as batch:
        batch.drop_constraint('fk_health_care_noted_by', type_='foreignkey')
        batch.drop_constraint('fk_health_care_kin', type_='foreignkey')
        for name in ('noted_how', 'noted_by', 'kin_id', 'due_minutes'):
            batch.drop_column(name)
    op.drop_index('ix_health_checkin_campaign_id', 'health_checkin')
    with op.batch_alter_table('health_checkin') as batch:
        batch.drop_constraint('fk_health_checkin_campaign', type_='foreignkey')
        batch.drop_column('campaign_id')
    for table in ('health_care_invite', 'health_tombstone', 'health_reminder', 'health_told', 'health_answer', 'health_campaign'):
        op.drop_table(table)
