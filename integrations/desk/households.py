"""One household: who lives there, what each service knows of it, and what is theirs to take along."""

import json
from collections.abc import Sequence

from bot.contract import (
    Conversation,
    Desk,
    Download,
    Household,
    Page,
    Redirect,
    Refusal,
    Resident,
    Task,
    View,
    page,
    personal,
    roster,
    row_id,
    tasks,
)


@page("GET", "/households/{id}", need="household.view", title="住户")
def show(desk: Desk) -> View:
    """Show a household: its people, what is to be done for it, and the cards of all services that this person may see."""
    household = _find(desk)
    people = roster.people_of(desk.session, household)
    told = [
        (card, card.run(desk, household))
        for service in desk.context.services.integrations for card in service.cards if desk.may(card.need)
    ]  # fmt: skip
    for card, lines in told:
        if lines:
            desk.read(card.need, *(one.about for one in people))
    waiting = _open(desk, household, people)
    for task in waiting:
        desk.read(task.need, task.about)
    shown = [(one, _role(desk, one, household), _talk(desk, one)) for one in people]
    live = sorted({"resident", "task"}.union(*(one.stirs for one in desk.context.services.integrations if one.cards)))
    return View(
        "desk/household.html",
        {
            "household": household,
            "people": shown,
            "cards": [(card.title, lines) for card, lines in told],
            "tasks": waiting,
            "live": live,
        },
    )


@page("POST", "/households/{id}/unbind", need="household.edit")
def unbind(desk: Desk) -> Redirect:
    """Let somebody's WeChat account go, and tell them."""
    household = _find(desk)
    resident = _resident(desk, household)
    if resident.openid is None:
        raise Refusal("这位居民没有绑定微信。")
    desk.tell(resident, "household.unbound", flat=household.label)
    desk.unbind(resident)
    return Redirect(f"/console/households/{household.id}", f"已解除{resident.name or '家庭成员'}的微信绑定，已告诉本人。")


@page("POST", "/households/{id}/export", need="people.export")
def export(desk: Desk) -> Download:
    """Give all that is known of somebody, for a resident who asks to see what is kept about them."""
    resident = _resident(desk, _find(desk))
    everything = json.dumps(personal.export(desk, resident), ensure_ascii=False, indent=2)
    desk.record("people.exported", resident.about)
    name = f"{resident.name or '家庭成员'}的信息 {desk.now:%Y-%m-%d}.json"
    return Download(body=everything.encode(), content_type="application/json", filename=name)


def _find(desk: Desk) -> Household:
    number = row_id(desk.params["id"])
    household = desk.session.get(Household, number) if number else None
    if household is None:
        raise LookupError(desk.params["id"])
    return household


def _resident(desk: Desk, household: Household) -> Resident:
    found = [one for one in roster.people_of(desk.session, household) if one.public_id == desk.form.get("resident", "")]
    if not found:
        raise Refusal("名册里没有这个人了，请刷新页面。")
    return found[0]


def _role(desk: Desk, resident: Resident, household: Household) -> str:
    lives = roster.residence(desk.session, resident, household)
    return roster.RESIDENT_ROLE_WORDS[lives.role] if lives else ""


def _talk(desk: Desk, resident: Resident) -> str:
    """Return the public id of a resident's talk; empty where there is none."""
    talk = desk.session.get(Conversation, resident.openid) if resident.openid else None
    return talk.public_id if talk else ""


def _open(desk: Desk, household: Household, people: Sequence[Resident]) -> list[Task]:
    openids = {one.openid for one in people if one.openid}
    theirs = (task for task in tasks.listed(desk.session) if task.household_id == household.id or task.openid in openids)
    return [task for task in theirs if desk.may(task.need)]


ROUTES: tuple[Page, ...] = (show, unbind, export)
