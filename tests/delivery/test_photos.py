"""Photos: drawn anew without EXIF, bounded, whole or not at all."""

import io
import random
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlmodel import Session, select

from bot import photos
from bot.errors import ContentRefused
from bot.store.database import Database
from bot.store.photos import Photo


def picture(size: tuple[int, int] = (60, 40), kind: str = "JPEG", exif: bool = False) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (200, 30, 30))
    tags = Image.Exif()
    if exif:
        tags[0x010F] = "a camera"
        tags[0x0112] = 6  # lying on its side
    image.save(out, kind, **({"exif": tags} if exif else {}))
    return out.getvalue()


def test_photo_is_kept_without_where_and_how_it_was_taken(tmp_path: Path) -> None:
    name = photos.store(picture(exif=True), tmp_path)

    with Image.open(tmp_path / f"{name}.jpg") as kept:
        assert dict(kept.getexif()) == {}
        assert kept.size == (40, 60)


@pytest.mark.parametrize("kind", ["JPEG", "GIF"])
def test_comment_in_a_photo_is_not_kept(tmp_path: Path, kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, kind, comment=b"GPS 30.27,120.15 Zhang San")

    name = photos.store(out.getvalue(), tmp_path)

    assert b"Zhang" not in (tmp_path / f"{name}.jpg").read_bytes()


@given(st.integers(0, 2**32))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_damaged_photo_is_refused_or_kept_and_nothing_else(tmp_path: Path, seed: int) -> None:
    jumble = random.Random(seed)
    content = bytearray(picture(kind=jumble.choice(["PNG", "JPEG", "GIF"]), exif=True))
    for _ in range(jumble.randint(1, 8)):
        content[jumble.randrange(4, len(content))] = jumble.randrange(256)

    with suppress(ContentRefused):
        photos.store(bytes(content), tmp_path)


@pytest.mark.usefixtures("community")
async def test_photo_that_cannot_be_stored_counts_its_tries_and_holds_up_no_other(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    class Media:
        async def download(self, media_id: str) -> bytes:
            if media_id == "full disk":
                raise OSError(28, "No space left on device")
            return broken_png() if media_id == "broken" else picture()

    def receive(session: Session) -> None:
        session.add_all([Photo(openid="o", media_id=media_id, taken_at=now) for media_id in ("broken", "full disk", "good")])

    await database.write(receive)
    await photos.Photographer(database, Media(), lambda: now, tmp_path / "photos", lambda: [1]).step()  # type: ignore[arg-type]

    rows = await database.read(lambda session: session.exec(select(Photo).order_by(Photo.id)).all())
    assert [(row.state, row.attempts) for row in rows] == [("lost", 1), ("waiting", 1), ("stored", 1)]


def broken_png() -> bytes:
    """A PNG whose second chunk has no name: Pillow raises SyntaxError for it, which is no error of files."""
    content = bytearray(picture(kind="PNG"))
    content[37:41] = bytes(4)
    return bytes(content)


def test_same_photo_is_kept_once(tmp_path: Path) -> None:
    assert photos.store(picture(), tmp_path) == photos.store(picture(), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_large_photo_is_made_smaller(tmp_path: Path) -> None:
    name = photos.store(picture((4000, 1000)), tmp_path)

    with Image.open(tmp_path / f"{name}.jpg") as kept:
        assert kept.size == (2048, 512)


@pytest.mark.parametrize("content", [
    b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff but no picture", picture()[:200], b"RIFF" + b"\0" * 40, b"\xff\xd8\xff" + bytes(photos.MAX_BYTES),
])  # fmt: skip
def test_what_is_no_photo_is_refused_and_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ContentRefused):
        photos.store(content, tmp_path / "photos")

    assert not (tmp_path / "photos").exists()


def test_bomb_of_pixels_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")

    with pytest.raises(ContentRefused, match="pixels"):
        photos.store(out.getvalue(), tmp_path)


def test_a_server_that_saw_no_photo_holds_no_decoders() -> None:
    started = "import sys, bot.cli.serving; print('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True).stdout == "False\n"
