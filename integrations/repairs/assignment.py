"""Who gets which ticket where several wait for several people: of all ways to share them out the cheapest. Pure.

The Hungarian method with shortest augmenting paths: exact, not greedy. tests/integrations/repairs/test_assignment.py tries all ways beside it.
"""

from collections.abc import Sequence

#: What cannot be: somebody who cannot mend it. Anything is cheaper than this.
NEVER = 10**9


def share_out(costs: Sequence[Sequence[int]], waits: Sequence[int]) -> list[int | None]:
    """Return for each ticket which column it gets, None where it is better left waiting; the sum of costs is the least there is.

    `costs[ticket][column]` is what it costs there, NEVER where that cannot be; `waits[ticket]` what it costs to leave it. Each column is
    taken once: who can take two has two.
    """
    if not costs:
        return []
    places = len(costs[0])
    table = [[*row, *(waits[i] if i == j else NEVER for j in range(len(costs)))] for i, row in enumerate(costs)]
    return [column if column < places else None for column in _cheapest(table)]


def _cheapest(table: Sequence[Sequence[int]]) -> list[int]:
    """Return the column of each row; there are at least as many columns as rows."""
    rows, columns = len(table), len(table[0])
    of_row, of_column = [0] * (rows + 1), [0] * (columns + 1)  # what each may give away
    taken = [0] * (columns + 1)  # row + 1 of each column + 1; 0 = free
    for row in range(1, rows + 1):
        taken[0] = row
        column, least, came = 0, [NEVER * (rows + 2)] * (columns + 1), [0] * (columns + 1)
        seen = [False] * (columns + 1)
        while True:
            seen[column] = True
            costs, given = table[taken[column] - 1], of_row[taken[column]]
            step, following = NEVER * (rows + 3), 0
            for j in range(1, columns + 1):
                if seen[j]:
                    continue
                if (cost := costs[j - 1] - given - of_column[j]) < least[j]:
                    least[j], came[j] = cost, column
                if least[j] < step:
                    step, following = least[j], j
            for j in range(columns + 1):
                if seen[j]:
                    of_row[taken[j]] += step
                    of_column[j] -= step
                else:
                    least[j] -= step
            column = following
            if not taken[column]:
                break
        while column:  # hand on along the path
            taken[column], column = taken[came[column]], came[column]
    found = [0] * rows
    for column in range(1, columns + 1):
        if taken[column]:
            found[taken[column] - 1] = column - 1
    return found
