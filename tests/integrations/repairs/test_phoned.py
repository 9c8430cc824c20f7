"""Who mends and has no WeChat: called by phone, ticked with who and when, and given the sheet of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Refusal
from bot.store.staff import Role, Staff
from integrations.repairs import console, deck, phoned, sheet
from integrations.repairs.models import Ticket
from tests.integrations.repairs.test_dispatching import again, hire, plans, reported

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def old_wang(town: Town) -> int:
    """Take on somebody who has a phone and no WeChat."""
    key = hire(town, "wang", "水电")

    def run(session: Session) -> None:
        member = session.get_one(Staff, key)
        member.name, member.openid, member.phone = "老王", None, "13900001111"

    town.database.submit(run).result()
    return key


def given(town: Town, to: int, **slots: Any) -> Ticket:
    ticket = reported(town, **slots)
    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(to))
    return again(town, ticket)


def told(town: Town, ticket: Ticket) -> bool:
    """Return what all three pages say alike: whether who has it knows."""
    shown = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["is_told"]
    lanes = town.opens(Role.STAFF, deck.desk_of_dispatch).values["lanes"]
    lane = next(one for one in lanes if any(held.number == ticket.number for held, _ in one.held))
    columns = town.opens(Role.STAFF, console.board).values["columns"]
    card = next(row.is_told for *_, rows in columns for row, _ in rows if row.ticket.number == ticket.number)
    assert shown == card == lane.is_told(ticket)
    return bool(shown)


def ticks(town: Town, ticket: Ticket, member: int) -> Any:
    return town.opens(Role.STAFF, phoned.tick, params={"number": ticket.number}, staff=str(member))


def test_who_has_no_wechat_is_not_told_until_somebody_ticks_that_they_called(town: Town) -> None:
    wang = old_wang(town)
    ticket = given(town, wang)
    assert not told(town, ticket)

    town.now += timedelta(minutes=7)
    ticks(town, ticket, wang)

    found = again(town, ticket)
    assert told(town, found)
    assert (found.phoned_id, found.phoned_at) == (wang, town.now)
    timeline = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["timeline"]
    assert ("电话通知了老王", town.now) in [(str(row["words"]), row["at"]) for row in timeline]


def test_who_has_wechat_is_told_by_it(town: Town) -> None:
    assert told(town, given(town, hire(town, "ann", "水电")))


def test_who_has_begun_knows(town: Town) -> None:
    ticket = given(town, old_wang(town))

    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state="working")

    assert told(town, again(town, ticket))


def test_another_worker_and_another_time_are_to_be_told_anew(town: Town) -> None:
    wang, li = old_wang(town), hire(town, "li", "水电")
    ticket = given(town, wang)
    ticks(town, ticket, wang)
    town.now += timedelta(minutes=1)

    town.opens(Role.STAFF, console.agree, params={"number": ticket.number}, slot=f"{wang}@2026-03-12T14:00")
    assert not told(town, again(town, ticket))
    ticks(town, ticket, wang)
    assert told(town, again(town, ticket))
    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(li), why_other="busy")

    assert told(town, again(town, ticket))
    with pytest.raises(Refusal, match="已经不在他手上"):
        ticks(town, ticket, wang)


def test_plan_for_who_cannot_be_written_to_says_to_call_and_is_told_with_the_press(town: Town) -> None:
    wang = old_wang(town)
    ticket = reported(town)
    plans(town)
    [row] = town.opens(Role.STAFF, deck.desk_of_dispatch).values["rows"]
    assert row["planned"] == "打算派给老王，他没绑微信：请打电话说好，再点“就派给他”"

    town.opens(Role.STAFF, deck.give, number=ticket.number, staff_id=str(wang))

    assert told(town, again(town, ticket))


def test_what_is_called_off_is_a_call_to_who_would_go_there(town: Town) -> None:
    wang, ann = old_wang(town), hire(town, "ann", "水电")
    mine, hers = given(town, wang), given(town, ann, location="阳台")

    for ticket in (mine, hers):
        town.opens(Role.STAFF, console.cancel, params={"number": ticket.number}, reason="settled")

    [task] = [task for task in town.tasks() if task.kind == phoned.TELL_OFF]
    assert task.title == f"请打电话告诉老王 13900001111不用去了：3栋2单元501 厨房水管漏水（{mine.number}）"


def test_sheet_of_a_day_has_the_hours_first_and_what_waits_without_one_today_only(town: Town) -> None:
    wang, ann = old_wang(town), hire(town, "ann", "水电")
    urgent, late, early = (given(town, wang, location=place) for place in ("阳台", "厨房", "卫生间"))
    town.opens(Role.STAFF, console.agree, params={"number": late.number}, slot=f"{wang}@2026-03-11T16:00")
    town.opens(Role.STAFF, console.agree, params={"number": early.number}, slot=f"{wang}@2026-03-11T14:00")
    tomorrow = given(town, ann, location="客厅")
    town.opens(Role.STAFF, console.agree, params={"number": tomorrow.number}, slot=f"{ann}@2026-03-12T09:00")

    def lines(**query: str) -> list[tuple[str, list[str]]]:
        sheets = town.opens(Role.STAFF, sheet.show, query=query).values["sheets"]
        return [(one.member.name, [line.ticket.number for line in one.lines]) for one in sheets]

    assert lines() == lines(who=str(wang)) == [("老王", [early.number, late.number, urgent.number])]
    assert lines(day="2026-03-12") == [("ann", [tomorrow.number])]
    assert lines(day="2026-03-12", who=str(wang)) == []
    assert lines(day="nonsense") == lines()


def test_sheet_holds_so_many_and_says_how_many_more(town: Town) -> None:
    wang = old_wang(town)

    def many(session: Session) -> None:
        for number in range(sheet.ON_SHEET + 3):
            session.add(Ticket(
                said_flat="x", category="water", location=str(number), assignee_id=wang, state="accepted", taken_at=town.now, opened_at=town.now,
                due_at=town.now + timedelta(hours=number),
            ))  # fmt: skip

    town.database.submit(many).result()
    [one] = town.opens(Role.STAFF, sheet.show).values["sheets"]

    assert ([line.ticket.location for line in one.lines], one.more) == ([str(number) for number in range(sheet.ON_SHEET)], 3)
