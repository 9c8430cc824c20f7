"""Give rows a community."""

import sqlalchemy as sa
from alembic import op

revision = 'health_2'
down_revision = 'health_1'
branch_labels = None
depends_on = 'bot_6'

#: Table -> whose community its rows have.
_OWNERS = {
    "health_checkin": "(SELECT community_id FROM resident WHERE resident.id = health_checkin.resident_id)",
}


def upgrade() -> None:
    """Bring the tables to this shape."""
    for table, owner in _OWNERS.items():
        op.add_column(table, sa.Column("community_id", sa.Integer(), nullable=True))
        op.execute(f"UPDATE {table} SET community_id = {owner}")
        with op.batch_alter_table(table) as batch:
            batch.alter_column("community_id", existing_type=sa.Integer(), nullable=False)
            batch.create_foreign_key(f"fk_{table}_community", "community", ["community_id"], ["id"])


def downgrade() -> None:
    """There is no way back, as for the core's own tables."""
    raise NotImplementedError("health_2 cannot be undone; restore the backup from before it")
