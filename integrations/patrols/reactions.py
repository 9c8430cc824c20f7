"""How a repair that came of a patrol stands, brought back to where the fault was found."""

from sqlalchemy import bindparam
from sqlmodel import select

from bot.contract import Happening, Lookup, Work, on, tr
from integrations.patrols.models import PatrolVisit

#: What of a repair's events says how it stands, in words.
STATES = {
    "repair.opened": tr("已报修"), "repair.accepted": tr("已受理"), "repair.assigned": tr("已派单"), "repair.working": tr("在修"), "repair.parts": tr("等配件"), "repair.owner": tr("等答复"),
    "repair.done": tr("修好了"), "repair.closed": tr("修好了"), "repair.cancelled": tr("取消了"), "repair.reopened": tr("没修好，又开了"), "repair.merged": tr("和别的报修一起修"),
}  # fmt: skip


_THOSE = Lookup(select(PatrolVisit).where(PatrolVisit.ticket == bindparam("ticket")))


def follow(work: Work, happening: Happening) -> None:
    """Keep how the repair stands by now."""
    for visit in _THOSE.all(work.session, ticket=happening.subject):
        visit.ticket_state = happening.kind.partition(".")[2]
        work.session.add(visit)


def say(state: str) -> str:
    """Return how a repair stands, in words."""
    return STATES.get(f"repair.{state}", "")


ALL = tuple(on(kind)(follow) for kind in STATES)
