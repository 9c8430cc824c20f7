"""${message}."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
${imports if imports else ""}
import bot.model

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Bring the tables to this shape."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    ${downgrades if downgrades else "pass"}
