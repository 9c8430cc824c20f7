"""Which rows of a service are a person's: what the person may read, what goes when they leave, what is forgotten with time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from bot.contract.jobs import Job
from bot.contract.work import Work
from bot.store import handoffs, people
from bot.store.conversations import Line
from bot.store.people import Binding, Resident
from bot.store.photos import Photo
from bot.store.tasks import Task

if TYPE_CHECKING:
    from bot.contract.integration import Integration

#: How often rows are looked through that have lived long enough. Far shorter than any of them lives, for a process that is
#: started anew each night ticks no day through.
FORGETTING = timedelta(hours=1)

_SPEAKERS = {"resident": "居民", "bot": "机器人", "staff": "物业"}


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long rows of a kind live. `forget(work, now - lives)` deletes or empties what is older and returns how many."""

    what: str  # 体温和症状, for the page that tells residents
    lives: timedelta | Callable[[Work], timedelta]  # as it is, or by the settings
    forget: Callable[[Work, Any], int]

    def term(self, work: Work) -> timedelta:
        """Return how long they live here."""
        return self.lives if isinstance(self.lives, timedelta) else self.lives(work)


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What a service does with a person's rows.

    `export`: everything that is theirs, as JSON with names people read. `erase`: called when they have left; deletes it or takes
    the person out of it, and ends what they could still do (open passes). `retain`: how long rows live.
    """

    export: Callable[[Work, Resident], Mapping[str, Any]]
    erase: Callable[[Work, Resident], None]
    retain: Sequence[Retention] = ()


def persons(work: Work, openid: str) -> list[Resident]:
    """Return whose rows an account may dispose of: everybody it is or was bound to, but whom another account speaks for now."""
    return [one for one in people.ever_bound(work.session, openid) if one.openid in (None, openid)]


def export(work: Work, resident: Resident) -> dict[str, Any]:
    """Return all that is known of a person, as JSON with names people read: the core's own and that of every service."""
    found = _own(work, resident)
    for service in work.context.services.integrations:
        if service.personal is not None:
            found |= service.personal.export(work, resident)
    return found


def forgetting(integration: "Integration") -> list[Job]:
    """Return the jobs that forget what has lived long enough, one for each kind of rows: where one fails the others go on."""
    kept = integration.personal.retain if integration.personal else ()
    return [
        Job(name=f"forget {integration.name} {number}", every=FORGETTING, run=partial(_forget, one))
        for number, one in enumerate(kept)
    ]


def _forget(retention: Retention, work: Work) -> None:
    retention.forget(work, work.now - retention.term(work))


def _own(work: Work, resident: Resident) -> dict[str, Any]:
    bindings = work.session.exec(select(Binding).where(Binding.resident_id == resident.id).order_by(col(Binding.id))).all()
    return {
        "姓名": resident.name, "电话": resident.phone, "住址": work.household(resident).label, "标签": list(resident.tags),
        "绑定微信": [{"从": _time(one.bound_at), "到": _time(one.ended_at) if one.ended_at else ""} for one in bindings],
        "对话": [
            {"时间": _time(line.at), "谁": _SPEAKERS.get(line.speaker, line.speaker), "内容": line.text}
            for one in bindings for line in _lines(work, one)
        ],
        "转给物业的事": [
            {"编号": one.number, "时间": _time(one.opened_at), "事情": one.title, "您说的话": handoffs.words(one), "结果": one.outcome}
            for binding in bindings for one in _handed(work, binding)
        ],
        "照片": [{"时间": _time(photo.taken_at), "编号": photo.public_id} for one in bindings for photo in _photos(work, one)],
    }  # fmt: skip


def _lines(work: Work, binding: Binding) -> Sequence[Line]:
    """Return what was said while a binding held: the same WeChat account may have been somebody else's before."""
    said = select(Line).where(
        Line.openid == binding.openid, Line.at >= binding.bound_at, Line.at <= (binding.ended_at or work.now)
    )
    return work.session.exec(said.order_by(col(Line.id))).all()


def _handed(work: Work, binding: Binding) -> Sequence[Task]:
    mine = select(Task).where(
        Task.openid == binding.openid, Task.kind == handoffs.KIND, col(Task.opened_at) >= binding.bound_at,
        col(Task.opened_at) <= (binding.ended_at or work.now),
    )  # fmt: skip
    return work.session.exec(mine.order_by(col(Task.id))).all()


def _photos(work: Work, binding: Binding) -> Sequence[Photo]:
    until = binding.ended_at or work.now
    taken = select(Photo).where(Photo.openid == binding.openid, Photo.taken_at >= binding.bound_at, Photo.taken_at <= until)
    return work.session.exec(taken.order_by(col(Photo.id))).all()


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
