"""Today at a glance: who waits, what is to be done."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import col, func, select

from bot.contract import Desk, Page, Redirect, Services, Today, View, handoffs, page
from bot.store import channels, conversations, people, tasks
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.people import Resident


def pages(services: Services) -> tuple[Page, ...]:
    """Return the first page, which shows what each service says is worth it, and the way to where a role works."""
    places = [place for item in services.integrations for place in item.console if place.nav]
    return (
        page("GET", "/", need="home.view", title="今天", nav="居民")(partial(_show, services)),
        page("GET", "/start", need="console.start")(partial(_start, places)),
    )


def _show(services: Services, desk: Desk) -> View:
    """Show what waits, and the figures of the day."""
    bound = desk.session.exec(select(func.count()).select_from(Resident).where(col(Resident.openid).is_not(None))).one()
    following = desk.session.exec(select(func.count()).select_from(Follower).where(col(Follower.left_at).is_(None))).one()
    open_ones = [task for task in tasks.listed(desk.session) if desk.may(task.need)]
    waiting = conversations.waiting(desk.session)
    asked = {task.openid: task for task in open_ones if task.kind == handoffs.KIND}
    open_ones = [
        task for task in open_ones if asked.get(task.openid) is not task or task.openid not in {talk.openid for talk in waiting}
    ]
    for task in (*open_ones, *asked.values()):
        desk.read(task.need, task.about)
    return View(
        "console/home.html",
        {
            "waiting": [(talk, desk.page_of(f"conversation:{talk.public_id}"), _whose(desk, talk.openid), asked.get(talk.openid)) for talk in waiting],
            "tasks": [(task, desk.page_of(task.about), _whose(desk, task.openid)) for task in open_ones],
            "standing": [(figure.title, figure.run(desk), figure.path) for figure in _figures(services, desk)],
            "today": _happened(services, desk), "bound": bound, "following": following,
            "sent": [(channels.WORDS[name], count) for name, count in channels.figures(desk.session, desk.community.appid, desk.now).items()],
            "live": sorted({"conversation", "task", "resident"}.union(*(one.stirs for one in services.integrations if one.today or one.log.figures))),
            "stops": list(channels.stops(desk.session, desk.community.appid, desk.now).values()),
        },
    )  # fmt: skip


def _whose(desk: Desk, openid: str | None) -> str:
    """Return who somebody is that waits: 3栋2单元501 陈建国."""
    resident = people.bound(desk.session, openid) if openid else None
    return f"{desk.household(resident).label} {resident.name or '家庭成员'}" if resident else "没绑定住址的微信" if openid else ""


def _figures(services: Services, desk: Desk) -> list[Today]:
    return [figure for one in services.integrations for figure in one.today if desk.may(figure.need)]


def _happened(services: Services, desk: Desk) -> list[tuple[str, int]]:
    """Return how often what services count has happened since midnight."""
    counted = {kind: words for one in services.integrations for kind, words in one.log.figures.items()}
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = desk.session.exec(
        select(Event.kind, func.count()).where(col(Event.kind).in_(counted), col(Event.at) >= midnight).group_by(Event.kind)
    ).all()
    today = {kind: count for kind, count in rows}
    return [(words, today.get(kind, 0)) for kind, words in counted.items()]


def _start(places: Sequence[Page], desk: Desk) -> Redirect:
    """Go where this role works: a guard to the gate."""
    own = "" if desk.may("home.view") else next((place.path for place in places if desk.may(place.need)), "")
    return Redirect(f"/console{own}")
