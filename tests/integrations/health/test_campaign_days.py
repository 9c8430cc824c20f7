"""A campaign over thirty days in which everything happens in any order: what a plain book of who said what knows, its list of the missing says too."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import Session, SQLModel, select

from bot.contract import SHANGHAI, Turn, Work
from bot.contract import consents as contract
from bot.store import consents, people
from bot.store.communities import Community
from bot.store.database import Database, connect
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.health import actions, campaign_pages, campaigns, purposes, reminders
from integrations.health.models import Campaign, CheckIn, Reminder, Stated, Tombstone, TookPart
from tests.conftest import Town as Rooms
from tests.integrations.conftest import Town, settle_in
from tests.integrations.health.test_campaigns import Round

DAYS, KEEP = 30, 14


def _empty(folder: Path) -> Database:
    engine = connect(f"sqlite:///{folder / 'linli.db'}")
    SQLModel.metadata.create_all(engine)
    return Rooms(engine)


class Days(RuleBasedStateMachine):
    """Residents, staff and time; `book` is the oracle: who is known to have answered in which window."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        now = datetime(2026, 3, 11, 7, 30, tzinfo=SHANGHAI)
        self.database = _empty(Path(self.folder.name))
        self.database.submit(settle_in, now).result()
        community = self.database.submit(lambda session: session.get_one(Community, 1)).result()
        self.held = Round(Town(self.database, now, community))
        self.begins = now.date()
        self.held.made(ends=(self.begins + timedelta(days=DAYS - 1)).isoformat())
        self.lives = {"陈建国", "李梅", "王强"}
        self.book: set[tuple[date, int, str]] = set()
        self.unwilling: set[str] = set()
        self.paused = self.ended = False
        self.ended_on = self.begins + timedelta(days=DAYS - 1)
        self.guests = 0

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    # -- what is

    @property
    def now(self) -> datetime:
        return self.held.town.now

    @property
    def part(self) -> int:
        return int(self.now.time() >= time(16))

    @property
    def runs(self) -> bool:
        return not self.paused and not self.ended and self.now.date() <= self.ended_on

    # -- what happens

    @rule(minutes=strategies.sampled_from([5, 40, 90, 240, 720, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.held.town.now += timedelta(minutes=minutes)

    @rule(days=strategies.integers(2, 9))
    def days_pass(self, days: int) -> None:
        self.held.at(9, day=self.now.date() + timedelta(days=days))

    @rule(who=strategies.sampled_from(["陈建国", "李梅"]), tenths=strategies.integers(358, 389), corrects=strategies.booleans())
    def answers(self, who: str, tenths: int, corrects: bool) -> None:
        if who not in self.lives or who in self.unwilling:
            return
        openid = {"陈建国": "oChen", "李梅": "oLi"}[who]

        def run(session: Session) -> None:
            words = f"说错了，{tenths / 10}" if corrects else f"{tenths / 10}"
            turn = Turn(session=session, now=self.now, context=self.held.town.context, openid=openid, said=words)
            slots = {"temperature": tenths / 10, "symptoms": ["none"]}
            if corrects:
                actions.correct(turn, f"checkin:{self.now.date().isoformat()}", slots)
            else:
                actions.check_in(turn, slots)

        self.database.submit(run).result()
        if self.runs:
            self.book.add((self.now.date(), self.part, who))

    @rule()
    def somebody_moves_in(self) -> None:
        self.guests += 1
        self.held.settle(f"租客{self.guests}", "502")
        self.lives.add(f"租客{self.guests}")

    @precondition(lambda self: getattr(self, "guests", 0))
    @rule(number=strategies.integers(1, 3))
    def somebody_moves_out(self, number: int) -> None:
        name = f"租客{number}"
        if name not in self.lives:
            return

        def run(session: Session) -> None:
            work = Work(session=session, now=self.now, context=self.held.town.context)
            who = session.exec(select(Resident).where(Resident.name == name)).one()
            work.move_out(who, session.get_one(Household, who.household_id))

        self.database.submit(run).result()
        self.lives.discard(name)

    @precondition(lambda self: "李梅" not in getattr(self, "unwilling", {"李梅"}))
    @rule()
    def a_consent_is_taken_back(self) -> None:
        def run(session: Session) -> None:
            work = Work(session=session, now=self.now, context=self.held.town.context)
            li = people.bound(session, "oLi")
            assert li is not None
            contract.end(work, li, purposes.CHECK_IN)

        self.database.submit(run).result()
        self.unwilling.add("李梅")
        self.book = {one for one in self.book if one[2] != "李梅"}

    @precondition(lambda self: "李梅" in getattr(self, "unwilling", ()))
    @rule()
    def and_given_again(self) -> None:
        def run(session: Session) -> None:
            Work(session=session, now=self.now, context=self.held.town.context)
            li = people.bound(session, "oLi")
            assert li is not None
            consents.give(session, li, "health", 1, "", self.now)

        self.database.submit(run).result()
        self.unwilling.discard("李梅")

    @precondition(lambda self: getattr(self, "runs", False))
    @rule(absent=strategies.booleans())
    def staff_ask_at_the_door(self, absent: bool) -> None:
        campaign = self.held.town.all(Campaign)[0]
        self.held.asks_at_door(campaign, "王强", **({"absent": "door"} if absent else {"value": "36.5", "agreed": "1"}))
        self.book.add((self.now.date(), self.part, "王强"))

    @precondition(lambda self: getattr(self, "runs", False))
    @rule()
    def staff_take_back_what_they_noted(self) -> None:
        """It was nobody's: whom it was noted of is missing again, and nothing of it is left."""
        campaign = self.held.town.all(Campaign)[0]
        here = [
            one for one in self.held.town.all(TookPart) if one.staff_id and (one.day, one.part) == (self.now.date(), self.part)
        ]
        for one in here:
            params = {"key": campaign.public_id, "answer": str(one.id)}
            self.held.town.opens(Role.STAFF, campaign_pages.righted, params=params)
            self.book.discard((self.now.date(), self.part, "王强"))

    @rule()
    def it_restarts(self) -> None:
        """The process ends, and another one opens the same file."""
        self.database.close()
        self.database = self.held.town.database = Rooms(connect(f"sqlite:///{Path(self.folder.name) / 'linli.db'}"))

    @precondition(lambda self: not getattr(self, "ended", True) and self.now.date() <= self.ended_on)
    @rule()
    def staff_pause_or_take_it_up(self) -> None:
        page = campaign_pages.resume if self.paused else campaign_pages.pause
        self.held.town.opens(Role.MANAGER, page, params={"key": self.held.town.all(Campaign)[0].public_id})
        self.paused = not self.paused

    @precondition(
        lambda self: (
            not getattr(self, "ended", True)
            and self.now.date() > self.begins + timedelta(days=12)
            and self.now.date() <= self.ended_on
        )
    )
    @rule()
    def staff_end_it(self) -> None:
        self.held.town.opens(Role.MANAGER, campaign_pages.end, params={"key": self.held.town.all(Campaign)[0].public_id})
        self.ended, self.ended_on = True, self.now.date()

    @rule()
    def jobs_run(self) -> None:
        self.held.town.runs(reminders.remind.run)
        self.held.town.runs(reminders.bury.run)

    @rule()
    def a_process_dies_in_a_reminder(self) -> None:
        def run(session: Session) -> None:
            reminders.remind.run(Work(session=session, now=self.now, context=self.held.town.context))
            session.flush()
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            self.database.submit(run).result()

    # -- what holds

    @invariant()
    def the_list_of_the_missing_is_what_the_book_says(self) -> None:
        if not hasattr(self, "database") or not self.runs:
            return
        answered = {who for day, part, who in self.book if (day, part) == (self.now.date(), self.part)}
        assert set(self.held.missing()) == self.lives - answered - self.unwilling

    @invariant()
    def nobody_is_reminded_at_night_twice_or_having_answered(self) -> None:
        if not hasattr(self, "database"):
            return
        rows = self.held.town.all(Reminder)
        assert all(time(7) <= one.at.astimezone(SHANGHAI).time() < time(21) for one in rows)
        names = {one.key: one.name for one in self.held.town.all(Resident)}
        firsts = {
            (one.day, one.part, names[one.resident_id]): one.at for one in self.held.town.all(TookPart) if one.resident_id and not one.staff_id
        }  # fmt: skip
        for one in rows:
            part = int(one.at.astimezone(SHANGHAI).time() >= time(16))
            was_first = firsts.get((one.day, part, names[one.resident_id]))
            made = [
                made.at for made in self.held.town.all(CheckIn)
                if made.resident_id == one.resident_id and made.day == one.day and made.campaign_id and int(made.at.astimezone(SHANGHAI).time() >= time(16)) == part
            ]  # fmt: skip
            assert was_first is None or not made or min(made) >= one.at

    @invariant()
    def nothing_personal_outlives_the_term(self) -> None:
        if not hasattr(self, "database"):
            return
        [campaign] = self.held.town.all(Campaign)
        if campaign.erased_at is None:
            assert self.held.town.all(Tombstone) == []
            return
        assert campaign.erased_at.astimezone(SHANGHAI).date() >= self.ended_on + timedelta(days=KEEP)
        assert [one for one in self.held.town.all(CheckIn) if one.campaign_id] == []
        assert [self.held.town.all(kind) for kind in (TookPart, Stated, Reminder)] == [[], [], []]
        assert len(self.held.town.all(Tombstone)) == 1


Days.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
TestDays = Days.TestCase


def test_in_thirty_days_every_window_is_counted_right_and_then_all_of_it_goes(town: Town) -> None:
    held = Round(town).at(7, 30)
    begins = town.now.date()
    held.made(ends=(begins + timedelta(days=DAYS - 1)).isoformat())
    told = 0
    for number in range(DAYS):
        day = begins + timedelta(days=number)
        for hour, speaks in ((8, number % 3 != 0), (17, number % 4 != 0)):
            held.at(hour, day=day)
            if speaks:
                held.says("oChen", "36.5", temperature=36.5, symptoms=["none"])
                told += 1
            assert ("陈建国" in held.missing()) is not speaks
            for minute in (0, 1):
                held.at(hour + 1, minute, day=day).town.runs(reminders.remind.run)
    assert len([one for one in town.all(TookPart) if one.stand == "told"]) == told
    assert len([one for one in town.all(Reminder) if one.resident_id == 1]) == 2 * DAYS - told
    assert len(town.told("oLi")) == 2 * DAYS
    held.at(1, day=begins + timedelta(days=DAYS - 1 + KEEP)).town.runs(reminders.bury.run)

    [stone] = town.all(Tombstone)
    assert sum(row[2] for row in stone.stays) == told
    assert (town.all(TookPart), town.all(CheckIn)) == ([], [])
    assert campaigns.state_of(town.all(Campaign)[0], town.now) is campaigns.State.ERASED
