"""What those at home say of who is bound there, or wants to be, in words of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract import Refusal, Turn, Wish, Work, personal
from bot.store.people import Evidence, Household, Resident
from integrations.identity import actions, heard, household, pages, requests
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

pytestmark = pytest.mark.usefixtures("numbers_on_record")

NEW, OTHER = "oNew", "oOther"
CHENS = {"building": "3", "unit": "2", "room": "501"}


def hears(town: Town, openid: str, text: str, *, is_asked: bool = False) -> str | Wish:
    def run(session: Session) -> str | Wish:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid, is_asked=is_asked)
        return heard.hear(turn, text)

    return town.database.submit(run).result()


def joins(town: Town, openid: str, name: str, evidence: Evidence = Evidence.STAFF) -> Resident:
    """Somebody is let into 3栋2单元501 by the office, or by less."""

    def run(session: Session) -> Resident:
        work = Work(session=session, now=town.now, context=town.context)
        flat = session.exec(select(Household).where(Household.room == "501")).one()
        resident = work.settle(flat, name=name, evidence=evidence)
        work.bind(resident, openid, evidence)
        return resident

    return town.database.submit(run).result()


def bound(town: Town, openid: str) -> bool:
    return any(one.openid == openid for one in town.all(Resident))


def is_disputed(town: Town) -> bool:
    return any(one.kind == household.DISPUTED and one.is_open for one in town.tasks())


@pytest.mark.parametrize("by", ["word", "page"])
def test_a_no_to_who_wants_in_holds_also_while_the_flat_is_disputed(town: Town, by: str) -> None:
    joins(town, OTHER, "王小宝")
    town.asks(NEW, actions.bind, **CHENS, proof="8001", name="程小燕")
    hears(town, CHEN, "不认识王小宝")
    assert is_disputed(town)
    [task] = [one for one in town.tasks() if one.kind == requests.KIND]

    if by == "word":
        assert "已拒绝程小燕" in str(hears(town, CHEN, "不同意程小燕"))
    else:
        chen = next(one for one in town.all(Resident) if one.openid == CHEN)
        town.sends(pages.answer, {"task": task.public_id, "member": chen.public_id}, do="refuse")

    [task] = [one for one in town.tasks() if one.kind == requests.KIND]
    assert not task.is_open
    assert town.asks(NEW, actions.bind, **CHENS, proof="8001").name == "again"


def test_a_yes_waits_until_the_dispute_is_over(town: Town) -> None:
    joins(town, OTHER, "王小宝")
    town.asks(NEW, actions.bind, **CHENS, proof="8001", name="程小燕")
    hears(town, CHEN, "不认识王小宝")

    assert "核实" in str(hears(town, CHEN, "同意程小燕"))
    assert not bound(town, NEW)


@pytest.mark.parametrize("said", ["王小宝是谁", "谁是王小宝？", "那个王小宝是谁啊"])
def test_who_somebody_is_that_is_bound_at_home_is_told(town: Town, said: str) -> None:
    joins(town, OTHER, "王小宝")

    reply = hears(town, CHEN, said)

    assert "王小宝的微信" in str(reply)
    assert "物业核对" in str(reply)


@pytest.mark.parametrize("said", ["李明是谁", "师傅是谁", "你是谁"])
def test_who_somebody_else_is_is_no_question_about_home(town: Town, said: str) -> None:
    joins(town, OTHER, "王小宝")

    assert hears(town, CHEN, said) == ""


@pytest.mark.parametrize("said", ["我要把王小宝踢出去", "把王小宝停掉", "把小宝移除", "帮我把王小宝删掉"])
def test_who_shall_go_is_asked_back_and_not_put_out_at_once(town: Town, said: str) -> None:
    joins(town, OTHER, "王小宝")

    assert hears(town, CHEN, said) == Wish(
        intent="identity.members", values={"says": "unknown", "called": "王小宝" if "王小宝" in said else "小宝"}
    )
    assert bound(town, OTHER)


@pytest.mark.parametrize("said", ["把访客删掉", "把水关掉", "把刚才那张通行证停掉"])
def test_what_shall_go_is_nobody_at_home(town: Town, said: str) -> None:
    joins(town, OTHER, "王小宝")

    assert hears(town, CHEN, said) == ""


def test_the_other_one_is_not_the_one_who_is_named(town: Town) -> None:
    joins(town, OTHER, "王小宝")
    joins(town, NEW, "程晓敏", Evidence.INVITATION)

    said = hears(town, CHEN, "王小宝是我儿子 另一个不认识")

    assert "程晓敏" in str(said)
    assert bound(town, OTHER)


@pytest.mark.parametrize("said", ["认识 是我妈 弄错了", "弄错了，我认识", "哦不对 我认识的", "不好意思 我认识 看错了"])
def test_a_dispute_that_is_taken_back_is_told_to_the_office_which_ends_it(town: Town, said: str) -> None:
    joins(town, OTHER, "程晓敏")
    hears(town, CHEN, "不认识程晓敏")

    assert "弄错" in str(hears(town, CHEN, said))

    [task] = [one for one in town.tasks() if one.kind == household.DISPUTED]
    assert (task.is_open, "认识" in task.title) == (True, True)
    assert bound(town, OTHER)


def test_who_was_stopped_by_mistake_is_let_in_by_the_office(town: Town) -> None:
    joins(town, NEW, "程晓敏", Evidence.INVITATION)
    hears(town, CHEN, "不认识程晓敏")
    asked = [hears(town, CHEN, "认识 是我妈 弄错了") for _ in range(2)]

    if not bound(town, NEW):
        assert all("物业" in str(one) for one in asked)
    assert len([one for one in town.tasks() if "请核对后放行" in one.title]) <= 1


def test_nobody_takes_back_what_they_have_not_said(town: Town) -> None:
    joins(town, OTHER, "程晓敏")

    assert hears(town, CHEN, "认识 是我妈") == ""
    assert hears(town, CHEN, "弄错了") == ""


# ------------------------------------------------------------------ digits


def test_who_knew_a_number_is_told_of_the_family_only_where_somebody_is_bound(town: Town) -> None:
    empty = {"building": "3", "unit": "2", "room": "503"}

    assert town.asks(NEW, actions.bind, **empty, proof="8003", who=actions.FAMILY, name="余强").name == "asked_office"
    assert town.asks(NEW, actions.bind, **empty).name == "waits_known"
    assert town.asks(OTHER, actions.bind, **CHENS, proof="8001", who=actions.FAMILY, name="余强").name == "asked"


def test_who_is_bound_elsewhere_and_joins_by_digits_is_known_to_the_office(town: Town) -> None:
    reply = town.asks(LI, actions.bind, building="3", unit="2", room="503", proof="8003")

    assert reply.name == "joined"
    [task] = [one for one in town.tasks() if one.kind == actions.JOINED]
    assert "李梅" in task.title


def test_who_says_that_they_are_somebody_else_is_not_offered_the_owners_name(town: Town) -> None:
    flat = {"building": "3", "unit": "2", "room": "503"}

    assert town.asks(NEW, actions.bind, **flat, proof="8003", name="马小明").name == "asked_office"
    assert town.asks(OTHER, actions.bind, **flat, proof="8003", name="王强").name == "done"


def test_four_digits_give_nobody_the_whole_number_on_record(town: Town) -> None:
    town.asks(NEW, actions.bind, building="3", unit="2", room="503", proof="8003", name="王强")

    def told(session: Session, openid: str) -> str:
        work = Work(session=session, now=town.now, context=town.context)
        return str(personal.everything(work, openid)["住户"])

    said = town.database.submit(told, NEW).result()
    assert "13800008003" not in said
    assert "138****8003" in said
    assert "前台" in said
    assert "13800008001" in town.database.submit(told, CHEN).result(), "the office itself has bound this account"


def test_refusal_of_what_was_answered_already_says_so(town: Town) -> None:
    town.asks(NEW, actions.bind, **CHENS, proof="8001", name="程小燕")
    hears(town, CHEN, "不同意程小燕")
    [task] = [one for one in town.tasks() if one.kind == requests.KIND]

    with pytest.raises(Refusal, match="已经办好"):
        town.database.submit(
            lambda session: requests.answerable(Work(session=session, now=town.now, context=town.context), task.public_id)
        ).result()
