"""Signing in: sessions in the database, one-time links, passwords. Who has an app proves themselves in two steps.

A cookie holds a random token, the database its hash: whoever reads the database cannot sign in with it, and whoever is
disabled is signed out at once.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, delete, or_, select, update

from bot.errors import Refusal
from bot.keys import Keys
from bot.model import maybe_moment, moment
from bot.store import credentials, events, passwords, scope
from bot.store.credentials import Credential, Proof
from bot.store.lookup import Lookup
from bot.store.staff import Role, Staff, same_person
from bot.translation import tr


class StaffSession(SQLModel, table=True):
    """A signed-in browser. The token itself is only in its cookie."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = moment()
    seen_at: datetime = moment()
    browser: str = ""
    address: str = ""  # from where it was used last
    is_half: bool = False  # of somebody who has yet to give the code of their app: it opens nothing else
    community_id: int | None = Field(default=None, foreign_key="community.id")  # where they look now; None = where they work


class SignInLink(SQLModel, table=True):
    """A link that signs one staff member in, once."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    expires_at: datetime = moment()
    used_at: datetime | None = maybe_moment()


@dataclass(frozen=True, kw_only=True)
class Entered:
    """Somebody who signed in, the token of their session, and whether they have yet to give the code of their app."""

    member: Staff
    token: str
    is_half: bool = False


#: A session ends when it is left alone this long, and at the latest after LIVES.
IDLE, LIVES = timedelta(hours=12), timedelta(days=7)

#: How long the code of the app may take, and how long a sign-in is fresh: enough to change what one proves oneself with.
HALF_LIVES, FRESH = timedelta(minutes=5), timedelta(minutes=10)

#: How long a link that is over stays to be told of as such.
LINKS_KEPT = timedelta(days=1)

#: Letters of a session's key, which stands in addresses.
KEY_LETTERS = 16

#: `seen_at` is written at most this often.
SEEN_EVERY = timedelta(minutes=1)

#: OWASP's minimum for Argon2id: 19 MiB, two passes; about 40 ms.
MEMORY_KIB, PASSES = 19 * 1024, 2

#: Hashing takes a core; more at once would eat WeChat's five seconds.
_HASHING = asyncio.Semaphore(2)


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


def use_link(session: Session, token: str, browser: str, now: datetime, address: str = "") -> Entered:
    """Use a link up and sign in whom it is for; raises Refusal when it opens nothing any more."""
    member = link_owner(session, token, now)
    used = session.execute(  # in one statement: of two browsers at once one is the first
        update(SignInLink)
        .where(col(SignInLink.token_hash) == _digest(token), col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > now)
        .values(used_at=now)
    )
    if member is None or not getattr(used, "rowcount", 0):
        raise Refusal(tr("这个登录链接已经用过或过期了。请让管理员再发一个：linli user link 登录名。"))
    return enter(session, member, browser, now, address)


def use_password(session: Session, member: Staff, kept: str, browser: str, now: datetime, address: str = "") -> Entered | None:
    """Sign in somebody whose password fitted `kept`; None where it was changed, or they were shut out, while it was tried."""
    row = session.exec(select(Credential).where(Credential.person == member.person).with_for_update()).first()
    here = session.get(Staff, member.id)
    if row is None or row.password != kept or here is None or here.disabled_at:
        return None
    return enter(session, here, browser, now, address)


def enter(session: Session, member: Staff, browser: str, now: datetime, address: str = "") -> Entered:
    """Open a session for who has given their first proof: half a one where there is a second."""
    if not credentials.has_app(session, member.person):
        return Entered(member=member, token=begin(session, member, browser, now, address))
    return Entered(member=member, token=_open(session, member, browser, now, address, is_half=True), is_half=True)


def half_owner(session: Session, token: str, now: datetime) -> Staff | None:
    """Return who has yet to give the code of their app."""
    row = session.get(StaffSession, _digest(token))
    if row is None or not row.is_half or now - row.created_at > HALF_LIVES:
        return None
    member = session.get(Staff, row.staff_id)
    return None if member is None or member.disabled_at else member


def complete(session: Session, token: str, keys: Keys, code: str, now: datetime) -> Entered | None:
    """Make a whole session of half a one; None for a code that does not fit, or for half a session that is over."""
    member = half_owner(session, token, now)
    proof = credentials.prove(session, member.person, keys, code, now) if member is not None else None
    if member is None or proof is None:
        return None
    half = (col(StaffSession.token_hash) == _digest(token), col(StaffSession.is_half))
    taken = session.execute(  # in one statement: one that was ended meanwhile is not there to become a whole one
        delete(StaffSession).where(*half).returning(col(StaffSession.browser), col(StaffSession.address))
    ).first()
    if taken is None:
        return None
    browser, address = taken
    if proof is Proof.RECOVERY:
        note(session, member, "staff.recovery_used", now)
    return Entered(member=member, token=begin(session, member, browser, now, address))


def begin(session: Session, member: Staff, browser: str, now: datetime, address: str = "") -> str:
    """Open a session and return its token, which is stored nowhere."""
    credentials.of(session, member.person).signed_in_at = now
    note(session, member, "staff.signed_in", now)
    return _open(session, member, browser, now, address, is_half=False)


def _open(session: Session, member: Staff, browser: str, now: datetime, address: str, *, is_half: bool) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_digest(token), staff_id=member.id or 0, created_at=now, seen_at=now, browser=browser[:120], address=address[:60],
            is_half=is_half,
        )
    )  # fmt: skip
    return token


def note(session: Session, member: Staff, kind: str, now: datetime, actor: str = "") -> None:
    """Write an event about somebody's account into the log of where they work; by themselves unless said otherwise."""
    own = f"staff:{member.login}"
    with scope.within(session, member.community_id):
        events.record(session, now, kind, subject=own, actor=actor or own)


