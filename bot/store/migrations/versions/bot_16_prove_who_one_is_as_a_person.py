"""Prove who one is as a person: password, app and recovery codes wherever they work; where a session is used; what staff can do."""

import sqlalchemy as sa
from alembic import op

import bot.model

revision = 'bot_16'
down_revision = 'bot_15'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape."""
    op.create_table(
        "credential",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("totp", sa.String(), nullable=False),
        sa.Column("totp_pending", sa.String(), nullable=False),
        sa.Column("totp_counter", sa.Integer(), nullable=False),
        sa.Column("signed_in_at", bot.model.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("used_at", bot.model.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(op.f("ix_recovery_code_person"), "recovery_code", ["person"])
    # A password set while one of a person's accounts was disabled did not reach that one: those in use count first.
    for whose in ("disabled_at IS NULL", "person NOT IN (SELECT person FROM credential)"):
        op.execute(
            "INSERT INTO credential (person, password, totp, totp_pending, totp_counter) "
            f"SELECT person, max(password), '', '', 0 FROM staff WHERE password <> '' AND {whose} GROUP BY person"
        )
    op.drop_column("staff", "password")
    op.add_column("staff", sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("staffsession", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.add_column("staffsession", sa.Column("is_half", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    op.execute("DELETE FROM staffsession WHERE is_half")
    op.drop_column("staffsession", "is_half")
    op.drop_column("staffsession", "address")
    op.drop_column("staff", "skills")
    op.add_column("staff", sa.Column("password", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE staff SET password = coalesce((SELECT password FROM credential WHERE credential.person = staff.person), '')")
    op.drop_table("recovery_code")
    op.drop_table("credential")
