"""What people are told when a roster file ends their binding: every one of them, by day, and some a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from bot.contract import Work, rosterimport
from bot.contract.rosterimport import Entry
from bot.store import objections, outbox, people
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from tests.integrations.conftest import CHEN

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

#: More than go out in one minute.
MANY = outbox.IN_A_MINUTE + 5


def many_bound(town: Town) -> None:
    """Let many people with an account live in flats that the next file leaves out."""

    def write(session: Session) -> None:
        for number in range(MANY):
            flat = Household(building="9", unit="1", room=str(1000 + number))
            session.add(flat)
            session.flush()
            people.bind(session, people.settle(session, flat, name=f"住户{number}"), f"oMany{number:03}", town.now)

    town.database.submit(write).result()


def imports(town: Town, *entries: Entry, whole: bool = True) -> None:
    def run(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        rosterimport.take_over(work, entries, file_name="a.csv", whole=whole)

    town.database.submit(run).result()


def due(town: Town) -> list[Delivery]:
    return [one for one in town.all(Delivery) if one.openid.startswith("oMany")]


def undo(town: Town) -> None:
    def run(session: Session) -> None:
        [done] = rosterimport.listed(session)
        rosterimport.undo(Work(session=session, now=town.now, context=town.context), done)

    town.database.submit(run).result()


STAY = Entry(line=2, flat=("3", "2", "501"), name="陈建国")


def test_many_who_are_let_go_are_each_told_and_not_all_in_one_minute(town: Town) -> None:
    many_bound(town)

    imports(town, STAY)

    told = due(town)
    assert len({one.openid for one in told}) == len(told) == MANY
    assert [one.due_at for one in town.all(Delivery)].count(town.now) == outbox.IN_A_MINUTE
    assert max(one.due_at for one in told) == town.now + timedelta(minutes=1)


def test_whoever_is_let_go_at_night_is_told_in_the_morning(town: Town) -> None:
    many_bound(town)
    town.now = town.now.replace(hour=23)

    imports(town, STAY)

    assert min(one.due_at for one in due(town)) == town.now.replace(hour=8) + timedelta(days=1)


def test_taking_the_import_back_is_told_behind_it(town: Town) -> None:
    many_bound(town)
    imports(town, STAY)
    undo(town)

    for openid in ("oMany000", f"oMany{MANY - 1:03}"):
        first, second = (one for one in due(town) if one.openid == openid)
        assert "解除了" in first.payload["text"]
        assert "重新绑上了" in second.payload["text"]
        assert first.due_at < second.due_at


def test_whose_account_the_new_flat_does_not_know_is_told_and_the_new_flat_not_named(town: Town) -> None:
    def objects(session: Session) -> None:
        flat = Household(building="9", unit="1", room="901")
        session.add(flat)
        session.flush()
        objections.object_to(session, CHEN, flat.key, town.now)
        chen = people.bound(session, CHEN)
        assert chen is not None
        chen.phone = "13800008001"
        session.add(chen)

    town.database.submit(objects).result()

    imports(town, Entry(line=3, flat=("9", "1", "901"), name="陈建国", phone="13800008001"), whole=False)

    def account(session: Session) -> str | None:
        return session.exec(select(Resident.openid).where(Resident.name == "陈建国")).first()

    assert town.database.submit(account).result() is None
    [told] = town.told(CHEN)
    assert "3栋2单元501" in told
    assert "停掉了" in told
    assert "901" not in told
