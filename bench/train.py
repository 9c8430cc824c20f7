"""Learn data/model.npz from data/corpus and the shipped intents: make train

Printed is how it does on writers held out one by one: their lines are learned by nobody, and the two constants of the softmax are
fitted on them. The same lines give the same bytes.
"""

import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.lessons import Lesson, digest, lessons, normal_forms  # noqa: E402  the checkout is importable from here on
from bot import config  # noqa: E402
from bot.language.matching.model import NONE, grams, mark  # noqa: E402

#: Of a support vector machine, chosen on the writers held out.
PENALTY = 0.5

#: Features of fewer lines than this are left out: they say more of a line than of an intent.
COMMON = 2

#: Writers of lines for all intents, who are held out one by one.
HELD_OUT = tuple(f"writer{number}" for number in range(8, 30))

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Trained:
    """Linear classifiers over an indexed vocabulary."""

    intents: NDArray[np.str_]
    features: dict[str, int]
    idf: Matrix
    weights: Matrix
    bias: Matrix

    def margins(self, plain: Sequence[str]) -> Matrix:
        """Return how far each line lies on the side of each intent."""
        found: Matrix = index(plain, self.features, self.idf) @ self.weights + self.bias
        return found


def main() -> None:
    """Train, print what was measured, write."""
    taught = lessons()
    plain = normal_forms(taught)
    slope, lift = calibrate(taught, plain)
    trained = fit(taught, plain)
    scale = np.abs(trained.weights).max(axis=0) / 127
    path = config.shipped("data") / "model.npz"
    np.savez_compressed(
        path,
        intents=trained.intents,
        features=np.array("\n".join(trained.features)),
        idf=trained.idf.astype(np.float16),
        weights=np.round(trained.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=trained.bias.astype(np.float32),
        slope=slope,
        lift=lift,
        seen=np.array(sorted({mark(one.intent, one.line) for one in taught if one.source == "intents"}), np.uint32),
        digest=digest(taught, plain),
    )
    kept = path.read_bytes()
    print(f"\n{len(taught)} lines, {len(trained.features)} features, {len(trained.intents)} intents: "
          f"{len(kept) / 1e6:.1f} MB, {time.process_time():.0f} s of CPU, sha256 {hashlib.sha256(kept).hexdigest()[:16]}")  # fmt: skip


def fit(taught: Sequence[Lesson], plain: Sequence[str]) -> Trained:
    """Learn from lines and their normal forms."""
    counts: dict[str, int] = {}
    for line in plain:
        for name in grams(line):
            counts[name] = counts.get(name, 0) + 1
    features = {name: place for place, name in enumerate(sorted(name for name, count in counts.items() if count >= COMMON))}
    idf = np.log((1 + len(plain)) / (1 + np.array([counts[name] for name in features]))) + 1
    machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=0)
    machine.fit(index(plain, features, idf), np.array([one.intent for one in taught]))
    return Trained(machine.classes_, features, idf, machine.coef_.T, machine.intercept_)


def index(plain: Sequence[str], features: dict[str, int], idf: Matrix) -> csr_matrix:
    """Return lines by features, each line of length 1."""
    columns, ends = [], [0]
    for line in plain:
        columns += [place for name in grams(line) if (place := features.get(name)) is not None]
        ends.append(len(columns))
    values = idf[np.array(columns, int)]
    lengths = np.sqrt(np.add.reduceat(np.append(values**2, 0), ends[:-1]) * (np.diff(ends) > 0))
    values = values / np.repeat(np.maximum(lengths, 1e-9), np.diff(ends))
    return csr_matrix((values, columns, ends), shape=(len(plain), len(features)))


