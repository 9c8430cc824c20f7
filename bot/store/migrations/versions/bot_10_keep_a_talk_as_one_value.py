"""Keep how a talk stands as one value with a version, in place of an open form here and a menu there."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = 'bot_10'
down_revision = 'bot_9'
branch_labels = None
depends_on = None

_STAGES = {"#confirm": "confirm", "#reread": "reread", "#confirmed": "confirmed"}


def upgrade() -> None:
    """Bring the tables to this shape; open forms stay open, menus are forgotten."""
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(sa.Column("standing", sa.JSON(), nullable=True))
    talk = sa.table("conversation", sa.column("openid", sa.String()), sa.column("form", sa.JSON()), sa.column("standing", sa.JSON()))
    connection = op.get_bind()
    for openid, form in connection.execute(sa.select(talk.c.openid, talk.c.form)).all():
        kept = json.loads(form) if isinstance(form, str) else form
        if kept:
            connection.execute(sa.update(talk).where(talk.c.openid == openid).values(standing={"version": 1, "form": _form(kept)}))
    with op.batch_alter_table("conversation") as batch:
        batch.drop_column("form")
        batch.drop_column("options")


def downgrade() -> None:
    """Bring the tables back to the shape before; open forms are forgotten."""
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(sa.Column("form", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("options", sa.JSON(), nullable=True))
        batch.drop_column("standing")


def _form(kept: dict[str, Any]) -> dict[str, Any]:
    """Return an open form as it is kept from now on."""
    asking = kept["asking"]
    return {
        "intent": kept["intent"], "values": {name: _value(value) for name, value in kept["values"].items()},
        "asking": "" if asking in _STAGES else asking, "stage": _STAGES.get(asking, ""), "tries": kept["tries"], "menu": kept["menu"],
        "outer": _form(kept["outer"]) if kept.get("outer") else None, "brief": kept["brief"], "prompt": kept.get("prompt", ""),
        "called_off": kept.get("called_off", ""), "words": [], "about": "", "is_guess": False,
    }


def _value(value: Any) -> Any:
    """A time was kept as its ISO text."""
    is_moment = isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T"
    return {"at": value} if is_moment else value
