"""What services measure: from rows as they are written by what residents and staff do, by period and by building."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.console import measures
from bot.contract import Work, notices, receipts, tasks
from bot.contract.figures import Asked, Figure, Measured, Step, measure, periods
from bot.contract.notices import EVERYBODY
from bot.store import outcomes
from bot.store.outbox import Delivery, DeliveryState
from bot.store.outcomes import Ended, Understood
from bot.store.people import Household
from bot.store.staff import Role, Staff
from integrations.health import actions as health
from integrations.health import figures as of_health
from integrations.notices import figures as of_notices
from integrations.repairs import actions, console
from integrations.repairs import figures as of_repairs
from integrations.repairs.models import Ticket, TicketState
from integrations.visitor_passes import actions as visitors
from integrations.visitor_passes import figures as of_passes
from integrations.visitor_passes import gate
from integrations.visitor_passes.models import Pass, Passage, WalkUp
from tests.integrations.conftest import CATALOGUE, CHEN, LI, SERVICES

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def numbers(town: Town, figure: Figure, building: str = "", weeks: int = 2) -> list[str]:
    """Return what the first row of a figure says, week by week."""
    return [number.words for number in found(town, figure, building, weeks).rows[0].numbers]


def found(town: Town, figure: Figure, building: str = "", weeks: int = 2) -> Measured:
    asked = Asked(periods=periods(Step.WEEK, weeks, town.now.date()), building=building)

    def run(session: Session) -> Measured:
        from dataclasses import replace

        work = Work(session=session, now=town.now, context=replace(town.context, intents=CATALOGUE.intents))
        return measure(work, figure, asked)

    return town.database.submit(run).result()


def does(town: Town, act: Any) -> Any:
    return town.database.submit(lambda session: act(Work(session=session, now=town.now, context=town.context))).result()


def report(town: Town, openid: str = CHEN) -> Ticket:
    town.asks(openid, actions.report, category="water", location="厨房")
    return town.all(Ticket)[-1]


def move(town: Town, ticket: Ticket, state: TicketState) -> None:
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state=state.value)


@pytest.mark.parametrize("figure", SERVICES.figures.values(), ids=lambda figure: str(figure.key))
def test_a_community_where_nothing_happened_has_no_numbers(town: Town, figure: Figure) -> None:
    town.now += timedelta(days=-7000)  # before anybody was bound or had consented

    assert found(town, figure).is_empty
    assert len(figure.definition) > 15


def test_repairs_are_counted_in_the_week_they_were_reported(town: Town) -> None:
    report(town)
    town.now += timedelta(days=7)
    report(town)
    report(town)

    assert numbers(town, of_repairs.opened) == ["1", "2"]


def test_repairs_are_held_against_what_was_promised(town: Town) -> None:
    in_time, late, waiting = report(town), report(town), report(town, LI)
    town.now += timedelta(hours=3)
    move(town, in_time, TicketState.DONE)
    town.now += timedelta(days=2)
    move(town, late, TicketState.DONE)

    assert waiting.state is TicketState.SUBMITTED
    assert numbers(town, of_repairs.solved)[-1] == "33%（1/3）"  # the one that waits is late, too


def test_a_repair_that_is_not_due_yet_counts_neither_way(town: Town) -> None:
    report(town)

    assert numbers(town, of_repairs.solved)[-1] == "没有数据"


def test_whoever_takes_a_repair_on_within_two_office_hours_is_in_time(town: Town) -> None:
    first, second = report(town), report(town)
    town.now += timedelta(minutes=100)
    move(town, first, TicketState.ACCEPTED)
    town.now += timedelta(minutes=40)
    move(town, second, TicketState.ACCEPTED)

    assert numbers(town, of_repairs.first_answer)[-1] == "50%（1/2）"
    assert numbers(town, of_repairs.first_wait)[-1] == "120 分钟（2 次）".replace("120 分钟", "2.0 小时")


def test_by_night_the_promise_runs_from_the_next_opening(town: Town) -> None:
    town.now = town.now.replace(hour=22)
    ticket = report(town)
    town.now = town.now.replace(hour=9) + timedelta(days=1)
    move(town, ticket, TicketState.ACCEPTED)

    assert numbers(town, of_repairs.first_answer)[-1] == "100%（1/1）"


def test_satisfaction_is_the_mean_of_those_who_rated(town: Town) -> None:
    for score in ("5", "2"):
        ticket = report(town)
        move(town, ticket, TicketState.DONE)
        town.asks(CHEN, actions.rate, score=score, ticket=ticket.number)
    report(town)

    assert numbers(town, of_repairs.rating)[-1] == "3.5 分（2 次）"


def test_what_is_reopened_is_counted_of_what_was_done(town: Town) -> None:
    first, second = report(town), report(town, LI)
    for ticket in (first, second):
        move(town, ticket, TicketState.DONE)
    town.asks(LI, actions.urge, unfixed=True)

    assert numbers(town, of_repairs.reopened)[-1] == "50%（1/2）"


def test_a_building_has_numbers_of_its_own(town: Town) -> None:
    report(town)

    assert numbers(town, of_repairs.opened, building="3")[-1] == "1"
    assert numbers(town, of_repairs.opened, building="4")[-1] == "没有数据"


def test_passes_that_opened_the_gate_are_held_against_those_that_are_over(town: Town) -> None:
    for name in ("王芳", "李强"):
        town.asks(CHEN, visitors.invite, visitor_name=name, starts_at=town.now + timedelta(hours=1))
    town.now += timedelta(hours=1)
    [used, _] = town.all(Pass)
    does(town, lambda work: gate.check(work, used.code))
    town.now += timedelta(days=1)

    assert numbers(town, of_passes.invited)[-1] == "2"
    assert numbers(town, of_passes.used)[-1] == "50%（1/2）"
    assert numbers(town, of_passes.admitted)[-1] == "100%（1/1）"


def test_a_notice_reaches_those_whom_wechat_took_it_for(town: Town) -> None:
    def publish(work: Work) -> None:
        notice = notices.draft(work.session, "停水", "明天停水", EVERYBODY, work.now)
        notices.details(notice, place="", contact="", signer="", asks=True)
        notices.publish(work, notice)
        first, _, *_ = work.session.exec(select(Delivery).where(Delivery.state == DeliveryState.ARMED)).all()
        first.state, first.sent_at = DeliveryState.SENT, work.now
        work.session.add(first)
        work.session.flush()
        receipts.acknowledge(work.session, first.id or 0, "button", work.now)

    does(town, publish)

    assert numbers(town, of_notices.reached)[-1] == "33%（1/3）"  # one waits, one is not bound
    assert numbers(town, of_notices.opened)[-1] == "100%（1/1）"  # who said yes has read it
    assert numbers(town, of_notices.acknowledged)[-1] == "100%（1/1）"
    assert numbers(town, of_notices.reached, building="3")[-1] == "33%（1/3）"


def test_people_who_check_in_are_held_against_those_who_consented(town: Town) -> None:
    town.now += timedelta(minutes=1)
    town.asks(CHEN, health.check_in, temperature=36.5, symptoms=["none"])
    town.asks(CHEN, health.check_in, temperature=36.6, symptoms=["none"])

    assert numbers(town, of_health.checked_in)[-1] == "50%（1/2）"


def test_who_is_bound_is_held_against_who_lives_here(town: Town) -> None:
    town.now += timedelta(days=8)

    assert numbers(town, measures.bound) == ["67%（2/3）", "67%（2/3）"]
    assert numbers(town, measures.bound, weeks=4)[:2] == ["没有数据", "没有数据"]


def test_understanding_self_service_and_minutes_saved_are_counted_from_what_messages_came_to(town: Town) -> None:
    def happen(work: Work) -> None:
        note = lambda *what: outcomes.note(work.session, work.now, *what)  # noqa: E731  four words long
        note("repair.report", Understood.AT_ONCE, Ended.NOT_YET)
        note("repair.report", Understood.NOT_ASKED, Ended.SERVED, timedelta(minutes=2))
        note("visitor.invite", Understood.ASKED_BACK, Ended.NOT_YET)
        note("fee.query", Understood.AT_ONCE, Ended.HANDED_OVER)
        note("", Understood.MISSED)

    does(town, happen)

    rows = {row.part: row.whole.words for row in found(town, measures.understood).rows}
    assert rows == {"一次听懂": "50%（2/4）", "反问一句": "25%（1/4）", "没听懂": "25%（1/4）"}
    ranked = {row.part: row.whole.words for row in found(town, measures.understood_by_intent).rows}
    assert ranked == {"报修": "100%（1/1）", "邀请访客": "0%（0/1）", "查物业费": "100%（1/1）"}
    assert numbers(town, measures.self_service)[-1] == "50%（1/2）"
    minutes = CATALOGUE.intents["repair.report"].baseline
    assert minutes is not None
    assert numbers(town, measures.saved)[-1] == f"{minutes.minutes - 2} 分钟（1 次）"  # fees were handed over: nothing


def test_a_first_answer_is_due_before_the_office_closes(town: Town) -> None:
    def opened(at: datetime, answered: datetime | None) -> None:
        def ask(session: Session) -> None:
            from bot.store import scope

            scope.enter(session, town.community.key)
            session.add(tasks.Task(kind="handoff", need="task.view", title="问一下", opened_at=at, answered_at=answered))

        town.database.submit(ask).result()

    morning = town.now
    opened(morning, morning + timedelta(hours=2))
    opened(morning, morning + timedelta(hours=30))
    opened(morning.replace(hour=21), morning.replace(hour=9) + timedelta(days=1))
    opened(morning + timedelta(days=2), None)
    town.now += timedelta(days=2, minutes=10)  # the last one is not due yet

    assert numbers(town, measures.answered_in_time)[-1] == "67%（2/3）"
    assert numbers(town, measures.first_answer)[-1] == "12.0 小时（3 次）"


def test_each_talk_counts_as_a_minute_at_least_however_long_others_took(town: Town) -> None:
    def happen(work: Work) -> None:
        for seconds in (5, 150):
            outcomes.note(work.session, work.now, "repair.report", Understood.NOT_ASKED, Ended.SERVED, timedelta(seconds=seconds))

    does(town, happen)

    before = CATALOGUE.intents["repair.report"].baseline
    assert before is not None
    assert found(town, measures.saved).rows[0].numbers[-1].value == 2 * before.minutes - 1 - 2.5


def test_minutes_saved_are_told_for_a_year_once_weeks_are_over(town: Town) -> None:
    def happen(work: Work) -> None:
        outcomes.note(work.session, work.now, "repair.report", Understood.NOT_ASKED, Ended.SERVED, timedelta(minutes=1))

    for _ in range(3):
        does(town, happen)
        assert found(town, measures.saved, weeks=4).yearly == ""
        town.now += timedelta(days=7)
    does(town, happen)

    before = CATALOGUE.intents["repair.report"].baseline
    assert before is not None
    hours = (before.minutes - 1) / 60 * 365 / 7
    assert found(town, measures.saved, weeks=4).yearly.startswith(f"照已经过完的 3 个时间段算，一年约省 {hours:,.0f} 小时")
    assert found(town, of_repairs.opened, weeks=4).yearly == ""


def test_a_hand_off_that_is_closed_with_its_outcome_was_answered_then(town: Town) -> None:
    def ask(session: Session, at: datetime, staff_id: int | None) -> None:
        from bot.store import scope

        scope.enter(session, town.community.key)
        later = at + timedelta(minutes=30)
        session.add(tasks.Task(kind="handoff", need="task.view", title="问", opened_at=at, closed_at=later, closed_by=staff_id))

    somebody = town.all(Staff)[0].id
    town.database.submit(ask, town.now, somebody).result()
    town.database.submit(ask, town.now, None).result()  # called off by the resident

    assert numbers(town, measures.answered_in_time)[-1] == "100%（1/1）"
    assert numbers(town, measures.first_answer)[-1] == "30 分钟（1 次）"


def test_a_ticket_that_goes_with_another_is_neither_late_nor_unanswered(town: Town) -> None:
    first, double = report(town), report(town, LI)
    town.opens(Role.STAFF, console.merge, params={"number": double.number}, number=first.number)
    town.now += timedelta(minutes=5)
    move(town, first, TicketState.DONE)
    town.now += timedelta(days=9)

    assert numbers(town, of_repairs.opened) == ["2", "0"]
    assert numbers(town, of_repairs.solved)[0] == "100%（1/1）"
    assert numbers(town, of_repairs.first_answer)[0] == "100%（2/2）"


def test_nothing_falls_due_while_the_clock_stands_still(town: Town) -> None:
    ticket = report(town)
    move(town, ticket, TicketState.ACCEPTED)
    town.opens(Role.STAFF, console.wait, params={"number": ticket.number}, waits="parts:ordered", remark="")
    town.now += timedelta(days=9)

    assert numbers(town, of_repairs.solved) == ["没有数据", "没有数据"]


def test_costs_are_added_up_by_who_pays(town: Town) -> None:
    ticket = report(town)
    spend = lambda **form: town.opens(Role.STAFF, console.add_cost, params={"number": ticket.number}, **form)  # noqa: E731  three times
    spend(what="角阀", pieces="2", price="18.50", payer="community")
    spend(what="软管", pieces="1", price="25", payer="resident")
    spend(what="上门工时", pieces="1", price="40", payer="resident")

    rows = {row.part: (row.whole.words, row.whole.plain) for row in found(town, of_repairs.costs).rows}
    assert rows == {"物业承担": ("37.00 元（1 笔）", "37"), "住户承担": ("65.00 元（2 笔）", "65")}
    assert found(town, of_repairs.costs, building="4").is_empty


def test_a_slip_at_the_gate_lets_nobody_in(town: Town) -> None:
    town.asks(CHEN, visitors.invite, visitor_name="王芳", starts_at=town.now + timedelta(hours=1))
    town.now += timedelta(hours=1)
    [pass_] = town.all(Pass)
    does(town, lambda work: gate.check(work, pass_.code))
    does(town, lambda work: _undo(work))
    town.now += timedelta(days=1)

    assert numbers(town, of_passes.used)[-1] == "0%（0/1）"
    assert numbers(town, of_passes.admitted)[-1] == "没有数据"


def _undo(work: Work) -> None:
    [passage] = work.session.exec(select(Passage)).all()
    passage.undone_at = work.now
    work.session.add(passage)


def test_who_came_without_a_pass_is_no_check_of_one(town: Town) -> None:
    does(
        town,
        lambda work: work.session.add(Passage(walk_up_id=None, at=work.now, method="code", admitted=False, reason="unknown")),
    )
    assert numbers(town, of_passes.admitted)[-1] == "0%（0/1）"

    does(town, _walk_up)
    assert numbers(town, of_passes.admitted)[-1] == "0%（0/1）"


def _walk_up(work: Work) -> None:
    flat = work.session.exec(select(Household)).first()
    guard = work.session.exec(select(Staff)).first()
    assert flat is not None
    assert guard is not None
    one = WalkUp(household_id=flat.key, staff_id=guard.id or 0, who="送货的", asked_at=work.now)
    work.session.add(one)
    work.session.flush()
    work.session.add(Passage(walk_up_id=one.id, at=work.now, method="phone", admitted=True))
