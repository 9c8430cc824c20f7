"""How long what is people's own is kept: each kind with its term, what falls due, and when it was last forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contract import Desk, Page, View, page, personal
from bot.contract.keeping import KEPT
from bot.contract.personal import Retention
from bot.translation import tr

#: How far the page looks ahead.
SOON, LATER = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of rows, as the page shows it."""

    kept: Retention
    service: str
    days: int
    soon: int
    later: int
    last_at: datetime | None
    last_rows: int


@page("GET", "/keeping", need="keeping.view", title=tr("信息保存期限"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show all kinds, those of the core last."""
    kinds = [
        _kind(desk, service.title, name, kept)
        for service in desk.context.services.integrations for name, kept in personal.retentions(service).items()
    ]  # fmt: skip
    return View("console/keeping.html", {"kinds": kinds, "kept": KEPT})


def _kind(desk: Desk, service: str, name: str, kept: Retention) -> Kind:
    last = personal.last_forgotten(desk, name)
    return Kind(
        kept=kept, service=service, days=kept.term(desk).days, soon=kept.due(desk, SOON), later=kept.due(desk, LATER),
        last_at=last.at if last else None, last_rows=int(last.data.get("rows", 0)) if last else 0,
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (show,)
