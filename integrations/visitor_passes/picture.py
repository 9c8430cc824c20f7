"""A pass as a picture one can keep: the QR code, and below it the signs to read out and when it opens the gate. Pure.

No name and no flat stands in it, for it is passed on. Letters come with Pillow; Chinese ones would need a font of the machine: the phone that shows
it has one and draws the words below (`keep.js`).
"""

import io
from datetime import datetime

import segno

from bot.contract import SHANGHAI

#: Pixels of one module of the code, and of its quiet zone: four modules (ISO/IEC 18004).
_SCALE, _QUIET = 10, 4

#: Heights of the two lines below, and of the blank around them.
_CODE, _TIMES, _GAP = 72, 34, 18


#: Pixels of the whole picture: a token makes a code of version 5, 37 modules.
_SIDE = (37 + 2 * _QUIET) * _SCALE
SIZE = (_SIDE, _SIDE + _CODE + _TIMES + 2 * _GAP)


def draw(token: str, code: str, starts_at: datetime, ends_at: datetime) -> bytes:
    """Return the PNG: black on white whatever the phone's theme, else no camera reads it."""
    from PIL import Image, ImageDraw, ImageFont  # 20 ms that only who opens a pass waits for

    qr = segno.make_qr(token, error="m")
    modules = int(qr.symbol_size(border=_QUIET)[0])
    side = modules * _SCALE
    drawn = Image.new("1", (side, side + _CODE + _TIMES + 2 * _GAP), 1)
    dots = Image.frombytes(
        "L", (modules, modules), bytes(0 if dark else 255 for row in qr.matrix_iter(border=_QUIET) for dark in row)
    )
    drawn.paste(dots.resize((side, side), Image.Resampling.NEAREST).convert("1", dither=Image.Dither.NONE), (0, 0))
    pen = ImageDraw.Draw(drawn)
    for words, height, top in ((" ".join(code), _CODE, side), (_times(starts_at, ends_at), _TIMES, side + _CODE + _GAP)):
        font = ImageFont.load_default(height)
        wide = pen.textlength(words, font=font)
        if wide > side - _QUIET * _SCALE:  # two days with their hours: smaller, and whole
            font = ImageFont.load_default(height * (side - _QUIET * _SCALE) / wide)
        pen.text((side / 2, top), words, fill=0, font=font, anchor="ma")
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def _times(starts_at: datetime, ends_at: datetime) -> str:
    """Say when in figures: 2026-03-12 15:00 - 23:59."""
    begins, ends = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{ends:%m-%d %H:%M}"
    return f"{begins:%Y-%m-%d %H:%M} - {until}"
