"""List events and notices without reading them, the last page as fast as the first; keep what a roster file would change."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'bot_41'
down_revision = 'bot_39'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("event_listed", "event", ["community_id", "at", "id", "actor"])
    op.create_index("event_kind", "event", ["community_id", "kind", "at", "id"])
    op.drop_index("ix_event_kind", "event")
    op.create_index("notice_listed", "notice", ["community_id", "id", "state", "kind", "created_at"])
    op.add_column("roster_draft", sa.Column("personal_outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_column("roster_draft", "personal_outcome")
    op.drop_index("notice_listed", "notice")
    op.create_index("ix_event_kind", "event", ["kind"])
    op.drop_index("event_kind", "event")
    op.drop_index("event_listed", "event")
