"""WeChat's API at its worst: slow, dropping connections, refusing, busy, spent. Everybody is told once in the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from sqlmodel import Session, col, select

from bot import app
from bot.model import SHANGHAI
from bot.sender import BATCH, Sender
from bot.store import notices, outbox, scope
from bot.store.audience import EVERYBODY
from bot.store.database import Database
from bot.store.followers import Follower
from bot.store.outbox import Delivery, DeliveryState, Ways
from bot.store.tokens import TokenShelf
from bot.wechat.client import Client
from bot.wechat.quota import MESSAGE_COUNT, MESSAGE_WINDOW

if TYPE_CHECKING:
    from tests.faults.conftest import Town

#: People to tell; half of them have an open chat window.
PEOPLE = 60


def next_due(session: Session) -> datetime | None:
    """Return when the next row falls due."""
    waits = select(Delivery.due_at).where(col(Delivery.state).in_(("armed", "queued", "sending")))
    return session.exec(waits.order_by(col(Delivery.due_at))).first()


class Office:
    """A sender with a clock of its own, and a notice to send."""

    def __init__(self, town: Town, database: Database, http: aiohttp.ClientSession) -> None:
        self.town, self.database, self.http = town, database, http
        self.now = datetime.now(SHANGHAI)
        self.people = town.people[:PEOPLE]

    def sender(self, ahead: timedelta = timedelta(), budget: float = 5.0) -> Sender:
        """One replica's sender; its clock may be wrong."""
        settings = self.town.settings
        clock = lambda: self.now + ahead  # noqa: E731
        shelf = TokenShelf(self.database, settings.wechat_appid, clock)
        secret = settings.wechat_secret.get_secret_value()
        client = Client(
            settings.wechat_appid, secret, self.http, settings.wechat_api_base, shelf, pause=lambda _: asyncio.sleep(0), budget=budget
        )  # fmt: skip
        ways = Ways(template=settings.wechat_template, appid=settings.wechat_appid)
        return Sender(self.database, client, clock, lambda: ways)

    async def publish(self) -> None:
        """Put one delivery per person into the outbox, due now."""

        def write(session: Session) -> None:
            scope.enter(session, 1)
            for openid in self.people[::2]:
                follower = session.get_one(Follower, openid)
                follower.window_until, follower.window_left = self.now + MESSAGE_WINDOW, MESSAGE_COUNT
                phone = self.town.wechat.residents[openid]
                phone.window = type(phone.window)(until=self.now + MESSAGE_WINDOW, left=MESSAGE_COUNT)
            notice = notices.draft(session, "明天停水", "请提前储水。", EVERYBODY, self.now)
            ids = self.town.ask(_resident_ids)
            payload = {"title": "停水", "text": "请储水", "url": ""}
            outbox.fan_out(
                session, notice.id or 0, self.now, [(ids[one], one, payload) for one in self.people], self.now, self.now
            )

        await self.database.write(write)

    async def send(self, *senders: Sender, until: timedelta = timedelta(minutes=9)) -> None:
        """Let the senders work, moving the clock to whatever falls due next, up to `until` from now."""
        end = self.now + until
        while True:
            await asyncio.gather(*(sender.step() for sender in senders))
            due = await self.database.read(next_due)
            if due is None or due > end:
                return
            self.now = max(self.now, due)

    async def states(self) -> Counter[str]:
        rows = await self.database.read(lambda session: session.exec(select(Delivery.state)).all())
        return Counter(DeliveryState(state).value for state in rows)

    async def attempts(self) -> set[int]:
        return set(await self.database.read(lambda session: session.exec(select(col(Delivery.attempts))).all()))

    def got(self) -> Counter[str]:
        """How often each person got a message, by WeChat's own count."""
        found: Counter[str] = Counter()
        for row in self.town.wechat.ledger.sent():
            found[row.openid] += row.originals
        return found


def _resident_ids(session: Session) -> dict[str, int]:
    from bot.store.people import Resident

    rows = session.execute(select(col(Resident.openid), col(Resident.id)).where(col(Resident.openid).is_not(None))).all()
    return {openid: identity for openid, identity in rows}


