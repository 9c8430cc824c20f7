"""Deliveries: queue, outbox and record in one table.

A sender *claims* due rows: they are `sending` until a lease ends, and the attempt is counted at once, so that a row that
kills its sender still dies. It *settles* what became of them; a settle of a claim that somebody else took over meanwhile
is ignored. WeChat drops a repeat of openid and client_msg_id for ten minutes, and all waits are shorter than that, so a
crash between sending and settling doubles nothing there. Customer-service messages and subscription notices know no such id: what of
a notice was lost on that way is *unknown*, shown to staff, and sent again only if they want it. Answers and alarms are sent again.
Source: developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html (client_msg_id)
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, func, insert, or_, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col

from bot.model import index_where_known, maybe_moment, moment, word
from bot.sealed import is_unreadable, sealed_map
from bot.store import channels, followers, policies, scope
from bot.store.channels import CHAT, SUBSCRIPTION, TEMPLATE, Stop
from bot.store.database import announce
from bot.store.followers import Follower
from bot.store.people import Resident
from bot.store.policies import Quiet
from bot.store.prepared import Prepared, chosen_once
from bot.store.scope import Scoped
from bot.store.upserts import insert as insert_heeding
from bot.translation import tr, tr_all
from bot.wechat import quota


class DeliveryState(StrEnum):
    """A delivery's life; the counts of all states add up to the audience."""

    ARMED = "armed"  # may still be undone
    QUEUED = "queued"
    SENDING = "sending"  # leased by a sender until due_at
    SENT = "sent"  # WeChat took it
    DELIVERED = "delivered"  # WeChat says it arrived
    FAILED = "failed"
    UNREACHABLE = "unreachable"  # nothing was tried; reason says why
    UNKNOWN = "unknown"  # lost between sending and noting: it may have arrived, and is not sent again by itself
    CANCELLED = "cancelled"


_DUE = text("state IN ('armed', 'queued', 'sending')")


class Delivery(Scoped, table=True):
    """One message to one person: queue, outbox and record in one row.

    `due_at` is schedule, retry time and end of the lease in one, so that one index serves all three.
    """

    __table_args__ = (
        UniqueConstraint("notice_id", "occurrence", "resident_id"),
        Index("delivery_due", "due_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("delivery_msgid", "msgid"),
        Index("delivery_openid", "openid"),
        Index("delivery_notice", "notice_id", "occurrence", "state"),
        index_where_known("delivery", "resident_id"),  # of notices; replies belong to an account
    )

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    occurrence: datetime | None = maybe_moment()
    resident_id: int | None = Field(default=None, foreign_key="resident.id")
    openid: str | None = None
    payload: dict[str, Any] = sealed_map("delivery.payload")  # text, title, url, see bot/store/outbox.py
    state: DeliveryState = word(DeliveryState, DeliveryState.QUEUED)
    attempts: int = 0
    due_at: datetime = moment()
    first_try_at: datetime | None = maybe_moment()
    channel: str = ""  # chat, subscription or template
    msgid: str | None = None
    reason: str = ""
    is_unsure: bool = False  # it was on its way, and nobody knows whether WeChat took it
    updated_at: datetime = moment()
    sent_at: datetime | None = maybe_moment()  # WeChat took it
    read_at: datetime | None = maybe_moment()  # its page was opened
    acknowledged_at: datetime | None = maybe_moment()
    acknowledged_by: str = ""  # button or words
    paced_at: datetime | None = maybe_moment()  # took its reader's hour, in which no other everyday notice goes to them
    chased_at: datetime | None = maybe_moment()  # its reader was reminded
    visited_at: datetime | None = maybe_moment()  # somebody told them at the door
    visited_by: int | None = Field(default=None, foreign_key="staff.id")


class MessageReport(SQLModel, table=True):
    """WeChat's report on a template message that came before we knew its msgid."""

    __tablename__ = "message_report"

    msgid: str = Field(primary_key=True)
    status: str
    at: datetime = moment()


#: How long a claimed row is its sender's: twice as long as the longest call. So long waits what a sender that died had on its way.
LEASE = timedelta(minutes=1)

#: A row whose fate is unknown for this long is not sent again: WeChat would not drop the repeat any more.
REPEATABLE = timedelta(minutes=10)

#: Waits before the second, third … attempt; together shorter than REPEATABLE.
RETRIES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=3))

