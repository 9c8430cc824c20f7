"""Seal what is personal: a plate is found by its keyed hash."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'visitor_passes_5'
down_revision = 'visitor_passes_4'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape; the values themselves are sealed right after."""
    op.drop_index("ix_visitor_pass_plate", "visitor_pass")
    with op.batch_alter_table("visitor_pass") as batch:
        batch.add_column(sa.Column("plate_digest", _TEXT(), nullable=False, server_default=""))
    with op.batch_alter_table("visitor_pass") as batch:
        batch.alter_column("plate_digest", existing_type=_TEXT(), server_default=None)
    op.create_index("ix_visitor_pass_plate_digest", "visitor_pass", ["plate_digest"])


def downgrade() -> None:
    """There is no way back: the versions before cannot read what is sealed."""
    raise NotImplementedError("visitor_passes_5 cannot be undone; restore the backup from before it")
