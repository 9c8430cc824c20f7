"""What became of a notice: person by person, flat by flat; who opened it, who said 收到, who answered what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col

from bot.model import moment
from bot.sealed import sealed
from bot.store import parts
from bot.store.audience import Audience, Building, Flat, Unit, place_of
from bot.store.channels import TEMPLATE
from bot.store.lookup import Lookup
from bot.store.notices import VERSION_WORDS, Notice, NoticeKind, NoticeState, NoticeVersion, versions_of
from bot.store.outbox import REFUSED, Delivery, DeliveryState
from bot.store.people import Household, Residence, Resident
from bot.store.register import PAGE, Found
from bot.store.scope import Scoped
from bot.store.staff import Staff
from bot.translation import tr


class NoticeReply(Scoped, table=True):
    """What a resident said to a notice that they were sent: 收到, 几点恢复？"""

    __tablename__ = "notice_reply"

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    openid: str = Field(index=True)
    words: str = sealed("notice_reply.words")
    at: datetime = moment()


class Part(StrEnum):
    """A part of those a notice is for, each behind a figure of its page."""

    ALL = "all"
    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    READ = "read"
    UNREAD = "unread"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"


#: Notices of an account that something said to one may mean.
_LATEST = 20

#: Still on their way.
WAITING = (DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING)

#: WeChat took it.
TAKEN = (DeliveryState.SENT, DeliveryState.DELIVERED)

#: Nothing came, as far as anybody knows: what a retry is for.
NOTHING_CAME = (DeliveryState.FAILED, DeliveryState.UNREACHABLE)

#: When somebody had it before their eyes: opened its page, or said that they have it, which is more.
_OPENED = func.coalesce(col(Delivery.read_at), col(Delivery.acknowledged_at))

_STATES = {
    Part.WAITING: WAITING, Part.SENT: (DeliveryState.SENT,), Part.DELIVERED: (DeliveryState.DELIVERED,),
    Part.FAILED: (DeliveryState.FAILED,), Part.UNREACHABLE: (DeliveryState.UNREACHABLE,), Part.UNKNOWN: (DeliveryState.UNKNOWN,),
    Part.CANCELLED: (DeliveryState.CANCELLED,),
}  # fmt: skip

#: How long WeChat's report on a template message takes at the most; it comes within seconds, and never again where we were away just then.
REPORTS_WITHIN, UNREPORTED = timedelta(days=1), tr("微信一天没有回报，不知道送到没有")

#: Versions after which the words before them hold no longer, so that nobody is reminded of those or told them at the door.
_REPLACING = (NoticeVersion.CORRECTION, NoticeVersion.CANCELLATION, NoticeVersion.ALL_CLEAR)

#: Times of a notice that may be picked, the newest; a daily one has those of two months.
SENDINGS = 60

#: Replies on one page: they stand below all else that there is to a notice.
REPLIES = 6

#: Flats asked for at once.
AT_ONCE = 500

#: Doors on one page: a guard walks with a phone in hand.
DOORS = 15

#: Important notices that are older remind nobody any more.
MONTH = timedelta(days=30)

#: A flat as staff type it in a hurry: 3-2-302, 3-302.
_DASHED = re.compile(r"(\w{1,6})-(?:(\w{1,6})-)?(\w{2,6})")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a notice for one person."""

    delivery: Delivery
    public_id: str  # the resident's
    name: str
    flat: str

    def why(self, now: datetime) -> str:
        """Return what is to be said beside the state: why it is so, or that WeChat has reported nothing for REPORTS_WITHIN."""
        sent_at = self.delivery.sent_at
        is_reported = self.delivery.channel == TEMPLATE and self.delivery.state is DeliveryState.SENT
        if is_reported and sent_at is not None and now - sent_at > REPORTS_WITHIN:
            return self.delivery.reason or UNREPORTED
        return self.delivery.reason


