"""Forgetting the check-ins of somebody who left."""

from sqlmodel import col, delete

from bot.model import Resident
from bot.plugin import Work
from integrations.health.models import CheckIn


def erase(work: Work, resident: Resident) -> None:
    """Delete all check-ins of a resident; the event log keeps only that there were some."""
    work.session.exec(delete(CheckIn).where(col(CheckIn.resident_id) == resident.id))
