"""What happens reaches every open page that may know of it, whoever looks, for one look of the server a second."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from sqlmodel import Session, select

from bot import app
from bot.console import live
from bot.store import conversations, events, grants, news, tasks, writers
from bot.store.conversations import Conversation
from bot.store.events import Event
from bot.store.news import Cursor
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from bot.store.writers import Writer

if TYPE_CHECKING:
    from aiohttp import ClientResponse

    from tests.console.conftest import Office


def chen(session: Session) -> str:
    return session.exec(select(Resident.openid).where(Resident.name == "陈建国")).one() or ""


def talks(office: Office, text: str) -> Any:
    def say(session: Session) -> str:
        conversations.open_with(session, chen(session), 1, office.clock())
        conversations.say(session, chen(session), "resident", text, office.clock())
        return session.exec(select(Conversation.public_id).where(Conversation.openid == chen(session))).one()

    return office.write(say)


def happens(office: Office, kind: str) -> Any:
    return office.write(lambda session: events.record(session, office.clock(), kind))


async def told(stream: ClientResponse, until: str) -> str:
    async with asyncio.timeout(20):
        return (await stream.content.readuntil(until.encode())).decode()


async def test_what_a_resident_says_is_told_though_no_event_is_written(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser, browser.get("/console/live") as stream:
        talk = await talks(office, "在吗")

        assert f"line.{talk}" in await told(stream, talk)


async def test_who_writes_an_answer_is_told_to_colleagues_of_the_same_community(office: Office) -> None:
    talk = await talks(office, "在吗")
    async with (
        await office.browser(Role.MANAGER) as manager,
        await office.browser(Role.STAFF) as browser,
        await office.browser(Role.GUARD) as guard,
    ):
        async with browser.get("/console/live") as stream, guard.get("/console/live") as gate:
            for one in (stream, gate):
                await told(one, "data: *")  # both listen
            written = await manager.post(f"/console/conversations/{talk}/writing")
            said = await told(stream, "event: writing") + await told(stream, "\r\n\r\n")
            await happens(office, "gate.left")
            heard = await told(gate, "gate")

    row = await office.read(lambda session: session.exec(select(Conversation).where(Conversation.public_id == talk)).one())
    assert written.status == 200
    assert "event: writing" in said
    assert re.search(rf"data: {talk} \d+ \S+", said)
    assert "writing" not in heard
    assert (row.assigned_id, row.staff_id) == (None, None)


async def test_who_writes_is_seen_by_colleagues_whom_another_process_serves_and_forgotten_in_a_minute(office: Office) -> None:
    def elsewhere(session: Session) -> int:  # as another process writes it down, which this one hears nothing of
        member = session.exec(select(Staff).where(Staff.role == Role.MANAGER)).first()
        assert member is not None
        session.add(Writer(talk=talk, staff_id=member.id or 0, at=office.clock()))
        return member.id or 0

    talk = await talks(office, "在吗")
    async with await office.browser(Role.MANAGER), await office.browser(Role.STAFF) as browser:
        async with browser.get("/console/live") as stream:
            await told(stream, "data: *")
            who = await office.write(elsewhere)
            said = await told(stream, "event: writing") + await told(stream, "\r\n\r\n")

    assert f"data: {talk} {who} " in said
    office.clock.move(timedelta(minutes=2))
    assert await office.read(writers.lately, office.clock()) == []
    await office.write(writers.note, "TALK", who, office.clock())
    kept = await office.read(lambda session: session.exec(select(Writer.talk)).all())
    assert kept == ["TALK"]


async def test_the_stream_holds_no_words_of_what_was_said(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser, browser.get("/console/live") as stream:
        talk = await talks(office, "<script>alert(1)</script>")

        assert "script" not in await told(stream, talk)


async def test_who_comes_back_hears_what_was_said_and_done_meanwhile_even_from_another_process(office: Office) -> None:
    place = await office.read(news.newest)
    talk = await talks(office, "在吗")
    await happens(office, "repair.opened")
    async with await office.browser(Role.STAFF) as browser:
        async with browser.get("/console/live", headers={"Last-Event-ID": str(place)}) as stream:
            said = await told(stream, "repair")
    assert talk in said

    now = await office.read(news.newest)
    assert f"id: {now}" in said


@pytest.mark.parametrize("place", ["", "7", "x-y", "99999999-1", "1-99999999", "9999999999-9999999999"])
async def test_place_that_is_none_of_this_log_means_that_all_may_be_old(office: Office, place: str) -> None:
    async with (
        await office.browser(Role.STAFF) as browser,
        browser.get("/console/live", headers={"Last-Event-ID": place}) as stream,
    ):
        assert "data: *" in await told(stream, "*")


async def test_who_was_away_for_long_asks_for_all_anew_and_reads_no_whole_log(office: Office) -> None:
    def happen_often(session: Session) -> None:
        for _ in range(live.FARTHEST + 1):
            events.record(session, office.clock(), "repair.opened")

    place = await office.read(news.newest)
    await office.write(happen_often)

    async with await office.browser(Role.STAFF) as browser:
        async with browser.get("/console/live", headers={"Last-Event-ID": str(place)}) as stream:
            assert "data: *" in await told(stream, "\r\n\r\n")
        async with browser.get("/console/live?since=0-0") as stream:
            assert "data: *" in await told(stream, "\r\n\r\n")


@pytest.mark.parametrize(("role", "knows"), [
    (Role.GUARD, "gate task visitor"), (Role.STAFF, "conversation gate health line notice repair task visitor"),
    (Role.MANAGER, "conversation gate health line notice privacy repair staff task visitor"),
])  # fmt: skip
async def test_stream_tells_only_what_somebody_may_know_of(office: Office, role: Role, knows: str) -> None:
    place = await office.read(news.newest)
    await talks(office, "在吗")
    for kind in ("conversation.waiting", "gate.refused", "health.checked_in", "notice.published", "privacy.erased", "repair.opened",
                 "staff.added", "visitor.invited", "task.opened"):  # fmt: skip
        await happens(office, kind)
    async with await office.browser(role) as browser:
        async with browser.get("/console/live", headers={"Last-Event-ID": str(place)}) as stream:
            said = await told(stream, "\r\n\r\n")

    kinds = {kind.partition(".")[0] for kind in said.partition("data: ")[2].split()}
    assert kinds == set(knows.split())


async def test_stream_tells_no_more_of_what_a_role_may_not_know_any_longer(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser, browser.get("/console/live") as stream:
        await happens(office, "repair.opened")
        assert "repair" in await told(stream, "repair")

        needs = office.server.app[live.NEEDS]["repair"]  # type: ignore[union-attr]
        for need in needs | {live.LOG_NEED}:
            await office.write(grants.change, Role.STAFF, need, False, True)
        office.clock.move(live.CHECK_EVERY)
        await happens(office, "task.opened")
        await told(stream, "task")
        await happens(office, "repair.opened")
        await happens(office, "task.opened")
        said = await told(stream, "task")

    assert "repair" not in said


async def test_what_this_process_wrote_is_told_without_waiting_for_the_next_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK", 3600)
    async with await office.browser(Role.STAFF) as browser, browser.get("/console/live") as stream:
        for _ in range(2):
            talk = await talks(office, "在吗")

            assert f"line.{talk}" in await told(stream, talk)


async def test_a_hundred_streams_share_one_look(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = office.server.app[live.WATCHER]  # type: ignore[index]
    looks: list[Any] = []
    real = office.linli.database.read

    async def counted(fn: Any, *args: Any) -> Any:
        looks.append(fn)
        return await real(fn, *args)

    monkeypatch.setattr(watcher, "_database", type("Counting", (), {"read": staticmethod(counted)}))
    with ExitStack() as stack:
        queues = [stack.enter_context(watcher.listening()) for _ in range(100)]
        await watcher.begun()
        before = len(looks)
        await happens(office, "repair.opened")
        async with asyncio.timeout(20):
            found = [await queue.get() for queue in queues]

    assert {kind for one in found for kind in one.kinds(1)} == {"repair"}
    assert len(looks) - before <= 2


async def test_event_that_another_transaction_overtook_is_told_once_it_is_seen(office: Office) -> None:
    """On PostgreSQL ids are taken before the commit, so a later id may be seen first."""
    watcher = office.server.app[live.WATCHER]  # type: ignore[index]
    newest = await office.read(news.newest)

    def write(number: int, kind: str) -> Any:
        return office.write(lambda session: session.add(Event(id=newest.event + number, at=office.clock(), kind=kind)))

    with watcher.listening() as queue:
        await watcher.begun()
        await write(2, "repair.opened")
        async with asyncio.timeout(20):
            assert (await queue.get()).kinds(1) == {"repair"}
            await write(1, "photo.stored")
            assert (await queue.get()).kinds(1) == {"photo"}


def test_cursor_is_within_another_only_when_both_numbers_are() -> None:
    assert Cursor(event=3, line=4).is_within(Cursor(event=3, line=5))
    assert not Cursor(event=4, line=4).is_within(Cursor(event=3, line=5))


async def test_alarm_stands_on_the_pages_of_those_who_may_see_it_until_it_is_dealt_with(office: Office) -> None:
    def alarm(session: Session) -> str:
        task = tasks.open(session, office.clock(), kind="emergency.fire", need="task.view", title="火警：3栋", urgent=True,
                          openid=chen(session))  # fmt: skip
        tasks.open(session, office.clock(), kind="repair.urged", need="task.view", title="催办")
        return task.public_id

    key = await office.write(alarm)
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.GUARD) as guard:
        seen = await (await staff.get("/console/alarms")).text()
        assert 'data-count="1"' in seen
        assert "火警：3栋" in seen
        assert "陈建国" in seen
        assert f"/console/tasks#task-{key}" in seen
        assert "催办" not in seen
        assert "火警" not in await (await guard.get("/console/alarms")).text()

        await staff.post(f"/console/tasks/{key}/close", data={"outcome": "已处理好"})
        assert 'data-count="0"' in await (await staff.get("/console/alarms")).text()


class Slow(live.Watcher):
    """A watcher that takes so long to begin that a browser can leave meanwhile."""

    asked, may_go_on = asyncio.Event(), asyncio.Event()

    async def begun(self) -> None:
        await super().begun()
        self.asked.set()
        await self.may_go_on.wait()


async def test_a_browser_that_leaves_before_its_stream_begins_leaves_no_fault_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with await office.browser(Role.STAFF) as browser:
        cookie = browser.session.headers["Cookie"]
    served = app.build(office.linli)
    served[live.WATCHER] = slow = Slow(office.linli.database, office.clock)
    runner = web.AppRunner(served)  # as it is served: handlers go on when a browser has left, which a TestServer's do not
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(f"GET /console/live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    async with asyncio.timeout(20):
        await slow.asked.wait()
        [left] = runner.server.connections  # type: ignore[union-attr]
        handling = left._task_handler
        writer.close()
        await writer.wait_closed()
        while left.transport is not None:  # noqa: ASYNC110  # aiohttp tells nobody
            await asyncio.sleep(0)
        slow.may_go_on.set()
        await asyncio.wait([handling])
    await runner.cleanup()

    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
