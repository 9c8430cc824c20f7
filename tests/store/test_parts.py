"""A notice to many is laid out part by part: each person has one delivery, whatever happens between two parts."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert
from sqlmodel import Session, SQLModel, col, select, update

from bot.model import public_id
from bot.publisher import Publisher
from bot.store import notices, outbox, parts, scope
from bot.store.audience import Audience
from bot.store.communities import Community
from bot.store.followers import Follower
from bot.store.notices import Notice, NoticeState
from bot.store.outbox import Delivery, DeliveryState, Ways
from bot.store.people import Residence, Resident, ResidentRole

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Database

#: People of the town: two whole parts and half of one.
PEOPLE = parts.PART * 5 // 2

WAYS = Ways(template="t", appid="wx1")


def openid(number: int) -> str:
    return f"oMany{number:023}"


def settle_in(session: Session, now: datetime) -> None:
    """Let PEOPLE live in building 3, all with an account, and one more in another community."""
    tables = SQLModel.metadata.tables
    for name, people in (("和苑小区", range(PEOPLE)), ("隔壁小区", range(PEOPLE, PEOPLE + 1))):
        community = Community(appid="wx1", name=name)
        session.add(community)
        session.flush()
        here = community.key
        flat = {"community_id": here, "building": "3", "unit": "2", "room": "501", "place": "3"}
        home = session.execute(insert(tables["household"]).values(flat).returning(tables["household"].c.id)).scalar_one()
        session.execute(insert(tables["resident"]), [{
            "community_id": here, "public_id": public_id(), "household_id": home, "openid": openid(number), "bound_at": now, "name": "陈建国",
            "asks_flat": False, "phone": "", "phone_digest": "", "phone_end": "", "tags": [],
        } for number in people])  # fmt: skip
        resident = tables["resident"].c
        ids = session.execute(select(resident.id).where(resident.community_id == here)).scalars().all()
        session.execute(insert(tables["residence"]), [{
            "community_id": here, "resident_id": one, "household_id": home, "role": ResidentRole.OWNER, "evidence": "roster",
        } for one in ids])  # fmt: skip
    scope.enter(session, 1)


def publish(session: Session, now: datetime) -> str:
    settle_in(session, now)
    notice = notices.draft(session, "停水", "明天停水。", Audience.parse("3栋"), now)
    assert notices.publish(session, notice, now) == PEOPLE
    return notice.public_id


class Town:
    """The database, and what happens in it."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.notice = self.do(publish, now)

    def do(self, fn: Any, *args: Any) -> Any:
        return self.database.submit(fn, *args).result()

    def waiting(self) -> list[int]:
        return [number for number, _ in self.do(parts.waiting)]

    def lay_out(self, number: int) -> bool:
        return bool(self.do(notices.lay_out, number, self.now))

    def lay_out_all(self) -> None:
        for number in self.waiting():
            assert self.lay_out(number)

    def recall(self) -> int:
        def run(session: Session) -> int:
            return notices.recall(session, notices.by_public_id(session, self.notice), self.now)  # type: ignore[arg-type]

        return int(self.do(run))

    def progress(self) -> dict[str, int]:
        """How many people are in each state, as staff see it."""

        def run(session: Session) -> dict[str, int]:
            notice = notices.by_public_id(session, self.notice)
            assert notice is not None
            return {state.value: number for state, number in notices.progress(session, notice).items() if number}

        return dict(self.do(run))

    def rows(self) -> Counter[tuple[str, str]]:
        """How many rows there are, by state and reason; fails where anybody has two."""
        found = self.do(lambda session: session.execute(select(Delivery.resident_id, Delivery.state, Delivery.reason)).all())
        assert len({one.resident_id for one in found}) == len(found)
        return Counter((DeliveryState(one.state).value, one.reason) for one in found)


@pytest.fixture
def town(database: Database, now: datetime) -> Town:
    return Town(database, now)


def test_what_is_published_to_many_is_split_up_at_once_and_laid_out_part_by_part(town: Town) -> None:
    assert town.rows() == {}
    assert town.progress() == {"armed": PEOPLE}
    assert len(town.waiting()) == 3

    town.lay_out(town.waiting()[0])
    assert town.rows() == {("armed", ""): parts.PART}
    assert town.progress() == {"armed": PEOPLE}, "at every moment the sum is the audience"
    town.lay_out_all()

    assert town.rows() == {("armed", ""): PEOPLE}
    assert town.progress() == {"armed": PEOPLE}
    assert town.waiting() == []


def test_deliveries_of_a_part_are_due_when_those_of_all_are(town: Town) -> None:
    town.now += timedelta(seconds=3)

    town.lay_out_all()

    due = town.do(lambda session: session.execute(select(Delivery.due_at).distinct()).scalars().all())
    assert due == [town.now - timedelta(seconds=3) + notices.UNDO]


def test_part_whose_transaction_broke_off_is_laid_out_by_who_looks_next(town: Town) -> None:
    def dies(session: Session) -> None:
        notices.lay_out(session, first, town.now)
        raise RuntimeError("killed")

    first = town.waiting()[0]
    with pytest.raises(RuntimeError):
        town.do(dies)
    assert town.rows() == {}

    town.lay_out_all()

    assert town.rows() == {("armed", ""): PEOPLE}


