"""Rights: an account gets those of the person it has shown to be, and loses them where the flat or the office takes them away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select, text

from bot.contract import Ask, Refusal, Reply, Turn, Visit, Work, register, roster
from bot.store import objections, people, scope
from bot.store.claims import Claim
from bot.store.conversations import Conversation
from bot.store.people import Binding, Evidence, Household, Resident, ResidentRole
from bot.store.staff import Role
from integrations.identity import actions, console, household, joining, pages, proofs
from integrations.residents import moves
from integrations.visitor_passes import actions as passes
from integrations.visitor_passes.models import Pass
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integrations.conftest import Town

pytestmark = pytest.mark.usefixtures("numbers_on_record")

NEW, OTHER = "oNew", "oOther"
CHENS = {"building": "3", "unit": "2", "room": "501"}
LIS = {"building": "3", "unit": "2", "room": "502"}
WANGS = {"building": "3", "unit": "2", "room": "503"}


def does(town: Town, fn: Callable[[Work], Any]) -> Any:
    """Do something in the community, in a transaction of its own."""
    return town.database.submit(lambda session: fn(Work(session=session, now=town.now, context=town.context))).result()


def asks(town: Town, openid: str, action: Any, **slots: Any) -> str:
    return str(town.asks(openid, action, **slots).name)


def person(town: Town, name: str) -> Resident:
    return next(one for one in town.all(Resident) if one.name == name)


def account(town: Town, openid: str) -> Resident | None:
    return next((one for one in town.all(Resident) if one.openid == openid), None)


def flat(work: Work, room: str) -> Household:
    return work.session.exec(select(Household).where(Household.room == room)).one()


def number(town: Town, room: str) -> str:
    return next(str(one.id) for one in town.all(Household) if one.room == room)


def flats(town: Town, openid: str) -> list[str]:
    """Return the rooms that an account speaks for."""

    def look(work: Work) -> list[str]:
        found = roster.bound(work.session, openid)
        return [one.room for one in roster.homes(work.session, found)] if found else []

    return list(does(town, look))


def adds(town: Town, room: str, name: str, phone: str = "", *rooms: str) -> None:
    """Put somebody on the roster of a flat, and of others."""

    def write(work: Work) -> None:
        one = people.settle(work.session, flat(work, room), name=name, phone=phone)
        for other in rooms:
            people.move_in(work.session, one, flat(work, other), ResidentRole.OWNER)

    does(town, write)


def paper(town: Town, room: str) -> str:
    return str(does(town, lambda work: register.paper_of(work.session, flat(work, room), work.now).code))


def refuses(town: Town, room: str = "503", by: str = "陈建国") -> None:
    """Let the family answer the last request: we do not know them."""
    task = town.tasks()[-1]
    town.sends(pages.answer, {"task": task.public_id, "member": person(town, by).public_id}, do="refuse")


# ------------------------------------------------------------------ whose number was shown


def test_who_was_refused_is_offered_nobody_of_the_flat_when_they_say_it_again(town: Town) -> None:
    adds(town, "501", "王桂英")
    asks(town, NEW, actions.bind, **CHENS, proof="8001", who=actions.FAMILY, name="王小二")
    refuses(town)

    assert asks(town, NEW, actions.bind, **CHENS) == "prove"
    assert asks(town, NEW, actions.bind, **CHENS, proof="8001") == "again"
    assert asks(town, NEW, actions.bind, **CHENS, proof="8001", who=person(town, "王桂英").public_id) == "again"
    assert account(town, NEW) is None


def test_what_a_refused_account_said_of_its_flat_is_forgotten(town: Town) -> None:
    asks(town, NEW, actions.bind, **CHENS, proof="8001", who=actions.FAMILY, name="王小二")
    assert [one.openid for one in town.all(Claim)] == [NEW]

    refuses(town)

    assert town.all(Claim) == []


def test_what_staff_did_not_confirm_is_forgotten(town: Town) -> None:
    asks(town, NEW, actions.bind, **WANGS, proof="none")

    town.opens(Role.STAFF, console.refuse, params={"id": town.tasks()[-1].public_id})

    assert town.all(Claim) == []


def test_who_says_their_flat_again_shows_the_number_again(town: Town) -> None:
    assert asks(town, NEW, actions.bind, **WANGS, proof="8003") == "who"

    assert asks(town, NEW, actions.bind, **WANGS) == "prove"


def test_only_the_person_whose_number_was_shown_is_offered_and_taken(town: Town) -> None:
    adds(town, "503", "赵丽", "13900009999")

    ask = town.asks(NEW, actions.bind, **WANGS, proof="8003")

    assert isinstance(ask, Ask)
    assert list(ask.options) == [person(town, "王强").public_id, actions.FAMILY]
    assert asks(town, NEW, actions.bind, **WANGS, proof="8003", who=person(town, "赵丽").public_id) == "name"


@pytest.mark.parametrize("digits", ["", "3", "003"])
def test_less_than_four_digits_fit_nobodys_number(town: Town, digits: str) -> None:
    assert does(town, lambda work: proofs.known_by(work, flat(work, "503"), digits)) == []


def test_a_family_cannot_let_in_whom_another_of_them_does_not_know_and_staff_can(town: Town) -> None:
    asks(town, NEW, actions.bind, **CHENS, proof="8001", who=actions.FAMILY, name="王小二")
    does(town, lambda work: work.object_to(NEW, flat(work, "501")))
    task = town.tasks()[-1]

    with pytest.raises(Refusal, match="不认识这个微信"):
        town.sends(pages.answer, {"task": task.public_id, "member": person(town, "陈建国").public_id}, do="approve")
    town.opens(Role.STAFF, console.confirm, params={"id": task.public_id}, household=f"flat:{number(town, '501')}", name="王小二")

    assert flats(town, NEW) == ["501"]


# ------------------------------------------------------------------ a name is no proof


def test_who_has_the_paper_and_types_the_landlords_name_is_a_new_person_of_that_flat_alone(town: Town) -> None:
    adds(town, "503", "房东", "13900009999", "502")

    assert asks(town, NEW, joining.join, code=paper(town, "503"), name="房东") == "prove"
    assert asks(town, NEW, joining.join, code=paper(town, "503"), name="房东", proof="none") == "done"

    found = account(town, NEW)
    assert found is not None
    assert (found.phone, flats(town, NEW)) == ("", ["503"])


def test_guessed_digits_beside_the_paper_are_counted_and_end_as_a_new_person(town: Town) -> None:
    code = paper(town, "503")

    said = [asks(town, NEW, joining.join, code=code, name="王强", proof=digits) for digits in ("1111", "2222", "3333")]

    assert said == ["again", "again", "done"]
    assert account(town, NEW) != person(town, "王强")
    assert asks(town, OTHER, actions.bind, **WANGS, proof="8003") == "who"


def test_the_right_digits_after_too_many_wrong_ones_make_nobody_the_one_on_the_roster(town: Town) -> None:
    for digits in ("1111", "2222", "3333"):
        asks(town, NEW, actions.bind, **WANGS, proof=digits)

    assert asks(town, NEW, joining.join, code=paper(town, "503"), name="王强", proof="8003") == "tired"

    assert person(town, "王强").openid is None


def test_the_last_wrong_digits_make_a_new_person_of_who_has_the_paper(town: Town) -> None:
    for digits in ("1111", "2222"):
        asks(town, NEW, actions.bind, **WANGS, proof=digits)

    assert asks(town, NEW, joining.join, code=paper(town, "503"), name="王强", proof="3333") == "done"

    assert person(town, "王强").openid is None
    assert flats(town, NEW) == ["503"]


def test_a_namesake_without_a_number_is_taken_only_where_nothing_else_is_theirs(town: Town) -> None:
    adds(town, "503", "王小花")
    adds(town, "503", "房东", "", "502")

    assert asks(town, NEW, joining.join, code=paper(town, "503"), name="王小花") == "done"
    assert asks(town, OTHER, joining.join, code=paper(town, "503"), name="房东") == "done"

    assert account(town, NEW) == person(town, "王小花")
    assert flats(town, OTHER) == ["503"]


def test_a_namesake_who_had_another_account_is_not_taken(town: Town) -> None:
    adds(town, "503", "王小花")
    asks(town, OTHER, joining.join, code=paper(town, "503"), name="王小花")
    first = person(town, "王小花")
    asks(town, OTHER, actions.unbind)

    asks(town, NEW, joining.join, code=paper(town, "503"), name="王小花")
    asks(town, OTHER, joining.join, code=paper(town, "503"), name="王小花")

    now = {one.openid: one.public_id for one in town.all(Resident)}
    assert (now[OTHER] == first.public_id, now[NEW] == first.public_id) == (True, False)


def test_who_knows_a_number_of_the_family_and_types_anothers_name_waits_for_a_word(town: Town) -> None:
    adds(town, "503", "房东", "13900009999", "502")

    assert asks(town, NEW, actions.bind, **WANGS, proof="8003", who=actions.FAMILY, name="房东") == "asked_office"

    assert account(town, NEW) is None


def test_an_invitation_for_the_landlords_name_makes_no_landlord(town: Town) -> None:
    adds(town, "501", "周德福", "13900009999", "502")
    reply = town.asks(CHEN, joining.invite, name="周德福")
    assert isinstance(reply, Reply)

    asks(town, NEW, joining.join, code=reply.values["code"], proof="none")

    assert flats(town, NEW) == ["501"]


# ------------------------------------------------------------------ a flat somebody left


def _leaves_behind(town: Town) -> None:
    """Let Chen's residence end without letting his account go, as files did that older versions took over."""

    def write(work: Work) -> None:
        chen = roster.bound(work.session, CHEN)
        assert chen is not None
        lives = roster.residence(work.session, chen, flat(work, "501"))
        assert lives is not None
        lives.moved_out = work.now.date()
        work.session.add(lives)

    does(town, write)


