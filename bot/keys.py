"""Signatures and locks of our own: links that residents open, passes that a gate checks, secrets that the database keeps.

Everything is derived from one secret (HKDF-SHA256, RFC 5869), so that replicas share keys by sharing the secret.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import Forged

#: Bytes of a link's MAC: 128 bits, beyond guessing and short enough to send.
MAC_BYTES = 16

#: Bytes of a nonce, random for each secret: NIST SP 800-38D allows 2**32 of them with one key.
NONCE_BYTES = 12


@dataclass(frozen=True)
class Keys:
    """All keys of one installation."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose; other purposes reveal nothing of it."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self.secret)

    def seal_link(self, path: str, until: datetime, community_id: int) -> str:
        """Return the `k` of a link to a community's `path` that opens until `until`."""
        said = f"{int(until.timestamp()):x}.{community_id:x}"
        return f"{said}.{self._mac(path, said)}"

    def check_link(self, path: str, seal: str, now: datetime) -> int | None:
        """Return the community that a link leads to, None for a link from before there were several.

        Raises Forged unless `seal` was made by us for `path` and has not expired.
        """
        said, _, mac = seal.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(path, said).encode()):
            raise Forged("link: the seal does not fit the address")
        expires, _, community = said.partition(".")
        if int(expires, 16) < now.timestamp():
            raise Forged("link: expired")
        return int(community, 16) if community else None

    def prove(self, purpose: str, said: str) -> str:
        """Return what proves that we said something, or heard it before, for one purpose: 22 letters that only we can make."""
        return _short(hmac.digest(self.derive(purpose), said.encode(errors="surrogateescape"), sha256))

    def lock(self, purpose: str, secret: bytes, about: str) -> str:
        """Return a secret as text that only we can open, and only as one about the same thing (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._safe(purpose).encrypt(nonce, secret, about.encode())).decode()

    def unlock(self, purpose: str, locked: str, about: str) -> bytes:
        """Return what was locked; raises Forged for what was changed, is about something else, or was locked with another secret."""
        try:
            kept = base64.urlsafe_b64decode(locked)
            return self._safe(purpose).decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Forged(f"{purpose}: what was locked does not open with this installation's secret") from error

    def _safe(self, purpose: str) -> AESGCM:
        return AESGCM(self.derive(purpose))

    def sign(self, payload: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `payload` (RFC 8032)."""
        return self._private.sign(payload)

    def verify(self, payload: bytes, signature: bytes) -> bool:
        """Tell whether `signature` over `payload` is ours."""
        try:
            self.public.verify(signature, payload)
        except InvalidSignature:
            return False
        return True

    @property
    def public(self) -> Ed25519PublicKey:
        """The key that a gate needs to check passes without asking us."""
        return self._private.public_key()

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derive("pass-1"))

    @cached_property
    def _link_key(self) -> bytes:
        return self.derive("link-1")

    def _mac(self, path: str, said: str) -> str:
        return _short(hmac.digest(self._link_key, f"{said} {path}".encode(), sha256))


def _short(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest[:MAC_BYTES]).rstrip(b"=").decode()
