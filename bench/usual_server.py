"""A report the usual way: WeRoBot in safe mode, a SQLAlchemy session for each message, SQLite in WAL; in the peers' environment.

.peers/bin/python bench/usual_server.py PORT TOKEN KEY APPID FILE

As well as it is usually done: waitress instead of the server for development, a pool, models whose statements SQLAlchemy
caches, one commit for all that a message writes, the write lock taken at once, and only fsync to wait for.
"""

import logging
import socket
import sys
from datetime import UTC, datetime

import repairs
from bottle import Bottle
from sqlalchemy import JSON, ForeignKey, create_engine, event, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from waitress.server import create_server
from werobot import WeRoBot
from werobot.contrib.bottle import make_view

PORT, TOKEN, KEY, APPID, FILE = sys.argv[1:]

#: One, two and four answer as many a second, for Python runs one at a time and SQLite has one writer; one waits for no lock.
THREADS = 1

engine = create_engine(f"sqlite:///{FILE}", pool_size=THREADS, connect_args={"timeout": 10, "check_same_thread": False})
sessions = sessionmaker(engine, expire_on_commit=False)
robot = WeRoBot(token=TOKEN, encoding_aes_key=KEY, app_id=APPID, SESSION_STORAGE=False)


class Base(DeclarativeBase):
    """All tables."""


class Resident(Base):
    """Somebody who writes; `form` is the step their form has come to."""

    __tablename__ = "resident"

    openid: Mapped[str] = mapped_column(primary_key=True)
    flat: Mapped[str]
    form: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    seen_at: Mapped[datetime | None]


class Ticket(Base):
    """Something to be repaired."""

    __tablename__ = "ticket"

    number: Mapped[str] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(ForeignKey("resident.openid"), index=True)
    flat: Mapped[str]
    place: Mapped[str]
    fault: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)


class Message(Base):
    """What came and what was answered, so that a repeat gets the same."""

    __tablename__ = "message"

    msgid: Mapped[int] = mapped_column(primary_key=True)
    openid: Mapped[str]
    text: Mapped[str]
    answer: Mapped[str]
    received_at: Mapped[datetime]


@event.listens_for(engine, "connect")
def prepare(connection, _record):
    """Make a commit durable, and leave BEGIN to us."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(engine, "begin")
def begin(connection):
    """Take the write lock at once: who reads first and writes later would be refused while another writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@robot.text
def reply(message):
    """Answer one message, in one transaction."""
    with sessions.begin() as session:
        return answer(session, message)


def answer(session: Session, message) -> str:
    """Repeat the answer of the first time, or take the next step."""
    kept = session.get(Message, message.message_id)
    if kept is not None:
        return kept.answer
    now = datetime.now(UTC)
    resident = session.get(Resident, message.source)
    step = repairs.take(resident.form, message.content, now)
    if step.number:
        session.add(Ticket(number=step.number, openid=resident.openid, flat=resident.flat, place=step.place, fault=step.fault,
                           opened_at=now, due_at=now + repairs.DUE))  # fmt: skip
    resident.form, resident.seen_at = dict(step.form), now
    session.add(
        Message(msgid=message.message_id, openid=resident.openid, text=message.content, answer=step.answer, received_at=now)
    )
    return step.answer


def settle():
    """Create the tables and let the residents live in their flats."""
    Base.metadata.create_all(engine)
    with sessions.begin() as session:
        numbers = range(repairs.RESIDENTS)
        session.execute(insert(Resident), [{"openid": repairs.openid(n), "flat": repairs.flat(n), "form": {}} for n in numbers])


def serve():
    """Serve until ended, and say when it can begin."""
    app = Bottle()
    app.route("/wechat", ["GET", "POST"], make_view(robot))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # else a line for each message that waits
    with socket.create_server(("127.0.0.1", int(PORT)), backlog=1024) as listener:
        server = create_server(app, sockets=[listener], threads=THREADS)
        print("ready", flush=True)
        server.run()


settle()
serve()
