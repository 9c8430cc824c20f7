"""What residents can ask for: a place, when it is, another time, none after all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.contract import Ask, HandOver, Reply, Turn, action, amends
from integrations.clinic import bookings, places
from integrations.clinic.models import OPEN, Booking, Session, State
from integrations.clinic.settings import Settings

#: What is said of a place that somebody has.
_TOLD = "patient doctor at room"


@dataclass(frozen=True, kw_only=True)
class Place:
    """For whom and when; `session` is picked from the menu."""

    when: datetime | None = None
    patient: str | None = None
    session: str | None = None


@action(
    "medical.appointment", Place,
    replies={
        "pick": "patient", "one": "patient", "other_day": "patient", "not_booked": "patient", "done": f"{_TOLD} hours", "queued": f"{_TOLD} place hold",
        "again": _TOLD, "limit": "most", "over": "",
    },
)  # fmt: skip
def appointment(turn: Turn, slots: Place) -> Reply | Ask:
    """Show the sessions that may be meant, and take a place of the one that is picked: nothing is booked that was not read first.

    Where the station has none a person sees to it.
    """
    sessions, person = places.ahead(turn), bookings.patient(turn, slots.patient)
    if not sessions:
        return HandOver()
    if slots.session:
        picked = next((one for one in sessions if one.public_id == slots.session), None)
        return _booked(turn, picked, person) if picked is not None else Reply("over", ok=False)
    half = bookings.half_of(turn.said)
    found = bookings.meant(sessions, None if half else slots.when, turn.said)
    if half:
        found = [one for one in found if bookings.is_in(half, one)] or found
    shown = (found or sessions)[: places.OFFERED]
    if len(found) == 1 and bookings.picks(turn.said):  # of those that were shown just now: 上午那个, 周五下午那个吧
        return _booked(turn, found[0], person)
    name = "other_day" if not found else "one" if len(shown) == 1 else "pick"
    return Ask(
        slot="session", name=name, options={one.public_id: bookings.label(turn, one) for one in shown}, values={"patient": person}, called_off="not_booked",
        agreed=shown[0].public_id if name == "one" else "",
    )  # fmt: skip


def _booked(turn: Turn, session: Session, person: str) -> Reply:
    theirs = bookings.of_flat(turn, turn.home)
    had = next((one for one, of in theirs if of.id == session.id and one.patient == person), None)
    if had is not None:
        return Reply(
            "again", ok=False, about=had.subject, called=bookings.called(turn, had, session), **places.said(turn, had, session)
        )
    settings = turn.settings(Settings)
    booking = bookings.book(turn, session, person)
    if booking is None:
        return Reply("limit", ok=False, most=settings.flat_holds)
    more: dict[str, Any] = {"hours": settings.cancel_hours}
    if booking.state is State.WAITING:
        more = {"place": places.position(turn, booking), "hold": _in_words(settings.hold_minutes)}
    return Reply(
        "queued" if booking.state is State.WAITING else "done", about=booking.subject, called=bookings.called(turn, booking, session),
        **places.said(turn, booking, session), **more,
    )  # fmt: skip


def _in_words(minutes: int) -> str:
    return f"{minutes // 60} 小时" if minutes % 60 == 0 else f"{minutes} 分钟"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is said to be another way: 改到周五, 给我妈约的."""

    when: datetime | None = None
    patient: str | None = None


@amends(
    "medical.appointment", Changes,
    replies={"changed": _TOLD, "no_such": "sessions", "full": _TOLD, "choose": "sessions", "late": "what hours", "gone": ""},
)  # fmt: skip
def change(turn: Turn, about: str, slots: Changes) -> Reply:
    """Move what was booked, or say for whom else it is; where several sessions may be meant, nothing changes and they are told."""
    mine = next(((one, of) for one, of in bookings.open_ones(turn) if one.subject == about), None)
    if mine is None:
        return Reply("gone", ok=False)
    booking, session = mine
    if slots.patient:
        booking.patient = slots.patient
        turn.session.add(booking)
        turn.record("clinic.renamed", booking.subject)
    if slots.when is not None:
        if not bookings.is_in_time(turn, session):
            return _late(turn, booking, session)
        others = [one for one in places.ahead(turn) if one.id != session.id]
        found = bookings.meant(others, slots.when, "")
        if len(found) != 1:
            shown = found or others
            return Reply("choose" if found else "no_such", ok=False, about=booking.subject, sessions=_lines(turn, shown))
        return _moved(turn, booking, found[0])
    return _changed(turn, booking, session)


def _lines(turn: Turn, sessions: Sequence[Session]) -> list[str]:
    return [turn.words("· {label}", label=bookings.label(turn, one)) for one in sessions[: places.OFFERED]]


def _late(turn: Turn, booking: Booking, session: Session) -> Reply:
    what = bookings.called(turn, booking, session)
    return Reply("late", ok=False, what=what, hours=turn.settings(Settings).cancel_hours)


def _moved(turn: Turn, booking: Booking, to: Session) -> Reply:
    if not bookings.move(turn, booking, to):
        return Reply("full", ok=False, about=booking.subject, **places.said(turn, booking, to))
    return _changed(turn, booking, to)