#: For what replicas do to each other: SQLite's only writer hides much of it.
ON_BOTH = pytest.mark.parametrize("office", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


@pytest.fixture
async def office(request: pytest.FixtureRequest, found_town: Callable[[str], Any]) -> AsyncIterator[Office]:
    is_server = getattr(request, "param", "sqlite") == "postgres"
    town = await found_town(request.getfixturevalue("new_postgres")() if is_server else "")
    database = app.reach_database(town.settings)
    async with aiohttp.ClientSession() as http:
        office = Office(town, database, http)
        await office.publish()
        yield office
    database.close()


async def test_bursts_of_minus_one_delay_and_double_nothing(office: Office) -> None:
    office.town.wechat.trouble.switch({"busy": 100})

    await office.send(office.sender())

    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)


async def test_connections_dropped_before_the_work_lose_nothing_unseen(office: Office) -> None:
    office.town.wechat.trouble.switch({"reset": "before", "calls": 45})

    await office.send(office.sender())

    states, got = await office.states(), office.got()
    assert states["sent"] + states["unknown"] == PEOPLE
    assert 0 < states["unknown"] <= PEOPLE // 2, "those told by chat, where WeChat drops no repeat, are in doubt for staff"
    assert (sum(got.values()), max(got.values())) == (states["sent"], 1)


async def test_connections_dropped_after_the_work_double_no_notice_at_all(office: Office) -> None:
    office.town.wechat.trouble.switch({"reset": "after", "calls": 45})

    await office.send(office.sender())

    assert office.got() == Counter(office.people)


async def test_connections_dropped_after_the_work_double_no_template(office: Office) -> None:
    office.people = office.people[1::2]  # those with a closed window: WeChat knows repeats of templates only
    office.town.wechat.trouble.switch({"reset": "after", "calls": 20})

    await office.send(office.sender())

    got = office.got()
    assert {openid: got[openid] for openid in office.people} == dict.fromkeys(office.people, 1)
    assert sum(row.repeats for row in office.town.wechat.ledger.sent()) > 0, "WeChat dropped what came twice"


async def test_api_slower_than_our_patience_doubles_no_template(office: Office) -> None:
    office.people = office.people[1::2]
    office.town.wechat.trouble.switch({"slow": 0.4, "calls": 15})

    await office.send(office.sender(budget=0.2))

    got = office.got()
    assert {openid: got[openid] for openid in office.people} == dict.fromkeys(office.people, 1)


async def test_api_slower_than_our_patience_tells_nobody_twice_and_says_who_is_in_doubt(office: Office) -> None:
    office.town.wechat.trouble.switch({"slow": 0.4, "calls": 15})

    await office.send(office.sender(budget=0.2))
    await asyncio.sleep(0.5)  # what we did not wait for is done all the same

    states, got = await office.states(), office.got()
    assert max(got.values()) == 1
    assert states["sent"] + states["unknown"] == PEOPLE
    assert set(office.people) == set(got), "nobody is lost, the doubtful had got it"


async def test_token_refused_for_ever_costs_two_calls_a_try_and_heals(office: Office) -> None:
    office.town.wechat.trouble.switch({"stale": True})
    await office.sender().step()
    assert office.got() == Counter()
    assert await office.states() == {"queued": BATCH, "armed": PEOPLE - BATCH}

    office.town.wechat.trouble.switch({"stale": False})
    await office.send(office.sender())

    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)


async def test_spent_cap_stops_at_once_burns_nothing_and_goes_on_at_midnight(office: Office) -> None:
    office.town.wechat.trouble.switch({"spent": True})
    sender = office.sender()
    await office.send(sender, until=timedelta(minutes=1))
    midnight = datetime.combine(office.now.date() + timedelta(days=1), datetime.min.time(), SHANGHAI)

    assert await office.states() == {"queued": PEOPLE}
    assert await office.attempts() == {0}
    assert await office.database.read(next_due) == midnight

    office.town.wechat.trouble.switch({"spent": False})
    await office.send(sender, until=timedelta(days=1, minutes=5))

    assert office.now >= midnight
    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)


async def test_token_that_another_program_kills_in_the_midst_is_fetched_once_and_nobody_misses_anything(office: Office) -> None:
    sender = office.sender()
    await sender.step()
    assert sum(office.got().values()) == BATCH
    settings, fetched = office.town.settings, office.town.calls["stable_token"]
    renewal = {"appid": settings.wechat_appid, "secret": settings.wechat_secret.get_secret_value(), "force_refresh": True}
    async with office.http.post(
        f"{settings.wechat_api_base}cgi-bin/stable_token", json=renewal | {"grant_type": "client_credential"}
    ) as answer:
        assert "access_token" in await answer.json()

    await office.send(sender)

    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)
    assert office.town.calls["stable_token"] - fetched == 2, "the other program's and ours"


