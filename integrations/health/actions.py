"""What residents can ask for: check in, correct it, and look back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.contract import Ask, Reply, Task, Turn, action, amends
from integrations.health import several
from integrations.health.models import ABNORMAL, FEVER_TENTHS, RANGE_TENTHS, SYMPTOM_WORDS, CheckIn

#: Who may see health data.
NEED = "health.view"

#: Days shown in the chat.
DAYS = 7

#: Symptoms told within this time complete the check-in that lacks them; after it they are another one.
COMPLETES = timedelta(hours=1)

#: The option for a resident without a thermometer at hand.
UNMEASURED = "unmeasured"

#: What one calls a check-in on the day it was made.
CALLED = "今天的健康打卡"

#: Words that put other symptoms in the place of those told before; without them they are added.
_INSTEAD = re.compile(r"不对|不是|错了|改成|改为|没有|没了|不(?:咳|烧|疼|痛)")

#: Words that add nothing to what was told before, and take nothing away.
_NO_MORE = re.compile(r"别的|其他|其它|另外")


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
        "done": "temperature symptoms left", "changed": "temperature symptoms left", "abnormal": "temperature symptoms left",
        "which": "measured left", "which_feverish": "measured left high", "temperature": "", "temperature_feverish": "",
        "stopped": "measured left", "stopped_feverish": "measured left high",
        "stopped_unmeasured": "", "noted": "symptoms", "unmeasured": "", "range": "said", "whose": "left", "whose_feverish": "left",
    },
)  # fmt: skip
def check_in(turn: Turn, slots: Report) -> Reply | Ask:
    """Keep what is known at once and ask for the rest; what is abnormal becomes a task for a person, once a day."""
    told = several.told(turn.said)
    if told is not None:
        return _one_of_several(turn, slots, told)
    return _check_in(turn, slots)


def _one_of_several(turn: Turn, slots: Report, told: several.Told) -> Reply | Ask:
    """Check in the resident alone, and say what of the others' is not kept; a fever among them a person is told of all the same."""
    feverish = round(told.hottest * 10) >= FEVER_TENTHS
    if told.own is not None:
        is_first = several.told(turn.said.splitlines()[-1]) is not None  # symptoms in this message may be anybody's
        mine = replace(slots, temperature=told.own, **({"symptoms": None, "others": None} if is_first else {}))
        return _check_in(turn, mine, left=told.words, feverish=feverish)
    if feverish:
        _assign_once(turn, f"家里人：{told.words}", (), completes=False)
    return Reply("whose_feverish" if feverish else "whose", left=told.words, ok=False)


def _check_in(turn: Turn, slots: Report, left: str = "", *, feverish: bool = False) -> Reply | Ask:
    """Check in one resident; `left` tells what others of the household said, `feverish` that one of them has a fever."""
    if isinstance(slots.temperature, str | None):
        return _without_temperature(turn, slots)
    tenths = round(slots.temperature * 10)
    if not _is_possible(tenths):
        return Reply("range", said=f"{slots.temperature:g}", ok=False)
    made, is_begun, is_correction = _keep(turn, tenths, slots.felt)
    is_told = made.is_abnormal or feverish
    if is_told:
        _assign_once(turn, made.words + (f"；家里人：{left}" if left else ""), made.symptoms, completes=is_begun)
    temperature = f"{tenths / 10:.1f}"
    if not slots.felt:
        which, stopped = ("which_feverish", "stopped_feverish") if is_told else ("which", "stopped")
        values = {"measured": temperature, "left": left, **({"high": tenths >= FEVER_TENTHS or ""} if is_told else {})}
        return Ask(slot="symptoms", name=which, options=SYMPTOM_WORDS, values=values, called_off=stopped)
    said: dict[str, Any] = {"temperature": temperature, "symptoms": _words(slots.felt)}
    name = "abnormal" if is_told else "changed" if is_correction else "done"
    return Reply(name, about=_about(turn.now), called=CALLED, left=left, **said)


def _is_possible(tenths: int) -> bool:
    return RANGE_TENTHS[0] <= tenths <= RANGE_TENTHS[1]


def _about(now: datetime) -> str:
    return f"checkin:{now.date().isoformat()}"


@amends(
    "health.checkin", Report,
    replies={
        "changed": "temperature symptoms left", "abnormal": "temperature symptoms left", "noted": "symptoms", "unmeasured": "",
        "range": "said", "past": "", "whose": "left",
    },
)  # fmt: skip
def correct(turn: Turn, about: str, slots: Report) -> Reply:
    """Correct today's check-in: what is not said anew stays as it was; more symptoms join those before."""
    if about != _about(turn.now):
        return Reply("past", ok=False)
    told, last = several.told(turn.said), _last(turn)
    if told is not None and told.own is None:
        return Reply("whose", left=told.words, ok=False)
    if told is not None:
        slots = Report(temperature=told.own)
    left = told.words if told else ""
    felt = _felt_now(last.symptoms if last else [], slots.felt, turn.said)
    temperature = slots.temperature if isinstance(slots.temperature, float | int) else last.tenths / 10 if last else None
    if temperature is None:
        reply = _without_temperature(turn, Report(temperature=UNMEASURED, symptoms=felt))
        return reply if isinstance(reply, Reply) else Reply("unmeasured", ok=False)
    tenths = round(temperature * 10)
    if not _is_possible(tenths):
        return Reply("range", said=f"{temperature:g}", ok=False)
    made, _, _ = _keep(turn, tenths, felt)
    said: dict[str, Any] = {"temperature": f"{tenths / 10:.1f}", "symptoms": _words(felt) or "症状没说", "left": left}
    if not made.is_abnormal:
        return Reply("changed", about=about, called=CALLED, **said)
    _assign_once(turn, made.words, made.symptoms, completes=False)
    return Reply("abnormal", about=about, called=CALLED, **said)


def _felt_now(before: Sequence[str], said: list[str], words: str) -> list[str]:
    """Return the symptoms after a later word: 还咳嗽 adds, 不是发热是头疼 replaces, 没有不舒服 clears."""
    if not said or (said == ["none"] and before and _NO_MORE.search(words)):
        return list(before)
    if said == ["none"] or _INSTEAD.search(words):
        return said
    return [name for name in dict.fromkeys((*before, *said)) if name != "none"]


def _last(turn: Turn) -> CheckIn | None:
    """Return the resident's last check-in of today."""
    mine = select(CheckIn).where(CheckIn.resident_id == turn.me.id, CheckIn.day == turn.now.date())
    return turn.session.exec(mine.order_by(col(CheckIn.id).desc())).first()


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
    noted = Reply("noted", about=_about(turn.now), called=CALLED, symptoms=_words(slots.felt))
    return noted if is_abnormal else Reply("unmeasured", ok=False)


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


@action("health.history", replies={"done": "days", "none": ""}, shows=True)
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
AMENDS = (correct,)
