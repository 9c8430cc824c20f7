"""Binding: an account is the person on the roster once something shows it; until then it opens nothing of the flat's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract import Ask, Refusal, Reply, Turn, Work, register
from bot.store import audiences, conversations, notices, people, scope
from bot.store.audience import Audience
from bot.store.claims import Claim
from bot.store.communities import Community
from bot.store.followers import Follower
from bot.store.notices import Notice
from bot.store.people import Evidence, Household, Residence, Resident, ResidentRole
from bot.store.staff import Role
from bot.store.tasks import Task
from integrations.desk import tasks as desk_tasks
from integrations.identity import actions, binding, console, heard, household, joining, pages, proofs
from integrations.notices import actions as notices_said
from integrations.visitor_passes import actions as passes
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

pytestmark = pytest.mark.usefixtures("numbers_on_record")

NEW, OTHER = "oNew", "oOther"
WANG = {"building": "3", "unit": "2", "room": "503"}
NOWHERE = {"building": "99", "unit": "9", "room": "999"}


def bound(town: Town, openid: str) -> Resident | None:
    return next((one for one in town.all(Resident) if one.openid == openid), None)


def home(town: Town, room: str) -> list[str]:
    """Return the names of who lives in a room of 3栋2单元."""

    def look(session: Session) -> list[str]:
        scope.enter(session, town.community.key)
        flat = session.exec(select(Household).where(Household.room == room)).one()
        return [one.name for one in people.of_household(session, flat)]

    return town.database.submit(look).result()


def named(reply: Reply | Ask) -> str:
    return reply.name


def open_titles(town: Town) -> list[str]:
    return sorted(task.title for task in town.tasks() if task.is_open)


def heard_as(town: Town, text: str) -> str:
    """Return what the service answers by itself to words of who is new."""

    def run(session: Session) -> str:
        return str(heard.hear(Turn(session=session, now=town.now, context=town.context, openid=NEW), text))

    return town.database.submit(run).result()


# ------------------------------------------------------------------ the person on the roster


def test_who_knows_the_number_on_record_becomes_that_person_and_no_second_one(town: Town) -> None:
    ask = town.asks(NEW, actions.bind, **WANG, proof="8003")
    assert isinstance(ask, Ask)
    [me, family] = ask.options
    assert (ask.options[me], family) == ("我就是王*", actions.FAMILY)

    reply = town.asks(NEW, actions.bind, **WANG, proof="8003", who=me)

    assert named(reply) == "done"
    wang = bound(town, NEW)
    assert wang is not None
    assert (wang.name, home(town, "503")) == ("王强", ["王强"])
    assert len(town.all(Resident)) == 3


def test_notice_to_a_tag_reaches_whoever_bound_to_the_tagged_person(town: Town) -> None:
    def tag(session: Session) -> None:
        wang = session.exec(select(Resident).where(Resident.name == "王强")).one()
        wang.tags = ["独居老人"]
        session.add(wang)

    town.database.submit(tag).result()
    wang = next(one for one in town.all(Resident) if one.name == "王强")
    town.asks(NEW, actions.bind, **WANG, proof="8003", who=wang.public_id)

    def meant(session: Session) -> list[str | None]:
        scope.enter(session, town.community.key)
        return [one.openid for one in audiences.people_of(session, Audience.parse("独居老人"))]

    assert town.database.submit(meant).result() == [NEW]


def test_a_whole_number_must_be_the_one_on_record(town: Town) -> None:
    assert named(town.asks(NEW, actions.bind, **WANG, proof="19900008003")) == "again"
    assert named(town.asks(OTHER, actions.bind, **WANG, proof="13800008003")) == "who"


def test_binding_unbinding_and_binding_again_leaves_one_person(town: Town) -> None:
    wang = next(one for one in town.all(Resident) if one.name == "王强")
    for _ in range(2):
        town.asks(NEW, actions.bind, **WANG, proof="8003", who=wang.public_id)
        town.asks(NEW, actions.unbind)

    assert len(town.all(Resident)) == 3
    assert len(town.all(Residence)) == 3


def test_family_of_the_number_is_found_on_the_roster_by_name(town: Town) -> None:
    town.database.submit(_adds_to_503, "王小花").result()

    ask = town.asks(NEW, actions.bind, **WANG, proof="8003", who=actions.FAMILY)
    assert named(ask) == "name"
    assert named(town.asks(NEW, actions.bind, **WANG, proof="8003", who=actions.FAMILY, name="王小花")) == "done"

    found = bound(town, NEW)
    assert found is not None
    assert found.name == "王小花"
    assert home(town, "503") == ["王强", "王小花"]


def _adds_to_503(session: Session, name: str) -> None:
    scope.enter(session, 1)
    people.settle(session, session.exec(select(Household).where(Household.room == "503")).one(), name=name)


# ------------------------------------------------------------------ a stranger learns nothing


def test_wrong_digits_and_a_flat_that_is_none_sound_alike(town: Town) -> None:
    for flat, openid in ((WANG, NEW), (NOWHERE, OTHER)):
        said = [named(town.asks(openid, actions.bind, **flat))]
        said += [named(town.asks(openid, actions.bind, **flat, proof=digits)) for digits in ("1111", "2222", "3333")]
        assert said == ["prove", "again", "again", "tired"]
    assert bound(town, NEW) is None


def test_after_three_wrong_numbers_the_right_one_opens_nothing_until_tomorrow(town: Town) -> None:
    for digits in ("1111", "2222", "3333"):
        town.asks(NEW, actions.bind, **WANG, proof=digits)

    assert named(town.asks(NEW, actions.bind, **WANG, proof="8003")) == "locked"
    assert named(town.asks(NEW, actions.bind, **WANG)) == named(town.asks(NEW, actions.bind, **NOWHERE)) == "locked"
    town.now += timedelta(days=1)
    assert named(town.asks(NEW, actions.bind, **WANG, proof="8003")) == "who"


def test_many_accounts_together_get_ten_guesses_at_a_flat(town: Town) -> None:
    said = [named(town.asks(f"oGuess{number}", actions.bind, **WANG, proof=f"11{number:02}")) for number in range(12)]

    assert said == ["again"] * proofs.PER_FLAT + ["locked"] * 2
    assert named(town.asks("oLate", actions.bind, **WANG, proof="8003")) == "locked"


def test_a_flat_is_counted_as_one_however_it_is_said(town: Town) -> None:
    for unit, room in (("2", "503"), ("2", "999")):  # there, and none: both are answered alike to the end
        said = [
            named(town.asks(f"o{room}{number}", actions.bind, building="3", unit=("", unit)[number % 2], room=room, proof="1111"))
            for number in range(12)
        ]
        assert said == ["again"] * proofs.PER_FLAT + ["locked"] * 2


def test_beyond_so_many_wrong_numbers_in_a_community_numbers_prove_nothing_that_day(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "PER_COMMUNITY", 4)
    for number in range(6):
        town.asks(f"oGuess{number}", actions.bind, building="3", unit="2", room=f"6{number:02}", proof="1111")

    assert named(town.asks(NEW, actions.bind, **WANG, proof="8003")) == "locked"
    assert [(one.kind, one.need, one.urgent) for one in town.tasks() if one.kind == proofs.FLOODED] == [
        (proofs.FLOODED, "people.confirm", True)
    ]
    town.now += timedelta(days=1)
    assert named(town.asks(NEW, actions.bind, **WANG, proof="8003")) == "who"


def test_who_only_says_their_flat_is_told_it_as_said_and_never_as_the_roster_has_it(town: Town) -> None:
    def claim(session: Session, room: str) -> tuple[str, str]:
        turn = Turn(session=session, now=town.now, context=town.context, openid=NEW, only_address=True)
        reply = actions.bind(turn, {"building": "3", "unit": "", "room": room})
        assert turn.claim is not None
        return reply.values["said"], turn.claim.label

    for room in ("503", "999"):
        assert town.database.submit(claim, room).result() == (f"3栋{room}", f"3栋{room}")


@pytest.mark.parametrize("only_address", [True, False])
def test_which_community_is_asked_before_any_is_looked_into(town: Town, only_address: bool) -> None:
    def say(session: Session, openid: str, flat: dict[str, str], chosen: str = "") -> tuple[str, str]:
        there = session.exec(select(Community).where(Community.name == "和苑东区")).first()
        if there is None:
            there = Community(appid="wx1", name="和苑东区", phone="0571-2")
            session.add(there)
        session.add_all([] if session.get(Follower, openid) else [Follower(openid=openid, community_id=town.community.key)])
        session.flush()
        context = replace(town.context, neighbours=(town.community, there))
        turn = Turn(session=session, now=town.now, context=context, openid=openid, only_address=only_address)
        ids = {"here": town.community.id, "there": there.id}
        reply = actions.bind(turn, {**flat, "community": str(ids[chosen]) if chosen else ""})
        return reply.name, f"{turn.community.name} {len(turn.places)}"

    def heard(openid: str, flat: dict[str, str], chosen: str) -> list[tuple[str, str]]:
        return [town.database.submit(say, openid, flat, one).result() for one in ("", chosen)]

    for chosen, name in (("here", "和苑小区"), ("there", "和苑东区")):
        known, unknown = heard(f"oKnown{chosen}", WANG, chosen), heard(f"oUnknown{chosen}", NOWHERE, chosen)
        assert known == unknown == [("where", "和苑小区 2"), ("claimed" if only_address else "prove", f"{name} 1")]


def test_no_flat_near_the_one_that_was_said_is_named(town: Town) -> None:
    reply = town.asks(NEW, actions.bind, building="3", unit="2", room="510")

    assert isinstance(reply, Ask)
    assert (reply.name, reply.options, reply.values) == ("prove", {}, {"said": "3栋2单元510"})


def test_who_knows_no_number_waits_for_the_staff_with_one_request_for_each_flat(town: Town) -> None:
    for _ in range(2):
        assert named(town.asks(NEW, actions.bind, **WANG, proof="none")) == "pending"

    assert [task.title for task in town.tasks()] == ["核对住址：3栋2单元503"]
    assert named(town.asks(NEW, actions.show)) == "waits"
    assert not town.told(LI)


def test_second_flat_waits_beside_the_first_and_both_are_named(town: Town) -> None:
    town.asks(NEW, actions.bind, **WANG, proof="none")
    second = town.asks(NEW, actions.bind, building="3", unit="2", room="502", proof="none")

    assert isinstance(second, Reply)
    assert (second.values["said"], second.values["also"]) == ("3栋2单元502", "3栋2单元503")
    assert open_titles(town) == ["核对住址：3栋2单元502", "核对住址：3栋2单元503"]
    assert "3栋2单元502、3栋2单元503" in town.says(NEW, actions.show)


def test_office_that_refuses_one_flat_leaves_the_other_waiting_and_claimed(town: Town) -> None:
    town.asks(NEW, actions.bind, **WANG, proof="none")
    town.asks(NEW, actions.bind, building="3", unit="2", room="502", proof="none")
    first = next(task for task in town.tasks() if task.title.endswith("503"))

    town.opens(Role.STAFF, console.refuse, params={"id": first.public_id})

    assert open_titles(town) == ["核对住址：3栋2单元502"]
    assert [claim.label for claim in town.all(Claim)] == ["3栋2单元502"]


def test_who_names_two_flats_is_told_that_the_other_waits_and_may_take_it_back(town: Town) -> None:
    town.asks(NEW, actions.bind, building="3", unit="2", room="502", proof="none")
    town.asks(NEW, actions.bind, **WANG, proof="8003")
    bound = town.asks(NEW, actions.bind, **WANG, proof="8003", who=actions.FAMILY, name="王小宝")

    assert named(bound) == "asked_office"
    assert isinstance(bound, Reply)
    assert bound.values["also"] == "3栋2单元502"
    assert "3栋2单元502不用核对了" in str(heard_as(town, "不用核对502"))
    assert open_titles(town) == ["核对住址：3栋2单元503"]


@pytest.mark.parametrize("words", ["别审了 我不绑了", "我不绑了", "算了 不登记了", "不用审核了"])
def test_whoever_waits_may_let_it_be_in_their_own_words(town: Town, words: str) -> None:
    town.asks(NEW, actions.bind, building="3", unit="2", room="502", proof="none")

    assert "不用核对了" in str(heard_as(town, words))
    assert open_titles(town) == []


def test_an_account_is_bound_at_most_so_often_a_day(town: Town) -> None:
    wang = next(one for one in town.all(Resident) if one.name == "王强")
    for _ in range(proofs.BINDINGS):
        town.asks(NEW, actions.bind, **WANG, proof="8003", who=wang.public_id)
        town.asks(NEW, actions.unbind)

    with pytest.raises(Refusal, match="今天绑定、解绑的次数太多了"):
        town.asks(NEW, actions.bind, **WANG, proof="8003", who=wang.public_id)


def test_what_is_only_claimed_is_remembered_for_reports_and_nothing_more(town: Town) -> None:
    def claim(session: Session) -> tuple[str, bool]:
        turn = Turn(session=session, now=town.now, context=town.context, openid=NEW, only_address=True)
        reply = actions.bind(turn, WANG)
        assert turn.claim is not None
        return named(reply), turn.is_bound

    assert town.database.submit(claim).result() == ("claimed", False)
    assert [one.label for one in town.all(Claim)] == ["3栋2单元503"]


# ------------------------------------------------------------------ what the household says


def test_those_at_home_are_told_once_a_day_who_was_bound_and_how(town: Town) -> None:
    town.database.submit(_adds_to_501, "陈小明").result()
    for _ in range(2):
        town.asks(NEW, actions.bind, building="3", unit="2", room="501", proof="8001", who=actions.FAMILY, name="陈小明")
        town.asks(NEW, actions.unbind)

    [told] = town.told(CHEN)
    assert "陈小明的微信刚绑定了您家（3栋2单元501），凭的是登记手机后四位" in told
    assert "/p/newcomers/" in told


def test_another_account_taken_for_the_same_person_that_day_is_told_of_too(town: Town) -> None:
    _two_flats(town)
    ask = town.asks(NEW, actions.bind, **WANG, proof="8003")
    assert isinstance(ask, Ask)
    wang = next(key for key, shown in ask.options.items() if shown == "我就是王*")
    for openid in (NEW, NEW, OTHER):
        assert named(town.asks(openid, actions.bind, **WANG, proof="8003", who=wang)) == "done"
        town.asks(openid, actions.unbind)

    assert len([said for said in town.told(CHEN) if "微信刚绑定了您家（3栋2单元503）" in said]) == 2


def _adds_to_501(session: Session, name: str) -> None:
    scope.enter(session, 1)
    people.settle(session, session.exec(select(Household).where(Household.room == "501")).one(), name=name)


def _newcomer(town: Town) -> Resident:
    """Let somebody who knows Chen's number be bound as 陈小明 of the same flat."""
    town.database.submit(_adds_to_501, "陈小明").result()
    town.asks(NEW, actions.bind, building="3", unit="2", room="501", proof="8001", who=actions.FAMILY, name="陈小明")
    found = bound(town, NEW)
    assert found is not None
    return found


