"""The numbers behind the matcher: how near a message is to each intent.

    z(intent) = 9 · votes + 4.5 · best ratio to an example + 1 · best pinyin ratio + 6 · coverage
    p(intent) = e^z / (Σ over intents e^z + e^6 "none of these" + e^z of the background class)

votes = ridge regression on character 1-2-grams and concepts, solved by conjugate gradients; ratio = rapidfuzz on normal
forms; pinyin = the same on toneless syllables; coverage = idf mass of the message's features that the intent's examples
hold. The p of the best intent is then calibrated. Figures: docs/decisions.md and bench/accuracy.py.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.language.kinds.shipped import GRAMMARS
from bot.language.matching.concepts import Concepts
from bot.language.normalise import HAN, Tables

Floats = NDArray[np.float32]
Numbers = NDArray[np.intp]

#: Weights of votes, ratio, pinyin ratio and coverage; they carry over from one community to another.
WEIGHTS = (9.0, 4.5, 1.0, 6.0)

#: Weight of a concept beside a character or pair; more would make all repairs alike.
CONCEPT = 0.7

#: Ridge constants of examples and of background lines, which count a tenth.
RIDGE, BACKGROUND_RIDGE = 0.6, 2.0

#: Steps of conjugate gradients: 4 are enough for 20 lines an intent, with 100 and more 8 get 2 of 100 messages more right.
STEPS = 8

#: Numbers worked on at once in training: what a processor keeps near.
BLOCK = 250_000

#: z of "none of these".
NULL = 6.0

#: z of an intent that a word of the message rules out.
BARRED = -50.0

#: Confidence = 1 / (1 + e^-(OFFSET + SLOPE · logit p)): measured once by cross-validation, see bench/accuracy.py.
OFFSET, SLOPE = -0.1, 0.5

#: A repaired reading must be this much better.
REPAIR_GAIN = 0.5

#: With more lines only the likeliest are compared by rapidfuzz: those that share the rarest features with the message.
FEW, POSTINGS, CANDIDATES = 800, 3_000, 150

#: Function characters: left out of the single characters, kept in the pairs.
STOP = frozenset(
    "的了着过吗呢吧啊呀哦嘛么是我你他她它们这那有没不也都就还要会能可以和跟与在把被给让到去来个一下点些好很太再又才只什怎样啥咋几多少请问想帮谢您"
)

#: What the name of a concept begins with among the features.
MARK = "#"

#: How masks of values are shown to people.
SHOWN = {ord(grammar.mask): f"〔{grammar.title}〕" for grammar in GRAMMARS}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How likely each intent is, in their order; `text` is what was compared, after `repairs`."""

    confidence: Floats
    text: str
    nearest: Numbers  # the line of each intent that is most similar, -1 where none was compared
    ratio: Floats
    repairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Found:
    """z of each class, the best ratio in it, and the line that has it."""

    scores: Floats
    ratio: Floats
    nearest: Numbers


