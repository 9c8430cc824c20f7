"""How well and how fast messages are matched: python bench/accuracy.py

Development set: bench/community_zh.tsv, written for this project: 53 intents x 20 lines as an admin writes them (`train`),
8 messy messages of residents for each and 180 that belong to no intent (`test`). The split that is kept: constants (weights,
null option, calibration, thresholds) are chosen by five folds of `train`, where intents left out and background lines left
out stand for what belongs nowhere; `test` only reports. Concept lists were written with `train` in view, so that the folds
flatter them; of `test`, every second message of an intent was looked at for faults ("seen"), the others never ("unseen").
Background lines that stand in `test` are left out.
"""

import random
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import config  # noqa: E402  the checkout is importable from here on
from bot.dialogue.understanding import read_judge  # noqa: E402
from bot.language.files import Catalogue, Common, Intent, load  # noqa: E402
from bot.language.matching import scores  # noqa: E402
from bot.language.matching.matcher import ACCEPT, CLARIFY, Match, Matcher, decide  # noqa: E402
from bot.language.normalise import Tables  # noqa: E402

NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")
DATA = config.shipped("data")
TABLES = Tables.parse((DATA / "simplified.txt").read_text("utf-8"), (DATA / "pinyin.txt").read_text("utf-8"))
CONCEPTS = load({"_common.yaml": (config.shipped("intents") / "_common.yaml").read_text("utf-8")}).common.concepts

#: Belongs to no intent.
NONE = ""

FOLDS = 5

#: Share of messages that belong to no intent, for which confidence is calibrated.
STRANGERS = 0.2

Lines = Sequence[tuple[str, str]]  # intent, text


def main() -> None:
    """Measure everything and print it."""
    train, test = read(Path(__file__).with_name("community_zh.tsv"))
    said = {text for _, text in test}
    lines = (DATA / "background.txt").read_text("utf-8").splitlines()
    background = [line for line in lines if line and line[0] != "#" and line not in said]
    print(f"{len(train)} lines to learn, {len(test)} to judge, {len(background)} background lines; "
          f"thresholds {ACCEPT:.2f} and {CLARIFY:.2f}\n")  # fmt: skip
    print(f"{'':<34}{'macro':>7}{'r@3':>7}{'AUROC':>7}{'right*':>8}   * accepted and right at 5 % false accepts")
    report("test, plain", judge(matcher(train, [], {}), test))
    report("test, concepts", judge(matcher(train, [], CONCEPTS), test))
    report("test, background", judge(matcher(train, background, {}), test))
    final = judge(matcher(train, background, CONCEPTS), test)
    report("test, background, concepts", final)
    report("  of it seen", [case for case, odd in zip(final, halves(test), strict=True) if odd != 1])
    report("  of it unseen", [case for case, odd in zip(final, halves(test), strict=True) if odd != 0])
    folds = cross_validate(train, background)
    report("folds of train", folds)
    offset, slope = fit(folds)
    print(f"\ncalibration fitted on the folds: offset {offset:.2f}, slope {slope:.2f}; "
          f"in use {scores.OFFSET:.2f}, {scores.SLOPE:.2f}")  # fmt: skip
    reliability("folds", folds)
    reliability("test", final)
    handling("folds", folds)
    handling("test", final)
    alarms(train, test)
    speed(train, background)


# ------------------------------------------------------------------ cases


@dataclass(frozen=True, kw_only=True)
class Case:
    """One message, what it means and what was made of it."""

    intent: str
    match: Match

    @property
    def confidence(self) -> float:
        """That of the best candidate."""
        return self.match.candidates[0].confidence if self.match.candidates else 0.0

    @property
    def is_right(self) -> bool:
        """Whether the best candidate is meant."""
        return bool(self.match.candidates) and self.match.candidates[0].intent == self.intent

    @property
    def is_offered(self) -> bool:
        """Whether one of the three best is meant."""
        return any(candidate.intent == self.intent for candidate in self.match.candidates)


def read(path: Path) -> tuple[Lines, Lines]:
    """Return the lines to learn and those to judge."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    known = {name: NONE if name.startswith("__") else name for _, name, _ in rows}
    return ([(name, text) for split, name, text in rows if split == "train"],
            [(known[name], text) for split, name, text in rows if split == "test"])  # fmt: skip


def halves(test: Lines) -> list[int]:
    """Return for each message whether it is of the half that was looked at (0) or not (1); 2 belongs to no intent."""
    seen: defaultdict[str, int] = defaultdict(int)
    found = []
    for name, _ in test:
        found.append(seen[name] % 2 if name else 2)
        seen[name] += 1
    return found


def matcher(train: Lines, background: Sequence[str], concepts: dict[str, tuple[str, ...]]) -> Matcher:
    """Train on lines as if they stood in intent files."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in train:
        lines[name].append(text)
    intents = {name: Intent(id=name, title=name, file="", group="", examples=tuple(said)) for name, said in lines.items()}
    catalogue = Catalogue(intents=intents, messages={}, common=Common(concepts=concepts), background=(), problems=())
    return Matcher(catalogue, TABLES, background)


