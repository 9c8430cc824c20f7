"""The page of the health station: today's list, the sessions to come, and those who book."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from bot.contract import Desk, Household, Page, Redirect, Refusal, View, page, tr
from integrations.clinic import bookings, places, sessions
from integrations.clinic.models import Booking, Session
from integrations.clinic.personal import WORDS

#: Permissions: read who booked, and change sessions.
SEE, EDIT = "clinic.view", "clinic.edit"

#: Sessions to come that stand on the page; the others are one tap away.
SHOWN = 5


@page("GET", "/clinic", need=SEE, title=tr("卫生站"), nav=tr("服务"))
def show(desk: Desk) -> View:
    """Who comes today, what lies ahead, and a form for one more session."""
    return _show(desk)


def _show(desk: Desk, status: int = 200, **more: Any) -> View:
    today = sessions.of_day(desk, desk.now.date())
    rows = {one.id: _people(desk, one) for one in today}
    desk.read(SEE, *(row["booking"].subject for those in rows.values() for row in those))
    ahead = [one for one in places.ahead(desk) if one.starts_at.date() > desk.now.date()]
    values = {
        "today": [(one, rows[one.id]) for one in today], "ahead": ahead[:SHOWN], "later": ahead[SHOWN:], "waiting": sessions.waiting(desk, [*today, *ahead]),
        "words": WORDS, "opened": next((one.public_id for one in today if one.ends_at > desk.now), today[-1].public_id if today else ""), "may_edit": desk.may(EDIT), "fault": "", "said": sessions.read({}), "blank": sessions.read({}), "edited": "", "now": desk.now,
    }  # fmt: skip
    return View("clinic/sessions.html", {**values, **more}, status)


def _people(desk: Desk, session: Session) -> Sequence[dict[str, Any]]:
    query = (
        select(Booking, Household)
        .join(Household, col(Household.id) == col(Booking.household_id))
        .where(Booking.session_id == session.id, col(Booking.state).in_(sessions.ON_LIST))
        .order_by(col(Booking.id))
    )
    return [{"booking": booking, "flat": flat.label} for booking, flat in desk.session.exec(query).all()]


@page("POST", "/clinic/sessions", need=EDIT)
def add(desk: Desk) -> View | Redirect:
    """Add a session, or one each week for some weeks; what was wrong stays in the fields."""
    try:
        made = sessions.add(desk, desk.form)
    except Refusal as refusal:
        return _show(desk, 422, fault=str(refusal), refusal=refusal, said=sessions.read(desk.form))
    return Redirect("/console/clinic", tr("加好了 {number} 场，住户在微信里就能约。", number=len(made)))


@page("POST", "/clinic/sessions/{id}", need=EDIT)
def edit(desk: Desk) -> View | Redirect:
    """Change a session; who has a place or waits is told."""
    session = _session(desk)
    bookings.require_ahead(session, desk.now)  # its form is gone: a page of its own gives the words back
    try:
        told = sessions.edit(desk, session, desk.form)
    except Refusal as refusal:
        return _show(desk, 422, fault=str(refusal), refusal=refusal, said=sessions.read(desk.form), edited=session.public_id)
    return Redirect("/console/clinic", tr("改好了，告诉了 {told} 位住户。", told=told) if told else tr("改好了。"))


@page("POST", "/clinic/sessions/{id}/cancel", need=EDIT)
def close(desk: Desk) -> Redirect:
    """Call a session off; all who booked are told and offered another."""
    told, untold = sessions.close(desk, _session(desk))
    if untold:
        return Redirect(
            "/console/clinic",
            tr("已取消，告诉了 {told} 位住户。还有 {untold} 位没绑微信，请打电话。", told=told, untold=len(untold)),
        )
    return Redirect("/console/clinic", tr("已取消，告诉了 {told} 位住户。", told=told))


@page("POST", "/clinic/bookings/{number}", need=EDIT)
def mark(desk: Desk) -> Redirect:
    """Write down whether somebody came."""
    booking, session = bookings.find(desk, desk.params["number"])
    sessions.mark(desk, booking, session, desk.form.get("do", ""))
    return Redirect("/console/clinic", tr("已登记：{state}。", state=WORDS[booking.state]))


def _session(desk: Desk) -> Session:
    return places.locked(desk, bookings.find_session(desk, desk.params["id"]).id or 0)


ROUTES: tuple[Page, ...] = (show, add, edit, close, mark)
