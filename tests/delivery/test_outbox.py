"""Deliveries: nothing lost, nothing doubled, every count adds up; on SQLite and PostgreSQL."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from bot.errors import (
    AddressNotListed,
    ChannelDisabled,
    ContentRefused,
    QuotaSpent,
    RecipientGone,
    Refusal,
    Temporary,
    TooFrequent,
    Unanswered,
    Unreached,
    WeChatRefused,
    WindowClosed,
)
from bot.model import SHANGHAI
from bot.sender import BATCH, MOST, PATIENCE, Sender, after
from bot.store import channels, followers, notices, outbox, reach, sentpictures
from bot.store.audience import Audience
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.followers import Follower
from bot.store.notices import Notice
from bot.store.outbox import Claim, Delivery, DeliveryState, Result, Ways
from bot.store.people import Household, settle
from bot.store.tasks import Task

#: Templates for who may not be written to freely.
WAYS = Ways(template="t", appid="wx1")


class WeChat:
    """Takes messages as WeChat does: a repeat of openid and id within ten minutes is dropped."""

    def __init__(self) -> None:
        self.got: dict[tuple[str, str], str] = {}
        self.calls = 0
        self.fault: WeChatRefused | None = None
        self.faults: dict[str, WeChatRefused] = {}  # by channel
        self._numbers = count(1)

    async def send_text(self, openid: str, words: str, client_msg_id: str = "") -> None:
        self._take("chat", openid, client_msg_id, words)

    async def send_picture(self, openid: str, content: bytes, client_msg_id: str = "") -> None:
        self._take("chat", openid, client_msg_id, f"picture {content.decode()}")

    async def send_template(self, openid: str, template_id: str, data: Mapping[str, str], url: str = "",
                            client_msg_id: str = "") -> str:  # fmt: skip
        self._take("template", openid, client_msg_id, data["thing1"])
        return str(next(self._numbers))

    async def send_subscription(self, openid: str, template_id: str, data: Mapping[str, str], page: str = "") -> None:
        self._take("subscription", openid, f"subscription {len(self.got)}", data["thing1"])

    def _take(self, channel: str, openid: str, client_msg_id: str, words: str) -> None:
        self.calls += 1
        fault = self.fault or self.faults.get(channel)
        if fault:
            raise fault
        self.got.setdefault((openid, client_msg_id), words)


def settle_in(session: Session, now: datetime) -> Community:
    """Two flats in building 3 and one in 7; Chen spoke, Li follows, Wang left, one is not bound."""
    community = Community(appid="wx1", name="和苑小区")
    session.add(community)
    session.flush()
    people = [("3", "501", "oChen"), ("3", "502", "oLi"), ("3", "502", None), ("7", "101", "oWang")]
    for building, room, openid in people:
        query = select(Household).where(Household.building == building, Household.room == room)
        home = session.exec(query).first() or Household(building=building, unit="2", room=room)
        session.add(home)
        session.flush()
        resident = settle(session, home, tags=["独居老人"] if room == "101" else [])
        resident.openid = openid
    chen = Follower(openid="oChen", followed_at=now, window_until=now + timedelta(hours=48), window_left=5)
    li = Follower(openid="oLi", followed_at=now)
    wang = Follower(openid="oWang", followed_at=now, left_at=now)
    session.add_all([chen, li, wang])
    session.flush()
    return community


async def publish(database: Database, now: datetime, to: str = "全体") -> Notice:
    def run(session: Session) -> Notice:
        if session.exec(select(Community)).first() is None:
            settle_in(session, now)
        notice = notices.draft(session, "明天停水", "请提前储水。", Audience.parse(to), now)
        notices.publish(session, notice, now)
        return notice

    return await database.write(run)


async def states(database: Database) -> dict[str, str]:
    rows = await database.read(lambda session: session.exec(select(Delivery)).all())
    return {row.openid or "-": row.state.value for row in rows}


def sender(
    database: Database, wechat: WeChat, now: datetime, template: str = "t", subscription: str = "", ends_within: float = 60.0
) -> Sender:
    ways = Ways(template=template, subscription=subscription, appid="wx1")
    return Sender(database, wechat, lambda: now, lambda: ways, ends_within=ends_within)  # type: ignore[arg-type]


async def drain(database: Database, wechat: WeChat, now: datetime, template: str = "t") -> None:
    """Step until nothing is due any more."""
    while await sender(database, wechat, now, template).step():
        pass


async def delivery_to(database: Database, openid: str) -> Delivery:
    return await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == openid)).one())


async def test_nothing_leaves_before_the_undo_time_is_over(database: Database, now: datetime) -> None:
    wechat = WeChat()
    notice = await publish(database, now)

    assert await sender(database, wechat, now + timedelta(seconds=9)).step() == 0
    stopped = await database.write(lambda session: notices.recall(session, session.get_one(Notice, notice.id), now))

    assert (stopped, wechat.calls) == (3, 0)
    assert await sender(database, wechat, now + timedelta(seconds=11)).step() == 0


async def test_each_person_is_told_by_the_honest_channel_or_counted_as_unreachable(database: Database, now: datetime) -> None:
    wechat = WeChat()
    notice = await publish(database, now)

    await sender(database, wechat, now + outbox.LEASE).step()

    assert await states(database) == {"oChen": "sent", "oLi": "sent", "oWang": "unreachable", "-": "unreachable"}
    assert sorted(openid for openid, _ in wechat.got) == ["oChen", "oLi"]
    assert wechat.got[("oLi", next(i for o, i in wechat.got if o == "oLi"))] == "明天停水"
    counts = await database.read(lambda session: notices.progress(session, notice))
    assert sum(counts.values()) == 4


async def test_a_message_that_cannot_be_read_is_not_sent_and_counted_as_failed(database: Database, now: datetime) -> None:
    wechat = WeChat()
    await publish(database, now)
    await database.write(lambda session: session.execute(text("UPDATE delivery SET payload = 's1.00000000.AAAA'")))

    await sender(database, wechat, now + outbox.LEASE).step()

    assert wechat.calls == 0
    assert await states(database) == {"oChen": "failed", "oLi": "failed", "oWang": "failed", "-": "unreachable"}


async def test_without_a_template_the_closed_window_is_told_as_the_reason(database: Database, now: datetime) -> None:
    await publish(database, now)

    await sender(database, WeChat(), now + outbox.LEASE, template="").step()

    rows = await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == "oLi")).one())
    assert (rows.state, rows.reason) == (DeliveryState.UNREACHABLE, outbox.WINDOW_CLOSED)


async def test_publishing_twice_tells_nobody_twice(database: Database, now: datetime) -> None:
    notice = await publish(database, now)

    again = await database.write(lambda session: notices.publish(session, session.get_one(Notice, notice.id), now))

    assert again == 0


async def test_crash_between_sending_and_settling_doubles_nothing_and_leaves_in_doubt_what_wechat_would_repeat(
    database: Database, now: datetime
) -> None:
    wechat = WeChat()
    await publish(database, now)
    due = now + notices.UNDO
    for claim in await database.write(outbox.claim, due, 10, WAYS):  # this sender dies before it settles
        await wechat.send_text(claim.openid, "…", claim.client_msg_id)

    assert await sender(database, wechat, due + outbox.LEASE - timedelta(seconds=1)).step() == 0
    before = wechat.calls
    assert await sender(database, wechat, due + outbox.LEASE).step() == 1  # the template message: WeChat drops the repeat

    assert (len(wechat.got), wechat.calls - before) == (2, 1)
    told = await states(database)
    assert (told["oChen"], told["oLi"]) == ("unknown", "sent")


async def test_lost_answer_that_is_no_notice_is_sent_again(database: Database, now: datetime) -> None:
    wechat = WeChat()
    await database.write(lambda session: (settle_in(session, now), outbox.queue(session, "oChen", "师傅来了", now))[1].id)
    await database.write(outbox.claim, now, 10, WAYS)  # this sender dies

    await sender(database, wechat, now + outbox.LEASE).step()

    assert (await states(database))["oChen"] == "sent"


@pytest.mark.parametrize(("openid", "state"), [("oChen", "unknown"), ("oLi", "queued")])
async def test_call_of_a_notice_without_an_answer_is_in_doubt_where_wechat_drops_no_repeat(
    database: Database, now: datetime, openid: str, state: str
) -> None:
    wechat = WeChat()
    wechat.fault = Unanswered(None, "reset")
    await publish(database, now, "3栋")

    await sender(database, wechat, now + notices.UNDO).step()

    assert (await states(database))[openid] == state
    wechat.fault = None
    calls = wechat.calls
    for minute in (1, 5, 60 * 24):
        await sender(database, wechat, now + timedelta(minutes=minute)).step()
    assert ("oChen" in {who for who, _ in wechat.got}) is False
    assert wechat.calls == calls + 1  # Li's


async def test_it_is_known_when_wechat_took_a_notice(database: Database, now: datetime) -> None:
    await publish(database, now)

    await sender(database, WeChat(), now + notices.UNDO).step()

    assert (await delivery_to(database, "oChen")).sent_at == now + notices.UNDO
    assert (await delivery_to(database, "oWang")).sent_at is None


async def test_notice_comes_with_a_link_to_its_page_in_the_chat_and_behind_the_template(
    database: Database, now: datetime
) -> None:
    said: dict[str, str] = {}

    class Seen(WeChat):
        async def send_text(self, openid: str, text: str, client_msg_id: str = "") -> None:
            said[openid] = text

        async def send_template(
            self, openid: str, template_id: str, data: dict[str, str], url: str = "", client_msg_id: str = ""
        ) -> str:
            said[openid] = url
            return "1"

    await publish(database, now)
    ways = Ways(template="t", appid="wx1")
    sending = Sender(
        database, Seen(), lambda: now + notices.UNDO, lambda: ways, lambda claim: f"https://linli.example/p/{claim.id}"
    )  # type: ignore[arg-type]

    await sending.step()

    chen, li = await delivery_to(database, "oChen"), await delivery_to(database, "oLi")
    assert said["oChen"].endswith(f'<a href="https://linli.example/p/{chen.id}">打开通知</a>')
    assert said["oLi"] == f"https://linli.example/p/{li.id}"


async def test_sender_that_is_stopped_leaves_nothing_being_sent_behind(database: Database, now: datetime) -> None:
    begun = asyncio.Event()

    class Silent(WeChat):
        async def send_text(self, openid: str, words: str, client_msg_id: str = "") -> None:
            begun.set()
            await asyncio.Event().wait()

    await publish(database, now)
    before = asyncio.all_tasks()
    running = asyncio.create_task(sender(database, Silent(), now + outbox.LEASE, ends_within=0.01).run())
    await begun.wait()

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert asyncio.all_tasks() == before


async def test_sender_that_is_stopped_waits_for_what_is_on_its_way_and_leaves_nothing_in_doubt(
    database: Database, now: datetime
) -> None:
    begun, answers = asyncio.Event(), asyncio.Event()

    class Slow(WeChat):
        async def send_text(self, openid: str, words: str, client_msg_id: str = "") -> None:
            begun.set()
            await answers.wait()

    await publish(database, now)
    running = asyncio.create_task(sender(database, Slow(), now + notices.UNDO).run())
    await begun.wait()

    running.cancel()
    await asyncio.sleep(0)
    answers.set()
    await asyncio.gather(running, return_exceptions=True)

    told = await states(database)
    assert (told["oChen"], told["oLi"]) == ("sent", "sent")


async def test_message_that_cannot_be_made_keeps_no_other_from_being_sent_and_noted(database: Database, now: datetime) -> None:
    def page(claim: Claim) -> str:
        if claim.openid == "oChen":
            raise LookupError("no such page")
        return ""

    await publish(database, now)
    ways = Ways(template="t", appid="wx1")

    await Sender(database, WeChat(), lambda: now + notices.UNDO, lambda: ways, page).step()  # type: ignore[arg-type]

    told = await states(database)
    assert (told["oChen"], told["oLi"]) == ("unknown", "sent")


@pytest.mark.parametrize("waiting", [1, MOST])
async def test_urgent_message_leaves_though_nothing_that_is_on_its_way_comes_back(
    database: Database, now: datetime, waiting: int
) -> None:
    begun, came = asyncio.Event(), asyncio.Event()

    class Stuck(WeChat):
        calls = 0

        async def send_text(self, openid: str, words: str, client_msg_id: str = "") -> None:
            if words == "着火了":
                came.set()
                return
            if words == "早上好":
                return
            self.calls += 1
            if self.calls == waiting:
                begun.set()
            await asyncio.Event().wait()

    def run(session: Session) -> None:
        settle_in(session, now)
        for number in range(waiting + 1):
            openid = f"o{number}"
            session.add(Follower(openid=openid, followed_at=now, window_until=now + timedelta(hours=1), window_left=5))
            if number:
                outbox.queue(session, openid, "早上好", now - timedelta(hours=1))  # what comes back lets more leave
                outbox.queue(session, openid, "您好", now)

    await database.write(run)
    running = asyncio.create_task(sender(database, Stuck(), now, ends_within=0.01).run())
    await begun.wait()

    await database.write(outbox.queue, "o0", "着火了", now, urgent=True)
    async with asyncio.timeout(20):
        await came.wait()

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_sender_begins_with_few_and_lets_more_leave_as_they_come_back(database: Database, now: datetime) -> None:
    left: list[int] = []
    answers = asyncio.Semaphore(0)

    class Counting(WeChat):
        async def send_text(self, openid: str, words: str, client_msg_id: str = "") -> None:
            left.append(len(left))
            await answers.acquire()

    def run(session: Session) -> None:
        settle_in(session, now)
        for number in range(3 * MOST):
            session.add(Follower(openid=f"o{number}", followed_at=now, window_until=now + timedelta(hours=1), window_left=5))
            outbox.queue(session, f"o{number}", "您好", now)

    await database.write(run)
    running = asyncio.create_task(sender(database, Counting(), now, ends_within=0.01).run())

    async def leave(number: int) -> None:
        async with asyncio.timeout(20):
            while len(left) < number:  # noqa: ASYNC110  nothing tells what a sender lets leave
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)  # more would have left by then

    await leave(BATCH)
    assert len(left) == BATCH, "one that dies now leaves no more in doubt"
    for _ in range(BATCH):
        answers.release()
    await leave(3 * BATCH)
    assert len(left) == 3 * BATCH
    for _ in range(2 * MOST):
        answers.release()
    await leave(3 * MOST)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_senders_are_told_of_an_urgent_message_and_of_no_other(database: Database, now: datetime) -> None:
    told: list[str] = []
    await database.write(settle_in, now)
    database.listen(lambda announced: told.extend(announced))

    await database.write(outbox.queue, "oChen", "您好", now)
    assert told == []
    await database.write(outbox.queue, "oChen", "着火了", now, urgent=True)

    assert told == [outbox.URGENT]


async def test_two_senders_never_claim_the_same_row(database: Database, now: datetime) -> None:
    await publish(database, now)

    first = await database.write(outbox.claim, now + notices.UNDO, 1, WAYS)
    second = await database.write(outbox.claim, now + notices.UNDO, 10, WAYS)

    assert not {claim.id for claim in first} & {claim.id for claim in second}


async def test_no_more_is_claimed_than_was_asked_for_however_much_is_due(database: Database, now: datetime) -> None:
    def run(session: Session) -> None:
        settle_in(session, now)
        for number in range(3 * MOST):
            session.add(Follower(openid=f"o{number}", followed_at=now, window_until=now + timedelta(hours=1), window_left=5))
            outbox.queue(session, f"o{number}", "您好", now)

    await database.write(run)

    claims = await database.write(outbox.claim, now, BATCH, WAYS)

    assert [claim.openid for claim in claims] == [f"o{number}" for number in range(BATCH)]


async def test_of_what_was_lost_the_first_tried_goes_first_however_often_its_sender_died(
    database: Database, now: datetime
) -> None:
    def run(session: Session) -> None:
        settle_in(session, now)
        for number in range(3):
            session.add(Follower(openid=f"o{number}", followed_at=now))
            outbox.queue(session, f"o{number}", "您好", now)

    def next_one(session: Session, at: datetime) -> list[str]:
        claims, _ = outbox.turn_over(session, [], at, 1, WAYS, ended_since=at - outbox.REPEATABLE)
        return [claim.openid for claim in claims]

    await database.write(run)
    await database.write(lambda session: session.execute(update(Delivery).values(channel="template")))
    order = [await database.write(next_one, now), await database.write(next_one, now + timedelta(seconds=1))]
    later = now + outbox.LEASE + timedelta(seconds=1)
    order += [await database.write(next_one, later + n * (outbox.LEASE + timedelta(seconds=1))) for n in range(3)]

    assert order == [["o0"], ["o1"], ["o0"], ["o0"], ["o0"]]


async def test_sender_that_woke_too_late_changes_nothing(database: Database, now: datetime) -> None:
    await publish(database, now)
    frozen = await database.write(outbox.claim, now + notices.UNDO, 10, WAYS)
    taken_over = await database.write(outbox.claim, now + notices.UNDO + outbox.LEASE, 10, WAYS)

    late = [Result(claim=claim, state=DeliveryState.FAILED, reason="too late") for claim in frozen]
    counted = await database.write(outbox.settle, late, now + outbox.LEASE * 2)

    assert counted == 0
    assert [(claim.openid, claim.attempts) for claim in taken_over] == [("oLi", 2)]
    told = await states(database)
    assert (told["oLi"], told["oChen"]) == ("sending", "unknown")


async def test_what_wechat_may_have_taken_is_not_sent_after_ten_minutes(database: Database, now: datetime) -> None:
    await publish(database, now)
    await database.write(outbox.claim, now + notices.UNDO, 10, WAYS)

    assert await database.write(outbox.claim, now + timedelta(minutes=12), 10, WAYS) == []

    told = await states(database)
    assert (told["oChen"], told["oLi"]) == ("unknown", "unknown")


@pytest.mark.parametrize(("fault", "state", "counted"), [
    (Temporary(-1, "busy"), "queued", True), (QuotaSpent(45009, "cap"), "queued", False), (RecipientGone(43004, "gone"), "failed", True),
    (WindowClosed(45015, "closed"), "queued", False), (ContentRefused(47003, "thing1"), "failed", True),
    (ChannelDisabled(48001, "no"), "queued", False), (AddressNotListed(40164, "no"), "queued", False),
    (TooFrequent(45011, "slow"), "queued", False), (Unreached(None, "no"), "queued", False), (Unanswered(None, "reset"), "unknown", True), (WeChatRefused(99999, "?"), "failed", True),
])  # fmt: skip
async def test_each_refusal_has_its_consequence(
    database: Database, now: datetime, fault: WeChatRefused, state: str, counted: bool
) -> None:
    wechat = WeChat()
    wechat.fault = fault
    await publish(database, now, "3栋2单元501")

    await sender(database, wechat, now + notices.UNDO).step()

    [row] = await database.read(lambda session: session.exec(select(Delivery)).all())
    assert (row.state.value, row.attempts) == (state, 1 if counted else 0)


async def test_closed_window_falls_back_to_the_template_or_is_told_as_the_reason(database: Database, now: datetime) -> None:
    wechat = WeChat()
    wechat.faults = {"chat": WindowClosed(45047, "out of response count limit")}
    await publish(database, now, "3栋2单元501")

    await drain(database, wechat, now + notices.UNDO)

    told = await delivery_to(database, "oChen")
    assert (told.state, told.channel, told.attempts) == ("sent", "template", 1)
    assert wechat.calls == 2

    await database.write(outbox.queue, "oChen", "再说一句", now)
    await drain(database, wechat, now + notices.UNDO, template="")
    rows = await database.read(lambda session: session.exec(select(Delivery).order_by(col(Delivery.id))).all())
    assert (rows[-1].state, rows[-1].reason) == ("unreachable", outbox.WINDOW_CLOSED)
    assert wechat.calls == 2, "the ledger learnt that the window is closed"


async def test_disabled_way_is_left_alone_for_an_hour_told_to_admins_once_and_the_other_way_used(
    database: Database, now: datetime
) -> None:
    wechat = WeChat()
    wechat.faults = {"chat": ChannelDisabled(48001, "api unauthorized")}
    await publish(database, now, "3栋2单元501")
    at = now + notices.UNDO

    await drain(database, wechat, at)
    for number in range(5):
        await database.write(outbox.queue, "oChen", f"第{number}句", at)
    await drain(database, wechat, at)

    rows = await database.read(lambda session: session.exec(select(Delivery)).all())
    assert {(row.state.value, row.channel) for row in rows} == {("sent", "template")}
    assert wechat.calls == 1 + 6
    [task] = await database.read(lambda session: session.exec(select(Task)).all())
    assert "48001" in task.title

    wechat.faults = {}
    await database.write(outbox.queue, "oChen", "又好了", at)
    await drain(database, wechat, at + channels.DISABLED)
    assert wechat.got["oChen", "d7"] == "又好了", "the 48-hour window was not used up meanwhile"


async def test_spent_cap_stops_the_way_at_once_until_midnight_and_burns_no_attempt(database: Database, now: datetime) -> None:
    wechat = WeChat()
    wechat.faults = {"template": QuotaSpent(45009, "reach max api daily quota limit")}
    await publish(database, now)  # Li can only be told by template
    at = now + notices.UNDO
    await drain(database, wechat, at)
    calls = wechat.calls

    for _ in range(3):
        await database.write(outbox.queue, "oLi", "也要发模板", at)
    await drain(database, wechat, at + timedelta(hours=1))
    assert wechat.calls == calls, "nothing more is asked of a way that is spent"
    waiting = await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == "oLi")).all())
    assert {(row.state.value, row.attempts, row.due_at) for row in waiting} == {
        ("queued", 0, datetime(2026, 3, 12, tzinfo=SHANGHAI))
    }
    assert all("明天 0 点" in row.reason for row in waiting)

    wechat.faults = {}
    await drain(database, wechat, datetime(2026, 3, 12, tzinfo=SHANGHAI))
    told = await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == "oLi")).all())
    assert {row.state.value for row in told if row.notice_id is None} == {"sent"}
    assert {(row.state.value, row.reason) for row in told if row.notice_id} == {("queued", outbox.QUIET)}, (
        "an everyday notice at midnight"
    )

    await drain(database, wechat, datetime(2026, 3, 12, 8, tzinfo=SHANGHAI))
    told = await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == "oLi")).all())
    assert {row.state.value for row in told} == {"sent"}


async def test_account_that_an_operator_must_mend_pauses_and_goes_on(database: Database, now: datetime) -> None:
    wechat = WeChat()
    wechat.fault = AddressNotListed(40164, "invalid ip 203.0.113.9")
    await publish(database, now, "3栋2单元501")
    at = now + notices.UNDO

    await drain(database, wechat, at)
    assert (await delivery_to(database, "oChen")).state == "queued"
    wechat.fault = None
    await drain(database, wechat, at + channels.MENDABLE)

    assert (await delivery_to(database, "oChen")).state == "sent"


async def test_allowed_subscription_comes_before_the_template_and_is_used_up(database: Database, now: datetime) -> None:
    wechat = WeChat()
    await publish(database, now, "3栋2单元502")
    await database.write(followers.allow, "oLi", "s", True, now)
    await database.write(outbox.queue, "oLi", "第二条", now + notices.UNDO)

    await sender(database, wechat, now + notices.UNDO, subscription="s").step()

    rows = await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == "oLi")).all())
    assert sorted(row.channel for row in rows) == ["subscription", "template"]


async def test_consent_taken_back_closes_the_way(database: Database, now: datetime) -> None:
    await database.write(followers.allow, "oLi", "s", True, now)
    await database.write(followers.allow, "oLi", "s", False, now)

    assert not await database.write(followers.use_allowance, "oLi", "s", now)


async def test_days_figures_count_what_wechat_took_and_begin_anew_at_midnight(database: Database, now: datetime) -> None:
    await publish(database, now)
    await drain(database, WeChat(), now + notices.UNDO)

    assert await database.read(channels.figures, "wx1", now) == {"chat": 1, "template": 1}
    assert await database.read(channels.figures, "wx1", now + timedelta(days=1)) == {"chat": 0, "template": 0}


def test_spent_quota_waits_for_midnight_in_shanghai(now: datetime) -> None:
    claim = Claim(id=1, attempts=1, openid="o", channel="chat", payload={}, first_try_at=now)

    result = after(claim, QuotaSpent(45009, "cap"), now)

    assert result.again_at == datetime(2026, 3, 12, tzinfo=now.tzinfo)


def test_retries_end_before_wechat_forgets_the_id() -> None:
    assert sum(outbox.RETRIES, timedelta()) + outbox.LEASE < outbox.REPEATABLE


@pytest.mark.parametrize(("fault", "tries"), [(Temporary(45066, "soon"), len(outbox.RETRIES)), (Temporary(-1, "busy"), PATIENCE)])
async def test_temporary_faults_are_tried_again_until_patience_ends(
    database: Database, now: datetime, fault: WeChatRefused, tries: int
) -> None:
    wechat = WeChat()
    wechat.fault = fault
    await publish(database, now, "3栋2单元501")
    at = now + notices.UNDO
    for _ in range(tries):
        await sender(database, wechat, at).step()
        waiting = await delivery_to(database, "oChen")
        assert waiting.state == "queued"
        at = waiting.due_at
    await sender(database, wechat, at).step()

    assert (await states(database))["oChen"] == "failed"
    assert wechat.calls == tries + 1


class Metered(WeChat):
    """Takes so many in a minute and refuses the rest, as WeChat does."""

    def __init__(self, in_a_minute: int, at: datetime) -> None:
        super().__init__()
        self.in_a_minute, self.at, self.taken = in_a_minute, at, 0

    def _take(self, channel: str, openid: str, client_msg_id: str, words: str) -> None:
        self.fault = TooFrequent(45011, "api minute-quota reach limit") if self.taken >= self.in_a_minute else None
        super()._take(channel, openid, client_msg_id, words)
        self.taken += 1


async def test_minute_quota_lets_the_way_rest_and_costs_no_message_a_try(database: Database, now: datetime) -> None:
    def queue(session: Session) -> None:
        settle_in(session, now)
        for number in range(196):
            session.add(Follower(openid=f"oMany{number}", followed_at=now, window_until=now + timedelta(hours=48), window_left=5))
            session.flush()
            outbox.queue(session, f"oMany{number}", f"第{number}条", now)

    await database.write(queue)
    wechat, minutes = Metered(60, now), 0
    while len(wechat.got) < 196:
        wechat.taken = 0
        await drain(database, wechat, now + minutes * timedelta(minutes=1))
        minutes += 1
        assert minutes < 10

    rows = await database.read(lambda session: session.exec(select(Delivery)).all())
    assert {(row.state.value, row.attempts, row.channel) for row in rows} == {("sent", 1, "chat")}
    assert minutes == 4
    assert wechat.calls <= 196 + 3 * BATCH


async def test_what_is_urgent_goes_another_way_while_the_chat_rests_a_minute(database: Database, now: datetime) -> None:
    def queue(session: Session) -> None:
        settle_in(session, now)
        channels.stop(session, "wx1", channels.rushed("chat", now), now)
        outbox.queue(session, "oChen", "师傅明天来", now)
        outbox.queue(session, "oChen", "三栋着火了", now, urgent=True)

    await database.write(queue)
    wechat = WeChat()
    await drain(database, wechat, now)

    rows = await database.read(lambda session: session.exec(select(Delivery).order_by(col(Delivery.id))).all())
    assert [(row.state.value, row.channel) for row in rows] == [("queued", ""), ("sent", "template")]

    await drain(database, wechat, now + timedelta(minutes=1))
    rows = await database.read(lambda session: session.exec(select(Delivery).order_by(col(Delivery.id))).all())
    assert [(row.state.value, row.channel) for row in rows] == [("sent", "chat"), ("sent", "template")]


async def test_hours_without_wechat_cost_no_message(database: Database, now: datetime) -> None:
    wechat = WeChat()
    wechat.fault = Unreached(None, "WeChat did not answer: ClientConnectorError")
    await publish(database, now, "3栋2单元501")
    at = now + notices.UNDO
    for _ in range(200):
        await sender(database, wechat, at).step()
        at += timedelta(minutes=1)
    wechat.fault = None
    await drain(database, wechat, at)

    assert (await states(database))["oChen"] == "sent"


async def test_what_may_have_come_before_wechat_was_away_is_told_as_unsure(database: Database, now: datetime) -> None:
    wechat = WeChat()
    wechat.faults = {"chat": WindowClosed(45015, "closed"), "template": Unanswered(None, "reset")}
    await publish(database, now, "3栋2单元501")
    at = now + notices.UNDO
    await drain(database, wechat, at)
    wechat.faults = {"template": Unreached(None, "WeChat did not answer: ClientConnectorError")}
    for _ in range(20):
        at += timedelta(minutes=1)
        await sender(database, wechat, at).step()

    assert (await states(database))["oChen"] == "unknown"


async def test_lesser_stop_does_not_end_a_longer_one(database: Database, now: datetime) -> None:
    def run(session: Session) -> dict[str, channels.Stop]:
        settle_in(session, now)
        for stop in (channels.spent("chat", now), channels.busy("chat", now)):
            channels.stop(session, "wx1", stop, now)
        return channels.stops(session, "wx1", now)

    assert (await database.write(run))["chat"].until == channels.spent("chat", now).until


async def test_follower_who_is_gone_is_not_written_to_again(database: Database, now: datetime) -> None:
    wechat = WeChat()
    wechat.fault = RecipientGone(43004, "unsubscribed")
    await publish(database, now, "3栋2单元501")
    await sender(database, wechat, now + notices.UNDO).step()
    wechat.fault = None
    await database.write(outbox.queue, "oChen", "还在吗", now)

    await sender(database, wechat, now + timedelta(minutes=1)).step()

    assert wechat.got == {}


async def test_report_turns_sent_into_delivered_or_failed(database: Database, now: datetime) -> None:
    await publish(database, now, "3栋2单元502")
    await sender(database, WeChat(), now + notices.UNDO).step()

    await database.write(outbox.receive, "1", "failed:user block", now)

    row = await database.read(lambda session: session.exec(select(Delivery).where(Delivery.openid == "oLi")).one())
    assert (row.state, row.reason) == (DeliveryState.FAILED, "居民拒收")


async def test_report_that_comes_before_our_own_record_is_not_lost(database: Database, now: datetime) -> None:
    await publish(database, now, "3栋2单元502")
    [claim] = await database.write(outbox.claim, now + notices.UNDO, 10, WAYS)
    await database.write(outbox.receive, "77", "success", now)

    await database.write(outbox.settle, [Result(claim=claim, state=DeliveryState.SENT, msgid="77")], now)

    assert (await states(database))["oLi"] == "delivered"


async def test_report_that_comes_twice_before_our_own_record_counts_once(database: Database, now: datetime) -> None:
    await publish(database, now, "3栋2单元502")
    [claim] = await database.write(outbox.claim, now + notices.UNDO, 10, WAYS)
    for _ in range(2):
        await database.write(outbox.receive, "77", "success", now)

    await database.write(outbox.settle, [Result(claim=claim, state=DeliveryState.SENT, msgid="77")], now)

    assert (await states(database))["oLi"] == "delivered"


async def test_report_without_a_number_belongs_to_nobody_and_is_kept_nowhere(database: Database, now: datetime) -> None:
    class Numberless(WeChat):
        async def send_template(self, *message: Any, **more: Any) -> str:
            await super().send_template(*message, **more)
            return "0"

    await publish(database, now, "3栋")
    await sender(database, Numberless(), now + notices.UNDO).step()
    for status in ("success", "failed:user block"):
        await database.write(outbox.receive, "0", status, now)

    assert (await states(database))["oLi"] == "sent"
    assert await database.read(lambda session: session.exec(select(outbox.MessageReport)).all()) == []


async def test_claim_is_served_by_the_partial_index(database: Database, now: datetime) -> None:
    await publish(database, now)
    query = "SELECT id FROM delivery WHERE delivery.state IN ('armed', 'queued', 'sending') AND due_at <= '2026-03-12' ORDER BY due_at, id LIMIT 50"

    def explain(session: Session) -> str:
        if database.is_sqlite:
            return str(session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
        session.execute(text("SET LOCAL enable_seqscan = off"))  # a table of four rows is read whole otherwise
        return str(session.execute(text(f"EXPLAIN {query}")).all())

    assert "delivery_due" in await database.read(explain)


# ------------------------------------------------------------------ notices


@pytest.mark.parametrize(("said", "people"), [
    ("全体", 4), ("3栋", 3), ("三栋", 3), ("3栋2单元", 3), ("3栋2单元502", 2), ("3栋501", 1), ("独居老人", 1), ("7栋、3栋501", 2), ("9栋", 0),
])  # fmt: skip
async def test_audience_is_who_lives_there_or_wears_the_tag(database: Database, now: datetime, said: str, people: int) -> None:
    await database.write(settle_in, now)
    audience = Audience.parse(said)

    found = await database.read(reach.count, audience, now, WAYS)

    assert Audience.from_json(audience.to_json()) == audience
    assert found.people == people == found.chat + found.template + sum(found.unreachable.values())
    assert bool(found.unknown) is (people == 0)


def test_audience_of_too_many_parts_is_refused_with_the_number() -> None:
    with pytest.raises(Refusal, match="现在有 101 个"):
        Audience.parse(" ".join(f"{number}栋" for number in range(101)))


@pytest.mark.parametrize("part", ["栋" * 20_000, "9" * 5000 + "栋"])
def test_part_longer_than_anybody_writes_is_refused_before_it_is_read(part: str) -> None:
    with pytest.raises(Refusal, match="…”太长了，一处最多 40 个字。几处之间请用顿号隔开"):
        Audience.parse(f"3栋、{part}")


async def test_parts_that_nobody_belongs_to_are_named(database: Database, now: datetime) -> None:
    await publish(database, now)
    audience = Audience.parse("3栋 9栋 3栋2单元 9栋1单元 3栋2单元501 3栋2单元999 3栋501 独居老人 飞行员")

    found = await database.read(reach.count, audience, now, WAYS)

    assert found.unknown == ("9栋", "9栋1单元", "3栋2单元999", "飞行员")


async def test_picture_goes_as_one_where_it_can_be_shown_and_as_words_where_not(database: Database, now: datetime) -> None:
    def run(session: Session) -> None:
        settle_in(session, now)
        for openid, content in (("oChen", b"of the pipe"), ("oLi", b"of the lift")):
            sent = outbox.queue(session, openid, "[图片]", now, title="物业发来一张图片", picture=True)
            sentpictures.keep(session, openid, sent.id or 0, content, now)

    await database.write(run)
    wechat = WeChat()

    await sender(database, wechat, now).step()

    assert sorted(wechat.got.values()) == ["picture of the pipe", "物业发来一张图片"]
    assert await states(database) == {"oChen": "sent", "oLi": "sent"}


async def test_picture_that_was_erased_before_it_was_sent_is_none_that_came(database: Database, now: datetime) -> None:
    def run(session: Session) -> None:
        settle_in(session, now)
        outbox.queue(session, "oChen", "[图片]", now, picture=True)

    await database.write(run)

    await sender(database, WeChat(), now).step()

    assert await states(database) == {"oChen": "failed"}


async def test_what_is_on_its_way_is_told_apart_from_what_was_sent(database: Database, now: datetime) -> None:
    def run(session: Session) -> None:
        settle_in(session, now)
        outbox.queue(session, "oChen", "您好", now)
        outbox.queue(session, "oChen", "在吗", now)

    await database.write(run)
    assert await database.read(outbox.under_way, "oChen", now) == 2

    await sender(database, WeChat(), now).step()

    assert await database.read(outbox.under_way, "oChen", now) == 0
    fates = await database.read(outbox.fates, [1, 2, 3])
    assert fates == {1: (DeliveryState.SENT, ""), 2: (DeliveryState.SENT, "")}
