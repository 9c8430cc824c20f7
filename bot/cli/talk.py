"""`linli try` and `linli chat`: the bot without WeChat."""

import io
import itertools
import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session, SQLModel, select

from bot import app, config, logs
from bot.cli import show_json
from bot.cli.noticing import read_time
from bot.contract import Context
from bot.contract.knowledge import shipped
from bot.dialogue.turn import Answer, House, take
from bot.dialogue.understanding import Judgement, Understanding, judge
from bot.errors import Misconfigured
from bot.keys import Keys
from bot.services import folders, load_services
from bot.store import communities, knowledge, people, roster, scope
from bot.store.database import Database
from bot.store.followers import Follower
from bot.store.people import Household, Resident
from bot.wechat import links, messages

#: Where the resident of the chat lives.
HOME = ("3", "2", "501")

#: The account of the chat; nothing is ever sent to it.
APPID = "wx_chat"

HELP = "/new  another resident    /new unbound  one without a flat    /at 2026-03-11T10:00  set the clock    [图片]  [位置]    Ctrl+D ends"


def try_(texts: Sequence[str], *, as_json: bool, now: str) -> None:
    """Judge each message as the webhook would."""
    moment = read_time(now) if now else app.clock()
    local = config.load_local()
    understanding = Understanding.load(local.intents_folder, config.shipped("data"), folders(load_services(local)))
    for text in _lines() if not texts or list(texts) == ["-"] else texts:
        judgement = judge(understanding, text, moment)
        if as_json:
            show_json(_as_json(judgement))
        else:
            _explain(judgement)


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
        """Make the database with the demo community and seat the first resident."""
        settings = config.load_local()
        services = load_services(settings)
        database = Database(f"sqlite:///{folder / 'chat.db'}")
        SQLModel.metadata.create_all(database.engine)
        demo = config.shipped("data") / "demo"
        files = {name: (demo / name).read_text(encoding="utf-8") for name in roster.COLUMNS}
        database.submit(roster.import_roster, files, APPID, frozen or app.clock()).result()
        community = database.submit(communities.pick, APPID).result()
        understanding = understanding or Understanding.load(settings.intents_folder, config.shipped("data"), folders(services))
        known, now = understanding.knowledge, frozen or app.clock()
        database.submit(knowledge.plant, community.key, shipped("demo/knowledge.csv"), now).result()
        known.learn(database.submit(known.look).result(), understanding.catalogue, now)
        context = Context(
            community=community, keys=Keys(b"chat" * 8), base_url="http://127.0.0.1",
            messages=understanding.catalogue.messages, services=services, search=known.search, office=app.office_of(settings),
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
        """Answer a line; commands give None. Raises Misconfigured for a command that is none."""
        if line in {"/new", "/new unbound"}:
            self.seat(bound=line == "/new")
            return None
        if line.split()[0] == "/at":
            self.frozen = _read_at(line)
            return None
        if line.startswith("/"):
            raise Misconfigured(f"{line.split()[0]} is no command. {HELP}")
        message = self._message(line)
        heard = self.house.understanding.hear(message, self.now)
        return self.database.submit(take, message, heard, self.now, self.house).result()

    def seat(self, *, bound: bool) -> None:
        """Let somebody with nothing on record sit down; bound ones live at HOME."""
        self.openid = f"oChat{next(self._numbers):023}"
        self.database.submit(_settle, self.openid, bound, self.now).result()

    def _message(self, line: str) -> messages.Message:
        push = {"openid": self.openid, "account": APPID, "key": f"chat-{next(self._numbers)}"}
        if line == "[图片]":
            return messages.Photo(**push, created_at=self.now, media_id="chat", url="")
        if line == "[位置]":
            place = "和苑小区3栋北侧"
            return messages.Location(**push, created_at=self.now, latitude=30.27, longitude=120.15, label=place)
        return messages.Text(**push, created_at=self.now, text=line)


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
        people.bind(session, Resident(household_id=home.id or 0, name="试用居民"), openid, now)
