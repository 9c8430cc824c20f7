"""Talks as a list shows them: those that wait for a word, one's own, those nobody has, laid aside, all; found by who it is or by what was said."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, or_, select

from bot.contract.pages import Desk
from bot.sealed import is_unreadable
from bot.store import tasks
from bot.store.conversations import Conversation, Line
from bot.store.tasks import Task
from bot.translation import tr

__all__ = [
    "OPENED",
    "PAGE",
    "TITLES",
    "Found",
    "Show",
    "aside",
    "count",
    "count_by_holder",
    "counts",
    "first",
    "fits",
    "listed",
    "said",
    "unanswered",
]


class Show(StrEnum):
    """Which talks a list shows."""

    WAITING = "waiting"  # the resident spoke last, or nobody has taken over
    MINE = "mine"
    NOBODY = "nobody"
    ALL = "all"
    ASIDE = "aside"


TITLES = {
    Show.WAITING: tr("等回复"),
    Show.MINE: tr("我的"),
    Show.NOBODY: tr("没人接"),
    Show.ALL: tr("全部"),
    Show.ASIDE: tr("搁置"),
}

#: Talks on one page.
PAGE = 30

#: Lines that one search opens, the newest first; each is sealed by itself, so that none can be found unopened.
OPENED = 20_000

#: Talks that one search finds.
_MOST = 20


def _speaks_last() -> ColumnElement[bool]:
    """Tell whether the resident spoke last; what the bot says stands in between and answers nothing."""
    last = sql_select(col(Line.speaker)).where(col(Line.openid) == col(Conversation.openid), col(Line.speaker) != "bot")
    return last.order_by(col(Line.id).desc()).limit(1).correlate(Conversation).scalar_subquery() == "resident"


def _aside(now: datetime) -> ColumnElement[bool]:
    """Tell whether a talk is laid aside: until then, or until its resident speaks."""
    spoke = exists().where(
        col(Line.openid) == col(Conversation.openid), col(Line.id) > col(Conversation.snoozed_after),
        col(Line.speaker) == "resident",
    )  # fmt: skip
    until = col(Conversation.snoozed_until)
    return and_(until.is_not(None), until > now, not_(spoke.correlate(Conversation)))


def _conditions(show: Show, staff_id: int, now: datetime) -> Sequence[ColumnElement[bool]]:
    waits, here = col(Conversation.waiting_since).is_not(None), not_(_aside(now))
    untaken, unassigned = col(Conversation.staff_id).is_(None), col(Conversation.assigned_id).is_(None)
    match show:
        case Show.WAITING:
            return waits, or_(untaken, _speaks_last()), here
        case Show.MINE:
            return col(Conversation.assigned_id) == staff_id, here
        case Show.NOBODY:
            return waits, untaken, unassigned, here
        case Show.ASIDE:
            return (_aside(now),)
        case Show.ALL:  # a report that WeChat has delivered something opens a talk in which nobody has said anything
            return (exists().where(col(Line.openid) == col(Conversation.openid)).correlate(Conversation),)


def fits(desk: Desk, show: Show) -> ColumnElement[bool]:
    """Return what a talk of a list must be."""
    return and_(*_conditions(show, desk.staff.id or 0, desk.now))


def listed(desk: Desk, show: Show, number: int = 1, *conditions: ColumnElement[bool]) -> tuple[Sequence[Conversation], bool]:
    """Return one page of the talks of a list that also fit, and whether there are more.

    Who waits for a word stands in the order of waiting, alarms before all others; the rest by their latest word.
    """
    query = select(Conversation).where(*_conditions(show, desk.staff.id or 0, desk.now), *conditions)
    waiting = col(Conversation.waiting_since)
    order: dict[Show, tuple[Any, ...]] = {
        Show.ALL: (col(Conversation.updated_at).desc(),), Show.ASIDE: (col(Conversation.snoozed_until),),
    }  # fmt: skip
    alarm = exists().where(
        col(Task.openid) == col(Conversation.openid), col(Task.closed_at).is_(None), col(Task.urgent),
        col(Task.need).in_([need for need in tasks.count_by_need(desk.session) if desk.may(need)]),
    )  # fmt: skip
    waits = (waiting.is_(None), alarm.correlate(Conversation).desc(), waiting, col(Conversation.updated_at).desc())
    query = query.order_by(*order.get(show, waits))
    rows = desk.session.exec(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def first(desk: Desk, show: Show, *conditions: ColumnElement[bool], limit: int) -> Sequence[Conversation]:
    """Return the first talks of a list that also fit, the longest waiting first."""
    query = select(Conversation).where(*_conditions(show, desk.staff.id or 0, desk.now), *conditions)
    return desk.session.exec(query.order_by(col(Conversation.waiting_since)).limit(limit)).all()


def count(desk: Desk, show: Show, *conditions: ColumnElement[bool]) -> int:
    """Return how many talks of a list fit; nothing of them is opened."""
    query = select(func.count()).select_from(Conversation).where(*_conditions(show, desk.staff.id or 0, desk.now), *conditions)
    return desk.session.exec(query).one()


def count_by_holder(desk: Desk, show: Show, *conditions: ColumnElement[bool]) -> Mapping[int, int]:
    """Return how many talks of a list that also fit each of the staff sees to."""
    held = (*_conditions(show, desk.staff.id or 0, desk.now), col(Conversation.assigned_id).is_not(None), *conditions)
    query = sql_select(col(Conversation.assigned_id), func.count()).where(*held).group_by(col(Conversation.assigned_id))
    return {holder: number for holder, number in desk.session.execute(query)}


def counts(desk: Desk, shows: Sequence[Show]) -> Mapping[Show, int]:
    """Return how many talks each of several lists has, asked for at once."""
    each = [
        sql_select(func.count()).select_from(Conversation).where(*_conditions(show, desk.staff.id or 0, desk.now)).scalar_subquery()
        for show in shows
    ]  # fmt: skip
    return dict(zip(shows, desk.session.execute(sql_select(*each)).one(), strict=True))


def aside(session: Session, openids: Collection[str], now: datetime) -> Collection[str]:
    """Return which of several talks are laid aside now."""
    return _among(session, openids, _aside(now))


def unanswered(session: Session, openids: Collection[str]) -> Collection[str]:
    """Return in which of several talks the resident spoke last."""
    return _among(session, openids, _speaks_last())


def _among(session: Session, openids: Collection[str], condition: ColumnElement[bool]) -> Collection[str]:
    return (
        set(session.exec(select(Conversation.openid).where(col(Conversation.openid).in_(openids), condition)).all())
        if openids
        else ()
    )


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search through what was said has found, the newest first: a talk and the line; `before` goes on where it stopped."""

    hits: Sequence[tuple[Conversation, str, datetime]]
    before: int | None
    until: datetime | None  # how far back it has looked, None where nothing is older


