"""Pictures that people send, drawn anew: no EXIF, no place where they were taken, bounded in size."""

import io
import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ContentRefused, TooLarge

if TYPE_CHECKING:
    from PIL import Image

#: Larger files and pictures are refused: WeChat's own limit is 10 MB, and a bomb of pixels fills the memory. Pillow holds a pixel
#: of whatever kind in 4 bytes, so that two copies of the largest picture are 256 MB; only one is drawn at a time.
MAX_BYTES, MAX_PIXELS, MAX_SIDE = 10 * 1024 * 1024, 32_000_000, 2048

#: The longest screenshots are some 20,000 pixels long; a picture of one row of pixels costs decoders far more than its area.
MAX_EDGE = 40_000

#: JPEGs are decoded small at once; a progressive one still holds up to six bytes a pixel meanwhile.
MAX_JPEG_PIXELS = 60_000_000

#: A picture so many times as long as it is wide is a long screenshot: it is made smaller by its area, or nobody could read it.
LONG, LONG_PIXELS = 5, 2 * MAX_SIDE * MAX_SIDE

#: What Pillow may take a file for. Of some forty more that it knows one begins with four signs of its own as ours may, and is a program
#: that Ghostscript runs.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF")

#: Share of a cut file's picture that must be there; the rest is cut off.
ENOUGH = 0.5

#: First bytes of JPEG, PNG, GIF and WebP; HEIC and AVIF say their names behind a length.
_MAGIC, _BOXED = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF"), b"ftyp"

#: Whether a cut file is read on is a switch of Pillow's for all threads at once.
_drawing = Lock()


def keep(drawn: bytes, folder: Path) -> str:
    """Write a picture that was drawn anew into a folder; returns its name, the SHA-256 of the file."""
    name = sha256(drawn).hexdigest()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.jpg"
    if not path.exists():
        part = folder / f"{name}.{os.getpid()}.part"
        part.write_bytes(drawn)
        part.replace(path)  # whole or not at all
    return name


def redraw(content: bytes) -> bytes:
    """Return the picture as a JPEG drawn anew, without what its file told beside it; raises ContentRefused, TooLarge for one too large."""
    if len(content) > MAX_BYTES:
        raise TooLarge(None, f"photo has {len(content)} bytes; at most {MAX_BYTES}")
    if not (content.startswith(_MAGIC) or content.startswith(_BOXED, 4)):
        raise ContentRefused(None, "photo is no JPEG, PNG, GIF, WebP, HEIC or AVIF")
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
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
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
