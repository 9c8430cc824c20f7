"""Which rows of a service are a person's: what the person may read, what goes when they leave, what is forgotten with time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel, col, select

from bot.contract import accounts
from bot.contract.accounts import say
from bot.contract.jobs import Job
from bot.contract.work import Work
from bot.store import consents, invitations, people, scope
from bot.store.consents import Consent
from bot.store.events import Event
from bot.store.people import Binding, Evidence, Household, Residence, Resident

if TYPE_CHECKING:
    from bot.contract.integration import Integration

#: How often rows are looked through that have lived long enough. Far shorter than any of them lives, for a process that is
#: started anew each night ticks no day through.
FORGETTING = timedelta(hours=1)

#: The event of it.
FORGOTTEN = "privacy.forgotten"


@dataclass(frozen=True)
class Rows:
    """Rows of one table that are older than a moment; deleted, or emptied where others need them: `blank` is column -> value."""

    table: type[SQLModel]
    older: Callable[[datetime], Sequence[ColumnElement[bool]]]
    blank: Mapping[str, Any] = field(default_factory=dict)

    def count(self, work: Work, before: datetime) -> int:
        """Return how many there are."""
        return int(work.session.execute(select(func.count()).select_from(self.table).where(*self.older(before))).scalar_one())

    def forget(self, work: Work, before: datetime) -> int:
        """Delete or empty them; returns how many."""
        change = update(self.table).values(**self.blank) if self.blank else delete(self.table)
        done = work.session.execute(change.where(*self.older(before)).execution_options(synchronize_session=False))
        return int(getattr(done, "rowcount", 0))


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long rows of a kind live: `rows` in the order in which they go."""

    what: str  # 体温和症状, for the page that tells staff
    lives: timedelta | Callable[[Work], timedelta]  # as it is, or by the settings
    rows: Sequence[Rows]
    setting: str = ""  # the one that changes it
    why: str = ""  # why it is kept so long, where that needs a reason
    is_inner: bool = False  # of the works, and no answer to a resident who asks how long theirs is kept

    def term(self, work: Work) -> timedelta:
        """Return how long they live here."""
        return self.lives if isinstance(self.lives, timedelta) else self.lives(work)

    def due(self, work: Work, within: timedelta) -> int:
        """Return how many fall due by then."""
        return sum(one.count(work, work.now + within - self.term(work)) for one in self.rows)

    def forget(self, work: Work) -> int:
        """Forget what has lived long enough; returns how many rows."""
        before = work.now - self.term(work)
        return sum(one.forget(work, before) for one in self.rows)


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What a service does with a person's rows.

    `export`: everything that is theirs, as JSON with names people read. `erase`: called when they have left; deletes it or takes
    the person out of it, and ends what they could still do (open passes). `retain`: how long rows live.

    `export_account` and `erase_account` are the same for rows that know a WeChat account and no resident, because nobody has shown
    yet who it is; rows made after the moment given stay, for whoever left may be back.
    """

    export: Callable[[Work, Resident], Mapping[str, Any]]
    erase: Callable[[Work, Resident], None]
    retain: Sequence[Retention] = ()
    export_account: Callable[[Work, str], Mapping[str, Any]] | None = None
    erase_account: Callable[[Work, str, datetime], None] | None = None


def persons(work: Work, openid: str) -> list[Resident]:
    """Return whose rows an account may dispose of: everybody it is or was bound to, but whom another account speaks for now.

    Among them those who were merged into one of these: some rows stayed with them, but their bindings did not.
    """
    mine = [one for one in people.ever_bound(work.session, openid) if one.openid in (None, openid)]
    return [*mine, *people.also_known(work.session, mine)]


def export(work: Work, resident: Resident) -> dict[str, Any]:
    """Return all that is known of a person, as JSON with names people read: the core's own and that of every service."""
    found = _own(work, resident)
    for service in work.context.services.integrations:
        if service.personal is not None:
            found |= service.personal.export(work, resident)
    return found


def everything(work: Work, openid: str) -> dict[str, Any]:
    """Return all that is known of whoever holds an account: what is kept by account, and of each person it speaks for."""
    account = accounts.export(work, openid)
    with scope.everywhere(work.session):  # an account that moved on left rows behind where it was
        for service in work.context.services.integrations:
            if service.personal is not None and service.personal.export_account is not None:
                account |= service.personal.export_account(work, openid)
    return {"微信账号": account, "住户": [_as_far_as_shown(work, one, export(work, one)) for one in persons(work, openid)]}


#: What shows to the office who somebody is, and not only that they know a few digits or have a code.
_LOOKED_AT = (Evidence.STAFF, Evidence.ROSTER)


