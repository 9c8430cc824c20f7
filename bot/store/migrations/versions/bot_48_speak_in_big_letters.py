"""Remember who asked for big letters and few words."""

import sqlalchemy as sa
from alembic import op

revision = "bot_48"
down_revision = "bot_47"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(sa.Column("is_large", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("conversation") as batch:
        batch.alter_column("is_large", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table("conversation") as batch:
        batch.drop_column("is_large")
