"""Brakes on guessing: only failures count, waits grow, what is kept is bounded, and whoever guesses makes nobody else wait."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.console.attempts import FREE, FREE_FOR_ADDRESS, Attempts, Device
from bot.keys import Keys
from bot.store import attempts as store
from bot.store.attempts import FORGOTTEN, LONGEST_WAIT, Counted, FailedAttempt, Kind
from bot.store.database import Database

KEYS = Keys(b"s" * 32)
MINUTE = timedelta(minutes=1)


async def fail(attempts: Attempts, whom: str, network: str, now: datetime, times: int) -> list[timedelta]:
    """Try and fail; returns how long each try had to wait."""
    return [await attempts.stranger(whom, network).begin(now) for _ in range(times)]


@pytest.fixture
def brakes(database: Database) -> Attempts:
    return Attempts(database)


async def test_wait_doubles_with_each_failure_up_to_a_quarter_of_an_hour(brakes: Attempts, now: datetime) -> None:
    waits = []
    for _ in range(FREE + 7):
        await brakes.known("admin", "tablet").begin(now)
        waits.append(await brakes.known("admin", "tablet").begin(now) if len(waits) >= FREE - 1 else timedelta(0))
        now += waits[-1]

    assert waits == [timedelta(0)] * 4 + [MINUTE * minutes for minutes in (1, 2, 4, 8, 15, 15, 15, 15)]
    assert max(waits) == LONGEST_WAIT


async def test_failures_are_forgotten_after_an_hour(brakes: Attempts, now: datetime) -> None:
    await fail(brakes, "admin", "203.0.113.9", now, FREE)

    assert await fail(brakes, "admin", "203.0.113.9", now + FORGOTTEN, FREE) == [timedelta(0)] * FREE


async def test_who_has_to_wait_does_not_make_the_wait_longer_by_asking(brakes: Attempts, now: datetime) -> None:
    await fail(brakes, "admin", "203.0.113.9", now, FREE)

    assert await fail(brakes, "admin", "203.0.113.9", now + MINUTE / 2, 20) == [MINUTE / 2] * 20
    assert await fail(brakes, "admin", "203.0.113.9", now + MINUTE, 1) == [timedelta(0)]


async def test_for_who_has_to_wait_nothing_is_written(brakes: Attempts, now: datetime) -> None:
    await fail(brakes, "admin", "203.0.113.9", now, FREE)
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("SELECT"):
            written.append(statement)

    event.listen(brakes.database.engine, "before_cursor_execute", note)
    await fail(brakes, "admin", "203.0.113.9", now, 20)

    assert [one for one in written if "failed_attempt" in one] == []


async def test_success_counts_for_nothing_and_clears_nothing(brakes: Attempts, now: datetime) -> None:
    """Else who has an account would sign in to it between two guesses."""
    for number in range(FREE_FOR_ADDRESS):
        own = brakes.stranger("mine", "203.0.113.9")
        assert not await own.begin(now)
        await own.succeed()
        assert not await brakes.stranger(f"other {number}", "203.0.113.9").begin(now)

    assert await brakes.stranger("mine", "203.0.113.9").begin(now)
    assert not await brakes.stranger("mine", "198.51.100.7").begin(now)


async def test_of_many_tries_at_once_on_two_replicas_as_many_are_looked_at_as_of_those_one_by_one(
    brakes: Attempts, now: datetime
) -> None:
    other = Database(brakes.database.engine.url.render_as_string(hide_password=False))
    replicas = (brakes, Attempts(other))

    begun = await asyncio.gather(
        *(replicas[number % 2].stranger("admin", f"198.51.100.{number}").begin(now) for number in range(40))
    )
    other.close()

    assert begun.count(timedelta(0)) == FREE


async def test_what_failed_before_a_restart_counts_after_it(brakes: Attempts, now: datetime) -> None:
    await fail(brakes, "admin", "203.0.113.9", now, FREE)

    assert await Attempts(brakes.database).stranger("admin", "198.51.100.7").begin(now)


async def test_address_that_invents_names_is_stopped_and_releases_nobody(brakes: Attempts, now: datetime) -> None:
    """It is stopped long before what others did is pushed out."""
    await fail(brakes, "admin", "203.0.113.9", now, FREE)
    for number in range(100):
        await brakes.stranger(f"name {number}", "203.0.113.9").begin(now)

    assert await brakes.stranger("admin", "198.51.100.7").begin(now)
    assert await brakes.database.read(store.count) == FREE_FOR_ADDRESS - FREE + 2


async def test_where_there_is_no_room_the_oldest_failure_makes_it_and_never_all(brakes: Attempts, now: datetime) -> None:
    def one(key: str) -> list[Counted]:
        return [Counted(Kind.ACCOUNT, key, 1)]

    for seconds, key in enumerate(("a", "b", "c", "a", "d")):
        await brakes.database.write(store.begin, one(key), now + timedelta(minutes=2 * seconds), 3)
    at = now + timedelta(minutes=8)

    waits = [bool(await brakes.database.read(store.wait, one(key), at - timedelta(minutes=2))) for key in ("a", "b", "c", "d")]
    assert waits == [True, False, False, True]
    assert await brakes.database.read(store.count) == 3


async def test_a_name_as_long_as_a_form_is_kept_as_a_short_mark(brakes: Attempts, now: datetime) -> None:
    await brakes.stranger("x" * 100_000, "203.0.113.9").begin(now)

    marks = await brakes.database.read(lambda session: [one.mark for one in session.exec(select(FailedAttempt)).all()])
    assert {len(mark) for mark in marks} == {32}


async def test_what_failed_long_ago_is_let_go(brakes: Attempts, now: datetime) -> None:
    await fail(brakes, "admin", "203.0.113.9", now, 1)
    await brakes.database.write(store.prune, now + FORGOTTEN + MINUTE)

    assert await brakes.database.read(store.count) == 0


async def test_stranger_who_fails_makes_a_known_device_wait_for_nothing(brakes: Attempts, now: datetime) -> None:
    await fail(brakes, "admin", "203.0.113.9", now, FREE + 20)

    assert await brakes.stranger("admin", "198.51.100.7").begin(now)
    assert not await brakes.known("admin", "their tablet").begin(now)


async def test_known_device_that_was_stolen_guesses_no_faster(brakes: Attempts, now: datetime) -> None:
    waits = [await brakes.known("admin", "stolen").begin(now) for _ in range(FREE + 1)]

    assert waits == [timedelta(0)] * FREE + [MINUTE]


def test_device_is_known_for_those_who_signed_in_there_and_nobody_else() -> None:
    device = Device.read(str(Device.read("").learn("P1", KEYS).learn("P2", KEYS)))

    assert [device.knows(person, KEYS) for person in ("P1", "P2", "P3")] == [True, True, False]
    assert not device.knows("P1", Keys(b"t" * 32))


def test_proof_of_one_device_is_worth_nothing_in_another() -> None:
    own, other = Device.read("").learn("P1", KEYS), Device.read("")

    assert not Device(other.id, own.proofs).knows("P1", KEYS)


@pytest.mark.parametrize("cookie", ["", ".", "..", "x", "x.", "é.ü", "\udcff.\udcff", "a." + "b." * 1000])
def test_device_cookie_of_any_kind_is_read(cookie: str) -> None:
    device = Device.read(cookie)

    assert not device.knows("P1", KEYS)
    assert device.learn("P1", KEYS).knows("P1", KEYS)


def test_shared_device_knows_the_last_eight_and_stays_short() -> None:
    device = Device.read("")
    for number in range(20):
        device = device.learn(f"P{number}", KEYS)
    device = device.learn("P15", KEYS)

    assert [number for number in range(20) if device.knows(f"P{number}", KEYS)] == list(range(12, 20))
    assert len(str(device)) < 300
