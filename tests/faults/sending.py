"""Processes that do one thing only: send what is due, under a clock that may run ahead, or lay out a large notice. To be killed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import aiohttp
from sqlmodel import Session

from bot import app
from bot.config import Settings
from bot.model import SHANGHAI
from bot.sender import Sender
from bot.store import notices, parts, scope
from bot.store.outbox import Ways
from bot.store.tokens import TokenShelf
from bot.wechat.client import Client

#: Forked from a process that has read all modules.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.sending"])


def begin(settings: Settings, ahead: timedelta) -> BaseProcess:
    """Start one."""
    process = _CONTEXT.Process(target=_send, args=(settings, ahead))
    process.start()
    return process


def begin_laying_out(settings: Settings) -> BaseProcess:
    """Start one that lays out what waits in the first community, and then ends."""
    process = _CONTEXT.Process(target=_lay_out, args=(settings,))
    process.start()
    return process


def _lay_out(settings: Settings) -> None:
    def one(session: Session, part: int) -> None:
        scope.enter(session, 1)
        notices.lay_out(session, part, datetime.now(SHANGHAI))

    database = app.reach_database(settings)
    for part, _ in database.submit(parts.waiting).result():
        database.submit(one, part).result()
    database.close()


def _send(settings: Settings, ahead: timedelta) -> None:
    asyncio.run(_sending(settings, ahead))


async def _sending(settings: Settings, ahead: timedelta) -> None:
    def clock() -> datetime:
        return datetime.now(SHANGHAI) + ahead

    database = app.reach_database(settings)
    ways = Ways(template=settings.wechat_template, appid=settings.wechat_appid)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as http:
        shelf = TokenShelf(database, settings.wechat_appid, clock)
        client = Client(settings.wechat_appid, settings.wechat_secret.get_secret_value(), http, settings.wechat_api_base, shelf)
        await Sender(database, client, clock, lambda: ways).run()
