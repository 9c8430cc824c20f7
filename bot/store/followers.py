"""Who follows the account, and what may still be sent to them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, case, delete, or_, update
from sqlmodel import Field, Session, SQLModel, col

from bot.model import maybe_moment, moment
from bot.store.prepared import Prepared, writing
from bot.store.scope import Scoped
from bot.wechat import quota


class Follower(Scoped, table=True):
    """An openid that has met the account, and what WeChat still lets us send to it."""

    openid: str = Field(primary_key=True)
    is_placed: bool = False  # their flat, a code they scanned or their own word says that they belong to this community
    followed_at: datetime | None = maybe_moment()
    left_at: datetime | None = maybe_moment()
    window_until: datetime | None = maybe_moment()  # 48 hours after the last message
    window_left: int = 0
    tap_until: datetime | None = maybe_moment()  # 1 minute after a click, scan or follow
    tap_left: int = 0
    told_at: datetime | None = maybe_moment()  # the last everyday notice went to them


class Allowance(SQLModel, table=True):
    """What a resident allows by subscription: so many notices of one template."""

    openid: str = Field(primary_key=True)
    template_id: str = Field(primary_key=True)
    left: int = 0
    changed_at: datetime = moment()


_FOLLOWER = SQLModel.metadata.tables["follower"]
_MINE = _FOLLOWER.c.openid == bindparam("sought")
_WINDOW, _TAP = ("window_until", "window_left"), ("tap_until", "tap_left")

#: Whoever was not here has come now; whoever was keeps the day they came.
_CAME = case(
    (or_(_FOLLOWER.c.followed_at.is_(None), _FOLLOWER.c.left_at.is_not(None)), bindparam("now", type_=_FOLLOWER.c.left_at.type)),
    else_=_FOLLOWER.c.followed_at,
)
_HEARD = Prepared(update(_FOLLOWER).where(_MINE).values(followed_at=_CAME), "left_at", *_WINDOW)
_TAPPED = Prepared(update(_FOLLOWER).where(_MINE), *_TAP)
_FOLLOWED = Prepared(update(_FOLLOWER).where(_MINE), "followed_at", "left_at", *_TAP)
_LEFT = Prepared(update(_FOLLOWER).where(_MINE), "left_at", *_WINDOW, *_TAP)
_SPENT = Prepared(update(_FOLLOWER).where(_MINE), "window_left", "tap_left")
_MEET = writing(_FOLLOWER)


def heard(session: Session, openid: str, community_id: int, now: datetime) -> None:
    """The follower said something: 48 hours open, and whoever speaks follows."""
    opened = quota.after_message(quota.Window(), now)
    values = {"now": now, "left_at": None, "window_until": opened.until, "window_left": opened.left}
    _change(session, _HEARD, openid, community_id, values)


def tapped(session: Session, openid: str, community_id: int, now: datetime) -> None:
    """The follower clicked, scanned or has just followed: one minute opens."""
    _change(session, _TAPPED, openid, community_id, _tap(now))


def followed(session: Session, openid: str, community_id: int, now: datetime) -> None:
    """The follower is here, perhaps again."""
    _change(session, _FOLLOWED, openid, community_id, {"followed_at": now, "left_at": None, **_tap(now)})


def left(session: Session, openid: str, community_id: int, now: datetime) -> None:
    """The follower is gone: nothing may be sent any more."""
    closed = {"window_until": None, "window_left": 0, "tap_until": None, "tap_left": 0}
    _change(session, _LEFT, openid, community_id, {"left_at": now, **closed})


def _tap(now: datetime) -> Mapping[str, object]:
    opened = quota.after_tap(quota.Window(), now)
    return {"tap_until": opened.tap_until, "tap_left": opened.tap_left}


def _change(session: Session, change: Prepared, openid: str, community_id: int, values: Mapping[str, object]) -> None:
    """Change the follower's row; who was never met before gets one."""
    if change.run(session, sought=openid, **values):
        return
    unknown = {name: None for name in _FOLLOWER.c.keys()}
    _MEET.run(
        session,
        **{**unknown, "openid": openid, "community_id": community_id, "is_placed": False, "window_left": 0, "tap_left": 0},
    )
    change.run(session, sought=openid, **values)


def window(follower: Follower) -> quota.Window:
    """Return what WeChat still allows."""
    return quota.Window(
        until=follower.window_until, left=follower.window_left, tap_until=follower.tap_until, tap_left=follower.tap_left
    )


def spend(session: Session, windows: Mapping[str, quota.Window]) -> None:
    """Write down what is left to each openid; until when it lasts somebody may just have changed."""
    _SPENT.run_all(
        session,
        [{"sought": openid, "window_left": left.left, "tap_left": left.tap_left} for openid, left in sorted(windows.items())],
    )


def set_window(follower: Follower, window: quota.Window) -> None:
    """Write the allowance back."""
    follower.window_until, follower.window_left = window.until, window.left
    follower.tap_until, follower.tap_left = window.tap_until, window.tap_left


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
