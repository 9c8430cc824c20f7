"""Tickets and their timeline."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bot.contract import (
    PUBLIC_ALPHABET,
    Household,
    Scoped,
    joined,
    json_column,
    maybe_moment,
    moment,
    sealed,
    shortened,
    tr,
    word,
)


def ticket_number() -> str:
    """Return R and six random signs: short enough to say on the phone."""
    return "R" + "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(6))


class TicketState(StrEnum):
    """A ticket's life; what may follow is in FOLLOWS."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    WORKING = "working"
    PARTS = "parts"  # waits for a part; the clock stands still
    OWNER = "owner"  # waits for the resident; the clock stands still
    DONE = "done"  # waits for the resident's rating
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"  # told twice: what becomes of it stands on another one


#: Characters of the resident's first words that tell one ticket from another.
QUOTED = 20

#: Digits of a phone number that are said back.
PHONE_END = 4

#: State -> states that may follow.
FOLLOWS: Mapping[TicketState, tuple[TicketState, ...]] = {
    TicketState.SUBMITTED: (TicketState.ACCEPTED, TicketState.WORKING, TicketState.DONE, TicketState.CANCELLED),
    TicketState.ACCEPTED: (TicketState.WORKING, TicketState.DONE, TicketState.PARTS, TicketState.OWNER, TicketState.CANCELLED),
    TicketState.WORKING: (TicketState.DONE, TicketState.PARTS, TicketState.OWNER, TicketState.CANCELLED),
    TicketState.PARTS: (TicketState.WORKING, TicketState.DONE, TicketState.OWNER, TicketState.CANCELLED),
    TicketState.OWNER: (TicketState.WORKING, TicketState.DONE, TicketState.PARTS, TicketState.CANCELLED),
    TicketState.DONE: (TicketState.CLOSED, TicketState.WORKING),
    TicketState.CLOSED: (TicketState.WORKING,),
    TicketState.CANCELLED: (),
    TicketState.MERGED: (TicketState.CANCELLED,),  # it is parted again, or goes with the one that it was merged into
}

#: States in which the clock stands still.
PAUSED = (TicketState.PARTS, TicketState.OWNER)

#: States in which somebody still waits for a repair.
OPEN = (TicketState.SUBMITTED, TicketState.ACCEPTED, TicketState.WORKING, *PAUSED)

#: What people call them.
STATE_WORDS: Mapping[TicketState, str] = {
    TicketState.SUBMITTED: tr("待受理"), TicketState.ACCEPTED: tr("已受理"), TicketState.WORKING: tr("处理中"),
    TicketState.PARTS: tr("待配件"), TicketState.OWNER: tr("待业主"), TicketState.DONE: tr("待评价"),
    TicketState.CLOSED: tr("已关闭"), TicketState.CANCELLED: tr("已取消"), TicketState.MERGED: tr("已合并"),
}  # fmt: skip

#: Characters of the resident's words on a ticket; of more the first and the last ones are kept.
LONGEST = 600

CATEGORY_WORDS: Mapping[str, str] = {
    "water": tr("水管漏水"), "drain": tr("下水道堵塞"), "electric": tr("没电跳闸"), "lighting": tr("灯不亮"), "lift": tr("电梯故障"),
    "door": tr("门窗门锁"), "wall": tr("墙面地面"), "appliance": tr("家电设备"), "network": tr("网络电视"), "other": tr("其他"),
}  # fmt: skip


#: How soon a repair is wanted, by what is kept; what is urgent goes before all of them.
PRIORITIES: Mapping[int, str] = {1: tr("优先"), 0: tr("普通"), -1: tr("不急")}

#: What staff may choose, and what it says of urgency and priority.
LEVELS: Mapping[str, tuple[bool, int, str]] = {
    "urgent": (True, 0, tr("紧急")), "high": (False, 1, tr("优先")), "normal": (False, 0, tr("普通")), "low": (False, -1, tr("不急")),
}  # fmt: skip

