"""Which intent a message means, how sure that is, and why.

    z(intent) = 9 · votes + 4.5 · best ratio to an example + 1 · best pinyin ratio + 4 · coverage
    p(intent) = e^z / (Σ over intents e^z + e^6 "none of these" + e^z of the background class)

votes = ridge regression on character 1-2-grams, solved by conjugate gradients; ratio = rapidfuzz on normal forms;
pinyin = the same on toneless syllables; coverage = idf mass of the message's n-grams that the intent's examples hold.
Before that: exact examples, sentence templates and emergencies. Figures: docs/decisions.md.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.language import slots
from bot.language.files import Catalogue, Intent
from bot.language.normalise import HAN, Normaliser, Tables, longest_first

Floats = NDArray[np.float32]

#: Weights of votes, ratio, pinyin ratio and coverage; they carry over from one community to another.
WEIGHTS = (9.0, 4.5, 1.0, 4.0)

#: Ridge constants of examples and of background lines, which count a tenth.
RIDGE, BACKGROUND_RIDGE = 0.3, 3.0

#: Steps of conjugate gradients; 4 to 12 give the same accuracy.
STEPS = 6

#: z of "none of these".
NULL = 6.0

#: A repaired reading must be this much better.
REPAIR_GAIN = 0.5

#: From here on a message is acted on; from the second on it is asked back; below it is refused.
ACCEPT, CLARIFY = 0.70, 0.20

#: A runner-up this close to the first makes us ask.
TIE = 0.5

#: Similarity for intents that must match as a whole (你好, 谢谢).
WHOLE = 85

#: Longer messages are judged by their beginning; nobody asks for a visitor pass in 500 characters.
LONGEST = 300

#: One word that is no example and no keyword (电梯, 张伟) resembles too much to be acted on.
SHORT = 2

#: Confidence of a strict template, just below that of an exact example.
TEMPLATE = 0.99

#: Function characters: left out of the single characters, kept in the pairs.
STOP = frozenset(
    "的了着过吗呢吧啊呀哦嘛么是我你他她它们这那有没不也都就还要会能可以和跟与在把被给让到去来个一下点些好很太再又才只什怎样啥咋几多少请问想帮谢您"
)

Decision = Literal["accept", "clarify", "reject"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An intent that may be meant; `why` explains it to an admin, in Chinese."""

    intent: str
    confidence: float
    why: str


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a message may mean, best first; `said` holds words that a template found for slots."""

    text: str
    normalised: str = ""
    candidates: tuple[Candidate, ...] = ()
    decision: Decision = "reject"
    emergency: bool = False
    said: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[tuple[str, str], ...] = ()


def grams(text: str) -> list[str]:
    """Return the features of a normal form: its content characters and all pairs."""
    return [c for c in text if c not in STOP] + [text[i : i + 2] for i in range(len(text) - 1)] or list(text)


class Matcher:
    """A trained catalogue. Immutable, so that messages in flight keep theirs when the files change."""

    def __init__(self, catalogue: Catalogue, tables: Tables, background: Sequence[str] = ()) -> None:
        self._catalogue = catalogue
        self._tables = tables
        self._normalise = Normaliser(tables, catalogue.common.synonyms)
        fuzzy = [intent for intent in catalogue.intents.values() if intent.match == "fuzzy"]
        self._intents = [intent.id for intent in fuzzy]
        self._whole = [intent for intent in catalogue.intents.values() if intent.match == "whole"]
        self._exact = self._collect_exact()
        vetoes = {intent.id: (*intent.exclude, *intent.unless) for intent in fuzzy}
        self._excluded = {intent: _any(words) for intent, words in vetoes.items() if words}
        self._alarms = [(intent, _any(intent.keywords), _any(intent.unless)) for intent in fuzzy if intent.emergency]
        self._model = _Model.train(
            [self._lines_of(intent) for intent in fuzzy],
            [self._read(line) for line in (*background, *catalogue.background)],
            tables,
        )

    def match(self, text: str, now: datetime) -> Match:
        """Return what `text` may mean. Pure; well under a millisecond."""
        text = text[:LONGEST]
        plain = self._normalise(text)
        if not plain:
            return Match(text=text)
        return (
            self._match_alarm(text, plain)
            or self._match_exact(text, plain)
            or self._match_whole(text, plain)
            or self._match_template(text, plain)
            or self._match_fuzzy(text, self._read(text, now))
        )

    # -- stages

    def _match_alarm(self, text: str, plain: str) -> Match | None:
        """Emergencies are judged first, by their words; a figure of speech is none."""
        for intent, words, unless in self._alarms:
            found = words.search(text) or words.search(plain)
            if found and not unless.search(text):
                return self._certain(text, plain, intent.id, 1.0, f"紧急词：{found[0]}", emergency=True)
        return None

    def _match_exact(self, text: str, plain: str) -> Match | None:
        intent = self._exact.get(plain)
        if intent is None:
            return None
        emergency = self._catalogue.intents[intent].emergency
        return self._certain(text, plain, intent, 1.0, "完全匹配例句", emergency=emergency)

    def _match_whole(self, text: str, plain: str) -> Match | None:
        for intent in self._whole:
            near = process.extractOne(plain, intent.examples, scorer=fuzz.ratio, score_cutoff=WHOLE)
            if near:
                return self._certain(text, plain, intent.id, near[1] / 100, f"整句像：「{near[0]}」")
        return None

    def _match_template(self, text: str, plain: str) -> Match | None:
        words = re.sub(r"[\s,，。.!！?？~～、;；]", "", text.lower().translate(dict(self._tables.simplified)))
        for intent in self._catalogue.intents.values():
            if self._is_excluded(intent.id, text):
                continue
            for sentence in intent.sentences:
                said = sentence.match(words)
                if said is not None:
                    return self._certain(text, plain, intent.id, TEMPLATE, f"句式：{sentence.template}", said=said)
        return None

    def _match_fuzzy(self, text: str, plain: str) -> Match:
        if not plain.strip(slots.SAYS_NOTHING):  # 明天上午 alone asks for nothing
            return Match(text=text, normalised=plain)
        scores, repairs, read = self._model.judge(plain)
        order = [int(i) for i in np.argsort(-scores) if not self._is_excluded(self._intents[int(i)], text)][:3]
        candidates = tuple(
            Candidate(self._intents[i], round(float(scores[i]), 4), self._model.explain(read, i, repairs)) for i in order
        )
        decision = decide(candidates)
        if decision == "accept" and len(plain) <= SHORT:
            decision = "clarify"
        return Match(text=text, normalised=plain, candidates=candidates, decision=decision, repairs=repairs)

    def _certain(self, text: str, plain: str, intent: str, confidence: float, why: str, *, emergency: bool = False,
                 said: Mapping[str, str] | None = None) -> Match:  # fmt: skip
        candidate = Candidate(intent, confidence, why)
        return Match(
            text=text, normalised=plain, candidates=(candidate,), decision="accept", emergency=emergency, said=said or {}
        )

    # -- training

    def _read(self, text: str, now: datetime | None = None) -> str:
        """Return the normal form with values masked, so that one plate looks like another."""
        return self._normalise(slots.mask(text, now)) or self._normalise(text)

    def _lines_of(self, intent: Intent) -> list[tuple[str, str]]:
        """Return pairs of an original line and its normal form: examples, template samples, keywords."""
        samples = [sample for sentence in intent.sentences for sample in sentence.samples]
        lines = dict.fromkeys([*intent.examples, *samples, *intent.keywords])
        return [(line, self._read(line)) for line in lines if line.strip()]

    def _collect_exact(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for intent in self._catalogue.intents.values():
            for example in intent.examples:
                found.setdefault(self._normalise(example), intent.id)
        for intent in self._catalogue.intents.values():
            for keyword in intent.keywords:
                found.setdefault(self._normalise(keyword), intent.id)
        return found

    def _is_excluded(self, intent: str, text: str) -> bool:
        words = self._excluded.get(intent)
        return words is not None and words.search(text) is not None


def decide(candidates: Sequence[Candidate]) -> Decision:
    """Return what to do with candidates, best first; two that are close are asked back."""
    if not candidates or candidates[0].confidence < CLARIFY:
        return "reject"
    close = len(candidates) > 1 and candidates[1].confidence > TIE * candidates[0].confidence
    return "clarify" if close or candidates[0].confidence < ACCEPT else "accept"


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(longest_first(words) or r"(?!)")


# ------------------------------------------------------------------ the numbers


@dataclass(frozen=True)
class _Model:
    """The trained numbers; rows are example lines, columns intents and, last, the background."""

    tables: Tables
    raw: list[str]
    lines: list[str]
    spelled: list[str]
    owner: NDArray[np.intp]  # line -> intent
    starts: NDArray[np.intp]  # intent -> its first line
    vocabulary: dict[str, int]
    idf: Floats
    unseen: float
    votes: Floats
    covered: Floats
    known: Counter[str]
    by_sound: dict[str, str]
    intents: int

    @classmethod
    def train(cls, examples: Sequence[Sequence[tuple[str, str]]], background: Sequence[str], tables: Tables) -> "_Model":
        """Fit to the lines of each intent, in order."""
        raw = [line for lines in examples for line, _ in lines] + list(background)
        lines = [line for lines in examples for _, line in lines] + list(background)
        owner = np.repeat(np.arange(len(examples) + 1), [*(len(lines) for lines in examples), len(background)])
        own = len(lines) - len(background)
        classes = len(examples) + 1
        vocabulary: dict[str, int] = {}
        rows, columns = [], []
        for number, line in enumerate(lines):
            for gram in set(grams(line)):
                rows.append(number)
                columns.append(vocabulary.setdefault(gram, len(vocabulary)))
        row, column = np.array(rows, np.intp), np.array(columns, np.intp)
        total = len(lines)
        frequency = np.bincount(column, minlength=len(vocabulary))
        idf = (np.log((1 + total) / (1 + frequency)) + 1).astype(np.float32)
        weight = idf[column]
        length = np.sqrt(np.bincount(row, weight * weight, minlength=total)).astype(np.float32)
        weight = weight / length[row]
        ridge = np.full(total, RIDGE, np.float32)
        ridge[own:] = BACKGROUND_RIDGE
        target = np.full((total, classes), -1 / max(classes - 1, 1), np.float32)
        target[np.arange(total), owner] = 1
        covered = np.zeros((len(vocabulary), classes), np.float32)
        covered[column, owner[row]] = idf[column]
        known = Counter(pair for line in lines[:own] for pair in {line[i : i + 2] for i in range(len(line) - 1)})
        by_sound: dict[str, str] = {}
        for pair, count in known.most_common():
            if count >= 2 and not (set(pair) & STOP) and all(HAN.match(c) for c in pair):
                by_sound.setdefault(tables.spell(pair), pair)
        return cls(
            tables=tables, raw=raw, lines=lines, spelled=[tables.spell(line) for line in lines], owner=owner,
            starts=np.searchsorted(owner, np.arange(classes)), vocabulary=vocabulary, idf=idf,
            unseen=math.log(1 + total) + 1, votes=_solve(row, column, weight, frequency, ridge, target),
            covered=covered, known=known, by_sound=by_sound, intents=len(examples),
        )  # fmt: skip

    def judge(self, text: str) -> tuple[Floats, tuple[tuple[str, str], ...], str]:
        """Return the probability of each intent, the repairs made, and the text as it was read."""
        if not self.intents:
            return np.zeros(0, np.float32), (), text
        scores = self._score(text)
        repairs: tuple[tuple[str, str], ...] = ()
        repaired, changes = self._repair(text)
        if changes:
            again = self._score(repaired) - REPAIR_GAIN
            if again[: self.intents].max() > scores[: self.intents].max():
                scores, repairs, text = again, tuple(changes), repaired
        own = scores[: self.intents]
        peak = max(float(own.max()), NULL)
        powers = np.exp(own - peak)
        background = math.exp(min(float(scores[self.intents]) - peak, 50.0)) if len(self.lines) > self.starts[-1] else 0.0
        whole = float(powers.sum()) + math.exp(NULL - peak) + background
        return (powers / whole).astype(np.float32), repairs, text

    def explain(self, text: str, intent: int, repairs: Sequence[tuple[str, str]]) -> str:
        """Return the most similar example, the n-grams that spoke for it, and repaired words."""
        begin, end = int(self.starts[intent]), int(self.starts[intent + 1])
        best = process.extractOne(text, self.lines[begin:end], scorer=fuzz.ratio, processor=None)
        why = f"像：「{self.raw[begin + best[2]]}」{best[1]:.0f}" if best else ""
        known = [(gram, self.vocabulary[gram]) for gram in set(grams(text)) if gram in self.vocabulary]
        for_it = sorted(((float(self.votes[k, intent] * self.idf[k]), gram) for gram, k in known), reverse=True)[:3]
        why += "；词：" + " ".join(gram for value, gram in for_it if value > 0) if for_it else ""
        return why + ("；疑似错字 " + "，".join(f"{a}→{b}" for a, b in repairs) if repairs else "")

    def _score(self, text: str) -> Floats:
        seen = set(grams(text))
        known = np.array([self.vocabulary[gram] for gram in seen if gram in self.vocabulary], np.intp)
        classes = self.intents + 1
        votes: Floats = np.zeros(classes, np.float32)
        coverage: Floats = votes
        if len(known):
            weight = self.idf[known]
            votes = ((weight / math.sqrt(float(weight @ weight))) @ self.votes[known]).astype(np.float32)
            mass = float(weight.sum()) + (len(seen) - len(known)) * self.unseen
            coverage = (self.covered[known].sum(0) / mass).astype(np.float32)
        ratio = self._best(text, self.lines)
        sound = self._best(self.tables.spell(text), self.spelled)
        a, b, c, d = WEIGHTS
        score: Floats = (a * votes + b / 100 * ratio + c / 100 * sound + d * coverage).astype(np.float32)
        return score

    def _best(self, text: str, lines: Sequence[str]) -> Floats:
        """Return the best ratio to a line of each class."""
        best = np.zeros(self.intents + 1, np.float32)
        scores = process.cdist([text], lines, scorer=fuzz.ratio, dtype=np.float32)[0]
        filled = np.flatnonzero(np.diff(np.append(self.starts, len(lines))))  # reduceat wants no empty class
        best[filled] = np.maximum.reduceat(scores, self.starts[filled])
        return best

    def _repair(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Rewrite an unknown pair to a known one that sounds alike, one character at a time (凳记 → 登记)."""
        out, changes = list(text), []
        for i in range(len(text) - 1):
            pair = out[i] + out[i + 1]
            if pair in self.known:
                continue
            right = self.by_sound.get(self.tables.spell(pair))
            if not right or (right[0] == pair[0]) == (right[1] == pair[1]):  # exactly one character differs
                continue
            changed = i if right[0] != pair[0] else i + 1
            before = changed > 0 and out[changed - 1] + out[changed] in self.known
            after = changed + 1 < len(out) and out[changed] + out[changed + 1] in self.known
            if before or after:
                continue
            changes.append((pair, right))
            out[i], out[i + 1] = right[0], right[1]
        return "".join(out), changes


