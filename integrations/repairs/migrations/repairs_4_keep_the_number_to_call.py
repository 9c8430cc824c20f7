"""Keep the number to call."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'repairs_4'
down_revision = 'repairs_3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("repair_ticket") as batch:
        batch.add_column(sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table("repair_ticket") as batch:
        batch.drop_column("phone")
