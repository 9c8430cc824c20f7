"""What residents can ask for: report, change, status, urge, cancel, rate."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from bot.contract import (
    Ask,
    Household,
    Line,
    Matter,
    Refusal,
    Reply,
    Staff,
    Task,
    Turn,
    Wish,
    Work,
    action,
    amends,
    handoffs,
    is_past,
    roster,
    tasks,
    telling,
    tr,
)
from bot.contract.roster import Binding
from integrations.repairs import clock, hazards, joining, own, places, ratings, reopening, things, visits, windows
from integrations.repairs.models import CALLED_OUT, OPEN, PAUSED, STATE_WORDS, WAITS, Ticket, TicketState
from integrations.repairs.visits import VisitState

#: Reports of one account in a day, and urgent ones among them; of an account that has not proven where it lives.
MOST, MOST_URGENT, MOST_UNPROVEN, MOST_URGENT_UNPROVEN = 20, 6, 4, 2

#: 我爸在3栋住 我能帮他报修吗: whether, of somebody else's home.
_FOR_ANOTHER = re.compile(
    r"(?P<where>.{0,24}?)(?:我|俺|我们)?(?:能不能|可不可以|可以|能|行不行|得不得|怎么|咋个?|如何|点样)(?:在这里|用这个|这里|也)?(?:帮|替|代|给)(?:他们|她们|他|她|我?爸妈?|我?妈|老人|父母|爷爷|奶奶|公婆|岳父|岳母|亲戚|朋友|邻居|别人|人家|房东|租客|佢|伊)(?:也|那边|家|家里)*"
    r"(?:报修|报个修|报一下修|报|叫人修|喊人修|请师傅|叫师傅|约师傅|申请维修)(?:吗|么|嘛|不|没|咩|呀|啊|呢|行不行|可以吗|[\s。.?？])*"
)
_QUESTION = 36

#: Longest words that only say which flat it is.
_BRIEF = 12

#: 两个都取消, 都不用修了, 那两件一起撤了吧: all of what was just told, of no kind that they name.
_ALL_OFF = re.compile(
    r"(?:那|就|先|还是|算了|好|麻烦|请|帮我|给我|把|[\s，,])*(?:(?:这|那|刚才|刚报的|上面)?(?P<count>两|俩|二|三|四|五|[2-5])[个件样张单处](?:报修|单子|事)?|(?:这|那)些|报修|单子|工单)?(?:我)?"
    r"(?:都|全|全都|全部|统统|一起|一块儿?)(?:给我)?(?:取消|撤销|撤掉|撤|作废|删掉|删|不用修|不修|不用来|不用弄|不要修|不用处理)(?:掉|了|吧|一下|啊|哈|谢谢|[\s，,。！!])*"
)

#: 我的报修呢, 我家报的单子在哪: that they are shown, whatever is open; of itself it resembles the calling off as much.
_WHERE_THEY_ARE = re.compile(
    r"(?:那|哎|诶|欸|咦|对了|请问|[\s，,])*(?:我|我家|我们|我们家|俺|俺家)(?:报|约)?的(?:报修|维修|工单|单子|单|修)(?:呢|咧|嘞|嘛|在哪|去哪|哪去|怎么没|怎么不见)[里儿了有啊呀呢\s]*[？?。！!]*"
)

#: Signs of the longest words that do, and the numbers in them.
_ALL_OFF_LONGEST, _COUNTS = 30, {"两": 2, "俩": 2, "二": 2, "三": 3, "四": 4, "五": 5}

#: Words beside a time that say that somebody may come then.
_MAY_COME = re.compile(r"都行|都可以|都得|都方便|随时|方便|有空|在家|有人|上门|来修|来看|下班")

#: 那个时间不行, 到时候我不在家: of what was agreed.
_NOT_THEN = re.compile(
    r"(?:不好意思|抱歉|师傅|那|我|[，, ])*(?:(?:那个?|这个?|约的?|约好的?|到时候?|那天|这天|那时候?)(?:时间|点|时候)?(?:的话)?|时间)(?:我|我家|家里|恐怕|可能|好像|又|都)*(?:不行|不方便|不合适|不得空|没空|没人|不在家|来不及|有事|冇人|唔得|唔方便|赶不上)(?:[了呀啊哦哈的吧。！!，, ]|换一?个(?:时间)?|改一?(?:个|下)?(?:时间)?|能换吗|能改吗)*"
)

#: What stands in the menu.
SCORES = {"1": "1分 很不满意", "2": "2分 不满意", "3": "3分 一般", "4": "4分 满意", "5": "5分 很满意"}

#: Words that take back what was said, and doors that are not what is broken.
_CORRECTS = re.compile(r"不对|不是|说错|写错|错了|改成|改为|换成|应该是|其实是|更正|唔系")
_DOOR_ASIDE = re.compile(r"门口|门前|门外|家门|敲门|开门|上门|出门|进门")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is broken, and where."""

    category: str
    location: str
    urgent: bool | None = None
    appointment_at: datetime | None = None
    phone: str | None = None
    whose: str | None = None  # the flat that was picked, by its label
    same: str | None = None  # whether it is what somebody else has told already


