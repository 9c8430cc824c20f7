"""Duty as a service may deal with it: the roster, who was told of a task, and taking, passing on and closing one.

`by` is the person of the staff who does it, on a page, by a link or in the chat.
"""

from bot.contract.work import Work
from bot.errors import Refusal
from bot.store import tasks
from bot.store.alerts import Alert, everybody, unanswered
from bot.store.duty import DAY, Shift, Watch, next_on, now_on, watches
from bot.store.scope import within
from bot.store.staff import Staff, active, by_login
from bot.store.tasks import Task, find

__all__ = [
    "DAY", "Alert", "Shift", "Watch", "active", "by_login", "claim", "close", "everybody", "find", "hand_on", "next_on", "now_on",
    "unanswered", "watches", "within",
]  # fmt: skip


def claim(work: Work, task: Task, by: Staff) -> None:
    """Let somebody see to a task; raises Refusal when a colleague was quicker."""
    tasks.claim(work.session, task, by.id or 0, work.now, f"staff:{by.login}")


def hand_on(work: Work, task: Task, by: Staff, to: Staff) -> None:
    """Give a task to a colleague."""
    tasks.hand_on(work.session, task, to.id or 0, work.now, f"staff:{by.login}")


def close(work: Work, task: Task, by: Staff, outcome: str) -> None:
    """Close a task and say how it ended; raises Refusal for what is none of its kind's outcomes."""
    kind = work.context.services.kind_of(task.kind)
    if kind is not None and not kind.allows(outcome):
        raise Refusal(f"请选一个结果：{'、'.join(kind.outcomes)}。")
    if not outcome:
        raise Refusal("请写一句怎么处理的。")
    tasks.close(work.session, task, work.now, outcome, staff_id=by.id, actor=f"staff:{by.login}")