def _link(town: Town, newcomer: Resident) -> dict[str, str]:
    chen = bound(town, CHEN)
    assert chen is not None
    return {"newcomer": newcomer.public_id, "flat": str(chen.household_id), "member": chen.public_id}


def test_one_tap_of_somebody_at_home_lets_a_stranger_go_for_good(town: Town) -> None:
    newcomer = _newcomer(town)
    assert town.visits(pages.newcomer, **_link(town, newcomer)).values["is_bound"]

    town.sends(pages.object_, _link(town, newcomer), do="object")

    assert bound(town, NEW) is None
    assert home(town, "501") == ["陈建国", "陈小明"]  # the roster's person stays on it
    assert not town.visits(pages.newcomer, **_link(town, newcomer)).values["is_bound"]
    assert "停掉" in town.told(NEW)[-1]
    assert [task.kind for task in town.tasks()] == ["identity.objected"]
    town.now += timedelta(days=2)
    assert named(town.asks(NEW, actions.bind, building="3", unit="2", room="501", proof="8001")) == "stopped"


def test_the_page_behind_the_message_names_the_same_evidence(town: Town) -> None:
    newcomer = _newcomer(town)

    how = town.visits(pages.newcomer, **_link(town, newcomer)).values["how"]

    assert how == people.EVIDENCE_WORDS[Evidence.PHONE]
    assert f"凭的是{how}" in town.told(CHEN)[-1]


