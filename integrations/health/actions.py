"""What residents can ask for: check in, and look back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Ask, Reply, Task, Turn, action
from integrations.health.models import ABNORMAL, RANGE_TENTHS, SYMPTOM_WORDS, CheckIn

#: Who may see health data.
NEED = "health.view"

#: Days shown in the chat.
DAYS = 7


#: Symptoms told within this time complete the check-in that lacks them; after it they are another one.
COMPLETES = timedelta(hours=1)

#: The choice of who has no thermometer at hand.
UNMEASURED = "unmeasured"


@dataclass(frozen=True, kw_only=True)
class Report:
    """Temperature in °C or UNMEASURED, symptoms by their ids, and others by their word; None is not said yet."""

    temperature: float | str | None = None
    symptoms: Sequence[str] | None = None
    others: Sequence[str] | None = None

    @property
    def felt(self) -> list[str]:
        """All symptoms, those of the list first; beside another one, none means nothing."""
        named = [*(self.symptoms or ()), *(self.others or ())]
        return [name for name in named if name != "none"] or named


@action(
    "health.checkin", Report,
    replies={
        "done": "temperature symptoms", "changed": "temperature symptoms", "abnormal": "temperature symptoms", "which": "",
        "which_feverish": "", "temperature": "", "temperature_feverish": "", "stopped": "", "stopped_feverish": "",
        "stopped_unmeasured": "", "noted": "symptoms", "unmeasured": "", "range": "said",
    },
)  # fmt: skip
def check_in(turn: Turn, slots: Report) -> Reply | Ask:
    """Keep what is known at once and ask for the rest; what is abnormal becomes a task for a person, once a day."""
    if isinstance(slots.temperature, str | None):
        return _without_temperature(turn, slots)
    tenths = round(slots.temperature * 10)
    if not RANGE_TENTHS[0] <= tenths <= RANGE_TENTHS[1]:
        return Reply("range", said=f"{slots.temperature:g}", ok=False)
    made, is_begun, is_correction = _keep(turn, tenths, slots.felt)
    if made.is_abnormal:
        _assign_once(turn, made.words, made.symptoms, completes=is_begun)
    temperature = f"{tenths / 10:.1f}"
    if not slots.felt:
        which, stopped = ("which_feverish", "stopped_feverish") if made.is_abnormal else ("which", "stopped")
        return Ask(slot="symptoms", name=which, options=SYMPTOM_WORDS, called_off=stopped)
    name = "abnormal" if made.is_abnormal else "changed" if is_correction else "done"
    return Reply(name, temperature=temperature, symptoms=_words(slots.felt))


def _keep(turn: Turn, tenths: int, symptoms: list[str]) -> tuple[CheckIn, bool, bool]:
    """Return today's check-in, whether it was begun before, and whether it corrects one.

    Symptoms that were asked for complete the one begun.
    """
    today = turn.now.date()
    query = select(CheckIn).where(CheckIn.resident_id == turn.me.id, CheckIn.day == today).order_by(col(CheckIn.id))
    before = list(turn.session.exec(query).all())
    last = before[-1] if before else None
    is_begun = last is not None and last.tenths == tenths and not last.symptoms and turn.now - last.at < COMPLETES
    made = before.pop() if is_begun else CheckIn(resident_id=turn.me.id or 0, day=today, at=turn.now, tenths=tenths)
    is_correction = any(earlier.symptoms for earlier in before)
    made.symptoms = symptoms
    turn.session.add(made)
    turn.session.flush()
    if not is_begun:
        turn.record("health.checked_in", f"resident:{turn.me.public_id}", corrected=bool(before))
    elif symptoms:
        turn.record("health.completed", f"resident:{turn.me.public_id}")
    return made, is_begun, is_correction


def _without_temperature(turn: Turn, slots: Report) -> Reply | Ask:
    """Let nobody who feels ill wait for a thermometer: a person is told first, then the temperature is asked for."""
    if not slots.felt:
        return Reply("unmeasured", ok=False)
    is_abnormal = not ABNORMAL.isdisjoint(slots.felt)
    if is_abnormal:
        _assign_once(turn, f"体温未量，{_words(slots.felt)}", slots.felt, completes=slots.temperature == UNMEASURED)
    if slots.temperature != UNMEASURED:
        name, stopped = ("temperature_feverish", "stopped_unmeasured") if is_abnormal else ("temperature", "")
        return Ask(slot="temperature", name=name, options={UNMEASURED: "没量体温"}, called_off=stopped)
    return Reply("noted", symptoms=_words(slots.felt)) if is_abnormal else Reply("unmeasured", ok=False)


def _assign_once(turn: Turn, report: str, symptoms: Sequence[str], *, completes: bool) -> None:
    """Keep one task a day, which a later word of the day changes.

    Once staff have closed it, it is opened again and says how it was closed: whoever still feels ill is called back by somebody
    who knows of the first call. Only what completes the report they dealt with leaves it closed, unless it turns urgent.
    """
    day, urgent = turn.now.date().isoformat(), "breathless" in symptoms
    task = next((task for task in _tasks(turn) if task.data.get("day") == day), None)
    if task is None:
        flat = turn.flat.label if turn.flat else ""
        turn.assign(
            "health.abnormal", NEED, f"健康异常：{flat} {turn.me.name}".strip(), urgent=urgent, openid=turn.openid, household=turn.flat, day=day,
            report=report,
        )  # fmt: skip
        return
    turns_urgent = urgent and not task.urgent
    task.urgent = task.urgent or urgent
    followed = str(task.data.get("followed", ""))
    if task.closed_at is not None and (turns_urgent or not completes):
        followed = f"（今天 {task.closed_at:%H:%M} 办结过：{task.outcome or '已处理'}）"
        turn.reopen(task)
    task.data = {**task.data, "report": report + followed, "followed": followed}
    turn.session.add(task)


def _tasks(turn: Turn) -> Sequence[Task]:
    """Return what staff had to look at for this resident, the newest first."""
    mine = select(Task).where(Task.kind == "health.abnormal", Task.openid == turn.openid)
    return turn.session.exec(mine.order_by(col(Task.id).desc())).all()


@action("health.history", replies={"done": "days", "none": ""})
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
