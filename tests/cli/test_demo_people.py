"""The people of the demo, as its files have them."""

from __future__ import annotations

import csv
from collections import Counter

from bot import config


def test_each_person_of_the_demo_has_a_number_of_their_own() -> None:
    numbers: Counter[str] = Counter()
    for name in ("residents.csv", "staff.csv"):
        with (config.shipped("data") / "demo" / name).open(encoding="utf-8-sig", newline="") as file:
            numbers.update(row["phone"] for row in csv.DictReader(file) if row["phone"])

    assert [number for number, often in numbers.items() if often > 1] == []
