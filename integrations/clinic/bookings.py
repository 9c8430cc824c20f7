"""What a flat has booked: made, moved, found again, and for whom."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Household, Refusal, Turn, Work, roster, tr
from integrations.clinic import places
from integrations.clinic.models import OPEN, Booking, Session, State
from integrations.clinic.settings import Settings

#: Who books for nobody else and has no name on the roster.
SELF = "您本人"

#: From this hour on it is afternoon.
NOON = 12

#: What a day is called beside its date: 明天（3月12日 周四）.
_CALENDAR = re.compile(r"（\d+月[^（）]*）")

#: Shortest part of what a session offers by which it is meant: 血压 of 量血压.
_SHORTEST = 2


def patient(turn: Turn, kin: str | None) -> str:
    """Return whom a place is for: somebody of the flat named in what was said, a relation, else who writes."""
    at_home = [one.name for one in roster.people_of(turn.session, turn.home) if one.name and one.id != turn.me.id]
    named = next((name for name in sorted(at_home, key=len, reverse=True) if name in turn.said), "")
    known = (
        roster.by_public_id(turn.session, turn.ask_for("family.called", word=kin).partition(":")[2])
        if kin and not named
        else None
    )
    return named or (known.name if known is not None else "") or kin or turn.me.name or SELF


def meant(sessions: Sequence[Session], when: datetime | None, said: str) -> Sequence[Session]:
    """Return the sessions that may be meant by a day, a half of it, a doctor or what it is for; all where nothing was said of it."""
    found = [one for one in sessions if when is None or one.starts_at.date() == when.date()]
    if when is not None and (when.hour or when.minute):
        half = [one for one in found if (one.starts_at.hour < NOON) == (when.hour < NOON)]
        found = [one for one in half if one.starts_at <= when < one.ends_at and when.minute] or half or found
    found = [one for one in found if one.doctor in said] or found
    return [one for one in found if _offered_in(one, said)] or found


#: One of what was shown, by its half of the day alone: 上午那个, 就下午的吧.
_HALF = re.compile(
    r"(?:就|要|我要|那就|选)?(?P<half>早上|上午|早晨|中午|下午|晚上|傍晚)(?:的)?(?:那个|那场|那一?个|那一?场|的|场)?(?:吧|好了|好|行)?[。!！]*"
)

#: One of what was shown is meant, and no wish anew.
_PICKS = re.compile(r"那个|那场|那一场|(?:^|[，,])就.+(?:吧|了|好)[。!！]*$|的那个")


def half_of(said: str) -> str:
    """Return the half of a day that is said alone after sessions were shown; empty for all other words."""
    if "\n" not in said:
        return ""
    found = _HALF.fullmatch(said.rpartition("\n")[2].strip())
    return "" if found is None else "morning" if found["half"] in ("早上", "上午", "早晨") else "afternoon"


def is_in(half: str, session: Session) -> bool:
    """Tell whether a session begins in a half of the day."""
    return (session.starts_at.hour < NOON) == (half == "morning")


def picks(said: str) -> bool:
    """Tell whether the last words pick one of what was shown before."""
    before, _, last = said.rpartition("\n")
    return bool(before) and (half_of(said) != "" or _PICKS.search(last.strip()) is not None)


def _offered_in(session: Session, said: str) -> bool:
    """Tell whether words name something that a session offers: 量血压, 打疫苗; of a part of it two signs are enough."""
    parts = re.split(r"[、，,/ ]", session.offers)
    return any(len(part) >= _SHORTEST and (part in said or part[-_SHORTEST:] in said) for part in parts)


def label(turn: Turn, session: Session) -> str:
    """Return what the menu says of a session."""
    left = session.places - session.taken
    told = places.said_of(turn, session)
    stands = f"还有 {left} 个号" if places.is_free(turn, session) else "满了，可以排队"
    return f"{told['at']} {told['doctor']}，{stands}"


def book(turn: Turn, session: Session, person: str) -> Booking | None:
    """Take a place, or a place in the queue where none is free; None where the flat has as many as it may, or the session is over."""
    home = turn.home
    places.lock_flat(turn, home)
    session = places.locked(turn, session.id or 0)
    if places.held_by(turn, home) >= turn.settings(Settings).flat_holds:
        return None
    has_place = places.is_free(turn, session) and places.take(turn, session)
    booking = Booking(
        session_id=session.id or 0, resident_id=turn.me.key, household_id=home.key, patient=person, made_at=turn.now,
        state=State.BOOKED if has_place else State.WAITING, queued_at=None if has_place else turn.now,
        reminded_at=turn.now if is_soon(session, turn.now) else None,
    )  # fmt: skip
    turn.session.add(booking)
    turn.session.flush()
    turn.record("clinic.booked" if has_place else "clinic.queued", booking.subject)
    return booking


def is_soon(session: Session, now: datetime) -> bool:
    """Tell whether a session is so near that the evening's reminder has gone out: whoever books then has just read when it is."""
    eve = session.starts_at.replace(hour=places.REMINDED_FROM, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return now >= eve


def move(turn: Turn, booking: Booking, to: Session) -> bool:
    """Take a place of another session and give the one before back; False, and nothing changed, where none is free."""
    for one in sorted(
        {booking.session_id, to.id or 0}
    ):  # always in this order, so that two who change places do not stop each other
        places.locked(turn, one)
    booking = _as_it_is(turn, booking)
    if booking.state not in OPEN or not places.is_free(turn, to) or not places.take(turn, to):
        return False
    before, had = booking.session_id, booking.state in (State.BOOKED, State.OFFERED)
    booking.session_id, booking.state, booking.held_until, booking.queued_at = to.id or 0, State.BOOKED, None, None
    booking.reminded_at = turn.now if is_soon(to, turn.now) else None
    turn.session.add(booking)
    turn.session.flush()
    if had:
        places.give_back(turn, before)
    turn.record("clinic.moved", booking.subject)
    return True


def open_ones(turn: Turn) -> Sequence[tuple[Booking, Session]]:
    """Return what the flats of a resident have in sessions to come, the next first."""
    homes = [flat.key for flat in roster.homes(turn.session, turn.me)]
    return _open(turn, homes)


def _open(work: Work, homes: Sequence[int]) -> Sequence[tuple[Booking, Session]]:
    query = (
        select(Booking, Session)
        .join(Session, col(Session.id) == col(Booking.session_id))
        .where(col(Booking.household_id).in_(homes), col(Booking.state).in_(OPEN), col(Session.starts_at) > work.now)
        .order_by(col(Session.starts_at), col(Booking.id))
    )
    return [(booking, session) for booking, session in work.session.exec(query).all()]


def of_flat(work: Work, home: Household) -> Sequence[tuple[Booking, Session]]:
    """Return what one flat has in sessions to come."""
    return _open(work, [home.key])


def hold(turn: Turn, booking: Booking) -> Booking:
    """Return a booking as it is now, locked until the commit; the session before, as whoever gives its places does."""
    places.locked(turn, booking.session_id)
    return _as_it_is(turn, booking)


def _as_it_is(turn: Turn, booking: Booking) -> Booking:
    wanted = select(Booking).where(Booking.id == booking.id).with_for_update()
    return turn.session.exec(wanted.execution_options(populate_existing=True)).one()


def called(turn: Turn, booking: Booking, session: Session) -> str:
    """Return what one calls a booking in a sentence: 陈建国明天8:30看王医生的号."""
    when = _CALENDAR.sub("", turn.words("{t}", t=session.starts_at))
    return f"{booking.patient}{when}看{session.doctor}的号"


def is_in_time(turn: Turn, session: Session) -> bool:
    """Tell whether residents may still cancel or move what they have there."""
    return session.starts_at - turn.now >= turn.settings(Settings).cancel_before


def find_session(work: Work, key: str) -> Session:
    """Return a session by its public id; raises LookupError."""
    found = work.session.exec(select(Session).where(Session.public_id == key)).first()
    if found is None:
        raise LookupError(key)
    return found


def find(work: Work, number: str) -> tuple[Booking, Session]:
    """Return a booking by its number, with its session locked; raises LookupError."""
    booking = work.session.exec(select(Booking).where(Booking.number == number)).first()
    if booking is None:
        raise LookupError(number)
    return booking, places.locked(work, booking.session_id)


def require_ahead(session: Session, now: datetime) -> None:
    """Raise Refusal for a session that is over or was called off."""
    if session.cancelled_at is not None or session.starts_at <= now:
        raise Refusal(tr("这一场已经开始或取消了，不能再改。"))
