"""What staff and residents see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from bot.contract.access import PHONES, Access
from bot.contract.log import Subject
from bot.contract.work import Work
from bot.errors import Refusal
from bot.language.kinds import phone as phones
from bot.model import SHANGHAI
from bot.store import people, tasks
from bot.store.events import Event
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.translation import CHINESE, Catalogue, tr, tr_all

#: Groups of the console's menu, in their order, by what people call them.
NAV = (tr("居民"), tr("服务"), tr("管理"))

#: Bytes of a file that a page takes.
LARGEST_UPLOAD = 10 * 1024 * 1024

#: Different values of a column that are looked through as they are shown.
LOOKED_THROUGH = 1_000

#: Largest id that both databases can look for.
LARGEST_ID = 2**31 - 1


def row_id(text: str) -> int | None:
    """Return the id of a row as a browser sent it; None for what is none, whatever it is."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return number if 0 < number <= LARGEST_ID else None


def page_number(asked: Mapping[str, str]) -> int:
    """Return which page of a list a query or a form asks for; the first where it says none. Whoever lists ends it at the last."""
    return row_id(asked.get("page", "")) or 1


def read_time(said: str) -> datetime:
    """Return the moment of a form's field for day and time, in Asia/Shanghai; raises Refusal for anything else."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise Refusal(tr("请把日期和时间都选好。")) from None
    return at.replace(tzinfo=SHANGHAI)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """That somebody was shown what is sensitive: what, in words, and about whom or what, by public id; nothing of what it says."""

    what: str
    subject: str = ""
    is_export: bool = False
    actor: str = ""  # who, where the page is no staff member's own


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that a browser sent; nothing of it is to be believed."""

    filename: str
    body: bytes


@dataclass(kw_only=True)
class Desk(Work):
    """One request of a signed-in staff member. GET pages, and those that say so (`reads`), are read-only."""

    staff: Staff
    params: Mapping[str, str] = field(default_factory=dict)  # from the path
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    access: Access = field(default_factory=lambda: Access(permissions={}))
    is_fragment: bool = False  # the browser wants a part of the page alone, such as what is found while one types
    catalogue: Catalogue = CHINESE  # of the language that this person reads: for files; pages are translated where they are shown
    taken: Any = None  # what the page's `takes` made of a file
    read_by_now: list[Reading] = field(default_factory=list)
    afterwards: list[Callable[[Work], None]] = field(default_factory=list)

    def then(self, run: Callable[[Work], None]) -> None:
        """Have something written down once this page, which only reads, is made: what it has reckoned and need not reckon again."""
        self.afterwards.append(run)

    def read(self, need: str, *subjects: str) -> None:
        """Say that this page shows what `need` opens, of these subjects (resident:K3M9…); without one, of many at once.

        It becomes an event before the page is shown, once in a while for each of them. A permission that opens nothing sensitive needs
        none. A page whose own `need` is sensitive and that says nothing is written down without a subject.
        """
        permission = self.access.permissions.get(need)
        if permission is not None and permission.sensitive:
            self.read_by_now += [Reading(what=permission.sensitive, subject=subject) for subject in subjects or ("",)]

    def read_phones(self, *subjects: str) -> None:
        """Say that this page shows residents' numbers, which are whole for who may see them so."""
        if self.may(PHONES):
            self.read(PHONES, *subjects)

    def why_not_by_phone(self, said: str) -> str:
        """Return what is said of a search for a number by who may see none; empty for others, and for other words."""
        if self.may(PHONES) or not any(people.is_number(word) for word in said.split()):
            return ""
        return tr(
            "没有按电话找：要能看完整电话才行（{holders}）。您可以按姓名或住址找。",
            holders=tr_all("、", self.access.holders(PHONES)),
        )

    def said(self, row: Iterable[object]) -> list[object]:
        """Return one line of a file in this person's language."""
        return [self.catalogue.say(one) for one in row]

    @property
    def answers_page(self) -> str:
        """Where this person may write what the community answers to a question; empty where they may not, or no service keeps answers."""
        return self.context.services.answers_page(self.may)

    def veil(self, text: str, task: Task | None = None, at: datetime | None = None) -> str:
        """Return a resident's words as this person may read them: without words of health, without whole phone numbers.

        Of a `task` that is an alarm every word is read by whoever may see it: somebody's life may hang on it. Of the talk beside it that
        is what was said `at` a moment since, and what the alarm itself holds: what came before was told to nobody for that.
        """
        said = text
        is_alarm = task is not None and self.context.services.ladder(task.kind) is not None
        if task is not None and at is not None and at < task.opened_at:
            is_alarm = is_alarm and tasks.holds(task, text)
        if self.context.health is not None and not is_alarm and not self.access.reads_health(self.staff.role):
            text = self.context.health.veil(text, self.now)
        shown = text if self.may(PHONES) else phones.veil(text, self.now)
        return said if shown == said else shown  # which still knows how to be said in another language

    def holds(self, column: Any, word: str, shows: Callable[[str], bool] | None = None) -> ColumnElement[bool]:
        """Return the condition that residents' words hold what somebody looks for, as they may read it: nobody finds what they may not see.

        Not even a part of it: of 肺癌, found by 癌 alone, or of a number, found by three of its digits, one learns the rest. `shows`
        tells it of one value of the column, where those are shown otherwise than veiled.
        """
        held = col(column).contains(word, autoescape=True)
        if shows is None and self.may(PHONES) and self.access.reads_health(self.staff.role):
            return held
        reads = shows or (lambda said: word in self.veil(said))
        found = self.session.exec(select(column).where(held).distinct().limit(LOOKED_THROUGH)).all()
        return col(column).in_([said for said in found if reads(said)])

    def seen_events(self) -> list[ColumnElement[bool]]:
        """Return what holds of the events that this person may read: that somebody gave their temperature tells of health by itself."""
        if self.access.reads_health(self.staff.role):
            return []
        services = self.context.services
        kind, named = col(Event.kind), services.about_health
        hidden: list[ColumnElement[bool]] = [kind.in_(named["kind"])]
        for name in ("purpose", "what", "task"):  # read of the kinds alone that have it: a log is long
            having = [one for one, fields in services.emits.items() if {name, f"{name}?"} & fields]
            said = func.coalesce(col(Event.data)[name].as_string(), "")
            hidden.append(kind.in_(having) & said.in_(named[name]))
        return [~or_(*hidden)]

    def in_words(self, subjects: Iterable[str]) -> Mapping[str, Subject]:
        """Return what several subjects are, in words that this person may read: the titles of tasks quote residents."""
        return {key: replace(one, words=self.veil(one.words)) for key, one in super().in_words(subjects).items()}

    def may(self, need: str) -> bool:
        """Tell whether this person has a permission."""
        return self.access.may(self.staff.role, need)

    def close(self, task: Task, outcome: str) -> None:
        """Close a task and say how it ended."""
        tasks.close(self.session, task, self.now, outcome, staff_id=self.staff.id, actor=self.actor)

    @property
    def actor(self) -> str:
        """The staff member by login."""
        return f"staff:{self.staff.login}"


