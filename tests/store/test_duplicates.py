"""Who may stand twice is suggested with the reason, the surest first, until staff say that they are two; on both databases."""

from datetime import datetime

import pytest
from sqlmodel import Session

from bot.store import duplicates, merging, people, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.people import Household, Resident


@pytest.fixture
def town(database: Database, now: datetime) -> Database:
    """Ten flats in which nobody lives."""

    def found(session: Session) -> None:
        session.add(Community(appid="wx1", name="和苑小区"))
        session.flush()
        scope.enter(session, 1)
        session.add_all(Household(building="3", room=str(number)) for number in range(101, 111))

    database.submit(found).result()
    return database


def settle(session: Session, flat: int, name: str, phone: str = "", openid: str = "") -> Resident:
    found = people.settle(session, session.get_one(Household, flat), name=name, phone=phone)
    if openid:
        people.bind(session, found, openid, datetime.fromisoformat("2026-03-11T10:00:00+08:00"))
        session.flush()
    return found


def told(session: Session, page: int = 1) -> list[tuple[str, str, str]]:
    return [(one.name, other.name, why) for one, other, why in duplicates.suggested(session, page).rows]


@pytest.mark.parametrize(
    ("flat", "name", "phone", "openid", "why"),
    [
        (1, "陈建国", "", "", "同一户，姓名相同"),
        (2, "陈建国", "138 0000 8000", "", "姓名和电话都相同"),
        (1, "陈建国", "13800008000", "", "姓名和电话都相同"),
        (1, "", "", "oNameless", "没有姓名"),
        (1, "陈健国", "", "", "只差一个字"),
        (1, "建国", "", "", "一部分"),
        (2, "王强", "138 0000 8000", "", "电话相同"),
    ],
)
def test_who_may_be_one_person_is_suggested_with_the_reason(
    town: Database, flat: int, name: str, phone: str, openid: str, why: str
) -> None:
    def act(session: Session) -> list[tuple[str, str, str]]:
        settle(session, 1, "陈建国", "13800008000")
        settle(session, flat, name, phone, openid)
        return told(session)

    [(first, second, said)] = town.submit(act).result()
    assert (first, second) == ("陈建国", name)
    assert why in said


@pytest.mark.parametrize(
    ("flat", "name", "openid"), [(1, "王强", ""), (2, "陈建国", ""), (1, "", ""), (1, "陈建国", "oOther"), (2, "陈健国", "")]
)
def test_neighbours_and_people_with_accounts_of_their_own_are_not_suggested(
    town: Database, flat: int, name: str, openid: str
) -> None:
    def act(session: Session) -> list[tuple[str, str, str]]:
        settle(session, 1, "陈建国", "13800008000", "oChen")
        settle(session, flat, name, openid=openid)
        return told(session)

    assert town.submit(act).result() == []


def test_a_true_double_stands_before_fathers_and_sons_however_many_there_are(town: Database) -> None:
    def act(session: Session) -> None:
        settle(session, 1, "李梅")
        settle(session, 1, "李梅")
        settle(session, 2, "赵敏", "13900001111")
        settle(session, 3, "赵敏", "13900001111")
        for number in range(200, 240):
            flat = Household(building="9", room=str(number))
            session.add(flat)
            session.flush()
            settle(session, flat.key, "张伟")
            settle(session, flat.key, "张伟民")

        first = duplicates.suggested(session)
        assert told(session)[:3] == [
            ("赵敏", "赵敏", "姓名和电话都相同"), ("李梅", "李梅", "同一户，姓名相同"), ("张伟", "张伟民", "同一户，一个姓名是另一个的一部分"),
        ]  # fmt: skip
        assert (first.total, first.pages, len(first.rows)) == (42, 5, duplicates.PAGE)
        pairs = [(one.id, other.id) for page in range(1, 6) for one, other, _ in duplicates.suggested(session, page).rows]
        assert len(set(pairs)) == 42
        assert len(duplicates.suggested(session, 99).rows) == 2

    town.submit(act).result()


def test_an_offices_number_and_a_hostel_make_nobody_a_pair_but_namesakes(town: Database) -> None:
    def act(session: Session) -> None:
        for number, name in enumerate("赵钱孙李周吴郑王"):
            settle(session, 1, f"{name}小明", "0571-88880000", f"o{number}" if number else "")
        settle(session, 2, "赵小明", "0571-88880000")

        assert told(session) == [("赵小明", "赵小明", "姓名和电话都相同")]

    town.submit(act).result()


def test_who_was_told_apart_is_suggested_no_more_until_that_is_taken_back(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        one, other = settle(session, 1, "张伟"), settle(session, 1, "张伟民")
        said = duplicates.dismiss(session, other, one, now)

        assert told(session) == []
        assert duplicates.dismiss(session, one, other, now).id == said.id
        assert [(row.id, first.name, second.name) for row, first, second in duplicates.dismissed(session)] == [
            (said.id, "张伟", "张伟民")
        ]
        duplicates.take_back(session, said)
        assert [pair[:2] for pair in told(session)] == [("张伟", "张伟民")]
        assert duplicates.dismissed(session) == []

    town.submit(act).result()


def test_what_was_said_of_somebody_holds_of_who_they_became_and_comes_back_when_they_are_parted(
    town: Database, now: datetime
) -> None:
    def act(session: Session) -> None:
        father, son, double = settle(session, 1, "张伟"), settle(session, 1, "张伟民"), settle(session, 1, "张伟")
        duplicates.dismiss(session, father, son, now)
        assert [pair[:2] for pair in told(session)] == [("张伟", "张伟"), ("张伟民", "张伟")]
        merger = merging.merge(session, double, father, now)
        assert told(session) == []
        merging.part(session, merger, now)
        assert [pair[:2] for pair in told(session)] == [("张伟", "张伟"), ("张伟民", "张伟")]

    town.submit(act).result()
