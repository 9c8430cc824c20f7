"""When something is to go out, as staff write it: plain words, fields of a form, a line of cron; and as it is shown to them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.errors import Refusal
from bot.language import times
from bot.language.recurrence import Holidays, Recurrence, cron, spoken
from bot.language.recurrence.rule import WEEKDAYS, Daily, Monthly, Weekly, Workdays, day_words
from bot.store.occurrences import GRACE, SHOWN, Coming, Plan
from bot.translation import DAY, DAY_OF_YEAR, Moment, tr

#: What becomes of a time that falls on a holiday, by what people call it.
HOLIDAYS: Mapping[str, str] = {Holidays.SEND: tr("照发"), Holidays.SKIP: tr("跳过"), Holidays.POSTPONE: tr("顺延到下一个工作日")}

#: What becomes of a weekend that is worked instead of another day.
WORKED: Mapping[str, str] = {"": tr("照发"), Holidays.SKIP: tr("跳过")}

#: What can be picked as a recurrence, by what people call it.
REPEATS: Mapping[str, str] = {
    "day": tr("每天"), "workday": tr("工作日"), "week": tr("每周"), "fortnight": tr("每两周"), "month": tr("每月"), "quarter": tr("每季度"), "year": tr("每年"),
}  # fmt: skip

#: The last day of a month or a quarter, as forms send it.
LAST = "last"

_CRON = re.compile(r"[\d*/,a-z -]*\*[\d*/,a-z -]*")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_NOW = re.compile(r"(?:现在|马上|立刻|立即|当下|即刻|这就)(?:就?发|发送|发出)?")
_EDGES = re.compile(r"(?:本|这个?|下个?)?[月年][底末初]|[上中下]旬|(?<![每双])(?:这个?|本|下个?)?周末")
_PART = re.compile(r"[早晚晨夜昏]|[上下中正]午|凌晨|午后|[ap]m", re.IGNORECASE)
_SHORT = re.compile(r"(?<![\d:：.\-/])(\d)(?=[:：][0-5]\d)")
_FILLER = re.compile(r"[\s,，。、的]|发出?|发送|通知|再|在")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A plan as people check it: the rule in words, its next times, and what they should know of them."""

    said: str
    times: Sequence[str]
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What is picked beside a rule, where its own words say nothing of it: what holidays and worked weekends change, its last day."""

    holidays: str = ""
    worked: str = ""
    until: str = ""  # as a browser's field for a date says it

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Choices":
        """Return what a form has picked."""
        return cls(holidays=form.get("holidays", ""), worked=form.get("worked", ""), until=form.get("last-day", "").strip())

    def on(self, rule: Recurrence, now: datetime) -> Recurrence:
        """Return the rule with what was picked."""
        if self.holidays and self.holidays not in HOLIDAYS:
            raise Refusal(
                tr("请选碰到节假日怎么办：照发、跳过或顺延。"), english=f"{self.holidays!r} is none of {', '.join(HOLIDAYS)}"
            )
        if self.worked and self.worked not in WORKED:
            raise Refusal(tr("请选调休上班的周末怎么办：照发或跳过。"), english=f"{self.worked!r} is none of {', '.join(WORKED)}")
        picked = rule
        if self.holidays and rule.holidays is Holidays.SEND:
            picked = replace(picked, holidays=Holidays(self.holidays))
        if self.worked == Holidays.SKIP:
            picked = replace(picked, skips_worked=True)
        if self.until and rule.ends is None:
            picked = replace(picked, ends=_last_day(self.until))
        return rule if picked == rule else picked.checked(now)


def by_words(words: str, now: datetime, *, choices: Choices | None = None, grace: timedelta = GRACE) -> Plan:
    """Return the plan that is said: 每周一早上八点, 明天下午三点, 0 9 * * mon. Raises Refusal for what cannot be read whole."""
    words = words.strip()
    if _CRON.fullmatch(words.lower()):
        return Plan(rule=(choices or Choices()).on(cron.read(words).checked(now), now), grace=grace)
    if spoken.recurs(words):
        return Plan(rule=(choices or Choices()).on(spoken.read(words, now), now), grace=grace)
    due_at = once(words, now)
    if due_at <= now:
        is_weekday = re.match("周|星期|礼拜", words) is not None
        instead = f"下{words}" if is_weekday else tr("明天 {at:%H:%M}", at=due_at)
        raise Refusal(
            tr(
                "“{words}”是{say}，已经过了。请写以后的时间，例如：{instead}。",
                words=words[:40],
                say=say(due_at, now),
                instead=instead,
            ),
            english="the time to send is over; name one that is yet to come",
        )
    return Plan(due_at=due_at, grace=grace)


def by_rule(words: str, now: datetime, *, choices: Choices | None = None, grace: timedelta = GRACE) -> Plan:
    """Return the plan of a rule that is said in words or as a line of cron; raises Refusal for what comes once."""
    is_cron = _CRON.fullmatch(words.strip().lower())
    rule = cron.read(words.strip()).checked(now) if is_cron else spoken.read(words, now)
    return Plan(rule=(choices or Choices()).on(rule, now), grace=grace)


def by_fields(form: Mapping[str, str], now: datetime, *, grace: timedelta = GRACE) -> Plan:
    """Return the plan of a rule whose parts were picked: see `fields` for their names."""
    clock = _CLOCK.fullmatch(form.get("clock", "").strip())
    if form.get("every", "") not in REPEATS:
        raise Refusal(tr("请选多久发一次：每天、工作日、每周、每两周、每月、每季度或每年。"))
    if clock is None:
        raise Refusal(tr("请写周期的时间，例如 09:00。"))
    rule = spoken.read(f"{_picked_days(form)} {int(clock[1])}:{clock[2]}", now)
    return Plan(rule=Choices.of(form).on(rule, now), grace=grace)


def fields(rule: Recurrence) -> dict[str, str] | None:
    """Return the fields of a form that stand for a rule; None where they cannot say it."""
    found = _fields_of(rule)
    if found is None or len(rule.clocks) != 1 or rule.begins is not None:
        return None
    worked, until = "skip" if rule.skips_worked else "", rule.ends.isoformat() if rule.ends else ""
    return {**found, "clock": f"{rule.clocks[0]:%H:%M}", "holidays": rule.holidays.value, "worked": worked, "last-day": until}


def show(plan: Plan, now: datetime, coming: Sequence[Coming] = ()) -> Shown:
    """Return a plan as people check it; `coming` are its next times where some may be left out."""
    if plan.rule is None:
        return Shown(said="", times=[say(plan.due_at, now)] if plan.due_at else [])
    found = [one.at for one in coming] or plan.rule.coming(now, SHOWN)
    return Shown(said=plan.rule.said, times=[say(at, now) for at in found], remark=plan.rule.remark(found))


def say(at: datetime, now: datetime) -> str:
    """Return 10月10日（周六 调休上班）09:00, with its year where that is not this one."""
    year, how = ("", DAY) if at.year == now.year else (f"{at.year}年", DAY_OF_YEAR)
    day = Moment.of(f"{year}{at.month}月{at.day}日", at, how)
    return tr("{day}（{words}）{at:%H:%M}", day=day, words=day_words(at.date()), at=at)


def _last_day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Refusal(tr("请选到哪天为止，或者空着。"), field="last-day") from None


def once(words: str, now: datetime) -> datetime:
    """Return the moment that is said: 明天下午三点. Raises Refusal for what names none, several, or more than that."""
    if _NOW.fullmatch(words):
        raise Refusal(tr("要现在发，请选“现在”。"), english="to send now, name no time")
    next_day = now + timedelta(days=1)
    if edge := _EDGES.search(words):
        raise Refusal(
            tr(
                "“{edge}”是哪一天？请写日期和钟点，例如：{month}月{day}日 9:00。",
                edge=edge[0],
                month=next_day.month,
                day=next_day.day,
            ),
            english=f"{edge[0]!r} names no day; write the date and the time of the clock",
        )
    if not _PART.search(words):  # 8:00 is what a clock shows; 八点 may be tonight's
        words = _SHORT.sub(r"0\1", words)
    found = times.find(words, now)
    rest = words
    for span in reversed(found):
        rest = rest[: span.begin] + rest[span.stop :]
    if len(found) == 1 and found[0].kind in {"day", "part"} and not _FILLER.sub("", rest):
        raise spoken.no_clock(words, words)
    if len(found) != 1 or found[0].kind not in {"clock", "instant"} or _FILLER.sub("", rest):
        raise Refusal(
            tr(
                "“{words}”看不懂。发一次，请写哪天几点，例如：明天下午三点、3月20日 9:00；反复发，请写：{EXAMPLES}。",
                words=words[:40],
                EXAMPLES=spoken.EXAMPLES,
            ),
            english=f"{words[:40]!r} cannot be read; once is written as 明天下午三点 or 2026-03-11T18:00, again and again as {spoken.EXAMPLES}",
        )
    return found[0].start


def _picked_days(form: Mapping[str, str]) -> str:
    every = form["every"]
    if every in {"day", "workday"}:
        return REPEATS[every]
    if every in {"week", "fortnight"}:
        picked = "、".join(WEEKDAYS[day] for day in range(7) if form.get(f"weekday-{day}"))
        if not picked:
            raise Refusal(tr("请选星期几，可以选几个。"))
        return f"每周{picked}" if every == "week" else f"每两周周{picked}"
    if every == "quarter":
        return "每季度最后一天" if form.get("quarter-day") == LAST else "每季度第一天"
    day = form.get("day", "")
    if not (day == LAST or (day.isascii() and day.isdigit() and 1 <= int(day[:3]) <= 31)):
        raise Refusal(tr("请选几号，1 到 31，或者最后一天。"))
    named = "最后一天" if day == LAST else f"{int(day)}号"
    if every == "month":
        return f"每月{named}"
    month = form.get("month", "")
    if not (month.isascii() and month.isdigit() and 1 <= int(month[:3]) <= 12):
        raise Refusal(tr("请选几月，1 到 12。"))
    return f"每年{int(month)}月{named}"


def _fields_of(rule: Recurrence) -> dict[str, str] | None:
    match rule.days:
        case Daily(interval=1):
            return {"every": "day"}
        case Workdays():
            return {"every": "workday"}
        case Weekly(weekdays=weekdays, interval=1 | 2 as interval):
            return {"every": "week" if interval == 1 else "fortnight", **{f"weekday-{day}": "on" for day in weekdays}}
        case Monthly(days=(day,), months=months) if len(months) == 12:
            return {"every": "month", "day": _day_field(day)}
        case Monthly(days=(day,), months=(month,)):
            return {"every": "year", "day": _day_field(day), "month": str(month)}
        case Monthly() if rule.days.said in {"每季度第一天", "每季度最后一天"}:
            return {"every": "quarter", "quarter-day": _day_field(rule.days.days[0])}
    return None


def _day_field(day: int) -> str:
    return LAST if day == -1 else str(day)
