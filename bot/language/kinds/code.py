"""Codes that we gave out, ten signs as they are read out or typed: K3M9P QRSTV, k3m9pqrstv. Pure."""

import re

from bot.language.kinds.kind import Kind, Message, Slot, Value, bare

#: Signs of a code.
LONG = 10

#: Signs that are read for others: Crockford's base 32 has no I, L, O.
_ALIKE = str.maketrans("ILO", "110")

_CODE = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z](?:[ \-]?[0-9A-Za-z]){{{LONG - 1}}}(?![0-9A-Za-z])")


def _take(message: Message, slot: Slot) -> Value | None:
    """Return the code that stands in a message and is no number: one of 100,000 codes is all digits, every telephone is."""
    found = [one for said in _CODE.finditer(message.text) if not (one := plain(said[0])).isdigit()]
    return found[-1] if found else None


def announced(text: str) -> bool:
    """Tell whether a code stands in a text."""
    return any(not plain(said[0]).isdigit() for said in _CODE.finditer(text))


def all_in(text: str) -> list[str]:
    """Return whatever in a text may be a code, as it was given out."""
    return [plain(said[0]) for said in _CODE.finditer(text)]


def plain(said: str) -> str:
    """Return a code as it was given out."""
    return re.sub(r"[\s\-]", "", said).upper().translate(_ALIKE)


def _read(message: Message, slot: Slot) -> Value | None:
    said = bare(message.text)
    return plain(said) if _CODE.fullmatch(said) else None


KIND = Kind(
    name="code", title="码", take=_take, read=_read, is_exact=True, is_topic=False, is_secret=True, is_single=True,
    is_strict=True,
)  # fmt: skip
