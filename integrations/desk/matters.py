"""What is under way of a resident's: all of it, and one of it by its number."""

import re
from collections.abc import Sequence

from bot.contract import PUBLIC_ALPHABET, Matter, NoSlots, Reply, Turn, action, handoffs

#: So many are listed; who has more is helped by a person.
LISTED = 8

#: A number as it is typed, with nothing beside it.
_NUMBER = re.compile(rf"[#＃]?\s*(H[{PUBLIC_ALPHABET}]{{6}})\s*[。.？?]?")


@action("matter.list", replies={"some": "matters", "over": "matters", "none": ""}, shows=True)
def show(turn: Turn, slots: NoSlots) -> Reply:
    """List what is under way, the newest first; where nothing is, what was closed lately."""
    if found := handoffs.matters(turn):
        return Reply("some", matters=_listed(turn, found))
    if over := handoffs.closed_lately(turn):
        return Reply("over", matters=_listed(turn, over))
    return Reply("none", ok=False)


def hear(turn: Turn, text: str) -> str:
    """Answer the number of a hand-off of theirs with how it stands."""
    found = _NUMBER.fullmatch(text.strip().upper())
    task = handoffs.by_number(turn, found[1]) if found else None
    return f"{handoffs.say(turn, task)}。" if task else ""


def _listed(turn: Turn, found: Sequence[Matter]) -> list[str]:
    """Return a line for each matter, whose words are a link in WeChat where it has a page."""
    return [
        turn.words('· <a href="{url}">{words}</a>' if matter.url else "· {words}", words=matter.words, url=matter.url)
        for matter in found[:LISTED]
    ]
