"""The tables in the database are those in the code, made by the migrations alone; on both databases."""

from sqlalchemy import Engine, inspect

from bot import config, services
from bot.store import revisions, schema

FOLDERS = [i.folder for i in services.load_integrations(config.Settings.model_fields["integrations"].get_default())]


def test_migrations_make_exactly_the_tables_of_the_code(blank: Engine) -> None:
    before = schema.pending(blank, FOLDERS)
    schema.upgrade(blank, FOLDERS)
    schema.upgrade(blank, FOLDERS)

    assert before
    assert schema.pending(blank, FOLDERS) == []
    assert revisions.differences(blank) == []
    assert "repair_ticket" in inspect(blank).get_table_names()
