"""Services hear each message, whatever stands open: words are looked at before rows, or every message pays for the rare one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Turn

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

#: Statements that all services together may ask for words that are about none of what they listen for: who speaks, and their flats.
MOST = 4


@pytest.mark.parametrize(
    ("text", "listens"),
    [
        ("厨房水管漏水了", 0), ("你好", 0), ("我妹妹明天下午三点来", 0), ("物业电话多少", 0), ("电梯坏了好几天了也没人管", 0),
        ("我今天体温36.5", 2),  # whether a campaign asks for it, and them
    ],
)  # fmt: skip
def test_ordinary_words_look_up_next_to_nothing(town: Town, text: str, listens: int) -> None:
    if not town.database.is_sqlite:
        pytest.skip("SQLite's driver tells all that it is asked, whichever way it came; the services ask PostgreSQL the same")
    asked: list[str] = []

    def hear(session: Session) -> None:
        turn = Turn(session=session, now=town.now, context=town.context, openid="oChen")
        driver: Any = session.connection().connection.driver_connection
        driver.set_trace_callback(asked.append)
        try:
            town.services.hear(turn, text)
        finally:
            driver.set_trace_callback(None)

    town.database.submit(hear).result()

    assert 0 < len(asked) <= MOST + listens, asked
