"""The words the bot itself cannot do without, by name; they stand in intents/_messages.yaml. A test holds the list to the code."""

from collections.abc import Mapping
from dataclasses import replace

from bot.contract import Services
from bot.language.promises import Promise, Promises

#: Name -> the value that comes with it, if any does.
SAID: Mapping[str, str] = {
    "flat.first": "title", "form.expired": "title", "form.noted": "values", "form.kept": "values", "form.back": "title",
    "form.next": "title", "form.also": "title", "form.cancelled": "title", "form.past": "value",
    "understood": "title", "understood.words": "said", "two.wishes": "titles", "not_taken": "values", "unsure": "title",
    "form.waits": "title", "staff.has_word": "who",
    "emergency.telling": "who phone", "emergency.telling.all": "who phone", "emergency.claimed": "who phone",
    "emergency.unreached": "who phone", "emergency.where": "places",
    **dict.fromkeys(
        """
        welcome welcome.back unknown unknown.again clarify clarify.none failed
        voice.unheard video.unseen link.unseen code.unknown code.elsewhere
        photo.what photo.attached photo.received photo.not_now place.what place.not_now
        acknowledged emergency.more emergency.more.calm emergency.over emergency.number emergency.call
        flat.none handed_off handed_off.more handed_off.cancelled form.nothing form.change form.unclear form.stuck
        elsewhere dont_know photo.which photo.lost sticker back.to.bot amended.none question.in_form misses.person
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
