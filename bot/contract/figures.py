"""Figures: what is measured by week or month, declared by whoever owns the facts, shown together on one page.

A figure counts anew from events and rows whenever somebody looks: nothing is summed up ahead, so that what is shown can be checked. Its
function gives samples, one for each row or, better, for each group that the database has counted; this file makes numbers of them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, case, literal, select
from sqlmodel import col

from bot.contract.work import Work
from bot.model import SHANGHAI
from bot.store.people import Household, Resident
from bot.translation import DAY, MONTH, Moment, made_of, tr

#: From how many minutes on a wait is told in hours, and in days.
IN_HOURS, IN_DAYS = 120, 48 * 60

#: Fen of a yuan.
FEN = 100

#: Whole periods that a year is reckoned from, at least; and the hours that somebody works in one.
WHOLE, WORKED = 3, 2_000


class Unit(StrEnum):
    """What a figure's numbers are, and so how samples are joined."""

    COUNT = "次"  # values added up
    SHARE = "%"  # values of all that there were
    SCORE = "分"  # the mean
    WAIT = "等待"  # the median of minutes, one sample each
    MINUTES = "分钟"  # minutes added up
    MONEY = "元"  # fen added up


#: Units whose numbers are added up.
_SUMS = (Unit.MINUTES, Unit.MONEY)


