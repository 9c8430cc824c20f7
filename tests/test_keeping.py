"""Nothing that people said outlives its term: a word put everywhere is nowhere once the clock has passed them all."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from bot import app
from bot.cli.serving import demo_settings
from bot.console import keeping
from bot.contract import Access, Desk, Work, personal, talks
from bot.contract.keeping import KEPT, TITLE
from bot.dialogue import turn
from bot.simulator.cast import CAST
from bot.store import claims, consents, effects, invitations, people, scope, tasks
from bot.store.consents import ConsentRefusal
from bot.store.conversations import Conversation
from bot.store.database import Database
from bot.store.effects import Effect, EffectState
from bot.store.events import Event
from bot.store.inbox import InboxMessage
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Household
from bot.store.photos import Photo
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from bot.wechat import messages
from integrations.repairs.models import Ticket, TicketNote, TicketState
from tests.integrations.conftest import SERVICES, Town, settle_in
from tests.test_eraser import Home

CHEN, LI = CAST[0].openid, CAST[1].openid
MARK = "青鸾"

#: Where the word must have been, or the test proves nothing.
PLACES = (
    "line", "conversation", "repair_ticket", "repair_note", "visitor_pass", "task", "delivery", "unmatched", "claim", "invitation", "effect",
    "inbox", "photo",
)  # fmt: skip


@pytest.fixture
def home(demo_var: Path, now: datetime) -> Any:
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var), clock=lambda: now)
    yield Home(linli, now)
    linli.database.close()


def tables_with(home: Home, word: str) -> set[str]:
    def look(session: Session) -> set[str]:
        written = (word, json.dumps(word).strip('"'))  # JSON may stand there as \\u9752
        return {
            name for name, table in SQLModel.metadata.tables.items() for row in session.connection().execute(table.select())
            if any(one in str(value) for value in row for one in written)
        }  # fmt: skip

    return home.linli.database.submit(look).result()


def in_town(home: Home, act: Any) -> Any:
    def run(session: Session) -> Any:
        with scope.within(session, home.linli.house.context.community.key):
            return act(session)

    return home.linli.database.submit(run).result()


def live(home: Home) -> None:
    """Put the word everywhere, by the product's own ways."""
    home.say(LI, f"{MARK}哗啦咿呀")
    home.say(
        CHEN,
        f"我妹妹{MARK}明天下午三点来",
        "确认",
        f"厨房水管漏水，就在{MARK}旁边",
        f"转人工，{MARK}的事要投诉",
        f"{MARK}哗啦咿呀",
        f"健康打卡 37.9 {MARK}",
    )
    home.say(CHEN, "同意", "咳嗽", f"着火了，{MARK}在冒烟", "导出我的信息", f"报修{MARK}")
    home.photo(CHEN, "a" * 64)
    (home.photos / f"{'a' * 64}.jpg").write_bytes(MARK.encode())

    def office(session: Session) -> None:
        staff = session.exec(select(Staff).where(Staff.role == Role.MANAGER)).first()
        talk = session.get(Conversation, CHEN)
        me = people.bound(session, CHEN)
        assert staff is not None
        assert talk is not None
        assert me is not None
        desk = Desk(
            session=session,
            now=home.now,
            context=home.linli.house.context,
            staff=staff,
            access=Access(permissions=SERVICES.permissions),
        )
        talks.reply(desk, talk, f"{MARK}的事我们知道了")
        flat = session.get_one(Household, me.household_id)
        claims.claim(session, "oStranger", (MARK, "", "1"), None, home.now)
        invitations.invite(session, me, flat, MARK, home.now, home.now + timedelta(days=1))
        for ticket in session.exec(select(Ticket)).all():
            session.add(TicketNote(ticket_id=ticket.id or 0, at=home.now, text=f"和{MARK}约好了"))
        effects.queue(session, "duty.robot", "one", {"text": MARK}, home.now)
        for effect in session.exec(select(Effect)).all():
            effect.state = EffectState.DEAD
            session.add(effect)
        home_talk = session.get_one(Conversation, CHEN)
        home_talk.standing = {"unused": [[home.now.isoformat(), MARK]]}
        session.add(home_talk)
        for photo in session.exec(select(Photo)).all():
            photo.subject = MARK
            session.add(photo)

    in_town(home, office)
    late = messages.Text(openid=CHEN, account="gh", created_at=home.now, key="late", text=MARK)
    home.linli.database.submit(turn.postpone, late, f"<xml>{MARK}</xml>", home.now, home.linli.house).result()


def settle(home: Home) -> None:
    """The office closes what is open, and WeChat takes what waits."""

    def act(session: Session) -> None:
        for task in session.exec(select(Task)).all():
            tasks.close(session, task, home.now, f"和{MARK}谈好了")
        for ticket in session.exec(select(Ticket)).all():
            ticket.state = TicketState.CLOSED
            session.add(ticket)
        for delivery in session.exec(select(Delivery)).all():
            delivery.state = DeliveryState.SENT
            session.add(delivery)
        talk = session.get_one(Conversation, CHEN)
        talk.waiting_since, talk.staff_id = None, None
        session.add(talk)

    in_town(home, act)


