"""Kinds of notices on both databases: the night, the hour, the end, who goes first; versions; a second person's yes; reminders and doors."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.errors import Refusal
from bot.store import merging, notices, occurrences, outbox, policies, receipts, scope, texts
from bot.store.audience import EVERYBODY, Audience
from bot.store.communities import Community
from bot.store.followers import Follower
from bot.store.notices import Notice, NoticeKind, NoticeState, NoticeVersion
from bot.store.outbox import Delivery, DeliveryState, Result, Ways
from bot.store.people import Household, Resident, bind, settle, unbind
from bot.store.staff import Role, Staff

if TYPE_CHECKING:
    from bot.store.database import Database

HOUR = timedelta(hours=1)
NIGHT = datetime.fromisoformat("2026-03-11T22:30+08:00")
MORNING = datetime.fromisoformat("2026-03-12T08:00+08:00")
WAYS = Ways(template="t", appid="wx1")


def settle_in(session: Session, now: datetime) -> None:
    """Three people who follow, and one who is not bound."""
    session.add(Community(id=1, appid="wx1", name="和苑小区"))
    session.flush()
    scope.enter(session, 1)
    for number, name in enumerate(("陈建国", "李梅", "吴明", "王强")):
        home = Household(building="3", unit="1", room=f"{number + 1}01")
        session.add(home)
        session.flush()
        who = settle(session, home, name=name)
        if number < 3:
            bind(session, who, f"o{number}", now)
            session.add(Follower(openid=f"o{number}", followed_at=now))
    for login in ("anna", "bert", "cara"):
        session.add(Staff(login=login, name=login, role=Role.MANAGER, created_at=now))


class Town:
    """What is written and sent, each time in a transaction of its own."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        database.submit(settle_in, now).result()

    def do(self, run: Any, *args: Any) -> Any:
        def inside(session: Session) -> Any:
            scope.enter(session, 1)
            return run(session, *args)

        return self.database.submit(inside).result()

    def publish(self, title: str = "停水", kind: NoticeKind = NoticeKind.EVERYDAY, to: Audience = EVERYBODY, **more: Any) -> str:
        def run(session: Session) -> str:
            notice = notices.draft(session, title, more.pop("body", "明天九点"), to, self.now)
            notices.disturb(notice, kind, more.pop("until", None), more.pop("chase_after", 120), self.now)
            for name, value in more.items():
                setattr(notice, name, value)
            notices.publish(session, notice, self.now)
            return notice.public_id

        return str(self.do(run))

    def send(self) -> list[str]:
        """Let a sender take all that is due, and WeChat take all of it; returns whom it told what, in order."""
        self.do(occurrences.publish_due, self.now)

        def run(session: Session) -> list[str]:
            session.info.clear()  # a sender serves all communities
            claims = outbox.claim(session, self.now, 50, WAYS)
            outbox.settle(session, [Result(claim=one, state=DeliveryState.SENT) for one in claims], self.now)
            return [f"{one.openid} {one.payload.get('title')}" for one in claims]

        told = self.database.submit(run).result()
        return [*told, *(self.send() if told else [])]

    def rows(self, title: str = "停水") -> list[Delivery]:
        query = select(Delivery).join(Notice).where(Notice.title == title).order_by(Delivery.id)  # type: ignore[arg-type]
        return list(self.do(lambda session: session.exec(query).all()))

    def states(self, title: str = "停水") -> Counter[str]:
        return Counter(row.state.value for row in self.rows(title))

    def notice(self, title: str = "停水") -> Notice:
        return self.do(lambda session: session.exec(select(Notice).where(Notice.title == title)).one())  # type: ignore[no-any-return]


@pytest.fixture
def town(database: Database, now: datetime) -> Town:
    return Town(database, now)


# ------------------------------------------------------------------ who was let go


def first(session: Session) -> Resident:
    return session.exec(select(Resident).where(Resident.name == "陈建国")).one()


def test_notice_that_waits_is_not_sent_to_an_account_that_was_let_go_meanwhile(database: Database) -> None:
    town = Town(database, NIGHT)
    town.publish()
    town.do(lambda session: unbind(session, first(session), NIGHT))

    town.now = MORNING

    assert town.send() == ["o1 停水", "o2 停水"]
    [gone, *_] = town.rows()
    assert (gone.state, gone.reason) == (DeliveryState.UNREACHABLE, outbox.NOT_BOUND)


