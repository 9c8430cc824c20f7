"""What residents are told of the community is changed in the console, and what names it goes on finding it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.errors import Refusal
from bot.store import communities
from bot.store.communities import Community
from bot.store.events import Event
from bot.store.staff import Role
from integrations.residents import community

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

DAYS = {f"day.{day}": "1" for day in "12345"}
KNOWN = {"name": "和苑小区", "phone": "0571-1", "address": "", "opens": "08:30", "closes": "18:00"}


def changes(town: Town, **said: str) -> Any:
    return town.opens(Role.MANAGER, community.change, **{**KNOWN, **said})


def own(town: Town) -> Community:
    return town.all(Community)[0]


def test_a_new_name_is_told_to_residents_and_the_old_one_still_names_the_community(town: Town) -> None:
    changes(town, **DAYS, name="和苑花园", phone="0571-88001200")

    def named(session: Session, name: str) -> list[str]:
        found = communities.by_name(session, "wx1", name)
        return [communities.pick(session, "wx1", name).name, found.name if found else ""]

    for name in ("和苑小区", "和苑花园"):
        assert town.database.submit(named, name).result() == ["和苑花园", "和苑花园"]
    assert town.all(Event)[0].data == {"what": "名称、电话、上班的日子"}


def test_a_name_that_another_community_of_the_account_has_or_had_is_refused(town: Town) -> None:
    town.database.submit(lambda s: s.add(Community(appid="wx1", name="和苑东区", earlier_names=["和苑新区"]))).result()

    for name in ("和苑东区", "和苑新区"):
        with pytest.raises(Refusal, match="换一个"):
            changes(town, **DAYS, name=name)


def test_the_hours_of_a_community_go_before_those_of_the_settings(town: Town) -> None:
    changes(town, **DAYS, opens="10:30", closes="16:00")

    context = replace(town.context, community=own(town))
    at_ten, saturday = town.now, datetime(2026, 3, 14, 11, tzinfo=town.now.tzinfo)
    assert town.context.office.is_open(at_ten)
    assert not context.office.is_open(at_ten)
    assert not context.office.is_open(saturday)
    assert context.of(town.community).office.is_open(at_ten) or context.of(town.community) is context


@pytest.mark.parametrize(
    "said", [{"name": " "}, {"opens": "18:00", "closes": "08:00"}, {"opens": "25:00"}, {"opens": "八点"}, {"name": "长" * 41}]
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(town: Town, said: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        changes(town, **DAYS, **said)
    with pytest.raises(Refusal, match="至少选一天"):
        changes(town)
    assert (own(town).name, own(town).office_hours, town.all(Event)) == ("和苑小区", "", [])


def test_what_is_no_telephone_is_not_taken_for_the_offices_and_one_of_before_keeps_nothing_else_from_changing(town: Town) -> None:
    with pytest.raises(Refusal, match="“abc”不是完整的电话号码"):
        changes(town, **DAYS, phone="abc")
    assert own(town).phone == "0571-1"

    changes(town, **DAYS, address="和苑路1号")

    assert (own(town).phone, own(town).address) == ("0571-1", "和苑路1号")