@dataclass(frozen=True)
class Scores:
    """The trained numbers; rows are example lines, columns intents and, last, the background."""

    tables: Tables
    concepts: Concepts
    raw: list[str]
    lines: list[str]
    spelled: list[str]
    owner: Numbers  # line -> intent
    starts: Numbers  # intent -> its first line
    vocabulary: dict[str, int]
    idf: Floats
    unseen: float
    votes: Floats
    covered: NDArray[np.bool_]
    postings: Numbers  # lines by feature, those of feature k from offsets[k] on
    shares: Floats  # what each posting weighs
    offsets: Numbers
    known: frozenset[str]
    by_sound: dict[str, str]
    intents: int

    @classmethod
    def train(cls, examples: Sequence[Sequence[tuple[str, str]]], background: Sequence[str], tables: Tables,
              concepts: Concepts) -> "Scores":  # fmt: skip
        """Fit to the lines of each intent, in order: pairs of an original line and its normal form.

        Where a community teaches an intent what the background would refuse, the background gives way.
        """
        taught = {line for lines in examples for _, line in lines}
        background = [line for line in background if line not in taught]
        raw = [line for lines in examples for line, _ in lines] + background
        lines = [line for lines in examples for _, line in lines] + background
        owner = np.repeat(np.arange(len(examples) + 1), [*(len(lines) for lines in examples), len(background)])
        own, classes, total = len(lines) - len(background), len(examples) + 1, len(lines)
        vocabulary: dict[str, int] = {}
        columns: list[int] = []
        sizes: list[int] = []
        for line in lines:
            found = features(line, concepts)
            columns += [vocabulary.setdefault(feature, len(vocabulary)) for feature in found]
            sizes.append(len(found))
        column, row = np.array(columns, np.intp), np.repeat(np.arange(total), sizes)
        frequency = np.bincount(column, minlength=len(vocabulary))
        kinds = np.array([CONCEPT if feature[0] == MARK else 1.0 for feature in vocabulary], np.float32)
        idf = ((np.log((1 + total) / (1 + frequency)) + 1) * kinds).astype(np.float32)
        weight = idf[column]
        length = np.sqrt(np.bincount(row, weight * weight, minlength=total)).astype(np.float32)
        weight = weight / length[row]
        ridge = np.append(_ridge(owner[:own], classes - 1), np.full(total - own, BACKGROUND_RIDGE)).astype(np.float32)
        target = np.full((total, classes), -1 / max(classes - 1, 1), np.float32)
        target[np.arange(total), owner] = 1
        matrix = _Matrix.of(row, column, weight, total, len(vocabulary))
        covered = np.zeros((len(vocabulary), classes), np.bool_)
        covered[column, owner[row]] = True
        known = Counter(pair for line in lines[:own] for pair in {line[i : i + 2] for i in range(len(line) - 1)})
        by_sound: dict[str, str] = {}
        for pair, count in known.most_common():
            if count < 2:
                break
            if not (set(pair) & STOP) and all(HAN.match(c) for c in pair):
                by_sound.setdefault(tables.spell(pair), pair)
        return cls(
            tables=tables, concepts=concepts, raw=raw, lines=lines, spelled=[tables.spell(line) for line in lines],
            owner=owner, starts=np.searchsorted(owner, np.arange(classes)), vocabulary=vocabulary, idf=idf,
            unseen=math.log(1 + total) + 1, votes=_solve(matrix, ridge, target), covered=covered,
            postings=matrix.row_of, shares=matrix.by_column, offsets=matrix.columns,
            known=frozenset(known), by_sound=by_sound, intents=len(examples),
        )  # fmt: skip

    def judge(self, text: str, barred: Sequence[int] = ()) -> Verdict:
        """Return how likely each intent is; what the `barred` ones would have got goes to the others."""
        if not self.intents:
            nothing = np.zeros(0, np.float32)
            return Verdict(confidence=nothing, text=text, nearest=np.zeros(0, np.intp), ratio=nothing)
        found = self._score(text, barred)
        repaired, changes = self._repair(text)
        if changes:
            again = self._score(repaired, barred)
            if again.scores[: self.intents].max() - REPAIR_GAIN > found.scores[: self.intents].max():
                return self._verdict(again, repaired, REPAIR_GAIN, tuple(changes))
        return self._verdict(found, text)

    def leads(self) -> Floats:
        """Return for each taught line how far the votes for its intent lead when its own share is taken away.

        Training without the line is milder, for its neighbours would then make up for it: the order tells more than the figure.
        """
        order = np.argsort(self.postings, kind="stable")
        features = np.repeat(np.arange(len(self.vocabulary)), np.diff(self.offsets))[order]
        taught, owner = int(self.starts[-1]), self.owner[: self.starts[-1]]
        bounds = np.searchsorted(self.postings[order], np.arange(taught + 1))
        votes = _product(bounds, features, self.shares[order], self.votes)[:, : self.intents]
        target = np.full(votes.shape, -1 / max(self.intents, 1), np.float32)
        lines = np.arange(taught)
        target[lines, owner] = 1
        votes -= (target - votes) / _ridge(self.owner[:taught], self.intents)[:, None]
        own = votes[lines, owner]
        votes[lines, owner] = -np.inf
        leads: Floats = own - votes.max(axis=1)
        return leads

    def explain(self, verdict: Verdict, intents: Sequence[int]) -> list[str]:
        """Return for each intent its most similar example, the features that spoke for it, and repaired words."""
        said = self.concepts.find(verdict.text)
        known = [(k, f"{said[name[1:]]}类" if name[0] == MARK else name) for name in _grams(verdict.text, said)
                 if (k := self.vocabulary.get(name)) is not None]  # fmt: skip
        places = np.array([k for k, _ in known], np.intp)
        heard = self.votes[places] * self.idf[places, None]
        repaired = "，疑似错字：" + "、".join(f"{wrong}→{right}" for wrong, right in verdict.repairs) if verdict.repairs else ""
        return [self._nearest(verdict, intent) + _because(heard[:, intent], known) + repaired for intent in intents]

    def _nearest(self, verdict: Verdict, intent: int) -> str:
        line = int(verdict.nearest[intent])
        return f"像：「{self.raw[line]}」{verdict.ratio[intent]:.0f}" if line >= 0 else ""

    def _verdict(self, found: "_Found", text: str, price: float = 0.0, repairs: tuple[tuple[str, str], ...] = ()) -> Verdict:
        return Verdict(
            confidence=self._weigh(found.scores - price), text=text, nearest=found.nearest, ratio=found.ratio, repairs=repairs
        )

    def _weigh(self, scores: Floats) -> Floats:
        """Turn z into confidence: the null option and the background take their part, then the best is calibrated."""
        own = scores[: self.intents]
        peak = max(float(own.max()), NULL)
        powers = np.exp(own - peak)
        background = math.exp(min(float(scores[self.intents]) - peak, 50.0)) if len(self.lines) > self.starts[-1] else 0.0
        shares = powers / (float(powers.sum()) + math.exp(NULL - peak) + background)
        best = float(shares.max())
        confidence: Floats = (shares * (calibrate(best) / best if best > 0 else 0.0)).astype(np.float32)
        return confidence

    def _score(self, text: str, barred: Sequence[int] = ()) -> "_Found":
        seen = features(text, self.concepts)
        places = [self.vocabulary.get(feature, -1) for feature in seen]
        known = np.array([k for k in places if k >= 0], np.intp)
        unknown = sum(CONCEPT if feature[0] == MARK else 1.0 for feature, k in zip(seen, places, strict=True) if k < 0)
        if len(known):
            weight = self.idf[known]
            votes = (weight / np.sqrt(weight @ weight)) @ self.votes[known]
            coverage = (weight @ self.covered[known]) / (float(weight.sum()) + unknown * self.unseen)
        else:
            votes = coverage = np.zeros(self.intents + 1, np.float32)
        ratio, sound, nearest = self._ratios(text, known)
        a, b, c, d = WEIGHTS
        scores: Floats = (a * votes + b / 100 * ratio + c / 100 * sound + d * coverage).astype(np.float32)
        scores[list(barred)] = BARRED
        return _Found(scores, ratio, nearest)

    def _ratios(self, text: str, known: Numbers) -> tuple[Floats, Floats, Numbers]:
        """Return the best ratio to a line of each class, by characters and by sound, and which line that was."""
        ratio, sound = np.zeros((2, self.intents + 1), np.float32)
        nearest = np.full(self.intents + 1, -1, np.intp)
        if len(self.lines) <= FEW:
            rows, lines, sounds = np.arange(len(self.lines)), self.lines, self.spelled
        else:
            rows = self._likely(known)
            lines, sounds = [self.lines[k] for k in rows], [self.spelled[k] for k in rows]
        if len(rows):
            owners = self.owner[rows]
            alike = process.cdist([text], lines, scorer=fuzz.ratio, dtype=np.float32)[0]
            order = np.argsort(alike, kind="stable")
            ratio[owners[order]], nearest[owners[order]] = alike[order], rows[order]  # the last one holds
            spelled = process.cdist([self.tables.spell(text)], sounds, scorer=fuzz.ratio, dtype=np.float32)[0]
            np.maximum.at(sound, owners, spelled)
        return ratio, sound, nearest

    def _likely(self, known: Numbers) -> Numbers:
        """Return the lines that share most with a message: its rarest features first, at most POSTINGS of them."""
        if not len(known):
            return known
        sizes = self.offsets[known + 1] - self.offsets[known]
        order = np.argsort(sizes, kind="stable")
        within = np.cumsum(sizes[order]) <= POSTINGS
        within[0] = True
        chosen = known[order[within]]
        spans = [slice(self.offsets[k], self.offsets[k + 1]) for k in chosen]
        lines = np.concatenate([self.postings[span] for span in spans])
        shares = np.concatenate([self.shares[span] * self.idf[k] for span, k in zip(spans, chosen, strict=True)])
        found, places = np.unique(lines, return_inverse=True)
        if len(found) <= CANDIDATES:
            return found
        return found[np.argpartition(np.bincount(places, shares), -CANDIDATES)[-CANDIDATES:]]

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


