"""Effects in the database: asked for once, claimed by one, run again when somebody wants it; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.store import effects, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.effects import Effect, EffectState


def queue(database: Database, now: datetime, key: str, kind: str = "robot.send") -> bool:
    return database.submit(effects.queue, kind, key, {"text": "停水"}, now).result()


def claim(database: Database, now: datetime, kind: str = "robot.send") -> list[effects.Claim]:
    return Database.submit(database, effects.claim, kind, now, 10).result()


def test_same_act_is_queued_once_however_often_it_is_asked_for(database: Database, community: Community, now: datetime) -> None:
    asked = [
        queue(database, now, "k1"),
        queue(database, now, "k1"),
        queue(database, now, "k2"),
        queue(database, now, "k1", "door.open"),
    ]

    assert asked == [True, False, True, True]
    assert [found.key for found in claim(database, now)] == ["k1", "k2"]


def test_two_communities_may_have_an_act_of_the_same_key(database: Database, community: Community, now: datetime) -> None:
    database.submit(lambda session: session.add(Community(appid="wx1", name="和苑东区"))).result()

    def there(session: Session) -> bool:
        scope.enter(session, 2)
        return effects.queue(session, "robot.send", "k1", {}, now)

    assert queue(database, now, "k1")
    assert Database.submit(database, there).result()
    assert [found.community_id for found in claim(database, now)] == [1, 2]


def test_no_more_acts_are_claimed_than_were_asked_for(database: Database, community: Community, now: datetime) -> None:
    def ask(session: Session) -> None:
        for number in range(300):
            effects.queue(session, "robot.send", f"k{number:03}", {"text": "停水"}, now)

    database.submit(ask).result()

    assert [found.key for found in claim(database, now)] == [f"k{number:03}" for number in range(10)]


def test_claimed_act_is_left_alone_until_its_lease_ends_and_counts_each_try(
    database: Database, community: Community, now: datetime
) -> None:
    queue(database, now, "k1")

    [first] = claim(database, now)
    meanwhile = claim(database, now + effects.LEASE - timedelta(seconds=1))
    [again] = claim(database, now + effects.LEASE)

    assert (first.attempts, meanwhile, again.attempts) == (1, [], 2)
    late = database.submit(effects.settle, first, EffectState.DONE, now + effects.LEASE).result()
    assert not late, "the first came back too late: it is another worker's now"
    assert database.submit(effects.settle, again, EffectState.DONE, now + effects.LEASE).result()
    assert claim(database, now + timedelta(days=1)) == []


def test_what_was_given_up_is_listed_and_run_again_from_the_beginning(
    database: Database, community: Community, now: datetime
) -> None:
    queue(database, now, "k1")
    [tried] = claim(database, now)
    database.submit(effects.settle, tried, EffectState.DEAD, now, reason="404").result()

    def run_again(session: Session) -> str:
        [dead] = effects.dead_of(session, "robot.send")
        reason = dead.reason
        effects.run_again(session, dead, now)
        return reason

    assert claim(database, now + timedelta(days=1)) == []
    assert database.submit(run_again).result() == "404"
    assert [found.attempts for found in claim(database, now)] == [1]


@pytest.mark.parametrize(("state", "left"), [(EffectState.DONE, 0), (EffectState.DEAD, 1)])
def test_only_what_was_done_is_forgotten_with_time(
    database: Database, community: Community, now: datetime, state: EffectState, left: int
) -> None:
    queue(database, now, "k1")
    [tried] = claim(database, now)
    database.submit(effects.settle, tried, state, now).result()

    database.submit(effects.prune, now + timedelta(days=30)).result()

    assert len(database.submit(lambda session: session.exec(select(Effect)).all()).result()) == left
