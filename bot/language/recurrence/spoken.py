"""Rules as people say them: 每天早上八点, 每周一三五 9:30, 工作日上午9点, 每月最后一天 17:00, 每两周周五下午三点，节假日顺延. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.errors import Refusal
from bot.language.numbers import NUMBER, value_of
from bot.language.recurrence.hours import EVERY_DAY
from bot.language.recurrence.rule import (
    AROUND,
    EVEN,
    LUNAR_DAYS,
    ODD,
    SHANGHAI,
    Daily,
    Days,
    DaysOff,
    Feast,
    Holidays,
    Lunar,
    Monthly,
    NthWeekday,
    NthWorkday,
    Recurrence,
    Weekly,
    Workdays,
    too_often,
)
from bot.language.times import clocks, festivals, find
from bot.language.times.spelling import spelled
from bot.translation import tr

#: What is said to who writes something else.
EXAMPLES = "每天早上八点、每周一三五 9:30、工作日上午9点、每月1号 9点、每月最后一天 17:00、每月第一个工作日 9点、每季度第一天 9点、每年3月12日 9点、每两周周五 15:00"

#: When a rule comes that names no time of the day; it is said back with it, and with its dates.
UNSAID = time(9)

#: Characters of a rule; nobody says a longer one.
_LONGEST = 160

_DAY_SIGNS = "一二三四五六日天1234567"
#: 一 of 每周一三点 is a weekday, 三 is none, nor is the 5 of 每周一 5:30.
_DAY_SIGN = "(?:[一二三四五六日天](?![点十次])|[1-7](?![\\d点:月号.时次]))"
_BETWEEN = r"(?:、|,|和|及|跟|与|还有)"
_WEEKDAYS = rf"周(?P<weekdays>{_DAY_SIGN}(?:{_BETWEEN}?周?{_DAY_SIGN}|(?:到|至|-|~)周?{_DAY_SIGN})*)"
_INTERVAL = rf"(?P<interval>{NUMBER}|隔)"
_SOME_WEEKDAYS = rf"(?:(?:的?[,，]?)周?{_WEEKDAYS[1:]})?"
_MONTH_DAY = rf"(?:(?:{NUMBER})[号日]?|最后[一1][天日]|倒数第?(?:{NUMBER})[天日]|[第头][一1]天|月?[底末尾]|月?初(?![一二三四五六七八九十]))"
_MONTH_DAYS = (
    rf"(?P<days>(?:单|双)(?:号|日|数日|数号)|{_MONTH_DAY}(?:(?:{_BETWEEN}|到|至|-|~){_MONTH_DAY})*)(?<![\d一二三四五六七八九十])"
)

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
_NTH = rf"(?P<nth>{'|'.join(_ORDINALS)})个?(?:(?P<nth_workday>工作日|上班日)|周(?P<nth_weekday>[{_DAY_SIGNS}]))"

_LUNAR_DAY = rf"(?:{'|'.join(LUNAR_DAYS)})"
_LUNAR_DAYS = rf"(?P<days>{_LUNAR_DAY}(?:{_BETWEEN}?{_LUNAR_DAY})*)"
_FARMERS = "(?:农历|阴历|旧历)"
_FEAST_NAMES = "|".join(sorted(festivals.NAMES, key=len, reverse=True))

#: 从12月7日起, 到12月31日为止, 连续三天; what stands between is read as any day is.
_BEGINS = re.compile(r"[,，]?(?:从|自)(?P<day>[^,，从到]{1,14}?)(?:开始|起)[,，]?")
_ENDS = re.compile(
    r"[,，]?(?:一直)?(?:到|至)(?P<day>[^,，从到]{1,14}?)(?:为止|结束|截止|止)[,，]?|[,，]?(?:一直)?(?:到|至)(?P<bare>[^,，从到点:]{0,6}[年月][^,，从到点:]{0,6}[日号底末])$"
)
_BETWEEN_DAYS = re.compile(
    r"(?:从|自)?(?P<first>[^,，从到点:]{2,12})(?:到|至|-|~)(?P<last>[^,，从到点:每]{1,12}?)(?:期间|之间)?[,，]?(?=每[天日])"
)
_IN_A_ROW = re.compile(rf"(?:连续?(?P<number>{NUMBER})天)(?:每天)?")

#: 周日除外, 除周末外: days of the week on which what comes each day does not.
_EXCEPT = re.compile(
    rf"[,，(]?(?:除了?(?P<before>周末|双休日|周[{_DAY_SIGNS}](?:{_BETWEEN}?周?[{_DAY_SIGNS}])*)(?:以外|之外|外)?"
    rf"|(?:遇到?|碰到|逢)?(?P<behind>周末|双休日|周[{_DAY_SIGNS}](?:{_BETWEEN}?周?[{_DAY_SIGNS}])*)(?:除外|不发|不用发|停发|不算|跳过))[)]?[,，]?"
)

#: 调休上班的周末跳过, 调休也发.
_WORKED = re.compile(
    r"[,，;；(]?(?:如?遇到?|碰到|逢)?调休(?:上班)?(?:的)?(?:周末|日子|日|那天)?(?:(?P<skip>跳过|除外|不发|不用发|停发|不算)|(?P<send>照发|也发|照常发?|照样发?|要发))[)]?"
)

#: 节假日跳过, 遇节假日顺延, 节假日除外; 照发 is what happens anyway.
_HOLIDAYS = re.compile(
    r"[,，;。、 ]*[(]?(?:如?遇到?|碰到|逢)?(?:法定)?(?:节假日|节日|假日|放假|过节)(?:期间|时)?的?[,，、 ]*"
    r"(?:(?P<skip>跳过|除外|不发|不用发|停发|不算)|(?P<postpone>(?:往后|向后)?顺?延(?:后|期|到?下一?个?工作日)*)|(?P<send>照发|也发|照常发?|照样发?))[)]?"
)

_TOO_OFTEN = re.compile(rf"每(?:隔|过)?(?:(?P<number>{NUMBER}|半)个?)?(?P<unit>小时|钟头|分钟?|秒钟?|刻钟)|(?:时时刻刻|随时)")
_FILLER = re.compile(r"(?:[的在,，、 ]|左右)*")

#: Before a rule: 请在每周一 …
_ASKING = re.compile(r"^(?:请|麻烦|帮忙|帮我|我|想|要|希望|改成|改为|设为|以后|就|在|于)+(?=[每天逢隔从自连除工单双周])")

#: 每周一次 is 每周; of 每周两次 it is not known which days.
_ONCE_EACH = re.compile(
    r"^(每(?:[两二三四234]?个?(?:周|月|季度)|半个?[年月]|年|天|日)|[一1]个?(?:周|月|季度|年))(?:发|通知|提醒)?[一1]次"
)
_SOME_TIMES = re.compile(rf"^每?(?:个|[一1])?(?P<unit>周|月|季度|年|天|日)(?:发|通知|提醒)?(?:{NUMBER})次")
_TIMES_BETWEEN = re.compile(rf"{_BETWEEN}|[ ]+|各?")

_QUARTER_STARTS = ((1, 4, 7, 10), (2, 5, 8, 11), (3, 6, 9, 12))


def recurs(words: str) -> bool:
    """Tell whether words mean to say what recurs, so that `read` should read them, and not once."""
    plain = _plain(words)
    return bool(_RECURS.match(plain) or _HAS_EACH.search(plain))


#: Words that begin a rule; several weekdays at once are one, too, while 周一 alone may come once.
_RECURS = re.compile(
    rf"每|{EVERY_DAY}|日日|隔|逢|(?:法定)?工作日|上班日|休息日|非工作日|(?:法定)?节假日|双周|[单双](?:号|日|数)|连续?(?:{NUMBER})天|[一1]个?(?:周|月|季度)[一1]次"
    rf"|{_FARMERS}每月|初一{_BETWEEN}?十五|除(?!夕)|周{_DAY_SIGN}(?:{_BETWEEN}?周?{_DAY_SIGN}|(?:到|至|-|~)周?{_DAY_SIGN})+"
)
_HAS_EACH = re.compile(r"^(?:从|自|[\d一二三四五六七八九十]{1,4}[月年.])[^每]{1,24}每")


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
    if re.fullmatch(r"每年(?:[一1]次)?", plain):
        raise _which_days(words, "年")
    if (some := _SOME_TIMES.match(plain)) and not _ONCE_EACH.match(plain):
        raise _which_days(words, some["unit"])
    plain = _ONCE_EACH.sub(lambda said: said[1].replace("一个", "每个").replace("1个", "每个").replace("一", "每"), plain)
    begins, ends, plain = _without_term(plain, words, now)
    on_holiday, plain = _without_holidays(plain)
    skips_worked, plain = _without_worked(plain)
    left_out, plain = _without_exceptions(plain)
    in_a_row = _IN_A_ROW.match(plain)
    days, rest = (Daily(), plain[in_a_row.end() :]) if in_a_row else _days(plain, words, now)
    if left_out:
        days = _but(days, left_out, words)
    rule = Recurrence(
        days=days, clocks=_clocks(rest, words), holidays=on_holiday, skips_worked=skips_worked, begins=begins, ends=ends
    )
    if in_a_row and (first := rule.next(now)):
        rule = replace(rule, ends=first.date() + timedelta(days=max(value_of(in_a_row["number"]), 1) - 1))
    return rule.begun(now).checked(now)


def _without_term(text: str, words: str, now: datetime) -> tuple[date | None, date | None, str]:
    """Return from which day to which a rule holds, and what is left of its words."""
    begins = ends = None
    if said := _BETWEEN_DAYS.match(text):
        last = said["last"]
        month = re.match(r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})月", said["first"])
        if month and "月" not in last:  # 12月1日到5日
            last = month[0] + last
        begins, ends, text = _day(said["first"], words, now)[0], _day(last, words, now)[1], text[said.end() :]
        return begins, ends, text
    if said := _BEGINS.search(text):
        begins, text = _day(said["day"], words, now)[0], text[: said.start()] + text[said.end() :]
    if said := _ENDS.search(text):
        ends, text = _day(said["day"] or said["bare"], words, now)[1], text[: said.start()] + text[said.end() :]
    return begins, ends, text


def _day(said: str, words: str, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that are meant by 12月7日, 下周一, 月底."""
    found = find(said, now)
    if len(found) != 1 or found[0].kind != "day" or found[0].stop - found[0].begin != len(said):
        raise _unreadable(words, said)
    last = (found[0].end or found[0].start).astimezone(SHANGHAI).date()
    is_edge = said.endswith(("底", "末"))
    return (last if is_edge else found[0].start.astimezone(SHANGHAI).date()), last


