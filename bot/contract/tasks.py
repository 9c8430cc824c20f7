"""Tasks as people see to them: listed, taken, handed on, closed; `work.assign` and `work.finish` open and close a service's own.

`by` is the person of the staff who does it, on a page, by a link or in the chat.
"""

from collections.abc import Collection, Mapping, Sequence

from bot.contract import handoffs
from bot.contract.taskkinds import Caller
from bot.contract.work import Work
from bot.errors import Refusal
from bot.language.identifiers import withheld
from bot.store import claims, conversations, people
from bot.store import tasks as store
from bot.store.conversations import Conversation
from bot.store.people import Household, Resident
from bot.store.staff import Staff
from bot.store.tasks import FIRST, KEEPS, Task, about, closed, count_by_need, find, listed, open_of, unanswered
from bot.translation import tr, tr_all

__all__ = [
    "FIRST",
    "KEEPS",
    "LONGEST",
    "Task",
    "about",
    "caller",
    "claim",
    "close",
    "closed",
    "count_by_need",
    "find",
    "flats_waiting",
    "hand_on",
    "listed",
    "open_of",
    "places_of_unbound",
    "put_back",
    "require_undisputed",
    "resident_of",
    "unanswered",
    "whose",
]

#: Said to whoever would let somebody into a flat that may not be theirs.
DISPUTED = tr("物业正在核实谁住这里，核实好以前不能再让别人进来。急的话请打 {community.phone}。")

#: Longest remark on how a task ended.
LONGEST = 160


def claim(work: Work, task: Task, by: Staff) -> None:
    """Let somebody see to a task; raises Refusal when a colleague was quicker."""
    store.claim(work.session, task, by.id or 0, work.now, f"staff:{by.login}")


def hand_on(work: Work, task: Task, by: Staff, to: Staff) -> None:
    """Give a task to a colleague."""
    store.hand_on(work.session, task, to.id or 0, work.now, f"staff:{by.login}")


def put_back(work: Work, task: Task) -> None:
    """Say of a task whose columns were put back (KEEPS) that it is as it was before somebody claimed, handed on or closed it."""
    store.put_back(work.session, task, work.now, work.actor)


def close(work: Work, task: Task, by: Staff, outcome: str, note: str = "") -> None:
    """Close a task with one of its kind's outcomes, if it has any, and a remark; raises Refusal where none was chosen."""
    kind = work.context.services.kind_of(task.kind)
    outcome, note = withheld(outcome.strip()), withheld(note.strip())[:LONGEST]
    if kind is not None and kind.outcomes and outcome not in kind.outcomes:
        raise Refusal(tr("请选一个结果：{outcomes}。", outcomes=tr_all("、", kind.outcomes)), field="outcome")
    said = tr_all("：", filter(None, (outcome[:LONGEST], note)))
    is_handed = task.kind == handoffs.KIND and task.is_open and task.openid is not None
    talk = conversations.locked(work.session, task.openid or "") if is_handed else None  # before the task, as turns do
    store.close(work.session, task, work.now, said, staff_id=by.id, actor=f"staff:{by.login}")
    if is_handed and task.outcome == said:
        handoffs.tell_closed(work, task, outcome, note)
    if talk is not None:
        _leave_queue(work, talk)


def _leave_queue(work: Work, talk: Conversation) -> None:
    """Let a talk wait no longer that nobody has taken and that waits for nothing more; with something open it stays whose it is."""
    still_open = handoffs.open_of(work.session, talk.openid)
    if talk.staff_id is None and not any(map(handoffs.waits, still_open)):
        held_by = talk.assigned_id if still_open else None
        conversations.hand_back(talk)
        talk.assigned_id = held_by
        work.session.add(talk)


def require_undisputed(work: Work, resident: Resident, flat: Household) -> None:
    """Raise Refusal for somebody about whom the office has yet to find out whether they belong to a flat: they let nobody else in."""
    kinds = [kind.kind for one in work.context.services.integrations for kind in one.tasks if kind.disputes]
    if any(resident.public_id in task.subject for task in store.open_of_kinds(work.session, kinds, flat.key)):
        raise Refusal(work.words(DISPUTED))


def flats_waiting(work: Work, openid: str) -> Sequence[tuple[str, str, str]]:
    """Return building, unit and room of each flat that an account named and that waits to be confirmed, the last one first."""
    kinds = [kind.kind for one in work.context.services.integrations for kind in one.tasks if kind.says_flat]
    return [
        (str(task.data["building"]), str(task.data.get("unit", "")), str(task.data["room"]))
        for task in store.open_from(work.session, openid, kinds) if task.data.get("building") and task.data.get("room")
    ]  # fmt: skip


def holds(task: Task, text: str) -> bool:
    """Tell whether a task holds these words of a talk."""
    return store.holds(task, text)


def resident_of(work: Work, task: Task) -> Resident | None:
    """Return who is bound to the openid that a task came from."""
    return people.bound(work.session, task.openid) if task.openid else None


def caller(work: Work, task: Task) -> Caller:
    """Return who reported what a task is about, and from which flat: as its kind knows, else by the account it came from."""
    kind = work.context.services.kind_of(task.kind)
    if kind is not None and kind.caller is not None:
        return kind.caller(work, task)
    resident = resident_of(work, task)
    home = task.household_id or (resident.household_id if resident else None)
    return Caller(resident=resident, flat=work.session.get_one(Household, home) if home else None)


def whose(work: Work, task: Task) -> str:
    """Return whose matter a task is: flat, name and phone; empty for nobody's in particular."""
    resident = resident_of(work, task)
    home = task.household_id or (resident.household_id if resident else None)
    flat = work.session.get_one(Household, home).label if home else ""
    if resident is not None:
        return f"{flat} {resident.name} {resident.phone}".strip()
    return flat or (places_of_unbound(work, [task.openid])[task.openid] if task.openid else "")


def places_of_unbound(work: Work, openids: Collection[str]) -> Mapping[str, str]:
    """Return what stands for the flat of each account that is not bound: the one it says it lives in, and that nobody has proven it."""
    said = claims.among(work.session, openids)
    return {one: tr("自称住{label}（未核实）", label=said[one].label) if one in said else tr("未绑定住址") for one in openids}
