"""Give rows a community.

Until now an installation had one; its rows become those of the first. SQLite makes such tables anew, and Alembic then forgets
which rows a partial index holds: that is said again here.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_6'
down_revision = 'bot_5'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_FIRST = "(SELECT min(id) FROM community)"
_NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}


#: Table -> whose community its rows have.
_OWNERS = {
    "resident": "(SELECT community_id FROM household WHERE household.id = resident.household_id)",
    "delivery": _FIRST, "erasure": _FIRST, "event": _FIRST, "line": _FIRST, "mass_send": _FIRST, "photo": _FIRST, "scene": _FIRST,
    "unmatched": _FIRST,
}


def upgrade() -> None:
    """Bring the tables to this shape."""
    with op.batch_alter_table("community", naming_convention=_NAMES) as batch:
        batch.drop_constraint(_unique("community", "appid"), type_="unique")
        batch.create_unique_constraint("uq_community_appid_name", ["appid", "name"])
    for table, owner in _OWNERS.items():
        _give_community(table, owner)
    with op.batch_alter_table("erasure", naming_convention=_NAMES) as batch:
        batch.drop_constraint("erasure_resident_id_fkey" if _is_postgres() else "fk_erasure_resident_id", type_="foreignkey")
        batch.drop_column("resident_id")
    with op.batch_alter_table("unmatched", naming_convention=_NAMES) as batch:
        batch.drop_constraint(_unique("unmatched", "text"), type_="unique")
        batch.create_unique_constraint("uq_unmatched_community_text", ["community_id", "text"])
    _say_again("delivery", "delivery_due", ["due_at", "id"], "state IN ('armed', 'queued', 'sending')")
    _say_again("photo", "photo_waiting", ["id"], "state = 'waiting'")
    op.drop_index("ix_notice_community_id", table_name="notice")
    op.add_column("follower", sa.Column("is_placed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE follower SET is_placed = (SELECT count(*) > 0 FROM resident WHERE resident.openid = follower.openid)")
    op.add_column("inbox", sa.Column("appid", _TEXT(), nullable=False, server_default=""))
    op.execute("UPDATE inbox SET appid = coalesce((SELECT appid FROM community ORDER BY id LIMIT 1), '')")
    _count_ways_by_account()
    _let_staff_work_in_several()
    with op.batch_alter_table("staffsession") as batch:
        batch.add_column(sa.Column("community_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_staffsession_community", "community", ["community_id"], ["id"])
    _let_tasks_be_claimed()
    op.create_table('effect',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'dead', name='effectstate_known', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', bot.model.Moment(), nullable=False),
    sa.Column('created_at', bot.model.Moment(), nullable=False),
    sa.Column('updated_at', bot.model.Moment(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('community_id', 'kind', 'key'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('effect', schema=None) as batch_op:
        batch_op.create_index('effect_due', ['kind', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))
    op.create_table('permission_grant',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('guard', 'staff', 'manager', 'admin', 'city', name='role_known', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('permission', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('allowed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('community_id', 'role', 'permission')
    )
    op.create_table('api_key',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('per_minute', sa.Integer(), nullable=False),
    sa.Column('created_at', bot.model.Moment(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('used_at', bot.model.Moment(), nullable=True),
    sa.Column('revoked_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('hash'),
    sa.UniqueConstraint('public_id')
    )
    op.create_table('shift',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('stand_in_id', sa.Integer(), nullable=True),
    sa.Column('covers', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('begins', sa.Integer(), nullable=False),
    sa.Column('ends', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['stand_in_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('binding',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('openid', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('bound_at', bot.model.Moment(), nullable=False),
    sa.Column('ended_at', bot.model.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('binding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_binding_openid'), ['openid'], unique=False)
        batch_op.create_index(batch_op.f('ix_binding_resident_id'), ['resident_id'], unique=False)
    op.create_table('alert',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('rung', sa.Integer(), nullable=False),
    sa.Column('at', bot.model.Moment(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], ),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('task_id', 'staff_id', 'rung')
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_staff_id'), ['staff_id'], unique=False)
    op.execute(
        "INSERT INTO binding (community_id, openid, resident_id, bound_at) "
        "SELECT community_id, openid, id, coalesce(bound_at, CURRENT_TIMESTAMP) FROM resident WHERE openid IS NOT NULL"
    )


def downgrade() -> None:
    """There is no way back: rows of several communities fit into no table of before."""
    raise NotImplementedError("bot_6 cannot be undone; restore the backup from before it")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _unique(table: str, column: str) -> str:
    """Return the name under which a constraint that was made without one is known."""
    return f"{table}_{column}_key" if _is_postgres() else f"uq_{table}_{column}"


def _give_community(table: str, owner: str) -> None:
    op.add_column(table, sa.Column("community_id", sa.Integer(), nullable=True))
    op.execute(f"UPDATE {table} SET community_id = {owner}")
    with op.batch_alter_table(table) as batch:
        batch.alter_column("community_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(f"fk_{table}_community", "community", ["community_id"], ["id"])


def _say_again(table: str, index: str, columns: list[str], where: str) -> None:
    op.drop_index(index, table_name=table)
    op.create_index(index, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _count_ways_by_account() -> None:
    """Begin the day's figures anew: what stood still is tried again, what was counted today is lost."""
    op.drop_table("channel")
    op.create_table(
        "channel",
        sa.Column("appid", _TEXT(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("stopped_until", bot.model.Moment(), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("appid", "name"),
    )


def _let_staff_work_in_several() -> None:
    op.add_column("staff", sa.Column("person", _TEXT(), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("openid", _TEXT(), nullable=True))
    op.execute("UPDATE staff SET person = 'P' || id")
    with op.batch_alter_table("staff", naming_convention=_NAMES) as batch:
        batch.drop_constraint("role_known", type_="check")
        batch.create_check_constraint("role_known", "role IN ('guard', 'staff', 'manager', 'admin', 'city')")
        batch.alter_column("person", existing_type=_TEXT(), server_default=None)
        batch.drop_constraint(_unique("staff", "login"), type_="unique")
        batch.create_unique_constraint("uq_staff_community_login", ["community_id", "login"])
        batch.create_index(batch.f("ix_staff_openid"), ["openid"])
        batch.create_index(batch.f("ix_staff_person"), ["person"])


def _let_tasks_be_claimed() -> None:
    op.add_column("task", sa.Column("subject", _TEXT(), nullable=False, server_default=""))
    op.add_column("task", sa.Column("rung", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("task") as batch:
        batch.add_column(sa.Column("household_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("claimed_at", bot.model.Moment(), nullable=True))
        batch.add_column(sa.Column("claimed_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("rung_at", bot.model.Moment(), nullable=True))
        batch.create_foreign_key("fk_task_household", "household", ["household_id"], ["id"])
        batch.create_foreign_key("fk_task_claimed_by", "staff", ["claimed_by"], ["id"])
    for index, columns, where in (
        ("task_open", ["community_id", "urgent", "opened_at"], "closed_at IS NULL"), ("task_climbs", ["rung_at"], "rung_at IS NOT NULL"),
    ):
        op.create_index(index, "task", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("task_subject", "task", ["subject"])
    op.create_index("task_openid", "task", ["openid"])
