"""What stands in a pass's QR code: a signed number, no personal data.

13 bytes (version, key, pass as 50 bits, first and last moment in minutes) and 64 bytes of Ed25519, in base 45 so that the
QR code stays in alphanumeric mode. Sources: RFC 8032, RFC 9285.
"""

import struct
from dataclasses import dataclass
from datetime import datetime

from bot.contract import PUBLIC_ALPHABET, SHANGHAI
from bot.keys import Keys

_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_LAYOUT = struct.Struct(">BQII")
_VERSION = 1
_SIGNATURE = 64


@dataclass(frozen=True, kw_only=True)
class Token:
    """A pass's public id and when it opens the gate."""

    public_id: str
    starts_at: datetime
    ends_at: datetime


def write(token: Token, keys: Keys) -> str:
    """Return the text of the QR code."""
    payload = _LAYOUT.pack(_VERSION, _number(token.public_id), _minutes(token.starts_at), _minutes(token.ends_at))
    return _encode(payload + keys.sign(payload))


def read(text: str, keys: Keys) -> Token | None:
    """Return what a QR code says, None unless it is ours to the last bit."""
    content = _decode(text)
    if content is None or len(content) != _LAYOUT.size + _SIGNATURE:
        return None
    payload, signature = content[: _LAYOUT.size], content[_LAYOUT.size :]
    if not keys.verify(payload, signature):
        return None
    version, number, starts, ends = _LAYOUT.unpack(payload)
    if version != _VERSION:
        return None
    return Token(public_id=_text(number), starts_at=_moment(starts), ends_at=_moment(ends))


def _number(public_id: str) -> int:
    value = 0
    for sign in public_id:
        value = value * 32 + PUBLIC_ALPHABET.index(sign)
    return value


def _text(number: int) -> str:
    return "".join(PUBLIC_ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _moment(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, SHANGHAI)


def _encode(content: bytes) -> str:
    out = []
    for position in range(0, len(content), 2):
        chunk = content[position : position + 2]
        value = int.from_bytes(chunk, "big")
        for _ in range(len(chunk) + 1):
            value, rest = divmod(value, 45)
            out.append(_BASE45[rest])
    return "".join(out)


def _decode(text: str) -> bytes | None:
    out = bytearray()
    for position in range(0, len(text), 3):
        chunk = text[position : position + 3]
        if len(chunk) == 1 or any(sign not in _BASE45 for sign in chunk):
            return None
        value = sum(_BASE45.index(sign) * 45**power for power, sign in enumerate(chunk))
        size = len(chunk) - 1
        if value >= 256**size:
            return None
        out += value.to_bytes(size, "big")
    return bytes(out)
