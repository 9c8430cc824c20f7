"""`linli try` and `linli chat`: the bot without WeChat."""

import io
import itertools
import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session, SQLModel, col, select

from bot import app, config, ladder, logs
from bot.cli import show_json
from bot.cli.checking import understood
from bot.cli.noticing import read_time
from bot.contract import Context, Desk, Purpose, Work, talks
from bot.contract.knowledge import shipped
from bot.dialogue.turn import Answer, House, Outcome, take
from bot.dialogue.understanding import Judgement, Understanding, judge
from bot.errors import Misconfigured
from bot.keyring import Keyring
from bot.keys import Keys
from bot.services import load_services
from bot.store import communities, consents, knowledge, people, roster, scope
from bot.store.database import Database
from bot.store.followers import Follower
from bot.store.outbox import Delivery
from bot.store.people import Household
from bot.store.staff import Role, Staff
from bot.wechat import links, messages

#: Where the resident of the chat lives.
HOME = ("3", "2", "501")

#: The account of the chat; nothing is ever sent to it.
APPID = "wx_chat"

#: The file of a chat's database, in its folder.
DATABASE = "chat.db"

#: The place of [位置].
OUTSIDE = "和苑小区3栋北侧"

HELP = (
    "/new  another resident    /new unbound  one without a flat    /at 2026-03-11T10:00  set the clock    /wait 20m  let time pass\n"
    "[图片]  [位置]  /place 3栋北侧    /tap INTENT  a menu entry    /staff 师傅在路上了  somebody answers    /back  gives the word back\n"
    "Ctrl+D ends"
)

#: What /wait counts in.
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def try_(texts: Sequence[str], *, as_json: bool, now: str) -> None:
    """Judge each message as the webhook would."""
    moment = read_time(now) if now else app.clock()
    local = config.load_local()
    understanding = understood(local.intents_folder, load_services(local))
    is_typed = not texts or list(texts) == ["-"]
    if is_typed and sys.stdin.isatty():
        typer.echo("write a message a line; Ctrl+D ends", err=True)
    was_judged = False
    for text in _lines() if is_typed else texts:
        was_judged = True
        judgement = judge(understanding, text, moment)
        if as_json:
            show_json(_as_json(judgement))
        else:
            _explain(judgement)
    if not was_judged:
        typer.echo("no message was given: linli try '3栋2单元501 厨房漏水'", err=True)


