"""Makes data/danger/odds.txt and kinds.txt from lines known to be danger or none: python bench/make_odds.py [FOLDER ...]

Logistic regression with L2 over the characters of a line and each two in a row, each counted once; what a lone line says weighs
nothing. Learned from are data/danger/*.tsv, the shipped intents, the background lines, the corpus and the `train` half of the
development set; further folders of corpus files may be named. Of each line a second one is made with another line's words before or
behind it: danger is told beside other things, too. Run it whenever lines were added. With --held-out it writes nothing and tells how
lines of writers fare that were left out one by one.
"""

import random
import sys
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from zlib import crc32

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import config  # noqa: E402  the checkout is importable from here on
from bot.dialogue.understanding import read_lines  # noqa: E402
from bot.language import files  # noqa: E402
from bot.language.danger.odds import grams  # noqa: E402
from bot.language.danger.sorts import Danger  # noqa: E402
from bot.language.normalise import Tables  # noqa: E402
from bot.language.reading import ANY_TIME, Reading  # noqa: E402

DATA = config.shipped("data")
SIMPLIFIED = dict(Tables.parse((DATA / "simplified.txt").read_text("utf-8"), "").simplified)

#: Intents of the development set that speak of danger.
DANGEROUS = frozenset({"elevator_trapped", "fire_ebike", "gas", "falling_objects"})

#: How much weights are held small, for danger or none and for its kinds.
HELD, HELD_KINDS = 0.3, 0.5

#: All danger together weighs this much of all other lines together: odds mean the same however the corpus grows.
SHARE = 0.4

#: Weights are kept in tenths; smaller ones say nothing.
SMALLEST, SMALLEST_KIND = 1, 2

HEAD = "# {} Made by bench/make_odds.py from data/danger/*.tsv and more; do not edit.\n"
ODDS = HEAD.format("What each character, and each two in a row, speak for danger or against it (below 0), in tenths of log odds.")
KINDS = HEAD.format("What they speak for each kind of danger, of a line known to tell of one, in tenths of log odds.")


@dataclass(frozen=True)
class Line:
    """A line, prepared; `kind` is empty where it is danger of a kind that nobody noted, None where it is none."""

    text: str
    kind: str | None
    writer: str

    @property
    def is_danger(self) -> bool:
        """Whether it is danger of any kind."""
        return self.kind is not None


def main() -> None:
    """Learn the weights and write them, or tell how they do on writers left out."""
    folders = [Path(name) for name in sys.argv[1:] if not name.startswith("-")]
    lines = read(folders)
    if "--held-out" in sys.argv:
        hold_out(lines)
        return
    weights, bias = learn_danger(lines)
    (DATA / "danger" / "odds.txt").write_text(ODDS + f"bias {round(10 * bias)}\n" + table(weights, SMALLEST, ""), "utf-8")
    kinds = KINDS
    for danger, (weights, bias) in learn_kinds(lines).items():
        kinds += f"{danger} bias {round(10 * bias)}\n" + table(weights, SMALLEST_KIND, f"{danger} ")
    (DATA / "danger" / "kinds.txt").write_text(kinds, "utf-8")
    print(f"{sum(line.is_danger for line in lines)} lines of danger, {sum(not line.is_danger for line in lines)} others")


def table(weights: Mapping[str, float], smallest: int, head: str) -> str:
    """Return weights as lines of one and all that weigh as much."""
    by_weight: dict[int, list[str]] = {}
    for gram, weight in sorted(weights.items()):
        if abs(tenths := round(10 * weight)) >= smallest and not set(gram) & set(" \n"):
            by_weight.setdefault(tenths, []).append(gram)
    rows = [fill(" ".join(found), 100, break_long_words=False).splitlines() for _, found in sorted(by_weight.items())]
    return "".join(
        f"{head}{weight} {row}\n" for (weight, _), each in zip(sorted(by_weight.items()), rows, strict=True) for row in each
    )


# ------------------------------------------------------------------ lines


def read(folders: Iterable[Path] = ()) -> list[Line]:
    """Return all lines, each once; one that is danger anywhere is danger."""
    found: dict[str, Line] = {}
    for line in (*dangers(), *shipped(), *corpora((DATA / "corpus", *folders))):
        known = found.get(line.text)
        if line.text and (known is None or (line.is_danger and not known.is_danger)):
            found[line.text] = line
    return list(found.values())


def dangers() -> Iterable[Line]:
    """Yield the lines of data/danger."""
    for path in sorted((DATA / "danger").glob("*.tsv")):
        for kind, said in read_lines(path):
            yield Line(plain(said), None if kind == "none" else Danger(kind).value, f"danger/{path.stem}")


