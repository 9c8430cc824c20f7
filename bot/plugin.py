"""The contract: all that an integration may see of the bot, on one page.

An integration is a folder with an `Integration` object. It names *actions* (what residents can ask for, by intent),
*jobs* (what happens by itself), *console* pages (what staff see) and *pages* (what residents open from the chat). All of
them are plain synchronous functions of one `Work`, run inside one transaction: no network, no sleeping, and no effect but
in the database, for when a neighbour in the same commit fails they are run again.

    @action("repair.report", Fault, replies={"done": "number promise url"})
    def report(turn: Turn, slots: Fault) -> Reply: ...

    @job(every=timedelta(minutes=1))
    def escalate(work: Work) -> None: ...

    @page("GET", "/tickets", need="ticket.view", title="报修工单", nav=True)
    def board(desk: Desk) -> View: ...
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlmodel import Session, select

from bot.errors import Misconfigured, Refusal
from bot.keys import Keys
from bot.language.phrases import fill
from bot.language.promises import Promise
from bot.model import ROLE_WORDS, Community, Delivery, Event, Household, Photo, Resident, Staff, Task
from bot.store import events, outbox, people, photos, tasks

__all__ = [
    "Action", "Ask", "Context", "Desk", "Download", "Integration", "Job", "Log", "Page", "Redirect", "Refusal", "Reply",
    "Subject", "Turn", "View", "Visit", "Work", "action", "job", "page", "row_id", "tells",
]  # fmt: skip

#: How long links sent in the chat open.
LINK_LIVES = timedelta(days=30)

#: Photos sent shortly before or during a form belong to what it opens.
PHOTO_BELONGS = timedelta(minutes=15)


# ------------------------------------------------------------------ what all work is done with


@dataclass(frozen=True, kw_only=True)
class Context:
    """What stays the same from one piece of work to the next."""

    community: Community
    keys: Keys
    base_url: str  # https://…, without a slash at the end
    messages: Mapping[str, str]  # the words of `tell`, by name
    tells: Mapping[str, str] = field(default_factory=dict)  # the values of each, see Integration.tells

    def words(self, template: str, now: datetime, **values: Any) -> str:
        """Fill a phrase; it may also use {community.name}, {community.phone} and {community.address}."""
        facts = {f"community.{name}": getattr(self.community, name) for name in ("name", "phone", "address")}
        return fill(template, {**facts, **values}, now)


@dataclass(kw_only=True)
class Work:
    """One transaction's worth of work; also what a job gets."""

    session: Session
    now: datetime
    context: Context

    @property
    def actor(self) -> str:
        """Who does this, for the event log."""
        return "system"

    @property
    def community(self) -> Community:
        """The community all of this is for."""
        return self.context.community

    def record(self, kind: str, subject: str = "", **data: Any) -> None:
        """Write an event: audit, live console and figures read it. `data` holds no names, phones or texts."""
        events.record(self.session, self.now, kind, subject=subject, actor=self.actor, **data)

    def tell(self, to: Resident | str | None, message: str, *, url: str = "", **values: Any) -> Delivery | None:
        """Queue the message of that name for a resident or an openid, in this transaction; its {url} becomes `url`.

        Returns None when nobody can be told: a resident who has not bound.
        """
        _require_promised(f"tell({message!r})", self.context.tells.get(message), {**values, **({"url": url} if url else {})})
        openid = to.openid if isinstance(to, Resident) else to
        if not openid:
            return None
        text = self.words(self.context.messages[message], url=url, **values)
        return outbox.queue(self.session, openid, text, self.now, url=url)

    def words(self, template: str, **values: Any) -> str:
        """Fill a phrase, as `Context.words` does."""
        return self.context.words(template, self.now, **values)

    def assign(self, kind: str, need: str, title: str, *, urgent: bool = False, openid: str | None = None,
               **data: Any) -> Task:  # fmt: skip
        """Open a task for whoever of the staff has the permission `need`."""
        return tasks.open(
            self.session, self.now, community_id=self.community.id or 0, kind=kind, need=need, title=title, urgent=urgent,
            openid=openid, data=data, actor=self.actor,
        )  # fmt: skip

    def link(self, path: str, lives: timedelta = LINK_LIVES) -> str:
        """Return the address of a resident's page, such as link("/passes/K3M9"), that opens until it expires."""
        full = f"/p{path}"
        return f"{self.context.base_url}{full}?k={self.context.keys.seal_link(full, self.now + lives)}"

    def household(self, resident: Resident) -> Household:
        """Return the flat of a resident."""
        return self.session.get_one(Household, resident.household_id)

    def who(self, actor: str) -> str:
        """Return who an event's `actor` is, for staff: 陈管家（员工）, 3栋2单元501 陈建国（居民）."""
        kind, _, name = actor.partition(":")
        if kind == "staff":
            member = self.session.exec(select(Staff).where(Staff.login == name)).first()
            return f"{member.name}（{ROLE_WORDS[member.role]}）" if member else name
        if kind != "resident":
            return "系统"
        resident = self.session.exec(select(Resident).where(Resident.public_id == name)).first()
        if resident is None:
            return "打开链接的人" if name == "link" else "未绑定的居民"
        return f"{self.household(resident).label} {resident.name}（居民）".replace(" （", "（")


