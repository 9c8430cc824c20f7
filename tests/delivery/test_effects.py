"""Effects against a real small server that misbehaves, with the clock passed in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from bot.console.own import CORE
from bot.contract import Call, Context, GiveUp, Integration, Later, Performer, Services, Work, effect
from bot.keys import Keys
from bot.sealed import keyring_of
from bot.store import effects, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.effects import LEASE, Effect, EffectState
from bot.store.events import Event
from bot.store.tasks import Task
from bot.wechat.client import Client
from bot.worker import Tools, Worker, reason_of

QUICK = timedelta(milliseconds=200)


@dataclass
class Gate:
    """The far side: a barrier that opens, fails, hangs or is away, and remembers who asked."""

    mood: str = "well"
    asked: list[str] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, request: web.Request) -> web.Response:
        self.asked.append(request.query["key"])
        if self.mood == "hangs":
            self.hanging.set()
            await asyncio.Event().wait()
        return web.json_response({"opened": True}, status=500 if self.mood == "fails" else 200)


async def _open(call: Call, *, url: str) -> str:
    async with call.http.get(url, params={"key": call.key}) as response:
        response.raise_for_status()
        return "opened" if (await response.json())["opened"] else ""


def _note(work: Work, subject: str, result: Any) -> None:
    work.assign("gate.opened", "task.view", f"{subject} {result}")


OPEN = effect("gate.open", timeout=QUICK, then=_note)(_open)


@effect("gate.broken")
async def broken(call: Call, *, url: str) -> None:
    raise ValueError(url)


@effect("gate.refuses")
async def refuses(call: Call, *, url: str) -> None:
    raise GiveUp("设备号已停用")


@effect("gate.busy")
async def busy(call: Call, *, url: str) -> None:
    raise Later("对方请一小时后再来", timedelta(hours=1))


def _stumble(work: Work, subject: str, result: Any) -> None:
    work.assign("gate.opened", "task.view", "half done")
    raise ValueError(subject)


STUMBLING = effect("gate.stumbles", timeout=QUICK, then=_stumble, retries=(timedelta(seconds=2),))(_open)

SERVICES = Services(
    integrations=(
        CORE,
        Integration(name="gates", title="道闸", folder=Path("/"), effects=(OPEN, broken, refuses, busy, STUMBLING)),
    )
)


@dataclass
class Yard:
    """One community, the far side, and a clock moved by hand."""

    tools: Tools
    gate: Gate
    url: str
    now: datetime
    context: Context

    def wish(self, performer: Performer, key: str = "car 1") -> bool:
        def run(session: Session) -> bool:
            work = Work(session=session, now=self.now, context=self.context)
            return work.perform(performer, key=key, subject="pass:K3M9", url=self.url)

        return self.tools.database.submit(run).result()

    async def goes_by(self, performer: Performer, wait: timedelta = timedelta()) -> Effect:
        """Let time pass and a worker look once; returns the row."""
        self.now += wait
        await Worker(performer, self.tools).step()
        return self.row(performer)

    def row(self, performer: Performer) -> Effect:
        return self.all(Effect, Effect.kind == performer.kind)[0]

    def all(self, kind: type[Any], *where: Any) -> list[Any]:
        return list(self.tools.database.submit(lambda session: session.exec(select(kind).where(*where)).all()).result())


@pytest.fixture
async def yard(database: Database, now: datetime) -> AsyncIterator[Yard]:
    gate, app = Gate(), web.Application()
    app.router.add_get("/open", gate.open)

    def settle_in(session: Session) -> Community:
        community = Community(appid="wx1", name="和苑小区")
        session.add(community)
        session.flush()
        return community

    community = await database.write(settle_in)
    context = Context(community=community, keys=Keys(b"s" * 32), base_url="https://linli.example", messages={}, services=SERVICES)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        tools = Tools(
            database=database, clock=lambda: yard.now, context=lambda key: context, http=http,
            clients={"wx1": Client("wx1", "", http, "http://127.0.0.1:9/", None)},  # type: ignore[arg-type]  # nothing is sent
        )  # fmt: skip
        yard = Yard(tools, gate, str(server.make_url("/open")), now, context)
        yield yard


async def test_what_was_done_is_done_once_and_written_down_with_what_came_of_it(yard: Yard) -> None:
    assert yard.wish(OPEN)
    assert not yard.wish(OPEN), "the same key asks for the same act"

    done = await yard.goes_by(OPEN)
    await yard.goes_by(OPEN, timedelta(days=1))

    assert (done.state, yard.gate.asked) == (EffectState.DONE, ["car 1"])
    assert [task.title for task in yard.all(Task)] == ["pass:K3M9 opened"]


@pytest.mark.parametrize(("mood", "reason"), [("fails", "对方回答了 HTTP 500"), ("hangs", "等了 0.2 秒，对方没有回应")])
async def test_far_side_that_fails_or_hangs_is_asked_again_after_a_pause(yard: Yard, mood: str, reason: str) -> None:
    yard.gate.mood = mood
    yard.wish(OPEN)

    row = await yard.goes_by(OPEN)

    assert (row.state, row.reason, row.attempts) == (EffectState.QUEUED, reason, 1)
    assert row.due_at == yard.now + OPEN.retries[0]


async def test_far_side_that_is_away_for_an_hour_has_it_done_when_it_is_back(yard: Yard) -> None:
    begun, away = yard.now, yard.url
    yard.url = "http://127.0.0.1:9/open"  # nobody listens there
    yard.wish(OPEN)
    row = yard.row(OPEN)
    while yard.now < begun + timedelta(hours=1):
        row = await yard.goes_by(OPEN, max(row.due_at - yard.now, timedelta()))
    assert (row.state, row.reason) == (EffectState.QUEUED, "连不上对方")

    def return_(session: Session) -> None:
        session.get_one(Effect, row.id).payload = {"url": away}

    await yard.tools.database.write(return_)
    row = await yard.goes_by(OPEN, row.due_at - yard.now)

    assert (row.state, yard.gate.asked) == (EffectState.DONE, ["car 1"])


async def test_what_failed_too_often_lies_with_the_admins_who_are_told_once(yard: Yard) -> None:
    yard.gate.mood = "fails"
    for car in ("car 1", "car 2"):
        yard.wish(OPEN, car)

    for wait in (timedelta(), *OPEN.retries, timedelta(days=1)):
        await yard.goes_by(OPEN, wait)

    assert [row.state for row in yard.all(Effect)] == [EffectState.DEAD] * 2
    assert len(yard.gate.asked) == 2 * (len(OPEN.retries) + 1)
    [task] = yard.all(Task)
    assert (task.kind, task.need) == ("effect.died", "service.watch")
    assert [event.data for event in yard.all(Event, Event.kind == "effect.died")] == [{"effect": "gate.open"}] * 2


async def test_who_gives_up_is_not_asked_again(yard: Yard) -> None:
    yard.wish(refuses)

    row = await yard.goes_by(refuses)

    assert (row.state, row.reason) == (EffectState.DEAD, "设备号已停用")


async def test_who_says_later_is_asked_then_and_never_given_up_for_that(yard: Yard) -> None:
    yard.wish(busy)

    for _ in range(2 * len(busy.retries)):
        row = await yard.goes_by(busy, timedelta(hours=1))

    assert (row.state, row.attempts, row.due_at) == (EffectState.QUEUED, 0, yard.now + timedelta(hours=1))


async def test_dead_process_leaves_its_rows_to_the_next_once_the_lease_is_over(yard: Yard) -> None:
    yard.wish(OPEN)
    await yard.tools.database.write(effects.claim, "gate.open", yard.now, 8)  # and then it dies

    early = await yard.goes_by(OPEN, LEASE - timedelta(seconds=1))
    late = await yard.goes_by(OPEN, timedelta(seconds=1))

    assert (early.state, late.state, late.attempts) == (EffectState.RUNNING, EffectState.DONE, 2)


async def test_who_comes_back_after_the_lease_settles_nothing_for_the_next(yard: Yard) -> None:
    yard.wish(OPEN)
    [old] = await yard.tools.database.write(effects.claim, "gate.open", yard.now, 8)
    await yard.goes_by(OPEN, LEASE)

    settled = await yard.tools.database.write(effects.settle, old, EffectState.DEAD, yard.now)

    assert (settled, yard.row(OPEN).state) == (False, EffectState.DONE)


async def test_two_workers_do_nothing_twice(yard: Yard) -> None:
    cars = [f"car {number}" for number in range(40)]
    for car in cars:
        yard.wish(OPEN, car)

    workers = [Worker(OPEN, yard.tools), Worker(OPEN, yard.tools)]
    while sum(await asyncio.gather(*(worker.step() for worker in workers))):
        pass

    assert sorted(yard.gate.asked) == sorted(cars)


@asynccontextmanager
async def at_work(tools: Tools, *performers: Performer) -> AsyncIterator[list[Worker]]:
    workers = [Worker(performer, tools) for performer in performers]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    yield workers
    for task in running:
        task.cancel()
    for task in running:
        with suppress(asyncio.CancelledError):
            await task


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  what is awaited is a row
            await asyncio.sleep(0.02)


async def test_kind_that_always_raises_and_kind_that_hangs_keep_no_other_waiting(yard: Yard) -> None:
    hanging = effect("gate.hangs", timeout=timedelta(seconds=60))(_open)
    yard.gate.mood = "hangs"
    for number in range(20):
        yard.wish(hanging, f"car {number}")
        yard.wish(broken, f"car {number}")

    async with at_work(yard.tools, hanging, broken, refuses):
        await yard.gate.hanging.wait()
        yard.wish(refuses)
        await until(lambda: yard.row(refuses).state is EffectState.DEAD)
        await until(lambda: all(row.attempts == 1 for row in yard.all(Effect, Effect.kind == "gate.broken")))

    assert {row.state for row in yard.all(Effect, Effect.kind == "gate.hangs")} <= {EffectState.RUNNING, EffectState.QUEUED}


async def test_row_that_hangs_keeps_no_other_of_its_kind_waiting(yard: Yard) -> None:
    patient = effect("gate.patient", timeout=timedelta(seconds=60))(_open)
    yard.gate.mood = "hangs"
    yard.wish(patient, "car 1")

    async with at_work(yard.tools, patient):
        await yard.gate.hanging.wait()
        yard.gate.mood = "well"
        yard.wish(patient, "car 2")
        await until(lambda: EffectState.DONE in {row.state for row in yard.all(Effect)})

    assert yard.gate.asked == ["car 1", "car 2"]


async def test_then_that_raises_leaves_nothing_half_written_and_is_given_up_in_the_end(yard: Yard) -> None:
    yard.wish(STUMBLING)

    first = await yard.goes_by(STUMBLING)
    last = await yard.goes_by(STUMBLING, STUMBLING.retries[0])

    assert (first.state, last.state) == (EffectState.QUEUED, EffectState.DEAD)
    assert last.reason == "做了，但结果没能记下（ValueError）"
    assert [task.kind for task in yard.all(Task)] == ["effect.died"]
    assert yard.gate.asked == ["car 1", "car 1"], "under the same key, for the far side to tell"


async def test_commit_in_this_process_announces_what_it_queued(yard: Yard) -> None:
    heard: list[str] = []
    yard.tools.database.listen(heard.extend)

    yard.wish(OPEN)
    yard.all(Task)

    assert heard == ["effect:gate.open"]


async def test_kind_of_a_service_that_is_not_loaded_waits_for_it(yard: Yard) -> None:
    yard.wish(replace(OPEN, kind="lift.call"))

    for performer in SERVICES.performers.values():
        await Worker(performer, yard.tools).step()

    assert yard.all(Effect)[0].state is EffectState.QUEUED


async def test_what_was_done_long_ago_is_forgotten_and_what_died_is_not(yard: Yard) -> None:
    yard.wish(OPEN)
    yard.wish(refuses)
    await yard.goes_by(OPEN)
    await yard.goes_by(refuses)

    forgotten = await yard.tools.database.write(effects.prune, yard.now + effects.REMEMBERED + timedelta(seconds=1))

    assert (forgotten, [row.kind for row in yard.all(Effect)]) == (1, ["gate.refuses"])


async def test_effect_belongs_to_the_community_that_asked_for_it(yard: Yard) -> None:
    def elsewhere(session: Session) -> int:
        session.info.clear()
        other = Community(appid="wx1", name="清河小区")
        session.add(other)
        session.flush()
        scope.enter(session, other.key)
        session.add(
            Effect(kind="gate.refuses", key="x", payload={"url": ""}, due_at=yard.now, created_at=yard.now, updated_at=yard.now)
        )
        return other.key

    other = await yard.tools.database.write(elsewhere)
    seen: list[int] = []
    tools = replace(
        yard.tools,
        context=lambda key: seen.append(key) or replace(yard.context, community=Community(id=key, appid="wx1", name="清河小区")),
    )  # type: ignore[func-returns-value]

    class Everywhere(Database):
        pass

    engine = yard.tools.database.engine
    everywhere = Everywhere(str(engine.url.render_as_string(hide_password=False)), keyring=keyring_of(engine.dialect))
    try:
        await Worker(refuses, replace(tools, database=everywhere)).step()
        tasks = await everywhere.read(lambda session: session.exec(select(Task)).all())
    finally:
        await asyncio.to_thread(everywhere.close)

    assert set(seen) == {other}
    assert [task.community_id for task in tasks] == [other]


@pytest.mark.parametrize("error", [ValueError("https://robot?key=secret"), aiohttp.InvalidURL("https://robot?key=secret")])
def test_reason_quotes_nothing_that_an_error_says(error: Exception) -> None:
    assert "secret" not in reason_of(error, 5)
