"""The demo's past: what services wrote of it holds all that holds of what really happened."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import select

from bot import app
from bot.cli.serving import demo_settings, seed
from bot.store import sealing
from bot.store.consents import Consent
from bot.store.conversations import Conversation, Line
from bot.store.database import Database
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.notices import Notice
from bot.store.outbox import Delivery, DeliveryState
from bot.store.outcomes import Outcome
from bot.store.people import Binding, Resident
from bot.store.tasks import Task
from integrations.health.models import (
    Campaign,
    CareAbsence,
    CareDay,
    CareProof,
    CareRung,
    CareWish,
    CheckIn,
    Sign,
    Stand,
    Tombstone,
    TookPart,
)
from integrations.repairs import clock
from integrations.repairs.models import OPEN, PAUSED, Ticket, TicketCost, TicketState
from integrations.visitor_passes.models import Pass, Passage, PassKind, WalkUp


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The smaller of the demo's communities with its past."""
    settings = demo_settings(host="127.0.0.1", port=1, var=tmp_path_factory.mktemp("lived") / "var")
    seed(settings, ("demo-east",), lives=True)
    database = app.reach_database(settings)
    yield database
    database.close()


T = TypeVar("T")

HOUR = timedelta(hours=1)


def all_of(lived: Database, kind: type[T]) -> list[T]:
    return lived.submit(lambda session: list(session.exec(select(kind)).all())).result()


def test_seven_of_ten_are_bound_each_by_one_account_that_follows(lived: Database) -> None:
    residents = all_of(lived, Resident)
    bound = [one for one in residents if one.openid]

    assert 0.68 < len(bound) / len(residents) < 0.72
    holding = {(one.openid, one.resident_id) for one in all_of(lived, Binding) if one.ended_at is None}
    assert holding >= {(one.openid, one.id) for one in bound if one.openid and one.openid.startswith("oDemoPast")}
    assert {one.openid for one in all_of(lived, Follower)} >= {one.openid for one in bound}


def test_what_became_of_each_notice_adds_up_and_nothing_waits_to_be_sent(lived: Database) -> None:
    deliveries = all_of(lived, Delivery)
    told: Counter[str] = Counter()
    for event in all_of(lived, Event):
        told[event.subject] += event.data["people"] if event.kind == "notice.published" else 0  # a weekly one each week

    assert not {DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING} & {one.state for one in deliveries}
    assert {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNREACHABLE} <= {
        one.state for one in deliveries
    }
    for notice in all_of(lived, Notice):
        if notice.published_at is not None:
            assert sum(one.notice_id == notice.id for one in deliveries) == told[f"notice:{notice.public_id}"]
    for one in deliveries:
        assert (one.sent_at is not None) == (one.state in (DeliveryState.SENT, DeliveryState.DELIVERED))
        assert one.acknowledged_at is None or (one.read_at is not None and one.read_at <= one.acknowledged_at)
        assert one.state is not DeliveryState.UNREACHABLE or one.openid is None


def test_every_check_in_has_the_consent_of_who_told_it_given_before(lived: Database) -> None:
    consents = {one.id: one for one in all_of(lived, Consent)}

    found = all_of(lived, CheckIn)
    assert found
    for made in found:
        consent = consents[made.consent_id]
        assert consent.resident_id == made.reporter_id
        assert consent.given_at <= made.at
        assert "体温" in consent.words


def test_tickets_are_in_every_state_and_say_what_their_log_says(lived: Database) -> None:
    happened: dict[str, list[str]] = {}
    for event in sorted(all_of(lived, Event), key=lambda event: event.id or 0):
        happened.setdefault(event.subject, []).append(event.kind)

    tickets = all_of(lived, Ticket)
    assert {one.state for one in tickets} >= {TicketState.SUBMITTED, TicketState.WORKING, TicketState.DONE, TicketState.CLOSED}
    for one in tickets:
        log = happened[one.subject]
        assert log[0] == "repair.opened"
        assert (one.rating is not None) == ("repair.rated" in log)
        assert one.reopened == log.count("repair.reopened")
        assert (one.state is TicketState.CANCELLED) == ("repair.cancelled" in log)


def test_passes_let_in_no_more_than_they_are_for(lived: Database) -> None:
    passages = all_of(lived, Passage)
    for one in all_of(lived, Pass):
        inside = sum(passage.admitted for passage in passages if passage.pass_id == one.id)
        assert one.entries_left == (one.people if one.kind.is_repeated else one.people - inside)


def test_the_log_goes_back_sixty_days_in_the_order_of_time_and_says_nothing_of_what_is_to_come(lived: Database) -> None:
    now = app.clock()
    events = [event for event in sorted(all_of(lived, Event), key=lambda event: event.id or 0) if event.kind != "roster.imported"]
    past = [event.at for event in events if event.at < now - timedelta(minutes=10)]

    assert past == sorted(past)
    assert max(event.at for event in events) <= now
    assert timedelta(days=55) < now - past[0] < timedelta(days=62)
    assert all(outcome.day <= now.date() for outcome in all_of(lived, Outcome))


def test_somebody_waits_for_a_person_and_others_had_their_answer(lived: Database) -> None:
    handed = [task for task in all_of(lived, Task) if task.kind == "handoff"]

    assert any(task.is_open and task.answered_at is None for task in handed)
    assert any(not task.is_open and task.answered_at is not None for task in handed)
    assert all(task.rung_at is None for task in all_of(lived, Task))  # nobody is called for what has gone by


