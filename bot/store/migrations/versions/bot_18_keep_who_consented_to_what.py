"""Keep who consented to what."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_18'
down_revision = 'bot_17'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("purpose", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_guardian", sa.Boolean(), nullable=False),
        sa.Column("how", sa.Enum("chat", "said", "before", native_enum=False, create_constraint=True, length=16, name="given_known"), nullable=False),
        sa.Column("words", _TEXT(), nullable=False),
        sa.Column("given_at", bot.model.Moment(), nullable=False),
        sa.Column("withdrawn_at", bot.model.Moment(), nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_resident_id", "consent", ["resident_id"])
    in_force = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "consent_in_force", "consent", ["resident_id", "purpose"], unique=True, sqlite_where=in_force, postgresql_where=in_force
    )
    op.create_table(
        "consent_refusal",
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("purpose", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"]),
        sa.PrimaryKeyConstraint("resident_id", "purpose", "version"),
    )
    op.add_column("task", sa.Column("is_forgotten", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("task") as batch:
        batch.alter_column("is_forgotten", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_column("task", "is_forgotten")
    op.drop_table("consent_refusal")
    op.drop_table("consent")
