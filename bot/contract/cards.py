"""What a service knows that belongs on pages of others: of a household, of today, of whom a notice may be for, of what is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contract.pages import Desk
from bot.contract.work import Work
from bot.store.people import Household, Resident

#: A line of a card.
Line = tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Card:
    """A few lines about a household, each with a console path that opens it, or none; and whom it tells of (resident:K3M9…), where it is somebody."""

    title: str
    need: str
    run: Callable[[Desk, Household], Sequence[Line]]


@dataclass(frozen=True, kw_only=True)
class Finder:
    """What a service finds by words that staff type and that are its own, such as a plate: ids of flats, each with words."""

    title: str
    need: str
    run: Callable[[Desk, str], Sequence[tuple[int, str]]]


@dataclass(frozen=True, kw_only=True)
class Today:
    """A figure of the first page: a number, and the console path behind it."""

    title: str
    need: str
    path: str
    run: Callable[[Desk], int]


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Residents whom only the service knows, such as those with an open ticket: `run` returns their ids.

    With `asks` it also takes words that narrow it, such as a building; empty for all. It raises Refusal for words that it cannot read.
    """

    tag: str  # as staff write it where a notice says whom it is for
    run: Callable[[Work, str], Sequence[int]]
    asks: str = ""  # what the words beside the tag are, for people: 楼栋


def card(title: str, *, need: str) -> Callable[[Callable[[Desk, Household], Sequence[Line]]], Card]:
    """Make a function a card of the household's page; it returns (words, path or "") or (words, path, whom)."""
    return lambda run: Card(title=title, need=need, run=run)


def finder(title: str, *, need: str) -> Callable[[Callable[[Desk, str], Sequence[tuple[int, str]]]], Finder]:
    """Make a function a part of the search for residents; it gets what was typed and returns (id of a flat, words)."""
    return lambda run: Finder(title=title, need=need, run=run)


def today(title: str, *, need: str, path: str = "") -> Callable[[Callable[[Desk], int]], Today]:
    """Make a function a figure of the first page."""
    return lambda run: Today(title=title, need=need, path=path, run=run)


def audience(tag: str, *, asks: str = "") -> Callable[[Callable[[Work, str], Sequence[int]]], Audience]:
    """Make a function an audience that notices can be sent to by `tag`, or where it `asks` for something by 报修中的住户（3栋）."""
    return lambda run: Audience(tag=tag, run=run, asks=asks)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Something of a resident's that is under way, as 我的事项 lists it."""

    words: str  # 厨房水管漏水：处理中，王师傅
    at: datetime  # since when
    url: str = ""
    flat: str = ""  # the label of the flat where it goes on whether the resident's account speaks for it or not


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Something under way at a flat for which somebody has to be let in: a repair, a renovation."""

    subject: str  # ticket:K3M9
    words: str  # 报修 K3M9 厨房漏水
    household: Household
    is_building: bool = False  # workers of the flat's own come for it, and none of the office's


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a service knows of another one's subject, or offers beside it: a line of that page."""

    words: str
    path: str  # console path
    is_offer: bool = False  # a button, not something that is there


def shown(desk: Desk, flat: Household, people: Sequence[Resident]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the title and lines of each card about a flat that this person may see; some have no lines.

    What is shown counts as read: of whom the lines tell, or of all `people` of the flat where they tell of nobody by name.
    """
    of = [card for service in desk.context.services.integrations for card in service.cards if desk.may(card.need)]
    told = [(card, card.run(desk, flat)) for card in of]
    for card, lines in told:
        about = [subject for line in lines for subject in line[2:]]
        if lines:
            desk.read(card.need, *(about or [one.about for one in people]))
    return [(card.title, [line[:2] for line in lines]) for card, lines in told]
