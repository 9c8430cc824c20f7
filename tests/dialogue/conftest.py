"""A small town of intents and one service, so that what is tested here does not change with the shipped files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from bot import config
from bot.console.own import CORE
from bot.contract import Ask, Context, Integration, Refusal, Reply, Services, Turn, action
from bot.dialogue.turn import Answer, House, take
from bot.dialogue.understanding import Understanding
from bot.keys import Keys
from bot.store import people
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import Event
from bot.store.people import Household
from bot.wechat import messages

INTENTS = Path(__file__).parent / "intents"

OPENID = "oResident000000000000000001"

ACCOUNT = "gh_account"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is sent."""

    recipient: str
    starts_at: datetime
    box: str
    people: int | None = None
    note: str | None = None


@action("parcel.send", Parcel, replies={"done": "recipient at"})
def send(turn: Turn, slots: Parcel) -> Reply:
    """Send a parcel; the event is what tests count."""
    turn.record("parcel.sent", f"parcel:{slots.recipient}", box=slots.box, note=slots.note)
    if slots.recipient == "黄飞鸿":
        raise Refusal("这位收件人已经搬走了。")
    if slots.recipient == "孙悟空":
        raise RuntimeError("the action is broken")
    return Reply("done", recipient=slots.recipient, at=slots.starts_at)


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which of several."""

    parcel: str | None = None


@action("parcel.cancel", Which, replies={"which": "", "done": "parcel"})
def cancel(turn: Turn, slots: Which) -> Reply | Ask:
    """Ask which, then cancel it."""
    if slots.parcel is None:
        return Ask(slot="parcel", name="which", options={"p7": "给王芳的", "p8": "给李雷的"})
    turn.record("parcel.cancelled", f"parcel:{slots.parcel}")
    return Reply("done", parcel=slots.parcel)


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """Where it is dark."""

    place: str


@action("lamp.report", Lamp, replies={"done": "place"})
def lamp(turn: Turn, slots: Lamp) -> Reply:
    """Take a lamp's report with the photos sent lately."""
    turn.attach(turn.photos(), "lamp:7")
    turn.record("lamp.reported", "lamp:7")
    return Reply("done", about="lamp:7", place=slots.place)


@dataclass(frozen=True, kw_only=True)
class Meter:
    """What the meter shows."""

    people: int


@action("meter.read", Meter, replies={"done": "flat people"})
def meter(turn: Turn, slots: Meter) -> Reply:
    """Take down who lives in the flat."""
    return Reply("done", flat=turn.home.label, people=slots.people)


@dataclass(frozen=True, kw_only=True)
class Flat:
    """A flat as said."""

    building: str
    room: str


@action("identity.bind", Flat, replies={"done": "flat", "unknown": ""})
def bind(turn: Turn, slots: Flat) -> Reply:
    """Bind to a flat of the roster."""
    flat = turn.session.exec(select(Household).where(Household.building == slots.building, Household.room == slots.room)).first()
    if flat is None:
        return Reply("unknown", ok=False)
    people.bind(turn.session, people.settle(turn.session, flat), turn.openid, turn.now)
    return Reply("done", flat=flat.label)


SERVICE = Integration(
    name="parcels", title="包裹", folder=Path(__file__).parent, actions=(send, cancel, lamp, meter, bind),
    emits={"parcel.sent": "box note", "parcel.cancelled": "", "lamp.reported": ""},
)  # fmt: skip


@dataclass
class Chat:
    """One resident talking; the clock moves only when told."""

    database: Database
    house: House
    now: datetime
    openid: str = OPENID
    pushes: int = field(default=0)

    def say(self, text: str, *, after: timedelta = timedelta(seconds=10), key: str = "") -> Answer:
        """Send a text and return its answer."""
        return self.push(messages.Text, after=after, key=key, text=text)

    def talk(self, *texts: str) -> Answer:
        """Send several texts; returns the last answer."""
        return [self.say(text) for text in texts][-1]

    def push(
        self, kind: Callable[..., Any], /, *, after: timedelta = timedelta(seconds=10), key: str = "", **content: Any
    ) -> Answer:
        """Send any kind of message."""
        self.now += after
        self.pushes += 1
        message = kind(openid=self.openid, account=ACCOUNT, created_at=self.now, key=key or f"k{self.pushes}", **content)
        heard = self.house.understanding.hear(message, self.now)
        return self.database.submit(take, message, heard, self.now, self.house).result()

    def photo(self, **when: Any) -> Answer:
        """Send a photo."""
        return self.push(messages.Photo, media_id=f"m{self.pushes}", url="", **when)

    def ask(self, fn: Callable[[Session], Any]) -> Any:
        """Read or write the database directly."""
        return self.database.submit(fn).result()

    def events(self, kind: str) -> list[Event]:
        """Return the events of a kind."""
        return self.ask(lambda session: list(session.exec(select(Event).where(Event.kind == kind)).all()))

    def bind(self) -> None:
        """Let the resident live in 3栋2单元501."""

        def move_in(session: Session) -> None:
            flat = session.exec(select(Household)).one()
            people.bind(session, people.settle(session, flat, name="陈静"), self.openid, self.now)

        self.ask(move_in)


@pytest.fixture(scope="session")
def understanding() -> Understanding:
    """The small town's intents, trained once."""
    return Understanding.load(INTENTS, config.shipped("data"))


def settle(database: Database, understanding: Understanding, now: datetime) -> Chat:
    """Seat a resident without a flat in an empty database."""

    def found(session: Session) -> Community:
        community = Community(appid="wx_test", name="和苑小区", phone="0571-88001200")
        session.add(community)
        session.flush()
        session.add(Household(community_id=community.id or 0, building="3", unit="2", room="501"))
        return community

    community = database.submit(found).result()
    context = Context(
        community=community, keys=Keys(b"k" * 32), base_url="https://linli.example",
        messages=understanding.catalogue.messages, services=Services(integrations=(CORE, SERVICE)),
    )  # fmt: skip
    house = House(context=context, understanding=understanding, communities={community.key: community})
    return Chat(database, house, now)


@pytest.fixture
def chat(sqlite: Database, understanding: Understanding, now: datetime) -> Chat:
    """A resident without a flat, on SQLite."""
    return settle(sqlite, understanding, now)


@pytest.fixture
def chat_on_both(database: Database, understanding: Understanding, now: datetime) -> Chat:
    """The same on SQLite and on PostgreSQL."""
    return settle(database, understanding, now)
