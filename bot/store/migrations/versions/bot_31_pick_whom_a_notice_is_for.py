"""Keep whom a notice is for as a tree of what was picked, and audiences under a name."""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_31'
down_revision = 'bot_30'
branch_labels = None
depends_on = None

_WORDS = sqlmodel.sql.sqltypes.AutoString()
_NOTICE = sa.table("notice", sa.column("id", sa.Integer), sa.column("audience", sa.JSON))


def upgrade() -> None:
    """Bring the tables to this shape: what was a union of four lists is one group."""
    op.create_table(
        "saved_audience",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _WORDS, nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("whom", sa.JSON(), nullable=False),
        sa.Column("created_at", bot.model.Moment(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("community_id", "name"),
    )
    for identity, kept in _kept():
        if kept.get("everyone") or "groups" in kept:
            continue
        choice = [
            *({"building": [one]} for one in kept.get("buildings", ())), *({"unit": one} for one in kept.get("units", ())),
            *({"flat": one} for one in kept.get("flats", ())), *({"tag": [one, ""]} for one in kept.get("tags", ())),
        ]
        _write(identity, {"groups": [[choice]] if choice else [], "without": []})


def downgrade() -> None:
    """Bring the tables back to the shape before; an audience that it cannot hold is for nobody."""
    for identity, kept in _kept():
        if kept.get("everyone"):
            continue
        groups, old = kept.get("groups", []), {"buildings": [], "units": [], "flats": [], "tags": []}
        is_plain = len(groups) == 1 and len(groups[0]) == 1 and not kept.get("without")
        for one in groups[0][0] if is_plain else []:
            [(name, said)] = one.items()
            if name == "building":
                old["buildings"].append(said[0])
            elif name in ("unit", "flat"):
                old[f"{name}s"].append(said)
            elif name == "tag" and not said[1]:
                old["tags"].append(said[0])
        _write(identity, old)
    op.drop_table("saved_audience")


def _kept():
    rows = op.get_bind().execute(sa.select(_NOTICE.c.id, _NOTICE.c.audience)).all()
    return [(row.id, json.loads(row.audience) if isinstance(row.audience, str) else row.audience or {}) for row in rows]


def _write(identity, audience) -> None:
    op.get_bind().execute(sa.update(_NOTICE).where(_NOTICE.c.id == identity).values(audience=audience))