async def test_quota_spent_in_the_midst_burns_nothing_and_the_rest_follow_at_midnight(office: Office) -> None:
    spent = {"message/custom/send": 12, "message/template/send": 12}
    office.town.wechat.caps.daily |= spent
    sender = office.sender()
    await office.send(sender, until=timedelta(minutes=1))

    assert await office.states() == {"sent": 24, "queued": PEOPLE - 24}
    assert sum(office.got().values()) == 24
    assert await office.attempts() == {0, 1}, "no attempt is burnt"

    office.town.wechat.clock = lambda: office.now
    office.town.wechat.caps.daily |= dict.fromkeys(spent, 1_000)
    await office.send(sender, until=timedelta(days=1, minutes=5))

    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)


@ON_BOTH
async def test_hour_in_which_nothing_runs_doubles_nobody_and_says_who_is_in_doubt(office: Office) -> None:
    ways = Ways(template=office.town.settings.wechat_template, appid=office.town.settings.wechat_appid)
    lost = await office.database.write(outbox.claim, office.now, 20, ways)
    for claim in lost[::2]:  # half of them had left when the process died
        office.town.wechat.ledger.take(claim.openid, "chat", claim.client_msg_id, "请储水")
    before = office.got()

    office.now += timedelta(hours=1)
    office.town.wechat.clock = lambda: office.now
    await office.send(office.sender())

    assert await office.states() == {"unknown": 20, "sent": PEOPLE - 20}
    assert office.got() == before + Counter(set(office.people) - {claim.openid for claim in lost})


async def test_lost_templates_go_before_all_that_waits_while_wechat_knows_their_ids(office: Office) -> None:
    ways = Ways(template=office.town.settings.wechat_template, appid=office.town.settings.wechat_appid)
    lost = {claim.id for claim in await office.database.write(outbox.claim, office.now, 20, ways) if claim.channel == "template"}

    office.now += outbox.LEASE
    await office.sender().step()

    rows = await office.database.read(lambda session: session.exec(select(Delivery)).all())
    assert {row.state.value for row in rows if row.id in lost} == {"sent"}
    assert any(row.state is DeliveryState.ARMED for row in rows), "others still wait"


@ON_BOTH
async def test_two_senders_side_by_side_tell_each_person_once(office: Office) -> None:
    office.town.wechat.trouble.switch({"busy": 20})

    await office.send(office.sender(), office.sender())

    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)


@ON_BOTH
@pytest.mark.parametrize("hours", [1, -1, 24, -24])
async def test_clock_that_jumps_in_one_replica_tells_nobody_twice_and_loses_nobody(office: Office, hours: int) -> None:
    right, wrong = office.sender(), office.sender(ahead=timedelta(hours=hours))

    await office.send(right, wrong)
    await office.send(right)

    states, got = await office.states(), office.got()
    assert max(got.values()) == 1
    assert states["sent"] + states["unknown"] == PEOPLE, "who is not told is in doubt, for staff to see"
    assert sum(got.values()) >= states["sent"]


@ON_BOTH
@pytest.mark.parametrize("hours", [2, -2])
async def test_clock_that_jumps_for_all_amid_a_notice_tells_nobody_twice_and_loses_nobody(office: Office, hours: int) -> None:
    sender = office.sender()
    await sender.step()
    office.now += timedelta(hours=hours)
    office.town.wechat.clock = lambda: office.now
    await office.send(sender)
    office.now += timedelta(hours=3)  # what was put off by a clock that was ahead has come
    await office.send(sender)

    assert await office.states() == {"sent": PEOPLE}
    assert office.got() == Counter(office.people)


@pytest.mark.parametrize("hours", [1, -1, 24])
async def test_clock_that_jumps_in_one_replica_doubles_no_template_and_loses_nothing(office: Office, hours: int) -> None:
    office.people = office.people[1::2]
    right, wrong = office.sender(), office.sender(ahead=timedelta(hours=hours))

    await office.send(right, wrong)
    await office.send(right)

    got = office.got()
    assert {openid: got[openid] for openid in office.people} == dict.fromkeys(office.people, 1)
