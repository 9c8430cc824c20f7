"""Ask before anything is kept, and keep of whom it is.

Rows of before were told by people who wanted them kept, but whom nobody had asked in these words: each of those people gets a
consent of its own kind, version 0, which they can take back like any other.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'health_3'
down_revision = 'health_2'
branch_labels = None
depends_on = 'bot_18'


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.execute(
        "INSERT INTO consent (community_id, resident_id, purpose, version, as_guardian, how, words, given_at, is_over) "
        "SELECT community_id, resident_id, 'health', 0, false, 'before', '', min(at), false FROM health_checkin "
        "GROUP BY community_id, resident_id"
    )
    for name in ("consent_id", "reporter_id"):
        op.add_column("health_checkin", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("health_checkin", sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
    op.execute(
        "UPDATE health_checkin SET reporter_id = resident_id, consent_id = "
        "(SELECT consent.id FROM consent WHERE consent.resident_id = health_checkin.resident_id AND consent.purpose = 'health')"
    )
    with op.batch_alter_table("health_checkin") as batch:
        batch.alter_column("person", existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)
        batch.alter_column("consent_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("reporter_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("resident_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key("fk_health_checkin_consent", "consent", ["consent_id"], ["id"])
        batch.create_foreign_key("fk_health_checkin_reporter", "resident", ["reporter_id"], ["id"])
        batch.create_index("ix_health_checkin_consent_id", ["consent_id"])
        batch.create_index("ix_health_checkin_reporter_id", ["reporter_id"])


def downgrade() -> None:
    """There is no way back: check-ins of people whom the roster does not know fit into no table of before."""
    raise NotImplementedError("health_3 cannot be undone; restore the backup from before it")
