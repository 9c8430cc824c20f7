"""Keep what a community's office answers to common questions."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = 'bot_11'
down_revision = 'bot_10'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "knowledge_entry",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("audience", sa.Enum("everyone", "bound", name="audience_known", native_enum=False, create_constraint=True, length=16), nullable=False),
        sa.Column("is_template", sa.Boolean(), nullable=False),
        sa.Column("updated_at", bot.model.Moment(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id", "public_id"),
    )
    op.create_index(op.f("ix_knowledge_entry_public_id"), "knowledge_entry", ["public_id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("knowledge_entry")
