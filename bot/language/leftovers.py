"""Values in a message that a form could not take: a second plate, 三天, 凌晨1点走. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from bot.language import grievances, times
from bot.language.kinds import flat, moment, plate, regular
from bot.language.kinds.kind import Aspect, Slot, Value
from bot.language.kinds.moment import is_unwanted
from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER
from bot.language.reading import Reading
from bot.language.recurrence.hours import EVERY_DAY

#: 每天, 每周六: a visit that comes again.
_AGAIN = re.compile(
    r"(?:"
    + "|".join(
        [
            rf"每个?(?:天|日|晚|早|周|星期|礼拜|月|周末|工作日)[一二三四五六日天末]?|{EVERY_DAY}|(?<!今)日日",
            r"(?:周一|星期一|礼拜一)?(?:以后)每次|工作日都?|(?:这|那|接下来)(?:几|两|三|四|五|些)天(?:都来)?",
            r"(?:这|整)(?:一周|周|个星期|个礼拜|个月)(?![一二三四五六日天末])|长期",
        ]
    )
    + r")"
)
#: 来三天, 住一个礼拜: how long.
_LONG = re.compile(
    rf"(?:住|来|待|玩|呆|连着?|连续|一共|总共|借住|前后|要|耍)(?:上|个)?(?:{NUMBER}|几|半)(?:个)?(?:天|晚上?|宿|周|星期|礼拜|月)(?!前|后|以|之|内)"
    rf"|(?<![第前过每这那再])(?:{NUMBER}|几)天(?=都|里)"
)
#: What a time in the past or a train has to do with: no time for a visit.
_TELLS = re.compile(
    r"的?(?:报|说|打过|打的|来过|开始|起|刚|到现在|漏|停|坏|就|发现|约好|火车|高铁|飞机|航班|上班|下班|的?会|回复)"
)
_NOW = re.compile("现在|马上|立刻|立马|这会儿|尽快|即刻")
_LEAVES = re.compile(r"[^，,。;；]{0,2}?(?:走|离开|回去|结束|为止)")

#: Between two places that are both meant: 厨房和卫生间.
_AND = r"\s*(?:和|跟|与|及|以及|还有|、|同埋)\s*(?:我家|家里)?的?"


def unread(said: Reading, slots: Sequence[Slot], found: Mapping[str, Value]) -> tuple[str, ...]:
    """Return, as the resident wrote them, the values in a message that are not in `found` though the form asks for their like.

    `found` are the values after the message. What is corrected, is over, or only tells more of the same day is no loss.
    """
    if said.corrects:
        return ()
    lost = [
        *_doubles(said, slots, found),
        *_rooms(said, slots, found),
        *_places(said.text, slots, found),
        *_times(said, slots, found),
    ]
    return tuple(dict.fromkeys(lost))


def broken_plate(said: Reading, slots: Sequence[Slot]) -> str:
    """Return what wants to be a plate and is none, where the form asks for one: 浙A12."""
    is_asked = any(slot.kind is plate.KIND for slot in slots) and not grievances.blames_a_car(said.text)
    return plate.broken(said.text).upper() if is_asked else ""


def _doubles(said: Reading, slots: Sequence[Slot], found: Mapping[str, Value]) -> Iterator[str]:
    """Second plates, phones and temperatures."""
    for slot in slots:
        grammar, value = slot.kind.grammar, found.get(slot.name)
        if slot.kind.is_single and grammar and value:
            others = (one for one in said.found(grammar) if one.value != value and slot.kind.is_meant(said.text, one))
            yield from (said.text[one.begin : one.stop].strip() for one in others)


def _rooms(said: Reading, slots: Sequence[Slot], found: Mapping[str, Value]) -> Iterator[str]:
    """Second flats: 3栋2单元501和502."""
    slot = next((slot for slot in slots if slot.kind is flat.ROOM), None)
    value = str(found.get(slot.name, "")) if slot else ""
    if not value:
        return
    text, flats = said.text, said.found(flat.GRAMMAR)
    for one in flats:
        if isinstance(one.value, flat.Flat) and one.value.room not in {"", value}:
            yield text[one.begin : one.stop].strip()
    for match in re.finditer(rf"(?<=\d)(?:室|房)?{_AND}(?P<second>\d{{3,4}})(?:室|房)?(?!\d)", text):
        if match["second"] != value and not any(one.begin <= match.start("second") < one.stop for one in flats):
            yield match["second"]


def _places(text: str, slots: Sequence[Slot], found: Mapping[str, Value]) -> Iterator[str]:
    """Second places of one fault: 厨房和卫生间都漏水."""
    slot = next((slot for slot in slots if slot.kind.aspect is Aspect.WHERE and slot.options), None)
    value = str(found.get(slot.name, "")) if slot else ""
    if slot is None or not value:
        return
    names = {word: name for name, words in slot.options.items() for word in words}
    for match in _two_of(tuple(names)).finditer(text):
        for said in (match["first"], match["second"]):
            if said not in value and names[said] not in value:
                yield said


@lru_cache(maxsize=32)  # by the places of a form: it takes longer to write than to look through a message
def _two_of(words: Sequence[str]) -> re.Pattern[str]:
    word = longest_first(words)
    return re.compile(rf"(?P<first>{word})(?=的?{_AND}(?P<second>{word}))")


def _times(said: Reading, slots: Sequence[Slot], found: Mapping[str, Value]) -> Iterator[str]:
    """Times that are neither the start nor the end; for a visit also how long and how often."""
    aspects = {slot.kind.aspect for slot in slots}
    if aspects.isdisjoint({Aspect.BEGINS, Aspect.WHEN}):
        return
    if any(slot.kind is regular.KIND and found.get(slot.name) for slot in slots):
        return  # how often, how long and at which hours was read
    taken = [value for value in found.values() if isinstance(value, datetime)]
    told = (one.value for one in said.found(moment.GRAMMAR, taken[0] if taken else None))
    spans = [span for span in told if isinstance(span, times.Span)]
    long = list(_lasting(said.text, spans, taken)) if Aspect.ENDS in aspects else []
    yield from (match[0] for match in long)
    for span in spans:
        if not any(match.start() < span.stop and span.begin < match.end() for match in long):
            yield from _of_span(said.text, span, taken, said.now, stays=Aspect.BEGINS in aspects)


def _lasting(text: str, spans: Sequence[times.Span], taken: Sequence[datetime]) -> Iterator[re.Match[str]]:
    """Return how often and how long, where no end was read from it."""
    again = list(_AGAIN.finditer(text))
    yield from again
    for match in _LONG.finditer(text):
        if not _is_read(match, spans, taken) and not any(
            match.start() < other.end() and other.start() < match.end() for other in again
        ):
            yield match


def _is_read(match: re.Match[str], spans: Sequence[times.Span], taken: Sequence[datetime]) -> bool:
    """Tell whether the end of a stay was read from these words, or said otherwise: 住三天，周日走."""
    stays = any(span.begin < match.end() and match.start() < span.stop and span.end in taken for span in spans)
    return stays or len({value.date() for value in taken}) > 1


def _of_span(text: str, span: times.Span, taken: Sequence[datetime], now: datetime, *, stays: bool) -> Iterator[str]:
    """Return a time that was not taken; of a stay, what begins is no end, of all else 下周三搬走 is the day that is asked for."""
    words = text[span.begin : span.stop]
    leaves = _LEAVES.match(text, span.stop) if stays else None
    is_over = (span.end or span.start) < now.replace(second=0, microsecond=0) and not (leaves and not span.has_day)
    is_told = _TELLS.match(text, span.stop) or is_unwanted(text, span, now)
    if is_over or is_told or (span.kind in {"instant", "range"} and _NOW.match(words.rpartition("到")[2])):
        return
    said = words + (leaves[0] if leaves else "")
    match span.kind:
        case "range" if span.start in taken:
            if span.end not in taken:
                yield re.split("到|至|~|～|-|—", words)[-1]
        case "deadline":
            if span.end not in taken:
                yield said
        case "day":
            if not any(_holds(span, value) for value in taken) or (leaves and span.end not in taken):
                yield said
        case _:
            if not any(span.start == value or (span.kind == "part" and _is_within(span, value)) for value in taken):
                yield said


def _holds(day: times.Span, value: datetime) -> bool:
    return day.start.date() <= value.date() <= (day.end or day.start).date()


#: Longest part of a day, in hours: what is said more exactly is no second time.
_PART = 5

#: Hours before a part of the day that are still said with it: 中午十一点半.
_BEFORE = 1


def _is_within(part: times.Span, value: datetime) -> bool:
    return -_BEFORE * 3600 <= (value - part.start).total_seconds() < _PART * 3600