def _forgive_encoding() -> None:
    """Let bytes that are no UTF-8 stand for unreadable characters instead of ending everything."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _lines() -> Iterator[str]:
    _forgive_encoding()
    for line in sys.stdin:
        text = line.rstrip("\n")
        if text.strip():
            yield text


def _as_json(judgement: Judgement) -> dict[str, Any]:
    return {
        "text": judgement.text, "intent": judgement.intent, "confidence": round(judgement.confidence, 4),
        "decision": judgement.decision,
        "candidates": [{"intent": c.intent, "confidence": c.confidence, "why": c.why} for c in judgement.candidates],
        "slots": {name: _plain(value) for name, value in judgement.slots.items()},
    }  # fmt: skip


def _plain(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def _explain(judgement: Judgement) -> None:
    typer.echo(f"{judgement.text}\n  {judgement.decision}: {judgement.intent} {judgement.confidence:.2f}")
    for candidate in judgement.candidates:
        typer.echo(f"    {candidate.confidence:.2f} {candidate.intent}  {candidate.why}")
    for name, value in judgement.slots.items():
        typer.echo(f"    {name} = {_plain(value)}")


# ------------------------------------------------------------------ chat


def chat(*, as_json: bool, now: str) -> None:
    """Talk to the bot until the input ends."""
    logs.configure(level=logging.ERROR)
    _forgive_encoding()
    prompt = "" if as_json or not sys.stdin.isatty() else "> "
    if prompt:
        typer.echo(HELP)
    with tempfile.TemporaryDirectory() as folder:
        room = Room.open(Path(folder), read_time(now) if now else None)
        try:
            for line in _prompted(prompt):
                _turn(room, line.strip(), as_json)
        finally:
            room.database.close()


def _prompted(prompt: str) -> Iterator[str]:
    while True:
        try:
            line = input(prompt)
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip():
            yield line


def _turn(room: "Room", line: str, as_json: bool) -> None:
    try:
        answer = room.hear(line)
    except Misconfigured as error:
        show_json({"error": str(error)}) if as_json else typer.echo(f"linli: {error}", err=True)
        return
    if answer is None:
        return
    if as_json:
        show_json(_answer_json(answer))
    else:
        typer.echo(links.with_addresses("\n".join(answer.texts)) + "\n")


def _answer_json(answer: Answer) -> dict[str, Any]:
    outcome = answer.outcome
    shown = {"kind": outcome.kind, "intent": outcome.intent, "slot": outcome.slot, "options": list(outcome.options)}
    return {"reply": list(answer.texts), "outcome": shown, "values": dict(answer.values)}


@dataclass(kw_only=True)
class Room:
    """A throw-away community with one resident talking."""

    database: Database
    house: House
    frozen: datetime | None
    openid: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    def open(cls, folder: Path, frozen: datetime | None, understanding: Understanding | None = None) -> "Room":
        """Seat the first resident in the demo community, whose database is made unless it lies in the folder."""
        settings = config.load_local()
        services = load_services(settings)
        path = folder / DATABASE
        if not path.exists():
            found(path, frozen or app.clock())
        database = Database(f"sqlite:///{path}", keyring=KEYRING)
        community = database.submit(communities.pick, APPID).result()
        understanding = understanding or understood(settings.intents_folder, services)
        known = understanding.knowledge
        known.learn(database.submit(known.look).result(), understanding.catalogue, frozen or app.clock())
        context = Context(
            community=community, keys=Keys(b"chat" * 8), base_url="http://127.0.0.1",
            messages=understanding.catalogue.messages, intents=understanding.catalogue.intents, services=services, search=known.search, usual_office=app.office_of(settings),
        )  # fmt: skip
        house = House(context=context, understanding=understanding, communities={community.key: community})
        room = cls(database=database, frozen=frozen, house=house)
        room.seat(bound=True)
        return room

    @property
    def now(self) -> datetime:
        """The clock that /at set, else the real one."""
        return self.frozen or app.clock()

    def hear(self, line: str) -> Answer | None:
        """Answer a line; /new and /at give None, what the resident is sent by others comes as an answer. Raises Misconfigured for a
        command that is none."""
        command, _, rest = line.partition(" ")
        match command:
            case "/new":
                self.seat(bound=rest.strip() != "unbound")
                return None
            case "/at":
                self.frozen = _read_at(line)
                return None
            case "/wait":
                return self.wait(read_wait(rest.strip()))
            case "/staff":
                return self.staff_say(rest.strip())
            case "/back":
                return self.staff_leave()
            case "/place":
                return self.stand_at(rest.strip() or OUTSIDE)
            case "/tap":
                return self.tap(rest.strip())
            case "[图片]":
                return self.send_photo()
            case "[位置]":
                return self.stand_at(OUTSIDE)
        if line.startswith("/"):
            raise Misconfigured(f"{command} is no command. {HELP}")
        return self.say(line)

    def seat(self, *, bound: bool) -> None:
        """Let somebody with nothing on record sit down; bound ones live at HOME."""
        self.openid = f"oChat{next(self._numbers):023}"
        self.database.submit(_settle, self.openid, bound, self.now).result()

    def consent(self) -> None:
        """Let whoever sits there have consented to all that services ask consent for."""
        self.database.submit(_consent, self.openid, self.house.context.services.purposes.values(), self.now).result()

    def say(self, text: str) -> Answer:
        """Answer words."""
        return self._take(messages.Text(**self._push(), text=text))

    def send_photo(self) -> Answer:
        """Answer a photo."""
        return self._take(messages.Photo(**self._push(), media_id="chat", url=""))

    def stand_at(self, place: str) -> Answer:
        """Answer a place that the resident sends."""
        return self._take(messages.Location(**self._push(), latitude=30.27, longitude=120.15, label=place))

    def tap(self, intent: str) -> Answer:
        """Answer a touch of an entry of the account's menu."""
        return self._take(messages.Click(**self._push(), event_key=intent))

    def wait(self, time: timedelta) -> Answer:
        """Let time pass, and what happens by itself happen; returns what the resident is sent."""
        self.frozen = self.now + time
        return self._sent(self._tick)

    def staff_say(self, text: str) -> Answer:
        """Let somebody of the office answer, who takes the talk over; returns what the resident is sent."""
        return self._sent(lambda session: talks.reply(*self._desk(session), text))

    def staff_leave(self) -> Answer:
        """Let somebody of the office give the word back; returns what the resident is sent."""
        return self._sent(lambda session: talks.give_back(*self._desk(session)))

    def _push(self) -> dict[str, Any]:
        return {"openid": self.openid, "account": APPID, "key": f"chat-{next(self._numbers)}", "created_at": self.now}

    def _take(self, message: messages.Message) -> Answer:
        heard = self.house.understanding.hear(message, self.now)
        return self.database.submit(take, message, heard, self.now, self.house).result()

    def _sent(self, happen: Callable[[Session], object]) -> Answer:
        return self.database.submit(_happening, self.openid, happen).result()

    def _tick(self, session: Session) -> None:
        ladder.climb(session, self.now, lambda _: self.house.context)
        for integration in self.house.context.services.integrations:
            for job in integration.jobs:
                job.run(Work(session=session, now=self.now, context=self.house.context))

    def _desk(self, session: Session) -> tuple[Desk, talks.Conversation]:
        scope.enter(session, self.house.context.community.key)
        member = session.exec(select(Staff).where(Staff.role == Role.STAFF).order_by(Staff.login)).first()
        talk = session.get(talks.Conversation, self.openid)
        if member is None or talk is None:
            raise Misconfigured("nobody has said anything yet, so that there is nothing to answer")
        return Desk(session=session, now=self.now, context=self.house.context, staff=member), talk