def _rivals(town: Town) -> tuple[str, str]:
    """Let two people of the roster be bound to the same flat by numbers of their own; returns their accounts, who came first first."""

    def write(session: Session) -> None:
        scope.enter(session, 1)
        flat = session.exec(select(Household).where(Household.room == "503")).one()
        people.settle(session, flat, name="王小花", phone="13900009009")

    town.database.submit(write).result()
    for openid, name, digits in ((OTHER, "王小花", "9009"), (NEW, "王强", "8003")):
        who = next(one for one in town.all(Resident) if one.name == name)
        assert named(town.asks(openid, actions.bind, **WANG, proof=digits, who=who.public_id)) == "done"
        town.now += timedelta(minutes=1)
    return OTHER, NEW


def test_nobody_at_home_cuts_off_whom_the_roster_vouches_for_and_the_office_decides(town: Town) -> None:
    first, second = _rivals(town)
    owner, rival = bound(town, second), bound(town, first)
    assert owner is not None
    assert rival is not None
    link = {"newcomer": owner.public_id, "flat": str(owner.household_id), "member": rival.public_id}

    for _ in range(2):
        town.sends(pages.object_, link, do="object")

    assert (bound(town, first) is not None, bound(town, second) is not None) == (True, True)
    assert [(task.kind, task.urgent, "王强" in task.title and "王小花" in task.title) for task in town.tasks()] == [
        (household.DISPUTED, True, True)
    ]
    assert town.visits(pages.newcomer, **link).values["is_disputed"]
    for openid in (first, second):
        with pytest.raises(Refusal, match="正在核实"):
            town.asks(openid, joining.invite, name="陈小明")
        with pytest.raises(Refusal, match="正在核实"):
            town.asks(openid, passes.invite, visitor_name="小王", starts_at=town.now)

    [task] = town.tasks()
    town.opens(Role.MANAGER, desk_tasks.close, params={"id": task.public_id}, outcome="都住这里")
    assert named(town.asks(first, passes.invite, visitor_name="小王", starts_at=town.now)) == "done"