@dataclass(frozen=True, kw_only=True)
class FlatReceipt:
    """What became of a notice in one flat: how many people, and of how many WeChat took it, who opened and acknowledged it.

    `at`: when WeChat took the first. `channels` by which, `reasons` why others were told nothing, or not yet.
    """

    flat: str
    people: int
    taken: int
    read: int
    acknowledged: int
    unknown: int
    waiting: int
    at: datetime | None = None
    channels: Sequence[str] = ()
    reasons: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Total:
    """What became of a notice for all its people, each of them counted once."""

    came: int = 0  # WeChat took it
    moving: int = 0
    missed: int = 0  # nothing came: it failed, there was no way, or it was recalled before
    unknown: int = 0

    @classmethod
    def of(cls, counts: Mapping[DeliveryState, int]) -> "Total":
        """Add up how many there are in each state."""

        def many(*states: DeliveryState) -> int:
            return sum(counts.get(state, 0) for state in states)

        return cls(
            came=many(*TAKEN), moving=many(*WAITING), missed=many(*NOTHING_CAME, DeliveryState.CANCELLED), unknown=many(DeliveryState.UNKNOWN),
        )  # fmt: skip

    @property
    def people(self) -> int:
        """How many the notice is for."""
        return self.came + self.moving + self.missed + self.unknown


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One time at which a notice went out, and what became of it then."""

    at: datetime
    total: Total


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A flat at which nobody needs to knock, because somebody who lives there knows."""

    flat: str
    name: str
    at: datetime
    how: str  # what they did


