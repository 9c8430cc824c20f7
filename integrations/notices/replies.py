"""What residents say to a notice: 收到, and questions about it, tied to the delivery they answer."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.contract import Conversation, Delivery, Notice, Turn, receipts
from integrations.notices import answers

#: How long 收到 is said to a notice that asks for it, and to one that does not.
ASKED, UNASKED = timedelta(days=7), timedelta(days=1)

_HAS_IT = re.compile(
    r"(?:好的?|嗯+|ok|OK|物业)?[，,。！! ]*(?:我们?|这边)?(?:已经?|确认|都)?(?:收到|已阅|阅)(?:通知)?(?:了|啦|咯)?[，,。！! ]*(?:谢谢|多谢|感谢|辛苦了?|知道了)?[。！!~～ ]*"
)


def has_it(text: str) -> bool:
    """Tell whether a message says no more than that one has a notice: 收到, 好的收到，谢谢. 没收到 does not."""
    return _HAS_IT.fullmatch(text.strip()) is not None


def hear(turn: Turn, text: str) -> str:
    """Answer 收到 and 几点恢复？ where they are said to a notice, and tie both to it; empty for all else, and for what is answered as usual."""
    if has_it(text):
        return _thank(turn, text)
    if not answers.asks(text):
        return ""
    told = receipts.lately(turn.session, turn.openid, turn.now - answers.LIVES)
    found = _asked_of(turn, text, told)
    if found is None or _is_with_staff(turn):
        return ""
    receipts.reply(turn.session, found[0], text, turn.now)
    return _answer(turn, text, found) if answers.is_bare(text) else ""


def _thank(turn: Turn, text: str) -> str:
    told = receipts.lately(turn.session, turn.openid, turn.now - ASKED)
    found = next((one for one in told if one[1].asks and one[0].acknowledged_at is None), None)
    if found is None and told and not _was_spoken_since(turn, told[0][0]):
        found = told[0]
    if found is None or _is_with_staff(turn):
        return ""
    delivery, notice = found
    receipts.acknowledge(turn.session, delivery.id or 0, "words", turn.now)
    receipts.reply(turn.session, delivery, text, turn.now)
    return turn.words(turn.context.messages["notice.received"], title=notice.title)


def _asked_of(turn: Turn, question: str, told: Sequence[tuple[Delivery, Notice]]) -> tuple[Delivery, Notice] | None:
    """Return the notice that a question is about: the newest that speaks of it, or for 几点恢复 alone the newest of the last day."""
    if answers.is_bare(question):
        newest = told[0] if told else None
        is_fresh = newest is not None and newest[0].sent_at is not None and turn.now - newest[0].sent_at < UNASKED
        return newest if is_fresh else None
    return next((one for one in told if answers.is_about(question, one[1].title, one[1].body)), None)


def _answer(turn: Turn, question: str, found: tuple[Delivery, Notice]) -> str:
    notice = found[1]
    at = found[0].sent_at or turn.now
    words = answers.fitting(question, answers.Said(title=notice.title, body=notice.body, at=at))
    if not words:
        return ""
    return turn.words(turn.context.messages["notice.answer"], title=notice.title, day=f"{at.month}月{at.day}日", words=words)


def _was_spoken_since(turn: Turn, told: Delivery) -> bool:
    """Tell whether something else was said after a notice came, or it came long ago: then 收到 is said to that."""
    talk = turn.session.get(Conversation, turn.openid)
    at = told.sent_at or turn.now
    return turn.now - at > UNASKED or (talk is not None and talk.updated_at > at)


def _is_with_staff(turn: Turn) -> bool:
    """Tell whether a person has the word: what is said is said to them."""
    talk = turn.session.get(Conversation, turn.openid)
    return talk is not None and talk.staff_id is not None
