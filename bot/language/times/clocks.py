"""Clock times and parts of the day: 下午三点半, 七八点, 15:30, 3pm, 半夜十一点, 差一刻九点. Pure."""

import re
from dataclasses import dataclass

from bot.language.normalise import longest_first
from bot.language.numbers import either, value_of
from bot.language.times.days import LINK

#: Part of day -> the hour it stands for when no clock time is said, and the hour it ends.
PARTS: dict[str, tuple[int, int]] = {
    "凌晨": (0, 6), "大清早": (7, 9), "清早": (7, 9), "一大早": (7, 9), "一早": (7, 9), "清晨": (7, 8), "早上": (8, 10), "早晨": (8, 10), "早间": (8, 10),
    "大早上": (8, 10), "朝早": (8, 10), "上午": (9, 12), "上半日": (9, 12), "下半日": (14, 18), "中午": (12, 14), "大中午": (12, 14), "晌午": (12, 14),
    "正午": (12, 14), "午间": (12, 14), "午后": (14, 17), "午饭后": (13, 14), "下午": (14, 18), "傍晚": (18, 19), "傍黑": (18, 19), "晚饭后": (19, 21),
    "晚上": (19, 23), "大晚上": (19, 23), "夜晚": (19, 23), "晚间": (19, 23), "夜间": (20, 24), "夜里": (20, 24), "深夜": (22, 24), "半夜": (0, 5),
    "大半夜": (0, 5), "深更半夜": (0, 5), "三更半夜": (0, 5), "后半夜": (1, 5), "下半夜": (1, 5), "午夜": (24, 25), "早": (8, 10), "晚": (19, 23), "夜": (20, 24),
    # dialects
    "上半天": (9, 12), "下半天": (14, 18), "早清八早": (7, 9), "大清八早": (7, 9), "朝浪": (8, 10), "早浪": (8, 10), "早浪向": (8, 10), "中昼": (12, 14), "黑家": (19, 23),
    "早起": (8, 10), "头晌": (9, 12), "前晌": (9, 12), "前半晌": (9, 12), "上晌": (9, 12), "上昼": (9, 12), "晏昼": (12, 14), "晌午头": (12, 14), "后晌": (14, 18), "后半晌": (14, 18),
    "下昼": (14, 18), "下晌": (14, 18), "擦黑": (18, 19), "下晚": (18, 19), "夜饭后": (19, 21), "晚黑": (19, 23), "夜头": (19, 23), "夜里厢": (20, 24), "夜里向": (20, 24),
    # English in between
    "早饭前": (6, 8), "早饭后": (8, 10), "晌午前": (9, 12), "午饭前": (9, 12), "晚饭前": (15, 18), "天黑前": (15, 18),
    "下黑": (19, 23), "下黑儿": (19, 23), "擦黑儿": (18, 19), "过晌": (14, 18), "天不亮": (4, 6), "天没亮": (4, 6), "天还没亮": (4, 6), "天蒙蒙亮": (5, 7), "天亮": (6, 8), "天一亮": (6, 8), "天亮后": (6, 8), "天亮以后": (6, 8), "天刚亮": (6, 8), "morning": (8, 10), "noon": (12, 14), "afternoon": (14, 18), "evening": (19, 23), "night": (19, 23),
}  # fmt: skip
_AFTERNOON = {
    "下午",
    "下半日",
    "下半天",
    "午后",
    "傍晚",
    "傍黑",
    "晚饭后",
    "后晌",
    "后半晌",
    "下昼",
    "下晌",
    "擦黑",
    "下晚",
    "晚饭前",
    "天黑前",
    "擦黑儿",
    "过晌",
    "夜饭后",
    "afternoon",
}
_NOON = {"中午", "中昼", "大中午", "晌午", "正午", "午间", "晏昼", "晌午头", "午饭后", "noon"}
_EVENING = {"晚上", "下黑", "下黑儿", "黑家", "大晚上", "晚", "夜晚", "晚间", "晚黑", "夜头", "evening", "night"}
_NIGHT = {"夜里", "深夜", "夜间", "夜", "夜里厢", "夜里向"}
_MIDNIGHT = {"半夜", "大半夜", "深更半夜", "三更半夜", "午夜"}
SMALL_HOURS = {"凌晨", "后半夜", "下半夜", *_MIDNIGHT}

