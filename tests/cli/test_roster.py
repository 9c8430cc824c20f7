"""`linli roster`: shown first, taken over as a whole, taken back, given out and taken in again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from bot.store.people import Resident

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Desk

FILE = "楼栋,单元,房号,姓名,电话,身份\n2栋,2单元,201,赵来福,19977770001,业主\n99,1,101,钱新来,19977770002,租户\n"


def names(desk: Desk) -> set[str]:
    return desk.ask(lambda session: set(session.exec(select(Resident.name)).all()))


def write(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "名册.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


async def test_a_roster_is_shown_taken_over_and_taken_back(desk: Desk, tmp_path: Path) -> None:
    file, before = write(tmp_path, FILE), names(desk)
    empty = await desk.run("roster", "list")
    shown = await desk.run("roster", "import", file, "--dry-run")
    unchanged = names(desk)
    done = await desk.run("roster", "import", file)
    after = names(desk)
    listed = await desk.run("roster", "list")
    kept = await desk.run("roster", "undo", keys="n\n")
    still = names(desk)
    undone = await desk.run("roster", "undo", keys="y\n")

    assert "nothing was taken over yet" in empty.text
    assert "99栋1单元101: new flat" in shown.text
    assert "1 new flat, 2 new people, 0 changed, 0 moved out, 0 as they were" in shown.text
    assert unchanged == before
    assert "`linli roster undo " in done.text
    assert after == before | {"赵来福", "钱新来"}
    assert "名册.csv" in listed.text
    assert (kept.code, still) == (1, after)
    assert re.search(r"Undo the newest import, \w+ of 名册.csv, [\d: -]+ \(1 flat, 2 new\)\?", kept.text)
    assert re.search(r"^undone: \w+ of 名册.csv, [\d: -]+ \(1 flat, 2 new\)$", undone.text, re.MULTILINE)
    assert names(desk) == before


async def test_faults_are_told_with_line_and_column_and_end_with_exit_code_one(desk: Desk, tmp_path: Path) -> None:
    before = names(desk)
    said = await desk.run("roster", "import", write(tmp_path, FILE + "3月2日,,501,孙,1.39E+10,boss\n"))

    assert said.code == 1
    assert "3 faults, nothing was taken over:" in said.text
    assert "line 4, A 列（楼栋）: '3月2日' is a date, no number" in said.text
    assert names(desk) == before


async def test_differences_come_as_json_for_programs(desk: Desk, tmp_path: Path) -> None:
    said = json.loads((await desk.run("roster", "import", write(tmp_path, FILE), "--dry-run", "--json")).text)

    assert said["counts"] == {"flats": 1, "new": 2, "changed": 0, "left": 0, "questions": 1, "unchanged": 0}
    assert [step["name"] for step in said["steps"]] == ["赵来福", "钱新来"]


async def test_a_file_in_gbk_is_read_where_that_is_told(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, FILE, "gbk")

    assert "2 new people" in (await desk.run("roster", "import", file, "--encoding", "GBK", "--dry-run")).text
    assert "it is not utf-8" in (await desk.run("roster", "import", file, "--encoding", "utf-8", "--dry-run")).text
    assert "--encoding 'big5' is unknown" in (await desk.run("roster", "import", file, "--encoding", "big5")).error


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_what_is_given_out_says_nothing_new_and_is_for_its_owner_alone(desk: Desk, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"out.{kind}"
    out = await desk.run("roster", "export", str(file))
    again = await desk.run("roster", "import", str(file), "--whole")

    assert "rows written" in out.text
    assert file.stat().st_mode & 0o077 == 0
    assert again.text.endswith("nothing is new\n")


async def test_what_cannot_be_read_written_or_undone_is_told(desk: Desk, tmp_path: Path) -> None:
    assert "cannot be read" in (await desk.run("roster", "import", str(tmp_path / "none.csv"))).error
    assert "ends neither with .xlsx nor with .csv" in (await desk.run("roster", "export", str(tmp_path / "out.txt"))).error
    assert "there is no import to undo" in (await desk.run("roster", "undo")).error
    assert "there is no import X" in (await desk.run("roster", "undo", "X")).error
