"""What became of a notice, on both databases: counted as it is sent, found by flat, kept apart, sent once more only to whom it did not reach."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.store import followers, notices, outbox, reach, receipts, scope
from bot.store.audience import EVERYBODY
from bot.store.channels import CHAT, SUBSCRIPTION, TEMPLATE
from bot.store.communities import Community
from bot.store.followers import Follower
from bot.store.notices import Notice
from bot.store.outbox import Delivery, DeliveryState, Result, Ways
from bot.store.people import Household, Residence, ResidentRole, settle
from bot.store.receipts import Part

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Database

ALL = EVERYBODY
WAYS = Ways(template="t", subscription="s", appid="wx1")

#: Flat, name, account and how it stands with it.
PEOPLE = (
    ("3", "2", "302", "陈建国", "oChat"), ("3", "2", "302", "陈小妹", "oTemplate"), ("3", "2", "402", "李梅", "oAllowed"),
    ("4", "1", "302", "王强", "oGone"), ("4", "1", "502", "赵六", None), ("13", "", "1302", "孙七", "oNever"),
)  # fmt: skip


def settle_in(session: Session, now: datetime) -> None:
    community = Community(appid="wx1", name="和苑小区")
    session.add(community)
    session.flush()
    scope.enter(session, community.key)
    for building, unit, room, name, openid in PEOPLE:
        query = select(Household).where(Household.building == building, Household.room == room)
        home = session.exec(query).first() or Household(building=building, unit=unit, room=room)
        session.add(home)
        session.flush()
        settle(session, home, name=name).openid = openid
    session.add_all(
        [
            Follower(openid="oChat", followed_at=now, window_until=now + timedelta(hours=48), window_left=5),
            Follower(openid="oTemplate", followed_at=now), Follower(openid="oAllowed", followed_at=now),
            Follower(openid="oGone", followed_at=now, left_at=now),
        ]
    )  # fmt: skip
    followers.allow(session, "oAllowed", "s", True, now)
    session.flush()


@pytest.fixture
def notice(database: Database, now: datetime) -> Notice:
    """A notice to everybody, just published."""

    def run(session: Session) -> Notice:
        settle_in(session, now)
        notice = notices.draft(session, "明天停水", "上午9点到12点停水。", ALL, now)
        notice.asks = True
        notices.publish(session, notice, now, undo=timedelta())
        return notice

    return database.submit(run).result()


def do(database: Database, run: Any) -> Any:
    """Run in the community."""

    def entered(session: Session) -> Any:
        scope.enter(session, 1)
        return run(session)

    return database.submit(entered).result()


def send(
    database: Database, now: datetime, ways: Ways = WAYS, state: DeliveryState = DeliveryState.SENT, reason: str = ""
) -> None:
    """Everything due is handed to WeChat."""
    claims = do(database, lambda session: outbox.claim(session, now, 50, ways))
    do(database, lambda session: outbox.settle(session, [Result(claim=one, state=state, reason=reason) for one in claims], now))


def rooms(found: Any) -> list[tuple[str, str]]:
    return [(one.flat, one.name) for one in found.rows]


@pytest.mark.parametrize("ways", [WAYS, Ways(template="t", appid="wx1"), Ways(subscription="s", appid="wx1"), Ways(appid="wx1")])
def test_what_is_counted_before_is_what_is_sent(database: Database, now: datetime, ways: Ways) -> None:
    do(database, lambda session: settle_in(session, now))
    expected = do(database, lambda session: reach.count(session, ALL, now, ways))
    do(
        database,
        lambda session: notices.publish(session, notices.draft(session, "停水", "明天", ALL, now), now, undo=timedelta()),
    )

    send(database, now, ways)

    rows = do(database, lambda session: session.exec(select(Delivery)).all())
    by_channel: dict[str, int] = {}
    for row in rows:
        if row.state == DeliveryState.SENT:
            by_channel[row.channel] = by_channel.get(row.channel, 0) + 1
    reasons = sorted(row.reason for row in rows if row.state == DeliveryState.UNREACHABLE)
    assert dict(expected.by_channel) == by_channel
    assert sorted(one.reason for one in expected.left_out()) == reasons
    assert expected.told + len(expected.left_out()) == expected.people == len(PEOPLE)


def test_who_gets_nothing_is_named_with_flat_and_reason(database: Database, now: datetime) -> None:
    do(database, lambda session: settle_in(session, now))

    without = do(database, lambda session: reach.count(session, ALL, now, Ways(appid="wx1")))
    with_all = do(database, lambda session: reach.count(session, ALL, now, WAYS))

    assert [(one.flat, one.name, one.reason) for one in without.left_out()] == [
        ("3栋2单元302", "陈小妹", outbox.WINDOW_CLOSED), ("3栋2单元402", "李梅", outbox.WINDOW_CLOSED),
        ("4栋1单元302", "王强", outbox.NOT_FOLLOWING), ("4栋1单元502", "赵六", outbox.NOT_BOUND), ("13栋1302", "孙七", outbox.NOT_FOLLOWING),
    ]  # fmt: skip
    assert [one.name for one in without.left_out(outbox.NOT_BOUND)] == ["赵六"]
    assert dict(with_all.by_channel) == {CHAT: 1, TEMPLATE: 1, SUBSCRIPTION: 1}


def test_counting_uses_up_nothing(database: Database, now: datetime) -> None:
    do(database, lambda session: settle_in(session, now))

    for _ in range(9):
        do(database, lambda session: reach.count(session, ALL, now, WAYS))

    assert do(database, lambda session: session.get(Follower, "oChat").window_left) == 5
    assert do(database, lambda session: followers.use_allowance(session, "oAllowed", "s", now))


@pytest.mark.parametrize(("said", "found"), [
    ("302", [("3栋2单元302", "陈建国"), ("3栋2单元302", "陈小妹"), ("4栋1单元302", "王强")]),
    ("3-2-302", [("3栋2单元302", "陈建国"), ("3栋2单元302", "陈小妹")]), ("4-302", [("4栋1单元302", "王强")]),
    ("3栋2单元402", [("3栋2单元402", "李梅")]), ("三栋402", [("3栋2单元402", "李梅")]), ("13栋", [("13栋1302", "孙七")]), ("4栋1单元", [("4栋1单元302", "王强"), ("4栋1单元502", "赵六")]),
    ("小妹", [("3栋2单元302", "陈小妹")]), ("%", []), ("999", []), ("、", []),
])  # fmt: skip
def test_person_is_found_by_flat_or_name(database: Database, notice: Notice, said: str, found: list[tuple[str, str]]) -> None:
    assert rooms(do(database, lambda session: receipts.people(session, notice, Part.ALL, said))) == found


def test_whoever_has_two_flats_is_found_by_both(database: Database, notice: Notice, now: datetime) -> None:
    def move(session: Session) -> None:
        flat = Household(building="9", unit="1", room="901")
        session.add(flat)
        session.flush()
        chen = next(one for one in receipts.all_people(session, notice, Part.ALL, "陈建国"))
        session.add(Residence(resident_id=chen.delivery.resident_id, household_id=flat.key, role=ResidentRole.OWNER))

    do(database, move)

    assert rooms(do(database, lambda session: receipts.people(session, notice, Part.ALL, "901"))) == [("3栋2单元302", "陈建国")]


def test_states_are_kept_apart_and_their_figures_lead_to_as_many_people(
    database: Database, notice: Notice, now: datetime
) -> None:
    send(database, now)
    chen, sister = (
        one.delivery.id for one in do(database, lambda session: receipts.people(session, notice, Part.ALL, "3-2-302")).rows
    )
    later = now + timedelta(minutes=5)
    do(database, lambda session: receipts.opened(session, chen, later))
    do(database, lambda session: receipts.opened(session, chen, later + timedelta(hours=1)))
    do(database, lambda session: receipts.acknowledge(session, sister, "words", later))
    do(database, lambda session: receipts.acknowledge(session, sister, "button", later + timedelta(hours=1)))

    figures = do(database, lambda session: receipts.figures(session, notice))

    assert figures == {
        Part.ALL: 6, Part.WAITING: 0, Part.SENT: 3, Part.DELIVERED: 0, Part.FAILED: 0, Part.UNREACHABLE: 3, Part.UNKNOWN: 0, Part.CANCELLED: 0,
        Part.READ: 2, Part.UNREAD: 1, Part.ACKNOWLEDGED: 1, Part.UNACKNOWLEDGED: 2,
    }  # fmt: skip
    for part, number in figures.items():
        assert do(database, lambda session, part=part: receipts.people(session, notice, part)).total == number
    [read, _] = do(database, lambda session: receipts.all_people(session, notice, Part.READ))  # who said yes has read it
    [said] = do(database, lambda session: receipts.all_people(session, notice, Part.ACKNOWLEDGED))
    assert (read.name, read.delivery.read_at, read.delivery.acknowledged_at) == ("陈建国", later, None)
    assert (said.name, said.delivery.acknowledged_at, said.delivery.acknowledged_by, said.delivery.read_at) == (
        "陈小妹",
        later,
        "words",
        None,
    )


def test_flats_say_how_many_of_them_were_told(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now)

    found = do(database, lambda session: receipts.flats(session, notice))
    untold = do(database, lambda session: receipts.flats(session, notice, untold=True))

    assert [(one.flat, one.people, one.taken) for one in found.rows] == [
        ("3栋2单元302", 2, 2), ("3栋2单元402", 1, 1), ("4栋1单元302", 1, 0), ("4栋1单元502", 1, 0), ("13栋1302", 1, 0),
    ]  # fmt: skip
    assert ([one.flat for one in untold.rows], untold.total) == (["4栋1单元302", "4栋1单元502", "13栋1302"], 3)


def test_flats_say_when_by_which_way_and_why_not(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now)

    found = do(database, lambda session: receipts.all_flats(session, notice))

    assert {one.flat: (one.at, tuple(one.channels), tuple(one.reasons)) for one in found} == {
        "3栋2单元302": (now, (CHAT, TEMPLATE), ()), "3栋2单元402": (now, (SUBSCRIPTION,), ()), "4栋1单元302": (None, (), ("未关注公众号",)),
        "4栋1单元502": (None, (), ("未绑定微信",)), "13栋1302": (None, (), ("未关注公众号",)),
    }  # fmt: skip
    assert [one.flat for one in do(database, lambda session: receipts.all_flats(session, notice, untold=True))] == [
        "4栋1单元302", "4栋1单元502", "13栋1302",
    ]  # fmt: skip


def test_each_time_of_a_recurring_notice_is_told_by_itself(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now)
    week = now + timedelta(days=7)
    do(
        database,
        lambda session: notices.publish(session, session.get_one(Notice, notice.id), week, undo=timedelta(), occurrence=week),
    )
    send(database, week, state=DeliveryState.FAILED, reason="内容被微信拒绝")

    def look(session: Session) -> Any:
        first, second = receipts.sendings(session, notice)[::-1]
        sums = [(one.at, one.total.came, one.total.missed) for one in (first, second)]
        named = [
            [one.delivery.state.value for one in receipts.people(session, notice, Part.ALL, "陈建国", at=at).rows]
            for at in (first.at, second.at, None)
        ]
        parts = [receipts.figures(session, notice, one.at)[Part.FAILED] for one in (first, second)]
        flats = [receipts.flats(session, notice, "3-2-302", at=one.at).rows[0].taken for one in (first, second)]
        sent = [receipts.progress(session, notice, one.at)[DeliveryState.SENT] for one in (first, second)]
        newest = receipts.totals(session, [notice])[notice.key]
        return sums, named, parts, flats, sent, (newest.people, newest.came)

    sums, named, parts, flats, sent, newest = do(database, look)
    assert newest == (6, 0), "in the list stands the newest time, and each person once"
    assert sums == [(now, 3, 3), (week, 0, 6)]
    assert named == [["sent"], ["failed"], ["failed", "sent"]]
    assert (parts, flats, sent) == ([0, 3], [2, 0], [3, 0])


def test_replies_are_listed_page_by_page_and_none_is_left_out(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now)
    [chen] = do(database, lambda session: receipts.all_people(session, notice, Part.ALL, "陈建国"))

    def answer(session: Session) -> None:
        for number in range(45):
            receipts.reply(session, session.get_one(Delivery, chen.delivery.id), f"第{number}句", now + timedelta(minutes=number))

    do(database, answer)

    def look(session: Session) -> Any:
        pages = [receipts.replies(session, notice, page) for page in (1, 2, 8, 99)]
        return [(found.total, found.page, [one.reply.words for one in found.rows]) for found in pages], receipts.all_replies(
            session, notice
        )

    pages, every = do(database, look)
    said = [f"第{number}句" for number in reversed(range(45))]
    assert pages == [(45, 1, said[:6]), (45, 2, said[6:12]), (45, 8, said[42:]), (45, 8, said[42:])]
    assert [one.reply.words for one in every] == said


def test_retry_reaches_the_failed_alone_and_by_the_account_they_have_now(
    database: Database, notice: Notice, now: datetime
) -> None:
    send(database, now, state=DeliveryState.FAILED, reason="内容被微信拒绝")
    [chen] = do(database, lambda session: receipts.all_people(session, notice, Part.ALL, "陈建国"))

    def settle_some(session: Session) -> None:
        session.get_one(Delivery, chen.delivery.id).state = DeliveryState.SENT
        [zhao] = receipts.all_people(session, notice, Part.ALL, "赵六")
        from bot.store.people import Resident

        session.get_one(Resident, zhao.delivery.resident_id).openid = "oZhao"
        session.add(Follower(openid="oZhao", followed_at=now))

    do(database, settle_some)
    again = now + timedelta(hours=1)
    number = do(database, lambda session: receipts.retry(session, notice, receipts.NOTHING_CAME, again))
    claims = do(database, lambda session: outbox.claim(session, again, 50, WAYS))

    assert number == 5  # all but Chen, who has it
    assert sorted(claim.openid for claim in claims) == ["oAllowed", "oTemplate", "oZhao"]
    assert {claim.attempts for claim in claims} == {1}


def test_retry_writes_to_nobody_who_takes_no_messages(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now, state=DeliveryState.FAILED, reason=outbox.REFUSED)

    def look(session: Session) -> tuple[int, int, int]:
        sum_ = receipts.refusing(session, notice), receipts.retryable(session, notice, receipts.NOTHING_CAME)
        return (*sum_, receipts.retry(session, notice, receipts.NOTHING_CAME, now))

    refusing, again, done = do(database, look)

    assert refusing > 0
    assert again == done
    assert do(database, lambda session: receipts.refusing(session, notice)) == refusing


def test_what_is_in_doubt_is_not_repeated_with_the_failed_but_only_when_wanted(
    database: Database, notice: Notice, now: datetime
) -> None:
    do(database, lambda session: outbox.claim(session, now, 50, WAYS))  # this sender dies
    later = now + timedelta(minutes=30)
    assert do(database, lambda session: outbox.claim(session, later, 50, WAYS)) == []
    assert do(database, lambda session: receipts.figures(session, notice))[Part.UNKNOWN] == 3

    do(database, lambda session: receipts.retry(session, notice, receipts.NOTHING_CAME, later))
    after_failed = do(database, lambda session: receipts.figures(session, notice))[Part.UNKNOWN]
    number = do(database, lambda session: receipts.retry(session, notice, (DeliveryState.UNKNOWN,), later))

    assert (after_failed, number) == (3, 3)
    assert len([one for one in do(database, lambda session: outbox.claim(session, later, 50, WAYS)) if one.notice_id]) == 3


def test_retry_of_a_recurring_notice_leaves_former_times_alone(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now, state=DeliveryState.FAILED)
    week = now + timedelta(days=7)
    do(
        database,
        lambda session: notices.publish(session, session.get_one(Notice, notice.id), week, undo=timedelta(), occurrence=week),
    )
    send(database, week, state=DeliveryState.FAILED)

    assert do(database, lambda session: receipts.retry(session, notice, (DeliveryState.FAILED,), week)) == 3


def test_reply_is_kept_with_whose_it_is(database: Database, notice: Notice, now: datetime) -> None:
    send(database, now)
    [(told, found)] = do(database, lambda session: receipts.lately(session, "oChat", now - timedelta(days=1)))

    do(database, lambda session: receipts.reply(session, told, "几点恢复？", now))

    [one] = do(database, lambda session: receipts.replies(session, notice)).rows
    assert (found.id, one.flat, one.name, one.reply.words) == (notice.id, "3栋2单元302", "陈建国", "几点恢复？")
    assert do(database, lambda session: receipts.count_replies(session, notice)) == 1