@dataclass(frozen=True, kw_only=True)
class Door:
    """Somebody who is to be told at the door, or was."""

    delivery: Delivery
    public_id: str
    name: str
    phone: str
    flat: str
    visitor: str  # who of the staff told them; empty while nobody has

    @property
    def why(self) -> str:
        """Why they are to be told so."""
        if self.delivery.chased_at is not None:
            if self.delivery.read_at is not None:
                return tr("打开过，提醒了一次，还没确认")
            return tr("提醒过一次，还没确认")
        return self.delivery.reason or tr("没有收到")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What somebody said to a notice."""

    reply: NoticeReply
    name: str
    flat: str


def sendings(session: Session, notice: Notice, limit: int = SENDINGS) -> Sequence[Sending]:
    """Return the times at which a notice went out, the newest first, and what became of each; those to be laid out are none yet."""
    at = col(Delivery.occurrence)
    newest = (
        select(at).where(col(Delivery.notice_id) == notice.key, at.is_not(None)).group_by(at).order_by(at.desc()).limit(limit)
    )
    found: dict[datetime, dict[DeliveryState, int]] = {one: {} for one in session.execute(newest).scalars()}
    if not found:
        return ()
    counted = select(at, col(Delivery.state), func.count()).where(col(Delivery.notice_id) == notice.key, at >= min(found))
    for one, state, number in session.execute(counted.group_by(at, col(Delivery.state))):
        found[one][DeliveryState(state)] = number
    return [Sending(at=one, total=Total.of(states)) for one, states in found.items()]


def progress(session: Session, notice: Notice, at: datetime) -> dict[DeliveryState, int]:
    """Return of how many people the deliveries of one time are in each state, those to be laid out among them."""
    mine = (col(Delivery.notice_id) == notice.key, col(Delivery.occurrence) == at)
    rows = session.execute(select(col(Delivery.state), func.count()).where(*mine).group_by(col(Delivery.state)))
    found = {DeliveryState(state): int(number) for state, number in rows}
    armed, recalled = parts.unlaid(session, notice.key, at)
    more = {DeliveryState.ARMED: armed, DeliveryState.CANCELLED: recalled}
    return {state: found.get(state, 0) + more.get(state, 0) for state in DeliveryState}


def figures(session: Session, notice: Notice, at: datetime | None = None) -> dict[Part, int]:
    """Return how many people there are in each part: of one time, or of all times together."""
    rows = session.execute(
        select(col(Delivery.state), func.count(), func.count(_OPENED), func.count(col(Delivery.acknowledged_at)))
        .where(*_of(notice, at))
        .group_by(col(Delivery.state))
    ).all()
    by_state = {DeliveryState(state): number for state, number, _, _ in rows}
    found = {part: sum(by_state.get(state, 0) for state in states) for part, states in _STATES.items()}
    taken = [(number, read, said) for state, number, read, said in rows if state in TAKEN]
    return {
        Part.ALL: sum(by_state.values()), **found,
        Part.READ: sum(row[2] for row in rows), Part.ACKNOWLEDGED: sum(row[3] for row in rows),
        Part.UNREAD: sum(number - read for number, read, _ in taken),
        Part.UNACKNOWLEDGED: sum(number - said for number, _, said in taken),
    }  # fmt: skip


def totals(session: Session, notices: Sequence[Notice]) -> dict[int, Total]:
    """Return what became of the newest time of several notices, by their ids, those to be laid out among its people; of one without people nothing."""
    keys, at = [one.key for one in notices], col(Delivery.occurrence)
    counted = select(col(Delivery.notice_id), at, col(Delivery.state), func.count()).where(col(Delivery.notice_id).in_(keys))
    found: dict[int, dict[datetime, dict[DeliveryState, int]]] = {}
    for key, one, state, number in session.execute(counted.group_by(col(Delivery.notice_id), at, col(Delivery.state))):
        found.setdefault(key, {}).setdefault(one, {})[DeliveryState(state)] = number
    for key, one, is_stopped, number in parts.sizes_of(session, keys):
        states = found.setdefault(key, {}).setdefault(one, {})
        state = DeliveryState.CANCELLED if is_stopped else DeliveryState.ARMED
        states[state] = states.get(state, 0) + number
    return {key: Total.of(times[max(times)]) for key, times in found.items()}


def people(
    session: Session, notice: Notice, part: Part, said: str = "", page: int = 1, *, at: datetime | None = None
) -> Found[Receipt]:
    """Return a page of those in a part, in the order of their flats; `said` looks for a flat or a name, `at` for one time of several."""
    wanted = _wanted(notice, part, said, at)
    total = int(session.execute(_joined(select(func.count(col(Delivery.id)))).where(*wanted)).scalar_one())
    number = min(max(page, 1), max(-(-total // PAGE), 1))
    return Found(rows=_receipts(session, _rows(wanted).limit(PAGE).offset((number - 1) * PAGE)), total=total, page=number)


def all_people(session: Session, notice: Notice, part: Part, said: str = "", at: datetime | None = None) -> Sequence[Receipt]:
    """Return all in a part: for a file, never for a page."""
    return _receipts(session, _rows(_wanted(notice, part, said, at)))


def flats(
    session: Session, notice: Notice, said: str = "", *, untold: bool = False, page: int = 1, at: datetime | None = None
) -> Found[FlatReceipt]:
    """Return a page of the flats, with how many of their people were told; `untold`: those alone where nobody was."""
    grouped, order = _flats(notice, said, at, untold=untold)
    total = int(session.execute(select(func.count()).select_from(grouped.subquery())).scalar_one())
    number = min(max(page, 1), max(-(-total // PAGE), 1))
    rows = session.execute(grouped.order_by(*order).limit(PAGE).offset((number - 1) * PAGE)).all()
    return Found(rows=_flat_receipts(session, notice, rows, at), total=total, page=number)


def all_flats(
    session: Session, notice: Notice, said: str = "", *, untold: bool = False, at: datetime | None = None
) -> Sequence[FlatReceipt]:
    """Return all the flats: for a file, never for a page."""
    grouped, order = _flats(notice, said, at, untold=untold)
    return _flat_receipts(session, notice, session.execute(grouped.order_by(*order)).all(), at)


def _flats(notice: Notice, said: str, at: datetime | None, *, untold: bool) -> tuple[Any, Any]:
    """Return the question for the flats with their numbers, and its order."""
    taken = _number(col(Delivery.state).in_(TAKEN))
    grouped = _joined(
        select(
            Household, func.count(col(Delivery.id)), taken, func.count(_OPENED), func.count(col(Delivery.acknowledged_at)),
            _number(col(Delivery.state) == DeliveryState.UNKNOWN), _number(col(Delivery.state).in_(WAITING)), func.min(col(Delivery.sent_at)),
        )
    ).where(*_wanted(notice, Part.ALL, said, at)).group_by(col(Household.id))  # fmt: skip
    return grouped.having(taken == 0) if untold else grouped, (col(Household.place), col(Household.id))


def _flat_receipts(session: Session, notice: Notice, rows: Sequence[Any], at: datetime | None) -> Sequence[FlatReceipt]:
    """Return what the numbers say, with the ways and the reasons that the flats' deliveries name."""
    ways: dict[int, dict[str, None]] = {}
    whys: dict[int, dict[str, None]] = {}
    named = _joined(select(col(Household.id), col(Delivery.channel), col(Delivery.reason), col(Delivery.state))).where(
        *_of(notice, at)
    )
    for begin in range(0, len(rows), AT_ONCE):
        ids = [row[0].id for row in rows[begin : begin + AT_ONCE]]
        for flat, channel, reason, state in session.execute(named.where(col(Household.id).in_(ids)).distinct()):
            if channel and state in TAKEN:
                ways.setdefault(flat, {})[channel] = None
            if reason and state not in TAKEN:
                whys.setdefault(flat, {})[reason] = None
    return [
        FlatReceipt(
            flat=flat.label, people=people, taken=taken, read=read, acknowledged=said, unknown=unknown, waiting=waiting, at=first,
            channels=sorted(ways.get(flat.id, ())), reasons=sorted(whys.get(flat.id, ())),
        )
        for flat, people, taken, read, said, unknown, waiting, first in rows
    ]  # fmt: skip


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _joined(query: Any) -> Any:
    return (
        query.select_from(Delivery)
        .join(Resident, col(Resident.id) == col(Delivery.resident_id))
        .join(Household, col(Household.id) == col(Resident.household_id))
    )


