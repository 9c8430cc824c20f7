"""Who somebody is whom one talks with: their flats, who else lives there, what is open and what services know of the flat."""

from typing import Any

from bot.contract import Conversation, Desk, cards, handoffs, register, roster, talks, tasks


def of(desk: Desk, talk: Conversation) -> dict[str, Any]:
    """Return the card beside a talk, as far as this person may see it; for somebody who is bound to nobody what they have open alone."""
    resident = talks.speaker(desk, talk)
    homes = roster.homes(desk.session, resident) if resident else []
    home = homes[0] if homes else None
    may_see = desk.may("household.view")
    people = [
        (one, roster.RESIDENT_ROLE_WORDS[lives.role])
        for lives, one in register.residents_at(desk.session, home) if lives.is_current
    ] if home is not None and may_see else []  # fmt: skip
    told = cards.shown(desk, home, [one for one, _ in people]) if home is not None else []
    open_ones = [
        task for task in tasks.open_of(desk.session, [talk.openid], home.id if home else None)
        if desk.may(task.need) and not (task.kind == handoffs.KIND and task.openid == talk.openid)
    ]  # fmt: skip
    for task in open_ones:
        desk.read(task.need, task.about)
    return {
        "resident": resident, "homes": homes, "people": people, "may_see": may_see,
        "tags": [desk.veil(tag) for tag in resident.tags] if resident and may_see else [],
        "cards": [(title, lines) for title, lines in told if lines],
        "tasks": [(task, desk.page_of(task.about)) for task in open_ones],
    }  # fmt: skip
