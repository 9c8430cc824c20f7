"""Tickets worked from the staff's own chat: seen, taken, begun, handed on, asked about, paused, paid for, photographed, finished, taken back.

Every act is one of `steps`, as on the console's page, so that the table of what may follow, the clock, the log and what the resident reads
are the same. Each is read back with number, flat and words. A message is one transaction; what is refused leaves nothing behind.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import col, select

from bot.contract import (
    SHANGHAI,
    Desk,
    Household,
    Photo,
    Refusal,
    Role,
    Staff,
    Turn,
    desks,
    duty,
    tasks,
    telling,
    tr,
    tr_all,
    withheld,
)
from integrations.repairs import daybook, orders, questions, shots, steps, visits
from integrations.repairs.console import fen_of
from integrations.repairs.crewmodels import STAGE_WORDS, CrewTalk, Stage, TicketPicture
from integrations.repairs.models import (
    CALLED_OUT,
    OPEN,
    PAUSED,
    PAYER_WORDS,
    STATE_WORDS,
    WAITS,
    Payer,
    Ticket,
    TicketCost,
    TicketNote,
    TicketState,
    yuan,
)
from integrations.repairs.orders import Order
from integrations.repairs.settings import Settings
from integrations.repairs.suggesting import fitting

#: How long what was done last is taken back by a word, a question waits for its answer, a list is spoken of by its places, and a ticket is
#: the one that is meant.
UNDONE, ANSWERED, LISTED, MEANT = timedelta(minutes=10), timedelta(minutes=15), timedelta(hours=12), timedelta(minutes=10)

#: How long ago a photo may have been sent whose stage is put right, and a ticket finished to which one more belongs.
LATELY = timedelta(minutes=30)

#: How long a new assignment is meant by 收到 or 接单 without a number.
NEW = timedelta(hours=12)

#: Alarms that somebody was told of are heard of first for so long, as where they are dealt with.
ALARMS = timedelta(days=1)

#: Tickets that a list shows of each kind.
SHOWN = 5

#: Longest remark.
LONGEST = 200


def order(turn: Turn, text: str) -> str:
    """Carry out what somebody of the staff says about tickets; empty for all other words, and for who has no right to it."""
    said = orders.read(text)
    return desks.in_each(turn, "ticket.view", lambda desk: _carry_out(desk, said)) if said is not None else ""


def see(turn: Turn, photo: Photo) -> str:
    """Take a photo of somebody who has tickets in hand for one of these; empty for everybody else's."""
    return desks.in_each(turn, "ticket.view", lambda desk: _photographed(desk, photo) if desk.may("ticket.edit") else "")


def _carry_out(desk: Desk, said: Order) -> str:
    if (told := daybook.tell(desk, said.act)) is not None:
        return told
    if not desk.may("ticket.edit"):
        return ""
    talk = _talk(desk)
    if said.act == "alone":
        return _answered(desk, talk, said.which)
    if not said.which and _is_for_an_alarm(desk, said.act):
        return ""
    return _run(desk, talk, said)


def _run(desk: Desk, talk: CrewTalk, said: Order) -> str:
    try:
        with desk.session.begin_nested():  # what is refused leaves nothing
            return _ACTS[said.act](desk, talk, said)
    except Refusal as refusal:
        return str(refusal)


def _is_for_an_alarm(desk: Desk, act: str) -> bool:
    """Tell whether 我来 or 处理好了 is said to an alarm, be it one that a colleague has just taken: its own service hears it."""
    ids, since = [desk.staff.id or 0], desk.now - ALARMS
    if act in ("take", "ack", "begin"):
        newest = duty.newest(desk.session, ids, since, untaken=True)
        newest = newest or duty.newest(desk.session, ids, desk.now - UNDONE, untaken=False)
        return newest is not None and newest.kind != CALLED_OUT
    held = duty.held(desk.session, ids, since) if act == "done" else None
    return held is not None and held.kind != CALLED_OUT


# ------------------------------------------------------------------ which ticket