@action(
    "repair.report", Fault,
    replies={
        "done": "number what promise photos phone_end url unproven flat", "whose": "", "same": "what state t", "joined": "number what state when photos url",
    },
)  # fmt: skip
def report(turn: Turn, slots: Fault) -> Reply | Ask:
    """Open a ticket for the resident's household, with the photos sent just before; photos sent after join it.

    Water at what is under current cannot wait, unless they say that it can. Who has one flat and waits for another, or for two, is asked
    in which it is, unless they say so: the last one they named need not be it.
    """
    meant = _meant(turn, slots)
    if len(meant) > 1:
        return Ask(slot="whose", name="whose", options={one: one for one in meant})
    known = joining.told_already(turn, slots.category, slots.location) if slots.same != "no" else None
    if known is not None and slots.same is None:
        values = {"what": known.what, "state": _told(known), "t": turn.words("{t}", t=known.opened_at)}
        options = {"yes": "是同一个，跟着它", "no": "不是同一个，单独报"}
        return Ask(slot="same", name="same", options=options, values=values, agreed="yes")
    urgent = hazards.reaches_current(turn.said) if slots.urgent is None else slots.urgent
    _bound_by_the_day(turn, urgent)
    ticket = Ticket(
        **_whose(turn, meant), category=slots.category, location=slots.location, urgent=urgent, appointment_at=slots.appointment_at, phone=slots.phone or "", opened_at=turn.now,
        wishes=_wishes(turn, slots.appointment_at),
    )  # fmt: skip
    clock.start(turn, ticket)
    ticket.add_words(turn.said)
    photos = turn.photos()
    turn.attach(photos, ticket.subject)
    turn.session.add(ticket)
    turn.record("repair.opened", ticket.subject, category=ticket.category, urgent=urgent)
    if known is not None:
        turn.session.flush()
        joining.join(turn, ticket, known)
        return Reply(
            "joined", about=ticket.subject, called=_called(turn, ticket), number=ticket.number, what=_what(turn, ticket), state=_told(known),
            when=_when(turn, ticket), photos=len(photos) or "", url=_link(turn, ticket),
        )  # fmt: skip
    return Reply(
        "done", about=ticket.subject, called=_called(turn, ticket), number=ticket.number, what=_what(turn, ticket), flat=_told_apart(turn, ticket, meant), photos=len(photos) or "",
        promise=_promise(turn, ticket, _call_out(turn, ticket) if urgent else None), phone_end=ticket.phone_end, url=_link(turn, ticket),
        unproven="" if ticket.is_proven else ticket.said_flat,
    )  # fmt: skip


def _wishes(turn: Turn, at: datetime | None) -> list[list[str]]:
    """Return the stretches in which the resident would like somebody to come, as the ticket keeps them; of other times, when it began, none."""
    if at is None and not _MAY_COME.search(turn.said):
        return []
    named = windows.wanted(turn.said, turn.now)
    if at is not None and not any(begins <= at < ends or (begins.date() == at.date()) for begins, ends in named):
        named = [(at, at + windows.AROUND)] if at > turn.now else []
    return windows.to_json(named)


def _told(ticket: Ticket) -> str:
    """Return how it stands with what somebody else told: no more than a neighbour needs to know."""
    if ticket.state in PAUSED:
        return STATE_WORDS[ticket.state]
    return "正在安排师傅" if ticket.state is TicketState.SUBMITTED else "正在处理"


def _meant(turn: Turn, slots: Fault) -> Sequence[str]:
    """Return the labels of the flats where a fault may be, of who has one and waits for another, or waits for several.

    Empty for everybody else, who was asked before where they have several, and for what is everybody's.
    """
    if places.is_shared(slots.location):
        return ()
    waiting = tasks.flats_waiting(turn, turn.openid)
    if not waiting or len(flats := _flats(turn, waiting)) < 2:
        return ()
    picked = [label for label in flats if label == slots.whose]
    words = f"{slots.location}\n{turn.said}"
    return picked or [label for label, parts in flats.items() if places.names(words, *parts)] or [*flats]


def _flats(turn: Turn, waiting: Sequence[tuple[str, str, str]]) -> Mapping[str, tuple[str, str, str]]:
    """Return the flats somebody has, the one they said last and those that wait to be confirmed, by their labels."""
    own = {one.label: (one.building, one.unit, one.room) for one in turn.flats}
    said = {turn.claim.label: turn.claim.parts} if turn.claim is not None else {}
    return {**own, **said, **{roster.label_of(*parts): parts for parts in waiting}}


