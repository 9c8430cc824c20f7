"""Conversations played on the product as it ships: its intents, its services, the demo community, and nothing in between."""

from __future__ import annotations

import re
import shutil
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

from sqlmodel import Session

from bot import config
from bot.cli.talk import DATABASE, Room, found
from bot.dialogue.answer import SILENT, Answer, Outcome
from bot.language.answers import is_yes
from bot.language.corrections import corrects
from bot.language.questions import is_question
from bot.services import load_services, understand
from bot.store import claims, people, scope
from bot.store.people import Household
from integrations.clinic.models import Session as Sitting
from integrations.health.models import Campaign
from tests.talks.record import Row, all_of, is_like, plain, unlike
from tests.talks.script import Conversation, Turn

#: From one message to the next.
PACE = timedelta(seconds=10)

#: What conversations that were written before still call a repair, and what residents read now.
RENAMED = ("工单", "报修")

#: When the community was founded: before every conversation.
FOUNDED = datetime.fromisoformat("2026-01-01T10:00+08:00")


class Cause(StrEnum):
    """Why a turn is not as it should be; of several the first of these."""

    CRASH = "a fault of the program"
    ALARM = "an alarm that was none, or none where one was"
    MENU = "a menu instead of an act"
    LOST = "not understood"
    INTENT = "taken for something else"
    KIND = "another kind of answer"
    VALUE = "a value missing or wrong"
    MUST = "a word is missing"
    NEVER = "a word that hurts"
    STORED = "something else on record"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something that is not as the file says. `turn` 0 is what is on record at the end."""

    turn: int
    line: int
    said: str
    cause: Cause
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.turn or 'end'} “{self.said}” {self.cause.name}: wanted {self.wanted}; got {self.got}"


class Stage:
    """Plays conversations, each in a community of its own; the intents are learned once."""

    def __init__(self, folder: Path) -> None:
        local = config.load_local()
        self.understanding = understand(local.intents_folder, load_services(local))
        self._folder = folder
        found(folder / DATABASE, FOUNDED)  # each conversation has a copy

    def play(self, talk: Conversation) -> Sequence[Failure]:
        """Return what is not as the file says, in the order of its turns."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            shutil.copy(self._folder / DATABASE, folder)
            room = Room.open(Path(folder), talk.now, self.understanding)
            try:
                if not talk.bound:
                    room.seat(bound=False)
                if talk.consents:
                    room.consent()
                room.database.submit(_furnish, room, talk).result()
                return [*_played(room, talk), *_recorded(room, talk)]
            finally:
                room.database.close()


#: Sessions of the health station in the week of the talks: doctor, what for, days and hours after the first morning, places left of two.
WEEK = (
    ("王医生", "全科", 1, 8, 2),
    ("李护士", "量血压、打针", 2, 14, 2),
    ("赵医生", "中医", 3, 9, 0),
    ("王医生", "全科", 7, 8, 2),
)


def _furnish(session: Session, room: Room, talk: Conversation) -> None:
    """Write down what the community has beside its people, where the file says so."""
    day = talk.now.replace(hour=0, minute=0)
    with scope.within(session, room.house.context.community.key):
        for doctor, offers, days, hour, left in WEEK if talk.station else ():
            begins = day + timedelta(days=days, hours=hour)
            session.add(
                Sitting(
                    doctor=doctor, offers=offers, room="2 栋 1 楼卫生站", starts_at=begins, ends_at=begins + timedelta(hours=2), places=2, taken=2 - left
                )
            )  # fmt: skip
        if talk.campaign:
            session.add(
                Campaign(
                    name="流感登记", whom={"everyone": True}, begins=day.date(), ends=day.date() + timedelta(days=6), windows=[[420, 720], [960, 1140]],
                    keep_days=14, erases_on=day.date() + timedelta(days=20), made_at=talk.now, questions=[{"title": "出过远门吗？", "options": ["有", "没有"], "kind": "flag"}],
                )
            )  # fmt: skip
        session.flush()


def _played(room: Room, talk: Conversation) -> Iterator[Failure]:
    people = {"": room.openid}
    for number, turn in enumerate(talk.turns, 1):
        if number > 1 and not turn.wait:
            room.frozen = room.now + PACE
        if turn.by not in people:
            room.seat(bound=talk.bound)
            if talk.consents:
                room.consent()
        room.openid = people.setdefault(turn.by, room.openid)
        try:
            answer = _act(room, turn, "".join(one.say for one in talk.turns[number : number + 1]), proves=talk.proves)
        except Exception as error:  # the next conversations are to be heard, too
            yield _failure(number, turn, Cause.CRASH, "an answer", _where(error))
            return
        yield from (_failure(number, turn, *fault) for fault in _faults(turn, answer, _kinds(room, answer.outcome)))


def _act(room: Room, turn: Turn, next_said: str, *, proves: bool) -> Answer:
    """Let happen what a turn says; returns what the resident reads last of it. Who takes back a flat next, or says yes to it, has not proven it yet."""
    answer = room.wait(turn.wait) if turn.wait else SILENT
    if turn.say:
        answer = room.say(turn.say)
        return answer if not proves or corrects(next_said) or is_yes(next_said) or is_question(turn.say) else _prove(room, answer)
    if turn.photo:
        return room.send_photo()
    if turn.place:
        return room.stand_at(turn.place)
    if turn.tap:
        return room.tap(turn.tap)
    if turn.staff:
        answer = room.staff_say(turn.staff)
    if turn.back:
        back = room.staff_leave()
        return replace(back, texts=(*answer.texts, *back.texts))
    return answer


