"""The limit: a report over raw sqlite3 with group commit, nothing in between. It knows nothing of the bot.

python bench/limit_server.py PORT TOKEN KEY APPID FILE

XML and SQL written by hand, one writer thread, up to GROUP messages in one commit, answers only once it is on disk.
"""

import asyncio
import json
import queue
import re
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from typing import NamedTuple

import repairs
import uvloop
from aiohttp import web
from envelope import Envelope

PORT, TOKEN, KEY, APPID, FILE = sys.argv[1:]

#: Messages in one commit, as in the product.
GROUP = 64

SCHEMA = """
CREATE TABLE resident (openid TEXT PRIMARY KEY, flat TEXT NOT NULL, form TEXT NOT NULL, seen_at TEXT);
CREATE TABLE ticket (
    number TEXT PRIMARY KEY, openid TEXT NOT NULL REFERENCES resident, flat TEXT NOT NULL, place TEXT NOT NULL,
    fault TEXT NOT NULL, opened_at TEXT NOT NULL, due_at TEXT NOT NULL
);
CREATE INDEX ticket_openid ON ticket (openid);
CREATE INDEX ticket_due_at ON ticket (due_at);
CREATE TABLE message (
    msgid INTEGER PRIMARY KEY, openid TEXT NOT NULL, text TEXT NOT NULL, answer TEXT NOT NULL, received_at TEXT NOT NULL
);
"""

FIELDS = re.compile(
    r"<ToUserName><!\[CDATA\[(.*?)\]\]></ToUserName>\s*<FromUserName><!\[CDATA\[(.*?)\]\]></FromUserName>.*?"
    r"<Content><!\[CDATA\[(.*?)\]\]></Content>\s*<MsgId>(\d+)</MsgId>",
    re.DOTALL,
)

ENVELOPE = Envelope(TOKEN, KEY, APPID)


class Message(NamedTuple):
    """What came."""

    account: str
    openid: str
    text: str
    msgid: int


class Work(NamedTuple):
    """A message and who waits for its answer."""

    message: Message
    answer: asyncio.Future


class Writer:
    """One thread that does all the writing, as many messages in a commit as wait."""

    def __init__(self, file: str) -> None:
        self._file, self._works = file, queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Begin to write."""
        threading.Thread(target=self._run, daemon=True).start()

    async def write(self, message: Message) -> str:
        """Return the answer once it is on disk."""
        work = Work(message, self._loop.create_future())
        self._works.put(work)
        return await work.answer

    def _run(self) -> None:
        connection = connect(self._file)
        while True:
            works = self._take()
            connection.execute("BEGIN IMMEDIATE")
            answers = [answer(connection, work.message) for work in works]
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(tell, works, answers)

    def _take(self) -> list[Work]:
        works = [self._works.get()]
        while len(works) < GROUP and not self._works.empty():
            works.append(self._works.get())
        return works


def tell(works: list[Work], answers: list[str]) -> None:
    """Give each who waits the answer."""
    for work, text in zip(works, answers, strict=True):
        if not work.answer.done():  # else who waited has hung up
            work.answer.set_result(text)


def answer(connection: sqlite3.Connection, message: Message) -> str:
    """Repeat the answer of the first time, or take the next step."""
    kept = connection.execute("SELECT answer FROM message WHERE msgid = ?", (message.msgid,)).fetchone()
    if kept is not None:
        return kept[0]
    now = datetime.now(UTC)
    flat, form = connection.execute("SELECT flat, form FROM resident WHERE openid = ?", (message.openid,)).fetchone()
    step = repairs.take(json.loads(form), message.text, now)
    if step.number:
        connection.execute(
            "INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?, ?)",
            (step.number, message.openid, flat, step.place, step.fault, now.isoformat(), (now + repairs.DUE).isoformat()),
        )
    changed = (json.dumps(step.form), now.isoformat(), message.openid)
    connection.execute("UPDATE resident SET form = ?, seen_at = ? WHERE openid = ?", changed)
    said = (message.msgid, message.openid, message.text, step.answer, now.isoformat())
    connection.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", said)
    return step.answer


def connect(file: str) -> sqlite3.Connection:
    """Open the database as the product does."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def settle(file: str) -> None:
    """Create the tables and let the residents live in their flats."""
    connection = connect(file)
    connection.executescript(SCHEMA)
    homes = [(repairs.openid(number), repairs.flat(number)) for number in range(repairs.RESIDENTS)]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO resident VALUES (?, ?, '{}', NULL)", homes)
    connection.execute("COMMIT")
    connection.close()


async def serve() -> None:
    """Serve until ended, and say when it can begin."""
    writer = Writer(FILE)
    writer.start()

    async def receive(request: web.Request) -> web.Response:
        xml = ENVELOPE.open(request.query, await request.read())
        found = FIELDS.search(xml.decode()) if xml is not None else None
        if found is None:
            return web.Response(status=403)
        account, openid, text, msgid = found.groups()
        said = await writer.write(Message(account, openid, text, int(msgid)))
        return web.Response(text=ENVELOPE.seal(openid, account, said), content_type="application/xml")

    app = web.Application()
    app.router.add_post("/wechat", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(PORT), backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


settle(FILE)
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
    loop.run(serve())
