"""When somebody would like the master to come, as they say it: 明天下午, 周末都行, 晚上7点以后, 工作日下班后. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from bot.contract import times_in
from bot.contract.workdays import is_workday

#: From when to when somebody may come.
Window = tuple[datetime, datetime]

#: Nobody is visited before or after these hours, and nobody plans further ahead than this.
OPENS, CLOSES, AHEAD = 8, 21, timedelta(days=14)

#: Where a part of the day ends that begins at an hour.
_PARTS = {6: 9, 7: 9, 8: 12, 9: 12, 12: 14, 13: 18, 14: 18, 17: 20, 18: 21, 19: 21, 20: 21}

#: How long around a single clock time.
AROUND = timedelta(hours=2)

_AFTER = re.compile(r"[点时半分钟]?\s*(?:以后|之后|往后|后(?!天|年|门)|起|开始)")
_BEFORE = re.compile(r"[点时半分钟]?\s*(?:以前|之前|前(?!天|年|门))")
_WORKDAYS = re.compile(r"工作日|平时|平日|上班日")
_AFTER_WORK = re.compile(r"下班(?:以|之)?后|下了班|收工")
_ANY_TIME = re.compile(r"随时|任何时候|什么时候都|啥时候都|几时都|都有人|全天")
_NOT = re.compile(r"不(?:在家|行|方便|得|可以|能来|要来)|没(?:空|人)|别来|冇人")
_AROUND_WHEN = re.compile(
    r"都?(?:行|可以|得|在家?|有人|有空|方便)|以?后|之后|以?前|之前|随时|任何时候|什么时候都?|下班|工作日|平时|家里|上门|过来|那就|改成|改到|或者|要么|还是|比较|最好|[我来吧呢啊呀的了那就再或到、，,。.!！~ \s]"
)
_PAUSE = re.compile(r"[，,。；;！!\n]|但是?|不过")


def wanted(said: str, now: datetime) -> list[Window]:
    """Return the stretches that words name, the earliest first, cut to what lies ahead; nothing for words that name none."""
    found: list[Window] = []
    for clause in _PAUSE.split(said):
        if not _NOT.search(clause):
            found += _of_clause(clause, now)
    limit = now + AHEAD
    cut = {(max(begins, now), min(ends, limit)) for begins, ends in found}
    return sorted((begins, ends) for begins, ends in cut if ends > begins)


def is_only_when(said: str, now: datetime) -> bool:
    """Tell whether words say when somebody may come, and next to nothing else: 周日上午, 那就晚上7点以后吧."""
    spans = times_in(said, now)
    if not spans and not _ANY_TIME.search(said) and not _AFTER_WORK.search(said):
        return False
    rest = "".join(sign for place, sign in enumerate(said) if not any(span.begin <= place < span.stop for span in spans))
    return len(_AROUND_WHEN.sub("", rest)) < 2


def _of_clause(clause: str, now: datetime) -> Iterator[Window]:
    spans = [span for span in times_in(clause, now) if span.kind != "unclear" and not span.is_coarse]
    after_work = _AFTER_WORK.search(clause)
    if _WORKDAYS.search(clause) or (after_work and not spans):
        hours = next(((span.start, span.end) for span in spans if not span.has_day), None)
        for day in _days(now.date(), 7):
            if is_workday(day):
                yield _at(
                    day,
                    18 if after_work else hours[0].hour if hours else OPENS,
                    CLOSES if after_work or hours is None else _part_end(hours[0]),
                    now,
                )
        return
    if not spans and _ANY_TIME.search(clause):
        yield from (_at(day, OPENS, CLOSES, now) for day in _days(now.date(), 4))
    for span in spans:
        yield from _of_span(span, clause, now, is_after_work=after_work is not None)


def _of_span(span, clause: str, now: datetime, *, is_after_work: bool) -> Iterator[Window]:  # type: ignore[no-untyped-def]  # Span is not of the contract
    start, tail = span.start, clause[span.stop : span.stop + 6]
    is_after, is_before = _AFTER.match(tail) or _ends_with(clause, span, _AFTER), span.kind == "deadline" or _BEFORE.match(tail)
    if span.kind == "day":
        last = (span.end or span.start).date()
        for day in _days(start.date(), (last - start.date()).days + 1):
            yield _at(day, 18 if is_after_work else OPENS, CLOSES, now)
    elif is_before:
        yield start.replace(hour=OPENS, minute=0), start
    elif is_after:
        days = _days(start.date(), 1 if span.has_day else 5)
        yield from ((_moment(day, start.time(), now), _moment(day, time(CLOSES), now)) for day in days)
    elif span.kind == "range" and span.end is not None and span.has_clock:
        yield start, span.end
    elif span.kind == "part":
        yield start, start.replace(hour=_part_end(start), minute=0)
    else:
        yield start, start + AROUND


def _ends_with(clause: str, span, words: re.Pattern[str]):  # type: ignore[no-untyped-def]  # as above
    return words.search(clause[span.begin : span.stop])


def _part_end(start: datetime) -> int:
    return _PARTS.get(start.hour, min(start.hour + 3, CLOSES))


def _days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(min(number, AHEAD.days))]


def _at(day: date, opens: int, closes: int, now: datetime) -> Window:
    return _moment(day, time(opens), now), _moment(day, time(closes), now)


def _moment(day: date, at: time, now: datetime) -> datetime:
    return datetime.combine(day, at, now.tzinfo)


def to_json(windows: Sequence[Window]) -> list[list[str]]:
    """Return them as a ticket keeps them."""
    return [[begins.isoformat(), ends.isoformat()] for begins, ends in windows]


def from_json(kept: Sequence[Sequence[str]], like: datetime) -> list[Window]:
    """Return what a ticket keeps; moments are in the zone of `like`."""
    return [
        (datetime.fromisoformat(begins).astimezone(like.tzinfo), datetime.fromisoformat(ends).astimezone(like.tzinfo))
        for begins, ends in kept
    ]