def test_recalled_between_two_parts_nobody_is_told_and_all_are_written_down_as_recalled(town: Town) -> None:
    town.lay_out(town.waiting()[0])

    assert town.recall() == PEOPLE
    assert town.progress() == {"cancelled": PEOPLE}
    town.lay_out_all()

    assert town.rows() == {("cancelled", notices.RECALLED): PEOPLE}
    assert town.do(outbox.claim, town.now + timedelta(hours=1), 10, WAYS) == []


def test_recalled_after_some_have_left_the_rest_stays(town: Town) -> None:
    town.lay_out(town.waiting()[0])
    later = town.now + notices.UNDO
    follow = [Follower(openid=openid(number), community_id=1, followed_at=town.now) for number in range(50)]
    town.do(lambda session: session.add_all(follow))
    sent = [outbox.Result(claim=one, state=DeliveryState.SENT) for one in town.do(outbox.claim, later, 50, WAYS)]
    assert town.do(outbox.settle, sent, later) == 50

    assert town.recall() == PEOPLE - 50
    town.lay_out_all()

    assert town.progress() == {"sent": 50, "cancelled": PEOPLE - 50}


def test_who_leaves_their_account_or_the_audience_meanwhile_is_not_told_and_who_joins_neither(town: Town) -> None:
    def change(session: Session) -> None:
        people = session.execute(select(col(Resident.id)).order_by(col(Resident.id))).scalars().all()
        unbound, moved, removed = people[-1], people[-2], people[-3]
        session.execute(update(Resident).where(col(Resident.id) == unbound).values(openid=None))
        session.execute(update(Residence).where(col(Residence.resident_id) == moved).values(moved_out=town.now))
        for kind, key in ((Residence, Residence.resident_id), (Resident, Resident.id)):
            session.execute(SQLModel.metadata.tables[kind.__tablename__].delete().where(col(key) == removed))
        home = session.execute(select(func.min(col(Residence.household_id)))).scalar_one()
        new = Resident(household_id=home, openid="oNew", name="新来的")
        session.add(new)
        session.flush()
        session.add(Residence(resident_id=new.id, household_id=home))

    town.lay_out(town.waiting()[0])
    town.do(change)
    town.lay_out_all()

    assert town.rows() == {("armed", ""): PEOPLE - 3, ("unreachable", outbox.NOT_BOUND): 1, ("cancelled", notices.MOVED): 1}


def test_published_again_amid_it_adds_nobody(town: Town) -> None:
    def again(session: Session) -> int:
        notice = notices.by_public_id(session, town.notice)
        assert notice is not None
        return notices.publish(session, notice, town.now)

    assert town.do(again) == 0
    town.lay_out(town.waiting()[0])
    assert town.do(again) == 0
    town.lay_out_all()
    assert town.do(again) == 0

    assert town.rows() == {("armed", ""): PEOPLE}


async def test_two_publishers_at_once_lay_out_each_part_once(town: Town) -> None:
    context: Any = SimpleNamespace(community=SimpleNamespace(key=1, id=1))
    publishers = [Publisher(town.database, lambda: town.now, lambda _: context) for _ in range(2)]

    laid = await asyncio.gather(*(publisher.step() for publisher in publishers))

    assert sum(laid) == 3
    assert town.rows() == {("armed", ""): PEOPLE}


async def test_part_that_cannot_be_laid_out_keeps_no_other_from_it(town: Town) -> None:
    context: Any = SimpleNamespace(community=SimpleNamespace(key=1, id=1))
    broken = town.waiting()[0]
    town.do(
        lambda session: session.execute(update(parts.NoticePart).where(col(parts.NoticePart.id) == broken).values(people=[[1]]))
    )

    assert await Publisher(town.database, lambda: town.now, lambda _: context).step() == 2

    assert town.waiting() == [broken]


def test_recurring_notice_is_laid_out_for_each_time_by_itself(town: Town) -> None:
    def next_week(session: Session) -> None:
        notice = session.execute(select(Notice)).scalars().one()
        notices.publish(session, notice, town.now, occurrence=town.now + timedelta(days=7))

    town.do(next_week)
    assert town.progress() == {"armed": PEOPLE * 2}
    town.lay_out_all()

    found = town.do(
        lambda session: session.execute(select(Delivery.occurrence, func.count()).group_by(Delivery.occurrence)).all()
    )
    assert [number for _, number in found] == [PEOPLE, PEOPLE]


def test_few_people_are_laid_out_at_once(database: Database, now: datetime) -> None:
    def run(session: Session) -> int:
        settle_in(session, now)
        keep = select(Resident.id).order_by(Resident.id).limit(notices.AT_ONCE)
        session.execute(update(Residence).where(col(Residence.resident_id).not_in(keep)).values(moved_out=now))
        return notices.publish(session, notices.draft(session, "停水", "明天停水。", Audience.parse("3栋"), now), now)

    assert database.submit(run).result() == notices.AT_ONCE

    assert database.submit(parts.waiting).result() == []
    assert database.submit(lambda session: session.execute(select(Notice.state)).scalar()).result() == NoticeState.PUBLISHED
    assert (
        database.submit(lambda session: session.execute(select(func.count()).select_from(Delivery)).scalar()).result()
        == notices.AT_ONCE
    )
