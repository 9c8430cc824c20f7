"""Who came to the demo's community before one looks at it: passes used, not used, cancelled, and what the gate refused."""

from bisect import bisect
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from bot.contract import Episode, Hours, Past, Resident, Role, Staff, Then, machinekeys
from integrations.visitor_passes import doors, stay
from integrations.visitor_passes.models import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Door,
    Gate,
    HostAnswer,
    Pass,
    Passage,
    PassKind,
    PassState,
    Permit,
    WalkUp,
)

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


#: Who comes again and again: who, as it was said, on which weekdays from when to when, and days ago that it was made.
REGULAR = (
    ("家政阿姨", "家政阿姨每周二、四下午三点到五点来", Hours(weekdays=(1, 3), opens=15 * 60, closes=17 * 60), 47),
    ("钢琴老师", "钢琴老师每周六上午九点到十一点来上课", Hours(weekdays=(5,), opens=9 * 60, closes=11 * 60), 38),
    ("接孩子的奶奶", "孩子奶奶每周一到周五下午四点到六点来接孩子", Hours(weekdays=(0, 1, 2, 3, 4), opens=16 * 60, closes=18 * 60), 29),
    ("护工刘姐", "护工每天早上八点到晚上六点来", Hours(opens=8 * 60, closes=18 * 60), 16),
    ("外婆", "外婆来住三个月", None, 21),
)  # fmt: skip

#: Who stood at the gate without a pass.
UNCALLED = ("送水的", "同事小张", "快递员", "亲戚，姓李", "修空调的师傅", "同学", "搬家公司", "找猫的邻居")

#: Renovations: who does the work, days ago that it was registered, days that it was meant to last, and after how many it was over.
RENOVATIONS = (("美家装饰", 44, 40, 37), ("老陈施工队", 19, 60, None), ("", 8, 25, None))

#: The gates, the one that visitors should take first, and what stands at the last.
GATES, BARRIER = (("南门", "和苑路进来就是，车走右边"), ("北门", "快递柜旁边，只走人和小车")), "车库道闸"

#: How long what was ordered may be on its way through the gate.
_ORDER = timedelta(minutes=30)

#: Who is still to come at this moment, on whatever day and hour one looks: hours from now.
TO_COME = (1.5, 4, 9, 22, 30, 49)