def forget(home: Home) -> None:
    """What happens by itself each hour."""
    for context in home.linli.contexts():
        for service in home.linli.services.integrations:
            for job in personal.forgetting(service):
                home.linli.database.submit(
                    lambda session, job=job, context=context: job.run(Work(session=session, now=home.now, context=context))
                ).result()


async def test_a_word_put_everywhere_is_nowhere_once_all_terms_are_over(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    live(home)
    assert set(PLACES) <= tables_with(home, MARK), "the word must have been there"
    settle(home)

    home.now += timedelta(days=3 * 365 + 2)
    forget(home)
    await home.eraser.sweep()

    assert tables_with(home, MARK) == set()
    assert list(home.photos.iterdir()) == []
    assert MARK not in "".join(capsys.readouterr())


def test_nothing_is_forgotten_before_its_term(home: Home) -> None:
    live(home)
    settle(home)
    before = tables_with(home, MARK)

    home.now += timedelta(days=2, hours=23)
    forget(home)

    assert tables_with(home, MARK) == before


def test_of_what_is_still_to_be_done_nothing_is_forgotten(home: Home) -> None:
    home.say(CHEN, f"转人工，{MARK}的事要投诉")

    home.now += timedelta(days=3 * 365 + 2)
    forget(home)

    assert [task.closed_at for task in home.all(Task) if MARK in str(task.data)] == [None]


def test_a_closed_task_keeps_its_number_and_times_for_the_figures(home: Home) -> None:
    home.say(CHEN, f"转人工，{MARK}的事要投诉")
    settle(home)
    home.now += timedelta(days=366)
    forget(home)

    [task] = home.all(Task)
    assert (task.title, task.openid, task.data, task.outcome) == (TITLE, None, {}, "")
    assert task.number
    assert task.closed_at


def test_messages_are_remembered_for_three_days_against_repeats(home: Home) -> None:
    home.say(CHEN, "你好")
    home.now += timedelta(days=2, hours=23)
    forget(home)
    assert len(home.all(InboxMessage)) == 1

    home.now += timedelta(hours=2)
    forget(home)
    assert home.all(InboxMessage) == []


def test_every_kind_can_be_counted_and_forgotten_on_either_database(database: Database, now: datetime) -> None:
    town = Town(database, now, database.submit(settle_in, now).result())

    def all_kinds(session: Session) -> list[tuple[int, int]]:
        work = Work(session=session, now=now, context=town.context)
        return [
            (kept.due(work, timedelta(days=7)), kept.forget(work))
            for service in SERVICES.integrations for kept in personal.retentions(service).values()
        ]  # fmt: skip

    assert database.submit(all_kinds).result() == [(0, 0)] * len(database.submit(all_kinds).result())


def test_page_shows_each_kind_with_its_term_and_when_it_was_last_forgotten(home: Home) -> None:
    home.say(CHEN, f"{MARK}哗啦咿呀")
    home.now += timedelta(days=175)

    def look(session: Session) -> Any:
        admin = session.exec(select(Staff).where(Staff.role == Role.ADMIN)).first()
        assert admin is not None
        context = home.linli.house.context
        return keeping.show.run(
            Desk(session=session, now=home.now, context=context, staff=admin, access=Access(permissions=SERVICES.permissions))
        )

    by_name = {kind.kept.what: kind for kind in in_town(home, look).values["kinds"]}
    assert (by_name["没听懂的句子"].days, by_name["没听懂的句子"].soon, by_name["体温和症状"].days) == (180, 1, 90)
    assert by_name["没听懂的句子"].last_at is None

    home.now += timedelta(days=6)
    forget(home)
    again = {kind.kept.what: kind for kind in in_town(home, look).values["kinds"]}
    assert (again["没听懂的句子"].last_at, again["没听懂的句子"].last_rows) == (home.now, 1)
    assert "privacy.forgotten" in {event.kind for event in home.all(Event)}
    assert KEPT, "what has no term is listed with its reason"


def test_a_refusal_is_forgotten_after_as_long_as_a_consent_that_was_taken_back(database: Database, now: datetime) -> None:
    town = Town(database, now, database.submit(settle_in, now).result())

    def refuse(session: Session) -> None:
        chen = people.bound(session, "oChen")
        assert chen is not None
        consents.refuse(session, chen, "health", 1, town.now)

    town.database.submit(refuse).result()
    left = []
    for later in (consents.KEPT, timedelta(seconds=1)):
        town.now += later
        for service in SERVICES.integrations:
            for job in personal.forgetting(service):
                town.runs(job.run)
        left.append(len(town.all(ConsentRefusal)))

    assert left == [1, 0]
