"""kill -9 at random moments under load: what was acknowledged is done once and answered once; counted at WeChat's side."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, col, select

from bot.store import notices, outbox, scope
from bot.store.audience import EVERYBODY
from bot.store.people import Resident

if TYPE_CHECKING:
    from tests.faults.conftest import Fate, Replica, Town

#: `make faults` kills 200 times; a few show that the harness works, in two minutes for each database.
KILLS = int(os.environ.get("LINLI_FAULT_KILLS", "3"))

#: Messages under way at once.
AT_ONCE = 8

#: Seconds between one person's answer and the next one's message.
PACE = 0.05

#: What somebody says, each time another sign of the same fault: it goes onto the ticket that is open, word for word.
SAID = "厨房水管漏水了，漏到第{number}块砖"

pytestmark = pytest.mark.kills


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def town(request: pytest.FixtureRequest, found_town: Callable[[str], Any]) -> Town:
    url = "" if request.param == "sqlite" else request.getfixturevalue("new_postgres")()
    found: Town = await found_town(url)
    return found


async def test_kills_under_load_lose_and_double_no_message_and_no_notice(town: Town) -> None:
    replicas = [await town.replica() for _ in range(1 if "sqlite" in town.settings.database else 2)]
    speakers, listeners = town.people[: len(town.people) // 2], town.people[len(town.people) // 2 :]
    publish_to(town, listeners)
    ended = asyncio.Event()
    load = asyncio.create_task(talk(town, speakers, ended))

    for _ in range(KILLS):
        await kill_one(town, random.choice(replicas))
    ended.set()
    fates = await load
    await town.until(town.is_drained, within=outbox.LEASE.total_seconds() + 60, what="inbox and outbox are empty")

    given_up = sum(not fate.is_acknowledged for fate in fates)
    late = sum(fate.answer == "success" for fate in fates)
    print(f"\n{KILLS} kills, {len(fates)} messages ({late} answered late, {given_up} given up by WeChat), {len(listeners)} told")  # noqa: T201
    assert sum(replica.kills for replica in replicas) == KILLS
    assert given_up < len(fates), "somebody must have been answered"
    check_tickets(town, fates)
    check_answers(town, fates)
    check_notice(town, listeners)


async def talk(town: Town, speakers: list[str], ended: asyncio.Event) -> list[Fate]:
    """Let people report faults, AT_ONCE at a time, over and over until the end."""
    fates: list[Fate] = []
    turns, numbers = itertools.cycle(speakers), itertools.count(1)

    async def speak() -> None:
        while not ended.is_set():
            number = next(numbers)
            fates.append(await town.push(next(turns), SAID.format(number=number), msgid=number))
            await asyncio.sleep(PACE)

    await asyncio.gather(*(speak() for _ in range(AT_ONCE)))
    return fates


async def kill_one(town: Town, replica: Replica) -> None:
    """Let it live for a random moment, kill it, and start it again."""
    await asyncio.sleep(random.uniform(0.0, 1.5))
    replica.kill()
    replica.start()
    await replica.is_ready(town.http)


def publish_to(town: Town, openids: list[str]) -> None:
    """Put a notice to these people into the outbox, due at once; none of them has an open chat window."""

    def publish(session: Session) -> None:
        scope.enter(session, 1)
        now = town.wechat.clock()
        ids = dict(session.execute(select(col(Resident.openid), col(Resident.id)).where(col(Resident.openid).in_(openids))).all())
        notice = notices.draft(session, "明天停水", "请提前储水。", EVERYBODY, now)
        payload = {"title": notice.title, "text": notice.body, "url": ""}
        outbox.fan_out(session, notice.id or 0, now, [(ids[openid], openid, payload) for openid in openids], now, now)
        session.commit()

    town.ask(publish)


def check_tickets(town: Town, fates: list[Fate]) -> None:
    """What was acknowledged stands once on the speaker's ticket, of whom there is one; what WeChat gave up may stand there, once."""
    words = town.words()
    stand = Counter((openid, line) for openid, told in words for line in told.splitlines())
    said = {(fate.openid, SAID.format(number=fate.msgid)): fate.is_acknowledged for fate in fates}
    assert [one for one, is_acknowledged in said.items() if is_acknowledged and not stand[one]] == []
    assert [one for one, times in stand.items() if times > 1 or one not in said] == []
    assert [openid for openid, number in Counter(openid for openid, _ in words).items() if number > 1] == []


def check_answers(town: Town, fates: list[Fate]) -> None:
    """Who was told `success` got the answer as a message; nobody got more messages than that."""
    chats, owed, doubtful = town.chats(), Counter(), Counter()  # type: ignore[var-annotated]
    for fate in fates:
        owed[fate.openid] += fate.answer == "success"
        doubtful[fate.openid] += not fate.is_acknowledged
    assert {openid for openid, count in owed.items() if chats.get(openid, 0) < count} == set()
    assert {openid for openid, count in chats.items() if count > owed[openid] + doubtful[openid]} == set()


def check_notice(town: Town, listeners: list[str]) -> None:
    """Everybody got the notice once, by WeChat's own count."""
    got: Counter[str] = Counter()
    for row in town.wechat.ledger.sent():
        if row.kind == "template":
            got[row.openid] += row.originals
    assert got == Counter(listeners)
