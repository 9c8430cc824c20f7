"""`linli serve` and `linli demo`: one process that serves residents and staff."""

import asyncio
import logging
import shutil
import socket
from base64 import b64encode
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import structlog
import typer
import uvloop
from sqlmodel import Session, col, select

from bot import app, config, logs
from bot.cli import pushing
from bot.console import sessions
from bot.errors import Misconfigured, WeChatRefused
from bot.keys import Keys
from bot.model import Community, Follower, Household, Resident, Role, Scene, Staff
from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine
from bot.simulator.wechat import POSTERS
from bot.store import people, scenes, schema
from bot.store.database import Database

#: The AppID of the demo's stand-in for WeChat.
DEMO_APPID = "wx_demo_heyuan_8f2c"

#: What the stand-in's posters begin and where they hang, by what they say.
DEMO_SCENES: Mapping[str, tuple[str, str]] = {
    "door-3": ("door", "3栋"), "garage-b1": ("repair", "地下车库B1"), "front-desk": ("desk", "物业前台"),
}  # fmt: skip

#: Sign-in links of the demo open for as long as one plays with it.
DEMO_LINK_LIVES = timedelta(hours=12)

log = structlog.get_logger(__name__)


def serve() -> None:
    """Serve a real account until stopped."""
    logs.configure()
    settings = config.load()
    if not settings.wechat_secret.get_secret_value():
        log.warning("LINLI_WECHAT_SECRET is missing: residents get replies, but nothing can be sent by itself")
    linli = app.Linli.assemble(settings)
    where = f"http://{settings.host}:{settings.port}"

    async def tell() -> None:
        log.info("serving", at=where)

    _run(app.run(app.build(linli), settings.host, settings.port, tell))


def demo(*, host: str, port: int, fresh: bool, i_know: bool) -> None:
    """Serve the demo community with the stand-in for WeChat; prints where to click."""
    logs.configure(level=logging.WARNING)
    if not i_know and not _is_loopback(host):
        raise Misconfigured(
            f"--host {host} is reached by others, and in the demo anybody may sign in; add --i-know if you mean it"
        )
    _require_free(host, port)
    settings = demo_settings(host=host, port=port, var=Path("var/demo"))
    if fresh:
        shutil.rmtree(settings.var, ignore_errors=True)
    seed(settings)
    linli = app.Linli.assemble(settings, clock=TimeMachine(app.clock))
    links = linli.database.submit(_sign_in_links, linli).result()

    async def welcome() -> None:
        await _show_menu(linli)
        _welcome(settings.base_url, links)

    _run(app.run(app.build(linli, demo=True), host, port, welcome))


def demo_settings(*, host: str, port: int, var: Path, **more: object) -> config.Settings:
    """Return settings that need no account: keys derived from the installation's secret, WeChat played by ourselves."""
    base = config.Settings.model_construct(var=var)
    keys = Keys(config.read_secret(base))
    return config.load(
        _env_file=None, host=host, port=port, var=var, public_url=f"http://{host}:{port}",
        wechat_appid=DEMO_APPID, wechat_mode="safe", wechat_token=keys.derive("demo token").hex()[:32],
        wechat_secret=keys.derive("demo secret").hex()[:32], wechat_aes_key=_aes_key(keys),
        wechat_api_base=f"http://{host}:{port}/simulator/api/", wechat_template="demo-notice",
        **{"database_url": "", **more},
    )  # fmt: skip


def seed(settings: config.Settings) -> None:
    """Fill an empty demo database: the community of data/demo, and the stand-in's residents at home in it."""
    integrations = app.load_integrations(settings.integrations)
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
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
            token = sessions.make_link(session, member, linli.clock(), DEMO_LINK_LIVES)
            links[role] = (member.name, f"{linli.settings.base_url}/console/in/{token}")
    return links


def _welcome(base_url: str, links: dict[Role, tuple[str, str]]) -> None:
    typer.echo("\nLinli 邻里 demo is ready (Ctrl+C stops it; everything lies in ./var/demo).\n")
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


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Misconfigured(f"port {port} on {host} cannot be used ({error.strerror}); try --port {port + 1}") from error


def _aes_key(keys: Keys) -> str:
    return b64encode(keys.derive("demo aes")).decode().rstrip("=")
