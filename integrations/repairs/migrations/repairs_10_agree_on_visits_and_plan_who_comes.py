"""Agree on visits, plan who comes, and keep how the office wants that done: what is on record stays as it was told.

A time that stands on an open ticket was told to the resident as agreed, and is.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'repairs_10'
down_revision = 'repairs_9'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_FILLED = {"wishes": (sa.JSON(), "[]"), "plan": (sa.JSON(), "{}"), "passed": (sa.JSON(), "[]")}
_MOMENTS = ("agreed_at", "taken_at", "plan_until", "offered_at")


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("repair_ticket") as batch:
        for name, (kind, empty) in _FILLED.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=empty))
        for name in _MOMENTS:
            batch.add_column(sa.Column(name, bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column("planned_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_repair_ticket_planned", "staff", ["planned_id"], ["id"])
    with op.batch_alter_table("repair_ticket") as batch:
        for name, (kind, _) in _FILLED.items():
            batch.alter_column(name, existing_type=kind, server_default=None)
    op.create_index("ix_repair_ticket_planned_id", "repair_ticket", ["planned_id"])
    op.execute("UPDATE repair_ticket SET agreed_at = opened_at WHERE appointment_at IS NOT NULL")
    op.create_table(
        "repair_visit",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", bot.model.Moment(), nullable=False),
        sa.Column("ends_at", bot.model.Moment(), nullable=False),
        sa.Column("state", sa.Enum("agreed", "declined", "moved", "kept", "missed", "off", native_enum=False, create_constraint=True, length=16, name="visitstate_known"), nullable=False),
        sa.Column("agreed_at", bot.model.Moment(), nullable=False),
        sa.Column("reminded_at", bot.model.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["repair_ticket.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_repair_visit_ticket_id", "repair_visit", ["ticket_id"])
    op.create_index("ix_repair_visit_staff_id", "repair_visit", ["staff_id"])
    op.create_index("repair_visit_due", "repair_visit", ["community_id", "state", "begins_at"])
    is_agreed = sa.text("state = 'agreed'")
    op.create_index("repair_visit_once", "repair_visit", ["community_id", "staff_id", "begins_at"], unique=True, sqlite_where=is_agreed, postgresql_where=is_agreed)
    op.create_table(
        "repair_mode",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", _TEXT(), nullable=False),
        sa.Column("way", sa.Enum("assign", "turns", "grab", "hand", native_enum=False, create_constraint=True, length=16, name="way_known"), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("fair", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("repair_mode_category", "repair_mode", ["community_id", "category"], unique=True)
    op.create_table(
        "repair_spot",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building", _TEXT(), nullable=False),
        sa.Column("east", sa.Integer(), nullable=False),
        sa.Column("north", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("repair_spot_building", "repair_spot", ["community_id", "building"], unique=True)


def downgrade() -> None:
    """Take the tables back to the shape before."""
    for table in ("repair_spot", "repair_mode", "repair_visit"):
        op.drop_table(table)
    op.drop_index("ix_repair_ticket_planned_id", "repair_ticket")
    with op.batch_alter_table("repair_ticket") as batch:
        batch.drop_constraint("fk_repair_ticket_planned", type_="foreignkey")
        for name in (*_FILLED, *_MOMENTS, "planned_id"):
            batch.drop_column(name)
