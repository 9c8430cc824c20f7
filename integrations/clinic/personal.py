"""Which rows of appointments are a person's: for whom they booked, and when."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from bot.contract import Personal, Resident, Retention, Rows, Work, tr
from integrations.clinic import places
from integrations.clinic.models import OPEN, Booking, Session, State
from integrations.clinic.settings import Settings

#: How a booking stands, for people.
WORDS: Mapping[State, str] = {
    State.BOOKED: tr("约好了"), State.WAITING: tr("排队中"), State.OFFERED: tr("等住户答复"), State.CANCELLED: tr("住户取消"), State.LAPSED: tr("没等到"),
    State.CALLED_OFF: tr("卫生站取消"), State.CAME: tr("到了"), State.MISSED: tr("没来"),
}  # fmt: skip


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return what a resident booked, oldest first."""
    theirs = select(Booking, Session).join(Session, col(Session.id) == col(Booking.session_id))
    found = work.session.exec(theirs.where(Booking.resident_id == resident.id).order_by(col(Booking.id))).all()
    return {
        "卫生站预约": [
            {"给谁": one.patient, "医生": places.called(of), "时间": f"{of.starts_at:%Y-%m-%d %H:%M}", "地点": of.room, "状态": str(WORDS[one.state])}
            for one, of in found
        ]
    }  # fmt: skip


def erase(work: Work, resident: Resident) -> None:
    """Delete what a resident booked; places that they still had go to who waits."""
    for one in work.session.exec(select(Booking).where(Booking.resident_id == resident.id)).all():
        if one.state in OPEN:
            places.end(work, one, State.CANCELLED)
            work.session.flush()
        work.session.delete(one)


RETAIN = Retention(
    what=tr("卫生站预约"), lives=lambda work: timedelta(days=work.settings(Settings).keep_days), setting="LINLI_CLINIC_KEEP_DAYS", why=tr("看诊那天算起"),
    rows=(Rows(Booking, lambda before: (col(Booking.session_id).in_(select(Session.id).where(col(Session.ends_at) < before)),)),),
)  # fmt: skip

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,))
