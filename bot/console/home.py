"""Today at a glance: what needs a hand now, the most urgent and the longest waiting first, and the figures of the day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, not_
from sqlmodel import col, func, select

from bot.contract import (
    Conversation,
    Desk,
    Household,
    Integration,
    Line,
    Page,
    Redirect,
    Resident,
    Services,
    Staff,
    Task,
    Today,
    View,
    handoffs,
    page,
    page_number,
    row_id,
    talklists,
    talks,
)
from bot.contract.access import START
from bot.contract.talklists import Show
from bot.store import channels
from bot.store import tasks as store
from bot.store.events import Event
from bot.store.followers import Follower
from bot.translation import stored, tr, tr_all

#: Whose work the list shows.
WHOSE = {"": tr("大家的"), "mine": tr("我的"), "nobody": tr("没人接的")}

#: Colleagues who are shown with what they have in hand.
TEAM = 10

#: Things on one page.
SHOWN = 12

#: Lines of a talk among which the resident's last words are looked for.
LOOKED_AT = 10

#: The log, which a figure leads to where somebody may read it.
AUDIT = "/audit"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that needs a hand."""

    at: datetime
    urgent: bool
    title: str
    path: str  # the page that settles it
    waited: str
    whose: str = ""  # flat and name
    words: str = ""  # the resident's own
    holder: str = ""
    is_mine: bool = False
    number: str = ""
    talk: str = ""  # the page of the talk, beside its own


def pages(services: Services) -> tuple[Page, ...]:
    """Return the first page, which shows what each service says is worth it, and the way to where a role works."""
    places = [place for item in services.integrations for place in item.console if place.nav]
    return (
        page("GET", "/", need="home.view", title=tr("今天"), nav=tr("居民"))(partial(_show, services)),
        page("GET", "/start", need=START)(partial(_start, places)),
    )


