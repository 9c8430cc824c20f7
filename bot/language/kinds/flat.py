"""Flats: building, unit and room, said together or one after the other: 3栋2单元501, 三号楼五零一室, 5-1-302, 6栋底商103. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.language.addresses import SHOP, SHOP_WORDS, label_of
from bot.language.corrections import corrects
from bot.language.kinds.kind import SKIPPED, Found, Grammar, Kind, Message, Slot, Value, bare, blanked
from bot.language.numbers import either, value_of

_HAN_NUMBER = "[零〇一二三四五六七八九十百幺两廿卅壹贰叁肆伍陆柒捌玖拾佰]"
#: What stands before 栋 or 单元: 3, 三, A, A1, 3A.
_SMALL = rf"(?:[0-9]{{1,3}}[A-Za-z](?![A-Za-z0-9])|[A-Za-z][0-9]{{1,2}}(?!\d)|[0-9]{{1,4}}|{_HAN_NUMBER}{{1,5}}|[A-Za-z](?![A-Za-z0-9]))"
_ROOM_NUMBER = (
    r"(?:[0-9]{3,4}(?:[A-Za-z](?![A-Za-z0-9]))?(?![0-9])|[0-9]{1,2}[A-Fa-fHh](?![A-Za-z0-9])"  # 501, 1502B, 12B
    rf"|{_HAN_NUMBER}{{3,6}})"
)
#: A room is none where more stands behind its number: 501-2, 501左, 2024年, 200的水费.
_ROOM = (
    rf"{_ROOM_NUMBER}(?!\s*(?:年|元|块|[楼层]|的?(?:水费|电费|钱))|[-—之][0-9A-Za-z]|[左右东西中南北](?:[户室边]户?|$|[\s,，。]))"
)
#: Between a floor and its room: 4楼西户402, 15楼南边那户1504.
_WHICH = "(?:的|这边|(?:靠|最)?(?:[东西南北中左右里外边](?:手?[边侧面头])?|[A-Za-z])?的?那?[个户家间]?)"
#: 5 0 1, as it is dictated to a keyboard.
_SPACED = r"(?:[1-9][ ][0-9][ ][0-9](?:[ ][0-9])?)(?![ ]?[0-9])"
#: 栋 as it is written, and as it is heard between two numbers.
_BUILDING_WORD = rf"(?:栋|幢|号楼|号别墅|\#楼?|座|(?<=[东西南北中])楼|楼(?=\s*{_SMALL}\s*(?:单元|门|{_ROOM_NUMBER})))"
_UNIT_WORD = "(?:单元|但愿|单圆|单员|单园|丹元)"
_HEARD_BUILDING = rf"[冻懂动洞董撞](?=\s*(?:{_SMALL}\s*{_UNIT_WORD}|[0-9]{{3,4}}(?![0-9点年月元块个])|[一二三四五六七八九][零一二三四五六七八九]{{2}}(?:$|[\s,，。室的])))"
_NAMED_UNIT = "[甲乙丙丁东西南北中]"
#: The number of a shop, behind the word for it or before; what is paid for one, or how many there are, is none.
_SHOP_NUMBER = (
    rf"(?:[A-Za-z]?-?[0-9]{{1,4}}[A-Za-z]?(?:号铺?|室)|(?:[A-Za-z]-?)?[0-9]{{1,3}}[A-Za-z]?(?=$|[\s,，。、的在是])|{_HAN_NUMBER}{{1,4}}号铺?"
    rf"|{_HAN_NUMBER}{{3}}(?=$|[\s,，。、的在是]))"
)
_UNTIL_ROOM = rf"(?={_ROOM_NUMBER}(?:$|[\s,，、。室号房的]))"

FLAT = re.compile(rf"""(?x:
    # a shop: 6栋底商103, 6栋底商, 商铺12号, 12号商铺
      (?P<b10>{_SMALL})\s*{_BUILDING_WORD}(?:的|楼下|底下|下面|一[楼层])*\s*(?:{SHOP_WORDS}的?\s*第?(?P<r10>{_SHOP_NUMBER})?|(?P<r11>[0-9]{{1,4}})号{SHOP_WORDS})
    | {SHOP_WORDS}的?\s*第?(?P<r12>{_SHOP_NUMBER})
    | (?<![0-9A-Za-z月])(?P<r13>[A-Za-z]?[0-9]{{1,4}}|{_HAN_NUMBER}{{1,4}})号{SHOP_WORDS}
    # 3#2-501, 3栋2-501
    | (?P<b4>[0-9]{{1,3}})(?:\#|栋|幢|号楼)[-—]?(?P<u4>[0-9]{{1,2}})[-—](?P<r5>{_ROOM_NUMBER})(?![0-9-])
    # the building, perhaps of a phase or a part: 3栋, 二期3栋, A区3栋
    | (?:(?P<phase>[一二三四五六七八1-8]期|[东西南北中A-Za-z]区)的?\s*)?
      (?P<b>{_SMALL}|[甲乙丙丁](?=[栋幢座])|[东西南北中](?=[栋幢座]|楼\s*{_ROOM_NUMBER}))\s*(?:{_BUILDING_WORD}|{_HEARD_BUILDING})的?[\s\-—/]*
      (?:[,，、]\s*(?={_SMALL}\s*(?:单元|门|梯|[楼层])|房号|{_UNTIL_ROOM}))?
    # the unit
      (?:(?:(?P<u>{_SMALL})\s*(?:{_UNIT_WORD}|门洞?(?!口|卡|禁|坏|锁)|梯(?!灯))|(?P<named>{_NAMED_UNIT})单元))?的?[\s\-—/]*
    # 12楼B室, 12楼01室; the floor before the room, the word for it, a pause
      (?:(?P<storey>{_SMALL})[楼层]的?\s*(?:(?P<letter>[A-Za-z])[室座]|(?P<place>0[1-9])(?![0-9])[室号房]?)|
      (?:(?P<f>(?:负|地下|[Bb])?(?:{_SMALL}|[0-9]{{1,2}}(?=[Ff]\s))|顶)[楼层Ff]{_WHICH}[\s,，]*(?={_ROOM_NUMBER})|[,，、]?\s*房号(?:是|为)?\s*(?={_ROOM_NUMBER})|[,，、]\s*{_UNTIL_ROOM})?
      (?:(?P<minus>负)(?={_ROOM_NUMBER}))?(?P<r>{_ROOM}|{_SPACED})?\s*(?:室|号房?(?!楼)|房(?!间))?)
    # 5-1-302, B1-302; a place to park is none
    | (?<![0-9A-Za-z.年/-])(?<![0-9]:)(?<!车位)(?<!车位号)(?<!车位是)(?<!取件码)(?<!验证码)(?<!取货码)(?<!编号)(?<!单号)(?<!车位在)(?<!车位号是)(?<!车库)
      (?P<b2>[0-9]{{1,3}}|[A-Za-z][0-9]{{0,2}})\s?[-—–/_]\s?(?:(?P<u2>[0-9]{{1,2}}|[A-Da-d])\s?[-—–/_]\s?)?(?P<r2>[0-9]{{3,4}}[A-Za-z]?)(?![0-9A-Za-z-])
    # 5弄28号401室: the lane leads to the house; 28号401室
    | (?:{_SMALL}弄\s*(?P<b7>{_SMALL})号(?:楼)?\s*(?P<r7>{_ROOM})?室?|(?<![0-9月])(?P<b8>[0-9]{{1,3}})号\s?(?P<r8>[0-9]{{3,4}})室)
    # 我住3 2 501
    | (?:(?<=住)|(?<=住在)|(?<=家在)|(?<=家是)|(?<=我是)|(?<=地址)|(?<=我家)|^)\s*
      (?P<b6>[0-9]{{1,2}})[\s.。,，、*]+(?:(?P<u6>[0-9]{{1,2}})[\s.。,，、*]+|(?<=住[0-9]\s)|(?<=住[0-9][0-9]\s))(?P<r6>[0-9]{{3,4}}[A-Za-z]?)(?=$|[\s,，。的])
    # 三杠二杠五零一
    | (?P<b9>{_SMALL})杠(?:(?P<u9>{_SMALL})杠)?(?P<r9>{_ROOM})
    # without the building
    | (?:(?P<u3>{_SMALL}){_UNIT_WORD}|(?P<named3>{_NAMED_UNIT})单元)的?\s*(?:(?P<f3>{_SMALL})[楼层]\s*(?={_ROOM_NUMBER}))?(?P<r3>{_ROOM})?
    | (?<![0-9.A-Za-z负])(?<!地下室)(?<!之)(?<!-)(?P<r4>{_ROOM_NUMBER})(?:室|房(?!间))
    )""")
#: A room said by itself, perhaps behind its floor: 九楼的九零四; 110, 119 and 120 are none.
_BARE_ROOM = re.compile(
    rf"(?:^|(?<=[\s,，。家住是在])|(?<=[无没有冇得分]单元)|(?<=[无没有冇得分]单元号)|(?P<f>{_SMALL}|顶)[楼层]{_WHICH}[\s,，]*)"
    rf"(?!1(?:10|19|2[02])(?!\d))(?P<r>{_ROOM_NUMBER})(?:室|号|房)?(?=$|[\s,，。])"
)
#: A room in the place of the one before: 九零三，不对九零五; 时间不对，1830 is none.
_MENDED_ROOM = re.compile(
    rf"(?:^|(?<=[\s,，。□哎啊哦噢嗯呃房室])|(?<=房号)|(?<=门牌))(?:[说写打记讲报念]?错了?|不对|(?<=[哦噢啊哎])不是?|不(?!是))+[了啦啊吧呀\s,，]*(?:应该|应|改)?(?:就?是|成|为)?\s*"
    rf"(?P<r>{_ROOM_NUMBER})(?:室|号|房)?(?=$|[\s,，。的])"
)
#: Before one or two of several buildings, whose number that is not: 那一栋, 最后一栋, 靠南门一栋.
_ONE_OF = re.compile(r"(?:[这那哪同另每某整面边壁侧头]|中间|最后|其中|[靠挨临近离][^\s,，。]{1,6})$")
#: 一栋别墅, 两栋老楼.
_SOME_KIND = re.compile("[一两](?:栋|幢|座)(?:别墅|洋房|小楼|房子|老楼|独栋)")
#: 十二零一 is 1201: the floor, then the flat on it.
_FLOOR_FIRST = re.compile("((?:[一二三]?十|廿|卅)[一二三四五六七八九]?)零([一二三四五六七八九])")
#: A number with 十 or 百 in it, as it is said.
_WELL_SAID = re.compile("(?:[一二两三四五六七八九]?百零?)?(?:[一二三四五六七八九]?十|[廿卅])?[一二三四五六七八九]?")
#: Figures as in a bank are read as others are.
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰〇", "一二三四五六七八九十百零")
#: 不对是1102.
_IS_ROOM = re.compile(r"(?:是|改成|换成|改为)(?P<r>[1-9]\d{2,3})(?:室|号|的|家)?[吧啦呀。.!！]*(?=$|[\s,，])")
_ROOM_NAMED = re.compile(
    r"(?:房号|门牌号?|房间号|室号)(?:是|为|就是)?(?:个)?(?P<r>[1-9]\d{2,3}|[一二三四五六七八九][零〇幺一二三四五六七八九]{2,3})(?!\d)"
)

#: Parts of an address behind the words for them, as forms are filled in.
_LABELS = {
    "building": re.compile(rf"(?i:(?:楼栋号?|楼号|栋号|楼幢|幢号|栋座|[栋幢楼]数)(?:是|为|[:：])?|\b(?:building|block|bldg\.?|tower))\s*(?P<n>{_SMALL})(?:栋|幢|号楼?|座)?"),
    "unit": re.compile(rf"(?i:(?<![0-9A-Za-z零一二三四五六七八九十东西南北中甲乙丙丁])单元号?(?:是|为|[:：])?|\bunit)\s*(?P<n>(?:[0-9]{{1,2}}|十?[一二三四五六七八九]|十|[A-Za-z])(?![0-9A-Za-z零〇幺一二三四五六七八九十百楼层号个])|{_NAMED_UNIT})(?:单元)?"),
    "room": re.compile(rf"(?i:(?:房号|门牌号?|房间号?|室号|户号)(?:就?是|为|[:：])?个?|\b(?:room|apartment|apt\.?|flat))\s*(?P<n>{_ROOM})(?!\s*(?:平|[一]晚|个))室?"),
}  # fmt: skip

_ALONE = re.compile(
    rf"(?:是|在|住)?(?P<minus>负)?(?P<number>{_SMALL}|{_ROOM_NUMBER}|{_NAMED_UNIT}(?=单元)|[甲乙丙丁])(?:栋|幢|座|号楼?|单元|室|房)?"
)

#: Said where a unit is asked for: 是底商.
_SHOP_ALONE = re.compile(rf"(?:是|在)?(?:楼下|底下|一楼|个|间)*的?{SHOP_WORDS}")

#: Flats and parts of them in one text; nobody says so many in earnest.
_MOST = 30


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat as far as it was said; what was not is empty."""

    building: str = ""
    unit: str = ""
    room: str = ""

    def fits(self, building: str, unit: str, room: str) -> bool:
        """Tell whether a flat has all that was said of it: 5栋 is any of building 5."""
        return all(
            part in ("", own) for part, own in zip((self.building, self.unit, self.room), (building, unit, room), strict=True)
        )

    @property
    def label(self) -> str:
        """What was said of it: 3栋, 3栋2单元, 3栋2单元501."""
        return label_of(self.building, self.unit, self.room)


#: Another home of one's own, or that of one's parents, by what it is and not by its number: 我妈家, 店里, 另一套, 老房子.
_OTHER_HOME = re.compile(
    r"(?:爸妈|爸爸?|妈妈?|爹妈?|爹娘|老娘|老妈|老爸|父母|公公?婆婆?|婆婆|公公|岳父母?|岳母|丈母娘|老丈人|爷爷?奶奶?|爷爷|奶奶|外公|外婆|姥姥|姥爷|儿子|女儿|闺女|哥哥?|姐姐?|弟弟?|妹妹?|老人|阿妈|阿爸)"
    r"(?:家(?!的?(?:人|孩|娃|亲戚|保姆|狗|猫|车)|[一里]?[三四五六两0-9]口|长|政|教|电)|那(?:里|边|儿|头)|那?(?:套|户)|的?(?:房子|屋里|屋头))"
    r"|(?<![商饭酒书])店(?:里|铺)(?!长)|商铺|铺子里?|门面房?|另外?一?(?:套|户)|那(?:一)?套|老房子|新房子|出租(?:屋|房)|租出去的|自己(?:家|那套|那户|屋)|自家"
)


def names_other_home(text: str) -> bool:
    """Tell whether words speak of a home by whose or what it is, so that who has several may mean another than the last one."""
    return _OTHER_HOME.search(text) is not None


#: Before the flat that somebody comes to, or that who writes says to live in: 来302, 到我那套5栋1201, 我家住6栋102.
_THERE = re.compile(
    r"(?:(?<![晚早迟等马])[来到去]|过来|回|上|拜访|访|往)(?:我|俺|咱)?(?:们)?(?:家|住)?的?(?:那套|这套|那边|这边)?\s*$"
    r"|(?:我|俺|咱)(?:们)?(?:家|那套|这套)?(?:的|住在?|在|是)?\s*$"
)
#: A room by its number alone, where one comes to it; a clock, a price and a count are none.
_ROOM_THERE = re.compile(
    r"(?<![\d.:：点时分])[1-9]\d{2,3}(?![\d.:：\-]|\s*(?:元|块|个|人|位|年|点|度|分|次|箱|斤|号(?!房)|[栋幢座]))"
)
#: Behind a flat: not into it, but near it, or somebody of it.
_NEAR = re.compile(r"\s*(?:号|楼|单元)?(?:的|门口|楼下|楼上|旁|隔壁|对面|附近|前面|后面|门前|接|停|等|那边的|见|碰|拿|取)")
#: Behind a building or a unit where that is all of the way.
_ENDS = re.compile(r"\s*(?:我?家)?(?:$|[\s,，。.!！;；、]|做客|吃|玩|看我|找我|串门|住|坐坐)")


def gone_to(text: str, now: datetime) -> Sequence[Flat]:
    """Return the flats that somebody is said to come to, or that who writes says to live in: of 3栋的老王明天来 none."""
    found = [*find(text, now)]
    rooms = _ROOM_THERE.finditer(blanked(text, found))
    found += [Found(Flat(room=one[0]), *one.span()) for one in rooms]
    return [
        one.value
        for one in _in_order(found)
        if isinstance(one.value, Flat)
        and _THERE.search(text[: one.begin])
        and not _NEAR.match(text, one.stop)
        and (one.value.room or _ENDS.match(text, one.stop))
    ]


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the flats of a text, in order; a bare number of a room counts only beside its building, or as a correction."""
    labelled = _labelled(text)
    if {"building", "room"} <= labelled.keys():
        return _in_order(labelled.values())
    matches = islice(FLAT.finditer(text), _MOST)
    found = [Found(parts, *match.span()) for match in matches if (parts := _parts(match)) != Flat()]
    if found:
        labelled = _labelled(blanked(text, found), "n")
        found += [one for name, one in labelled.items() if not any(getattr(other.value, name) for other in found)]
    if not any(isinstance(one.value, Flat) and one.value.room for one in found):
        found += _bare_room(blanked(text, found), bool(found))
    if found and (mended := _MENDED_ROOM.search(blanked(text, found))):
        found.append(Found(Flat(room=_number(mended["r"])), *mended.span("r")))
    return _in_order(found)


def _labelled(text: str, part: int | str = 0) -> dict[str, Found]:
    """Return the parts of a flat that stand behind the word for them, in any order: 房号是1805，楼号是6; with the word, or for "n" without."""
    read = {"building": _small, "unit": _small, "room": _number}
    said = {name: match for name, pattern in _LABELS.items() if (match := pattern.search(text))}
    return {name: Found(Flat(**{name: read[name](match["n"])}), *match.span(part)) for name, match in said.items()}


def _in_order(found: Iterable[Found]) -> Sequence[Found]:
    return sorted(found, key=lambda one: one.begin)


def _bare_room(text: str, beside_building: bool) -> Iterator[Found]:
    meant = corrects(text) and _IS_ROOM.search(text)  # 不对，是1302
    if meant or (meant := _ROOM_NAMED.search(text)):  # 房号是个八零二
        yield Found(Flat(room=_number(meant["r"])), *meant.span("r"))
    elif beside_building and (alone := _BARE_ROOM.search(text)):  # 我是一栋的老住户 二零二
        yield Found(Flat(room=_on_floor(_number(alone["r"]), alone["f"] or "")), *alone.span("r"))


def _parts(match: re.Match[str]) -> Flat:
    shop = _first(match, "r10", "r11", "r12", "r13").rstrip("号铺室")
    if match["b10"] or shop:
        building = _small(match["b10"] or "")
        return Flat(building or SHOP, building and SHOP, _number(shop))
    building = _small(_first(match, "b", "b2", "b4", "b6", "b7", "b8", "b9"))
    building = building and (match["phase"] or "").upper() + building
    unit = _first(match, "named", "named3") or _small(_first(match, "u", "u2", "u3", "u4", "u6", "u9"))
    if _is_one_of(match):
        building, unit = "", unit if match["b"] else ""
    if behind := match["letter"] or match["place"]:
        return Flat(building, unit, _small(match["storey"]) + behind.upper())
    room = _number(_first(match, "r", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"))
    floor = _first(match, "f", "f3")
    is_below = match["minus"] or re.match("负|地下|[Bb]", floor)
    return Flat(building, unit, (room and f"-{room}") if is_below else _on_floor(room, floor))


def _is_one_of(match: re.Match[str]) -> bool:
    """Tell whether a building or unit is one of several, and not the first: 靠南门那一栋, 一栋别墅."""
    said = "b" if match["b"] else "u3"
    is_one = match[said] in {"一", "两", "1"} and not match.string.startswith("号", match.end(said))
    return is_one and bool(_ONE_OF.search(match.string, 0, match.start()) or _SOME_KIND.match(match.string, match.start()))


def _first(match: re.Match[str], *names: str) -> str:
    return next((match[name] for name in names if match[name]), "")


def _on_floor(room: str, floor: str) -> str:
    """Return a room; nothing where its floor contradicts it: 六楼502."""
    digits = re.sub(r"\D", "", room)
    return room if floor in {"", "顶"} or not digits or _small(floor) == digits[:-2] else ""


def _small(text: str) -> str:
    """Return the number of a building or unit; nothing for 一二栋, which may be both."""
    return "" if either(text) else _number(text)


def _number(text: str) -> str:
    """Return a number as rosters write it; nothing where the signs make up none."""
    text = text.replace(" ", "")
    if text.isascii() or re.fullmatch(_NAMED_UNIT, text):
        return str(int(text)) if text.isdigit() else text.upper()
    text = text.translate(_PLAIN)
    if floor := _FLOOR_FIRST.fullmatch(text):
        return str(value_of(floor[1]) * 100 + value_of(floor[2]))
    return str(value_of(text)) if _WELL_SAID.fullmatch(text) or not re.search("[十百廿卅]", text) else ""


#: The highest floor whose flats a number may be of: 7940 is the end of a telephone's.
_HIGHEST_FLOOR = 60


def room_alone(text: str) -> str:
    """Return the room that words say without its building, where that is asked for: 姓李，302; empty for any other number.

    Four digits and nothing else may be the end of a telephone number.
    """
    if len(bare(text)) > 3 and bare(text).isdigit():
        return ""
    alone = _BARE_ROOM.search(re.sub("(?<=[0-9])的(?=$|[\\s,，。])", "", text))
    room = _on_floor(_number(alone["r"]), alone["f"] or "") if alone else ""
    return room if room.isdigit() and int(room) // 100 <= _HIGHEST_FLOOR else ""


def said(message: Message) -> Flat:
    """Return the flat that a message says; of each part the last one said wins."""
    building = unit = room = ""
    for one in _own(message):
        if isinstance(part := one.value, Flat):
            if building and room and part.building not in ("", building) and not part.room and not message.corrects:
                continue  # 我住3栋2单元501，5栋的灯坏了
            building, unit, room = part.building or building, part.unit or unit, part.room or room
    if not room and message.corrects and (meant := _IS_ROOM.search(message.rest)):  # 不是1301是1302
        room = _number(meant["r"])
    return Flat(building, unit, room)


def _own(message: Message) -> Iterator[Found]:
    return (one for one in message.found(GRAMMAR) if not _OF_OTHERS.search(message.text[: one.begin]))


#: Before the flat of somebody else, in another place: 朋友的老小区也是6栋; who asks for them says so: 给朋友绑3栋501.
_OF_OTHERS = re.compile(
    r"(?:^|[,，。;；!！?？\s])(?:我(?:的|们|有个)?)?(?:一?个)?(?:(?:老?(?:朋友|同事|同学|亲戚|老乡|闺蜜|邻居)|别人|人家)(?:们|家|的|那个?|那边|以前|老|新|房子|小区|也|都)*(?:是|住在?|在|有)"
    r"|(?:隔壁|别的|其他|另外?一?个|以前的?|原来的?|老)(?:老?小区|楼盘)(?:里|的|那个?|那边|也|都)*(?:是|住在?|在|有)|老家(?:的|那边|房子|也)*(?:是|住在?|在|有))[^,，。;；!！?？]{0,6}$"
)
#: Two buildings are one flat's only where one takes the place of the other: 从3栋搬到5栋.
_MOVES = re.compile("搬|换|改|现在|不是|不在|不住|原来|以前|之前")


#: A building or a unit of a higher number is none: it was a room, a year or the end of a telephone.
_HIGHEST = {"building": 200, "unit": 30}


def is_odd(name: str, number: str) -> bool:
    """Tell whether a number is too high for a building or a unit, wherever it may be: 4096 is no unit."""
    return number.isdigit() and int(number) > _HIGHEST.get(name, int(number))


def _part(name: str) -> Callable[[Message, Slot], Value | None]:
    def take(message: Message, slot: Slot) -> Value | None:
        whole = Flat() if _contradicts(message) else said(message)
        if slot.skippable and name == "unit" and whole.building == SHOP:
            return SKIPPED  # shops that stand in no building are in no unit of one
        part = getattr(whole, name)
        return None if is_odd(name, part) else part or None

    return take


def _contradicts(message: Message) -> bool:
    """Tell whether words name two buildings, and nothing tells which is meant: 我住8栋，可房产证上是9栋."""
    if message.corrects or _MOVES.search(message.text):
        return False
    buildings = {one.value.building for one in _own(message) if isinstance(one.value, Flat) and one.value.building}
    return len(buildings) > 1 and not said(message).room


def _read(message: Message, slot: Slot) -> Value | None:
    alone = _ALONE.fullmatch(bare(message.rest))
    if slot.kind.name == "unit" and _SHOP_ALONE.fullmatch(bare(message.rest)):
        return SHOP
    number = alone and _number(alone["number"])
    if number and is_odd(slot.kind.name, number):
        return None
    return ("-" + number if alone["minus"] else number) if alone and number else None


def _is_whole(found: Found) -> bool:
    return isinstance(found.value, Flat) and found.value.room != ""


GRAMMAR = Grammar(name="flat", title="住址", find=find, mask="\ue8f2", stands_out=_is_whole)

BUILDING = Kind(
    name="building", title="楼栋", grammar=GRAMMAR, take=_part("building"), read=_read, is_strict=True, tells=True, counted="栋", is_part=True,
)  # fmt: skip
UNIT = Kind(
    name="unit", title="单元", grammar=GRAMMAR, take=_part("unit"), read=_read, is_strict=True, tells=True, counted="单元", is_part=True,
)  # fmt: skip
ROOM = Kind(name="room", title="房号", grammar=GRAMMAR, take=_part("room"), read=_read, is_strict=True, tells=True, is_part=True)
