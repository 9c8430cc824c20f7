"""Let notices recur by a rule, be paused and be missed; keep what became of each time."""

import json

import sqlalchemy as sa
from alembic import op

import bot.model

revision = 'bot_28'
down_revision = 'bot_27'
branch_labels = None
depends_on = None

_BECAME = sa.Enum('sent', 'skipped', 'missed', native_enum=False, create_constraint=True, length=16, name='became_known')


def upgrade() -> None:
    """Bring the tables to this shape; lines of cron are kept as they are."""
    op.create_table(
        "notice_occurrence",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("became", _BECAME, nullable=False),
        sa.Column("noted_at", bot.model.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "at"),
    )
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("noticestate_known", type_="check")
        batch.create_check_constraint("noticestate_known", "state IN ('draft', 'scheduled', 'paused', 'published', 'missed', 'recalled')")
        batch.add_column(sa.Column("rule", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("grace", sa.Integer(), nullable=False, server_default="120"))
        batch.add_column(sa.Column("planned_at", bot.model.Moment(), nullable=True))
    notice = sa.table("notice", sa.column("id", sa.Integer), sa.column("cron", sa.String), sa.column("rule", sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(notice.c.id, notice.c.cron).where(notice.c.cron != "")).all():
        connection.execute(sa.update(notice).where(notice.c.id == row.id).values(rule={"cron": row.cron}))
    with op.batch_alter_table("notice") as batch:
        batch.alter_column("grace", existing_type=sa.Integer(), server_default=None)
        batch.drop_column("cron")


def downgrade() -> None:
    """Bring the tables back to the shape before: what recurs by another rule than a line of cron, is paused or was missed becomes a draft."""
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("cron", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, rule FROM notice WHERE rule IS NOT NULL")).all():
        rule = json.loads(row.rule) if isinstance(row.rule, str) else row.rule
        line = rule.get("cron", "")
        connection.execute(sa.text("UPDATE notice SET cron = :line WHERE id = :id"), {"line": line, "id": row.id})
        if not line:
            connection.execute(sa.text("UPDATE notice SET state = 'draft', due_at = NULL WHERE id = :id AND state = 'scheduled'"), {"id": row.id})
    connection.execute(sa.text("UPDATE notice SET state = 'draft', due_at = NULL WHERE state IN ('paused', 'missed')"))
    with op.batch_alter_table("notice") as batch:
        batch.alter_column("cron", existing_type=sa.String(), server_default=None)
        batch.drop_constraint("noticestate_known", type_="check")
        batch.create_check_constraint("noticestate_known", "state IN ('draft', 'scheduled', 'published', 'recalled')")
        for name in ("rule", "grace", "planned_at"):
            batch.drop_column(name)
    op.drop_table("notice_occurrence")
