"""docs/intent-files.md names each field that a file may have, and no other."""

import re
from pathlib import Path

from bot.language import files
from bot.language.kinds.shipped import KINDS

PAGE = Path("docs/intent-files.md").read_text(encoding="utf-8")


def named(title: str) -> set[str]:
    """Return the fields that a section's table names."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
    return {name.partition(":")[0] for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_each_field_of_an_intent_is_described() -> None:
    beside = {"provides", "releases", "replies", "unless"}  # described with needs, action and emergency

    assert named("An intent") | beside == set(files._INTENT_FIELDS)
    assert all(f"`{name}" in PAGE for name in beside)


def test_each_field_of_a_slot_is_described() -> None:
    assert named("A slot") == set(files._SLOT_FIELDS)


def test_each_type_of_slot_is_named() -> None:
    [row] = re.findall(r"^\| `type` \| (.*) \|$", PAGE, re.MULTILINE)

    assert row.split(", ") == list(KINDS)
