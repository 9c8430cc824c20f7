"""Fetches the photos residents sent, before WeChat forgets them after three days.

What is kept is a picture drawn anew: no EXIF, no place where it was taken, bounded in size, named by its hash. Who sent one that
cannot be kept is told so, and what to do.
"""

import asyncio
import io
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import structlog
from sqlmodel import Session, col, select

from bot.contract import Context, Work
from bot.errors import ContentRefused, TooLarge, WeChatRefused
from bot.store import events, scope
from bot.store.database import Database
from bot.store.photos import Photo
from bot.wechat.client import Client

if TYPE_CHECKING:
    from PIL import Image

#: WeChat deletes a follower's media after three days.
KEPT_BY_WECHAT = timedelta(days=3)

#: Tries before a photo counts as lost.
ATTEMPTS = 5

#: Photos fetched in one run.
BATCH = 10

#: Larger files and pictures are refused: WeChat's own limit is 10 MB, and a bomb of pixels fills the memory. Pillow holds a pixel
#: of whatever kind in 4 bytes, so that two copies of the largest picture are 256 MB; only one is drawn at a time.
MAX_BYTES, MAX_PIXELS, MAX_SIDE = 10 * 1024 * 1024, 32_000_000, 2048

#: The longest screenshots are some 20,000 pixels long; a picture of one row of pixels costs decoders far more than its area.
MAX_EDGE = 40_000

#: JPEGs are decoded small at once; a progressive one still holds up to six bytes a pixel meanwhile.
MAX_JPEG_PIXELS = 60_000_000

#: A picture so many times as long as it is wide is a long screenshot: it is made smaller by its area, or nobody could read it.
LONG, LONG_PIXELS = 5, 2 * MAX_SIDE * MAX_SIDE

#: Share of a cut file's picture that must be there; the rest is cut off.
ENOUGH = 0.5

#: First bytes of JPEG, PNG, GIF and WebP; HEIC and AVIF say their names behind a length.
_MAGIC, _BOXED = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF"), b"ftyp"

#: Whether a cut file is read on is a switch of Pillow's for all threads at once.
_drawing = Lock()

log = structlog.get_logger(__name__)


class Photographer:
    """Fetches waiting photos into a folder."""

    def __init__(self, database: Database, client: Client, clock: Callable[[], datetime], folder: Path,
                 communities: Callable[[], Sequence[int]], context: Callable[[int], Context]) -> None:  # fmt: skip
        self._database, self._client, self._clock, self._folder = database, client, clock, folder
        self._communities, self._context = communities, context

    async def step(self) -> int:
        """Fetch the waiting photos; returns how many were looked at."""
        waiting = await self._database.read(_waiting, self._communities())
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
        await self._database.write(_settle, photo.id or 0, name, fault, self._clock(), partial(self._apologise, phrase))

    def _apologise(self, phrase: str, session: Session, photo: Photo, now: datetime) -> None:
        """Tell whoever sent a photo that it cannot be kept; which one they know by its time."""
        work = Work(session=session, now=now, context=self._context(photo.community_id))
        work.tell(photo.openid, phrase, at=photo.taken_at)


def _waiting(session: Session, communities: Sequence[int]) -> list[Photo]:
    waiting = select(Photo).where(Photo.state == "waiting", col(Photo.community_id).in_(communities))
    return list(session.exec(waiting.order_by(col(Photo.attempts), col(Photo.id)).limit(BATCH)))


def _phrase(error: ContentRefused) -> str:
    """Return what to say of a photo that is refused; WeChat's own refusal tells nothing of the picture."""
    if isinstance(error, TooLarge):
        return "photo.too_large"
    return "photo.unreadable" if error.errcode is None else "photo.lost"


def _settle(
    session: Session, identity: int, name: str, fault: str, now: datetime, apologise: Callable[[Session, Photo, datetime], None]
) -> None:
    photo = session.get_one(Photo, identity)
    scope.enter(session, photo.community_id)
    photo.attempts += 1
    if name:
        photo.state, photo.sha256 = "stored", name
        events.record(session, now, "photo.stored", subject=photo.subject)
    elif fault or photo.attempts >= ATTEMPTS or now - photo.taken_at > KEPT_BY_WECHAT:
        photo.state = "lost"
        apologise(session, photo, now)
        events.record(session, now, "photo.lost", subject=photo.subject, reason=fault or "not fetched in time")
    session.add(photo)


