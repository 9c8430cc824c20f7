"""The lines from which data/model.npz is learned, and a digest that tells whether it was learned from those that lie there now."""

import functools
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import config  # noqa: E402  the checkout is importable from here on
from bot.dialogue.understanding import read_data, read_folder, read_lines  # noqa: E402
from bot.language import files  # noqa: E402
from bot.language.files import Catalogue  # noqa: E402
from bot.language.matching.matcher import normal_form  # noqa: E402
from bot.language.matching.model import NONE  # noqa: E402
from bot.language.normalise import Normaliser  # noqa: E402
from bot.language.reading import ANY_TIME, Reading  # noqa: E402
from bot.services import folders, load_services  # noqa: E402


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line and what it means; `source` is the file of the corpus, `intents` for an example, `sentences` for a sample of a template."""

    source: str
    intent: str
    line: str


@functools.cache
def shipped() -> Catalogue:
    """Return the intents as they ship."""
    return files.load(read_folder(config.shipped("intents"), folders(load_services(config.load_local()))))


def lessons() -> Sequence[Lesson]:
    """Return all lines, in the order of their files."""
    return [*_examples(), *_corpus()]


def _examples() -> Iterator[Lesson]:
    catalogue = shipped()
    for intent in catalogue.intents.values():
        yield from (Lesson("intents", intent.id, line) for line in intent.examples)
        samples = [sample for sentence in intent.sentences for sample in sentence.samples]
        yield from (Lesson("sentences", intent.id, line) for line in dict.fromkeys([*samples, *intent.keywords]))
    yield from (Lesson("intents", NONE, line) for line in catalogue.background)
    yield from (Lesson("background", NONE, line) for line in read_data(config.shipped("data"))[1])


def _corpus() -> Iterator[Lesson]:
    for path in sorted((config.shipped("data") / "corpus").glob("*.tsv")):
        yield from (Lesson(path.stem, intent, line) for intent, line in read_lines(path))


def normal_forms(taught: Sequence[Lesson]) -> list[str]:
    """Return the form in which each line is compared."""
    normalise = functools.cache(Normaliser(read_data(config.shipped("data"))[0], shipped().common.synonyms))
    return [normal_form(Reading.of(one.line, ANY_TIME), normalise) for one in taught]


def digest(taught: Sequence[Lesson], plain: Sequence[str]) -> str:
    """Return what another line, label or normal form would change."""
    told = "\n".join(f"{one.intent}\t{one.line}\t{form}" for one, form in zip(taught, plain, strict=True))
    return hashlib.sha256(told.encode()).hexdigest()