def test_the_word_of_who_is_not_enough_says_who_decides(town: Town) -> None:
    first, second = _rivals(town)

    said = town.database.submit(
        lambda session: household.hear(Turn(session=session, now=town.now, context=town.context, openid=first), "不认识")
    ).result()

    assert "已请物业尽快核实" in said
    assert bound(town, second) is not None


def test_the_word_alone_is_enough(town: Town) -> None:
    _newcomer(town)

    said = town.database.submit(
        lambda session: household.hear(Turn(session=session, now=town.now, context=town.context, openid=CHEN), "不认识")
    ).result()

    assert "已经停掉" in said
    assert bound(town, NEW) is None


def test_the_same_word_of_another_at_home_is_about_the_same_account_and_puts_nobody_else_out(town: Town) -> None:
    def admit(session: Session, openid: str, name: str) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        chen = people.bound(session, CHEN)
        assert chen is not None
        proofs.admit(work, openid, session.get_one(Household, chen.household_id), None, Evidence.INVITATION, name=name)

    def says(openid: str, words: str = "不认识") -> str:
        town.now += timedelta(minutes=1)
        turn = {"now": town.now, "context": town.context, "openid": openid}
        return str(town.database.submit(lambda session: household.hear(Turn(session=session, **turn), words)).result())

    for openid, name in ((OTHER, "王小花"), (NEW, "陌生人")):
        town.now += timedelta(minutes=1)
        town.database.submit(admit, openid, name).result()

    assert "已经停掉：陌生人" in says(OTHER, "不认识陌生人")
    assert "已经停掉：这个微信" in says(CHEN)
    assert bound(town, OTHER) is not None
    assert [task.kind for task in town.tasks()] == ["identity.objected"]

    assert "已经停掉：王小花" in says(CHEN)  # said once more it is about another


