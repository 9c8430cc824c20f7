"""What all work is done with: one transaction, one moment, one community."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from bot.contract import telling
from bot.contract.happenings import Happening, Reaction
from bot.contract.log import Subject
from bot.contract.office import Office
from bot.errors import Refusal
from bot.keys import Keys
from bot.language import large
from bot.language.disclosure import Health
from bot.language.files import Intent
from bot.language.known import Known
from bot.language.phrases import fill
from bot.pictures import keep
from bot.sealed import Search as Sought
from bot.store import (
    claims,
    conversations,
    effects,
    events,
    limits,
    moving,
    notices,
    objections,
    outbox,
    people,
    photos,
    scenes,
    scope,
    sealing,
    tasks,
)
from bot.store.claims import Claim
from bot.store.communities import Community
from bot.store.events import Event
from bot.store.outbox import Delivery, Ways
from bot.store.people import Evidence, Household, Resident, ResidentRole
from bot.store.photos import Photo
from bot.store.staff import ROLE_WORDS, by_logins
from bot.store.tasks import Task
from bot.translation import tr

if TYPE_CHECKING:
    from bot.contract.effects import Performer
    from bot.contract.integration import Services

#: How long links sent in the chat open.
LINK_LIVES = timedelta(days=30)

#: Photos sent shortly before or during a form belong to what it opens.
PHOTO_BELONGS = timedelta(minutes=15)

#: Finds what may answer a text at a moment, among what these communities know.
Search = Callable[[str, datetime, Collection[int] | None], Sequence[Known]]

#: Reactions that set each other off stop here.
DEEPEST = 8

#: Said to who asks for what only those who live here have.
NO_FLAT = tr("请先绑定住址，例如发送：我住3栋2单元501。")

#: Said where an account would get a flat that does not know it.
UNKNOWN = tr("这一户说过不认识这个微信。确认是家里人，请物业先在那一户的页面把它从“拦住的微信”里去掉，再来办。")

#: Said where an account would be bound to a row that has just become another person's.
MERGED = tr("这位住户的两条记录刚刚合并了。请再说一次，或刷新页面再选一次。")

#: Who sees that a service failed.
WATCH = "service.watch"

#: How the file of a photo is called.
_SHA256 = re.compile("[0-9a-f]{64}")

log = structlog.get_logger(__name__)

M = TypeVar("M", bound=BaseModel)


def _find_nothing(_text: str, _now: datetime, _communities: Collection[int] | None) -> Sequence[Known]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Context:
    """What stays the same from one piece of work to the next."""

    community: Community
    keys: Keys
    base_url: str  # https://…, without a slash at the end
    messages: Mapping[str, str]  # the words of `tell`, by name
    services: "Services"
    neighbours: tuple[Community, ...] = ()  # all communities of the same account, this one among them
    usual_office: Office = field(default_factory=Office)  # of communities that have written no hours of their own
    search: Search = _find_nothing  # among what the communities know
    ways: Ways = field(default_factory=Ways)  # how the community's account reaches people outside of the 48 hours
    intents: Mapping[str, Intent] = field(default_factory=dict)  # those in force, by id: what they are called, what they save
    health: Health | None = None  # knows words of health, for `Desk.veil`
    photos: Path | None = None  # the folder of the photos that were fetched
    is_demo: bool = False  # nobody lives here: what stands in for hardware may be tried

    @cached_property
    def office(self) -> Office:
        """When this community's office is open."""
        return self.usual_office.in_community(self.community.office_hours, self.community.office_days)

    def words(self, template: str, now: datetime, **values: Any) -> str:
        """Fill a phrase; it may also use {community.name}, {community.phone}, {community.address} and {community.hours}."""
        return fill(template, {**self.facts, **values}, now)

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """What every phrase may say of the community, by its placeholder."""
        known = {f"community.{name}": getattr(self.community, name) for name in ("name", "phone", "address")}
        return {**known, "community.hours": self.office.in_words()}

    def of(self, community: Community) -> "Context":
        """Return the same for another community."""
        return self if community.id == self.community.id else replace(self, community=community)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of a timeline: when, in words, and who did it."""

    at: datetime
    words: str
    actor: str
    kind: str


@dataclass(kw_only=True)
class Work:
    """One transaction's worth of work for one community, whose rows alone its session sees; also what a job gets."""

    session: Session
    now: datetime
    context: Context
    by: str = "system"  # who does this where it is nobody in particular
    _depth: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        if self.session is not None and self.context is not None:  # words alone need neither
            scope.enter(self.session, self.community.key)
            events.listen(self.session, self._react)

    @property
    def actor(self) -> str:
        """Who does this, for the event log."""
        return self.by

    @property
    def community(self) -> Community:
        """The community all of this is for."""
        return self.context.community

    def settings(self, kind: type[M]) -> M:
        """Return the service's settings, by their model."""
        return self.context.services.settings_of(kind)

    # -- the log

    def record(self, kind: str, subject: str = "", **data: Any) -> None:
        """Write an event: audit, live console and figures read it, other services react. `data` holds no names, phones or texts."""
        self.context.services.require_emitted(kind, data)
        events.record(self.session, self.now, kind, subject=subject, actor=self.actor, **data)

    def timeline(self, subject: str) -> list[Moment]:
        """Return what happened to a subject such as ticket:K3M9, oldest first, in words; unknown kinds of events are left out."""
        happened = self.session.exec(select(Event).where(Event.subject == subject).order_by(col(Event.id))).all()
        who, named = self.names({event.actor for event in happened}), self.staff_named(happened)
        return [
            Moment(at=event.at, words=words, actor=who[event.actor], kind=event.kind)
            for event in happened if (words := self.context.services.say(event, self.now, named))
        ]  # fmt: skip

    def staff_named(self, happened: Iterable[Event]) -> Mapping[str, str]:
        """Return the names of those of the staff whom events are about, by their logins."""
        logins = {str(event.data["staff"]) for event in happened if event.data.get("staff")}
        return {login: one.name for login, one in by_logins(self.session, logins).items()} if logins else {}

    def who(self, actor: str) -> str:
        """Return who an event's `actor` is, for staff: 陈管家（员工）, 3栋2单元501 陈建国（居民）."""
        return self.names([actor])[actor]

    def names(self, actors: Iterable[str]) -> Mapping[str, str]:
        """Return who the actors of several events are, asked for at once."""
        wanted = {actor: actor.partition(":")[::2] for actor in actors}
        staff = by_logins(self.session, {name for kind, name in wanted.values() if kind == "staff"})
        those = people.by_public_ids(self.session, {name for kind, name in wanted.values() if kind == "resident"})
        flats = people.flats_of(self.session, those.values())

        def said(kind: str, name: str) -> str:
            match kind:
                case "staff":
                    return (
                        tr("{name}（{role}）", name=staff[name].name, role=ROLE_WORDS[staff[name].role])
                        if name in staff
                        else name
                    )
                case "machine":
                    return tr("设备或外部系统")
                case events.COMMAND_LINE:
                    return tr("命令行")
                case "resident" if name in those:
                    lives = f"{flats[those[name].household_id].label} {those[name].name}".rstrip()
                    return tr("{name}（居民）", name=lives)
                case "resident":
                    return tr("打开链接的人") if name == "link" else tr("未绑定的居民")
            return tr("系统")

        return {actor: said(kind, name) for actor, (kind, name) in wanted.items()}

    def in_words(self, subjects: Iterable[str]) -> Mapping[str, Subject]:
        """Return what several subjects such as ticket:K3M9 are, in words; those of a kind are asked for at once."""
        parted = {subject: subject.partition(":")[::2] for subject in subjects}
        names: dict[str, set[str]] = {}
        for kind, name in parted.values():
            names.setdefault(kind, set()).add(name)
        knows = self.context.services.subjects
        words = {kind: knows[kind](self, those) for kind, those in names.items() if kind in knows}
        return {subject: words[kind][name] if kind in words else Subject(name) for subject, (kind, name) in parted.items()}

    def page_of(self, subject: str) -> str:
        """Return the console page that shows a subject such as task:K3M9; empty where no service has one."""
        return self.in_words([subject])[subject].path

    # -- people

    def household(self, resident: Resident) -> Household:
        """Return the flat of a resident."""
        return self.session.get_one(Household, resident.household_id)

    def settle(
        self, flat: Household, *, name: str = "", role: ResidentRole = ResidentRole.FAMILY, phone: str = "",
        evidence: Evidence = Evidence.STAFF,
    ) -> Resident:  # fmt: skip
        """Put a new person on the roster of a flat; whoever is there already is bound or moved in instead."""
        return people.settle(
            self.session, flat, name=name, role=role, phone=phone, evidence=evidence, on=self.now.date()
        )  # fmt: skip

    def move_in(
        self,
        resident: Resident,
        flat: Household,
        role: ResidentRole,
        evidence: Evidence = Evidence.STAFF,
        *,
        on: date | None = None,
    ) -> None:
        """Let somebody who is known belong to one more flat, since today unless another day is told; raises Refusal where it does not know them."""
        self._require_known(resident, [flat.key])
        people.move_in(self.session, resident, flat, role, evidence=evidence, on=on or self.now.date())
        self.record("resident.moved_in", resident.about, household=flat.key, evidence=evidence)

    def come_back(self, resident: Resident, flat: Household) -> None:
        """Take back that somebody moved out: they live there as they did, and since when they did."""
        self._require_known(resident, [flat.key])
        lives = people.come_back(self.session, resident, flat)
        self.record("resident.moved_in", resident.about, household=flat.key, evidence=lives.evidence)

    def move_out(self, resident: Resident, flat: Household, reason: str = "", *, on: date | None = None) -> None:
        """Let somebody belong to a flat no more, from today on or another day; with the last one their WeChat account is let go, too.

        It is recorded here, for whoever lets them go: services end what this flat gave them (`on("resident.moved_out")`).
        """
        is_homeless = people.move_out(self.session, resident, flat, on or self.now.date())
        self.keep_back(resident)
        self.record("resident.moved_out", resident.about, household=flat.key, **({"reason": reason} if reason else {}))
        if is_homeless and resident.openid:
            self.unbind(resident, reason or "moved_out")

    def let_go(self, resident: Resident, flat: Household, reason: str = "") -> None:
        """Let somebody's account speak for one of their flats no more; with the last one it goes. Who lives there stays as it is.

        It is recorded here, for whoever lets it go: services end what this flat gave them (`on("resident.let_go")`).
        """
        speaks_for_none = people.let_go(self.session, resident, flat, self.now)
        self.keep_back(resident)
        self.record("resident.let_go", resident.about, household=flat.key, **({"reason": reason} if reason else {}))
        if speaks_for_none and resident.openid:
            self.unbind(resident, reason)

    def bind(self, resident: Resident, openid: str, evidence: Evidence = Evidence.STAFF, reason: str = "") -> None:
        """Let a WeChat account belong to a resident, whose community it speaks with from now on; what it claimed before is dropped.

        Raises Refusal where somebody has another account, also one that was bound this moment, where they were merged into somebody
        else this moment, and where a flat of theirs does not know this one: it would speak for that flat. It is recorded here: services give the person what the account did before it was known whose it is
        (`on("resident.bound")`). `reason` stands in the log: `undone` where its end is taken back.
        """
        self.hold(openid)
        self.session.refresh(resident, with_for_update=True)
        if resident.merged_into_id is not None:
            raise Refusal(MERGED)
        if resident.openid not in (None, openid):
            raise Refusal(tr("{name}已经绑定了另一个微信。换手机的，请先解除旧的绑定。", name=resident.name or "这位居民"))
        if people.lives_where_unknown(self.session, resident, openid):
            raise Refusal(UNKNOWN)
        people.bind(self.session, resident, openid, self.now, evidence)
        moving.place(self.session, openid, self.community.key)
        claims.drop(self.session, openid)
        self.record(
            "resident.bound",
            resident.about,
            household=resident.household_id,
            evidence=evidence,
            **({"reason": reason} if reason else {}),
        )

    def unbind(self, resident: Resident, reason: str = "") -> None:
        """Let a resident's WeChat account go; what they said under it stays theirs until it is erased.

        It is recorded here, for whoever lets them go: services end what the flat gave them (`on("resident.unbound")`).
        """
        people.unbind(self.session, resident, self.now)
        self.record("resident.unbound", resident.about, **({"reason": reason} if reason else {}))

    def keep_back(self, resident: Resident) -> None:
        """Send no notice that waits to somebody whom it is for no more; whose account was let go is told nothing anyway (outbox.claim)."""
        notices.keep_back(self.session, resident, self.now, self.audience)

    def hold(self, openid: str) -> None:
        """Let nobody else bind or let go of an account until this transaction ends: another waits, and then sees what was done."""
        conversations.hold(self.session, openid)

    def object_to(self, openid: str, flat: Household, reason: str = "objected") -> None:
        """Keep an account from a flat until staff let it in again: a household, or staff for it, say that they do not know it.

        `reason` stands in the log: `blocked` where it was the staff.

        Whoever the roster has in the flat stays on it, without the account; whoever was let in goes out of it, and keeps the account for
        their other flats. Without a flat the account still says that it lives there, as anybody may: a fault or a fire is looked for there,
        and nothing else is open to it. What it was asked before is asked no more.
        """
        self.hold(openid)
        objections.object_to(self.session, openid, flat.key, self.now)
        claims.drop(self.session, openid)
        resident = people.bound(self.session, openid)
        lives = people.residence(self.session, resident, flat) if resident else None
        if resident is None or lives is None or not lives.is_current or lives.let_go_at is not None:
            return
        if lives.evidence is Evidence.ROSTER:
            self.unbind(resident, reason)
        else:
            self.move_out(resident, flat, reason)
        if resident.openid is None:
            claims.claim(self.session, openid, (flat.building, flat.unit, flat.room), flat, self.now)
            conversations.leave_open(self.session, openid)

    def _require_known(self, resident: Resident, flats: Collection[int]) -> None:
        if resident.openid and objections.flats_against(self.session, resident.openid).intersection(flats):
            raise Refusal(UNKNOWN)

    def take(self, kind: str, most: int, key: str) -> bool:
        """Count one more of a kind for a key today; False, and nothing counted, where there were `most` already."""
        return limits.take(self.session, kind, key, most, self.now)

    def give_back(self, kind: str, key: str) -> None:
        """Take back one that was counted today and, as it turned out, was none."""
        limits.give_back(self.session, kind, key, self.now)

    def digest(self, words: str, search: Sought) -> str:
        """Return the keyed hash by which a sealed value is found (`digest_of`)."""
        return sealing.digest(self.session, search.of(words), search)

    def audience(self, tag: str, of: str = "") -> Sequence[int] | None:
        """Return the ids of the residents that a service knows by `tag`, and `of` what it asks for beside it; None where none offers it."""
        offered = self.context.services.audiences.get(tag)
        if offered is None or (of and not offered.asks):
            return None
        return offered.run(self, of)

    def photos_of(self, subject: str) -> Sequence[Photo]:
        """Return the photos that belong to a subject such as ticket:K3M9, oldest first."""
        return self.session.exec(select(Photo).where(Photo.subject == subject).order_by(col(Photo.id))).all()

    def keep_picture(self, picture: bytes, subject: str, sender: str) -> Photo:
        """Keep a picture that a page took (`pictures.read`) as a photo of a subject; `sender` says who sent it, as an event's actor does."""
        folder = self.context.photos
        if folder is None:
            raise Refusal(tr("这里没有开通照片，请在微信里发。"), field="picture")
        photo = Photo(
            openid=sender, media_id="", taken_at=self.now, state="stored", sha256=keep(picture, folder), subject=subject
        )
        self.session.add(photo)
        self.session.flush()
        self.record("photo.stored", subject)
        return photo

    def picture_of(self, photo: Photo) -> bytes:
        """Return the picture of a photo, a JPEG; raises LookupError for one that was not fetched yet, or is gone."""
        folder = self.context.photos
        if folder is None or not _SHA256.fullmatch(photo.sha256):
            raise LookupError(photo.public_id)
        try:
            return (folder / f"{photo.sha256}.jpg").read_bytes()
        except FileNotFoundError:
            raise LookupError(photo.public_id) from None

    def words(self, template: str, **values: Any) -> str:
        """Fill a phrase, as `Context.words` does. In a value of another phrase it keeps its links, as does a list of such lines."""
        return self.context.words(template, self.now, **values)

    def tell(
        self, to: Resident | str | None, message: str, *, url: str = "", heading: str = "", urgent: bool = False, **values: Any
    ) -> Delivery | None:
        """Queue the message of that name for a resident or an openid, in this transaction, and write it down in the talk; its {url}
        becomes `url`.

        `heading` stands in a template message, which has room for a few words; what is `urgent` goes before all that waits.
        Returns None when nobody can be told: a resident who has not bound.
        """
        promised = self.context.services.tells.get(message)
        require_promised(f"tell({message!r})", promised, {**values, **({"url": url} if url else {})})
        openid = to.openid if isinstance(to, Resident) else to
        if not openid:
            return None
        text = self.words(self.context.messages[message], url=url, **values)
        if conversations.is_large(self.session, openid):
            text, url = large.say(text), large.with_big_pages(url)
        conversations.say(self.session, openid, "bot", text, self.now)
        return outbox.queue(self.session, openid, text, self.now, url=url, title=heading, urgent=urgent)

    def link(self, path: str, lives: timedelta = LINK_LIVES) -> str:
        """Return the address of a resident's page, such as link("/passes/K3M9"), that opens until it expires."""
        full = f"/p{path}"
        seal = self.context.keys.seal_link(full, self.now + lives, self.community.key)
        return f"{self.context.base_url}{full}?k={seal}"

    # -- tasks

    def assign(
        self, kind: str, need: str, title: str, *, urgent: bool = False, openid: str | None = None,
        household: Household | None = None, subject: str = "", **data: Any,
    ) -> Task:  # fmt: skip
        """Open a task for whoever of the staff has the permission `need`.

        `subject`: what it is about; `finish` closes all tasks about it. A kind with a ladder is told to those on duty at once.
        """
        climbs = self.context.services.ladder(kind) is not None
        task = tasks.open(
            self.session, self.now, kind=kind, need=need, title=title, urgent=urgent, openid=openid,
            household_id=household.id if household else None, subject=subject, data=data, climbs=climbs,
            actor=self.actor if self.actor.startswith("staff:") else "system",  # whoever reports something opens no task
        )  # fmt: skip
        if climbs:
            telling.begin(self, task)
        return task

    def finish(self, subject: str, outcome: str) -> None:
        """Close all open tasks about a subject, which is settled by this."""
        for task in tasks.about(self.session, subject):
            tasks.close(self.session, task, self.now, outcome, actor=self.actor)

    def call_off(self, task: Task, outcome: str) -> None:
        """Close one task of which nothing is left to do."""
        tasks.close(self.session, task, self.now, outcome, actor=self.actor)

    def reopen(self, task: Task) -> None:
        """Open a closed task again; one with a ladder is told anew."""
        climbs = self.context.services.ladder(task.kind) is not None
        tasks.reopen(self.session, task, self.now, self.actor, climbs=climbs)
        if climbs:
            telling.begin(self, task)

    # -- what other services do for this one

    def ask_for(self, what: str, **values: Any) -> str:
        """Have another service do something in this transaction, such as open a repair; returns the subject of what came of it.

        Empty where no service that is loaded does such a thing: whoever asks needs another way then.
        """
        serve = self.context.services.served.get(what)
        return serve(self, values) if serve is not None else ""

    def hang(self, code: str, kind: str, label: str) -> None:
        """Let a code that WeChat reads begin what `kind` is for, at a place: one of intents/_scenes.yaml. A `code` that hangs elsewhere by now moves."""
        scenes.hang(self.session, code, kind, label, self.now)

    def take_down(self, code: str) -> None:
        """Let a code begin nothing any more."""
        scenes.take_down(self.session, code)

    # -- what happens after the commit

    def perform(self, performer: "Performer", *, key: str, subject: str = "", **payload: Any) -> bool:
        """Have an effect carried out after this transaction; False when it was asked for before under the same `key`."""
        return effects.queue(self.session, performer.kind, key, payload, self.now, subject)

    # -- reactions

    def _react(self, happening: Happening) -> None:
        for reaction in self.context.services.reactions(happening.kind):
            if self._depth >= DEEPEST:
                raise RecursionError(f"reactions to {happening.kind} set each other off")
            work = Work(session=self.session, now=self.now, context=self.context, _depth=self._depth + 1)
            try:
                with self.session.begin_nested():
                    reaction.run(work, happening)
            except OperationalError:  # the database itself: nothing of this transaction stands
                raise
            except Exception as error:
                log.exception("reaction failed", reaction=reaction.name, kind=happening.kind)
                self._tell_admins(reaction, error)
            finally:
                events.listen(self.session, self._react)

    def _tell_admins(self, reaction: Reaction, error: Exception) -> None:
        """Open a task for the admins, one as long as it lasts."""
        subject = f"reaction:{reaction.name}"
        title = tr(
            "服务出错：{name} 处理 {kind} 时失败（{name__}），其他不受影响",
            name=reaction.name,
            kind=reaction.kind,
            name__=type(error).__name__,
        )
        tasks.open_once(self.session, self.now, kind="service.failed", need=WATCH, title=title, subject=subject)


