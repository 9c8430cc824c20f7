"""What is doubtful in intent files that are free of faults: told with its place, and nothing is refused for it. Pure.

W401 one wording in two intents      W404 examples that other intents would win
W402 few examples                    W405 examples that their own `exclude:` or `require:` shuts out
W403 nearly one wording in two       W406 few tests, or none of what is not meant
W408 a new example that is another intent's by now: told in the console's editor alone, by dialogue/rehearsal.py

What an intent's own tests hold word for word is meant as it stands: W403 and W405 are not told of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from rapidfuzz import fuzz, process

from bot.language.files import Catalogue, Intent
from bot.language.matching.matcher import Matcher
from bot.language.normalise import Normaliser
from bot.language.reader import Problem
from bot.language.reading import Reading

#: Similarity, of 100, from which two wordings of two intents are told.
NEAR = 88

#: Examples from which an intent is well described; tests, and tests of what is not meant.
EXAMPLES, TESTS, UNWANTED = 8, 3, 1

#: Lines compared with all others at once.
BLOCK = 500

#: One example of so many, but no fewer than FEWEST, is judged by the others alone: those that stand most alone, and of one
#: intent at most half.
LONE, FEWEST = 10, 100

#: Confidence from which an example counts as won.
WON = 0.5

#: Examples of one intent that another must win before the pair is told, and their share: one of so many; fewer are chance.
CONFUSED, CHANCE = 2, 8


def doubts(matcher: Matcher, now: datetime) -> list[Problem]:
    """Return all that is doubtful in what a matcher was trained on, in the order of files and lines. Takes a second."""
    catalogue = matcher.catalogue
    normalise = Normaliser(matcher.tables, catalogue.common.synonyms)
    found = [*_few(catalogue), *_alike(catalogue, normalise), *_shut_out(catalogue), *_confused(matcher, now)]
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.code))


def _few(catalogue: Catalogue) -> Iterator[Problem]:
    for intent in catalogue.intents.values():
        if len(intent.examples) < EXAMPLES and intent.match == "fuzzy":
            yield doubt(intent, 0, "W402", f"只有 {len(intent.examples)} 个例句", f"至少写 {EXAMPLES} 个，25 个更好")
        unwanted = sum(test.unwanted for test in intent.tests)
        if len(intent.tests) < TESTS or unwanted < UNWANTED:
            hint = "写几句居民会说的话，再写一两句 not:（不该算作它的话）"
            yield doubt(intent, 0, "W406", f"只有 {len(intent.tests)} 个测试，其中 not: {unwanted} 个", hint)


def _alike(catalogue: Catalogue, normalise: Normaliser) -> Iterator[Problem]:
    """Compare all wordings of all intents: 1,000 by 1,000 in a few hundredths of a second."""
    lines = [(intent, example) for intent in catalogue.intents.values() for example in intent.examples]
    normal = [normalise(example) for _, example in lines]
    for first, second in _near(normal):
        (one, said), (other, also) = lines[first], lines[second]
        if one.id == other.id:
            continue
        place = f"{one.file}:{line_of(one, said)}"
        if normal[first] == normal[second]:
            yield doubt(other, line_of(other, also), "W401", f"例句“{also}”与 {place} 重复", "请删去其中一处")
        elif not (_is_meant(one, said) or _is_meant(other, also)):
            yield doubt(
                other, line_of(other, also), "W403", f"例句“{also}”与 {place} 的“{said}”太像", "请换一种说法，或删去其中一处"
            )


def _near(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of two lines that are the same or nearly so, the earlier one first."""
    for begin in range(0, len(lines), BLOCK):
        scores = process.cdist(lines[begin : begin + BLOCK], lines[begin:], scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8)
        for first, second in zip(*np.nonzero(np.triu(scores, 1)), strict=True):
            yield begin + int(first), begin + int(second)


def _is_meant(intent: Intent, example: str) -> bool:
    return any(test.text == example and not test.unwanted for test in intent.tests)


def _shut_out(catalogue: Catalogue) -> Iterator[Problem]:
    for intent in catalogue.intents.values():
        for example in intent.examples:
            word = next((word for word in intent.exclude if word in example), "")
            if word and not _is_meant(intent, example):
                yield doubt(intent, line_of(intent, example), "W405",
                             f"例句“{example}”含有 exclude 里的“{word}”，换个说法就不会命中",
                             "请删去这个例句，或缩小 exclude；就是要这一句，请把它也写进 tests")  # fmt: skip
            if intent.require and not any(word in example for word in intent.require) and not _is_meant(intent, example):
                yield doubt(intent, line_of(intent, example), "W405",
                             f"例句“{example}”里没有 require 的任何一个词，换个说法就不会命中",
                             "请改写这个例句，或在 require 里加上它的词；就是要这一句，请把它也写进 tests")  # fmt: skip


def _confused(matcher: Matcher, now: datetime) -> Iterator[Problem]:
    """Let the examples that stand most alone be judged by the others, and tell which intents would win them."""
    won: dict[tuple[str, str], list[str]] = defaultdict(list)
    hidden = _lone(matcher)
    others = matcher.without(frozenset(hidden))
    for intent, example in hidden:
        best = next(iter(others.match(Reading.of(example, now)).candidates), None)
        if best and best.intent != intent and best.confidence > WON:
            won[intent, best.intent].append(example)
    for (name, other), examples in won.items():
        losing = matcher.catalogue.intents[name]
        if len(examples) >= max(CONFUSED, len(losing.examples) / CHANCE):
            words = "、".join(f"“{example}”" for example in examples[:3])
            yield doubt(losing, line_of(losing, examples[0]), "W404", f"{len(examples)} 个例句更像 {other}：{words}",
                         "请看看它们该归哪一个，并各补几句像它们的话")  # fmt: skip


def _lone(matcher: Matcher) -> list[tuple[str, str]]:
    """Return intent and example of those that the others support least; dangers are heard by other means."""
    intents = matcher.catalogue.intents.values()
    examples = {intent.id: frozenset(() if intent.emergency else intent.examples) for intent in intents}
    taught = [(name, line) for name, line in matcher.taught() if line in examples[name]]
    chosen: list[tuple[str, str]] = []
    taken: Counter[str] = Counter()
    for name, line in taught:
        if len(chosen) < max(FEWEST, len(taught) / LONE) and 2 * taken[name] < len(examples[name]):
            chosen.append((name, line))
            taken[name] += 1
    return chosen


def line_of(intent: Intent, example: str) -> int:
    """Return the line of an example in its file, 1 when it is not known."""
    for said, line in zip(intent.examples, intent.example_lines, strict=False):
        if said == example:
            return line
    return 1


def doubt(intent: Intent, line: int, code: str, message: str, hint: str) -> Problem:
    """Return a warning about a line of an intent's file; 0 for one that is not known."""
    return Problem(
        file=intent.file, line=line or 1, column=1 if not line else 3, code=code, severity="warning", message=message, hint=hint
    )