def _show(services: Services, desk: Desk) -> View:
    """Show what needs a hand, and the figures of the day; ?whose= narrows it, ?page= goes on."""
    asked, needs = desk.query.get("whose", ""), _needs(desk)
    team = _team(desk, needs)
    whose = asked if asked in WHOSE or any(asked == str(one.staff_id) for one in team) else ""
    number = page_number(desk.query)
    counts = {one: _count(desk, needs, one) for one in dict.fromkeys((*WHOSE, whose))}
    number = min(number, max(-(-counts[whose] // SHOWN), 1))
    rows = _rows(desk, needs, whose, (number - 1) * SHOWN)
    following = desk.session.exec(select(func.count()).select_from(Follower).where(col(Follower.left_at).is_(None))).one()
    return View(
        "console/home.html",
        {
            "rows": rows, "whose": whose, "team": team, "all_whose": WHOSE, "counts": counts, "number": number, "left": counts[whose] - number * SHOWN,
            "standing": [(one.title, one.run(desk), one.path) for one in _figures(services, desk)],
            "today": _happened(services, desk), "following": following,
            "sent": [(channels.WORDS[name], count) for name, count in channels.figures(desk.session, desk.community.appid, desk.now).items()],
            "live": sorted({"conversation", "line", "task", "resident"}.union(*(one.stirs for one in services.integrations if one.today or one.log.figures))),
            "stops": list(channels.stops(desk.session, desk.community.appid, desk.now).values()),
        },
    )  # fmt: skip


# ------------------------------------------------------------------ what needs a hand


def _needs(desk: Desk) -> list[str]:
    return [need for need in store.count_by_need(desk.session) if desk.may(need)]


def _of_tasks(desk: Desk, whose: str) -> list[ColumnElement[bool]]:
    """Return which tasks the list shows: what is handed over in a talk that waits stands there as the talk."""
    found: list[ColumnElement[bool]] = []
    if desk.may(handoffs.NEED):
        waits = exists().where(col(Conversation.openid) == col(Task.openid), col(Conversation.waiting_since).is_not(None))
        found.append(not_(and_(col(Task.kind) == handoffs.KIND, waits)))
    if whose:
        found.append(_held(desk, col(Task.claimed_by), whose))
    return found


def _of_talks(desk: Desk, needs: Sequence[str], whose: str) -> list[ColumnElement[bool]]:
    """Return which of the talks that wait for a word the list shows: one with an alarm stands there as the alarm."""
    alarm = exists().where(
        col(Task.openid) == col(Conversation.openid), col(Task.closed_at).is_(None), col(Task.urgent), col(Task.need).in_(needs),
    )  # fmt: skip
    found: list[ColumnElement[bool]] = [not_(alarm)]
    if whose:
        found.append(_held(desk, col(Conversation.assigned_id), whose))
    return found


def _held(desk: Desk, holder: Any, whose: str) -> ColumnElement[bool]:
    """Return the condition that somebody has a thing: whoever looks, nobody, or a colleague by id."""
    if whose == "nobody":
        return cast("ColumnElement[bool]", holder.is_(None))
    return cast("ColumnElement[bool]", holder == (desk.staff.id if whose == "mine" else row_id(whose)))


@dataclass(frozen=True, kw_only=True)
class Hands:
    """How much a colleague has in hand, of what the list shows."""

    staff_id: int
    name: str
    number: int
    is_me: bool


def _team(desk: Desk, needs: Sequence[str]) -> list[Hands]:
    """Return who has how many of what needs a hand, the most first."""
    held = Counter(store.count_by_holder(desk.session, needs, *_of_tasks(desk, "")))
    if desk.may(handoffs.NEED):
        held.update(talklists.count_by_holder(desk, Show.WAITING, *_of_talks(desk, needs, "")))
    members = desk.session.exec(select(Staff).where(col(Staff.id).in_(held))).all() if held else ()
    found = [
        Hands(staff_id=one.id or 0, name=one.name, number=held[one.id or 0], is_me=one.id == desk.staff.id) for one in members
    ]
    return sorted(found, key=lambda one: (-one.number, one.name))[:TEAM]


def _count(desk: Desk, needs: Sequence[str], whose: str) -> int:
    waiting = talklists.count(desk, Show.WAITING, *_of_talks(desk, needs, whose)) if desk.may(handoffs.NEED) else 0
    return waiting + store.count_pressing(desk.session, needs, *_of_tasks(desk, whose))


def _rows(desk: Desk, needs: Sequence[str], whose: str, skipped: int) -> list[Row]:
    """Return one page of the list: alarms, then what else is urgent, then all others; the longest waiting first."""
    most = skipped + SHOWN
    found: list[Task | Conversation] = [*store.pressing(desk.session, needs, *_of_tasks(desk, whose), limit=most)]
    if desk.may(handoffs.NEED):
        found += talklists.first(desk, Show.WAITING, *_of_talks(desk, needs, whose), limit=most)
    found.sort(key=lambda one: (*_press(one), _since(one)))
    shown = found[skipped:most]
    around = _around(desk, shown)
    return [_task(desk, one, around) if isinstance(one, Task) else _talk(desk, one, around) for one in shown]


def _press(one: Task | Conversation) -> tuple[bool, bool]:
    """Return how little a thing presses, as `store.FIRST` has it."""
    return (not one.urgent, not one.is_alarm) if isinstance(one, Task) else (True, True)


def _since(one: Task | Conversation) -> datetime:
    return one.opened_at if isinstance(one, Task) else one.waiting_since or one.updated_at


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What is told of the things of one page beside themselves, asked for at once."""

    holders: Mapping[int, str]
    people: Mapping[str, tuple[Resident, Household]]
    flats: Mapping[int, Household]
    talks: Mapping[str, Conversation]
    handed: Mapping[str, Sequence[Task]]
    said: Mapping[str, Sequence[Line]]
    paths: Mapping[str, str]  # of subjects


def _around(desk: Desk, found: Sequence[Task | Conversation]) -> _Around:
    session = desk.session
    waiting = [one for one in found if isinstance(one, Conversation)]
    todo = [one for one in found if isinstance(one, Task)]
    ids = {one.claimed_by if isinstance(one, Task) else one.assigned_id for one in found} - {None}
    members = session.exec(select(Staff).where(col(Staff.id).in_(ids))).all() if ids else ()
    openids = {one.openid for one in found if one.openid}
    homes = {one.household_id for one in todo} - {None}
    flats = session.exec(select(Household).where(col(Household.id).in_(homes))).all() if homes else ()
    those = session.exec(select(Conversation).where(col(Conversation.openid).in_(openids))).all() if openids else ()
    handed: dict[str, list[Task]] = {}
    for task in reversed(handoffs.open_among(session, [one.openid for one in waiting])):  # the newest first
        handed.setdefault(task.openid or "", []).append(task)
    words = desk.in_words({*(f"conversation:{one.public_id}" for one in those), *(task.about for task in todo)})
    return _Around(
        holders={one.id or 0: one.name for one in members}, people=talks.speakers(desk, openids), flats={one.key: one for one in flats},
        talks={one.openid: one for one in those}, handed=handed, said=talks.lines_among(session, [one.openid for one in waiting], LOOKED_AT),
        paths={subject: one.path for subject, one in words.items()},
    )  # fmt: skip


def _task(desk: Desk, task: Task, around: _Around) -> Row:
    desk.read(task.need, task.about)
    kind = desk.context.services.kind_of(task.kind)
    talk = around.talks.get(task.openid or "")
    talk_path = around.paths[f"conversation:{talk.public_id}"] if talk else ""
    talk_path = talk_path if _page_at(desk, talk_path) else ""
    own = talk_path if task.kind == handoffs.KIND else kind.address(task) if kind else ""
    title = desk.veil(task.title, task)
    whose = _whose(around, task.openid, task.household_id, said=title)
    words = desk.veil(str(task.data.get("text") or task.data.get("report") or ""), task)
    return Row(
        at=task.opened_at, urgent=task.urgent, title=stored(title), path=own or around.paths[task.about], words="" if words in title else words,
        waited=handoffs.say_waited(desk.now - task.opened_at), whose=whose if whose not in title else "", number=task.number or "",
        holder=around.holders.get(task.claimed_by or 0, ""), is_mine=task.claimed_by == desk.staff.id, talk=talk_path if talk_path != own else "",
    )  # fmt: skip


def _talk(desk: Desk, talk: Conversation, around: _Around) -> Row:
    about = f"conversation:{talk.public_id}"
    path = around.paths[about]
    shown = _page_at(desk, path)
    task = min(around.handed.get(talk.openid, ()), key=lambda one: not handoffs.waits(one), default=None)
    said = handoffs.words(task).split("\n") if task else []
    if shown is not None:  # whoever reads the talk reads what was said in it last
        desk.read(shown.need, about)
        said += [line.text for line in around.said[talk.openid] if line.speaker == "resident"]
    words, title = desk.veil(said[-1]) if said else "", desk.veil(talk.topic) or tr("居民找人")
    return Row(
        at=_since(talk), urgent=False, title=stored(title), path=path if shown else "", words="" if words in title else words,
        waited=handoffs.say_waited(desk.now - _since(talk)), whose=_whose(around, talk.openid), number=task.number or "" if task else "",
        holder=around.holders.get(talk.assigned_id or 0, ""), is_mine=talk.assigned_id == desk.staff.id,
    )  # fmt: skip


def _page_at(desk: Desk, path: str) -> Page | None:
    """Return the page of a service at a path, where this person may open it."""
    asked = path.split("/")
    pages = (one for service in desk.context.services.integrations for one in service.console if one.method == "GET")
    fits = (one for one in pages if len(parts := one.path.split("/")) == len(asked) and all(
        part == said or part.startswith("{") for part, said in zip(parts, asked, strict=True)
    ))  # fmt: skip
    return next((one for one in fits if desk.may(one.need)), None)


def _whose(around: _Around, openid: str | None, home: int | None = None, said: str = "") -> str:
    """Return who somebody is that waits, and in which flat where they have several: 3栋2单元501 陈建国. A flat that was `said` beside it is left out."""
    resident, own = around.people.get(openid or "", (None, None))
    flat = around.flats.get(home) if home else own
    if resident and flat:
        name = resident.name or tr("家庭成员")
        return name if flat.label in said else tr_all(" ", (flat.label, name))
    return tr("没绑定住址的微信") if openid else ""


# ------------------------------------------------------------------ figures


def _figures(services: Services, desk: Desk) -> list[Today]:
    return [figure for one in services.integrations for figure in one.today if desk.may(figure.need)]


def _happened(services: Services, desk: Desk) -> list[tuple[str, int, str]]:
    """Return how often what services count has happened since midnight, each with the page behind it, for who may see that.

    That is the log, narrowed to just these; for who does not read it the service's own page.
    """
    counted = {kind: (words, one) for one in services.integrations for kind, words in one.log.figures.items()}
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = desk.session.exec(
        select(Event.kind, func.count()).where(col(Event.kind).in_(counted), col(Event.at) >= midnight).group_by(Event.kind)
    ).all()
    today = {kind: count for kind, count in rows}
    log = f"{AUDIT}?at_from={midnight:%Y-%m-%d}&kind=" if desk.may("audit.view") else ""
    return [
        (words, today.get(kind, 0), f"{log}{kind}" if log else _first_page(one, desk)) for kind, (words, one) in counted.items()
    ]


def _first_page(service: Integration, desk: Desk) -> str:
    """Return the page of a service that stands in this person's menu, empty for none."""
    return next((one.path for one in service.console if one.nav and desk.may(one.need)), "")


def _start(places: Sequence[Page], desk: Desk) -> Redirect:
    """Go where this role works: a guard to the gate; whoever has no page of their own to their account."""
    own = "" if desk.may("home.view") else next((place.path for place in places if desk.may(place.need)), "/account")
    return Redirect(f"/console{own}")
