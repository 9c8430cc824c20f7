import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.keyring import Keyring
from bot.sealed import keyring_of
from bot.store.communities import Community
from bot.store.database import POSTGRES_WRITERS, Database


def _add(session: Session, appid: str) -> int:
    community = Community(appid=appid, name="和苑小区")
    session.add(community)
    session.flush()
    assert community.id is not None
    return community.id


def _add_and_fail(session: Session, appid: str) -> None:
    _add(session, appid)
    raise LookupError(appid)


def _appids(session: Session) -> list[str]:
    return sorted(session.exec(select(Community.appid)).all())


async def test_what_was_written_is_read_back(database: Database) -> None:
    await database.write(_add, "a")

    assert await database.read(_appids) == ["a"]


async def test_failing_function_leaves_nothing_and_its_neighbours_stay(database: Database) -> None:
    works = [database.write(_add if n % 3 else _add_and_fail, f"{n:02}") for n in range(30)]

    results = await asyncio.gather(*works, return_exceptions=True)

    assert [isinstance(result, LookupError) for result in results] == [n % 3 == 0 for n in range(30)]
    assert await database.read(_appids) == [f"{n:02}" for n in range(30) if n % 3]


async def test_unique_violation_fails_its_own_function_only(database: Database) -> None:
    results = await asyncio.gather(*(database.write(_add, "same") for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(result, int) for result in results) == 1
    assert await database.read(_appids) == ["same"]


async def test_function_that_takes_back_its_work_takes_back_nothing_of_its_neighbours(database: Database) -> None:
    def think_again(session: Session, appid: str) -> str:
        _add(session, f"{appid} first")
        session.rollback()
        _add(session, f"{appid} second")
        return "thought again"

    works = [database.write(_add if n % 3 else think_again, f"{n}") for n in range(9)]

    results = await asyncio.gather(*works)

    assert [result == "thought again" for result in results] == [n % 3 == 0 for n in range(9)]
    assert await database.read(_appids) == sorted(f"{n}" if n % 3 else f"{n} second" for n in range(9))


async def test_what_one_function_holds_its_neighbour_reads_anew(database: Database) -> None:
    await database.write(_add, "a")

    def rename(session: Session, name: str) -> Community:
        community = session.exec(select(Community)).one()
        community.name = name
        return community

    first, second = await asyncio.gather(database.write(rename, "东苑"), database.write(rename, "西苑"))

    assert (first.name, second.name) == ("东苑", "西苑")
    assert first is not second


async def test_reader_cannot_change_anything(database: Database) -> None:
    await database.read(_add, "ghost")

    assert await database.read(_appids) == []


def test_callers_without_a_loop_write_too(database: Database) -> None:
    assert database.submit(_add, "thread").result() > 0


async def test_waiter_that_gave_up_does_not_stop_the_writer(database: Database) -> None:
    given_up = asyncio.create_task(database.write(_add, "gone"))
    await asyncio.sleep(0)
    given_up.cancel()

    await database.write(_add, "next")

    assert given_up.cancelled()
    assert "next" in await database.read(_appids)


async def test_waiter_that_gave_up_half_way_keeps_no_neighbour_waiting(database: Database) -> None:
    waiting, begun, go_on = threading.Event(), threading.Event(), threading.Event()

    def hold(session: Session, until: threading.Event) -> None:
        begun.set()
        until.wait(20)

    first = asyncio.create_task(database.write(hold, waiting))  # the others gather behind it and make one group
    await asyncio.to_thread(begun.wait, 20)
    begun.clear()
    second = asyncio.create_task(database.write(hold, go_on))
    given_up = asyncio.create_task(database.write(_add, "a"))
    third = asyncio.create_task(database.write(_add, "b"))
    await asyncio.sleep(0)
    waiting.set()
    await asyncio.to_thread(begun.wait, 20)
    given_up.cancel()
    go_on.set()

    async with asyncio.timeout(20):
        await asyncio.gather(first, second, third)


async def test_works_of_one_commit_run_in_the_order_of_their_keys(sqlite: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def hold(session: Session) -> None:
        begun.set()
        go_on.wait(20)

    first = asyncio.create_task(sqlite.write(hold))
    await asyncio.to_thread(begun.wait, 20)
    works = [sqlite.write_for(key[0], lambda session, key: order.append(key), key) for key in ("c", "a1", "b", "a2")]
    tasks = [asyncio.create_task(work) for work in works]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, *tasks)

    assert order == ["a1", "a2", "b", "c"]


@pytest.mark.parametrize("fault", [StopIteration, SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError])
async def test_whatever_a_function_raises_keeps_no_neighbour_waiting(sqlite: Database, fault: type[BaseException]) -> None:
    def fail(session: Session) -> None:
        raise fault

    database = sqlite
    works = [database.write(_add, "a"), database.write(fail), database.write(_add, "b")]

    async with asyncio.timeout(20):
        results = await asyncio.gather(*works, return_exceptions=True)

    assert isinstance(results[1], RuntimeError)
    assert await database.read(_appids) == ["a", "b"]


async def test_caller_that_gave_up_does_not_stop_the_writer(database: Database) -> None:
    given_up = database.submit(_add, "gone")
    given_up.cancel()

    await database.write(_add, "next")

    assert "next" in await database.read(_appids)


def test_closing_finishes_what_was_handed_in(sqlite: Database) -> None:
    futures = [sqlite.submit(_add, f"{n}") for n in range(100)]

    sqlite.close()

    assert all(future.result() > 0 for future in futures)


async def test_two_processes_may_write_one_sqlite_file(sqlite: Database) -> None:
    other = Database(str(sqlite.engine.url))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: pair[0].submit(_add, pair[1]).result(), [(sqlite, "x"), (other, "y")] * 1))

    assert await sqlite.read(_appids) == ["x", "y"]
    other.close()


