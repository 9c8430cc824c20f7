"""The gate for a guard's phone: who is expected, a slip of the finger, and who comes without a pass."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.contract import Refusal, Turn
from bot.model import SHANGHAI
from bot.store import people
from bot.store.events import Event
from bot.store.people import Resident
from bot.store.staff import Role
from integrations.visitor_passes import actions, console, expected, gate, heard, pages, personal, walkups
from integrations.visitor_passes.models import HostAnswer, Pass, Passage, PassState, WalkUp

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"
AT_HOME = "3-2-501"


def invited(town: Town, openid: str = CHEN, **slots: Any) -> Pass:
    town.asks(openid, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now, **slots})
    return town.all(Pass)[-1]


def looked_for(town: Town, typed: str) -> list[str]:
    view = town.opens(Role.GUARD, console.check, code=typed)
    return [f"{one.visitor} {one.flat}" for one in view.values["found"]]


def picked(town: Town, pass_: Pass) -> gate.Verdict:
    return decided(town, town.opens(Role.GUARD, console.admit, params={"id": pass_.public_id}).to)


def decided(town: Town, address: str) -> gate.Verdict:
    verdict: gate.Verdict = town.opens(Role.GUARD, console.stand, query={"check": address.partition("=")[2]}).values["verdict"]
    return verdict


def asked(town: Town, flat: str = AT_HOME, who: str = "送水的", **form: str) -> WalkUp:
    town.opens(Role.GUARD, console.ask, flat=flat, who=who, **form)
    return town.all(WalkUp)[-1]


def hears(town: Town, openid: str, text: str) -> str:
    def run(session: Session) -> str:
        return heard.hear(Turn(session=session, now=town.now, context=town.context, openid=openid), text)

    return town.database.submit(run).result()


def waits(town: Town) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = town.opens(Role.GUARD, console.waiting).values["waiting"]
    return rows


def kinds(town: Town) -> list[str]:
    return [event.kind for event in town.all(Event) if event.kind.startswith("gate.")]


# ------------------------------------------------------------------ who is expected


@pytest.mark.parametrize("typed", ["3-2-501", "3栋2单元501", "张敏", "敏", "粤B12345", "粤b·12345", " 陈建国 ", "B12345", "2345"])
def test_who_is_expected_is_found_by_flat_name_plate_and_host(town: Town, typed: str) -> None:
    invited(town, plate="粤B12345")
    invited(town, LI, visitor_name="王五")

    assert looked_for(town, typed) == ["张* 3栋2单元501"]
    assert kinds(town) == ["gate.looked"]
    assert "张敏" not in str([event.data for event in town.all(Event)])


@pytest.mark.parametrize("typed", ["粤B1234", "3-2-503", "李四", "K3M9", "粤B12346", "345"])
def test_what_is_nobodys_today_finds_nobody(town: Town, typed: str) -> None:
    invited(town, plate="粤B12345", starts_at=town.now + timedelta(days=2))

    view = town.opens(Role.GUARD, console.check, code=typed)

    assert not view.values["found"]
    assert view.values["typed"] == typed


def test_all_of_a_party_come_in_at_once_and_are_taken_back_at_once(town: Town) -> None:
    pass_ = invited(town, people=4)
    picked(town, pass_)

    rest = decided(town, town.opens(Role.GUARD, console.admit, params={"id": pass_.public_id}, people="3").to)
    more = decided(town, town.opens(Role.GUARD, console.admit, params={"id": pass_.public_id}, people="2").to)
    town.opens(Role.GUARD, console.undo, params={"id": str(rest.passage.id)})

    assert (rest.admitted, rest.passage.people, more.reason) == (True, 3, "used")
    assert town.all(Pass)[0].entries_left == 3


def test_more_than_the_pass_has_room_for_come_in_by_nobody(town: Town) -> None:
    pass_ = invited(town, people=2)

    verdict = decided(town, town.opens(Role.GUARD, console.admit, params={"id": pass_.public_id}, people="3").to)

    assert not verdict.admitted
    assert town.all(Pass)[0].entries_left == 2


def test_who_has_come_in_is_found_as_that(town: Town) -> None:
    picked(town, invited(town))

    [found] = town.opens(Role.GUARD, console.check, code="张敏").values["found"]

    assert found.fault == "used"
    assert town.opens(Role.GUARD, console.stand).values["today"] == []


def test_today_are_those_who_may_still_come_in_the_next_first(town: Town) -> None:
    invited(town, visitor_name="晚", starts_at=town.now + timedelta(hours=5))
    invited(town, visitor_name="早", starts_at=town.now + timedelta(hours=1))
    invited(town, visitor_name="明天", starts_at=town.now + timedelta(days=1))
    used = invited(town, visitor_name="来过")
    picked(town, used)

    shown = town.opens(Role.GUARD, console.stand).values["today"]

    assert [one.made.visitor_name for one in shown] == ["早", "晚"]
    assert [one.fault for one in shown] == ["early", "early"]


def test_whoever_is_picked_uses_an_entry_and_the_host_reads_that_they_are_here(town: Town) -> None:
    pass_ = invited(town, people=2)

    first, second, third = (picked(town, pass_) for _ in range(3))

    assert (first.admitted, first.passage.method) == (True, "picked")
    assert (second.admitted, third.reason) == (True, "used")
    arrived = [words for words in town.told(CHEN) if "进了小区" in words]
    assert arrived == ["张敏10:00进了小区，往3栋2单元501来了。"], "once, not for each of two"


def test_pass_whose_time_has_not_come_lets_nobody_in_however_it_is_picked(town: Town) -> None:
    verdict = picked(town, invited(town, starts_at=town.now + timedelta(hours=5)))

    assert (verdict.admitted, verdict.reason) == (False, "early")
    assert not town.told(CHEN)


def test_marks_that_nobody_sees_are_no_part_of_a_code(town: Town) -> None:
    pass_ = invited(town)

    address = town.opens(Role.GUARD, console.check, code=f"\u200e{pass_.code[:3]}\u200b\u2060{pass_.code[3:]}\ufeff").to

    assert decided(town, address).admitted


# ------------------------------------------------------------------ a slip of the finger


def test_slip_of_the_finger_gives_the_entry_back_and_the_host_reads_otherwise(town: Town) -> None:
    pass_ = invited(town)
    verdict = picked(town, pass_)

    town.opens(Role.GUARD, console.undo, params={"id": str(verdict.passage.id)})

    [kept] = town.all(Pass)
    assert (kept.state, kept.entries_left) == (PassState.ACTIVE, 1)
    assert town.told(CHEN)[-1] == "更正：刚才是门岗点错了，张敏还没有到。"
    assert kinds(town) == ["gate.admitted", "gate.undone"]
    assert picked(town, pass_).admitted


def test_slip_is_taken_back_once_and_only_while_the_visitor_stands_there(town: Town) -> None:
    pass_ = invited(town, people=3)
    number = str(picked(town, pass_).passage.id)
    town.opens(Role.GUARD, console.undo, params={"id": number})

    with pytest.raises(Refusal, match="已经撤回"):
        town.opens(Role.GUARD, console.undo, params={"id": number})
    late = str(picked(town, pass_).passage.id)
    town.now += gate.UNDONE_WITHIN
    with pytest.raises(Refusal, match="不能再撤回"):
        town.opens(Role.GUARD, console.undo, params={"id": late})
    assert town.all(Pass)[0].entries_left == 2


def test_slip_that_many_take_back_at_once_gives_one_entry_back(town: Town) -> None:
    pass_ = invited(town, people=5)
    for _ in range(3):
        number = str(picked(town, pass_).passage.id)

    def undo(_: int) -> bool:
        try:
            town.opens(Role.GUARD, console.undo, params={"id": number})
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(undo, range(4))) == 1
    assert town.all(Pass)[0].entries_left == 3


def test_check_that_let_nobody_in_cannot_be_taken_back(town: Town) -> None:
    refused = picked(town, invited(town, starts_at=town.now + timedelta(hours=5)))

    with pytest.raises(LookupError):
        town.opens(Role.GUARD, console.undo, params={"id": str(refused.passage.id)})


# ------------------------------------------------------------------ who comes without a pass


def test_flat_is_asked_in_the_chat_and_lets_in_by_a_word(town: Town) -> None:
    one = asked(town, people="2", plate="粤B12345")

    [question] = town.told(CHEN)
    assert question.startswith("送水的（2 人），车牌 粤B12345，在小区门口，要去3栋2单元501，让不让进？")
    assert f"/p/walk-ups/{one.public_id}/" in question
    assert town.told(LI) == []
    assert hears(town, CHEN, "同意进门") == "好，门岗会让送水的进来。"
    [row] = waits(town)
    assert (row["one"].answer, row["numbers"]) == (HostAnswer.YES, ())
    verdict = decided(town, town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="host").to)
    assert (verdict.admitted, verdict.visitor, verdict.flat) == (True, "送水的", "3栋2单元501")
    assert waits(town) == []
    assert kinds(town) == ["gate.asked", "gate.answered", "gate.admitted"]


@pytest.mark.parametrize(("said", "agrees"), [
    ("同意进门", True), ("让他进来吧", True), ("好的放行", True), ("放行", True), ("认识，让他上来", True), ("同意", True), ("认识", True), ("是我客人", True),
    ("不同意进门", False), ("别让他进来", False), ("不要放行", False), ("不认识", False), ("拒绝", False), ("没约过", False), ("不要让他上楼", False),
    ("不认识 别让他进", False), ("啊不对 我没叫水 别让他上来", False), ("哦送水的 让他上来吧", True), ("是我老婆叫的 放行", True), ("没点过外卖", False),
    ("让我妈明天下午进来", None), ("水管漏水了", None), ("明天让我妈进来", None), ("同意删除", None), ("不", None),
])  # fmt: skip
def test_words_that_answer_the_gate(town: Town, said: str, agrees: bool | None) -> None:
    asked(town)

    answer = hears(town, CHEN, said)

    assert bool(answer) is (agrees is not None)
    [one] = town.all(WalkUp)
    assert one.answer is {True: HostAnswer.YES, False: HostAnswer.NO, None: HostAnswer.WAITING}[agrees]


def test_what_decides_nothing_is_read_by_the_guard(town: Town) -> None:
    asked(town)

    answer = hears(town, CHEN, "放门口就行")

    assert answer == "好，门岗看得到您说的“放门口就行”。要让送水的进来，回复“同意进门”。"
    [row] = waits(town)
    assert (row["one"].answer, row["one"].words) == (HostAnswer.WAITING, "放门口就行")
    assert hears(town, CHEN, "同意进门") == "好，门岗会让送水的进来。"
    assert waits(town)[0]["one"].words == "放门口就行\n同意进门"


def test_who_let_somebody_in_may_think_better_of_it_until_the_guard_has(town: Town) -> None:
    asked(town)
    hears(town, CHEN, "让他进来吧")

    assert hears(town, CHEN, "等等 不对 我不认识他") == "好，门岗不会让送水的进来。"
    assert waits(town)[0]["one"].answer is HostAnswer.NO


def test_of_two_at_the_gate_the_one_who_is_named_is_meant(town: Town) -> None:
    asked(town, who="修空调的")
    asked(town, who="送快递的")

    assert hears(town, CHEN, "修空调的让他进来") == "好，门岗会让修空调的进来。"
    assert [one.answer for one in town.all(WalkUp)] == [HostAnswer.YES, HostAnswer.WAITING]


def test_stranger_and_neighbour_answer_for_nobody_else(town: Town) -> None:
    asked(town)

    assert [hears(town, openid, "同意进门") for openid in (LI, "oStranger")] == ["", ""]
    assert town.all(WalkUp)[0].answer is HostAnswer.WAITING


def test_bare_word_long_after_is_none_of_the_gates(town: Town) -> None:
    asked(town)
    town.now += walkups.WAITS

    assert hears(town, CHEN, "不认识") == ""
    assert hears(town, CHEN, "不同意进门") == "好，门岗不会让送水的进来。"


def test_word_for_the_gate_puts_nobody_out_who_was_bound_at_home(town: Town) -> None:
    def bind(session: Session) -> None:
        chen = session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        other = people.settle(session, session.get_one(people.Household, chen.household_id), name="陈晓")
        people.bind(session, other, "oXiao", town.now)

    town.database.submit(bind).result()
    asked(town)

    def run(session: Session) -> object:
        return town.services.hear(Turn(session=session, now=town.now, context=town.context, openid=CHEN), "不认识")

    assert town.database.submit(run).result() == "好，门岗不会让送水的进来。"
    assert [one.openid for one in town.all(Resident) if one.name == "陈晓"] == ["oXiao"]


def test_flat_that_does_not_answer_in_three_minutes_is_phoned(town: Town) -> None:
    one = asked(town)
    assert waits(town)[0]["numbers"] == ()

    town.now += walkups.WAITS
    [row] = waits(town)
    town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="phone")

    assert row["is_due"]
    assert town.told(CHEN)[-1].startswith("10:03门岗让送水的进了小区，说是您家电话里同意的。")
    assert town.all(Passage)[-1].method == "phone"


def test_number_is_shown_only_when_the_flat_did_not_answer_and_the_reading_is_an_event(town: Town) -> None:
    def give_number(session: Session) -> None:
        wang = session.exec(select(Resident).where(Resident.name == "王强")).one()
        wang.phone = "13800138000"
        session.add(wang)

    town.database.submit(give_number).result()

    asked(town, "3-2-503")

    [row] = waits(town)
    assert row["one"].told == 0, "nobody is bound there"
    assert row["numbers"] == [("王*", "13800138000")]


def test_guard_lets_nobody_in_whom_the_host_refused_but_may_send_away(town: Town) -> None:
    one = asked(town)
    hears(town, CHEN, "别让他进来")

    with pytest.raises(Refusal, match="还没有同意"):
        town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="host")
    verdict = decided(town, town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="away").to)

    assert (verdict.admitted, verdict.words) == (False, "住户不同意")
    with pytest.raises(Refusal, match="处理过"):
        town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="phone")


def test_whoever_was_sent_away_by_a_slip_waits_again(town: Town) -> None:
    one = asked(town)
    away = decided(town, town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="away").to)

    town.opens(Role.GUARD, console.undo, params={"id": str(away.passage.id)})

    assert (away.words, away.may_undo) == ("住户没有回答", True)
    assert [row["one"].public_id for row in waits(town)] == [one.public_id]


def test_first_word_of_a_flat_counts_and_who_said_it_may_change_it(town: Town) -> None:
    one = asked(town)

    hears(town, CHEN, "不同意进门")
    hears(town, CHEN, "同意进门")
    town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="host")

    assert town.all(WalkUp)[0].answer is HostAnswer.YES
    assert hears(town, CHEN, "不同意进门") == "", "the guard has decided"


def test_page_of_the_question_answers_by_one_button_and_not_by_being_opened(town: Town) -> None:
    one = asked(town)
    chen = next(lives for lives in town.all(Resident) if lives.openid == CHEN)
    params = {"id": one.public_id, "member": chen.public_id}

    view = town.visits(pages.walk_up, **params)
    assert (view.values["is_open"], town.all(WalkUp)[0].answer) == (True, HostAnswer.WAITING)
    with pytest.raises(Refusal, match="请点一个按钮"):
        town.sends(pages.answer_walk_up, params, do="")
    town.sends(pages.answer_walk_up, params, do="yes")

    assert town.all(WalkUp)[0].answer is HostAnswer.YES
    town.now += walkups.STANDS
    with pytest.raises(Refusal, match="门岗已经处理好了"):
        town.sends(pages.answer_walk_up, params, do="no")


def test_link_of_who_does_not_live_there_opens_nothing(town: Town) -> None:
    one = asked(town)
    li = next(lives for lives in town.all(Resident) if lives.openid == LI)

    with pytest.raises(LookupError):
        town.visits(pages.walk_up, id=one.public_id, member=li.public_id)


@pytest.mark.parametrize(("flat", "who", "said"), [
    ("", "送水的", "请写找哪一户"), ("9-9-999", "送水的", "没有“9-9-999”这一户"), ("3-2", "送水的", "不止一户"), (AT_HOME, " ", "请写来的是谁"),
])  # fmt: skip
def test_question_that_cannot_be_asked_stays_in_its_fields(town: Town, flat: str, who: str, said: str) -> None:
    view = town.opens(Role.GUARD, console.ask, flat=flat, who=who)

    assert view.status == 422
    assert said in view.values["fault"]
    assert view.values["asked"]["flat"] == flat.strip()
    assert town.all(WalkUp) == []


def test_flat_is_not_asked_all_day_long(town: Town) -> None:
    for _ in range(walkups.ASKS):
        asked(town)

    view = town.opens(Role.GUARD, console.ask, flat=AT_HOME, who="送水的")

    assert "请打电话" in view.values["fault"]
    assert len(town.all(WalkUp)) == walkups.ASKS


# ------------------------------------------------------------------ who stays too long, and what is forgotten


def test_who_is_not_seen_to_leave_in_time_is_listed_until_they_do(town: Town) -> None:
    pass_ = invited(town, ends_at=town.now + timedelta(hours=2))
    number = picked(town, pass_).passage.id
    town.now += timedelta(hours=3)

    shown = town.opens(Role.GUARD, console.stand).values["staying"]
    assert [(row.passages[0].id, row.one.visitor, row.people) for row in shown] == [(number, "张*", 1)]
    town.opens(Role.GUARD, console.left, params={"id": str(number)})

    assert town.opens(Role.GUARD, console.stand).values["staying"] == []


def test_who_came_by_one_pass_stands_in_one_line_and_leaves_one_by_one_or_together(town: Town) -> None:
    pass_ = invited(town, people=3, ends_at=town.now + timedelta(hours=2))
    first, *_ = [picked(town, pass_).passage.id for _ in range(3)]
    town.now += timedelta(hours=3)

    [row] = town.opens(Role.GUARD, console.stand).values["staying"]
    town.opens(Role.GUARD, console.left, params={"id": str(first)})
    [rest] = town.opens(Role.GUARD, console.stand).values["staying"]
    town.opens(Role.GUARD, console.left, params={"id": str(rest.passages[0].id)}, who="all")

    assert (row.people, rest.people) == (3, 2)
    assert town.opens(Role.GUARD, console.stand).values["staying"] == []


def test_guard_is_told_for_how_many_a_pass_is_and_how_many_are_in(town: Town) -> None:
    pass_ = invited(town, people=3)
    picked(town, pass_)
    picked(town, pass_)
    too_many = decided(town, town.opens(Role.GUARD, console.admit, params={"id": pass_.public_id}, people="2").to)
    words = too_many.words
    picked(town, pass_)
    full = picked(town, pass_)

    assert words == "这张通行证是 3 人的，已经进了 2 人，还可进 1 人"
    assert full.words == "这张通行证是 3 人的，3 人已经进了"


def test_what_the_guard_wrote_is_exported_and_erased_with_who_answered(town: Town) -> None:
    asked(town, plate="粤B12345")
    hears(town, CHEN, "同意进门")

    def run(session: Session) -> Any:
        chen = session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        told = personal.export(turn, chen)
        personal.erase(turn, chen)
        return told

    told = town.database.submit(run).result()
    [one] = town.all(WalkUp)
    assert told["回答过门岗的来客"][0]["来客"] == "送水的"
    assert (one.who, one.plate, one.answered_by) == ("", "", None)


def test_gate_counts_days_as_people_do(town: Town) -> None:
    town.now = datetime(2026, 3, 12, 0, 30, tzinfo=SHANGHAI)
    invited(town, visitor_name="夜里", ends_at=datetime(2026, 3, 12, 2, tzinfo=SHANGHAI))

    assert [one.made.visitor_name for one in town.opens(Role.GUARD, console.stand).values["today"]] == ["夜里"]
    assert expected.SHOWN == 20


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("接孩子的奶奶", "接孩子的奶奶"),
        ("孩子的钢琴老师", "孩子的钢琴老师"),
        ("孩子的王芳阿姨", "孩******"),
        ("陈建国家的妹妹", "陈******"),
        ("王师傅", "王**"),
    ],
)
def test_guard_reads_what_somebody_is_and_nobodys_name(name: str, shown: str) -> None:
    assert gate.mask(name) == shown
