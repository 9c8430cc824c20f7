"""The page of a ticket: what a resident reads on it, and what they do there without script."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from bot.contract import Context, Photo, Refusal, Visit
from bot.store.events import Event
from bot.store.staff import Role, Staff
from integrations.repairs import actions, console, own, pages
from integrations.repairs.crewmodels import TicketPicture, TicketQuestion
from integrations.repairs.models import Ticket, TicketState
from tests.integrations.conftest import CHEN

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.integrations.conftest import Town


@pytest.fixture
def ticket(town: Town) -> Ticket:
    town.asks(CHEN, actions.report, category="lighting", location="客厅")
    return town.all(Ticket)[-1]


def does(town: Town, ticket: Ticket, do: str, **form: str) -> Any:
    return town.sends(pages.act, {"number": ticket.number}, do=do, **form).values


def state(town: Town) -> TicketState:
    return town.all(Ticket)[-1].state


def test_urging_on_the_page_is_one_task_however_often_it_is_tapped(town: Town, ticket: Ticket) -> None:
    shown = does(town, ticket, "urge")
    again = does(town, ticket, "urge")

    assert (shown["done"], again["was_urged"], again["may_urge"]) == ("已经帮您催了，负责人马上看到。", True, False)
    assert [one.kind for one in town.tasks()] == ["repair.urged"]
    town.now += own.URGE_AGAIN + timedelta(minutes=1)
    assert town.visits(pages.show, number=ticket.number).values["may_urge"]


def test_who_has_the_ticket_hears_that_it_is_pressed_for_and_called_off(town: Town, ticket: Ticket) -> None:
    def bind(session: Session) -> int:
        member = session.exec(select(Staff).where(Staff.role == Role.STAFF)).one()
        member.openid = "oWorker"
        session.add(member)
        return member.id or 0

    worker = town.database.submit(bind).result()
    town.opens(Role.MANAGER, console.assign, params={"number": ticket.number}, staff=str(worker))
    does(town, ticket, "urge")
    does(town, ticket, "cancel")

    given, pressed, off = town.told("oWorker")
    assert "派给您" in given
    assert f"接 {ticket.number}" in given
    assert "住户在催" in pressed
    assert "不用去了" in off
    assert state(town) is TicketState.CANCELLED
    with pytest.raises(Refusal, match="不用取消"):
        does(town, ticket, "cancel")


def test_done_is_rated_once_and_what_is_not_fixed_goes_on(town: Town, ticket: Ticket) -> None:
    for step in ("working", "done"):
        town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state=step)
    assert town.visits(pages.show, number=ticket.number).values["may_rate"]
    with pytest.raises(Refusal):
        does(town, ticket, "rate", score="9")

    rated = does(town, ticket, "rate", score="2")
    with pytest.raises(Refusal):
        does(town, ticket, "rate", score="5")
    callback = [one.kind for one in town.tasks()]
    does(town, ticket, "reopen")

    assert (rated["done"], callback) == ("谢谢您的评价！", ["repair.callback"])
    assert state(town) is TicketState.WORKING


def test_a_question_is_answered_on_the_page_and_stands_among_the_steps(town: Town, ticket: Ticket) -> None:
    def ask(session: Session) -> None:
        member = session.exec(select(Staff).where(Staff.role == Role.STAFF)).one()
        member.openid = "oWorker"
        session.add(TicketQuestion(ticket_id=ticket.id or 0, staff_id=member.id or 0, at=town.now, text="几点在家？"))

    town.database.submit(ask).result()
    assert town.visits(pages.show, number=ticket.number).values["question"].text == "几点在家？"
    shown = does(town, ticket, "answer", text="三点以后")

    assert [words for _, words in shown["steps"]][-2:] == ["师傅问：几点在家？", "您答：三点以后"]
    assert shown["question"] is None
    assert "三点以后" in town.told("oWorker")[-1]


def test_photos_say_when_they_were_taken_and_only_those_of_the_ticket_are_given(
    town: Town, ticket: Ticket, tmp_path: Path
) -> None:
    (tmp_path / f"{'a' * 64}.jpg").write_bytes(b"\xff\xd8 a picture")

    def send(session: Session) -> list[str]:
        keys = []
        for subject in (ticket.subject, ticket.subject, "ticket:R000000"):
            photo = Photo(openid=CHEN, media_id="m", taken_at=town.now, state="stored", sha256="a" * 64, subject=subject)
            session.add(photo)
            keys.append(photo.public_id)
        session.add(TicketPicture(ticket_id=ticket.id or 0, photo=keys[1], staff_id=1, at=town.now, stage="after"))
        return keys

    first, after, others = town.database.submit(send).result()
    shown = town.visits(pages.show, number=ticket.number).values["photos"]

    def get(key: str) -> bytes:
        def run(session: Session) -> bytes:
            context: Context = town.context
            object.__setattr__(context, "photos", tmp_path)
            visit = Visit(session=session, now=town.now, context=context, params={"number": ticket.number, "photo": key})
            return bytes(pages.picture.run(visit).body)  # type: ignore[union-attr]

        return town.database.submit(run).result()

    assert [shot.words for shot, _ in shown] == ["报修时", "修后"]
    assert all(url.startswith(f"/p/tickets/{ticket.number}/photos/") for _, url in shown)
    assert get(first) == get(after) == b"\xff\xd8 a picture"
    with pytest.raises(LookupError):
        get(others)


def test_that_staff_looked_something_up_is_no_step_of_the_repair(town: Town, ticket: Ticket) -> None:
    def look(session: Session) -> None:
        session.add(
            Event(at=town.now, kind="data.read", subject=ticket.subject, actor="staff:1", data={"what": "居民完整的电话号码"})
        )

    before = town.visits(pages.show, number=ticket.number).values["steps"]
    town.database.submit(look).result()

    assert town.visits(pages.show, number=ticket.number).values["steps"] == before