def _told_apart(turn: Turn, ticket: Ticket, meant: Sequence[str]) -> str:
    """Return the flat of a new ticket for who must read which one was understood."""
    is_open = bool(meant) and ticket.is_proven and meant[0] not in ticket.location
    return meant[0] if is_open else _which(turn, ticket)


def _whose(turn: Turn, meant: Sequence[str]) -> dict[str, Any]:
    """Return whose ticket it is: a resident's and a flat's, or an account's that says where it lives; `meant` is the flat that was told apart."""
    own = next((one for one in turn.flats if one.label in meant), None if meant else turn.flat)
    if turn.is_bound and own is not None:
        return {"resident_id": turn.me.id, "household_id": own.id}
    said = next(iter(meant), turn.claim.label if turn.claim else "")
    return {"openid": turn.openid, "said_flat": said}


def _bound_by_the_day(turn: Turn, urgent: bool) -> None:
    """Refuse what floods the staff: dozens of reports of one account in a day. Alarms are never counted."""
    most, most_urgent = (MOST, MOST_URGENT) if turn.is_bound else (MOST_UNPROVEN, MOST_URGENT_UNPROVEN)
    if not turn.take("repair", most) or (urgent and not turn.take("repair.urgent", most_urgent)):
        raise Refusal(turn.words(tr("今天您已经报了好几件，我们先处理这些。还有急事，请直接打 {community.phone}。")))


def _call_out(turn: Turn, ticket: Ticket) -> Task:
    """Let those on duty know of what cannot wait."""
    flat = _flat(turn, ticket)
    title = f"紧急报修：{ticket.place_of(flat)} {ticket.what}"
    return turn.assign(CALLED_OUT, "ticket.view", title, urgent=True, household=flat, subject=ticket.subject)


def _called_out(turn: Turn, ticket: Ticket) -> Task | None:
    """Return the open call to those on duty, who are called once: 急, 不急, 急."""
    return next((task for task in tasks.about(turn.session, ticket.subject) if task.kind == CALLED_OUT), None)


