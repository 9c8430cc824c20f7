"""Who of the staff is told of a task when: its ladder, climbed rung by rung until somebody takes it.

The first rung is told in the transaction that opens the task, the others by bot/ladder.py. How a person is told is a service's
(`Integration.summons`); what is told to the resident follows from rows alone: an alert whose delivery WeChat has taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import OperationalError

from bot.contract.access import Access
from bot.contract.taskkinds import Ladder, Who
from bot.store import alerts, duty, events, grants, staff
from bot.store.outbox import DeliveryState
from bot.store.staff import Role, Staff
from bot.store.tasks import Known, Task

if TYPE_CHECKING:
    from bot.contract.work import Work

#: How soon it is looked at again whether a message to the staff has gone out.
AGAIN = timedelta(seconds=1)

#: How long after its last rung a task counts as taken by nobody.
LAST_WAIT = timedelta(minutes=1)

#: States of a delivery whose fate is open.
_UNDER_WAY = (DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Who knows of a task at this moment, as rows prove it."""

    claimed_by: Staff | None
    told: Sequence[Staff]  # a message to them is on its way, or was taken by WeChat
    on_duty: Sequence[Staff]

    @property
    def first(self) -> Staff | None:
        """The one to name: those on duty before others."""
        ours = {member.id for member in self.on_duty}
        return next((member for member in self.told if member.id in ours), next(iter(self.told), None))


def access(work: "Work") -> Access:
    """Return the table of who may do what in this community."""
    return Access(permissions=work.context.services.permissions, changed=grants.changed(work.session))


def may_see(work: "Work", need: str) -> list[Staff]:
    """Return the active staff who have a permission, by name; the city only looks on."""
    table = access(work)
    return [one for one in staff.active(work.session) if one.role is not Role.CITY and table.may(one.role, need)]


def on_duty(work: "Work", task: Task) -> tuple[list[Staff], list[Staff]]:
    """Return who is on duty for a task and their stand-ins. A turn of duty for all kinds gives no right to see what one may not."""
    allowed = {member.id for member in may_see(work, task.need)}
    watches = duty.now_on(work.session, work.now, task.kind)

    def fitting(watch: duty.Watch, member: Staff | None) -> bool:
        return member is not None and (watch.shift.covers != "" or member.id in allowed)

    return (
        _each_once(watch.staff for watch in watches if fitting(watch, watch.staff)),
        _each_once(watch.stand_in for watch in watches if watch.stand_in and fitting(watch, watch.stand_in)),
    )


def may_know(work: "Work", task: Task, member: Staff) -> bool:
    """Tell whether somebody who was told of a task may still be shown it: by their role, or by a turn of duty for just its kind.

    It counts that they had that turn when they were told: who is on their way need not be on duty any more.
    """
    if member.id in {one.id for one in may_see(work, task.need)}:
        return True
    times = {work.now, *(alert.at for alert, told, _ in alerts.of_task(work.session, task.id or 0) if told.id == member.id)}
    watches = [watch for at in times for watch in duty.now_on(work.session, at, task.kind) if watch.shift.covers != ""]
    return member.disabled_at is None and any(member.id in _ids(watch) for watch in watches)


def _ids(watch: duty.Watch) -> tuple[int | None, ...]:
    return watch.staff.id, watch.stand_in.id if watch.stand_in else None


def reach(work: "Work", task: Task) -> Reach:
    """Return who knows of a task."""
    told = [
        member for alert, member, state in alerts.of_task(work.session, task.id or 0)
        if state is not None and (state in _UNDER_WAY or state in alerts.ARRIVED)
    ]  # fmt: skip
    claimed = work.session.get(Staff, task.claimed_by) if task.claimed_by else None
    return Reach(claimed_by=claimed, told=_each_once(told), on_duty=on_duty(work, task)[0])


def begin(work: "Work", task: Task) -> None:
    """Tell the first rung of a task that was just opened; should that fail the task stands, and the ladder tries again."""
    try:
        with work.session.begin_nested():
            look(work, task)
    except OperationalError:  # the database itself: nothing of this transaction stands
        raise
    except Exception:
        log.exception("nobody told yet, the ladder tries again", task=task.public_id)


