"""What may still be sent to one follower as customer-service messages.

5 within 48 hours of a message, 3 within a minute of a click, follow or scan; the two do not add up.
Source: developers.weixin.qq.com/doc/service/guide/product/kf/intro.html (rule of June 2023).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: After each message of theirs.
MESSAGE_WINDOW, MESSAGE_COUNT = timedelta(hours=48), 5

#: After each click, follow or scan.
TAP_WINDOW, TAP_COUNT = timedelta(minutes=1), 3


@dataclass(frozen=True, kw_only=True)
class Window:
    """Both allowances of one follower; each is open until its end, not at it."""

    until: datetime | None = None
    left: int = 0
    tap_until: datetime | None = None
    tap_left: int = 0


def after_message(window: Window, now: datetime) -> Window:
    """Return the window after the follower has said something."""
    return replace(window, until=now + MESSAGE_WINDOW, left=MESSAGE_COUNT)


def after_tap(window: Window, now: datetime) -> Window:
    """Return the window after the follower has clicked, followed or scanned."""
    return replace(window, tap_until=now + TAP_WINDOW, tap_left=TAP_COUNT)


def left(window: Window, now: datetime) -> int:
    """Return how many messages may be sent now."""
    return max(_open(window.until, window.left, now), _open(window.tap_until, window.tap_left, now))


def closes(window: Window, now: datetime) -> datetime | None:
    """Return when nothing may be sent any more; None where that is already so. Of two open allowances the larger one counts, as in `left`."""
    said, tapped = _open(window.until, window.left, now), _open(window.tap_until, window.tap_left, now)
    return None if not (said or tapped) else window.until if said >= tapped else window.tap_until


def take(window: Window, now: datetime) -> Window | None:
    """Return the window after one message more, or None when it is closed. The one that ends first is used first."""
    if _open(window.tap_until, window.tap_left, now):
        return replace(window, tap_left=window.tap_left - 1)
    if _open(window.until, window.left, now):
        return replace(window, left=window.left - 1)
    return None


def _open(until: datetime | None, count: int, now: datetime) -> int:
    return count if until is not None and now < until else 0
