"""How long patrols are kept; no row is a resident's."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col

from bot.contract import Personal, Resident, Retention, Rows, Work, tr
from integrations.patrols.models import PatrolVisit
from integrations.patrols.settings import Settings


def export(_work: Work, _resident: Resident) -> Mapping[str, Any]:
    """Return nothing: patrols hold nothing of residents."""
    return {}


def erase(_work: Work, _resident: Resident) -> None:
    """Delete nothing: patrols hold nothing of residents."""


RETAIN = Retention(
    what=tr("巡检记录"), lives=lambda work: timedelta(days=work.settings(Settings).keep_days), setting="LINLI_PATROLS_KEEP_DAYS", why=tr("设施出事时查得到谁看过"),
    rows=(Rows(PatrolVisit, lambda before: (col(PatrolVisit.at) < before,)),),
)  # fmt: skip

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,))
