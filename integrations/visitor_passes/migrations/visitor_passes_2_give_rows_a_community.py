"""Give rows a community."""

import sqlalchemy as sa
from alembic import op

revision = 'visitor_passes_2'
down_revision = 'visitor_passes_1'
branch_labels = None
depends_on = 'bot_6'

#: Table -> whose community its rows have.
_OWNERS = {
    "visitor_pass": "(SELECT community_id FROM household WHERE household.id = visitor_pass.household_id)",
    "passage": "(SELECT community_id FROM staff WHERE staff.id = passage.staff_id)",
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
    raise NotImplementedError("visitor_passes_2 cannot be undone; restore the backup from before it")
