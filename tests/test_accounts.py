"""Two WeChat accounts in one process: each has its own address, its own community and its own way out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session

from bot import app, config
from bot.model import SHANGHAI
from bot.simulator import server
from bot.simulator.cast import CAST
from bot.simulator.wechat import WeChat
from bot.store import outbox, schema, scope
from bot.store.communities import Community
from bot.store.followers import Follower
from bot.wechat import crypto
from bot.wechat.crypto import Account, Mode

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

#: AppID -> the community that it serves.
SERVED = {"wx1111111111111111": "和苑小区", "wx2222222222222222": "清河小区"}
FIRST, SECOND = SERVED


def account(appid: str) -> Account:
    return Account(token=f"token{appid[2]}", appid=appid, mode=Mode.SAFE, aes_key=appid[2] * 42 + "A")


@dataclass
class Street:
    """The bot with both accounts, and a stand-in for WeChat for each."""

    linli: app.Linli
    client: TestClient  # type: ignore[type-arg]
    wechats: dict[str, WeChat]

    async def says(self, text: str, signed_for: str, path: str) -> tuple[int, str]:
        """Somebody writes to an account; returns the status and the words of the answer."""
        xml = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>oSomebody{signed_for[2]}</FromUserName><CreateTime>{int(NOW.timestamp())}</CreateTime>"
            f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{signed_for[2]}7</MsgId></xml>"
        )  # fmt: skip
        query, body = crypto.wrap_push(account(signed_for), xml, NOW)
        async with self.client.post(path, params=query, data=body) as response:
            answer = await response.text()
        if response.status != 200:
            return response.status, answer
        return 200, ElementTree.fromstring(crypto.open_reply(account(signed_for), answer)).findtext("Content") or ""


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    stand_ins = {
        appid: server.create(account(appid), f"secret{appid[2]}", "http://127.0.0.1:1/", lambda: NOW) for appid in SERVED
    }
    async with TestServer(stand_ins[FIRST]) as one, TestServer(stand_ins[SECOND]) as two:
        (tmp_path / "accounts.toml").write_text(
            f'[[account]]\nappid = "{SECOND}"\ntoken = "token2"\naes_key = "{account(SECOND).aes_key}"\nsecret = "secret2"\n'
            f'api_base = "{two.make_url("/api/")}"\n',
            encoding="utf-8",
        )
        settings = config.load(
            _env_file=None, wechat_appid=FIRST, wechat_token="token1", wechat_aes_key=account(FIRST).aes_key, wechat_secret="secret1",
            wechat_api_base=str(one.make_url("/api/")), accounts=tmp_path / "accounts.toml", var=tmp_path / "var", secret="s" * 32,
        )  # fmt: skip
        _settle(settings)
        linli = app.Linli.assemble(settings, clock=lambda: NOW)
        async with TestServer(app.build(linli)) as here, TestClient(here) as client:
            yield Street(linli, client, {appid: stand_in[server.WECHAT] for appid, stand_in in stand_ins.items()})


def _settle(settings: config.Settings) -> None:
    config.make_var(settings.var)
    database = app.reach_database(settings)
    schema.upgrade(database.engine, [one.folder for one in app.load_services(settings).integrations])

    def add(session: Session) -> None:
        for appid, name in SERVED.items():
            session.add(Community(appid=appid, name=name, phone=f"0571-{appid[2]}"))

    database.submit(add).result()
    database.close()


async def test_each_account_answers_for_its_own_community(street: Street) -> None:
    for appid, name in SERVED.items():
        status, words = await street.says("物业电话多少", appid, f"/wechat/{appid}")

        assert status == 200
        assert f"0571-{appid[2]}" in words, name
    assert (await street.says("物业电话", FIRST, "/wechat"))[0] == 200, "the first account keeps its old address"


@pytest.mark.parametrize(
    ("signed_for", "path"), [(FIRST, f"/wechat/{SECOND}"), (SECOND, f"/wechat/{FIRST}"), (SECOND, "/wechat")]
)
async def test_message_of_one_account_is_refused_at_the_others_address(street: Street, signed_for: str, path: str) -> None:
    status, _ = await street.says("物业电话多少", signed_for, path)

    assert status == 403


async def test_message_leaves_through_the_account_of_the_community(street: Street) -> None:
    reader = {appid: actor.openid for appid, actor in zip(SERVED, CAST, strict=False)}
    for wechat in street.wechats.values():
        for openid in reader.values():
            wechat.said(wechat.resident(openid))

    def queue(session: Session) -> None:
        for key, community in street.linli.communities.items():
            with scope.within(session, key):
                openid, later = reader[community.appid], NOW + timedelta(hours=1)
                session.add(Follower(openid=openid, followed_at=NOW, is_placed=True, window_until=later, window_left=5))
                outbox.queue(session, openid, f"{community.name}的消息", NOW)

    await street.linli.database.write(queue)

    for appid, name in SERVED.items():
        wechat = street.wechats[appid]
        async with asyncio.timeout(20):
            await wechat.journal.until(lambda wechat=wechat: wechat.ledger.sent())  # type: ignore[misc]
        told = [(line.openid, line.text) for line in wechat.lines.values() if line.author == "bot"]
        assert told == [(reader[appid], f"{name}的消息")]
