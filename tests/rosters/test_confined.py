"""A workbook is read in a process of its own: a hostile one takes no more than its share, and is told to be too much."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook

from bot.rosters import confined, rosterfile
from bot.rosters.rosterfile import TOO_MUCH

#: Room for Python, the libraries and a roster.
MEMORY = 250_000_000

#: What takes a second or two to load and reads no workbook.
HEAVY = ("aiohttp", "alembic", "pydantic", "sqlalchemy", "sqlmodel", "bot.contract", "bot.model", "bot.store")


@pytest.fixture(scope="module")
def plain() -> bytes:
    book = Workbook()
    for row in (
        ["楼栋", "单元", "房号", "姓名", "标签"],
        ["3栋", 2, 501.0, "陈建国", "独居老人、党员"],
        ["3栋", 2, "", "李梅", ""],
    ):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def altered(package: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            body = before.read(name)
            after.writestr(name, change(body) if name == part else body)
    return out.getvalue()


def test_what_a_child_reads_is_what_is_read_here(plain: bytes) -> None:
    assert confined.read(plain, memory=MEMORY) == rosterfile.read(plain)
    assert [fault.column for fault in rosterfile.read(plain).faults] != []


def test_a_child_loads_no_more_than_reading_takes() -> None:
    loads = "import sys; from bot.rosters import confined, rosterfile; rosterfile.openpyxl(); print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", loads], stdout=subprocess.PIPE, text=True, check=True).stdout.split()

    assert {"openpyxl", "bot.rosters.rows"} <= set(loaded)
    assert [name for name in loaded if name.startswith(HEAVY)] == []


def test_a_row_without_end_takes_no_more_memory_than_a_file_may(plain: bytes) -> None:
    cells = b"<sheetData><row>" + b"<c/>" * 4_000_000 + b"</row>"
    hostile = altered(plain, "xl/worksheets/sheet1.xml", lambda body: body.replace(b"<sheetData>", cells, 1))

    assert len(hostile) < 50_000
    assert confined.read(hostile, memory=MEMORY).faults == (TOO_MUCH,)


def test_styles_without_end_take_no_more_time_than_a_file_may(plain: bytes) -> None:
    fonts = b"<font/>" * 700_000 + b"</fonts>"
    hostile = altered(plain, "xl/styles.xml", lambda body: body.replace(b"</fonts>", fonts, 1))

    assert len(hostile) < 50_000
    assert confined.read(hostile, seconds=1).faults == (TOO_MUCH,)
