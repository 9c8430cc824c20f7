"""The tests that stand in the intent files, tried on the files as they would be together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.understanding import Judgement, Understanding, judge
from bot.language.files import Intent, IntentTest
from bot.model import SHANGHAI

#: What inline tests call now: a Wednesday morning.
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


@dataclass(frozen=True, kw_only=True)
class Miss:
    """A test that does not hold; `got` says in Chinese what was understood instead."""

    intent: str
    file: str
    line: int
    text: str
    got: str


def rehearse(understanding: Understanding) -> Sequence[Miss]:
    """Return the tests of all files that do not hold."""
    intents = understanding.catalogue.intents.values()
    return [miss for intent in intents for test in intent.tests if (miss := _try(understanding, intent, test))]


def regressions(before: Understanding, after: Understanding) -> Sequence[Miss]:
    """Return the tests that held before a change and do not hold after it, of whatever file."""
    known = {(miss.intent, miss.text) for miss in rehearse(before)}
    return [miss for miss in rehearse(after) if (miss.intent, miss.text) not in known]


def _try(understanding: Understanding, intent: Intent, test: IntentTest) -> Miss | None:
    judgement = judge(understanding, test.text, NOW)
    got = _fault(judgement, intent, test)
    return Miss(intent=intent.id, file=intent.file, line=test.line, text=test.text, got=got) if got else None


def _fault(judgement: Judgement, intent: Intent, test: IntentTest) -> str:
    """Return what is wrong, empty when the test holds."""
    top = judgement.candidates[0].intent if judgement.candidates else "none"
    if test.unwanted:
        return f"当成了 {intent.id}" if judgement.decision == "accept" and top == intent.id else ""
    if top != intent.id:
        return f"当成了 {top}"
    if test.accept and judgement.decision != "accept":
        return f"没有把握（{judgement.confidence:.2f}）"
    for name, wanted in test.slots.items():
        value = judgement.slots.get(name)
        said = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
        if said != wanted:
            return f"{name} 读成 {said}，应是 {wanted}"
    return ""