def _talk(desk: Desk) -> CrewTalk:
    known = desk.session.exec(select(CrewTalk).where(CrewTalk.staff_id == desk.staff.id)).first()
    return known or CrewTalk(staff_id=desk.staff.id or 0)


def in_hand(desk: Desk) -> list[Ticket]:
    """Return the tickets that somebody has, those that cannot wait first, then by when they are to be there."""
    theirs = select(Ticket).where(Ticket.assignee_id == desk.staff.id, col(Ticket.state).in_(OPEN))
    return sorted(desk.session.exec(theirs).all(), key=_soonest)


def open_for(desk: Desk) -> list[Ticket]:
    """Return the tickets that nobody has and that they can mend; of who has no skill written down, all."""
    nobodys = select(Ticket).where(col(Ticket.assignee_id).is_(None), Ticket.state == TicketState.SUBMITTED)
    found = sorted(desk.session.exec(nobodys).all(), key=_soonest)
    skills = desk.staff.skills
    return [one for one in found if one.urgent or not skills or one.category == "other" or fitting(skills, one.category)]


def _soonest(ticket: Ticket) -> tuple[bool, bool, int, datetime]:
    at = ticket.appointment_at or ticket.due_at
    return ticket.state in PAUSED, not ticket.urgent, -ticket.priority, at


def _meant(
    desk: Desk, talk: CrewTalk, said: Order, among: Sequence[Ticket] | None = None, *, any_one: bool = False
) -> Ticket | str:
    """Return the ticket that is meant, locked; else what is asked. Raises Refusal that says what to do for one that it cannot be.

    `any_one`: one that somebody else has may be meant, too.
    """
    found = _named(desk, talk, said.which) if said.which else _understood(desk, talk, in_hand(desk) if among is None else among)
    if isinstance(found, list):
        return _ask_which(desk, talk, said, found)
    desk.session.refresh(found, with_for_update=True)
    if found.assignee_id != desk.staff.id and not any_one:
        raise Refusal(_not_theirs(desk, found))
    return found


def _named(desk: Desk, talk: CrewTalk, which: str) -> Ticket:
    if which.isdigit():
        place = int(which)
        listed = talk.listed if talk.listed_at is not None and talk.listed_at > desk.now - LISTED else []
        if not 0 < place <= len(listed):
            said = tr("清单里没有第 {place} 单。", place=place) if listed else tr("还没有列清单。")
            raise Refusal(tr_all("", (said, tr("回“我的单”看清单，或者直接说工单号，例如：接 R7K2M9X。"))))
        which = listed[place - 1]
    ticket = desk.session.exec(select(Ticket).where(Ticket.number == which)).first()
    if ticket is None:
        raise Refusal(tr("没有工单 {which}，请看看号码对不对。回“我的单”看您手上的。", which=which))
    return ticket


def _understood(desk: Desk, talk: CrewTalk, among: Sequence[Ticket]) -> Ticket | list[Ticket]:
    """Return the only one, the one that is worked on, or the one that was spoken of last; else all."""
    if len(among) == 1:
        return among[0]
    lately = talk.meant if talk.meant_at is not None and talk.meant_at > desk.now - MEANT else ""
    spoken_of = [one for one in among if one.number == lately]
    working = [one for one in among if one.state is TicketState.WORKING]
    return spoken_of[0] if spoken_of else working[0] if len(working) == 1 else [*among]


def _not_theirs(desk: Desk, ticket: Ticket) -> str:
    if ticket.state is TicketState.MERGED:
        into = desk.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id is not None else None
        return tr("{number} 已经并入 {into}，请说那一单的号。", number=ticket.number, into=into.number if into else "")
    if ticket.state not in OPEN:
        return _over(ticket)
    holder = desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    if holder is None:
        return tr("{number} 还没有人接。先回“接 {number}”，再做这一步。", number=ticket.number)
    return tr("{number} 在{name}手上。要接过来，请{name}转给您，或者请经理改派。", number=ticket.number, name=holder.name)