def _require_promised(what: str, promised: str | None, values: Mapping[str, Any]) -> None:
    """Raise TypeError for what is said otherwise than declared: `linli check` would promise admins what never comes."""
    if promised is None:
        raise TypeError(f"{what} is not declared; declare its name and the values that come with it")
    if set(promised.split()) != set(values):
        raise TypeError(f"{what} comes with ({' '.join(sorted(values))}); declared is ({' '.join(sorted(promised.split()))})")


# ------------------------------------------------------------------ what residents ask for


class Reply:
    """What to answer: Reply("done", number="K3M9") takes the words named `done` under `replies:` of the intent's file.

    `about` names what photos sent next belong to, such as ticket:K3M9. `ok=False`: nothing was done.
    """

    def __init__(self, name: str, *, about: str = "", ok: bool = True, **values: Any) -> None:
        self.name = name
        self.about = about
        self.ok = ok
        self.values = values


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask back before anything is done: which of several?

    The answer fills the slot `slot` and the action is called again. `options`: value -> what the menu shows.
    `called_off` names the words for who answers 取消, with the same values: what is done already, or stays as it was. Without it
    the bot says that nothing is done.
    """

    slot: str
    name: str
    options: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    called_off: str = ""


@dataclass(kw_only=True)
class Turn(Work):
    """One message of a resident."""

    openid: str

    @cached_property
    def resident(self) -> Resident | None:
        """Who is bound to the openid, None while nobody is."""
        return people.bound(self.session, self.openid)

    @property
    def is_bound(self) -> bool:
        """Tell whether somebody is bound to the openid: what most turns need to know of them."""
        if "resident" in self.__dict__:
            return self.resident is not None
        return people.is_bound(self.session, self.openid)

    @property
    def actor(self) -> str:
        """The resident by public id; an openid is never written into the log."""
        return f"resident:{self.resident.public_id}" if self.resident else "resident:unbound"

    @cached_property
    def flat(self) -> Household | None:
        """The resident's flat, None while not bound."""
        return self.household(self.resident) if self.resident else None

    @property
    def me(self) -> Resident:
        """The resident; only for intents with `needs: flat`, which are not reached without one."""
        if self.resident is None:
            raise Refusal("请先绑定住址，例如发送：我住3栋2单元501。")
        return self.resident

    def photos(self) -> Sequence[Photo]:
        """Return the photos this resident sent lately that belong to nothing yet, oldest first."""
        return photos.loose(self.session, self.openid, self.now - PHOTO_BELONGS)

    def attach(self, photos: Sequence[Photo], subject: str) -> None:
        """Let photos belong to `subject`, such as ticket:K3M9."""
        for photo in photos:
            photo.subject = subject
            self.session.add(photo)


