"""Questions asked often, of tables that only grow, read no row that is not meant; on both databases."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.store.database import Database

QUESTIONS = {
    "delivery_openid": "UPDATE delivery SET openid = NULL WHERE openid = 'oLeft' AND state NOT IN ('queued', 'sending')",
    "event_staff": "SELECT * FROM event WHERE actor = 'staff:anna' AND actor LIKE 'staff:%' ORDER BY id DESC LIMIT 100",
    "effect_state": "SELECT * FROM effect WHERE state = 'dead' AND community_id = 1 ORDER BY id DESC LIMIT 200",
}


@pytest.mark.parametrize("index", QUESTIONS)
def test_an_index_answers(database: Database, index: str) -> None:
    def explain(session: Session) -> str:
        if not database.is_sqlite:  # a table without rows is read whole otherwise
            session.execute(text("SET LOCAL enable_seqscan = off"))
        return str(session.execute(text(f"EXPLAIN {'QUERY PLAN ' if database.is_sqlite else ''}{QUESTIONS[index]}")).all())

    assert index in database.submit(explain).result()
