"""Passes: what opens the gate, when, and how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot import config
from bot.contract import Ask, Refusal, Reply, Services, Turn, Work
from bot.keys import Keys
from bot.model import SHANGHAI
from bot.services import load_services
from bot.store import people, scope
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.visitor_passes import actions, console, gate, pages, tokens
from integrations.visitor_passes.models import Pass, Passage, PassState
from integrations.visitor_passes.settings import Settings

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN = "oChen"
GRACE = Settings(grace_minutes=30).grace
KEYS = Keys(b"s" * 32)


def invited(town: Town, **slots: Any) -> Pass:
    town.asks(CHEN, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now, **slots})
    return town.all(Pass)[-1]


def check(town: Town, code: str) -> gate.Verdict:
    shown_at = town.opens(Role.GUARD, console.check, code=code).to
    number = shown_at.removeprefix("/console/gate?check=")
    verdict: gate.Verdict = town.opens(Role.GUARD, console.stand, query={"check": number}).values["verdict"]
    return verdict


def test_invitation_is_answered_with_code_and_link(town: Town) -> None:
    said = town.says(CHEN, actions.invite, visitor_name="张敏", starts_at=town.now + timedelta(hours=5))

    [pass_] = town.all(Pass)
    assert pass_.code in said
    assert f"https://linli.example/p/passes/{pass_.public_id}?k=" in said


def test_pass_without_an_end_is_good_for_the_rest_of_the_day(town: Town) -> None:
    pass_ = invited(town, starts_at=datetime(2026, 3, 12, 15, tzinfo=SHANGHAI))

    assert pass_.ends_at == datetime(2026, 3, 12, 23, 59, tzinfo=SHANGHAI)


def test_pass_further_ahead_than_a_month_is_not_made(town: Town) -> None:
    reply = town.asks(CHEN, actions.invite, visitor_name="张敏", starts_at=town.now + timedelta(days=31))

    assert isinstance(reply, Reply)
    assert (reply.name, town.all(Pass)) == ("too_far", [])


def test_gate_admits_once_by_code_or_qr_and_says_when_it_was_used(town: Town) -> None:
    pass_ = invited(town)
    token = tokens.write(tokens.Token(public_id=pass_.public_id, starts_at=pass_.starts_at, ends_at=pass_.ends_at), town.keys)

    first, second = check(town, token), check(town, pass_.code.lower())

    assert (first.admitted, first.visitor, first.flat) == (True, "张*", "3栋2单元501")
    assert (second.admitted, second.reason) == (False, "used")
    assert "guard同事" in second.first_use


def test_end_of_the_day_is_said_with_its_clock(town: Town) -> None:
    assert "到当天23:59为止" in town.says(CHEN, actions.invite, visitor_name="张敏", starts_at=town.now)


@pytest.mark.parametrize("write", ["{0} {1}", "{0}-{1}", " {0}{1} ", "{0}　{1}"])
def test_code_may_be_typed_with_gaps(town: Town, write: str) -> None:
    code = invited(town).code

    assert check(town, write.format(code[:3], code[3:])).admitted


@pytest.mark.parametrize(
    ("typed", "said"), [("K3M9", "通行码是 6 位，现在是 4 位"), ("K3M9PQ7", "现在是 7 位"), ("  ", "请扫二维码")]
)
def test_what_cannot_be_a_code_is_asked_back_and_no_check(town: Town, typed: str, said: str) -> None:
    view = town.opens(Role.GUARD, console.check, code=typed)

    assert said in view.values["fault"]
    assert (view.status, view.values["typed"], town.all(Passage)) == (422, typed, [])


def test_party_of_three_enters_three_times(town: Town) -> None:
    pass_ = invited(town, people=3)

    assert [check(town, pass_.code).admitted for _ in range(4)] == [True, True, True, False]


def test_two_gates_racing_admit_one(town: Town) -> None:
    pass_ = invited(town)

    with ThreadPoolExecutor(8) as guards:
        verdicts = list(guards.map(lambda _: check(town, pass_.code).admitted, range(8)))

    assert sum(verdicts) == 1
    assert len(town.all(Passage)) == 8


@pytest.mark.parametrize(("late", "reason"), [
    (-GRACE - timedelta(minutes=1), "early"), (-GRACE, ""), (timedelta(hours=2) + GRACE - timedelta(minutes=1), ""),
    (timedelta(hours=2) + GRACE, "over"),
])  # fmt: skip
def test_gate_keeps_to_the_time(town: Town, late: timedelta, reason: str) -> None:
    starts = town.now + timedelta(hours=5)
    pass_ = invited(town, starts_at=starts, ends_at=starts + timedelta(hours=2))
    town.now = starts + late

    assert check(town, pass_.code).reason == reason


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_today_is_the_day_in_shanghai_even_at_half_past_midnight(town: Town, zone: str) -> None:
    pass_ = invited(town, starts_at=datetime(2026, 3, 12, tzinfo=SHANGHAI))

    town.now = datetime(2026, 3, 12, 0, 30, tzinfo=SHANGHAI).astimezone(ZoneInfo(zone))
    assert check(town, pass_.code).admitted


def test_cancelled_pass_is_refused_at_once(town: Town) -> None:
    pass_ = invited(town)

    town.asks(CHEN, actions.cancel, sure="yes")

    assert check(town, pass_.code).reason == "cancelled"


def test_of_several_passes_one_is_asked_for(town: Town) -> None:
    invited(town), invited(town, visitor_name="李强")

    asked = town.asks(CHEN, actions.cancel)
    named = town.asks(CHEN, actions.cancel, visitor_name="李强")

    assert isinstance(asked, Ask)
    assert len(asked.options) == 2
    assert isinstance(named, Ask)
    assert named.values["what"] == "李强今天10:00的来访"


def test_bare_cancel_to_which_of_several_cancels_none_and_says_so(chat: Chat) -> None:
    chat.say("王强明天上午十点来，不开车", "确认", "张敏明天下午三点来，不开车", "确认")

    assert "要取消哪一位" in chat.say("取消访客")
    assert "没有取消任何访客，通行证都还有效" in chat.say("取消")
    assert {pass_.state for pass_ in chat.all(Pass)} == {PassState.ACTIVE}


def test_neighbour_sees_and_cancels_nothing_of_ours(town: Town) -> None:
    invited(town)

    assert town.asks("oLi", actions.show).name == "none"
    assert town.asks("oLi", actions.cancel).name == "none"


def test_everybody_at_home_sees_and_calls_off_what_was_made_in_the_flats_name(town: Town) -> None:
    pass_ = invited(town)
    town.database.submit(moves_in, "oSon").result()

    assert "张敏" in town.says("oSon", actions.show)
    town.asks("oSon", actions.cancel, pass_id=pass_.public_id, sure="yes")

    assert town.all(Pass)[-1].state is PassState.CANCELLED


def moves_in(session: Session, openid: str) -> None:
    """Let somebody live with Chen, with an account of their own."""
    scope.enter(session, 1)
    chen = session.exec(select(Resident).where(Resident.openid == CHEN)).one()
    home = session.get_one(Household, chen.household_id)
    people.bind(session, people.settle(session, home, name="陈小明"), openid, datetime(2026, 3, 11, 9, tzinfo=SHANGHAI))


@pytest.mark.parametrize("leaves", ["unbind", "move_out"])
def test_passes_of_whoever_is_let_go_open_the_gate_no_more_and_those_of_the_others_do(town: Town, leaves: str) -> None:
    pass_ = invited(town)
    town.database.submit(moves_in, "oSon").result()
    town.asks("oSon", actions.invite, visitor_name="李雷", starts_at=town.now)

    def leave(work: Work) -> None:
        chen = work.session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        work.unbind(chen) if leaves == "unbind" else work.move_out(chen, work.household(chen))

    town.runs(leave)

    assert {one.visitor_name: one.state for one in town.all(Pass)} == {"张敏": PassState.CANCELLED, "李雷": PassState.ACTIVE}
    assert check(town, pass_.code).reason == "left"


def test_staff_call_off_a_pass_and_who_made_it_is_told(town: Town) -> None:
    pass_ = invited(town)

    town.opens(Role.STAFF, console.cancel, params={"id": pass_.public_id}, why="mistake")

    assert check(town, pass_.code).reason == "revoked"
    assert "物业作废了张敏" in town.told(CHEN)[-1]
    with pytest.raises(Refusal, match="不用再作废"):
        town.opens(Role.STAFF, console.cancel, params={"id": pass_.public_id}, why="mistake")


def test_unknown_and_forged_codes_are_refused_and_written_down(town: Town) -> None:
    assert check(town, "ZZZZZZ").reason == "unknown"
    assert check(town, "A" * 60).reason == "forged"
    assert [passage.admitted for passage in town.all(Passage)] == [False, False]


def test_page_shows_the_code_and_nothing_of_the_visitor(town: Town) -> None:
    pass_ = invited(town, phone="13800138000")

    view = town.visits(pages.show, id=pass_.public_id)

    assert view.values["picture"].startswith(f"/p/passes/{pass_.public_id}/picture?k=")
    assert view.values["state"] == "有效"
    with pytest.raises(LookupError):
        town.visits(pages.show, id="NOSUCHPASS")


def test_leaving_is_written_down_and_gives_no_entry_back(town: Town) -> None:
    pass_ = invited(town)
    check(town, pass_.code)

    town.opens(Role.GUARD, console.left, params={"id": str(town.all(Passage)[0].id)})

    assert town.all(Passage)[0].left_at == town.now
    assert not check(town, pass_.code).admitted


# ------------------------------------------------------------------ tokens

TOKEN = tokens.Token(
    public_id="K3M9PQRSTV",
    starts_at=datetime(2026, 3, 12, 15, tzinfo=SHANGHAI),
    ends_at=datetime(2026, 3, 12, 23, 59, tzinfo=SHANGHAI),
)


def test_token_comes_back_and_fits_an_alphanumeric_qr_code() -> None:
    import segno

    text = tokens.write(TOKEN, KEYS)

    assert tokens.read(text, KEYS) == TOKEN
    code = segno.make_qr(text, error="m")
    assert (code.mode, int(code.version) <= 7) == ("alphanumeric", True)


def test_no_token_holds_a_name() -> None:
    assert "K3M9PQRSTV" not in tokens.write(TOKEN, KEYS)


def test_every_single_bit_counts() -> None:
    content = bytearray(tokens._decode(tokens.write(TOKEN, KEYS)) or b"")

    for bit in range(len(content) * 8):
        content[bit // 8] ^= 1 << bit % 8
        assert tokens.read(tokens._encode(bytes(content)), KEYS) is None
        content[bit // 8] ^= 1 << bit % 8


def test_token_of_another_installation_is_refused() -> None:
    assert tokens.read(tokens.write(TOKEN, Keys(b"t" * 32)), KEYS) is None


@given(st.text(max_size=160))
def test_whatever_is_scanned_is_refused_without_an_error(text: str) -> None:
    assert tokens.read(text, KEYS) is None


def test_office_sets_how_early_visitors_may_come(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_VISITOR_PASSES_GRACE_MINUTES", "5")
    strict = load_services(config.load_local())
    pass_ = invited(town, starts_at=town.now + timedelta(minutes=10), ends_at=town.now + timedelta(hours=2))

    def asked(services: Services) -> str:
        context = replace(town.context, services=services)
        return (
            town.database.submit(lambda session: gate.check(Work(session=session, now=town.now, context=context), pass_.code))
            .result()
            .reason
        )

    assert (asked(strict), asked(town.context.services)) == ("early", "")


# ------------------------------------------------------------------ who is told, and what stands at the gate


def _second_at_home(town: Town) -> str:
    """Bind 刘琳 to the flat of 陈建国; returns her openid."""

    def settle(session: Session) -> None:
        home = session.exec(select(Household).where(Household.room == "501")).one()
        people.bind(session, people.settle(session, home, name="刘琳"), "oLiu", town.now)

    town.database.submit(settle).result()
    return "oLiu"


def test_who_made_a_pass_is_told_when_somebody_else_at_home_calls_it_off(town: Town) -> None:
    pass_ = invited(town, starts_at=town.now + timedelta(hours=5))

    town.asks(_second_at_home(town), actions.cancel, pass_id=pass_.public_id, sure="yes")

    [said] = town.told(CHEN)
    assert said.startswith("刘琳取消了张敏")
    assert town.told("oLiu") == []


def test_who_made_a_pass_is_told_of_a_change_and_not_of_their_own(town: Town) -> None:
    pass_ = invited(town, starts_at=town.now + timedelta(hours=5))
    later = town.now + timedelta(hours=7)

    def change(openid: str) -> None:
        def run(session: Session) -> None:
            turn = Turn(session=session, now=town.now, context=town.context, openid=openid)
            actions.change(turn, pass_.subject, {"starts_at": later if openid == CHEN else later + timedelta(hours=1)})

        town.database.submit(run).result()

    change(CHEN)
    assert town.told(CHEN) == []
    change(_second_at_home(town))
    [said] = town.told(CHEN)
    assert said.startswith("刘琳改了张敏的来访")


def test_a_pass_of_several_days_tells_how_often_it_opens(town: Town) -> None:
    day, week = town.now + timedelta(hours=5), town.now + timedelta(days=5)

    assert "能进 1 人次" in town.says(CHEN, actions.invite, visitor_name="妈妈", starts_at=day, ends_at=week)
    assert "人次" not in town.says(CHEN, actions.invite, visitor_name="妈妈", starts_at=day)


def test_the_gate_says_who_called_a_pass_off(town: Town) -> None:
    own, voided, left = (invited(town, visitor_name=name) for name in ("张敏", "李明", "王芳"))
    town.asks(CHEN, actions.cancel, pass_id=own.public_id, sure="yes")
    town.opens(Role.STAFF, console.cancel, params={"id": voided.public_id}, why="mistake")

    assert (check(town, own.code).words, check(town, voided.code).words) == ("住户已取消", "物业已作废")

    def go(session: Session) -> None:
        resident = session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        Work(session=session, now=town.now, context=town.context).unbind(resident, "asked")

    town.database.submit(go).result()
    assert check(town, left.code).words == "约他的人已不住这一户，请与住户联系"
    assert not check(town, left.code).admitted
