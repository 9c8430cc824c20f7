"""Notices to whom only a service knows: the same people are counted and told, and asked for anew each time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import Session, select

from bot.contract import Work, notices, timing
from bot.contract.notices import Audience, Notice, Reach
from bot.store.outbox import Delivery
from bot.store.people import Resident
from integrations.repairs import actions as repairs
from integrations.repairs.models import Ticket, TicketState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integrations.conftest import Town

TAG = "报修中的住户"
T = TypeVar("T")


def works(town: Town, run: Callable[[Work], T]) -> T:
    return town.database.submit(lambda session: run(Work(session=session, now=town.now, context=town.context))).result()


def reach(town: Town, to: str) -> Reach:
    return works(town, lambda work: notices.count(work, Audience.parse(to)))


def told(town: Town) -> list[str]:
    def run(session: Session) -> list[str]:
        return [session.get_one(Resident, row.resident_id).name for row in session.exec(select(Delivery)).all() if row.notice_id]

    return sorted(town.database.submit(run).result())


def test_those_with_an_open_ticket_are_counted_and_told(town: Town) -> None:
    town.asks("oChen", repairs.report, category="water", location="厨房")

    assert reach(town, TAG).people == 1
    assert reach(town, f"{TAG}、3栋2单元502").people == 2
    works(
        town, lambda work: notices.publish(work, notices.draft(work.session, "停水", "明天停水。", Audience.parse(TAG), work.now))
    )

    assert told(town) == ["陈建国"]


def test_tag_of_a_service_is_no_slip_of_the_pen_while_nobody_belongs_to_it(town: Town) -> None:
    assert (reach(town, TAG).people, reach(town, TAG).unknown) == (0, ())
    assert reach(town, "报修中的住护").unknown == ("报修中的住护",)


def test_recurring_notice_asks_the_service_whenever_it_falls_due(town: Town) -> None:
    def schedule(work: Work) -> Notice:
        notice = notices.draft(work.session, "进度", "师傅在路上。", Audience.parse(TAG), work.now)
        notices.schedule(work.session, notice, timing.by_rule("每天 18:00", work.now), work.now)
        return notice

    works(town, schedule)
    town.asks("oChen", repairs.report, category="water", location="厨房")
    town.now += timedelta(hours=8, seconds=1)
    works(town, notices.publish_due)
    assert told(town) == ["陈建国"]

    works(town, _finish_all)
    town.asks("oLi", repairs.report, category="water", location="厨房")
    town.now += timedelta(days=1)
    works(town, notices.publish_due)

    assert told(town) == ["李梅", "陈建国"]


def _finish_all(work: Work) -> None:
    for ticket in work.session.exec(select(Ticket)).all():
        ticket.state = TicketState.DONE
        work.session.add(ticket)
