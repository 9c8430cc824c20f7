"""Who came to the demo's community before one looks at it: passes used, not used, cancelled, and what the gate refused."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from bot.contract import Episode, Past, Resident, Role, Staff, Then
from integrations.visitor_passes.models import CODE_ALPHABET, CODE_LENGTH, Pass, Passage, PassState

VISITORS = (
    "王芳",
    "李强",
    "我妹妹",
    "送家具的师傅",
    "张阿姨",
    "刘洋",
    "装修工人",
    "表哥",
    "赵敏",
    "同学",
    "家政阿姨",
    "陈杰",
    "快修师傅",
    "外婆",
)
PLATES = ("", "", "", "浙A8K2M3", "浙AD12345", "苏E66P21", "沪C9Z870")


#: Who is still to come at this moment, on whatever day and hour one looks: hours from now.
TO_COME = (1.5, 4, 9, 22, 30, 49)


def tell(past: Past) -> Iterator[Episode]:
    """Give what happened to each pass, and who is still to come."""
    for hours in TO_COME[: len(past.residents) // 60]:
        resident = past.somebody(past.now)
        if resident is not None:
            pass_ = _new(past, resident, past.now - timedelta(hours=past.dice.uniform(1, 9)), past.now + timedelta(hours=hours))
            yield pass_.created_at, partial(_invite, pass_=pass_, resident=resident)
    for at in past.moments(6.5):
        resident = past.somebody(at)
        if resident is not None:
            yield from _visit(past, resident, at)


def _visit(past: Past, resident: Resident, at: datetime) -> Iterator[Episode]:
    dice = past.dice
    starts = (at + timedelta(days=dice.choices((0, 1, 2, 5), (5, 6, 2, 1))[0])).replace(
        minute=dice.choice((0, 30)), second=0, microsecond=0
    )
    starts = max(starts, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
    pass_ = _new(past, resident, at, starts)
    people = pass_.people
    yield at, partial(_invite, pass_=pass_, resident=resident)
    if dice.random() < 0.07:
        yield at + past.after(timedelta(hours=1)), lambda work: _cancel(work, pass_, resident)
        return
    guard = past.one_of(Role.GUARD)
    if guard is None or dice.random() < 0.18:
        return
    method = dice.choices(("qr", "code"), (4, 1))[0]
    if dice.random() < 0.05:
        yield (
            max(starts - timedelta(hours=2), at + timedelta(minutes=5)),
            lambda work: _check(work, pass_, guard, method, "early"),
        )
    comes = max(starts + timedelta(minutes=dice.uniform(-15, 45)), at + timedelta(minutes=4))
    for number in range(people):
        yield comes + timedelta(seconds=8 * number), lambda work: _check(work, pass_, guard, method, "")
    if dice.random() < 0.04:
        yield comes + timedelta(minutes=20), lambda work: _check(work, pass_, guard, method, "used")


def _new(past: Past, resident: Resident, at: datetime, comes: datetime) -> Pass:
    dice, starts = past.dice, comes.replace(minute=comes.minute // 30 * 30, second=0, microsecond=0)
    people = dice.choices((1, 2, 3), (7, 2, 1))[0]
    return Pass(
        code="".join(dice.choices(CODE_ALPHABET, k=CODE_LENGTH)), resident_id=resident.key, household_id=resident.household_id,
        visitor_name=dice.choice(VISITORS), phone="", plate=dice.choice(PLATES), people=people, entries_left=people, starts_at=starts,
        ends_at=max(starts.replace(hour=23, minute=59), starts + timedelta(hours=1)), created_at=at,
    )  # fmt: skip


def _invite(work: Then, *, pass_: Pass, resident: Resident) -> None:
    when = work.words("{t}", t=pass_.starts_at)
    said = f"{pass_.visitor_name}{when}来"
    pass_.words = said
    work.session.add(pass_)
    work.talk(
        resident, [said, f"{pass_.visitor_name}，{when}来，{pass_.people} 位，对吗？", "对", f"通行证办好了，通行码 {pass_.code}。"],
        "visitor.invite", took=timedelta(seconds=32),
    )  # fmt: skip
    work.record_by(resident.about, "visitor.invited", pass_.subject, people=pass_.people)


def _cancel(work: Then, pass_: Pass, resident: Resident) -> None:
    if pass_.starts_at <= work.now:
        return
    pass_.state = PassState.CANCELLED
    work.talk(resident, [f"{pass_.visitor_name}不来了", "好的，通行证取消了。"], "visitor.cancel")
    work.record_by(resident.about, "visitor.cancelled", pass_.subject)


def _check(work: Then, pass_: Pass, guard: Staff, method: str, reason: str) -> None:
    """Write a check down as the gate does; what was to be refused as used and is not yet is admitted."""
    if pass_.id is None:
        work.flush()
    if not reason and pass_.state is not PassState.ACTIVE:
        reason = str(pass_.state)
    if reason == "used" and pass_.state is not PassState.USED:
        return
    if not reason:
        pass_.entries_left -= 1
        pass_.state = PassState.USED if pass_.entries_left == 0 else PassState.ACTIVE
    work.later(Passage, pass_id=pass_.id, staff_id=guard.id, at=work.now, method=method, admitted=not reason, reason=reason)
    kind = "gate.refused" if reason else "gate.admitted"
    work.record_by(f"staff:{guard.login}", kind, pass_.subject, reason=reason, method=method)
