"""Find people and flats by what is typed, and sort flats as people count them; let two rows of one person be one. The words are written at the next start."""

import re
import unicodedata

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_20'
down_revision = 'bot_19'
branch_labels = None
depends_on = None

#: Text that is compared sign by sign whatever the database's language is.
PLAIN = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def place_of(*parts: str) -> str:
    """Return what flats were sorted by at this revision: 3-2-501 stands before 10-1-101."""
    plain = ("".join(unicodedata.normalize("NFKC", part).lower().split())[:40] for part in parts)
    return re.sub(r"\d+", lambda number: number[0].zfill(6), "-".join(plain))


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "directory_word",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", PLAIN, nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("directory_word_begins", "directory_word", ["community_id", "word"])
    op.create_index("ix_directory_word_resident_id", "directory_word", ["resident_id"])
    op.create_index("ix_directory_word_household_id", "directory_word", ["household_id"])
    op.create_table(
        "merger",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stays_id", sa.Integer(), nullable=False),
        sa.Column("goes_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.model.Moment(), nullable=False),
        sa.Column("undone_at", bot.model.Moment(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["stays_id"], ["resident.id"]),
        sa.ForeignKeyConstraint(["goes_id"], ["resident.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_merger_stays_id", "merger", ["stays_id"])
    op.create_index("ix_merger_goes_id", "merger", ["goes_id"])
    own = ("office_hours", "office_days")
    with op.batch_alter_table("community") as batch:
        for name in own:
            batch.add_column(sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
        batch.add_column(sa.Column("earlier_names", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("community") as batch:
        for name in own:
            batch.alter_column(name, existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)
        batch.alter_column("earlier_names", existing_type=sa.JSON(), server_default=None)
    with op.batch_alter_table("household") as batch:
        batch.add_column(sa.Column("place", PLAIN, nullable=False, server_default=""))
    with op.batch_alter_table("household") as batch:
        batch.alter_column("place", existing_type=PLAIN, server_default=None)
    connection = op.get_bind()
    flats = connection.execute(sa.text("SELECT id, building, unit, room FROM household")).all()
    for flat in flats:
        connection.execute(
            sa.text("UPDATE household SET place = :place WHERE id = :id"),
            {"id": flat.id, "place": place_of(flat.building, flat.unit, flat.room)},
        )
    op.create_index("household_place", "household", ["community_id", "place"])


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.drop_index("household_place", table_name="household")
    with op.batch_alter_table("household") as batch:
        batch.drop_column("place")
    with op.batch_alter_table("community") as batch:
        for name in ("office_hours", "office_days", "earlier_names"):
            batch.drop_column(name)
    op.drop_table("merger")
    op.drop_table("directory_word")
