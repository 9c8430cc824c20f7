"""Figures: periods as people count them, and numbers that say what they rest on, or that nothing was measured."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

import pytest

from bot.contract import Work, figure
from bot.contract.figures import Asked, Measured, Number, Sample, Step, Unit, measure, periods

TODAY = date(2026, 3, 11)  # a Wednesday
FOUR_WEEKS = Asked(periods=periods(Step.WEEK, 4, TODAY))


def measured(unit: Unit, samples: Iterable[Sample], parts: Sequence[str] = (), *, is_ranking: bool = False) -> Measured:
    one = figure("a.b", "一项", "怎么算的", unit, parts=parts, is_ranking=is_ranking)(lambda work, asked: samples)
    return measure(cast(Work, None), one, FOUR_WEEKS)


def words(found: Measured) -> list[str]:
    return [number.words for number in found.rows[0].numbers]


def test_weeks_begin_on_monday_and_the_one_that_goes_on_comes_last() -> None:
    found = periods(Step.WEEK, 3, TODAY)

    assert [(one.begins, one.ends) for one in found] == [
        (date(2026, 2, 23), date(2026, 3, 2)), (date(2026, 3, 2), date(2026, 3, 9)), (date(2026, 3, 9), date(2026, 3, 16)),
    ]  # fmt: skip
    assert [one.label for one in found] == ["2月23日起", "3月2日起", "3月9日起"]


def test_a_monday_belongs_to_the_week_that_begins() -> None:
    assert periods(Step.WEEK, 1, date(2026, 3, 9))[0].begins == date(2026, 3, 9)


def test_months_follow_each_other_over_the_end_of_a_year() -> None:
    found = periods(Step.MONTH, 4, date(2026, 2, 28))

    assert [one.label for one in found] == ["2025年11月", "2025年12月", "2026年1月", "2026年2月"]
    assert all(first.ends == second.begins for first, second in itertools.pairwise(found))


def test_a_day_finds_its_period() -> None:
    assert [FOUR_WEEKS.place(day) for day in (date(2026, 2, 16), date(2026, 2, 22), date(2026, 2, 23), TODAY)] == [0, 0, 1, 3]


def test_a_share_says_of_how_many() -> None:
    assert words(measured(Unit.SHARE, [Sample(0, 3, 4), Sample(0, 0, 4), Sample(2, 1)])) == [
        "38%（3/8）", "没有数据", "100%（1/1）", "没有数据",
    ]  # fmt: skip


def test_nothing_measured_is_no_nought() -> None:
    found = measured(Unit.COUNT, [])

    assert words(found) == ["没有数据"] * 4
    assert found.is_empty


def test_what_was_counted_once_is_nought_afterwards_and_unknown_before() -> None:
    assert words(measured(Unit.COUNT, [Sample(1, 1200)])) == ["没有数据", "1,200", "0", "0"]


def test_a_wait_is_the_median_so_that_one_long_one_hides_nothing() -> None:
    found = measured(Unit.WAIT, [Sample(0, 10), Sample(0, 20), Sample(0, 900), Sample(1, 300)])

    assert words(found)[:2] == ["20 分钟（3 次）", "5.0 小时（1 次）"]
    assert found.rows[0].whole.words == "2.7 小时（4 次）"


def test_minutes_saved_add_up_also_where_a_talk_took_longer() -> None:
    assert words(measured(Unit.MINUTES, [Sample(0, 12, 2), Sample(0, -4, 1)]))[0] == "8 分钟（3 次）"


def test_parts_are_there_though_nothing_was_measured_of_them() -> None:
    found = measured(Unit.SHARE, [Sample(0, 1, 2, "一次听懂")], ("一次听懂", "没听懂"))

    assert [row.part for row in found.rows] == ["一次听懂", "没听懂"]
    assert found.rows[1].whole.value is None


def test_a_ranking_begins_with_the_greatest() -> None:
    samples = [Sample(0, 5, 1, "少"), Sample(1, 70, 9, "多"), Sample(2, 20, 9, "中")]

    assert [row.part for row in measured(Unit.MINUTES, samples, is_ranking=True).rows] == ["多", "中", "少"]


@pytest.mark.parametrize(("number", "plain"), [
    (Number(Unit.SHARE, 0.9, 10), "0.9"), (Number(Unit.COUNT, 120, 120), "120"), (Number(Unit.WAIT, 12.25, 4), "12.25"),
    (Number(Unit.SCORE, None), ""),
])  # fmt: skip
def test_machines_read_the_number_alone(number: Number, plain: str) -> None:
    assert number.plain == plain


def test_of_a_level_the_last_one_holds() -> None:
    level = figure("a.b", "一项", "怎么算的", Unit.SHARE, is_level=True)(lambda work, asked: [Sample(0, 1, 10), Sample(2, 6, 10)])

    assert measure(cast(Work, None), level, FOUR_WEEKS).rows[0].whole.words == "60%（6/10）"