def test_who_is_bound_and_has_no_flat_speaks_for_none(town: Town) -> None:
    _leaves_behind(town)

    def look(session: Session) -> tuple[Household | None, bool, bool | None]:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        return turn.flat, turn.is_bound, turn.asks_flat

    assert town.database.submit(look).result() == (None, False, None)
    with pytest.raises(Refusal, match="请先绑定住址"):
        town.asks(CHEN, passes.invite, visitor_name="小王", starts_at=town.now)
    with pytest.raises(Refusal, match="请先绑定住址"):
        town.asks(CHEN, joining.invite, name="王芳")
    assert asks(town, CHEN, actions.show) == "ended"
    assert asks(town, CHEN, actions.choose) == "none"


def test_who_has_no_flat_any_more_binds_the_next_one_as_the_same_person(town: Town) -> None:
    _leaves_behind(town)

    assert asks(town, CHEN, actions.bind, **WANGS) == "prove"
    assert asks(town, CHEN, actions.bind, **WANGS, proof="8003") == "joined"

    assert (account(town, CHEN), flats(town, CHEN)) == (person(town, "陈建国"), ["503"])
    assert len(town.all(Resident)) == 3


def test_a_pass_is_for_a_flat_that_its_resident_has(town: Town) -> None:
    adds_home(town, "陈建国", "503")
    _leaves_behind(town)

    town.asks(CHEN, passes.invite, visitor_name="小王", starts_at=town.now)

    assert [one.household_id for one in town.all(Pass)] == [int(number(town, "503"))]