def test_notice_that_waits_follows_the_account_into_the_row_its_person_was_merged_into(database: Database) -> None:
    town = Town(database, NIGHT)

    def twin(session: Session) -> int:
        return settle(session, session.get_one(Household, first(session).household_id), name="陈建国").key

    other = town.do(twin)
    town.publish()
    town.do(lambda session: merging.merge(session, session.get_one(Resident, other), session.get_one(Resident, 1), NIGHT))

    town.now = MORNING

    assert "o0 停水" in town.send()


def test_who_was_let_go_is_reminded_of_nothing_that_the_flat_was_told(town: Town) -> None:
    public_id = town.publish(kind=NoticeKind.IMPORTANT)
    town.now += timedelta(minutes=1)
    town.send()
    town.do(lambda session: unbind(session, first(session), town.now))

    def silent(session: Session) -> list[str | None]:
        notice = notices.by_public_id(session, public_id)
        assert notice is not None
        return [one.openid for one in receipts.silent(session, notice, town.now + HOUR, 10)]

    assert town.do(silent) == ["o1", "o2"]


# ------------------------------------------------------------------ the night


@pytest.mark.parametrize(("clock", "until"), [
    ("20:59", None), ("21:00", "08:00"), ("23:59", "08:00"), ("00:00", "08:00"), ("07:59", "08:00"), ("08:00", None), ("12:00", None),
])  # fmt: skip
def test_night_ends_in_the_morning_that_is_next(clock: str, until: str | None) -> None:
    now = datetime.fromisoformat(f"2026-03-11T{clock}+08:00")
    found = policies.Quiet().until(now)

    assert (found and f"{found:%H:%M}") == until
    assert found is None or timedelta() < found - now <= timedelta(hours=11)


def test_everyday_notice_at_night_waits_for_the_morning_and_all_are_still_counted(town: Town) -> None:
    town.now = NIGHT
    town.publish()
    town.now += timedelta(minutes=1)

    assert town.send() == []
    assert town.states() == {"armed": 3, "unreachable": 1}
    assert {row.reason for row in town.rows() if row.openid} == {outbox.QUIET}
    assert town.do(outbox.waiting, town.notice().key) == {outbox.QUIET: 3}

    town.now = MORNING
    assert len(town.send()) == 3
    assert town.states() == {"sent": 3, "unreachable": 1}


def test_what_is_put_off_into_the_night_waits_too_and_burns_no_attempt(town: Town) -> None:
    town.publish()
    town.now = NIGHT  # as after a quota that was spent

    assert town.send() == []
    assert town.states() == {"queued": 3, "unreachable": 1}
    assert {(row.attempts, row.due_at) for row in town.rows() if row.openid} == {(0, MORNING)}


def test_important_and_urgent_notices_go_at_night(town: Town) -> None:
    town.now = NIGHT
    town.publish("要紧", NoticeKind.IMPORTANT)
    town.publish("燃气", NoticeKind.EMERGENCY, until=NIGHT + HOUR)
    town.now += timedelta(seconds=11)

    assert Counter(said.split()[1] for said in town.send()) == {"要紧": 3, "紧急：燃气": 3}


def test_community_settles_its_own_night(town: Town) -> None:
    town.do(lambda session: policies.settle(session, quiet_from="23:00", quiet_until="06:30", approve_above="", big_above="200"))
    town.now = NIGHT
    town.publish()
    town.now += timedelta(seconds=11)
    assert len(town.send()) == 3

    for wrong in ("25:00", "abc", ""):
        with pytest.raises(Refusal):
            town.do(
                lambda session, said=wrong: policies.settle(
                    session, quiet_from=said, quiet_until="08:00", approve_above="", big_above="200"
                )
            )
    with pytest.raises(Refusal, match="写数字"):
        town.do(
            lambda session: policies.settle(
                session, quiet_from="21:00", quiet_until="08:00", approve_above="很多", big_above="200"
            )
        )


# ------------------------------------------------------------------ the hour


