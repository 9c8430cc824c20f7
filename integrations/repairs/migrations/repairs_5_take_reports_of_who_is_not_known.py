"""Take reports of accounts that have not proven where they live."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'repairs_5'
down_revision = 'repairs_4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("repair_ticket") as batch:
        batch.alter_column("resident_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("household_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("openid", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch.add_column(sa.Column("said_flat", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch.create_index("ix_repair_ticket_openid", ["openid"])
    with op.batch_alter_table("repair_ticket") as batch:
        batch.alter_column("said_flat", existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)


def downgrade() -> None:
    """There is no way back: reports of nobody known fit into no table of before."""
    raise NotImplementedError("repairs_5 cannot be undone; restore the backup from before it")