def judge(trained: Matcher, test: Lines) -> list[Case]:
    """Judge messages."""
    return [Case(intent=name, match=trained.match(text, NOW)) for name, text in test]


def cross_validate(train: Lines, background: Sequence[str]) -> list[Case]:
    """Judge each line by a matcher that never saw it, and a part of them by one that never saw their intent."""
    chance = random.Random(7)
    names = sorted({name for name, _ in train})
    shuffled, rest = list(train), list(background)
    chance.shuffle(shuffled)
    chance.shuffle(names)
    chance.shuffle(rest)
    cases: list[Case] = []
    for fold in range(FOLDS):
        gone = set(names[fold::FOLDS])
        learnt = [line for number, line in enumerate(shuffled) if number % FOLDS != fold and line[0] not in gone]
        trained = matcher(learnt, [line for number, line in enumerate(rest) if number % FOLDS != fold], CONCEPTS)
        asked = [line for number, line in enumerate(shuffled) if number % FOLDS == fold and line[0] not in gone]
        strange = [(NONE, text) for name, text in shuffled if name in gone][::4]
        strange += [(NONE, text) for number, text in enumerate(rest) if number % FOLDS == fold]
        cases += judge(trained, [*asked, *strange])
    return cases


# ------------------------------------------------------------------ figures


def report(title: str, cases: Sequence[Case]) -> None:
    """Print accuracy, recall, and how well what belongs nowhere is told apart."""
    inside, outside = [case for case in cases if case.intent], [case for case in cases if not case.intent]
    by_intent: defaultdict[str, list[bool]] = defaultdict(list)
    for case in inside:
        by_intent[case.intent].append(case.is_right)
    macro = np.mean([np.mean(right) for right in by_intent.values()])
    recall = np.mean([case.is_offered for case in inside])
    apart, right = float("nan"), float("nan")
    if outside:
        apart = auroc([case.confidence for case in inside], [case.confidence for case in outside])
        bar = np.quantile([case.confidence for case in outside], 0.95, method="higher")
        right = np.mean([case.is_right and case.confidence > bar for case in inside])
    print(f"{title:<34}{macro:>7.3f}{recall:>7.3f}{apart:>7.3f}{right:>8.3f}")


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return the chance that one inside is more confident than one outside."""
    _, places, counts = np.unique([*inside, *outside], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)))


def fit(cases: Sequence[Case]) -> tuple[float, float]:
    """Return offset and slope that make the raw odds of the best intent those of its being right, by Newton's method.

    What belongs nowhere counts as STRANGERS of all messages, however many of it there are.
    """
    odds = np.log([(p := min(max(case.confidence, 1e-6), 1 - 1e-6)) / (1 - p) for case in cases])
    raw = np.stack([np.ones(len(cases)), (odds - scores.OFFSET) / scores.SLOPE], 1)
    right = np.array([case.is_right for case in cases], float)
    sure = np.array([case.confidence for case in cases]) < 0.985  # exact hits and templates are not calibrated
    outside = np.array([not case.intent for case in cases])
    heavy = np.where(outside, STRANGERS / max(outside.mean(), 1e-9), (1 - STRANGERS) / (~outside).mean())[sure]
    raw, right = raw[sure], right[sure]
    weights = np.zeros(2)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-raw @ weights))
        weights += np.linalg.solve((raw.T * (heavy * chance * (1 - chance))) @ raw, raw.T @ (heavy * (right - chance)))
    return float(weights[0]), float(weights[1])


def reliability(title: str, cases: Sequence[Case]) -> None:
    """Print what was promised beside what came true; messages that belong nowhere count as wrong."""
    print(f"\nreliability, {title}: {'confidence':>12}{'messages':>10}{'promised':>10}{'right':>8}")
    missed = 0.0
    for low in np.arange(0, 1, 0.1):
        within = [case for case in cases if low <= case.confidence < low + 0.1 or (low > 0.85 and case.confidence == 1.0)]
        if within:
            promised, right = np.mean([case.confidence for case in within]), np.mean([case.is_right for case in within])
            missed += abs(promised - right) * len(within) / len(cases)
            print(f"{'':>{len(title) + 15}}{low:>5.1f} - {low + 0.1:.1f}{len(within):>10}{promised:>10.2f}{right:>8.2f}")
    print(f"{'':>{len(title) + 15}}expected calibration error {missed:.3f}")


def handling(title: str, cases: Sequence[Case]) -> None:
    """Print what thresholds would do, those in use marked."""
    inside, outside = [case for case in cases if case.intent], [case for case in cases if not case.intent]
    print(f"\n{title}: accept, ask      right   asked rightly   wrong   asked wrongly   refused | none: accepted   asked")
    for accept, ask in sorted(
        {(0.5, 0.2), (0.6, 0.15), (0.65, 0.1), (0.7, 0.1), (0.7, 0.2), (0.8, 0.15), (0.9, 0.3), (ACCEPT, CLARIFY)}
    ):
        mark = "*" if (accept, ask) == (ACCEPT, CLARIFY) else " "
        told = [(case, decide(case.match.candidates, accept, ask)) for case in inside]
        odd = [decide(case.match.candidates, accept, ask) for case in outside]
        shares = [
            np.mean([said == "accept" and case.is_right for case, said in told]),
            np.mean([said == "clarify" and case.is_offered for case, said in told]),
            np.mean([said == "accept" and not case.is_right for case, said in told]),
            np.mean([said == "clarify" and not case.is_offered for case, said in told]),
            np.mean([said == "reject" for _, said in told]),
        ]
        print(
            f"{mark:>{len(title) + 2}}{accept:>7.2f} {ask:.2f}"
            + "".join(f"{share:>{width}.3f}" for share, width in zip(shares, (11, 13, 11, 13, 13), strict=True))
            + f" |{odd.count('accept') / len(odd):>15.3f}{odd.count('clarify') / len(odd):>8.3f}"
        )


def alarms(train: Lines, test: Lines) -> None:
    """Print how many emergencies are heard, and how many messages are taken for one."""
    simple, judge = dict(TABLES.simplified), read_judge(DATA)
    heard: Callable[[str], bool] = lambda text: judge.find(text.translate(simple)) is not None  # noqa: E731
    print(f"\nemergencies{'':<19}heard     false alarms   (python bench/make_odds.py --held-out: with writers left out)")
    for path in sorted((DATA / "danger").glob("*.tsv")):
        rows = [row.split("\t") for row in path.read_text("utf-8").splitlines() if row and row[0] != "#"]
        real, false = [said for kind, said in rows if kind != "none"], [said for kind, said in rows if kind == "none"]
        print(
            f"{'own lines, ' + path.stem:<26}{sum(map(heard, real)):>4} of {len(real):<6}{sum(map(heard, false)):>3} of {len(false)}"
        )
    dangerous = {"elevator_trapped", "fire_ebike", "gas", "falling_objects"}
    trapped = [text for name, text in (*train, *test) if name == "elevator_trapped"]
    rest = [text for name, text in (*train, *test) if name not in dangerous]
    print(f"{'development set':<26}{sum(map(heard, trapped)):>4} of {len(trapped):<6}{sum(map(heard, rest)):>3} of {len(rest)}")


# ------------------------------------------------------------------ speed


def speed(train: Lines, background: Sequence[str]) -> None:
    """Print training, answering and memory at two sizes, in CPU time, which neighbours on the machine do not change."""
    print(f"\n{'':<16}train ms   p50 ms   p95 ms   memory MB   worst 2,000 characters ms")
    for size in (2_500, 100_000):
        lines = grow(train, size - len(background))
        began = time.process_time()
        trained = matcher(lines, background, CONCEPTS)
        trained_in = (time.process_time() - began) * 1e3
        took = sorted(min(clock(trained, text) for _ in range(3)) for _, text in grow(train, 1_500, seed=1)[-400:])
        worst = max(min(clock(trained, text) for _ in range(3)) for text in pathological())
        print(f"{size:>8,} lines{trained_in:>10.0f}{took[200]:>9.2f}{took[380]:>9.2f}"
              f"{memory(lines, background) if size < 10_000 else float('nan'):>12.1f}{worst:>12.1f}")  # fmt: skip


def clock(trained: Matcher, text: str) -> float:
    """Return the milliseconds that one answer takes."""
    began = time.process_time()
    trained.match(text, NOW)
    return (time.process_time() - began) * 1e3


def memory(lines: Lines, background: Sequence[str]) -> float:
    """Return the MB that a trained matcher holds."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    trained = matcher(lines, background, CONCEPTS)
    held = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    assert trained is not None
    return held