def _without_worked(text: str) -> tuple[bool, str]:
    said = _WORKED.search(text)
    if said is None:
        return False, text
    return said["skip"] is not None, text[: said.start()] + text[said.end() :]


def _without_exceptions(text: str) -> tuple[tuple[int, ...], str]:
    said = _EXCEPT.search(text)
    if said is None:
        return (), text
    days = said["before"] or said["behind"]
    found = (5, 6) if days in {"周末", "双休日"} else _weekdays(days.replace("周", ""))
    return found, text[: said.start()] + text[said.end() :]


def _but(days: Days, left_out: tuple[int, ...], words: str) -> Days:
    match days:
        case Daily(interval=1):
            kept = tuple(day for day in range(7) if day not in left_out)
        case Weekly(weekdays=weekdays):
            kept = tuple(day for day in weekdays if day not in left_out)
        case _:
            raise _unreadable(words)
    if not kept:
        raise _unreadable(words)
    return Weekly(weekdays=kept) if isinstance(days, Daily) else replace(days, weekdays=kept)


def _which_days(words: str, unit: str) -> Refusal:
    """Return what is said to who names how often, and no days."""
    more = {"周": "每周一、四 9:00", "月": "每月1号、15号 9:00", "季度": "每季度第一天 9:00", "年": "每年3月1日 9:00"}.get(
        unit, "每天 8:00、18:00"
    )
    return Refusal(
        tr("“{said}”没有写是哪几天、几点。请写出来，例如：{more}。", said=words.strip()[:40], more=more),
        english=f"{words.strip()[:40]!r} names no days; write them, such as {more}",
    )


