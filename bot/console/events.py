"""The audit log: who did what, when."""

from sqlmodel import col, select

from bot.model import Event
from bot.plugin import Desk, Page, View, page, row_id

#: Events on one page.
SHOWN = 100


@page("GET", "/audit", need="audit.view", title="记录", nav=True)
def show(desk: Desk) -> View:
    """Show the latest events; ?before= goes further back."""
    query = select(Event).order_by(col(Event.id).desc()).limit(SHOWN)
    before = row_id(desk.query.get("before", ""))
    if before is not None:
        query = query.where(col(Event.id) < before)
    rows = desk.session.exec(query).all()
    return View("console/audit.html", {"rows": rows, "before": rows[-1].id if len(rows) == SHOWN else None})


ROUTES: tuple[Page, ...] = (show,)
