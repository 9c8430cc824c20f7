"""Keep which language each of the staff reads the console in."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'bot_43'
down_revision = 'bot_42'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.add_column("staff", sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_column("staff", "language")
