"""Which rows of check-ins are a person's: all they told of themselves and their family, and what the family told of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, or_, select

from bot.contract import Personal, Resident, Retention, Rows, Work, tr
from integrations.health import care, purposes, relations, tasks, visits
from integrations.health.models import (
    Called,
    CareAbsence,
    CareDay,
    CareInvite,
    CareProof,
    CareWish,
    CheckIn,
    Reminder,
    Stand,
    Stated,
    TookPart,
)
from integrations.health.settings import Settings

#: What it is called where residents are told.
KEPT = tr("体温和症状")


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return the check-ins of a resident and those they told, oldest first."""
    told = or_(col(CheckIn.resident_id) == resident.id, col(CheckIn.reporter_id) == resident.id)
    theirs = work.session.exec(select(CheckIn).where(told).order_by(col(CheckIn.id))).all()
    wishes = work.session.exec(select(CareWish).where(CareWish.resident_id == resident.id)).all()
    asked = [{"时间": f"{one.at:%Y-%m-%d %H:%M}", "想要": one.wants} for one in wishes]
    days = work.session.exec(select(CareDay).where(CareDay.resident_id == resident.id).order_by(col(CareDay.id))).all()
    away = work.session.exec(
        select(CareAbsence).where(CareAbsence.resident_id == resident.id).order_by(col(CareAbsence.id))
    ).all()
    found = work.session.exec(
        select(CareProof).where(col(CareProof.day_id).in_([one.id for one in days])).order_by(col(CareProof.id))
    ).all()
    part = or_(TookPart.resident_id == resident.id, TookPart.reporter_id == resident.id)
    took = work.session.exec(select(TookPart).where(part).order_by(col(TookPart.id))).all()
    stated = work.session.exec(
        select(Stated).where(col(Stated.answer_id).in_([one.id for one in took])).order_by(col(Stated.id))
    ).all()
    mine = or_(CareInvite.from_id == resident.id, CareInvite.elder_id == resident.id, CareInvite.to_id == resident.id)
    invites = work.session.exec(select(CareInvite).where(mine).order_by(col(CareInvite.id))).all()
    mean = or_(Called.resident_id == resident.id, Called.person_id == resident.id)
    means = (
        select(Called, Resident.name)
        .join(Resident, col(Resident.id) == col(Called.person_id))
        .where(mean)
        .order_by(col(Called.id))
    )
    return {
        "家里人的称呼": [
            {"称呼": one.word, "是谁": name, "谁说的": "本人" if one.resident_id == resident.id else "家里人"}
            for one, name in work.session.exec(means).all()
        ],
        "健康登记": [
            {"哪天": str(one.day), "谁": one.person or "本人或家人", "怎么样": campaign_words(one.stand)} for one in took
        ],
        "健康登记答的问题": [{"时间": f"{one.at:%Y-%m-%d %H:%M}", "答": one.said} for one in stated],
        "请人答应照看": [
            {"时间": f"{one.at:%Y-%m-%d %H:%M}", "什么": INVITES.get(one.kind, one.kind), "答应": one.agreed} for one in invites
        ],
        "请人问候的约定": asked,
        "报平安": [{"哪天": str(one.day), "怎么知道的": visits.SIGN_WORDS.get(one.sign, "没有消息")} for one in days],
        "不在家": [{"从": str(one.begins), "到": str(one.ends)} for one in away],
        "上门看到的": [{"时间": f"{one.at:%Y-%m-%d %H:%M}", "情况": one.words} for one in found],
        "健康打卡": [{"时间": f"{one.at:%Y-%m-%d %H:%M}", "谁": one.person or "本人", "情况": one.words} for one in theirs],
    }


def campaign_words(stand: str) -> str:
    """Return how somebody took part, in words."""
    return (
        {Stand.TOLD: "报了", Stand.UNMEASURED: "没量", Stand.ABSENT: "没人在或没接"}.get(Stand(stand), "")
        if stand in set(Stand)
        else ""
    )


INVITES: Mapping[str, str] = {"parent": "开通报平安", "neighbour": "没有消息时去敲门"}


def erase(work: Work, resident: Resident) -> None:
    """Delete all check-ins of a resident, and those they told; the event log keeps only that there were some."""
    purposes.end(work, resident)
    care.end(work, resident)
    relations.end(work, resident)
    work.session.execute(delete(Reminder).where(col(Reminder.resident_id) == resident.id))


def erase_account(work: Work, openid: str, until: datetime) -> None:
    """Call off who was to be called, and forget how they were: whoever has gone waits for nobody."""
    tasks.forget(work, openid, why=tr("居民已离开"))
    care.forget(work, openid, tr("居民已离开"))


def lives(work: Work) -> timedelta:
    """Return how long a check-in lives."""
    return work.settings(Settings).lives


RETAIN = Retention(
    what=KEPT,
    lives=lives,
    setting="LINLI_HEALTH_KEEP_DAYS",
    rows=(
        Rows(Stated, lambda before: (col(Stated.at) < before,)),
        Rows(Reminder, lambda before: (col(Reminder.at) < before,)),
        Rows(TookPart, lambda before: (col(TookPart.at) < before, col(TookPart.id).not_in(select(Stated.answer_id)))),
        Rows(CheckIn, lambda before: (col(CheckIn.at) < before,)),
    ),
)

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN, care.RETAIN_DAYS, care.RETAIN), erase_account=erase_account)