def grow(train: Lines, size: int, seed: int = 0) -> Lines:
    """Return as many lines, the later ones patched together from two of one intent with a few characters changed."""
    chance = random.Random(seed)
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in train:
        by_intent[name].append(text)
    grown = list(train)
    while len(grown) < size:
        name, text = chance.choice(train)
        other, odd = chance.choice(by_intent[name]), chr(chance.randint(0x4E00, 0x8FFF))
        cut = chance.randint(0, len(text))
        grown.append((name, text[:cut] + odd + text[cut:] + other[: chance.randint(0, len(other))]))
    return grown[:size]


def pathological() -> list[str]:
    """Return messages of 2,000 characters that look for trouble."""
    chance = random.Random(3)
    words = "人 孩子 老人 电梯 着火 怕 会 不 没有 救命 摔 掉 在 里 关 了 ， 。 昨天 如果 煤气 漏 门 血 笑 得 死 1 栋 点 明天 138 粤B".split()
    mixed = ["".join(chance.choices(chance.sample(words, 8), k=2000))[:2000] for _ in range(12)]
    han = "".join(chr(chance.randint(0x4E00, 0x9FFF)) for _ in range(2000))
    return [
        *mixed,
        han,
        "水" * 2000,
        "着火" * 1000,
        "3栋2单元" * 400,
        "1" * 2000,
        "1 2" * 666,
        "a," * 1000,
        "😀" * 2000,
        "\n" * 2000,
    ]


if __name__ == "__main__":
    main()
