"""What is doubtful in intent files that are free of faults: told with its place, and nothing is refused for it. Pure.

W401 one wording in two intents      W404 examples that other intents would win
W402 few examples                    W405 examples that their own `exclude:` shuts out
W403 nearly one wording in two       W406 few tests, or none of what is not meant
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from rapidfuzz import fuzz, process

from bot.language.files import Catalogue, Intent
from bot.language.matcher import Matcher
from bot.language.normalise import Normaliser, Tables
from bot.language.reader import Problem

#: Similarity, of 100, from which two wordings of two intents are told.
NEAR = 88

#: Examples from which an intent is well described; tests, and tests of what is not meant.
EXAMPLES, TESTS, UNWANTED = 8, 3, 1

#: Parts into which examples are dealt to see how those of one part fare with the others' help.
FOLDS = 5

#: Examples of one intent that another must win before the pair is told.
CONFUSED = 2


def doubts(catalogue: Catalogue, tables: Tables, background: Sequence[str], now: datetime) -> list[Problem]:
    """Return all that is doubtful, in the order of files and lines. Takes a second or two: it trains FOLDS times."""
    found = [
        *_few(catalogue), *_alike(catalogue, tables), *_shut_out(catalogue), *_confused(catalogue, tables, background, now)
    ]  # fmt: skip
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.code))


def _few(catalogue: Catalogue) -> Iterator[Problem]:
    for intent in catalogue.intents.values():
        if len(intent.examples) < EXAMPLES and intent.match == "fuzzy":
            yield _doubt(intent, 0, "W402", f"只有 {len(intent.examples)} 个例句", f"至少写 {EXAMPLES} 个，25 个更好")
        unwanted = sum(test.unwanted for test in intent.tests)
        if len(intent.tests) < TESTS or unwanted < UNWANTED:
            hint = "写几句居民会说的话，再写一两句 not:（不该算作它的话）"
            yield _doubt(intent, 0, "W406", f"只有 {len(intent.tests)} 个测试，其中 not: {unwanted} 个", hint)


def _alike(catalogue: Catalogue, tables: Tables) -> Iterator[Problem]:
    """Compare all wordings of all intents: 1,000 by 1,000 in a few hundredths of a second."""
    normalise = Normaliser(tables, catalogue.common.synonyms)
    lines = [(intent, example) for intent in catalogue.intents.values() for example in intent.examples]
    if not lines:
        return
    normal = [normalise(example) for _, example in lines]
    scores = process.cdist(normal, normal, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8)
    for first, second in zip(*np.nonzero(np.triu(scores, 1)), strict=True):
        (one, said), (other, also) = lines[first], lines[second]
        if one.id == other.id:
            continue
        place = f"{one.file}:{line_of(one, said)}"
        if normal[first] == normal[second]:
            yield _doubt(other, line_of(other, also), "W401", f"例句“{also}”与 {place} 重复", "请删去其中一处")
        else:
            yield _doubt(
                other, line_of(other, also), "W403", f"例句“{also}”与 {place} 的“{said}”太像", "请换一种说法，或删去其中一处"
            )


def _shut_out(catalogue: Catalogue) -> Iterator[Problem]:
    for intent in catalogue.intents.values():
        for example in intent.examples:
            word = next((word for word in intent.exclude if word in example), "")
            if word:
                yield _doubt(intent, line_of(intent, example), "W405", f"例句“{example}”含有 exclude 里的“{word}”，永远不会命中",
                             "请删去这个例句，或缩小 exclude")  # fmt: skip


def _confused(catalogue: Catalogue, tables: Tables, background: Sequence[str], now: datetime) -> Iterator[Problem]:
    """Let each example be judged by the others alone, and tell which intents would win it."""
    won: dict[tuple[str, str], list[str]] = defaultdict(list)
    for shown, hidden in _deal(catalogue):
        matcher = Matcher(shown, tables, background)
        for intent, example in hidden:
            match = matcher.match(example, now)
            best = match.candidates[0].intent if match.candidates else ""
            if best and best != intent and match.decision == "accept":
                won[intent, best].append(example)
    for (name, other), examples in won.items():
        if len(examples) >= CONFUSED:
            losing = catalogue.intents[name]
            words = "、".join(f"“{example}”" for example in examples[:3])
            yield _doubt(losing, line_of(losing, examples[0]), "W404", f"{len(examples)} 个例句更像 {other}：{words}",
                         "请看看它们该归哪一个，并各补几句像它们的话")  # fmt: skip


def _deal(catalogue: Catalogue) -> Iterator[tuple[Catalogue, list[tuple[str, str]]]]:
    """Yield catalogues that lack a part of each intent's examples, and the examples they lack."""
    order = random.Random(0)  # noqa: S311  the same deal each time, so that two runs tell the same
    parts: Mapping[str, list[str]] = {
        intent.id: order.sample(intent.examples, len(intent.examples)) for intent in catalogue.intents.values()
    }
    for fold in range(FOLDS):
        hidden = [
            (name, example) for name, examples in parts.items() if catalogue.intents[name].match == "fuzzy"
            for example in examples[fold::FOLDS]
        ]  # fmt: skip
        gone: Counter[tuple[str, str]] = Counter(hidden)
        intents = {
            intent.id: replace(intent, examples=tuple(e for e in intent.examples if (intent.id, e) not in gone))
            for intent in catalogue.intents.values()
        }
        yield replace(catalogue, intents=intents), hidden


def line_of(intent: Intent, example: str) -> int:
    """Return the line of an example in its file, 1 when it is not known."""
    for said, line in zip(intent.examples, intent.example_lines, strict=False):
        if said == example:
            return line
    return 1


def _doubt(intent: Intent, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(
        file=intent.file, line=line or 1, column=1 if not line else 3, code=code, severity="warning", message=message, hint=hint
    )  # fmt: skip
