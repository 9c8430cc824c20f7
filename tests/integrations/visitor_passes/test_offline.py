"""What a phone takes along to a gate without a network, and what is made of what it brings back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Refusal, Work
from bot.store.events import Event
from bot.store.staff import Role
from integrations.visitor_passes import actions, console, gate, offline
from integrations.visitor_passes.models import Pass, Passage, PassState

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"


def invited(town: Town, openid: str = CHEN, **slots: Any) -> Pass:
    town.asks(openid, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now, **slots})
    return town.all(Pass)[-1]


def line(town: Town, pass_: Pass, key: str = "aaaaaaaa-1", people: int = 1, ago: timedelta = timedelta()) -> dict[str, Any]:
    return {"key": key, "pass": pass_.public_id, "at": int((town.now - ago).timestamp()), "people": people}


def brought(town: Town, *lines: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(town.opens(Role.GUARD, offline.bring_back, journal=json.dumps(lines)).body)
    return told


def data(town: Town) -> dict[str, Any]:
    taken: dict[str, Any] = json.loads(town.opens(Role.GUARD, offline.data).body)
    return taken


def checked(town: Town, code: str) -> str:
    def run(session: Session) -> str:
        return gate.check(Work(session=session, now=town.now, context=town.context), code).reason

    return town.database.submit(run).result()


def test_phone_takes_the_passes_of_these_days_and_no_names(town: Town) -> None:
    near, later = (
        invited(town, plate="浙A12345", phone="13800138000"),
        invited(town, LI, visitor_name="王芳", starts_at=town.now + timedelta(days=5)),
    )
    off = invited(town, visitor_name="李雷")
    town.asks(CHEN, actions.cancel, pass_id=off.public_id, sure="yes")

    taken = data(town)

    assert [one["code"] for one in taken["passes"]] == [near.code]
    assert taken["gone"] == [off.public_id]
    assert later.public_id not in json.dumps(taken)
    assert not [
        word for word in ("张敏", "王芳", "13800138000", "501", "陈建国") if word in json.dumps(taken, ensure_ascii=False)
    ]


def test_journal_is_written_down_once_however_often_it_is_sent(town: Town) -> None:
    made = invited(town, people=2)
    lines = [line(town, made, "aaaaaaaa-1"), line(town, made, "aaaaaaaa-2")]

    first, again = brought(town, *lines), brought(town, *lines)

    assert first == again == {"taken": ["aaaaaaaa-1", "aaaaaaaa-2"], "wrong": []}
    assert [(one.method, one.admitted, one.reason) for one in town.all(Passage)] == [("offline", True, "")] * 2
    assert (town.all(Pass)[0].entries_left, town.all(Pass)[0].state) == (0, PassState.USED)
    assert [one.data["number"] for one in town.all(Event) if one.kind == "gate.synced"] == [2]


def test_second_use_at_another_gate_is_found_and_shown(town: Town) -> None:
    made = invited(town)
    assert checked(town, made.code) == ""

    told = brought(town, line(town, made))

    assert told["wrong"] == [f"{town.now:%m-%d %H:%M} 超过约的人数"]
    [shown] = town.opens(Role.GUARD, console.stand).values["wrong"]
    assert (shown["visitor"], shown["flat"], shown["words"]) == ("张*", "3栋2单元501", "超过约的人数")
    assert "放行" in shown["first"]
    assert town.all(Pass)[0].entries_left == 0


def test_who_came_in_before_it_was_called_off_was_let_in_rightly(town: Town) -> None:
    before, after = invited(town), invited(town, LI, visitor_name="王芳")
    for openid, made in ((CHEN, before), (LI, after)):
        town.asks(openid, actions.cancel, pass_id=made.public_id, sure="yes")
    town.now += timedelta(minutes=10)

    told = brought(
        town,
        line(town, before, "aaaaaaaa-1", ago=timedelta(minutes=20)),
        line(town, after, "aaaaaaaa-2", ago=timedelta(minutes=5)),
    )

    assert ["住户已取消" in said for said in told["wrong"]] == [True]
    assert [one.reason for one in town.all(Passage)] == ["", "cancelled"]


def test_pass_that_nobody_knows_is_on_record_all_the_same(town: Town) -> None:
    told = brought(town, {"key": "aaaaaaaa-1", "pass": "NOSUCHPASS", "at": int(town.now.timestamp()), "people": 1})

    assert (told["taken"], len(told["wrong"])) == (["aaaaaaaa-1"], 1)
    assert [one.reason for one in town.all(Passage)] == ["unknown"]


@pytest.mark.parametrize(
    "journal",
    ["", "{}", "[1]", '[{"key":"aaaaaaaa","pass":"A","at":"x","people":1}]', '[{"key":"a","pass":"A","at":1773194400,"people":1}]', '[{"key":"aaaaaaaa","pass":"A","at":1773194400,"people":0}]', '[{"key":"aaaaaaaa","pass":"A","at":99999999999999999999,"people":1}]', '[{"key":"aaaaaaaa","pass":"A","at":1,"people":1}]', '[{"key":"aaaaaaaa","pass":"A","at":1873194400,"people":1}]'],
)  # fmt: skip
def test_what_is_no_journal_is_refused_and_the_phone_keeps_it(town: Town, journal: str) -> None:
    with pytest.raises(Refusal, match="手机"):
        town.opens(Role.GUARD, offline.bring_back, journal=journal)
    assert town.all(Passage) == []
