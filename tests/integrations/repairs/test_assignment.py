"""Sharing tickets out against all ways there are, tried one by one by a search that knows nothing of the method."""

from functools import cache
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.repairs.assignment import NEVER, share_out


def paid(costs: list[list[int]], waits: list[int], found: list[int | None]) -> int:
    """Return what a way costs; no column may be taken twice, nor what cannot be."""
    taken = [column for column in found if column is not None]
    assert len(taken) == len(set(taken))
    assert all(costs[row][column] < NEVER for row, column in enumerate(found) if column is not None)
    return sum(waits[row] if column is None else costs[row][column] for row, column in enumerate(found))


def least(costs: list[list[int]], waits: list[int]) -> int:
    """Return the least that any way costs: each ticket takes each column that is left, or waits."""

    @cache
    def rest(row: int, taken: int) -> int:
        if row == len(costs):
            return 0
        ways = [waits[row] + rest(row + 1, taken)]
        ways += [
            cost + rest(row + 1, taken | 1 << column)
            for column, cost in enumerate(costs[row]) if not taken >> column & 1 and cost < NEVER
        ]  # fmt: skip
        return min(ways)

    return rest(0, 0)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    rows, columns = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    cell = st.one_of(st.integers(0, 30), st.integers(0, 100_000), st.just(NEVER))
    costs = draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    return costs, draw(st.lists(st.one_of(st.integers(0, 40), st.integers(200_000, 3_000_000)), min_size=rows, max_size=rows))


@given(tables())
def test_of_all_ways_up_to_eight_by_eight_the_cheapest_is_taken(table: tuple[list[list[int]], list[int]]) -> None:
    costs, waits = table

    assert paid(costs, waits, share_out(costs, waits)) == least(costs, waits)


@pytest.mark.parametrize("seed", range(3))
def test_each_order_of_eight_by_eight_is_tried(seed: int) -> None:
    dice = Random(seed)
    costs = [[dice.randrange(1_000) for _ in range(8)] for _ in range(8)]

    found = share_out(costs, [10**6] * 8)

    assert paid(costs, [10**6] * 8, found) == min(sum(costs[row][way[row]] for row in range(8)) for way in permutations(range(8)))


def test_nothing_is_shared_out_where_nobody_is_or_nothing_waits() -> None:
    assert share_out([], []) == []
    assert share_out([[], []], [5, 5]) == [None, None]
    assert share_out([[NEVER]], [10**7]) == [None]
