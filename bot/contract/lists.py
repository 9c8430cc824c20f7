"""Lists as a service declares them: columns, filters, what is searched, what may be done with several rows at once.

A `Listing` among `Integration.lists` gets its pages from the core: a page of rows with a true total, sorted and filtered by its
address, a file of all that fits, views that are kept under a name, and acts on ticked rows that are taken back as one step. Its template
is console/list.html, or one of the service's own that extends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement

from bot.contract.pages import Desk
from bot.store.tasks import Task
from bot.translation import tr

#: Rows on one page unless somebody wants more; a page of these is no taller than three screens, on a phone either.
PAGE = 20

#: Rows on a page that one may choose beside the usual.
SIZES = (50, 100)

#: Who may take a list along as a file, unless it says otherwise.
EXPORT = "list.export"

#: The key of a filter that narrows nothing, where another one is the usual.
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What stands in one place of a table; plain text, a number or a moment may stand there as well."""

    words: str = ""
    to: str = ""  # console path that it leads to: /tickets/R1
    tone: str = ""  # green, yellow, red, blue or secondary: it stands as a badge
    small: str = ""  # quieter, beneath it
    phone: str = ""  # a resident's number, as whoever looks may see it


#: What a column says of a row.
Said = str | int | date | datetime | Cell | Sequence[str | Cell] | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column; `name` stands in addresses. What has no `sort` cannot be sorted by."""

    name: str
    title: str
    says: Callable[[Desk, Any], Said]
    sort: Sequence[Any] = ()  # columns of the table, in their order
    filed: Callable[[Desk, Any], object] | None = None  # what a file says, where that is another thing
    is_filed_only: bool = False  # too much for a page
    is_shown_only: bool = False  # stands in no file


#: What may be chosen: key -> words, or the title of a group -> its own.
Options = Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter of which one may be chosen."""

    name: str
    title: str
    options: Callable[[Desk], Options]  # key in the address -> words; where there are none, the filter is not shown
    fits: Callable[[Desk, str], ColumnElement[bool]] | None = None  # None: `Listing.narrow` heeds it
    usual: str = ""  # what is chosen where the address says nothing; one may then choose ALL


@dataclass(frozen=True, kw_only=True)
class Days:
    """A filter by the first and the last day of something, days of Shanghai."""

    name: str
    title: str
    column: Any = None  # None: `Listing.narrow` heeds it


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What rows must be by all that is typed and chosen together."""

    fits: Sequence[ColumnElement[bool]] = ()
    found: Any = None  # a table of their ids to begin with, where an index of words has what was typed


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked before an act: one of several answers, or words where there are no options."""

    name: str
    title: str
    options: Callable[[Desk], Mapping[str, str]] | None = None
    longest: int = 100
    offered: str = ""  # id of a <datalist> of the page, whose words are offered while one writes


@dataclass(frozen=True, kw_only=True)
class Act:
    """What may be done with several rows at once, each in a savepoint of its own, and taken back as one step.

    `run` does it to one row, which is locked, and raises Refusal, before anything else happens, for one that cannot be changed so;
    the others are changed. `keeps` names all columns that it may change: taking back writes them as they were, of the rows where they
    are still as the act left them, and `put_back` then records and tells it. `stands` tells whether a row may still be as it was: what
    would have ended meanwhile had the act not ended it first is left alone. `tasks` are those that it may claim or close beside.
    """

    name: str
    title: str
    need: str
    run: Callable[[Desk, Any, Mapping[str, str]], None]
    keeps: Sequence[str]
    put_back: Callable[[Desk, Any], None]
    asks: Sequence[Question] = ()
    tasks: Callable[[Desk, Any], Sequence[Task]] = lambda desk, row: ()
    stands: Callable[[Desk, Any], bool] = lambda desk, row: True
    is_grave: bool = False


def _as_they_are(_desk: Desk, rows: Sequence[Any]) -> Sequence[Any]:
    return rows


def _nothing(_desk: Desk, *_: Any) -> Sequence[Any]:
    return ()


def _not_read(_desk: Desk, _rows: Sequence[Any]) -> None:
    """Leave no line: the page's own permission says what is read."""


def _read_so(desk: Desk, value: str, word: str) -> bool:
    return word in value and word in desk.veil(value)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of one table's rows. What columns read of a row is what `load` made of it, for a page at once."""

    name: str  # kept views and steps go by it: tickets
    title: str
    path: str
    need: str
    unit: str  # how one counts them: 件
    table: Any
    columns: Sequence[Column]
    key: Callable[[Any], str]  # of a row that was loaded, as it stands in forms
    key_column: Any  # the same in the table
    order: str  # a column's name, with - for the other way: -opened
    nav: str = ""
    badge: Callable[[Desk], int] | None = None
    filters: Sequence[Choice | Days] = ()
    base: Callable[[Desk], Sequence[ColumnElement[bool]]] = _nothing  # what holds of every row one may see
    beside: Sequence[tuple[Any, ColumnElement[bool]]] = ()  # tables by whose columns it is sorted, each with how it is joined
    find: Callable[[Desk, str], Sequence[ColumnElement[bool]]] | None = None  # a word fits where one of these holds
    narrow: Callable[[Desk, str, Mapping[str, str]], Narrowed] | None = (
        None  # what is typed and what is chosen, by the names in the address, where these cannot be told apart; instead of `find`
    )
    leaves: Sequence[Any] = ()  # columns that are not read with a row, for they are large
    opens: Sequence[str] = ()  # sealed columns that are searched, too, among the newest rows
    opened: Callable[[Desk, str, str], bool] = (
        _read_so  # tells whether one of these values is found by a word: nobody finds what they may not read
    )
    finds: str = ""  # what one may type, as the search field says it
    is_for_finding: bool = False  # one comes to it to look for somebody: the search field has the keyboard
    load: Callable[[Desk, Sequence[Any]], Sequence[Any]] = _as_they_are
    to: Callable[[Any], str] = lambda row: ""  # the console path of a row
    called: Callable[[Any], str] | None = None  # what a row of the table is called where it is told why it stayed; else its key
    reads: Callable[[Desk, Sequence[Any]], None] = _not_read  # says whose sensitive data a page shows
    acts: Sequence[Act] = ()
    template: str = "console/list.html"
    around: Callable[[Desk, Sequence[Any]], Mapping[str, Any]] = (
        lambda desk, rows: {}
    )  # what the service's own template needs beside
    empty: tuple[str, str] = (tr("还没有"), "")  # what is said where there is nothing at all
    tabs: Sequence[tuple[str, str]] = ()  # other pages of the same things, each with its path: 看板
    size: int = PAGE  # rows on a page; fewer where a row is a card
    live: str = ""  # kinds of events after which it reads itself anew: "repair photo"
    file_need: str = EXPORT  # who may take it along as a file
