"""The plan of the house tells the truth: its rooms are the files there are, its floors those that import-linter holds."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAN = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def part(begin: str, end: str) -> str:
    """Return what stands between two headings."""
    return PLAN.partition(f"## {begin}")[2].partition(f"## {end}")[0]


def test_every_file_of_the_rooms_it_opens_is_named_and_no_other() -> None:
    inner = ("danger", "kinds", "matching", "recurrence", "times")
    rooms = (
        "",
        "backups",
        "console",
        "contract",
        "dialogue",
        "language",
        *(f"language/{room}" for room in inner),
        "machines",
        "rosters",
        "store",
        "wechat",
    )
    here = {path.stem for room in rooms for path in (ROOT / "bot" / room).glob("*.py")} - {"__init__", "__main__"}

    assert set(re.findall(r"(\w+)\.py", part("The rooms", "Who may"))) - {"__init__"} == here


def test_floors_are_those_that_the_imports_are_held_to() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    held = [set(layer.split(" | ")) for layer in contracts[0]["layers"] if layer != "__main__"]
    drawn = " ".join(re.findall(r"^    (.+)$", part("Who may", "Walk one"), re.MULTILINE))

    assert [set(re.findall(r"\w+", floor)) for floor in drawn.split(">")] == held
