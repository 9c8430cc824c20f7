"""What colleagues noted beside talks of the demo's community before one looks at it, and how they labelled them."""

from collections.abc import Iterator
from functools import partial

from sqlmodel import select

from bot.contract import Episode, Past, Role, Staff, Then
from integrations.desk.models import TalkLabel, TalkLabelled, TalkNote

#: What was noted.
NOTES = (
    "下午打过电话，没人接，明天再打", "住户耳朵不好，请打字说清楚", "物业费已经和财务核对过，七月多收的下月抵扣", "投诉楼上噪音第三次了，已约楼管上门",
    "车位租约月底到期，提醒续签", "装修押金单子在前台第二格",
)  # fmt: skip


def tell(past: Past) -> Iterator[Episode]:
    """Give a note or a label each few days."""
    for at in past.moments(0.5, (9, 18)):
        member = past.one_of(Role.STAFF, Role.MANAGER)
        if member is not None:
            yield at, partial(_note, past=past, text=past.dice.choice(NOTES), member=member)
    for at in past.moments(0.4, (9, 18)):
        yield at, partial(_label, past=past)


def _note(work: Then, *, past: Past, text: str, member: Staff) -> None:
    resident = past.somebody(work.now)
    if resident is not None and resident.openid in work.talks:
        work.later(TalkNote, openid=resident.openid, at=work.now, staff_id=member.id, text=text)


def _label(work: Then, *, past: Past) -> None:
    resident = past.somebody(work.now)
    labels = work.session.exec(select(TalkLabel).order_by(TalkLabel.name)).all()
    if resident is None or resident.openid is None or resident.openid not in work.talks or not labels:
        return
    work.flush()
    key = (resident.openid, past.dice.choice(labels).id or 0)
    if work.session.get(TalkLabelled, key) is None:
        work.session.add(TalkLabelled(openid=key[0], label_id=key[1]))
