"""A shop is bound as a flat is, with its building or without, and found by what people call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session

from bot.contract import roster
from bot.store import register, scope
from bot.store.audience import Audience
from bot.store.people import Household
from integrations.identity import binding

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

SHOPS = (("6", "商铺", "103"), ("6", "商铺", "5"), ("7", "商铺", "5"), ("商铺", "", "12"), ("6", "1", "103"))


@pytest.fixture
def shops(town: Town) -> Town:
    def build(session: Session) -> None:
        scope.enter(session, 1)
        for building, unit, room in SHOPS:
            session.add(Household(building=building, unit=unit, room=room))

    town.database.submit(build).result()
    return town


@pytest.mark.parametrize(("said", "found"), [
    (("6", "商铺", "103"), "6栋商铺103"), (("商铺", "", "103"), "6栋商铺103"), (("8", "商铺", "12"), "商铺12"), (("商铺", "", "12"), "商铺12"),
    (("商铺", "", "5"), None), (("7", "商铺", "5"), "7栋商铺5"), (("7", "商铺", "103"), None), (("商铺", "", "999"), None), (("6", "1", "103"), "6栋1单元103"),
])  # fmt: skip
def test_shop_is_found_with_its_building_or_without_where_there_is_one_such(
    shops: Town, said: tuple[str, str, str], found: str | None
) -> None:
    def look(session: Session) -> Household | None:
        scope.enter(session, 1)
        return binding.find_flat(session, *said)

    flat = shops.database.submit(look).result()
    assert (flat and flat.label) == found


@pytest.mark.parametrize(("typed", "found"), [
    ("6栋商铺103", {"6栋商铺103"}), ("底商103", {"6栋商铺103"}), ("商铺12", {"商铺12"}), ("商铺12号", {"商铺12"}), ("6-商铺-103", {"6栋商铺103"}),
    ("商铺", {"6栋商铺103", "6栋商铺5", "7栋商铺5", "商铺12"}), ("6栋底商", {"6栋商铺103", "6栋商铺5"}),
])  # fmt: skip
def test_staff_find_a_shop_by_what_people_call_it(shops: Town, typed: str, found: set[str]) -> None:
    def look(session: Session) -> set[str]:
        scope.enter(session, 1)
        return {one.label for one in register.flats(session, register.Filter(said=typed))}

    assert shops.database.submit(look).result() == found


@pytest.mark.parametrize("said", ["商铺", "商铺12", "6栋商铺", "6栋商铺103", "6栋底商103号"])
def test_notice_may_go_to_a_shop_or_to_all_of_a_building(said: str) -> None:
    label = Audience.parse(said).label
    assert Audience.parse(label).label == label == said.replace("底商", "商铺").removesuffix("号")


def test_label_of_a_shop_has_no_word_for_a_building_or_a_unit() -> None:
    assert [roster.label_of(*shop) for shop in SHOPS[2:]] == ["7栋商铺5", "商铺12", "6栋1单元103"]
