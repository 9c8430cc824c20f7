"""How a person of the staff proves who they are, wherever they work: a password, an authenticator app, recovery codes.

Of a password and of recovery codes there is only a hash, and the app's key is locked by one that derives from the installation's
secret: whoever reads the database alone can neither sign in nor make codes.
"""

import secrets
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, delete, func, select, update

from bot import totp
from bot.errors import Forged, Refusal
from bot.keys import Keys
from bot.model import PUBLIC_ALPHABET, maybe_moment
from bot.translation import tr

#: Recovery codes that are made at once, and their letters: 50 bits, hashed with a key.
CODES, CODE_LETTERS = 10, 10

_LOCK, _HASH = "totp-1", "recovery-1"

#: Letters that Crockford's alphabet leaves out, as which ones they are read.
_READ_AS = str.maketrans("OIL", "011", " -—–")


class Credential(SQLModel, table=True):
    """What one person proves themselves with."""

    person: str = Field(primary_key=True)
    password: str = ""  # Argon2id as a PHC string; empty = sign-in by link only
    totp: str = ""  # the app's key, locked; empty = none
    totp_pending: str = ""  # one that was shown and not confirmed
    totp_counter: int = 0  # the step of the last code that was taken
    signed_in_at: datetime | None = maybe_moment()


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the app once."""

    __tablename__ = "recovery_code"

    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    used_at: datetime | None = maybe_moment()


class Proof(StrEnum):
    """By what somebody proved themselves beside their password or link."""

    APP = "app"
    RECOVERY = "recovery"


def of(session: Session, person: str) -> Credential:
    """Return a person's row, a new one if there is none."""
    row = session.get(Credential, person)
    if row is None:
        row = Credential(person=person)
        session.add(row)
        session.flush()
    return row


def look(session: Session, people: Collection[str]) -> Mapping[str, Credential]:
    """Return the rows of several people; who never set or proved anything has none."""
    found = session.exec(select(Credential).where(col(Credential.person).in_(people))).all()
    return {row.person: row for row in found}


def has_password(session: Session, person: str) -> bool:
    """Tell whether somebody can sign in by themselves."""
    kept = session.get(Credential, person)
    return kept is not None and bool(kept.password)


def has_app(session: Session, person: str) -> bool:
    """Tell whether a person signs in with a code of an app, too."""
    row = session.get(Credential, person)
    return row is not None and bool(row.totp)


def begin_app(session: Session, person: str, keys: Keys) -> bytes:
    """Return a new key for a person's app, which counts once a code of it was given."""
    key = totp.new_key()
    row = of(session, person)
    row.totp_pending = keys.lock(_LOCK, key, person)
    session.add(row)
    return key


def pending_app(session: Session, person: str, keys: Keys) -> bytes | None:
    """Return the key that waits for its first code."""
    row = session.get(Credential, person)
    return _open(row.totp_pending, person, keys) if row is not None and row.totp_pending else None


def confirm_app(session: Session, person: str, keys: Keys, said: str, now: datetime) -> list[str] | None:
    """Let the new key count if the code is of it; returns recovery codes, or None for a wrong code."""
    key = pending_app(session, person, keys)
    if key is None:
        raise Refusal(tr("没有在设置的验证器，或者已经设好了。请回到“我的账号”看一下。"))
    counter = totp.fitting(key, _plain(said), now, 0)
    if counter is None:
        return None
    row = of(session, person)
    row.totp, row.totp_pending, row.totp_counter = row.totp_pending, "", counter
    session.add(row)
    return renew_codes(session, person, keys)


def prove(session: Session, person: str, keys: Keys, said: str, now: datetime) -> Proof | None:
    """Tell by what a code proves a person, and use it up; None for a wrong one, or one that was used."""
    row = session.get(Credential, person)
    if row is None or not row.totp:
        return None
    code = _plain(said)
    if code.isdecimal() and len(code) == totp.DIGITS:
        counter = totp.fitting(_open(row.totp, person, keys), code, now, row.totp_counter)
        if counter is None:
            return None
        taken = session.execute(  # in one statement: of two who give the same code at once one is the first
            update(Credential).where(col(Credential.person) == person, col(Credential.totp_counter) < counter).values(totp_counter=counter)
        )  # fmt: skip
        return Proof.APP if getattr(taken, "rowcount", 0) else None
    mine = (col(RecoveryCode.hash) == _hash(keys, person, code), col(RecoveryCode.used_at).is_(None))
    taken = session.execute(update(RecoveryCode).where(*mine).values(used_at=now))
    return Proof.RECOVERY if getattr(taken, "rowcount", 0) else None


def renew_codes(session: Session, person: str, keys: Keys) -> list[str]:
    """Return new recovery codes, which are kept as hashes only; older ones are good no more."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person) == person))
    codes = ["".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(CODE_LETTERS)) for _ in range(CODES)]
    session.add_all([RecoveryCode(hash=_hash(keys, person, code), person=person) for code in codes])
    session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(session: Session, person: str) -> int:
    """Return how many recovery codes are unused."""
    unused = (col(RecoveryCode.person) == person, col(RecoveryCode.used_at).is_(None))
    return session.exec(select(func.count()).select_from(RecoveryCode).where(*unused)).one()


def forget_app(session: Session, person: str) -> None:
    """Let a person sign in without a code; their recovery codes go with the app."""
    row = of(session, person)
    row.totp = row.totp_pending = ""
    session.add(row)
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person) == person))


def _open(locked: str, person: str, keys: Keys) -> bytes:
    try:
        return keys.unlock(_LOCK, locked, person)
    except Forged as error:
        raise Refusal(
            tr("两步验证现在核对不了：服务器换过密钥。请运维人员用命令行重置：linli user totp-reset 登录名。"),
            english="the app's key was locked with another secret than this installation's; run linli user totp-reset",
        ) from error


def _hash(keys: Keys, person: str, code: str) -> str:
    return keys.prove(_HASH, f"{person} {code}")


def _plain(said: str) -> str:
    """Return a code as it is compared, however it was typed."""
    typed = unicodedata.normalize("NFKC", said).strip().upper()
    return typed.replace(" ", "") if typed.replace(" ", "").isdecimal() else typed.translate(_READ_AS)
