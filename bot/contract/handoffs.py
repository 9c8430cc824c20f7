"""What is handed to a person: opened with a number and the resident's own words, added to while they wait, asked about, called off.

A hand-off is a task; staff answer in the talk (talks.py) and close it (tasks.py). Putting the talk itself into the queue of those
who wait is the dialogue's: it holds the talk's row while it answers.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.contract.cards import Matter
from bot.contract.jobs import job
from bot.contract.office import say_clock
from bot.contract.work import Turn, Work
from bot.language.kinds import phone as phones
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading
from bot.store import conversations, tasks
from bot.store import handoffs as store
from bot.store.handoffs import KIND, NEED, intent, is_question, open_among, open_of, waits, words
from bot.store.photos import Photo
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.translation import tr

__all__ = [
    "KIND", "NEED", "OUTCOMES", "add", "by_number", "close_answered", "closed_lately", "current", "expected", "intent", "is_question", "matters", "open", "open_among",
    "open_of", "phone", "say", "say_state", "say_topic", "say_wait", "say_waited", "tell_closed", "waits", "withdraw", "words",
]  # fmt: skip

#: What may come of one; its resident reads it: 您问的“…”办好了.
OUTCOMES = (tr("办好了"), tr("已经答复您了"), tr("转给别的部门了"), tr("现在办不了"), tr("没联系上您"))

#: How long after its answer a hand-off stays open by itself: a resident may still ask back.
ANSWERED_FOR = timedelta(days=3)

#: How long what was closed is still told to a resident who asks how things stand.
LATELY = timedelta(days=7)

#: The number to call, as the words tell it.
_CALL = Slot(name="phone", kind=phones.KIND)

#: The topic where only a person was asked for.
BARE = tr("找物业工作人员")

#: Waits as one promises them: the first that is long enough, with its words. Longer ones are promised in days.
_KINDLY = (
    *((timedelta(minutes=minutes), tr("{minutes} 分钟", minutes=minutes)) for minutes in (5, 10, 20, 30)),
    *((timedelta(hours=hours), tr("{hours} 小时", hours=hours)) for hours in (1, 2, 4, 8, 12, 24)),
)


def open(turn: Turn, *, intent: str, topic: str, words: str, question: bool = False) -> Task:
    """Hand something to a person; the same once more joins the one that is open.

    `intent` is what it came from, handoff.human where only a person was asked for. `topic` is what was understood, 查物业费：3栋2单元501,
    empty where nothing was; `words` the resident's own. Photos that belong to nothing yet go along. A `question` may become
    an entry of what the community knows.
    """
    for task in store.open_of(turn.session, turn.openid):
        if store.intent(task) == intent:
            add(turn, task, words)
            return task
    data = {"intent": intent, "topic": topic, "text": "", "question": question}
    task = tasks.open(
        turn.session, turn.now, kind=KIND, need=store.NEED, title=topic or BARE, openid=turn.openid,
        household_id=turn.flat.id if turn.flat else None, data=data, actor="system", number=store.number(),
    )  # fmt: skip
    store.add(turn.session, task, words)
    turn.attach(turn.photos(), task.about)
    return task


def current(turn: Turn) -> Task | None:
    """Return the newest hand-off that the resident waits for."""
    return next((task for task in store.open_of(turn.session, turn.openid) if store.waits(task)), None)


def add(turn: Turn, task: Task, words: str, photo: Photo | None = None) -> None:
    """Let words, and a photo, join a hand-off; whoever sees to it sees them."""
    store.add(turn.session, task, words)
    if photo is not None:
        turn.attach([photo], task.about)
    turn.record("task.heard_more", task.about)


def withdraw(turn: Turn, task: Task) -> None:
    """Close a hand-off whose resident wants no answer any more."""
    tasks.close(turn.session, task, turn.now, tr("居民说不用了"), actor=turn.actor)


def tell_closed(work: Work, task: Task, outcome: str, note: str) -> None:
    """Tell the resident what came of a hand-off, in the office's own words where there are any."""
    work.tell(
        task.openid, "handoff.closed", heading=f"{task.number} {outcome}", topic=say_topic(task), number=task.number,
        outcome=outcome or tr("办好了"), note=note.rstrip("。！. "),
    )  # fmt: skip