S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Action:
    """An intent's deed. `slots` is a dataclass whose fields are slots of the intent; missing ones are None."""

    intent: str
    run: Callable[[Turn, Any], Reply | Ask]
    slots: type[Any]
    replies: Mapping[str, str]

    def __call__(self, turn: Turn, values: Mapping[str, Any]) -> Reply | Ask:
        """Do it with the slots filled so far."""
        known = {item.name for item in fields(self.slots)}
        reply = self.run(turn, self.slots(**{name: value for name, value in values.items() if name in known}))
        for name in filter(None, (reply.name, reply.called_off if isinstance(reply, Ask) else "")):
            _require_promised(f"{self.intent}: {type(reply).__name__} {name!r}", self.replies.get(name), reply.values)
        return reply

    @property
    def promise(self) -> Promise:
        """What `linli check` holds the intent's file to."""
        needed = {item.name for item in fields(self.slots) if item.default is MISSING and item.default_factory is MISSING}
        return Promise(
            replies={name: frozenset(values.split()) for name, values in self.replies.items()},
            takes=frozenset(item.name for item in fields(self.slots)), needs=frozenset(needed),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NoSlots:
    """For intents that need to know nothing."""


def action(intent: str, slots: type[Any] = NoSlots, *, replies: Mapping[str, str]
           ) -> Callable[[Callable[[Turn, S], Reply | Ask]], Action]:  # fmt: skip
    """Make a function the deed of `intent`; `slots` is the dataclass its second argument has.

    `replies` are the names of all it may answer or ask back, each with the values that come with it, one after the other:
    {"done": "number what", "none": ""}. `linli check` holds the words in the file to them, and every turn the function.
    """
    return lambda run: Action(intent=intent, run=run, slots=slots, replies=replies)


# ------------------------------------------------------------------ what happens by itself


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something to be done every so often, in one transaction. Replicas may run it side by side: be idempotent."""

    name: str
    every: timedelta
    run: Callable[[Work], None]


def job(every: timedelta) -> Callable[[Callable[[Work], None]], Job]:
    """Make a function a job."""
    return lambda run: Job(name=run.__name__, every=every, run=run)


# ------------------------------------------------------------------ what staff and residents see


#: Largest id that both databases can look for.
LARGEST_ID = 2**31 - 1


def row_id(text: str) -> int | None:
    """Return the id of a row as a browser sent it; None for what is none, whatever it is."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return number if 0 < number <= LARGEST_ID else None


@dataclass(kw_only=True)
class Desk(Work):
    """One request of a signed-in staff member. GET pages, and those that say so (`reads`), are read-only."""

    staff: Staff
    params: Mapping[str, str] = field(default_factory=dict)  # from the path
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    may: Callable[[str], bool] = lambda need: False

    @property
    def actor(self) -> str:
        """The staff member by login."""
        return f"staff:{self.staff.login}"


@dataclass(kw_only=True)
class Visit(Work):
    """One request for a page whose link was sent in the chat; the link's seal is checked before."""

    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """Whoever holds the link."""
        return "resident:link"


@dataclass(frozen=True)
class View:
    """A page to show: a template such as "repairs/board.html" and its values."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """Go there; `note` is shown once at the top of the next console page."""

    to: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file or picture."""

    body: bytes
    content_type: str
    filename: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One address. Console pages lie under /console and need a permission; residents' pages under /p and a seal."""

    method: Literal["GET", "POST"]
    path: str  # "/tickets/{id}"
    run: Callable[[Any], View | Redirect | Download]
    need: str = ""
    title: str = ""
    nav: bool = False  # in the console's menu
    reads: bool = False  # a POST that changes nothing, for forms longer than an address may be


def page(method: Literal["GET", "POST"], path: str, *, need: str = "", title: str = "", nav: bool = False, reads: bool = False
         ) -> Callable[[Callable[[Any], View | Redirect | Download]], Page]:  # fmt: skip
    """Make a function a page. Raise LookupError in it for "not found", Refusal for a wish that cannot be granted."""
    return lambda run: Page(method=method, path=path, run=run, need=need, title=title, nav=nav, reads=reads)


# ------------------------------------------------------------------ what staff read in the log


@dataclass(frozen=True)
class Subject:
    """What an event is about, in words, and the console page that shows it, such as /tickets/K3M9."""

    words: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Log:
    """How people read the events of a service.

    `events`: kind -> a sentence, which may use the event's data: 门岗不放行：{reason}. `words`: name in the data ->
    value -> word. `subjects`: what stands before the colon -> who knows the words for what stands behind it.
    `figures`: kind -> what its events of today are called where the console counts them: 今天报修.
    """

    events: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    subjects: Mapping[str, Callable[[Work, str], Subject]] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)

    def say(self, event: Event, now: datetime) -> str:
        """Return the sentence for an event; empty for a kind this service does not know."""
        true = {name: value for name, value in event.data.items() if value is not False}
        known = {name: self.words.get(name, {}).get(str(value), value) for name, value in true.items()}
        return fill(self.events.get(event.kind, ""), known, now)


# ------------------------------------------------------------------ the whole


@dataclass(frozen=True, kw_only=True)
class Integration:
    """A service: its folder's name, its title for people, and what it brings."""

    name: str
    title: str
    folder: Path  # Path(__file__).parent: templates/ and migrations/ lie there
    actions: Sequence[Action] = ()
    jobs: Sequence[Job] = ()
    console: Sequence[Page] = ()
    pages: Sequence[Page] = ()
    log: Log = field(default_factory=Log)
    tells: Mapping[str, str] = field(default_factory=dict)  # messages of `tell` -> their values, as in `action`: "number url"
    erase: Callable[[Work, Resident], None] | None = None  # deletes what a resident who left has said to this service


def tells(integrations: Sequence[Integration]) -> dict[str, str]:
    """Return all messages that services tell, and the values that come with each; raises Misconfigured for one told by two."""
    found: dict[str, str] = {}
    for integration in integrations:
        twice = sorted(found.keys() & integration.tells.keys())
        if twice:
            raise Misconfigured(
                f"integration {integration.name!r} tells {twice[0]!r}, which another does already; give it a name of its own"
            )
        found |= integration.tells
    return found
