"""The words the bot itself cannot do without, by name; they stand in intents/_messages.yaml. A test holds the list to the code."""

from collections.abc import Mapping
from dataclasses import replace

from bot.contract import Services
from bot.language.promises import Promise, Promises

#: Name -> the value that comes with it, if any does.
SAID: Mapping[str, str] = {
    "welcome.several": "places first phones",
    "place.which": "place", "flat.first": "title", "flat.address": "title", "flat.proof": "title", "flat.later": "words", "form.expired": "title", "form.noted": "values", "form.kept": "values", "form.wrong": "values", "form.got": "values", "form.more": "words", "form.full": "words", "form.undone": "words", "form.back": "question",
    "form.next": "title", "form.cancelled": "title", "form.past": "value",
    "emergency.telling": "who phone", "emergency.telling.all": "who phone", "emergency.claimed": "who phone",
    "emergency.unreached": "who phone", "emergency.where": "places", "emergency.flat": "flats", "flat.left": "called", "change.which": "what", "change.how_many": "called", "change.sure": "words",
    "handed_off": "topic number expected", "handed_off.joined": "topic number", "handed_off.more": "number words",
    "at_ease": "called", "handed_off.told": "topic number", "dont_know": "words", "dont_know.more": "words", "emergency.more": "words", "emergency.left": "words dangers", "danger.if_so": "words", "warning.if_so": "words", "handed_off.photo": "number", "handed_off.cancelled": "number",
    "expected.usual": "time", "expected.open": "closes", "expected.closed": "opens",
    "handoff.state.waits": "expected", "handoff.state.claimed": "who", "handoff.state.closed": "outcome",
    "understood": "title words", "understood.sure": "title words", "heard": "words", "two.wishes": "titles", "not_taken": "values", "plate.broken": "value", "unknown.after": "called", "offer.office": "words", "unsure": "title words", "confirm.guess": "title values", "confirm.again": "question",
    **dict.fromkeys(
        """
        welcome welcome.back unknown unknown.fragment clarify clarify.none failed spooled
        voice.unheard video.unseen link.unseen code.unknown code.elsewhere
        photo.what photo.attached photo.received photo.not_now place.what place.not_now
        acknowledged listening emoji.sad emergency.more.calm emergency.helped emergency.over emergency.number emergency.call
        elsewhere elsewhere.free photo.which photo.what.free place.what.free sticker question.in_form misses.person
        form.no_hurry form.open flat.ask_home flat.none flat.not_here puzzled puzzled.in_form form.nothing form.change form.unclear form.stuck unsure.fall digits.unasked confirm.words confirm.first heard.unkept
        """.split(),
        "",
    ),
}  # fmt: skip

NEEDED = frozenset(SAID)


def promises(services: Services) -> Promises:
    """Return all that the bot and its services may say, to hold the files to."""
    told = {**SAID, **services.tells}
    return Promises(
        actions={intent: _promise(services, intent) for intent in services.actions},
        messages={name: frozenset(values.split()) for name, values in told.items()},
    )


def _promise(services: Services, intent: str) -> Promise:
    """Return what an intent's file must have words for: what its action says, and its amendment."""
    promise, amendment = services.actions[intent].promise, services.amendments.get(intent)
    if amendment is None:
        return promise
    said = {name: frozenset(values.split()) for name, values in amendment.replies.items()}
    return replace(promise, replies={**promise.replies, **said}, takes=promise.takes | amendment.takes)
