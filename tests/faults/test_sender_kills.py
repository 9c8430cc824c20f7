"""Who lays out and who sends is killed over and over in the midst of a notice to a town; what each person got is counted at WeChat's side."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert
from sqlmodel import Session, SQLModel, col, select

from bot.model import SHANGHAI, public_id
from bot.simulator.wechat import Resident as Phone
from bot.store import audiences, notices, outbox, parts, scope
from bot.store.audience import EVERYBODY
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Household
from bot.wechat.quota import MESSAGE_COUNT, MESSAGE_WINDOW, Window
from tests.faults import sending

if TYPE_CHECKING:
    from tests.faults.conftest import Town

#: People of the notice; every other one has an open chat window, where WeChat drops no repeat.
PEOPLE = 5_000

#: `make faults` kills a hundred times.
KILLS = int(os.environ.get("LINLI_FAULT_SENDER_KILLS", "10"))

#: Seconds in which the stand-in answers: as long is a message under way.
ANSWERS_IN = 0.05

#: How far the clock goes on at each kill, so that nobody waits for a lease.
STRIDE = outbox.LEASE + timedelta(seconds=1)

#: Most seconds that a life may take, a start among it.
LIFE = 300.0

pytestmark = pytest.mark.kills


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def town(request: pytest.FixtureRequest, found_town: Callable[[str], Any]) -> Town:
    url = "" if request.param == "sqlite" else request.getfixturevalue("new_postgres")()
    found: Town = await found_town(url)
    return found


class Senders:
    """Processes that send, and a clock that they and the stand-in share."""

    def __init__(self, town: Town, number: int) -> None:
        self.town, self.ahead, self.kills = town, timedelta(), 0
        town.wechat.clock = self.now
        self._running = [sending.begin(town.settings, self.ahead) for _ in range(number)]

    def now(self) -> datetime:
        return datetime.now(SHANGHAI) + self.ahead

    def kill_one(self) -> None:
        """Kill one and let another begin when its leases are over; each in turn, so that no clock lags behind for long."""
        index = self.kills % len(self._running)
        _end(self._running[index])
        self.kills += 1
        self.ahead += STRIDE
        self._running[index] = sending.begin(self.town.settings, self.ahead)

    def end(self) -> None:
        for process in self._running:
            _end(process)


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join(10)


@pytest.fixture
def senders(town: Town) -> Iterator[Senders]:
    publish(town)
    town.wechat.trouble.switch({"slow": ANSWERS_IN})
    found = Senders(town, 1 if "sqlite" in town.settings.database else 2)
    yield found
    found.end()


async def test_sender_killed_in_the_midst_of_a_notice_loses_and_doubles_nobody(town: Town, senders: Senders) -> None:
    points = sorted(random.sample(range(1, PEOPLE * 9 // 10), KILLS))  # how many WeChat has taken by then

    for point in points:
        await until(lambda point=point: len(town.wechat.ledger.sent()) >= point)  # type: ignore[misc]
        senders.kill_one()
    senders.ahead += STRIDE  # for what the last ones had on their way
    senders.kill_one()
    await until(lambda: in_doubt_or_told(town)[1])

    rows, _ = in_doubt_or_told(town)
    got = taken(town)
    states = Counter(state for _, state, _ in rows)
    unknown = [openid for openid, state, _ in rows if state is DeliveryState.UNKNOWN]
    in_doubt = Counter(channel for _, state, channel in rows if state is DeliveryState.UNKNOWN)
    lost = sum(state is not DeliveryState.UNKNOWN and not got[openid] for openid, state, _ in rows)
    print(  # noqa: T201
        f"\n{senders.kills} kills, {PEOPLE} people, {len(rows)} rows: {states[DeliveryState.SENT]} sent, {lost} lost, "
        f"{sum(number > 1 for number in got.values())} doubled, {len(unknown)} in doubt ({dict(in_doubt)}), of whom {sum(got[one] for one in unknown)} "
        f"had got it; {sum(row.repeats for row in town.wechat.ledger.sent())} repeats dropped by WeChat"
    )
    assert len(rows) == PEOPLE
    assert set(states) <= {DeliveryState.SENT, DeliveryState.UNKNOWN}
    assert max(got.values()) == 1, "nobody got it twice"
    assert all(got[openid] == 1 for openid, state, _ in rows if state is DeliveryState.SENT), "what is noted as sent was sent"
    assert all(channel == "chat" for _, state, channel in rows if state is DeliveryState.UNKNOWN), "templates can be repeated"


async def test_notice_whose_laying_out_is_killed_over_and_over_has_one_delivery_for_each_person(town: Town) -> None:
    people = publish_in_parts(town)
    kills = 0
    while town.ask(parts.waiting):
        running = [sending.begin_laying_out(town.settings) for _ in range(1 if "sqlite" in town.settings.database else 2)]
        before = len(town.ask(parts.waiting))
        if kills < KILLS:
            await until(lambda: len(town.ask(parts.waiting)) < before or not running[0].is_alive())  # noqa: B023
            await asyncio.sleep(random.uniform(0.0, 0.05))
            kills += sum(process.is_alive() for process in running)
            for process in running:
                _end(process)
        else:
            for process in running:
                await asyncio.to_thread(process.join, LIFE)

    rows = town.ask(lambda session: session.exec(select(Delivery.resident_id).where(col(Delivery.notice_id).is_not(None))).all())
    print(f"\n{kills} kills, {len(rows)} of {people} people laid out")  # noqa: T201
    assert (len(rows), len(set(rows))) == (people, people)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fails when it does not in time."""
    deadline = time.monotonic() + LIFE
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def taken(town: Town) -> Counter[str]:
    """How often each person got a message, by WeChat's own count."""
    found: Counter[str] = Counter()
    for row in town.wechat.ledger.sent():
        found[row.openid] += row.originals
    return found


