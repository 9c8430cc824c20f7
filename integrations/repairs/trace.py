"""Why a ticket is due when it is, line by line as staff read it: from when, how long by which clock, what does not count, where that comes from."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.contract import Desk, tr, tr_all
from bot.contract.workdays import holiday_of, is_announced, is_made_up
from integrations.repairs.clock import Term, term_of
from integrations.repairs.models import CATEGORY_WORDS, PAUSED, STATE_WORDS, Ticket
from integrations.repairs.profiles import URGENT
from integrations.repairs.worktime import Measure


def explain(desk: Desk, ticket: Ticket) -> Sequence[str]:
    """Return the lines; the last says when it is due, unless its clock stands still."""
    term = term_of(ticket)
    return [*_lines(desk, term, is_agreed=ticket.agreed_at is not None), *_ends(desk, ticket)]


def _lines(desk: Desk, term: Term, *, is_agreed: bool) -> Iterator[str]:
    yield desk.words(tr("从{t}起算"), t=term.begins)
    if term.appointment_at is not None:
        said = (
            tr("约好{t}上门，算到约好的时间以后两小时，上门要更久的算到做完")
            if is_agreed
            else tr("住户希望{t}上门，算到那以后两小时，上门要更久的算到做完")
        )
        yield desk.words(said, t=term.appointment_at)
    elif term.profile is None:
        yield tr("这张工单是以前开的，没有记下当时怎么算的期限")
    else:
        what = tr("急修") if term.row == URGENT else CATEGORY_WORDS.get(term.row, term.row)
        yield tr("{what}：{words}。出处：{source}", what=what, words=term.profile.words, source=term.profile.source)
    if term.measure is Measure.WORK:
        opens, closes = f"{term.hours.opens:%H:%M}", f"{term.hours.closes:%H:%M}"
        yield tr("工作时间：工作日 {opens} 到 {closes}，周末和放假不计", opens=opens, closes=closes)
        yield from _days_off(term)
    if term.rounds and term.at() != (exact := term.clock.after(term.begins, term.length)):
        yield desk.words(tr("算到{t}，往后凑到整点（9 点到 21 点之间）"), t=exact)
    for wait in term.waits:
        yield desk.words(tr("{state}：{t}到{end}，不计"), state=STATE_WORDS[wait.state], t=wait.begins, end=wait.ends)


def _days_off(term: Term) -> Iterator[str]:
    """Say which holidays and made-up weekends lie in between, and warn where nobody has announced them yet."""
    first, last = term.begins.date(), term.at().date()
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for name, days in _holidays(between):
        yield tr("{days}{name}放假，不计", days=_said(days), name=name)
    if made_up := [day for day in between if is_made_up(day)]:
        yield tr("{days}是周末，调休上班，照算", days=tr_all("、", map(_day, made_up)))
    for year in sorted({day.year for day in between if not is_announced(day)}):
        yield tr(
            "注意：{year} 年怎么放假、怎么调休，国务院还没有公布（或者系统还不知道），先按法定节日和周末算，公布以后可能有出入",
            year=year,
        )


def _holidays(between: Sequence[date]) -> Iterator[tuple[str, Sequence[date]]]:
    names = dict.fromkeys(holiday_of(day) for day in between if holiday_of(day) and not is_made_up(day))
    for name in names:
        yield name, [day for day in between if holiday_of(day) == name and not is_made_up(day)]


def _said(days: Sequence[date]) -> str:
    return _day(days[0]) if len(days) == 1 else tr("{first}到{last}", first=_day(days[0]), last=_day(days[-1]))


def _day(day: date) -> str:
    return tr("{month}月{day}日", month=day.month, day=day.day)


def _ends(desk: Desk, ticket: Ticket) -> Iterator[str]:
    if ticket.state in PAUSED and ticket.paused_at is not None:
        yield desk.words(tr("{t}起{state}，期限停着，接着修时再往后推"), t=ticket.paused_at, state=STATE_WORDS[ticket.state])
        return
    yield desk.words(tr("所以最晚{t}"), t=ticket.due_at)
    if ticket.promised_at is not None:
        yield desk.words(tr("超时以后告诉住户的新期限：{t}"), t=ticket.promised_at)
