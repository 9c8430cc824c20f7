"""Words of before lose the numbers of papers and bank cards, in batches; what is no such word keeps every sign."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from bot.store import withholding
from bot.store.communities import Community
from bot.store.conversations import Line
from bot.store.database import Database
from bot.store.tasks import Task

PAPER, CARD = "330106198001011234", "6222021234567890123"


def seed(database: Database, now: datetime, more: int = 0) -> None:
    def write(session: Session) -> None:
        session.add(Community(id=1, appid="wx1", name="和苑小区", phone="0571-1"))
        session.flush()
        said = [("resident", f"我身份证{PAPER}，电话13812348000"), ("resident", f"卡{CARD}"), ("staff", f"请转到{CARD}")]
        for speaker, text in [*said, *([("resident", f"我的{PAPER}")] * more)]:
            session.add(Line(community_id=1, openid="oAnn", at=now, speaker=speaker, text=text))
        session.add(
            Task(
                community_id=1,
                kind="handoff",
                need="x",
                title=f"退到{CARD}",
                opened_at=now,
                data={"words": [f"证{PAPER}"], "day": "2026-03-11"},
            )
        )

    database.submit(write).result()


def lines(database: Database) -> list[str]:
    return database.submit(lambda session: [one.text for one in session.exec(select(Line).order_by(Line.id)).all()]).result()  # type: ignore[arg-type]


def test_words_of_before_lose_such_numbers_and_an_account_that_staff_told_stays(database: Database, now: datetime) -> None:
    seed(database, now)
    assert withholding.sampled(database.engine) == 4

    assert withholding.take_out(database.engine) == 4

    assert lines(database) == ["我身份证[证件]，电话13812348000", "卡[银行卡]", f"请转到{CARD}"]
    [task] = database.submit(lambda session: list(session.exec(select(Task)).all())).result()
    assert (task.title, task.data) == ("退到[银行卡]", {"words": ["证[证件]"], "day": "2026-03-11"})
    assert (withholding.sampled(database.engine), withholding.take_out(database.engine)) == (0, 0)


def test_all_batches_are_looked_through(database: Database, now: datetime) -> None:
    seed(database, now, more=2 * 500)

    assert withholding.take_out(database.engine) == 1004
    assert not any(PAPER in one for one in lines(database))