#: Why a repair is called off. Staff choose one of those that are theirs.
REASONS: Mapping[str, str] = {
    "duplicate": tr("重复报修"), "settled": tr("住户说好了，不用修"), "elsewhere": tr("不归物业管"), "unreached": tr("联系不上住户"), "other": tr("其他原因"),
}  # fmt: skip
OTHER_REASONS: Mapping[str, str] = {"resident": tr("住户自己取消"), "left": tr("住户已离开"), "silence": tr("一直没有评价")}

#: Why the office gives a ticket to somebody else than whom it was planned for, or who had it. It is kept, and teaches nothing.
OVERRIDES: Mapping[str, str] = {
    "knows": tr("熟悉这一户或上次就是他修的"), "asked": tr("住户点名要的"), "near": tr("人正好在附近"), "busy": tr("原来的人忙不过来"), "absent": tr("原来的人不在"), "several": tr("几件一起派的"), "other": tr("别的原因"),
}  # fmt: skip

#: The kind of task by which those on duty are called.
CALLED_OUT = "repair.urgent"

#: Why the clock stands still, by the state in which it does.
WAITS: Mapping[TicketState, Mapping[str, str]] = {
    TicketState.PARTS: {"ordered": tr("配件已经订了"), "maker": tr("等厂家来人"), "finding": tr("正在找配件")},
    TicketState.OWNER: {"time": tr("约上门时间"), "away": tr("上门时家里没人"), "decide": tr("要您拿主意：怎么修、费用"), "ready": tr("要您先准备好：腾地方、关水电")},
}  # fmt: skip

#: What stands in place of a flat where something is broken that belongs to everybody.
PUBLIC = tr("公共区域")


