"""Seal what is personal: temperature and symptoms are text to the database."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'health_3'
down_revision = 'health_2'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape; the values themselves are sealed right after."""
    with op.batch_alter_table("health_checkin") as batch:
        batch.alter_column(
            "tenths", existing_type=sa.Integer(), type_=_TEXT(), existing_nullable=False, postgresql_using="tenths::text"
        )
        batch.alter_column(
            "symptoms", existing_type=sa.JSON(), type_=_TEXT(), existing_nullable=False, postgresql_using="symptoms::text"
        )


def downgrade() -> None:
    """There is no way back: the versions before cannot read what is sealed."""
    raise NotImplementedError("health_3 cannot be undone; restore the backup from before it")
