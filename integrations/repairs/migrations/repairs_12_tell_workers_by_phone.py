"""Keep who was told of a ticket by phone, when, and who called: not everybody who mends has WeChat."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = 'repairs_12'
down_revision = 'repairs_11'
branch_labels = None
depends_on = None

_STAFF = ("phoned_id", "phoned_by_id")


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("repair_ticket") as batch:
        batch.add_column(sa.Column("phoned_at", bot.model.Moment(), nullable=True))
        for name in _STAFF:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_repair_ticket_{name}", "staff", [name], ["id"])


def downgrade() -> None:
    """Take the tables back to the shape before."""
    with op.batch_alter_table("repair_ticket") as batch:
        for name in _STAFF:
            batch.drop_constraint(f"fk_repair_ticket_{name}", type_="foreignkey")
            batch.drop_column(name)
        batch.drop_column("phoned_at")
