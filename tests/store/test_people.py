"""A person is one row, however many flats are theirs and however often they come and go."""

from datetime import date, datetime

import pytest
from sqlalchemy import update
from sqlmodel import Session

from bot.store import invitations, limits, people, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.people import Household, Residence, Resident, ResidentRole

OPENID = "oMei"


@pytest.fixture
def town(database: Database) -> Database:
    """A community of two flats."""

    def found(session: Session) -> None:
        community = Community(appid="wx1", name="和苑小区")
        session.add(community)
        session.flush()
        with scope.within(session, community.key):
            session.add_all([Household(building="3", unit="2", room="501"), Household(building="5", unit="1", room="302")])

    database.submit(found).result()
    return database


def flats(session: Session) -> tuple[Household, Household]:
    scope.enter(session, 1)
    return session.get_one(Household, 1), session.get_one(Household, 2)


def test_a_person_with_two_flats_is_one_person_who_is_asked_which_one_is_meant(town: Database, now: datetime) -> None:
    def live(session: Session) -> None:
        own, parents = flats(session)
        mei = people.settle(session, own, name="李梅", role=ResidentRole.OWNER)
        assert not mei.asks_flat

        people.move_in(session, mei, parents, ResidentRole.FAMILY)
        assert mei.asks_flat
        assert people.of_household(session, own) == people.of_household(session, parents) == [mei]

        people.speak_for(session, mei, parents)
        assert [flat.label for flat in people.homes(session, mei)] == ["5栋1单元302", "3栋2单元501"]
        assert not mei.asks_flat

    town.submit(live).result()


def test_who_moves_out_of_one_flat_speaks_for_the_other(town: Database, now: datetime) -> None:
    def live(session: Session) -> None:
        own, parents = flats(session)
        mei = people.settle(session, own, name="李梅")
        people.move_in(session, mei, parents, ResidentRole.FAMILY)

        assert not people.move_out(session, mei, own, date(2026, 3, 11))
        assert [flat.label for flat in people.homes(session, mei)] == ["5栋1单元302"]
        assert not mei.asks_flat
        assert people.of_household(session, own) == []

        assert people.move_out(session, mei, parents, date(2026, 3, 12))
        assert people.homes(session, mei) == []
        assert [(one.moved_out, flat.room) for one, flat in people.residences_of(session, mei)] == [
            (date(2026, 3, 11), "501"), (date(2026, 3, 12), "302"),
        ]  # fmt: skip

    town.submit(live).result()


def test_who_comes_back_is_the_same_person_with_the_same_row(town: Database, now: datetime) -> None:
    def live(session: Session) -> None:
        own, _ = flats(session)
        mei = people.settle(session, own, name="李梅", role=ResidentRole.TENANT)
        people.move_out(session, mei, own, date(2026, 3, 11))

        people.move_in(session, mei, own, ResidentRole.OWNER, on=date(2026, 4, 1))

        [(lives, _)] = people.residences_of(session, mei)
        assert (lives.role, lives.moved_in, lives.moved_out) == (ResidentRole.OWNER, date(2026, 4, 1), None)

    town.submit(live).result()


def test_binding_again_leaves_no_second_person(town: Database, now: datetime) -> None:
    def live(session: Session) -> None:
        own, _ = flats(session)
        mei = people.settle(session, own, name="李梅")
        people.bind(session, mei, OPENID, now)
        people.unbind(session, mei, now)
        session.flush()
        people.bind(session, mei, OPENID, now)
        session.flush()

        assert people.bound(session, OPENID) == mei
        assert people.ever_bound(session, OPENID) == [mei]
        assert people.of_household(session, own) == [mei]

    town.submit(live).result()


def test_who_was_merged_is_found_as_the_person_they_are(town: Database, now: datetime) -> None:
    def live(session: Session) -> None:
        own, _ = flats(session)
        mei, twice = people.settle(session, own, name="李梅"), people.settle(session, own, name="小梅")
        twice.merged_into_id = mei.id
        session.flush()

        assert people.by_public_id(session, twice.public_id) == mei

    town.submit(live).result()


def test_of_so_many_tries_a_day_the_next_is_refused_and_tomorrow_counts_anew(town: Database, now: datetime) -> None:
    def attempt(session: Session, at: datetime, key: str = OPENID) -> bool:
        scope.enter(session, 1)
        return limits.take(session, "bind", key, 2, at)

    tomorrow = now.replace(day=12)
    assert [town.submit(attempt, now).result() for _ in range(4)] == [True, True, False, False]
    assert town.submit(attempt, now, "oOther").result()
    assert town.submit(attempt, tomorrow).result()


def test_a_renewed_paper_opens_and_the_old_one_does_not(town: Database, now: datetime) -> None:
    def paper(session: Session) -> None:
        own, _ = flats(session)
        old = invitations.paper_of(session, own, now)
        assert invitations.paper_of(session, own, now) == old

        new = invitations.paper_of(session, own, now, renew=True)

        assert not old.is_open(now)
        assert new.is_open(now)
        assert new.code != old.code
        assert invitations.find(session, new.code.lower()) == new

    town.submit(paper).result()


def test_an_invitation_ends_with_its_hour(town: Database, now: datetime) -> None:
    def invite(session: Session) -> None:
        own, _ = flats(session)
        mei: Resident = people.settle(session, own, name="李梅")
        made = invitations.invite(session, mei, own, "我妈", now, now.replace(hour=12))

        assert made.is_open(now)
        assert not made.is_open(now.replace(hour=12))
        again = invitations.invite(session, mei, own, "我妈", now, now.replace(hour=12))
        session.refresh(made)
        assert not made.is_open(now)
        assert again.is_open(now)

    town.submit(invite).result()


@pytest.mark.parametrize("how", ["flush", "statement", "another scope"])
def test_whether_somebody_is_at_home_is_asked_anew_once_it_has_changed(town: Database, now: datetime, how: str) -> None:
    def change(session: Session) -> list[bool]:
        own, _ = flats(session)
        mei = people.settle(session, own, name="李梅")
        people.bind(session, mei, OPENID, now)
        session.flush()
        told = [people.has_home(session, OPENID)]
        if how == "flush":
            people.let_go(session, mei, own, now)
            session.flush()
        elif how == "statement":
            session.execute(update(Residence).values(let_go_at=now))
        else:
            with scope.within(session, 1):
                session.execute(update(Residence).values(let_go_at=now))
        told.append(people.has_home(session, OPENID))
        try:
            with session.begin_nested():
                session.execute(update(Residence).values(let_go_at=None))
                told.append(people.has_home(session, OPENID))
                raise KeyError
        except KeyError:
            return [*told, people.has_home(session, OPENID)]

    assert town.submit(change).result() == [True, False, True, False]