def _plain(words: str) -> str:
    text = spelled(unicodedata.normalize("NFKC", words)).text
    text = re.sub(r"礼拜|星期", "周", text.replace("號", "号"))
    text = re.sub(r"(?<=每)个(?=周|月|季度|工作日|[一二三四五六日天])|(?<=[每周月度年])的", "", text.strip(" ,，。.;"))
    text = _ASKING.sub("", text.replace("每逢", "逢"))
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


def _days(text: str, words: str, now: datetime) -> tuple[Days, str]:
    for pattern, make in _SHAPES:
        if said := pattern.match(text):
            days = make(said, now)
            if days is None:
                break
            return days, text[said.end() :]
    raise _unreadable(words)


def _interval(said: re.Match[str]) -> int:
    number = said["interval"]
    return 2 if number in {"隔", "双"} else value_of(number)


def _each_nth_day(said: re.Match[str], now: datetime) -> Days | None:
    number = _interval(said) + (1 if said["between"] else 0)
    return Daily(interval=number) if 1 <= number <= 366 else None


def _each_nth_week(said: re.Match[str], now: datetime) -> Days | None:
    """Return these weekdays of each second, third … week; where none is said, the weekday on which it is said."""
    number = _interval(said) + (1 if said["between"] else 0)
    weekdays = _weekdays(said["weekdays"]) if said["weekdays"] else (now.astimezone(SHANGHAI).weekday(),)
    return Weekly(weekdays=weekdays, interval=number) if weekdays and 1 <= number <= 52 else None