def _over(ticket: Ticket) -> str:
    state = STATE_WORDS[ticket.state]
    return tr(
        "{number} 现在是“{state}”，不能再改。住户说没修好，这一单会自己重新打开；要补什么请告诉值班经理。", number=ticket.number, state=state
    )  # fmt: skip


def _ask_which(desk: Desk, talk: CrewTalk, said: Order, among: Sequence[Ticket]) -> str:
    """Show several and keep what is to be done; the answer is a place or a number."""
    shown = among[: 2 * SHOWN]
    _list(desk, talk, shown)
    if not shown:
        return ""
    talk.asked, talk.asked_at = {**talk.asked, "act": said.act, "words": said.words}, desk.now
    desk.session.add(talk)
    return _say(desk, "repair.crew.which", tickets=_lines(desk, shown), title=_TITLES.get(said.act, tr("哪一单")))


def _answered(desk: Desk, talk: CrewTalk, which: str) -> str:
    """Do what was asked about for the ticket that is picked; a number alone shows its ticket."""
    is_open = talk.asked.get("act") in (*_ACTS, "photo")  # what waits for a photo waits for no number
    act = str(talk.asked["act"]) if is_open and talk.asked_at is not None and talk.asked_at > desk.now - ANSWERED else ""
    if act:
        words = str(talk.asked.get("words", ""))
        photos = _photos_asked(desk, talk)
        try:
            ticket = _named(desk, talk, which)
        except Refusal as refusal:
            return str(refusal)
        talk.asked, talk.asked_at = {}, None
        desk.session.add(talk)
        if act == "photo":
            return _attached(desk, talk, Order(act=act, which=ticket.number), photos)
        return _run(desk, talk, Order(act=act, which=ticket.number, words=words))
    if which.isdigit():
        return ""
    try:
        ticket = _named(desk, talk, which)
    except Refusal as refusal:
        return str(refusal)
    _mean(desk, talk, ticket)
    holder = desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    return _say(
        desk,
        "repair.crew.shown",
        **_of(desk, ticket),
        state=STATE_WORDS[ticket.state],
        when=_when(desk, ticket),
        who=holder.name if holder else "",
    )


def _list(desk: Desk, talk: CrewTalk, shown: Sequence[Ticket]) -> None:
    talk.listed, talk.listed_at = [one.number for one in shown], desk.now
    desk.session.add(talk)


def _mean(desk: Desk, talk: CrewTalk, ticket: Ticket) -> None:
    talk.meant, talk.meant_at = ticket.number, desk.now
    desk.session.add(talk)


# ------------------------------------------------------------------ how it reads


def _say(desk: Desk, message: str, **values: object) -> str:
    said = desk.words(desk.context.messages[message], **values)
    return "\n".join(line for line in said.splitlines() if line.strip())  # what is left out leaves no blank line


def _of(desk: Desk, ticket: Ticket) -> dict[str, str]:
    """Return what reads a ticket back: number, flat, what is broken, and the resident's own words."""
    flat = desk.session.get(Household, ticket.household_id) if ticket.household_id else None
    return {
        "number": ticket.number, "place": ticket.place_of(flat), "what": desk.veil(ticket.what), "words": desk.veil(ticket.quoted),
    }  # fmt: skip


def _when(desk: Desk, ticket: Ticket) -> str:
    if ticket.state not in OPEN:
        return ""
    if ticket.state in PAUSED:
        return tr("在等：{reason}", reason=WAITS[ticket.state].get(ticket.pause_reason, ""))
    if ticket.due_at < desk.now:
        return desk.words(tr("已超时，期限是{t}"), t=ticket.due_at)
    if ticket.agreed_at and (visit := visits.ahead(desk, ticket)):
        return tr("约的{when}上门", when=visits.in_words(desk, visit))
    if ticket.appointment_at and ticket.appointment_at >= desk.now:
        return desk.words(tr("约的{t}上门") if ticket.agreed_at else tr("住户希望{t}上门，还没约"), t=ticket.appointment_at)
    return desk.words(tr("最晚{t}"), t=ticket.due_at)


