"""The deadline: what is late is taken, answered `success`, and follows once; what failed is apologised for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session, select

from bot import app
from bot.cli.serving import demo_settings, seed
from bot.model import SHANGHAI, Delivery, Line
from bot.webhook import APOLOGY, SUCCESS, Webhook
from bot.wechat import crypto

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


class Door:
    """A webhook, and a database writer that can be held up."""

    def __init__(self, linli: app.Linli, client: TestClient, webhook: Webhook) -> None:  # type: ignore[type-arg]
        self.linli, self.client, self.webhook = linli, client, webhook
        self.gate = threading.Event()

    def hold(self) -> None:
        """Let the writer wait until the gate opens, and the deadline pass soon; only so is a slow machine never late."""
        self.webhook.reply_within = 0.2
        self.linli.database.submit(lambda session: self.gate.wait(20))

    async def push(self, text: str, msgid: int) -> str:
        """Push a text; returns what is said, or the bare body."""
        xml = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>oLate</FromUserName><CreateTime>1773194400</CreateTime>"
            f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{msgid}</MsgId></xml>"
        )
        query, body = crypto.wrap_push(self.linli.account, xml, NOW)
        async with self.client.post("/wechat", params=query, data=body) as response:
            assert response.status == 200
            answer = await response.text()
        return answer if answer == SUCCESS else crypto.open_reply(self.linli.account, answer)

    async def queued(self) -> list[str]:
        """Return the texts that wait to be sent."""
        rows = await self.linli.database.read(lambda session: session.exec(select(Delivery)).all())
        return [row.payload["text"] for row in rows]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    settings = demo_settings(host="127.0.0.1", port=1, var=tmp_path / "var")
    seed(settings)
    linli = app.Linli.assemble(settings, clock=lambda: NOW)
    webhook = Webhook(
        account=linli.account, database=linli.database, understanding=linli.understanding, house=lambda: linli.house,
        clock=lambda: NOW,
    )  # fmt: skip
    application = web.Application()
    application.router.add_post("/wechat", webhook.receive)
    async with TestClient(TestServer(application)) as client:
        door = Door(linli, client, webhook)
        yield door
        door.gate.set()
        await webhook.close()
    linli.database.close()


async def test_answer_in_time_is_the_reply(door: Door) -> None:
    assert "邻里小助手" in await door.push("你好", 1)
    assert await door.queued() == []


async def test_late_answer_is_success_first_and_follows_once_however_often_it_is_repeated(door: Door) -> None:
    door.hold()

    answers = [await door.push("你好", 1) for _ in range(3)]
    door.gate.set()
    await door.webhook.close()

    assert answers == [SUCCESS] * 3
    [text] = await door.queued()
    assert "邻里小助手" in text
    lines = await door.linli.database.read(lambda session: session.exec(select(Line)).all())
    assert [line.speaker for line in lines] == ["resident", "bot"]


async def test_three_copies_at_once_share_one_answer(door: Door) -> None:
    answers = await asyncio.gather(*(door.push("你好", 1) for _ in range(3)))

    assert all("邻里小助手" in answer for answer in answers)
    lines = await door.linli.database.read(lambda session: session.exec(select(Line)).all())
    assert len(lines) == 2


async def test_failed_turn_is_apologised_for_and_leaves_nothing(door: Door) -> None:
    def break_the_table(session: Session) -> None:
        from sqlalchemy import text

        session.execute(text("ALTER TABLE line RENAME TO line_away"))

    def mend_the_table(session: Session) -> None:
        from sqlalchemy import text

        session.execute(text("ALTER TABLE line_away RENAME TO line"))

    await door.linli.database.write(break_the_table)
    sorry = await door.push("你好", 1)
    await door.linli.database.write(mend_the_table)
    again = await door.push("你好", 1)

    assert APOLOGY in sorry
    assert "邻里小助手" in again
