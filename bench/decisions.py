"""How long it takes to decide what to do about a message, once it is understood: python bench/decisions.py

Turns of the shipped intents, each understood before the clock starts. No database and no matcher: `decide` is a pure function.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from statistics import median

from bot import config
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.said import Words
from bot.dialogue.standing import Standing, Subject
from bot.dialogue.understanding import Understanding

NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")

#: Times that each turn is decided.
TIMES = 300

#: What a resident says, the last of it timed. After a report, where it says so.
TALKS: Mapping[str, tuple[str, ...]] = {
    "report in one message": ("厨房水管漏水了，明天上午来修",),
    "guess": ("家里那个龙头有点不对劲",),
    "words that mean nothing": ("宇宙有多大",),
    "answer in a form": ("预约访客", "张三"),
    "yes to what was read back": ("预约访客，王强，明天下午三点，不开车", "好的"),
}
AFTER_A_REPORT: Mapping[str, tuple[str, ...]] = {"correction": ("改成后天下午",), "remark": ("就是水槽下面那根",)}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A talk, and what is said next."""

    standing: Standing
    said: Words
    facts: Facts

    def time(self) -> float:
        """Return the median of seconds that the decision takes."""
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            decide(self.standing, self.said, self.facts)
            took.append(time.perf_counter() - began)
        return median(took)


def turns() -> dict[str, Turn]:
    """Return the turns that are timed."""
    understanding = Understanding.load(config.shipped("intents"), config.shipped("data"))
    facts = Facts(
        now=NOW, catalogue=understanding.catalogue, is_bound=True, keeping={"repair.report"},
        amendable={"repair.report": {"location", "appointment_at", "category"}},
    )  # fmt: skip
    report = Subject(about="ticket:K3M9", intent="repair.report", called="厨房的报修", at=NOW, values={"location": "厨房"})

    def last(stands: Standing, texts: tuple[str, ...]) -> Turn:
        *before, said = (Words(heard=understanding.hear_text(text, NOW)) for text in texts)
        *_, stands = accumulate(before, lambda talk, words: decide(talk, words, facts).standing, initial=stands)
        return Turn(standing=stands, said=said, facts=facts)

    fresh = {name: last(Standing(), texts) for name, texts in TALKS.items()}
    return fresh | {name: last(Standing(subjects=(report,)), texts) for name, texts in AFTER_A_REPORT.items()}


def seconds() -> dict[str, float]:
    """Return how long each kind of turn takes to decide."""
    return {name: turn.time() for name, turn in turns().items()}


if __name__ == "__main__":
    for kind, took in seconds().items():
        print(f"{kind:<32}{took * 1e6:>9.0f} us")
