"""Where something is: the flat's words, the floor and the place named: 3栋2单元4楼电梯."""

import re

from bot.language import answers
from bot.language.addresses import label_of
from bot.language.corrections import affirmed
from bot.language.kinds import flat, moment, text
from bot.language.kinds.kind import Aspect, Kind, Message, Slot, Value
from bot.language.normalise import PAUSES

#: 4楼, 三层, 负一楼; 楼上 and 楼下 are others' flats.
_FLOOR = re.compile(r"(?:负?\d{1,2}|负?[一二三四五六七八九十]{1,3})(?:楼(?![上下栋])|层(?!楼))")
#: 1102门口: a flat whose number alone would not be sure to be one.
_AT_ROOM = re.compile(r"(?<![\d.])(?P<r>[1-9]\d{2,3})(?:的|家|室)?(?P<there>门口|门前|门外|隔壁|对面)")
#: What stands beside a time and names no place.
_AROUND_TIME = re.compile(r"[\s,，。.!！~～□]+|改成|改到|换成|还是|算了|[那就改来吧呢啊]")
#: What joins two places to one: 厨房和卫生间, 客厅、主卧, 厨房跟厕所里.
_AND = re.compile(r"(?:里|里面|里头|那边|的)?(?:[、和跟与及同]|还有|以及)")
#: No place is said more exactly by these.
_WHOLE_HOME = frozenset({"家里"})


def _take(message: Message, slot: Slot) -> Value | None:
    """Return the flat's words, the floor and the place named: the first of the file's options, and those that are named in one breath with it."""
    said = flat.said(message)
    beside = None if said.room else _AT_ROOM.search(message.rest)
    room = said.room or (beside["r"] if beside else "")
    words = label_of(said.building, said.unit, room)
    floors = list(dict.fromkeys(_FLOOR.findall(message.rest)))
    places = _named(message, slot) or ([beside["there"]] if beside else [])
    return "".join([words, *(floors if len(floors) == 1 else ()), _in_one_breath(message, slot, places)]) or None


def _in_one_breath(message: Message, slot: Slot, places: list[str]) -> str:
    """Return the first place, and those that an "and" joins to it: 厨房和卫生间的灯都坏了 is one fault in two places."""
    if len(places) < 2:
        return "".join(places)
    said, ends = affirmed(message.text), dict[int, str]()
    spots: list[tuple[int, int, str]] = []
    for place in places:
        found = [(said.find(word), -len(word)) for word in slot.options[place] if word in said]
        begin, length = min(found)
        spots.append((begin, begin - length, place))
    joined: list[str] = []
    for begin, end, place in sorted(spots):
        if not joined or _joins(said, ends, begin):
            joined.append(place)
            ends[end] = place
        else:
            break
    return "、".join(joined if joined[0] == places[0] or len(joined) > 1 else places[:1])


def _joins(said: str, ends: dict[int, str], begin: int) -> bool:
    """Tell whether an "and" and nothing else stands between the place before and one that begins here."""
    return any(end < begin and _AND.fullmatch(said[end:begin]) is not None for end in ends)


def _named(message: Message, slot: Slot) -> list[str]:
    said = affirmed(message.text)
    places = [value for value, words in slot.options.items() if any(word in said for word in words)]
    if message.known.get(slot.name) and not message.corrects:  # 随时来，我都在屋头 says nothing new of where
        return [place for place in places if place not in _WHOLE_HOME]
    return places


def _read(message: Message, slot: Slot) -> Value | None:
    if _is_only_time(message) or any(map(answers.is_any, PAUSES.split(message.whole))):
        return None
    return text.read(message, slot)


def _is_only_time(message: Message) -> bool:
    """Tell whether words say when, and no place: 改成后天下午吧."""
    rest = list(message.text)
    for span in moment.times_in(message):
        rest[span.begin : span.stop] = "□" * (span.stop - span.begin)
    return bool(moment.times_in(message)) and len(_AROUND_TIME.sub("", "".join(rest))) < 2


KIND = Kind(
    name="place", title="地点", aspect=Aspect.WHERE, take=_take, read=_read, called=("位置", "地点", "地址", "地方"),
    is_free=True, is_worded=True, fits_any_words=True, tells=True, describes=True, parts=True,
)  # fmt: skip
