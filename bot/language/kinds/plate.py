"""Plates of vehicles, as GA 36-2018 gives them and as people write, dictate and break them. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.language import grievances
from bot.language.kinds.kind import SKIPPED, Found, Grammar, Kind, Message, Slot, Value, blanked
from bot.language.numbers import dictated, written_out

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

#: A province by its name, said before the letter: 上海A12345.
_NAMES = dict(
    pair.split("=")
    for pair in (
        "北京=京 天津=津 上海=沪 重庆=渝 河北=冀 河南=豫 云南=云 辽宁=辽 黑龙江=黑 湖南=湘 安徽=皖 山东=鲁 新疆=新 江苏=苏 浙江=浙 江西=赣 "
        "湖北=鄂 广西=桂 甘肃=甘 山西=晋 内蒙古=蒙 内蒙=蒙 陕西=陕 吉林=吉 福建=闽 贵州=贵 广东=粤 青海=青 西藏=藏 四川=川 宁夏=宁 海南=琼"
    ).split()
)

#: Signs that sound like a province: 越B3P186. None that may well stand before something else: 这, 进, 记, 今晚.
_SOUNDS = {
    sign: group[0]
    for group in (
        "粤越月悦阅岳 沪户护互 渝鱼余渔 豫玉 云运 辽聊 湘香乡 皖碗 鲁卢芦 苏素酥速 浙哲折 赣感 鄂饿恶俄 晋近 闽敏 青清轻 "
        "京经惊精晶 津金 冀季纪 新心欣辛 川穿船 蒙孟梦 琼穷 陕闪 吉极"
    ).split()
    for sign in group[1:]
}
_HEARD = re.compile(
    rf"(?:(?<![\u4e00-\u9fffA-Z0-9])|(?<=[是开牌号的着了和台辆]))[{''.join(_SOUNDS)}](?=[\s·•]?[A-HJ-NP-Z][\s·•,，]?)"
)

#: What stands between the signs of a plate and is none of them.
_GAP = r"[\s·•・.\-—_:：]{0,3}"
_SIGNS = "A-HJ-NP-Z0-9"  # no I and no O
_SIGN = f"[{_SIGNS}]"


def _spaced(*signs: str) -> str:
    """Return a pattern of signs that gaps may part."""
    return _GAP.join(signs)


_FIVE = ["[0-9]"] * 5
_PROVINCE = f"(?:[{PROVINCES}]|{'|'.join(_NAMES)})"
_HEAD = _spaced(f"{_PROVINCE}(?:牌照?[,，]?)?的?", "[A-HJ-NP-Z]") + "(?:[,，、/*杠]|的|[ ]?大写的?)?"

#: The forms, longer ones first.
_FORMS = (
    _spaced(_HEAD, "[A-HJK]", _SIGN, *_FIVE[1:]),  # new energy, small: A–E pure electric, F–K others
    _spaced(_HEAD, *_FIVE, "[A-HJK]"),  # new energy, large
    _spaced(_HEAD, *[_SIGN] * 4, "应急"),  # fire brigade
    _spaced(_HEAD, *[_SIGN] * 4, "[挂学警港澳试超领使]"),
    _spaced(f"(?:[{PROVINCES}])", "[A-Z]?", "领", *_FIVE[1:]),  # consulates before 2018
    _spaced(_HEAD, "临", *_FIVE),
    _spaced(_HEAD, *_FIVE, "临"),
    _spaced(_HEAD, *[_SIGN] * 5),
    _spaced("WJ", f"[{PROVINCES}]?", *_FIVE[1:], _SIGN),  # armed police
    _spaced("WJ", "[0-9]", "[0-9]", *_FIVE),
    _spaced("[使领]", *_FIVE, "[0-9]"),
    _spaced(*_FIVE, "[0-9]", "[使领]"),
    _spaced("[军海空北沈兰济南广成]", "[A-Z]", *_FIVE),  # the army, until 2013
    _spaced("民航", *[_SIGN] * 5),
)
_ARMY = _spaced("[VKHBSLJNGCZE]", "[A-DH-JKLMOPR-VY]", *_FIVE)

#: What may not follow: another sign, or what the last one would belong to: 粤BD1234 5人.
_ENDS = (
    rf"(?!{_SIGN})(?![挂学警港澳试超领使](?!校|车|姐|会|报|察))"
    r"(?!\s?(?:[个位名点号月日栋楼度岁元块](?!\w*车)|人))"
)
PLATE = re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(_FORMS)}){_ENDS}")
_OF_ARMY = re.compile(rf"(?<![A-Z0-9])(?<![{PROVINCES}]){_ARMY}{_ENDS}")

#: Words that announce a plate.
ANNOUNCED = "车牌号码|车牌号|车牌|牌照号|牌照|牌号|号牌|车号"

#: What a part of a plate is called where it is dictated: 沪A，后面是22175.
_GOES_ON = r"(?:后面|尾号|后[5-6]位|数字|字母|号码|大写)(?:的?(?:数字|字母|号码))?(?:就?是|为|[:：])?的?"
_PAUSE = rf"(?:[\s,，、。·•.]|{_GOES_ON}|和|加上?){{0,6}}+"
#: 辽A，后面是B二三九W; 贵A，000，2J; 粤B，D，1，2，3，4，5: in parts, with a pause or words between.
_IN_PARTS = re.compile(rf"""(?x:
    (?<![A-Z0-9])(?P<head>{_PROVINCE}{_GAP}(?:牌照?)?{_PAUSE}[A-HJ-NP-Z])
    (?:(?:的|牌照?|车)*(?:[开打起]头的?|(?=[\s,，。、]*{_GOES_ON})))?
    (?P<signs>(?:{_PAUSE}{_SIGN}){{4,6}}{_GAP}[挂学警港澳]?)
    (?!{_PAUSE}{_SIGN}{{1,6}}+(?![个位名点月日栋楼岁元块人台辆]|{_SIGN})){_ENDS}(?![座时分米]|单元|\s?[:：/-]\s?[0-9])
    )""")

#: The beginning of a plate that is not gone on with as one.
_BEGUN = re.compile(rf"""(?x:
    (?<![A-Z0-9])[{PROVINCES}]
    (?:
        [0-9]{{4,6}}(?![0-9个人元块])  # the letter is missing
      | {_GAP}[A-Z](?![座栋区幢])(?:{_GAP}[A-Z0-9]){{0,7}}(?:[挂学警港澳试超领使]|应急)?
    )
    )""")
#: What a word announces, and no plate begins with: 车牌A12345, 车牌号：22175, 车牌户A12345.
_ANNOUNCED = re.compile(rf"""(?x:
    (?:{ANNOUNCED})(?:号|号码)?(?:应该|大概|好像)?(?:就?是|为|尾号|[:：])*[\s,，]*
    (?P<said>[^\W\d_A-Z]?{_GAP}(?=[A-Z]*[0-9])[A-Z0-9](?:{_GAP}[A-Z0-9]){{2,9}})  # perhaps a sign heard for the province
    (?!\s?[个位名点月日栋楼元块人])
    )""")
#: One sign of a plate for another.
_MENDED = re.compile(
    r"是(?P<right>[A-Z0-9])[,，、 ]*(?:而)?(?:不|勿|唔)[是系](?P<wrong>[A-Z0-9])(?![A-Z0-9])"  # 是R不是K
    r"|(?:不|勿|唔)[是系](?P<wrong2>[A-Z0-9])[,，、 ]*(?:而)?[是系](?P<right2>[A-Z0-9])(?![A-Z0-9])"  # 不是K是R
)
#: How one comes without a car.
_NO_CAR = re.compile(
    "|".join(
        [
            r"[不没未]开车|[都也]?没有?车(?!位)|冇车|[不没]有?开[过]?车",
            r"打车|打的[来过]|[坐搭](?:地铁|公交|高铁|动车|出租|火车|捷运|大巴|巴士)",
            r"走路|步行|走着|走(?:过)?来的?(?![^，。\s])|骑.{0,4}(?:车|摩托)|共享单车",
            # as the whole answer
            r"^(?:地铁|公交|高铁|打的|电瓶车|电动车|自行车|单车|摩托车?|捷运|动车|走路?)来?的?$",
        ]
    )
)
#: The last signs of a plate, said without the others.
_PLATE_TAIL = re.compile(r"(?:(?<![A-Z0-9\u4e00-\u9fff])|(?<=是))(?=[A-Z]*[0-9])[A-Z0-9]{4,6}(?![A-Z0-9])")
#: What the last signs belong to: digits alone may be those of either, or a time.
_CAR = re.compile("车|牌")
_TELEPHONE = re.compile("电话|手机")
_LOWER = {ord("a") + place: chr(ord("A") + place) for place in range(26)}


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the plates in a sentence, in order, upper case and without gaps: 粤b·一二三四五 is 粤B12345."""
    return _all(text.translate(_LOWER))