#: Waits where WeChat was busy and surely took nothing, so that it need not remember; the last one holds from then on.
WAITS = (*RETRIES, timedelta(minutes=10))

#: How much earlier an urgent row counts as due: the longest due goes first.
AHEAD = timedelta(days=1)

#: Announced where an urgent row was queued.
URGENT = "delivery.urgent"

#: Written out, not bound: only so does the partial index delivery_due serve it.
_DUE = text("delivery.state IN ('armed', 'queued', 'sending')")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that is ours until `until`."""

    id: int
    attempts: int
    openid: str
    channel: str  # chat, subscription or template
    payload: Mapping[str, Any]
    first_try_at: datetime
    appid: str = ""  # the account it goes through
    notice_id: int | None = None
    community_id: int = 0
    is_unsure: bool = False  # WeChat may have taken it at an earlier try

    @property
    def is_repeatable(self) -> bool:
        """Tell whether it may be sent again while nobody knows whether it came: WeChat drops the repeat, or twice is better than never."""
        return self.channel == TEMPLATE or self.notice_id is None

    @property
    def client_msg_id(self) -> str:
        """What WeChat knows a repeat by."""
        return f"d{self.id}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a claim. `again_at` for those that are tried once more."""

    claim: Claim
    state: DeliveryState
    reason: str = ""
    msgid: str | None = None
    again_at: datetime | None = None
    is_unsure: bool = False  # WeChat may have taken it
    gone: bool = False  # nothing reaches the follower until they write or follow again
    is_closed: bool = False  # our ledger was wrong: this way is closed to this follower, another is to be found
    stop: Stop | None = None  # the whole way stands still
    is_tried: bool = False  # the attempt counts although WeChat took nothing: it may be this message that it cannot take

    @property
    def is_plain(self) -> bool:
        """Tell whether WeChat took it and there is no more to be said."""
        return self.state is DeliveryState.SENT and not (self.msgid or self.reason or self.is_unsure)

    @property
    def is_refused(self) -> bool:
        """Tell whether WeChat surely took nothing now, so that it may wait as long as it must."""
        return self.is_closed or self.stop is not None


@dataclass(frozen=True, kw_only=True)
class Ways:
    """An account's ways to those it serves: templates' ids, empty for none, used where no customer-service message may be sent.

    `communities`: whose deliveries go through this account; none named means all.
    """

    template: str = ""
    subscription: str = ""
    appid: str = ""
    communities: tuple[int, ...] = ()


def queue(
    session: Session, openid: str, words: str, now: datetime, *, url: str = "", title: str = "", urgent: bool = False,
    picture: bool = False,
) -> Delivery:  # fmt: skip
    """Queue one text for one openid, due at once, in the transaction of whatever it tells about.

    An `urgent` one goes before whatever waits: a notice to thousands does not hold up an alarm. A `picture` is kept for it
    (bot/store/sentpictures.py) and stands in place of the text where one can be shown: in the chat.
    """
    marks = {name: True for name, is_so in (("picture", picture), ("urgent", urgent)) if is_so}
    payload = {"text": words, "url": url, "title": title, **marks}
    delivery = Delivery(openid=openid, payload=payload, due_at=now - AHEAD if urgent else now, updated_at=now)
    session.add(delivery)
    session.flush()
    if urgent:
        announce(session, URGENT)
    return delivery


#: Messages in a minute where one act of the staff tells many: whoever asks back finds somebody who answers.
IN_A_MINUTE = 60


def newest(session: Session) -> int:
    """Return the id of the newest message there is; 0 for none."""
    return session.execute(select(func.max(Delivery.id))).scalar() or 0