def _as_far_as_shown(work: Work, resident: Resident, found: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of somebody, of the number on record only the end where nobody has looked who has the account.

    Four digits let in whoever says that they are that person: the whole number was never shown to be theirs.
    """
    held = people.binding_of(work.session, resident)
    if held is not None and held.evidence in _LOOKED_AT:
        return found
    number = str(found.get("电话", ""))
    digits = [sign for sign in number if sign.isdigit()]
    if len(digits) <= _ENDING:
        return found
    whole = work.words(
        "{end}（完整号码请带证件到物业前台查，电话 {community.phone}）", end=f"{''.join(digits[:3])}****{''.join(digits[-4:])}"
    )
    return {**found, "电话": str(whole)}


#: Digits of a number that are told.
_ENDING = 7


def forgetting(integration: "Integration") -> list[Job]:
    """Return the jobs that forget what has lived long enough, one for each kind of rows: where one fails the others go on."""
    return [
        Job(name=f"forget {name}", every=FORGETTING, run=partial(_forget, one, name))
        for name, one in retentions(integration).items()
    ]


def retentions(integration: "Integration") -> Mapping[str, Retention]:
    """Return what a service keeps for a while, by the name that events give it."""
    kept = integration.personal.retain if integration.personal else ()
    return {f"{integration.name}-{number}": one for number, one in enumerate(kept)}


def terms(work: Work) -> Sequence[tuple[timedelta, Sequence[str]]]:
    """Return how long residents' own is kept, the longest first, each with what is kept so long: as the page of terms has it."""
    found: dict[timedelta, list[str]] = {}
    for service in work.context.services.integrations:
        for one in retentions(service).values():
            if not one.is_inner:
                found.setdefault(one.term(work), []).append(one.what)
    return sorted(found.items(), reverse=True)


def _forget(retention: Retention, name: str, work: Work) -> None:
    if rows := retention.forget(work):
        work.record(FORGOTTEN, f"kept:{name}", rows=rows)


def last_forgotten(work: Work, name: str) -> Event | None:
    """Return the event of when rows of a kind were last forgotten."""
    mine = select(Event).where(Event.kind == FORGOTTEN, Event.subject == f"kept:{name}")
    return work.session.exec(mine.order_by(col(Event.id).desc()).limit(1)).first()


def _own(work: Work, resident: Resident) -> dict[str, Any]:
    session = work.session
    bindings = session.exec(select(Binding).where(Binding.resident_id == resident.id).order_by(col(Binding.id))).all()
    held = [(one.openid, one.bound_at, one.ended_at or work.now) for one in bindings]
    talks = [accounts.talk(work, openid, since, until) for openid, since, until in held]
    return {
        "姓名": resident.name, "电话": resident.phone, "住址": work.household(resident).label, "标签": list(resident.tags),
        "住过": [_residence(one, flat) for one, flat in people.residences_of(session, resident)],
        "绑定微信": [{"从": say(one.bound_at), "到": say(one.ended_at), "凭": people.EVIDENCE_WORDS[one.evidence]} for one in bindings],
        "同意": [_consent(work, one) for one in consents.of(session, resident)],
        "没有同意": [{"用途": _purpose(work, one.purpose), "时间": say(one.at)} for one in consents.refusals(session, resident)],
        "邀请家人的码": [{"给": one.called, "时间": say(one.made_at), "到": say(one.ended_at or one.expires_at)} for one in invitations.of(session, resident)],
        "谁看过": accounts.readers(work, [resident.about]),
        "收到的通知": [one for one in accounts.notices(work, resident)],
        **{name: [row for talk in talks for row in talk[name]] for name in ("对话", "回复通知的话", "转给物业的事", "照片", "物业发来的图片")},
    }  # fmt: skip


def _residence(one: Residence, flat: Household) -> Mapping[str, str]:
    moved = {"从": str(one.moved_in or ""), "到": str(one.moved_out or "")}
    if one.let_go_at is not None:
        moved["解除绑定"] = say(one.let_go_at)
    return {"住址": flat.label, "身份": people.RESIDENT_ROLE_WORDS[one.role], "凭": people.EVIDENCE_WORDS[one.evidence], **moved}


def _consent(work: Work, one: Consent) -> Mapping[str, Any]:
    words = {"原话": one.words, "版本": one.version, "以监护人身份": one.as_guardian}
    return {"用途": _purpose(work, one.purpose), **words, "同意时间": say(one.given_at), "撤回时间": say(one.withdrawn_at)}


def _purpose(work: Work, name: str) -> str:
    known = work.context.services.purposes.get(name)
    return known.title if known is not None else name
