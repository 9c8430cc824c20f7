"""Rules as cron writes them, for who keeps such lines: minute hour day month weekday. Pure."""

import re
from collections.abc import Sequence
from datetime import time

from bot.errors import Refusal
from bot.language.recurrence.rule import MOST, Both, Daily, Monthly, Recurrence, Weekly, too_often
from bot.translation import tr

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: Name, least and greatest value of each field, and the names that stand for numbers.
_FIELDS: Sequence[tuple[str, int, int, Sequence[str]]] = (
    (tr("分"), 0, 59, ()), (tr("时"), 0, 23, ()), (tr("日"), 1, 31, ()), (tr("月"), 1, 12, _MONTHS), (tr("星期"), 0, 6, _WEEKDAYS),
)  # fmt: skip

_PART = re.compile(r"(?:\*|(?P<first>\d+|[a-z]+)(?:-(?P<last>\d+|[a-z]+))?)(?:/(?P<step>\d+))?")
_DIGIT = re.compile(r"\d")

#: Characters of a line; nobody writes a longer one.
_LONGEST = 200


def read(line: str) -> Recurrence:
    """Return the rule of a line that somebody writes today.

    Raises Refusal for what cannot be read, what two programs would read in two ways, and what comes more than MOST times a day.
    """
    fields = line.split()
    if len(fields) != len(_FIELDS) or len(line) > _LONGEST:
        raise Refusal(
            tr(
                "周期“{line}”应有五段：分 时 日 月 星期，例如 0 9 * * mon（每周一 9:00）。也可以直接写：每周一早上九点。",
                line=line[:40],
            ),
            english=f"cron {line[:40]!r} has {len(fields)} fields; it takes minute hour day month weekday, such as 0 9 * * mon",
        )
    if _DIGIT.search(fields[4]):
        raise Refusal(
            tr("周期“{line}”的星期请用 mon tue wed thu fri sat sun，不要用数字（各种软件对数字的理解不一样）。", line=line),
            english=f"cron {line!r} numbers its weekday, which programs read differently; write mon tue wed thu fri sat sun",
        )
    if "*" not in (fields[2], fields[4]):
        raise Refusal(
            tr("周期“{line}”既写了几号又写了星期几，各种软件的理解不一样。请只写一个，另一个写 *。", line=line),
            english=f"cron {line!r} names days of the month and weekdays, which programs join differently; leave one of them *",
        )
    rule = kept(line)
    if len(rule.clocks) > MOST:
        raise too_often(str(len(rule.clocks)))
    return rule


def kept(line: str) -> Recurrence:
    """Return the rule of a line that was kept before: it goes on as it did, however often it comes."""
    values = [_values(line, field, *about) for field, about in zip(line.lower().split(), _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = values
    clocks = tuple(time(hour, minute) for hour in hours for minute in minutes)
    is_each_day, is_each_weekday, is_each_month = len(days) == 31, len(weekdays) == 7, len(months) == 12
    monthly, weekly = Monthly(days=days, months=months), Weekly(weekdays=weekdays)
    if is_each_weekday:
        return Recurrence(days=Daily() if is_each_day and is_each_month else monthly, clocks=clocks)
    return Recurrence(days=weekly if is_each_day and is_each_month else Both(monthly=monthly, weekly=weekly), clocks=clocks)


def _values(line: str, field: str, name: str, least: int, greatest: int, names: Sequence[str]) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        if name == "日" and part == "last":
            found.add(-1)
            continue
        said = _PART.fullmatch(part)
        if said is None:
            raise _unreadable(line, field, name)
        first, last, step = (said[group] for group in ("first", "last", "step"))
        begin = least if first is None else _number(first, least, names)
        end = greatest if first is None or (step and last is None) else _number(last or first, least, names)
        if begin is None or end is None or not least <= begin <= end <= greatest or step == "0":
            raise _unreadable(line, field, name)
        found |= set(range(begin, end + 1, int(step or 1)))
    return tuple(sorted(found, key=lambda value: value % 100))  # the last day behind the others


def _number(said: str, least: int, names: Sequence[str]) -> int | None:
    if said.isdigit():
        return int(said)
    return names.index(said) + least if said in names else None


def _unreadable(line: str, field: str, name: str) -> Refusal:
    return Refusal(
        tr(
            "周期“{line}”里的“{field}”写得不对，它是{name}。例如 0 9 1 * * 是每月1号 9:00。也可以直接写：每月1号 9点。",
            line=line,
            field=field,
            name=name,
        ),
        english=f"cron {line!r} cannot be read at {field!r}; write it as 0 9 1 * * (09:00 on the first of each month)",
    )