def test_what_is_personal_is_sealed_and_opens(lived: Database) -> None:
    assert sealing.faults(lived.engine, sample=200) == []
    words = Path(str(lived.engine.url.database)).read_bytes()
    assert "厨房水管漏水了".encode() not in words


def test_a_demo_is_bare_unless_it_is_to_live(seeded: Path) -> None:
    database = sqlite3.connect(seeded / "linli.db")

    assert database.execute("SELECT count(*) FROM outcome").fetchone() == (0,)
    database.close()


def test_what_tickets_waited_for_cost_and_went_with_is_told_too(lived: Database) -> None:
    tickets = {one.id: one for one in all_of(lived, Ticket)}
    happened: dict[str, list[Event]] = {}
    for event in all_of(lived, Event):
        happened.setdefault(event.subject, []).append(event)

    assert {one.ticket_id for one in all_of(lived, TicketCost)} <= set(tickets)
    spent = sum(event.data["fen"] for log in happened.values() for event in log if event.kind == "repair.cost_added")
    assert 0 < sum(one.total for one in all_of(lived, TicketCost)) == spent
    merged = [one for one in tickets.values() if one.state is TicketState.MERGED]
    assert merged
    for one in merged:
        into = tickets[one.merged_into_id]
        assert any(event.kind == "repair.joined" and event.data["other"] == one.number for event in happened[into.subject])
    for one in tickets.values():
        climbed = [event for event in happened[one.subject] if event.kind == "repair.climbed"]
        assert len(climbed) >= one.rung  # a ticket that was opened again begins anew
        assert (one.state in PAUSED) == (one.paused_at is not None)


def test_no_ticket_climbs_the_moment_the_demo_is_opened(lived: Database) -> None:
    now = app.clock()
    waiting = [one for one in all_of(lived, Ticket) if one.state in OPEN and one.state not in PAUSED]

    assert waiting
    for one in waiting:
        shares = [share for share in clock.RUNGS if clock.term_of(one).at(share) <= now - timedelta(minutes=10)]
        assert one.rung >= len(shares) or one.reopened, one.number


def test_who_is_asked_after_was_heard_of_each_day(lived: Database) -> None:
    now, wishes, days = app.clock(), all_of(lived, CareWish), all_of(lived, CareDay)
    consents = {one.id for one in all_of(lived, Consent)}
    away = {(one.resident_id, one.begins, one.ends) for one in all_of(lived, CareAbsence)}

    assert wishes
    assert {Sign.SAID, Sign.VISIT} <= {one.sign for one in days}
    for day in days:
        assert day.consent_id in consents
        assert day.sign or day.due_at.date() == now.date()
        assert not any(who == day.resident_id and begins <= day.day <= ends for who, begins, ends in away)
    visited = {one.id for one in days if one.sign == Sign.VISIT}
    assert visited == {one.day_id for one in all_of(lived, CareProof)}
    assert visited <= {one.day_id for one in all_of(lived, CareRung)}


def test_visitors_of_each_kind_came_and_some_without_a_pass(lived: Database) -> None:
    passes = all_of(lived, Pass)
    assert {one.kind for one in passes} >= {PassKind.VISIT, PassKind.REGULAR, PassKind.DELIVERY}
    passages = all_of(lived, Passage)
    assert all((one.pass_id is None) != (one.walk_up_id is None) for one in passages)
    asked = {one.id: one for one in all_of(lived, WalkUp)}
    ended = {one.walk_up_id for one in passages if one.walk_up_id}
    assert ended == {key for key, one in asked.items() if one.ended_at is not None}


def test_nobody_says_anything_before_they_have_an_account(lived: Database) -> None:
    spoken = {one.openid for one in lived.submit(lambda session: list(session.exec(select(Conversation)).all())).result()}
    bound = {one.openid: one.bound_at for one in lived.submit(lambda session: list(session.exec(select(Binding)).all())).result()}
    lines = lived.submit(lambda session: list(session.exec(select(Line).where(Line.speaker == "resident")).all())).result()

    assert "" not in spoken
    assert [line for line in lines if line.openid in bound and line.at < bound[line.openid] - timedelta(hours=1)] == []


def test_a_campaign_is_over_and_erased_and_another_one_runs(lived: Database) -> None:
    over, runs = sorted(all_of(lived, Campaign), key=lambda one: one.begins)
    answers, [stone] = all_of(lived, TookPart), all_of(lived, Tombstone)

    assert over.erased_at is not None
    assert not [one for one in answers if one.campaign_id == over.id]
    assert not [one for one in all_of(lived, CheckIn) if one.campaign_id == over.id]
    assert stone.campaign_id == over.id
    assert stone.counts["checkins"] == sum(told for _, _, told, _ in stone.stays) > 0
    assert sum(unwell for *_, unwell in stone.stays) > 0
    assert stone.counts["reminders"] > 0
    assert runs.ended_at is None
    assert runs.begins < app.clock().date() <= runs.ends
    told = Counter(one.resident_id for one in all_of(lived, CheckIn) if one.campaign_id == runs.id)
    assert told
    assert told == Counter(one.resident_id for one in answers if one.stand == Stand.TOLD)
    assert {one.stand for one in answers} == {Stand.TOLD, Stand.ABSENT}
    missing = [one for one in all_of(lived, Task) if one.kind == "health.missing"]
    assert len(missing) >= 6 + 3
    assert all(one.closed_at is not None or one.opened_at > app.clock() - HOUR for one in missing)
