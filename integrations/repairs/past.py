"""What was repaired in the demo's community before one looks at it: tickets in every state, most in time, some not."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.contract import Ended, Episode, Office, Past, Resident, Role, Task, Then, Understood
from integrations.repairs import clock, profiles
from integrations.repairs.actions import LOW
from integrations.repairs.ladder import SILENCE
from integrations.repairs.models import Ticket, TicketNote, TicketState

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

#: What is under way at this moment, on whatever day and hour one looks: hours ago, and how far it has come.
UNDER_WAY = (
    (0.3, TicketState.SUBMITTED), (9, TicketState.DONE), (7, TicketState.WORKING), (2.6, TicketState.ACCEPTED), (1.2, TicketState.SUBMITTED),
    (5, TicketState.ACCEPTED), (16, TicketState.WORKING), (31, TicketState.WORKING), (80, TicketState.WORKING),
)  # fmt: skip

#: How somebody rates what was done in time, and what was late: 5 to 1.
PLEASED, CROSS = (55, 28, 11, 4, 2), (12, 22, 30, 20, 16)


def tell(past: Past) -> Iterator[Episode]:
    """Give what happened to each ticket, and what is under way."""
    for hours, state in UNDER_WAY[: max(len(past.residents) // 60, 3)]:
        resident, at = past.somebody(past.now), past.now - timedelta(hours=hours)
        if resident is not None:
            yield from _begun(past, resident, at, state)
    for at in past.moments(4.2, (7, 22)):
        resident = past.somebody(at)
        if resident is not None:
            yield from _ticket(past, resident, at)


def _new(past: Past, resident: Resident, at: datetime, fault: tuple[str, str, str, bool, timedelta]) -> Ticket:
    category, location, words, urgent, _ = fault
    term = clock.term(profiles.load(), Office(), category, urgent, None, at)
    return Ticket(
        number="R" + "".join(past.dice.choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=6)), resident_id=resident.key,
        household_id=resident.household_id, category=category, location=location, words=words, urgent=urgent, opened_at=at,
        due_at=term.at(), clock=term.to_json(), rung_at=term.at(clock.RUNGS[0]),
    )  # fmt: skip


def _begun(past: Past, resident: Resident, at: datetime, state: TicketState) -> Iterator[Episode]:
    ticket = _new(past, resident, at, past.dice.choice([fault for fault in FAULTS if not fault[3]]))
    member = past.one_of(Role.STAFF)
    yield at, lambda work: _open(work, ticket, resident)
    if member is not None and state is not TicketState.SUBMITTED:
        yield at + timedelta(minutes=25), lambda work: _assign(work, ticket, member.id or 0, member.login)
    later = (TicketState.WORKING, TicketState.DONE)
    for hours, step in enumerate(later[: later.index(state) + 1] if state in later else (), 1):
        if member is not None:
            yield at + timedelta(hours=2 * hours), partial(_step, ticket=ticket, state=step, by=f"staff:{member.login}")


def _ticket(past: Past, resident: Resident, at: datetime) -> Iterator[Episode]:
    dice, fault = past.dice, past.dice.choice(FAULTS)
    urgent, usual = fault[3], fault[4]
    ticket = _new(past, resident, at, fault)
    yield at, lambda work: _open(work, ticket, resident)
    if dice.random() < 0.05:
        yield at + past.after(timedelta(hours=2)), lambda work: _cancel(work, ticket, resident)
        return
    answered = at + past.after(timedelta(minutes=9)) if urgent else _in_hours(at) + past.after(timedelta(minutes=35))
    fixed = max(at + past.after(usual), answered + timedelta(minutes=20))
    member = past.one_of(Role.STAFF)
    if member is None:
        return
    by = f"staff:{member.login}"
    yield answered, lambda work: _assign(work, ticket, member.id or 0, member.login)
    yield answered + (fixed - answered) * 0.4, lambda work: _step(work, ticket, TicketState.WORKING, by)
    if dice.random() < 0.35:
        text, told = dice.choice(NOTES), dice.random() < 0.6
        yield answered + (fixed - answered) * 0.5, lambda work: _note(work, ticket, text, by, member.id or 0, told=told)
    if fixed > ticket.due_at and dice.random() < 0.5:
        yield ticket.due_at - timedelta(minutes=30), lambda work: _urge(work, ticket, resident)
    yield fixed, lambda work: _step(work, ticket, TicketState.DONE, by)
    yield from _afterwards(past, ticket, resident, fixed, by)


def _afterwards(past: Past, ticket: Ticket, resident: Resident, fixed: datetime, by: str) -> Iterator[Episode]:
    dice = past.dice
    if dice.random() < 0.06:
        again = fixed + past.after(timedelta(hours=20))
        yield again, lambda work: _reopen(work, ticket, resident)
        fixed = again + past.after(timedelta(hours=6))
        yield fixed, lambda work: _step(work, ticket, TicketState.DONE, by)
    if dice.random() < 0.62:
        score = 5 - dice.choices(range(5), PLEASED if fixed <= ticket.due_at else CROSS)[0]
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


def _open(work: Then, ticket: Ticket, resident: Resident) -> None:
    work.session.add(ticket)
    work.talk(
        resident, [ticket.words, f"您是说{ticket.what}，对吗？", "对", f"已登记，工单号 {ticket.number}，{ticket.what}。{work.words('最晚{t}前处理。', t=ticket.due_at)}"],
        "repair.report", took=timedelta(seconds=25 + len(ticket.words) * 2),
    )  # fmt: skip
    work.record_by(resident.about, "repair.opened", ticket.subject, category=ticket.category, urgent=ticket.urgent)


def _cancel(work: Then, ticket: Ticket, resident: Resident) -> None:
    ticket.state = TicketState.CANCELLED
    work.talk(resident, ["不用修了，自己弄好了", f"工单 {ticket.number} 已取消。"], "repair.cancel", took=timedelta(seconds=18))
    work.record_by(resident.about, "repair.cancelled", ticket.subject)


def _assign(work: Then, ticket: Ticket, staff_id: int, login: str) -> None:
    ticket.assignee_id, ticket.state = staff_id, TicketState.ACCEPTED
    work.record_by(f"staff:{login}", "repair.assigned", ticket.subject, staff=login)


def _step(work: Then, ticket: Ticket, state: TicketState, by: str) -> None:
    ticket.state = state
    ticket.done_at = work.now if state is TicketState.DONE else None
    work.record_by(by, f"repair.{state.value}", ticket.subject)


def _note(work: Then, ticket: Ticket, text: str, by: str, staff_id: int, *, told: bool) -> None:
    if ticket.id is None:
        work.flush()
    work.session.add(TicketNote(ticket_id=ticket.id or 0, at=work.now, staff_id=staff_id, text=text, told=told))
    work.record_by(by, "repair.noted", ticket.subject, told=told)


def _urge(work: Then, ticket: Ticket, resident: Resident) -> None:
    ticket.urged, ticket.urged_at = ticket.urged + 1, work.now
    work.talk(resident, ["怎么还没来修", f"已经帮您催了，工单 {ticket.number}。"], "repair.urge")
    work.record_by(resident.about, "repair.urged", ticket.subject, times=ticket.urged)


def _reopen(work: Then, ticket: Ticket, resident: Resident) -> None:
    ticket.state, ticket.done_at, ticket.reopened = TicketState.WORKING, None, ticket.reopened + 1
    ticket.due_at = clock.due_at(ticket.category, ticket.urgent, None, work.now)
    work.talk(resident, ["没修好，又漏了", f"工单 {ticket.number} 已经重新打开，马上请师傅再来。"], "repair.urge")
    work.record_by(resident.about, "repair.reopened", ticket.subject, times=ticket.reopened)


def _rate(work: Then, ticket: Ticket, resident: Resident, score: int) -> None:
    ticket.rating, ticket.state = score, TicketState.CLOSED
    work.talk(resident, [f"{score}分", "谢谢您的评价。"], "repair.rate", understood=Understood.NOT_ASKED, ended=Ended.NOT_YET)
    work.record_by(resident.about, "repair.rated", ticket.subject, rating=score)


def _call_back(work: Then, ticket: Ticket, resident: Resident, task: Task, score: int) -> None:
    task.title, task.openid = f"低分回访：{ticket.number} {ticket.what}（{score}分）", resident.openid
    work.ask(task)


def _close(work: Then, ticket: Ticket) -> None:
    ticket.state = TicketState.CLOSED
    work.record("repair.closed", ticket.subject, reason="silence")