def _lines(desk: Desk, tickets: Sequence[Ticket], first: int = 1) -> str:
    return "\n".join(
        _say(
            desk, "repair.crew.line", place_in_list=place, **_of(desk, one), state=STATE_WORDS[one.state], when=_when(desk, one),
            urgent="1" if one.urgent else "",
        )
        for place, one in enumerate(tickets, first)
    )  # fmt: skip


# ------------------------------------------------------------------ acts


def _mine(desk: Desk, talk: CrewTalk, _said: Order) -> str:
    every, free = in_hand(desk), open_for(desk)
    mine, waiting = every[:SHOWN], free[:SHOWN]
    more = len(every) - len(mine) + len(free) - len(waiting)
    _list(desk, talk, [*mine, *waiting])
    if not mine and not waiting:
        return _say(desk, "repair.crew.nothing")
    first = next((one for one in mine if one.state not in PAUSED), waiting[0] if waiting else mine[0])
    return _say(
        desk, "repair.crew.listed", mine=_lines(desk, mine), held=len(every) or "", waiting=_lines(desk, waiting, len(mine) + 1),
        free=len(free) or "", more=more or "", first=first.number, place=_of(desk, first)["place"], what=_of(desk, first)["what"],
        take=len(mine) + 1 if waiting else "",
    )  # fmt: skip


def _assigned_lately(desk: Desk) -> list[Ticket]:
    """Return what they were given and have not begun."""
    return [one for one in in_hand(desk) if one.state is TicketState.ACCEPTED]


def _acknowledge(desk: Desk, talk: CrewTalk, said: Order) -> str:
    """Take 收到 for a word about what they were given; nothing where that may be said to something else."""
    given = _assigned_lately(desk)
    return _take(desk, talk, Order(act="take", which=given[0].number)) if len(given) == 1 else ""


def _called_to(desk: Desk) -> list[Ticket]:
    """Return the urgent ticket that they were told of last and that nobody goes to yet."""
    task = duty.newest(desk.session, [desk.staff.id or 0], desk.now - ALARMS, untaken=True)
    if task is None or task.kind != CALLED_OUT:
        return []
    wanted = select(Ticket).where(Ticket.number == task.subject.partition(":")[2], col(Ticket.state).in_(OPEN))
    return list(desk.session.exec(wanted).all())


