"""The page behind a point's code for whoever scans it with a camera: what it is, the way in for staff, and a form for what is broken there."""

from sqlmodel import select

from bot.contract import Page, Refusal, View, Visit, checked_phone, page, tr, withheld
from integrations.patrols import rounds, shots
from integrations.patrols.models import PatrolPoint

#: Faults that may be told at one point in a day by whoever passes: more is no help.
MOST = 8

#: Longest words of a fault.
LONGEST = 200


@page("GET", "/patrol/{code}")
def show(visit: Visit) -> View:
    """Show what the code is. Opening it notes nothing."""
    return _shown(visit, _point(visit))


def _shown(visit: Visit, point: PatrolPoint, *, number: str = "", fault: str = "") -> View:
    return View(
        "patrols/here.html",
        {
            "point": point, "community": visit.community, "number": number, "fault": fault, "form": visit.form if fault else {}, "longest": LONGEST,
            "staff": f"/console/patrols/at/{point.code}",
        },
        422 if fault else 200,
    )  # fmt: skip


@page("POST", "/patrol/{code}", takes=lambda upload, _form: shots.read(upload))
def report(visit: Visit) -> View:
    """Open a repair at the point for whoever tells that something is broken there."""
    point = _point(visit)
    try:
        words = visit.form.get("words", "").strip()[:LONGEST]
        phone = checked_phone(visit.form["phone"]) if visit.form.get("phone", "").strip() else ""
        if words and not visit.take("patrol.report", MOST, point.code):
            raise Refusal(tr("今天这里已经报了好几次，师傅会去看。急的话请打物业电话。"))
        picture = shots.taken(visit.taken)
        ticket = rounds.report(visit, point, withheld(words), phone=phone)
        if picture is not None:
            visit.keep_picture(picture, ticket, point.subject)
    except Refusal as refusal:
        return _shown(visit, point, fault=str(refusal))
    visit.record("patrol.told_of", point.subject)
    return _shown(visit, point, number=rounds.ticket_number(ticket))


def _point(visit: Visit) -> PatrolPoint:
    point = visit.session.exec(select(PatrolPoint).where(PatrolPoint.code == visit.params["code"])).first()
    if point is None or point.removed_at is not None:
        raise LookupError(visit.params["code"])
    return point


ROUTES: tuple[Page, ...] = (show, report)
