"""Who could take a repair: by what they can do, whether they are on duty, and how much they have in hand, with the reason in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from bot.contract import Desk, Role, Staff, duty, tr, tr_all
from integrations.repairs.models import OPEN, PAUSED, Ticket

#: Words of skills by the fault that they are for.
SKILLS: Mapping[str, Sequence[str]] = {
    "water": ("水电", "水暖", "管道", "水管", "水"), "drain": ("疏通", "管道", "水电", "下水"), "electric": ("电工", "水电", "强电"),
    "lighting": ("电工", "水电", "灯"), "lift": ("电梯",), "door": ("门窗", "锁", "木工"), "wall": ("瓦", "泥", "木工", "装修", "油漆"),
    "appliance": ("家电", "电器", "空调"), "network": ("网络", "弱电", "监控"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who could take a repair; `skill`: what of theirs fits, `held`: tickets they have in hand that do not wait for parts or the resident."""

    member: Staff
    skill: str
    is_on_duty: bool
    held: int

    @property
    def reason(self) -> str:
        """Why them, in one line: 会水电，在班，手上 2 件."""
        load = tr("手上 {held} 件", held=self.held) if self.held else tr("手上没有活")
        skill = tr("会{skill}", skill=self.skill) if self.skill else ""
        return tr_all("，", filter(None, (skill, tr("在班") if self.is_on_duty else "", load)))


def candidates(desk: Desk, category: str) -> list[Candidate]:
    """Return who could take a repair, the best first: who can do it, is on duty, has least in hand."""
    counted = (
        select(Ticket.assignee_id, func.count(col(Ticket.id)))
        .where(col(Ticket.state).in_(OPEN), col(Ticket.state).not_in(PAUSED), col(Ticket.assignee_id).is_not(None))
        .group_by(col(Ticket.assignee_id))
    )
    held = dict(desk.session.exec(counted).all())
    on_duty = {watch.staff.id for watch in duty.now_on(desk.session, desk.now, "repair.urgent")}
    members = desk.session.exec(
        select(Staff).where(col(Staff.disabled_at).is_(None), col(Staff.role).not_in((Role.GUARD, Role.CITY)))
    ).all()
    found = [
        Candidate(
            member=one, skill=fitting(one.skills, category), is_on_duty=one.id in on_duty, held=held.get(one.id, 0)
        )
        for one in members
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.skill, not one.is_on_duty, one.held, one.member.name))


def fitting(skills: Sequence[str], category: str) -> str:
    """Return the skill by which somebody can mend a kind of fault; empty where they have none."""
    return next((skill for word in SKILLS.get(category, ()) for skill in skills if word in skill), "")
