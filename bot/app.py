"""Puts the parts together; the only module that knows them all."""

import asyncio
import ctypes
import gc
import ipaddress
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session, text

from bot import config, metrics
from bot.console import site as console
from bot.dialogue.adviser import Adviser
from bot.dialogue.answer import SILENT, pack
from bot.dialogue.backlog import Backlog
from bot.dialogue.turn import House
from bot.dialogue.understanding import Understanding
from bot.eraser import Eraser
from bot.errors import Misconfigured
from bot.keys import Keys
from bot.language import emergencies
from bot.logs import AccessLogger
from bot.model import SHANGHAI, Community
from bot.pages import site as pages
from bot.photos import Photographer
from bot.plugin import Action, Context, Integration, tells
from bot.schedule import Schedule
from bot.sender import Sender
from bot.services import load_integrations as load_integrations  # asked of the house by the commands
from bot.simulator import server as simulator
from bot.store import people, schema
from bot.store.database import Database
from bot.store.outbox import Ways
from bot.store.tokens import TokenShelf
from bot.webhook import Webhook
from bot.wechat.client import Client
from bot.wechat.crypto import Account, Mode

#: Seconds between looks at the intent files; a saved file is live within this time.
REFRESH = 1.0

#: Seconds that a connection may be idle, or be about to send the head of a request.
IDLE = 15.0

#: Descriptors asked for at start.
CONNECTIONS = 65_536

log = structlog.get_logger(__name__)


def clock() -> datetime:
    """Return the time, in the community's zone."""
    return datetime.now(SHANGHAI)


def reach_database(settings: config.Settings) -> Database:
    """Open the database, whatever its shape; raises Misconfigured with the setting at fault when it does not answer."""
    config.make_var(settings.var)
    try:
        database = Database(settings.database, settings.group_commit)
    except ImportError as error:
        raise Misconfigured(
            f"LINLI_DATABASE_URL names PostgreSQL, and {error.name} is not installed; install linli[postgres]"
        ) from error
    except (ArgumentError, ValueError) as error:  # their texts may hold the password
        raise Misconfigured("LINLI_DATABASE_URL cannot be read; write postgresql://USER:PASSWORD@HOST:PORT/NAME") from error
    try:
        database.engine.connect().close()
    except DBAPIError as error:
        database.close()
        reason = str(error.orig).strip().partition("\n")[0]
        culprit = "LINLI_DATABASE_URL" if settings.database_url else f"LINLI_VAR: {settings.var / 'linli.db'}"
        way_out = "start the database or correct its address" if settings.database_url else "look at the file and its rights"
        raise Misconfigured(f"{culprit}: the database does not answer ({reason}); {way_out}") from error
    return database


def open_database(settings: config.Settings, integrations: Sequence[Integration]) -> Database:
    """Open the database at its newest shape: SQLite is brought there, PostgreSQL must have been (`linli migrate`)."""
    database = reach_database(settings)
    folders = [integration.folder for integration in integrations]
    if database.is_sqlite:
        schema.upgrade(database.engine, folders)
    elif missing := schema.pending(database.engine, folders):
        database.close()
        raise Misconfigured(f"the database lacks {', '.join(missing)}; run `linli migrate` once, then start again")
    return database


