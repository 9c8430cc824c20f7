"""The tutorial says what the sample service does, to the letter."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
SAMPLE = HOME / "tests/sample_service/tools"
TUTORIAL = (HOME / "docs/adding-a-service.md").read_text(encoding="utf-8")

#: `file` and the code below it.
PARTS = re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)\n```$", TUTORIAL, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("file", "code"), PARTS, ids=[file for file, _ in PARTS])
def test_code_of_the_tutorial_stands_in_the_sample(file: str, code: str) -> None:
    assert code in (SAMPLE / file).read_text(encoding="utf-8")


def test_every_part_of_the_sample_is_told() -> None:
    told = {file for file, _ in PARTS}
    files = {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.rglob("*.py") if "migrations" not in path.parts}

    assert files - told == set()


def test_command_that_tries_it_loads_all_that_ships_and_the_sample(tmp_path: Path) -> None:
    command = re.search(r"^    (LINLI_INTEGRATIONS_FOLDER=\S+) \S*linli demo", TUTORIAL, re.MULTILINE)
    name, _, folder = command[1].partition("=") if command else ("", "", "")
    shutil.copytree(SAMPLE.parent, tmp_path / folder)

    said = subprocess.run(
        [sys.executable, "-m", "bot", "try", "我想借个梯子", "厨房水管漏水了"],
        env={**os.environ, name: str(tmp_path / folder)}, capture_output=True, encoding="utf-8", check=True, cwd=tmp_path,
    ).stdout  # fmt: skip

    assert "accept: tool.borrow" in said
    assert "accept: repair.report" in said