def broken(text: str) -> str:
    """Return what wants to be a plate and could not be read as one, as it stands there; nothing where all is well."""
    upper = text.translate(_LOWER)
    rest = written_out(blanked(upper, _all(upper)))
    if begun := _BEGUN.search(rest):
        return text[begun.start() : begun.end()].strip()
    announced = _ANNOUNCED.search(rest)
    return text[announced.start("said") : announced.end("said")].strip() if announced else ""


def _all(upper: str) -> list[Found]:
    upper = _HEARD.sub(lambda heard: _SOUNDS[heard[0]], upper)
    found = [*_plates(upper)]
    if (spoken := written_out(upper)) != upper:
        found += _plates(blanked(spoken, found))
    found += _in_parts(blanked(spoken, found))
    return sorted(found, key=lambda one: one.begin)


def _plates(text: str) -> Iterator[Found]:
    patterns = (PLATE, _OF_ARMY) if _CAR.search(text) else (PLATE,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Found(_bare(match[0]), match.start(), match.end())


def _in_parts(text: str) -> Iterator[Found]:
    said = dictated(text)
    for match in _IN_PARTS.finditer(said.text if said else text):
        if PLATE.fullmatch(plate := _bare(match["head"] + match["signs"])):
            yield Found(plate, *(said.span(*match.span()) if said else match.span()))


def _bare(words: str) -> str:
    for name, sign in _NAMES.items():
        words = words.replace(name, sign)
    return re.sub(rf"牌照?|的|杠|和|加上?|{_GOES_ON}|[^\w]|_", "", words)


def _take(message: Message, slot: Slot) -> Value | None:
    """Return the plate of somebody who comes, or one's own; a car that is complained of is neither: 浙A66666挡路了."""
    return None if grievances.blames_a_car(message.whole) else _take_any(message, slot)


def _take_any(message: Message, slot: Slot) -> Value | None:
    if found := message.found(GRAMMAR):
        return str(found[-1].value)
    return _mended(message, slot) or (SKIPPED if slot.skippable and _NO_CAR.search(message.text) else None)


def _mended(message: Message, slot: Slot) -> str | None:
    """Return the known plate with one of its signs, which stands in it once, set right: 尾号是R不是K, 不是8是B."""
    known, said = message.known.get(slot.name), _MENDED.search(message.whole.upper())
    if not isinstance(known, str):
        return None
    if message.corrects and (tail := _tail(message.whole)):  # 车牌写错了，是8K261
        plate = known[: -len(tail)] + tail
        return plate if PLATE.fullmatch(plate) and plate != known else None
    if said is None:
        return None
    wrong, right = said["wrong"] or said["wrong2"], said["right"] or said["right2"]
    plate = known[:2] + known[2:].replace(wrong, right) if known[2:].count(wrong) == 1 else ""
    return plate if PLATE.fullmatch(plate) else None


def _tail(text: str) -> str:
    """Return the last signs of a plate that are said without the others; mere digits only beside the word for a car or a plate."""
    tail = _PLATE_TAIL.search(text.upper())
    return tail[0] if tail and (is_of_car(text) or not tail[0].isdigit()) else ""


def is_of_car(text: str) -> bool:
    """Tell whether words name a car or its plate, and no telephone."""
    return _CAR.search(text) is not None and _TELEPHONE.search(text) is None


GRAMMAR = Grammar(name="plate", title="车牌", find=find, mask="\ue8f0")

KIND = Kind(
    name="plate", title="车牌", grammar=GRAMMAR, take=_take, called=("车牌", "车牌号", "车"),
    is_exact=True, is_single=True, is_strict=True, tells=True, belongs=True,
)  # fmt: skip

#: Whoever's car it is: one that stands in the way.
ANY = replace(KIND, name="any_plate", title="车牌（挡路的车也算）", take=_take_any)
