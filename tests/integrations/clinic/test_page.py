"""The page of the health station, as it is written for whoever opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.contract import Work
from bot.store.staff import Role
from integrations.clinic import console
from integrations.clinic.models import Session

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
