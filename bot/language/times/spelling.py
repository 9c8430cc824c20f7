"""How times are written, typed and dictated, brought to one spelling; every sign keeps its place in the message. Pure."""

import re
from dataclasses import dataclass
from string import ascii_uppercase

_SIGNS = str.maketrans(
    {letter: letter.lower() for letter in ascii_uppercase}
    | dict(zip("點號後週鐘鍾個個時兩間禮過聽現馬這裡裏農曆臘國慶節聖誕陽勞兒當從幾後黃種處驚蟄穀滿曰晝", "点号后周钟钟个个时两间礼过听现马这里里农历腊国庆节圣诞阳劳儿当从几后黄种处惊蛰谷满日昼", strict=True))
    | dict(zip("：－～〜–—／．・•０１２３４５６７８９", ":-~~--/.··0123456789", strict=True))
)  # fmt: skip

_UNIT_BEHIND = "[年月日号点时周个分秒刻]"
_UNIT_BEFORE = "[年月日号点时周午上晨晚间]"
_LINK = "[-~:至到]"
#: 11 月 25 日下午 3 点, 14:00 - 16:00: the blanks of whoever sets figures apart. 3号 501 stays two things.
_BLANKS = re.compile(
    rf"(?<=\d)[ ]+(?={_UNIT_BEHIND}|{_LINK}[ ]*\d)|(?<={_UNIT_BEFORE})[ ]+(?=\d{{1,2}}(?!\d))|(?<={_LINK})[ ]+(?=\d)"
)

_NUMERAL = r"[零一二两三四五六七八九十\d]"
_SOUNDS_OF_DAYS = {
    "明天": "名天 民天 鸣天 明填 明甜 名填 命天 明添 明田 名添", "后天": "后填 后添 后田 厚天 候天 后甜", "今天": "金天 今填 今田 今添 金填 斤天", "今晚": "今玩 金晚 今碗 今万",
    "明晚": "名晚 明玩 明碗 民晚", "明早": "名早 民早 明找", "周末": "周莫 周沫 州末",
}  # fmt: skip
_SOUNDS_OF_PARTS = {
    "下午": "下舞 下物 下五 下武 夏午 吓午 下屋 下无", "上午": "上舞 上物 上武 尚午 上屋", "中午": "中舞 中物 钟午 中武",
    "晚上": "完上 玩上 碗上 晚伤 晚商 万上", "早上": "找上 早伤 早商 枣上", "傍晚": "傍玩 帮晚 棒晚", "凌晨": "零晨 凌辰 灵晨",
}  # fmt: skip


def _meant(sounds: dict[str, str]) -> dict[str, str]:
    return {heard: word for word, heards in sounds.items() for heard in heards.split()}


_DAYS, _PARTS = _meant(_SOUNDS_OF_DAYS), _meant(_SOUNDS_OF_PARTS)
_PART_OF_DAY = rf"(?:[上下中]午|早上|晚上|傍晚|凌晨|{'|'.join(_PARTS)})"
_CLOCK = rf"{_NUMERAL}{{1,3}}(?:[点店典垫电:]|时(?!候))"
#: What the keyboard or the microphone took for something else; only beside what is a time without doubt.
_MISHEARD = re.compile(
    rf"""
      (?P<day>{"|".join(_DAYS)}) (?=的?(?:{_PART_OF_DAY}|{_CLOCK})|[来到去])
    | (?:(?<=[今明后昨][天日填])|(?<=[号日])|(?<=[周期其拜][一二三四五六日天])) (?P<part>{"|".join(_PARTS)})
    | (?P<part_of_clock>{"|".join(set(_PARTS) - {"下五"})}) (?=[ ]?{_CLOCK}(?:半|[来到去走]|$))
    | (?P<week>星[其起七气奇]|[心新兴]期) (?=[一二三四五六日天])
    | (?<=[下这本]) (?P<week_said>[州洲舟粥]) (?=[一二三四五六日天])
    | (?:(?<=[上下中][午舞物武])|(?<=[早晚]上)|(?<=[今明后名民][天早晚])|(?<=傍晚)|(?<=凌晨)|(?<=[点店]到))
      (?P<hour>{_NUMERAL}{{1,3}}) [店典垫电] (?![里铺面家员主长脑视话影梯动])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text spelled plainly, and where each of its signs, and its end, stood in the message."""

    text: str
    places: range | list[int]


def spelled(text: str) -> Spelled:
    """Return the text in the one spelling that the rest of this room reads."""
    plain = _MISHEARD.sub(_written, text.translate(_SIGNS))
    gaps = {place for match in _BLANKS.finditer(plain) for place in range(*match.span())}
    if not gaps:
        return Spelled(plain, range(len(plain) + 1))
    places = [place for place in range(len(plain) + 1) if place not in gaps]
    return Spelled("".join(plain[place] for place in places[:-1]), places)


def _written(match: re.Match[str]) -> str:
    if match["hour"]:
        return match["hour"] + "点"
    if match["week"]:
        return "星期"
    if match["week_said"]:
        return "周"
    return _DAYS.get(match[0]) or _PARTS[match[0]]
