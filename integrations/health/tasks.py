"""What staff are asked to look at: who of a household is unwell, one task a day for whoever told it."""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import col, or_, select

from bot.contract import Household, Resident, Task, Turn, Work, tr, tr_all

#: Who may see health data.
NEED = "health.view"

#: What such a task is called.
KIND = "health.abnormal"


#: What such a task is called when nothing of it is known any more.
FORGOTTEN = "健康异常（本人撤回，内容已删除）"

#: The same where the term of a campaign is over.
FORGOTTEN_WITH = "健康异常（登记到期，内容已删除）"


def tell(turn: Turn, unwell: Mapping[str, str], *, urgent: bool, completes: bool) -> Task:
    """Tell staff of people who are unwell, as who speaks told; see `tell_of`."""
    return tell_of(turn, turn.me, turn.flat, unwell, urgent=urgent, completes=completes)


def tell_of(
    work: Work, resident: Resident, flat: Household | None, unwell: Mapping[str, str], *, urgent: bool, completes: bool
) -> Task:
    """Tell staff of people who are unwell, each by a word of their own; one task a day, which a later word of the day changes.

    Once staff have closed it, it is opened again and says how it was closed: whoever still feels ill is called back by somebody
    who knows of the first call. Only what completes the report they dealt with leaves it closed, unless it turns urgent.
    """
    day = work.now.date().isoformat()
    task = next((task for task in _tasks(work, resident) if task.data.get("day") == day), None)
    if task is None:
        return work.assign(
            KIND, NEED, f"健康异常：{flat.label if flat else ''} {resident.name}".strip(), urgent=urgent, openid=resident.openid, household=flat,
            subject=resident.about, day=day, people=dict(unwell), report=tr_all("；", unwell.values()),
        )  # fmt: skip
    turns_urgent = urgent and not task.urgent
    task.urgent = task.urgent or urgent
    followed = str(task.data.get("followed", ""))
    everybody = {**task.data.get("people", {}), **unwell}
    is_new = everybody != task.data.get("people")
    if task.closed_at is not None and (turns_urgent or not completes):
        followed = tr(
            "（今天 {closed_at:%H:%M} 办结过：{outcome}）", closed_at=task.closed_at, outcome=task.outcome or tr("已处理")
        )
        work.reopen(task)
    if is_new or followed:
        task.data = {
            **task.data,
            "people": everybody,
            "report": tr_all("；", everybody.values()) + followed,
            "followed": followed,
        }
        work.session.add(task)
    return task


def put_right(turn: Turn, well: Mapping[str, str]) -> None:
    """Let staff who were told of a fever read the figure that replaces it: 孩子37.5, not 38.5."""
    day = turn.now.date().isoformat()
    theirs = _tasks(turn, turn.me)
    task = next((task for task in theirs if task.data.get("day") == day and task.closed_at is None), None)
    told = task.data.get("people", {}) if task is not None else {}
    righted = {word: tr("{words}（更正）", words=words) for word, words in well.items() if word in told}
    if task is not None and righted:
        everybody = {**told, **righted}
        task.data = {**task.data, "people": everybody, "report": tr_all("；", everybody.values())}
        turn.session.add(task)


def strike(work: Work, resident: Resident, word: str, *, why: str, keeps: bool) -> bool:
    """Take somebody of whom it was told by a mix-up out of today's task of who told it; returns whether they stood on it.

    It is called off where nobody is left whom it `keeps`, even a danger: that was told of somebody who has none.
    """
    day = work.now.date().isoformat()
    task = next((task for task in _tasks(work, resident) if task.data.get("day") == day), None)
    told = dict(task.data.get("people", {})) if task is not None else {}
    if task is None or word not in told:
        return False
    del told[word]
    task.data = {**task.data, "people": told, "report": tr_all("；", told.values()) if told else why}
    work.session.add(task)
    work.session.flush()
    if task.closed_at is None and not told and not keeps:
        work.call_off(task, why)
    return True


def forget(work: Work, who: str, *, of: Callable[[str], bool] = lambda word: True, why: str) -> None:
    """Take out of all tasks of an account, or of a resident by `about`, how those were whom `of` tells by their word.

    Who waits for a call waits no longer. A danger goes on without its words: somebody is on their way.
    """
    theirs = or_(Task.openid == who, Task.subject == who)
    for task in work.session.exec(select(Task).where(Task.kind == KIND, theirs)).all():
        left = {word: said for word, said in task.data.get("people", {}).items() if not of(word)}
        if task.closed_at is not None and task.data.get("people") and not left:
            task.outcome = ""
        if task.closed_at is None and not left and not task.urgent:
            work.call_off(task, why)
        task.title = task.title if left or task.urgent else FORGOTTEN
        kept = {"people": left, "report": "；".join(left.values())} if left else {}
        task.data = {"day": task.data.get("day", ""), **kept}
        work.session.add(task)


def _tasks(work: Work, resident: Resident) -> Sequence[Task]:
    """Return what staff had to look at for this resident, the newest first."""
    mine = or_(col(Task.subject) == resident.about, col(Task.openid) == (resident.openid or ""))
    return work.session.exec(select(Task).where(Task.kind == KIND, mine).order_by(col(Task.id).desc())).all()
