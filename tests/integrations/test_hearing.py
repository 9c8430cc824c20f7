"""Services hear each message, whatever stands open: words are looked at before rows, or every message pays for the rare one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
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
        ("我今天体温36.5", 1),  # whether a campaign asks for it
    ],
)  # fmt: skip
def test_ordinary_words_look_up_next_to_nothing(town: Town, text: str, listens: int) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    def hear(session: Session) -> None:
        turn = Turn(session=session, now=town.now, context=town.context, openid="oChen")
        event.listen(town.database.engine, "before_cursor_execute", note)
        try:
            town.services.hear(turn, text)
        finally:
            event.remove(town.database.engine, "before_cursor_execute", note)

    town.database.submit(hear).result()

    assert len(asked) <= MOST + listens, asked
