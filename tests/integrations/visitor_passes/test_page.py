"""What a visitor reads on the page of a pass: where to go, whom to call, who invited, and a picture to keep."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlmodel import Session

from bot.contract import SHANGHAI, Turn
from bot.store.staff import Role
from integrations.visitor_passes import actions, gates, host, pages, picture
from integrations.visitor_passes.models import Gate, Pass

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"


def invited(town: Town, openid: str = CHEN, **slots: Any) -> Pass:
    town.asks(openid, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now, **slots})
    return town.all(Pass)[-1]


def says(town: Town, text: str, openid: str = CHEN) -> str:
    def run(session: Session) -> str:
        return host.hear(Turn(session=session, now=town.now, context=town.context, openid=openid), text)

    return town.database.submit(run).result()


def test_picture_to_keep_holds_the_code_and_is_as_large_as_the_page_says(town: Town) -> None:
    pass_ = invited(town)

    view, drawn = town.visits(pages.show, id=pass_.public_id), town.visits(pages.draw, id=pass_.public_id)

    assert view.values["picture"].startswith(f"/p/passes/{pass_.public_id}/picture?k=")
    assert drawn.content_type == "image/png"
    assert Image.open(io.BytesIO(drawn.body)).size == picture.SIZE
    assert len(drawn.body) < 8_000


def test_pass_that_opens_no_gate_has_no_picture_and_says_what_to_do(town: Town) -> None:
    over, off = invited(town), invited(town, visitor_name="李雷", starts_at=town.now + timedelta(days=9))
    town.asks(CHEN, actions.cancel, pass_id=off.public_id, sure="yes")
    town.now += timedelta(days=2)

    for pass_, said in ((over, "再约一次"), (off, "请联系邀请您的人")):
        view = town.visits(pages.show, id=pass_.public_id)
        assert view.values["picture"] == ""
        assert said in view.values["advice"]
        with pytest.raises(LookupError):
            town.visits(pages.draw, id=pass_.public_id)


def test_page_names_the_gates_that_staff_described(town: Town) -> None:
    pass_ = invited(town)
    assert town.visits(pages.show, id=pass_.public_id).values["gates"] == []

    town.opens(Role.MANAGER, gates.add, name="南门", way="文一路进来第二个路口", map_url="https://map.example/south")
    town.opens(Role.MANAGER, gates.add, name="北门")

    assert [one.name for one in town.visits(pages.show, id=pass_.public_id).values["gates"]] == ["南门", "北门"]


@pytest.mark.parametrize(
    ("form", "field"),
    [({"name": ""}, "name"), ({"name": "南" * 21}, "name"), ({"name": "南门"}, "name"), ({"name": "东门", "way": "走" * 101}, "way"), ({"name": "东门", "map_url": "javascript:alert(1)"}, "map_url"), ({"name": "东门", "map_url": "http://map.example"}, "map_url")],
)  # fmt: skip
def test_gate_that_is_described_wrongly_stays_in_its_fields(town: Town, form: dict[str, str], field: str) -> None:
    town.opens(Role.MANAGER, gates.add, name="南门")

    view = town.opens(Role.MANAGER, gates.add, **form)

    assert (view.status, view.values["refusal"].field) == (422, field)
    assert view.values["forms"][0][1]["name"] == form["name"]
    assert [one.name for one in town.all(Gate)] == ["南门"]


def test_gate_is_changed_and_deleted(town: Town) -> None:
    town.opens(Role.MANAGER, gates.add, name="南门")
    [gate] = town.all(Gate)

    town.opens(Role.MANAGER, gates.change, params={"id": gate.public_id}, name="正门", way="走右边")
    assert [(one.name, one.way) for one in town.all(Gate)] == [("正门", "走右边")]
    town.opens(Role.MANAGER, gates.delete, params={"id": gate.public_id})
    assert town.all(Gate) == []


def test_only_the_building_is_said_until_the_resident_wants_their_name_there(town: Town) -> None:
    pass_ = invited(town)
    assert town.visits(pages.show, id=pass_.public_id).values["host"] == ""

    assert "邀请您的人：陈建国" in says(town, "通行证上写我的名字吧")
    assert town.visits(pages.show, id=pass_.public_id).values["host"] == "陈建国"
    later = invited(town, visitor_name="李雷")
    assert town.visits(pages.show, id=later.public_id).values["host"] == "陈建国"

    assert "不写您的名字" in says(town, "通行证上别写我的名字了")
    assert [one.names_host for one in town.all(Pass)] == [False, False]


@pytest.mark.parametrize(
    "text", ["写我的名字", "通行证上写王芳的名字", "我的名字写错了", "把我的名字改成陈建军", "通行证上有我的名字吗"]
)
def test_other_words_of_names_change_nothing(town: Town, text: str) -> None:
    invited(town)

    assert says(town, text) == ""
    assert [one.names_host for one in town.all(Pass)] == [False]


def test_who_has_no_pass_is_told_to_make_one_first(town: Town) -> None:
    invited(town)

    assert "没有开着的通行证" in says(town, "通行证上写我的名字", LI)


def test_times_of_two_days_stand_whole_in_the_picture() -> None:
    begins = datetime(2026, 12, 7, 14, 0, tzinfo=SHANGHAI)

    drawn = Image.open(io.BytesIO(picture.draw("token", "YCQJGX", begins, begins + timedelta(days=4))))

    times = drawn.crop((0, drawn.height - 34 - 18, drawn.width, drawn.height)).convert("L")
    left, _, right, _ = times.point(lambda light: 255 - light).getbbox()  # type: ignore[misc]  # something is drawn
    assert (left >= 8, right <= drawn.width - 8) == (True, True)
