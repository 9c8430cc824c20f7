"""Consent, purpose by purpose: declared by services, asked for in the talk when it is needed, taken back as easily.

What may only be kept with consent derives from `WithConsent`: the database then refuses a row without one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from bot.contract.work import Turn, Work
from bot.language.kinds.consent import NO, YES
from bot.store import consents, people
from bot.store.consents import Consent, Given
from bot.store.people import Resident

__all__ = [
    "NO",
    "OPTIONS",
    "YES",
    "Consent",
    "Given",
    "Purpose",
    "WithConsent",
    "counted",
    "end",
    "ever",
    "give",
    "give_for",
    "held",
    "in_force",
    "last_withdrawn",
    "missing",
    "needed",
    "refuse",
    "refused",
    "unwilling",
]

#: What the question shows, for `Ask.options`; the slot that it fills is one of `type: consent`.
OPTIONS = {YES: "同意", NO: "不同意"}


class WithConsent(SQLModel):
    """A column for tables of sensitive data: without somebody's consent there can be no row."""

    consent_id: int = Field(foreign_key="consent.id", nullable=False, index=True)


def _no_facts(work: Work) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What something of a person's is kept for that they must consent to.

    `version` grows with the words of `asks`: whoever consented to older ones is asked again. `end` is called when it is taken back and
    deletes what was kept for it; it returns how many rows. `kept` says them: 体温和症状. `called` are the words by which people name it.
    `why` is the message that tells what it is for and why it is asked; what `asks` says of readers, term and withdrawal it need not say again.
    """

    name: str
    title: str  # 健康打卡
    version: int
    asks: str  # the message of the one short question, in a _messages.yaml
    kept: str
    end: Callable[[Work, Resident], int]
    called: Sequence[str] = ()
    facts: Callable[[Work], Mapping[str, Any]] = _no_facts  # the values of that message
    is_sensitive: bool = True
    as_guardian: bool = False  # for children under 14, given by the adult who tells of them
    with_it: Sequence[str] = ()  # purposes that end with this one
    intents: Sequence[str] = ()  # by which it is told: what stands open of them ends with the consent
    why: str = ""

    def words(self, work: Work) -> str:
        """Return the question: what is shown is what is consented to."""
        return work.words(work.context.messages[self.asks], **self.facts(work))

    def reason(self, work: Work) -> str:
        """Return what it is for, and why that is asked; empty where nobody wrote it down."""
        return work.words(work.context.messages[self.why]) if self.why else ""


def in_force(work: Work, resident: Resident, purpose: Purpose) -> bool:
    """Tell whether somebody's consent holds, in whatever words it was given."""
    return consents.in_force(work.session, resident, purpose.name) is not None


def held(work: Work, resident: Resident, purpose: Purpose) -> Consent | None:
    """Return the consent that holds, also one from before the first words; None where those of today were never agreed to."""
    found = consents.in_force(work.session, resident, purpose.name)
    return found if found is not None and found.version in (0, purpose.version) else None


def ever(work: Work, resident: Resident, purpose: Purpose) -> Sequence[Consent]:
    """Return all that somebody ever consented to of a purpose, taken back or not."""
    return [one for one in consents.of(work.session, resident) if one.purpose == purpose.name]


def needed(work: Work, resident: Resident, purpose: Purpose) -> Consent:
    """Return the consent that holds, for a row that is about to point at it; raises LookupError where there is none."""
    found = held(work, resident, purpose)
    if found is None:
        raise LookupError(f"nobody has consented to {purpose.name}; ask first")
    return found


def missing(work: Work, resident: Resident, purposes: Sequence[Purpose]) -> Sequence[Purpose]:
    """Return those that somebody has not consented to."""
    return [one for one in purposes if held(work, resident, one) is None]


def refused(work: Work, resident: Resident, purposes: Sequence[Purpose]) -> Sequence[Purpose]:
    """Return those to whose words somebody has said no, or taken back their yes: they are not asked again."""
    return [one for one in purposes if consents.was_asked(work.session, resident, one.name, one.version)]


def unwilling(purpose: Purpose) -> Any:
    """Return the select of the ids of those who said no to a purpose, or took their yes back and gave none since."""
    return consents.unwilling(purpose.name)


def last_withdrawn(work: Work, resident: Resident) -> datetime | None:
    """Return when somebody last took a consent back; None where they never did."""
    return consents.last_withdrawn(work.session, resident)


def counted(
    work: Work, purpose: Purpose, moments: Sequence[datetime], speaks: Callable[[Any], Sequence[Any]] = lambda _: ()
) -> Sequence[int]:  # fmt: skip
    """Return how many people's consent held at each of these moments; `speaks` gives conditions on whose it is."""
    return consents.counted(work.session, purpose.name, moments, speaks(Consent.resident_id))


def give(work: Turn, purpose: Purpose, how: Given = Given.CHAT) -> Consent:
    """Note that who writes consents."""
    return give_for(work, work.me, purpose, how)


def give_for(work: Work, resident: Resident, purpose: Purpose, how: Given = Given.CHAT) -> Consent:
    """Note that somebody consents to the words as they are now."""
    before = consents.in_force(work.session, resident, purpose.name)
    given = consents.give(
        work.session,
        resident,
        purpose.name,
        purpose.version,
        purpose.words(work),
        work.now,
        how=how,
        as_guardian=purpose.as_guardian,
    )
    if before is None or before.id != given.id:
        work.record("consent.given", resident.about, purpose=purpose.name, version=purpose.version)
    return given


def refuse(work: Turn, purpose: Purpose) -> None:
    """Note that who writes says no."""
    consents.refuse(work.session, work.me, purpose.name, purpose.version, work.now)
    work.record("consent.refused", work.me.about, purpose=purpose.name, version=purpose.version)


def end(work: Work, resident: Resident, purpose: Purpose) -> int:
    """Take somebody's consent back, with what ends with it, and delete what was kept for it; returns how many rows went.

    Of two rows that were made one, what was given by and kept of either ends.
    """
    gone, those = 0, (resident, *people.also_known(work.session, [resident]))
    known = work.context.services.purposes
    for one in (purpose, *(known[name] for name in purpose.with_it if name in known)):
        gone += sum(one.end(work, who) for who in those)
        if isinstance(work, Turn):
            work.closes.update(one.intents)
        for found in consents.holding(work.session, resident, one.name):
            consents.end(work.session, found, work.now)
            work.record("consent.withdrawn", resident.about, purpose=one.name, version=found.version)
    return gone