def shipped() -> Iterable[Line]:
    """Yield the intents' examples and tests, the background lines and the development set."""
    folder = config.shipped("intents")
    catalogue = files.load({str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.yaml")})
    for intent in catalogue.intents.values():
        yield from (Line(plain(said), "" if intent.emergency else None, "intents") for said in intent.examples)
        tests = (test.text for test in intent.tests if test.unwanted or not intent.emergency)
        yield from (Line(plain(said), None, "intents") for said in tests)
    background = (line for line in (DATA / "background.txt").read_text("utf-8").splitlines() if not line.startswith("#"))
    yield from (Line(plain(said), None, "background") for said in (*catalogue.background, *background))
    for row in (ROOT / "bench" / "community_zh.tsv").read_text("utf-8").splitlines()[1:]:
        split, intent, said = row.split("\t")
        if split == "train" and intent not in DANGEROUS:
            yield Line(plain(said), None, "development")


def corpora(folders: Iterable[Path]) -> Iterable[Line]:
    """Yield the corpus, whose emergencies have no kind."""
    for path in sorted(path for folder in folders for path in folder.glob("*.tsv")):
        for intent, said in read_lines(path):
            yield Line(plain(said), "" if intent.startswith("emergency.") else None, path.stem)


def plain(said: str) -> str:
    """Return a line as the judge reads it."""
    return Reading.of(said, ANY_TIME, SIMPLIFIED).folded


def beside(lines: Sequence[Line]) -> list[Line]:
    """Return lines with harmless words before or behind them, with a pause between or none.

    A line keeps its words when others are added, so that a new line moves no weights but by what it says.
    """
    others = sorted((crc32(line.text.encode()), line.text) for line in lines if not line.is_danger)

    def joined(line: Line, chance: random.Random) -> Line:
        place = bisect(others, (crc32(f"beside {line.text}".encode()), ""))
        parts = [others[place % len(others)][1], line.text]
        if line.is_danger and chance.random() > 0.7:
            parts.reverse()
        return Line(chance.choice(["，", ""]).join(parts), line.kind, line.writer)

    each = ((line, random.Random(line.text)) for line in lines)
    return [joined(line, chance) for line, chance in each if line.is_danger or chance.random() < 0.5]


# ------------------------------------------------------------------ learning

Learned = tuple[Mapping[str, float], float]


def learn_danger(lines: Sequence[Line]) -> Learned:
    """Return weights and bias for danger or none."""
    all_ = [*lines, *beside(lines)]
    is_danger = [line.is_danger for line in all_]
    return learn([grams(line.text) for line in all_], is_danger, HELD, SHARE * is_danger.count(False) / is_danger.count(True))


def learn_kinds(lines: Sequence[Line]) -> Mapping[Danger, Learned]:
    """Return weights and bias of each kind against all others, of lines whose kind is noted."""
    known = [line for line in lines if line.kind]
    said = [grams(line.text) for line in known]
    return {kind: learn(said, [line.kind == kind for line in known], HELD_KINDS) for kind in Danger}


def learn(said: Sequence[frozenset[str]], right: Sequence[bool], held: float, heavy: float = 1.0) -> Learned:
    """Return weights and bias by Newton's method, each step by conjugate gradients; what a lone line says is left out.

    A line that is right counts for `heavy` lines.
    """
    counts = Counter(gram for line in said for gram in line)
    number = {gram: place for place, gram in enumerate(sorted(gram for gram, count in counts.items() if count > 1))}
    columns = [np.array(sorted(number[gram] for gram in line if gram in number), np.int64) for line in said]
    row, column = np.repeat(np.arange(len(said)), list(map(len, columns))), np.concatenate(columns)
    ridge = np.append(np.full(len(number), held), 0.0)
    is_right, weights = np.array(right, float), np.zeros(len(number) + 1)
    counted = np.where(is_right, heavy, 1.0)

    def score(of: np.ndarray) -> np.ndarray:
        return np.bincount(row, of[column], len(said)) + of[-1]

    def gather(of: np.ndarray) -> np.ndarray:
        return np.append(np.bincount(column, of[row], len(number)), of.sum())

    for _ in range(12):
        chance = 1 / (1 + np.exp(-score(weights)))
        curve = counted * chance * (1 - chance) + 1e-9
        slope = gather(counted * (chance - is_right)) + ridge * weights
        step = solve(lambda of, curve=curve: gather(curve * score(of)) + ridge * of, -slope)
        weights += step
        if abs(step).max() < 1e-3:
            break
    return {gram: float(weights[place]) for gram, place in number.items()}, float(weights[-1])


def solve(times, wanted: np.ndarray) -> np.ndarray:
    """Return what `times` makes `wanted` of, nearly, by conjugate gradients."""
    found, rest = np.zeros_like(wanted), wanted.copy()
    way, size = rest.copy(), rest @ rest
    enough = 1e-6 * size
    for _ in range(60):
        turned = times(way)
        far = size / (way @ turned)
        found += far * way
        rest -= far * turned
        size, before = rest @ rest, size
        if size < enough:
            break
        way = rest + size / before * way
    return found


# ------------------------------------------------------------------ writers left out


def hold_out(lines: Sequence[Line]) -> None:
    """Print for each writer what a model hears that has not seen their lines."""
    for writer in sorted({line.writer for line in lines} - {"intents", "background", "development"}):
        weights, bias = learn_danger([line for line in lines if line.writer != writer])
        odds = [
            (bias + sum(weights.get(gram, 0) for gram in grams(line.text)), line.is_danger)
            for line in lines
            if line.writer == writer
        ]
        real, none = [odd for odd, is_danger in odds if is_danger], [odd for odd, is_danger in odds if not is_danger]
        shares = " ".join(f"{bar:+.0f}: {share(real, bar)} {share(none, bar)}" for bar in (-2, -1, 0, 1, 2))
        print(f"{writer:<16}{len(real):>6}{len(none):>6}  heard and false from {shares}", flush=True)


def share(odds: Sequence[float], bar: float) -> str:
    """Return the share of log odds above a bar."""
    return f"{np.mean([odd > bar for odd in odds]):.3f}" if odds else "  –  "


if __name__ == "__main__":
    main()
