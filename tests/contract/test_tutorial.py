"""The tutorial says what the sample service does, to the letter."""

import re
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
