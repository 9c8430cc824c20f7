"""How people read the events of a service: in the log, on a timeline, in the figures of the day."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.language.phrases import fill
from bot.store.events import Event
from bot.translation import made_of, stored

if TYPE_CHECKING:
    from bot.contract.work import Work


@dataclass(frozen=True)
class Subject:
    """What an event is about, in words, and the console page that shows it, such as /tickets/K3M9."""

    words: str
    path: str = ""


#: Gives the words for several things of a kind at once, by what stands behind the colon: one query for a page of events.
Named = Callable[["Work", Collection[str]], Mapping[str, Subject]]


@dataclass(frozen=True, kw_only=True)
class Log:
    """How people read the events of a service.

    `events`: kind -> a sentence, which may use the event's data: 门岗不放行：{reason}. `words`: name in the data ->
    value -> word. `shown`: name in the data -> what makes of a value what is said, such as a moment. `titles`: kind -> what it is called in a list of kinds, where its sentence takes values. `subjects`: what stands before the colon -> who knows the words for what stands behind it,
    for all that are asked for, also where there is nothing any more.
    `figures`: kind -> what its events of today are called where the console counts them: 今天报修.
    """

    events: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shown: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    subjects: Mapping[str, Named] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)

    def title(self, kind: str) -> str:
        """Return what a kind is called in a list: its title, or the sentence up to where values are put in."""
        return (
            self.titles.get(kind)
            or made_of(self.events[kind], lambda said, _: said.partition("{")[0].rstrip("：（，:(, "))
            or kind
        )

    def say(self, event: Event, now: datetime, words: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> str:
        """Return the sentence for an event; empty for a kind this service does not know. `words`: further ones, as its own."""
        true = {name: value for name, value in event.data.items() if value is not False}
        known = {
            name: self.words.get(name, words.get(name, {})).get(str(value))
            or (self.shown[name](value) if name in self.shown else stored(value) if isinstance(value, str) else value)
            for name, value in true.items()
        }
        sentence = self.events.get(event.kind, "")
        return made_of(
            sentence, lambda said, catalogue: fill(said, {name: catalogue.say(one) for name, one in known.items()}, now)
        )