def adds_home(town: Town, name: str, room: str, evidence: Evidence = Evidence.ROSTER) -> None:
    def write(work: Work) -> None:
        one = work.session.exec(select(Resident).where(Resident.name == name)).one()
        people.move_in(work.session, one, flat(work, room), ResidentRole.OWNER, evidence=evidence)

    does(town, write)


# ------------------------------------------------------------------ whom a flat does not want


def block(town: Town, name: str, room: str) -> Any:
    return town.opens(Role.STAFF, moves.block, params={"id": number(town, room)}, resident=person(town, name).public_id)


def test_who_is_blocked_at_one_flat_gets_it_back_through_no_other(town: Town) -> None:
    adds_home(town, "陈建国", "503")
    block(town, "陈建国", "501")

    assert asks(town, CHEN, actions.bind, **WANGS, proof="8001") == "name"
    assert asks(town, CHEN, joining.join, code=paper(town, "503"), name="陈建国", proof="8001") == "done"

    assert flats(town, CHEN) == ["503"]
    assert asks(town, CHEN, actions.choose, **CHENS) == "unbound"
    assert flats(town, CHEN) == ["503"]


def test_a_flat_that_does_not_know_an_account_is_none_of_its_homes(town: Town) -> None:
    adds_home(town, "陈建国", "503")
    does(town, lambda work: objections.object_to(work.session, CHEN, flat(work, "501").key, work.now))

    assert flats(town, CHEN) == ["503"]
    assert asks(town, CHEN, actions.show) == "done"
    does(town, lambda work: objections.object_to(work.session, CHEN, flat(work, "503").key, work.now))
    assert asks(town, CHEN, actions.show) == "stopped"


