"""Who would get a notice, by which channel, and who would get nothing and why: asked of the same rows, by the same rules, as sending."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session, col

from bot.store import audiences, channels, followers, outbox
from bot.store.audience import Audience
from bot.store.audiences import Offered, nobody
from bot.store.channels import CHAT, SUBSCRIPTION, TEMPLATE
from bot.store.followers import Allowance, Follower
from bot.store.outbox import Ways
from bot.store.people import Resident
from bot.wechat import quota

#: Ids that one statement names.
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Reached:
    """One person of an audience: the channel by which they would be told now, or why by none."""

    public_id: str
    name: str
    flat: str
    channel: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Who would be told, how, and who cannot be."""

    households: int
    everyone: Sequence[Reached]
    unknown: tuple[str, ...] = ()  # parts of the audience that nobody belongs to
    sample: tuple[str, ...] = ()
    let_go: Sequence[Reached] = ()  # who lives in these flats and whose account speaks for none of them: nothing is sent to them
    by_channel: Mapping[str, int] = field(init=False)
    unreachable: Mapping[str, int] = field(init=False)  # reason -> people

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_channel", Counter(one.channel for one in self.everyone if one.channel))
        object.__setattr__(self, "unreachable", Counter(one.reason for one in (*self.everyone, *self.let_go) if one.reason))

    @property
    def people(self) -> int:
        """How many belong to the audience."""
        return len(self.everyone)

    @property
    def chat(self) -> int:
        """How many are told in the chat."""
        return self.by_channel.get(CHAT, 0)

    @property
    def subscription(self) -> int:
        """How many are told by a subscription they allowed."""
        return self.by_channel.get(SUBSCRIPTION, 0)

    @property
    def template(self) -> int:
        """How many are told by a template message."""
        return self.by_channel.get(TEMPLATE, 0)

    @property
    def told(self) -> int:
        """How many are told at all."""
        return sum(self.by_channel.values())

    def by(self, channel: str = "") -> Sequence[Reached]:
        """Return who is told, by one channel or by any."""
        return [one for one in self.everyone if one.channel and channel in ("", one.channel)]

    def left_out(self, reason: str = "") -> Sequence[Reached]:
        """Return who gets nothing, for one reason or for any."""
        return [one for one in (*self.everyone, *self.let_go) if one.reason and reason in ("", one.reason)]


def count(session: Session, audience: Audience, now: datetime, ways: Ways, offered: Offered = nobody) -> Reach:
    """Return who would be told by which channel, and who would not and why."""
    people = audiences.people_of(session, audience, offered)
    flats = {one.id: one.flat for one in people}
    stops = channels.stops(session, ways.appid, now)
    everyone = [
        _reached(row, flats[row.id], ways, stops, now)
        for part in _parts([one.id for one in people]) for row in session.execute(_rows(part, ways))
    ]  # fmt: skip
    return Reach(
        households=len({flat for one in people for flat, _ in one.flats}), everyone=everyone, let_go=_let_go(session, audience, offered, flats.keys()),
        sample=tuple(dict.fromkeys(one.flat for one in everyone[:20]))[:5],
        unknown=audiences.unknown_parts(session, audience, offered),
    )  # fmt: skip


def _let_go(session: Session, audience: Audience, offered: Offered, told: Collection[int]) -> Sequence[Reached]:
    those = {one.id: one for one in audiences.let_go_of(session, audience, offered, told)}
    return [
        Reached(public_id=row.public_id, name=row.name, flat=those[row.id].flat, reason=outbox.LET_GO)
        for part in _parts(list(those))
        for row in session.execute(select(col(Resident.id), col(Resident.public_id), col(Resident.name)).where(col(Resident.id).in_(part)))
    ]  # fmt: skip


def way_to(session: Session, openid: str, now: datetime, ways: Ways) -> tuple[str, str]:
    """Return the channel by which an account would be told now, or why by none: for who is no resident."""
    follower, allowance = session.get(Follower, openid), session.get(Allowance, (openid, ways.subscription))
    if follower is None or follower.followed_at is None or follower.left_at is not None:
        return "", outbox.NOT_FOLLOWING
    stops = channels.stops(session, ways.appid, now)
    channel = outbox.open_channel(followers.window(follower), bool(allowance and allowance.left), ways, stops, now)
    return channel, "" if channel else outbox.why_closed(stops)


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]


def _rows(people: Sequence[int], ways: Ways) -> Any:
    allowed = and_(col(Allowance.openid) == col(Resident.openid), col(Allowance.template_id) == ways.subscription)
    return (
        select(
            col(Resident.id), col(Resident.public_id), col(Resident.name), col(Resident.openid), col(Follower.followed_at), col(Follower.left_at),
            col(Follower.window_until), col(Follower.window_left), col(Follower.tap_until), col(Follower.tap_left),
            col(Allowance.left).label("allowed"),
        )
        .outerjoin(Follower, col(Follower.openid) == col(Resident.openid))
        .outerjoin(Allowance, allowed)
        .where(col(Resident.id).in_(people))
        .order_by(col(Resident.id))
    )  # fmt: skip


def _reached(row: Any, flat: str, ways: Ways, stops: Mapping[str, channels.Stop], now: datetime) -> Reached:
    channel, reason = "", ""
    if not row.openid:
        reason = outbox.NOT_BOUND
    elif row.followed_at is None or row.left_at is not None:
        reason = outbox.NOT_FOLLOWING
    else:
        window = quota.Window(until=row.window_until, left=row.window_left, tap_until=row.tap_until, tap_left=row.tap_left)
        channel = outbox.open_channel(window, bool(row.allowed), ways, stops, now)
        reason = "" if channel else outbox.why_closed(stops)
    return Reached(public_id=row.public_id, name=row.name, flat=flat, channel=channel, reason=reason)
