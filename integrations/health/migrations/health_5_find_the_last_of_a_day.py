"""Find the last check-in of a person on a day without reading all that they ever told."""

from alembic import op

revision = 'health_5'
down_revision = 'health_4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    for column in ("reporter", "resident"):
        op.create_index(f"health_checkin_{column}", "health_checkin", [f"{column}_id", "day", "id"])
        op.drop_index(f"ix_health_checkin_{column}_id", "health_checkin")


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    for column in ("reporter", "resident"):
        op.create_index(f"ix_health_checkin_{column}_id", "health_checkin", [f"{column}_id"])
        op.drop_index(f"health_checkin_{column}", "health_checkin")