@dataclass(kw_only=True)
class Linli:
    """One running installation's parts, for those who start it and for tests."""

    settings: config.Settings
    integrations: Sequence[Integration]
    database: Database
    understanding: Understanding
    keys: Keys
    community: Community
    clock: Callable[[], datetime] = clock

    @classmethod
    def assemble(cls, settings: config.Settings, *, clock: Callable[[], datetime] = clock) -> "Linli":
        """Open and load everything; raises Misconfigured with the way out."""
        integrations = load_integrations(settings.integrations)
        database = open_database(settings, integrations)
        community = database.submit(_require_community, settings.wechat_appid).result()
        understanding = Understanding.load(settings.intents_folder, config.shipped("data"))
        return cls(
            settings=settings, integrations=integrations, database=database, understanding=understanding,
            keys=Keys(config.read_secret(settings)), community=community, clock=clock,
        )  # fmt: skip

    @property
    def context(self) -> Context:
        """What all work is done with, with the newest words."""
        return Context(
            community=self.community, keys=self.keys, base_url=self.settings.base_url,
            messages=self.understanding.catalogue.messages, tells=tells(self.integrations),
        )  # fmt: skip

    @property
    def house(self) -> House:
        """What a turn needs beside its message."""
        return House(context=self.context, understanding=self.understanding, actions=self.actions)

    @property
    def actions(self) -> Mapping[str, Action]:
        """All deeds by intent."""
        return {action.intent: action for integration in self.integrations for action in integration.actions}

    @property
    def account(self) -> Account:
        """The WeChat account as the settings describe it."""
        settings = self.settings
        return Account(
            token=settings.wechat_token.get_secret_value(), appid=settings.wechat_appid,
            mode=Mode(settings.wechat_mode), aes_key=settings.wechat_aes_key.get_secret_value(),
            previous_aes_key=settings.wechat_previous_aes_key.get_secret_value(),
            max_age=settings.max_age, is_in_milliseconds=settings.wechat_milliseconds,
        )  # fmt: skip

    def client(self, http: aiohttp.ClientSession) -> Client:
        """Return a client for the account's calls; all replicas and commands share one token."""
        shelf = TokenShelf(self.database, self.settings.wechat_appid, self.clock)
        secret = self.settings.wechat_secret.get_secret_value()
        return Client(self.settings.wechat_appid, secret, http, self.settings.wechat_api_base, shelf)


def _require_community(session: Session, appid: str) -> Community:
    found = people.community(session, appid)
    if found is None:
        raise Misconfigured(
            f"the database knows no community for appid {appid}; run `linli init` with the office's roster, or `linli demo`"
        )
    return found


# ------------------------------------------------------------------ the web application


LINLI = web.AppKey("linli", Linli)


def build(linli: Linli, *, demo: bool = False) -> web.Application:
    """Return the application: webhook, console, residents' pages, health; in the demo also the stand-in for WeChat."""
    app = web.Application()
    app[LINLI] = linli
    adviser = Adviser.of(linli.settings, linli.understanding)
    webhook = Webhook(
        account=linli.account, database=linli.database, understanding=linli.understanding,
        house=lambda: linli.house, clock=linli.clock, adviser=adviser,
    )  # fmt: skip
    app.router.add_get("/wechat", webhook.verify, allow_head=False)
    app.router.add_post("/wechat", webhook.receive)
    for path, handler in (("/healthz", _alive), ("/readyz", _ready), ("/metrics", _figures)):
        app.router.add_get(path, handler)
    if not demo:  # there the console welcomes newcomers
        app.router.add_get("/", _front)
    parts = console.Parts(
        database=linli.database, house=lambda: linli.house, integrations=linli.integrations, clock=linli.clock,
        understanding=linli.understanding, intents_folder=linli.settings.intents_folder,
        photos=linli.settings.var / "photos", demo=demo, template=bool(linli.settings.wechat_template),
    )  # fmt: skip
    console.mount(app, parts)
    pages.mount(
        app,
        pages.Parts(
            database=linli.database, context=lambda: linli.context, integrations=linli.integrations, clock=linli.clock,
            templates=parts.templates,
        ),
    )  # fmt: skip
    if demo:
        settings = linli.settings
        webhook_url = f"http://{settings.host}:{settings.port}/wechat"
        stand_in = simulator.create(linli.account, settings.wechat_secret.get_secret_value(), webhook_url, linli.clock)
        app.add_subapp("/simulator", stand_in)
    app.cleanup_ctx.append(_work_in_the_background)

    async def finish(_: web.Application) -> None:
        await webhook.close()
        if adviser is not None:
            await adviser.close()

    app.on_shutdown.append(finish)
    return app


