"""Signature and AES envelope of WeChat's pushes; how a push is checked is decided by the account, never by the push.

Sources: developers.weixin.qq.com/doc/service/guide/dev/push/ (signature) and …/push/encryption.html (AES).
"""

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.errors import Forged, Misconfigured

#: WeChat pads to 32 bytes, not to AES's own 16.
BLOCK = 32

#: 43 base64 characters and one `=` are the 32 bytes of an AES-256 key.
KEY_LENGTH = 43

#: Random bytes before the length, so that equal messages do not look equal.
SALT = 16

#: Random bytes of a reply's own nonce.
NONCE = 8

_ENCRYPT = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=\s]+)(?:\]\]>)?\s*</Encrypt>")

#: Elements that may look like the ciphertext before the push is refused.
CIPHERTEXTS = 16


class Mode(StrEnum):
    """明文, 兼容 and 安全模式 of the account's console."""

    PLAIN = "plain"
    COMPAT = "compat"
    SAFE = "safe"


@dataclass(frozen=True, kw_only=True)
class Account:
    """What we share with WeChat. Raises Misconfigured when it could not protect anything."""

    token: str = field(repr=False)
    appid: str
    mode: Mode
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)  # accepted while the console's change spreads
    max_age: timedelta | None = timedelta(minutes=10)  # None: a push of any age is fresh
    is_in_milliseconds: bool = False  # how test peers stamp their pushes; WeChat uses seconds

    def __post_init__(self) -> None:
        if not self.token:
            raise Misconfigured("the token is empty; anybody could sign. Copy the Token of 基本配置 › 服务器配置")
        if self.mode is not Mode.PLAIN:
            _decode_key(self.aes_key)
        if self.previous_aes_key:
            _decode_key(self.previous_aes_key)

    @cached_property
    def ciphers(self) -> tuple[Cipher[CBC], ...]:
        """AES-256-CBC under the keys to try, current first; the vector is the key's beginning."""
        keys = (_decode_key(key) for key in (self.aes_key, self.previous_aes_key) if key)
        return tuple(Cipher(AES(key), CBC(key[:16])) for key in keys)


def _decode_key(key: str) -> bytes:
    if len(key) != KEY_LENGTH:
        raise Misconfigured(f"the AES key has {len(key)} characters; WeChat's keys have {KEY_LENGTH}. Copy EncodingAESKey again")
    try:
        return b64decode(key + "=", validate=True)
    except Base64Error as error:
        raise Misconfigured("the AES key holds characters other than letters and digits. Copy EncodingAESKey again") from error


# ------------------------------------------------------------------ receiving


def open_envelope(account: Account, query: Mapping[str, str], body: bytes, now: datetime) -> bytes:
    """Return the XML of a push, or raise Forged. Nothing is parsed before a signature fits."""
    _check_signature(account, query, now)
    return open_body(account, query, body)


def open_body(account: Account, query: Mapping[str, str], body: bytes) -> bytes:
    """Return the XML of a push whose query was checked, or raise Forged."""
    found = [b"".join(match[1].split()) for match in _ENCRYPT.finditer(body)]
    if account.mode is Mode.PLAIN:
        if found and b"<MsgType>" not in body:
            raise Forged("body: encrypted, but the account is set to plain")
        return body
    if not found:
        raise Forged(f"body: not encrypted, but the account is set to {account.mode}")
    # msg_signature covers the ciphertext; `signature` covers neither it nor the rest of the body. Beside the ciphertext
    # of compat mode stands what the resident wrote, which may look like one.
    given = query.get("msg_signature", "")
    for encrypted in found[:CIPHERTEXTS]:
        if _same(given, sign(account.token, query["timestamp"], query["nonce"], encrypted.decode())):
            return decrypt(account, encrypted)
    raise Forged("msg_signature: does not fit")


def check_query(account: Account, query: Mapping[str, str], now: datetime) -> None:
    """Raise Forged unless the query is signed and fresh; this is known before the body has come."""
    _check_signature(account, query, now)


def check_echo(account: Account, query: Mapping[str, str], now: datetime) -> str:
    """Return the echostr of the console's URL check, which is plain text in all modes; raises Forged."""
    _check_signature(account, query, now)
    if "echostr" not in query:
        raise Forged("echostr: missing")
    return query["echostr"]


