"""Keep the resident's own words."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'visitor_passes_4'
down_revision = 'visitor_passes_3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("visitor_pass") as batch:
        batch.add_column(sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table("visitor_pass") as batch:
        batch.drop_column("words")
