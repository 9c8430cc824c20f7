"""Photos: drawn anew without EXIF, bounded, whole or not at all."""

import io
from pathlib import Path

import pytest
from PIL import Image

from bot import photos
from bot.errors import ContentRefused


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