def by_number(turn: Turn, number: str) -> Task | None:
    """Return the resident's own hand-off of that number, open or closed."""
    return store.by_number(turn.session, turn.openid, number)


def expected(work: Work) -> str:
    """Return when an answer comes, in words without a full stop: from how long it took lately, else from the office's hours."""
    office, messages = work.context.office, work.context.messages
    if not office.is_open(work.now):
        return work.words(messages["expected.closed"], opens=office.say_opening(work.now))
    usual = store.usual_wait(work.session, work.now)
    if usual is None:
        return work.words(messages["expected.open"], closes=say_clock(office.closes))
    return work.words(messages["expected.usual"], time=say_wait(usual))


def say_wait(wait: timedelta) -> str:
    """Return a wait as one promises it, never less than it is: 20 分钟 for 12 minutes."""
    return next((said for enough, said in _KINDLY if wait <= enough), tr("{days} 天", days=wait.days + 1))


def say_waited(wait: timedelta) -> str:
    """Return how long somebody has waited: 12 分钟, 3 小时, 2 天."""
    minutes = max(int(wait / timedelta(minutes=1)), 0)
    if minutes < 120:
        return tr("{minutes} 分钟", minutes=minutes)
    return tr("{minutes} 小时", minutes=minutes // 60) if minutes < 48 * 60 else tr("{minutes} 天", minutes=minutes // (24 * 60))


def say_state(work: Work, task: Task) -> str:
    """Return where a hand-off stands, for its resident: 等待处理, 物业小陈接手了, 已办结：办好了."""
    messages = work.context.messages
    if not task.is_open:
        return work.words(messages["handoff.state.closed"], outcome=task.outcome)
    holder = work.session.get(Staff, task.claimed_by) if task.claimed_by else None
    if holder is not None:
        return work.words(messages["handoff.state.claimed"], who=holder.name)
    return work.words(messages["handoff.state.waits"], expected=expected(work))


def say(work: Work, task: Task) -> str:
    """Return a hand-off as a list shows it: 查物业费（H8K2M3X）：等待处理，一般 20 分钟内回复."""
    return f"{say_topic(task)}（{task.number}）：{say_state(work, task)}"


def say_topic(task: Task) -> str:
    """Return what a hand-off is about, for its resident."""
    return str(task.data.get("topic", "")) or BARE


def phone(work: Work, task: Task) -> str:
    """Return the number to call that the resident's words name last; empty where they name none."""
    lines = (Reading.of(line, work.now).take((_CALL,)) for line in reversed(store.words(task).splitlines()))
    return next((str(found[_CALL.name]) for found in lines if found), "")


def closed_lately(turn: Turn) -> Sequence[Matter]:
    """Return what was closed of a resident's hand-offs in the last days, the last one first."""
    over = store.closed_of(turn.session, turn.openid, turn.now - LATELY)
    return [Matter(words=say(turn, task), at=task.closed_at or turn.now) for task in over]


def matters(turn: Turn) -> Sequence[Matter]:
    """Return all that is under way of a resident's, with persons and with services, the newest first."""
    own = [Matter(words=say(turn, task), at=task.opened_at) for task in store.open_of(turn.session, turn.openid)]
    return sorted([*own, *turn.context.services.matters(turn)], key=lambda matter: matter.at, reverse=True)


@job(every=timedelta(hours=1))
def close_answered(work: Work) -> None:
    """Close what was answered days ago and is waited for no more, for staff who forget to; the resident has their answer."""
    for task in store.left_open(work.session, work.now - ANSWERED_FOR):
        talk = conversations.locked(work.session, task.openid or "")  # before the task, as turns do
        tasks.close(work.session, task, work.now, tr("已经答复您了"), actor=work.actor)
        if talk is not None and not store.open_of(work.session, talk.openid):
            talk.assigned_id = None
            work.session.add(talk)
