"""Followers: who is there, and what may still be sent."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.model import Community, Follower
from bot.store import followers
from bot.store.database import Database
from bot.wechat import quota

OPENID = "oFollower"


@pytest.fixture
def follower(now: datetime) -> Follower:
    """Somebody who has followed a week ago and been silent since."""
    return Follower(openid=OPENID, community_id=1, followed_at=now - timedelta(days=7))


async def test_a_follower_is_met_once(database: Database) -> None:
    def meet_twice(session: Session) -> bool:
        session.add(Community(appid="wx", name="和苑小区"))
        session.flush()
        return followers.meet(session, OPENID, 1) is followers.meet(session, OPENID, 1)

    assert await database.write(meet_twice)


async def test_the_window_is_kept_as_it_was_written(database: Database, now: datetime) -> None:
    def speak(session: Session) -> None:
        session.add(Community(appid="wx", name="和苑小区"))
        session.flush()
        followers.heard(followers.meet(session, OPENID, 1), now)

    await database.write(speak)

    kept = await database.read(lambda session: followers.window(session.get_one(Follower, OPENID)))
    assert kept == quota.after_message(quota.Window(), now)


def test_a_message_opens_five_for_48_hours(follower: Follower, now: datetime) -> None:
    followers.heard(follower, now)

    assert quota.left(followers.window(follower), now + timedelta(hours=47, minutes=59)) == 5
    assert quota.left(followers.window(follower), now + timedelta(hours=48)) == 0


def test_a_tap_opens_three_for_a_minute_and_leaves_the_long_window_alone(follower: Follower, now: datetime) -> None:
    followers.heard(follower, now)
    used = quota.take(followers.window(follower), now)
    assert used is not None
    followers.set_window(follower, used)
    followers.tapped(follower, now)

    assert (follower.tap_left, follower.window_left) == (3, 4)


def test_whoever_speaks_follows(now: datetime) -> None:
    stranger = Follower(openid=OPENID, community_id=1)
    followers.heard(stranger, now)

    assert stranger.followed_at == now


def test_who_speaks_again_keeps_the_day_they_came(follower: Follower, now: datetime) -> None:
    came = follower.followed_at
    followers.heard(follower, now)

    assert follower.followed_at == came


def test_nothing_may_be_sent_to_whoever_has_left(follower: Follower, now: datetime) -> None:
    followers.heard(follower, now)
    followers.tapped(follower, now)
    followers.left(follower, now)

    assert follower.left_at == now
    assert quota.take(followers.window(follower), now) is None


def test_whoever_comes_back_is_a_follower_again(follower: Follower, now: datetime) -> None:
    followers.left(follower, now)
    followers.followed(follower, now + timedelta(days=1))

    assert (follower.left_at, follower.followed_at) == (None, now + timedelta(days=1))
    assert quota.left(followers.window(follower), now + timedelta(days=1)) == 3
