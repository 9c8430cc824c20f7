"""Share the ticket for pages."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.model

revision = 'bot_5'
down_revision = 'bot_4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this shape. What the table held is fetched again: it lasts two hours at most."""
    _make_anew(sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False))


def downgrade() -> None:
    """Bring the tables back to the shape before."""
    _make_anew()


def _make_anew(*more: sa.Column) -> None:
    op.drop_table('access_token')
    op.create_table('access_token',
    sa.Column('appid', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    *more,
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('good_until', bot.model.Moment(), nullable=True),
    sa.Column('fetching_until', bot.model.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('appid', *(column.name for column in more))
    )