def _check_signature(account: Account, query: Mapping[str, str], now: datetime) -> None:
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not timestamp or not nonce:
        raise Forged("query: timestamp or nonce is missing")
    if not _same(query.get("signature", ""), sign(account.token, timestamp, nonce)):
        raise Forged("signature: does not fit")
    if account.max_age is None:
        return
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 15:
        raise Forged("timestamp: not a number of seconds")
    stamped = int(timestamp) / 1000 if account.is_in_milliseconds else int(timestamp)
    if abs(now.timestamp() - stamped) > account.max_age.total_seconds():
        raise Forged("timestamp: too far from now")


def sign(*parts: str) -> str:
    """Return WeChat's signature: SHA-1 over the sorted parts joined."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()  # WeChat's choice


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def decrypt(account: Account, encrypted: bytes) -> bytes:
    """Return the XML in a base64 ciphertext, tried with the current and the previous key; raises Forged."""
    try:
        sealed = b64decode(encrypted, validate=True)
    except Base64Error:
        raise Forged("Encrypt: not base64") from None
    if not sealed or len(sealed) % BLOCK:
        raise Forged("Encrypt: length is no multiple of 32")
    for cipher in account.ciphers:
        xml = _open(cipher, sealed, account.appid.encode())
        if xml is not None:
            return xml
    raise Forged("Encrypt: does not open with our key for our appid")


def _open(cipher: Cipher[CBC], sealed: bytes, appid: bytes) -> bytes | None:
    """16 random bytes, 4 bytes big-endian length, XML, appid, padding; None if any of it is wrong."""
    decryptor = cipher.decryptor()
    plain = decryptor.update(sealed) + decryptor.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        return None
    content = plain[SALT:-pad]
    length = int.from_bytes(content[:4], "big")
    xml, rest = content[4 : 4 + length], content[4 + length :]
    if len(xml) != length or not hmac.compare_digest(rest, appid):
        return None
    return xml


# ------------------------------------------------------------------ replying


def seal(account: Account, xml: str, now: datetime) -> str:
    """Return a reply as the account's mode wants it: plain as it is, else encrypted and signed with our own nonce."""
    if account.mode is Mode.PLAIN:
        return xml
    return _envelope(account, xml, now)[1]


def _envelope(account: Account, xml: str, now: datetime) -> tuple[dict[str, str], str]:
    chance = secrets.token_bytes(SALT + NONCE)  # one call: each lets other threads run first
    encrypted = encrypt(account, xml, chance[:SALT])
    timestamp, nonce = str(int(now.timestamp())), chance[SALT:].hex()
    signature = sign(account.token, timestamp, nonce, encrypted)
    query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": signature}
    return query, (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


def encrypt(account: Account, xml: str, salt: bytes) -> str:
    """Return the base64 ciphertext of `xml` under the current key; `salt` are SALT random bytes."""
    body = xml.encode()
    plain = b"".join((salt, len(body).to_bytes(4, "big"), body, account.appid.encode()))
    pad = BLOCK - len(plain) % BLOCK  # a full block when already aligned
    encryptor = account.ciphers[0].encryptor()
    return b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


# ------------------------------------------------------------------ WeChat's own side, for stand-ins


def wrap_push(account: Account, xml: str, now: datetime) -> tuple[dict[str, str], str]:
    """Return query and body of a push as WeChat would send it in the account's mode."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    query = {"signature": sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    if account.mode is Mode.PLAIN:
        return query, xml
    encrypted = encrypt(account, xml, secrets.token_bytes(SALT))
    query |= {"encrypt_type": "aes", "msg_signature": sign(account.token, timestamp, nonce, encrypted)}
    envelope = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt>"
    if account.mode is Mode.COMPAT:  # the plain fields stand beside the encrypted part
        return query, xml.replace("</xml>", f"{envelope}</xml>")
    return query, f"<xml>{envelope}</xml>"


def open_reply(account: Account, body: str) -> str:
    """Return the XML of a reply as WeChat would read it; raises Forged when WeChat would not."""
    found = _ENCRYPT.search(body.encode())
    if not found:
        return body
    values = {name: value for name, value in re.findall(r"<(MsgSignature|TimeStamp|Nonce)>(?:<!\[CDATA\[)?([^<\]]*)", body)}
    encrypted = found[1]
    expected = sign(account.token, values.get("TimeStamp", ""), values.get("Nonce", ""), encrypted.decode())
    if not _same(values.get("MsgSignature", ""), expected):
        raise Forged("MsgSignature: does not fit")
    return decrypt(account, encrypted).decode()