def in_doubt_or_told(town: Town) -> tuple[list[tuple[str, DeliveryState, str]], bool]:
    """Return whom the notice was for, what became of it and by which way; and whether nothing waits any more."""
    query = select(Delivery.openid, Delivery.state, Delivery.channel).where(col(Delivery.notice_id).is_not(None))
    rows = town.ask(lambda session: session.exec(query).all())
    waits = {DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING}
    return [(openid, state, channel) for openid, state, channel in rows], not any(state in waits for _, state, _ in rows)


def publish_in_parts(town: Town) -> int:
    """Split up a notice to all the town, into parts of fifty; returns to how many."""
    now = datetime.now(SHANGHAI)

    def write(session: Session) -> int:
        scope.enter(session, 1)
        notice = notices.draft(session, "明天停水", "请提前储水。", EVERYBODY, now)
        [*ids] = session.execute(audiences.ids_of(session, EVERYBODY)).scalars()
        found = parts.Split(parts=[sorted(ids)[begin : begin + 50] for begin in range(0, len(ids), 50)])
        parts.keep(session, notice.key, now, found, now, now, reason="")
        session.commit()
        return found.people

    return int(town.ask(write))


def publish(town: Town) -> None:
    """Let PEOPLE more live in the first community, and put a notice to them into the outbox, due at once."""
    now = datetime.now(SHANGHAI)
    window = Window(until=now + MESSAGE_WINDOW, left=MESSAGE_COUNT)
    openids = [f"oTown{number:023}" for number in range(PEOPLE)]

    def write(session: Session) -> None:
        scope.enter(session, 1)
        tables = SQLModel.metadata.tables
        home = session.execute(select(func.min(col(Household.id)))).scalar_one()
        people = [{
            "community_id": 1, "public_id": public_id(), "household_id": home, "openid": openid, "bound_at": now, "name": "陈建国", "asks_flat": False,
            "phone": "", "phone_digest": "", "phone_end": "", "tags": [],
        } for openid in openids]  # fmt: skip
        session.execute(insert(tables["resident"]), people)
        follows = [{
            "openid": openid, "community_id": 1, "is_placed": True, "followed_at": now, "window_until": None if number % 2 else window.until,
            "window_left": 0 if number % 2 else window.left, "tap_left": 0,
        } for number, openid in enumerate(openids)]  # fmt: skip
        session.execute(insert(tables["follower"]), follows)
        resident = tables["resident"].c
        known = dict(session.execute(select(resident.openid, resident.id).where(resident.openid.like("oTown%"))).all())
        notice = notices.draft(session, "明天停水", "请提前储水。", EVERYBODY, now)
        payload = {"title": "停水", "text": "请储水", "url": ""}
        outbox.fan_out(session, notice.key, now, [(known[openid], openid, payload) for openid in openids], now, now)
        session.commit()

    town.ask(write)
    for number, openid in enumerate(openids):
        phone = town.wechat.residents[openid] = Phone(openid=openid, name="", follows_since=now)
        if number % 2 == 0:
            phone.window = window