async def _work_in_the_background(app: web.Application) -> AsyncIterator[None]:
    """Send what is due, fetch photos, run jobs, watch the intent files; stops them cleanly, then the database."""
    linli = app[LINLI]
    settings = linli.settings
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as http:
        client = linli.client(http)
        ways = Ways(template=settings.wechat_template, subscription=settings.wechat_subscription)
        sender = Sender(linli.database, client, linli.clock, ways)
        photographer = Photographer(linli.database, client, linli.clock, settings.var / "photos")
        jobs = [job for integration in linli.integrations for job in integration.jobs]
        backlog = Backlog(linli.database, linli.understanding, lambda: linli.house, linli.clock)
        eraser = Eraser(
            linli.database, linli.clock, lambda: linli.context, linli.integrations, settings.var / "photos", pack(SILENT)
        )
        schedule = Schedule(linli.database, linli.clock, jobs, lambda: linli.context, photographer, sender, backlog, eraser)
        schedule.start()
        await asyncio.to_thread(give_memory_back)
        tasks = [asyncio.create_task(sender.run(), name="sender"), asyncio.create_task(_refresh(linli), name="refresh")]
        tasks.append(asyncio.create_task(asyncio.to_thread(emergencies.warm), name="warm"))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await schedule.stop()
    await asyncio.to_thread(linli.database.close)


async def _refresh(linli: Linli) -> None:
    """Make saved intent files live; a broken one keeps its last good version, and its fault is logged once."""
    told: tuple[object, ...] = ()
    while True:
        try:
            before = linli.understanding.matcher
            problems = await asyncio.to_thread(linli.understanding.refresh)
            if linli.understanding.matcher is not before:
                await asyncio.to_thread(give_memory_back)
        except Exception:  # such as a folder that cannot be read for a moment; the old intents stay in force
            log.exception("intent files not read")
            await asyncio.sleep(REFRESH)
            continue
        metrics.INTENT_PROBLEMS.set(sum(problem.severity == "error" for problem in problems))
        errors = tuple(problem for problem in problems if problem.severity == "error")
        if errors != told:
            for problem in errors:
                log.warning("intent file", place=f"{problem.file}:{problem.line}:{problem.column}", code=problem.code)
            told = errors
        await asyncio.sleep(REFRESH)


def give_memory_back() -> None:
    """Let the system have what training the matcher has freed: a tenth of the idle server; glibc keeps it otherwise."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


async def run(app: web.Application, host: str, port: int, ready: Callable[[], Awaitable[None]]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is awaited once connections are accepted, which go on being served meanwhile."""
    _raise_limit()
    runner = web.AppRunner(app, access_log_class=AccessLogger, shutdown_timeout=3.0, keepalive_timeout=IDLE)
    await runner.setup()
    gc.freeze()  # what is here lives as long as the process: no search for garbage need look through it again
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
        await ready()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
    finally:
        await runner.cleanup()


def _raise_limit() -> None:
    """Take as many connections as the system lets us; the usual 1,024 are held in a moment by anybody who is slow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, CONNECTIONS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


# ------------------------------------------------------------------ health


async def _front(_: web.Request) -> web.Response:
    raise web.HTTPFound("/console/start")


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(request: web.Request) -> web.Response:
    """Tell a proxy whether to send traffic here: the database answers and the intents are loaded."""
    linli = request.app[LINLI]
    faults = []
    try:
        async with asyncio.timeout(2):
            await linli.database.read(lambda session: session.execute(text("SELECT 1")).scalar())
    except Exception as error:  # whatever it is, this replica is not ready
        faults.append(f"database: {type(error).__name__}")
    if not linli.understanding.catalogue.intents:
        faults.append("intents: none loaded")
    return web.json_response({"status": "not ready" if faults else "ok", "faults": faults}, status=503 if faults else 200)


async def _figures(request: web.Request) -> web.Response:
    """Figures for Prometheus, to callers on this machine only; put a proxy with a password before it for others."""
    with suppress(ValueError):
        direct = "X-Forwarded-For" not in request.headers
        if direct and ipaddress.ip_address(request.remote or "").is_loopback:
            return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
    raise web.HTTPForbidden(text="/metrics answers to this machine only")
