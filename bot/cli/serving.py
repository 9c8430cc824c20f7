"""`linli serve` and `linli demo`: one process that serves residents and staff."""

import asyncio
import errno
import logging
import shutil
import socket
from collections.abc import Coroutine, Mapping
from ipaddress import ip_address

import aiohttp
import structlog
import typer
import uvloop
from sqlmodel import Session, col, select

from bot import app, config, logs
from bot.cli import pushing, stage
from bot.cli.stage import DEMO_APPID, demo_settings
from bot.console import sessions
from bot.errors import Misconfigured, WeChatRefused
from bot.model import Community, Follower, Household, Resident, Role, Scene, Staff
from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine
from bot.simulator.wechat import POSTERS
from bot.store import people, scenes, schema

__all__ = ["DEMO_APPID", "DEMO_SCENES", "demo", "demo_settings", "seed", "serve"]

#: What the stand-in's posters begin and where they hang, by what they say.
DEMO_SCENES: Mapping[str, tuple[str, str]] = {
    "door-3": ("door", "3栋"), "garage-b1": ("repair", "地下车库B1"), "front-desk": ("desk", "物业前台"),
}  # fmt: skip

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


def demo(*, host: str, port: int | None, fresh: bool, i_know: bool) -> None:
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
    settings = stage.with_own_intents(demo_settings(host=host, port=port, var=stage.var()))
    seed(settings)
    stage.remember(settings)
    linli = app.Linli.assemble(settings, clock=TimeMachine(app.clock))
    links = linli.database.submit(_sign_in_links, linli).result()

    async def welcome() -> None:
        await _show_menu(linli)
        _welcome(settings, links)

    _run(app.run(app.build(linli, demo=True), host, port, welcome))


def seed(settings: config.Settings) -> None:
    """Fill an empty demo database: the community of data/demo, and the stand-in's residents at home in it."""
    integrations = app.load_integrations(settings.integrations)
    database = app.reach_database(settings)
    try:
        schema.upgrade(database.engine, [integration.folder for integration in integrations])
        if database.submit(people.community, settings.wechat_appid).result() is None:
            folder = config.shipped("data") / "demo"
            files = {name: (folder / name).read_text(encoding="utf-8") for name in people.COLUMNS}
            database.submit(people.import_roster, files, settings.wechat_appid, app.clock()).result()
            database.submit(_settle_cast).result()
        database.submit(_hang_posters).result()
    finally:
        database.close()


def _settle_cast(session: Session) -> None:
    """Bind those of the stand-in's residents who live somewhere, and let all of them follow the account."""
    now = app.clock()
    community = session.exec(select(Community)).one()
    for actor in CAST:
        session.add(Follower(openid=actor.openid, community_id=community.id or 0, followed_at=now))
        if not actor.flat:
            continue
        building, unit, room = actor.flat
        home = session.exec(
            select(Household).where(Household.building == building, Household.unit == unit, Household.room == room)
        ).one()
        on_roster = select(Resident).where(Resident.household_id == home.id, Resident.name == actor.name)
        resident = session.exec(on_roster).first() or Resident(household_id=home.id or 0, name=actor.name)
        resident.openid, resident.bound_at = actor.openid, now
        session.add(resident)


def _hang_posters(session: Session) -> None:
    """Let the stand-in's posters be codes of ours."""
    for code in POSTERS:
        if scenes.find(session, code.scene) is None:
            kind, label = DEMO_SCENES[code.scene]
            session.add(Scene(code=code.scene, kind=kind, label=label, url=code.url, created_at=app.clock()))


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
    """Return for each role a staff member's name and a link that signs in as them, once."""
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
    typer.echo(f"  Console  {base_url}/console      sign in with one of these, each works once:\n")
    for role, (name, link) in links.items():
        typer.echo(f"    {role:<8} {name}  {link}")
    typer.echo("\nTry: 我妹妹明天下午三点来 / 厨房水管漏水了 / 健康打卡 37.9\n")


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
