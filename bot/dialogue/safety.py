"""Emergencies: fire, gas, trapped, collapsed, tired of life. They cut through everything, in every state."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from itertools import takewhile

from bot.contract import Community, Household, Turn, telling
from bot.language.danger import aftermath
from bot.language.danger.judge import Judge
from bot.language.danger.sorts import Danger
from bot.language.files import Intent
from bot.language.kinds import flat
from bot.language.kinds.flat import Flat
from bot.language.reading import Reading
from bot.store import moving, tasks
from bot.store.tasks import Task

#: Who sees an emergency: everybody who works with tasks.
NEED = "task.view"

#: What is said this soon after an alarm belongs to it.
BELONGS = timedelta(minutes=15)

#: An open alarm that was last spoken of longer ago is another one: whoever calls again must be heard again.
FRESH = timedelta(hours=1)

#: Messages of an alarm that are kept with their times.
LINES = 40

#: Dangers that are spoken of calmly.
CALM = (Danger.SELF_HARM, Danger.SELF_HARM_OTHER)

#: Before the address of a resident who reports what is elsewhere.
WHO = "报警人住"

#: What staff read first.
DANGER_WORDS: Mapping[Danger, str] = {
    Danger.SELF_HARM: "轻生求助", Danger.SELF_HARM_OTHER: "有人要轻生", Danger.FIRE: "火警", Danger.SMOKE: "冒烟", Danger.GAS: "燃气泄漏", Danger.ELECTRIC: "触电",
    Danger.WATER: "落水、水淹", Danger.LIFT: "电梯困人", Danger.COLLAPSE: "坍塌、砸伤", Danger.CRIME: "治安", Danger.CHILD: "孩子出事", Danger.ANIMAL: "动物伤人", Danger.TRAPPED: "被困",
    Danger.FALL: "摔倒", Danger.MISSING: "走失、失联", Danger.MEDICAL: "急病",
}  # fmt: skip

_ORDER = tuple(Danger)

_KINDS = {word: danger for danger, word in DANGER_WORDS.items()}


class End(Enum):
    """What words say of the end of an alarm."""

    NONE = auto()
    SOME = auto()  # they speak of one of several dangers, do not say which, or of something else
    ALL = auto()


#: A number that may be that of a room: 502厕所漏水.
_ROOM = re.compile(r"(?<![\d.:：])\d{3,4}(?![\d.:：元块个人度])")


def alarm(turn: Turn, intent: Intent, danger: Danger, text: str) -> tuple[str, Task]:
    """Tell those on duty of a danger; returns what to tell the resident at once, and the urgent task.

    A household, or somebody who is not bound, has one open alarm: what is said while it is fresh joins it.
    """
    settle(turn, text)
    known = _fresh(turn)
    task = known or _open(turn, intent, danger, text)
    if known is not None:
        _join(turn, known, intent, danger, text)
    turn.attach(turn.photos(), task.about)
    said = turn.words(intent.replies.get(danger, intent.reply), duty=telling.sentence(turn, task))
    return "\n".join(filter(None, (said, where(turn, task.data["text"])))), task


def advice(turn: Turn, intent: Intent, danger: Danger) -> str:
    """Return what the alarm says first of what to do, without who is told, for nobody is."""
    said = intent.replies.get(danger, intent.reply)
    lines = list(takewhile(lambda line: "{duty}" not in line, said.splitlines()))
    return turn.words("\n".join(lines) or said, duty="")


def _open(turn: Turn, intent: Intent, danger: Danger, text: str) -> Task:
    return turn.assign(
        intent.id, NEED, _title(turn, [_word(intent, danger)], text), urgent=True, openid=turn.openid, household=turn.flat, text=text,
        said=[[turn.now.isoformat(), text]], danger=danger.value, dangers=[_word(intent, danger)], heard_at=turn.now.isoformat(), home=_home(turn, text) if turn.flats else "",
    )  # fmt: skip


def _fresh(turn: Turn) -> Task | None:
    """Return the open alarm of the household that was spoken of lately; replicas wait for each other at the household's row."""
    if turn.flat is not None:
        turn.session.refresh(turn.flat, with_for_update=True)
    found = tasks.alarms(turn.session, turn.openid, turn.flat.id if turn.flat else None)
    return next((task for task in found if turn.now - _heard_at(task) < FRESH), None)