def test_second_everyday_notice_of_an_hour_is_put_off_and_not_dropped(town: Town) -> None:
    town.publish("一")
    town.publish("二")
    town.now += timedelta(seconds=11)

    assert sorted(said.split()[1] for said in town.send()) == ["一"] * 3
    assert town.states("二") == {"queued": 3, "unreachable": 1}
    assert {row.reason for row in town.rows("二") if row.openid} == {outbox.PACED}

    town.now += HOUR - timedelta(seconds=1)
    assert town.send() == []
    town.now += timedelta(seconds=1)
    assert sorted(said.split()[1] for said in town.send()) == ["二"] * 3
    assert town.states("二") == {"sent": 3, "unreachable": 1}


def test_hour_counts_for_each_reader_and_for_everyday_notices_alone(town: Town) -> None:
    town.publish("一", to=Audience.parse("3栋101"))
    town.publish("二")
    town.publish("要紧", NoticeKind.IMPORTANT)
    town.now += timedelta(seconds=11)

    assert sorted(town.send()) == ["o0 一", "o0 要紧", "o1 二", "o1 要紧", "o2 二", "o2 要紧"]


def test_way_that_was_closed_costs_no_second_hour(town: Town) -> None:
    town.publish()
    town.now += timedelta(seconds=11)

    def closed(session: Session) -> None:
        session.info.clear()
        claims = outbox.claim(session, town.now, 50, WAYS)
        results = [Result(claim=one, state=DeliveryState.QUEUED, again_at=town.now, is_closed=True) for one in claims]
        outbox.settle(session, results, town.now)

    town.database.submit(closed).result()
    town.now += timedelta(seconds=1)

    assert len(town.send()) == 3


# ------------------------------------------------------------------ the end, and who goes first


def test_emergency_wants_an_end_that_is_to_come(town: Town) -> None:
    with pytest.raises(Refusal, match="到什么时候为止"):
        town.publish("燃气", NoticeKind.EMERGENCY)
    with pytest.raises(Refusal, match="在现在之后"):
        town.publish("燃气", NoticeKind.EMERGENCY, until=town.now)
    with pytest.raises(Refusal, match="最多管 7 天"):
        town.publish("燃气", NoticeKind.EMERGENCY, until=town.now + timedelta(days=8))


def test_emergency_can_be_undone_for_ten_seconds_and_then_goes_before_all_that_waits(town: Town) -> None:
    town.publish("平常")
    town.now += timedelta(minutes=5)
    town.publish("燃气", NoticeKind.EMERGENCY, until=town.now + HOUR)
    town.do(occurrences.publish_due, town.now)
    assert {row.state for row in town.rows("燃气") if row.openid} == {DeliveryState.ARMED}

    town.now += notices.UNDO
    town.do(occurrences.publish_due, town.now)
    first = town.database.submit(
        lambda session: [one.payload["title"] for one in outbox.claim(session, town.now, 3, WAYS)]
    ).result()

    assert first == ["紧急：燃气"] * 3
    assert all(row.payload["text"].startswith("【紧急】") for row in town.rows("燃气"))


def test_what_could_not_go_before_its_end_is_not_sent_and_is_told_so(town: Town) -> None:
    town.publish(until=town.now + HOUR)
    town.now += HOUR

    assert town.send() == []
    assert town.states() == {"cancelled": 3, "unreachable": 1}
    assert {row.reason for row in town.rows() if row.openid} == {outbox.EXPIRED}


# ------------------------------------------------------------------ versions


def test_cancellation_stops_what_has_not_gone_out_and_is_the_newest_version(town: Town) -> None:
    town.publish("停水")

    def cancel(session: Session) -> None:
        old = session.exec(select(Notice).where(Notice.title == "停水")).one()
        new = notices.draft(session, "取消：停水", "水厂改期。", EVERYBODY, town.now)
        notices.follow(new, old, NoticeVersion.CANCELLATION, "水厂改期，不停水了")
        notices.publish(session, new, town.now)

    town.do(cancel)
    later = town.do(notices.version_of, town.notice())

    assert (town.notice().state, later.title) == (NoticeState.RECALLED, "取消：停水")
    assert town.states() == {"cancelled": 3, "unreachable": 1}
    assert town.states("取消：停水") == {"armed": 3, "unreachable": 1}


def test_correction_that_was_taken_back_corrects_nothing(town: Town) -> None:
    town.publish("停水")

    def correct_and_take_back(session: Session) -> None:
        old = session.exec(select(Notice).where(Notice.title == "停水")).one()
        new = notices.draft(session, "更正：停水", "改到周五。", EVERYBODY, town.now)
        notices.follow(new, old, NoticeVersion.CORRECTION, "改到周五")
        notices.publish(session, new, town.now)
        notices.recall(session, new, town.now)

    town.do(correct_and_take_back)

    assert town.do(notices.version_of, town.notice()) is None


