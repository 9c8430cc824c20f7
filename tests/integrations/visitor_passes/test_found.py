"""Who a car belongs to: staff type its plate where they look for residents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract import Access, Desk
from bot.store import grants
from bot.store.staff import Role, Staff
from integrations.visitor_passes import actions

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def finds(town: Town, role: Role, said: str) -> list[tuple[str, str]]:
    def run(session: Session) -> list[tuple[str, str]]:
        member = session.exec(select(Staff).where(Staff.role == role)).one()
        access = Access(permissions=town.services.permissions, changed=grants.changed(session))
        desk = Desk(session=session, now=town.now, context=town.context, staff=member, access=access)
        return [(title, words) for title, _, words in town.services.find(desk, said)]

    return town.database.submit(run).result()


@pytest.mark.parametrize("said", ["粤B12345", "粤b·12345", "粤B 12345"])
def test_a_flat_is_found_by_the_plate_of_its_visitor(town: Town, said: str) -> None:
    town.asks("oChen", actions.invite, visitor_name="张伟", starts_at=town.now + timedelta(hours=2), plate="粤B12345")

    [(title, words)] = finds(town, Role.STAFF, said)
    assert title == "访客车牌"
    assert words.startswith("粤B12345")


def test_half_a_plate_finds_no_car_and_who_may_not_see_passes_finds_none(town: Town) -> None:
    town.asks("oChen", actions.invite, visitor_name="张伟", starts_at=town.now + timedelta(hours=2), plate="粤B12345")

    assert finds(town, Role.STAFF, "粤B12") == []
    town.database.submit(lambda s: grants.change(s, Role.STAFF, "pass.view", allowed=False, default=True)).result()
    assert finds(town, Role.STAFF, "粤B12345") == []
