"""How many conversations go as written, and why others do not: python bench/talks.py [--mended] [WORD …]

The conversations lie in tests/talks; those under blind/ are by writers who had not seen the code, and are the figure that counts.
Words choose those whose name or place holds one of them. --mended takes what goes as written now out of the list of known failures.
"""

import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import logs  # noqa: E402  the checkout is importable from here on
from tests.talks import known  # noqa: E402
from tests.talks.script import Conversation, read_all  # noqa: E402
from tests.talks.stage import Cause, Failure, Stage  # noqa: E402

Played = Mapping[Conversation, Sequence[Failure]]


def main(words: Sequence[str]) -> None:
    """Play everything and print it."""
    logs.configure(level=logging.CRITICAL)
    begun = time.perf_counter()
    played = play([talk for talk in read_all() if not words or any(word in f"{talk.name}:{talk.line}" for word in words)])
    for talk, failures in played.items():
        if failures:
            show(talk, failures)
    shares(played)
    causes(played)
    mended = {talk.name for talk, failures in played.items() if not failures} & known.failures()
    print(f"\n{time.perf_counter() - begun:.0f} s; known failures that go as written now: {len(mended)}")
    if MENDED in sys.argv:
        known.drop(mended)


#: Renews the list of known failures.
MENDED = "--mended"


def play(talks: Sequence[Conversation]) -> Played:
    """Return what is not as written, by conversation."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        return {talk: stage.play(talk) for talk in talks}


def show(talk: Conversation, failures: Sequence[Failure]) -> None:
    """Print what is wrong with a conversation, a line each."""
    print(f"{talk.name} (line {talk.line}{'' if talk.name in known.failures() else ', no known failure'})")
    for failure in failures:
        print(f"    {failure.turn or 'end'}  {failure.said if failure.turn else ''}  [{failure.cause}]")
        print(f"       wanted  {failure.wanted}\n       got     {failure.got[:300]}")


def shares(played: Played) -> None:
    """Print how many conversations and turns go as written, by set."""
    print(f"\n{'set':<24}{'conversations':>24}{'turns':>24}")
    sets = sorted({talk.writer for talk in played}, key=lambda name: (name == "blind", name))
    for title, chosen in [*((name, {name}) for name in sets), ("all", set(sets))]:
        those = {talk: failures for talk, failures in played.items() if talk.writer in chosen}
        right = sum(not failures for failures in those.values())
        turns = sum(len(talk.turns) for talk in those)
        wrong = sum(len({failure.turn for failure in failures} - {0}) for failures in those.values())
        print(f"{title:<24}{share(right, len(those)):>24}{share(turns - wrong, turns):>24}")


def causes(played: Played) -> None:
    """Print why conversations go another way: what went wrong first, and all turns."""
    first = Counter(min(failures, key=_order).cause for failures in played.values() if failures)
    turns = Counter(cause for failures in played.values() for _, cause in {(failure.turn, failure.cause) for failure in failures})
    print(f"\n{'cause':<48}{'conversations (first)':>24}{'turns':>12}")
    for cause in sorted(Cause, key=lambda cause: -first[cause]):
        print(f"{cause:<48}{first[cause]:>24}{turns[cause]:>12}")


def _order(failure: Failure) -> tuple[int, int]:
    return failure.turn or 99, list(Cause).index(failure.cause)


def share(part: int, whole: int) -> str:
    """Return a part in words: 31 of 40, 78 %."""
    return f"{part} of {whole}, {100 * part / max(whole, 1):.0f} %"


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if word != MENDED])
