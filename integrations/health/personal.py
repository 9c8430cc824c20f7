"""Which rows of check-ins are a person's: all of them, and none lives long."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, select

from bot.contract import Personal, Resident, Retention, Work
from integrations.health.models import CheckIn

#: Longer than any incubation that campaigns have watched for, and no record for later.
LIVES = timedelta(days=90)

#: What it is called where residents are told.
KEPT = "体温和症状"


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return a resident's check-ins, oldest first."""
    theirs = work.session.exec(select(CheckIn).where(CheckIn.resident_id == resident.id).order_by(col(CheckIn.id))).all()
    return {"健康打卡": [{"时间": f"{one.at:%Y-%m-%d %H:%M}", "情况": one.words} for one in theirs]}


def erase(work: Work, resident: Resident) -> None:
    """Delete all check-ins of a resident; the event log keeps only that there were some."""
    work.session.exec(delete(CheckIn).where(col(CheckIn.resident_id) == resident.id))


def forget(work: Work, before: datetime) -> int:
    """Delete the check-ins made before a moment."""
    return int(getattr(work.session.exec(delete(CheckIn).where(col(CheckIn.at) < before)), "rowcount", 0))


PERSONAL = Personal(export=export, erase=erase, retain=(Retention(what=KEPT, lives=LIVES, forget=forget),))
