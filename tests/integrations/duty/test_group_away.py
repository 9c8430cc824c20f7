"""A group's robot is away for an hour while an alarm climbs its ladder: nobody else is told later, and nothing is told twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from bot.contract import Work
from bot.ladder import climb
from bot.store.effects import Effect, EffectState
from bot.store.outbox import Delivery
from bot.store.staff import Role, Staff
from bot.wechat.client import Client
from bot.worker import Tools, Worker
from integrations.duty import robots
from integrations.duty.models import Robot
from integrations.duty.settings import Settings

STEP = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Group:
    """A group chat whose robot is away, fails or hangs until it is well again."""

    mood: str
    knocks: int = 0
    written: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.knocks += 1
        if self.mood == "hangs":
            await asyncio.Event().wait()
        if self.mood == "away" and request.transport is not None:
            request.transport.close()
        if self.mood != "well":
            return web.Response(status=500)
        self.written.append((await request.json())["markdown"]["content"])
        return web.json_response({"errcode": 0})


@dataclass
class Evening:
    """The town and the group, one clock for both."""

    town: Any
    group: Group
    worker: Worker

    async def passes(self, length: timedelta) -> None:
        end = self.town.now + length
        while self.town.now < end:
            self.town.now += STEP
            await self.town.database.write(climb, self.town.now, lambda key: self.town.context)
            await self.worker.step()

    def effects(self) -> list[Effect]:
        return [row for row in self.town.all(Effect) if row.kind == "duty.robot"]


@pytest.fixture(params=["away", "fails", "hangs"])
async def evening(town: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Evening]:
    monkeypatch.setattr(robots, "PATIENCE", timedelta(milliseconds=50))
    group, app = Group(request.param), web.Application()
    app.router.add_post("/send", group.take)
    services = replace(town.context.services, settings={**town.context.services.settings, Settings: Settings(local_robots=True)})
    context = replace(town.context, services=services)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:

        def settle_in(session: Session) -> None:
            work = Work(session=session, now=town.now, context=town.context)
            session.add(Robot(name="值班群", url=str(server.make_url("/send")), added_at=town.now))
            for role, openid in ((Role.STAFF, "oStaff"), (Role.MANAGER, "oManager"), (Role.ADMIN, "oAdmin")):
                member = session.exec(select(Staff).where(Staff.role == role)).one()
                member.openid = openid
                session.add(member)
            session.flush()
            work.assign("emergency.fire", "task.view", "火警：3栋2单元501", urgent=True, openid="oChen", text="着火了")

        town.database.submit(settle_in).result()
        tools = Tools(
            database=town.database,
            clock=lambda: town.now,
            context=lambda key: context,
            http=http,
            clients={"wx1": Client("wx1", "", http, "http://127.0.0.1:9/", None)},
        )  # type: ignore[arg-type]  # nothing is sent
        yield Evening(town, group, Worker(robots.send, tools))


async def test_people_are_told_in_time_while_the_group_is_away(evening: Evening) -> None:
    first = [row.openid for row in evening.town.all(Delivery)]
    await evening.passes(timedelta(minutes=12))

    assert evening.group.knocks > 1
    assert evening.group.written == []
    assert sorted(set(first)) == ["oAdmin", "oManager", "oStaff"]
    assert len(evening.town.told("oAdmin")) > first.count("oAdmin"), "the ladder went on"


async def test_a_group_that_is_back_after_an_hour_has_each_rung_once(evening: Evening) -> None:
    await evening.passes(HOUR)
    assert {row.state for row in evening.effects()} == {EffectState.QUEUED}, "nothing is given up within the hour"

    evening.group.mood = "well"
    await evening.passes(robots.RETRIES[-1])

    rungs = evening.effects()
    assert len(rungs) > 1
    assert {row.state for row in rungs} == {EffectState.DONE}
    assert sorted(evening.group.written) == sorted(row.payload["text"] for row in rungs)
    assert len(set(evening.group.written)) == len(rungs)
