"""How long: 1个小时30分, 三刻钟, 两天半, 1.5小时, 四十多分钟, 半个钟. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.language.numbers import either, value_of
from bot.language.times.periods import Period, months_after, week_of, whole_day

_COUNT = r"(?:\d{1,3}(?:\.\d)?|[零一二两三四五六七八九十廿百俩仨]{1,5}(?:点[一二三四五六七八九])?|半)"
_UNITS = {
    "秒钟": 1 / 60, "秒": 1 / 60, "分钟": 1, "分": 1, "刻钟": 15, "刻": 15, "小时": 60, "钟头": 60, "钟": 60, "个钟": 60,
    "天": 1440, "日": 1440, "周": 10080, "星期": 10080, "礼拜": 10080, "月": 43200, "年": 525600,
}  # fmt: skip
_DAY = 1440
_UNIT = r"(?:小时|钟头|(?<=个)钟|分钟|分(?!之)|刻钟?|秒钟?|天|日(?!\d)|周(?![一二三四五六末])|星期(?![一二三四五六])|礼拜(?![一二三四五六])|(?<=个)月|(?<=个半)月|年)"
_MORE = "(?:多|来|几|好几)?"


def _one(number: str = "") -> str:
    return rf"(?P<count{number}>{_COUNT}){_MORE}个?(?P<half{number}>半)?(?P<unit{number}>{_UNIT})(?P<behind{number}>半(?!小时|夜))?多?"


#: One length, or two of which the second is the smaller: 1个小时30分.
LENGTH = f"{_one()}(?:零|又)?(?:{_one('2')})?"

_AFTER = re.compile(rf"(?:(?<![超通经不度])(?P<through>再?过))?(?:{LENGTH})(?P<later>之?以?后(?!天)|过后|后头)?")
#: Less than a day: 半小时, 一个半钟头.
_SHORT = rf"(?P<count>{_COUNT})个?(?P<half>半)?(?P<unit>小时|钟头|(?<=个)钟|分钟|刻钟)(?P<behind>半)?"
#: 半小时左右到, 二十分钟就到: so much later, too, where it is no day and nothing that was long.
_SOON = re.compile(
    rf"(?<![了每超隔快慢早晚]){_SHORT}(?:左右|的样子|上下|之内|以内|内)?(?:就|能|可以)*(?=(?:过?来|到)(?![0-9一二两三四五六七八九十半几着过]))"
)
#: 还有一刻钟我舅到.
_STILL = re.compile(rf"(?:还有|还要|还得|再有){_SHORT}(?=[^，。,;；]{{0,8}}到(?![现期底时]))")
#: 几分钟后, 好几天后: how long is not said.
_SOME = re.compile(rf"(?:再?过)?(?:好几|几|十几|二十几|若干|N)十?个?{_UNIT}(?:之?以?后|过后)")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time; months are kept apart, for they differ."""

    minutes: float
    months: int = 0

    def after(self, now: datetime) -> Period | datetime:
        """Return the day so much later, or the minute where hours or parts of days are said."""
        if self.months:
            return whole_day(months_after(now.date(), self.months) + timedelta(minutes=self.minutes))
        if self.minutes % _DAY:
            return (now + timedelta(minutes=self.minutes)).replace(second=0, microsecond=0)
        return whole_day(now.date() + timedelta(minutes=self.minutes))

    def week_after(self, today: date) -> Period | None:
        """Return the week so much later, where only weeks are said: 两周后的周三."""
        is_weeks = self.minutes and self.minutes % _UNITS["周"] == 0
        return week_of(today + timedelta(minutes=self.minutes)) if is_weeks else None

    def until(self, begin: datetime) -> datetime:
        """Return when a stay ends that begins then."""
        return begin + timedelta(minutes=self.minutes, days=30 * self.months)


def after(text: str, begin: int) -> tuple[Length | None, int] | None:
    """Return a length after which something happens, and where its words end: 三天后, 过半小时; no length for 几分钟后."""
    if some := _SOME.match(text, begin):
        return None, some.end()
    if soon := _SOON.match(text, begin) or _STILL.match(text, begin):
        months, minutes = _part(soon["count"], soon["half"] or soon["behind"], soon["unit"])
        return Length(minutes, months), soon.end()
    said = _AFTER.match(text, begin)
    if said is None or not (said["through"] or said["later"]):
        return None
    return length_of(said), said.end()


def length_of(said: re.Match[str]) -> Length | None:
    """Return the length that a match of LENGTH says; None where the two parts do not fit: 两天三周."""
    months, minutes = _part(said["count"], said["half"] or said["behind"], said["unit"])
    if said["count2"]:
        if said["unit2"] == said["unit"] or _UNITS[said["unit2"]] > _UNITS[said["unit"]]:
            return None
        further = _part(said["count2"], said["half2"] or said["behind2"], said["unit2"])
        months, minutes = months + further[0], minutes + further[1]
    return Length(minutes, months) if months <= 1200 else None


def _part(words: str, half: str | None, unit: str) -> tuple[int, float]:
    count = _count(words) + (0.5 if half else 0)
    if unit in {"月", "年"}:
        whole = int(count * (12 if unit == "年" else 1))
        return whole, 15 * _DAY if unit == "月" and count % 1 else 0
    if unit in {"周", "星期", "礼拜"}:
        return 0, int(count * 7) * _DAY
    return 0, round(count * _UNITS[unit], 2)


def _count(words: str) -> float:
    if words == "半":
        return 0.5
    if one_of := either(words):
        return one_of[0]
    whole, _, tenth = words.replace("点", ".").partition(".")
    return value_of(whole) + value_of(tenth or "0") / 10
