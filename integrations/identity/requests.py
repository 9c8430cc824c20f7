"""Flats that somebody names and cannot prove: put to the office, and to the family where they knew the number on record."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from bot.contract import Evidence, Household, Refusal, Resident, Task, Turn, Work, roster, tasks, tr
from integrations.identity import binding, proofs
from integrations.identity.binding import Flat

NEED, KIND = proofs.NEED, "identity.confirm"

#: How a request ends whose flat was said wrongly, and one that is wanted no more.
SAID_WRONGLY, UNWISHED = tr("居民说错了，已改说另一户"), tr("居民说不用核对了")

#: How a request ends that those at home refuse.
UNKNOWN = tr("家里人说不认识")


def ask_office(turn: Turn, flat: Flat, *, name: str = "", knows_number: bool = False, instead: Task | None = None) -> Task:
    """Let staff find out who somebody is: one request for each flat that they name, the same one where they ask again.

    What was shown of the same flat before stays shown: 没有, said to the question for digits, takes nothing back. `instead` is the request
    that was said wrongly, and becomes this one.
    """
    task = binding.request_of(turn.session, turn.openid, flat)
    shown = task.data if task is not None else {}
    if task is not None and instead is not None and task.id != instead.id:
        turn.call_off(instead, SAID_WRONGLY)
    task = task or instead
    data: dict[str, Any] = {
        "building": flat.building,
        "unit": flat.unit,
        "room": flat.room,
        "name": name or str(shown.get("name", "")),
        "knows_number": knows_number or bool(shown.get("knows_number")),
    }
    title = tr("核对住址：{label}", label=flat.label)
    if task is None:
        if not turn.take("bind.request", proofs.REQUESTS):
            raise Refusal(turn.words(tr("今天已经请物业核对过几次了，请明天再说，或打 {community.phone}。")))
        task = turn.assign(KIND, NEED, title, openid=turn.openid, **data)
        task.subject = task.about  # what is said next may be about it
    task.title, task.data = title, data
    turn.session.add(task)
    return task


def waiting_beside(turn: Turn, flat: Flat) -> str:
    """Return the other flats that somebody named and that wait to be confirmed, by their labels; empty where there is none."""
    others = (binding.said_in(one) for one in binding.requests_of(turn.session, turn.openid))
    return "、".join(one.label for one in others if one.parts != flat.parts)


def settle(turn: Turn, flat: Household) -> None:
    """Close the request for a flat of who is bound to it by now; what waits for another flat goes on waiting."""
    for task in binding.requests_of(turn.session, turn.openid):
        if flat_of(turn, task, [flat]) is not None:
            turn.finish(task.about, "本人已核对")


def ask_home(turn: Turn, task: Task, flat: Household, name: str) -> bool:
    """Let those who are bound at home say whether they know somebody who knew their number; False where nobody is, or asked enough."""
    at_home = roster.bound_at(turn.session, flat)
    if not at_home or not turn.take("bind.ask", proofs.ASKED_AT_HOME, key=flat.label):
        return False
    for one in at_home:
        url = turn.link(f"/requests/{task.public_id}/{one.public_id}")
        turn.tell(one, "identity.asks", url=url, flat=flat.label, who=name or tr("有人"))
    return True


def approve(work: Work, task: Task, flat: Household, person: Resident | None, evidence: Evidence, *, name: str = "") -> Resident:
    """Bind who asked, and tell them; the caller closes the request."""
    if task.openid is None:
        raise Refusal(tr("这条核对没有对应的微信用户，请关闭它。"))
    resident = proofs.admit(work, task.openid, flat, person, evidence, name=name or str(task.data.get("name", "")))
    work.record("identity.confirmed", resident.about, household=flat.key)
    work.tell(task.openid, "identity.confirmed", flat=flat.label)
    return resident


def refuse(work: Work, task: Task) -> None:
    """Tell who asked that it was not confirmed, and forget that they said they live there; the caller closes the request."""
    forget_claim(work, task)
    work.tell(task.openid, "identity.refused", said=binding.said_in(task).label)


def forget_claim(work: Work, task: Task) -> None:
    """Forget that somebody said they live in the flat that a request is about; another flat that they said since stays."""
    said = roster.claim_of(work.session, task.openid) if task.openid else None
    if said is not None and task.openid and said.parts == binding.said_in(task).parts:
        roster.drop_claim(work.session, task.openid)


def answer(work: Work, task: Task, flat: Household, member: Resident, *, approves: bool) -> None:
    """Let somebody at home say that they know who asked, or that they do not.

    While it is disputed who lives there nobody is let in by a word of theirs, which raises Refusal; a no lets nobody in and holds.
    """
    if approves:
        tasks.require_undisputed(work, member, flat)
        approve(work, task, flat, None, Evidence.INVITATION)
        work.finish(task.about, tr("家里人同意，已绑定{label}", label=flat.label))
        return
    if task.openid:
        work.object_to(task.openid, flat)
    refuse(work, task)
    work.finish(task.about, UNKNOWN)


def waiting(session: Session) -> Sequence[Task]:
    """Return the open requests of who knew a number of the flat, the newest first: those at home may answer them."""
    theirs = select(Task).where(Task.kind == KIND, col(Task.closed_at).is_(None)).order_by(col(Task.opened_at).desc())
    return [one for one in session.exec(theirs).all() if one.data.get("knows_number")]


def flat_of(work: Work, task: Task, homes: Sequence[Household]) -> Household | None:
    """Return which of these flats a request is about; None where it is about another."""
    said = binding.said_in(task)
    near = [one for one in homes if binding.is_meant(one, *said.parts)]
    found = binding.find_flat(work.session, *said.parts) if near else None
    return next((one for one in near if found is not None and one.id == found.id), None)


def answerable(work: Work, key: str) -> Task:
    """Return a request that is open, ours alone until it is answered; raises LookupError, and Refusal for one that somebody answered.

    The account is held before the request, as the chat does it: of two who answer at once the second waits, and is told.
    """
    task = find(work, key)
    if task.openid:
        work.hold(task.openid)
    work.session.refresh(task, with_for_update=True)
    if not task.is_open:
        raise Refusal(tr("这件事已经办好了：{outcome}。", outcome=task.outcome))
    return task


def find(work: Work, key: str) -> Task:
    """Return a request by the id people see; raises LookupError."""
    found = work.session.exec(select(Task).where(Task.public_id == key, Task.kind == KIND)).first()
    if found is None:
        raise LookupError(key)
    return found
