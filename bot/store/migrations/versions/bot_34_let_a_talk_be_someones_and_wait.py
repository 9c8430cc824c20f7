"""Let a talk be assigned and laid aside, let its lines say what became of them, and keep pictures that staff send."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_34'
down_revision = 'bot_33'
branch_labels = None
depends_on = None

_LISTS = {"conversation_waits": "waiting_since", "conversation_aside": "snoozed_until", "conversation_assigned": "assigned_id"}
_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape; whoever has the word in a talk sees to it."""
    op.create_table(
        "sent_picture",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("openid", _TEXT(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("delivery_id"),
    )
    op.create_index("ix_sent_picture_openid", "sent_picture", ["openid"])
    with op.batch_alter_table("line") as batch:
        batch.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("line_delivery_id_fkey", "delivery", ["delivery_id"], ["id"])
    _index("line", "delivery_id")
    with op.batch_alter_table("conversation") as batch:
        for name in ("assigned_id", "writing_id"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(f"conversation_{name}_fkey", "staff", [name], ["id"])
        batch.add_column(sa.Column("snoozed_after", sa.Integer(), nullable=False, server_default="0"))
        for name in ("snoozed_until", "writing_at"):
            batch.add_column(sa.Column(name, bot.model.Moment(), nullable=True))
    with op.batch_alter_table("conversation") as batch:
        batch.alter_column("snoozed_after", existing_type=sa.Integer(), server_default=None)
    op.create_index("conversation_latest", "conversation", ["community_id", "updated_at"])
    op.drop_index("ix_conversation_waiting_since", "conversation")
    for name, column in _LISTS.items():
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "conversation", ["community_id", column], sqlite_where=known, postgresql_where=known)
    _index("conversation", "staff_id")
    op.execute("UPDATE conversation SET assigned_id = staff_id")


def downgrade() -> None:
    """Bring the tables back to the shape before: pictures are lost, talks laid aside wait again."""
    op.drop_index("ix_conversation_staff_id", "conversation")
    for name in ("conversation_latest", *_LISTS):
        op.drop_index(name, "conversation")
    op.create_index("ix_conversation_waiting_since", "conversation", ["waiting_since"])
    with op.batch_alter_table("conversation") as batch:
        for name in ("assigned_id", "writing_id"):
            batch.drop_constraint(f"conversation_{name}_fkey", type_="foreignkey")
        for name in ("assigned_id", "snoozed_until", "snoozed_after", "writing_id", "writing_at"):
            batch.drop_column(name)
    op.drop_index("ix_line_delivery_id", "line")
    with op.batch_alter_table("line") as batch:
        batch.drop_constraint("line_delivery_id_fkey", type_="foreignkey")
        batch.drop_column("delivery_id")
    op.drop_index("ix_sent_picture_openid", "sent_picture")
    op.drop_table("sent_picture")


def _index(table: str, column: str) -> None:
    known = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=known, postgresql_where=known)