def said(desk: Desk, words: str, before: int | None = None) -> Found:
    """Look for words in what residents and staff said, each talk once; they must be there as this person may read them."""
    wanted = [part for part in _plain(words).split() if part]
    query = sql_select(col(Line.id), col(Line.openid), col(Line.text), col(Line.at)).where(col(Line.speaker) != "bot")
    if before is not None:
        query = query.where(col(Line.id) < before)
    rows = desk.session.execute(query.order_by(col(Line.id).desc()).limit(OPENED)).all()
    lines: dict[str, tuple[str, datetime]] = {}
    last = None
    for last in rows:
        if last.openid not in lines and _has(last.text, wanted) and _has(shown := desk.veil(last.text), wanted):
            lines[last.openid] = shown, last.at
            if len(lines) == _MOST:
                break
    talks = {one.openid: one for one in desk.session.exec(select(Conversation).where(col(Conversation.openid).in_(lines)))}
    hits = [(talks[openid], text, at) for openid, (text, at) in lines.items() if openid in talks]
    is_over = last is None or (len(rows) < OPENED and last is rows[-1])
    return Found(
        hits=hits, before=None if is_over or last is None else last.id, until=None if is_over or last is None else last.at
    )


def _has(text: str, wanted: Sequence[str]) -> bool:
    plain = "" if is_unreadable(text) else _plain(text)
    return bool(wanted) and all(part in plain for part in wanted)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
