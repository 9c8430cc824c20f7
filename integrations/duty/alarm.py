"""The page behind a staff member's link: what is the matter, one button that takes it, and what becomes of it.

Opening the link takes nothing: whoever previews a message opens its links, too.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.contract import Page, Redirect, Refusal, Staff, Task, View, Visit, page, tasks, telling
from bot.contract.roster import by_login
from integrations.duty import summons

#: What the page shows, for the log.
SHOWN = "紧急求助时说的话"

#: Whoever is beaten, or hides, must not be rung: 别打电话过来 他会听见, 我不敢出声.
_SILENT = re.compile(
    "(?:别|不要|不能|先别|千万别)(?:给我)?(?:再)?(?:打|来)(?:电话|过来|我电话)|(?:别|不要)(?:按|敲)门|不(?:敢|能|方便)(?:出声|说话|接电话|接)|(?:他|她|对方)会(?:听见|听到|发现)"
)


@page("GET", "/duty/{task}/{login}")
def show(visit: Visit) -> View:
    """Show an alarm to the one who was told; the resident's phone and words to who has taken it."""
    task, member = _both(visit)
    visit.read(member, SHOWN, task.about)
    kind = visit.context.services.kind_of(task.kind)
    holder = visit.session.get(Staff, task.claimed_by) if task.claimed_by else None
    return View(
        "duty/alarm.html",
        {
            "task": task, "member": member, "holder": holder, "is_mine": holder is not None and holder.id == member.id,
            "lines": _lines(task), "who": summons.name_of(visit, task), "phone": summons.phone_of(visit, task), "place": summons.place_of(visit, task),
            "photos": [photo for photo in visit.photos_of(task.about) if photo.state == "stored"], "colleagues": _colleagues(visit, task, member),
            "outcomes": kind.outcomes if kind else (), "community": visit.community, "base_url": visit.context.base_url,
            "path": kind.address(task) if kind else "", "is_silent": _SILENT.search(str(task.data.get("text") or "")) is not None,
        },
    )  # fmt: skip


@page("POST", "/duty/{task}/{login}")
def act(visit: Visit) -> Redirect:
    """Take the alarm, give it to a colleague, or close it."""
    task, member = _both(visit)
    wish = visit.form.get("do", "")
    if wish == "claim":
        tasks.claim(visit, task, member)
    elif task.claimed_by != member.id:
        raise Refusal("这件事现在不在您手上。")
    elif wish == "hand_on":
        tasks.hand_on(visit, task, member, _colleague(visit, task, member))
    elif wish == "close":
        tasks.close(visit, task, member, visit.form.get("outcome", ""), visit.form.get("note", ""))
    return Redirect(summons.link(visit, task, member))


def _lines(task: Task) -> Sequence[tuple[datetime | None, str, bool]]:
    """Return what was said in an alarm, each message with its time and whether it only presses; of one of before times were kept, one line."""
    if kept := task.data.get("said"):
        return [(datetime.fromisoformat(at), words, bool(more)) for at, words, *more in kept]
    words = str(task.data.get("text") or "")
    return [(None, words, False)] if words else []


def _both(visit: Visit) -> tuple[Task, Staff]:
    task, member = tasks.find(visit.session, visit.params["task"]), by_login(visit.session, visit.params["login"])
    if task is None or member is None or not telling.may_know(visit, task, member):
        raise LookupError(visit.params["task"])
    return task, member


def _colleagues(visit: Visit, task: Task, member: Staff) -> Sequence[Staff]:
    return [one for one in telling.may_see(visit, task.need) if one.id != member.id]


def _colleague(visit: Visit, task: Task, member: Staff) -> Staff:
    chosen = next((one for one in _colleagues(visit, task, member) if one.login == visit.form.get("to")), None)
    if chosen is None:
        raise Refusal("请选一位同事。")
    return chosen


ROUTES: tuple[Page, ...] = (show, act)