def _promise(turn: Turn, ticket: Ticket, task: Task | None) -> str:
    """Return what may be promised: that those on duty were told, where rows prove it, else by when it is due."""
    if task is not None:
        return f"这是急修，{telling.sentence(turn, task)}"
    if ticket.state in PAUSED:
        return ""
    return turn.words("最晚{t}前处理。", t=ticket.due_at)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What of a repair is another way than was said; what stays is None."""

    category: str | None = None
    location: str | None = None
    urgent: bool | None = None
    appointment_at: datetime | None = None
    phone: str | None = None


@amends(
    "repair.report", Changes, keeps_words=True,
    replies={"changed": "number what when wished phone_end promise", "noted": "number words flat", "past": "number flat", "over": "what state", "gone": ""},
)  # fmt: skip
def change(turn: Turn, about: str, slots: Changes) -> Reply:
    """Change a ticket that is not done yet, and keep the words; staff see both on it."""
    ticket = _own(turn, about)
    if ticket is None:
        return Reply("gone", ok=False)
    if ticket.state not in OPEN:
        return Reply("over", ok=False, what=_what(turn, ticket), state=_end(ticket))
    if slots.appointment_at and is_past(slots.appointment_at, turn.now):
        return Reply("past", ok=False, number=ticket.number, flat=_which(turn, ticket))
    before = ticket.words
    ticket.add_words(turn.said)
    turn.session.add(ticket)
    changed = _write(ticket, slots, turn.said)
    if "time" in changed:
        _wish_anew(turn, ticket)
    elif not slots.appointment_at and not ticket.agreed_at and (wishes := _wishes(turn, None)):
        ticket.wishes = wishes
    if changed.keys() <= {"phone"}:  # whom to call is said back in the words it was told in: 找我媳妇，电话…
        if changed or ticket.words != before:
            turn.record("repair.changed", ticket.subject, **(changed or {"words": True}))
        words = " ".join(turn.said.split())
        return Reply(
            "noted", about=about, called=_called(turn, ticket), number=ticket.number, words=words, flat=_which(turn, ticket)
        )
    if ticket.state is TicketState.OWNER and "time" in changed:  # that is what was waited for
        clock.resume(turn, ticket)
        ticket.state = TicketState.ACCEPTED
    clock.start(turn, ticket, turn.now if ticket.urgent and "urgent" in changed else ticket.opened_at)
    turn.record("repair.changed", ticket.subject, **_as_logged(ticket, changed))
    task = _called_out(turn, ticket) or _call_out(turn, ticket) if ticket.urgent and "urgent" in changed else None
    when = turn.words("{t}", t=ticket.appointment_at) if ticket.appointment_at else ""
    return Reply(
        "changed", about=about, called=_called(turn, ticket), number=ticket.number, what=_what(turn, ticket),
        when=when if ticket.agreed_at else "", wished="" if ticket.agreed_at else when, phone_end=ticket.phone_end,
        promise=_promise(turn, ticket, task),
    )  # fmt: skip


def _wish_anew(turn: Turn, ticket: Ticket) -> None:
    """Keep when the resident would like it now; what was agreed before is so no more, and the office is asked to agree again."""
    ticket.wishes = _wishes(turn, ticket.appointment_at)
    was_agreed = ticket.agreed_at is not None
    visits.release(turn, ticket, VisitState.MOVED)
    if was_agreed:
        when = turn.words("{t}", t=ticket.appointment_at)
        title = tr("住户想改到{when}，请重新约：{number} {what}", when=when, number=ticket.number, what=ticket.what)
        visits.ask_again(turn, ticket, title)


def _write(ticket: Ticket, slots: Changes, said: str) -> dict[str, bool]:
    """Write the changes into a ticket; returns what is another than before, for the log."""
    before = ticket.category, ticket.location, ticket.urgent, ticket.appointment_at, ticket.phone
    ticket.category = slots.category if slots.category and _is_another_fault(slots, said) else ticket.category
    ticket.location = places.moved(ticket.location, slots.location) if slots.location else ticket.location
    ticket.urgent = ticket.urgent if slots.urgent is None else slots.urgent
    ticket.appointment_at = slots.appointment_at or ticket.appointment_at
    ticket.phone = slots.phone or ticket.phone
    after = ticket.category, ticket.location, ticket.urgent, ticket.appointment_at, ticket.phone
    named = zip(("category", "location", "urgent", "time", "phone"), before, after, strict=True)
    return {name: True for name, old, new in named if old != new}


def _as_logged(ticket: Ticket, changed: Mapping[str, bool]) -> dict[str, Any]:
    """Return what was changed as the log keeps it: what it is now, where that is no text of the resident's."""
    now = {
        "category": ("fault", ticket.category), "urgent": ("level", ticket.level),
        "time": ("at", ticket.appointment_at.isoformat() if ticket.appointment_at else ""),
    }  # fmt: skip
    return dict(now.get(name, (name, True)) for name in changed)


def _is_another_fault(slots: Changes, said: str) -> bool:
    """Tell whether words put another fault in the place of the first: 不是水管，是马桶 does, 上来请敲门 adds to it."""
    is_door_aside = slots.category == "door" and _DOOR_ASIDE.search(said) is not None
    return not said or (_CORRECTS.search(said) is not None and not is_door_aside)


def _end(ticket: Ticket) -> str:
    return "已经取消了" if ticket.state is TicketState.CANCELLED else "已经办完了"


@action(
    "repair.status",
    replies={
        "one": "what number state who when url",
        "done": "tickets",
        "finished": "tickets",
        "over": "tickets",
        "waits": "matter",
        "none": "",
    },
    shows=True,
)
def status(turn: Turn, slots: object) -> Reply:
    """Tell where the resident's tickets stand: the one that is spoken of, the open ones, else the last one."""
    meant = _own(turn, turn.about)
    if meant is not None and _carrier(turn, meant).state in OPEN:
        facts: dict[str, Any] = {
            "what": _what(turn, meant),
            "number": meant.number,
            "state": _state(turn, meant),
            "url": _link(turn, meant),
        }
        who, when = _assignee(turn, meant), _when(turn, meant)
        return Reply("one", about=meant.subject, called=_called(turn, meant), who=who, when=when, **facts)
    tickets = _waiting(turn)
    if not tickets and (task := handoffs.current(turn)):
        return Reply("waits", matter=handoffs.say(turn, task))
    tickets = tickets or _mine(turn, tuple(TicketState))[:1]
    if not tickets:
        return Reply("none", ok=False)
    state = _carrier(turn, tickets[0]).state
    name = "done" if state in OPEN else "finished" if state is TicketState.DONE else "over"
    lines = [_line(turn, ticket) for ticket in tickets[:5]]
    if len(tickets) > 1 or state not in OPEN:
        return Reply(name, tickets=lines)
    return Reply(name, about=tickets[0].subject, called=_called(turn, tickets[0]), tickets=lines)


def _state(turn: Turn, ticket: Ticket) -> str:
    """Return how a ticket stands; one that goes with another stands as that does."""
    carrier = _carrier(turn, ticket)
    return STATE_WORDS[carrier.state] if carrier is ticket else f"{STATE_WORDS[carrier.state]}（和同一处的报修一起修）"


