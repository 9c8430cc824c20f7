"""Puts the parts together; the only module that knows them all."""

import asyncio
import ctypes
import errno
import gc
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Concatenate, ParamSpec, TypeVar

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

import bot.store.tables  # noqa: F401  every table is known, whoever uses it
from bot import config, keyfile, metrics
from bot.backups.keeper import Keeper
from bot.console import site as console
from bot.contract import Context, Integration, Office, Services, Work, personal
from bot.contract.work import LINK_LIVES
from bot.dialogue.answer import SILENT, pack
from bot.dialogue.backlog import Backlog
from bot.dialogue.language_model import Endpoint, LanguageModel
from bot.dialogue.turn import House
from bot.dialogue.understanding import Understanding
from bot.eraser import Eraser
from bot.errors import Misconfigured
from bot.hosts import Hosts, only_ours
from bot.keys import Keys
from bot.ladder import Climber
from bot.language import late
from bot.language.disclosure import Health
from bot.logs import AccessLogger, server_logger
from bot.machines import site as machines
from bot.machines.pace import Pace
from bot.model import SHANGHAI
from bot.pages import site as pages
from bot.photos import Photographer
from bot.proxies import PROXIES, Proxies, caller_of
from bot.publisher import Publisher
from bot.pulse import Pulse
from bot.schedule import Schedule
from bot.sealed import keyring_of
from bot.sealer import Sealer
from bot.sender import Sender
from bot.services import load_services, understand
from bot.simulator import server as simulator
from bot.spool import Spool
from bot.store import communities, effects, imports, knowledge, outbox, parts, schema, scope, sealing, seals
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import COMMAND_LINE
from bot.store.outbox import Claim, Ways
from bot.store.tokens import TokenShelf
from bot.translation import SOURCE
from bot.webhook import Webhook
from bot.wechat.client import Client
from bot.wechat.crypto import Account, Mode
from bot.worker import Tools, Worker

#: Seconds between looks at the intent files and the offices' knowledge; what was saved is live within this time.
REFRESH = 1.0

#: Seconds that a connection may be idle, or be about to send the head of a request.
IDLE = 15.0

#: Descriptors asked for at start.
CONNECTIONS = 65_536

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)


def clock() -> datetime:
    """Return the time, in the community's zone."""
    return datetime.now(SHANGHAI)


def reach_database(settings: config.Settings) -> Database:
    """Open the database, whatever its shape, with the keys of what is sealed in it; a new installation gets keys of its own.

    Raises Misconfigured with the setting at fault when it does not answer, or its keys are not at hand.
    """
    database = _reach(settings)
    try:
        _hand_keys(settings, database)
    except BaseException:
        database.close()
        raise
    return database


def _hand_keys(settings: config.Settings, database: Database) -> None:
    file, known = keyfile.read(settings), sealing.known_key(database.engine)
    if file is None and known:
        raise Misconfigured(
            f"LINLI_KEYS_FILE: there is no {keyfile.path(settings)}, and values are sealed under key {known}; "
            "copy the file from another replica, or bring it back from the backup"
        )
    ring = keyfile.ring(settings, file or keyfile.make(settings, f"{clock():%Y-%m-%d}"))
    if known:
        ring.use(known)
    database.engine.dialect.keyring = ring  # type: ignore[attr-defined]  # see bot.store.database.connect


def _reach(settings: config.Settings) -> Database:
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
    sealing.agree(database.engine, clock())
    return database