def test_only_emergencies_have_updates_and_an_all_clear_which_needs_no_end(town: Town) -> None:
    town.publish("停水")
    town.publish("燃气", NoticeKind.EMERGENCY, until=town.now + HOUR)

    def follow(session: Session, title: str, version: NoticeVersion) -> Notice:
        old = session.exec(select(Notice).where(Notice.title == title)).one()
        new = notices.draft(session, f"后来{version}", "说明", EVERYBODY, town.now)
        notices.follow(new, old, version, "修好了")
        notices.disturb(new, NoticeKind.EMERGENCY, None, 0, town.now)
        return new

    assert town.do(follow, "燃气", NoticeVersion.ALL_CLEAR).until is None
    with pytest.raises(Refusal, match="到什么时候为止"):
        town.do(follow, "燃气", NoticeVersion.UPDATE)
    with pytest.raises(Refusal, match="只有紧急通知"):
        town.do(follow, "停水", NoticeVersion.ALL_CLEAR)


def test_old_notice_is_written_once_more_with_its_words_and_people(town: Town) -> None:
    town.publish("停水", NoticeKind.IMPORTANT, place="水泵房")

    def run(session: Session) -> Notice:
        return notices.copy(session, session.exec(select(Notice).where(Notice.title == "停水")).one(), town.now, 1)

    new = town.do(run)
    assert (new.state, new.title, new.place, new.kind, new.audience, new.asks) == (
        NoticeState.DRAFT, "停水", "水泵房", NoticeKind.IMPORTANT, {"everyone": True}, True,
    )  # fmt: skip


# ------------------------------------------------------------------ each reader's own words


def test_each_reader_finds_their_own_name_and_flat(town: Town) -> None:
    town.publish("{房号}停水", body="{称呼}您好，{日期}停水。")

    texts_of = {row.openid: row.payload["text"] for row in town.rows("{房号}停水")}
    assert texts_of["o0"] == "【3栋1单元101停水】\n陈建国您好，3月11日停水。"
    assert texts_of["o1"] == "【3栋1单元201停水】\n李梅您好，3月11日停水。"


def test_variable_that_there_is_none_of_is_refused_by_name(town: Town) -> None:
    with pytest.raises(Refusal, match=r"“\{姓名\}”没有这个变量"):
        town.publish("停水", body="{姓名}您好")

    assert texts.fill("{称呼}，{别的}", {"称呼": "李梅"}) == "李梅，{别的}"


# ------------------------------------------------------------------ a second person


def test_second_person_agrees_and_never_who_wanted_it_sent(town: Town) -> None:
    def ask(session: Session) -> None:
        anna = session.exec(select(Staff).where(Staff.login == "anna")).one()
        notices.ask(
            session, notices.draft(session, "停水", "九点", EVERYBODY, town.now, anna.id), town.now, anna.id, "staff:anna", 4
        )

    def agree(session: Session, login: str) -> None:
        member = session.exec(select(Staff).where(Staff.login == login)).one()
        notice = session.exec(select(Notice)).one()
        notices.agree(session, notice, town.now, member.id or 0, member.person, f"staff:{login}")

    town.do(ask)
    assert town.notice().state is NoticeState.WAITING
    assert town.rows() == []
    with pytest.raises(Refusal, match="另一位同事"):
        town.do(agree, "anna")
    town.do(agree, "bert")

    assert town.notice().approved_by is not None
    town.do(lambda session: notices.give_back(session, session.exec(select(Notice)).one(), "时间不对", town.now, "staff:bert"))
    assert (town.notice().state, town.notice().returned) == (NoticeState.DRAFT, "时间不对")
    with pytest.raises(Refusal, match="没有在等人同意"):
        town.do(agree, "cara")


# ------------------------------------------------------------------ reminders and doors


