"""When notices fall due, on both databases, with the clock passed in: paused, left out, missed, under clocks that jump, with two replicas."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.errors import Refusal
from bot.language.recurrence import Recurrence, spoken
from bot.store import notices, occurrences
from bot.store.audience import Audience
from bot.store.communities import Community
from bot.store.database import Database, connect
from bot.store.events import Event
from bot.store.notices import Notice, NoticeState
from bot.store.occurrences import Became, Occurrence, Plan
from bot.store.outbox import Delivery
from bot.store.people import Household, settle
from tests.conftest import RING

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: The Monday after the day on which all tests begin, a Wednesday.
MONDAY = datetime.fromisoformat("2026-03-16T09:00+08:00")


def settle_in(session: Session) -> None:
    """Two people in building 3."""
    if session.exec(select(Community)).first() is None:
        session.add(Community(appid="wx1", name="和苑小区"))
        session.flush()
    for room in ("501", "502"):
        home = Household(building="3", unit="2", room=room)
        session.add(home)
        session.flush()
        settle(session, home)


class Notices:
    """One notice of a database, dealt with as staff and ticks do, each time in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def plan(
        self, now: datetime, words: str = "", at: datetime | None = None, grace: timedelta = occurrences.GRACE
    ) -> None:
        def run(session: Session) -> None:
            settle_in(session)
            notice = notices.draft(session, "例会", "九点开会", Audience.parse("全体"), now)
            occurrences.schedule(session, notice, Plan(due_at=at, rule=rule_of(words, now), grace=grace), now, actor="staff:jl")

        await self.database.write(run)

    async def do(self, what: Callable[..., Any], *args: Any, **more: Any) -> Any:
        def run(session: Session) -> Any:
            return what(session, session.exec(select(Notice)).one(), *args, **more)

        return await self.database.write(run)

    async def tick(self, now: datetime) -> int:
        """Let a replica look at a moment; returns how many notices it published."""
        return len(await self.database.write(occurrences.publish_due, now))

    async def notice(self) -> Notice:
        return await self.database.read(lambda session: session.exec(select(Notice)).one())

    async def due(self) -> str:
        notice = await self.notice()
        return f"{notice.due_at:%m-%d %H:%M}" if notice.due_at else ""

    async def told(self) -> list[str]:
        """Return the times for which people were told, once for each person."""
        rows = await self.database.read(lambda session: session.exec(select(Delivery)).all())
        return sorted(f"{row.occurrence:%m-%d %H:%M}" for row in rows if row.occurrence)

    async def noted(self) -> dict[str, str]:
        rows = await self.database.read(lambda session: session.exec(select(Occurrence)).all())
        return {f"{row.at:%m-%d %H:%M}": row.became.value for row in sorted(rows, key=lambda row: row.at)}

    async def logged(self) -> list[tuple[str, str]]:
        rows = await self.database.read(lambda session: session.exec(select(Event).order_by(Event.id)).all())  # type: ignore[arg-type]
        return [(row.kind, row.actor) for row in rows]


@pytest.fixture
def town(database: Database) -> Notices:
    return Notices(database)


def rule_of(words: str, now: datetime) -> Recurrence | None:
    return spoken.read(words, now) if words else None


# ------------------------------------------------------------------ by the clock


async def test_recurring_notice_goes_out_once_each_time(town: Notices, now: datetime) -> None:
    await town.plan(now, "每周一 9点")

    assert [await town.tick(MONDAY + ahead) for ahead in (-timedelta(seconds=1), timedelta(), timedelta(seconds=1), 7 * DAY)] == [
        0,
        1,
        0,
        1,
    ]
    assert await town.told() == ["03-16 09:00"] * 2 + ["03-23 09:00"] * 2
    assert await town.noted() == {"03-16 09:00": "sent", "03-23 09:00": "sent"}
    assert await town.due() == "03-30 09:00"


async def test_line_of_cron_that_was_kept_before_goes_on(town: Notices, now: datetime) -> None:
    await town.plan(now, "每天 9点")
    await town.do(
        lambda session, notice: (
            setattr(notice, "rule", {"cron": "0 9 * * mon"}) or occurrences.resume(session, _stopped(notice), now)
        )
    )

    assert await town.due() == "03-16 09:00"
    assert await town.tick(MONDAY) == 1
    assert (await town.notice()).recurrence == rule_of("每周一 9点", now)


