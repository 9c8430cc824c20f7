"""Find the deliveries of a person who leaves, and the effects that were given up, without reading all the others."""

from alembic import op

revision = 'bot_9'
down_revision = 'bot_8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_index("delivery_openid", "delivery", ["openid"])
    op.create_index("effect_state", "effect", ["community_id", "state", "id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("effect_state", table_name="effect")
    op.drop_index("delivery_openid", table_name="delivery")