def test_silent_ones_are_reminded_once_and_then_visited(town: Town) -> None:
    town.publish("要紧", NoticeKind.IMPORTANT)
    town.now += timedelta(seconds=11)
    town.send()

    def acknowledge(session: Session) -> None:
        receipts.acknowledge(
            session, session.exec(select(Delivery.id).where(Delivery.openid == "o0")).one() or 0, "button", town.now
        )

    def silent(session: Session) -> list[str | None]:
        found = receipts.silent(session, session.exec(select(Notice)).one(), town.now - HOUR, 50)
        for one in found:
            one.chased_at = town.now
            session.add(one)
        return [one.openid for one in found]

    def doors(session: Session) -> list[tuple[str, str]]:
        return [(one.name, one.why) for one in receipts.all_doors(session, session.exec(select(Notice)).one(), town.now)]

    town.do(acknowledge)
    assert town.do(silent) == [], "an hour is not over"
    assert town.do(doors) == [("王强", outbox.NOT_BOUND)]
    town.now += HOUR
    assert town.do(silent) == ["o1", "o2"]
    assert town.do(silent) == [], "once"
    assert town.do(doors) == [("李梅", "提醒过一次，还没确认"), ("吴明", "提醒过一次，还没确认"), ("王强", outbox.NOT_BOUND)]

    def visit(session: Session) -> tuple[int, int]:
        notice = session.exec(select(Notice)).one()
        li = session.exec(select(Delivery.id).where(Delivery.openid == "o1")).one() or 0
        assert receipts.visit(session, notice, li, 1, town.now)
        assert not receipts.visit(session, notice, 999, 1, town.now)
        return receipts.visits(session, notice, town.now)

    assert town.do(visit) == (3, 1)
    assert [
        one.visitor for one in town.do(lambda session: receipts.all_doors(session, session.exec(select(Notice)).one(), town.now))
    ] == [
        "",
        "",
        "anna",
    ]


def _sent_and_reminded(town: Town) -> None:
    """Send an important notice, and remind all whom it reached."""
    town.publish("要紧", NoticeKind.IMPORTANT, asks=True)
    town.now += timedelta(seconds=11)
    town.send()
    town.now += 3 * HOUR

    def remind(session: Session) -> None:
        for one in receipts.silent(session, session.exec(select(Notice)).one(), town.now - HOUR, 50):
            one.chased_at = town.now
            session.add(one)

    town.do(remind)


def _acknowledge(town: Town, openid: str) -> None:
    def run(session: Session) -> None:
        told = session.exec(select(Delivery.id).where(Delivery.openid == openid)).one() or 0
        receipts.acknowledge(session, told, "words", town.now)

    town.do(run)


def _names_at_doors(town: Town) -> list[str]:
    def run(session: Session) -> list[str]:
        return [
            one.name
            for one in receipts.all_doors(session, session.exec(select(Notice).where(Notice.title == "要紧")).one(), town.now)
        ]

    return town.do(run)  # type: ignore[no-any-return]


@pytest.mark.parametrize("ends", ["recalled", "until", NoticeVersion.CANCELLATION, NoticeVersion.CORRECTION])
def test_nobody_is_reminded_or_visited_for_what_holds_no_longer(town: Town, ends: str) -> None:
    _sent_and_reminded(town)
    before = _names_at_doors(town)

    def end(session: Session) -> None:
        notice = session.exec(select(Notice)).one()
        if ends == "recalled":
            notices.recall(session, notice, town.now)
        elif ends == "until":
            notice.until = town.now
            session.add(notice)
        else:
            later = notices.draft(session, "后来", "改了", EVERYBODY, town.now)
            notices.follow(later, notice, NoticeVersion(ends), "改到后天")
            notices.publish(session, later, town.now)

    assert town.do(lambda session: receipts.is_chased(session, session.exec(select(Notice)).one(), town.now))
    town.do(end)

    def stands(session: Session) -> tuple[bool, bool, tuple[int, int], bool]:
        notice = session.exec(select(Notice).where(Notice.title == "要紧")).one()
        is_chased = "要紧" in {one.title for one in receipts.chasing(session, town.now)}
        why = receipts.why_over(session, notice, town.now)
        return is_chased, receipts.is_chased(session, notice, town.now), receipts.visits(session, notice, town.now), bool(why)

    assert before == ["陈建国", "李梅", "吴明", "王强"]
    assert _names_at_doors(town) == []
    assert town.do(stands) == (False, False, (0, 0), True)


