"""Today at a glance: who waits, what is to be done."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlmodel import col, func, select

from bot.contract import Desk, Page, Redirect, Services, View, page
from bot.store import channels, conversations, tasks
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.people import Resident


def pages(services: Services) -> tuple[Page, ...]:
    """Return the first page, which counts what each service says is worth it, and the way to where a role works."""
    counted = {kind: words for log in (item.log for item in services.integrations) for kind, words in log.figures.items()}
    places = [place for item in services.integrations for place in item.console if place.nav]
    return (
        page("GET", "/", need="home.view", title="今天", nav="居民")(partial(_show, counted)),
        page("GET", "/start", need="console.start")(partial(_start, places)),
    )


def _show(counted: Mapping[str, str], desk: Desk) -> View:
    """Show what waits."""
    waiting = conversations.waiting(desk.session)
    open_tasks = tasks.listed(desk.session)
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = desk.session.exec(
        select(Event.kind, func.count()).where(col(Event.kind).in_(counted), col(Event.at) >= midnight).group_by(Event.kind)
    ).all()
    today = {kind: count for kind, count in rows}
    bound = desk.session.exec(select(func.count()).select_from(Resident).where(col(Resident.openid).is_not(None))).one()
    following = desk.session.exec(select(func.count()).select_from(Follower).where(col(Follower.left_at).is_(None))).one()
    return View(
        "console/home.html",
        {
            "waiting": waiting, "tasks": [task for task in open_tasks if desk.may(task.need)],
            "today": [(words, today.get(kind, 0)) for kind, words in counted.items()], "bound": bound, "following": following,
            "sent": [(channels.WORDS[name], count) for name, count in channels.figures(desk.session, desk.community.appid, desk.now).items()],
            "live": sorted({"conversation", "task", *(kind.partition(".")[0] for kind in counted)}),
            "stops": list(channels.stops(desk.session, desk.community.appid, desk.now).values()),
        },
    )  # fmt: skip


def _start(places: Sequence[Page], desk: Desk) -> Redirect:
    """Go where this role works: a guard to the gate."""
    own = "" if desk.may("home.view") else next((place.path for place in places if desk.may(place.need)), "")
    return Redirect(f"/console{own}")