def _heard_at(task: Task) -> datetime:
    kept = task.data.get("heard_at")
    return datetime.fromisoformat(kept) if kept else task.opened_at


def _join(turn: Turn, task: Task, intent: Intent, danger: Danger, text: str) -> None:
    """Write another alarm on an open one; the most urgent danger stands first in its title."""
    first = Danger(task.data.get("danger", Danger.UNKNOWN))
    word, words = _word(intent, danger), list(task.data.get("dangers", []))
    is_worse = _ORDER.index(danger) < _ORDER.index(first) or not _open_dangers(task)  # what is over is urgent no more
    if word not in words:
        words = [word, *words] if is_worse else [*words, word]
    eased = [one for one in task.data.get("eased", []) if one != word]
    task.data = {**task.data, "danger": (danger if is_worse else first).value, "dangers": words, "eased": eased}
    add(turn, task, text)


def _word(intent: Intent, danger: Danger) -> str:
    return DANGER_WORDS.get(danger, intent.title)


def _title(turn: Turn, dangers: Sequence[str], text: str, known: str = "") -> str:
    """Return what those who come read first: what it is, and where, by the words before the reporter's own address.

    `known`: where whoever reported it lived when they did; their account may have been let go since, and it burns there all the same.
    """
    home, said = _home(turn, text) if turn.flats or not known else known, _said_place(turn, text)
    if said is not None and not _own(turn, text) and not home.startswith(said.label):
        home = f"{said.label}（{WHO if turn.flat or known else ''}{home}）"
    return f"{'、'.join(dangers)}：{home}"


def _said_place(turn: Turn, text: str) -> Flat | None:
    """Return the building, staircase or flat that the words name, of several the fullest, then the last."""
    found = [one.value for one in flat.find(text, turn.now) if isinstance(one.value, Flat) and one.value.building]
    return max(reversed(found), key=lambda one: bool(one.unit) + 2 * bool(one.room), default=None)


def _home(turn: Turn, text: str) -> str:
    """Return where the resident lives; of several flats the one that the words name, else all: one of them is burning."""
    homes = _own(turn, text) or turn.flats
    if homes:
        return "或".join(one.label for one in homes) + ("（没说是哪一户）" if len(homes) > 1 else "")
    if turn.claim is not None:
        return f"{turn.claim.label}（{moving.UNPROVEN}）"
    return moving.UNPLACED if len(turn.places) > 1 else moving.UNBOUND


def where(turn: Turn, text: str) -> str:
    """Return the question for the community or the flat, for whoever may mean any of several; nothing for all others."""
    places = turn.places
    if len(places) > 1:
        return turn.words(turn.context.messages["emergency.where"], places="、".join(one.name for one in places))
    if len(turn.flats) > 1 and len(_own(turn, text)) != 1 and _said_place(turn, text) is None:
        return turn.words(turn.context.messages["emergency.flat"], flats="、".join(one.label for one in turn.flats))
    return ""


def _own(turn: Turn, text: str) -> Sequence[Household]:
    """Return those of several flats of a resident that the words name, by a part of the address or the room alone."""
    if len(turn.flats) < 2:
        return ()
    said = [one.value for one in flat.find(text, turn.now) if isinstance(one.value, Flat)]
    rooms = set(_ROOM.findall(text))
    return [one for one in turn.flats if one.room in rooms or any(place.fits(one.building, one.unit, one.room) for place in said)]


def means_other_flat(turn: Turn, text: str) -> bool:
    """Tell whether of several flats words may mean another than the last one: 我妈家, or by the number of another of theirs."""
    if flat.names_other_home(text):
        return len(turn.flats) > 1
    if not _ROOM.search(text) and not flat.find(text, turn.now):
        return False
    named = _own(turn, text)
    return bool(named) and turn.flats[0] not in named


