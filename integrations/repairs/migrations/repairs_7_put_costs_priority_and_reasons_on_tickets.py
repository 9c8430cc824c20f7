"""Put priority, reasons and costs on tickets, and find them in the order in which they are listed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'repairs_7'
down_revision = 'repairs_6'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_PAYER = sa.Enum('community', 'resident', native_enum=False, create_constraint=True, length=16, name='payer_known')

_INDEXES = {
    "repair_ticket_state": ["community_id", "state", "urgent", "priority", "due_at"],
    "repair_ticket_opened": ["community_id", "opened_at"],
    "repair_ticket_due": ["community_id", "due_at"],
    "repair_ticket_listed": [
        "community_id", "urgent", "priority", "due_at", "state", "category", "household_id", "assignee_id", "opened_at", "number", "location", "said_flat",
    ],
}


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("repair_ticket") as batch:
        batch.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("ended", _TEXT(), nullable=False, server_default=""))
        batch.add_column(sa.Column("ended_note", _TEXT(), nullable=False, server_default=""))
    with op.batch_alter_table("repair_ticket") as batch:
        batch.alter_column("priority", existing_type=sa.Integer(), server_default=None)
        batch.alter_column("ended", existing_type=_TEXT(), server_default=None)
        batch.alter_column("ended_note", existing_type=_TEXT(), server_default=None)
    for name, columns in _INDEXES.items():
        op.create_index(name, "repair_ticket", columns)
    op.create_table(
        "repair_cost",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("what", _TEXT(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("payer", _PAYER, nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["repair_ticket.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_repair_cost_ticket_id", "repair_cost", ["ticket_id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("ix_repair_cost_ticket_id", "repair_cost")
    op.drop_table("repair_cost")
    for name in _INDEXES:
        op.drop_index(name, "repair_ticket")
    with op.batch_alter_table("repair_ticket") as batch:
        for name in ("ended_note", "ended", "priority"):
            batch.drop_column(name)
