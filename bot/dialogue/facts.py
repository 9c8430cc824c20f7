"""What a decision needs beside the words and how the talk stands: read before it, in one place. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.language.danger.judge import Judge
from bot.language.files import Catalogue, Intent


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One moment of one resident."""

    now: datetime
    catalogue: Catalogue
    judge: Judge = field(default_factory=Judge)  # of danger; one made of nothing hears none
    community_id: int = 0
    is_bound: bool = False
    claim: tuple[str, str, str] | None = None  # building, unit and room they say they live in, nobody having proven it
    asks_flat: bool = False  # several flats are theirs, and they have not said which one they mean
    means_other_flat: bool = (
        False  # several flats are theirs, and the words speak of one by what it is, or by the number of another
    )
    shows: Collection[str] = ()  # intents whose action changes nothing
    amendable: Mapping[str, Collection[str]] = field(default_factory=dict)  # intent -> slots that may change afterwards
    keeping: Collection[str] = ()  # intents beside whose result further words are kept
    is_alarm_open: bool = False  # the alarm of the talk is still open …
    alarmed_at: datetime | None = None  # … was raised then …
    is_alarm_calm: bool = False  # … and about somebody who is tired of life
    alarm_said: str = ""  # … in these words
    warning: str = ""  # what a service says before all else of a danger in the words that is no alarm
    names_place: bool = False  # the words name a community of the account, which an alarm waits for

    @property
    def has_address(self) -> bool:
        """Tell whether they said where they live, proven or not."""
        return self.is_bound or self.claim is not None

    @property
    def intents(self) -> Mapping[str, Intent]:
        """All intents by id."""
        return self.catalogue.intents

    def only_shows(self, intent: Intent) -> bool:
        """Tell whether an intent changes nothing: it is said in passing, answered with words, or shows something."""
        if intent.emergency:  # its reply is the least of it
            return False
        return intent.small_talk or intent.id in self.shows or (bool(intent.reply) and not intent.action)
