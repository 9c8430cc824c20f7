"""Learning from lines: a line that has nothing in common with others is learned from, too."""

import numpy as np
import pytest

from bot.language.matching import scores
from bot.language.matching.scores import _Matrix


@pytest.mark.parametrize("empty", [[0], [2], [4], [0, 1], [3, 4], [0, 2, 4]])
@pytest.mark.parametrize("block", [1, 4, 64, scores.BLOCK])
def test_lines_without_a_feature_count_nothing_and_stop_nothing(
    empty: list[int], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "BLOCK", block)
    dense = np.arange(1, 36, dtype=np.float32).reshape(5, 7)
    dense[empty] = 0
    row, column = np.nonzero(dense)
    right = np.arange(14, dtype=np.float32).reshape(7, 2)

    found = _Matrix.of(row, column, dense[row, column], 5, 7).times(right)

    assert np.allclose(found, dense @ right)
