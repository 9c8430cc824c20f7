"""Who is on duty: by weekday, by date, past midnight, with somebody who stands in; on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.model import SHANGHAI
from bot.store import duty
from bot.store.database import Database
from bot.store.duty import Shift
from bot.store.staff import Staff

WANG, CHEN, LI = 1, 2, 3

WEDNESDAY = 2  # the weekday tests begin on: 2026-03-11
HOUR = 60


@pytest.fixture
def office(database: Database, community: Any, now: datetime) -> Database:
    """Three colleagues, numbers 1 to 3."""
    people = [Staff(login=login, name=login, created_at=now) for login in ("wang", "chen", "li")]
    database.submit(lambda session: session.add_all(people)).result()
    return database


def roster(office: Database, *shifts: Shift) -> None:
    office.submit(lambda session: session.add_all(shifts)).result()


def at(hour: int, minute: int = 0, *, day: int = 11) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def on_duty(office: Database, moment: datetime, kind: str = "") -> list[str]:
    return [watch.staff.login for watch in office.submit(duty.now_on, moment, kind).result()]


def test_shift_of_a_weekday_holds_from_its_first_minute_until_before_its_last(office: Database) -> None:
    roster(office, Shift(staff_id=WANG, weekday=WEDNESDAY, begins=8 * HOUR, ends=20 * HOUR))

    moments = (at(7, 59), at(8), at(19, 59), at(20), at(10, day=12), at(10, day=18))
    assert [on_duty(office, moment) for moment in moments] == [[], ["wang"], ["wang"], [], [], ["wang"]]


def test_date_takes_the_place_of_the_weekday_for_what_it_covers(office: Database) -> None:
    roster(
        office,
        Shift(staff_id=WANG, weekday=WEDNESDAY),
        Shift(staff_id=LI, weekday=WEDNESDAY, covers="repair"),
        Shift(staff_id=CHEN, day=date(2026, 3, 11)),
    )

    assert on_duty(office, at(10), "emergency.fire") == ["chen"]
    assert on_duty(office, at(10), "repair.urged") == ["li", "chen"], "who is there for just this comes first"
    assert on_duty(office, at(10, day=18), "emergency.fire") == ["wang"]


def test_night_shift_goes_on_after_midnight(office: Database) -> None:
    roster(office, Shift(staff_id=WANG, weekday=WEDNESDAY, begins=20 * HOUR, ends=32 * HOUR))

    moments = (at(23), at(3, day=12), at(8, day=12), at(3))
    assert [on_duty(office, moment) for moment in moments] == [["wang"], ["wang"], [], []]


def test_night_shift_of_the_evening_before_a_date_of_its_own_is_not_cut_off(office: Database) -> None:
    roster(
        office,
        Shift(staff_id=WANG, weekday=WEDNESDAY, begins=20 * HOUR, ends=32 * HOUR),
        Shift(staff_id=CHEN, day=date(2026, 3, 12), begins=8 * HOUR, ends=20 * HOUR),
    )

    assert [on_duty(office, moment) for moment in (at(3, day=12), at(9, day=12))] == [["wang"], ["chen"]]


def test_who_was_disabled_is_stood_in_for(office: Database, now: datetime) -> None:
    roster(office, Shift(staff_id=WANG, stand_in_id=CHEN, weekday=WEDNESDAY), Shift(staff_id=WANG, weekday=WEDNESDAY))

    def disable(session: Any) -> None:
        session.get_one(Staff, WANG).disabled_at = now

    before = office.submit(duty.now_on, now).result()
    office.submit(disable).result()
    [after] = office.submit(duty.now_on, now).result()

    assert [(watch.staff.login, watch.stand_in and watch.stand_in.login) for watch in before] == [
        ("wang", "chen"),
        ("wang", None),
    ]
    assert (after.staff.login, after.stand_in) == ("chen", None)


def test_next_turn_is_the_first_that_begins_later_this_week(office: Database) -> None:
    roster(
        office,
        Shift(staff_id=WANG, weekday=WEDNESDAY, begins=8 * HOUR, ends=20 * HOUR),
        Shift(staff_id=CHEN, weekday=WEDNESDAY, begins=20 * HOUR, ends=32 * HOUR),
        Shift(staff_id=LI, day=date(2026, 5, 1)),
    )

    following = office.submit(duty.next_on, at(10)).result()
    after_that = office.submit(duty.next_on, at(20)).result()

    assert following
    assert (following.staff.login, following.begins_at) == ("chen", at(20))
    assert after_that
    assert (after_that.staff.login, after_that.begins_at) == ("wang", at(8, day=18))


def test_week_without_shifts_has_no_next_turn(office: Database) -> None:
    roster(office, Shift(staff_id=LI, day=date(2026, 5, 1)))

    assert office.submit(duty.next_on, at(10)).result() is None


def test_watches_of_a_span_are_all_that_touch_it(office: Database) -> None:
    roster(office, *(Shift(staff_id=WANG, weekday=weekday, begins=20 * HOUR, ends=32 * HOUR) for weekday in range(7)))

    found = office.submit(duty.watches, at(0), at(0) + timedelta(days=1)).result()

    assert [(watch.begins_at, watch.ends_at) for watch in found] == [(at(20, day=10), at(8)), (at(20), at(8, day=12))]
