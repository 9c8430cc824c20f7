"""What may still be sent: five in 48 hours after a message, three in a minute after a tap."""

from datetime import datetime, timedelta

from bot.wechat import quota
from bot.wechat.quota import Window


def test_nobody_who_never_spoke_can_be_sent_anything(now: datetime) -> None:
    assert quota.take(Window(), now) is None


def test_five_messages_follow_one_of_theirs(now: datetime) -> None:
    window: Window | None = quota.after_message(Window(), now)

    for _ in range(5):
        assert window is not None
        window = quota.take(window, now)

    assert window is not None
    assert quota.take(window, now) is None


def test_window_is_closed_at_48_hours_sharp(now: datetime) -> None:
    window = quota.after_message(Window(), now)

    assert quota.left(window, now + timedelta(hours=48) - timedelta(seconds=1)) == 5
    assert quota.left(window, now + timedelta(hours=48)) == 0


def test_tap_opens_a_minute_that_is_used_first_and_does_not_add_up(now: datetime) -> None:
    window = quota.after_tap(quota.after_message(Window(), now), now)

    used = quota.take(window, now)

    assert quota.left(window, now) == 5
    assert used is not None
    assert (used.tap_left, used.left) == (2, 5)
    assert quota.left(quota.after_tap(Window(), now), now + timedelta(minutes=1)) == 0


def test_speaking_again_opens_all_five_anew(now: datetime) -> None:
    spent = quota.take(quota.after_message(Window(), now), now)

    assert spent is not None
    assert quota.after_message(spent, now + timedelta(hours=1)).left == 5


def test_window_that_allows_more_says_when_it_closes(now: datetime) -> None:
    tapped = quota.after_tap(Window(), now)
    both = quota.after_message(tapped, now)

    assert quota.closes(Window(), now) is None
    assert quota.closes(tapped, now) == now + timedelta(minutes=1)
    assert quota.closes(both, now) == now + timedelta(hours=48)
    assert quota.closes(both, now + timedelta(hours=48)) is None
    assert quota.closes(Window(until=now + timedelta(hours=1), left=0), now) is None, "nothing is left to send"