class Step(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Period:
    """A week from Monday, or a month, in Asia/Shanghai; `ends` is the first day after it."""

    begins: date
    ends: date
    step: Step = Step.WEEK

    @property
    def label(self) -> str:
        """What it is called: 3月2日起, 2026年3月."""
        return (
            Moment.of(f"{self.begins.year}年{self.begins.month}月", self.begins, MONTH)
            if self.step is Step.MONTH
            else tr("{day}起", day=Moment.of(f"{self.begins.month}月{self.begins.day}日", self.begins, DAY))
        )


def periods(step: Step, number: int, today: date) -> tuple[Period, ...]:
    """Return the last periods, the oldest first; the one that goes on comes last."""
    begins = today - timedelta(days=today.weekday()) if step is Step.WEEK else today.replace(day=1)
    ends = begins + timedelta(days=7) if step is Step.WEEK else _after(begins)
    found = [Period(begins=begins, ends=ends, step=step)]
    while len(found) < number:
        ends = found[0].begins
        begins = ends - timedelta(days=7) if step is Step.WEEK else (ends - timedelta(days=1)).replace(day=1)
        found.insert(0, Period(begins=begins, ends=ends, step=step))
    return tuple(found)


def _after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for: periods that follow each other, and the one building that is meant, empty for all."""

    periods: Sequence[Period]
    building: str = ""

    @property
    def begins(self) -> datetime:
        """The first moment that is meant."""
        return _midnight(self.periods[0].begins)

    @property
    def ends(self) -> datetime:
        """The first moment that is not meant any more."""
        return _midnight(self.periods[-1].ends)

    def within(self, at: Any) -> ColumnElement[bool]:
        """Return the condition that a moment is meant; an index of the column serves it."""
        return (col(at) >= self.begins) & (col(at) < self.ends)

    def number(self, at: Any) -> ColumnElement[int]:
        """Return the place of a moment's period among those asked for, for GROUP BY."""
        return self._placed(col(at), [_midnight(one.ends) for one in self.periods])

    def number_of_day(self, day: Any) -> ColumnElement[int]:
        """Return the same for a column that holds a day."""
        return self._placed(col(day), [one.ends for one in self.periods])

    @staticmethod
    def _placed(value: Any, ends: Sequence[Any]) -> ColumnElement[int]:
        *before, _ = ends
        if not before:
            return literal(0)
        return case(*((value < end, number) for number, end in enumerate(before)), else_=len(before))

    def place(self, day: date) -> int:
        """Return the place of a day's period."""
        return next(number for number, one in enumerate(self.periods) if day < one.ends)

    def end_of(self, number: int) -> datetime:
        """Return the first moment after a period."""
        return _midnight(self.periods[number].ends)

    def lives(self, household_id: Any) -> Sequence[ColumnElement[bool]]:
        """Return the conditions that a flat stands in the building; none where all are meant."""
        if not self.building:
            return ()
        return (col(household_id).in_(select(col(Household.id)).where(col(Household.building) == self.building)),)

    def speaks(self, resident_id: Any) -> Sequence[ColumnElement[bool]]:
        """Return the conditions that a resident speaks for a flat of the building; none where all are meant."""
        if not self.building:
            return ()
        return (col(resident_id).in_(select(col(Resident.id)).where(*self.lives(Resident.household_id))),)


@dataclass(frozen=True)
class Sample:
    """What was measured in a period: a number, or how many `of` so many; `part` names the row it belongs to, where there are several."""

    period: int
    value: float
    of: int = 1
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One thing that is measured. `definition` says in plain words what is counted and what is not."""

    key: str  # repair.solved
    title: str
    definition: str
    unit: Unit
    run: Callable[[Work, Asked], Iterable[Sample]]
    by_building: bool = False
    parts: Sequence[str] = ()  # the rows that are always there
    is_ranking: bool = False  # many parts, held against each other over the whole time
    adds_up: bool = False  # the parts are shares of one whole
    is_level: bool = False  # how things stand at the end of a period: over the whole time the last one holds
    notes: Callable[[Work], Sequence[tuple[str, str]]] | None = None  # what its numbers rest on: (what, where from)

    @property
    def is_summed(self) -> bool:
        """Whether a number of it is a sum, so that a bar of twice the length is twice as much."""
        return self.unit in (Unit.COUNT, *_SUMS)


def figure(
    key: str, title: str, definition: str, unit: Unit, *, by_building: bool = False, parts: Sequence[str] = (), is_ranking: bool = False,
    adds_up: bool = False, is_level: bool = False, notes: Callable[[Work], Sequence[tuple[str, str]]] | None = None,
) -> Callable[[Callable[[Work, Asked], Iterable[Sample]]], Figure]:  # fmt: skip
    """Make a function a figure; it gives samples for the periods asked for."""
    return lambda run: Figure(
        key=key, title=title, definition=definition, unit=unit, run=run, by_building=by_building, parts=parts, is_ranking=is_ranking,
        adds_up=adds_up, is_level=is_level, notes=notes,
    )  # fmt: skip


@dataclass(frozen=True)
class Number:
    """One number: None where nothing was measured; `of` says what it rests on."""

    unit: Unit
    value: float | None
    of: int = 0

    @property
    def words(self) -> str:
        """How people read it: 92%（46/50）, 4.6 分（18 次）, 35 分钟（12 次）, 没有数据."""
        if self.value is None:
            return tr("没有数据")
        match self.unit:
            case Unit.SHARE:
                return tr("{share:.0%}（{some}/{of}）", share=self.value, some=round(self.value * self.of), of=self.of)
            case Unit.SCORE:
                return tr("{self_said:.1f} 分（{of} 次）", self_said=self.value, of=self.of)
            case Unit.WAIT:
                return tr("{say}（{of} 次）", say=_say(self.value), of=self.of)
            case Unit.MINUTES:
                return tr("{say}（{of} 次）", say=_say(self.value), of=self.of)
            case Unit.MONEY:
                return tr("{yuan:,.2f} 元（{of} 笔）", yuan=self.value / FEN, of=self.of)
        return f"{self.value:,.0f}"

    @property
    def short(self) -> str:
        """The same without what it rests on."""
        return made_of(self.words, lambda said, _: re.split(r" ?[（(]", said)[0])

    @property
    def basis(self) -> str:
        """What it rests on: （46/50）; empty for a count."""
        return made_of(self.words, lambda said, _: said[len(re.split(r" ?[（(]", said)[0]) :])

    @property
    def plain(self) -> str:
        """The number alone, as a table for machines has it: 0.92, 4.6, minutes, yuan; empty where nothing was measured."""
        if self.value is None:
            return ""
        return f"{self.value / FEN if self.unit is Unit.MONEY else self.value:.4f}".rstrip("0").rstrip(".")


def _say(minutes: float) -> str:
    if abs(minutes) < IN_HOURS:
        return tr("{minutes:.0f} 分钟", minutes=minutes)
    return (
        tr("{minutes:,.1f} 小时", minutes=minutes / 60)
        if abs(minutes) < IN_DAYS * 7
        else tr("{minutes:,.0f} 小时", minutes=minutes / 60)
    )


@dataclass(frozen=True, kw_only=True)
class Row:
    """One part of a figure through all periods, and over the whole time."""

    part: str
    numbers: Sequence[Number]
    whole: Number


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A figure with its numbers."""

    figure: Figure
    asked: Asked
    rows: Sequence[Row] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was measured in all the time."""
        return all(row.whole.value is None for row in self.rows)

    @property
    def yearly(self) -> str:
        """What minutes that are saved come to in a year, as the whole periods have it; empty for all else, and from too few of them."""
        if self.figure.unit is not Unit.MINUTES or self.figure.is_ranking or len(self.rows) != 1:
            return ""
        *whole, _ = zip(self.asked.periods, self.rows[0].numbers, strict=True)
        measured = [(period, number.value) for period, number in whole if number.value is not None]
        if len(measured) < WHOLE:
            return ""
        days = sum((period.ends - period.begins).days for period, _ in measured)
        hours = sum(value for _, value in measured) / 60 * 365 / days
        return tr(
            "照已经过完的 {number} 个时间段算，一年约省 {hours:,.0f} 小时，相当于 {people:.1f} 个人整年的工时（一年按 {worked:,} 小时）。",
            number=len(measured), hours=hours, people=hours / WORKED, worked=WORKED,
        )  # fmt: skip


def measure(work: Work, figure: Figure, asked: Asked) -> Measured:
    """Count a figure for the periods asked for."""
    samples: dict[str, list[list[Sample]]] = {part: [[] for _ in asked.periods] for part in figure.parts or ()}
    for sample in figure.run(work, asked):
        samples.setdefault(sample.part, [[] for _ in asked.periods])[sample.period].append(sample)
    if not samples:
        samples[""] = [[] for _ in asked.periods]
    began = min((n for kept in samples.values() for n, found in enumerate(kept) if found), default=len(asked.periods))
    rows = [
        Row(
            part=part, numbers=[_joined(figure.unit, found, is_measured=n >= began) for n, found in enumerate(kept)],
            whole=_joined(figure.unit, _over(figure, kept), is_measured=began < len(asked.periods)),
        )
        for part, kept in samples.items()
    ]  # fmt: skip
    if figure.is_ranking:
        rows.sort(key=lambda row: (-(row.whole.of if figure.unit not in _SUMS else row.whole.value or 0), row.part))
    return Measured(figure=figure, asked=asked, rows=rows)


def _over(figure: Figure, kept: Sequence[Sequence[Sample]]) -> Sequence[Sample]:
    """Return the samples that stand for the whole time."""
    if figure.is_level:
        return next((found for found in reversed(kept) if found), ())
    return [one for found in kept for one in found]


def _joined(unit: Unit, samples: Sequence[Sample], *, is_measured: bool) -> Number:
    of = sum(one.of for one in samples)
    if unit is Unit.COUNT:  # what happened never was counted, too: as nought, once anything was counted at all
        return Number(unit, sum(one.value for one in samples) if is_measured else None, of)
    if not of:
        return Number(unit, None)
    if unit is Unit.WAIT:
        return Number(unit, median(one.value for one in samples), of)
    total = sum(one.value for one in samples)
    return Number(unit, total if unit in _SUMS else total / of, of)
