"""What the communities know, searched by the matcher that also finds intents: an index each, in memory.

Beside its entries an index is taught the intents and what no intent wants: few entries would otherwise seem near to whatever is said.
How sure it is therefore counts against all else that may be meant.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache, partial

from sqlmodel import Session

from bot.language.files import Catalogue, Intent
from bot.language.known import Known, Sought
from bot.language.matching.matcher import Match, Matcher
from bot.language.normalise import Tables
from bot.language.questions import is_question
from bot.language.reading import Reading
from bot.store import knowledge
from bot.store.knowledge import Entry, Shelf, Stamp

#: Below this an entry is not worth telling: of what was meant otherwise nothing comes so near (tests/dialogue/test_knowledge.py).
LIKELY = 0.45


@dataclass(frozen=True, kw_only=True, eq=False)
class Elsewhere:
    """What ships and is said of other things: what an entry is told apart from."""

    tables: Tables
    background: tuple[str, ...]
    lines: Mapping[str, Sequence[str]]  # by intent


@dataclass(frozen=True, kw_only=True)
class _Index:
    """What a community tells today, and the matcher trained on it, which names an entry by its place; none where nothing is told.

    What is early or expired is not taught: last year's fees would win against this year's, and say nothing.
    """

    shelf: Shelf
    live: Sequence[Entry]
    matcher: Matcher | None

    def search(self, said: Reading, match: Callable[[Matcher], Match]) -> Iterator[tuple[str, float]]:
        if self.matcher is None:
            return
        day = knowledge.day_of(said.now)
        for candidate in match(self.matcher).candidates:
            if candidate.intent.isdigit() and candidate.confidence >= LIKELY:  # the others are intents
                entry = self.live[int(candidate.intent)]
                if entry.is_live(day):
                    yield entry.public_id, candidate.confidence


class Knowledge:
    """The indexes of all communities, each swapped whole when its entries have changed; searching one takes no transaction."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self._elsewhere = elsewhere
        self._indexes: dict[int, _Index] = {}
        self._catalogue: Catalogue | None = None

    def search(self, text: str, now: datetime, communities: Collection[int] | None = None) -> tuple[Known, ...]:
        """Return the entries that may answer `text`, the likeliest first, of these communities or of all."""
        return self.find(Reading.of(text, now), communities)

    def find(self, said: Reading, communities: Collection[int] | None = None) -> tuple[Known, ...]:
        """Return the entries that may answer a message, as `search` does."""
        return _find(self._indexes, said, communities)

    def sought(self, said: Reading, communities: Collection[int] | None = None) -> Sequence[Known]:
        """Return the same, looked for in what is known now once somebody asks for it."""
        return Sought(partial(_find, self._indexes, said, communities))

    def look(self, session: Session) -> Mapping[int, Shelf]:
        """Return what has changed in the database since it was learned: one small query where nothing has."""
        return knowledge.changed(session, self._seen)

    def learn(self, changed: Mapping[int, Shelf], catalogue: Catalogue, now: datetime) -> bool:
        """Train on what `look` has found, and anew where the day has brought or ended something or the intents are others now.

        Tells whether there was anything to learn. Takes a quarter of a second for each community: not for an event loop.
        """
        day = knowledge.day_of(now)
        shelves = {key: index.shelf for key, index in self._indexes.items()} | dict(changed)
        stale = [
            key for key, shelf in shelves.items()
            if key in changed or catalogue is not self._catalogue or _names(self._indexes[key].live) != _names(_live(shelf, day))
        ]  # fmt: skip
        for key in stale:
            self._indexes = {**self._indexes, key: self._train(shelves[key], catalogue, day)}
        self._catalogue = catalogue
        return bool(stale)

    @property
    def _seen(self) -> Mapping[int, Stamp]:
        return {community: index.shelf.stamp for community, index in self._indexes.items() if index.shelf.stamp[0]}

    def _train(self, shelf: Shelf, catalogue: Catalogue, day: date) -> _Index:
        live = _live(shelf, day)
        asked = tuple(tuple(dict.fromkeys((entry.question, *entry.others))) for entry in live)
        return _Index(shelf=shelf, live=live, matcher=_taught(asked, catalogue, self._elsewhere) if asked else None)


def _find(indexes: Mapping[int, _Index], said: Reading, communities: Collection[int] | None) -> tuple[Known, ...]:
    match = cache(lambda matcher: matcher.match(said))  # communities that tell the same share a matcher
    found = [
        Known(entry=entry, community_id=community, confidence=confidence)
        for community, index in indexes.items() if communities is None or community in communities
        for entry, confidence in index.search(said, match)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda known: known.confidence, reverse=True))


@lru_cache(maxsize=1)  # communities that tell the same share what was learned; more would keep tens of megabytes
def _taught(asked: tuple[tuple[str, ...], ...], catalogue: Catalogue, elsewhere: Elsewhere) -> Matcher:
    """Return a matcher that names each entry, of which these are the questions, by its place."""
    entries = {str(place): _as_intent(str(place), questions) for place, questions in enumerate(asked)}
    taught = Catalogue(
        intents=entries | _rivals(catalogue, elsewhere.lines),
        messages={},
        common=catalogue.common,
        background=tuple(line for line in catalogue.background if not is_question(line)),
        problems=(),
    )
    return Matcher(taught, elsewhere.tables, elsewhere.background)


def _rivals(catalogue: Catalogue, further: Mapping[str, Sequence[str]]) -> dict[str, Intent]:
    """Return the intents that a message may mean instead of an entry, with further lines beside their examples.

    Left out are those with a fixed answer, for an entry may say the same better, and what is only asked of those that a person answers
    today: 物业费多少钱一平 is a question for the knowledge, 帮我挪车 is not.
    """
    found = {}
    for intent in catalogue.intents.values():
        if intent.action or intent.small_talk or intent.emergency or intent.hands_over:
            found[intent.id] = replace(intent, examples=(*intent.examples, *further.get(intent.id, ())))
        elif not intent.reply:
            said = (*intent.examples, *further.get(intent.id, ()))
            wishes = tuple(line for line in said if not is_question(line))
            words = tuple(word for word in intent.keywords if not is_question(word))
            found[intent.id] = replace(intent, examples=wishes, keywords=words, sentences=())
    return found


def _live(shelf: Shelf, day: date) -> list[Entry]:
    return [entry for entry in shelf.entries if entry.is_live(day)]


def _names(entries: Sequence[Entry]) -> list[str]:
    return [entry.public_id for entry in entries]


def _as_intent(name: str, questions: Sequence[str]) -> Intent:
    return Intent(id=name, title=questions[0], file="", group="", examples=tuple(questions))
