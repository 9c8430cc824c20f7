"""Photos: drawn anew without EXIF, bounded, whole or not at all."""

import io
import random
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import EpsImagePlugin, Image
from sqlmodel import Session, col, select

from bot import photos, pictures
from bot.contract import Context
from bot.errors import ContentRefused, Temporary, TooLarge
from bot.keys import Keys
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.outbox import Delivery
from bot.store.photos import Photo
from tests.integrations.conftest import CATALOGUE, SERVICES

#: A photo like those that residents send.
LEAK = Path("tests/acceptance/leak.jpg")


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
    await fetching(database, Media(), now, tmp_path).step()

    rows = await database.read(lambda session: session.exec(select(Photo).order_by(Photo.id)).all())
    assert [(row.state, row.attempts) for row in rows] == [("lost", 1), ("waiting", 1), ("stored", 1)]


def fetching(database: Database, media: object, now: datetime, folder: Path) -> photos.Photographer:
    """Somebody who fetches photos from `media` for a community with the shipped words."""

    def context(_: int) -> Context:
        return Context(
            community=Community(id=1, appid="wx1", name="和苑小区"), keys=Keys(b"s" * 32), base_url="https://linli.example",
            messages=CATALOGUE.messages, services=SERVICES,
        )  # fmt: skip

    return photos.Photographer(database, media, lambda: now, folder / "photos", lambda: [1], context)  # type: ignore[arg-type]


@pytest.mark.usefixtures("community")
@pytest.mark.parametrize(("media_id", "said"), [
    ("large", "您今天（3月11日 周三）09:55发的照片太大了，没有收下来。请不要勾“原图”，再发一次。"),
    ("broken", "您今天（3月11日 周三）09:55发的照片打不开，没有收下来。请截图或重新拍一张再发。"),
    ("gone", "您今天（3月11日 周三）09:55发的照片没有收下来，麻烦再发一次。"),
])  # fmt: skip
async def test_who_sent_a_photo_that_cannot_be_kept_is_told_which_and_what_to_do(
    database: Database, now: datetime, tmp_path: Path, media_id: str, said: str
) -> None:
    class Media:
        async def download(self, media_id: str) -> bytes:
            if media_id == "gone":
                raise ContentRefused(40007, "invalid media_id")
            return broken_png() if media_id == "broken" else b"\xff\xd8\xff" + bytes(pictures.MAX_BYTES)

    sent = now.replace(hour=9, minute=55)
    await database.write(lambda session: session.add(Photo(openid="o", media_id=media_id, taken_at=sent)))
    await fetching(database, Media(), now, tmp_path).step()

    rows = await database.read(lambda session: session.exec(select(Delivery)).all())
    assert [(row.openid, row.payload["text"]) for row in rows] == [("o", said)]


@pytest.mark.usefixtures("community")
@pytest.mark.parametrize("fault", [Temporary(-1, "system busy"), OSError(28, "No space left on device")])
async def test_photo_is_fetched_days_later_and_given_up_only_when_wechat_has_forgotten_it(
    database: Database, now: datetime, tmp_path: Path, fault: Exception
) -> None:
    class Media:
        is_well = False

        async def download(self, media_id: str) -> bytes:
            if self.is_well and media_id == "later":
                return picture()
            raise fault

    def receive(session: Session) -> None:
        session.add_all([Photo(openid="o", media_id=media_id, taken_at=now) for media_id in ("later", "never")])

    await database.write(receive)
    media, told = Media(), dict[int, int]()
    for hour in range(74):
        media.is_well = hour > 50
        for _ in range(20):  # however often it is looked
            await fetching(database, media, now + timedelta(hours=hour), tmp_path).step()
        told[hour] = len(await database.read(lambda session: session.exec(select(Delivery)).all()))

    rows = await database.read(lambda session: session.exec(select(Photo).order_by(col(Photo.id))).all())
    assert [row.state for row in rows] == ["stored", "lost"]
    assert rows[1].attempts <= len(photos.TRIES) + 1
    assert (told[70], told[73]) == (0, 1)


@pytest.mark.usefixtures("community")
async def test_photo_erased_while_it_is_fetched_leaves_no_file_and_is_nobody_elses(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    class Media:
        async def download(self, media_id: str) -> bytes:
            def erase(session: Session) -> None:
                session.delete(session.exec(select(Photo)).one())
                session.flush()
                session.add(Photo(id=1, openid="another", media_id="other", taken_at=now))

            if media_id == "m":
                await database.write(erase)
            return picture()

    await database.write(lambda session: session.add(Photo(id=1, openid="o", media_id="m", taken_at=now)))
    await fetching(database, Media(), now, tmp_path).step()

    [row] = await database.read(lambda session: session.exec(select(Photo)).all())
    assert (row.openid, row.state, row.sha256, row.attempts) == ("another", "waiting", "", 0)
    assert list((tmp_path / "photos").glob("*")) == []


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
    b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff but no picture", picture()[:200], b"RIFF" + b"\0" * 40, b"\xff\xd8\xff" + bytes(pictures.MAX_BYTES),
])  # fmt: skip
def test_what_is_no_photo_is_refused_and_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ContentRefused):
        photos.store(content, tmp_path / "photos")

    assert not (tmp_path / "photos").exists()


#: What Pillow knows for PostScript, and we for a picture out of a box.
PROGRAM = b"%!PSftyp\n%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\nshowpage\n%%EOF\n"