def test_who_came_by_a_word_goes_out_of_the_flat_that_blocks_them_and_keeps_the_other(town: Town) -> None:
    adds_home(town, "李梅", "501", Evidence.INVITATION)

    answer = block(town, "李梅", "501")

    assert "它还绑定着3栋2单元502" in answer.note
    assert flats(town, LI) == ["502"]


def test_a_family_that_refuses_a_request_lets_go_of_the_account_as_staff_do(town: Town) -> None:
    """Between the request and the answer the account came in by a code."""
    asks(town, NEW, actions.bind, **CHENS, proof="8001", who=actions.FAMILY, name="王小二")
    key = town.tasks()[-1].public_id
    does(town, lambda work: proofs.admit(work, NEW, flat(work, "501"), None, Evidence.CODE, name="王小二"))

    town.sends(pages.answer, {"task": key, "member": person(town, "陈建国").public_id}, do="refuse")

    assert account(town, NEW) is None


def test_staff_move_nobody_into_a_flat_that_blocks_their_account(town: Town) -> None:
    does(town, lambda work: work.object_to(LI, flat(work, "501")))

    with pytest.raises(Refusal, match="拦住的微信"):
        town.opens(
            Role.STAFF, moves.move_in, params={"id": number(town, "501")}, resident=person(town, "李梅").public_id, role="owner"
        )


# ------------------------------------------------------------------ invitations


def _invited(town: Town) -> str:
    reply = town.asks(CHEN, joining.invite, name="陈小明")
    assert isinstance(reply, Reply)
    return str(reply.values["code"])


@pytest.mark.parametrize("page", [moves.unbind, moves.block, moves.leave])
def test_an_invitation_ends_with_whoever_gave_it(town: Town, page: Any) -> None:
    code = _invited(town)

    town.opens(Role.STAFF, page, params={"id": number(town, "501")}, resident=person(town, "陈建国").public_id)

    assert asks(town, NEW, joining.join, code=code) == "wrong"
    assert does(town, lambda work: roster.find_invitation(work.session, code).ended_at) is not None


def test_who_leaves_one_flat_goes_on_inviting_to_the_other(town: Town) -> None:
    adds_home(town, "陈建国", "503")
    first = _invited(town)
    asks(town, CHEN, actions.choose, **WANGS)
    second = _invited_to(town, "陈大明")

    town.opens(Role.STAFF, moves.leave, params={"id": number(town, "501")}, resident=person(town, "陈建国").public_id)

    assert asks(town, NEW, joining.join, code=first) == "wrong"
    assert asks(town, OTHER, joining.join, code=second) == "done"


def _invited_to(town: Town, name: str) -> str:
    reply = town.asks(CHEN, joining.invite, name=name)
    assert isinstance(reply, Reply)
    return str(reply.values["code"])


def test_the_code_of_somebody_who_lives_there_no_more_lets_nobody_in(town: Town) -> None:
    code = _invited(town)
    _leaves_behind(town)

    assert asks(town, NEW, joining.join, code=code) == "wrong"


