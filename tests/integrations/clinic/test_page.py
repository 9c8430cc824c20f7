"""The page of the health station, as it is written for whoever opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from bot.console import lists
from bot.contract import Work
from bot.store.people import Resident
from bot.store.staff import Role
from integrations.clinic import console
from integrations.clinic.listed import LIST
from integrations.clinic.models import Booking, Session

if TYPE_CHECKING:
    from sqlmodel import Session as DatabaseSession

    from tests.integrations.conftest import Town


def test_page_has_what_its_form_needs_with_and_without_sessions(town: Town) -> None:
    assert set(town.opens(Role.STAFF, console.show).values["said"]) >= {"doctor", "day", "begins", "ends", "places", "weeks"}

    def add(rows: DatabaseSession) -> None:
        Work(session=rows, now=town.now, context=town.context)
        starts = town.now + timedelta(days=2)
        rows.add(
            Session(doctor="王医生", offers="", room="卫生站", starts_at=starts, ends_at=starts + timedelta(hours=1), places=2)
        )

    town.database.submit(add).result()

    assert [one.doctor for one in town.opens(Role.STAFF, console.show).values["ahead"]] == ["王医生"]


def test_list_is_of_who_is_still_expected_and_its_total_is_true(town: Town) -> None:
    """What a session says narrows the list of bookings: a condition on the table beside once counted each booking for each session."""

    def add(rows: DatabaseSession) -> None:
        who = rows.exec(select(Resident).where(col(Resident.household_id).is_not(None))).all()[0]
        for days, patient in ((2, "张一"), (3, "李二"), (-2, "王三")):
            starts = town.now + timedelta(days=days)
            one = Session(
                doctor="王医生", offers="", room="卫生站", starts_at=starts, ends_at=starts + timedelta(hours=1), places=2
            )
            rows.add(one)
            rows.flush()
            rows.add(
                Booking(
                    session_id=one.id or 0, resident_id=who.key, household_id=who.household_id, patient=patient, made_at=town.now
                )
            )

    town.database.submit(add).result()
    page = lists.pages_of(LIST)[0]
    usual, every = (town.opens(Role.STAFF, page, query=asked).values["list"] for asked in ({}, {"state": "all"}))
    searched = town.opens(Role.STAFF, page, query={"q": "李二"}).values["list"]

    assert [one.row.made.patient for one in usual.lines] == ["张一", "李二"]
    assert (usual.found.total, every.found.total) == (2, 3)
    assert [one.row.made.patient for one in searched.lines] == ["李二"]
