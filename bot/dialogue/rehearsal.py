"""The tests that stand in the intent files, tried on the files as they would be together. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process

from bot.dialogue.understanding import Judgement, Understanding, judge
from bot.language import lints
from bot.language.files import Catalogue, Intent, IntentTest
from bot.language.matching.matcher import Matcher
from bot.language.reader import Problem
from bot.model import SHANGHAI

#: What inline tests call now: a Wednesday morning.
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

#: Examples of a file that are looked at while somebody types, each a few milliseconds.
LOOKED_AT = 60


@dataclass(frozen=True, kw_only=True)
class Miss:
    """A test that does not hold; `got` says in Chinese what was understood instead."""

    intent: str
    file: str
    line: int
    text: str
    got: str


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A line that is understood otherwise after a change: intents, `none` for one that is refused."""

    text: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a change does: tests that held and hold no more, that hold now, new ones that do not hold; lines that move."""

    lost: Sequence[Miss] = ()
    mended: Sequence[Miss] = ()
    unheld: Sequence[Miss] = ()
    misheard: Sequence[Miss] = ()  # examples that are heard as another intent all the same
    moved: Sequence[Moved] = ()


#: What was found of matchers that are still in use: each is tried once, which takes several seconds.
_MISSES: WeakKeyDictionary[Matcher, Sequence[Miss]] = WeakKeyDictionary()


def taken(understanding: Understanding, after: Catalogue, path: str) -> Iterator[Problem]:
    """Yield a warning for each example that a file would gain and that another intent holds already, word for word or nearly so.

    What is only heard as another one by now may well be heard rightly with the change: that `misheard` tells, which takes seconds.
    """
    for intent, line in _gained(understanding.catalogue, after, path):
        found = judge(understanding, line, NOW, explains=False)
        other = understanding.catalogue.intents.get(found.intent)
        if found.decision != "accept" or other is None or other.id == intent.id or other.id not in after.intents:
            continue
        near = process.extractOne(line, other.examples, scorer=fuzz.ratio, score_cutoff=lints.NEAR)
        if near is not None:
            place = f"{other.file} 第 {lints.line_of(other, near[0])} 行"
            has = "已经有这一句" if near[0] == line else f"的“{near[0]}”和它几乎一样"
            yield lints.doubt(
                intent, lints.line_of(intent, line), "W408", f"例句“{line}”现在听成“{other.title or other.id}”（{other.id}），{place}{has}",
                "两边都要它，居民会被听错；请放在一边，或换成只有这件事才会说的话",
            )  # fmt: skip


def _gained(before: Catalogue, after: Catalogue, path: str) -> Iterator[tuple[Intent, str]]:
    """Yield the examples that a file would gain, so many as are looked at."""
    for intent in (one for one in after.intents.values() if one.file == path):
        now = before.intents.get(intent.id)
        new = dict.fromkeys(line for line in intent.examples if now is None or line not in now.examples)
        yield from ((intent, line) for line in [*new][:LOOKED_AT])


def misheard(before: Understanding, after: Understanding, path: str) -> Sequence[Miss]:
    """Return the examples that a file would gain and that are heard as another intent even with the change, however many are written."""
    found = []
    for intent, line in _gained(before.catalogue, after.catalogue, path):
        heard = judge(after, line, NOW, explains=False)
        if heard.decision == "accept" and heard.intent != intent.id:
            place = lints.line_of(intent, line)
            found.append(Miss(intent=intent.id, file=path, line=place, text=line, got=_called(after.catalogue, heard.intent)))
    return found


def _called(catalogue: Catalogue, name: str) -> str:
    """Return what an intent is called, with its id, by which its file is found."""
    known = catalogue.intents.get(name)
    return f"“{known.title}”（{name}）" if known is not None and known.title else "听不懂" if name == "none" else name


def rehearse(understanding: Understanding) -> Sequence[Miss]:
    """Return the tests of all files that do not hold."""
    known = _MISSES.get(understanding.matcher)
    if known is None:
        tests = _tests(understanding)
        known = _MISSES[understanding.matcher] = [miss for intent, test in tests if (miss := _try(understanding, intent, test))]
    return known


def regressions(before: Understanding, after: Understanding) -> Sequence[Miss]:
    """Return the tests that do not hold after a change and were not broken before it, of whatever file."""
    found = compare(before, after)
    return [*found.lost, *found.unheld]


def compare(before: Understanding, after: Understanding, lines: Sequence[str] = (), path: str = "") -> Comparison:
    """Return what a change of a file does to the tests of all files, to these lines and to the examples it gains.

    Takes seconds where anything is heard otherwise.
    """
    broken = rehearse(before)
    if _hear_alike(before.catalogue, after.catalogue):
        _MISSES.setdefault(after.matcher, _carried_over(before, after, broken))
    missed = rehearse(after)
    were, are = ({(miss.intent, miss.text) for miss in misses} for misses in (broken, missed))
    there, here = ({(intent.id, test.text) for intent, test in _tests(one)} for one in (before, after))
    return Comparison(
        lost=[miss for miss in missed if (miss.intent, miss.text) in there - were],
        mended=[miss for miss in broken if (miss.intent, miss.text) in here - are],
        unheld=[miss for miss in missed if (miss.intent, miss.text) not in there],
        misheard=misheard(before, after, path),
        moved=list(_moved(before, after, lines)),
    )


def _tests(understanding: Understanding) -> Iterator[tuple[Intent, IntentTest]]:
    return ((intent, test) for intent in understanding.catalogue.intents.values() for test in intent.tests)


def _hear_alike(one: Catalogue, other: Catalogue) -> bool:
    """Tell whether two sets of files differ in nothing by which a message is understood, such as in a reply."""
    return (
        one.common == other.common and one.background == other.background
        and {name: _heard(intent) for name, intent in one.intents.items()} == {name: _heard(intent) for name, intent in other.intents.items()}
    )  # fmt: skip


def _heard(intent: Intent) -> Intent:
    """Return an intent without what is only said or tried."""
    return replace(
        intent, title="", file="", group="", topic="", offer="", confirm="", reply="", variants=(), replies={}, tests=(), example_lines=(),
    )  # fmt: skip


def _carried_over(before: Understanding, after: Understanding, broken: Sequence[Miss]) -> Sequence[Miss]:
    """Return what does not hold of tests, of which only those are tried that were not there before."""
    old = {(intent.id, _plain(test)): test for intent, test in _tests(before)}
    known = {(miss.intent, miss.text): miss for miss in broken}
    found = []
    for intent, test in _tests(after):
        if (intent.id, _plain(test)) not in old:
            miss = _try(after, intent, test)
        elif miss := known.get((intent.id, test.text)):
            miss = replace(miss, line=test.line, file=intent.file)
        if miss:
            found.append(miss)
    return found


def _plain(test: IntentTest) -> str:
    return repr(replace(test, line=0))


def _moved(before: Understanding, after: Understanding, lines: Sequence[str]) -> Iterator[Moved]:
    for line in lines:
        was, becomes = (_begun(judge(one, line, NOW, explains=False)) for one in (before, after))
        if was != becomes:
            yield Moved(text=line, before=was, after=becomes)


def _begun(judgement: Judgement) -> str:
    """Return the intent that begins by itself, `none` for what is refused or asked back."""
    return judgement.intent if judgement.decision == "accept" else "none"


def _try(understanding: Understanding, intent: Intent, test: IntentTest) -> Miss | None:
    judgement = judge(understanding, test.text, NOW, explains=False)
    got = _fault(judgement, intent, test, understanding.catalogue)
    return Miss(intent=intent.id, file=intent.file, line=test.line, text=test.text, got=got) if got else None


def _fault(judgement: Judgement, intent: Intent, test: IntentTest, catalogue: Catalogue) -> str:
    """Return what is wrong, empty when the test holds."""
    top = judgement.candidates[0].intent if judgement.candidates else "none"
    if test.unwanted:
        return f"当成了{_called(catalogue, intent.id)}" if judgement.decision == "accept" and top == intent.id else ""
    if top != intent.id:
        return f"当成了{_called(catalogue, top)}"
    if test.accept and judgement.decision != "accept":
        return f"没有把握（{judgement.confidence:.2f}）"
    for name, wanted in test.slots.items():
        value = judgement.slots.get(name)
        said = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
        if said != wanted:
            return f"{name} 读成 {said}，应是 {wanted}"
    return ""
