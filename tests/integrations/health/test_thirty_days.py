"""Thirty days of people who live alone, with what goes wrong thrown in: nobody who lies on the floor is missed, nobody is asked twice.

Processes die and sleep through hours, two of them tick at once, clocks jump, messages are lost on their way. What is told of each
person is a story written before: who is well and reports, who is well and forgets, who has fallen. The ladder knows none of it.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, SQLModel, col, select

from bot.contract import SHANGHAI, Work
from bot.store import consents, conversations, people
from bot.store.communities import Community
from bot.store.database import Database, connect
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from bot.store.tasks import Task
from integrations.health import ladder
from integrations.health.models import CareAbsence, CareDay, CareRung, CareWish, Rung, Sign
from tests.conftest import Town as Rooms
from tests.integrations.conftest import Town, settle_in

DAYS, PEOPLE, TICK = 30, 5, timedelta(minutes=10)

#: Who has somebody that is asked: a daughter, a neighbour.
NOT_ALONE = frozenset({1, 2})


@dataclass
class Elders:
    """People who live alone, and what the world does to those who watch over them."""

    town: Town
    keys: list[int] = field(default_factory=list)

    def settle(self) -> None:
        def run(session: Session) -> list[int]:
            Work(session=session, now=self.town.now, context=self.town.context)
            found = []
            for number in range(PEOPLE):
                home = Household(building="9", unit="1", room=f"{number + 101}")
                session.add(home)
                session.flush()
                elder = people.settle(session, home, name=f"老人{number}")
                people.bind(session, elder, f"oElder{number}", self.town.now)
                given = consents.give(session, elder, "care", 2, "", self.town.now)
                session.add(CareWish(resident_id=elder.key, consent_id=given.key, at=self.town.now, wants="", expects_from=self.town.now.date(), greets=number % 2 == 0))  # fmt: skip
                found.append(elder.key)
            return found

        self.keys = self.town.database.submit(run).result()

    def surround(self) -> None:
        """Give two of them somebody: a daughter who lives with the second, and for the third a neighbour who agreed to knock."""

        def run(session: Session) -> None:
            Work(session=session, now=self.town.now, context=self.town.context)
            second, third = (session.get_one(Resident, self.keys[number]) for number in (1, 2))
            daughter = people.settle(session, session.get_one(Household, second.household_id), name="女儿")
            people.bind(session, daughter, "oDaughter", self.town.now)
            wish = session.exec(select(CareWish).where(CareWish.resident_id == third.key)).one()
            wish.neighbour_id = self.keys[4]
            session.add(wish)

        self.town.database.submit(run).result()

    def restarts(self) -> None:
        """All connections are gone, as after a restart; what stands is what was committed."""
        self.town.database.engine.dispose()

    def calms(self, number: int, at: datetime) -> bool:
        """The daughter or the neighbour says that somebody is well, once they were asked; returns whether they were."""
        rung, sign, by = {1: (Rung.FAMILY, Sign.FAMILY, "oDaughter"), 2: (Rung.NEIGHBOUR, Sign.NEIGHBOUR, "oElder4")}[number]

        def run(session: Session) -> bool:
            work = Work(session=session, now=at, context=self.town.context)
            asked = select(CareRung).join(CareDay, col(CareDay.id) == col(CareRung.day_id))
            mine = (CareDay.resident_id == self.keys[number], CareDay.day == at.date(), CareDay.sign == "", CareRung.rung == rung)
            if session.exec(asked.where(*mine)).first() is None:
                return False
            who = people.bound(session, by)
            assert who is not None
            ladder.well(work, session.get_one(Resident, self.keys[number]), sign, by=who.about)
            return True

        return self.town.database.submit(run).result()

    def tick(self, at: datetime) -> None:
        """A process looks once."""
        self.town.database.submit(
            lambda session: ladder.climb.run(Work(session=session, now=at, context=self.town.context))
        ).result()

    def dies(self, at: datetime) -> None:
        """A process dies in the midst of its look: nothing of its transaction stands."""

        def run(session: Session) -> None:
            ladder.climb.run(Work(session=session, now=at, context=self.town.context))
            session.flush()
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            self.town.database.submit(run).result()

    def reports(self, number: int, at: datetime) -> None:
        def run(session: Session) -> None:
            work = Work(session=session, now=at, context=self.town.context)
            elder = people.bound(session, f"oElder{number}")
            assert elder is not None
            ladder.well(work, elder, Sign.SAID, by=elder.about)

        self.town.database.submit(run).result()

    def writes(self, number: int, at: datetime) -> None:
        def run(session: Session) -> None:
            Work(session=session, now=at, context=self.town.context)
            conversations.say(session, f"oElder{number}", "resident", "嗯", at)

        self.town.database.submit(run).result()

    def goes(self, number: int, on: date, days: int) -> None:
        def run(session: Session) -> None:
            Work(session=session, now=self.town.now, context=self.town.context)
            wish = session.exec(select(CareWish).where(CareWish.resident_id == self.keys[number])).one()
            session.add(CareAbsence(
                resident_id=wish.resident_id, consent_id=wish.consent_id, begins=on, ends=on + timedelta(days=days - 1), told_by=wish.resident_id,
                at=datetime.combine(on, time(7), SHANGHAI),
            ))  # fmt: skip

        self.town.database.submit(run).result()

    def visited(self, at: datetime) -> list[int]:
        """The staff go to whoever they are sent to; returns who it was."""

        def run(session: Session) -> list[int]:
            work = Work(session=session, now=at, context=self.town.context)
            found = []
            for task in session.exec(select(Task).where(Task.kind == ladder.VISIT, col(Task.closed_at).is_(None))).all():
                day = session.exec(select(CareDay).where(CareDay.public_id == task.subject.partition(":")[2])).one()
                found.append(day.resident_id)
                for one in ladder.waiting(work, [day.resident_id]):
                    ladder.sign(work, one, Sign.VISIT)
                    work.finish(one.subject, "上门看过")
            return found

        return self.town.database.submit(run).result()


def _story(dice: random.Random) -> Mapping[tuple[int, int], str]:
    """Say what each person does on each day: most report, some write something else, some forget, a few have fallen."""
    ways = ["reports"] * 14 + ["writes"] * 3 + ["lost", "forgets", "falls"]
    more = [*ways, *["others say"] * 3]
    return {(day, number): dice.choice(more if number in NOT_ALONE else ways) for day in range(DAYS) for number in range(PEOPLE)}


def test_in_thirty_days_with_faults_nobody_is_missed_and_nobody_asked_twice(town: Town, now: datetime) -> None:
    dice, elders = random.Random(1), Elders(town)
    town.now = datetime.combine(now.date(), time(0, 30), SHANGHAI)
    elders.settle()
    elders.surround()
    story = _story(dice)
    missed, false_visits, real_visits, calmed = [], 0, 0, 0
    for day in range(DAYS):
        on = now.date() + timedelta(days=day)
        if day == 10:
            elders.goes(0, on, 3)
        away = {0} if 10 <= day < 13 else set()
        says_at = {
            number: datetime.combine(on, time(7), SHANGHAI) + timedelta(minutes=dice.randint(0, 175)) for number in range(PEOPLE)
        }
        sleeps = datetime.combine(on, time(8), SHANGHAI) + timedelta(minutes=dice.randint(0, 120))  # a process that is down
        wakes = sleeps + timedelta(minutes=dice.choice([0, 0, 20, 50, 100]))
        said: set[int] = set()
        told_for: set[int] = set()
        at, until = datetime.combine(on, time(7), SHANGHAI), datetime.combine(on, time(12, 30), SHANGHAI)
        while at <= until:
            for number, moment in says_at.items():
                if number in said or number in away or moment > at:
                    continue
                said.add(number)
                way = story[day, number]
                if way == "reports":
                    elders.reports(number, at)
                elif way == "writes":
                    elders.writes(number, at)
            if not sleeps <= at < wakes:
                _look(elders, at, dice)
            for number in sorted(NOT_ALONE - told_for - away):
                if story[day, number] == "others say" and elders.calms(number, at):
                    told_for.add(number)
            at += TICK
        found = elders.visited(until)
        for number, key in enumerate(elders.keys):
            fell, is_out = story[day, number] == "falls", number in away
            missed += [(day, number)] if fell and not is_out and key not in found else []
            real_visits += fell and key in found
            false_visits += (not fell) and key in found
            calmed += number in told_for and key not in found
            assert not (is_out and key in found)
        assert len(found) == len(set(found))

    rungs = Counter((one.day_id, one.rung) for one in town.all(CareRung))
    silent = sum(way in ("lost", "forgets") for (day, number), way in story.items() if not (number == 0 and 10 <= day < 13))
    assert missed == []
    assert real_visits > 0
    assert set(rungs.values()) == {1}
    assert calmed == sum(way == "others say" for way in story.values()) > 0
    assert false_visits == silent  # who is well and gives no sign of it, and nobody else
    told = Counter((one.openid, one.payload["text"], str(one.due_at.date())) for one in _sent(town))
    assert set(told.values()) == {1}


def _look(elders: Elders, at: datetime, dice: random.Random) -> None:
    """Look, with what may go wrong: nothing, a death in the midst, two at once, a clock that is wrong for a moment."""
    match dice.choice(["well", "well", "dies", "two", "behind", "restarts"]):
        case "dies":
            elders.dies(at)
        case "restarts":
            elders.restarts()
            elders.tick(at)
        case "two":
            with ThreadPoolExecutor(2) as replicas:
                list(replicas.map(elders.tick, [at, at]))
        case "behind":
            elders.tick(at - timedelta(minutes=dice.choice([1, 30])))
        case _:
            elders.tick(at)


def _sent(town: Town) -> list[Delivery]:
    return [one for one in town.all(Delivery) if one.openid.startswith("oElder")]


# ------------------------------------------------------------------ in any order


def _empty(folder: Path) -> Database:
    engine = connect(f"sqlite:///{folder / 'linli.db'}")
    SQLModel.metadata.create_all(engine)
    return Rooms(engine)


class Care(RuleBasedStateMachine):
    """All that may happen to somebody who is waited for, in any order."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = datetime(2026, 3, 11, 0, 30, tzinfo=SHANGHAI)
        self.database = _empty(Path(self.folder.name))
        self.database.submit(settle_in, self.now).result()
        community = self.database.submit(lambda session: session.get_one(Community, 1)).result()
        self.elders = Elders(Town(self.database, self.now, community))
        self.elders.settle()

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule(minutes=strategies.sampled_from([1, 10, 30, 60, 240, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.elders.town.now = self.now

    @rule()
    def looks(self) -> None:
        self.elders.tick(self.now)

    @rule()
    def dies(self) -> None:
        self.elders.dies(self.now)

    @rule()
    def restarts(self) -> None:
        """The process ends, and another one opens the same file."""
        self.database.close()
        self.database = self.elders.town.database = Rooms(connect(f"sqlite:///{Path(self.folder.name) / 'linli.db'}"))

    @rule(number=strategies.integers(0, 1))
    def reports(self, number: int) -> None:
        self.elders.reports(number, self.now)

    @rule(number=strategies.integers(0, 1))
    def writes(self, number: int) -> None:
        self.elders.writes(number, self.now)

    @rule(number=strategies.integers(0, 1), days=strategies.integers(1, 3))
    def goes(self, number: int, days: int) -> None:
        self.elders.goes(number, self.now.date(), days)

    @rule()
    def staff_go(self) -> None:
        self.elders.visited(self.now)

    @rule()
    def half_a_day_is_watched(self) -> None:
        """A morning with a look each half an hour ends with a visit to whoever gave no sign and is not away."""
        day = self.now.date() + timedelta(days=1)
        for number in range(13):
            self.now = datetime.combine(day, time(6), SHANGHAI) + timedelta(minutes=30 * number)
            self.elders.town.now = self.now
            self.elders.tick(self.now)
        days = {one.resident_id: one for one in self.elders.town.all(CareDay) if one.day == day}
        away = {one.resident_id for one in self.elders.town.all(CareAbsence) if one.begins <= day <= one.ends}
        waited = {key for key in self.elders.keys if key not in away}
        assert waited <= set(days)
        assert {key for key in waited if not days[key].sign} <= self._to_be_visited()

    def _to_be_visited(self) -> set[int]:
        of = {one.subject: one.resident_id for one in self.elders.town.all(CareDay)}
        return {of[task.subject] for task in self.elders.town.tasks() if task.kind == ladder.VISIT and task.is_open}

    @invariant()
    def each_rung_was_climbed_once_and_in_order(self) -> None:
        if not hasattr(self, "database"):
            return
        order = list(Rung)
        climbed: dict[int, list[int]] = {}
        for one in self.elders.town.all(CareRung):
            climbed.setdefault(one.day_id, []).append(order.index(Rung(one.rung)))
        assert all(those == sorted(set(those)) for those in climbed.values())

    @invariant()
    def nobody_is_on_the_way_to_who_gave_a_sign(self) -> None:
        if not hasattr(self, "database"):
            return
        signed = {one.subject for one in self.elders.town.all(CareDay) if one.sign}
        assert not [
            task for task in self.elders.town.tasks() if task.kind == ladder.VISIT and task.is_open and task.subject in signed
        ]


Care.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
TestCare = Care.TestCase
