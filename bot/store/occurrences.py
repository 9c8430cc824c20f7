"""When notices fall due: once, by a rule, paused, left out, or missed while nothing ran.

A notice carries its next time (`due_at`); a row of `notice_occurrence` says what became of one that is over, or that it is to be left
out. Replicas tick side by side: the row lock lets one of them have a notice, UNIQUE(notice, at) and the outbox's
UNIQUE(notice, occurrence, resident) hold whatever else may happen.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from sqlalchemy import ColumnElement, UniqueConstraint, delete, or_, select
from sqlmodel import Field, Session, col

from bot.errors import Refusal
from bot.language.recurrence import Recurrence
from bot.model import moment, word
from bot.store import events, notices
from bot.store.audiences import Offered, nobody
from bot.store.notices import Notice, NoticeState
from bot.store.scope import Scoped
from bot.translation import tr


class Became(StrEnum):
    """What became of one time of a notice."""

    SENT = "sent"
    SKIPPED = "skipped"  # staff left it out, or will have left it out
    MISSED = "missed"  # nothing ran then, and it was too late afterwards


class Occurrence(Scoped, table=True):
    """One time of a notice."""

    __tablename__ = "notice_occurrence"
    __table_args__ = (UniqueConstraint("notice_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    at: datetime = moment()
    became: Became = word(Became, Became.SENT)
    noted_at: datetime = moment()


#: How long after its time a notice is still sent, unless it says otherwise.
GRACE = timedelta(hours=2)

#: What is behind by less is on time: ticks come each second, and a few hundred notices may fall due in the same one.
ON_TIME = timedelta(minutes=1)

#: Longest a notice may be sent late.
LONGEST_GRACE = timedelta(days=7)

#: Furthest a notice that comes once is planned ahead.
AHEAD = timedelta(days=366)

#: Missed times of one rule that are written down one by one, the newest; the event says how many there were in REMEMBERED.
LISTED = 10
REMEMBERED = timedelta(days=31)

#: A plan of a notice that is older is made anew: days off may have been announced since.
REPLAN = timedelta(days=1)

#: A plan that was made later than now by more was made under a clock that ran ahead.
DRIFT = timedelta(minutes=1)

#: Times that are shown ahead.
SHOWN = 5

_INSTANT = timedelta(microseconds=1)
_WAITING = (NoticeState.SCHEDULED, NoticeState.PAUSED, NoticeState.MISSED)


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A time that is to come, and whether it is left out."""

    at: datetime
    is_skipped: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When a notice is to go out: once, or by a rule; and how long after its time it still may."""

    due_at: datetime | None = None
    rule: Recurrence | None = None
    grace: timedelta = GRACE

    def first(self, now: datetime) -> datetime:
        """Return the first time; raises Refusal for one that is over, further ahead than AHEAD, or that never comes."""
        if not timedelta() <= self.grace <= LONGEST_GRACE:
            raise Refusal(
                tr("晚发的时间要在 0 到 {days} 天之间。", days=LONGEST_GRACE.days),
                english=f"a notice is sent at most {LONGEST_GRACE.days} days late; give 0 to {LONGEST_GRACE // timedelta(minutes=1)} minutes",
            )
        if self.rule is not None:
            first = self.rule.checked(now).next(now)
            if first is not None:
                return first
        if self.due_at is None or self.due_at <= now:
            raise Refusal(tr("发送时间要在现在之后。"), english="the time to send is over; name one that is yet to come")
        if self.due_at > now + AHEAD:
            raise Refusal(
                tr("发送时间 {due_at:%Y-%m-%d} 太远了，最多提前一年。", due_at=self.due_at),
                english=f"{self.due_at:%Y-%m-%d} is too far ahead; a notice is scheduled for a year at most",
            )
        return self.due_at


# ------------------------------------------------------------------ what staff decide


def schedule(session: Session, notice: Notice, plan: Plan, now: datetime, *, actor: str = "system") -> None:
    """Let a notice be published at its time, or at each time of its rule."""
    _put(notice, plan, now)
    notice.due_at, notice.planned_at, notice.state = plan.first(now), now, NoticeState.SCHEDULED
    session.add(notice)
    _record(session, notice, now, "scheduled", actor, due_at=notice.due_at.isoformat())


def intend(notice: Notice, plan: Plan | None, now: datetime) -> None:
    """Write down on a draft when it is meant to go out; nothing is sent by that. No plan means at once."""
    notice.due_at = plan.first(now) if plan else None
    _put(notice, plan or Plan(), now)


def change(session: Session, notice: Notice, plan: Plan, now: datetime, *, actor: str = "system") -> None:
    """Plan a notice anew that was not sent for good; one that is paused stays so. What was left out of another rule is forgotten."""
    first = plan.first(now)
    before = notice.recurrence
    _put(notice, plan, now)
    session.add(notice)
    if before is None or notice.recurrence is None or before.said != notice.recurrence.said:
        session.execute(delete(Occurrence).where(_of(notice), col(Occurrence.at) > now, col(Occurrence.became) == Became.SKIPPED))
    if notice.state is not NoticeState.PAUSED:
        notice.state = NoticeState.SCHEDULED
    notice.due_at, notice.planned_at = _next(session, notice, now) if notice.recurrence else first, now
    _record(session, notice, now, "changed", actor, due_at=notice.due_at.isoformat() if notice.due_at else "")


def pause(session: Session, notice: Notice, now: datetime, *, actor: str = "system") -> None:
    """Let nothing more fall due until `resume`; what is on its way goes on."""
    if notice.state is not NoticeState.SCHEDULED:
        raise Refusal(
            tr("这条通知现在没有在等着发，不用暂停。请刷新页面看最新状态。"), english="this notice does not wait to be sent"
        )
    notice.state = NoticeState.PAUSED
    session.add(notice)
    _record(session, notice, now, "paused", actor)


def resume(session: Session, notice: Notice, now: datetime, *, actor: str = "system") -> None:
    """Let a notice that was paused, or whose rule was stopped, go on: with the next time of its rule, or with its own where that is to come."""
    is_stopped = notice.state is NoticeState.RECALLED and notice.recurrence is not None
    if notice.state is not NoticeState.PAUSED and not is_stopped:
        raise Refusal(
            tr("这条通知没有暂停，也没有停止的周期，不能恢复。请刷新页面看最新状态。"),
            english="this notice is neither paused nor stopped",
        )
    due_at = _next(session, notice, now) if notice.recurrence else notice.due_at
    if due_at is None or due_at <= now:
        raise Refusal(
            tr("原来的发送时间已经过了。请点“修改”，换一个时间。"),
            english="its time is over; give it another in the console (修改)",
        )
    notice.due_at, notice.planned_at, notice.state = due_at, now, NoticeState.SCHEDULED
    session.add(notice)
    _record(session, notice, now, "resumed", actor, due_at=due_at.isoformat())


def skip(session: Session, notice: Notice, at: datetime, now: datetime, *, actor: str = "system") -> None:
    """Leave out one time to come; the rule goes on."""
    rule = notice.recurrence
    if rule is None or at <= now or rule.next(at - _INSTANT) != at:
        raise Refusal(
            tr("这个时间不在要发的时间里。请刷新页面，从列出的日期里选。"),
            english="this is no time at which the notice is to come",
        )
    row = _row(session, notice, at)
    if row is None:
        session.add(Occurrence(notice_id=notice.id or 0, at=at, became=Became.SKIPPED, noted_at=now))
        session.flush()
        _record(session, notice, now, "skipped", actor, due_at=at.isoformat())
    _replan(session, notice, now)


def unskip(session: Session, notice: Notice, at: datetime, now: datetime, *, actor: str = "system") -> None:
    """Let a time come after all that was to be left out."""
    row = _row(session, notice, at)
    if row is None or row.became is not Became.SKIPPED or at <= now:
        raise Refusal(
            tr("这一次没有跳过，或者时间已经过了。请刷新页面看最新状态。"), english="this time is not left out, or it is over"
        )
    session.delete(row)
    session.flush()
    _record(session, notice, now, "unskipped", actor, due_at=at.isoformat())
    _replan(session, notice, now)


def recall_once(session: Session, notice: Notice, now: datetime, *, actor: str = "system") -> int:
    """Stop what a recurring notice is sending just now, or leave out its next time when nothing is on its way.

    Its rule goes on. Returns how many deliveries were stopped.
    """
    number = notices.cancel(session, notice, now)
    if number:
        events.record(session, now, "notice.recalled", subject=f"notice:{notice.public_id}", actor=actor, stopped=number)
    elif notice.due_at is not None:
        skip(session, notice, notice.due_at, now, actor=actor)
    return number


def lock(session: Session, notice: Notice) -> None:
    """Read a notice anew and keep others from deciding about it until this transaction is over."""
    session.refresh(notice, with_for_update=True)


# ------------------------------------------------------------------ what staff see


def coming(session: Session, notice: Notice, now: datetime, count: int = SHOWN) -> Sequence[Coming]:
    """Return the next times of a notice, those that are left out among them."""
    if notice.recurrence is None:
        return [Coming(at=notice.due_at)] if notice.due_at and notice.due_at > now else []
    skipped = _over(session, notice, now)
    times = (
        Coming(at=at, is_skipped=skipped.get(at) is Became.SKIPPED)
        for at in notice.recurrence.times(now)
        if skipped.get(at) is not Became.SENT
    )
    return [one for one, _ in zip(times, range(count), strict=False)]


def past(session: Session, notice: Notice, now: datetime, limit: int = LISTED) -> Sequence[Occurrence]:
    """Return what became of the last times, the newest first."""
    query = select(Occurrence).where(_of(notice), col(Occurrence.at) <= now).order_by(col(Occurrence.at).desc()).limit(limit)
    return session.execute(query).scalars().all()


def planned(session: Session, limit: int = 100) -> Sequence[Notice]:
    """Return what waits to go out, is paused, or was missed as a whole, the next one first."""
    query = select(Notice).where(col(Notice.state).in_(_WAITING)).order_by(col(Notice.due_at), col(Notice.id)).limit(limit)
    return session.execute(query).scalars().all()


def missed_at(session: Session, notice: Notice) -> datetime | None:
    """Return the last time of a notice, if it was missed."""
    last = session.execute(
        select(Occurrence)
        .where(_of(notice), col(Occurrence.became) != Became.SKIPPED)
        .order_by(col(Occurrence.at).desc())
        .limit(1)
    )
    row = last.scalars().first()
    return row.at if row is not None and row.became is Became.MISSED else None


# ------------------------------------------------------------------ what falls due


def publish_due(session: Session, now: datetime, offered: Offered = nobody) -> list[Notice]:
    """Publish what has fallen due. Replicas may call this side by side.

    Of several times of one rule that fell due while nothing ran, the last is sent, where it is still of use; the others were missed.
    """
    _set_right(session, now)
    notices.hurry(session, now)
    due = session.execute(
        select(Notice)
        .where(col(Notice.state) == NoticeState.SCHEDULED, col(Notice.due_at) <= now)
        .order_by(col(Notice.due_at))
        .limit(20)
        .with_for_update(skip_locked=True)
    ).scalars()
    published = []
    for notice in due.all():
        occurrence = _take(session, notice, now)
        if occurrence is not None:
            notices.publish(session, notice, now, undo=timedelta(), occurrence=occurrence, offered=offered)
            published.append(notice)
    return published


def _take(session: Session, notice: Notice, now: datetime) -> datetime | None:
    """Note what became of the times that are over, and plan the next; returns the time to publish for."""
    fallen = _fallen(session, notice, now)
    late = max(timedelta(minutes=notice.grace), ON_TIME)
    at = fallen.pop() if fallen and now - fallen[-1] <= late else None
    for missed in list(fallen)[-LISTED:]:
        session.add(Occurrence(notice_id=notice.id or 0, at=missed, became=Became.MISSED, noted_at=now))
    if at is not None:
        session.add(Occurrence(notice_id=notice.id or 0, at=at, became=Became.SENT, noted_at=now))
    if fallen:
        _record(session, notice, now, "missed", "system", due_at=fallen[-1].isoformat(), times=len(fallen))
    session.flush()
    following = _next(session, notice, now) if notice.recurrence else None
    if following is None:
        notice.state = NoticeState.PUBLISHED if at is not None else NoticeState.MISSED
    notice.due_at = following if following or at is not None else notice.due_at
    notice.planned_at = now
    session.add(notice)
    return at


def _fallen(session: Session, notice: Notice, now: datetime) -> deque[datetime]:
    """Return the times that have fallen due and of which nothing is noted, as far back as REMEMBERED."""
    due_at, rule = notice.due_at or now, notice.recurrence
    noted = set(_noted(session, notice, due_at))
    if rule is None:
        return deque([due_at] if due_at not in noted else [])
    since = max(due_at, now - REMEMBERED) - _INSTANT
    return deque(at for at in takewhile(lambda at: at <= now, rule.times(since)) if at not in noted)


def _set_right(session: Session, now: datetime) -> None:
    """Plan anew what was planned long ago, or under a clock that ran ahead of this one.

    Such a clock may have put off a rule for years, and called missed what is still to come.
    """
    stale = or_(col(Notice.planned_at).is_(None), col(Notice.planned_at) < now - REPLAN, col(Notice.planned_at) > now + DRIFT)
    query = select(Notice).where(
        col(Notice.due_at) > now, col(Notice.state).in_((NoticeState.SCHEDULED, NoticeState.MISSED)), stale
    )
    for notice in session.execute(query.with_for_update(skip_locked=True)).scalars().all():
        to_come = (_of(notice), col(Occurrence.at) > now, col(Occurrence.became) == Became.MISSED)
        session.execute(delete(Occurrence).where(*to_come).execution_options(synchronize_session=False))
        notice.state = NoticeState.SCHEDULED
        _replan(session, notice, now)


def _put(notice: Notice, plan: Plan, now: datetime) -> None:
    """Write a plan down; a rule that says the same as before keeps the week it is counted from."""
    before = notice.recurrence
    rule = before if before and plan.rule and before.said == plan.rule.said else plan.rule
    notice.rule = rule.to_json() if rule else None
    notice.grace = plan.grace // timedelta(minutes=1)


def _replan(session: Session, notice: Notice, now: datetime) -> None:
    if notice.recurrence is not None and notice.state is NoticeState.SCHEDULED:
        notice.due_at = _next(session, notice, now)
    notice.planned_at = now
    session.add(notice)
    session.flush()


def _next(session: Session, notice: Notice, now: datetime) -> datetime | None:
    """Return the first time of a rule that is to come and of which nothing is noted yet."""
    if notice.recurrence is None:
        return None
    noted = _over(session, notice, now)
    return next((at for at in notice.recurrence.times(now) if at not in noted), None)


def _over(session: Session, notice: Notice, since: datetime) -> dict[datetime, Became]:
    """Return the times later than `since` of which something is noted: to be left out, or sent under a clock that ran ahead."""
    rows = session.execute(select(Occurrence).where(_of(notice), col(Occurrence.at) > since)).scalars()
    return {row.at: row.became for row in rows}


def _noted(session: Session, notice: Notice, since: datetime) -> Sequence[datetime]:
    return session.execute(select(col(Occurrence.at)).where(_of(notice), col(Occurrence.at) >= since)).scalars().all()


def _row(session: Session, notice: Notice, at: datetime) -> Occurrence | None:
    return session.execute(select(Occurrence).where(_of(notice), col(Occurrence.at) == at)).scalars().first()


def _of(notice: Notice) -> ColumnElement[bool]:
    return col(Occurrence.notice_id) == notice.id


def _record(session: Session, notice: Notice, now: datetime, what: str, actor: str, **data: object) -> None:
    events.record(session, now, f"notice.{what}", subject=f"notice:{notice.public_id}", actor=actor, **data)