def also(work: "Work", task: Task, member: Staff) -> None:
    """Tell one more person of a task at once, beside its ladder; who was told of it, and who may not see it, is not."""
    known = {told.id for _, told, _ in alerts.of_task(work.session, task.id or 0)}
    if member.id in known or not may_know(work, task, member):
        return
    delivery = work.context.services.summon(work, task, member) if member.openid else None
    alerts.told(
        work.session, task.id or 0, member.id or 0, task.rungs_before + task.rung, work.now, delivery.id if delivery else None
    )


def look(work: "Work", task: Task) -> None:
    """Tell every rung whose time has come, find out who was reached, and note when to look again."""
    ladder = work.context.services.ladder(task.kind)
    if ladder is None or not task.is_open or task.claimed_at is not None:
        task.rung_at = None
    else:
        while task.rung < len(ladder) and task.opened_at + ladder.rungs[task.rung][0] <= work.now:
            _tell(work, task, ladder.rungs[task.rung][1])
        _find_out(work, task, ladder)
    work.session.add(task)
    work.session.flush()


def _tell(work: "Work", task: Task, who: Who) -> None:
    rung = task.rungs_before + task.rung
    for member in _whom(work, task, who):
        delivery = work.context.services.summon(work, task, member) if member.openid else None
        alerts.told(work.session, task.id or 0, member.id or 0, rung, work.now, delivery.id if delivery else None)
    task.rung += 1
    work.context.services.require_emitted("task.told", {"rung": rung + 1})
    events.record(
        work.session, work.now, "task.told", subject=task.about, actor="system", rung=rung + 1
    )  # whoever called for help


def _whom(work: "Work", task: Task, who: Who) -> list[Staff]:
    """Return whom a rung tells; where none of them can be reached, all who may see the task as well."""
    everybody = may_see(work, task.need)
    match who:
        case Who.ON_DUTY:
            meant, _ = on_duty(work, task)
        case Who.STAND_IN:
            _, meant = on_duty(work, task)
        case Who.COLLEAGUES:
            meant = [*on_duty(work, task)[0], *everybody]
        case Who.MANAGERS:
            meant = [member for member in everybody if member.role in (Role.MANAGER, Role.ADMIN)]
    return _each_once(meant if any(member.openid for member in meant) else [*meant, *everybody])


def _find_out(work: "Work", task: Task, ladder: Ladder) -> None:
    """Record once that somebody was reached, that nobody was, or that nobody took the task after all rungs."""
    found = alerts.of_task(work.session, task.id or 0)
    arrived = any(state in alerts.ARRIVED for _, _, state in found)
    under_way = any(state in _UNDER_WAY for _, _, state in found)
    if arrived and task.known in (Known.NOTHING, Known.UNREACHED):
        _know(work, task, Known.REACHED, "task.reached")
    elif not arrived and not under_way and task.known == Known.NOTHING:
        was_tried = any(state is not None for _, _, state in found)
        _know(work, task, Known.UNREACHED, "task.unreached" if was_tried else "")  # else the reply has said it
    is_last = task.rung >= len(ladder)
    ends = task.opened_at + ladder.rungs[-1][0] + LAST_WAIT
    if is_last and work.now >= ends and task.known != Known.EXHAUSTED:
        _know(work, task, Known.EXHAUSTED, "task.exhausted")
    following = ends if is_last else task.opened_at + ladder.rungs[task.rung][0]
    if under_way and not arrived:
        following = min(following, work.now + AGAIN)
    task.rung_at = None if task.known == Known.EXHAUSTED else following


def _know(work: "Work", task: Task, known: Known, event: str) -> None:
    task.known = known
    work.session.add(task)
    if event:
        work.record(event, task.about)


def sentence(work: "Work", task: Task) -> str:
    """Return the sentence for the resident that says who comes or is being told, as rows prove it at this moment."""
    name, values = _facts(work, task)
    return work.words(work.context.messages[name], **values)


def _facts(work: "Work", task: Task) -> tuple[str, Mapping[str, str]]:
    """Return the name of the phrase that says who comes, with its values."""
    known = reach(work, task)
    if known.claimed_by is not None:
        return "emergency.claimed", {"who": known.claimed_by.name, "phone": known.claimed_by.phone}
    if known.first is not None:
        name = "emergency.telling" if known.first in known.on_duty else "emergency.telling.all"
        return name, {"who": known.first.name, "phone": known.first.phone}
    on = next((member for member in known.on_duty if member.phone), None)
    return "emergency.unreached", {"who": on.name if on else "", "phone": on.phone if on else ""}


def _each_once(members: Iterable[Staff]) -> list[Staff]:
    found = {member.id: member for member in members}
    return list(found.values())