@dataclass(kw_only=True)
class Visit(Work):
    """One request for a page whose link was sent in the chat; the link's seal is checked before."""

    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    taken: Any = None  # what the page's `takes` made of a file
    read_by_now: list[Reading] = field(default_factory=list)
    afterwards: list[Callable[[Work], None]] = field(default_factory=list)

    def then(self, run: Callable[[Work], None]) -> None:
        """Have something written down once this page, which only reads, is made: that it was opened."""
        self.afterwards.append(run)

    def read(self, by: Staff, what: str, subject: str) -> None:
        """Say that this page shows somebody of the staff, to whom its link was sent, what is sensitive; it becomes an event as in the console."""
        self.read_by_now.append(Reading(what=what, subject=subject, actor=f"staff:{by.login}"))

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
    nav: str = ""  # the group of the console's menu it stands in, see NAV; empty = in none
    badge: Callable[[Desk], int] | None = None  # a number beside it in the menu: what waits there
    reads: bool = False  # a POST that changes nothing, for forms longer than an address may be
    form: str = ""  # of a POST: the page on which its form stands, where that is none of the addresses above its own
    is_bare: bool = False  # shows nothing of people, though its permission opens what is sensitive
    takes: Callable[[Upload, Mapping[str, str]], Any] | None = (
        None  # reads a form's file, beside the database and before it is asked
    )
    file: str = ""  # the field of that file, where the form has several
    comes_first: bool = False  # what it writes goes before all that waits: somebody stands at the gate


def page(
    method: Literal["GET", "POST"], path: str, *, need: str = "", title: str = "", nav: str = "",
    badge: Callable[[Desk], int] | None = None, reads: bool = False, form: str = "", is_bare: bool = False,
    takes: Callable[[Upload, Mapping[str, str]], Any] | None = None, file: str = "", comes_first: bool = False,
) -> Callable[[Callable[[Any], View | Redirect | Download]], Page]:  # fmt: skip
    """Make a function a page. Raise LookupError in it for "not found", Refusal for a wish that cannot be granted."""
    return lambda run: Page(
        method=method,
        path=path,
        run=run,
        need=need,
        title=title,
        nav=nav,
        badge=badge,
        reads=reads,
        form=form,
        is_bare=is_bare,
        takes=takes,
        file=file,
        comes_first=comes_first,
    )
