"""Codes on walls: one for each kind and place, whatever stopped us while it was made."""

from datetime import datetime

import pytest
from sqlmodel import Session

from bot.store import scenes
from bot.store.database import Database
from bot.store.people import Household

pytestmark = pytest.mark.usefixtures("community")


def test_place_has_one_code_of_a_kind_however_often_it_is_asked_for(database: Database, now: datetime) -> None:
    first = database.submit(scenes.prepare, "door", "3栋", now).result()
    again = database.submit(scenes.prepare, "door", "3栋", now).result()
    other = database.submit(scenes.prepare, "repair", "3栋", now).result()

    assert first.code == again.code != other.code
    assert first.url == ""


def test_code_is_found_by_what_a_scan_says(database: Database, now: datetime) -> None:
    made = database.submit(scenes.prepare, "door", "3栋", now).result()
    database.submit(scenes.complete, made.code, "http://weixin.qq.com/q/x").result()

    found = database.submit(scenes.find, made.code).result()
    assert found is not None
    assert (found.label, found.url) == ("3栋", "http://weixin.qq.com/q/x")
    assert database.submit(scenes.find, "").result() is None
    assert database.submit(scenes.find, "last_trade_no_4").result() is None


def test_every_unit_is_named_once_smaller_numbers_first(database: Database) -> None:
    def build(session: Session) -> None:
        for building, unit, room in (("10", "1", "101"), ("2", "2", "101"), ("2", "1", "101"), ("2", "1", "102"), ("A", "", "1")):
            session.add(Household(building=building, unit=unit, room=room))

    database.submit(build).result()

    assert database.submit(scenes.every_unit).result() == ["2栋1单元", "2栋2单元", "10栋1单元", "A栋"]
