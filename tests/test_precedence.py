"""Who goes first in one event loop."""

import asyncio

import pytest

from bot import precedence
from bot.precedence import Precedence


async def test_what_waits_for_calm_goes_on_when_the_last_one_is_over() -> None:
    gate, order = Precedence(), list[str]()

    async def message() -> None:
        await gate.calm()
        order.append("message")

    with gate.taken():
        waiting = asyncio.create_task(message())
        with gate.taken():
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        order.append("gate")
    await waiting

    assert order == ["gate", "message"]


async def test_nobody_waits_where_nothing_goes_first() -> None:
    await asyncio.wait_for(Precedence().calm(), 0.1)


async def test_one_who_never_ends_keeps_messages_waiting_once_and_not_each_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "PATIENCE", 0.05)
    gate, loop = Precedence(), asyncio.get_running_loop()

    with gate.taken():
        began = loop.time()
        for _ in range(40):
            await gate.calm()

    assert 0.04 < loop.time() - began < 1