class Found(NamedTuple):
    """Who is signed in with a token, the community they look at, and whether `touch` is due."""

    member: Staff
    community_id: int
    is_stale: bool


_FIND: Lookup[tuple[StaffSession, Staff]] = Lookup(
    select(StaffSession, Staff)
    .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
    .where(StaffSession.token_hash == bindparam("token"))
)


def find(session: Session, token: str, now: datetime) -> Found | None:
    """Return who is signed in with a token; None when nobody is, or not any more."""
    found = _FIND.first(session, token=_digest(token))
    if found is None:
        return None
    row, member = found
    if row.is_half or not _holds(row, now) or member.disabled_at:
        return None
    return Found(member, row.community_id or member.community_id, now - row.seen_at > SEEN_EVERY)


def _holds(row: StaffSession, now: datetime) -> bool:
    return now - row.seen_at <= IDLE and now - row.created_at <= LIVES


def is_fresh(session: Session, token: str, now: datetime) -> bool:
    """Tell whether somebody signed in just now."""
    row = session.get(StaffSession, _digest(token))
    return row is not None and now - row.created_at <= FRESH


def key_of(token: str) -> str:
    """Return what tells a session from others and opens nothing."""
    return _digest(token)[:KEY_LETTERS]


def of_person(session: Session, member: Staff, now: datetime) -> list[StaffSession]:
    """Return where a person is signed in, the one used last first."""
    own = col(StaffSession.staff_id).in_(_rows_of(session, member))
    found = session.exec(
        select(StaffSession).where(own, ~col(StaffSession.is_half)).order_by(col(StaffSession.seen_at).desc())
    ).all()
    return [row for row in found if _holds(row, now)]


def end_one(session: Session, member: Staff, key: str) -> bool:
    """Sign a person out in one place; False where it is none of theirs."""
    for row in session.exec(select(StaffSession).where(col(StaffSession.staff_id).in_(_rows_of(session, member)))).all():
        if row.token_hash[:KEY_LETTERS] == key:
            session.delete(row)
            return True
    return False


def _rows_of(session: Session, member: Staff) -> list[int | None]:
    with scope.everywhere(session):
        return list(session.exec(select(Staff.id).where(Staff.person == member.person)).all())


def look_at(session: Session, token: str, member: Staff, community_id: int) -> bool:
    """Let a signed-in person look at another community; False unless they work there, or for the city."""
    row = session.get(StaffSession, _digest(token))
    there = next((one for one in same_person(session, member) if one.community_id == community_id), None)
    if row is None or (there is None and member.role is not Role.CITY):
        return False
    row.staff_id, row.community_id = (there or member).id or 0, community_id
    session.add(row)
    return True


def touch(session: Session, token: str, now: datetime, address: str = "") -> None:
    """Write down that a session is in use, and from where."""
    row = session.get(StaffSession, _digest(token))
    if row is not None:
        row.seen_at, row.address = now, address[:60]
        session.add(row)


def end(session: Session, token: str) -> None:
    """Sign out."""
    session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == _digest(token)))


def end_all(session: Session, member: Staff, *, but: str = "") -> None:
    """Sign a person out everywhere, wherever they work, and close the sign-in links that are still open; `but` is a token that stays.

    For whatever makes who they are or may be another: a new password, another role, an account that is disabled.
    """
    session.flush()
    own = _rows_of(session, member)
    # Links first: a browser that is using one up is waited for, and its session is there to be ended.
    session.exec(delete(SignInLink).where(col(SignInLink.staff_id).in_(own)))
    # Then halves: one that is being completed is waited for, and the whole one that came of it is there to be ended.
    session.exec(delete(StaffSession).where(col(StaffSession.staff_id).in_(own), col(StaffSession.is_half)))
    others = col(StaffSession.token_hash) != _digest(but)
    session.exec(delete(StaffSession).where(col(StaffSession.staff_id).in_(own), others))


def prune(session: Session, now: datetime) -> None:
    """Forget sessions and links that are over."""
    idle, old = col(StaffSession.seen_at) < now - IDLE, col(StaffSession.created_at) < now - LIVES
    session.exec(delete(StaffSession).where(or_(idle, old)))
    session.exec(delete(SignInLink).where(col(SignInLink.expires_at) < now - LINKS_KEPT))


# ------------------------------------------------------------------ passwords


def hash_password(password: str, login: str = "") -> str:
    """Return the PHC string of a password; raises Refusal for one that is easily guessed (`passwords`)."""
    passwords.require(password, login)
    return _argon().derive_phc_encoded(password.encode())


def set_password(session: Session, member: Staff, kept: str, *, but: str = "") -> None:
    """Give a person another password, by its PHC string, and sign them out everywhere; `but` is a token that stays."""
    credentials.of(session, member.person).password = kept
    end_all(session, member, but=but)


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


def roles(session: Session) -> set[Role]:
    """Return the roles of those who may sign in, in whatever community."""
    return {Role(one) for one in session.exec(select(Staff.role).where(col(Staff.disabled_at).is_(None)).distinct())}


def first_of(session: Session, role: str) -> Staff | None:
    """Return the first account of a role that may sign in; None for a role that does not exist."""
    active = select(Staff).where(col(Staff.role) == role, col(Staff.disabled_at).is_(None))
    return session.exec(active.order_by(col(Staff.id))).first() if role in set(Role) else None