# ------------------------------------------------------------------ two at once


def behind(town: Town, first: Callable[[Session], Any], second: Callable[[Session], Any]) -> Any:
    """Do the second in a transaction that begins before the first one's ends; returns its result or refusal."""

    def run() -> Any:
        with Session(town.database.engine) as session:
            scope.enter(session, 1)
            try:
                result = second(session)
            except Refusal as refusal:
                return refusal
            session.commit()
            return result

    with Session(town.database.engine) as session, ThreadPoolExecutor(1) as pool:
        scope.enter(session, 1)
        first(session)
        session.flush()
        later = pool.submit(run)
        with town.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looks:
            while not later.done() and not looks.execute(text(_WAITING)).scalar():
                pass
        session.commit()
        return later.result()


_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def talks(town: Town, *openids: str) -> None:
    """Let accounts have a talk, as whoever writes has."""
    does(town, lambda work: work.session.add_all(Conversation(openid=one, updated_at=work.now) for one in openids))


def answers(town: Town, task: str, by: str, do: str) -> Callable[[Session], Any]:
    """Return what somebody at home does who taps a button."""
    params = {"task": task, "member": person(town, by).public_id}
    return lambda session: pages.answer.run(
        Visit(session=session, now=town.now, context=town.context, params=params, form={"do": do})
    )


def admits(town: Town, openid: str, name: str, room: str) -> Callable[[Session], Any]:
    """Return what the chat or staff do who found out whose account it is."""
    key = person(town, name).public_id

    def run(session: Session) -> Any:
        work = Work(session=session, now=town.now, context=town.context)
        return proofs.admit(work, openid, flat(work, room), roster.by_public_id(session, key), Evidence.PHONE).public_id

    return run


def open_bindings(town: Town) -> list[str]:
    return sorted(one.openid for one in town.all(Binding) if one.ended_at is None)


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_of_two_at_home_who_answer_at_once_the_second_is_told(town: Town) -> None:
    talks(town, NEW)
    adds_home(town, "李梅", "501")
    asks(town, NEW, actions.bind, **CHENS, proof="8001", who=actions.FAMILY, name="王小二")
    key = town.tasks()[-1].public_id

    said = behind(town, answers(town, key, "陈建国", "approve"), answers(town, key, "李梅", "refuse"))

    assert "已经办好了：家里人同意" in str(said)
    assert (flats(town, NEW), open_bindings(town)) == (["501"], [CHEN, LI, NEW])


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_of_two_accounts_that_become_one_person_at_once_the_second_is_told(town: Town) -> None:
    talks(town, NEW, OTHER)

    said = behind(town, admits(town, NEW, "王强", "503"), admits(town, OTHER, "王强", "503"))

    assert "已经绑定了另一个微信" in str(said)
    assert open_bindings(town) == [CHEN, LI, NEW]


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_an_account_that_is_let_in_twice_at_once_is_one_person(town: Town) -> None:
    talks(town, NEW)
    adds(town, "503", "王小花")

    said = behind(town, admits(town, NEW, "王强", "503"), admits(town, NEW, "王小花", "503"))

    assert said == person(town, "王强").public_id
    assert open_bindings(town) == [CHEN, LI, NEW]


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_of_two_at_home_who_object_at_once_the_second_is_told(town: Town) -> None:
    adds(town, "501", "陈小明")
    does(
        town,
        lambda work: work.bind(
            work.session.exec(select(Resident).where(Resident.name == "陈小明")).one(), NEW, Evidence.INVITATION
        ),
    )

    def objects(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        newcomer = roster.by_public_id(session, person(town, "陈小明").public_id)
        assert newcomer is not None
        member = roster.bound(session, CHEN)
        assert member is not None
        household.object_to(work, newcomer, flat(work, "501"), member)

    said = behind(town, objects, objects)

    assert "已经不在您家了" in str(said)
    assert [task.kind for task in town.tasks()] == ["identity.objected"]
