"""Which rows of passes are a person's: names, phones and plates of their visitors, and what was said of them."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from bot.contract import Personal, Resident, Work
from integrations.visitor_passes.models import Pass, PassState


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return a resident's passes, oldest first."""
    theirs = work.session.exec(select(Pass).where(Pass.resident_id == resident.id).order_by(col(Pass.id))).all()
    return {
        "访客": [
            {
                "姓名": one.visitor_name, "电话": one.phone, "车牌": one.plate, "人数": one.people, "您说的": one.words, "通行码": one.code,
                "从": f"{one.starts_at:%Y-%m-%d %H:%M}", "到": f"{one.ends_at:%Y-%m-%d %H:%M}",
            }
            for one in theirs
        ]
    }  # fmt: skip


def erase(work: Work, resident: Resident) -> None:
    """Take names, phones, plates and words out of a resident's passes, and cancel those still open; the gate's figures stay."""
    for found in work.session.exec(select(Pass).where(Pass.resident_id == resident.id)).all():
        found.visitor_name, found.phone, found.plate, found.words = "", "", "", ""
        if found.state is PassState.ACTIVE:
            found.state = PassState.CANCELLED
        work.session.add(found)


PERSONAL = Personal(export=export, erase=erase)
