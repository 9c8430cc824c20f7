"""Our servers under load, each a process of its own.

python bench/servers.py echo PORT FOLDER
python bench/servers.py turns PORT FOLDER GROUP
"""

import asyncio
import sys
from pathlib import Path

import uvloop
from aiohttp import web
from repairs import RESIDENTS, openid
from sqlalchemy import insert
from sqlmodel import Session, col, select

from bot import app, config, logs
from bot.cli import serving
from bot.store.conversations import Conversation
from bot.store.followers import Follower
from bot.store.people import Evidence, Household, Residence, Resident, ResidentRole
from bot.wechat import crypto, messages


def settings_of(folder: Path, port: int = 0, group: int = 64) -> config.Settings:
    """Return the demo's settings; all servers of a run share the secret in `folder`, so one sealed push fits all."""
    url = f"sqlite:///{folder}/turns-{group}.db"
    return serving.demo_settings(host="127.0.0.1", port=port, var=folder, group_commit=group, database_url=url)


def account_of(settings: config.Settings) -> crypto.Account:
    """Return the WeChat account that the settings describe."""
    return crypto.Account(
        token=settings.wechat_token.get_secret_value(), appid=settings.wechat_appid, mode=crypto.Mode.SAFE,
        aes_key=settings.wechat_aes_key.get_secret_value(),
    )  # fmt: skip


def build_echo(settings: config.Settings) -> web.Application:
    """Return the least webhook of our own parts: open, parse, render, seal."""
    account = account_of(settings)

    async def echo(request: web.Request) -> web.Response:
        now = app.clock()
        message = messages.parse(crypto.open_envelope(account, request.query, await request.read(), now))
        said = message.text if isinstance(message, messages.Text) else ""
        reply = messages.render_text(message.openid, message.account, said, now)
        return web.Response(text=crypto.seal(account, reply, now), content_type="application/xml")

    server = web.Application()
    server.router.add_post("/wechat", echo)
    return server


def build_turns(settings: config.Settings) -> web.Application:
    """Return the product as `linli serve` builds it, with RESIDENTS at home in it."""
    logs.configure()
    serving.seed(settings)
    linli = app.Linli.assemble(settings)
    linli.database.submit(settle).result()
    return app.build(linli)


def settle(session: Session) -> None:
    """Let RESIDENTS live in the flats of the demo, bound and each with a conversation: whoever writes has followed first."""
    flats, now, numbers = session.exec(select(Household)).all(), app.clock(), range(RESIDENTS)
    homes = [(openid(number), flats[number % len(flats)]) for number in numbers]
    session.execute(insert(Resident), [
        {"community_id": flat.community_id, "public_id": who[-10:], "household_id": flat.id, "openid": who, "bound_at": now, "name": "", "asks_flat": False,
         "phone": f"138{number:08}", "phone_digest": "", "phone_end": "", "tags": []}
        for number, (who, flat) in enumerate(homes)
    ])  # fmt: skip
    settled = session.execute(
        select(Resident.id, Resident.household_id, Resident.community_id).where(col(Resident.openid).startswith("oBench"))
    )
    session.execute(insert(Residence), [
        {"community_id": community, "resident_id": resident, "household_id": flat, "role": ResidentRole.FAMILY, "evidence": Evidence.ROSTER}
        for resident, flat, community in settled.all()
    ])  # fmt: skip
    session.execute(insert(Follower), [
        {"openid": who, "community_id": flat.community_id, "followed_at": now, "is_placed": True, "window_left": 0, "tap_left": 0}
        for who, flat in homes
    ])  # fmt: skip
    session.execute(insert(Conversation), [
        {"openid": who, "public_id": who[-10:], "community_id": flat.community_id, "updated_at": now, "topic": ""}
        for who, flat in homes
    ])  # fmt: skip


def main(kind: str, port: str, folder: str, group: str = "64") -> None:
    """Serve until told to stop, and say when it can begin."""
    settings = settings_of(Path(folder), int(port), int(group))
    server = build_echo(settings) if kind == "echo" else build_turns(settings)

    async def ready() -> None:
        print("ready", flush=True)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(app.run(server, "127.0.0.1", int(port), ready))


if __name__ == "__main__":
    main(*sys.argv[1:])
