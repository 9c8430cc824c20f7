"""When a ticket is due and why, what makes its clock stand still, and who is told while it runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.contract import Turn
from bot.model import SHANGHAI
from bot.store.events import Event
from bot.store.staff import Role, Staff
from integrations.repairs import actions, clock, console, ladder, pages, profiles, tickets
from integrations.repairs.models import Ticket, TicketState
from integrations.repairs.settings import Settings

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN = "oChen"


def reported(town: Town, **slots: Any) -> Ticket:
    town.asks(CHEN, actions.report, **{"category": "water", "location": "厨房", **slots})
    return town.all(Ticket)[-1]


def again(town: Town, ticket: Ticket) -> Ticket:
    return next(one for one in town.all(Ticket) if one.number == ticket.number)


def accepted(town: Town, **slots: Any) -> Ticket:
    ticket = reported(town, **slots)
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state="accepted")
    return again(town, ticket)


def waits(town: Town, ticket: Ticket, why: str = "parts:ordered", remark: str = "") -> Any:
    return town.opens(Role.STAFF, console.wait, params={"number": ticket.number}, waits=why, remark=remark)


def trace(town: Town, ticket: Ticket) -> str:
    return "\n".join(town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["trace"])


def climbed(town: Town) -> list[int]:
    return [event.data["share"] for event in town.all(Event) if event.kind == "repair.climbed"]


def open_tasks(town: Town) -> list[str]:
    return [task.kind for task in town.tasks() if task.is_open]


# ------------------------------------------------------------------ why it is due then


def test_every_row_of_what_ships_names_its_source_and_can_be_counted() -> None:
    rows = profiles.load()

    assert set(rows) == {"urgent", *tickets.CATEGORY_WORDS}
    assert {row.unit for row in rows.values()} == {"minutes", "work_hours", "work_days", "days"}


@pytest.mark.parametrize(("text", "said"), [
    ("water: {minutes: 5}", "source"), ("water: {minutes: 0, source: x}", "minutes is 0"), ("water: {days: 1, minutes: 5, source: x}", "one of"),
    ("wter: {days: 1, source: x}", "'wter' is no kind"), ("[1]", "holds no rows"), ("water: {days: true, source: x}", "days is True"),
    ("water: {days: 1, source: ''}", "source"), ("water: {", "clocks.yaml"),
])  # fmt: skip
def test_file_that_nobody_could_count_by_is_refused_by_row(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "clocks.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=said):
        Settings(keep_days=730, answer_minutes=120, urgent_answer_minutes=30, clocks=str(tmp_path / "clocks.yaml"))


def test_file_of_ones_own_may_name_one_row_alone(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("water: {work_hours: 4, source: 物业合同第三条}", encoding="utf-8")

    rows = profiles.load(str(tmp_path / "own.yaml"))

    assert (rows["water"].source, rows["lift"]) == ("物业合同第三条", profiles.load()["lift"])


def test_ticket_says_why_it_is_due_then(town: Town) -> None:
    ticket = reported(town)

    said = trace(town, ticket)

    assert "从今天（3月11日 周三）10:00起算" in said
    assert "水管漏水：1440 分钟，昼夜都算。出处：水、电、气、热 24 小时（北京 12345 征求意见稿）" in said
    assert said.endswith("所以最晚明天（3月12日 周四）10:00")
    town.now += timedelta(minutes=4)
    said = trace(town, reported(town))
    assert "算到明天（3月12日 周四）10:04，往后凑到整点" in said
    assert said.endswith("所以最晚明天（3月12日 周四）11:00")


def test_working_days_tell_the_holidays_that_lie_between(town: Town) -> None:
    town.now = datetime(2026, 9, 18, 10, tzinfo=SHANGHAI)

    said = trace(town, reported(town, category="wall"))

    assert "9月20日是周末，调休上班，照算" in said
    town.now = datetime(2026, 9, 29, 10, tzinfo=SHANGHAI)
    assert "10月1日到10月7日国庆节放假，不计" in trace(town, reported(town, category="wall"))


def test_year_whose_holidays_nobody_has_announced_is_warned_of(town: Town) -> None:
    town.now = datetime(2031, 3, 3, 10, tzinfo=SHANGHAI)

    assert "2031 年怎么放假、怎么调休，国务院还没有公布" in trace(town, reported(town, category="wall"))


def test_ticket_of_before_says_that_nothing_was_kept_and_goes_on(town: Town) -> None:
    ticket = reported(town)

    def forget(session: Any) -> None:
        session.get_one(Ticket, ticket.id).clock = {}

    town.database.submit(forget).result()
    assert "没有记下" in trace(town, ticket)
    town.now += timedelta(hours=12)
    town.runs(ladder.climb.run)
    assert climbed(town) == [50]


# ------------------------------------------------------------------ the clock stands still


def test_time_in_which_a_part_was_waited_for_does_not_count(town: Town) -> None:
    ticket = accepted(town)
    town.now += timedelta(hours=4)
    waits(town, ticket)
    town.now += timedelta(days=3)
    town.runs(ladder.climb.run)
    assert climbed(town) == []

    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state="working")

    assert again(town, ticket).due_at == ticket.due_at + timedelta(days=3)
    assert "待配件：" in trace(town, ticket)
    assert "接着修了，最晚" in town.told(CHEN)[-1]


def test_resident_is_told_once_what_is_waited_for_and_sees_it(town: Town) -> None:
    ticket = accepted(town)
    told = len(town.told(CHEN))

    waits(town, ticket, remark="周四到货")

    [said] = town.told(CHEN)[told:]
    assert "要等一样配件（配件已经订了；周四到货）" in said
    assert town.visits(pages.show, number=ticket.number).values["waits_for"] == "配件已经订了"
    assert "在等：配件已经订了，期限先停着" in town.says(CHEN, actions.status)
    rows = town.opens(Role.STAFF, console.board).values["columns"]
    assert [(filtered, count) for filtered, _, count, _ in rows if count] == [("paused", 1)]


@pytest.mark.parametrize("why", ["", "parts", "parts:time", "done:x", "owner:nothing"])
def test_nothing_waits_without_a_reason(town: Town, why: str) -> None:
    ticket = accepted(town)

    assert waits(town, ticket, why).status == 422
    assert again(town, ticket).state is TicketState.ACCEPTED


def test_what_nobody_has_accepted_cannot_wait(town: Town) -> None:
    ticket = reported(town)

    assert "受理" in waits(town, ticket).values["fault"]


def test_resident_who_names_a_time_ends_the_waiting_for_them(town: Town) -> None:
    ticket = accepted(town)
    waits(town, ticket, "owner:time")
    assert "在等您：约上门时间" in town.told(CHEN)[-1]
    town.now += timedelta(days=2)
    friday = town.now.replace(hour=14) + timedelta(days=1)

    def says(session: Any) -> None:
        actions.change.run(
            Turn(session=session, now=town.now, context=town.context, openid=CHEN),
            ticket.subject,
            actions.Changes(appointment_at=friday),
        )

    town.database.submit(says).result()

    now = again(town, ticket)
    assert (now.state, now.paused_at, now.due_at) == (TicketState.ACCEPTED, None, friday + clock.URGENT)


def test_ticket_that_waits_too_long_is_put_before_somebody_once(town: Town) -> None:
    waits(town, accepted(town))
    town.now += clock.REVIEW
    town.runs(ladder.climb.run)
    town.now += clock.REVIEW
    town.runs(ladder.climb.run)

    assert open_tasks(town) == ["repair.waiting"]


# ------------------------------------------------------------------ the ladder


def test_each_rung_is_climbed_once_and_one_task_stands_at_a_time(town: Town) -> None:
    reported(town)
    seen = []
    for _ in range(60):
        town.now += timedelta(hours=1)
        town.runs(ladder.climb.run)
        town.runs(ladder.climb.run)
        if not seen or open_tasks(town) != seen[-1]:
            seen.append(open_tasks(town))

    assert climbed(town) == [50, 80, 100, 200]
    assert seen == [[], ["repair.halfway"], ["repair.nearly"], ["repair.overdue"], ["repair.twice"]]


def test_resident_is_told_of_the_breach_with_the_term_that_the_ladder_then_keeps(town: Town) -> None:
    ticket = reported(town)
    town.now = ticket.due_at + timedelta(minutes=1)
    town.runs(ladder.climb.run)

    promised = again(town, ticket).promised_at
    assert promised == ticket.due_at + timedelta(hours=24)
    assert "没能在" in town.told(CHEN)[-1]
    assert "新的期限是明天（3月13日 周五）10:00" in town.told(CHEN)[-1]
    town.now = promised - timedelta(minutes=1)
    town.runs(ladder.climb.run)
    assert climbed(town)[-1] == 100
    town.now = promised
    town.runs(ladder.climb.run)
    assert climbed(town)[-1] == 200
    assert "督办" in town.told(CHEN)[-1]


def test_after_an_outage_only_the_highest_rung_is_put_before_people(town: Town) -> None:
    reported(town)
    town.now += timedelta(days=9)

    town.runs(ladder.climb.run)

    assert climbed(town) == [50, 80, 100, 200]
    assert [task.kind for task in town.tasks()] == ["repair.twice"]
    assert len(town.told(CHEN)) == 1


def test_rung_that_was_not_committed_is_climbed_by_whoever_comes_next(town: Town) -> None:
    reported(town)
    town.now += timedelta(hours=13)

    def dies(work: Any) -> None:
        ladder.climb.run(work)
        raise RuntimeError("gone before the commit")

    with pytest.raises(RuntimeError, match="gone"):
        town.runs(dies)
    assert (climbed(town), open_tasks(town)) == ([], [])

    town.runs(ladder.climb.run)
    assert (climbed(town), open_tasks(town)) == ([50], ["repair.halfway"])


def test_ticket_that_another_replica_looks_at_is_left_to_it(town: Town) -> None:
    if town.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    reported(town)
    town.now += timedelta(hours=13)

    with town.database.engine.connect() as other:
        other.execute(text("SELECT id FROM repair_ticket FOR UPDATE"))
        town.runs(ladder.climb.run)
        assert climbed(town) == []

    town.runs(ladder.climb.run)
    assert climbed(town) == [50]


def test_whoever_has_it_is_reminded_and_the_task_is_theirs(town: Town) -> None:
    def bind(session: Any) -> None:
        session.exec(select(Staff).where(Staff.role == Role.STAFF)).one().openid = "oStaff"

    town.database.submit(bind).result()
    accepted(town)
    town.now += timedelta(hours=12)

    town.runs(ladder.climb.run)

    [task] = town.tasks()
    assert (task.kind, task.claimed_by is not None) == ("repair.halfway", True)
    assert len(town.told("oStaff")) == 1


def test_ticket_put_at_another_time_begins_the_ladder_anew(town: Town) -> None:
    ticket = accepted(town)
    town.now += timedelta(hours=25)
    town.runs(ladder.climb.run)
    later = town.now + timedelta(days=4)

    town.opens(Role.STAFF, console.reschedule, params={"number": ticket.number}, at=f"{later:%Y-%m-%dT%H:%M}")

    now = again(town, ticket)
    assert (now.rung, now.promised_at) == (0, None)


def test_done_tickets_climb_no_further(town: Town) -> None:
    ticket = accepted(town)
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state="done")
    town.now += timedelta(days=5)

    town.runs(ladder.climb.run)

    assert climbed(town) == []
