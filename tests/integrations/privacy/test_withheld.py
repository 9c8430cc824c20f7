"""Numbers of papers and bank cards are in no row and in no reply, whatever a resident says them with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, SQLModel, select

from bot.store.outbox import Delivery
from bot.store.tasks import Task
from tests.integrations.conftest import Chat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

PAPER, CARD = "330106198001011234", "6222021234567890123"


@pytest.fixture
def chat(demo_folder: Path, now: datetime) -> Iterator[Chat]:
    from bot.cli.talk import Room

    room = Room.open(demo_folder, now)
    yield Chat(room)
    room.database.close()


def everything(session: Session) -> str:
    """Return all rows of all tables that have a mapped class, opened."""
    found: list[Any] = []
    for mapper in SQLModel._sa_registry.mappers:  # type: ignore[attr-defined]
        found += session.exec(select(mapper.class_)).all()
    return "\n".join(str({name: getattr(one, name) for name in type(one).__table__.columns.keys()}) for one in found)


@pytest.mark.parametrize(
    "said",
    [
        [f"厨房水管漏水，我身份证{PAPER}", "明天上午"],
        [f"电梯里有人被困，{PAPER}"],
        [f"着火了 我身份证号{PAPER} 银行卡{CARD}", f"我的卡{CARD}"],
        [f"明天下午三点我表哥来，身份证{PAPER}", "不开车"],
        [f"转人工 我的银行卡{CARD}被扣了钱", "6222 0212 3456 7890 123就是这张"],
        [f"退押金到{CARD}", "好"],
        [f"{PAPER}"],
        ["身份证三三零一零六一九八零零一零一一二三四", "厨房漏水"],
        [f"我住3栋2单元502，身份证{PAPER}"],
    ],
)
@pytest.mark.parametrize("is_bound", [True, False])
def test_no_row_and_no_reply_holds_a_paper_or_a_card(chat: Chat, said: list[str], is_bound: bool) -> None:
    chat.room.seat(bound=is_bound)
    answers = [chat.say(words) for words in said]

    kept = chat.room.database.submit(everything).result()
    for number in (PAPER, CARD, PAPER[:14], CARD[:13], "三三零一零六", "6222 0212"):
        assert number not in kept
        assert not any(number in answer for answer in answers)
    assert chat.all(Delivery) is not None


def test_who_comes_still_reads_the_rest(chat: Chat) -> None:
    chat.say(f"着火了，3栋1单元401，电话13812345678 13912345678，身份证{PAPER}")

    [task] = [task for task in chat.all(Task) if task.urgent]
    assert task.data["text"] == "着火了，3栋1单元401，电话13812345678 13912345678，身份证[证件]"
