"""Rules as people say them: 每天早上八点, 每周一三五 9:30, 工作日上午9点, 每月最后一天 17:00, 每两周周五下午三点，节假日顺延. Pure."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, time

from bot.errors import Refusal
from bot.language.numbers import NUMBER, value_of
from bot.language.recurrence.hours import EVERY_DAY
from bot.language.recurrence.rule import Daily, Days, Holidays, Monthly, NthWeekday, Recurrence, Weekly, Workdays, too_often
from bot.language.times import clocks
from bot.language.times.spelling import spelled
from bot.translation import tr

#: What is said to who writes something else.
EXAMPLES = "每天早上八点、每周一三五 9:30、工作日上午9点、每月1号 9点、每月最后一天 17:00、每季度第一天 9点、每年3月12日 9点、每两周周五 15:00"

#: When a rule comes that names no time of the day; it is said back with it, and with its dates.
UNSAID = time(9)

#: Characters of a rule; nobody says a longer one.
_LONGEST = 80

_DAY_SIGNS = "一二三四五六日天1234567"
#: 一 of 每周一三点 is a weekday, 三 is none, nor is the 5 of 每周一 5:30.
_DAY_SIGN = "(?:[一二三四五六日天](?![点十])|[1-7](?![\\d点:]))"
_BETWEEN = r"(?:、|,|和|及|跟|与|还有)"
_WEEKDAYS = rf"周(?P<weekdays>{_DAY_SIGN}(?:{_BETWEEN}?周?{_DAY_SIGN}|(?:到|至|-|~)周?{_DAY_SIGN})*)"
_INTERVAL = rf"(?P<interval>{NUMBER}|隔)"
_MONTH_DAY = rf"(?:(?:{NUMBER})[号日]?|最后一[天日]|第一天|月?底|月?末)"
_MONTH_DAYS = rf"(?P<days>{_MONTH_DAY}(?:{_BETWEEN}{_MONTH_DAY})*)(?<![\d一二三四五六七八九十])"

_ORDINALS = {
    "第一": 1,
    "第1": 1,
    "第二": 2,
    "第2": 2,
    "第三": 3,
    "第3": 3,
    "第四": 4,
    "第4": 4,
    "第五": 5,
    "第5": 5,
    "最后一": -1,
    "最后1": -1,
}
_NTH = rf"(?P<nth>{'|'.join(_ORDINALS)})个?周(?P<nth_weekday>[{_DAY_SIGNS}])"

#: 节假日跳过, 遇节假日顺延, 节假日除外; 照发 is what happens anyway.
_HOLIDAYS = re.compile(
    r"[,，;。、 ]*[(]?(?:如?遇到?|碰到|逢)?(?:法定)?(?:节假日|节日|假日|放假)(?:期间|时)?的?[,，、 ]*"
    r"(?:(?P<skip>跳过|除外|不发|不用发|停发|不算)|(?P<postpone>(?:往后|向后)?顺?延(?:后|期|到?下一?个?工作日)*)|(?P<send>照发|也发|照常发?|照样发?))[)]?"
)

_TOO_OFTEN = re.compile(rf"每(?:隔|过)?(?:(?P<number>{NUMBER}|半)个?)?(?P<unit>小时|钟头|分钟?|秒钟?|刻钟)|(?:时时刻刻|随时)")
_FILLER = re.compile(r"[的在,，、 ]*")
_TIMES_BETWEEN = re.compile(rf"{_BETWEEN}|[ ]+|各?")

_QUARTER_STARTS = ((1, 4, 7, 10), (2, 5, 8, 11), (3, 6, 9, 12))


def recurs(words: str) -> bool:
    """Tell whether words mean to say what recurs, so that `read` should read them, and not once."""
    plain = _plain(words)
    return bool(re.match(r"每|天天|隔|逢|工作日", plain))


def read(words: str, now: datetime) -> Recurrence:
    """Return the rule that is said, its intervals counted from `now` on.

    Raises Refusal for what cannot be read whole, what never comes, and what comes too often a day.
    """
    plain = _plain(words)
    if not plain:
        raise Refusal(
            tr("请写多久发一次，例如：{EXAMPLES}。", EXAMPLES=EXAMPLES), english=f"no rule is named; write one such as {EXAMPLES}"
        )
    if len(plain) > _LONGEST:
        raise _unreadable(words)
    if often := _TOO_OFTEN.match(plain):
        raise too_often(_times_a_day(often))
    on_holiday, plain = _without_holidays(plain)
    days, rest = _days(plain, words)
    said = _clocks(rest, words)
    rule = Recurrence(days=days, clocks=said, holidays=on_holiday)
    return rule.begun(now).checked(now)


def _plain(words: str) -> str:
    text = spelled(unicodedata.normalize("NFKC", words)).text
    text = re.sub(r"礼拜|星期", "周", text.replace("號", "号"))
    text = re.sub(r"(?<=每)个(?=周|月|季度|工作日|[一二三四五六日天])|(?<=[每周月度年])的", "", text.strip(" ,，。.;"))
    return re.sub(r"(?<=[^\d:]) +|(?<=\d) +(?=[^\d])", "", text)


def _times_a_day(said: re.Match[str]) -> str:
    if said["unit"] not in {"小时", "钟头"}:
        return "几十上百"
    number = said["number"] or "1"
    return "48" if number == "半" else str(max(24 // max(value_of(number), 1), 1))


def _without_holidays(text: str) -> tuple[Holidays, str]:
    said = _HOLIDAYS.search(text)
    if said is None:
        return Holidays.SEND, text
    which = Holidays.SKIP if said["skip"] else Holidays.POSTPONE if said["postpone"] else Holidays.SEND
    return which, text[: said.start()] + text[said.end() :]


# ------------------------------------------------------------------ which days


def _days(text: str, words: str) -> tuple[Days, str]:
    for pattern, make in _SHAPES:
        if said := pattern.match(text):
            days = make(said)
            if days is None:
                break
            return days, text[said.end() :]
    raise _unreadable(words)


def _interval(said: re.Match[str]) -> int:
    number = said["interval"]
    return 2 if number in {"隔", "双"} else value_of(number)


def _each_nth_day(said: re.Match[str]) -> Days | None:
    number = _interval(said) + (1 if said["between"] else 0)
    return Daily(interval=number) if 1 <= number <= 366 else None


def _each_nth_week(said: re.Match[str]) -> Days | None:
    number = _interval(said) + (1 if said["between"] else 0)
    weekdays = _weekdays(said["weekdays"])
    return Weekly(weekdays=weekdays, interval=number) if weekdays and 1 <= number <= 52 else None


def _each_week(said: re.Match[str]) -> Days | None:
    weekdays = _weekdays(said["weekdays"])
    return Weekly(weekdays=weekdays) if weekdays else None


def _weekdays(said: str) -> tuple[int, ...]:
    """Return 0, 2, 4 for 一三五, 0 to 4 for 一到周五; nothing for a range that runs backwards."""
    found: set[int] = set()
    ranges = re.findall(rf"([{_DAY_SIGNS}])(?:(?:到|至|-|~)周?([{_DAY_SIGNS}]))?", said)
    for first, last in ranges:
        begin, end = (_weekday(sign) for sign in (first, last or first))
        if begin > end:
            return ()
        found |= set(range(begin, end + 1))
    return tuple(sorted(found))


def _weekday(sign: str) -> int:
    return "一二三四五六日1234567".index(sign.replace("天", "日")) % 7


def _each_month(said: re.Match[str]) -> Days | None:
    return _of_months(said, tuple(range(1, 13)))


def _each_quarter(said: re.Match[str]) -> Days | None:
    which = said["which"]
    if which is None:  # 每季度最后一天 is in its last month, 每季度5号 in its first
        which = "末" if said["days"] and _month_days(said["days"]) == (-1,) else "首"
    return _of_months(said, _QUARTER_STARTS["首二末".index(which) if which in "首末" else value_of(which) - 1])


def _each_year(said: re.Match[str]) -> Days | None:
    if said["month"] is None:
        days = _month_days(said["days"]) if said["days"] else ()
        return Monthly(days=days, months=(1 if days == (1,) else 12,)) if days in {(1,), (-1,)} else None
    months = {value_of(one) for one in re.findall(NUMBER, said["month"])}
    return _of_months(said, tuple(sorted(months))) if months <= set(range(1, 13)) else None


def _of_months(said: re.Match[str], months: tuple[int, ...]) -> Days | None:
    if said["nth"]:
        return NthWeekday(nth=_ORDINALS[said["nth"]], weekday=_weekday(said["nth_weekday"]), months=months)
    days = _month_days(said["days"])
    return Monthly(days=days, months=months) if days else None


def _month_days(said: str) -> tuple[int, ...]:
    """Return 1, 15 for 1号、15号, -1 for the last day; nothing where no month has such a day."""
    found = set()
    for part in re.split(_BETWEEN, said):
        number = part.rstrip("号日")
        is_last = part.startswith("最后") or part.endswith(("底", "末"))
        day = -1 if is_last else 1 if part == "第一天" else value_of(number)
        if day != -1 and not 1 <= day <= 31:
            return ()
        found.add(day)
    return tuple(sorted(found, key=lambda day: day % 100))


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Days | None]], ...] = (
    (re.compile(r"每?工作日"), lambda said: Workdays()),
    (re.compile(rf"(?:每(?P<between>隔)?|逢|(?=隔)){_INTERVAL}[天日]"), _each_nth_day),
    (re.compile(rf"每[天日]|{EVERY_DAY}|日日"), lambda said: Daily()),
    (re.compile(rf"(?:每(?P<between>隔)?|逢|(?=隔)){_INTERVAL}个?周的?[,，]?{_WEEKDAYS}"), _each_nth_week),
    (re.compile(r"每(?:周周?|个)?(?:周末|双休日)"), lambda said: Weekly(weekdays=(5, 6))),
    (re.compile(rf"[每逢]{_WEEKDAYS}"), _each_week),
    (re.compile(rf"每月(?:{_NTH}|{_MONTH_DAYS})"), _each_month),
    (re.compile(rf"每(?:个)?季度?(?:第?(?P<which>[一二三123首末])个?月)?(?:{_NTH}|{_MONTH_DAYS})"), _each_quarter),
    (re.compile(rf"每年(?:(?P<month>{NUMBER}(?:月?{_BETWEEN}{NUMBER})*)月)?(?:{_NTH}|{_MONTH_DAYS})"), _each_year),
)


# ------------------------------------------------------------------ at which times


def _clocks(text: str, words: str) -> tuple[time, ...]:
    """Return the times of the clock that the whole rest of the words names, in order."""
    found: list[int] = []
    part, place = "", _end(_FILLER, text, 0)
    while place < len(text):
        clock = _clock(text, place, part, found)
        alone = clocks.read_part(text, place, has_day=True) if clock is None else None
        if alone and alone.stop == len(text):
            raise Refusal(
                tr("“{strip}”没有写几点。请写上钟点，例如：{strip2}8点。", strip=words.strip(), strip2=words.strip()[:20]),
                english=f"{words.strip()[:20]!r} names no time of the clock; write it behind, such as {words.strip()[:20]}8点",
            )
        if clock is None or clock.minutes is None:
            raise _unreadable(words, text[place:])
        found.append(_by_day(clock))
        part = clock.part or part
        place = _end(_TIMES_BETWEEN, text, _end(re.compile(r"(?:发送?|通知|提醒|左右|整)*"), text, clock.stop))
    if not found:
        return (UNSAID,)
    if any(minutes >= clocks.DAY for minutes in found):
        raise Refusal(
            tr("夜里12点以后请写成后一天的时间，例如 0:00；当天最晚是 23:59。"),
            english="midnight and later belong to the next day: write 0:00 of that one, or 23:59",
        )
    return tuple(time(minutes // 60, minutes % 60) for minutes in sorted(set(found)))


def _clock(text: str, place: int, part: str, found: list[int]) -> clocks.Clock | None:
    """Return the clock time at a place; 晚上七点和九点: the part of the day goes on where the time is later than the one before."""
    carried = clocks.read(text, place, part=part, has_day=True, nowhere=[]) if part else None
    if carried and carried.minutes is not None and carried.minutes > found[-1]:
        return carried
    return clocks.read(text, place, part="", has_day=True, nowhere=[])


def _by_day(clock: clocks.Clock) -> int:
    """Return minutes since midnight; one to six o'clock without a part of the day are of the afternoon."""
    minutes = clock.minutes or 0
    is_open = not clock.part and not clock.is_exact and not clock.is_digital
    return minutes + clocks.DAY // 2 if is_open and 1 <= minutes // 60 <= 6 else minutes


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    said = pattern.match(text, place)
    return said.end() if said else place


def _unreadable(words: str, rest: str = "") -> Refusal:
    said, part = words.strip()[:40], rest[:20]
    doubt = f"“{said}”里的“{part}”看不懂" if part and part != said else f"“{said}”看不懂"
    return Refusal(
        tr("{doubt}。可以这样写：{EXAMPLES}。", doubt=doubt, EXAMPLES=EXAMPLES),
        english=f"{said!r} cannot be read{f' from {part!r} on' if part else ''}; write it as {EXAMPLES}",
    )
