"""What residents can ask for: check in, and look back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.model import Task
from bot.plugin import Reply, Turn, action
from integrations.health.models import RANGE_TENTHS, SYMPTOM_WORDS, CheckIn

#: Who may see health data.
NEED = "health.view"

#: Days shown in the chat.
DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Report:
    """Temperature in °C, and symptoms by their ids."""

    temperature: float
    symptoms: Sequence[str] = ("none",)


@action("health.checkin", Report)
def check_in(turn: Turn, slots: Report) -> Reply:
    """Keep today's check-in; an abnormal one becomes a task, once a day, and is answered in private."""
    tenths = round(slots.temperature * 10)
    if not RANGE_TENTHS[0] <= tenths <= RANGE_TENTHS[1]:
        return Reply("range", said=f"{slots.temperature:g}", ok=False)
    today = turn.now.date()
    before = turn.session.exec(select(CheckIn).where(CheckIn.resident_id == turn.me.id, CheckIn.day == today)).first()
    made = CheckIn(resident_id=turn.me.id or 0, day=today, at=turn.now, tenths=tenths, symptoms=list(slots.symptoms))
    turn.session.add(made)
    turn.record("health.checked_in", f"resident:{turn.me.public_id}", corrected=before is not None)
    if made.is_abnormal:
        _assign_once(turn, made)
    name = "abnormal" if made.is_abnormal else "changed" if before else "done"
    return Reply(name, temperature=f"{tenths / 10:.1f}", symptoms=_words(slots.symptoms))


def _assign_once(turn: Turn, made: CheckIn) -> None:
    """Open one task a day; a correction of the same day changes what it says."""
    day = made.day.isoformat()
    open_tasks = turn.session.exec(
        select(Task).where(Task.kind == "health.abnormal", Task.openid == turn.openid, col(Task.closed_at).is_(None))
    ).all()
    flat = turn.flat.label if turn.flat else ""
    title = f"健康异常：{flat} {turn.me.name}".strip()
    for task in open_tasks:
        if task.data.get("day") == day:
            task.data = {**task.data, "report": made.words}
            turn.session.add(task)
            return
    turn.assign(
        "health.abnormal", NEED, title, urgent="breathless" in made.symptoms, openid=turn.openid, day=day, report=made.words
    )


@action("health.history")
def history(turn: Turn, slots: object) -> Reply:
    """Tell the last days, the newest first."""
    found = turn.session.exec(
        select(CheckIn).where(CheckIn.resident_id == turn.me.id).order_by(col(CheckIn.id).desc()).limit(DAYS * 3)
    ).all()
    last_of_day: dict[object, CheckIn] = {}
    for made in found:
        last_of_day.setdefault(made.day, made)
    if not last_of_day:
        return Reply("none", ok=False)
    lines = [f"· {made.day.month}月{made.day.day}日 {made.words}" for made in list(last_of_day.values())[:DAYS]]
    return Reply("done", days="\n".join(lines))


def _words(symptoms: Sequence[str]) -> str:
    return "、".join(SYMPTOM_WORDS.get(name, name) for name in symptoms)


ALL = (check_in, history)
