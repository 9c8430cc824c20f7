"""What rings on every open page until somebody answers it."""

from bot.console.tasks import who
from bot.contract import Desk, Page, View, page
from bot.store import tasks
from bot.store.tasks import Task

#: Alarms that are shown at once; of more their number is told.
SHOWN = 3


@page("GET", "/alarms", need="console.start")
def show(desk: Desk) -> View:
    """Return the alarms this person may see: the fragment at the top of each page."""
    alarms = [task for task in tasks.unanswered(desk.session) if desk.may(task.need)]
    return View(
        "console/alarms.html",
        {"alarms": [(task, _whose(desk, task)) for task in alarms[:SHOWN]], "count": len(alarms), "more": len(alarms[SHOWN:])},
    )


def _whose(desk: Desk, task: Task) -> str:
    """Return whose matter it is without what the title says already."""
    return " ".join(word for word in who(desk, task).split() if word not in task.title)


ROUTES: tuple[Page, ...] = (show,)
