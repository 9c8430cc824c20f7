"""Forgetting the visitors of somebody who left."""

from sqlmodel import select

from bot.model import Resident
from bot.plugin import Work
from integrations.visitor_passes.models import Pass, PassState


def erase(work: Work, resident: Resident) -> None:
    """Take names, phones and plates out of a resident's passes, and cancel those still open; the gate's figures stay."""
    for found in work.session.exec(select(Pass).where(Pass.resident_id == resident.id)).all():
        found.visitor_name, found.phone, found.plate = "", "", ""
        if found.state is PassState.ACTIVE:
            found.state = PassState.CANCELLED
        work.session.add(found)