def _each_second_week(said: re.Match[str], now: datetime) -> Days | None:
    weekdays = _weekdays(said["weekdays"]) if said["weekdays"] else (now.astimezone(SHANGHAI).weekday(),)
    return Weekly(weekdays=weekdays, interval=2) if weekdays else None


def _each_week(said: re.Match[str], now: datetime) -> Days | None:
    weekdays = _weekdays(said["weekdays"]) if said["weekdays"] else (now.astimezone(SHANGHAI).weekday(),)
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


def _each_month(said: re.Match[str], now: datetime) -> Days | None:
    return _of_months(said, tuple(range(1, 13)))


def _each_nth_month(said: re.Match[str], now: datetime) -> Days | None:
    """Return days of each second, third … month, from the first that is to come on."""
    number = 6 if said["half"] else _interval(said) + (1 if said["between"] else 0)
    if number not in {1, 2, 3, 4, 6, 12}:
        return None
    if said["half"] and not (said["days"] or said["nth"]):
        return Monthly(days=(1,), months=(1, 7))
    every = _of_months(said, tuple(range(1, 13)))
    if every is None:
        return None
    first = Recurrence(days=every, clocks=(UNSAID,)).next(now)
    month = first.month if first else 1
    return _of_months(said, tuple(one for one in range(1, 13) if (one - month) % number == 0))


def _each_feast(said: re.Match[str], now: datetime) -> Days | None:
    number = 0 if not said["side"] else value_of(said["number"]) if said["number"] else 1
    name = festivals.name_of(said["feast"])
    if not name or number > AROUND:
        return None
    return Feast(name=name, days=-number if said["side"] in {"前", "前夕"} else number)


def _each_lunar(said: re.Match[str], now: datetime) -> Days | None:
    days = tuple(sorted({LUNAR_DAYS.index(one) + 1 for one in re.findall(_LUNAR_DAY, said["days"])}))
    return Lunar(days=days)


def _each_lunar_year(said: re.Match[str], now: datetime) -> Days | None:
    month = {"正": 1, "冬": 11, "腊": 12}.get(said["month"]) or value_of(said["month"])
    named = said["day"].rstrip("日号")
    day = LUNAR_DAYS.index(named) + 1 if named in LUNAR_DAYS else value_of(named)
    return Lunar(days=(day,), month=month) if 1 <= month <= 12 and 1 <= day <= 30 else None