def test_the_word_means_nothing_where_nobody_new_was_bound(town: Town) -> None:
    said = town.database.submit(
        lambda session: household.hear(Turn(session=session, now=town.now, context=town.context, openid=CHEN), "不认识")
    ).result()

    assert said == ""


def test_a_link_of_somebody_who_moved_out_opens_nothing(town: Town) -> None:
    newcomer = _newcomer(town)
    link = _link(town, newcomer)
    town.asks(CHEN, actions.unbind)

    with pytest.raises(LookupError):
        town.sends(pages.object_, link, do="object")
    assert bound(town, NEW) is not None


def test_who_knows_the_number_of_somebody_bound_is_let_in_by_those_at_home(town: Town) -> None:
    reply = town.asks(NEW, actions.bind, building="3", unit="2", room="501", proof="8001", name="王小二")
    assert named(reply) == "asked"
    [task] = town.tasks()
    assert "王小二想绑定您家（3栋2单元501）" in town.told(CHEN)[-1]
    chen = bound(town, CHEN)
    assert chen is not None

    town.sends(pages.answer, {"task": task.public_id, "member": chen.public_id}, do="approve")

    found = bound(town, NEW)
    assert found is not None
    assert (found.name, home(town, "501")) == ("王小二", ["陈建国", "王小二"])
    assert town.told(NEW)[-1].startswith("核对好了")
    with pytest.raises(Refusal, match="已经办好了"):
        town.sends(pages.answer, {"task": task.public_id, "member": chen.public_id}, do="refuse")


def test_a_request_without_the_number_cannot_be_answered_by_a_link(town: Town) -> None:
    town.asks(NEW, actions.bind, building="3", unit="2", room="501", proof="none")
    [task] = town.tasks()
    chen = bound(town, CHEN)
    assert chen is not None

    with pytest.raises(LookupError):
        town.sends(pages.answer, {"task": task.public_id, "member": chen.public_id}, do="approve")
    assert not town.told(CHEN)


# ------------------------------------------------------------------ codes


