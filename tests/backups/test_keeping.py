"""The newest backup of each of the last days, weeks and months stays, whatever else goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backups import keeping
from bot.backups.keeper import last_due
from bot.backups.keeping import Keep
from bot.model import SHANGHAI

MOMENTS = st.lists(
    st.integers(0, 700 * 86_400).map(lambda second: datetime(2025, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=second)),
    unique=True, max_size=40,
)  # fmt: skip


@given(MOMENTS, st.integers(1, 10), st.integers(0, 8), st.integers(0, 8))
def test_each_period_keeps_its_newest_and_nothing_else_is_kept(
    moments: list[datetime], days: int, weeks: int, months: int
) -> None:
    backups = [(at, Path(keeping.name_of(at, is_sealed=False))) for at in moments]

    gone = set(keeping.outdated(backups, Keep(days=days, weeks=weeks, months=months)))

    kept = {at for at, path in backups if path not in gone}
    needed = set(sorted(moments)[-1:])
    for count, period in ((days, "%Y-%m-%d"), (weeks, "%G-%V"), (months, "%Y-%m")):
        for last in sorted({f"{at:{period}}" for at in moments})[-count:] if count else []:
            needed.add(max(at for at in moments if f"{at:{period}}" == last))
    assert kept == needed


def test_a_year_of_nights_comes_down_to_as_many_as_the_rule_says() -> None:
    kept: list[tuple[datetime, Path]] = []
    for day in range(400):
        at = datetime(2026, 1, 1, 3, 30, tzinfo=SHANGHAI) + timedelta(days=day)
        kept.append((at, Path(keeping.name_of(at, is_sealed=True))))
        gone = keeping.outdated(kept, Keep.read("7,4,12"))
        kept = [one for one in kept if one[1] not in gone]

    assert 18 <= len(kept) <= 7 + 4 + 12
    assert [at.day for at, _ in sorted(kept, reverse=True)[:7]] == [4, 3, 2, 1, 31, 30, 29]


def test_names_say_when_in_shanghai_and_other_files_are_none_of_ours(tmp_path: Path) -> None:
    at = datetime(2026, 3, 10, 19, 30, 5, tzinfo=UTC)
    for name in (keeping.name_of(at, is_sealed=True), "linli-2026.tar.gz", "notes.txt", "linli-20260311T033005.tar.gz.bak"):
        (tmp_path / name).touch()

    [(made_at, path)] = keeping.listed(tmp_path)

    assert (path.name, made_at) == ("linli-20260311T033005.tar.gz.age", at)


@pytest.mark.parametrize(("now", "due"), [
    ("2026-03-11T03:29:59", "2026-03-10T03:30:00"), ("2026-03-11T03:30:00", "2026-03-11T03:30:00"), ("2026-03-11T23:00:00", "2026-03-11T03:30:00"),
])  # fmt: skip
def test_backup_is_due_since_its_hour_was_last(now: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)

    assert last_due("03:30", at.astimezone(UTC)) == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