def calibrate(taught: Sequence[Lesson], plain: Sequence[str]) -> tuple[float, float]:
    """Return slope and lift of the softmax, by Newton's method on writers held out; prints what they make of it."""
    writers = [name for name in HELD_OUT if any(one.source == name for one in taught)]
    margins, wanted = [], []
    print(f"{'held out':<12}{'lines':>7}{'macro':>8}{'r@3':>8}")
    for writer in writers:
        rest = [k for k, one in enumerate(taught) if one.source != writer]
        theirs = [k for k, one in enumerate(taught) if one.source == writer]
        trained = fit([taught[k] for k in rest], [plain[k] for k in rest])
        found = trained.margins([plain[k] for k in theirs])
        meant = np.searchsorted(trained.intents, [taught[k].intent for k in theirs])
        tell(writer, found, meant, trained.intents)
        margins.append(found)
        wanted.append(meant)
    all_margins, all_wanted = np.vstack(margins), np.concatenate(wanted)
    none = int(np.searchsorted(trained.intents, NONE))
    slope, lift = softmax_fit(all_margins, all_wanted, none)
    chances = chance(all_margins, slope, lift, none)
    reliability(chances, all_wanted)
    handling(chances, all_wanted, none)
    return slope, lift


def tell(writer: str, margins: Matrix, meant: NDArray[np.intp], intents: NDArray[np.str_]) -> None:
    """Print how a writer's lines were taken, what means none left out."""
    none = int(np.searchsorted(intents, NONE))
    order = np.argsort(-np.where(np.arange(len(intents)) == none, -np.inf, margins), axis=1)
    own = sorted(set(meant.tolist()) - {none})
    macro = np.mean([np.mean(order[meant == k, 0] == k) for k in own])
    recall = np.mean((order[:, :3] == meant[:, None]).any(axis=1)[meant != none])
    print(f"{writer:<12}{len(meant):>7}{macro:>8.3f}{recall:>8.3f}")


def chance(margins: Matrix, slope: float, lift: float, none: int) -> Matrix:
    """Return the softmax of margins."""
    powers = slope * margins
    powers[:, none] += lift
    powers = np.exp(powers - powers.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def softmax_fit(margins: Matrix, wanted: NDArray[np.intp], none: int) -> tuple[float, float]:
    """Return the constants under which what was meant is likeliest."""
    given = np.stack([margins, np.broadcast_to(np.arange(margins.shape[1]) == none, margins.shape)], axis=2).astype(float)
    constants = np.array([5.0, 1.0])
    for _ in range(30):
        shares = np.exp(given @ constants - (given @ constants).max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        mean = np.einsum("nk,nkf->nf", shares, given)
        pull = (given[np.arange(len(wanted)), wanted] - mean).sum(axis=0)
        spread = np.einsum("nk,nkf,nkg->fg", shares, given, given) - mean.T @ mean
        constants += np.linalg.solve(spread, pull)
    return float(constants[0]), float(constants[1])


def reliability(chances: Matrix, wanted: NDArray[np.intp]) -> None:
    """Print what was promised beside what came true."""
    best, right = chances.max(axis=1), chances.argmax(axis=1) == wanted
    missed = 0.0
    print(f"\n{'chance':>12}{'lines':>8}{'promised':>10}{'right':>8}")
    for low in np.arange(0, 1, 0.1):
        within = (best >= low) & (best < low + 0.1 + (low > 0.85))
        if within.any():
            missed += abs(best[within].mean() - right[within].mean()) * within.mean()
            print(f"{low:>6.1f} - {low + 0.1:.1f}{within.sum():>8}{best[within].mean():>10.2f}{right[within].mean():>8.2f}")
    print(f"expected calibration error {missed:.3f}")


def handling(chances: Matrix, wanted: NDArray[np.intp], none: int) -> None:
    """Print what thresholds would do."""
    best, meant = chances.argmax(axis=1), wanted != none
    right, sure = best == wanted, chances.max(axis=1)
    print("\nact from   right   wrong | none: acted")
    for least in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
        acted = (sure >= least) & (best != none)
        print(
            f"{least:>8.2f}{np.mean((acted & right)[meant]):>8.3f}{np.mean((acted & ~right)[meant]):>8.3f} |{np.mean(acted[~meant]):>8.3f}"
        )


if __name__ == "__main__":
    main()