async def test_each_result_is_on_disk_when_it_is_told(sqlite: Database) -> None:
    await sqlite.write(_add, "told")

    stranger = Database(str(sqlite.engine.url))
    assert await stranger.read(lambda session: session.exec(select(col(Community.appid))).one()) == "told"
    stranger.close()


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d"])
def test_both_spellings_of_postgresql_are_understood(url: str) -> None:
    from bot.store.database import connect

    assert connect(url).url.drivername == "postgresql+psycopg"


def _compiled(database: Database) -> int:
    return len(database.engine.get_execution_options()["compiled_cache"])


async def test_what_was_compiled_for_a_closed_database_serves_the_next_one_under_its_own_keys(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    first, ring = Database(url, keyring=Keyring.make()), Keyring.make()
    await first.write(_add, "a")
    await first.read(_appids)
    known = _compiled(first)
    first.close()
    first.close()

    second, third = Database(url, keyring=ring), Database(url, keyring=Keyring.make())
    try:
        assert second.engine.dialect is first.engine.dialect
        assert third.engine.dialect is not second.engine.dialect
        assert keyring_of(second.engine.dialect) is ring
        await second.write(_add, "b")
        assert await second.read(_appids) == ["a", "b"]
        assert _compiled(second) == known
        assert await third.read(_appids) == ["a", "b"]
    finally:
        second.close()
        third.close()


async def test_what_comes_first_goes_before_all_that_waits_and_nothing_is_lost(database: Database) -> None:
    order: list[str] = []
    began, go_on = threading.Event(), threading.Event()

    def blocks(_: Session) -> None:
        began.set()
        assert go_on.wait(10)

    def notes(_: Session, what: str) -> str:
        order.append(what)
        return what

    blocked = [asyncio.ensure_future(database.write(blocks)) for _ in range(1 if database.is_sqlite else POSTGRES_WRITERS)]
    await asyncio.to_thread(began.wait, 10)
    await asyncio.sleep(0.2)
    waiting = [asyncio.ensure_future(database.write(notes, f"message {number}")) for number in range(20)]
    await asyncio.sleep(0)
    first = [asyncio.ensure_future(database.write_first(notes, f"gate {number}")) for number in range(3)]
    await asyncio.sleep(0)
    go_on.set()

    assert await asyncio.gather(*first) == ["gate 0", "gate 1", "gate 2"]
    assert await asyncio.gather(*waiting) == [f"message {number}" for number in range(20)]
    await asyncio.gather(*blocked)
    if database.is_sqlite:  # several writers may begin side by side
        assert order[:3] == ["gate 0", "gate 1", "gate 2"]
    assert sorted(order) == sorted([*(f"gate {number}" for number in range(3)), *(f"message {number}" for number in range(20))])


async def test_work_under_way_makes_room_between_two_of_its_group(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("several writers: another one takes it")
    order: list[str] = []
    loop, first = asyncio.get_running_loop(), list[Any]()

    def begins(_: Session) -> None:
        order.append("message 0")
        asyncio.run_coroutine_threadsafe(gate(), loop).result(5)

    async def gate() -> None:
        first.append(asyncio.ensure_future(database.write_first(lambda _: order.append("gate"))))
        await asyncio.sleep(0)

    works = [
        database.write(begins),
        *(database.write(lambda _, number=number: order.append(f"message {number}")) for number in (1, 2)),
    ]
    await asyncio.gather(*works)
    await first[0]

    assert order.index("gate") == 1
    assert [one for one in order if one != "gate"][-2:] == ["message 1", "message 2"]


@pytest.mark.parametrize("fails", [False, True])
async def test_what_comes_first_waits_for_one_commit_not_for_two(
    database: Database, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("rows are locked one by one: it has a commit of its own")
    loop, first, commits = asyncio.get_running_loop(), list[Any](), list[str]()
    dialect = database.engine.dialect
    commit = dialect.do_commit
    monkeypatch.setattr(dialect, "do_commit", lambda connection: (commits.append("commit"), commit(connection)))

    def check(session: Session) -> None:
        commits.append("gate")
        _add_and_fail(session, "gate") if fails else _add(session, "gate")

    def begins(session: Session) -> None:
        if not first:
            asyncio.run_coroutine_threadsafe(gate(), loop).result(5)
        commits.append("message 0")
        _add(session, "message 0")

    async def gate() -> None:
        first.append(asyncio.ensure_future(database.write_first(check)))
        await asyncio.sleep(0)

    await asyncio.gather(database.write(begins), *(database.write(_add, f"message {number}") for number in (1, 2)))
    [outcome] = await asyncio.gather(*first, return_exceptions=True)

    assert isinstance(outcome, LookupError) is fails
    last = len(commits) - commits[::-1].index("message 0") - 1
    assert commits[last : last + 3] == ["message 0", "gate", "commit"]
    assert await database.read(_appids) == sorted([*([] if fails else ["gate"]), "message 0", "message 1", "message 2"])
