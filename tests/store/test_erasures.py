"""Who leaves is forgotten in every community they were known in, and in what staff were told of them; on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from bot.keyring import Keyring
from bot.store import claims, effects, erasures, handoffs, limits, objections, outbox, people, scope, tasks
from bot.store.claims import Claim
from bot.store.communities import Community
from bot.store.conversations import Conversation, Line
from bot.store.database import Database
from bot.store.effects import Effect, EffectState
from bot.store.erasures import Erasure
from bot.store.followers import Follower
from bot.store.limits import Tally
from bot.store.objections import Objection
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Binding, Household, Resident
from bot.store.photos import Photo
from bot.store.staff import Staff
from bot.store.tasks import Task

HERE, THERE = 1, 2
LEFT = "oLeft"


@pytest.fixture
def both(database: Database, now: datetime) -> Database:
    """Two communities; somebody lived in the first and has moved to the second."""

    def settle(session: Session) -> None:
        session.info.clear()
        for name in ("和苑小区", "和苑东区"):
            session.add(Community(appid="wx1", name=name))
        session.flush()
        with scope.within(session, HERE):
            home = Household(building="3", unit="2", room="501")
            session.add(home)
            session.flush()
            resident = Resident(household_id=home.id or 0, name="赵新")
            people.bind(session, resident, LEFT, now)
            people.unbind(session, resident, now)
            session.add(Staff(login="chen", name="陈管家", openid="oStaff", created_at=now))

    database.submit(settle).result()
    return database


def at(database: Database, community: int, fn: Callable[[Session], Any]) -> Any:
    def run(session: Session) -> Any:
        with scope.within(session, community):
            return fn(session)

    return Database.submit(database, run).result()


def rows(database: Database, kind: Any) -> list[Any]:
    return Database.submit(database, lambda session: list(session.exec(select(kind)).all())).result()


def leave(database: Database, now: datetime) -> None:
    at(database, THERE, lambda session: erasures.ask(session, LEFT, now))
    at(database, THERE, lambda session: erasures.carry_out(session, session.get_one(Erasure, LEFT), now, "blank"))


def test_community_that_somebody_left_before_forgets_them_too(both: Database, now: datetime) -> None:
    def happen(session: Session) -> None:
        outbox.queue(session, LEFT, "您的报修办好了", now)
        tasks.open(session, now, kind="talk", need="task.view", title="赵新想找人", openid=LEFT, data={"text": "秘密"})

    at(both, HERE, happen)
    leave(both, now)

    [delivery], [task] = rows(both, Delivery), rows(both, Task)
    assert (delivery.state, delivery.openid, delivery.payload) == (DeliveryState.CANCELLED, None, {"text": ""})
    assert (task.openid, task.data) == (None, {})
    assert rows(both, Binding) == []


def test_who_leaves_twice_from_two_communities_is_asked_for_once(both: Database, now: datetime) -> None:
    at(both, HERE, lambda session: erasures.ask(session, LEFT, now))
    later = now + timedelta(minutes=1)
    at(both, THERE, lambda session: erasures.ask(session, LEFT, later))

    [asked] = rows(both, Erasure)
    assert (asked.community_id, asked.asked_at) == (THERE, later)


def test_what_staff_were_told_of_them_is_forgotten_and_nothing_else(both: Database, now: datetime) -> None:
    def happen(session: Session) -> None:
        task = tasks.open(session, now, kind="emergency.fire", need="task.view", title="火警：3栋2单元501", openid=LEFT)
        outbox.queue(session, "oStaff", "住户说：着火了，电话 139", now, url=f"https://x/p/duty/{task.public_id}/chen")
        outbox.queue(session, "oStaff", f"“{task.title}”李管家已接手，您不用再去。", now)
        outbox.queue(session, "oStaff", "别人的事", now)
        for delivery in session.exec(select(Delivery)).all():
            delivery.state = DeliveryState.SENT
            session.add(delivery)
        effects.queue(session, "duty.robot", "one", {"text": "火警：3栋2单元501"}, now, task.about)
        effects.queue(session, "duty.robot", "other", {"text": "别人的事"}, now, "task:other")
        for effect in session.exec(select(Effect)).all():
            effect.state = EffectState.DONE
            session.add(effect)

    at(both, HERE, happen)
    leave(both, now)

    assert sorted(row.payload["text"] for row in rows(both, Delivery)) == ["", "", "别人的事"]
    assert sorted(row.payload.get("text", "") for row in rows(both, Effect)) == ["", "别人的事"]


def test_words_and_topic_of_a_hand_off_go_and_nobody_is_asked_to_answer_it(both: Database, now: datetime) -> None:
    def happen(session: Session) -> None:
        for title in ("问费用：赵新", "约医生：赵新"):
            task = tasks.open(
                session, now, kind=handoffs.KIND, need="task.view", title=title, openid=LEFT, data={"text": "我是赵新", "topic": title}
            )  # fmt: skip
            session.add(Photo(openid=LEFT, media_id="m", taken_at=now, subject=task.about))
        tasks.close(session, task, now, "办好了：赵新的号约好了")

    at(both, HERE, happen)
    leave(both, now)

    found = rows(both, Task)
    assert [(task.openid, task.data, task.title, task.outcome) for task in found] == [
        (None, {}, erasures.ERASED, "居民已离开"), (None, {}, erasures.ERASED, "办好了"),
    ]  # fmt: skip
    assert rows(both, Photo) == []


def test_erasure_waits_for_a_message_that_is_being_sent_and_takes_its_words_then(both: Database, now: datetime) -> None:
    def send(session: Session, state: DeliveryState) -> None:
        for delivery in session.exec(select(Delivery)).all() or [outbox.queue(session, LEFT, "您的码是 482913", now)]:
            delivery.state = state
            session.add(delivery)

    at(both, HERE, lambda session: send(session, DeliveryState.SENDING))
    leave(both, now)
    assert [one.openid for one in rows(both, Erasure)] == [LEFT]

    at(both, HERE, lambda session: send(session, DeliveryState.SENT))
    at(both, THERE, lambda session: erasures.carry_out(session, session.get_one(Erasure, LEFT), now, "blank"))
    assert [(one.openid, one.payload) for one in rows(both, Delivery)] == [(None, {"text": ""})]
    assert rows(both, Erasure) == []


def test_what_an_account_said_of_its_flat_goes_too(both: Database, now: datetime) -> None:
    def happen(session: Session) -> None:
        flat = session.exec(select(Household)).one()
        for openid in (LEFT, "oOther"):
            claims.claim(session, openid, ("3", "2", "501"), flat, now)

    at(both, HERE, happen)
    leave(both, now)

    assert [one.openid for one in rows(both, Claim)] == ["oOther"]


def test_objections_and_counts_of_today_outlive_who_unfollows_without_naming_them(both: Database, now: datetime) -> None:
    def happen(session: Session) -> None:
        flat = session.exec(select(Household)).one()
        objections.object_to(session, LEFT, flat.key, now)
        for _ in range(2):
            limits.take(session, "code", LEFT, 2, now)

    for _ in range(2):  # who leaves, comes back, is not known once more and leaves again
        at(both, HERE, happen)
        leave(both, now)

    assert LEFT not in str([[one.model_dump() for one in rows(both, kind)] for kind in (Objection, Tally)])
    assert len(rows(both, Objection)) == 1

    def come_back(session: Session) -> tuple[bool, bool, bool]:
        flat = session.exec(select(Household)).one()
        found = objections.is_objected(session, LEFT, flat.key), limits.take(session, "code", LEFT, 2, now)
        objections.forgive(session, LEFT, flat.key)
        return *found, objections.is_objected(session, LEFT, flat.key)

    assert at(both, HERE, come_back) == (True, False, False)


def test_talk_of_who_still_follows_is_emptied_unless_it_was_begun_anew(both: Database, now: datetime) -> None:
    def happen(session: Session) -> None:
        session.add(Follower(openid=LEFT, followed_at=now))
        session.add(Conversation(openid=LEFT, standing={"unused": [["", "秘密"]]}, topic="秘密", updated_at=now))

    at(both, HERE, happen)
    leave(both, now)
    assert [(one.standing, one.topic) for one in rows(both, Conversation)] == [(None, "")]

    def anew(session: Session) -> None:
        for one in session.exec(select(Conversation)).all():
            one.topic, one.updated_at = "新的", now + timedelta(minutes=1)
            session.add(one)

    at(both, HERE, anew)
    leave(both, now)
    assert [one.topic for one in rows(both, Conversation)] == ["新的"]


def test_what_staff_were_told_is_looked_through_in_parts_each_a_transaction_that_ends(
    both: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "BATCH", 10)

    def happen(session: Session) -> None:
        session.add(Staff(login="li", name="李管家", openid="oStaff2", created_at=now))
        for number in range(3):
            task = tasks.open(session, now, kind="emergency.fire", need="task.view", title=f"火警：{number}号", openid=LEFT)
            for openid in ("oStaff", "oStaff2"):
                for other in range(8):
                    outbox.queue(session, openid, "别人的事", now)
                    session.add(Line(openid=openid, at=now, speaker="bot", text=f"别人的事 {other}"))
                outbox.queue(session, openid, f"“{task.title}”已接手", now)
                session.add(Line(openid=openid, at=now, speaker="bot", text=f"https://x/p/duty/{task.public_id}"))
        session.flush()
        session.execute(update(Delivery).values(state=DeliveryState.SENT))

    at(both, HERE, happen)
    leave(both, now)
    assert [one.cleared_at is not None for one in rows(both, Erasure)] == [True]
    parts = 0
    while both.submit(erasures.look_through).result():
        parts += 1

    assert parts > 3
    assert rows(both, Erasure) == []
    assert sorted({one.payload["text"] for one in rows(both, Delivery)}) == ["", "别人的事"]
    assert len([one for one in rows(both, Delivery) if one.payload["text"] == ""]) == 6
    assert [one.text for one in rows(both, Line) if "duty" in one.text] == []
    assert len(rows(both, Line)) == 48


def test_no_part_opens_more_than_a_batch_however_many_tasks_there_were(
    both: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "BATCH", 10)

    def happen(session: Session) -> None:
        for number in range(5):
            tasks.open(session, now, kind="talk", need="task.view", title=f"想找人 {number}", openid=LEFT)
        for number in range(200):
            session.add(Line(openid="oStaff", at=now, speaker="bot", text=f"别人的事 {number}"))

    at(both, HERE, happen)
    opened: list[object] = []
    open_sealed = Keyring.open

    def count(self: Keyring, sealed: str, place: str) -> str:
        if place == "line.text":
            opened.append(sealed)
        return open_sealed(self, sealed, place)

    monkeypatch.setattr(Keyring, "open", count)
    leave(both, now)
    most, going = len(opened), True
    while going:
        opened.clear()
        going = both.submit(erasures.look_through).result()
        most = max(most, len(opened))

    assert most == 10


def test_who_leaves_again_while_it_is_looked_through_is_forgotten_once_more(
    both: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "BATCH", 1)

    def happen(session: Session, title: str) -> None:
        task = tasks.open(session, now, kind="talk", need="task.view", title=title, openid=LEFT)
        for _ in range(3):
            session.add(Line(openid="oStaff", at=now, speaker="bot", text=f"https://x/p/duty/{task.public_id}"))

    at(both, HERE, lambda session: happen(session, "第一次"))
    leave(both, now)
    at(both, HERE, lambda session: happen(session, "第二次"))
    leave(both, now)
    while both.submit(erasures.look_through).result():
        pass

    assert rows(both, Line) == []
    assert rows(both, Erasure) == []
