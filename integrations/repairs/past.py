"""What was repaired in the demo's community before one looks at it: tickets in every state, most in time, some not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.contract import Ended, Episode, Household, Office, Past, Resident, Role, Staff, Task, Then, Understood, tasks
from integrations.repairs import clock, profiles, reopening, windows
from integrations.repairs.ladder import KINDS, SILENCE
from integrations.repairs.models import LEVELS, PAUSED, Payer, Ticket, TicketCost, TicketNote, TicketState
from integrations.repairs.own import LOW
from integrations.repairs.suggesting import fitting

#: Category, place, what residents say, whether it cannot wait, and how long it usually takes.
FAULTS: Sequence[tuple[str, str, str, bool, timedelta]] = (
    ("water", "厨房", "厨房水管漏水了，底下柜子都湿了", False, timedelta(hours=9)),
    ("water", "卫生间", "卫生间水龙头关不紧，一直滴水", False, timedelta(hours=12)),
    ("water", "厨房", "厨房水管爆了，水止不住", True, timedelta(minutes=70)),
    ("drain", "卫生间", "卫生间下水道堵了，水往上冒", False, timedelta(hours=8)),
    ("drain", "厨房", "厨房洗菜池不下水", False, timedelta(hours=10)),
    ("electric", "家里", "家里跳闸了，合不上", True, timedelta(minutes=55)),
    ("electric", "客厅", "客厅插座没电", False, timedelta(hours=7)),
    ("lighting", "楼道", "楼道的灯不亮了", False, timedelta(hours=26)),
    ("lighting", "地下车库", "车库B1的灯坏了两盏", False, timedelta(hours=40)),
    ("lift", "电梯", "电梯按钮按了没反应", False, timedelta(hours=3)),
    ("door", "单元门", "单元门关不上了", False, timedelta(hours=11)),
    ("door", "家门", "门锁坏了，钥匙拧不动", False, timedelta(hours=6)),
    ("wall", "卧室", "卧室墙角渗水起皮", False, timedelta(hours=60)),
    ("appliance", "家里", "可视对讲听不见声音", False, timedelta(hours=30)),
    ("network", "家里", "家里网络断了，光猫亮红灯", False, timedelta(hours=20)),
    ("other", "小区花园", "花园里的长椅断了一根木条", False, timedelta(hours=50)),
)

NOTES = ("已约好下午上门", "配件明天到，到了就换", "住户不在家，改到晚上七点后", "已关总阀，正在换管子", "联系厂家，两小时内到")

#: What was used for a fault of a kind: what, fen for one, who pays.
MATERIALS: Mapping[str, Sequence[tuple[str, int, Payer]]] = {
    "water": (("水龙头", 6800, Payer.RESIDENT), ("角阀", 2500, Payer.RESIDENT), ("生料带", 300, Payer.COMMUNITY), ("上门工时", 4000, Payer.RESIDENT)),
    "drain": (("疏通工时", 8000, Payer.RESIDENT), ("下水软管", 1800, Payer.RESIDENT)),
    "electric": (("空气开关", 4500, Payer.RESIDENT), ("插座面板", 2200, Payer.RESIDENT)),
    "lighting": (("LED 灯管", 1900, Payer.COMMUNITY), ("声控开关", 2600, Payer.COMMUNITY)),
    "lift": (("按钮板", 32000, Payer.COMMUNITY),),
    "door": (("闭门器", 15800, Payer.COMMUNITY), ("锁芯", 12000, Payer.RESIDENT)),
    "wall": (("防水涂料", 9800, Payer.COMMUNITY), ("腻子粉", 3500, Payer.COMMUNITY)),
    "appliance": (("对讲分机", 18500, Payer.COMMUNITY),),
    "network": (("网线和水晶头", 600, Payer.COMMUNITY),),
    "other": (("防腐木条", 3500, Payer.COMMUNITY),),
}  # fmt: skip

#: What a ticket waits for, and how long it usually does.
WAITED: Sequence[tuple[TicketState, str, timedelta]] = (
    (TicketState.PARTS, "ordered", timedelta(hours=26)), (TicketState.PARTS, "maker", timedelta(hours=44)),
    (TicketState.OWNER, "away", timedelta(hours=10)), (TicketState.OWNER, "time", timedelta(hours=18)),
)  # fmt: skip

#: Why staff called one off, and what they wrote to it.
CALLED_OFF = (("unreached", "打了三次电话没人接"), ("elsewhere", "宽带归运营商，已告诉住户打 10000"), ("settled", ""))

#: What is under way at this moment, on whatever day and hour one looks: hours ago, and how far it has come.
UNDER_WAY = (
    (0.3, TicketState.SUBMITTED), (9, TicketState.DONE), (7, TicketState.WORKING), (2.6, TicketState.ACCEPTED), (1.2, TicketState.SUBMITTED),
    (26, TicketState.PARTS), (5, TicketState.ACCEPTED), (16, TicketState.WORKING), (50, TicketState.PARTS), (20, TicketState.OWNER),
    (31, TicketState.WORKING), (80, TicketState.WORKING),
)  # fmt: skip

#: How somebody rates what was done in time, and what was late: 5 to 1.
PLEASED, CROSS = (55, 28, 11, 4, 2), (12, 22, 30, 20, 16)


def tell(past: Past) -> Iterator[Episode]:
    """Give what happened to each ticket, and what is under way."""
    begun: list[Ticket] = []
    for hours, state in UNDER_WAY[: max(len(past.residents) // 60, 3)]:
        at = past.now - timedelta(hours=hours)
        resident = past.somebody(at)
        if resident is not None:
            yield from _begun(past, resident, at, state, begun)
    if begun and (resident := past.somebody(begun[-1].opened_at)) is not None:
        yield from _twice(past, begun[-1], resident, begun[-1].opened_at + timedelta(minutes=50))
    for at in past.moments(4.2, (7, 22)):
        resident = past.somebody(at)
        if resident is not None:
            yield from _ticket(past, resident, at)


Fault = tuple[str, str, str, bool, timedelta]


def _new(past: Past, resident: Resident, at: datetime, fault: Fault, visit: datetime | None = None) -> Ticket:
    category, location, words, urgent, _ = fault
    term = clock.term(profiles.load(), Office(), category, urgent, visit, at)
    return Ticket(
        number="R" + "".join(past.dice.choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=6)), resident_id=resident.key,
        household_id=resident.household_id, category=category, location=location, words=words, urgent=urgent, opened_at=at,
        due_at=term.at(), clock=term.to_json(), rung_at=term.at(clock.RUNGS[0]), appointment_at=visit, agreed_at=at if visit and visit < past.now else None,
        wishes=windows.to_json([(visit, visit + windows.AROUND)]) if visit else [],
    )  # fmt: skip


def _hand(past: Past, category: str) -> Staff | None:
    """Return somebody who can mend it, whoever there is where nobody can."""
    crew = [one for one in past.staff if one.role is Role.STAFF]
    able = [one for one in crew if fitting(one.skills, category)]
    return past.dice.choice(able or crew) if crew else None


def _begun(past: Past, resident: Resident, at: datetime, state: TicketState, begun: list[Ticket]) -> Iterator[Episode]:
    ticket = _new(past, resident, at, past.dice.choice([fault for fault in FAULTS if not fault[3]]))
    member = _hand(past, ticket.category)
    yield at, lambda work: _open(work, ticket, resident)
    yield from _climbs(ticket)
    if member is None or state is TicketState.SUBMITTED:
        return
    yield at + timedelta(minutes=25), lambda work: _assign(work, ticket, member)
    if state is TicketState.ACCEPTED:
        return
    yield at + timedelta(hours=2), lambda work: _step(work, ticket, TicketState.WORKING, member)
    if state is TicketState.WORKING:
        begun.append(ticket)
    elif state is TicketState.DONE:
        yield at + timedelta(hours=4), lambda work: _step(work, ticket, TicketState.DONE, member)
    else:
        reason = past.dice.choice([reason for kind, reason, _ in WAITED if kind is state])
        yield at + timedelta(hours=3), lambda work: _wait(work, ticket, state, reason, member)


def _twice(past: Past, into: Ticket, resident: Resident, at: datetime) -> Iterator[Episode]:
    """Give a fault that somebody else tells of, too, and that goes with the first ticket."""
    member = past.one_of(Role.STAFF)
    fault = next(one for one in FAULTS if one[0] == into.category and one[1] == into.location)
    double = _new(past, resident, at, fault)
    if member is not None:
        yield at, lambda work: _open(work, double, resident)
        yield at + timedelta(minutes=6), lambda work: _merge(work, double, into, member)


def _ticket(past: Past, resident: Resident, at: datetime) -> Iterator[Episode]:
    dice, fault = past.dice, past.dice.choice(FAULTS)
    urgent, usual = fault[3], fault[4]
    visit = None
    if not urgent and dice.random() < 0.15:
        visit = (at + timedelta(days=1)).replace(hour=dice.choice((9, 10, 14, 15, 19)), minute=0, second=0, microsecond=0)
    ticket = _new(past, resident, at, fault, visit)
    by_phone = dice.random() < 0.08
    member = _hand(past, ticket.category)
    if member is None:
        return
    yield at, lambda work: _write_down(work, ticket, member) if by_phone else _open(work, ticket, resident)
    if dice.random() < 0.05:
        yield at + past.after(timedelta(hours=2)), lambda work: _cancel(work, ticket, resident)
        return
    answered = at + past.after(timedelta(minutes=9)) if urgent else _in_hours(at) + past.after(timedelta(minutes=35))
    if not urgent and dice.random() < 0.03:
        reason, note = dice.choice(CALLED_OFF)
        yield answered + past.after(timedelta(hours=3)), lambda work: _call_off(work, ticket, reason, note, member)
        return
    if not urgent and dice.random() < 0.04 and (neighbour := past.somebody(at)) is not None:
        yield from _twice(past, ticket, neighbour, answered + timedelta(minutes=dice.uniform(2, 12)))
    yield answered, lambda work: _assign(work, ticket, member)
    if not urgent and dice.random() < 0.12:
        level = dice.choices(("high", "low"), (3, 1))[0]
        yield answered + timedelta(minutes=1), lambda work: _prioritise(work, ticket, level, member)
    yield from _mended(
        past, ticket, resident, member, answered, max(at + past.after(usual), answered + timedelta(minutes=20), visit or at)
    )


def _mended(
    past: Past, ticket: Ticket, resident: Resident, member: Staff, answered: datetime, fixed: datetime
) -> Iterator[Episode]:
    """Give how a ticket was worked on, what it waited for, what it cost and what came afterwards."""
    dice, begun = past.dice, answered + (fixed - answered) * 0.4
    yield begun, lambda work: _step(work, ticket, TicketState.WORKING, member)
    waited = timedelta(0)
    if not ticket.urgent and dice.random() < 0.09:
        state, reason, usual = dice.choice(WAITED)
        waited = past.after(usual)
        yield begun + timedelta(minutes=15), lambda work: _wait(work, ticket, state, reason, member)
        yield begun + timedelta(minutes=15) + waited, lambda work: _go_on(work, ticket, member)
        fixed += waited + timedelta(minutes=15)
    else:
        yield from _climbs(ticket)
    if dice.random() < 0.35:
        text, told = dice.choice(NOTES), dice.random() < 0.6
        yield answered + (begun - answered) * 0.7, lambda work: _note(work, ticket, text, member, told=told)
    if fixed > ticket.due_at + waited and dice.random() < 0.5:
        yield ticket.due_at - timedelta(minutes=30), lambda work: _urge(work, ticket, resident)
    yield fixed, lambda work: _step(work, ticket, TicketState.DONE, member)
    if dice.random() < 0.45:
        used = dice.sample(MATERIALS[ticket.category], min(len(MATERIALS[ticket.category]), dice.choice((1, 1, 2))))
        for what, fen, payer in used:
            line = partial(
                _spend, ticket=ticket, what=what, number=dice.choice((1, 1, 1, 2)), fen=fen, payer=payer, member=member
            )
            yield fixed + timedelta(minutes=4), line
    yield from _afterwards(past, ticket, resident, fixed, member)


def _climbs(ticket: Ticket) -> Iterator[Episode]:
    """Give when a ticket that is still open puts itself before somebody."""
    term = clock.term_of(ticket)
    for share in clock.RUNGS:
        yield term.at(share), partial(_climb, ticket=ticket)


def _afterwards(past: Past, ticket: Ticket, resident: Resident, fixed: datetime, by: Staff) -> Iterator[Episode]:
    dice = past.dice
    in_time = fixed <= ticket.due_at
    if dice.random() < 0.06:
        again = fixed + past.after(timedelta(hours=20))
        yield again, lambda work: _reopen(work, ticket, resident)
        fixed = again + past.after(timedelta(hours=6))
        yield fixed, lambda work: _step(work, ticket, TicketState.DONE, by)
    if dice.random() < 0.62:
        score = 5 - dice.choices(range(5), PLEASED if in_time else CROSS)[0]
        rated = fixed + past.after(timedelta(hours=5))
        yield rated, lambda work: _rate(work, ticket, resident, score)
        member = past.one_of(Role.MANAGER)
        if score <= LOW and member is not None:
            task = Task(kind="repair.callback", need="ticket.view", title="", subject=ticket.subject, opened_at=rated)
            yield rated, lambda work: _call_back(work, ticket, resident, task, score)
            outcome = dice.choice(("已回访，住户满意", "已回访，重新安排维修", "联系不上"))
            yield rated + past.after(timedelta(hours=20)), lambda work: work.answer(task, member, outcome)
    else:
        yield fixed + SILENCE, lambda work: _close(work, ticket)


def _in_hours(at: datetime) -> datetime:
    """Return when somebody sees what comes then: at once by day, in the morning what comes by night."""
    if at.hour >= 18:
        return (at + timedelta(days=1)).replace(hour=8, minute=30)
    return max(at, at.replace(hour=8, minute=30))


# ------------------------------------------------------------------ what a resident does


def _open(work: Then, ticket: Ticket, resident: Resident) -> None:
    work.session.add(ticket)
    work.talk(
        resident, [ticket.words, f"您是说{ticket.what}，对吗？", "对", f"已登记，工单号 {ticket.number}，{ticket.what}。{work.words('最晚{t}前处理。', t=ticket.due_at)}"],
        "repair.report", took=timedelta(seconds=25 + len(ticket.words) * 2 + ticket.opened_at.second),
    )  # fmt: skip
    work.record_by(resident.about, "repair.opened", ticket.subject, category=ticket.category, urgent=ticket.urgent)


def _cancel(work: Then, ticket: Ticket, resident: Resident) -> None:
    ticket.state, ticket.ended = TicketState.CANCELLED, "resident"
    work.talk(resident, ["不用修了，自己弄好了", f"工单 {ticket.number} 已取消。"], "repair.cancel", took=timedelta(seconds=18))
    work.record_by(resident.about, "repair.cancelled", ticket.subject, reason=ticket.ended)


def _urge(work: Then, ticket: Ticket, resident: Resident) -> None:
    if ticket.state in PAUSED or ticket.done_at is not None:
        return
    ticket.urged, ticket.urged_at = ticket.urged + 1, work.now
    work.talk(resident, ["怎么还没来修", f"已经帮您催了，工单 {ticket.number}。"], "repair.urge")
    work.record_by(resident.about, "repair.urged", ticket.subject, times=ticket.urged)


def _reopen(work: Then, ticket: Ticket, resident: Resident) -> None:
    work.acting = resident.about
    reopening.reopen(work, ticket)
    work.acting = "system"
    work.talk(resident, ["没修好，又漏了", f"工单 {ticket.number} 已经重新打开，马上请师傅再来。"], "repair.urge")


def _rate(work: Then, ticket: Ticket, resident: Resident, score: int) -> None:
    ticket.rating, ticket.state = score, TicketState.CLOSED
    work.talk(resident, [f"{score}分", "谢谢您的评价。"], "repair.rate", understood=Understood.NOT_ASKED, ended=Ended.NOT_YET)
    work.record_by(resident.about, "repair.rated", ticket.subject, rating=score)


# ------------------------------------------------------------------ what staff do


def _write_down(work: Then, ticket: Ticket, member: Staff) -> None:
    """Take a ticket down for somebody who phoned."""
    work.session.add(ticket)
    facts = {"category": ticket.category, "urgent": ticket.urgent, "by_staff": True}
    work.record_by(f"staff:{member.login}", "repair.opened", ticket.subject, **facts)


def _assign(work: Then, ticket: Ticket, member: Staff) -> None:
    ticket.assignee_id, ticket.state = member.id, TicketState.ACCEPTED
    work.record_by(f"staff:{member.login}", "repair.assigned", ticket.subject, staff=member.login)


def _prioritise(work: Then, ticket: Ticket, level: str, member: Staff) -> None:
    ticket.urgent, ticket.priority, _ = LEVELS[level]
    work.record_by(f"staff:{member.login}", "repair.prioritised", ticket.subject, level=level)


def _step(work: Then, ticket: Ticket, state: TicketState, member: Staff) -> None:
    ticket.state = state
    ticket.done_at = work.now if state is TicketState.DONE else None
    work.record_by(f"staff:{member.login}", f"repair.{state.value}", ticket.subject)
    if state is TicketState.DONE and ticket.rung:
        work.flush()
        work.finish(ticket.subject, "工单待评价")


def _wait(work: Then, ticket: Ticket, state: TicketState, reason: str, member: Staff) -> None:
    clock.pause(work, ticket, state, reason)
    work.record_by(f"staff:{member.login}", f"repair.{state}", ticket.subject, reason=reason)


def _go_on(work: Then, ticket: Ticket, member: Staff) -> None:
    clock.resume(work, ticket)
    _step(work, ticket, TicketState.WORKING, member)


def _note(work: Then, ticket: Ticket, text: str, member: Staff, *, told: bool) -> None:
    if ticket.id is None:
        work.flush()
    work.session.add(TicketNote(ticket_id=ticket.id or 0, at=work.now, staff_id=member.id, text=text, told=told))
    work.record_by(f"staff:{member.login}", "repair.noted", ticket.subject, told=told)


def _spend(work: Then, *, ticket: Ticket, what: str, number: int, fen: int, payer: Payer, member: Staff) -> None:
    if ticket.id is None:
        work.flush()
    work.later(
        TicketCost, ticket_id=ticket.id or 0, at=work.now, staff_id=member.id, what=what, number=number, fen=fen, payer=payer
    )
    work.record_by(f"staff:{member.login}", "repair.cost_added", ticket.subject, fen=number * fen, payer=payer)


def _call_off(work: Then, ticket: Ticket, reason: str, note: str, member: Staff) -> None:
    ticket.state, ticket.ended, ticket.ended_note = TicketState.CANCELLED, reason, note
    work.record_by(f"staff:{member.login}", "repair.cancelled", ticket.subject, reason=reason)


def _merge(work: Then, ticket: Ticket, into: Ticket, member: Staff) -> None:
    work.flush()
    ticket.merged_from, ticket.state, ticket.merged_into_id, ticket.rung_at = (
        ticket.state.value,
        TicketState.MERGED,
        into.id,
        None,
    )
    work.record_by(f"staff:{member.login}", "repair.merged", ticket.subject, into=into.number)
    work.record_by(f"staff:{member.login}", "repair.joined", into.subject, other=ticket.number)


# ------------------------------------------------------------------ what happens by itself


def _climb(work: Then, *, ticket: Ticket) -> None:
    """Let a ticket climb a rung as the ladder does; what stands before somebody is what is open now, and its last rung alone."""
    if ticket.state not in (TicketState.SUBMITTED, TicketState.ACCEPTED, TicketState.WORKING) or ticket.rung_at is None:
        return
    if ticket.rung_at > work.now:
        return
    work.record("repair.climbed", ticket.subject, share=round(clock.RUNGS[ticket.rung] * 100))
    ticket.rung += 1
    if ticket.rung > clock.BREACH and ticket.reminded_at is None:
        ticket.reminded_at = work.now
    ticket.rung_at = clock.rung_at(clock.term_of(ticket), ticket)
    if ticket.rung == clock.BREACH + 1:
        ticket.promised_at = ticket.rung_at
    work.flush()
    for task in tasks.about(work.session, ticket.subject):
        if task.kind in KINDS:
            work.call_off(task, "转到下一级提醒")
    place = ticket.place_of(work.session.get(Household, ticket.household_id)) if ticket.household_id else ""
    said = ("时间过半：{} {} {}", "快超时了：{} {} {}", "报修超时：{} {} {}", "拖了两倍时间：{} {} {}，已列入督办")
    title = said[ticket.rung - 1].format(ticket.number, place, ticket.what)
    work.ask(Task(kind=KINDS[ticket.rung - 1], need="ticket.view", title=title, subject=ticket.subject, opened_at=work.now))


def _call_back(work: Then, ticket: Ticket, resident: Resident, task: Task, score: int) -> None:
    task.title, task.openid = f"低分回访：{ticket.number} {ticket.what}（{score}分）", resident.openid
    work.ask(task)


def _close(work: Then, ticket: Ticket) -> None:
    ticket.state = TicketState.CLOSED
    work.record("repair.closed", ticket.subject, reason="silence")
