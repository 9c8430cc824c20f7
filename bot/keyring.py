"""The keys of what is sealed in the database, and the seal itself: AES-256-GCM (NIST SP 800-38D).

Keys are random and lie outside the database, in a file of their own, each wrapped under a key that derives from the
installation's secret: whoever reads personal data needs the database, the file and the secret. A value names its key, so that
several are in force while one takes the place of another. What is looked for is kept beside its value as a keyed hash, under a
key of its own that no rotation changes.
"""

import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import Misconfigured, Unreadable

#: What sealed values begin with; another way to seal would have another sign.
VERSION = "s1."

#: Hexadecimal digits of a key's id; a value is s1.<id>.<nonce, text and tag in base64url>.
ID_LENGTH = 8

#: Bytes of a nonce: 96 bits, at random. 2^32 values under one key are the limit that NIST sets; `linli keys rotate` begins anew.
NONCE_BYTES = 12

#: Bytes of a keyed hash: 128 bits.
DIGEST_BYTES = 16

_START, _TEXT = len(VERSION), len(VERSION) + ID_LENGTH + 1

_ABOUT = "Linli's keys. Without this file and the secret nobody can read the personal data in the database: back up both, apart from it."


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key that values are sealed under. A retired one opens what is left of its own and seals nothing."""

    id: str
    made: str  # the day, 2026-03-11
    material: bytes = field(repr=False)
    retired: str = ""

    @classmethod
    def make(cls, made: str) -> "Key":
        """Return a new random key."""
        return cls(id=secrets.token_hex(ID_LENGTH // 2), made=made, material=AESGCM.generate_key(256))


@dataclass(frozen=True, kw_only=True)
class KeyFile:
    """What the key file holds: the keys, the oldest first, and that of the keyed hashes."""

    keys: tuple[Key, ...]
    index: bytes = field(repr=False)

    @classmethod
    def make(cls, made: str) -> "KeyFile":
        """Return what a new installation begins with."""
        return cls(keys=(Key.make(made),), index=secrets.token_bytes(32))

    @classmethod
    def read(cls, text: str, wrapping: bytes) -> "KeyFile":
        """Return what a file holds; raises Misconfigured when it is none, or another secret wrapped it."""
        try:
            kept = json.loads(text)
            index = _unwrap(kept["index"], "index", wrapping)
            keys = tuple(
                Key(id=one["id"], made=one["made"], retired=one["retired"], material=_unwrap(one["wrapped"], one["id"], wrapping))
                for one in kept["keys"]
            )
        except InvalidTag as error:
            raise Misconfigured(
                "the key file does not open with this secret; set LINLI_SECRET, or var/secret, to what it was when the file was "
                "written, or take the new secret over with `linli keys rewrap`"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Misconfigured("the key file is damaged; bring it back from the backup") from error
        if not keys:
            raise Misconfigured("the key file holds no key; bring it back from the backup")
        return cls(keys=keys, index=index)

    def text(self, wrapping: bytes) -> str:
        """Return what is written to the file."""
        keys = [
            {"id": one.id, "made": one.made, "retired": one.retired, "wrapped": _wrap(one.material, one.id, wrapping)}
            for one in self.keys
        ]
        return json.dumps({"about": _ABOUT, "index": _wrap(self.index, "index", wrapping), "keys": keys}, indent=1) + "\n"

    def with_key(self, key: Key) -> "KeyFile":
        """Return the file with one more key."""
        return replace(self, keys=(*self.keys, key))

    def without(self, key_id: str) -> "KeyFile":
        """Return the file without a key."""
        return replace(self, keys=tuple(one for one in self.keys if one.id != key_id))

    def retire(self, key_ids: Iterable[str], day: str) -> "KeyFile":
        """Return the file with keys that seal nothing any more."""
        ended = set(key_ids)
        return replace(
            self, keys=tuple(replace(one, retired=one.retired or day) if one.id in ended else one for one in self.keys)
        )


def _wrap(material: bytes, name: str, wrapping: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return _encode(nonce + AESGCM(wrapping).encrypt(nonce, material, f"key {name}".encode()))


def _unwrap(wrapped: str, name: str, wrapping: bytes) -> bytes:
    raw = _decode(wrapped)
    return AESGCM(wrapping).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"key {name}".encode())


class Keyring:
    """The keys in force. `again` reads the key file once more, and gives nothing where it is as it was."""

    def __init__(self, file: KeyFile, again: Callable[[], KeyFile | None] | None = None) -> None:
        self._again = again
        self._ciphers: Mapping[str, AESGCM] = {}
        self.current = ""
        self._take(file)

    @classmethod
    def make(cls) -> "Keyring":
        """Return keys that are kept nowhere, for a database that does not outlive the process."""
        return cls(KeyFile.make(""))

    def seal(self, text: str, place: str) -> str:
        """Return a text sealed for one column, its `place` being table.column: it opens nowhere else."""
        key, nonce = self.current, os.urandom(NONCE_BYTES)
        sealed = self._ciphers[key].encrypt(nonce, text.encode(errors="surrogatepass"), f"{VERSION}{key}.{place}".encode())
        return f"{VERSION}{key}.{_encode(nonce + sealed)}"

    def open(self, sealed: str, place: str) -> str:
        """Return what was sealed for a column; raises Unreadable."""
        key = key_of(sealed)
        if not key:
            raise Unreadable(place, "", "it is not sealed; somebody wrote it past Linli")
        cipher = self._ciphers.get(key)
        if cipher is None and self.learn():
            cipher = self._ciphers.get(key)
        if cipher is None:
            raise Unreadable(place, key, "the key file does not hold that key; bring it back from the backup")
        try:
            raw = _decode(sealed[_TEXT:])
            opened = cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{VERSION}{key}.{place}".encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable(place, key, "it was changed, or moved here from another column") from error
        return opened.decode(errors="surrogatepass")

    def digest(self, text: str, purpose: str = "") -> str:
        """Return the keyed hash by which a text is found again; the same text gives another one for another purpose."""
        mac = hmac.digest(self._index, f"{purpose}\0{text}".encode(errors="surrogatepass"), sha256)
        return _encode(mac[:DIGEST_BYTES])

    def holds(self, key_id: str) -> bool:
        """Tell whether a key is at hand."""
        return key_id in self._ciphers

    def use(self, key_id: str) -> None:
        """Seal under this key from now on; raises Misconfigured when it is not at hand."""
        if not self.holds(key_id):
            self.learn()
        if not self.holds(key_id):
            raise Misconfigured(
                f"the database's values are sealed under key {key_id}, which the key file does not hold; "
                "copy the file from another replica, or bring it back from the backup"
            )
        self.current = key_id

    def learn(self) -> bool:
        """Take over a key file that was changed meanwhile; tells whether it was."""
        file = self._again() if self._again else None
        if file is not None:
            self._take(file)
        return file is not None

    def _take(self, file: KeyFile) -> None:
        self._index = file.index
        self._ciphers = {one.id: AESGCM(one.material) for one in file.keys}
        if self.current not in self._ciphers:
            self.current = next((one.id for one in reversed(file.keys) if not one.retired), file.keys[-1].id)


def key_of(sealed: str) -> str:
    """Return the id of the key that a value is sealed under, empty for one that is not sealed."""
    if not sealed.startswith(VERSION) or sealed[_TEXT - 1 : _TEXT] != ".":
        return ""
    return sealed[_START : _TEXT - 1]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