def features(text: str, concepts: Concepts) -> list[str]:
    """Return what a normal form is compared by: its content characters, all pairs, and concepts; each once."""
    return _grams(text, concepts.find(text))


def _grams(text: str, names: Iterable[str]) -> list[str]:
    found = [c for c in text if c not in STOP] + [text[i : i + 2] for i in range(len(text) - 1)] or list(text)
    return list(dict.fromkeys(found + [MARK + name for name in names]))


def _because(heard: Floats, known: Sequence[tuple[int, str]]) -> str:
    """Name the three features that spoke loudest for an intent."""
    loudest = [known[i][1] for i in np.argsort(-heard)[:3] if heard[i] > 0]
    return f"，因为：{'、'.join(loudest).translate(SHOWN)}" if loudest else ""


def calibrate(p: float) -> float:
    """Return how often an intent of probability `p` is the right one."""
    if not 0 < p < 1:
        return p
    return 1 / (1 + math.exp(-OFFSET - SLOPE * math.log(p / (1 - p))))


# ------------------------------------------------------------------ ridge regression


@dataclass(frozen=True)
class _Matrix:
    """Lines by features, sparse, once in the order of lines and once in that of features."""

    rows: Numbers  # where each line begins, and the end
    column_of: Numbers
    by_row: Floats
    columns: Numbers  # where each feature begins, and the end
    row_of: Numbers
    by_column: Floats

    @classmethod
    def of(cls, row: Numbers, column: Numbers, weight: Floats, height: int, width: int) -> "_Matrix":
        """Take entries in the order of lines."""
        order = np.argsort(column, kind="stable")
        rows = np.append(0, np.cumsum(np.bincount(row, minlength=height))).astype(np.intp)
        columns = np.append(0, np.cumsum(np.bincount(column, minlength=width))).astype(np.intp)
        return cls(rows, column, weight, columns, row[order], weight[order])

    def times(self, right: Floats) -> Floats:
        """Return this matrix times `right`."""
        return _product(self.rows, self.column_of, self.by_row, right)

    def turned_times(self, right: Floats) -> Floats:
        """Return the transposed matrix times `right`."""
        return _product(self.columns, self.row_of, self.by_column, right)