def _each_quarter(said: re.Match[str], now: datetime) -> Days | None:
    which = said["which"]
    if which is None:  # 每季度最后一天 is in its last month, 每季度5号 in its first
        is_last = (said["days"] and _month_days(said["days"]) == (-1,)) or (said["nth"] and _ORDINALS[said["nth"]] == -1)
        which = "末" if is_last else "首"
    return _of_months(said, _QUARTER_STARTS["首二末".index(which) if which in "首末" else value_of(which) - 1])


def _each_year(said: re.Match[str], now: datetime) -> Days | None:
    if said["month"] is None:
        days = _month_days(said["days"]) if said["days"] else ()
        return Monthly(days=days, months=(1 if days == (1,) else 12,)) if days in {(1,), (-1,)} else None
    months = {value_of(one) for one in re.findall(NUMBER, said["month"])}
    return _of_months(said, tuple(sorted(months))) if months <= set(range(1, 13)) else None


def _of_months(said: re.Match[str], months: tuple[int, ...]) -> Days | None:
    if said["nth"] and said["nth_workday"]:
        return NthWorkday(nth=_ORDINALS[said["nth"]], months=months)
    if said["nth"]:
        return NthWeekday(nth=_ORDINALS[said["nth"]], weekday=_weekday(said["nth_weekday"]), months=months)
    days = _month_days(said["days"]) if said["days"] else (1,)
    return Monthly(days=days, months=months) if days else None


def _month_days(said: str) -> tuple[int, ...]:
    """Return 1, 15 for 1号、15号, -1 for the last day, -2 for the one before; nothing where no month has such a day."""
    if said[0] in "单双":
        return ODD if said[0] == "单" else EVEN
    found: set[int] = set()
    for part in re.split(_BETWEEN, said):
        first, last = (
            (_month_day(one) for one in (re.split("[到至~-]", part) * 2)[:2])
            if re.search("[到至~-]", part)
            else (_month_day(part),) * 2
        )
        if not (first and last) or first > last or (first < 0 and first != last):
            return ()
        found |= set(range(first, last + 1))
    return tuple(sorted(found, key=lambda day: day % 100))


