"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = "tools_1"
down_revision = None
branch_labels = ("tools",)
depends_on = "bot_6"


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "tool_loan",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("tool", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "lent", "back", "off", name="loanstate_known", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("asked_at", bot.model.Moment(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("tool_loan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tool_loan_resident_id"), ["resident_id"], unique=False)


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_table("tool_loan")
