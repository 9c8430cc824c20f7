"""What sending a notice costs beside the least that can be done: python bench/deliveries.py

All send to the same stand-in, a process of its own that answers each message after DELAY seconds. They take turns, PASSES times;
figures are medians, and only their ratios mean anything. Ours keeps all its books: claimed, sent, settled, each on disk. Then the
same with many deliveries of before, and what a publishing to a whole city costs whoever writes meanwhile.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import run
import uvloop
from aiohttp import web
from sqlalchemy import func, insert, select
from sqlmodel import Session, SQLModel, col
from wechatpy import WeChatClient

import bot.store.tables  # noqa: F401  all tables
from bot import sender
from bot.keyring import Keyring
from bot.model import SHANGHAI, public_id
from bot.store import events, notices, parts, scope
from bot.store.audience import EVERYBODY
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.notices import Notice, NoticeKind
from bot.store.outbox import Delivery, DeliveryState, Ways
from bot.store.people import ResidentRole
from bot.wechat.client import Client

#: Seconds the stand-in takes for a message, how many are sent in a pass, and in how many threads wechatpy sends.
DELAY, MESSAGES, THREADS, PASSES = 0.05, 4_000, 200, 3

#: Deliveries of before, few and many, and people a notice is published to.
FEW, MANY, CITY = 10_000, 1_000_000, 100_000

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
TEXT = "【停水通知】\n3月12日 9:00 到 15:00 因水管检修停水，请提前储水。"


# ------------------------------------------------------------------ the stand-in


def stand_in(port: int) -> None:
    """Answer tokens at once and messages after DELAY, until told to stop."""

    async def token(_request: web.Request) -> web.Response:
        return web.json_response({"access_token": "t", "expires_in": 7200})

    async def send(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(DELAY)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    server = web.Application()
    server.router.add_route("*", "/cgi-bin/token", token)
    server.router.add_route("*", "/cgi-bin/stable_token", token)
    server.router.add_post("/cgi-bin/message/custom/send", send)
    uvloop.install()
    web.run_app(server, host="127.0.0.1", port=port, print=lambda *_: print("ready", flush=True), access_log=None)


# ------------------------------------------------------------------ who sends


async def bare(base: str) -> None:
    """Send with nothing around: as many callers of one aiohttp session as we send at once."""
    left = iter(range(MESSAGES))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

        async def caller() -> None:
            for number in left:
                body = {"touser": openid(number), "msgtype": "text", "text": {"content": TEXT}}
                async with http.post(f"{base}cgi-bin/message/custom/send?access_token=t", json=body) as answer:
                    await answer.json()

        await asyncio.gather(*(caller() for _ in range(sender.MOST)))


def threads(base: str) -> None:
    """Send as one does with wechatpy: its client in THREADS threads."""

    class Loopback(WeChatClient):  # type: ignore[misc]  # wechatpy ships no types
        API_BASE_URL = f"{base}cgi-bin/"

    client = Loopback("wx", "secret")
    client.session.set("wx_access_token", "t", 7200)
    client.expires_at = int(time.time()) + 7200
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda number: client.message.send_text(openid(number), TEXT), range(MESSAGES)))


async def ours(base: str, database: Database) -> None:
    """Send what is due in a database until nothing is."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        client = Client("wx", "secret", http, base)
        ours = sender.Sender(database, client, lambda: NOW, lambda: Ways(appid="wx"))
        sending = asyncio.ensure_future(ours.run())
        while await database.read(left):  # noqa: ASYNC110  nothing tells when a sender that goes on for ever has nothing left
            await asyncio.sleep(0.1)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def left(session: Session) -> int:
    """Return how many deliveries are not over."""
    waits = col(Delivery.state).in_((DeliveryState.ARMED, DeliveryState.SENDING))
    return session.execute(select(func.count()).select_from(Delivery).where(waits)).scalar_one()


# ------------------------------------------------------------------ what is in the database


def openid(number: int) -> str:
    """Return the openid of a resident by number."""
    return f"oBench{number:022}"


