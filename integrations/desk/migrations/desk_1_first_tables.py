"""First tables: notes, labels and answers kept ready."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'desk_1'
down_revision = None
branch_labels = ('desk',)
depends_on = 'bot_18'

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "desk_note",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("openid", _TEXT(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("desk_note_openid", "desk_note", ["openid", "id"])
    for table, words in (("desk_label", ("name",)), ("desk_phrase", ("short", "text"))):
        op.create_table(
            table,
            sa.Column("community_id", sa.Integer(), nullable=False),
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("public_id", _TEXT(), nullable=False),
            *(sa.Column(name, _TEXT(), nullable=False) for name in words),
            sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
            sa.PrimaryKeyConstraint("id"),
            sa.UniqueConstraint("public_id"),
            sa.UniqueConstraint("community_id", words[0]),
        )
    op.create_table(
        "desk_labelled",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("openid", _TEXT(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["label_id"], ["desk_label.id"]),
        sa.PrimaryKeyConstraint("openid", "label_id"),
    )
    op.create_index("ix_desk_labelled_label_id", "desk_labelled", ["label_id"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    for table in ("desk_labelled", "desk_phrase", "desk_label", "desk_note"):
        op.drop_table(table)
