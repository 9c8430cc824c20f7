"""Find rows by the person, the flat and the photo that they point to."""

import sqlalchemy as sa
from alembic import op

revision = 'bot_22'
down_revision = 'bot_21'
branch_labels = None
depends_on = None

#: Indexes of foreign keys that most rows leave empty: table, column.
_PARTIAL = (
    ("resident", "merged_into_id"), ("delivery", "resident_id"), ("invitation", "inviter_id"), ("task", "household_id"),
    ("claim", "household_id"), ("line", "photo_id"),
)


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("ix_objection_household_id", "objection", ["household_id"])
    for table, column in _PARTIAL:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    for table, column in _PARTIAL:
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_index("ix_objection_household_id", "objection")