def test_progress_of_what_was_told_leaves_its_doors(town: Town) -> None:
    town.publish("要紧", NoticeKind.EMERGENCY, until=town.now + timedelta(days=1))
    town.send()

    def update(session: Session) -> None:
        first = session.exec(select(Notice)).one()
        later = notices.draft(session, "后来", "在修了", EVERYBODY, town.now)
        notices.follow(later, first, NoticeVersion.UPDATE, "在修了")
        notices.publish(session, later, town.now)

    town.do(update)

    assert _names_at_doors(town) == ["王强"]


def test_flat_where_somebody_knows_needs_no_visit_and_it_is_said_why(town: Town) -> None:
    def move_in(session: Session) -> None:
        home = session.exec(select(Household).where(Household.room == "101")).one()
        settle(session, home, name="陈奶奶")  # has no account

    town.do(move_in)
    _sent_and_reminded(town)
    before = _names_at_doors(town)
    _acknowledge(town, "o0")

    def look(session: Session) -> tuple[list[tuple[str, str, str]], tuple[int, int]]:
        notice = session.exec(select(Notice)).one()
        found = receipts.settled(session, notice, town.now)
        return [(one.flat, one.name, one.how) for one in found.rows], receipts.visits(session, notice, town.now)

    assert before == ["陈建国", "陈奶奶", "李梅", "吴明", "王强"]
    assert _names_at_doors(town) == ["李梅", "吴明", "王强"]
    assert town.do(look) == ([("3栋1单元101", "陈建国", "确认收到了")], (3, 0))


def test_flat_that_only_opened_what_asks_for_a_yes_is_visited_still(town: Town) -> None:
    _sent_and_reminded(town)

    def open_it(session: Session) -> list[str]:
        receipts.opened(session, session.exec(select(Delivery.id).where(Delivery.openid == "o0")).one() or 0, town.now)
        return [
            one.why for one in receipts.all_doors(session, session.exec(select(Notice)).one(), town.now) if one.name == "陈建国"
        ]

    assert town.do(open_it) == ["打开过，提醒了一次，还没确认"]


def test_flat_that_was_told_at_the_door_is_told_once(town: Town) -> None:
    def move_in(session: Session) -> None:
        settle(session, session.exec(select(Household).where(Household.room == "401")).one(), name="王奶奶")

    town.do(move_in)
    _sent_and_reminded(town)

    def visit(session: Session) -> tuple[int, int]:
        notice = session.exec(select(Notice)).one()
        wang = next(one for one in receipts.all_doors(session, notice, town.now) if one.name == "王强")
        receipts.visit(session, notice, wang.delivery.id or 0, 1, town.now)
        return receipts.visits(session, notice, town.now)

    assert town.do(visit) == (4, 1)
    assert _names_at_doors(town) == ["陈建国", "李梅", "吴明", "王强"]


def test_whoever_acknowledged_has_opened_it(town: Town) -> None:
    _sent_and_reminded(town)
    _acknowledge(town, "o0")

    def look(session: Session) -> tuple[dict[receipts.Part, int], list[str], list[str]]:
        notice = session.exec(select(Notice)).one()
        opened, unopened = (receipts.all_people(session, notice, part) for part in (receipts.Part.READ, receipts.Part.UNREAD))
        return receipts.figures(session, notice), [one.name for one in opened], [one.name for one in unopened]

    figures, opened, unopened = town.do(look)
    assert (opened, unopened) == (["陈建国"], ["李梅", "吴明"])
    assert (figures[receipts.Part.READ], figures[receipts.Part.UNREAD]) == (1, 2)


def test_recalled_notice_came_to_nobody(town: Town) -> None:
    town.publish("要紧")

    def recall(session: Session) -> receipts.Total:
        notice = session.exec(select(Notice)).one()
        notices.recall(session, notice, town.now)
        return receipts.totals(session, [notice])[notice.key]

    assert town.do(recall) == receipts.Total(missed=4)


def test_each_time_of_a_recurring_notice_is_among_what_somebody_was_told(town: Town) -> None:
    def run(session: Session) -> list[str]:
        notice = notices.draft(session, "例会", "九点", EVERYBODY, town.now)
        notice.state, notice.rule = NoticeState.SCHEDULED, {"cron": "0 9 * * mon"}
        for week in (0, 7):
            notices.publish(session, notice, town.now, occurrence=town.now + timedelta(days=week))
        return [f"{one.occurrence:%m-%d}" for one, _ in receipts.told(session, 1, 5) if one.occurrence]

    assert town.do(run) == ["03-18", "03-11"]