def _invited(town: Town, name: str = "陈小明") -> str:
    reply = town.asks(CHEN, joining.invite, name=name)
    assert isinstance(reply, Reply)
    return str(reply.values["code"])


def test_an_invitation_lets_one_person_in_once(town: Town) -> None:
    code = _invited(town)

    assert named(town.asks(NEW, joining.join, code=code)) == "done"
    assert named(town.asks(OTHER, joining.join, code=code)) == "wrong"
    found = bound(town, NEW)
    assert found is not None
    assert (found.name, home(town, "501")) == ("陈小明", ["陈建国", "陈小明"])


def test_an_invitation_of_my_mother_asks_for_her_name(town: Town) -> None:
    code = _invited(town, "妈妈")

    assert named(town.asks(NEW, joining.join, code=code)) == "name"
    assert named(town.asks(NEW, joining.join, code=code, name="刘桂英")) == "done"
    assert home(town, "501") == ["陈建国", "刘桂英"]


def test_an_invitation_is_over_after_a_day(town: Town) -> None:
    code = _invited(town)
    town.now += joining.LIVES

    assert named(town.asks(NEW, joining.join, code=code)) == "wrong"


def test_after_too_many_wrong_codes_a_right_one_opens_nothing_that_day(town: Town) -> None:
    code = _invited(town)
    for number in range(3):
        town.asks(NEW, joining.join, code=f"ABCDEFGH{number:02}")

    assert named(town.asks(NEW, joining.join, code=code)) == "tired"
    town.now += timedelta(hours=20)
    assert named(town.asks(NEW, joining.join, code=code)) == "done"


def test_unknown_codes_may_not_be_tried_without_end(town: Town) -> None:
    said = [named(town.asks(NEW, joining.join, code=f"ABCDEFGH{number:02}")) for number in range(5)]

    assert said == ["wrong"] * 3 + ["tired"] * 2


def test_the_flats_own_paper_lets_in_whoever_has_it_and_says_who_they_are(town: Town) -> None:
    def paper(session: Session) -> str:
        scope.enter(session, town.community.key)
        flat = session.exec(select(Household).where(Household.room == "503")).one()
        return register.paper_of(session, flat, town.now).code

    code = town.database.submit(paper).result()

    assert named(town.asks(NEW, joining.join, code=code)) == "name"
    assert named(town.asks(NEW, joining.join, code=code, name="王强")) == "prove"
    assert named(town.asks(NEW, joining.join, code=code, name="王强", proof="8003")) == "done"
    assert named(town.asks(OTHER, joining.join, code=code, name="王小花")) == "done"

    assert home(town, "503") == ["王强", "王小花"]
    assert len(town.all(Resident)) == 4
    assert {one.evidence for one in town.all(Residence)} == {Evidence.ROSTER, Evidence.CODE}


# ------------------------------------------------------------------ several flats


def _two_flats(town: Town) -> None:
    town.asks(CHEN, actions.bind, **WANG, proof="8003")


def test_a_second_flat_is_added_to_the_same_person_who_is_asked_which_one_is_meant(town: Town) -> None:
    assert named(town.asks(CHEN, actions.bind, **WANG)) == "prove_more"

    _two_flats(town)

    chen = bound(town, CHEN)
    assert chen is not None
    assert (chen.asks_flat, home(town, "503")) == (True, ["王强", "陈建国"])
    ask = town.asks(CHEN, actions.choose)
    assert isinstance(ask, Ask)
    assert list(ask.options.values()) == ["3栋2单元501", "3栋2单元503"]
    town.asks(CHEN, actions.choose, **WANG)
    shown = town.says(CHEN, actions.show)
    assert shown.startswith("您绑定的有：3栋2单元503（现在说的算这一户的）、3栋2单元501")


def test_of_two_flats_one_is_left_and_the_other_stays(town: Town) -> None:
    _two_flats(town)
    ask = town.asks(CHEN, actions.unbind)
    assert isinstance(ask, Ask)
    [first, second, everything] = ask.options
    assert everything == actions.ALL_FLATS

    read_back = town.asks(CHEN, actions.unbind, which=second)
    assert isinstance(read_back, Ask)
    assert read_back.values == {"flat": ask.options[second], "open": ""}
    assert named(town.asks(CHEN, actions.unbind, which=second, sure="no")) == "kept"
    assert home(town, "503") == ["王强", "陈建国"]
    assert named(town.asks(CHEN, actions.unbind, which=second, sure="yes")) == "left"

    assert home(town, "503") == ["王强"]
    assert bound(town, CHEN) is not None
    assert named(town.asks(CHEN, actions.unbind, which=first)) == "done"
    assert bound(town, CHEN) is None