def require_promised(what: str, promised: str | None, values: Mapping[str, Any]) -> None:
    """Raise TypeError for what is said otherwise than declared: `linli check` would promise admins what never comes."""
    if promised is None:
        raise TypeError(f"{what} is not declared; declare its name and the values that come with it")
    if set(promised.split()) != set(values):
        raise TypeError(f"{what} comes with ({' '.join(sorted(values))}); declared is ({' '.join(sorted(promised.split()))})")


@dataclass(kw_only=True)
class Turn(Work):
    """One message of a resident."""

    openid: str
    said: str = ""  # the resident's own words that led to what is done, in their order, one message a line
    about: str = ""  # what was done before and is meant now, such as ticket:K3M9; empty where nothing in particular is
    only_address: bool = False  # what waits behind this wants to know where they live, and no proof of it
    open: str = ""  # the intent of the form that stands open, while services hear the words before it does
    asks: str = ""  # the slot that it asks for
    asks_consent: bool = False  # that slot is a consent
    lapsed: str = ""  # the intent of a form whose question stayed open too long until just now
    lately: Collection[str] = ()  # the intents of what was done so lately that it may still be spoken of
    means: str = ""  # the intent that the words mean beyond doubt, while services hear them before it does; empty where none
    waiting: Collection[str] = ()  # the intents of that form and of those that wait behind it
    is_alarmed: bool = False  # an alarm was raised a moment ago, and what is said next may be about it
    is_asked: bool = False  # a form, a menu, an offer or a person waits for an answer, and a mere yes may be said to it
    is_large: bool = False  # they are told in big letters and few words; a service may set it
    closes: set[str] = field(default_factory=set)  # intents of which nothing may stand open or be remembered after this message
    settles: set[str] = field(
        default_factory=set
    )  # intents whose open question these words have answered otherwise: it is left without a word

    @cached_property
    def resident(self) -> Resident | None:
        """Who is bound to the openid, None while nobody is."""
        return people.bound(self.session, self.openid)

    @property
    def is_bound(self) -> bool:
        """Tell whether the openid speaks for a flat: what most turns need to know of it. Bound to somebody who has none, it does not."""
        if "flat" in self.__dict__:
            return self.flat is not None
        return people.has_home(self.session, self.openid)

    @property
    def asks_flat(self) -> bool | None:
        """Tell whether they must be asked which of their flats they mean; None for somebody who has none."""
        return people.asks_flat(self.session, self.openid)

    @property
    def actor(self) -> str:
        """The resident by public id; an openid is never written into the log."""
        return f"resident:{self.resident.public_id}" if self.resident else "resident:unbound"

    @cached_property
    def flat(self) -> Household | None:
        """The flat that is meant of those the resident has now; None for who is not bound, or has none."""
        return next(iter(self.flats), None)

    @cached_property
    def flats(self) -> Sequence[Household]:
        """All flats the resident has now, the one that is meant first."""
        return people.homes(self.session, self.resident) if self.resident else ()

    def which_flat(self, household_id: int | None) -> str:
        """Return a flat by its label for who has several and must read which one is meant; empty for everybody else."""
        return next((one.label for one in self.flats if one.id == household_id), "") if len(self.flats) > 1 else ""

    @property
    def home(self) -> Household:
        """The flat that is meant; only for intents with `needs: flat`, which are not reached without one."""
        if self.flat is None:
            raise Refusal(NO_FLAT)
        return self.flat

    @cached_property
    def claim(self) -> Claim | None:
        """Where they say they live, nobody having proven it: enough to go and look at a fault there, for nothing else."""
        return None if self.is_bound else claims.of(self.session, self.openid)

    def take(self, kind: str, most: int, key: str = "") -> bool:
        """Count one more of a kind today, by this account or by `key`; False where there were `most` already."""
        return super().take(kind, most, key or self.openid)

    def may_guess(self) -> bool:
        """Count a try to name a number or a code of somebody's, before it is looked up; False where there were too many today."""
        return self.take(limits.GUESS, limits.GUESSES)

    def guessed_right(self) -> None:
        """Let a try that was right not count: only wrong ones are bounded."""
        self.give_back(limits.GUESS, self.openid)

    @property
    def is_out_of_guesses(self) -> bool:
        """Tell whether no try of today is left to this account."""
        return limits.used(self.session, limits.GUESS, self.openid, self.now) >= limits.GUESSES

    @property
    def places(self) -> Sequence[Community]:
        """The communities that this resident may mean: the one they belong to, else all that the account serves."""
        if len(self.context.neighbours) < 2 or moving.is_placed(self.session, self.openid):
            return (self.community,)
        return self.context.neighbours

    def move_to(self, community: Community) -> None:
        """Let the talk, and what was said in it, belong to another community of the account from now on.

        Their open tasks go along and begin anew: those on duty there know nothing of them yet, those here hear that they need not go.
        """
        if community.id == self.community.id:
            moving.place(self.session, self.openid, self.community.key)
            return
        self.session.flush()
        for task in moving.tasks_along(self.session, self.openid):
            self.record("task.moved", task.about, community=community.key)
        moving.move(self.session, self.openid, community.key)
        self.context = self.context.of(community)
        scope.enter(self.session, community.key)
        moving.place(self.session, self.openid, community.key)
        self.__dict__.pop("claim", None)
        for task in moving.tasks_along(self.session, self.openid):
            self.reopen(task)

    @property
    def me(self) -> Resident:
        """The resident; only for intents with `needs: flat`, which are not reached without one."""
        if self.resident is None or self.flat is None:
            raise Refusal(NO_FLAT)
        return self.resident

    def photos(self) -> Sequence[Photo]:
        """Return the photos this resident sent lately that belong to nothing yet, oldest first."""
        return photos.loose(self.session, self.openid, self.now - PHOTO_BELONGS)

    def attach(self, photos: Sequence[Photo], subject: str) -> None:
        """Let photos belong to `subject`, such as ticket:K3M9."""
        for photo in photos:
            photo.subject = subject
            self.session.add(photo)
