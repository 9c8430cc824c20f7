"""A community of three flats, and turns and desks in it: real rows, real keys, a clock passed in."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, inspect
from sqlmodel import Session, SQLModel, select

from bot import config
from bot.cli.talk import Room
from bot.contract import Access, Action, Ask, Card, Context, Desk, Page, Reply, Services, Turn, Visit, Work
from bot.dialogue.understanding import Understanding, read_folder
from bot.keys import Keys
from bot.language import files
from bot.language.disclosure import Health
from bot.services import folders, load_services, understand
from bot.store import consents, grants, people
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.outbox import Delivery
from bot.store.people import Household
from bot.store.staff import Role, Staff
from bot.store.tasks import Task

SERVICES = load_services(config.load_local())
CATALOGUE = files.load(read_folder(config.shipped("intents"), folders(SERVICES)))
CHEN, LI = "oChen", "oLi"

T = TypeVar("T")


def settle_in(session: Session, now: datetime) -> Community:
    community = Community(appid="wx1", name="和苑小区", phone="0571-1")
    session.add(community)
    session.flush()
    for room, openid, name in (("501", CHEN, "陈建国"), ("502", LI, "李梅"), ("503", None, "王强")):
        home = Household(building="3", unit="2", room=room)
        session.add(home)
        session.flush()
        resident = people.settle(session, home, name=name)
        if openid:
            people.bind(session, resident, openid, now)
            for purpose in SERVICES.purposes.values():
                consents.give(session, resident, purpose.name, purpose.version, "", now, as_guardian=purpose.as_guardian)
    for role in Role:
        session.add(Staff(login=role.value, name=f"{role.value}同事", role=role, created_at=now))
    return community


@dataclass
class Town:
    """What residents and staff do, each in a transaction of its own."""

    database: Database
    now: datetime
    community: Community
    services: Services = SERVICES
    keys: Keys = field(default_factory=lambda: Keys(b"s" * 32))
    health: Health | None = None

    @property
    def context(self) -> Context:
        return Context(
            community=self.community, keys=self.keys, base_url="https://linli.example", messages=CATALOGUE.messages, services=self.services,
            health=self.health,
        )  # fmt: skip

    def asks(self, openid: str, action: Action, **slots: Any) -> Reply | Ask:
        """A resident asks for something; returns the reply."""

        def run(session: Session) -> Reply | Ask:
            return action(Turn(session=session, now=self.now, context=self.context, openid=openid), slots)

        return self.database.submit(run).result()

    def says(self, openid: str, action: Action, **slots: Any) -> str:
        """A resident asks for something; returns the words of the answer."""
        reply = self.asks(openid, action, **slots)
        words = CATALOGUE.intents[action.intent].replies[reply.name]
        work = Work(session=None, now=self.now, context=self.context)  # type: ignore[arg-type]  # words need no session
        return work.words(words, **reply.values)

    def opens(self, role: Role, page: Page, /, *, params: dict[str, str] | None = None,
              query: dict[str, str] | None = None, **form: str) -> Any:  # fmt: skip
        """A staff member opens a page or sends a form; returns what the page returns."""

        def run(session: Session) -> Any:
            member = session.exec(select(Staff).where(Staff.role == role)).one()
            desk = Desk(
                session=session, now=self.now, context=self.context, staff=member, params=params or {}, query=query or {}, form=form,
                access=Access(permissions=SERVICES.permissions, changed=grants.changed(session)),
            )  # fmt: skip
            return page.run(desk)

        return self.database.submit(run).result()

    def visits(self, page: Page, **params: str) -> Any:
        """Somebody opens a link from the chat."""
        return self.database.submit(
            lambda session: page.run(Visit(session=session, now=self.now, context=self.context, params=params))
        ).result()

    def sends(self, page: Page, params: dict[str, str], **form: str) -> Any:
        """Somebody sends the form of a page whose link came in the chat."""
        return self.database.submit(
            lambda session: page.run(Visit(session=session, now=self.now, context=self.context, params=params, form=form))
        ).result()

    def runs_card(self, card: Card, room: str) -> Any:
        """Staff look at a service's card of the household of a room."""

        def run(session: Session) -> Any:
            member = session.exec(select(Staff).where(Staff.role == Role.STAFF)).one()
            desk = Desk(session=session, now=self.now, context=self.context, staff=member)
            return card.run(desk, session.exec(select(Household).where(Household.room == room)).one())

        return self.database.submit(run).result()

    def runs(self, job: Callable[[Work], None]) -> None:
        """A job's time has come."""
        self.database.submit(lambda session: job(Work(session=session, now=self.now, context=self.context))).result()

    def all(self, kind: type[T]) -> list[T]:
        """Return all rows, in the order in which they were written."""
        keys = inspect(kind).primary_key
        return self.database.submit(lambda session: list(session.exec(select(kind).order_by(*keys)).all())).result()

    def told(self, openid: str) -> list[str]:
        return [row.payload["text"] for row in self.all(Delivery) if row.openid == openid]

    def tasks(self) -> list[Task]:
        return self.all(Task)


