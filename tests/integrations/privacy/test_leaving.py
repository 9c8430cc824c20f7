"""Binding, unbinding, unfollowing, following again and deleting, in every order: each erases what it promises, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select

from bot.contract import Turn, Work, consents, leaving
from bot.dialogue.answer import SILENT, pack
from bot.eraser import Eraser
from bot.store import followers, outbox, people, scope
from bot.store.conversations import Line
from bot.store.database import Database
from bot.store.erasures import Erasure
from bot.store.people import Household, Resident
from integrations.health.models import CheckIn
from integrations.repairs.models import Ticket
from integrations.visitor_passes.models import Pass
from tests.integrations.conftest import LI, Town, settle_in

if TYPE_CHECKING:
    from bot.store.communities import Community

NEW = "oNew"

#: Steps of one order, at most.
LONGEST = 5

STAYS = "邻居的话"


@dataclass(frozen=True, kw_only=True)
class Model:
    """What must be: whether they follow, as whom they are bound, and which of what they said may still stand somewhere."""

    follows: bool = True
    bound: str = ""
    kept: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    done: tuple[str, ...] = field(default=())

    def steps(self) -> Iterator[tuple[str, Model]]:
        """Return what can happen next, and what must be then."""
        if not self.follows:
            yield "follow", replace(self, follows=True)
            return
        if self.bound:
            yield "unbind", replace(self, bound="")
        else:
            yield "bind 甲", replace(self, bound="甲")
            yield "bind 乙", replace(self, bound="乙")
        left = replace(self, bound="", kept=(), gone=(*self.gone, *self.kept))
        yield "unfollow", replace(left, follows=False)
        yield "delete", left


class Life:
    """Does the steps in one transaction that is rolled back to each fork."""

    def __init__(self, town: Town, session: Session, *, eager: bool) -> None:
        self.town, self.session, self.eager = town, session, eager
        self.orders = 0

    def walk(self, model: Model, now: datetime) -> None:
        """Try each order from here on, and hold what stands after each step against the model."""
        with self.session.begin_nested() as savepoint:
            self.erase(now)
            self.check(model)
            savepoint.rollback()
        self.orders += 1
        if len(model.done) == LONGEST:
            return
        for step, then in model.steps():
            with self.session.begin_nested() as savepoint:
                at = now + timedelta(minutes=1)
                self.act(step, at)
                if self.eager:
                    self.erase(at)
                at += timedelta(minutes=1)
                mark = f"记号{len(model.done)}。"
                if then.follows:
                    self.say(mark, at)
                kept = (*then.kept, mark) if then.follows else then.kept
                self.walk(replace(then, kept=kept, done=(*model.done, step)), at)
                savepoint.rollback()
            self.session.expire_all()

    def turn(self, now: datetime) -> Turn:
        scope.enter(self.session, 1)
        return Turn(session=self.session, now=now, context=self.town.context, openid=NEW)

    def act(self, step: str, now: datetime) -> None:
        turn = self.turn(now)
        if step.startswith("bind"):
            turn.bind(self.session.exec(select(Resident).where(Resident.name == step[-1])).one(), NEW)
        elif step == "unbind":
            turn.unbind(turn.me)
        elif step == "follow":
            followers.followed(self.session, NEW, 1, now)
        else:
            leaving.leave(turn, step)
            if step == "unfollow":
                followers.left(self.session, NEW, 1, now)
        self.session.flush()

    def say(self, mark: str, now: datetime) -> None:
        """Say something, and have services keep it while bound."""
        turn = self.turn(now)
        followers.heard(self.session, NEW, 1, now)
        self.session.add(Line(openid=NEW, at=now, speaker="resident", text=mark))
        outbox.queue(self.session, NEW, mark, now)
        turn.assign("talk", "task.view", mark, openid=NEW, text=mark)
        if turn.resident is not None:
            flat, me = turn.flat, turn.me
            assert flat is not None
            consent = consents.give(turn, turn.context.services.purposes["health"])
            where = {"resident_id": me.key, "household_id": flat.key}
            self.session.add(Ticket(**where, category="other", location="", words=mark, opened_at=now, due_at=now))
            self.session.add(Pass(**where, visitor_name=mark, starts_at=now, ends_at=now + timedelta(hours=1), created_at=now))
            self.session.add(CheckIn(
                reporter_id=me.key, resident_id=me.key, consent_id=consent.key, person=mark, day=now.date(), at=now, tenths=365,
            ))  # fmt: skip
        self.session.flush()

    def erase(self, now: datetime) -> None:
        self.session.flush()
        self.session.info.clear()
        eraser = Eraser(self.town.database, lambda: now, lambda _: self.town.context, Path("/nowhere"), pack(SILENT))
        eraser._erase(self.session)
        self.session.flush()
        scope.enter(self.session, 1)

    def check(self, model: Model) -> None:
        connection, tables = self.session.connection(), SQLModel.metadata.tables.values()
        hold = connection.exec_driver_sql(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {table.name})' for table in tables)}").one()
        everything = "\n".join(
            str(tuple(row))
            for table, holds in zip(tables, hold, strict=True) if holds  # asking each of sixty takes most of the time
            for row in connection.execute(table.select())
        )  # fmt: skip
        for mark in model.gone:
            if mark not in model.kept:
                assert mark not in self._closed_titles(everything), (model.done, mark)
        for mark in model.kept:
            assert mark in everything, (model.done, mark)
        self.session.expire_all()
        bound = people.bound(self.session, NEW)
        assert (bound.name if bound else "") == model.bound, model.done
        assert {"甲", "乙", "陈建国"} <= {one.name for one in self.session.exec(select(Resident))}, (
            "the roster is the office's own"
        )
        assert STAYS in everything, model.done
        if model.gone and not model.kept and not model.follows:
            assert NEW not in everything, model.done

    def _closed_titles(self, everything: str) -> str:
        """Return all but the titles of tasks still to be done, which staff need until they are."""
        task = SQLModel.metadata.tables["task"]
        for title in self.session.connection().execute(select_columns(task.c.title).where(task.c.closed_at.is_(None))).scalars():
            everything = everything.replace(f"'{title}'", "", 1)
        return everything


@pytest.mark.parametrize("eager", [True, False], ids=["the eraser is quick", "the eraser comes last"])
def test_every_order_of_coming_and_going_erases_what_it_promises_and_keeps_the_rest(
    sqlite: Database, now: datetime, eager: bool
) -> None:
    def live(session: Session) -> int:
        community: Community = settle_in(session, now)
        town = Town(sqlite, now, community)
        scope.enter(session, 1)
        for name, room in (("甲", "601"), ("乙", "602")):
            flat = Household(building="3", unit="2", room=room)
            session.add(flat)
            session.flush()
            people.settle(session, flat, name=name)
        session.add(Line(openid=LI, at=now, speaker="resident", text=STAYS))
        Work(session=session, now=now, context=town.context)
        life = Life(town, session, eager=eager)
        life.walk(Model(), now)
        return life.orders

    assert sqlite.submit(live).result() == 428


def test_service_that_cannot_erase_now_keeps_nobody_here(town: Town) -> None:
    def fail(work: Work, resident: Resident) -> None:
        raise ValueError("the service is broken")

    changed = [
        replace(one, personal=replace(one.personal, erase=fail)) if one.name == "health" and one.personal else one
        for one in town.services.integrations
    ]
    context = replace(town.context, services=replace(town.services, integrations=changed))
    town.database.submit(
        lambda session: leaving.leave(Turn(session=session, now=town.now, context=context, openid=LI), "deleted")
    ).result()

    assert LI not in [one.openid for one in town.all(Resident)]
    assert [one.openid for one in town.all(Erasure)] == [LI], "the eraser tries again"
