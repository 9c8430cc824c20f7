"""Whose a row is, is never asked with a value that may be missing: `x == None` is true of every row that is nobody's."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for room in ("bot", "integrations") for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def _maybe_missing(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which something is compared with a value or, failing that, None: x == (one.id if one else None)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.IfExp) and any(
                    isinstance(value, ast.Constant) and value.value is None for value in (side.body, side.orelse)
                ):
                    yield node.lineno


def test_the_check_sees_what_it_is_for() -> None:
    assert [*_maybe_missing(ast.parse("col(T.resident_id) == (one.id if one else None)"))] == [1]
    assert [*_maybe_missing(ast.parse("col(T.resident_id) == one.id"))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_compared_with_what_may_be_missing(path: Path) -> None:
    assert [*_maybe_missing(ast.parse(path.read_text("utf-8")))] == []