def named(turn: Turn, text: str) -> Community | None:
    """Return the community that the words name, of those somebody may mean; None where they name none, or several."""
    near = turn.context.neighbours
    words = _names(tuple(place.name for place in near))
    found = [place for place in near if any(word in text for word in words[place.name])]
    return found[0] if len(found) == 1 and len(turn.places) > 1 else None


@cache
def _names(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Return what people call each community: 和苑东区, 东区; never what fits another one as well, or any."""
    alike = len(list(takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False))))

    def said(name: str) -> list[str]:
        words, others = {name, name.removesuffix("小区"), name[alike:]}, [other for other in names if other != name]
        return [word for word in words if len(word) > 1 and word != "小区" and not any(word in other for other in others)]

    return {name: said(name) for name in names}


def settle(turn: Turn, text: str) -> None:
    """Take the talk, and an alarm that was raised, to the community that the words name; its ladder begins there anew."""
    if place := named(turn, text):
        turn.move_to(place)
        moving.place(turn.session, turn.openid, place.key)


def add(turn: Turn, task: Task, text: str, *, presses: bool = False) -> None:
    """Write what is said after an alarm on its task, where those who come read it; who only presses for them is told apart."""
    said = [*task.data.get("said", []), [turn.now.isoformat(), text, *(["presses"] if presses else [])]]
    said = (
        said if len(said) <= LINES else [*said[: LINES // 2], *said[-LINES // 2 :]]
    )  # the first and the last words, as of its text
    task.data = {**task.data, "heard_at": turn.now.isoformat(), "said": said}
    tasks.add_words(turn.session, task, text)
    task.title = _title(turn, task.data.get("dangers", []), task.data["text"], _known_home(turn, task))
    turn.record("task.heard_more", task.about)


def _known_home(turn: Turn, task: Task) -> str:
    flat = turn.session.get(Household, task.household_id) if task.household_id else None
    return str(task.data.get("home") or "") or (flat.label if flat else "")


def end(task: Task, said: Reading, judge: Judge) -> End:
    """Return which end of an alarm words tell of, and note what is over: 没事了 ends what it was said of, and nothing else."""
    if not aftermath.is_over(said, judge):
        return End.NONE
    if aftermath.is_of_another(said.raw, task.data.get("text", "")) and not aftermath.is_of_all(said.raw):
        return End.SOME
    open_, kinds = _open_dangers(task), aftermath.named(said.raw)
    over = [word for word in open_ if word in said.raw or _KINDS.get(word) in kinds]
    over = over or [word for word in open_ if any(aftermath.alike(_KINDS.get(word, Danger.UNKNOWN), kind) for kind in kinds)]
    is_of_else = bool(kinds) and not over and all(word in _KINDS for word in open_)
    if aftermath.is_of_all(said.raw) or (not is_of_else and len(over or open_) == len(open_) and (over or len(open_) < 2)):
        task.data = {**task.data, "eased": [*task.data.get("eased", []), *open_]}
        return End.ALL
    task.data = {**task.data, "eased": [*task.data.get("eased", []), *over]}
    left_over = [_KINDS[word] for word in _open_dangers(task) if word in _KINDS]
    if over and left_over:  # of what is still open the worst is answered
        task.data = {**task.data, "danger": min(left_over, key=_ORDER.index).value}
    return End.SOME


def left(task: Task) -> str:
    """Return the dangers of an alarm that nobody has called over."""
    return "、".join(_open_dangers(task))


def _open_dangers(task: Task) -> Sequence[str]:
    eased = task.data.get("eased", [])
    return [word for word in task.data.get("dangers", []) if word not in eased]


def more(task: Task) -> str:
    """Return the name of the words for what is said after an alarm: whoever is tired of life is not told numbers to call."""
    return "emergency.more.calm" if is_calm(task) else "emergency.more"


def is_calm(task: Task) -> bool:
    """Tell whether an alarm is about somebody who is tired of life, whose every word belongs to it."""
    return task.data.get("danger") in CALM
