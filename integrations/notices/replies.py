"""What residents say to a notice: 收到, and questions about it, tied to the delivery they answer."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.contract import Conversation, Delivery, Notice, Turn, notices, receipts
from bot.contract.notices import NoticeKind
from integrations.notices import answers, pages

#: How long 收到 is said to a notice that asks for it, and to one that does not.
ASKED, UNASKED = timedelta(days=7), timedelta(days=1)

_HAS_IT = re.compile(
    r"(?:好的?|嗯+|ok|OK|物业)?[，,。！! ]*(?:我们?|这边)?(?:已经?|确认|都)?(?:收到|已阅|阅)(?:通知)?(?:了|啦|咯)?[，,。！! ]*(?:谢谢|多谢|感谢|辛苦了?|知道了)?[。！!~～ ]*"
)


#: 收到，我下楼了: behind it what somebody does who has read it, and nothing that is to be done for them.
_DOES = re.compile(
    r"(?:我们?|全家|家里人?|大家|马上|这就|现在|已经?|都|也|会|正在?|就|先|煤气|燃气|阀|门|窗户?|水|电|车)*(?:下楼|下来|出来|出门|出去|往外|撤|离开|走|在外面|在楼下|在单位|关|拔|储|接|存|准备|知道|明白|注意|配合|照办|转告|告诉)"
    r"[^，,。？?吗呢么]{0,8}"
)


def has_it(text: str) -> bool:
    """Tell whether a message says no more than that one has a notice: 收到, 好的收到，谢谢. 没收到 does not."""
    said = text.strip()
    begins = _HAS_IT.match(said)
    return begins is not None and (
        begins.end() == len(said) or _DOES.fullmatch(said[begins.end() :].rstrip("。！!~～了啦 ")) is not None
    )


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
    found = _meant(turn, told)
    if found is None or _is_with_staff(turn):
        return ""
    delivery = found[0]
    receipts.acknowledge(turn.session, delivery.id or 0, "words", turn.now)
    receipts.reply(turn.session, delivery, text, turn.now)
    return turn.words(turn.context.messages["notice.received"], title=_read(turn, found)[0])


def _meant(turn: Turn, told: Sequence[tuple[Delivery, Notice]]) -> tuple[Delivery, Notice] | None:
    """Return the notice that 收到 is said to: what has just come and is urgent, else what waits to be confirmed, else the last one.

    One that has waited for more than a day is not meant where another came since: nobody is noted as having read what they did
    not speak of.
    """
    if not told:
        return None
    newest = None if _was_spoken_since(turn, told[0][0]) else told[0]
    if newest is not None and newest[1].kind is NoticeKind.EMERGENCY:
        return newest
    asked = next((one for one in told if one[1].asks and one[0].acknowledged_at is None), None)
    is_old = asked is not None and asked is not told[0] and turn.now - (asked[0].sent_at or turn.now) > UNASKED
    is_covered = is_old and turn.now - (told[0][0].sent_at or turn.now) < UNASKED
    return newest if asked is None or is_covered else asked


def _asked_of(turn: Turn, question: str, told: Sequence[tuple[Delivery, Notice]]) -> tuple[Delivery, Notice] | None:
    """Return the notice that a question is about: the newest that speaks of it, or for 几点恢复 alone the newest of the last day."""
    if answers.is_bare(question):
        newest = told[0] if told else None
        is_fresh = newest is not None and newest[0].sent_at is not None and turn.now - newest[0].sent_at < UNASKED
        return newest if is_fresh else None
    return next((one for one in told if answers.is_about(question, one[1].title, one[1].body)), None)


def _answer(turn: Turn, question: str, found: tuple[Delivery, Notice]) -> str:
    title, body = _read(turn, found)
    at = found[0].sent_at or turn.now
    words = answers.fitting(question, answers.Said(title=title, body=body, at=at))
    if not words:
        return ""
    return turn.words(turn.context.messages["notice.answer"], title=title, day=f"{at.month}月{at.day}日", words=words)


def _read(turn: Turn, told: tuple[Delivery, Notice]) -> tuple[str, str]:
    """Return title and text of a notice as its reader found them: with their own name and flat in it."""
    values = pages.values_of(turn, told[0])
    return notices.fill_variables(told[1].title, values), notices.fill_variables(told[1].body, values)


def _was_spoken_since(turn: Turn, told: Delivery) -> bool:
    """Tell whether something else was said after a notice came, or it came long ago: then 收到 is said to that."""
    talk = turn.session.get(Conversation, turn.openid)
    at = told.sent_at or turn.now
    return turn.now - at > UNASKED or (talk is not None and talk.updated_at > at)


def _is_with_staff(turn: Turn) -> bool:
    """Tell whether a person has the word: what is said is said to them."""
    talk = turn.session.get(Conversation, turn.openid)
    return talk is not None and talk.staff_id is not None
