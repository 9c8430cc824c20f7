"""Today at a glance: who waits, what is to be done."""

from sqlmodel import col, func, select

from bot.model import Event, Follower, Resident, Task
from bot.plugin import Desk, Page, Redirect, View, page
from bot.store import channels, conversations

#: Kinds of events that are counted for today.
COUNTED = {"repair.opened": "报修", "visitor.invited": "访客", "health.checked_in": "健康打卡", "notice.published": "通知"}


@page("GET", "/", need="home.view", title="今天", nav=True)
def show(desk: Desk) -> View:
    """Show what waits."""
    waiting = conversations.waiting(desk.session)
    open_tasks = desk.session.exec(
        select(Task).where(col(Task.closed_at).is_(None)).order_by(col(Task.urgent).desc(), col(Task.opened_at)).limit(100)
    ).all()
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = desk.session.exec(
        select(Event.kind, func.count()).where(col(Event.kind).in_(COUNTED), col(Event.at) >= midnight).group_by(Event.kind)
    ).all()
    today = {COUNTED[kind]: count for kind, count in rows}
    bound = desk.session.exec(select(func.count()).select_from(Resident).where(col(Resident.openid).is_not(None))).one()
    following = desk.session.exec(select(func.count()).select_from(Follower).where(col(Follower.left_at).is_(None))).one()
    return View(
        "console/home.html",
        {
            "waiting": waiting, "tasks": [task for task in open_tasks if desk.may(task.need)],
            "today": [(words, today.get(words, 0)) for words in COUNTED.values()], "bound": bound, "following": following,
            "sent": [(channels.WORDS[name], count) for name, count in channels.figures(desk.session, desk.now).items()],
            "stops": list(channels.stops(desk.session, desk.now).values()),
        },
    )  # fmt: skip


@page("GET", "/start", need="console.start")
def start(desk: Desk) -> Redirect:
    """Go where this role works: a guard to the gate."""
    return Redirect("/console" if desk.may("home.view") else "/console/gate")


ROUTES: tuple[Page, ...] = (show, start)