def _stopped(notice: Notice) -> Notice:
    notice.state = NoticeState.RECALLED
    return notice


@pytest.mark.parametrize(("plan", "fault"), [
    ({"at": 0}, "要在现在之后"), ({"at": 400 * 24}, "最多提前一年"), ({}, "要在现在之后"), ({"at": 1, "grace": 8 * DAY}, "0 到 7 天"),
    ({"at": 1, "grace": -HOUR}, "0 到 7 天"),
])  # fmt: skip
async def test_time_that_cannot_be_is_refused(town: Notices, now: datetime, plan: dict[str, Any], fault: str) -> None:
    at = now + plan["at"] * HOUR if "at" in plan else None

    with pytest.raises(Refusal, match=fault):
        await town.plan(now, at=at, grace=plan.get("grace", HOUR))


# ------------------------------------------------------------------ missed


@pytest.mark.parametrize(("grace", "late", "is_sent"), [
    (2 * HOUR, 2 * HOUR, True), (2 * HOUR, 2 * HOUR + timedelta(seconds=1), False), (timedelta(), timedelta(minutes=1), True),
    (timedelta(), timedelta(minutes=2), False), (DAY, 23 * HOUR, True),
])  # fmt: skip
async def test_what_fell_due_while_nothing_ran_is_sent_only_while_it_is_of_use(
    town: Notices, now: datetime, grace: timedelta, late: timedelta, is_sent: bool
) -> None:
    await town.plan(now, at=now + HOUR, grace=grace)

    assert await town.tick(now + HOUR + late) == is_sent
    notice = await town.notice()
    assert notice.state is (NoticeState.PUBLISHED if is_sent else NoticeState.MISSED)
    assert len(await town.told()) == (2 if is_sent else 0)
    assert await town.noted() == {"03-11 11:00": "sent" if is_sent else "missed"}


async def test_what_was_missed_keeps_its_time_and_is_never_called_published(town: Notices, now: datetime) -> None:
    await town.plan(now, at=now + HOUR)
    await town.tick(now + 6 * HOUR)

    notice = await town.notice()
    assert (notice.state, notice.due_at, notice.published_at) == (NoticeState.MISSED, now + HOUR, None)
    assert [kind for kind, _ in await town.logged()] == ["notice.scheduled", "notice.missed"]
    assert await town.tick(now + 7 * HOUR) == 0

    await town.do(occurrences.change, Plan(due_at=now + DAY), now + 7 * HOUR)
    assert await town.tick(now + DAY) == 1
    assert len(await town.told()) == 2


async def test_several_times_that_were_missed_become_one_sending(town: Notices, now: datetime) -> None:
    await town.plan(now, "每天8点、9点、18点")

    assert await town.tick(MONDAY + HOUR) == 1  # down since Wednesday 10:00
    assert await town.told() == ["03-16 09:00"] * 2
    assert set((await town.noted()).values()) == {"sent", "missed"}
    assert [at for at, became in (await town.noted()).items() if became == "sent"] == ["03-16 09:00"]
    assert await town.due() == "03-16 18:00"
    [missed] = await town.database.read(lambda session: session.exec(select(Event).where(Event.kind == "notice.missed")).all())
    assert missed.data == {"due_at": "2026-03-16T08:00:00+08:00", "times": 14}


async def test_rule_that_was_missed_goes_on_with_its_next_time(town: Notices, now: datetime) -> None:
    await town.plan(now, "每周一 9点")

    assert await town.tick(MONDAY + 5 * HOUR) == 0
    assert (await town.noted(), await town.due()) == ({"03-16 09:00": "missed"}, "03-23 09:00")
    assert await town.database.read(lambda session: occurrences.missed_at(session, session.exec(select(Notice)).one())) == MONDAY
    assert (await town.notice()).state is NoticeState.SCHEDULED


