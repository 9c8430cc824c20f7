"""The console on a small community, seen over HTTP by people of each role, with a clock moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session, select

from bot import app, config
from bot.cli.serving import demo_settings
from bot.dialogue.understanding import Understanding
from bot.services import load_services, understand
from bot.simulator.time_machine import TimeMachine
from bot.store import scope, sessions
from bot.store.staff import Role, Staff

T = TypeVar("T")

LINK_LIVES = timedelta(minutes=15)


class Browser(TestClient):  # type: ignore[type-arg]
    """A browser, for which this machine is as good as https; closing it leaves the server to others."""

    def __init__(self, server: TestServer, **more: Any) -> None:
        jar = CookieJar(unsafe=True, treat_as_secure_origin=server.make_url("/").origin())
        super().__init__(server, cookie_jar=jar, **more)

    async def close(self) -> None:
        await self.session.close()


@dataclass
class Office:
    """A running application and its clock."""

    linli: app.Linli
    clock: TimeMachine
    server: TestServer

    async def write(self, fn: Callable[..., T], *args: Any) -> T:
        """Write to the first community's rows."""
        return await self.linli.database.write(self._at_home(fn), *args)

    async def read(self, fn: Callable[..., T], *args: Any) -> T:
        """Read the first community's rows."""
        return await self.linli.database.read(self._at_home(fn), *args)

    def _at_home(self, fn: Callable[..., T]) -> Callable[..., T]:
        def run(session: Session, *args: Any) -> T:
            scope.enter(session, self.linli.community.key)
            return fn(session, *args)

        return run

    async def link(self, role: Role) -> str:
        """Return a fresh sign-in link for somebody of a role."""

        def make(session: Session) -> str:
            member = session.exec(select(Staff).where(Staff.role == role)).first()
            if member is None:
                member = Staff(login=role.value, name=f"{role.value}同事", role=role, created_at=self.clock())
                session.add(member)
                session.flush()
            return sessions.make_link(session, member, self.clock(), LINK_LIVES)

        return f"/console/in/{await self.write(make)}"

    async def browser(self, role: Role | None = None) -> Browser:
        """Return a browser of its own, signed in as a role."""
        client = Browser(self.server, headers={"Host": "127.0.0.1"})
        if role is not None:
            async with client.post(await self.link(role), allow_redirects=False) as response:
                cookie = response.headers["Set-Cookie"].split(";")[0]
            client.session.headers["Cookie"] = cookie
        return client


@pytest.fixture(scope="session")
def _learned(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    """How the shipped files are understood: as long as this is in force somewhere, they are learned and rehearsed once."""
    return understand(_own_intents(tmp_path_factory.mktemp("shipped")), load_services(config.Local(_env_file=None)))


@pytest.fixture
async def office(demo_var: Path, tmp_path: Path, _learned: Understanding) -> AsyncIterator[Office]:
    """The demo's community, its clock standing at a Wednesday morning."""
    settings = demo_settings(host="127.0.0.1", port=1, var=demo_var, intents=_own_intents(tmp_path))
    begun = datetime(2026, 3, 11, 10, tzinfo=app.clock().tzinfo)
    clock = TimeMachine(lambda: begun)
    linli = app.Linli.assemble(settings, clock=clock)
    async with TestServer(app.build(linli)) as server:
        yield Office(linli, clock, server)


def _own_intents(folder: Path) -> Path:
    """Copy the intent files, for a test may change them."""
    import shutil

    return Path(shutil.copytree(config.shipped("intents"), folder / "intents"))
