"""The pages of patrols, as staff and whoever passes see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.console import lists
from bot.store.effects import Effect
from bot.store.scenes import Scene
from bot.store.staff import Role
from integrations.patrols import console, listed, pages, questions, windows
from integrations.patrols.models import PatrolPoint, PatrolRoute, PatrolVisit
from integrations.repairs.models import Ticket
from tests.integrations.patrols.test_rounds import at, lay, scan, tick

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def point(town: Town, name: str = "水泵房", **form: str) -> PatrolPoint:
    town.opens(Role.MANAGER, console.add_point, name=name, **form)
    return town.all(PatrolPoint)[-1]


def test_a_point_gets_a_code_that_wechat_makes_and_that_begins_a_report_there(town: Town) -> None:
    one = point(town, place="地下一层", questions="压力表读数 0.3–0.6 MPa\n灭火器在不在")

    assert [q.line for q in questions.of(one.questions)] == ["压力表读数 0.3–0.6 MPa", "灭火器在不在"]
    assert [(scene.code, scene.kind, scene.label) for scene in town.all(Scene)] == [(f"patrol.{one.code}", "repair", "水泵房")]
    assert [(effect.kind, effect.payload["scene"]) for effect in town.all(Effect)] == [("patrols.code", f"patrol.{one.code}")]
    [(_, picture)] = town.opens(Role.GUARD, console.print_codes).values["points"]
    assert picture.startswith("data:image/svg+xml")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": ""}, "名称"),
        ({"name": "x" * 21}, "最多 20"),
        ({"name": "甲", "questions": "压力 5–2 MPa"}, "下限"),
        ({"name": "甲", "questions": "a\n" * 7}, "最多 6"),
    ],
)
def test_what_is_wrong_with_a_point_is_said_and_nothing_is_kept(town: Town, form: dict[str, str], said: str) -> None:
    shown = town.opens(Role.MANAGER, console.add_point, **form)

    assert said in shown.values["fault"]
    assert town.all(PatrolPoint) == []


def test_a_route_is_made_of_places_days_and_hours_past_midnight(town: Town) -> None:
    first, second = point(town, "甲"), point(town, "乙")
    form = {
        "name": "夜班",
        "opens": "22:00",
        "closes": "02:00",
        "gap": "30",
        f"place{first.id}": "2",
        f"place{second.id}": "1",
        "day0": "on",
        "day4": "on",
        "ordered": "on",
    }

    town.opens(Role.MANAGER, console.add_route, **form)
    [route] = town.all(PatrolRoute)

    assert (route.points, route.weekdays, route.opens, route.closes, route.is_ordered) == (
        [second.id, first.id],
        "04",
        1320,
        1560,
        True,
    )
    assert windows.say(route.weekdays, route.opens, route.closes) == "周一、周五 22:00–次日 02:00"
    for wrong in (
        {"day0": "", "day4": ""},
        {"opens": ""},
        {"gap": "0"},
        {"name": ""},
        {f"place{first.id}": "", f"place{second.id}": ""},
    ):
        shown = town.opens(Role.MANAGER, console.change_route, params={"id": route.public_id}, **{**form, **wrong})
        assert shown.values["fault"]
    town.opens(Role.MANAGER, console.remove_point, params={"code": first.code})
    assert town.all(PatrolRoute)[0].points == [second.id]


def test_a_guard_who_is_signed_in_notes_a_visit_by_a_button_and_not_by_opening_the_page(town: Town) -> None:
    town.now = at(7, 30)
    one = point(town, "水泵房", questions="压力表读数 0.3–0.6 MPa")
    town.opens(
        Role.MANAGER, console.add_route, name="早", opens="08:00", closes="10:00", gap="20", day2="on", **{f"place{one.id}": "1"}
    )
    tick(town, to=at(8, 1))
    town.opens(Role.GUARD, console.stand, params={"code": one.code})
    assert town.all(PatrolVisit) == []

    wrong = town.opens(Role.GUARD, console.arrive, params={"code": one.code}, answer0="高")
    assert "没看懂" in wrong.values["fault"]
    assert town.all(PatrolVisit) == []
    town.opens(Role.GUARD, console.arrive, params={"code": one.code}, answer0="0.9", fault="阀门渗水")
    shown = town.opens(Role.GUARD, console.stand, params={"code": one.code}).values

    [visit] = town.all(PatrolVisit)
    [ticket] = town.all(Ticket)
    assert (visit.answers, visit.is_off, visit.ticket, ticket.location) == ({"压力表读数": 0.9}, True, ticket.subject, "水泵房")
    assert shown["repair"] == "已报修"
    assert shown["noted"].seen == 1


def test_a_stranger_reads_what_it_is_and_reports_with_the_place_filled_in(town: Town) -> None:
    one = point(town)
    town.visits(pages.show, code=one.code)
    assert town.all(Ticket) == []

    empty = town.sends(pages.report, {"code": one.code}, words="")
    told = town.sends(pages.report, {"code": one.code}, words="水管漏水", phone="13800138000")

    assert "哪里坏了" in empty.values["fault"]
    [ticket] = town.all(Ticket)
    assert told.values["number"] == ticket.number
    assert (ticket.location, ticket.category, ticket.words, ticket.phone) == ("水泵房", "water", "水管漏水", "13800138000")
    for _ in range(pages.MOST):
        last = town.sends(pages.report, {"code": one.code}, words="又漏了")
    assert "已经报了好几次" in last.values["fault"]
    town.opens(Role.MANAGER, console.remove_point, params={"code": one.code})
    with pytest.raises(LookupError):
        town.visits(pages.show, code=one.code)


def test_list_is_searched_narrowed_and_given_as_a_file(town: Town) -> None:
    town.now = at(7, 30)
    codes = lay(town, gap=60)
    tick(town, to=at(8, 1))
    scan(town, codes[0])
    town.now += timedelta(seconds=3)
    scan(town, codes[1])
    page, file = lists.pages_of(listed.LIST)[:2]

    def found(**query: str) -> list[str]:
        shown = town.opens(Role.MANAGER, page, query=query).values["list"]
        return [line.row.point.name for line in shown.lines]

    assert found() == ["配电房", "泵房"]
    assert found(stand="quick") == ["配电房"]
    assert found(q="泵房") == ["泵房"]
    assert found(q="早班") == ["配电房", "泵房"]
    assert file.path.startswith("/patrols/visits")
    today = town.opens(Role.MANAGER, console.show).values
    assert [(one.seen, one.of, one.doubtful) for one in today["walks"]] == [(2, 3, 1)]
    tick(town, to=at(10, 1))
    [(_, kept)] = town.opens(Role.MANAGER, console.show).values["routes"]
    assert (kept.in_time, kept.planned, kept.share, kept.doubtful) == (2, 3, 67, 1)
