"""Flats: building, unit and room, said together or one after the other: 3栋2单元501, 三号楼五零一室, 5-1-302."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.language.corrections import corrects
from bot.language.kinds.kind import Found, Grammar, Kind, Message, Slot, Value, bare
from bot.language.numbers import value_of

_UNIT_OF_FLAT = r"(?:[0-9]{1,4}|[零〇一二三四五六七八九十百幺两]{1,5}|[A-Za-z](?![A-Za-z0-9]))"
_ROOM_NUMBER = r"(?:[0-9]{3,4}|[零〇一二三四五六七八九十百幺两]{3,6})"
FLAT = re.compile(
    rf"(?P<b4>\d{{1,3}})#(?P<u4>\d{{1,2}})[-—](?P<r5>\d{{3,4}})(?![\d-])|(?P<b>{_UNIT_OF_FLAT})\s*(?:栋|幢|号楼|#楼?|座|楼(?=\s*{_UNIT_OF_FLAT}\s*(?:单元|门|{_ROOM_NUMBER})))的?\s*"
    rf"(?:[,，、]\s*(?={_UNIT_OF_FLAT}\s*(?:单元|门|梯|[楼层])|房号|{_ROOM_NUMBER}(?:$|[\s,，、。室号房的])))?"
    rf"(?:(?P<u>{_UNIT_OF_FLAT})\s*(?:单元|门(?!口|卡|禁|坏|锁)|梯(?!灯)))?的?\s*(?:{_UNIT_OF_FLAT}[楼层]的?\s*(?={_ROOM_NUMBER})|[,，、]?\s*房号(?:是|为)?\s*(?={_ROOM_NUMBER})"
    rf"|[,，、]\s*(?={_ROOM_NUMBER}(?:$|[\s,，、。室号房的])))?"
    rf"(?P<r>{_ROOM_NUMBER}(?!\d|\s*(?:年|元|块|的?(?:水费|电费|钱))))?\s*(?:室|号房?(?!楼)|房(?!间))?"
    rf"|(?<![\d.年/:-])(?P<b2>\d{{1,3}})[-—/](?:(?P<u2>\d{{1,2}})[-—/])?(?P<r2>\d{{3,4}})(?![\d-])"
    rf"|(?P<u3>{_UNIT_OF_FLAT})单元的?\s*(?P<r3>{_ROOM_NUMBER})?"
    rf"|(?<![\d.A-Za-z])(?P<r4>{_ROOM_NUMBER})(?:室|房(?!间))"
)
#: A room said by itself; 110, 119 and 120 are none.
_BARE_ROOM = re.compile(rf"(?:^|(?<=[\s,，。]))(?!1(?:10|19|2[02])(?!\d))(?P<r>{_ROOM_NUMBER})(?:室|号|房)?(?=$|[\s,，。])")
#: 十二零一 is 1201: the floor, then the flat on it.
_FLOOR_FIRST = re.compile("([一二三]?十[一二三四五六七八九]?)[零〇]([一二三四五六七八九])")
#: 不对是1102.
_IS_ROOM = re.compile(r"(?:是|改成|换成|改为)(?P<r>[1-9]\d{2,3})(?:室|号|的|家)?[吧啦呀。.!！]*(?=$|[\s,，])")
_ROOM_NAMED = re.compile(
    r"(?:房号|门牌号?|房间号|室号)(?:是|为|就是)?(?:个)?(?P<r>[1-9]\d{2,3}|[一二三四五六七八九][零〇幺一二三四五六七八九]{2,3})(?!\d)"
)

_ALONE = re.compile(rf"(?:是|在|住)?({_UNIT_OF_FLAT}|{_ROOM_NUMBER})(?:栋|幢|座|号楼?|单元|室|房)?")


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat as far as it was said; what was not is empty."""

    building: str = ""
    unit: str = ""
    room: str = ""


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the flats of a text, in order; a bare number of a room counts only beside its building, or as a correction."""
    found = [Found(parts, *match.span()) for match in FLAT.finditer(text) if (parts := _parts(match)) != Flat()]
    if not any(isinstance(one.value, Flat) and one.value.room for one in found):
        found += _bare_room(_without(text, found), bool(found))
    return sorted(found, key=lambda one: one.begin)


def _without(text: str, found: Sequence[Found]) -> str:
    for one in found:
        text = text[: one.begin] + "□" * (one.stop - one.begin) + text[one.stop :]
    return text


def _bare_room(text: str, beside_building: bool) -> Iterator[Found]:
    meant = corrects(text) and _IS_ROOM.search(text)  # 不对，是1302
    if meant or (meant := _ROOM_NAMED.search(text)):  # 房号是个八零二
        yield Found(Flat(room=_number(meant["r"])), *meant.span("r"))
    elif beside_building and (alone := _BARE_ROOM.search(text)):  # 我是一栋的老住户 二零二
        yield Found(Flat(room=_number(alone["r"])), *alone.span("r"))


def _parts(match: re.Match[str]) -> Flat:
    building = match["b"] or match["b2"] or match["b4"]
    unit = match["u"] or match["u2"] or match["u3"] or match["u4"]
    room = match["r"] or match["r2"] or match["r3"] or match["r4"] or match["r5"]
    return Flat(_number(building), _number(unit), _number(room))


def _number(text: str | None) -> str:
    if not text:
        return ""
    floor = _FLOOR_FIRST.fullmatch(text)
    if floor:
        return str(value_of(floor[1]) * 100 + value_of(floor[2]))
    return text.upper() if text.isascii() and text.isalpha() else str(value_of(text))


def said(message: Message) -> Flat:
    """Return the flat that a message says; of each part the last one said wins."""
    building = unit = room = ""
    for one in message.found(GRAMMAR):
        if isinstance(part := one.value, Flat):
            building, unit, room = part.building or building, part.unit or unit, part.room or room
    if not room and message.corrects and (meant := _IS_ROOM.search(message.rest)):  # 不是1301是1302
        room = _number(meant["r"])
    return Flat(building, unit, room)


def _part(name: str) -> Callable[[Message, Slot], Value | None]:
    return lambda message, slot: getattr(said(message), name) or None


def _read(message: Message, slot: Slot) -> Value | None:
    number = _ALONE.fullmatch(bare(message.rest))
    return _number(number[1]) if number else None


def _is_whole(found: Found) -> bool:
    return isinstance(found.value, Flat) and found.value.room != ""


GRAMMAR = Grammar(name="flat", title="住址", find=find, mask="\ue8f2", stands_out=_is_whole)

BUILDING = Kind(
    name="building", title="楼栋", grammar=GRAMMAR, take=_part("building"), read=_read, is_strict=True, tells=True,
)  # fmt: skip
UNIT = Kind(name="unit", title="单元", grammar=GRAMMAR, take=_part("unit"), read=_read, is_strict=True, tells=True)
ROOM = Kind(name="room", title="房号", grammar=GRAMMAR, take=_part("room"), read=_read, is_strict=True, tells=True)
