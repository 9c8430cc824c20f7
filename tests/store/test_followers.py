"""Followers: who is there, and what may still be sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.store import followers
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.followers import Follower
from bot.wechat import quota

OPENID = "oFollower"
Verb = Callable[[Session, str, int, datetime], None]


@pytest.fixture
def town(database: Database) -> Database:
    """One community, number 1."""
    database.submit(lambda session: session.add(Community(appid="wx", name="和苑小区"))).result()
    return database


def after(town: Database, *happened: tuple[Verb, datetime]) -> Follower:
    """Return the follower's row after this has happened."""

    def happen(session: Session) -> Follower:
        for verb, at in happened:
            verb(session, OPENID, 1, at)
        return session.exec(select(Follower)).one()

    return town.submit(happen).result()


def test_whoever_speaks_first_is_met_and_follows(town: Database, now: datetime) -> None:
    met = after(town, (followers.heard, now), (followers.heard, now))

    assert (met.openid, met.community_id, met.followed_at) == (OPENID, 1, now)
    assert followers.window(met) == quota.after_message(quota.Window(), now)


def test_a_message_opens_five_for_48_hours(town: Database, now: datetime) -> None:
    window = followers.window(after(town, (followers.heard, now)))

    assert quota.left(window, now + timedelta(hours=47, minutes=59)) == 5
    assert quota.left(window, now + timedelta(hours=48)) == 0


def test_a_tap_opens_three_for_a_minute_and_leaves_the_long_window_alone(town: Database, now: datetime) -> None:
    def use_one(session: Session, openid: str, community_id: int, at: datetime) -> None:
        follower = session.get_one(Follower, openid)
        used = quota.take(followers.window(follower), at)
        assert used is not None
        followers.set_window(follower, used)
        session.flush()
        session.expire(follower)

    tapped = after(town, (followers.heard, now), (use_one, now), (followers.tapped, now))

    assert (tapped.tap_left, tapped.window_left) == (3, 4)


def test_a_tap_of_somebody_unknown_makes_no_follower_of_them(town: Database, now: datetime) -> None:
    tapped = after(town, (followers.tapped, now))

    assert (tapped.followed_at, tapped.tap_left) == (None, 3)


def test_who_speaks_again_keeps_the_day_they_came(town: Database, now: datetime) -> None:
    came = now - timedelta(days=7)

    assert after(town, (followers.followed, came), (followers.heard, now)).followed_at == came


def test_nothing_may_be_sent_to_whoever_has_left(town: Database, now: datetime) -> None:
    gone = after(town, (followers.heard, now), (followers.tapped, now), (followers.left, now))

    assert gone.left_at == now
    assert quota.take(followers.window(gone), now) is None


@pytest.mark.parametrize("verb", [followers.followed, followers.heard])
def test_whoever_comes_back_is_a_follower_again(town: Database, now: datetime, verb: Verb) -> None:
    tomorrow = now + timedelta(days=1)
    back = after(town, (followers.followed, now), (followers.left, now), (verb, tomorrow))

    assert (back.left_at, back.followed_at) == (None, tomorrow)
    assert quota.left(followers.window(back), tomorrow) >= 3
