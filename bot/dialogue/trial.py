"""What a message would be answered and what would be written for it: a whole turn, for a resident made up for it, undone at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.dialogue.answer import House
from bot.dialogue.turn import take
from bot.dialogue.understanding import Judgement, judge
from bot.language.kinds.shipped import GRAMMARS
from bot.store import people, scope
from bot.store.database import Database
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.people import Household
from bot.store.tasks import Task
from bot.wechat import messages

#: Nobody's account, and a flat that no community has; neither outlives the transaction.
OPENID, HOME = "oTriedInTheConsole", ("试", "", "0")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How one message is understood, and what a resident with a flat and no open form would get for it."""

    judgement: Judgement
    normal: str  # the form in which it is compared
    answers: Sequence[str]
    written: Sequence[str]  # what would stand in the log, in words


class _Undone(Exception):
    """Ends the transaction, and takes out what came of it."""

    def __init__(self, answers: Sequence[str], written: Sequence[str]) -> None:
        super().__init__()
        self.answers, self.written = answers, written


async def attempt(database: Database, house: House, text: str, now: datetime) -> Trial:
    """Try one message; the database is as it was before, whatever would have been done."""
    answers: Sequence[str] = ()
    written: Sequence[str] = ()
    try:
        await database.write(_turn, house, text, now)
    except _Undone as undone:
        answers, written = undone.answers, undone.written
    normal = _in_words(house.understanding.matcher.normal_form(text))
    return Trial(judgement=judge(house.understanding, text, now), normal=normal, answers=answers, written=written)


def _in_words(normal: str) -> str:
    """Return a normal form with what each private sign stands for: [时间]."""
    for grammar in GRAMMARS:
        normal = normal.replace(grammar.mask, f"[{grammar.title}]")
    return normal


def _turn(session: Session, house: House, text: str, now: datetime) -> None:
    with scope.within(session, house.context.community.key):
        _settle(session, now)
        before = session.exec(select(func.max(Event.id))).one() or 0
        tasks = set(session.exec(select(Task.id).where(Task.openid == OPENID)).all())
    message = messages.Text(openid=OPENID, account=house.context.community.appid, created_at=now, key="tried", text=text)
    communities = (house.context.community.key,)
    answer = take(session, message, house.understanding.hear_text(text, now, communities), now, house)
    session.flush()
    with scope.within(session, house.context.community.key):
        new = select(Event).where(col(Event.id) > before).order_by(col(Event.id))
        say = house.context.services.say
        written = [said for event in session.exec(new).all() if (said := say(event, now))]
        opened = session.exec(select(Task).where(Task.openid == OPENID)).all()
        written += [f"待办：{task.title}" for task in opened if task.id not in tasks]
    raise _Undone(list(answer.texts), list(dict.fromkeys(written)))


def _settle(session: Session, now: datetime) -> None:
    """Let somebody without a past live in a flat of their own."""
    session.add(Follower(openid=OPENID, is_placed=True, followed_at=now))
    building, unit, room = HOME
    home = Household(building=building, unit=unit, room=room)
    session.add(home)
    session.flush()
    people.bind(session, people.settle(session, home, name="试用居民"), OPENID, now)


def slots_for_a_test(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a judgement as a test in a file may expect them; what has no plain form is left out."""
    found: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            found[name] = f"{value:%Y-%m-%d %H:%M}"
        elif isinstance(value, (str, int, float, bool)):
            found[name] = value
    return found