def test_the_flat_one_has_is_not_bound_twice(town: Town) -> None:
    assert named(town.asks(CHEN, actions.bind, building="3", unit="2", room="501")) == "already"


# ------------------------------------------------------------------ the staff's page


def _request(town: Town, flat: dict[str, str] = WANG) -> str:
    town.asks(NEW, actions.bind, **flat, proof="none", name="老王")
    return town.tasks()[-1].public_id


def test_staff_choose_which_person_it_is(town: Town) -> None:
    key = _request(town)
    [row] = town.opens(Role.STAFF, console.waiting).values["rows"]
    assert row["name"] == "老王"
    [(flat, [(wang, number)])] = row["choices"]
    assert (flat.room, wang.name, number) == ("503", "王强", "138****8003")

    town.opens(Role.STAFF, console.confirm, params={"id": key}, household=f"person:{wang.public_id}:{flat.id}")

    found = bound(town, NEW)
    assert found is not None
    assert (found.name, len(town.all(Resident))) == ("王强", 3)


def test_flats_that_look_alike_are_offered_only_where_the_roster_lacks_the_one_that_was_named(town: Town) -> None:
    _request(town, {"building": "3", "unit": "2", "room": "504"})

    [row] = town.opens(Role.STAFF, console.waiting).values["rows"]

    assert (row["is_known"], [flat.room for flat, _ in row["choices"]]) == (False, ["501", "502", "503"])


def test_a_whole_number_is_shown_to_who_may_see_it_and_that_is_read(town: Town) -> None:
    wang = next(one for one in town.all(Resident) if one.name == "王强")

    shown = town.opens(Role.STAFF, console.phone, params={"key": wang.public_id})

    assert shown.values == {"number": "13800008003"}
    assert (console.phone.need, console.phone.reads) == ("phone.view", True)


def test_staff_let_in_another_person_of_the_flat(town: Town) -> None:
    key = _request(town)
    flat = next(one for one in town.all(Household) if one.room == "503")

    town.opens(Role.STAFF, console.confirm, params={"id": key}, household=f"flat:{flat.id}", name="王大壮")

    assert home(town, "503") == ["王强", "王大壮"]


def test_a_person_who_has_another_account_is_not_taken_over(town: Town) -> None:
    key = _request(town, {"building": "3", "unit": "2", "room": "501"})
    chen = bound(town, CHEN)
    assert chen is not None

    with pytest.raises(Refusal, match="已经绑定了另一个微信"):
        town.opens(Role.STAFF, console.confirm, params={"id": key}, household=f"person:{chen.public_id}:{chen.household_id}")
    assert bound(town, CHEN) is not None


def test_who_changed_their_account_is_the_same_person_and_the_old_one_is_told(town: Town) -> None:
    key = _request(town, {"building": "3", "unit": "2", "room": "501"})
    chen = bound(town, CHEN)
    assert chen is not None

    town.opens(Role.STAFF, console.confirm, params={"id": key}, household=f"anew:{chen.public_id}:{chen.household_id}")

    assert bound(town, CHEN) is None
    assert getattr(bound(town, NEW), "id", None) == chen.id
    assert home(town, "501") == ["陈建国"]
    assert "换到了另一个微信" in town.told(CHEN)[-1]


def test_nobody_is_put_on_the_roster_of_a_flat_twice(town: Town) -> None:
    key = _request(town)
    flat = next(one for one in town.all(Household) if one.room == "503")

    with pytest.raises(Refusal, match="已经有王强"):
        town.opens(Role.STAFF, console.confirm, params={"id": key}, household=f"flat:{flat.id}", name="王强")
    assert home(town, "503") == ["王强"]


def test_a_flat_the_roster_forgot_is_added(town: Town) -> None:
    key = _request(town, NOWHERE)

    town.opens(Role.STAFF, console.confirm, params={"id": key}, household="new", name="老王")

    resident = bound(town, NEW)
    assert resident is not None
    assert [flat.label for flat in town.all(Household) if flat.id == resident.household_id] == ["99栋9单元999"]
    assert town.told(NEW)[-1] == "核对好了，您已绑定99栋9单元999。邀请访客、报修、健康打卡，直接说就行。"


def test_second_colleague_is_told_that_it_is_done(town: Town) -> None:
    key = _request(town)
    town.opens(Role.STAFF, console.refuse, params={"id": key})

    with pytest.raises(Refusal, match="已经办好了"):
        town.opens(Role.STAFF, console.confirm, params={"id": key}, household="new")
    assert bound(town, NEW) is None
    assert "没有核对上" in town.told(NEW)[-1]


