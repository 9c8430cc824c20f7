"""Let the people of a large roster be given the words they are found by after it was taken over; call a draft's answers what they are."""

import sqlalchemy as sa
from alembic import op

revision = 'bot_21'
down_revision = 'bot_20'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("roster_import") as batch:
        batch.add_column(sa.Column("awaits_index", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("roster_import") as batch:
        batch.alter_column("awaits_index", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("roster_draft") as batch:
        batch.alter_column("apart", new_column_name="otherwise", existing_type=sa.JSON(), existing_nullable=False)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table("roster_draft") as batch:
        batch.alter_column("otherwise", new_column_name="apart", existing_type=sa.JSON(), existing_nullable=False)
    with op.batch_alter_table("roster_import") as batch:
        batch.drop_column("awaits_index")
