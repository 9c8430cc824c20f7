"""All who booked, in a list that can be searched and taken along as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import Cell, Choice, Column, Days, Desk, Household, Listing, register, tr
from integrations.clinic import places
from integrations.clinic.console import SEE
from integrations.clinic.models import OPEN, Booking, Session, State
from integrations.clinic.personal import WORDS

#: What bookings may be narrowed to.
STATES: Mapping[str, str] = {
    "open": tr("还没看的"), "waiting": tr("排队中"), "came": tr("到了"), "missed": tr("没来"), "cancelled": tr("住户取消"), "called_off": tr("卫生站取消"),
}  # fmt: skip

#: The colour of a state.
TONES: Mapping[State, str] = {
    State.BOOKED: "blue",
    State.WAITING: "yellow",
    State.OFFERED: "yellow",
    State.CAME: "green",
    State.MISSED: "red",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A booking with its session and flat."""

    made: Booking
    of: Session
    flat: str


def _stands(desk: Desk, state: str) -> ColumnElement[bool]:
    if state == "open":
        return col(Booking.state).in_(OPEN) & (col(Session.ends_at) > desk.now)
    return col(Booking.state) == State(state)


def _find(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    return [col(Booking.household_id).in_(flats), col(Session.doctor).contains(word, autoescape=True)]


def _load(desk: Desk, found: Sequence[Booking]) -> list[Row]:
    homes = desk.session.exec(select(Household).where(col(Household.id).in_({one.household_id for one in found}))).all()
    those = desk.session.exec(select(Session).where(col(Session.id).in_({one.session_id for one in found}))).all()
    flats, of = {one.id: one.label for one in homes}, {one.id: one for one in those}
    return [Row(made=one, of=of[one.session_id], flat=flats.get(one.household_id, "")) for one in found]


def _reads(desk: Desk, rows: Sequence[Row]) -> None:
    desk.read(SEE, *(row.made.subject for row in rows))


LIST = Listing(
    name="clinic_bookings",
    title=tr("卫生站预约"),
    path="/clinic/bookings",
    need=SEE,
    unit=tr("个"),
    table=Booking,
    key=lambda row: str(row.made.number),
    key_column=Booking.number,
    order="starts",
    opens=("patient",),
    beside=((Session, col(Session.id) == col(Booking.session_id)),),
    columns=(
        Column(name="starts", title=tr("看诊"), says=lambda desk, row: row.of.starts_at, sort=(Session.starts_at,)),
        Column(name="doctor", title=tr("医生"), says=lambda desk, row: Cell(words=places.called(row.of), small=row.of.room), filed=lambda desk, row: places.called(row.of)),
        Column(name="patient", title=tr("给谁约的"), says=lambda desk, row: row.made.patient),
        Column(name="flat", title=tr("住户"), says=lambda desk, row: row.flat),
        Column(name="state", title=tr("状态"), says=lambda desk, row: Cell(words=WORDS[row.made.state], tone=TONES.get(row.made.state, "secondary"))),
        Column(name="made", title=tr("预约时间"), says=lambda desk, row: row.made.made_at, sort=(Booking.made_at,), is_filed_only=True),
    ),
    filters=(
        Choice(name="state", title=tr("状态"), options=lambda desk: STATES, fits=_stands, usual="open"),
        Days(name="starts", title=tr("看诊"), column=Session.starts_at),
    ),
    find=_find,
    finds=tr("房号、住户姓名、给谁约的、医生"),
    load=_load,
    reads=_reads,
    tabs=((tr("当天和以后的场次"), "/clinic"),),
    live="clinic",
    empty=(tr("还没有人约"), tr("居民在微信里说“约周三上午的医生”，预约就会出现在这里。")),
)  # fmt: skip