class Ticket(Scoped, table=True):
    """Something to be repaired."""

    __tablename__ = "repair_ticket"
    __table_args__ = (
        Index("repair_ticket_state", "community_id", "state", "urgent", "priority", "due_at"),
        Index("repair_ticket_opened", "community_id", "opened_at"),
        Index("repair_ticket_due", "community_id", "due_at"),
        Index("repair_ticket_climbs", "community_id", "rung_at"),
        # All that the list is narrowed and searched by, so that whatever is asked reads these few bytes of each and no row.
        Index(
            "repair_ticket_listed",
            "community_id",
            "urgent",
            "priority",
            "due_at",
            "state",
            "category",
            "household_id",
            "assignee_id",
            "opened_at",
            "number",
            "location",
            "said_flat",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(default_factory=ticket_number, unique=True)
    resident_id: int | None = Field(default=None, foreign_key="resident.id", index=True)
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    openid: str | None = Field(default=None, index=True)  # who reported it before it was known who they are
    said_flat: str = ""  # where they said they live, nobody having proven it
    category: str
    location: str
    words: str = sealed("repair_ticket.words")  # the resident's own, one message a line
    urgent: bool = False
    priority: int = 0  # one of PRIORITIES
    appointment_at: datetime | None = maybe_moment()
    phone: str = sealed("repair_ticket.phone")  # the number to call about it, where the resident told one
    state: TicketState = word(TicketState, TicketState.SUBMITTED)
    assignee_id: int | None = Field(default=None, foreign_key="staff.id")
    opened_at: datetime = moment(index=True)
    due_at: datetime = moment(index=True)
    done_at: datetime | None = maybe_moment()
    urged_at: datetime | None = maybe_moment()
    urged: int = 0
    reminded_at: datetime | None = maybe_moment()  # when it was found to be overdue
    clock: dict[str, Any] = json_column(dict)  # how due_at came about (clock.Term); empty for tickets of before it was kept
    rung: int = 0  # rungs of the ladder that were climbed
    rung_at: datetime | None = maybe_moment()  # when the ladder looks at it again; None = it climbs no further
    promised_at: datetime | None = maybe_moment()  # until when it was promised anew, once it was overdue
    paused_at: datetime | None = maybe_moment()  # since when the clock stands still
    pause_reason: str = ""  # why: one of WAITS
    reopened: int = 0
    follows_number: str = ""  # the ticket that it goes on with, which was done too long ago to be opened again
    merged_into_id: int | None = Field(default=None, foreign_key="repair_ticket.id", index=True)
    merged_from: str = ""  # the state to which it goes back when it is parted again
    wishes: list[list[str]] = json_column(list)  # when the resident would like somebody to come: pairs of moments
    agreed_at: datetime | None = (
        maybe_moment()
    )  # when appointment_at was agreed to by the office; None: it is the resident's wish alone
    taken_at: datetime | None = maybe_moment()  # when whoever has it got it
    phoned_id: int | None = Field(default=None, foreign_key="staff.id")  # who was told of it by phone, having no WeChat
    phoned_at: datetime | None = maybe_moment()
    phoned_by_id: int | None = Field(default=None, foreign_key="staff.id")  # who called them
    planned_id: int | None = Field(default=None, foreign_key="staff.id", index=True)  # for whom it is planned while nobody has it
    plan_until: datetime | None = maybe_moment()  # until when that is to be accepted
    plan: dict[str, Any] = json_column(dict)  # why, in figures (dispatching.reason)
    passed: list[int] = json_column(list)  # who let the time go by in which to accept it, by their ids
    offered_at: datetime | None = maybe_moment()  # when all whom it fits were told that the first one has it
    rating: int | None = None
    ended: str = ""  # why it was called off or closed: one of REASONS or OTHER_REASONS
    ended_note: str = sealed("repair_ticket.ended_note")  # what staff wrote to it

    @property
    def subject(self) -> str:
        """What events and photos call the ticket."""
        return f"ticket:{self.number}"

    @property
    def is_proven(self) -> bool:
        """Tell whether it is known who reported it, and from which flat."""
        return self.household_id is not None

    def place_of(self, flat: Household | None) -> str:
        """Return the flat for staff: the one on the roster, or what was said and not proven."""
        if flat is None and self.said_flat == PUBLIC:
            return PUBLIC
        return flat.label if flat else tr("{said_flat}（未核实）", said_flat=self.said_flat or tr("没说住哪"))

    @property
    def level(self) -> str:
        """How soon it is wanted: one of LEVELS."""
        return "urgent" if self.urgent else {1: "high", -1: "low"}.get(self.priority, "normal")

    @property
    def what(self) -> str:
        """Place and fault in words."""
        return tr("{location}{category}", location=self.location, category=CATEGORY_WORDS.get(self.category, self.category))

    @property
    def called(self) -> str:
        """What one calls it in a sentence: 厨房的报修."""
        return tr("{location}的报修", location=self.location)

    @property
    def quoted(self) -> str:
        """How the resident told it first, short."""
        return shortened(self.words.partition("\n")[0], QUOTED)

    @property
    def phone_end(self) -> str:
        """The last four digits of the number to call, as it is said back where others may read along."""
        return self.phone[-PHONE_END:]

    def add_words(self, said: str) -> None:
        """Keep the resident's own words beside those before; what is said twice stands once."""
        self.words = joined(self.words, said, LONGEST)

    def may_become(self, state: TicketState) -> bool:
        """Tell whether `state` may follow."""
        return state in FOLLOWS[self.state]


class TicketNote(Scoped, table=True):
    """One line of a ticket's timeline, written by staff; `told` ones are seen by the resident."""

    __tablename__ = "repair_note"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="repair_ticket.id", index=True)
    at: datetime = moment()
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    text: str = sealed("repair_note.text")
    told: bool = True


class Payer(StrEnum):
    """Who pays."""

    COMMUNITY = "community"
    RESIDENT = "resident"


#: What people call them.
PAYER_WORDS: Mapping[Payer, str] = {Payer.COMMUNITY: tr("物业承担"), Payer.RESIDENT: tr("住户承担")}


class TicketCost(Scoped, table=True):
    """One line of what a repair costs: material or work."""

    __tablename__ = "repair_cost"
    __table_args__ = (Index("repair_cost_noted", "community_id", "at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="repair_ticket.id", index=True)
    at: datetime = moment()
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    what: str = sealed("repair_cost.what")
    number: int = 1
    fen: int = 0  # for one of them
    payer: Payer = word(Payer, Payer.COMMUNITY)

    @property
    def total(self) -> int:
        """What all of them cost, in fen."""
        return self.number * self.fen


def yuan(fen: int) -> str:
    """Return an amount as people write it: 12.50 元."""
    return tr("{fen:,}.{fen2:02d} 元", fen=fen // 100, fen2=fen % 100)