def tell(past: Past) -> Iterator[Episode]:
    """Give what happened to each pass, and who is still to come."""
    for hours in TO_COME[: len(past.residents) // 60]:
        made_at = past.now - timedelta(hours=past.dice.uniform(1, 9))
        resident = past.somebody(made_at)
        if resident is not None:
            pass_ = _new(past, resident, made_at, past.now + timedelta(hours=hours))
            yield pass_.created_at, partial(_invite, pass_=pass_, resident=resident)
    for at in past.moments(6.5):
        resident = past.somebody(at)
        if resident is not None:
            yield from _visit(past, resident, at)
    for row in REGULAR[: len(past.residents) // 50]:
        yield from _again_and_again(past, *row)
    yield from _renovations(past)
    yield from _gates(past)
    for at in past.moments(1.2, (7, 22)):
        yield from _order(past, at)
    for at in past.moments(1.1, (8, 21)):
        yield from _uncalled(past, at)


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
        yield (
            comes + timedelta(seconds=8 * number),
            partial(_check, pass_=pass_, guard=guard, method=method, reason="", seen=past.now),
        )
    if dice.random() < 0.04:
        yield comes + timedelta(minutes=20), lambda work: _check(work, pass_, guard, method, "used")


def _again_and_again(past: Past, who: str, words: str, hours: Hours | None, days: int) -> Iterator[Episode]:
    """Give a pass that lasts for weeks, and each time that it opened the gate."""
    at = past.now - timedelta(days=days, hours=3)
    resident, guard = past.somebody(at), past.one_of(Role.GUARD)
    if resident is None or guard is None:
        return
    pass_ = _new(past, resident, at, at)
    pass_.kind, pass_.hours = (PassKind.REGULAR, hours.kept) if hours else (PassKind.LONG, "")
    pass_.visitor_name, pass_.people, pass_.entries_left = who, 1, 1
    pass_.ends_at = (at + stay.TERM).replace(hour=23, minute=59, second=0, microsecond=0)
    yield at, partial(_invite, pass_=pass_, resident=resident, said=words)
    for day in range(1, days + 1):
        noon = (at + timedelta(days=day)).replace(hour=12, minute=0)
        if past.dice.random() < 0.15 or (hours and noon.weekday() not in hours.weekdays):
            continue
        opens = hours.opens if hours else 10 * 60
        comes = noon.replace(hour=opens // 60) + timedelta(minutes=past.dice.uniform(-6, 50))
        yield comes, partial(_check, pass_=pass_, guard=guard, method="qr", reason="", seen=past.now)
        if past.dice.random() < 0.03:
            yield (
                comes.replace(hour=21),
                partial(_check, pass_=pass_, guard=guard, method="code", reason="hours" if hours else ""),
            )


def _renovations(past: Past) -> Iterator[Episode]:
    """Give the renovations that the office registered, by dice of their own: the rest of the past stays as it was."""
    dice = Random(f"renovations {past.begins}")  # noqa: S311  plausible, not secret
    clerk = next((one for one in past.staff if one.role in (Role.STAFF, Role.MANAGER)), None)
    for company, days, lasts, over in RENOVATIONS[: len(past.residents) // 60]:
        at = past.now - timedelta(days=days, hours=2)
        if clerk is None or not (known := bisect(past.bound_at, at)):
            continue
        permit = Permit(
            number=f"装{at:%Y}-{at:%m%d}", household_id=past.residents[dice.randrange(known)].household_id or 0, company=company,
            starts_on=at.date(), ends_on=(at + timedelta(days=lasts)).date(), staff_id=clerk.id or 0, created_at=at,
        )  # fmt: skip
        yield at, partial(_register, permit=permit, clerk=clerk)
        if over is not None:
            yield at + timedelta(days=over), partial(_finish, permit=permit, clerk=clerk)


def _gates(past: Past) -> Iterator[Episode]:
    """Give the gates, and a barrier that has not been heard of since yesterday: what staff see of one that is silent."""
    clerk = next((one for one in past.staff if one.role is Role.MANAGER), None)
    if clerk is None or len(past.residents) < 60:  # a small community has one gate and a guard
        return
    at, heard = past.now - timedelta(days=33, hours=4), (past.now - timedelta(days=1)).replace(hour=18, minute=20)
    yield at, partial(_put_up, clerk=clerk, heard=min(heard, past.now - timedelta(hours=3)))


def _order(past: Past, at: datetime) -> Iterator[Episode]:
    """Give something that was ordered and is let in once."""
    resident, guard = past.somebody(at), past.one_of(Role.GUARD)
    if resident is None or guard is None:
        return
    pass_ = _new(past, resident, at, at)
    pass_.kind, pass_.visitor_name, pass_.plate, pass_.people, pass_.entries_left = PassKind.DELIVERY, "外卖", "", 1, 1
    pass_.starts_at, pass_.ends_at = at, at + _ORDER
    yield at, partial(_invite, pass_=pass_, resident=resident, said="外卖马上到，让他进来")
    if past.dice.random() < 0.85:
        yield (
            at + timedelta(minutes=past.dice.uniform(4, 25)),
            partial(_check, pass_=pass_, guard=guard, method="picked", reason="", seen=past.now),
        )


def _uncalled(past: Past, at: datetime) -> Iterator[Episode]:
    """Give somebody without a pass, for whom the flat was asked."""
    host, guard, dice = past.somebody(at), past.one_of(Role.GUARD), past.dice
    if host is None or guard is None:
        return
    one = WalkUp(
        household_id=host.household_id, staff_id=guard.id or 0, who=dice.choice(UNCALLED), people=dice.choice((1, 1, 1, 2)), asked_at=at, told=1,
    )  # fmt: skip
    yield at, partial(_ask_host, one=one, guard=guard)
    said = dice.choices(("yes", "no", "phone", ""), (70, 8, 14, 8))[0]
    answered = at + timedelta(seconds=dice.uniform(20, 150))
    if said in ("yes", "no"):
        yield answered, partial(_answer, one=one, host=host, agrees=said == "yes")
    how, reason = {"yes": ("host", ""), "no": ("host", "host_no"), "phone": ("phone", "")}.get(said, ("host", "no_answer"))
    yield answered + timedelta(seconds=dice.uniform(10, 90)), partial(_end, one=one, guard=guard, how=how, reason=reason)


def _new(past: Past, resident: Resident, at: datetime, comes: datetime) -> Pass:
    dice, starts = past.dice, comes.replace(minute=comes.minute // 30 * 30, second=0, microsecond=0)
    people = dice.choices((1, 2, 3), (7, 2, 1))[0]
    return Pass(
        code="".join(dice.choices(CODE_ALPHABET, k=CODE_LENGTH)), resident_id=resident.key, household_id=resident.household_id,
        visitor_name=dice.choice(VISITORS), phone="", plate=dice.choice(PLATES), people=people, entries_left=people, starts_at=starts,
        ends_at=max(starts.replace(hour=23, minute=59), starts + timedelta(hours=1)), created_at=at,
    )  # fmt: skip


def _invite(work: Then, *, pass_: Pass, resident: Resident, said: str = "") -> None:
    when = work.words("{t}", t=pass_.starts_at)
    said = said or f"{pass_.visitor_name}{when}来"
    pass_.words = said
    work.session.add(pass_)
    work.talk(
        resident, [said, f"{pass_.visitor_name}，{when}来，{pass_.people} 位，对吗？", "对", f"通行证办好了，通行码 {pass_.code}。"],
        "visitor.invite", took=timedelta(seconds=32 + pass_.created_at.second),
    )  # fmt: skip
    work.record_by(resident.about, "visitor.invited", pass_.subject, people=pass_.people)


def _cancel(work: Then, pass_: Pass, resident: Resident) -> None:
    if pass_.starts_at <= work.now:
        return
    pass_.state = PassState.CANCELLED
    work.talk(resident, [f"{pass_.visitor_name}不来了", "好的，通行证取消了。"], "visitor.cancel")
    work.record_by(resident.about, "visitor.cancelled", pass_.subject)


def _register(work: Then, *, permit: Permit, clerk: Staff) -> None:
    work.session.add(permit)
    work.record_by(f"staff:{clerk.login}", "permit.made", permit.subject)


def _finish(work: Then, *, permit: Permit, clerk: Staff) -> None:
    permit.ended_at = work.now
    work.session.add(permit)
    work.record_by(f"staff:{clerk.login}", "permit.ended", permit.subject)


def _put_up(work: Then, *, clerk: Staff, heard: datetime) -> None:
    for name, way in GATES:
        work.session.add(gate := Gate(name=name, way=way))
        work.flush()
        work.record_by(f"staff:{clerk.login}", "gate.described", f"gate:{gate.public_id}")
    work.acting = f"staff:{clerk.login}"
    key, secret = machinekeys.make(work, f"{gate.name} {BARRIER}", doors.SCOPE, per_minute=doors.PER_MINUTE, staff_id=clerk.id)
    work.acting = "system"
    door = Door(
        gate_id=gate.id, name=BARRIER, key=key, hint=secret[-4:], made_at=work.now, firmware="2.3.1", clock_off=95, seen_at=heard
    )
    work.session.add(door)
    work.record_by(f"staff:{clerk.login}", "gate.door_made", door.subject)


def _left(pass_: Pass, at: datetime, seen: datetime) -> datetime | None:
    """Return when somebody who came in was seen to leave, by dice of their own; one of ten the guard did not see."""
    dice = Random(f"left {pass_.code} {at}")  # noqa: S311  plausible, not secret
    stays = timedelta(minutes=dice.uniform(3, 12) if pass_.kind is PassKind.DELIVERY else dice.uniform(40, 260))
    left = min(at + stays, pass_.ends_at)
    return left if dice.random() < 0.9 and left < seen else None


def _check(work: Then, pass_: Pass, guard: Staff, method: str, reason: str, seen: datetime | None = None) -> None:
    """Write a check down as the gate does; what was to be refused as used and is not yet is admitted. Until `seen` who came in may have left."""
    if pass_.id is None:
        work.flush()
    if not reason and pass_.state is not PassState.ACTIVE:
        reason = str(pass_.state)
    if reason == "used" and pass_.state is not PassState.USED:
        return
    if not reason and not pass_.kind.is_repeated:
        pass_.entries_left -= 1
        pass_.state = PassState.USED if pass_.entries_left == 0 else PassState.ACTIVE
    left = _left(pass_, work.now, seen) if seen and not reason else None
    work.later(
        Passage, pass_id=pass_.id, walk_up_id=None, staff_id=guard.id, at=work.now, method=method, admitted=not reason, reason=reason, people=1,
        left_at=left, gone=int(left is not None),
    )  # fmt: skip
    kind = "gate.refused" if reason else "gate.admitted"
    work.record_by(f"staff:{guard.login}", kind, pass_.subject, reason=reason, method=method)


# ------------------------------------------------------------------ who has no pass


def _ask_host(work: Then, *, one: WalkUp, guard: Staff) -> None:
    work.session.add(one)
    work.record_by(f"staff:{guard.login}", "gate.asked", one.subject, told=one.told)


def _answer(work: Then, *, one: WalkUp, host: Resident, agrees: bool) -> None:
    one.answer, one.answered_at, one.answered_by = HostAnswer.YES if agrees else HostAnswer.NO, work.now, host.key
    work.record_by(host.about, "gate.answered", one.subject, answer=one.answer.value)


def _end(work: Then, *, one: WalkUp, guard: Staff, how: str, reason: str) -> None:
    if one.id is None:
        work.flush()
    one.ended_at = work.now
    facts = {
        "left_at": None,
        "gone": 0,
        "staff_id": guard.id,
        "at": work.now,
        "method": how,
        "admitted": not reason,
        "reason": reason,
        "people": one.people,
    }
    work.later(Passage, pass_id=None, walk_up_id=one.id, **facts)
    work.record_by(f"staff:{guard.login}", "gate.refused" if reason else "gate.admitted", one.subject, reason=reason, method=how)
