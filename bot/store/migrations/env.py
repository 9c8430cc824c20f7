"""Alembic's entry: runs on the connection that bot/store/schema.py hands over."""

from alembic import context
from sqlmodel import SQLModel

#: The tables that a new revision may speak of; each integration's revisions speak of its own.
tables = context.config.attributes.get("tables")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    include_name=lambda name, kind, _parents: kind != "table" or tables is None or name in tables,
    include_object=lambda thing, name, kind, _reflected, _other: kind != "table" or tables is None or name in tables,
)
context.run_migrations()
