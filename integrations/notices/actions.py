"""What residents can ask for: the latest notices, and what they say of something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contract import Delivery, Notice, NoticeState, Reply, Turn, action, notices, receipts
from bot.contract.notices import NoticeKind, NoticeVersion
from integrations.notices import answers, dates, pages

#: Notices shown in the chat.
LATEST = 5

#: Signs of a notice's text that the list shows.
SHORT = 120

_LINE = '· {mark}{at}《{title}》{body}{url?<a href="{url}">看全文</a>}'

#: Versions by which an emergency is over.
_ENDS = (NoticeVersion.ALL_CLEAR, NoticeVersion.CANCELLATION)

#: Notices that a question is held against.
HELD = 20


@action("notice.list", replies={"done": "notices untold", "answer": "answer", "none": "untold"}, shows=True)
def latest(turn: Turn, slots: object) -> Reply:
    """Tell the latest notices, or of what is asked for what the one about it says: 停水停到几点."""
    question = turn.said.rpartition("\n")[2]
    if answer := know(turn, question):
        return Reply("answer", answer=answer)
    found = _told(turn, LATEST)
    untold = answers.untold(question, _said(found))
    if not found:
        return Reply("none", ok=False, untold=untold)
    return Reply("done", notices=[_line(turn, one) for one in found], untold=untold)


def know(turn: Turn, question: str) -> str:
    """Answer a question from the notices of the last days: 几点来水; empty where none surely has the answer."""
    found = answers.find(question, _said(_told(turn, HELD, turn.now - answers.LIVES)))
    if found is None:
        return ""
    at = found.notice.at
    message = turn.context.messages["notice.answer"]
    return turn.words(message, title=found.notice.title, day=f"{at.month}月{at.day}日", words=found.words)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A notice as this resident was told it."""

    title: str
    body: str
    at: datetime
    is_urgent: bool = False  # an emergency that is not over
    url: str = ""


def _line(turn: Turn, one: _Told) -> str:
    """Return one line of the list: of a long text the beginning, and where the rest is."""
    body = " ".join(one.body.split())
    is_cut = len(body) > SHORT
    return turn.words(
        _LINE, mark="【紧急】" if one.is_urgent else "", at=one.at, title=one.title, body=body[:SHORT] + "…" if is_cut else body,
        url=one.url if is_cut else "",
    )  # fmt: skip


def _said(told: Sequence[_Told]) -> Sequence[answers.Said]:
    return [answers.Said(title=one.title, body=one.body, at=one.at) for one in told]


def _told(turn: Turn, most: int, since: datetime | None = None) -> Sequence[_Told]:
    """Return the latest notices that this resident was sent, or those to everybody for one who is not bound; emergencies first, then the newest."""
    if turn.resident is not None:
        sent = receipts.told(turn.session, turn.resident.key, most, since)
        found = [
            _as_told(turn, notice, delivery)
            for delivery, notice in sent
            if notice.state is not NoticeState.RECALLED or notice.rule
        ]
    else:
        found = [_as_told(turn, notice) for notice in receipts.told_to_all(turn.session, most, since)]
    return sorted(found, key=lambda one: not one.is_urgent)


def _as_told(turn: Turn, notice: Notice, delivery: Delivery | None = None) -> _Told:
    at = delivery.occurrence if delivery and delivery.occurrence else notice.published_at or turn.now
    values = pages.values_of(turn, delivery) if delivery else notices.values_of_variables("", "您家", at)
    later = notices.version_of(turn.session, notice)
    is_urgent = (
        notice.kind is NoticeKind.EMERGENCY and (notice.until or at) > turn.now and (later is None or later.version not in _ENDS)
    )
    url = turn.link(pages.PATH.format(delivery=delivery.id)) if delivery else ""
    title, body = (dates.dated(notices.fill_variables(text, values), at, turn.now) for text in (notice.title, notice.body))
    return _Told(title=title, body=body, at=at, is_urgent=is_urgent, url=url)


ALL = (latest,)