async def test_year_without_a_server_ends_quickly_and_says_how_many_were_missed(town: Notices, now: datetime) -> None:
    await town.plan(now, "每天8点、9点、17点、18点")

    assert await town.tick(now + 365 * DAY + HOUR * 2) == 0
    assert len(await town.noted()) == occurrences.LISTED
    assert await town.due() == "03-11 17:00"


# ------------------------------------------------------------------ clocks that jump


async def test_clock_set_back_sends_nothing_twice(town: Notices, now: datetime) -> None:
    await town.plan(now, "每周一 9点")
    await town.tick(MONDAY)

    for moment in (now, MONDAY - HOUR, MONDAY, MONDAY + HOUR):
        assert await town.tick(moment) == 0
    assert await town.tick(MONDAY + 7 * DAY) == 1
    assert await town.told() == ["03-16 09:00"] * 2 + ["03-23 09:00"] * 2


async def test_clock_that_ran_ahead_for_a_while_puts_nothing_off_for_good(town: Notices, now: datetime) -> None:
    await town.plan(now, "每周一 9点")
    await town.tick(now + 300 * DAY)

    assert await town.tick(now + timedelta(minutes=1)) == 0
    assert (await town.due(), await town.noted()) == ("03-16 09:00", {})
    assert await town.tick(MONDAY) == 1


async def test_notice_that_a_clock_ahead_called_missed_still_comes(town: Notices, now: datetime) -> None:
    await town.plan(now, at=now + DAY)
    await town.tick(now + 30 * DAY)
    assert (await town.notice()).state is NoticeState.MISSED

    await town.tick(now + timedelta(minutes=1))
    assert await town.tick(now + DAY) == 1
    assert (await town.notice()).state is NoticeState.PUBLISHED


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.lists(st.integers(-400, 400), min_size=1, max_size=8))
def test_however_the_clock_jumps_nobody_is_told_twice_of_one_time(sqlite: Database, now: datetime, hours: list[int]) -> None:
    def run(session: Session) -> None:
        settle_in(session)
        notice = notices.draft(session, "例会", "九点开会", Audience.parse("全体"), now)
        occurrences.schedule(session, notice, Plan(rule=spoken.read("每天8点、20点", now)), now)
        moment, told = now, []
        for step in hours:
            moment = max(moment + step * HOUR, now)
            told += [(one.public_id, one.published_at) for one in occurrences.publish_due(session, moment)]
        assert len(told) == len(set(told))
        mine = session.exec(select(Delivery).where(Delivery.notice_id == notice.id)).all()
        people = len({row.resident_id for row in mine})
        assert len(mine) == len(told) * people
        assert notice.due_at is not None
        assert notice.due_at > moment
        session.rollback()

    sqlite.submit(run).result()


# ------------------------------------------------------------------ what staff decide


async def test_paused_notice_keeps_still_and_goes_on_with_its_next_time(town: Notices, now: datetime) -> None:
    await town.plan(now, "每周一 9点")
    await town.do(occurrences.pause, now, actor="staff:wang")
    assert await town.tick(MONDAY) == 0

    await town.do(occurrences.resume, MONDAY + HOUR, actor="staff:li")
    assert (await town.due(), await town.noted()) == ("03-23 09:00", {})
    assert await town.tick(MONDAY + 7 * DAY) == 1
    assert (await town.logged())[:3] == [
        ("notice.scheduled", "staff:jl"),
        ("notice.paused", "staff:wang"),
        ("notice.resumed", "staff:li"),
    ]


async def test_paused_notice_whose_only_time_went_by_wants_another(town: Notices, now: datetime) -> None:
    await town.plan(now, at=now + HOUR)
    await town.do(occurrences.pause, now)

    with pytest.raises(Refusal, match="已经过了。请点“修改”"):
        await town.do(occurrences.resume, now + 2 * HOUR)
    await town.do(occurrences.change, Plan(due_at=now + DAY), now + 2 * HOUR)
    assert (await town.notice()).state is NoticeState.PAUSED
    await town.do(occurrences.resume, now + 2 * HOUR)
    assert await town.due() == "03-12 10:00"


@pytest.mark.parametrize("verb", [occurrences.pause, occurrences.resume])
async def test_what_is_over_is_neither_paused_nor_resumed(town: Notices, now: datetime, verb: Callable[..., None]) -> None:
    await town.plan(now, at=now + HOUR)
    await town.tick(now + HOUR)

    with pytest.raises(Refusal, match="请刷新页面"):
        await town.do(verb, now + HOUR)


