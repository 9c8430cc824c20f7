"""Which rows of passes are a person's: names, phones and plates of their visitors, and what was said of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, or_, select

from bot.contract import Personal, Resident, Retention, Rows, Work, roster, tr
from integrations.visitor_passes.models import HostAnswer, Pass, PassState, WalkUp
from integrations.visitor_passes.settings import Settings

#: What was told of a visit, and is emptied after a while: the gate's figures stay.
_TOLD = (Pass.visitor_name, Pass.phone, Pass.plate, Pass.words)


_SAID = {HostAnswer.WAITING: "", HostAnswer.YES: "同意", HostAnswer.NO: "不同意"}


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return a resident's passes, oldest first."""
    theirs = work.session.exec(select(Pass).where(Pass.resident_id == resident.id).order_by(col(Pass.id))).all()
    asked = work.session.exec(select(WalkUp).where(WalkUp.answered_by == resident.id).order_by(col(WalkUp.id))).all()
    return {
        "访客": [
            {
                "姓名": one.visitor_name, "电话": one.phone, "车牌": one.plate, "人数": one.people, "您说的": one.words, "通行码": one.code,
                "从": f"{one.starts_at:%Y-%m-%d %H:%M}", "到": f"{one.ends_at:%Y-%m-%d %H:%M}",
            }
            for one in theirs
        ],
        "回答过门岗的来客": [
            {"来客": one.who, "车牌": one.plate, "人数": one.people, "您的回答": _SAID[one.answer], "您说的": one.words, "时间": f"{one.answered_at or one.asked_at:%Y-%m-%d %H:%M}"} for one in asked
        ],
    }  # fmt: skip


def erase(work: Work, resident: Resident) -> None:
    """Take names, phones, plates and words out of a resident's passes, and cancel those still open; the gate's figures stay."""
    for found in work.session.exec(select(Pass).where(Pass.resident_id == resident.id)).all():
        found.visitor_name, found.phone, found.plate, found.words = "", "", "", ""
        if found.state is PassState.ACTIVE:
            found.state = PassState.CANCELLED
        work.session.add(found)
    flats = [flat.key for _, flat in roster.residences_of(work.session, resident)]
    for said in work.session.exec(select(WalkUp).where(col(WalkUp.household_id).in_(flats), col(WalkUp.words) != "")).all():
        said.words = ""  # whose of those at home they were, no row knows
        work.session.add(said)
    for one in work.session.exec(select(WalkUp).where(WalkUp.answered_by == resident.id)).all():
        one.who, one.plate, one.words, one.answered_by = "", "", "", None
        work.session.add(one)


RETAIN = Retention(
    what=tr("访客的姓名、电话、车牌"), lives=lambda work: timedelta(days=work.settings(Settings).keep_days),
    setting="LINLI_VISITOR_PASSES_KEEP_DAYS", why=tr("到访结束后算起"),
    rows=(Rows(
        Pass, lambda before: (col(Pass.ends_at) < before, or_(*(column != "" for column in map(col, _TOLD)))),
        {"visitor_name": "", "phone": "", "plate": "", "words": ""},
    ), Rows(
        WalkUp, lambda before: (col(WalkUp.asked_at) < before, or_(col(WalkUp.who) != "", col(WalkUp.plate) != "", col(WalkUp.words) != "", col(WalkUp.answered_by).is_not(None))),
        {"who": "", "plate": "", "words": "", "answered_by": None},
    )),
)  # fmt: skip

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,))