def _solve(row: NDArray[np.intp], column: NDArray[np.intp], weight: Floats, frequency: NDArray[np.intp],
           ridge: Floats, target: Floats) -> Floats:  # fmt: skip
    """Return XᵀA where (X Xᵀ + ridge) A = target, all classes at once by conjugate gradients.

    The Gram matrix is made of n-grams that stand in two lines or more; the others touch only its diagonal, which is 1.
    """
    total = len(ridge)
    if not total:
        return np.zeros((0, target.shape[1]), np.float32)
    order = np.argsort(column, kind="stable")
    rows, weights, starts = row[order], weight[order].astype(np.float32), np.r_[0, np.cumsum(frequency)]
    gram = np.zeros((total, total), np.float32)
    for k in np.flatnonzero(frequency >= 2):
        r, w = rows[starts[k] : starts[k + 1]], weights[starts[k] : starts[k + 1]]
        gram[r[:, None], r] += w[:, None] * w
    diagonal = np.arange(total)
    gram[diagonal, diagonal] = 1.0 + ridge
    answer, rest, step = np.zeros_like(target), target.copy(), target.copy()
    size = np.einsum("ij,ij->j", rest, rest)
    for _ in range(STEPS):
        moved = gram @ step
        pace = size / np.maximum(np.einsum("ij,ij->j", step, moved), 1e-12)
        answer += pace * step
        rest -= pace * moved
        new = np.einsum("ij,ij->j", rest, rest)
        step = rest + (new / np.maximum(size, 1e-12)) * step
        size = new
    solved: Floats = np.add.reduceat(answer[rows] * weights[:, None], starts[:-1], axis=0).astype(np.float32)
    return solved
