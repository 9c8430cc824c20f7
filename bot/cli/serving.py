"""`linli serve` and `linli demo`: one process that serves residents and staff."""

import asyncio
import errno
import logging
import shutil
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from multiprocessing import get_context

import aiohttp
import structlog
import typer
import uvloop
from sqlmodel import Session, col, select

from bot import app, config, logs
from bot.cli import living, pushing, stage
from bot.cli.stage import DEMO_APPID, demo_settings
from bot.contract import Context, Services, Work
from bot.dialogue.understanding import read_folder
from bot.errors import Misconfigured, WeChatRefused
from bot.keys import Keys
from bot.language import files, late
from bot.services import folders as folders_of
from bot.services import load_services
from bot.simulator.cast import CAST, Actor
from bot.simulator.stage_set import stage_set
from bot.simulator.time_machine import TimeMachine
from bot.simulator.wechat import POSTERS
from bot.store import communities, people, roster, scenes, schema, scope, sealing, sessions
from bot.store.database import Database
from bot.store.followers import Follower
from bot.store.people import Household
from bot.store.scenes import Scene
from bot.store.staff import Role, Staff

__all__ = ["DEMO_APPID", "DEMO_SCENES", "demo", "demo_settings", "seed", "serve"]

#: What the stand-in's posters begin and where they hang, by what they say.
DEMO_SCENES: Mapping[str, tuple[str, str]] = {
    "door-3": ("door", "3栋"), "garage-b1": ("repair", "地下车库B1"), "front-desk": ("desk", "物业前台"),
    "east-door-1": ("door", "1栋"),
}  # fmt: skip

#: Folders of the demo's rosters under data/, a community each.
DEMO_COMMUNITIES = ("demo", "demo-east")

HIGHEST_PORT = 65_535

log = structlog.get_logger(__name__)


def serve() -> None:
    """Serve a real account until stopped."""
    logs.configure()
    settings = config.load()
    _require_free(settings.host, settings.port, "LINLI_HOST", "LINLI_PORT")
    if not settings.wechat_secret.get_secret_value():
        log.warning("LINLI_WECHAT_SECRET is missing: residents get replies, but nothing can be sent by itself")
    linli = app.Linli.assemble(settings)
    where = f"http://{settings.host}:{settings.port}"

    async def tell() -> None:
        log.info("serving", at=where)

    _run(app.run(app.build(linli), settings.host, settings.port, tell))


def demo(*, host: str, port: int | None, fresh: bool, i_know: bool, bare: bool = False) -> None:
    """Serve the demo community with the stand-in for WeChat; prints where to click. What is not said is as LINLI_… say."""
    logs.configure(level=logging.WARNING)
    local = config.load_local()
    host_name, port_name = "--host" if host else "LINLI_HOST", "LINLI_PORT" if port is None else "--port"
    host, port = host or local.host, local.port if port is None else port
    if not i_know and not _is_loopback(host):
        raise Misconfigured(
            f"{host_name} {host} is reached by others, and in the demo anybody may sign in; add --i-know if you mean it"
        )
    _require_free(host, port, host_name, port_name)
    if fresh:
        shutil.rmtree(stage.var(), ignore_errors=True)
    if not (bare or stage.var().exists()):
        typer.echo("Filling the community with sixty days, some ten seconds (--bare leaves them out) …")
    settings = stage.with_own_intents(demo_settings(host=host, port=port, var=stage.var()))
    _seed_aside(settings, lives=not bare)
    stage.remember(settings)
    linli = app.Linli.assemble(settings, clock=TimeMachine(app.clock))
    links = linli.database.submit(_sign_in_links, linli).result()

    async def welcome() -> None:
        await _show_menu(linli)
        _welcome(settings, links)

    _run(app.run(app.build(linli, demo=True), host, port, welcome))


def _seed_aside(settings: config.Settings, *, lives: bool) -> None:
    """Seed in a process that ends with it: what making the tables takes, 20 MB, is not the server's to keep.

    Meanwhile this one compiles what messages are read with, for three seconds that nobody has to wait afterwards.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as aside:
        seeding = aside.submit(partial(seed, lives=lives), settings)
        late.ready()
        seeding.result()


def seed(
    settings: config.Settings, folders: Sequence[str] = DEMO_COMMUNITIES, *, lives: bool = False, now: datetime | None = None
) -> None:
    """Fill an empty demo database: the communities of data/, what services seed, and the stand-in's residents at home in them.

    One that `lives` has a past of sixty days, too, up to `now`.
    """
    services, now = load_services(settings), now or app.clock()
    database = app.reach_database(settings)
    try:
        schema.upgrade(database.engine, [integration.folder for integration in services.integrations])
        sealing.agree(database.engine, now)
        if not database.submit(communities.listed, settings.wechat_appid).result():
            for folder in folders:
                home = config.shipped("data") / folder
                files = {name: (home / name).read_text(encoding="utf-8") for name in roster.COLUMNS}
                database.submit(roster.import_roster, files, settings.wechat_appid, now).result()
            database.submit(_settle_cast, settings.wechat_appid, now).result()
            database.submit(_share_admin, settings.wechat_appid, now).result()
            _seed_services(settings, services, database, now)
            if lives:
                _seed_past(settings, services, database, now)
            app.index(database)
        database.submit(_hang_posters, settings.wechat_appid, now).result()
    finally:
        database.close()


def _seed_services(settings: config.Settings, services: Services, database: Database, now: datetime) -> None:
    keys = Keys(config.read_secret(settings))
    for community in database.submit(communities.listed, settings.wechat_appid).result():
        context = Context(community=community, keys=keys, base_url=settings.base_url, messages={}, services=services)
        for integration in services.integrations:
            if integration.seed is not None:
                database.submit(_fill, integration.seed, context, now).result()


def _seed_past(settings: config.Settings, services: Services, database: Database, now: datetime) -> None:
    keys = Keys(config.read_secret(settings))
    known = files.load(read_folder(settings.intents_folder, folders_of(services)), kinds=services.kinds)
    for community in database.submit(communities.listed, settings.wechat_appid).result():
        context = Context(
            community=community, keys=keys, base_url=settings.base_url, messages=known.messages, intents=known.intents, services=services,
            usual_office=app.office_of(settings),
        )  # fmt: skip
        database.submit(living.live, context, now).result()


def _fill(session: Session, seed: Callable[[Work], None], context: Context, now: datetime) -> None:
    seed(Work(session=session, now=now, context=context))


def _settle_cast(session: Session, appid: str, now: datetime) -> None:
    """Bind those of the stand-in's people who live somewhere or work here, and let all of them follow the account."""
    for actor in CAST:
        community = communities.by_name(session, appid, actor.community)
        if community is None:  # it was not seeded
            continue
        with scope.within(session, community.key):
            session.add(Follower(openid=actor.openid, followed_at=now, is_placed=bool(actor.flat or actor.login)))
            if actor.flat is not None:
                _bind(session, actor, actor.flat, now)
            if actor.login:
                session.exec(select(Staff).where(Staff.login == actor.login)).one().openid = actor.openid


