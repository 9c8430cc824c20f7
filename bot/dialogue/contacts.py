"""A name and a number told by themselves: whom to call is no visitor, and their number none of the visitor's. Pure."""

from dataclasses import replace

from bot.dialogue.amending import ADDS, changes
from bot.dialogue.facts import Facts
from bot.dialogue.following import sure
from bot.dialogue.said import Heard
from bot.dialogue.standing import Offer, Offered, Person, Standing
from bot.dialogue.starting import quoted
from bot.dialogue.steps import Amend, Join, Line, Say, Step
from bot.dialogue.subjects import OF_THEM, names
from bot.language import contacts


def told(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return where a number belongs that is told with whose it is and nothing else: 金文 13912345678, after a repair.

    It goes with the repair, with what waits for a person, or nobody is sure: then it is asked. It lets nobody in.
    """
    if not contacts.is_told(heard.reading) or OF_THEM.search(heard.text) or names(standing, heard.text, facts):
        return None
    lately = next((known for known in standing.subjects if facts.now - known.at < ADDS), None)
    if lately is not None and lately.intent in facts.keeping and not facts.intents[lately.intent].is_about_somebody:
        return Amend(standing=standing.calm(), subject=lately, values=changes(lately, heard, facts), words=heard.text)
    if standing.person is Person.ASKED:
        return Join(standing=standing.calm(), words=heard.text)
    if lately is not None and lately.intent in facts.amendable and not contacts.whose(heard.reading):
        return sure(standing, lately, heard.text)
    offer = Offer(what=Offered.QUESTION, text=heard.text)
    said = Line("offer.office", {"words": quoted(heard.text)})
    return Say(standing=replace(standing.calm(), offer=offer), phrase=said, kind="asks")


def is_of_alarm(standing: Standing, heard: Heard) -> bool:
    """Tell whether a number told while an alarm is open says whom to call there; one's own may be what the open form asks for."""
    if not contacts.is_told(heard.reading):
        return False
    return standing.form is None or contacts.whose(heard.reading) not in ("", contacts.OWN)
