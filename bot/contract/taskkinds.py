"""Kinds of tasks: how the card of one looks, what may come of it, and who is told when nobody answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.store.people import Household, Resident
from bot.store.tasks import Task
from bot.translation import tr

if TYPE_CHECKING:
    from bot.contract.work import Work


class Who(StrEnum):
    """Whom a rung tells."""

    ON_DUTY = "on_duty"
    STAND_IN = "stand_in"
    COLLEAGUES = "colleagues"  # all who may see the task
    MANAGERS = "managers"


@dataclass(frozen=True)
class Ladder:
    """Who is told when: pairs of a wait since the task was opened and whom to tell; it ends when somebody claims the task."""

    rungs: Sequence[tuple[timedelta, Who]]

    def __len__(self) -> int:
        return len(self.rungs)


#: The ladder of alarms: on duty at once, then also the stand-in, all colleagues, the managers.
ALARM = Ladder((
    (timedelta(0), Who.ON_DUTY), (timedelta(seconds=60), Who.STAND_IN), (timedelta(minutes=3), Who.COLLEAGUES),
    (timedelta(minutes=10), Who.MANAGERS),
))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose word a task stands on: whoever comes calls them, and nobody else in their name."""

    resident: Resident | None = None
    flat: Household | None = None
    phone: str = ""  # told for just this; empty = the resident's own
    place: str = ""  # where to go; empty = the flat


@dataclass(frozen=True, kw_only=True)
class TaskKind:
    """How tasks of a kind are dealt with; `kind` may end with `*` for all that begin so.

    `caller` says who reported what a task is about, where its own account does not. `path` is the console page that settles it and may use the task's data: /tickets/{ticket}. With `outcomes`, closing asks
    which it was. Only with a `ladder` anybody is told by itself.
    """

    kind: str
    title: str
    path: str = ""
    path_title: str = tr("去处理")
    outcomes: Sequence[str] = ()
    ladder: Ladder | None = None
    caller: "Callable[[Work, Task], Caller] | None" = None
    need: str = ""  # the permission its tasks ask for, where a roster is to know beforehand
    disputes: bool = (
        False  # it asks who belongs to a flat: whoever its subject names lets nobody else in there until it is closed
    )
    says_flat: bool = False  # it waits for an account to be known in the flat that its data say: building, unit, room
    ends_with_account: bool = False  # it asks for something on an account's behalf: once that is erased nothing is left to do

    def fits(self, kind: str) -> bool:
        """Tell whether a task is of this kind."""
        return kind.startswith(self.kind[:-1]) if self.kind.endswith("*") else kind == self.kind

    def address(self, task: Task) -> str:
        """Return the console path that settles a task; empty where there is none."""
        known = {name: value for name, value in task.data.items() if isinstance(value, str | int)}
        try:
            return self.path.format(**known, subject=task.subject.partition(":")[2])
        except KeyError:  # a task that was opened before the kind had a path
            return ""
