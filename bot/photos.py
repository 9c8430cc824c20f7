"""Fetches the photos residents sent, before WeChat forgets them after three days.

What is kept is a picture drawn anew: no EXIF, no place where it was taken, bounded in size, named by its hash. Who sent one that
cannot be kept is told so, and what to do.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import or_
from sqlmodel import Session, col, select

from bot.contract import Context, Work
from bot.errors import ContentRefused, TooLarge, WeChatRefused
from bot.pictures import keep, redraw
from bot.store import erasures, events, scope
from bot.store.database import Database
from bot.store.photos import Photo
from bot.wechat.client import Client

#: WeChat deletes a follower's media after three days.
KEPT_BY_WECHAT = timedelta(days=3)

#: How long after a photo was taken its second, third … try comes: a full disk, or WeChat out of reach, may last for days.
TRIES = (
    *(timedelta(seconds=5 * 4**power) for power in range(7)),
    *(timedelta(hours=hours) for hours in (12, 24, 36, 48, 60, 71)),
)

#: Photos fetched in one run.
BATCH = 10

log = structlog.get_logger(__name__)


class Photographer:
    """Fetches waiting photos into a folder."""

    def __init__(self, database: Database, client: Client, clock: Callable[[], datetime], folder: Path,
                 communities: Callable[[], Sequence[int]], context: Callable[[int], Context]) -> None:  # fmt: skip
        self._database, self._client, self._clock, self._folder = database, client, clock, folder
        self._communities, self._context = communities, context

    async def step(self) -> int:
        """Fetch the waiting photos; returns how many were looked at."""
        waiting = await self._database.read(_waiting, self._communities(), self._clock())
        for photo in waiting:
            await self._fetch(photo)
        return len(waiting)

    async def _fetch(self, photo: Photo) -> None:
        name, fault, phrase = "", "", "photo.lost"
        try:
            content = await self._client.download(photo.media_id)
            name = await asyncio.to_thread(store, content, self._folder)
        except ContentRefused as error:
            fault, phrase = str(error), _phrase(error)
        except WeChatRefused as error:
            log.info("photo not fetched yet", photo=photo.id, attempt=photo.attempts + 1, reason=error.errmsg)
        except Exception:  # a full disk, say: the attempt counts, and the others are fetched
            log.exception("photo not stored", photo=photo.id, attempt=photo.attempts + 1)
        is_there = await self._database.write(
            _settle, photo.public_id, name, fault, self._clock(), partial(self._apologise, phrase)
        )
        if not is_there and name and not await self._database.read(erasures.is_needed, name):
            await asyncio.to_thread((self._folder / f"{name}.jpg").unlink, missing_ok=True)

    def _apologise(self, phrase: str, session: Session, photo: Photo, now: datetime) -> None:
        """Tell whoever sent a photo that it cannot be kept; which one they know by its time."""
        work = Work(session=session, now=now, context=self._context(photo.community_id))
        work.tell(photo.openid, phrase, at=photo.taken_at)


def _waiting(session: Session, communities: Sequence[int], now: datetime) -> list[Photo]:
    """Return those whose next try has come, the least tried first."""
    tried, taken_at = col(Photo.attempts), col(Photo.taken_at)
    is_due = or_(tried == 0, *((tried == number) & (taken_at <= now - after) for number, after in enumerate(TRIES, 1)))
    waiting = select(Photo).where(Photo.state == "waiting", col(Photo.community_id).in_(communities), is_due)
    return list(session.exec(waiting.order_by(col(Photo.attempts), col(Photo.id)).limit(BATCH)))


def _phrase(error: ContentRefused) -> str:
    """Return what to say of a photo that is refused; WeChat's own refusal tells nothing of the picture."""
    if isinstance(error, TooLarge):
        return "photo.too_large"
    return "photo.unreadable" if error.errcode is None else "photo.lost"


def _settle(
    session: Session, public_id: str, name: str, fault: str, now: datetime, apologise: Callable[[Session, Photo, datetime], None]
) -> bool:
    """Note what became of a photo; False where it was erased while it was fetched. SQLite may have given its id to another by then."""
    photo = session.exec(select(Photo).where(Photo.public_id == public_id)).first()
    if photo is None:
        return False
    scope.enter(session, photo.community_id)
    photo.attempts += 1
    if name:
        photo.state, photo.sha256 = "stored", name
        events.record(session, now, "photo.stored", subject=photo.subject)
    elif fault or photo.attempts > len(TRIES) or now - photo.taken_at > KEPT_BY_WECHAT:
        photo.state = "lost"
        apologise(session, photo, now)
        events.record(session, now, "photo.lost", subject=photo.subject, reason=fault or "not fetched in time")
    session.add(photo)
    return True


def store(content: bytes, folder: Path) -> str:
    """Draw the picture anew and store it; returns its name, the SHA-256 of the file. Raises ContentRefused."""
    return keep(redraw(content), folder)
