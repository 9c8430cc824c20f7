"""Who follows the account, and what may still be sent to them."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from bot.model import Allowance, Follower
from bot.wechat import quota


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