async def test_one_time_is_left_out_and_taken_back(town: Notices, now: datetime) -> None:
    await town.plan(now, "每周一 9点")
    await town.do(occurrences.skip, MONDAY, now, actor="staff:li")
    await town.do(occurrences.skip, MONDAY + 7 * DAY, now, actor="staff:li")
    assert await town.due() == "03-30 09:00"
    assert [(f"{one.at:%m-%d}", one.is_skipped) for one in await town.do(occurrences.coming, now, 3)] == [
        ("03-16", True), ("03-23", True), ("03-30", False),
    ]  # fmt: skip

    await town.do(occurrences.unskip, MONDAY, now, actor="staff:li")
    assert await town.due() == "03-16 09:00"
    assert [await town.tick(MONDAY), await town.tick(MONDAY + 7 * DAY), await town.tick(MONDAY + 14 * DAY)] == [1, 0, 1]
    assert [kind for kind, _ in await town.logged()][1:4] == ["notice.skipped", "notice.skipped", "notice.unskipped"]


@pytest.mark.parametrize(("verb", "at"), [
    (occurrences.skip, MONDAY + HOUR), (occurrences.skip, MONDAY - 7 * DAY), (occurrences.unskip, MONDAY),
])  # fmt: skip
async def test_only_times_that_are_to_come_are_left_out(
    town: Notices, now: datetime, verb: Callable[..., None], at: datetime
) -> None:
    await town.plan(now, "每周一 9点")

    with pytest.raises(Refusal, match="请刷新页面"):
        await town.do(verb, at, now)


async def test_another_rule_forgets_what_was_left_out_and_other_words_do_not(town: Notices, now: datetime) -> None:
    await town.plan(now, "每两周周一 9点")
    await town.do(occurrences.skip, MONDAY, now)
    await town.do(occurrences.change, Plan(rule=rule_of("每两周周一 9点", now + 8 * DAY)), now + DAY, actor="staff:li")
    assert await town.due() == "03-30 09:00"  # the weeks are counted from where they began

    await town.do(occurrences.change, Plan(rule=rule_of("每周一 9点", now)), now + DAY, actor="staff:li")
    assert (await town.due(), await town.noted()) == ("03-16 09:00", {})
    assert (await town.logged())[-1] == ("notice.changed", "staff:li")


async def test_what_is_left_out_is_not_sent_late_either(town: Notices, now: datetime) -> None:
    await town.plan(now, "每天9点、18点", grace=DAY)
    await town.do(occurrences.skip, MONDAY - DAY + 9 * HOUR, now)  # Sunday 18:00

    assert await town.tick(MONDAY - HOUR) == 1
    assert await town.told() == ["03-15 09:00"] * 2


# ------------------------------------------------------------------ days off that are announced later


async def test_plan_is_made_anew_each_day_for_days_off_may_have_been_announced(town: Notices, now: datetime) -> None:
    await town.plan(now, "每天 9点，节假日跳过")
    await town.do(lambda session, notice: setattr(notice, "due_at", MONDAY + 7 * DAY))  # as reckoned with other days off

    await town.tick(now + HOUR)
    assert await town.due() == "03-23 09:00"
    await town.tick(now + DAY + timedelta(minutes=1))
    assert await town.due() == "03-13 09:00"


# ------------------------------------------------------------------ replicas


async def test_two_replicas_publish_each_time_once(town: Notices, now: datetime) -> None:
    await town.plan(now, "每天 9点")
    engine = connect(town.database.engine.url.render_as_string(hide_password=False), RING)
    other = Notices(type(town.database)(engine))
    try:
        for day in range(1, 4):
            found = await asyncio.gather(*(one.tick(now + day * DAY) for one in (town, other, town, other)))
            assert sum(found) == 1
    finally:
        other.database.close()
        engine.dispose()

    assert await town.told() == [f"03-{day} 09:00" for day in (12, 12, 13, 13, 14, 14)]
    assert set((await town.noted()).values()) == {Became.SENT.value}
