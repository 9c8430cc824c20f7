"""First tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'patrols_1'
down_revision = None
branch_labels = ('patrols',)
depends_on = 'bot_43'

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "patrol_point",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", _TEXT(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("place", _TEXT(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("url", _TEXT(), nullable=False),
        sa.Column("made_at", bot.model.Moment(), nullable=False),
        sa.Column("removed_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "patrol_route",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("is_ordered", sa.Boolean(), nullable=False),
        sa.Column("weekdays", _TEXT(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("walker_id", sa.Integer(), nullable=True),
        sa.Column("begun_to", bot.model.Moment(), nullable=False),
        sa.Column("removed_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["walker_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_table(
        "patrol_round",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("walker_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("starts_at", bot.model.Moment(), nullable=False),
        sa.Column("ends_at", bot.model.Moment(), nullable=False),
        sa.Column("state", sa.Enum("open", "kept", "missed", "void", name="roundstate_known", native_enum=False, create_constraint=True, length=16), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("reminded_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["route_id"], ["patrol_route.id"]),
        sa.ForeignKeyConstraint(["walker_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("community_id", "route_id", "starts_at", name="patrol_round_once"),
    )
    op.create_index("patrol_round_days", "patrol_round", ["community_id", "starts_at"])
    op.create_index("patrol_round_open", "patrol_round", ["community_id", "state", "ends_at"])
    op.create_table(
        "patrol_visit",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _TEXT(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("kind", sa.Enum("kept", "late", "early", "extra", name="visitkind_known", native_enum=False, create_constraint=True, length=16), nullable=False),
        sa.Column("doubt", _TEXT(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("fault", _TEXT(), nullable=False),
        sa.Column("ticket", _TEXT(), nullable=False),
        sa.Column("ticket_state", _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["point_id"], ["patrol_point.id"]),
        sa.ForeignKeyConstraint(["round_id"], ["patrol_round.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("community_id", "round_id", "point_id", name="patrol_visit_once"),
    )
    op.create_index("ix_patrol_visit_point_id", "patrol_visit", ["point_id"])
    op.create_index("ix_patrol_visit_ticket", "patrol_visit", ["ticket"])
    op.create_index("patrol_visit_at", "patrol_visit", ["community_id", "at", "id"])
    op.create_index("patrol_visit_by", "patrol_visit", ["staff_id", "at"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    for table in ("patrol_visit", "patrol_round", "patrol_route", "patrol_point"):
        op.drop_table(table)
