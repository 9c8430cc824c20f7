"""Give rows a community."""

import sqlalchemy as sa
from alembic import op

revision = 'repairs_2'
down_revision = 'repairs_1'
branch_labels = None
depends_on = 'bot_6'

#: Table -> whose community its rows have.
_OWNERS = {
    "repair_ticket": "(SELECT community_id FROM household WHERE household.id = repair_ticket.household_id)",
    "repair_note": "(SELECT community_id FROM repair_ticket WHERE repair_ticket.id = repair_note.ticket_id)",
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
    raise NotImplementedError("repairs_2 cannot be undone; restore the backup from before it")