def _rows(wanted: Sequence[ColumnElement[bool]]) -> Any:
    order = (col(Household.place), col(Household.id), col(Resident.id), col(Delivery.occurrence).desc())
    return _joined(select(Delivery, col(Resident.public_id), col(Resident.name), Household)).where(*wanted).order_by(*order)


def _receipts(session: Session, query: Any) -> Sequence[Receipt]:
    return [
        Receipt(delivery=delivery, public_id=public_id, name=name, flat=flat.label)
        for delivery, public_id, name, flat in session.execute(query)
    ]


def _of(notice: Notice, at: datetime | None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the deliveries of one time of a notice, or of all of them."""
    mine = col(Delivery.notice_id) == notice.key
    return (mine, col(Delivery.occurrence) == at) if at is not None else (mine,)


def _wanted(notice: Notice, part: Part, said: str, at: datetime | None) -> list[ColumnElement[bool]]:
    wanted = [*_of(notice, at)]
    if part in _STATES:
        wanted.append(col(Delivery.state).in_(_STATES[part]))
    if part in (Part.UNREAD, Part.UNACKNOWLEDGED):
        wanted.append(col(Delivery.state).in_(TAKEN))
    if part in (Part.READ, Part.UNREAD):
        wanted.append(_OPENED.is_not(None) if part is Part.READ else _OPENED.is_(None))
    if part in (Part.ACKNOWLEDGED, Part.UNACKNOWLEDGED):
        has_it = col(Delivery.acknowledged_at)
        wanted.append(has_it.is_not(None) if part is Part.ACKNOWLEDGED else has_it.is_(None))
    if said.strip():
        wanted.append(_meant(said.strip()))
    return wanted


def _meant(said: str) -> ColumnElement[bool]:
    """Return the condition for whom staff mean by 302, 3-2-302, 3栋2单元302, 3栋 or a part of a name; in any flat of theirs."""
    dashed = _DASHED.fullmatch(said)
    building, unit, room = dashed.groups() if dashed else ("", "", "")
    place: list[ColumnElement[bool]] = []
    if building:
        place = [
            col(Household.building) == building,
            col(Household.room) == room,
            *([col(Household.unit) == unit] if unit else []),
        ]
    elif said.isascii() and said.isalnum() and any(map(str.isdigit, said)):
        place = [col(Household.room) == said.upper()]
    else:
        match place_of(said[:40]):
            case Flat(b, u, r):
                place = [col(Household.building) == b, col(Household.room) == r, *([col(Household.unit) == u] if u else [])]
            case Unit(b, u):
                place = [col(Household.building) == b, col(Household.unit) == u]
            case Building(b):
                place = [col(Household.building) == b]
    if not place:
        return col(Resident.name).contains(said, autoescape=True)
    theirs = (
        select(col(Residence.resident_id))
        .join(Household, col(Household.id) == col(Residence.household_id))
        .where(*place)
    )  # fmt: skip
    return or_(col(Resident.id).in_(theirs), *([col(Resident.name) == said] if not said.isdigit() else []))


# ------------------------------------------------------------------ again


def retryable(session: Session, notice: Notice, states: Sequence[DeliveryState]) -> int:
    """Return to how many `retry` would send: those without an account, and who takes nothing, are told by nobody's pressing a button."""
    return int(session.execute(select(func.count(col(Delivery.id))).where(*_again(notice, states))).scalar_one())


def refusing(session: Session, notice: Notice) -> int:
    """Return how many of the newest time take no messages of the account: they are rung up, or told at the door."""
    refused = (
        col(Delivery.notice_id) == notice.key,
        col(Delivery.state) == DeliveryState.FAILED,
        col(Delivery.reason) == REFUSED,
    )
    return int(
        session.execute(
            select(func.count(col(Delivery.id))).where(*refused, col(Delivery.occurrence) == _newest(notice))
        ).scalar_one()
    )


def retry(session: Session, notice: Notice, states: Sequence[DeliveryState], now: datetime) -> int:
    """Send once more to those of the newest time whose delivery is in one of these states, to the account they have now; returns to how many.

    The row stays the same, and so does the id that WeChat drops repeats by.
    """
    account = select(col(Resident.openid)).where(col(Resident.id) == col(Delivery.resident_id)).scalar_subquery()
    done = session.execute(
        update(Delivery)
        .where(*_again(notice, states))
        .values(
            state=DeliveryState.QUEUED, openid=account, reason="", channel="", attempts=0, first_try_at=None, is_unsure=False, due_at=now,
            updated_at=now,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return int(getattr(done, "rowcount", 0))


def _again(notice: Notice, states: Sequence[DeliveryState]) -> tuple[ColumnElement[bool], ...]:
    other = aliased(Delivery)
    newest = select(func.max(col(other.occurrence))).where(col(other.notice_id) == notice.key).scalar_subquery()
    bound = exists().where(col(Resident.id) == col(Delivery.resident_id), col(Resident.openid).is_not(None))
    takes = or_(col(Delivery.state) != DeliveryState.FAILED, col(Delivery.reason) != REFUSED)
    return (
        col(Delivery.notice_id) == notice.key,
        col(Delivery.state).in_(states),
        col(Delivery.occurrence) == newest,
        bound,
        takes,
    )


# ------------------------------------------------------------------ what residents do with it


def delivery(session: Session, identity: int) -> tuple[Delivery, Notice] | None:
    """Return a delivery with its notice; None where there is none, or its reader has left."""
    query = select(Delivery, Notice).join(Notice, col(Notice.id) == col(Delivery.notice_id))
    row = session.execute(query.where(col(Delivery.id) == identity, col(Delivery.openid).is_not(None))).first()
    return (row[0], row[1]) if row else None


def opened(session: Session, identity: int, now: datetime) -> None:
    """Note that a notice's page was opened; the first time counts."""
    mine = update(Delivery).where(col(Delivery.id) == identity, col(Delivery.read_at).is_(None))
    session.execute(mine.values(read_at=now).execution_options(synchronize_session=False))


def acknowledge(session: Session, identity: int, by: str, now: datetime) -> None:
    """Note that somebody has a notice, by `button` or by `words`; the first time counts."""
    mine = update(Delivery).where(col(Delivery.id) == identity, col(Delivery.acknowledged_at).is_(None))
    session.execute(mine.values(acknowledged_at=now, acknowledged_by=by).execution_options(synchronize_session=False))


_LATELY: Lookup[tuple[Delivery, Notice]] = Lookup(
    select(Delivery, Notice)
    .join(Notice, col(Notice.id) == col(Delivery.notice_id))
    .where(col(Delivery.openid) == bindparam("openid"), col(Delivery.sent_at) > bindparam("since"))
    .order_by(col(Delivery.sent_at).desc(), col(Delivery.id).desc())
    .limit(_LATEST)
)


def lately(session: Session, openid: str, since: datetime) -> list[tuple[Delivery, Notice]]:
    """Return the notices that WeChat took for an account after `since`, the newest first, _LATEST at most."""
    return _LATELY.all(session, openid=openid, since=since)


def reply(session: Session, told: Delivery, words: str, now: datetime) -> None:
    """Keep what somebody said to a notice."""
    session.add(NoticeReply(delivery_id=told.id or 0, openid=told.openid or "", words=words, at=now))
    session.flush()


def replies(session: Session, notice: Notice, page: int = 1, *, at: datetime | None = None) -> Found[Answered]:
    """Return a page of what was said to a notice, the newest first."""
    total = count_replies(session, notice, at)
    number = min(max(page, 1), max(-(-total // REPLIES), 1))
    rows = _answered(session, _replied(notice, at).limit(REPLIES).offset((number - 1) * REPLIES))
    return Found(rows=rows, total=total, page=number, size=REPLIES)


def all_replies(session: Session, notice: Notice, at: datetime | None = None) -> Sequence[Answered]:
    """Return all that was said to a notice: for a file, never for a page."""
    return _answered(session, _replied(notice, at))


def _replied(notice: Notice, at: datetime | None) -> Any:
    return (
        _joined(select(NoticeReply, col(Resident.name), Household))
        .join(NoticeReply, col(NoticeReply.delivery_id) == col(Delivery.id))
        .where(*_of(notice, at))
        .order_by(col(NoticeReply.at).desc(), col(NoticeReply.id).desc())
    )


def _answered(session: Session, query: Any) -> Sequence[Answered]:
    return [Answered(reply=said, name=name, flat=flat.label) for said, name, flat in session.execute(query)]


def count_replies(session: Session, notice: Notice, at: datetime | None = None) -> int:
    """Return how many times something was said to a notice."""
    query = select(func.count(col(NoticeReply.id))).join(Delivery, col(Delivery.id) == col(NoticeReply.delivery_id))
    return int(session.execute(query.where(*_of(notice, at))).scalar_one())


# ------------------------------------------------------------------ who has not acknowledged


def silent(session: Session, notice: Notice, since: datetime, limit: int) -> Sequence[Delivery]:
    """Return deliveries that WeChat took before `since`, that nobody has acknowledged, and whose reader was not reminded yet.

    Not of who was let go since: what their flat was told is no more theirs to acknowledge.
    """
    is_theirs = exists().where(col(Resident.id) == col(Delivery.resident_id), col(Resident.openid) == col(Delivery.openid))
    query = select(Delivery).where(
        col(Delivery.notice_id) == notice.key, col(Delivery.state).in_(TAKEN), col(Delivery.acknowledged_at).is_(None),
        col(Delivery.chased_at).is_(None), col(Delivery.visited_at).is_(None), col(Delivery.sent_at) <= since,
        col(Delivery.occurrence) == _newest(notice), is_theirs,
    )  # fmt: skip
    return session.execute(query.order_by(col(Delivery.id)).limit(limit)).scalars().all()


def chasing(session: Session, now: datetime) -> Sequence[Notice]:
    """Return the important notices of the last month that may have somebody to remind."""
    query = select(Notice).where(
        col(Notice.kind) == NoticeKind.IMPORTANT, col(Notice.state) != NoticeState.RECALLED, col(Notice.published_at) > now - MONTH,
        col(Notice.chase_after) > 0, or_(col(Notice.until).is_(None), col(Notice.until) > now),
    )  # fmt: skip
    found = session.execute(query.order_by(col(Notice.id))).scalars().all()
    return [one for one in found if not why_over(session, one, now)]


def is_chased(session: Session, notice: Notice, now: datetime) -> bool:
    """Tell whether somebody who has not acknowledged a notice is, or will be, reminded, as `chasing` has it."""
    is_lasting = notice.published_at is None or notice.published_at > now - MONTH
    is_wanted = notice.kind is NoticeKind.IMPORTANT and notice.chase_after > 0 and notice.state is not NoticeState.RECALLED
    return is_wanted and is_lasting and not why_over(session, notice, now)


def why_over(session: Session, notice: Notice, now: datetime) -> str:
    """Return why nobody is to be told of a notice any more: it was recalled, its end has come, other words took its place; else nothing."""
    if notice.state is NoticeState.RECALLED and not notice.rule:
        return tr("已经撤回了")
    if notice.until is not None and notice.until <= now:
        return tr("写的时间已经过了")
    replacing = [one.version for one in versions_of(session, notice) if one.version in _REPLACING]
    return tr("后来有了{version}", version=VERSION_WORDS[replacing[-1]]) if replacing else ""


def doors(session: Session, notice: Notice, now: datetime, page: int = 1) -> Found[Door]:
    """Return a page of those who are to be told at the door, and of those who were, in the order of their flats."""
    wanted = _to_visit(session, notice, now)
    total = int(session.execute(_joined(select(func.count(col(Delivery.id)))).where(*wanted)).scalar_one())
    at = min(max(page, 1), max(-(-total // DOORS), 1))
    return Found(rows=_doors(session, _at_doors(wanted).limit(DOORS).offset((at - 1) * DOORS)), total=total, page=at, size=DOORS)


def all_doors(session: Session, notice: Notice, now: datetime) -> Sequence[Door]:
    """Return all who are to be told at the door: for a file or for paper, never for a page."""
    return _doors(session, _at_doors(_to_visit(session, notice, now)))


def visits(session: Session, notice: Notice, now: datetime) -> tuple[int, int]:
    """Return at how many flats somebody is to be told at the door, and at how many of them somebody was."""
    visited = case((col(Delivery.visited_at).is_not(None), col(Household.id)))
    query = select(func.count(col(Household.id).distinct()), func.count(visited.distinct()))
    asked, done = session.execute(_joined(query).where(*_to_visit(session, notice, now))).one()
    return int(asked), int(done)


def settled(session: Session, notice: Notice, now: datetime, limit: int = DOORS) -> Found[Settled]:
    """Return the flats that are left out of the doors because somebody there knows, and who does; the first of each, up to `limit` flats."""
    if why_over(session, notice, now):
        return Found(rows=(), total=0, page=1, size=limit)
    unreached = _joined(select(col(Household.id))).where(*_of_newest(notice), _unanswered(), col(Delivery.visited_at).is_(None))
    query = _joined(select(Household, Resident, Delivery)).where(
        *_of_newest(notice), _knows(notice, Delivery), col(Household.id).in_(unreached)
    )
    found: dict[int, Settled] = {}
    for flat, who, told in session.execute(query.order_by(col(Household.place), col(Household.id), col(Delivery.id))):
        at, how = (told.acknowledged_at, tr("确认收到了")) if told.acknowledged_at else (told.read_at, tr("打开看了"))
        found.setdefault(flat.id, Settled(flat=flat.label, name=who.name, at=at, how=how))
    return Found(rows=[*found.values()][:limit], total=len(found), page=1, size=limit)


def visit(session: Session, notice: Notice, identity: int, staff_id: int | None, now: datetime) -> bool:
    """Note who told somebody at the door; without a member of the staff take that back. False where there is no such delivery."""
    mine = update(Delivery).where(col(Delivery.id) == identity, col(Delivery.notice_id) == notice.key)
    values = {"visited_at": now if staff_id else None, "visited_by": staff_id}
    done = session.execute(mine.values(**values).execution_options(synchronize_session=False))
    return bool(getattr(done, "rowcount", 0))


def theirs(session: Session, notice: Notice, resident_id: int | None) -> Delivery | None:
    """Return the newest delivery of a notice to somebody."""
    query = select(Delivery).where(col(Delivery.notice_id) == notice.key, col(Delivery.resident_id) == resident_id)
    return session.execute(query.order_by(col(Delivery.occurrence).desc()).limit(1)).scalars().first()


def told(session: Session, resident_id: int, limit: int, since: datetime | None = None) -> list[tuple[Delivery, Notice]]:
    """Return what somebody was told lately or is being told, each time of a recurring notice by itself, the newest first."""
    at = func.coalesce(col(Delivery.occurrence), col(Notice.published_at))
    query = (
        select(Delivery, Notice)
        .join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .where(col(Delivery.resident_id) == resident_id, col(Delivery.state) != DeliveryState.CANCELLED)
        .where(col(Notice.state).not_in((NoticeState.DRAFT, NoticeState.WAITING)))
        .order_by(at.desc(), col(Delivery.id).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(at > since)
    return [(row[0], row[1]) for row in session.execute(query)]


def told_to_all(session: Session, limit: int, since: datetime | None = None) -> list[Notice]:
    """Return the notices to everybody that were published last, the newest first."""
    query = select(Notice).where(col(Notice.published_at).is_not(None), col(Notice.state) != NoticeState.RECALLED)
    if since is not None:
        query = query.where(col(Notice.published_at) > since)
    found = session.execute(query.order_by(col(Notice.published_at).desc()).limit(limit * 10)).scalars()
    return [one for one in found if Audience.from_json(one.audience).is_everyone][:limit]


def _newest(notice: Notice) -> Any:
    other = aliased(Delivery)
    return select(func.max(col(other.occurrence))).where(col(other.notice_id) == notice.key).scalar_subquery()


def _of_newest(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    return (col(Delivery.notice_id) == notice.key, col(Delivery.occurrence) == _newest(notice))


def _unanswered() -> ColumnElement[bool]:
    """Return the condition for whom nothing reached, and who did not answer a reminder."""
    nothing = col(Delivery.state).in_((*NOTHING_CAME, DeliveryState.UNKNOWN))
    silent = and_(col(Delivery.state).in_(TAKEN), col(Delivery.chased_at).is_not(None))
    return and_(or_(nothing, silent), col(Delivery.acknowledged_at).is_(None))


def _knows(notice: Notice, told: type[Delivery]) -> ColumnElement[bool]:
    """Return the condition for who surely knows: has acknowledged it, or has opened one that asks for nothing more."""
    is_read = [] if notice.asks else [col(told.read_at).is_not(None)]
    return or_(col(told.acknowledged_at).is_not(None), *is_read)


def _to_visit(session: Session, notice: Notice, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions for who is told at the door: who is without an answer in a flat where nobody knows, and who was told there.

    Whoever knocks tells a flat, so one person there who knows, or was told at the door, is enough. What is over is told to nobody any more.
    """
    visited = col(Delivery.visited_at).is_not(None)
    if why_over(session, notice, now):
        return [*_of_newest(notice), visited]
    other, neighbour = aliased(Delivery), aliased(Resident)
    is_known = exists().where(
        col(other.notice_id) == notice.key, col(other.occurrence) == _newest(notice), col(neighbour.id) == col(other.resident_id),
        col(neighbour.household_id) == col(Household.id), or_(_knows(notice, other), col(other.visited_at).is_not(None)),
    ).correlate(Household)  # fmt: skip
    return [*_of_newest(notice), or_(and_(_unanswered(), ~is_known), visited)]


def _at_doors(wanted: Sequence[ColumnElement[bool]]) -> Any:
    told = select(Delivery, Resident, Household, col(Staff.name))
    order = (col(Delivery.visited_at).is_not(None), col(Household.place), col(Household.id), col(Resident.id))
    return _joined(told).outerjoin(Staff, col(Staff.id) == col(Delivery.visited_by)).where(*wanted).order_by(*order)


def _doors(session: Session, query: Any) -> Sequence[Door]:
    return [
        Door(delivery=delivery, public_id=who.public_id, name=who.name, phone=who.phone, flat=flat.label, visitor=visitor or "")
        for delivery, who, flat, visitor in session.execute(query)
    ]