class Settled:
    """What `settle_in` makes of an empty database, kept to be put into the next: it takes as long as most tests."""

    def __init__(self) -> None:
        self.file, self.statement = b"", ""

    def fill(self, database: Database, now: datetime) -> None:
        if database.is_sqlite:
            self._fill_file(database, now)
        else:
            self._fill_server(database, now)

    def _fill_file(self, database: Database, now: datetime) -> None:
        file = Path(str(database.engine.url.database))
        if self.file:
            file.write_bytes(self.file)  # nobody has opened it yet
            return
        database.submit(settle_in, now).result()
        with closing(sqlite3.connect(file)) as copied:
            self.file = copied.serialize()

    def _fill_server(self, database: Database, now: datetime) -> None:
        if not self.statement:
            database.submit(settle_in, now).result()
            with database.engine.begin() as connection:
                self.statement = self._kept_aside(connection)
            return
        with database.engine.begin() as connection:
            connection.exec_driver_sql(self.statement)

    @staticmethod
    def _kept_aside(connection: Connection) -> str:
        """Copy all rows into a schema of their own; returns what brings them back, with the next ids."""
        back = []
        connection.exec_driver_sql("CREATE SCHEMA settled")
        for table in SQLModel.metadata.sorted_tables:
            if connection.exec_driver_sql(f'SELECT EXISTS (SELECT FROM "{table.name}")').scalar():
                connection.exec_driver_sql(f'CREATE TABLE settled."{table.name}" AS TABLE "{table.name}"')
                back.append(f'INSERT INTO "{table.name}" TABLE settled."{table.name}";')
        counted = connection.exec_driver_sql("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        back += [f"PERFORM setval('\"{name}\"', {value});" for name, value in counted]
        return f"DO $$ BEGIN {' '.join(back)} END $$"


@pytest.fixture(scope="session")
def _settled() -> Settled:
    return Settled()


@pytest.fixture
def town(database: Database, now: datetime, _settled: Settled) -> Town:
    """A small community on each database."""
    _settled.fill(database, now)
    return Town(database, now, database.submit(lambda session: session.get_one(Community, 1)).result())


@dataclass
class Chat:
    """Residents talking to the whole bot: the shipped intents and services."""

    room: Room

    def say(self, *texts: str) -> str:
        """Say several lines; returns what is answered to the last."""
        answers = [self.room.hear(text) for text in texts]
        return "\n".join(answers[-1].texts) if answers[-1] else ""

    def all(self, kind: type[T]) -> list[T]:
        keys = inspect(kind).primary_key
        return self.room.database.submit(lambda session: list(session.exec(select(kind).order_by(*keys)).all())).result()


@pytest.fixture(scope="session")
def shipped() -> Understanding:
    """What the product understands as it ships."""
    return understand(config.shipped("intents"), SERVICES)


@pytest.fixture
def chat(demo_folder: Path, now: datetime) -> Iterator[Chat]:
    """A bound resident who talks to the bot."""
    room = Room.open(demo_folder, now)
    room.consent()
    yield Chat(room)
    room.database.close()