def _when(turn: Turn, ticket: Ticket) -> str:
    """Return when somebody comes, as it is agreed on, or until when it is due; a time that has gone by is owned up to."""
    ticket = _carrier(turn, ticket)
    if ticket.state in PAUSED:
        return f"在等：{WAITS[ticket.state].get(ticket.pause_reason, '')}，期限先停着"
    if ticket.due_at < turn.now:
        anew = ticket.promised_at if ticket.promised_at and ticket.promised_at > turn.now else None
        return turn.words("本该{t}前修好，已经晚了{anew?，现在最晚{anew}前}", t=ticket.due_at, anew=anew or "")
    if ticket.agreed_at and (visit := visits.ahead(turn, ticket)):
        return f"约的{visits.in_words(turn, visit)}上门"
    if ticket.appointment_at and ticket.appointment_at >= turn.now:
        return turn.words("约的{t}上门" if ticket.agreed_at else "您希望{t}上门，等师傅确认", t=ticket.appointment_at)
    return turn.words("最晚{t}前处理", t=ticket.due_at)


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which of several tickets, as picked from the menu."""

    ticket: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pressing(Which):
    """Which ticket, and whether it is said to be unfixed: 没修好."""

    unfixed: bool | None = None


@action(
    "repair.urge", Pressing,
    replies={"which": "", "done": "number what who", "reopened": "number what who", "anew": "number old what promise url", "again": "number flat", "waits": "matter", "none": ""},
)  # fmt: skip
def urge(turn: Turn, slots: Pressing) -> Reply | Ask:
    """Press for a ticket: staff get a task. A finished one that is not fixed is opened again."""
    waiting, finished = _waiting(turn), _unhappy(turn)
    if not waiting and not finished and slots.unfixed and (old := _long_done(turn)):
        return _anew(turn, old)
    if not waiting and not finished and (task := handoffs.current(turn)):  # an answer of the office is what they wait for
        return Reply("waits", ok=False, matter=handoffs.say(turn, task))
    ticket = _choose(turn, slots.ticket, [*finished, *waiting] if slots.unfixed else waiting or finished)
    if not isinstance(ticket, Ticket):
        return ticket
    carrier = _carrier(turn, ticket)
    if own.was_pressed_lately(turn, ticket):
        return Reply("again", number=ticket.number, ok=False, flat=_which(turn, ticket))
    reopens = own.press(turn, ticket, turn.said)
    return Reply(
        "reopened" if reopens else "done", about=ticket.subject, called=_called(turn, ticket), number=ticket.number, what=_what(turn, ticket),
        who=_assignee(turn, carrier),
    )  # fmt: skip


def _waiting(turn: Turn) -> Sequence[Ticket]:
    """Return the tickets that are not done yet, those among them that go with another one."""
    return [one for one in _mine(turn, (*OPEN, TicketState.MERGED)) if _carrier(turn, one).state in OPEN]


def _carrier(work: Work, ticket: Ticket) -> Ticket:
    """Return the ticket on which it stands what becomes of one: the one that it was merged into, else itself."""
    return own.carrier_of(work, ticket)


def _long_done(turn: Turn) -> Ticket | None:
    """Return the repair that was done last, too long ago to be opened again."""
    done = [one for one in _mine(turn, (TicketState.DONE, TicketState.CLOSED))[:1] if one.done_at]
    return next((one for one in done if one.done_at and turn.now - one.done_at < reopening.NAMED), None)


def _anew(turn: Turn, old: Ticket) -> Reply:
    _bound_by_the_day(turn, urgent=False)
    ticket = reopening.anew(turn, old, turn.said)
    return Reply(
        "anew", about=ticket.subject, called=_called(turn, ticket), number=ticket.number, old=old.number, what=_what(turn, ticket),
        promise=_promise(turn, ticket, None), url=_link(turn, ticket),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Cancelling(Which):
    """Which ticket, and the answer to its being read back: a pick of the menu, or yes or no in other words."""

    sure: bool | str | None = None
    every: str | None = None  # the number of those that were told last, or all of them


@action(
    "repair.cancel", Cancelling,
    replies={
        "all": "count tickets", "all_unsure": "count tickets", "all_kept": "count tickets", "all_done": "count tickets", "which": "", "none_meant": "", "sure": "number what words", "unsure": "number what words", "kept": "number what", "done": "number what",
        "none": "",
    },
)  # fmt: skip
def cancel(turn: Turn, slots: Cancelling) -> Reply | Ask:
    """Cancel an open ticket, or all of them, once it was read back and agreed to."""
    if slots.every and len(several := _several(turn, slots.every)) > 1:
        return _cancel_all(turn, slots, several)
    ticket = _choose(turn, slots.ticket, _waiting(turn), called_off="none_meant")
    if not isinstance(ticket, Ticket):
        return ticket
    if slots.sure is None:  # a bare 取消 may mean either: nothing is cancelled, and the way to do so is told
        options = {"yes": "确认取消", "no": "先不取消"}
        values = {"number": ticket.number, "what": _what(turn, ticket), "words": ticket.quoted}
        return Ask(slot="sure", name="sure", options=options, values=values, called_off="unsure")
    if slots.sure in {False, "no"}:
        return Reply(
            "kept", about=ticket.subject, called=_called(turn, ticket), number=ticket.number, what=_what(turn, ticket), ok=False
        )
    own.call_off(turn, ticket)
    return Reply("done", about=ticket.subject, over=True, number=ticket.number, what=_what(turn, ticket))


def _several(turn: Turn, every: str) -> Sequence[Ticket]:
    """Return the open tickets that 都 or 两个都 means: all, or so many of those that were told last, in the order in which they were."""
    theirs = _waiting(turn)
    return [*reversed(theirs[: int(every)] if every.isdigit() else theirs)]


def _cancel_all(turn: Turn, slots: Cancelling, several: Sequence[Ticket]) -> Reply | Ask:
    lines = "\n".join(
        ["", *(f"· {one.number} {_what(turn, one)}" + (f"，您说的“{one.quoted}”" if one.quoted else "") for one in several)]
    )
    values: dict[str, Any] = {"count": len(several), "tickets": lines}
    if slots.sure is None:
        options = {"yes": "都取消", "no": "先不取消"}
        return Ask(slot="sure", name="all", options=options, values=values, called_off="all_unsure")
    if slots.sure in {False, "no"}:
        return Reply("all_kept", ok=False, **values)
    for one in several:
        own.call_off(turn, one)
    return Reply("all_done", about=several[-1].subject, over=True, **values)


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One to five, five is best."""

    score: str | None = None
    ticket: str | None = None


