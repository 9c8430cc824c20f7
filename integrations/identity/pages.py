"""What a household opens from the chat: who was bound at home, who wants to be, and one button for each answer.

Opening a link answers nothing: whoever previews a message opens its links, too.
"""

from bot.contract import Household, Page, Redirect, Refusal, Resident, Task, View, Visit, page, roster, row_id, tr
from integrations.identity import binding, household, requests


@page("GET", "/newcomers/{newcomer}/{flat}/{member}")
def newcomer(visit: Visit) -> View:
    """Show who was bound to the flat, when, and by what evidence."""
    person, flat, member = _all(visit)
    evidence = household.evidence_of(visit, person, flat)
    return View(
        "identity/newcomer.html",
        {
            "who": person.name or "一位家里人", "flat": flat, "at": person.bound_at, "is_bound": person.openid is not None,
            "is_disputed": household.is_disputed(visit, person, member),
            "how": roster.EVIDENCE_WORDS[evidence] if evidence else "", "community": visit.community,
        },
    )  # fmt: skip


@page("POST", "/newcomers/{newcomer}/{flat}/{member}")
def object_(visit: Visit) -> Redirect:
    """Take the answer of somebody who does not know the newcomer."""
    person, flat, member = _all(visit)
    if visit.form.get("do") != "object":
        raise Refusal(tr("请点“不认识，请停掉”；是家里人，什么都不用做。"))
    household.object_to(visit, person, flat, member)
    return Redirect(visit.link(f"/newcomers/{person.public_id}/{flat.key}/{member.public_id}"))


def _all(visit: Visit) -> tuple[Resident, Household, Resident]:
    person = roster.by_public_id(visit.session, visit.params["newcomer"])
    number = row_id(visit.params["flat"])
    flat = visit.session.get(Household, number) if number else None
    if person is None or flat is None:
        raise LookupError(visit.params["newcomer"])
    return person, flat, _member(visit, flat)


def _member(visit: Visit, flat: Household) -> Resident:
    """Return who the link was sent to, while they live there and are bound."""
    at_home = roster.bound_at(visit.session, flat)
    found = next((one for one in at_home if one.public_id == visit.params["member"]), None)
    if found is None:
        raise LookupError(visit.params["member"])
    return found


@page("GET", "/requests/{task}/{member}")
def request(visit: Visit) -> View:
    """Show who wants to belong to the flat and knew the number on record."""
    task = requests.find(visit, visit.params["task"])
    flat, _ = _asked(visit, task)
    return View(
        "identity/request.html",
        {"task": task, "flat": flat, "who": task.data.get("name") or "有人", "is_refused": task.outcome == requests.UNKNOWN, "community": visit.community},
    )  # fmt: skip


@page("POST", "/requests/{task}/{member}")
def answer(visit: Visit) -> Redirect:
    """Let somebody at home say that they know who asked, or that they do not."""
    task = requests.answerable(visit, visit.params["task"])
    if (wish := visit.form.get("do")) not in ("approve", "refuse"):
        raise Refusal(tr("请点一个按钮：同意，或者不认识。"))
    flat, member = _asked(visit, task)
    requests.answer(visit, task, flat, member, approves=wish == "approve")
    return Redirect(visit.link(f"/requests/{task.public_id}/{member.public_id}"))


def _asked(visit: Visit, task: Task) -> tuple[Household, Resident]:
    flat = binding.find_flat(visit.session, *binding.said_in(task).parts) if task.data else None
    if flat is None or not task.data.get("knows_number"):
        raise LookupError(visit.params["task"])
    return flat, _member(visit, flat)


ROUTES: tuple[Page, ...] = (newcomer, object_, request, answer)
