"""Brakes on guessing: only failures count, waits grow, memory is bounded, and whoever guesses makes nobody else wait."""

from datetime import datetime, timedelta

import pytest

from bot.console.attempts import FORGOTTEN, FREE, FREE_FOR_ADDRESS, LONGEST_WAIT, Attempts, Device, Failures
from bot.keys import Keys

KEYS = Keys(b"s" * 32)
MINUTE = timedelta(minutes=1)


def fail(attempts: Attempts, whom: str, network: str, now: datetime, times: int) -> list[timedelta]:
    """Try and fail; returns how long each try had to wait."""
    return [attempts.stranger(whom, network).begin(now) for _ in range(times)]


def test_wait_doubles_with_each_failure_up_to_a_quarter_of_an_hour(now: datetime) -> None:
    failures, waits = Failures(FREE), []
    for _ in range(FREE + 7):
        failures.add("admin", now)
        waits.append(failures.wait("admin", now))
        now += waits[-1]

    assert waits == [timedelta(0)] * 4 + [MINUTE * minutes for minutes in (1, 2, 4, 8, 15, 15, 15, 15)]
    assert max(waits) == LONGEST_WAIT


def test_failures_are_forgotten_after_an_hour(now: datetime) -> None:
    failures = Failures(FREE)
    for _ in range(FREE):
        failures.add("admin", now)
    failures.add("admin", now + FORGOTTEN)

    assert not failures.wait("admin", now + FORGOTTEN)


def test_who_has_to_wait_does_not_make_the_wait_longer_by_asking(now: datetime) -> None:
    attempts = Attempts()
    fail(attempts, "admin", "203.0.113.9", now, FREE)

    assert fail(attempts, "admin", "203.0.113.9", now + MINUTE / 2, 100) == [MINUTE / 2] * 100
    assert fail(attempts, "admin", "203.0.113.9", now + MINUTE, 1) == [timedelta(0)]


def test_success_counts_for_nothing_and_clears_nothing(now: datetime) -> None:
    """Else who has an account would sign in to it between two guesses."""
    attempts = Attempts()
    for number in range(FREE_FOR_ADDRESS):
        own = attempts.stranger("mine", "203.0.113.9")
        assert not own.begin(now)
        own.succeed()
        assert not attempts.stranger(f"other {number}", "203.0.113.9").begin(now)

    assert attempts.stranger("mine", "203.0.113.9").begin(now)
    assert not attempts.stranger("mine", "198.51.100.7").begin(now)


def test_of_many_tries_at_once_as_many_are_looked_at_as_of_those_one_by_one(now: datetime) -> None:
    attempts = Attempts()

    begun = [attempts.stranger("admin", f"198.51.100.{number}").begin(now) for number in range(100)]

    assert begun.count(timedelta(0)) == FREE


def test_ten_thousand_invented_names_release_nobody(now: datetime) -> None:
    """An address that invents names is stopped long before what it did is pushed out."""
    attempts = Attempts()
    fail(attempts, "admin", "203.0.113.9", now, FREE)
    for number in range(10_001):
        attempts.stranger(f"name {number}", "203.0.113.9").begin(now)

    assert attempts.stranger("admin", "198.51.100.7").begin(now)


def test_where_there_is_no_room_the_oldest_failure_makes_it_and_never_all(now: datetime) -> None:
    failures = Failures(1, room=3)
    for seconds, key in enumerate(("a", "b", "c", "a", "d")):
        failures.add(key, now + timedelta(seconds=seconds))

    assert [bool(failures.wait(key, now)) for key in ("a", "b", "c", "d")] == [True, False, True, True]


def test_memory_is_bounded_however_many_and_long_the_names_are(now: datetime) -> None:
    failures = Failures(FREE, room=100)
    for number in range(1_000):
        failures.add(f"{number}" * 10_000, now)

    assert len(failures) == 100
    assert max(len(key) for key in failures._kept) == 16


def test_stranger_who_fails_makes_a_known_device_wait_for_nothing(now: datetime) -> None:
    attempts = Attempts()
    fail(attempts, "admin", "203.0.113.9", now, FREE + 20)

    assert attempts.stranger("admin", "198.51.100.7").begin(now)
    assert not attempts.known("admin", "their tablet").begin(now)


def test_known_device_that_was_stolen_guesses_no_faster(now: datetime) -> None:
    attempts = Attempts()

    waits = [attempts.known("admin", "stolen").begin(now) for _ in range(FREE + 1)]

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
