"""What lists say of days, cells and files, whatever they list."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest

from bot.contract import SHANGHAI, sheets
from bot.contract.listpage import day_and_time, day_of, part, pieces, same
from bot.contract.lists import Cell

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("day", "said"), [
    (date(2026, 3, 11), "今天"), (date(2026, 3, 10), "昨天"), (date(2026, 3, 12), "明天"), (date(2026, 3, 9), "3月9日"), (date(2025, 3, 11), "2025年3月11日"),
])  # fmt: skip
def test_day_is_said_as_people_say_it(day: date, said: str) -> None:
    assert day_of(day, NOW.date()) == said


def test_moment_is_one_of_shanghai_whatever_zone_it_comes_in() -> None:
    utc = datetime(2026, 3, 10, 16, 30, tzinfo=UTC)

    assert day_and_time(utc, NOW) == "今天 00:30"


def test_several_things_of_a_column_stand_beside_each_other_and_nothing_is_nothing() -> None:
    assert [cell.words for cell in pieces(["一", Cell(words="二", tone="red")], NOW)] == ["一", "二"]
    assert pieces(None, NOW) == pieces("", NOW) == pieces([], NOW) == []
    assert [cell.words for cell in pieces(0, NOW)] == ["0"]


def test_same_list_is_known_again_in_whatever_order_its_address_says_it() -> None:
    assert same("state=late&sort=due", "sort=due&state=late")
    assert not same("state=late", "state=open")


@pytest.mark.parametrize("said", ["=1+1", "+8613800138000", "-5", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")"])  # fmt: skip
def test_no_cell_of_a_file_is_run(said: str) -> None:
    rows = [(said, 3)]

    book = openpyxl.load_workbook(BytesIO(sheets.workbook(("什么", "几"), rows)))
    [cell, number] = next(book.active.iter_rows(min_row=2))
    [_, [text, _]] = csv.reader(StringIO(sheets.table(("什么", "几"), rows).removeprefix("\ufeff")))

    assert (cell.data_type, number.value) == ("s", 3)
    assert text.startswith("'")


def test_workbook_holds_what_people_write_and_drops_what_it_cannot_hold() -> None:
    book = openpyxl.load_workbook(BytesIO(sheets.workbook(("原话",), [("漏水\x07了\n很急",), ("3-2",), ("长" * 40_000,)])))

    assert [row[0].value[:10] for row in book.active.iter_rows(min_row=2)] == ["漏水了\n很急", "3-2", "长" * 10]


def test_part_of_rows_at_hand_ends_at_the_last_page_and_keeps_what_else_the_address_says() -> None:
    found = part(range(45), {"q": "水", "page": "99"}, "/knowledge", 20)

    assert (list(found.rows), found.page, found.pages, found.after) == ([40, 41, 42, 43, 44], 3, 3, "")
    assert found.before == "/console/knowledge?q=%E6%B0%B4&page=2"
