"""Which emergency among the intents answers a danger. No matcher has a say: whatever learns what residents want may be replaced. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.language.danger.judge import Alarm, Judge
from bot.language.danger.sorts import Danger
from bot.language.files import Intent
from bot.language.normalise import longest_first
from bot.language.reading import ANY_TIME, Reading

#: A kind that no emergency speaks of goes where the other goes, if one speaks of that.
_LIKE: Mapping[Danger, Danger] = {Danger.SMOKE: Danger.FIRE, Danger.GAS: Danger.FIRE}


@dataclass(frozen=True, slots=True)
class Sounded:
    """An alarm, and the emergency it is for."""

    intent: str
    alarm: Alarm


@dataclass(frozen=True)
class Alarms:
    """All emergencies, their own words for danger, and what says nothing of it to them."""

    judge: Judge
    intents: tuple[Intent, ...]

    @classmethod
    def of(cls, intents: Iterable[Intent], judge: Judge) -> "Alarms":
        """Take the emergencies among the intents."""
        return cls(judge=judge, intents=tuple(intent for intent in intents if intent.emergency))

    def sound(self, said: Reading) -> Sounded | None:
        """Return the emergency that a danger in a message calls for; None if there is neither."""
        alarm = self.judge.find(said) if self.intents else None
        if alarm is not None:
            intent = self._homes[alarm.danger]
            unless = self._unless[intent]
            if unless.search(said.raw) is None or self.judge.find(said.part(unless.sub("，", said.raw))) is not None:
                return Sounded(intent, alarm)
        return next(self._by_own_words(said), None)

    def home(self, danger: Danger) -> str:
        """Return the emergency that a kind of danger calls for; empty where there is none."""
        return self._homes[danger] if self.intents else ""

    def _by_own_words(self, said: Reading) -> Iterator[Sounded]:
        """Yield the emergencies whose own words are said in earnest."""
        for intent, words in self._words.items():
            spoken = self.judge.find_words(said, words)
            if spoken and not self._unless[intent].search(said.raw):
                yield Sounded(intent, Alarm(self.judge.sort(said), spoken))

    @cached_property
    def _words(self) -> Mapping[str, re.Pattern[str]]:
        return {intent.id: _any(intent.keywords) for intent in self.intents if intent.keywords}

    @cached_property
    def _unless(self) -> Mapping[str, re.Pattern[str]]:
        return {intent.id: _any(intent.unless) for intent in self.intents}

    @cached_property
    def _homes(self) -> Mapping[Danger, str]:
        """Kind of danger -> the emergency whose lines speak of it most, else the one that speaks of most; known from the first on."""
        spoken = {
            intent.id: Counter(self.judge.sort(Reading.of(line, ANY_TIME)) for line in (*intent.keywords, *intent.examples))
            for intent in self.intents
        }
        broadest = max(spoken, key=lambda name: len(spoken[name]))

        def home(danger: Danger) -> str:
            most = max(spoken, key=lambda name: spoken[name][danger])
            return most if spoken[most][danger] else home(_LIKE[danger]) if danger in _LIKE else broadest

        return {danger: home(danger) for danger in Danger}


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(longest_first(words) or r"(?!)")