def _month_day(said: str) -> int:
    """Return the number of a day, -1 for the last, 0 where no month has it."""
    if said.startswith("倒数"):
        number = value_of(said.removeprefix("倒数").removeprefix("第").rstrip("天日"))
        return -number if 1 <= number <= 31 else 0
    if said.startswith("最后") or said.endswith(("底", "末", "尾")):
        return -1
    if said[0] in "第头" or said.endswith("初"):
        return 1
    number = value_of(said.rstrip("号日"))
    return number if 1 <= number <= 31 else 0


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Days | None]], ...] = (
    (re.compile(r"每?(?:法定)?(?:工作日|上班日)"), lambda said, now: Workdays()),
    (re.compile(r"每?(?:休息日|非工作日)"), lambda said, now: DaysOff()),
    (re.compile(r"每?(?:法定)?(?:节假日|假日)"), lambda said, now: DaysOff(is_holiday=True)),
    (re.compile(rf"(?:每?(?P<between>隔)(?=[一二两三四五六七八九十0-9])|每|逢|(?=隔)){_INTERVAL}[天日]"), _each_nth_day),
    (re.compile(rf"每[天日]|{EVERY_DAY}|日日|每(?=[早晚中傍])"), lambda said, now: Daily()),
    (re.compile(r"每半个?月"), lambda said, now: Monthly(days=(1, 15))),
    (
        re.compile(
            rf"(?:每?(?P<between>隔)(?=[一二两三四五六七八九十0-9])|每|(?=隔))(?:(?P<half>半)年|{_INTERVAL}个?月)的?(?:{_NTH}|{_MONTH_DAYS})?"
        ),
        _each_nth_month,
    ),
    (
        re.compile(rf"(?:每?(?P<between>隔)(?=[一二两三四五六七八九十0-9])|每|逢|(?=隔)){_INTERVAL}个?周{_SOME_WEEKDAYS}"),
        _each_nth_week,
    ),
    (re.compile(rf"每?双周{_SOME_WEEKDAYS}"), _each_second_week),
    (re.compile(r"每(?:周周?|个)?(?:周末|双休日)"), lambda said, now: Weekly(weekdays=(5, 6))),
    (re.compile(rf"[每逢]?{_WEEKDAYS}"), _each_week),
    (re.compile(r"每周(?P<weekdays>(?!\S))?(?=$|[早上中下晚傍凌半,，]|[0-9一二两三四五六七八九十]{1,3}[点:时])"), _each_week),
    (re.compile(rf"(?:每月)?(?:{_FARMERS}(?:每月)?|(?=[^号日点]{{0,12}}[初廿])){_LUNAR_DAYS}(?![号日点])"), _each_lunar),
    (re.compile(rf"每年{_FARMERS}(?P<month>[正冬腊]|{NUMBER})月(?P<day>{_LUNAR_DAY}|{NUMBER}[日号]?)"), _each_lunar_year),
    (re.compile(rf"每月(?:{_NTH}|{_MONTH_DAYS})"), _each_month),
    (re.compile(rf"逢(?=(?:{NUMBER})[号日]|[单双]){_MONTH_DAYS}(?P<nth>(?!))?"), _each_month),
    (re.compile(r"(?:每月)?(?P<days>[单双](?:号|日|数日|数号))(?P<nth>(?!))?"), _each_month),
    (re.compile(r"每月(?P<days>(?!))?(?P<nth>(?!))?(?=$|[早上中下晚傍凌半,，])"), _each_month),
    (re.compile(rf"每(?:个)?季度?(?:第?(?P<which>[一二三123首末])个?月)?(?:{_NTH}|{_MONTH_DAYS})?"), _each_quarter),
    (
        re.compile(rf"每年(?P<feast>{_FEAST_NAMES})(?:的?(?:当[天日]|(?P<side>前夕?|后)(?:(?P<number>{NUMBER})?[天日])?))?"),
        _each_feast,
    ),
    (re.compile(rf"每年(?:(?P<month>{NUMBER}(?:月?{_BETWEEN}{NUMBER})*)月)?(?:{_NTH}|{_MONTH_DAYS})"), _each_year),
)


# ------------------------------------------------------------------ at which times


def _clocks(text: str, words: str) -> tuple[time, ...]:
    """Return the times of the clock that the whole rest of the words names, in order."""
    text = re.sub(r"早晚各?(?=[\d一二两三四五六七八九十])([^、,，和]{1,6})", r"早上\1、晚上\1", text)
    text = re.sub(r"([早晚])(\d{1,2})(?![\d点:时.])", r"\1\2点", text)
    found: list[int] = []
    part, place = "", _end(_FILLER, text, 0)
    while place < len(text):
        clock = _clock(text, place, part, found)
        alone = clocks.read_part(text, place, has_day=True) if clock is None else None
        if alone and alone.stop == len(text):
            raise no_clock(words, text[place:])
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


#: What is proposed to who says a part of the day alone.
_OF_PART = (("中午", "12点"), ("晌午", "12点"), ("下午", "3点"), ("午后", "3点"), ("傍晚", "6点"), ("晚", "7点"), ("凌晨", "5点"), ("半夜", "0:00"), ("夜", "0:00"), ("晨", "7点"), ("上午", "9点"))  # fmt: skip


def no_clock(words: str, part: str = "") -> Refusal:
    """Return what is said to who names a day, or a part of it, and no time of the clock."""
    said = words.strip()
    clock = next((clock for sign, clock in _OF_PART if sign in part), "8点")
    whole = f"{said[:20]}{clock}" if ":" not in clock else f"{said[:20].removesuffix(part)} {clock}"
    return Refusal(
        tr("“{strip}”没有写几点。请写上钟点，例如：{whole}。", strip=said[:40], whole=whole),
        english=f"{said[:20]!r} names no time of the clock; write it behind, such as {whole}",
    )


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
