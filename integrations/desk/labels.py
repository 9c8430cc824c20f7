"""Labels of talks: the community's own words, put on and taken off, and kept as a list."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, delete
from sqlalchemy import select as sql_select
from sqlmodel import col, select

from bot.contract import Conversation, Desk, Page, Redirect, Refusal, page, tr
from integrations.desk.models import TalkLabel, TalkLabelled

#: Characters of a label, and labels that a community may have.
LONGEST, MOST = 12, 40

#: Who may change the lists that all colleagues use.
EDIT = "conversation.words"


def all_of(desk: Desk) -> Sequence[TalkLabel]:
    """Return the community's labels by name."""
    return desk.session.exec(select(TalkLabel).order_by(TalkLabel.name)).all()


def of_talks(desk: Desk, openids: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return the names of the labels of several talks, by account."""
    rows = desk.session.exec(
        select(TalkLabelled.openid, TalkLabel.name).join(TalkLabel, col(TalkLabel.id) == col(TalkLabelled.label_id)).where(col(TalkLabelled.openid).in_(openids))
    ).all()  # fmt: skip
    found: defaultdict[str, list[str]] = defaultdict(list)
    for openid, name in rows:
        found[openid].append(name)
    return {openid: sorted(names) for openid, names in found.items()}


def bearing(label: TalkLabel) -> Select[str]:
    """Return the accounts whose talks bear a label."""
    return sql_select(col(TalkLabelled.openid)).where(col(TalkLabelled.label_id) == label.id)


def named(desk: Desk, key: str) -> TalkLabel | None:
    """Return a label by the id people see."""
    return desk.session.exec(select(TalkLabel).where(TalkLabel.public_id == key)).first()


def put(desk: Desk, talk: Conversation, chosen: Collection[str]) -> None:
    """Let a talk bear these labels and no others."""
    wanted = [one for one in all_of(desk) if one.public_id in chosen]
    desk.session.execute(delete(TalkLabelled).where(col(TalkLabelled.openid) == talk.openid))
    desk.session.add_all(TalkLabelled(openid=talk.openid, label_id=one.id or 0) for one in wanted)


def check(desk: Desk, name: str) -> None:
    """Raise Refusal for a name that no label can have."""
    if not name or len(name) > LONGEST:
        raise Refusal(tr("标签要写 1 到 {LONGEST} 个字，例如：投诉、催物业费。", LONGEST=LONGEST))
    known = all_of(desk)
    if any(one.name == name for one in known):
        raise Refusal(tr("已经有“{name}”这个标签了。", name=name))
    if len(known) >= MOST:
        raise Refusal(tr("最多 {MOST} 个标签。请先去掉一个不用的。", MOST=MOST))


@page("POST", "/labels/{id}/drop", need=EDIT)
def drop(desk: Desk) -> Redirect:
    """Take a label out of the list, and off all talks."""
    label = named(desk, desk.params["id"])
    if label is None:
        raise LookupError(desk.params["id"])
    desk.session.execute(delete(TalkLabelled).where(col(TalkLabelled.label_id) == label.id))
    desk.session.delete(label)
    return Redirect("/console/phrases#labels", tr("去掉了标签“{name}”。", name=label.name))


ROUTES: tuple[Page, ...] = (drop,)
