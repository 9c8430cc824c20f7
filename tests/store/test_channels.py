"""What the ways to residents have carried today, with several replicas at work."""

from __future__ import annotations

from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING

from sqlmodel import Session

from bot.store import channels

if TYPE_CHECKING:
    from bot.store.database import Database


def test_two_replicas_that_carry_the_first_of_a_way_at_once_count_both(database: Database, now: datetime) -> None:
    went_wrong: list[Exception] = []

    def carry(session: Session) -> None:
        channels.count(session, "wx1", ["chat"], now)

    def other() -> None:
        try:
            with Session(database.engine) as session:
                carry(session)
                session.commit()
        except Exception as error:
            went_wrong.append(error)

    if database.is_sqlite:  # one process writes
        for done in [database.submit(carry), database.submit(carry)]:
            done.result()
    else:
        with Session(database.engine) as first:
            carry(first)
            first.flush()
            second = Thread(target=other)
            second.start()
            second.join(0.3)  # it waits for the first, or has not begun: both must do
            first.commit()
        second.join(30)

    assert went_wrong == []
    assert database.submit(channels.figures, "wx1", now).result() == {"chat": 2}