def _prove(room: Room, answer: Answer) -> Answer:
    """Let who is asked for the number on record tell it, and that it is theirs: those who wrote the talks knew of no such question."""
    if answer.outcome.slot != "proof":
        return answer
    digits = room.database.submit(_number_on_record, room.openid).result()
    shown = room.say(digits or "没有")
    if shown.outcome.slot == "who":
        shown = room.say("1")
    return replace(shown, texts=(*answer.texts, *shown.texts), values={**answer.values, **shown.values})


def _number_on_record(session: Session, openid: str) -> str:
    """Return the last digits of the number of somebody who lives where an account says it does, and has no account yet."""
    claim = claims.of(session, openid)
    if claim is None or claim.household_id is None:
        return ""
    at_home = people.of_household(session, session.get_one(Household, claim.household_id))
    return next((one.phone[-4:] for one in at_home if one.phone and one.openid is None), "")


def _kinds(room: Room, outcome: Outcome) -> Set[str]:
    """Return the words for what became of a message: what is done may be an answer alone, or a cancelling."""
    intent = room.house.understanding.catalogue.intents.get(outcome.intent or "")
    action = room.house.actions.get(outcome.intent or "")
    if outcome.kind != "done" or intent is None:
        return {outcome.kind}
    only_tells = action is None or action.shows
    return {"done", *(["answered"] if only_tells else []), *(["cancelled"] if intent.cancels or intent.releases_flat else [])}


def _failure(number: int, turn: Turn, cause: Cause, wanted: str, got: str) -> Failure:
    return Failure(turn=number, line=turn.line, said=turn.doing, cause=cause, wanted=wanted, got=got)


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"


# ------------------------------------------------------------------ what should be


#: What no resident reads, and what holds any signs.
_ADDRESS = re.compile(r"https?://[^\s\"<>]+")

Fault = tuple[Cause, str, str]  # why, what was wanted, what came instead


def _faults(turn: Turn, answer: Answer, kinds: Set[str]) -> Iterator[Fault]:
    """Compare an answer with what is written; what is not written does not matter. `kinds` are the words for what it is."""
    outcome, reply = answer.outcome, _ADDRESS.sub("", " ".join("\n".join(answer.texts).split("\n")))
    subjects = _subjects(turn, outcome)
    if turn.intent and not any(fnmatch(subject, wanted) for subject in subjects for wanted in turn.intent):
        yield _cause(turn, answer, Cause.INTENT), " or ".join(turn.intent), f"{outcome.kind} {outcome.intent}: {reply}"
    if turn.kind and kinds.isdisjoint(turn.kind):
        yield _cause(turn, answer, Cause.KIND), " or ".join(turn.kind), f"{outcome.kind} {outcome.intent}: {reply}"
    for name, wanted in (turn.values or {}).items():
        if not is_like(wanted, got := answer.values.get(name)):
            yield _cause(turn, answer, Cause.VALUE), f"{name} {wanted}", f"{plain(got)}: {reply}"
    for words in turn.must:
        if not any(_says(reply, word) or _says(reply, word.replace(*RENAMED)) for word in words):
            yield _cause(turn, answer, Cause.MUST), " or ".join(words), reply
    for word in turn.never:
        if _says(reply, word):
            yield _cause(turn, answer, Cause.NEVER), f"no “{word}”", reply


def _subjects(turn: Turn, outcome: Outcome) -> Sequence[str]:
    """Return what an answer is about; of a menu that may be, all that it offers, of what joins an alarm, whichever it is."""
    if outcome.kind == "clarifies" and outcome.kind in turn.kind:
        return outcome.options
    if outcome.kind == "emergency" and outcome.intent is None:
        return ("emergency.fire", "emergency.sos")
    return (outcome.intent or "",)


def _cause(turn: Turn, answer: Answer, otherwise: Cause) -> Cause:
    """Return what went wrong first: who gets a menu for an act cannot get its values, either."""
    kind = answer.outcome.kind
    may_be_alarm = "emergency" in turn.kind or any(intent.startswith("emergency") for intent in turn.intent)
    if (kind == "emergency" and not may_be_alarm) or (kind != "emergency" and turn.kind == ("emergency",)):
        return Cause.ALARM
    if kind == "clarifies" and kind not in turn.kind:
        return Cause.MENU
    if kind == "unknown" and kind not in turn.kind:
        return Cause.LOST
    return otherwise


def _says(reply: str, word: str) -> bool:
    """Tell whether a reply holds a word; a number stands by itself, for the office's has 120 in it, and numbers of tickets any digit."""
    if word.isdecimal():
        dialled = re.sub(r"(?<=\d) (?=\d{4}\b)", "", reply)  # 8800 1200 is 88001200
        return any(re.search(rf"(?<![0-9A-Za-z]){word}(?![0-9A-Za-z])", said) is not None for said in (reply, dialled))
    return _bare(word) in _bare(reply)


def _bare(words: str) -> str:
    return "".join(words.split()).casefold()


def _recorded(room: Room, talk: Conversation) -> Iterator[Failure]:
    if talk.stored is None:
        return
    on_record = room.database.submit(_in_town, room.house.context.community.key).result()
    for kind, wanted in talk.stored.items():
        if got := unlike(wanted, on_record[kind]):
            yield Failure(
                turn=0, line=talk.line, said=talk.who, cause=Cause.STORED, wanted=f"{kind} {[*map(dict, wanted)]}", got=got
            )


def _in_town(session: Session, community: int) -> Mapping[str, Sequence[Row]]:
    scope.enter(session, community)
    return all_of(session)