@action(
    "repair.rate", Rating, replies={"which": "", "score": "number what", "done": "number flat", "low": "number flat", "none": ""}
)
def rate(turn: Turn, slots: Rating) -> Reply | Ask:
    """Rate a finished repair; a low rating is followed up by a person."""
    ticket = _choose(turn, slots.ticket, _rateable(turn))
    if not isinstance(ticket, Ticket):
        return ticket
    if slots.score is None:
        return Ask(slot="score", name="score", options=SCORES, values={"number": ticket.number, "what": _what(turn, ticket)})
    own.rate(turn, ticket, int(slots.score))
    name = "low" if int(slots.score) <= own.LOW else "done"
    return Reply(name, about=ticket.subject, over=True, number=ticket.number, flat=_which(turn, ticket))


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to a bare rating, or the flat that was picked by a part of its address: 501的, 3栋那套; nothing for all else."""
    if not turn.is_asked and len(text) <= _QUESTION and _FOR_ANOTHER.fullmatch(text.strip()):
        return turn.words(turn.context.messages["repair.for_another"])
    if len(text) <= _ALL_OFF_LONGEST and _NOT_THEN.fullmatch(text.strip()) and (said := _decline(turn, text)):
        return said
    if (
        not turn.is_asked
        and len(text) <= _ALL_OFF_LONGEST
        and windows.is_only_when(text, turn.now)
        and (said := _wish_after(turn, text))
    ):
        return said
    if not turn.is_asked and len(text) <= _ALL_OFF_LONGEST and joining.NOT_THE_SAME.fullmatch(text.strip()):
        if (ticket := joining.joined_by(turn, _mine(turn, (*OPEN, TicketState.MERGED)))) is not None and _was_spoken_of(
            turn, ticket
        ):
            joining.part(turn, ticket)
            return turn.words(
                turn.context.messages["repair.own_again"],
                number=ticket.number,
                what=_what(turn, ticket),
                t=ticket.due_at,
                url=_link(turn, ticket),
            )
    if len(text) <= _ALL_OFF_LONGEST and _WHERE_THEY_ARE.fullmatch(text.strip()):
        return Wish(intent="repair.status")
    if not turn.is_asked and len(text) <= _ALL_OFF_LONGEST and (all_off := _ALL_OFF.fullmatch(text.strip())):
        theirs, said = _waiting(turn), all_off["count"]
        if len(theirs) > 1 and (said or "修" in text or any(_was_spoken_of(turn, one) for one in theirs)):
            counted = str(_COUNTS.get(said, 0) or said) if said else "all"
            return Wish(intent="repair.cancel", values={"every": counted})
    if (turn.open, turn.asks) != ("repair.report", "whose") or len(text) > _BRIEF:
        return hear_score(turn, text)
    named = [label for label, parts in _flats(turn, tasks.flats_waiting(turn, turn.openid)).items() if places.names(text, *parts)]
    return Wish(intent="repair.report", values={"whose": named[0]}) if len(named) == 1 else ""


def _decline(turn: Turn, text: str) -> str:
    """Let the visit that was agreed go, as the resident says; empty where several lie ahead and none was spoken of.

    Of a repair that was spoken of just now and for which no visit is agreed, they read that, and are asked when it suits them.
    """
    waiting = _waiting(turn)
    ahead = [(one, visit) for one in waiting if (visit := visits.ahead(turn, one)) is not None]
    if not ahead and len(spoken := [one for one in waiting if _was_spoken_of(turn, one)]) == 1:
        return turn.words(turn.context.messages["repair.not_agreed"], number=spoken[0].number)
    meant = [pair for pair in ahead if _was_spoken_of(turn, pair[0])] or ahead
    if len(meant) != 1:
        return ""
    ticket, visit = meant[0]
    when = visits.decline(turn, ticket, visit, text)
    return turn.words(turn.context.messages["repair.declined"], number=ticket.number, when=when)


def _wish_after(turn: Turn, text: str) -> str:
    """Take 周日上午 for when the resident can, after an hour that they could not or that nobody came to; empty where none waits for that."""
    for ticket in _waiting(turn):
        last = visits.last(turn, ticket)
        if (
            last is None
            or last.state not in (VisitState.DECLINED, VisitState.MISSED)
            or ticket.agreed_at
            or ticket.appointment_at
        ):
            continue
        if not (named := windows.wanted(text, turn.now)):
            return ""
        when = visits.wish(turn, ticket, named, text)
        return turn.words(turn.context.messages["repair.wished"], number=ticket.number, when=when, more=len(named) > 1 or "")
    return ""


def hear_score(turn: Turn, text: str) -> str:
    """Take a bare 2分, 👍 or 还行 for the rating of the one repair that waits for it; empty where none does, or several do.

    What does not name a score outright counts only where the score is asked for, or the repair was spoken of last.
    """
    is_asked = turn.open == "repair.rate" and turn.asks == "score"
    outright, score = ratings.scored(text), ratings.meant(text)
    if outright is None and score is None:
        return ""
    waiting = _rateable(turn)
    if len(waiting) != 1:
        return ""
    if outright is None and not is_asked and (turn.is_asked or not _was_spoken_of(turn, waiting[0])):
        return ""
    score = outright or score or 0
    own.rate(turn, waiting[0], score)
    if is_asked:
        turn.closes.add("repair.rate")
    message = turn.context.messages["repair.rated_low" if score <= own.LOW else "repair.rated"]
    return turn.words(message, number=waiting[0].number, what=_what(turn, waiting[0]), score=score)


def _was_spoken_of(turn: Turn, ticket: Ticket) -> bool:
    """Tell whether the last thing that was said to the resident named the ticket: what they say now is said to that."""
    said = select(Line).where(Line.openid == turn.openid, Line.speaker == "bot").order_by(col(Line.id).desc()).limit(1)
    last = turn.session.exec(said).first()
    return last is not None and ticket.number in last.text


def _mine(turn: Turn, states: Sequence[TicketState]) -> Sequence[Ticket]:
    return turn.session.exec(
        select(Ticket).where(_own_ones(turn), col(Ticket.state).in_(states)).order_by(col(Ticket.id).desc())
    ).all()


def own_open(turn: Turn) -> Sequence[Ticket]:
    """Return the resident's own tickets that are not done yet, the newest first."""
    return _mine(turn, OPEN)


