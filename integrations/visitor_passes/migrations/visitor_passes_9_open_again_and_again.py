"""Let a pass open the gate again and again, and for minutes only."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'visitor_passes_9'
down_revision = 'visitor_passes_8'
branch_labels = None
depends_on = None

_KINDS = sa.Enum('visit', 'regular', 'long', 'delivery', name='passkind_known', native_enum=False, create_constraint=True, length=16)


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table('visitor_pass') as batch:
        batch.add_column(sa.Column('kind', _KINDS, nullable=False, server_default='visit'))
        batch.add_column(sa.Column('hours', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
        batch.add_column(sa.Column('reminded_at', bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column('staff_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('visitor_pass_staff_id_fkey', 'staff', ['staff_id'], ['id'])
    with op.batch_alter_table('visitor_pass') as batch:
        batch.alter_column('kind', existing_type=_KINDS, server_default=None)
        batch.alter_column('hours', existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table('visitor_pass') as batch:
        batch.drop_column('staff_id')
        batch.drop_column('reminded_at')
        batch.drop_column('hours')
        batch.drop_column('kind')
