"""What check-ins are kept for, and what goes when the consent to it is taken back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlmodel import col, delete, or_, select

from bot.contract import Purpose, Resident, Work, consents, tr
from integrations.health import tasks
from integrations.health.models import CheckIn, Stated, TookPart
from integrations.health.reports import Report
from integrations.health.settings import Settings

#: What goes. Whoever is short of breath is not let down.
KEPT = tr("体温和症状，连同因此请人联系您的待办（喘不上气的除外）")

#: How a task ends whose consent is taken back.
WITHDRAWN = tr("本人撤回了同意，不用联系")


#: How one calls one's own children and grandchildren: all of them share one consent.
CHILDREN = tuple("儿子 女儿 闺女 孙子 孙女 外孙 外孙女 宝宝 娃 娃娃 囡囡 大宝 小宝 二宝 三宝 丫头 小囡 幺儿 幺女".split())


def facts(work: Work) -> Mapping[str, Any]:
    """Return what the question says: for how many days a check-in is kept."""
    return {"days": work.settings(Settings).keep_days}


def end(work: Work, resident: Resident) -> int:
    """Delete what somebody has told of themselves and their family, and what the family has told of them; returns how many rows.

    Tasks forget what was told, too, and those that are open are called off.
    """
    for who in filter(None, (resident.openid, resident.about)):
        tasks.forget(work, who, why=WITHDRAWN)
    leave(work, or_(col(TookPart.resident_id) == resident.id, col(TookPart.reporter_id) == resident.id))
    mixed_up = update(CheckIn).where(col(CheckIn.was_of_id) == resident.id).values(was_of_id=None)
    work.session.execute(mixed_up.execution_options(synchronize_session="fetch"))
    theirs = or_(col(CheckIn.resident_id) == resident.id, col(CheckIn.reporter_id) == resident.id)
    return int(getattr(work.session.execute(delete(CheckIn).where(theirs)), "rowcount", 0))


def end_for_children(work: Work, resident: Resident) -> int:
    """Delete what somebody has told of children, by whatever name; returns how many rows."""
    told = work.session.exec(select(CheckIn).where(CheckIn.reporter_id == resident.id)).all()
    given = {one.key for one in consents.ever(work, resident, MINORS)}
    young = {one.person for one in told if one.consent_id in given}
    if resident.openid:
        tasks.forget(work, resident.openid, of=lambda word: word in young or Report(who=word).is_child, why=WITHDRAWN)
    children = [one for one in told if one.person and (one.person in young or Report(who=one.person).is_child)]
    named = {one.person for one in children}
    leave(work, (col(TookPart.reporter_id) == resident.id) & col(TookPart.person).in_(named) & (col(TookPart.person) != ""))
    for one in children:
        work.session.delete(one)
    return len(children)


def leave(work: Work, theirs: Any) -> None:
    """Take people out of the campaigns they took part in: what they answered, and that they did."""
    mine = select(TookPart.id).where(theirs)
    work.session.execute(delete(Stated).where(col(Stated.answer_id).in_(mine)).execution_options(synchronize_session="fetch"))
    work.session.execute(delete(TookPart).where(theirs).execution_options(synchronize_session="fetch"))


CHECK_IN = Purpose(
    name="health", title=tr("健康打卡"), version=1, asks="health.consent", kept=KEPT, facts=facts, end=end, called=("健康", "打卡", "体温", "症状"),
    with_it=("minors",), intents=("health.checkin",), why="health.why",
)  # fmt: skip

MINORS = Purpose(
    name="minors", title=tr("孩子的健康打卡"), version=1, asks="health.consent_child", kept=tr("孩子的体温和症状，连同因此请人联系您的待办（喘不上气的除外）"),
    end=end_for_children, called=("孩子", "小孩", "儿童", "未成年人", "监护人", *CHILDREN), as_guardian=True,
    intents=("health.checkin", "health.young"), why="health.why_child",
)  # fmt: skip

ALL = (CHECK_IN, MINORS)