def _changed(turn: Turn, booking: Booking, session: Session) -> Reply:
    return Reply(
        "changed", about=booking.subject, called=bookings.called(turn, booking, session), **places.said(turn, booking, session)
    )


@action("medical.mine", replies={"done": "bookings", "none": ""}, shows=True)
def show(turn: Turn, slots: object) -> Reply:
    """List what the flat has: when, for whom, and how far the queue is."""
    found = bookings.open_ones(turn)
    if not found:
        return Reply("none", ok=False)
    about = next((one for one, _ in found if one.subject == turn.about), found[0][0])
    session = next(of for one, of in found if one is about)
    return Reply(
        "done", about=about.subject, called=bookings.called(turn, about, session), bookings=[_line(turn, *pair) for pair in found]
    )


def _line(turn: Turn, booking: Booking, session: Session) -> str:
    stands = ""
    if booking.state is State.WAITING:
        stands = f"，排队第 {places.position(turn, booking)} 位"
    elif booking.state is State.OFFERED:
        stands = f"，有号了，给您留到 {booking.held_until:%H:%M}，回复“要号”"
    return turn.words("· {patient}：{at}，{doctor}，{room}{stands}", **places.said(turn, booking, session), stands=stands)


@dataclass(frozen=True, kw_only=True)
class Moving:
    """Which booking goes where; both may be picked from a menu."""

    when: datetime | None = None
    booking: str | None = None
    session: str | None = None


@action(
    "medical.move", Moving,
    replies={"which": "", "pick": "what", "not_moved": "what", "kept": "", "changed": _TOLD, "full": _TOLD, "late": "what hours", "none": "", "nowhere": "what"},
)  # fmt: skip
def move(turn: Turn, slots: Moving) -> Reply | Ask:
    """Move a booking to the session that is picked; the place it has is kept until another is taken."""
    found = _meant(turn, slots.booking, None)
    if not found:
        return Reply("none", ok=False)
    if len(found) > 1:
        return Ask(slot="booking", name="which", options=_options(turn, found), called_off="kept")
    booking, session = found[0]
    what = bookings.called(turn, booking, session)
    if not bookings.is_in_time(turn, session):
        return _late(turn, booking, session)
    others = [one for one in places.ahead(turn) if one.id != session.id]
    if slots.session:
        picked = next((one for one in others if one.public_id == slots.session), None)
        return _moved(turn, booking, picked) if picked is not None else Reply("nowhere", ok=False, what=what)
    free = [one for one in others if places.is_free(turn, one)]
    shown = (bookings.meant(free, slots.when, turn.said) or free)[: places.OFFERED]
    if not shown:
        return Reply("nowhere", ok=False, what=what)
    return Ask(
        slot="session", name="pick", options={one.public_id: bookings.label(turn, one) for one in shown}, values={"what": what}, called_off="not_moved",
        agreed=shown[0].public_id if len(shown) == 1 else "",
    )  # fmt: skip


def _options(turn: Turn, found: Sequence[tuple[Booking, Session]]) -> dict[str, str]:
    return {one.number: bookings.called(turn, one, of) for one, of in found[: places.OFFERED]}


def _meant(turn: Turn, number: str | None, when: datetime | None) -> Sequence[tuple[Booking, Session]]:
    """Return the bookings that may be meant: the one picked, else those of the day, the one spoken of first."""
    found = bookings.open_ones(turn)
    if number:
        return [pair for pair in found if pair[0].number == number]
    found = [pair for pair in found if when is not None and pair[1].starts_at.date() == when.date()] or found
    return [pair for pair in found if pair[0].subject == turn.about] or found


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """Which booking, by the day or as picked, and the answer to its being read back."""

    when: datetime | None = None
    booking: str | None = None
    sure: bool | str | None = None  # a pick of the menu, or yes or no in other words


@action(
    "medical.cancel", Cancelling,
    replies={"which": "", "kept_all": "", "sure": "what", "unsure": "what", "kept": "what", "done": "what", "none": "", "late": "what hours"},
)  # fmt: skip
def cancel(turn: Turn, slots: Cancelling) -> Reply | Ask:
    """Cancel a booking once it was read back and agreed to; whoever waits gets the place."""
    found = _meant(turn, slots.booking, slots.when)
    if not found:
        return Reply("none", ok=False)
    if len(found) > 1:
        return Ask(slot="booking", name="which", options=_options(turn, found), called_off="kept_all")
    booking, session = bookings.hold(turn, found[0][0]), found[0][1]
    if booking.state not in OPEN:
        return Reply("none", ok=False)
    what = bookings.called(turn, booking, session)
    if booking.state is State.BOOKED and not bookings.is_in_time(turn, session):
        return _late(turn, booking, session)
    if slots.sure is None:
        options = {"yes": "确认取消", "no": "先不取消"}
        return Ask(slot="sure", name="sure", options=options, values={"what": what}, called_off="unsure")
    if slots.sure in {False, "no"}:
        return Reply("kept", ok=False, about=booking.subject, called=what, what=what)
    places.end(turn, booking, State.CANCELLED)
    turn.record("clinic.cancelled", booking.subject)
    return Reply("done", about=booking.subject, called=what, over=True, what=what)


ALL = (appointment, show, move, cancel)
AMENDS = (change,)
