"""What rings on every open page until somebody answers it."""

from bot.contract import Desk, Page, Task, View, page, tasks

#: Urgent things that are shown at once, a line each; of more their number is told. Danger to life is always shown, however many.
SHOWN = 2


@page("GET", "/alarms", need="console.start")
def show(desk: Desk) -> View:
    """Return the alarms this person may see: the fragment at the top of each page."""
    alarms = [task for task in tasks.unanswered(desk.session) if desk.may(task.need)]
    shown = alarms[: max(SHOWN, sum(task.is_alarm for task in alarms))]
    for task in shown:
        desk.read(task.need, task.about)
    return View(
        "console/alarms.html",
        {
            "alarms": [(task, _whose(desk, task), desk.page_of(task.about)) for task in shown],
            "count": len(alarms),
            "more": len(alarms) - len(shown),
        },
    )


def _whose(desk: Desk, task: Task) -> str:
    """Return whose matter it is without what the title says already."""
    return " ".join(word for word in tasks.whose(desk, task).split() if word not in task.title)


ROUTES: tuple[Page, ...] = (show,)
