"""What residents can ask for: check in, and look back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.model import Task
from bot.plugin import Ask, Reply, Turn, action
from integrations.health.models import ABNORMAL, RANGE_TENTHS, SYMPTOM_WORDS, CheckIn

#: Who may see health data.
NEED = "health.view"

#: Days shown in the chat.
DAYS = 7


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
        "which_feverish": "", "temperature": "", "temperature_feverish": "", "noted": "symptoms", "unmeasured": "", "range": "said",
    },
)  # fmt: skip
def check_in(turn: Turn, slots: Report) -> Reply | Ask:
    """Keep what is known at once and ask for the rest; what is abnormal becomes a task for a person, once a day."""
    if isinstance(slots.temperature, str | None):
        return _without_temperature(turn, slots)
    tenths = round(slots.temperature * 10)
    if not RANGE_TENTHS[0] <= tenths <= RANGE_TENTHS[1]:
        return Reply("range", said=f"{slots.temperature:g}", ok=False)
    made, is_correction = _keep(turn, tenths, slots.felt)
    if made.is_abnormal:
        _assign_once(turn, made.words, made.symptoms, made.id)
    temperature = f"{tenths / 10:.1f}"
    if not slots.felt:
        return Ask(slot="symptoms", name="which_feverish" if made.is_abnormal else "which", options=SYMPTOM_WORDS)
    name = "abnormal" if made.is_abnormal else "changed" if is_correction else "done"
    return Reply(name, temperature=temperature, symptoms=_words(slots.felt))


def _keep(turn: Turn, tenths: int, symptoms: list[str]) -> tuple[CheckIn, bool]:
    """Return today's check-in and whether it corrects one; symptoms that were asked for complete the one begun."""
    today = turn.now.date()
    query = select(CheckIn).where(CheckIn.resident_id == turn.me.id, CheckIn.day == today).order_by(col(CheckIn.id))
    before = list(turn.session.exec(query).all())
    is_begun = bool(before) and before[-1].tenths == tenths and not before[-1].symptoms
    made = before.pop() if is_begun else CheckIn(resident_id=turn.me.id or 0, day=today, at=turn.now, tenths=tenths)
    is_correction = any(earlier.symptoms for earlier in before)
    made.symptoms = symptoms
    turn.session.add(made)
    turn.session.flush()
    if not is_begun:
        turn.record("health.checked_in", f"resident:{turn.me.public_id}", corrected=bool(before))
    elif symptoms:
        turn.record("health.completed", f"resident:{turn.me.public_id}")
    return made, is_correction


def _without_temperature(turn: Turn, slots: Report) -> Reply | Ask:
    """Let nobody who feels ill wait for a thermometer: a person is told first, then the temperature is asked for."""
    if not slots.felt:
        return Reply("unmeasured", ok=False)
    is_abnormal = not ABNORMAL.isdisjoint(slots.felt)
    if is_abnormal:
        _assign_once(turn, f"体温未量，{_words(slots.felt)}", slots.felt)
    if slots.temperature != UNMEASURED:
        name = "temperature_feverish" if is_abnormal else "temperature"
        return Ask(slot="temperature", name=name, options={UNMEASURED: "没量体温"})
    return Reply("noted", symptoms=_words(slots.felt)) if is_abnormal else Reply("unmeasured", ok=False)


def _assign_once(turn: Turn, report: str, symptoms: Sequence[str], check_in: int | None = None) -> None:
    """Open one task a day; a later word of the same day changes what it says.

    One that was closed already stays closed while the same check-in is completed, unless it turns urgent.
    """
    day, urgent = turn.now.date().isoformat(), "breathless" in symptoms
    earlier = turn.session.exec(
        select(Task).where(Task.kind == "health.abnormal", Task.openid == turn.openid).order_by(col(Task.id).desc())
    ).all()
    for task in earlier:
        is_same = check_in is not None and task.data.get("check_in") == check_in
        if task.data.get("day") != day or (task.closed_at and (not is_same or (urgent and not task.urgent))):
            continue
        task.data = {**task.data, "report": report, "check_in": check_in}
        task.urgent = task.urgent or urgent
        turn.session.add(task)
        return
    flat = turn.flat.label if turn.flat else ""
    turn.assign(
        "health.abnormal", NEED, f"健康异常：{flat} {turn.me.name}".strip(), urgent=urgent, openid=turn.openid, day=day,
        report=report, check_in=check_in,
    )  # fmt: skip


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