def _unhappy(turn: Turn) -> Sequence[Ticket]:
    """Return the last finished ticket: 还没修好 reopens the same one."""
    theirs = _mine(turn, (TicketState.DONE, TicketState.CLOSED, TicketState.MERGED))
    finished = [(one, _carrier(turn, one)) for one in theirs]
    over = (TicketState.DONE, TicketState.CLOSED)
    return [
        one for one, carrier in finished[:1]
        if carrier.state in over and carrier.done_at and turn.now - carrier.done_at < reopening.REOPENS
    ]  # fmt: skip


def _rateable(turn: Turn) -> Sequence[Ticket]:
    finished = [(one, _carrier(turn, one)) for one in _mine(turn, (TicketState.DONE, TicketState.CLOSED, TicketState.MERGED))]
    over = (TicketState.DONE, TicketState.CLOSED)
    return [
        ticket for ticket, carrier in finished
        if ticket.rating is None and carrier.state in over and carrier.done_at and turn.now - carrier.done_at < reopening.REOPENS
    ]  # fmt: skip


def _choose(turn: Turn, number: str | None, tickets: Sequence[Ticket], called_off: str = "") -> Ticket | Reply | Ask:
    """Return the one ticket meant: the one picked, else the one spoken of; with several, ask which."""
    if number:
        tickets = [ticket for ticket in tickets if ticket.number == number]
    else:
        told = things.spoken_of(turn.said, {ticket.number: f"{ticket.what}{ticket.words}" for ticket in tickets})
        tickets = [ticket for ticket in tickets if (ticket.number == told if told else ticket.subject == turn.about)] or tickets
    if not tickets:
        return Reply("none", ok=False)
    if len(tickets) == 1:
        return tickets[0]
    labels = {ticket.number: turn.words("{what}（{t}）", what=_what(turn, ticket), t=ticket.opened_at) for ticket in tickets[:8]}
    return Ask(slot="ticket", name="which", options=labels, called_off=called_off)


