"""Makes bot/language/odds.py from lines known to be an emergency or none: python bench/make_odds.py

Logistic regression over the characters of a line and each two in a row, each counted once; whatever a lone line says weighs
nothing. Learned from are the lines of tests/language/danger/emergency_lines.py, the shipped intents, the background lines, the corpus
and the `train` half of the development set. Run it whenever lines were added to the first of these.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import config  # noqa: E402  the checkout is importable from here on
from bot.dialogue.understanding import read_corpus  # noqa: E402
from bot.language import files  # noqa: E402
from bot.language.danger import judge, odds  # noqa: E402
from bot.language.normalise import Tables  # noqa: E402
from tests.language.danger import emergency_lines  # noqa: E402

SIMPLIFIED = dict(Tables.parse((config.shipped("data") / "simplified.txt").read_text("utf-8"), "").simplified)

#: Intents of the development set that speak of danger.
DANGEROUS = frozenset({"elevator_trapped", "fire_ebike", "gas", "falling_objects"})

#: Rounds over all lines, and how far one goes; later steps are shorter (AdaGrad).
ROUNDS, STEP = 12, 0.1
#: All emergencies together weigh this much of all other lines together: the rarer kind is not to be drowned.
SHARE = 0.3
#: Stands in every line, before learning.
BIAS = " "
#: Weights are kept in tenths; smaller ones say nothing.
SMALLEST = 2

HEAD = '''"""How much each character, and each two in a row, speak for danger (above 0) or against it, in tenths of log odds.

Made by bench/make_odds.py; do not edit. What follows a number weighs as much.
"""

'''


def main() -> None:
    """Learn the weights and write the module."""
    real, none = lines()
    weights = learn([grams(line) for line in real], [grams(line) for line in none])
    bias = round(10 * weights.pop(BIAS))
    by_weight: dict[int, list[str]] = {}
    for gram, weight in sorted(weights.items()):
        if abs(tenths := round(10 * weight)) >= SMALLEST:
            by_weight.setdefault(tenths, []).append(gram)
    rows = [fill(f"{weight} {' '.join(grams_of_it)}", 50) for weight, grams_of_it in sorted(by_weight.items())]
    table = "\n".join(rows)
    (ROOT / "bot" / "language" / "danger" / "odds_table.py").write_text(
        f'{HEAD}BIAS = {bias}\n\nTABLE = """\n{table}\n"""\n', "utf-8"
    )
    print(f"{len(real)} emergencies, {len(none)} other lines, {sum(map(len, by_weight.values()))} weights")


def lines() -> tuple[list[str], list[str]]:
    """Return what is an emergency and what is none."""
    real, none = [*emergency_lines.ALL_REAL], [*emergency_lines.ALL_FALSE]
    folder = config.shipped("intents")
    catalogue = files.load({str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.yaml")})
    for intent in catalogue.intents.values():
        (real if intent.emergency else none).extend(intent.examples)
        none.extend(test.text for test in intent.tests if test.unwanted or not intent.emergency)
    background = (config.shipped("data") / "background.txt").read_text("utf-8").splitlines()
    none += [*catalogue.background, *(line for line in background if not line.startswith("#"))]
    for line in (ROOT / "bench" / "community_zh.tsv").read_text("utf-8").splitlines()[1:]:
        split, intent, text = line.split("\t")
        if split == "train" and intent not in DANGEROUS:
            none.append(text)
    for intent, said in read_corpus(config.shipped("data")).items():
        (real if intent.startswith("emergency.") else none).extend(said)
    known = set(real)
    return list(dict.fromkeys(real)), [line for line in dict.fromkeys(none) if line and line not in known]


def grams(line: str) -> frozenset[str]:
    """Return what is weighed of a line, in any script and width."""
    return odds.grams(judge.prepare(line.translate(SIMPLIFIED))) | {BIAS}


def learn(real: Sequence[frozenset[str]], none: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return the weights of what more than one line says."""
    lines = [*real, *none]
    counts = Counter(gram for line in lines for gram in line)
    number = {gram: place for place, gram in enumerate(sorted(gram for gram, count in counts.items() if count > 1))}
    rows = [np.array(sorted(number[gram] for gram in line if gram in number)) for line in lines]
    weights, squares = np.zeros(len(number)), np.full(len(number), 1e-6)
    random = np.random.default_rng(0)
    for _ in range(ROUNDS):
        for place in random.permutation(len(rows)):
            row, is_real = rows[place], place < len(real)
            slope = 1 / (1 + np.exp(-weights[row].sum())) - is_real
            if is_real:
                slope *= SHARE * len(none) / len(real)
            squares[row] += slope * slope
            weights[row] -= STEP * slope / np.sqrt(squares[row])
    return {gram: float(weights[place]) for gram, place in number.items()}


if __name__ == "__main__":
    main()