def _share_admin(session: Session, appid: str, now: datetime) -> None:
    """Let the first community's first admin work in the others, too: one person who may look at each."""
    first, *others = communities.listed(session, appid)
    admin = session.exec(
        select(Staff).where(Staff.community_id == first.id, Staff.role == Role.ADMIN).order_by(col(Staff.id))
    ).first()
    if admin is None:
        return
    for community in others:
        with scope.within(session, community.key):
            session.add(
                Staff(
                    login=admin.login,
                    person=admin.person,
                    name=admin.name,
                    phone=admin.phone,
                    role=admin.role,
                    created_at=now,
                )
            )


def _bind(session: Session, actor: Actor, flat: tuple[str, str, str], now: datetime) -> None:
    building, unit, room = flat
    home = session.exec(
        select(Household).where(Household.building == building, Household.unit == unit, Household.room == room)
    ).one()
    on_roster = (one for one in people.of_household(session, home) if one.name == actor.name)
    people.bind(session, next(on_roster, None) or people.settle(session, home, name=actor.name), actor.openid, now)


def _hang_posters(session: Session, appid: str, now: datetime) -> None:
    """Let the stand-in's posters be codes of ours, each in its community."""
    for code in POSTERS:
        community = communities.by_name(session, appid, code.community)
        if community is not None and scenes.find(session, code.scene) is None:
            kind, label = DEMO_SCENES[code.scene]
            with scope.within(session, community.key):
                session.add(Scene(code=code.scene, kind=kind, label=label, url=code.url, created_at=now))


async def _show_menu(linli: app.Linli) -> None:
    """Make the menu of _menu.yaml that of the stand-in, by the call that a real account would get."""
    if not linli.understanding.catalogue.menu:
        return
    async with aiohttp.ClientSession() as http:
        try:
            await pushing.give_menu(linli.client(http), linli)
        except WeChatRefused as error:
            log.warning("the phones keep their first menu", reason=str(error))


def _sign_in_links(session: Session, linli: app.Linli) -> dict[Role, tuple[str, str]]:
    """Return for each role of the first community a staff member's name and a link that signs in as them, once."""
    scope.enter(session, linli.community.key)
    links = {}
    for role in Role:
        member = session.exec(select(Staff).where(Staff.role == role).order_by(col(Staff.id))).first()
        if member is not None:
            token = sessions.make_link(session, member, linli.clock(), stage.LINK_LIVES)
            links[role] = (member.name, f"{linli.settings.base_url}/console/in/{token}")
    return links


def _welcome(settings: config.Settings, links: dict[Role, tuple[str, str]]) -> None:
    base_url = settings.base_url
    typer.echo(f"\nLinli 邻里 demo is ready (Ctrl+C stops it; everything lies in {settings.var}).\n")
    typer.echo(f"  Start    {base_url}/")
    typer.echo(f"  Phone    {base_url}/simulator/")
    typer.echo(f"  Intents  {settings.intents}      its own copy; a saved file is live within a second")
    typer.echo(f"  Console  {base_url}/console      sign in with one of these, each works once:\n")
    for role, (name, link) in links.items():
        typer.echo(f"    {role:<8} {name}  {link}")
    typer.echo(f"\nTry: {' / '.join(stage_set().tries)}\n")


def _run(coroutine: Coroutine[None, None, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(coroutine)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _require_free(host: str, port: int, host_name: str, port_name: str) -> None:
    """Raise Misconfigured when nothing can be served there, naming what to change by its name."""
    if not 0 <= port <= HIGHEST_PORT:
        raise Misconfigured(f"{port_name} {port} is no port; ports go from 1 to {HIGHEST_PORT}, such as 8080")
    elsewhere = f"{host_name} {host} is no address of this machine ({{}}); use 127.0.0.1, or 0.0.0.0 for every network"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise Misconfigured(elsewhere.format(getattr(error, "strerror", None) or error)) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Misconfigured(elsewhere.format(error.strerror)) from error
            other = port + 1 if 1024 <= port < HIGHEST_PORT else 8080
            raise Misconfigured(f"{port_name} {port} on {host} cannot be used ({error.strerror}); try {other}") from error