@contextmanager
def database_of(people: int, before: int = 0) -> Iterator[Database]:
    """Give a database in which so many people live and follow, with so many deliveries of before."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db", keyring=Keyring.make())
        try:
            SQLModel.metadata.create_all(database.engine)
            database.submit(settle, people).result()
            for begin in range(0, before, FEW):
                database.submit(remember, begin, min(FEW, before - begin)).result()
            yield database
        finally:
            database.close()


def settle(session: Session, people: int) -> None:
    """Let people live four to a flat, who all follow and wrote within the day."""
    community = Community(appid="wx", name="大社区")
    session.add(community)
    session.flush()
    scope.enter(session, community.key)
    tables, here = SQLModel.metadata.tables, community.key
    flats = [{"id": n + 1, "community_id": here, "building": str(n // 200 + 1), "unit": "1", "room": f"{n % 200 // 4 + 1}0{n % 4 + 1}", "place": f"{n:09}"} for n in range(people // 4 + 1)]  # fmt: skip
    session.execute(insert(tables["household"]), flats)
    residents = [{
        "id": n + 1, "community_id": here, "public_id": public_id(), "household_id": n // 4 + 1, "openid": openid(n), "bound_at": NOW, "name": "陈建国", "asks_flat": False,
        "phone": "", "phone_digest": "", "phone_end": "", "tags": [],
    } for n in range(people)]  # fmt: skip
    session.execute(insert(tables["resident"]), residents)
    lives = [{"community_id": here, "resident_id": n + 1, "household_id": n // 4 + 1, "role": ResidentRole.OWNER, "evidence": "roster"} for n in range(people)]  # fmt: skip
    session.execute(insert(tables["residence"]), lives)
    follows = [{
        "openid": openid(n), "community_id": here, "is_placed": True, "followed_at": NOW - timedelta(days=9), "window_until": NOW + timedelta(days=1), "window_left": 20, "tap_left": 0,
    } for n in range(people)]  # fmt: skip
    session.execute(insert(tables["follower"]), follows)


def remember(session: Session, begin: int, number: int) -> None:
    """Write deliveries of before, all sent."""
    row = {
        "community_id": 1, "payload": {"text": TEXT}, "state": DeliveryState.SENT, "attempts": 1, "due_at": NOW - timedelta(days=9), "channel": "chat",
        "reason": "", "is_unsure": False, "updated_at": NOW - timedelta(days=9), "acknowledged_by": "",
    }  # fmt: skip
    session.execute(insert(Delivery), [{**row, "openid": openid((begin + n) % MESSAGES)} for n in range(number)])


def publish(session: Session) -> int:
    """Publish an important notice to everybody; returns to how many."""
    scope.enter(session, 1)
    notice = Notice(
        title="停水通知",
        body="3月12日 9:00 到 15:00 因水管检修停水，请提前储水。",
        kind=NoticeKind.IMPORTANT,
        created_at=NOW,
        audience=EVERYBODY.to_json(),
    )
    session.add(notice)
    session.flush()
    return notices.publish(session, notice, NOW - timedelta(minutes=1), undo=timedelta(0))


def lay_out(session: Session, part: int) -> bool:
    """Give the people of one part their deliveries, as the publisher does."""
    scope.enter(session, 1)
    return notices.lay_out(session, part, NOW)


# ------------------------------------------------------------------ what is measured


def rate(send: Callable[[], object]) -> float:
    """Return how many messages a second it sends."""
    began = time.perf_counter()
    send()
    return MESSAGES / (time.perf_counter() - began)


def ours_rate(base: str, before: int = 0) -> float:
    """Return how many a second we send, with so many deliveries of before; raises RuntimeError unless each is on record as sent."""
    with database_of(MESSAGES, before) as database:
        if database.submit(publish).result() != MESSAGES:
            raise RuntimeError("not everybody was published to")
        for part, _ in database.submit(parts.waiting).result():
            database.submit(lay_out, part).result()
        took = rate(lambda: run.run(ours(base, database)))
        sent = database.submit(
            lambda session: (
                session.connection()
                .exec_driver_sql("SELECT count(*) FROM delivery WHERE state = 'sent' AND notice_id IS NOT NULL")
                .scalar()
            )
        ).result()
        if sent != MESSAGES:
            raise RuntimeError(f"{sent} of {MESSAGES} are on record as sent")
        return took


def city() -> tuple[float, float, float]:
    """Return the seconds in which a publishing to CITY people commits, those until each has a delivery, and the p99 of small writes meanwhile."""
    with database_of(CITY) as database:

        def note(session: Session) -> None:
            scope.enter(session, 1)
            events.record(session, NOW, "bench.noted", subject="bench")

        async def measure() -> tuple[float, float, list[float]]:
            waits, over = list[float](), asyncio.Event()

            async def others() -> None:
                while not over.is_set():
                    began = time.perf_counter()
                    await database.write(note)
                    waits.append(time.perf_counter() - began)
                    await asyncio.sleep(0.01)

            beside = asyncio.ensure_future(others())
            await asyncio.sleep(0.5)
            began = time.perf_counter()
            await database.write(publish)
            committed = time.perf_counter() - began
            for part, _ in await database.read(parts.waiting):
                await database.write(lay_out, part)
            took = time.perf_counter() - began
            over.set()
            await beside
            return committed, took, waits

        committed, took, waits = run.run(measure())
        laid = database.submit(lambda session: session.execute(select(func.count()).select_from(Delivery)).scalar_one()).result()
        if laid != CITY:
            raise RuntimeError(f"{laid} of {CITY} have a delivery")
        return committed, took, statistics.quantiles(waits, n=100)[98]


def main() -> None:
    """Measure and print."""
    with run.serving(sys.executable, str(Path(__file__)), "stand-in", "PORT") as server:
        base = f"http://127.0.0.1:{server.port}/"
        figures: dict[str, list[float]] = {"bare": [], "threads": [], "ours": []}
        for _ in range(PASSES):
            figures["bare"].append(rate(lambda: run.run(bare(base))))
            figures["threads"].append(rate(lambda: threads(base)))
            figures["ours"].append(ours_rate(base))
        middle = {name: statistics.median(rates) for name, rates in figures.items()}
        few, many = ours_rate(base, FEW), ours_rate(base, MANY)
    print("  ".join(f"{name} {one:.0f}/s" for name, one in middle.items()))
    print(f"ours : bare loop              {middle['ours'] / middle['bare']:.2f}   at least 0.7")
    print(f"ours : wechatpy, {THREADS} threads {middle['ours'] / middle['threads']:.2f}   at least 4")
    print(f"cost at {MANY:,} : at {FEW:,}  {few / many:.2f}   at most 1.2")
    committed, took, p99 = city()
    print(
        f"published to {CITY:,}: committed after {committed:.2f} s, each has a delivery after {took:.1f} s (at most 3); "
        f"others waited {p99 * 1e3:.0f} ms, p99 (at most 200)"
    )


if __name__ == "__main__":
    stand_in(int(sys.argv[2])) if sys.argv[1:2] == ["stand-in"] else main()