def _take(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which:
        among = _called_to(desk) or [*open_for(desk), *_assigned_lately(desk)]
        if not among:
            return _say(desk, "repair.crew.none_open") if in_hand(desk) else ""
        ticket = _meant(desk, talk, said, among, any_one=True)
    else:
        ticket = _meant(desk, talk, said, any_one=True)
    if isinstance(ticket, str):
        return ticket
    if ticket.state not in OPEN or ticket.assignee_id not in (None, desk.staff.id):
        raise Refusal(_not_theirs(desk, ticket))
    was = _before(desk, ticket)
    if ticket.assignee_id is None:
        if ticket.state is TicketState.SUBMITTED:
            steps.move(desk, ticket, TicketState.ACCEPTED)
        else:
            steps.assign(desk, ticket, str(desk.staff.id), "other")
    elif ticket.state is not TicketState.ACCEPTED:
        raise Refusal(tr("{number} 已经在您手上了，现在是“{state}”。", number=ticket.number, state=STATE_WORDS[ticket.state]))
    desk.record("repair.taken", ticket.subject)
    for task in tasks.about(desk.session, ticket.subject):
        if task.kind == CALLED_OUT and task.claimed_by is None:
            tasks.claim(desk, task, desk.staff)
    _keep(desk, talk, ticket, "take", was)
    return _say(desk, "repair.crew.taken", **_of(desk, ticket), when=_when(desk, ticket), phone=questions.phone_of(desk, ticket))


def _begin(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return ""
    ticket = _meant(desk, talk, said, [one for one in in_hand(desk) if one.may_become(TicketState.WORKING)] or None)
    if isinstance(ticket, str):
        return ticket
    _require_open(ticket)
    was = _before(desk, ticket)
    steps.move(desk, ticket, TicketState.WORKING)
    _keep(desk, talk, ticket, "begin", was)
    return _say(desk, "repair.crew.begun", **_of(desk, ticket), when=_when(desk, ticket))


def _require_open(ticket: Ticket) -> None:
    if ticket.state not in OPEN:
        raise Refusal(_over(ticket))


def _pass(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return ""
    ticket = _meant(desk, talk, said, any_one=desk.staff.role in (Role.MANAGER, Role.ADMIN))
    if isinstance(ticket, str):
        return ticket
    _require_open(ticket)
    to = _colleague(desk, said.words)
    was = _before(desk, ticket)
    steps.assign(desk, ticket, str(to.id), "busy" if ticket.assignee_id == desk.staff.id else "other")
    _keep(desk, talk, ticket, "pass", was)
    return _say(desk, "repair.crew.passed", **_of(desk, ticket), who=to.name, untold="" if to.openid else "1")


def _colleague(desk: Desk, said: str) -> Staff:
    """Return whom a name means: 王强, 老王, 王师傅. Raises Refusal that names those whom it may mean."""
    others = [one for one in telling.may_see(desk, "ticket.edit") if one.id != desk.staff.id]
    name = said.removesuffix("师傅").removesuffix("吧").removeprefix("老").removeprefix("小").removesuffix("工") or said
    whole = [one for one in others if one.name == said]
    found = whole or [one for one in others if said in one.name or one.name.startswith(name)]
    crew = [one for one in found if one.role is Role.STAFF]
    if len(found) == 1 or len(crew) == 1:  # 老王 is the one who repairs, not 王经理
        return (crew or found)[0]
    names = tr_all("、", [one.name for one in (found or others)[: 2 * SHOWN]])
    if found:
        raise Refusal(
            tr(
                "“{said}”有 {n} 位：{names}。请写全名，例如：转给{first}。",
                said=said,
                n=len(found),
                names=names,
                first=found[0].name,
            )
        )
    raise Refusal(tr("没有叫“{said}”的同事。可以转给：{names}。", said=said, names=names))


def _ask(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return _say(desk, "repair.crew.empty_handed")
    ticket = _meant(desk, talk, said)
    if isinstance(ticket, str):
        return ticket
    _require_open(ticket)
    words = withheld(said.words)
    questions.ask(desk, ticket, words)
    _mean(desk, talk, ticket)
    return _say(desk, "repair.crew.asked", **_of(desk, ticket), question=words)


#: What is waited for, by the act and by words that go with it.
_REASONS: Mapping[str, tuple[TicketState, str, Mapping[str, Sequence[str]]]] = {
    "parts": (TicketState.PARTS, "finding", {"ordered": ("订", "到货", "下单", "买了", "快递", "明天到", "号到", "周")}),
    "maker": (TicketState.PARTS, "maker", {}),
    "away": (TicketState.OWNER, "away", {}),
    "owner": (TicketState.OWNER, "time", {"decide": ("费用", "钱", "决定", "同意", "拿主意", "怎么修"), "ready": ("腾", "准备", "关水", "关电", "搬")}),
}  # fmt: skip


def _wait(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return _say(desk, "repair.crew.empty_handed") if said.act in ("parts", "maker") else ""
    ticket = _meant(desk, talk, said)
    if isinstance(ticket, str):
        return ticket
    _require_open(ticket)
    state, reason, others = _REASONS[said.act]
    reason = next((one for one, signs in others.items() if any(sign in said.words for sign in signs)), reason)
    was = _before(desk, ticket)
    steps.wait(desk, ticket, state, reason, withheld(said.words))
    _keep(desk, talk, ticket, said.act, was)
    return _say(
        desk, "repair.crew.waits", **_of(desk, ticket), state=STATE_WORDS[state], reason=WAITS[state][reason], note=said.words
    )


def _note(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return ""
    ticket = _meant(desk, talk, said)
    if isinstance(ticket, str):
        return ticket
    text, told = withheld(said.words, cards=False)[:LONGEST], said.act == "tell"
    note = TicketNote(ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, text=text, told=told)
    desk.session.add(note)
    desk.record("repair.noted", ticket.subject, told=told)
    if told:
        desk.tell(steps.reporter(desk, ticket), "repair.note", number=ticket.number, note=text)
    _mean(desk, talk, ticket)
    return _say(desk, "repair.crew.noted", **_of(desk, ticket), note=text, told="1" if told else "")


def _pay(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return ""
    read = orders.read_cost(said.words)
    if read is None:
        raise Refusal(tr("没看懂金额。请这样写：费用 水龙头 2个 68元 业主出。"))
    ticket = _meant(desk, talk, said)
    if isinstance(ticket, str):
        return ticket
    what, pieces, price, is_theirs = read
    cost = TicketCost(
        ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, what=what, number=int(pieces), fen=fen_of(price),
        payer=Payer.RESIDENT if is_theirs else Payer.COMMUNITY,
    )  # fmt: skip
    was = _before(desk, ticket)
    desk.session.add(cost)
    desk.session.flush()
    desk.record("repair.cost_added", ticket.subject, fen=cost.total, payer=cost.payer)
    _keep(desk, talk, ticket, "cost", was, cost=cost.id)
    unsaid = "1" if is_theirs is None else ""
    return _say(
        desk, "repair.crew.paid", **_of(desk, ticket), item=what, pieces=pieces, sum=yuan(cost.total), payer=PAYER_WORDS[cost.payer], unsaid=unsaid
    )  # fmt: skip


# ------------------------------------------------------------------ finished, with a photo where the kind wants one


def _done(desk: Desk, talk: CrewTalk, said: Order) -> str:
    if not said.which and not in_hand(desk):
        return ""
    ticket = _meant(desk, talk, said)
    if isinstance(ticket, str):
        return ticket
    _require_open(ticket)
    if ticket.category in desk.settings(Settings).wants_photo and not shots.has_after(desk, ticket):
        talk.asked, talk.asked_at = {"act": "finish", "number": ticket.number}, desk.now
        _mean(desk, talk, ticket)
        return _say(desk, "repair.crew.wants_photo", **_of(desk, ticket))
    return _finish(desk, talk, ticket)


def _finish(desk: Desk, talk: CrewTalk, ticket: Ticket, note: str = "") -> str:
    was = _before(desk, ticket)
    steps.move(desk, ticket, TicketState.DONE)
    if note:
        desk.session.add(TicketNote(ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, text=note, told=False))
        desk.record("repair.noted", ticket.subject, told=False)
    talk.asked, talk.asked_at = {}, None
    _keep(desk, talk, ticket, "done", was)
    left = [one for one in in_hand(desk) if one.state not in PAUSED]
    following = _of(desk, left[0]) if left else {}
    return _say(
        desk, "repair.crew.done", **_of(desk, ticket), left=len(left) or "", next_place=following.get("place", ""), next_what=following.get("what", "")
    )  # fmt: skip


def _finishing(desk: Desk, talk: CrewTalk) -> Ticket | None:
    """Return the ticket that is to be finished once its photo is there."""
    is_waiting = talk.asked.get("act") == "finish" and talk.asked_at is not None and talk.asked_at > desk.now - LATELY
    number = str(talk.asked.get("number", "")) if is_waiting else ""
    ticket = desk.session.exec(select(Ticket).where(Ticket.number == number)).first() if number else None
    if ticket is None:
        return None
    desk.session.refresh(ticket, with_for_update=True)
    return ticket if ticket.assignee_id == desk.staff.id and ticket.state in OPEN else None


def _without_photo(desk: Desk, talk: CrewTalk, _said: Order) -> str:
    ticket = _finishing(desk, talk)
    return _finish(desk, talk, ticket, str(tr("师傅说拍不了修好后的照片"))) if ticket is not None else ""


# ------------------------------------------------------------------ photos


def _photographed(desk: Desk, photo: Photo) -> str:
    talk = _talk(desk)
    photo.community_id = desk.community.key  # where the ticket is
    if (finishing := _finishing(desk, talk)) is not None:
        shots.keep(desk, finishing, photo, desk.staff, Stage.AFTER)
        return _finish(desk, talk, finishing)
    photos = [*_photos_asked(desk, talk), photo]
    among = in_hand(desk) or _finished_lately(desk, talk)
    if not among:
        return ""
    working = [one for one in among if one.state is TicketState.WORKING]
    found = among[0] if len(among) == 1 else working[0] if len(working) == 1 else None
    if found is None:
        talk.asked = {"act": "photo", "photos": [one.public_id for one in photos]}
        talk.asked_at = desk.now
        return _ask_which(desk, talk, Order(act="photo"), among)
    return _attached(desk, talk, Order(act="photo", which=found.number), photos)


def _photos_asked(desk: Desk, talk: CrewTalk) -> list[Photo]:
    """Return the photos of which it was asked to what they belong."""
    is_waiting = talk.asked.get("act") == "photo" and talk.asked_at is not None and talk.asked_at > desk.now - ANSWERED
    keys = talk.asked.get("photos", []) if is_waiting else []
    found = (
        {one.public_id: one for one in desk.session.exec(select(Photo).where(col(Photo.public_id).in_(keys))).all()}
        if keys
        else {}
    )
    return [found[key] for key in keys if key in found and not found[key].subject]


def _finished_lately(desk: Desk, talk: CrewTalk) -> list[Ticket]:
    """Return the ticket that they have just finished: one more photo belongs to it."""
    done = talk.done.get("act") == "done" and talk.done_at is not None and talk.done_at > desk.now - LATELY
    wanted = select(Ticket).where(Ticket.number == str(talk.done.get("ticket", "")), Ticket.assignee_id == desk.staff.id)
    return list(desk.session.exec(wanted).all()) if done else []


def _attached(desk: Desk, talk: CrewTalk, said: Order, photos: Sequence[Photo]) -> str:
    try:
        ticket = _named(desk, talk, said.which)
        if ticket.assignee_id != desk.staff.id:
            raise Refusal(_not_theirs(desk, ticket))
    except Refusal as refusal:
        return str(refusal)
    kept = [shots.keep(desk, ticket, one, desk.staff) for one in photos]
    if not kept:
        return ""
    _mean(desk, talk, ticket)
    is_after = kept[-1].stage is Stage.AFTER
    return _say(
        desk, "repair.crew.pictured", **_of(desk, ticket), stage=STAGE_WORDS[kept[-1].stage], photos=len(kept),
        other=STAGE_WORDS[Stage.BEFORE if is_after else Stage.AFTER], is_open="1" if is_after and ticket.state in OPEN else "",
    )  # fmt: skip


def _put_right(desk: Desk, talk: CrewTalk, said: Order) -> str:
    """Let the photo that was sent last be one of before, or of after."""
    picture = shots.last_of(desk, desk.staff)
    if picture is None or picture.at < desk.now - LATELY:
        return ""
    stage = Stage(said.act)
    newest = select(TicketPicture).where(TicketPicture.ticket_id == picture.ticket_id, TicketPicture.at == picture.at)
    for one in desk.session.exec(newest.where(TicketPicture.staff_id == desk.staff.id)).all():
        one.stage = stage
        desk.session.add(one)
    ticket = desk.session.get_one(Ticket, picture.ticket_id)
    desk.record("repair.pictured", ticket.subject, stage=stage)
    return _say(desk, "repair.crew.stage", **_of(desk, ticket), stage=STAGE_WORDS[stage])


# ------------------------------------------------------------------ taken back


def _before(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    """Return what taking an act back puts back: the ticket's columns, and the tasks that are open."""
    open_ones = [task.public_id for task in tasks.about(desk.session, ticket.subject)]
    return {"was": _columns(ticket), "tasks": open_ones}


def _columns(ticket: Ticket) -> dict[str, Any]:
    return {name: _plain(getattr(ticket, name)) for name in steps.KEEPS if name != "ended_note"}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": round(value.timestamp(), 3)}
    return value.value if isinstance(value, StrEnum) else value


def _keep(desk: Desk, talk: CrewTalk, ticket: Ticket, act: str, was: Mapping[str, Any], **more: Any) -> None:
    desk.session.flush()
    talk.done, talk.done_at = {"act": act, "ticket": ticket.number, **was, "now": _columns(ticket), **more}, desk.now
    _mean(desk, talk, ticket)


def _undo(desk: Desk, talk: CrewTalk, _said: Order) -> str:
    """Take back what was done last, while the ticket is still as that left it; the resident is told what holds now."""
    if not talk.done or talk.done_at is None:
        return ""
    if talk.done_at < desk.now - UNDONE:
        return _say(desk, "repair.crew.too_late", number=str(talk.done.get("ticket", "")))
    ticket = _named(desk, talk, str(talk.done["ticket"]))
    desk.session.refresh(ticket, with_for_update=True)
    if _columns(ticket) != talk.done["now"]:
        raise Refusal(
            tr(
                "{number} 后来又变过，现在是“{state}”，撤不回去了。回“{number}”看这一单。",
                number=ticket.number,
                state=STATE_WORDS[ticket.state],
            )
        )
    cost = desk.session.get(TicketCost, talk.done["cost"]) if talk.done.get("cost") else None
    if cost is not None:
        desk.session.delete(cost)
        desk.record("repair.cost_removed", ticket.subject, fen=cost.total)
    else:
        _put_back(desk, ticket, talk.done["was"])
        for key in talk.done["tasks"]:
            task = tasks.find(desk.session, key)
            is_left = (
                task is not None and task.kind == CALLED_OUT and talk.done["act"] == "take" and task.claimed_by == desk.staff.id
            )
            if task is not None and (not task.is_open or is_left):  # nobody goes there now: the ladder begins anew
                desk.reopen(task)
        steps.put_back(desk, ticket)
    talk.done, talk.done_at = {}, None
    _mean(desk, talk, ticket)
    return _say(
        desk, "repair.crew.undone", **_of(desk, ticket), state=STATE_WORDS[ticket.state], cost="1" if cost is not None else ""
    )


def _put_back(desk: Desk, ticket: Ticket, was: Mapping[str, Any]) -> None:
    for name, value in was.items():
        kind = type(getattr(ticket, name))
        put = datetime.fromtimestamp(value["at"], SHANGHAI) if isinstance(value, dict) and set(value) == {"at"} else value
        setattr(ticket, name, kind(str(put)) if issubclass(kind, StrEnum) else put)
    desk.session.add(ticket)


def _help(desk: Desk, _talk: CrewTalk, _said: Order) -> str:
    return _say(desk, "repair.crew.help")


#: What is asked about, where it is asked of which ticket.
_TITLES: Mapping[str, str] = {
    "take": tr("接哪一单"), "begin": tr("开始修哪一单"), "done": tr("哪一单修好了"), "pass": tr("转哪一单"), "ask": tr("问哪一单的业主"), "photo": tr("照片是哪一单的"),
    "cost": tr("费用记在哪一单"), "parts": tr("哪一单等配件"), "maker": tr("哪一单等厂家"), "owner": tr("哪一单等业主"), "away": tr("哪一单家里没人"), "note": tr("备注写在哪一单"),
    "tell": tr("回复哪一单的业主"),
}  # fmt: skip

_ACTS: Mapping[str, Callable[[Desk, CrewTalk, Order], str]] = {
    "mine": _mine, "take": _take, "ack": _acknowledge, "begin": _begin, "done": _done, "undo": _undo, "before": _put_right, "after": _put_right,
    "no_photo": _without_photo, "help": _help, "pass": _pass, "ask": _ask, "parts": _wait, "maker": _wait, "away": _wait, "owner": _wait,
    "note": _note, "tell": _note, "cost": _pay,
}  # fmt: skip
