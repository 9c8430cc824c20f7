"""One-time codes of authenticator apps: RFC 6238, with the counters of RFC 4226 underneath."""

import hmac
import secrets
import struct
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode

#: Seconds that a code is shown, and its length: what every app takes.
STEP, DIGITS = 30, 6

#: Steps that a phone's clock may be off, either way.
DRIFT = 1

#: RFC 4226 recommends 160 bits.
KEY_BYTES = 20


def new_key() -> bytes:
    """Return a key for one person."""
    return secrets.token_bytes(KEY_BYTES)


def counter_at(now: datetime) -> int:
    """Return the number of the step that a moment lies in."""
    return int(now.timestamp()) // STEP


def code_at(key: bytes, counter: int, digits: int = DIGITS) -> str:
    """Return the code of one step."""
    mac = hmac.digest(key, struct.pack(">Q", counter), "sha1")  # what the apps compute, whatever else RFC 6238 allows
    start = mac[-1] & 15
    return str((int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF) % 10**digits).zfill(digits)


def fitting(key: bytes, code: str, now: datetime, after: int) -> int | None:
    """Return the step that a code is of; None for one that fits none, or none after `after`, the last that was used."""
    here = counter_at(now)
    fits = [step for step in range(here - DRIFT, here + DRIFT + 1) if compare_digest(code_at(key, step).encode(), code.encode())]
    return next((step for step in fits if step > after), None)


def written(key: bytes) -> str:
    """Return a key as one types it into an app."""
    return b32encode(key).decode().rstrip("=")


def address(key: bytes, account: str, issuer: str) -> str:
    """Return what the QR code says: https://github.com/google/google-authenticator/wiki/Key-Uri-Format .

    The issuer stands in it once, though that page has it twice: in Chinese it is long, and small codes are read sooner.
    """
    said = urlencode({"secret": written(key), "issuer": issuer, "digits": DIGITS, "period": STEP}, quote_via=quote)
    return f"otpauth://totp/{quote(account, safe='')}?{said}"