def _product(bounds: Numbers, places: Numbers, weights: Floats, right: Floats) -> Floats:
    out = np.zeros((len(bounds) - 1, right.shape[1]), np.float32)
    filled = np.flatnonzero(np.diff(bounds))  # a line may have no feature that others know: reduceat cannot sum nothing
    bounds = np.append(bounds[filled], bounds[-1])
    for begin, stop in _blocks(bounds, max(1, BLOCK // right.shape[1])):
        part = slice(bounds[begin], bounds[stop])
        products = right[places[part]] * weights[part, None]
        out[filled[begin:stop]] = np.add.reduceat(products, bounds[begin:stop] - bounds[begin], axis=0)
    return out


def _blocks(bounds: Numbers, size: int) -> Iterator[tuple[int, int]]:
    """Cut rows, none of which is empty, into blocks of about `size` entries."""
    begin, last = 0, len(bounds) - 1
    while begin < last:
        stop = max(begin + 1, int(np.searchsorted(bounds, bounds[begin] + size, side="right")) - 1)
        yield begin, min(stop, last)
        begin = stop


def _ridge(owner: Numbers, intents: int) -> Floats:
    """Return the ridge constant of each example: those of an intent of many lines weigh no more together than those of another."""
    shares: Floats = (RIDGE * np.bincount(owner, minlength=1)[owner] * intents / max(len(owner), 1)).astype(np.float32)
    return shares


def _solve(matrix: _Matrix, ridge: Floats, target: Floats) -> Floats:
    """Return XᵀA where (X Xᵀ + ridge) A = target, all classes at once by conjugate gradients."""
    if not len(ridge):
        return np.zeros((0, target.shape[1]), np.float32)
    solved = np.zeros((len(matrix.columns) - 1, target.shape[1]), np.float32)
    rest, step = target.copy(), target.copy()
    size = np.einsum("ij,ij->j", rest, rest)
    for left in range(STEPS, 0, -1):
        turned = matrix.turned_times(step)
        moved = matrix.times(turned) + ridge[:, None] * step
        pace = size / np.maximum(np.einsum("ij,ij->j", step, moved), 1e-12)
        solved += pace * turned
        if left == 1:
            break
        rest -= pace * moved
        new = np.einsum("ij,ij->j", rest, rest)
        step = rest + (new / np.maximum(size, 1e-12)) * step
        size = new
    return solved
