"""Keys with which machines call the API: gates, sensors, city systems. Only a key's hash is stored."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Field, Session, col, select

from bot.model import json_column, maybe_moment, moment, public_id
from bot.store.scope import Scoped

#: What keys begin with, so that a scanner for leaked secrets knows them.
PREFIX = "linli_"

#: `used_at` is written at most this often.
USED_EVERY = timedelta(minutes=1)


class ApiKey(Scoped, table=True):
    """One machine's key: what it may do, how often, and when it was last seen."""

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str  # of the machine, as staff call it
    hash: str = Field(unique=True)
    hint: str  # the key's last four signs, to tell keys apart
    scopes: list[str] = json_column(list)
    per_minute: int = 60
    created_at: datetime = moment()
    created_by: int | None = Field(default=None, foreign_key="staff.id")
    used_at: datetime | None = maybe_moment()
    revoked_at: datetime | None = maybe_moment()


def make(
    session: Session, name: str, scopes: Sequence[str], now: datetime, *, per_minute: int = 60, staff_id: int | None = None
) -> tuple[ApiKey, str]:
    """Return a new key and its secret, which is shown once and stored nowhere."""
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey(
        name=name, hash=_hash(secret), hint=secret[-4:], scopes=list(scopes), per_minute=per_minute, created_at=now,
        created_by=staff_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row, secret


def find(session: Session, secret: str) -> ApiKey | None:
    """Return the key that is in force with this secret; looked for in all communities, for the key says which it is."""
    found = select(ApiKey).where(ApiKey.hash == _hash(secret), col(ApiKey.revoked_at).is_(None))
    return session.exec(found).first()


def by_public_id(session: Session, public_id: str) -> ApiKey | None:
    """Return a key by the id people see, a revoked one, too."""
    return session.exec(select(ApiKey).where(ApiKey.public_id == public_id)).first()


def names(session: Session, public_ids: Collection[str]) -> Mapping[str, str]:
    """Return what machines are called, by the ids of their keys that people see."""
    return dict(session.exec(select(ApiKey.public_id, ApiKey.name).where(col(ApiKey.public_id).in_(public_ids))).all())


def is_stale(key: ApiKey, now: datetime) -> bool:
    """Tell whether `touch` is due."""
    return key.used_at is None or now - key.used_at > USED_EVERY


def touch(session: Session, key_id: int, now: datetime) -> None:
    """Write down that a key was used."""
    row = session.get(ApiKey, key_id)
    if row is not None and is_stale(row, now):
        row.used_at = now
        session.add(row)


def listed(session: Session) -> Sequence[ApiKey]:
    """Return all keys, those in force first, the newest first."""
    return session.exec(select(ApiKey).order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.id).desc())).all()


def _hash(secret: str) -> str:
    return sha256(secret.encode(errors="surrogateescape")).hexdigest()
