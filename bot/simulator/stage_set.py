"""What the phones show before the account says otherwise: data of the demo, for only the services know what they offer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot import config
from bot.simulator import menu
from bot.simulator.menu import Menu


@dataclass(frozen=True, kw_only=True)
class StageSet:
    """The menu until one is pushed, what an empty talk suggests to say, and what the command line suggests to try."""

    menu: Menu
    suggestions: Sequence[str]
    tries: Sequence[str]


@cache
def stage_set() -> StageSet:
    """Return that of data/demo/phone.json."""
    kept = json.loads((config.shipped("data") / "demo" / "phone.json").read_text(encoding="utf-8"))
    return StageSet(menu=menu.read(kept["menu"]), suggestions=kept["suggestions"], tries=kept["try"])