def read_wait(text: str) -> timedelta:
    """Read 20m, 3h or 2d. Raises Misconfigured."""
    number, unit = text[:-1], text[-1:]
    if not (number.isdigit() and unit in UNITS):
        raise Misconfigured(f"{text!r} is no time to wait, such as 20m, 3h or 2d")
    return int(number) * UNITS[unit]


def _happening(session: Session, openid: str, happen: Callable[[Session], object]) -> Answer:
    """Let something happen, and return what was sent to the resident by it."""
    mine = select(Delivery).where(Delivery.openid == openid).order_by(col(Delivery.id))
    before = len(session.exec(mine).all())
    happen(session)
    sent = session.exec(mine).all()[before:]
    return Answer(texts=tuple(str(delivery.payload["text"]) for delivery in sent), outcome=Outcome(kind="silent"))


#: Keys of the throw-away databases of this process; nobody reads them after it.
KEYRING = Keyring.make()


def found(path: Path, now: datetime) -> None:
    """Make a database with the demo community. Rooms may share it one after another, or have copies."""
    database = Database(f"sqlite:///{path}", keyring=KEYRING)
    try:
        SQLModel.metadata.create_all(database.engine)
        demo = config.shipped("data") / "demo"
        files = {name: (demo / name).read_text(encoding="utf-8") for name in roster.COLUMNS}
        database.submit(roster.import_roster, files, APPID, now).result()
        community = database.submit(communities.pick, APPID).result()
        database.submit(knowledge.plant, community.key, shipped("demo/knowledge.csv"), now).result()
    finally:
        database.close()


def _consent(session: Session, openid: str, purposes: Iterable[Purpose], now: datetime) -> None:
    resident = people.bound(session, openid)
    if resident is not None:
        with scope.within(session, resident.community_id):
            for one in purposes:
                consents.give(session, resident, one.name, one.version, "", now, as_guardian=one.as_guardian)


def _read_at(line: str) -> datetime:
    moment = line.removeprefix("/at").strip()
    if not moment:
        raise Misconfigured("/at needs a time, such as /at 2026-03-11T10:00")
    return read_time(moment)


def _settle(session: Session, openid: str, bound: bool, now: datetime) -> None:
    scope.enter(session, communities.pick(session, APPID).key)
    session.add(Follower(openid=openid, is_placed=bound, followed_at=now))
    if bound:
        building, unit, room = HOME
        home = session.exec(
            select(Household).where(Household.building == building, Household.unit == unit, Household.room == room)
        ).one()
        people.bind(session, people.settle(session, home, name="试用居民"), openid, now)
