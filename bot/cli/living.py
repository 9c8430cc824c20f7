"""A past of sixty days for the demo: who was bound when, what was asked and answered, what waited for a person; and what services tell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from operator import itemgetter
from random import Random
from typing import Any

import yaml
from sqlalchemy import insert
from sqlmodel import Session, col, select

from bot import config
from bot.contract import Context
from bot.contract.handoffs import expected as promised
from bot.contract.past import DAYS, Episode, Past, Then
from bot.dialogue.result import KNOWN
from bot.model import PUBLIC_ALPHABET, SHANGHAI
from bot.simulator import crowd
from bot.store import handoffs, outcomes, scope, tasks, unmatched
from bot.store.conversations import Line, ask_for_person
from bot.store.followers import Follower
from bot.store.knowledge import Entry
from bot.store.outcomes import Ended, Understood
from bot.store.people import Binding, Evidence, Household, Residence, Resident, lives_there
from bot.store.staff import Role, Staff, active
from bot.store.tasks import Task

#: What the dice begin with: the same past each time.
SEED = 20260311

#: How many of the people on the roster are bound by now, and how many of these were before the past begins.
BOUND, BEFORE = 0.70, 0.62

#: How people showed who they are, and how often.
SHOWN = ((Evidence.PHONE, 6), (Evidence.INVITATION, 3), (Evidence.CODE, 1), (Evidence.STAFF, 1))

#: Numbers from here on are those of people who have not shown where they live.
STRANGERS = 90_000

#: What waits for a person at this moment: minutes ago, and which of the matters.
WAITING = (6, 21, 95)


def live(session: Session, context: Context, now: datetime) -> None:
    """Give a community of the demo its past, in the transaction at hand. Nothing of it is sent to anybody."""
    scope.enter(session, context.community.key)
    dice = Random(f"{SEED} {context.community.name}")  # noqa: S311  nothing hangs on it
    past = _settle(session, dice, now)
    told = [one.past(past) for one in context.services.integrations if one.past is not None]
    acts = [act for telling in (_bind(past), _ask(past, context), _wait(past), _sound(past), *told) for act in telling]
    work = Then(session=session, now=now, context=context)
    with session.no_autoflush:
        for at, act in sorted(acts, key=itemgetter(0)):
            if at < now:
                work.now = at
                act(work)
    work.write_rows()
    session.flush()


def _settle(session: Session, dice: Random, now: datetime) -> Past:
    """Choose who is bound by now, and since when; nobody is until their moment comes."""
    here = session.exec(
        select(Resident).join(Residence, col(Residence.resident_id) == col(Resident.id)).where(lives_there()).order_by(col(Resident.id))
    ).unique().all()  # fmt: skip
    free = [resident for resident in here if resident.openid is None]
    chosen = dice.sample(free, max(round(len(here) * BOUND) - (len(here) - len(free)), 0))
    begins = datetime.combine(now.date() - timedelta(days=DAYS), time(), SHANGHAI)
    before = round(len(chosen) * BEFORE)
    since = sorted(begins - timedelta(days=dice.uniform(0, 300)) for _ in range(before))
    since += sorted(begins + (now - begins) * dice.random() for _ in chosen[before:])
    staff = [member for member in active(session) if member.role in (Role.GUARD, Role.STAFF, Role.MANAGER)]
    flats = {flat.key: flat for flat in session.exec(select(Household))}
    here_as = scope.of(session) * 100_000
    strangers = [crowd.openid(here_as + STRANGERS + number) for number in range(3)]
    return Past(dice=dice, now=now, residents=chosen, bound_at=since, flats=flats, strangers=strangers, staff=staff)


# ------------------------------------------------------------------ who they are


def _bind(past: Past) -> Iterator[Episode]:
    """Give what `people.bind` writes of each, and that they follow; who was bound before the past begins is no line of its log."""
    yield past.begins, partial(_begin, past=past)
    for number, (resident, at) in enumerate(zip(past.residents, past.bound_at, strict=True)):
        if at >= past.begins:
            yield at, partial(_bound, resident=resident, number=number)


def _begin(work: Then, *, past: Past) -> None:
    kinds, often = [kind for kind, _ in SHOWN], [number for _, number in SHOWN]
    shown = past.dice.choices(kinds, often, k=len(past.residents))
    rows = [
        {"openid": _openid(work, number), "resident_id": resident.key, "evidence": evidence, "bound_at": at, "community_id": work.community.key}
        for number, (resident, at, evidence) in enumerate(zip(past.residents, past.bound_at, shown, strict=True))
    ]  # fmt: skip
    if not rows:
        return
    work.session.execute(insert(Binding), rows)
    known = {"community_id": work.community.key, "is_placed": True, "window_left": 0, "tap_left": 0}
    work.session.execute(insert(Follower), [{"openid": row["openid"], "followed_at": row["bound_at"], **known} for row in rows])
    work.session.execute(insert(Follower), [{"openid": one, "followed_at": past.begins, **known} for one in past.strangers])
    for number, (resident, at) in enumerate(zip(past.residents, past.bound_at, strict=True)):
        if at < past.begins:
            resident.openid, resident.bound_at = _openid(work, number), at
    work.flush()


def _bound(work: Then, *, resident: Resident, number: int) -> None:
    resident.openid, resident.bound_at = _openid(work, number), work.now
    evidence = work.session.exec(select(Binding.evidence).where(Binding.resident_id == resident.id)).one()
    work.record_by(resident.about, "resident.bound", resident.about, household=resident.household_id, evidence=evidence)


def _openid(work: Then, number: int) -> str:
    return crowd.openid(work.community.key * 100_000 + number)


# ------------------------------------------------------------------ what they ask


def _texts() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((config.shipped("data") / "demo" / "talks.yaml").read_text(encoding="utf-8"))
    return loaded


def _ask(past: Past, context: Context) -> Iterator[Episode]:
    texts, dice = _texts(), past.dice
    answered = [(intent, said) for intent, lines in texts["answered"].items() for said in lines]
    for at in past.moments(7, (7, 22)):
        intent, said = dice.choice(answered)
        yield at, partial(_answer, past=past, intent=intent, said=said)
    for at in past.moments(3.5, (7, 22)):
        yield at, partial(_inform, past=past, question=dice.choice(texts["known"]))
    for at in past.moments(3, (7, 22)):
        yield at, partial(_miss, past=past, said=dice.choice(texts["unclear"]))
    for at in past.moments(4, (7, 22)):
        said, intent = dice.choice(texts["asked_back"])
        yield at, partial(_ask_back, past=past, intent=intent, said=said)


def _answer(work: Then, *, past: Past, intent: str, said: str) -> None:
    resident, known = past.somebody(work.now), work.context.intents.get(intent)
    if resident is not None and known is not None and known.reply:
        work.talk(resident, [said, work.words(known.reply_to(f"{resident.openid}{work.now}"))], intent)


def _inform(work: Then, *, past: Past, question: str) -> None:
    resident = past.somebody(work.now)
    answer = work.session.exec(select(Entry.answer).where(Entry.question == question, col(Entry.is_template).is_(False))).first()
    if resident is not None and answer:
        work.talk(resident, [question, answer], KNOWN)


def _miss(work: Then, *, past: Past, said: str) -> None:
    resident = past.somebody(work.now)
    if resident is None:
        return
    work.talk(
        resident, [said, work.words(work.context.messages["unknown"])], "", understood=Understood.MISSED, ended=Ended.NOT_YET
    )
    work.flush()
    unmatched.note(work.session, said, work.now)
    work.record_by(resident.about, "message.unmatched")


def _ask_back(work: Then, *, past: Past, intent: str, said: str) -> None:
    """Ask back and be called off: what was asked back and then done is told by the services."""
    resident, known = past.somebody(work.now), work.context.intents.get(intent)
    if resident is not None and known is not None:
        lines = [said, f"您是想{known.title}吗？", "算了", "好的，需要时再说。"]
        work.talk(resident, lines, intent, understood=Understood.ASKED_BACK, ended=Ended.NOT_YET, took=timedelta(seconds=20))


# ------------------------------------------------------------------ who waits for a person


def _wait(past: Past) -> Iterator[Episode]:
    dice = past.dice
    matters = [(intent, *pair) for intent, pairs in _texts()["handed_over"].items() for pair in pairs]
    for at in past.moments(3.2, (8, 21)):
        yield from _matter(past, at, *dice.choice(matters))
    for minutes, (intent, said, _) in zip(WAITING, dice.sample(matters, len(WAITING)), strict=True):
        yield past.now - timedelta(minutes=minutes), partial(_hand_over, task=_task(past), past=past, intent=intent, said=said)


def _task(past: Past) -> Task:
    number = "H" + "".join(past.dice.choices(PUBLIC_ALPHABET, k=6))
    return Task(kind=handoffs.KIND, need=handoffs.NEED, title="", number=number, opened_at=past.now)


def _matter(past: Past, at: datetime, intent: str, said: str, answer: str) -> Iterator[Episode]:
    dice, task, member = past.dice, _task(past), past.one_of(Role.STAFF, Role.MANAGER)
    if member is None:
        return
    yield at, partial(_hand_over, task=task, past=past, intent=intent, said=said)
    opens = at if 8 <= at.hour < 18 else (at + timedelta(days=at.hour >= 18)).replace(hour=8, minute=30)
    answered = opens + past.after(timedelta(minutes=16))
    yield answered, partial(_reply, task=task, member=member, text=answer)
    closes = answered + past.after(timedelta(minutes=40))
    outcome = dice.choices(("已经答复您了", "办好了", "转给别的部门了", "没联系上您"), (6, 5, 1, 1))[0]
    yield closes, partial(_close, task=task, member=member, outcome=outcome)


def _hand_over(work: Then, *, task: Task, past: Past, intent: str, said: str) -> None:
    """Put a matter before the staff as the dialogue does; whoever waits already has told enough."""
    resident, known = past.somebody(work.now), work.context.intents.get(intent)
    talk = work.talks.get(resident.openid or "") if resident is not None else None
    if resident is None or (talk is not None and talk.waiting_since is not None):
        return
    topic = f"{(known.topic or known.title) if known else '找物业工作人员'}：{said}" if intent != "handoff.human" else ""
    task.title, task.openid, task.household_id, task.opened_at = (
        topic or "找物业工作人员",
        resident.openid,
        resident.household_id,
        work.now,
    )
    task.data = {"intent": intent, "topic": topic, "text": "", "question": False}
    work.ask(task)
    handoffs.add(work.session, task, said)
    text = work.words(work.context.messages["handed_off"], topic=topic, number=task.number, expected=promised(work))
    talk = work.talk(resident, [said, text], intent, ended=Ended.HANDED_OVER)
    ask_for_person(talk, task.title[:60], work.now)
    work.record_by(resident.about, "conversation.waiting", f"conversation:{talk.public_id}")


def _reply(work: Then, *, task: Task, member: Staff, text: str) -> None:
    if task.id is None:
        return
    talk = work.talks[task.openid or ""]
    talk.staff_id, talk.updated_at = member.id, work.now
    work.flush()
    work.later(Line, openid=task.openid, at=work.now, speaker="staff", text=text, staff_id=member.id)
    handoffs.answered(work.session, task, member.id or 0, work.now, f"staff:{member.login}")


def _close(work: Then, *, task: Task, member: Staff, outcome: str) -> None:
    if task.id is None:
        return
    work.flush()
    tasks.close(work.session, task, work.now, outcome, staff_id=member.id, actor=f"staff:{member.login}")
    talk = work.talks[task.openid or ""]
    talk.staff_id, talk.waiting_since, talk.topic = None, None, ""


# ------------------------------------------------------------------ alarms


def _sound(past: Past) -> Iterator[Episode]:
    """Give two alarms that are long over."""
    alarms: Sequence[tuple[int, str, str, str]] = (
        (23, "emergency.fire", "3号楼道有烟味", "误报，现场没事"), (9, "emergency.sos", "老人摔倒了起不来", "已转119/120/110"),
    )  # fmt: skip
    for days, kind, said, outcome in alarms:
        at = past.now.replace(hour=19, minute=20) - timedelta(days=days)
        task = Task(kind=kind, need=handoffs.NEED, title="", urgent=True, opened_at=at)
        member = past.one_of(Role.STAFF)
        if member is not None:
            yield at, partial(_alarm, task=task, past=past, said=said)
            yield at + timedelta(minutes=2), partial(_take, task=task, member=member)
            yield at + timedelta(minutes=31), partial(_answer_alarm, task=task, member=member, outcome=outcome)


def _alarm(work: Then, *, task: Task, past: Past, said: str) -> None:
    resident = past.somebody(work.now)
    if resident is None:
        return
    task.title, task.openid, task.household_id = f"{past.flat_of(resident).label} {said}", resident.openid, resident.household_id
    task.data = {"text": said}
    work.ask(task)
    outcomes.note(work.session, work.now, task.kind, Understood.AT_ONCE)
    work.later(Line, openid=resident.openid, at=work.now, speaker="resident", text=said, staff_id=None)


def _take(work: Then, *, task: Task, member: Staff) -> None:
    if task.id is not None:
        work.flush()
        tasks.claim(work.session, task, member.id or 0, work.now, f"staff:{member.login}")


def _answer_alarm(work: Then, *, task: Task, member: Staff, outcome: str) -> None:
    if task.id is not None:
        work.answer(task, member, outcome)
