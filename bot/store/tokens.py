"""The access token and the ticket for pages, shared by all replicas: whoever finds one missing or refused fetches it for all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel

from bot.model import maybe_moment
from bot.store.database import Database


class AccessToken(SQLModel, table=True):
    """What WeChat gives the account for a while, one for all replicas: the access token, the ticket that signs pages."""

    __tablename__ = "access_token"

    appid: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # access or jsapi
    token: str = ""
    good_until: datetime | None = maybe_moment()
    fetching_until: datetime | None = maybe_moment()  # set: one replica is fetching, the others wait


#: How long the others wait for whoever fetches; a fetch takes well under a second.
FETCHING = timedelta(seconds=12)

#: A token that ends this soon is renewed; the client counts it as ended, too.
MARGIN = timedelta(seconds=60)

#: Seconds between looks whether another replica has fetched.
LOOK_EVERY = 0.1


@dataclass(frozen=True)
class TokenShelf:
    """Where one account's tokens lie, one of each kind."""

    database: Database
    appid: str
    clock: Callable[[], datetime]

    async def take(self, kind: str, stale: str, fetch: Callable[[], Awaitable[tuple[str, float]]]) -> tuple[str, float]:
        """Return a token of a kind other than `stale` and the seconds it is still good.

        `fetch` gives a new one and its seconds; of all who ask at once, one calls it. When that one fails or dies, the next does.
        """
        while True:
            now = self.clock()
            found = await self._look(kind, stale, now)
            if isinstance(found, tuple):
                return found
            if found:  # it is ours to fetch
                return await self._fetch(kind, fetch)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self, kind: str, stale: str, now: datetime) -> tuple[str, float] | bool:
        try:
            return await self.database.write(_look, self.appid, kind, stale, now)
        except IntegrityError:  # another replica has just begun the row
            return False

    async def _fetch(self, kind: str, fetch: Callable[[], Awaitable[tuple[str, float]]]) -> tuple[str, float]:
        try:
            token, seconds = await fetch()
        except BaseException:
            await self.database.write(_put, self.appid, kind, "", self.clock())  # the next may try at once
            raise
        await self.database.write(_put, self.appid, kind, token, self.clock() + timedelta(seconds=seconds))
        return token, seconds


def _look(session: Session, appid: str, kind: str, stale: str, now: datetime) -> tuple[str, float] | bool:
    """Return the token and its seconds; else whether it is the caller's turn to fetch one."""
    row = session.get(AccessToken, (appid, kind), with_for_update=True)
    if row is None:
        row = AccessToken(appid=appid, kind=kind)
        session.add(row)
    if row.token and row.token != stale and row.good_until is not None and now + MARGIN < row.good_until:
        return row.token, (row.good_until - now).total_seconds()
    if row.fetching_until is not None and now < row.fetching_until:
        return False
    row.fetching_until = now + FETCHING
    return True


def _put(session: Session, appid: str, kind: str, token: str, until: datetime) -> None:
    row = session.get_one(AccessToken, (appid, kind), with_for_update=True)
    row.token, row.good_until, row.fetching_until = token, until, None
