"""Keep no word that a flat was proven once: the digits are compared each time."""

import sqlalchemy as sa
from alembic import op

revision = 'bot_23'
down_revision = 'bot_22'
branch_labels = None
depends_on = None

_EVIDENCE = sa.Enum('roster', 'phone', 'invitation', 'code', 'staff', name='evidence_known', native_enum=False, create_constraint=True, length=16)


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("claim") as batch:
        batch.drop_constraint("evidence_known", type_="check")
        batch.drop_column("evidence")


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    with op.batch_alter_table("claim") as batch:
        batch.add_column(sa.Column("evidence", _EVIDENCE, nullable=True))
