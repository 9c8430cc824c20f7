"""What a message came to, for the figures: how it was understood, what the bot did alone and what a person got. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.dialogue.answer import Outcome
from bot.dialogue.forms import Form
from bot.dialogue.standing import Standing
from bot.language.files import OUT_OF_SCOPE, Intent
from bot.store.outcomes import Ended, Understood

#: What a question is counted as that was answered from what the office or a service knows; no intent has this id.
KNOWN = "knowledge"


@dataclass(kw_only=True)
class Result:
    """What is gathered of a message while it is dealt with."""

    is_missed: bool = False  # its words, or some of them, were not understood
    ended: dict[str, Ended] = field(default_factory=dict)  # by intent; a message may hold several requests

    def served(self, intent: Intent) -> None:
        """The bot has done or answered it by itself; a greeting is no service, nor is 这个帮不了您."""
        if counts(intent):
            self.ended[intent.id] = Ended.SERVED

    def informed(self) -> None:
        """A question was answered from what is known."""
        self.ended[KNOWN] = Ended.SERVED

    def handed_over(self, intent: str) -> None:
        """A person was given it."""
        self.ended[intent] = Ended.HANDED_OVER


def counts(intent: Intent) -> bool:
    """Tell whether an intent is a wish that can be served: no small talk, no refusal, no alarm."""
    return not (intent.small_talk or intent.emergency or intent.id == OUT_OF_SCOPE)


def lines(
    result: Result, before: Standing, after: Standing, outcome: Outcome, intents: Mapping[str, Intent], *, is_words: bool
) -> Iterator[tuple[str, Understood, Ended]]:  # fmt: skip
    """Give the lines that are kept of a message: intent, how it was understood, how it ended; none for what counts as nothing."""
    meant, understood = _understood(result, before, after, outcome, intents) if is_words else ("", Understood.NOT_ASKED)
    if understood is not Understood.NOT_ASKED and meant not in result.ended:
        yield meant, understood, Ended.NOT_YET
    for intent, ended in result.ended.items():
        yield intent, understood if intent == meant else Understood.NOT_ASKED, ended


def _understood(
    result: Result, before: Standing, after: Standing, outcome: Outcome, intents: Mapping[str, Intent]
) -> tuple[str, Understood]:  # fmt: skip
    if result.is_missed or outcome.kind == "unknown":
        return "", Understood.MISSED
    if outcome.kind == "clarifies":
        return next(iter(outcome.options), ""), Understood.ASKED_BACK
    meant = KNOWN if outcome.kind == "answered" else outcome.intent or ""
    known = intents.get(meant)
    is_new = meant and meant not in _spoken_of(before)
    is_wish = known is None or known.emergency or counts(known)
    is_only_joined = outcome.kind == "handed_off" and not result.ended
    if outcome.kind in ("silent", "failed") or not is_new or not is_wish or is_only_joined:
        return "", Understood.NOT_ASKED
    is_guess = after.form is not None and after.form.is_guess and after.form.intent == meant
    return meant, Understood.ASKED_BACK if is_guess else Understood.AT_ONCE


def _spoken_of(standing: Standing) -> Collection[str]:
    """Return the intents that a talk was about already: an answer to a question is no new wish."""
    shown = standing.menu.options if standing.menu else ()
    offered = (standing.offer.intent,) if standing.offer else ()
    return {*_forms(standing.form), *shown, *offered}


def _forms(form: Form | None) -> Iterator[str]:
    while form is not None:
        yield form.intent
        form = form.outer