@dataclass(kw_only=True)
class Linli:
    """One running installation's parts, for those who start it and for tests."""

    settings: config.Settings
    services: Services
    database: Database
    understanding: Understanding
    keys: Keys
    community: Community  # the one that commands work for: the account's first, unless another was named
    clock: Callable[[], datetime] = clock
    communities: Mapping[int, Community] = field(default_factory=dict)  # all of the installation, by id
    is_demo: bool = False
    pulse: Pulse = field(init=False)
    spool: Spool = field(init=False)
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _houses: dict[str, tuple[tuple[object, ...], House]] = field(default_factory=dict, init=False)  # by AppID

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.database, self.clock, self.settings.var, self.settings.wechat_appid)
        self.spool = Spool(self.settings.var / "spool", keyring_of(self.database.engine.dialect))

    @classmethod
    def assemble(
        cls, settings: config.Settings, *, clock: Callable[[], datetime] = clock, community: str | None = None
    ) -> "Linli":
        """Open and load everything; raises Misconfigured with the way out.

        `community`: the name of the one that a command works for; empty where there must be only one.
        """
        services = load_services(settings)
        database = open_database(settings, services.integrations)
        try:
            index(database)  # after an upgrade
            chosen = database.submit(_choose, settings.wechat_appid, community).result()
            understanding = understand(settings.intents_folder, services)
        except BaseException:
            database.close()
            raise
        linli = cls(
            settings=settings, services=services, database=database, understanding=understanding,
            keys=Keys(config.read_secret(settings)), community=chosen, clock=clock,
        )  # fmt: skip
        linli.communities = database.submit(_known).result()
        return linli

    @cached_property
    def accounts(self) -> Mapping[str, config.Settings]:
        """The settings of each WeChat account, by AppID; the first is that of the LINLI_WECHAT_… settings."""
        return {account.wechat_appid: account for account in config.accounts(self.settings)}

    async def learn(self) -> bool:
        """Learn what the offices have written since the last look; tells whether there was anything."""
        understanding = self.understanding
        async with self._learning:  # else who looked first and learns last brings back what was removed since
            changed = await self.database.read(understanding.knowledge.look)
            return await asyncio.to_thread(understanding.knowledge.learn, changed, understanding.catalogue, self.clock())

    async def look_around(self) -> None:
        """Learn of communities that were added meanwhile."""
        self.communities = await self.database.read(_known)

    def served_by(self, appid: str) -> Mapping[int, Community]:
        """Return the communities of an account, by id."""
        return {key: community for key, community in self.communities.items() if community.appid == appid}

    def ask(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` in a transaction that sees the rows of the command's community; for callers without an event loop."""

        def run(session: Session) -> T:
            scope.enter(session, self.community.key)
            return fn(session, *args, **kwargs)

        return self.database.submit(run).result()

    def work(self, fn: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(work, …)` for the command's community in a transaction, now; for callers without an event loop."""
        return self.ask(
            lambda session: fn(Work(session=session, now=self.clock(), context=self.context, by=COMMAND_LINE), *args, **kwargs)
        )

    @property
    def context(self) -> Context:
        """What work for the command's community is done with, with the newest words."""
        return self._context_of(self.community)

    def _context_of(self, community: Community) -> Context:
        return Context(
            community=community, keys=self.keys, base_url=self.settings.base_url,
            messages=self.understanding.catalogue.messages, intents=self.understanding.catalogue.intents, services=self.services, search=self.understanding.knowledge.search,
            neighbours=tuple(self.served_by(community.appid).values()), usual_office=office_of(self.settings), health=self._health,
            is_demo=self.is_demo, ways=self.ways(community.appid), photos=self.settings.var / "photos",
        )  # fmt: skip

    @cached_property
    def _health(self) -> Health:
        words = (config.shipped("data") / "masking.yaml").read_text(encoding="utf-8")
        return Health.parse(words, [word for one in self.services.permissions.values() for word in one.veils])

    def context_of(self, community_id: int) -> Context:
        """Return the same for another community; raises LookupError for one that is unknown."""
        return self._context_of(self.communities[community_id])

    def contexts(self) -> list[Context]:
        """Return that of each community."""
        return [self.context_of(key) for key in self.communities]

    @property
    def house(self) -> House:
        """What a turn of the first account needs beside its message."""
        return self.house_of(self.settings.wechat_appid)

    def house_of(self, appid: str) -> House:
        """Return what a turn of an account needs; newcomers begin in its first community."""
        of = (self.communities, self.understanding, self.understanding.catalogue, self.is_demo)
        known = self._houses.get(appid)
        if known is not None and all(one is other for one, other in zip(known[0], of, strict=True)):
            return known[1]
        served = self.served_by(appid) or {self.community.key: self.community}
        context = replace(self.context.of(served[min(served)]), neighbours=tuple(served.values()))
        house = House(context=context, understanding=self.understanding, communities=served)
        self._houses[appid] = (of, house)  # until one of these is another: a message asks for it twice
        return house

    @property
    def account(self) -> Account:
        """The first WeChat account as the settings describe it."""
        return account_of(self.settings)

    def client(self, http: aiohttp.ClientSession, appid: str = "") -> Client:
        """Return a client for an account's calls; all replicas and commands share one token."""
        settings = self.accounts[appid or self.settings.wechat_appid]
        shelf = TokenShelf(self.database, settings.wechat_appid, self.clock)
        secret = settings.wechat_secret.get_secret_value()
        return Client(settings.wechat_appid, secret, http, settings.wechat_api_base, shelf)

    def ways(self, appid: str) -> Ways:
        """Return an account's ways to those it serves."""
        settings = self.accounts.get(appid)
        if settings is None:  # a community of an account that the settings name no more
            return Ways(appid=appid)
        return Ways(
            template=settings.wechat_template, subscription=settings.wechat_subscription, appid=appid,
            communities=tuple(self.served_by(appid)),
        )  # fmt: skip

    def page_of(self, claim: Claim) -> str:
        """Return the address where the reader of a notice finds all of it; empty for what is no notice, or has no page."""
        if claim.notice_id is None or not self.services.notice_page:
            return ""
        path = f"/p{self.services.notice_page.format(delivery=claim.id)}"
        return f"{self.settings.base_url}{path}?k={self.keys.seal_link(path, self.clock() + LINK_LIVES, claim.community_id)}"


def office_of(settings: config.Local) -> Office:
    """Return when the property office is open, from the settings."""
    return Office.read(settings.office_hours, settings.office_days, timedelta(minutes=settings.staff_silence))


def account_of(settings: config.Settings) -> Account:
    """Return a WeChat account as its settings describe it."""
    return Account(
        token=settings.wechat_token.get_secret_value(), appid=settings.wechat_appid,
        mode=Mode(settings.wechat_mode), aes_key=settings.wechat_aes_key.get_secret_value(),
        previous_aes_key=settings.wechat_previous_aes_key.get_secret_value(),
        max_age=settings.max_age, is_in_milliseconds=settings.wechat_milliseconds,
    )  # fmt: skip


def index(database: Database) -> None:
    """Give everybody who has none the words they are found by; for callers without an event loop."""
    while database.submit(imports.index_more).result():
        pass


def _known(session: Session) -> dict[int, Community]:
    return {community.key: community for community in communities.listed(session)}


def _choose(session: Session, appid: str, name: str | None) -> Community:
    if name is not None:
        return communities.pick(session, appid, name)
    found = communities.listed(session, appid)
    if not found:
        raise Misconfigured(
            f"the database knows no community for appid {appid}; run `linli init` with the office's roster, or `linli demo`"
        )
    return found[0]


# ------------------------------------------------------------------ the web application


LINLI = web.AppKey("linli", Linli)


def build(linli: Linli, *, demo: bool = False) -> web.Application:
    """Return the application: webhook, console, residents' pages, health; in the demo also the stand-in for WeChat."""
    linli.is_demo = demo
    ours = Hosts(linli.settings.base_url, linli.settings.host, linli.settings.other_hosts)
    app = web.Application(middlewares=[only_ours(ours)])
    app[LINLI], app[PROXIES] = linli, Proxies(networks=linli.settings.proxies)
    endpoint = Endpoint.of(linli.settings)
    model = LanguageModel(endpoint, linli.database, linli.clock) if endpoint else None
    webhooks = {appid: _webhook(linli, appid, model) for appid in linli.accounts}
    for appid, webhook in webhooks.items():
        for path in (f"/wechat/{appid}", *(("/wechat",) if appid == linli.settings.wechat_appid else ())):
            app.router.add_get(path, webhook.verify, allow_head=False)
            app.router.add_post(path, webhook.receive)
    for path, handler in (("/healthz", _alive), ("/readyz", _ready), ("/metrics", _figures)):
        app.router.add_get(path, handler)
    if not demo:  # there the console welcomes newcomers
        app.router.add_get("/", _front)
    parts = console.Parts(
        database=linli.database, context=linli.context_of, communities=lambda: linli.communities, services=linli.services,
        clock=linli.clock, understanding=linli.understanding, intents_folder=linli.settings.intents_folder,
        photos=linli.settings.var / "photos", keys=linli.keys, base_url=linli.settings.base_url, demo=demo, admin_totp=linli.settings.admin_totp,
        template=bool(linli.settings.wechat_template),
    )  # fmt: skip
    console.mount(app, parts)
    pages.mount(
        app,
        pages.Parts(
            database=linli.database, context=lambda key: linli.context_of(key or linli.community.key), services=linli.services,
            clock=linli.clock, templates=parts.templates[SOURCE],
        ),
    )  # fmt: skip
    machines.mount(
        app,
        machines.Parts(
            database=linli.database, context=linli.context_of, services=linli.services, clock=linli.clock, pace=Pace(),
            base_url=linli.settings.base_url,
        ),
    )  # fmt: skip
    if demo:
        settings = linli.settings
        webhook_url = f"http://{settings.host}:{settings.port}/wechat"
        stand_in = simulator.create(linli.account, settings.wechat_secret.get_secret_value(), webhook_url, linli.clock)
        app.add_subapp("/simulator", stand_in)
    app.middlewares.extend(
        [_refuse_compressed, _miss_long_names]
    )  # the innermost: a refusal is worded as each house words its own
    app.on_startup.append(_learn_to_read)
    app.cleanup_ctx.append(_work_in_the_background)

    async def finish(_: web.Application) -> None:
        for webhook in webhooks.values():
            await webhook.close()
        if model is not None:
            await model.close()

    app.on_shutdown.append(finish)
    return app


@web.middleware
async def _refuse_compressed(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse a body that would have to be inflated, whoever sends it: nobody we serve compresses what they send."""
    encodings = request.headers.getall("Content-Encoding", [])
    if any(one.strip().lower() not in ("", "identity") for one in encodings):
        raise web.HTTPUnsupportedMediaType(text="the body is compressed; send it as it is")
    return await handler(request)


@web.middleware
async def _miss_long_names(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Find no file whose name is longer than a disk can hold."""
    try:
        return await handler(request)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise web.HTTPNotFound from None


def _webhook(linli: Linli, appid: str, model: LanguageModel | None) -> Webhook:
    return Webhook(
        account=account_of(linli.accounts[appid]), database=linli.database, understanding=linli.understanding,
        house=lambda: linli.house_of(appid), clock=linli.clock, model=model, spool=linli.spool,
        is_lost=lambda: linli.pulse.is_lost,
    )  # fmt: skip


async def _work_in_the_background(app: web.Application) -> AsyncIterator[None]:
    """Send what is due, fetch photos, run jobs, watch the intent files; stops them cleanly, then the database."""
    linli = app[LINLI]
    settings = linli.settings
    # Effects have connections of their own: a far side that hangs keeps nothing from WeChat, and leaves no cookie with the next.
    outside = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as http, outside:
        photos = settings.var / "photos"
        clients = {appid: linli.client(http, appid) for appid in linli.accounts}
        senders = [
            Sender(linli.database, client, linli.clock, partial(linli.ways, appid), linli.page_of)
            for appid, client in clients.items()
        ]
        photographers = [
            Photographer(linli.database, client, linli.clock, photos, partial(_keys_of, linli, appid), linli.context_of)
            for appid, client in clients.items()
        ]
        jobs = [
            job for integration in linli.services.integrations for job in (*integration.jobs, *personal.forgetting(integration))
        ]
        backlog = Backlog(linli.database, linli.understanding, linli.house_of, linli.clock, linli.spool)
        eraser = Eraser(linli.database, linli.clock, linli.context_of, photos, pack(SILENT))
        climber = Climber(linli.database, linli.clock, linli.context_of, senders)
        sealer = Sealer(linli.database, seals.key_of(linli.keys), linli.clock, settings.var)
        schedule = Schedule(
            linli.database, linli.clock, linli.contexts, jobs, photographers, senders, backlog, eraser, climber, sealer,
            Keeper(settings, linli.database, linli.clock), linli.pulse,
        )  # fmt: skip
        schedule.start()
        await asyncio.to_thread(give_memory_back)
        publisher = Publisher(linli.database, linli.clock, linli.context_of)
        _wake(linli, {outbox.URGENT: [sender.poke for sender in senders], parts.WAITING: [publisher.poke]})
        tasks = [asyncio.create_task(sender.run(), name="sender") for sender in senders]
        tasks.append(asyncio.create_task(publisher.run(), name="publisher"))
        tools = Tools(database=linli.database, clock=linli.clock, context=linli.context_of, http=outside, clients=clients)
        tasks += [asyncio.create_task(worker.run(), name="worker") for worker in _workers(linli, tools)]
        tasks.append(asyncio.create_task(_refresh(linli), name="refresh"))
        tasks.append(asyncio.create_task(asyncio.to_thread(linli.understanding.judge.warm), name="warm"))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await schedule.stop()
    await sealer.finish()
    await asyncio.to_thread(linli.database.close)


def _workers(linli: Linli, tools: Tools) -> list[Worker]:
    """Return a worker for each kind of effect, woken by each commit that queues one of its kind."""
    workers = {effects.about(kind): Worker(performer, tools) for kind, performer in linli.services.performers.items()}
    _wake(linli, {what: [worker.poke] for what, worker in workers.items()})
    return list(workers.values())


def _wake(linli: Linli, pokes: Mapping[str, Sequence[Callable[[], None]]]) -> None:
    """Let who works in the background look as soon as a commit announced something for them."""
    loop = asyncio.get_running_loop()

    def wake(announced: Set[str]) -> None:
        for poke in [poke for what in announced & pokes.keys() for poke in pokes[what]]:
            with suppress(RuntimeError):  # the loop is closed: there is nobody to wake
                loop.call_soon_threadsafe(poke)

    linli.database.listen(wake)


def _keys_of(linli: Linli, appid: str) -> list[int]:
    return list(linli.served_by(appid))


async def _learn_to_read(_: web.Application) -> None:
    """Have all at hand that messages are read with: the first of them has no three seconds to wait."""
    await asyncio.to_thread(late.ready)


async def _refresh(linli: Linli) -> None:
    """Make saved intent files, new communities and what offices know live; knowledge that this process has saved at once.

    A broken file keeps its last good version, and its fault is logged once.
    """
    told: tuple[object, ...] = ()
    saved = _listen(linli, knowledge.ANNOUNCED)
    while True:
        try:
            await linli.look_around()
            await _follow_key(linli)
            before = linli.understanding.matcher
            problems = await asyncio.to_thread(linli.understanding.refresh)
            has_learned = await linli.learn()
            if has_learned or linli.understanding.matcher is not before:
                await asyncio.to_thread(give_memory_back)
        except Exception:  # such as a folder that cannot be read for a moment; the old intents and answers stay in force
            log.exception("intent files or knowledge not read")
            await asyncio.sleep(REFRESH)
            continue
        metrics.INTENT_PROBLEMS.set(sum(problem.severity == "error" for problem in problems))
        errors = tuple(problem for problem in problems if problem.severity == "error")
        if errors != told:
            for problem in errors:
                log.warning(
                    "intent file keeps its last good version", place=f"{problem.file}:{problem.line}:{problem.column}",
                    code=problem.code, reason=problem.message, way_out=problem.hint,
                )  # fmt: skip
            if not errors:
                log.warning("intent files are whole again")
            told = errors
        with suppress(TimeoutError):
            await asyncio.wait_for(saved.wait(), REFRESH)
        saved.clear()


async def _follow_key(linli: Linli) -> None:
    """Seal under the key that is in use now; without it go on under the one of before, and say so: others cannot read it for long."""
    try:
        await linli.database.read(sealing.follow)
    except Misconfigured as error:
        log.error("keys", reason=str(error))


def _listen(linli: Linli, what: str) -> asyncio.Event:
    """Return an event that is set after each commit of this process that announces `what`."""
    heard, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake(announced: Set[str]) -> None:
        if what in announced:
            with suppress(RuntimeError):  # the loop is closed: there is nobody to wake
                loop.call_soon_threadsafe(heard.set)

    linli.database.listen(wake)
    return heard


def give_memory_back() -> None:
    """Let the system have what training the matcher has freed: a tenth of the idle server; glibc keeps it otherwise."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


#: Seconds after which threads that want to run are let: Python's own 5 ms are waited four times by a check at the gate while messages are read.
SWITCHES = 0.001


async def run(app: web.Application, host: str, port: int, ready: Callable[[], Awaitable[None]]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is awaited once connections are accepted, which go on being served meanwhile."""
    _raise_limit()
    sys.setswitchinterval(SWITCHES)
    runner = runner_of(app)
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


def runner_of(app: web.Application) -> web.AppRunner:
    """Return what serves an application; it hands bodies on as they came, for a few kilobytes of gzip inflate to gigabytes."""
    return web.AppRunner(
        app, access_log_class=AccessLogger, logger=server_logger(metrics.MALFORMED.inc), shutdown_timeout=3.0, keepalive_timeout=IDLE,
        auto_decompress=False,
    )  # fmt: skip


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
    """Tell a proxy whether to send traffic here: what is written is kept, as was proven of late, and the intents are loaded."""
    linli = request.app[LINLI]
    if not linli.pulse.has_looked:  # it has begun a moment ago
        await linli.pulse.step()
    faults = [*linli.pulse.faults]
    if not linli.understanding.catalogue.intents:
        faults.append("intents: none loaded")
    return web.json_response({"status": "not ready" if faults else "ok", "faults": faults}, status=503 if faults else 200)


async def _figures(request: web.Request) -> web.Response:
    """Figures for Prometheus, to callers on this machine only, and to none through a proxy."""
    if not caller_of(request).is_local:
        raise web.HTTPForbidden(text="/metrics answers to this machine only")
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