def pace(session: Session, openids: Collection[str], since: int, begin: datetime) -> None:
    """Let what was queued for these accounts after the message `since` go out from `begin` on, IN_A_MINUTE a minute, in its order.

    Nobody reads it before what waited for them already: of what was done and taken back the last word comes last.
    """
    theirs = select(col(Delivery.id), col(Delivery.openid)).where(
        col(Delivery.openid).in_(openids), col(Delivery.state) == DeliveryState.QUEUED
    )
    queued = session.execute(theirs.where(col(Delivery.id) > since).order_by(col(Delivery.id))).all()
    waits = session.execute(
        select(col(Delivery.openid), func.max(Delivery.due_at))
        .where(col(Delivery.openid).in_(openids), col(Delivery.state) == DeliveryState.QUEUED, col(Delivery.id) <= since)
        .group_by(col(Delivery.openid))
    )
    last = {openid: due_at for openid, due_at in waits}
    for place, (number, openid) in enumerate(queued):
        due_at = begin + timedelta(minutes=place // IN_A_MINUTE)
        if openid in last:
            due_at = max(due_at, last[openid] + timedelta(seconds=1))
        session.execute(update(Delivery).where(col(Delivery.id) == number).values(due_at=due_at))


def turn_over(session: Session, results: Sequence[Result], now: datetime, limit: int, ways: Ways, *,
              urgent: bool = False, ended_since: datetime | None = None) -> tuple[list[Claim], bool]:  # fmt: skip
    """Write results down and take up to `limit` due rows, or only `urgent` ones; returns those to be sent, and whether more may be due.

    What a sender that died had on its way goes before all that waits where its lease has ended since `ended_since`.
    """
    settle(session, results, now)
    if ended_since is not None:
        hurry_lost(session, ended_since, now)
    claims, taken = _take(session, now, limit, ways, urgent=urgent) if limit else ([], 0)
    return claims, taken == limit


def hurry_lost(session: Session, since: datetime, now: datetime) -> None:
    """Put before all that waits what was lost with its sender and whose lease ended between `since` and now.

    Behind a notice to thousands its turn would come when WeChat has forgotten its id, and it would be in doubt. What was tried first goes first.
    """
    ended = (_DUE, col(Delivery.state) == DeliveryState.SENDING, col(Delivery.due_at) > since, col(Delivery.due_at) <= now)
    lost = session.execute(select(col(Delivery.id), col(Delivery.first_try_at)).where(*ended).order_by(col(Delivery.id))).all()
    _HURRIED.run_all(session, [{"claimed": row.id, "ended": now, "due_at": (row.first_try_at or now) - AHEAD} for row in lost])


def claim(session: Session, now: datetime, limit: int, ways: Ways) -> list[Claim]:
    """Take up to `limit` due rows for LEASE, the longest due first.

    Those nobody can be told are settled at once, and those whose only way stands still wait until it goes on.
    """
    return _take(session, now, limit, ways)[0]


def _take(session: Session, now: datetime, limit: int, ways: Ways, *, urgent: bool = False) -> tuple[list[Claim], int]:
    """Return what is to be sent of up to `limit` due rows, and how many rows there were."""
    asked = {"until": now - AHEAD if urgent else now, "most": limit, "leased_until": now + LEASE, "now": now}
    if ways.communities:
        rows = session.execute(_TAKE_OF, {**asked, "communities": list(ways.communities)}).all()
    else:
        rows = session.execute(_TAKE, asked).all()
    if not rows:
        return [], 0
    rows = sorted(rows, key=lambda row: row.id)
    everyday = [row for row in rows if _is_everyday(row)]
    nights = policies.quiet_of_all(session) if everyday else {}
    choice = _Choice(
        session=session, now=now, ways=ways, stops=channels.stops(session, ways.appid, now), nights=nights,
        hours=_take_hours(session, [row for row in everyday if not nights.get(row.community_id, Quiet()).until(now)], now),
        known=_followers(session, [row.openid for row in rows if row.openid]),
        accounts=_accounts(session, {row.resident_id for row in rows if row.resident_id}),
    )  # fmt: skip
    claims = [claim for row in rows if (claim := choice.of(row))]
    _TAKEN.run_all(session, choice.taken)
    followers.spend(session, choice.windows)
    return claims, len(rows)


def _is_everyday(row: Any) -> bool:
    """Tell whether a row is the first try of an everyday notice, which disturbs nobody at night nor twice an hour."""
    return row.first_try_at is None and not is_unreadable(row.payload) and row.payload.get("kind") == EVERYDAY


def _take_hours(session: Session, rows: Sequence[Any], now: datetime) -> set[int]:
    """Take the hour of their readers for rows; returns which got it. Of two replicas one gets it, whoever else waits."""
    first: dict[str, int] = {}
    for row in rows:
        if row.openid and not (row.paced_at and row.paced_at > now - policies.HOUR):
            first.setdefault(row.openid, row.id)
    granted = {row.id for row in rows if row.paced_at and row.paced_at > now - policies.HOUR}
    if first:
        free = or_(col(Follower.told_at).is_(None), col(Follower.told_at) <= now - policies.HOUR)
        taken = session.execute(
            update(Follower)
            .where(col(Follower.openid).in_(first), free)
            .values(told_at=now)
            .returning(col(Follower.openid))
            .execution_options(synchronize_session=False)
        ).scalars()
        granted |= {first[openid] for openid in taken}
    return granted


def _accounts(session: Session, residents: Collection[int]) -> dict[int, str | None]:
    """Return the account that each of these people has now, or whoever they were merged into."""
    if not residents:
        return {}
    return {resident: openid for resident, openid in session.execute(_ACCOUNTS, {"residents": list(residents)})}


@dataclass(frozen=True, slots=True)
class _Known:
    """How it stands with a follower."""

    follows: bool
    told_at: datetime | None
    window: quota.Window


def _followers(session: Session, openids: Sequence[str]) -> dict[str, _Known]:
    found = session.execute(_FOLLOWERS, {"openids": list(set(openids))})
    return {
        openid: _Known(followed_at is not None and left_at is None, told_at, quota.Window(until=until, left=left, tap_until=tap_until, tap_left=tap_left))
        for openid, followed_at, left_at, told_at, until, left, tap_until, tap_left in found
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """How each claimed row finds its honest channel: chat inside the window, else by consent, else by template."""

    session: Session
    now: datetime
    ways: Ways
    stops: Mapping[str, Stop]
    known: Mapping[str, _Known]
    accounts: Mapping[int, str | None]  # of those whom notices are for
    nights: Mapping[int, Quiet]
    hours: Collection[int]  # rows that have their reader's hour
    taken: list[dict[str, Any]] = field(default_factory=list)  # what is to be written of those that are sent
    windows: dict[str, quota.Window] = field(default_factory=dict)  # and what is left to their readers

    def of(self, row: Any) -> Claim | None:
        """Return the claim; None when nobody is told, or not yet, and the row says why."""
        first = row.first_try_at or self.now
        follower = self.known.get(row.openid or "")
        if is_unreadable(row.payload):
            return self._end(row, DeliveryState.FAILED, tr("内容无法读取，没有发送"))
        if row.is_unsure and (self.now - first > REPEATABLE or not (row.channel == TEMPLATE or row.notice_id is None)):
            return self._end(row, DeliveryState.UNKNOWN, LOST)
        if self.now - first > REPEATABLE:
            return self._end(row, DeliveryState.FAILED, tr("多次发送没有结果，不再重发"))
        if not row.openid or (row.resident_id and self.accounts.get(row.resident_id) != row.openid):
            return self._end(row, DeliveryState.UNREACHABLE, NOT_BOUND)  # or let go since: what a flat is told is not theirs
        if follower is None or not follower.follows:
            return self._end(row, DeliveryState.UNREACHABLE, NOT_FOLLOWING)
        if ends := row.payload.get("until"):
            if datetime.fromisoformat(ends) <= self.now and first == self.now:
                return self._end(row, DeliveryState.CANCELLED, EXPIRED)
        if _is_everyday(row) and (later := self._later(row, follower)):
            at, reason = later
            return self._end(row, DeliveryState.QUEUED, reason, due_at=at, attempts=row.attempts - 1)
        # A repeat keeps its channel: the id that WeChat knows must mean the same message.
        channel = row.channel or self._open(row, follower)
        if not channel:
            return self._end(row, DeliveryState.UNREACHABLE, why_closed(self.stops))
        stop = self.stops.get(channel)
        if stop is not None:
            return self._end(row, DeliveryState.QUEUED, stop.reason, due_at=stop.until, attempts=row.attempts - 1)
        paced = self.now if row.id in self.hours else row.paced_at
        self.taken.append({"claimed": row.id, "channel": channel, "first_try_at": first, "is_unsure": True, "paced_at": paced})
        return Claim(
            id=row.id, attempts=row.attempts, openid=row.openid, channel=channel, payload=row.payload, first_try_at=first,
            appid=self.ways.appid, notice_id=row.notice_id, community_id=row.community_id, is_unsure=row.is_unsure,
        )  # fmt: skip

    def _later(self, row: Any, follower: _Known) -> tuple[datetime, str] | None:
        """Return until when an everyday notice waits, and why; None where it may go."""
        morning = self.nights.get(row.community_id, Quiet()).until(self.now)
        if morning is not None:
            return morning, QUIET
        if row.id in self.hours:
            return None
        return (follower.told_at or self.now) + policies.HOUR, PACED

    def _open(self, row: Any, follower: _Known) -> str:
        """Return the channel that is open to a follower, and take what it costs; empty when none is."""
        window, stops = self.windows.get(row.openid, follower.window), self._stops_of(row)
        is_wanted = open_channel(window, True, self.ways, stops, self.now) == SUBSCRIPTION
        allowed = is_wanted and followers.use_allowance(self.session, row.openid, self.ways.subscription, self.now)
        channel = open_channel(window, allowed, self.ways, stops, self.now)
        if channel == CHAT and CHAT not in self.stops and (left := quota.take(window, self.now)):
            self.windows[row.openid] = left
        return channel

    def _stops_of(self, row: Any) -> Mapping[str, Stop]:
        """Return what a row goes round: an urgent one whatever stands still, another waits a minute for the chat, where all of it is read."""
        stop = self.stops.get(CHAT)
        if stop is None or row.payload.get("urgent") or not stop.is_brief(self.now):
            return self.stops
        return {name: other for name, other in self.stops.items() if name != CHAT}

    def _end(self, row: Any, state: DeliveryState, reason: str, **more: Any) -> Claim | None:
        _write(self.session, row.id, state=state, reason=reason, updated_at=self.now, **more)
        return None


def open_channel(window: quota.Window, allowed: bool, ways: Ways, stops: Mapping[str, Stop], now: datetime) -> str:
    """Return the channel by which a follower is told now, or once it goes on; empty where none is open. What counts asks the same as what sends.

    `allowed`: whether they allowed one more subscription notice.
    """
    if CHAT not in stops and quota.left(window, now):
        return CHAT
    if ways.subscription and SUBSCRIPTION not in stops and allowed:
        return SUBSCRIPTION
    waits = [name for name in (TEMPLATE, CHAT) if name in stops and stops[name].waits]
    if ways.template and (TEMPLATE not in stops or TEMPLATE in waits):
        return TEMPLATE
    return CHAT if CHAT in waits and quota.left(window, now) else ""


def why_closed(stops: Mapping[str, Stop]) -> str:
    """Return why no channel is open to a follower."""
    return tr_all("；", (stop.reason for stop in stops.values() if not stop.waits)) or WINDOW_CLOSED


#: Why nobody is told.
#: Why who lives in a flat is told nothing of it: their account speaks for it no more.
LET_GO = tr("本人解除了这一户的绑定")

NOT_BOUND, NOT_FOLLOWING, WINDOW_CLOSED = tr("未绑定微信"), tr("未关注公众号"), tr("48小时内没有说过话，也没有配置模板消息")

#: Why somebody is told later.
QUIET, PACED = tr("夜里不打扰，早上再发"), tr("一小时内收到过一条日常通知，晚一点发")

#: Why somebody is told nothing any more.
EXPIRED = tr("过了有效期，没有发")

#: The kind of notices that disturb nobody; see NoticeKind.
EVERYDAY = "everyday"

#: Why nobody knows.
LOST = tr("发送时断开了，不确定有没有收到")


def _write(session: Session, identity: int, **values: Any) -> None:
    session.execute(
        update(Delivery).where(col(Delivery.id) == identity).values(**values).execution_options(synchronize_session=False)
    )


_DELIVERY = SQLModel.metadata.tables["delivery"]
_MINE = _DELIVERY.c.id == bindparam("claimed")

#: What is written of each row that is sent, and of each that WeChat just took: nearly all there are.
_TAKEN = Prepared(update(_DELIVERY).where(_MINE), "channel", "first_try_at", "is_unsure", "paced_at")
_HURRIED = Prepared(
    update(_DELIVERY)
    .where(_MINE, _DELIVERY.c.state == DeliveryState.SENDING, _DELIVERY.c.due_at <= bindparam("ended")),
    "due_at",
)  # fmt: skip
_SENT = Prepared(
    update(_DELIVERY)
    .where(_MINE, _DELIVERY.c.attempts == bindparam("tried"), _DELIVERY.c.state == DeliveryState.SENDING),
    "state", "reason", "is_unsure", "updated_at", "sent_at",
)  # fmt: skip


def _taking(*of: Any) -> Any:
    """Return what takes the `most` rows of those that are due `until`, the longest due first."""
    due = select(col(Delivery.id)).where(_DUE, col(Delivery.due_at) <= bindparam("until"), *of)
    due = due.order_by(col(Delivery.due_at), col(Delivery.id)).limit(bindparam("most")).with_for_update(skip_locked=True)
    taken = {"state": DeliveryState.SENDING, "attempts": Delivery.attempts + 1, "due_at": bindparam("leased_until"), "updated_at": bindparam("now")}  # fmt: skip
    return (
        update(Delivery)
        .where(col(Delivery.id).in_(chosen_once(due)))
        .values(**taken)
        .returning(
            col(Delivery.id), col(Delivery.attempts), col(Delivery.openid), col(Delivery.resident_id), col(Delivery.payload),
            col(Delivery.first_try_at), col(Delivery.channel), col(Delivery.notice_id), col(Delivery.community_id),
            col(Delivery.is_unsure), col(Delivery.paced_at),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


#: What is asked of the outbox at each turn, written once: making a statement anew costs more than its answer.
_TAKE = _taking()
_TAKE_OF = _taking(col(Delivery.community_id).in_(bindparam("communities", expanding=True)))

_OTHER = aliased(Resident)
_ACCOUNTS = (
    select(col(Resident.id), func.coalesce(col(Resident.openid), col(_OTHER.openid)))
    .outerjoin(_OTHER, col(_OTHER.id) == col(Resident.merged_into_id))
    .where(col(Resident.id).in_(bindparam("residents", expanding=True)))
)

_FOLLOWER = Follower.__table__.c  # type: ignore[attr-defined]
_FOLLOWERS = select(
    _FOLLOWER.openid, _FOLLOWER.followed_at, _FOLLOWER.left_at, _FOLLOWER.told_at, _FOLLOWER.window_until, _FOLLOWER.window_left,
    _FOLLOWER.tap_until, _FOLLOWER.tap_left,
).where(_FOLLOWER.openid.in_(bindparam("openids", expanding=True)))  # fmt: skip


#: What a row of a notice says before anything was tried, and what writes it; all else is empty.
_BLANK = {"attempts": 0, "channel": "", "is_unsure": False, "acknowledged_by": ""}
_NEW = Prepared(
    insert(_DELIVERY), *_BLANK, "community_id", "notice_id", "occurrence", "resident_id", "openid", "payload", "state", "reason", "due_at", "updated_at",
)  # fmt: skip


def settle(session: Session, results: Sequence[Result], now: datetime) -> int:
    """Write results down; returns how many counted. One whose lease another sender has taken over does not."""
    results = sorted(results, key=lambda result: result.claim.id)
    plain = [result for result in results if result.is_plain]
    sent = {"state": DeliveryState.SENT, "reason": "", "is_unsure": False, "updated_at": now, "sent_at": now}
    counted = _SENT.run_all(session, [{"claimed": one.claim.id, "tried": one.claim.attempts, **sent} for one in plain])
    for result in (one for one in results if not one.is_plain):
        values: dict[str, Any] = {
            "state": result.state, "reason": result.reason, "updated_at": now, "is_unsure": result.is_unsure,
        }  # fmt: skip
        if result.state is DeliveryState.SENT:
            values["sent_at"] = now
        if result.msgid:
            values["msgid"] = result.msgid
        if result.again_at:
            values["due_at"] = result.again_at
        if result.is_refused and not result.is_tried:
            values["attempts"] = result.claim.attempts - 1
        if result.is_refused and not result.is_unsure:  # any way may be tried next
            values |= {"first_try_at": None, "channel": ""}
        written = session.execute(
            update(Delivery)
            .where(
                col(Delivery.id) == result.claim.id, col(Delivery.attempts) == result.claim.attempts,
                col(Delivery.state) == DeliveryState.SENDING,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        counted += int(getattr(written, "rowcount", 0))
        if result.msgid:
            _apply_early_report(session, result.msgid, now)
        if result.gone or result.is_closed:
            _correct_follower(session, result, now)
    stops = {(result.claim.appid, result.stop.channel): result.stop for result in results if result.stop}
    for (appid, _), stop in stops.items():
        channels.stop(session, appid, stop, now)
    taken = [result.claim for result in results if result.state == DeliveryState.SENT]
    for appid in {claim.appid for claim in taken}:
        channels.count(session, appid, (claim.channel for claim in taken if claim.appid == appid), now)
    return counted


def _correct_follower(session: Session, result: Result, now: datetime) -> None:
    """Write down what WeChat's refusal says of a follower: gone, or a way closed that we held for open."""
    follower = session.get(Follower, result.claim.openid)
    if follower is None:
        return
    if result.gone and follower.left_at is None:
        followers.left(session, follower.openid, follower.community_id, now)
    if result.is_closed and result.claim.channel == CHAT:
        followers.set_window(follower, quota.Window())
    if result.is_closed and result.claim.channel == SUBSCRIPTION:
        followers.forget_allowances(session, follower.openid)
    session.add(follower)


# ------------------------------------------------------------------ WeChat's reports


#: What WeChat writes where a message has no number: it belongs to none, and reports on many bear it.
NO_MSGID = "0"


def receive(session: Session, msgid: str, status: str, now: datetime) -> None:
    """Take WeChat's report on a template message; one that comes before our own record of its msgid is kept, the first of several."""
    if msgid not in ("", NO_MSGID) and not _apply_report(session, msgid, status, now):
        early = insert_heeding(session, MessageReport).values(msgid=msgid, status=status, at=now)
        session.execute(early.on_conflict_do_nothing())


def _apply_report(session: Session, msgid: str, status: str, now: datetime) -> bool:
    arrived = status.replace(" ", "").lower() == "success"
    state = DeliveryState.DELIVERED if arrived else DeliveryState.FAILED
    written = session.execute(
        update(Delivery)
        .where(col(Delivery.msgid) == msgid, col(Delivery.state).in_([DeliveryState.SENT, DeliveryState.SENDING]))
        .values(state=state, reason="" if arrived else REPORTS.get(status.replace(" ", "").lower(), status), updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(getattr(written, "rowcount", 0))


def _apply_early_report(session: Session, msgid: str, now: datetime) -> None:
    report = session.execute(select(MessageReport).where(col(MessageReport.msgid) == msgid)).scalars().first()
    if report is not None and _apply_report(session, msgid, report.status, now):
        session.delete(report)


#: WeChat's words for what went wrong, spaces removed.
REFUSED = tr("居民拒收")
REPORTS = {"failed:userblock": REFUSED, "failed:systemfailed": tr("微信系统发送失败")}


# ------------------------------------------------------------------ looking


def fan_out(session: Session, notice_id: int, occurrence: datetime, residents: Sequence[tuple[int, str | None, Mapping[str, Any]]],
            due_at: datetime, now: datetime, *, reason: str = "", cancelled: str = "") -> int:  # fmt: skip
    """Write one delivery per resident, each with its payload; whoever has one for this occurrence keeps it. Returns how many are new.

    `reason` says why they wait; `cancelled` why they are not sent at all.
    """
    if not residents:
        return 0
    numbers = [resident for resident, _, _ in residents]
    here = (col(Delivery.notice_id) == notice_id, col(Delivery.occurrence) == occurrence)
    these = col(Delivery.resident_id).between(min(numbers), max(numbers))
    known = set(session.execute(select(col(Delivery.resident_id)).where(*here, these)).scalars())
    alike = {
        **_BLANK, "community_id": scope.of(session), "notice_id": notice_id, "occurrence": occurrence, "due_at": due_at, "updated_at": now,
    }  # fmt: skip
    begins = DeliveryState.CANCELLED if cancelled else DeliveryState.ARMED
    rows = [
        {
            **alike, "resident_id": resident, "openid": openid, "payload": payload, "state": begins if openid or cancelled else DeliveryState.UNREACHABLE,
            "reason": cancelled or (reason if openid else NOT_BOUND),
        }
        for resident, openid, payload in residents if resident not in known
    ]  # fmt: skip
    _NEW.run_all(session, rows)
    return len(rows)


def under_way(session: Session, openid: str, now: datetime) -> int:
    """Return how many messages to somebody are due and have not taken their place in the window yet."""
    due = (col(Delivery.openid) == openid, _DUE, col(Delivery.due_at) <= now, col(Delivery.channel) == "")
    return int(session.execute(select(func.count()).select_from(Delivery).where(*due)).scalar_one())


def fates(session: Session, ids: Collection[int]) -> Mapping[int, tuple[DeliveryState, str]]:
    """Return what became of deliveries, by id: the state and why; nothing of what they say is read."""
    rows = session.execute(select(col(Delivery.id), col(Delivery.state), col(Delivery.reason)).where(col(Delivery.id).in_(ids)))
    return {number: (DeliveryState(state), reason) for number, state, reason in rows}


def counts(session: Session, notice_id: int) -> dict[DeliveryState, int]:
    """Return how many deliveries of a notice are in each state; their sum is the audience."""
    rows = session.execute(
        select(col(Delivery.state), func.count()).where(col(Delivery.notice_id) == notice_id).group_by(col(Delivery.state))
    ).all()
    found = {DeliveryState(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in DeliveryState}


def waiting(session: Session, notice_id: int) -> dict[str, int]:
    """Return for how many readers a notice still waits, by the reason that was noted."""
    waits = (col(Delivery.state).in_([DeliveryState.ARMED, DeliveryState.QUEUED]), col(Delivery.reason) != "")
    rows = session.execute(
        select(col(Delivery.reason), func.count())
        .where(col(Delivery.notice_id) == notice_id, *waits)
        .group_by(col(Delivery.reason))
    ).all()
    return {reason: int(number) for reason, number in rows}
