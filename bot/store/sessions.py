"""Signing in: sessions in the database, one-time links, passwords.

A cookie holds a random token, the database its hash: whoever reads the database cannot sign in with it, and whoever is
disabled is signed out at once.
"""

import asyncio
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from bot.errors import Refusal
from bot.model import maybe_moment, moment
from bot.store import events, scope
from bot.store.staff import Role, Staff, same_person


class StaffSession(SQLModel, table=True):
    """A signed-in browser. The token itself is only in its cookie."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = moment()
    seen_at: datetime = moment()
    browser: str = ""
    community_id: int | None = Field(default=None, foreign_key="community.id")  # where they look now; None = where they work


class SignInLink(SQLModel, table=True):
    """A link that signs one staff member in, once."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    expires_at: datetime = moment()
    used_at: datetime | None = maybe_moment()


#: A session ends when it is left alone this long, and at the latest after LIVES.
IDLE, LIVES = timedelta(hours=12), timedelta(days=7)

#: `seen_at` is written at most this often.
SEEN_EVERY = timedelta(minutes=1)

#: OWASP's minimum for Argon2id: 19 MiB, two passes; about 40 ms.
MEMORY_KIB, PASSES = 19 * 1024, 2

#: Hashing takes a core; more at once would eat WeChat's five seconds.
_HASHING = asyncio.Semaphore(2)

#: The least that is asked of a password.
SHORTEST = 10


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogateescape")).hexdigest()  # a cookie may hold any bytes


def make_link(session: Session, member: Staff, now: datetime, lives: timedelta) -> str:
    """Return a token that signs `member` in once, within `lives`."""
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_hash=_digest(token), staff_id=member.id or 0, expires_at=now + lives))
    return token


def link_owner(session: Session, token: str, now: datetime) -> Staff | None:
    """Return whom a link signs in; None when it was used, is over or never was."""
    link = session.get(SignInLink, _digest(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    member = session.get(Staff, link.staff_id)
    return None if member is None or member.disabled_at else member


def use_link(session: Session, token: str, browser: str, now: datetime) -> tuple[Staff, str]:
    """Use a link up and return whom it signs in, and the session's token; raises Refusal when it opens nothing any more."""
    member = link_owner(session, token, now)
    used = session.execute(  # in one statement: of two browsers at once one is the first
        update(SignInLink)
        .where(col(SignInLink.token_hash) == _digest(token), col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > now)
        .values(used_at=now)
    )
    if member is None or not getattr(used, "rowcount", 0):
        raise Refusal("这个登录链接已经用过或过期了。请让管理员再发一个：linli user link 登录名。")
    return member, begin(session, member, browser, now)


def begin(session: Session, member: Staff, browser: str, now: datetime) -> str:
    """Open a session and return its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(token_hash=_digest(token), staff_id=member.id or 0, created_at=now, seen_at=now, browser=browser[:120])
    )
    with scope.within(session, member.community_id):
        events.record(session, now, "staff.signed_in", subject=f"staff:{member.login}", actor=f"staff:{member.login}")
    return token


def find(session: Session, token: str, now: datetime) -> tuple[Staff, int] | None:
    """Return who is signed in with a token and the community they look at; None when nobody is, or not any more."""
    row = session.get(StaffSession, _digest(token))
    if row is None or now - row.seen_at > IDLE or now - row.created_at > LIVES:
        return None
    member = session.get(Staff, row.staff_id)
    return None if member is None or member.disabled_at else (member, row.community_id or member.community_id)


def look_at(session: Session, token: str, member: Staff, community_id: int) -> bool:
    """Let a signed-in person look at another community; False unless they work there, or for the city."""
    row = session.get(StaffSession, _digest(token))
    there = next((one for one in same_person(session, member) if one.community_id == community_id), None)
    if row is None or (there is None and member.role is not Role.CITY):
        return False
    row.staff_id, row.community_id = (there or member).id or 0, community_id
    session.add(row)
    return True


def is_stale(session: Session, token: str, now: datetime) -> bool:
    """Tell whether `touch` is due."""
    row = session.get(StaffSession, _digest(token))
    return row is not None and now - row.seen_at > SEEN_EVERY


def touch(session: Session, token: str, now: datetime) -> None:
    """Write down that a session is in use."""
    row = session.get(StaffSession, _digest(token))
    if row is not None:
        row.seen_at = now
        session.add(row)


def end(session: Session, token: str) -> None:
    """Sign out."""
    session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == _digest(token)))


def end_all(session: Session, member: Staff, *, but: str = "") -> None:
    """Sign a person out everywhere, wherever they work, and close the sign-in links that are still open; `but` is a token that stays.

    For whatever makes who they are or may be another: a new password, another role, an account that is disabled.
    """
    with scope.everywhere(session):
        session.flush()
        own = list(session.exec(select(Staff.id).where(Staff.person == member.person)).all())
        # Links first: a browser that is using one up is waited for, and its session is there to be ended.
        session.exec(delete(SignInLink).where(col(SignInLink.staff_id).in_(own)))
        others = col(StaffSession.token_hash) != _digest(but)
        session.exec(delete(StaffSession).where(col(StaffSession.staff_id).in_(own), others))


# ------------------------------------------------------------------ passwords


def hash_password(password: str) -> str:
    """Return the PHC string of a password; raises Refusal for one that is too short."""
    if len(password) < SHORTEST:
        raise Refusal(
            f"密码至少 {SHORTEST} 个字符。",
            english=f"the password has {len(password)} characters; it needs {SHORTEST} or more",
        )
    return _argon().derive_phc_encoded(password.encode())


async def check_password(kept: str, password: str) -> bool:
    """Tell whether a password fits; takes the same time when there is none to fit."""
    async with _HASHING:
        return await asyncio.to_thread(_verify, kept or NOBODYS, password)


def _verify(kept: str, password: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), kept)
    except InvalidKey:
        return False
    return kept != NOBODYS


def _argon() -> Argon2id:
    return Argon2id(salt=secrets.token_bytes(16), length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB)


#: Verified against when there is no such account, so that nobody learns it from the time taken.
NOBODYS = _argon().derive_phc_encoded(secrets.token_bytes(32))


def by_login(session: Session, login: str) -> list[Staff]:
    """Return the accounts that may sign in as `login`: different people in different communities may have the same."""
    return list(
        session.exec(select(Staff).where(Staff.login == login, col(Staff.disabled_at).is_(None)).order_by(col(Staff.id))).all()
    )


def first_of(session: Session, role: str) -> Staff | None:
    """Return the first account of a role that may sign in; None for a role that does not exist."""
    active = select(Staff).where(col(Staff.role) == role, col(Staff.disabled_at).is_(None))
    return session.exec(active.order_by(col(Staff.id))).first() if role in set(Role) else None
