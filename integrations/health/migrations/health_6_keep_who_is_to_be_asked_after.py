"""Keep who is to be asked after, with their consent."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'health_6'
down_revision = 'health_5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('health_care',
    sa.Column('consent_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('at', bot.model.Moment(), nullable=False),
    sa.Column('wants', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['consent_id'], ['consent.id'], ),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_health_care_consent_id', 'health_care', ['consent_id'])
    op.create_index('ix_health_care_resident_id', 'health_care', ['resident_id'])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table('health_care')