def test_a_program_that_begins_like_a_photo_is_run_by_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter, ran = tmp_path / "bin" / "gs", tmp_path / "ran"
    interpreter.parent.mkdir()
    interpreter.write_text(f"#!/bin/sh\ntouch {ran}\n")
    interpreter.chmod(0o755)
    monkeypatch.setenv("PATH", str(interpreter.parent), prepend=":")
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)  # looked for once in a process

    with pytest.raises(ContentRefused):
        photos.store(PROGRAM, tmp_path / "photos")

    assert not ran.exists()


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM", "ICO", "PCX", "TGA", "JPEG2000", "ICNS", "DDS"])
def test_only_what_phones_and_chats_make_is_read(tmp_path: Path, kind: str) -> None:
    drawn = saved(Image.new("RGB", (64, 64)), kind)

    for content in (drawn, drawn[:4] + b"ftyp" + drawn[8:]):
        with pytest.raises(ContentRefused):
            photos.store(content, tmp_path)


def test_photo_of_27_megapixels_as_phones_take_it_is_kept(tmp_path: Path) -> None:
    name = photos.store(picture((6000, 4500)), tmp_path)

    with Image.open(tmp_path / f"{name}.jpg") as kept:
        assert max(kept.size) == 2048


@pytest.mark.parametrize(
    "size", [(9000, 9000), (20_000, 20_000), (1, 50_000), (50_000, 1)]
)  # Pillow itself refuses the second unread
def test_bomb_of_pixels_is_refused_as_too_large(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="pixels"):
        photos.store(saved(Image.new("1", size), "PNG"), tmp_path)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def kept(content: bytes, folder: Path) -> Image.Image:
    """Return a photo as it is kept."""
    with Image.open(folder / f"{photos.store(content, folder)}.jpg") as image:
        image.load()
        return image


def half_seen_through(mode: str) -> Image.Image:
    """Return a picture of which the left half is dark, and the right half is not there."""
    image = Image.new("RGBA", (64, 32), (40, 40, 40, 255))
    image.paste((0, 0, 0, 0), (32, 0, 64, 32))
    return image.quantize() if mode == "P" else image.convert(mode)


@pytest.mark.parametrize(("mode", "kind"), [
    ("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "GIF"), ("RGBA", "WEBP"), ("RGBA", "AVIF"),
])  # fmt: skip
def test_what_is_seen_through_becomes_white(tmp_path: Path, mode: str, kind: str) -> None:
    image = kept(saved(half_seen_through(mode), kind), tmp_path)

    dark, white = image.getpixel((8, 16)), image.getpixel((56, 16))
    assert all(abs(channel - 40) < 12 for channel in dark), dark
    assert all(channel > 243 for channel in white), white


def test_depths_of_grey_are_kept(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))

    image = kept(saved(Image.fromarray(ramp), "PNG"), tmp_path)

    assert [abs(image.getpixel((x, 32))[0] - x) < 8 for x in (10, 64, 128, 192, 245)] == [True] * 5


def test_colours_of_print_are_kept(tmp_path: Path) -> None:
    red, green, blue = kept(saved(Image.new("CMYK", (64, 32), (0, 255, 255, 0)), "JPEG"), tmp_path).getpixel((8, 8))

    assert red > 240
    assert max(green, blue) < 15


def test_heic_of_a_phone_is_kept_without_where_and_how_it_was_taken(tmp_path: Path) -> None:
    content = (Path(__file__).parent / "phone.heic").read_bytes()  # a red and a blue half, as an iPhone packs them
    image = kept(content, tmp_path)

    assert b"a camera" in content
    assert dict(image.getexif()) == {}
    assert image.size == (96, 64)
    assert image.getpixel((8, 8))[0] > 150 < image.getpixel((88, 8))[2]


@pytest.mark.parametrize(("share", "rows"), [(0.95, range(500, 601)), (0.7, range(350, 580))])
@pytest.mark.parametrize(("kind", "options"), [("JPEG", {}), ("PNG", {})])
def test_photo_whose_end_is_missing_is_kept_as_far_as_it_goes(
    tmp_path: Path, kind: str, options: dict[str, object], share: float, rows: range
) -> None:
    with Image.open(LEAK) as leak:
        content = saved(leak.convert("RGB").resize((800, 600)), kind, **options)

    image = kept(content[: int(len(content) * share)], tmp_path)

    assert image.width == 800
    assert image.height in rows


@pytest.mark.parametrize(
    "content", [LEAK.read_bytes()[: LEAK.stat().st_size // 5], (Path(__file__).parent / "phone.heic").read_bytes()[:-200]]
)
def test_photo_of_which_little_is_there_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ContentRefused):
        photos.store(content, tmp_path / "photos")

    assert not (tmp_path / "photos").exists()


def test_cut_photo_makes_nobody_lenient_with_the_next(tmp_path: Path) -> None:
    content = LEAK.read_bytes()
    kept(content[: int(len(content) * 0.95)], tmp_path)

    with Image.open(io.BytesIO(content[:-2000])) as cut, pytest.raises(OSError, match="truncated"):
        cut.load()


def test_long_screenshot_stays_wide_enough_to_be_read(tmp_path: Path) -> None:
    image = kept(saved(Image.new("RGB", (1080, 25_000), (250, 250, 250)), "PNG"), tmp_path)

    assert image.width > 500
    assert image.width * image.height <= pictures.LONG_PIXELS


def test_a_server_that_saw_no_photo_holds_no_decoders() -> None:
    started = "import sys, bot.cli.serving; print('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True).stdout == "False\n"