#: The last hour that still belongs to the evening before it: 今晚一点, 夜里五点.
_LATE = {**dict.fromkeys(_EVENING, 4), **dict.fromkeys(_NIGHT, 5)}

_HOUR_LENGTH = 60
_NOON_HOUR, DAY = 12, 24 * 60

_NUMBER = "(?:[0-9]{1,2}|[零〇一二两三四五六七八九十廿]{1,4})"
_HOUR = rf"(?:[12]0[一二三四](?=点)|{_NUMBER})"
_PART = longest_first(PARTS)
#: Whom a number before them tells from their brothers and sisters: 二姨.
_KIN = "[姨舅叔伯哥姐爷姑婶嫂妹弟奶婆公]"

_CLOCK = re.compile(
    rf"""
      (?P<english_hour>1[0-2]|0?[1-9])(?:[:.](?P<english_minute>[0-5]\d))?\s?(?P<half_day>[ap])\.?m(?![a-z])\.?
    | (?P<part>(?<!最)(?:{_PART}))?(?:[的 ]|(?<=天亮|一亮|[上下中][午]|[早晚]上|傍晚|凌晨)[,，][ ]?)?(?P<short>差(?P<missing>[一两三]刻|{_NUMBER})分?(?:钟|到)?)?
      (?: (?P<colon_hour>[01]?\d|2[0-4]):(?P<colon_minute>[0-5]\d)(?::[0-5]\d)?(?![:\d])
        | (?P<or>[1-9]|1[0-2])[、,/](?P<hour_or>[1-9]|1[0-2])点
        | (?P<hour>{_HOUR})
          (?: (?:来?点钟?|时(?!候|间|不|常|刻(?![。])))
              (?: (?P<fives>[一二三四五六七八九十]{{1,2}}|[1-9]|1[01])个字 | 搭(?P<past>十一?|[一二三四五六七八九]|[1-9]|1[01])(?![0-9点])
                | (?P<half>半)(?!个?(?:小时|钟头|天(?![没不还蒙]))) | (?P<quarter>[一三1-3])刻 | 差(?P<lacking>[一两三]刻|{_NUMBER})分?
                # 3点二姨来 is no 3:02
                | (?![二三四五六七八九](?:{_KIN}))过?(?P<minute>[零〇]?{_NUMBER})(?:分(?:[零〇]?{_NUMBER}秒)?)?(?!栋|单元|楼|号|[个位人口辆台家拨波组帮群元块天大起定直行同道]|小时|{LINK}{_NUMBER}(?:个|位|人)) )?
              整?
            | (?P<open>)(?={LINK}{_HOUR}(?:点|时(?!候|间))) )
      )
    """,
    re.VERBOSE,
)
#: 下午3.30: with a full stop only where a day or a part of one is said before.
_DOTTED = re.compile(r"(?P<hour>[01]?\d|2[0-3])[.。](?P<minute>[0-5]\d)(?![\d.%度元℃块万号日])")
#: 五点下午的: the part of the day behind its clock time.
_PART_BEHIND = re.compile(
    "[ 的]?(?P<part>[上下中]午|[早晚]上|凌晨|傍晚|夜里|半夜|天还?[没不]亮|天蒙蒙亮)(?![ ]?[\\d零〇一二两三四五六七八九十半]|[茶场班课饭])"
)
_PART_ALONE = re.compile(longest_first(part for part in PARTS if len(part) > 1))
#: 天亮路灯才灭, 天亮了灯还亮着: how it is, and no time to come.
_LIGHT = re.compile("天[一刚]?亮(?:了|路?灯|才|都|还)")
#: 周五晚: of one sign only behind a day, and where nothing goes on.
_SHORT_PART = re.compile(r"[早晚](?=$|[\s,，。;；到至~-])")
#: 明天25:00, 13:70: written as a clock time, and none.
_ODD = re.compile(r"\d{1,2}:\d{2}(?![\d:])")
#: 下午4 behind 下午2点到: without its unit.
_BARE_HOUR = re.compile(rf"(?P<hour>{_NUMBER})(?=$|[\s,，。;；)）!！吧来走])")
#: 一点, 有点, 两点建议 … are no clock times.
_NO_CLOCK = re.compile(
    r"一点(?![钟半整过多]|\d|[一二三四五]十|十分?[到来去进]|零|刻|到|就?[走回]|就[来到]|才[到来能]|左右|来|前|之[前间后]|以后|去|回|走|$)|[有差快慢好多少早晚大小重轻高低近远]一?点"
    r"|[一二两三四五]点(?:建议|意见|要求|问题|想法|原因|希望)"
)
#: Hours that no clock has, if nothing tells that a clock is meant; 37点5 is a temperature.
_ODD_HOURS = range(25, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A clock time or a part of the day, and where its words end; neither where there is no such time: 25点."""

    stop: int
    minutes: int | None = None  # since midnight of the day said; of the small hours behind an evening over 24 hours
    part: str = ""
    is_exact: bool = False  # of 24 hours: 20:00, 08:00
    is_digital: bool = False  # 8:00
    is_english: bool = False

    @property
    def is_unclear(self) -> bool:
        """Whether a clock time stands here that there is not."""
        return self.minutes is None and not self.part


def where_none(text: str) -> list[tuple[int, int]]:
    """Return where the words for clock times mean something else: 一点都不."""
    return [match.span() for match in _NO_CLOCK.finditer(text)]


def read(text: str, begin: int, *, part: str, has_day: bool, nowhere: list[tuple[int, int]]) -> Clock | None:
    """Return the clock time at a place; `part` is the part of day that the words of the day hold, 今晚."""
    said = _CLOCK.match(text, begin)
    if said and said["half_day"]:
        return _in_english(said)
    if said and not _is_none(said, has_day, nowhere):
        return _clock(said, part, has_day)
    odd = _ODD.match(text, begin) if has_day else None
    return Clock(stop=odd.end()) if odd else _dotted(text, begin, part, has_day)


def read_part(text: str, begin: int, *, has_day: bool) -> Clock | None:
    """Return a part of the day at a place: 下午."""
    if _LIGHT.match(text, begin):
        return None
    said = _PART_ALONE.match(text, begin) or (_SHORT_PART.match(text, begin) if has_day else None)
    return Clock(stop=said.end(), part=said[0]) if said else None


def read_bare(text: str, begin: int) -> Clock | None:
    """Return the hour that ends a range, said without its unit: 下午两点到四."""
    said = _BARE_HOUR.match(text, begin)
    hour = value_of(said["hour"]) if said else DAY
    return Clock(stop=said.end(), minutes=hour * _HOUR_LENGTH) if said and 1 <= hour <= _NOON_HOUR else None


def moved(part: str, minutes: int) -> int:
    """Return minutes since midnight where a clock of twelve hours stands in a part of the day; over 24 hours after midnight."""
    hour = minutes // _HOUR_LENGTH
    half, day = _NOON_HOUR * _HOUR_LENGTH, DAY
    if part in _AFTERNOON:
        return minutes + half if 1 <= hour < _NOON_HOUR else minutes
    if part in _NOON:
        return minutes + half if 1 <= hour <= 3 else minutes
    if part in _LATE or part in _MIDNIGHT:
        if hour in {0, _NOON_HOUR}:
            return minutes % half + day
        late = _LATE.get(part, 0)
        if 1 <= hour <= late:
            return minutes + day
        return minutes + half if late < hour < _NOON_HOUR and (late or hour >= 8) else minutes
    if part in SMALL_HOURS and hour == _NOON_HOUR:
        return minutes - half
    return minutes


def _is_none(said: re.Match[str], has_day: bool, nowhere: list[tuple[int, int]]) -> bool:
    if said[0] in {"晚一点", "早一点"}:  # later, earlier; 今晚一点 and 晚上一点 are times
        return True
    hour = said.start("hour")
    return hour >= 0 and not said["part"] and not has_day and any(begin <= hour < stop for begin, stop in nowhere)


def _in_english(said: re.Match[str]) -> Clock:
    is_late = said["half_day"] == "p"
    minutes = (int(said["english_hour"]) % _NOON_HOUR + (_NOON_HOUR if is_late else 0)) * _HOUR_LENGTH
    return Clock(stop=said.end(), minutes=minutes + int(said["english_minute"] or 0), part="afternoon" if is_late else "morning",
                 is_exact=True, is_english=True)  # fmt: skip


def _clock(said: re.Match[str], implied: str, has_day: bool) -> Clock | None:
    behind = None if said["part"] or implied else _PART_BEHIND.match(said.string, said.end())
    part = behind["part"] if behind else said["part"] or implied or _at_night(said)
    hour, minute = _hour(said), _minute(said)
    if hour is None or not (0 <= hour <= 24 and 0 <= minute < _HOUR_LENGTH):
        is_meant = has_day or said["part"] or hour in _ODD_HOURS or (hour is not None and hour <= 24)
        return Clock(stop=said.end()) if is_meant else None
    minutes = moved(part, hour * _HOUR_LENGTH + minute)
    if implied in _LATE and said["part"] in SMALL_HOURS and minutes < 6 * _HOUR_LENGTH:
        minutes += DAY
    if less := said["missing"] or said["lacking"]:
        minutes -= 15 * value_of(less[0]) if less.endswith("刻") else value_of(less)
    is_exact = said["colon_hour"] is not None and (len(said["colon_hour"]) > 1 and not 10 <= hour <= _NOON_HOUR)
    return Clock(stop=(behind or said).end(), minutes=minutes, part=part, is_exact=is_exact or hour > _NOON_HOUR or hour == 0,
                 is_digital=said["colon_hour"] is not None)  # fmt: skip


def _at_night(said: re.Match[str]) -> str:
    """Return the part of day of a feast whose name says it: 跨年夜九点."""
    return "晚上" if said.string.endswith("夜", 0, said.start()) else ""


def _hour(said: re.Match[str]) -> int | None:
    if words := said["colon_hour"] or said["or"]:
        return int(words) if not said["or"] or int(said["hour_or"]) == int(words) + 1 else None
    words = said["hour"]
    if one_of := either(words):
        return one_of[0]  # 七八点
    if words == "九十":  # 九十点 is no 90
        return 9
    if len(words) == 3 and words[1] == "0":  # 10一点 is dictated 11
        return int(words[:2]) + value_of(words[2])
    number = value_of(words)
    return number if number <= 24 or len(words) <= 3 else None


def _minute(said: re.Match[str]) -> int:
    if said["colon_minute"]:
        return int(said["colon_minute"])
    if said["half"]:
        return 30
    if fives := said["fives"] or said["past"]:  # 八点三个字, 八点搭五: by the figure that the long hand is at
        return 5 * value_of(fives)
    if said["quarter"]:
        return 15 * min(value_of(said["quarter"]), 3)
    words = (said["minute"] or "").lstrip("零〇")
    return value_of(words or "0")


def _dotted(text: str, begin: int, implied: str, has_day: bool) -> Clock | None:
    named = _PART_ALONE.match(text, begin)
    if named is None and not has_day:
        return None
    stop = named.end() if named else begin
    said = _DOTTED.match(text, stop + text.startswith(" ", stop))
    if said is None:
        return None
    part = named[0] if named else implied
    minutes = moved(part, int(said["hour"]) * _HOUR_LENGTH + int(said["minute"]))
    return Clock(stop=said.end(), minutes=minutes, part=part)