def _own(turn: Turn, about: str) -> Ticket | None:
    """Return the resident's ticket that is spoken of; another's is as if there were none."""
    number = about.removeprefix("ticket:")
    if number == about:
        return None
    return turn.session.exec(select(Ticket).where(Ticket.number == number, _own_ones(turn))).first()


def _own_ones(turn: Turn) -> ColumnElement[bool]:
    """Return the condition for what this resident reported, also before it was known who they are, and while they were bound."""
    own = [col(Ticket.openid) == turn.openid, *([col(Ticket.resident_id) == turn.resident.key] if turn.resident else [])]
    against = roster.flats_against(turn.session, turn.openid)  # there they are nobody, whoever they were taken for
    before = roster.bindings_before(turn.session, turn.openid)
    return or_(*own, *(and_(_reported_under(one), col(Ticket.household_id).not_in(against)) for one in before))


def _reported_under(binding: Binding) -> ColumnElement[bool]:
    """Return the condition for what was reported while an account was somebody's: it was let go since, and that goes on."""
    meanwhile = col(Ticket.opened_at).between(binding.bound_at, binding.ended_at)
    return and_(col(Ticket.resident_id) == binding.resident_id, meanwhile)


def _line(turn: Turn, ticket: Ticket) -> str:
    is_open = _carrier(turn, ticket).state in OPEN
    return turn.words(
        '· {number} {what}：{state}{who?，{who}}{when?，{when}}。<a href="{url}">看进度</a>',
        number=ticket.number, what=_what(turn, ticket), state=_state(turn, ticket), who=_assignee(turn, ticket),
        when=_when(turn, ticket) if is_open else "", url=_link(turn, ticket),
    )  # fmt: skip


def _link(turn: Turn, ticket: Ticket) -> str:
    return turn.link(f"/tickets/{ticket.number}")


def _which(turn: Turn, ticket: Ticket) -> str:
    """Return the flat of a ticket, for who has several or has let it go."""
    if ticket.household_id is None or any(one.id == ticket.household_id for one in turn.flats):
        return turn.which_flat(ticket.household_id)
    flat = _flat(turn, ticket)
    return flat.label if flat is not None else ""


def _what(turn: Turn, ticket: Ticket) -> str:
    """Return what is broken where; who has several flats reads in which."""
    return " ".join(filter(None, (_which(turn, ticket), ticket.what)))


def _called(turn: Turn, ticket: Ticket) -> str:
    """Return what one calls it in a sentence: 厨房的报修; who has several flats reads of which."""
    return f"{_which(turn, ticket)}{ticket.called}"


def _flat(turn: Turn, ticket: Ticket) -> Household | None:
    """Return the flat a ticket is about, be it the one that is meant now or not; None where nobody knows it yet."""
    return turn.session.get(Household, ticket.household_id) if ticket.household_id is not None else None


def _assignee(turn: Turn, ticket: Ticket) -> str:
    """Return who has the ticket; empty while nobody has."""
    ticket = _carrier(turn, ticket)
    member = turn.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    return member.name if member else ""


def _home(turn: Turn, ticket: Ticket) -> str:
    """Return the flat of a ticket, one of the resident's own; empty for what was reported elsewhere."""
    return next((one.label for one in turn.flats if one.id == ticket.household_id), "")


def matters(turn: Turn) -> Sequence[Matter]:
    """Return the resident's repairs that are not done yet, the newest first."""
    return [
        Matter(
            words=turn.words(
                "{what}：{state}{who?，{who}}", what=_what(turn, ticket), state=_state(turn, ticket), who=_assignee(turn, ticket)
            ),
            at=ticket.opened_at, url=_link(turn, ticket), flat=_home(turn, ticket),
        )
        for ticket in _waiting(turn)
    ]  # fmt: skip


ALL = (report, status, urge, cancel, rate)
AMENDS = (change,)
