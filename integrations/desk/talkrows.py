"""What lists show of a talk: who it is with, what was said last, how long they wait, who sees to it, its labels and numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from bot.contract import Conversation, Desk, Household, Line, Resident, Staff, handoffs, talklists, talks, tasks
from integrations.desk import labels

#: Lines of a talk among which the last words of a person are looked for.
LOOKED_AT = 6


def of(desk: Desk, found: Sequence[Conversation]) -> list[dict[str, Any]]:
    """Return what is shown of each of several talks, read for all at once."""
    numbers: dict[str | None, list[str]] = {}
    openids = [talk.openid for talk in found]
    for task in handoffs.open_among(desk.session, openids):
        numbers.setdefault(task.openid, []).append(task.number or "")
    alarms = {task.openid: task for task in tasks.open_of(desk.session, openids) if task.urgent and desk.may(task.need)}
    holders, marks = names(desk, [talk.assigned_id for talk in found]), labels.of_talks(desk, openids)
    unbound = tasks.places_of_unbound(desk, openids)
    people, said = talks.speakers(desk, openids), talks.lines_among(desk.session, openids, LOOKED_AT)
    aside = talklists.aside(desk.session, [talk.openid for talk in found if talk.snoozed_until], desk.now)
    unanswered = talklists.unanswered(desk.session, openids)
    return [
        {
            **_row(desk, talk, people.get(talk.openid), said[talk.openid]), "holder": holders.get(talk.assigned_id, ""), "labels": marks.get(talk.openid, ()),
            "numbers": numbers.get(talk.openid, []), "alarm": alarms.get(talk.openid), "aside": talk.snoozed_until if talk.openid in aside else None,
            "is_unanswered": talk.openid in unanswered, "flat": people[talk.openid][1].label if talk.openid in people else unbound[talk.openid],
        }
        for talk in found
    ]  # fmt: skip


def _row(desk: Desk, talk: Conversation, who: tuple[Resident, Household] | None, lines: Sequence[Line]) -> dict[str, Any]:
    resident, flat = who or (None, None)
    last = [line for line in lines if line.speaker != "bot"][-1:] or lines[-1:]  # what a person said tells more
    return {
        "phone": resident.phone if resident else "", "key": talk.public_id, "household": flat.id if flat else None, "name": resident.name if resident else "",
        "topic": talk.topic, "waiting_since": talk.waiting_since, "taken": talk.staff_id is not None,
        "waited": handoffs.say_waited(desk.now - talk.waiting_since) if talk.waiting_since else "",
        "last": last[0].text if last else "", "updated_at": lines[-1].at if lines else talk.updated_at,
    }  # fmt: skip


def names(desk: Desk, ids: Sequence[int | None]) -> Mapping[int | None, str]:
    """Return what those of the staff are called."""
    known = {one for one in ids if one}
    return {one.id: one.name for one in desk.session.exec(select(Staff).where(col(Staff.id).in_(known))).all()} if known else {}