@pytest.mark.parametrize(("said", "rooms"), [
    ("3栋2单元502", ["502"]), ("3-2-502", ["502"]), ("3栋502", ["502"]), ("502", ["502"]), ("50", []), ("3栋", ["501", "502", "503"]), ("谁", []),
])  # fmt: skip
def test_flats_are_found_by_the_numbers_said(town: Town, said: str, rooms: list[str]) -> None:
    found = town.database.submit(lambda session: [flat.room for flat in binding.search(session, said)]).result()

    assert found == rooms


def test_staff_bind_to_a_flat_they_looked_up_themselves(town: Town) -> None:
    key = _request(town, NOWHERE)

    town.opens(Role.STAFF, console.confirm, params={"id": key}, flat="3栋2单元503")

    resident = bound(town, NEW)
    assert resident is not None
    assert [flat.room for flat in town.all(Household) if flat.id == resident.household_id] == ["503"]


def test_flat_that_may_be_several_is_asked_back(town: Town) -> None:
    key = _request(town, NOWHERE)

    with pytest.raises(Refusal, match="有好几户：3栋2单元501、3栋2单元502"):
        town.opens(Role.STAFF, console.confirm, params={"id": key}, flat="3栋")


def test_page_shows_what_was_said_and_the_talk_but_no_openid(town: Town) -> None:
    town.asks(NEW, actions.bind, **NOWHERE, proof="none")

    def talk(session: Session) -> None:
        conversations.open_with(session, NEW, 1, town.now)
        conversations.say(session, NEW, "resident", "我住99栋9单元999，电话13800000002", town.now)

    town.database.submit(talk).result()

    [row] = town.opens(Role.STAFF, console.waiting).values["rows"]

    assert row["said"] == ["我住99栋9单元999，电话13800000002"]
    assert row["phones"] == ["13800000002"]
    assert row["talk"]


def test_who_was_bound_and_is_blocked_is_told_why_digits_open_nothing(town: Town) -> None:
    def block(session: Session) -> None:
        work = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        work.object_to(CHEN, session.exec(select(Household).where(Household.room == "501")).one(), "blocked")

    town.database.submit(block).result()

    assert named(town.asks(CHEN, actions.show)) == "stopped"
    assert named(town.asks(CHEN, actions.bind, building="3", unit="2", room="501", proof="1234")) == "stopped"
    assert [task.kind for task in town.all(Task)] == ["identity.confirm"]
    assert named(town.asks(NEW, actions.show)) == "none"


def test_who_let_go_of_the_flat_is_told_how_to_bind_again(town: Town) -> None:
    town.asks(CHEN, actions.unbind)

    assert "3栋2单元501的绑定已经解除" in town.says(CHEN, actions.show)


def test_a_flat_said_wrongly_is_put_right_while_it_waits(town: Town) -> None:
    town.asks(NEW, actions.bind, **NOWHERE, proof="none")
    [task] = town.tasks()

    def correct(session: Session) -> Reply:
        return actions.correct(
            Turn(session=session, now=town.now, context=town.context, openid=NEW),
            task.about,
            {"room": "503", "building": "3", "unit": "2"},
        )

    assert named(town.database.submit(correct).result()) == "changed"
    assert [one.title for one in town.tasks()] == ["核对住址：3栋2单元503"]
    assert bound(town, NEW) is None


def test_residents_see_the_notices_that_were_for_them(town: Town) -> None:
    def publish(session: object, to: str, title: str) -> Notice:
        notice = notices.draft(session, title, "内容", Audience.parse(to), town.now)  # type: ignore[arg-type]
        notices.publish(session, notice, town.now)  # type: ignore[arg-type]
        return notice

    town.database.submit(publish, "3栋2单元501", "只给501").result()
    town.database.submit(publish, "全体", "给大家").result()

    assert "只给501" in town.says("oChen", notices_said.latest)
    assert "只给501" not in town.says("oLi", notices_said.latest)
    assert "给大家" in town.says(NEW, notices_said.latest)
    assert len(town.database.submit(lambda session: session.exec(select(Notice)).all()).result()) == 2


def test_a_role_is_known_where_the_roster_knows_it(town: Town) -> None:
    def role(session: Session) -> ResidentRole:
        scope.enter(session, 1)
        return session.exec(select(Residence)).first().role  # type: ignore[union-attr]

    assert town.database.submit(role).result() is ResidentRole.FAMILY