def store(content: bytes, folder: Path) -> str:
    """Draw the picture anew and store it; returns its name, the SHA-256 of the file. Raises ContentRefused."""
    if len(content) > MAX_BYTES:
        raise TooLarge(None, f"photo has {len(content)} bytes; at most {MAX_BYTES}")
    if not (content.startswith(_MAGIC) or content.startswith(_BOXED, 4)):
        raise ContentRefused(None, "photo is no JPEG, PNG, GIF, WebP, HEIC or AVIF")
    drawn = _redraw(content)
    name = sha256(drawn).hexdigest()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.jpg"
    if not path.exists():
        part = folder / f"{name}.{os.getpid()}.part"
        part.write_bytes(drawn)
        part.replace(path)  # whole or not at all
    return name


def _redraw(content: bytes) -> bytes:
    with _drawing:
        try:
            try:
                return _draw(content)
            except OSError:  # perhaps only its end is missing
                return _draw(content, is_cut=True)
        except ContentRefused:
            raise
        except Exception as error:  # decoders meet broken files with errors of every kind
            raise ContentRefused(None, f"photo cannot be read: {type(error).__name__}") from error


def _draw(content: bytes, is_cut: bool = False) -> bytes:
    from PIL import Image, ImageFile, ImageOps  # here: its five megabytes are for the first photo, not for every idle server

    _learn_heic()
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = is_cut
        with Image.open(io.BytesIO(content)) as picture:
            most = MAX_JPEG_PIXELS if picture.format == "JPEG" else MAX_PIXELS
            if picture.width * picture.height > most or max(picture.size) > MAX_EDGE:
                raise TooLarge(
                    None, f"photo has {picture.width}×{picture.height} pixels; at most {most}, and {MAX_EDGE} along an edge"
                )
            size = _fit(picture.width, picture.height)
            picture.draft("RGB", size)  # large JPEGs are decoded small at once
            whole = _without_depth(picture)
            if is_cut:
                whole = _what_is_there(whole)
            whole.thumbnail(size)
            clean = _on_white(ImageOps.exif_transpose(whole))
            clean.info.clear()  # comments, too, are written by Pillow unless they are gone
            drawn = io.BytesIO()
            clean.save(drawn, "JPEG", quality=85)
            return drawn.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(None, f"photo has too many pixels; at most {MAX_JPEG_PIXELS}") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


@cache
def _learn_heic() -> None:
    """Let Pillow read HEIC, as iPhones write it; the picture alone, without thumbnails, depth and the like."""
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _fit(width: int, height: int) -> tuple[int, int]:
    """Return the box that a picture is made to fit."""
    if max(width, height) < LONG * min(width, height):
        return MAX_SIDE, MAX_SIDE
    scale = min(1.0, (LONG_PIXELS / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _without_depth(picture: "Image.Image") -> "Image.Image":
    """Return a picture of 8 bits a channel, loaded; 16 bits of grey would be cut to white, and a palette be made smaller badly."""
    from PIL import Image

    if picture.mode.startswith("I"):
        return Image.fromarray((np.asarray(picture) >> 8).clip(0, 255).astype(np.uint8))
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.load()
    return picture


def _what_is_there(picture: "Image.Image") -> "Image.Image":
    """Return the upper part of a cut picture, or raise ContentRefused: what is missing is one colour down to the end."""
    rows = np.asarray(picture.convert("RGB"))
    is_empty = (rows == rows[-1, -1]).all(axis=(1, 2))
    there = picture.height - int(np.argmin(is_empty[::-1])) if not is_empty.all() else 0
    if there < picture.height * ENOUGH:
        raise ContentRefused(None, f"photo is cut: {there} of {picture.height} rows are there")
    return picture.crop((0, 0, picture.width, there))


def _on_white(picture: "Image.Image") -> "Image.Image":
    """Return a picture in plain colours; what is seen through becomes white, as on paper."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")
