"""Codes that bind a WeChat, and robots of group chats."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'duty_1'
down_revision = None
branch_labels = ('duty',)
depends_on = 'bot_6'


def upgrade() -> None:
    """Bring the tables to this shape."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table('duty_code',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('scene', text(), nullable=False),
    sa.Column('typed', text(), nullable=False),
    sa.Column('url', text(), nullable=False),
    sa.Column('expires_at', bot.model.Moment(), nullable=False),
    sa.Column('used_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('scene')
    )
    op.create_index('ix_duty_code_staff_id', 'duty_code', ['staff_id'])
    op.create_index('ix_duty_code_typed', 'duty_code', ['typed'])
    op.create_table('duty_robot',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', text(), nullable=False),
    sa.Column('name', text(), nullable=False),
    sa.Column('url', text(), nullable=False),
    sa.Column('added_at', bot.model.Moment(), nullable=False),
    sa.Column('worked_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table('duty_robot')
    op.drop_table('duty_code')
