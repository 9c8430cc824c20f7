"""Who follows the account, and what may still be sent to them."""

from datetime import datetime

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, SQLModel, col, select

from bot.model import Allowance, Follower, Resident
from bot.wechat import quota

_FOLLOWER = SQLModel.metadata.tables["follower"]
_WITH_HOME = (
    select(Follower, Resident)
    .outerjoin(Resident, col(Resident.openid) == col(Follower.openid))
    .where(col(Follower.openid) == bindparam("sought"))
)
_KEEP = update(_FOLLOWER).where(_FOLLOWER.c.openid == bindparam("sought"))

#: What a turn may change.
_CHANGES = ("followed_at", "left_at", "window_until", "window_left", "tap_until", "tap_left")


def meet_at_home(session: Session, openid: str, community_id: int) -> tuple[Follower, Resident | None]:
    """Return the follower's row, made at their first message, and the resident who is bound to the openid.

    The session does not watch the follower: `keep` writes it back, in one prebuilt statement.
    """
    found = session.execute(_WITH_HOME, {"sought": openid}).first()
    if found is None:
        meet(session, openid, community_id)
        session.flush()
        return meet_at_home(session, openid, community_id)
    follower, resident = found
    session.expunge(follower)
    return follower, resident


def keep(session: Session, follower: Follower) -> None:
    """Write back a follower whom `meet_at_home` gave."""
    values = {name: getattr(follower, name) for name in _CHANGES}
    session.connection().execute(_KEEP, {"sought": follower.openid, **values})


def meet(session: Session, openid: str, community_id: int) -> Follower:
    """Return the follower's row, made at their first message."""
    follower = session.get(Follower, openid)
    if follower is None:
        follower = Follower(openid=openid, community_id=community_id)
        session.add(follower)
    return follower


def window(follower: Follower) -> quota.Window:
    """Return what WeChat still allows."""
    return quota.Window(
        until=follower.window_until, left=follower.window_left, tap_until=follower.tap_until, tap_left=follower.tap_left
    )


def set_window(follower: Follower, window: quota.Window) -> None:
    """Write the allowance back."""
    follower.window_until, follower.window_left = window.until, window.left
    follower.tap_until, follower.tap_left = window.tap_until, window.tap_left


def heard(follower: Follower, now: datetime) -> None:
    """The follower said something: 48 hours open, and whoever speaks follows."""
    set_window(follower, quota.after_message(window(follower), now))
    if follower.followed_at is None or follower.left_at is not None:
        follower.followed_at, follower.left_at = now, None


def tapped(follower: Follower, now: datetime) -> None:
    """The follower clicked, scanned or has just followed: one minute opens."""
    set_window(follower, quota.after_tap(window(follower), now))


def followed(follower: Follower, now: datetime) -> None:
    """The follower is here, perhaps again."""
    follower.followed_at, follower.left_at = now, None
    tapped(follower, now)


def left(follower: Follower, now: datetime) -> None:
    """The follower is gone: nothing may be sent any more."""
    follower.left_at = now
    set_window(follower, quota.Window())


# ------------------------------------------------------------------ what they allow by subscription


def allow(session: Session, openid: str, template_id: str, allowed: bool, now: datetime) -> None:
    """Note that one notice more of a template may be sent, or none any more."""
    allowance = session.get(Allowance, (openid, template_id), with_for_update=True)
    if allowance is None:
        allowance = Allowance(openid=openid, template_id=template_id, changed_at=now)
    allowance.left = allowance.left + 1 if allowed else 0
    allowance.changed_at = now
    session.add(allowance)


def use_allowance(session: Session, openid: str, template_id: str, now: datetime) -> bool:
    """Take one of the notices a resident allowed; tells whether there was one."""
    allowance = session.get(Allowance, (openid, template_id), with_for_update=True)
    if allowance is None or allowance.left < 1:
        return False
    allowance.left, allowance.changed_at = allowance.left - 1, now
    return True


def forget_allowances(session: Session, openid: str) -> None:
    """WeChat says that nothing is allowed any more."""
    session.execute(delete(Allowance).where(col(Allowance.openid) == openid))
