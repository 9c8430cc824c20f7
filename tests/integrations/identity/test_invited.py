"""Whom a code is for: as what they join the flat, and that a child is no account of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session

from bot.contract import Ask, Reply, Turn
from bot.store import people
from bot.store.invitations import Invitation
from bot.store.people import ResidentRole
from integrations.identity import heard, joining
from tests.integrations.conftest import CHEN

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

NEW = "oNew"


def invites(town: Town, said: str, name: str, **slots: str) -> Reply | Ask:
    def run(session: Session) -> Reply | Ask:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN, said=said)
        return joining.invite(turn, {"name": name, **slots})

    return town.database.submit(run).result()


@pytest.mark.parametrize(
    ("said", "name", "role"),
    [
        ("给租客发个邀请码", "租客", ResidentRole.TENANT),
        ("租客要绑定，给他发个码\n小李", "小李", ResidentRole.TENANT),
        ("帮保姆也绑定\n王阿姨", "王阿姨", ResidentRole.GUEST),
        ("我是租户，邀请我老婆绑定", "老婆", ResidentRole.FAMILY),
        ("让我妈也绑定", "妈妈", ResidentRole.FAMILY),
    ],
)
def test_whoever_joins_by_a_code_is_there_as_what_they_were_called(town: Town, said: str, name: str, role: ResidentRole) -> None:
    reply = invites(town, said, name)

    assert isinstance(reply, Reply)
    joined = town.asks(NEW, joining.join, code=reply.values["code"], name="李小路")
    assert joined.name == "done"

    def lives_as(session: Session) -> ResidentRole:
        me = people.bound(session, NEW)
        assert me is not None
        [(lives, _)] = people.residences_of(session, me)
        return lives.role

    assert town.database.submit(lives_as).result() is role


@pytest.mark.parametrize(("said", "name"), [("邀请我儿子8岁", "儿子"), ("邀请我十二岁的女儿", "女儿"), ("宝宝8个月", "宝宝")])
def test_no_code_is_made_for_a_child_under_fourteen(town: Town, said: str, name: str) -> None:
    assert invites(town, said, name).name == "child"
    assert town.all(Invitation) == []


@pytest.mark.parametrize("said", ["邀请我儿子14岁", "邀请我儿子二十岁", "邀请我儿子"])
def test_whoever_is_fourteen_or_of_no_told_age_is_invited(town: Town, said: str) -> None:
    assert invites(town, said, "儿子").name == "done"


def test_whoever_may_be_a_child_is_asked_about_first(town: Town) -> None:
    asked = invites(town, "给孩子发个邀请码", "孩子")

    assert isinstance(asked, Ask)
    assert asked.name == "age"
    assert invites(town, "给孩子发个邀请码", "孩子", age=joining.YOUNG).name == "child"
    assert invites(town, "给孩子发个邀请码", "孩子", age=joining.GROWN).name == "done"


def test_who_wants_somebody_kept_out_reads_who_is_bound_and_what_the_office_does(town: Town) -> None:
    def hears(session: Session, text: str) -> str:
        return str(heard.hear(Turn(session=session, now=town.now, context=town.context, openid=CHEN), text))

    said = town.database.submit(hears, "别让房东进来").result()
    assert "3栋2单元501现在绑定着：您" in said
    assert "不让房东进小区" in said
    assert town.database.submit(hears, "别让电动车进电梯").result() == ""
