"""Say which gate visitors are sent to, who invited them where the resident wants it, and what was let in without the network."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'visitor_passes_10'
down_revision = 'visitor_passes_9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table('visitor_gate',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('way', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('map_url', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('community_id', 'name'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('visitor_pass') as batch:
        batch.add_column(sa.Column('names_host', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('visitor_pass') as batch:
        batch.alter_column('names_host', existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table('passage') as batch:
        batch.add_column(sa.Column('journal_key', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_index('ix_passage_journal_key', 'passage', ['journal_key'], unique=True)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index('ix_passage_journal_key', 'passage')
    with op.batch_alter_table('passage') as batch:
        batch.drop_column('journal_key')
    with op.batch_alter_table('visitor_pass') as batch:
        batch.drop_column('names_host')
    op.drop_table('visitor_gate')
