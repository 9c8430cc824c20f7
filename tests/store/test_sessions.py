"""Signing in: a link opens one session, and a person looks only at communities where they work; on both databases."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot import totp
from bot.errors import Refusal
from bot.keys import Keys
from bot.store import credentials, sessions
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.sessions import StaffSession
from bot.store.staff import Role, Staff

HERE, THERE, ELSEWHERE = 1, 2, 3


@pytest.fixture
def city(database: Database, now: datetime) -> Database:
    """Three communities: Wang works in two of them, a namesake in the third, and somebody for the city."""

    def settle(session: Session) -> None:
        session.info.clear()
        session.add_all([Community(appid="wx1", name=name) for name in ("和苑小区", "和苑东区", "和苑西区")])
        session.flush()
        for community, login, person, role in (
            (HERE, "wang", "P1", Role.STAFF), (THERE, "wang", "P1", Role.MANAGER), (ELSEWHERE, "wang", "P2", Role.ADMIN),
            (HERE, "mayor", "P3", Role.CITY),
        ):  # fmt: skip
            session.add(Staff(community_id=community, login=login, person=person, name=login, role=role, created_at=now))

    database.submit(settle).result()
    return database


def begin(city: Database, login: str, now: datetime) -> str:
    """Sign somebody of the first community in, and return the token."""

    def run(session: Session) -> str:
        return sessions.begin(
            session, session.exec(select(Staff).where(Staff.login == login, Staff.community_id == HERE)).one(), "", now
        )

    return Database.submit(city, run).result()


def look(city: Database, token: str, community: int, now: datetime) -> tuple[bool, Any]:
    """Look at a community; returns whether that was allowed, and as whom one looks at which community then."""

    def run(session: Session) -> tuple[bool, Any]:
        found = sessions.find(session, token, now)
        assert found is not None
        allowed = sessions.look_at(session, token, found[0], community)
        session.flush()
        found = sessions.find(session, token, now)
        return allowed, found and (found[0].role, found[1])

    return Database.submit(city, run).result()


def test_who_works_in_two_communities_has_in_each_the_role_of_there(city: Database, now: datetime) -> None:
    token = begin(city, "wang", now)

    assert look(city, token, THERE, now) == (True, (Role.MANAGER, THERE))
    assert look(city, token, HERE, now) == (True, (Role.STAFF, HERE))


def test_namesake_opens_no_door(city: Database, now: datetime) -> None:
    assert look(city, begin(city, "wang", now), ELSEWHERE, now) == (False, (Role.STAFF, HERE))


def test_city_looks_everywhere_and_stays_the_city(city: Database, now: datetime) -> None:
    assert look(city, begin(city, "mayor", now), ELSEWHERE, now) == (True, (Role.CITY, ELSEWHERE))


def test_who_is_disabled_is_signed_out_where_they_look(city: Database, now: datetime) -> None:
    token = begin(city, "wang", now)
    look(city, token, THERE, now)

    def disable(session: Session) -> None:
        session.exec(select(Staff).where(Staff.login == "wang", Staff.community_id == THERE)).one().disabled_at = now

    Database.submit(city, disable).result()

    assert Database.submit(city, sessions.find, token, now).result() is None


def test_all_who_may_sign_in_under_a_login_are_found(city: Database) -> None:
    found = Database.submit(city, sessions.by_login, "wang").result()

    assert [(member.community_id, member.person) for member in found] == [(HERE, "P1"), (THERE, "P1"), (ELSEWHERE, "P2")]


async def test_link_that_two_browsers_use_at_once_signs_one_in(city: Database, now: datetime) -> None:
    def make(session: Session) -> str:
        return sessions.make_link(
            session, session.exec(select(Staff).where(Staff.login == "mayor")).one(), now, timedelta(minutes=15)
        )

    link = await city.write(make)
    other = Database(str(city.engine.url.render_as_string(hide_password=False)))
    tries = [where.submit(sessions.use_link, link, "", now) for where in (city, other) for _ in range(4)]
    outcomes = await asyncio.to_thread(lambda: [isinstance(each.exception(), Refusal) for each in tries])
    other.close()

    assert outcomes.count(False) == 1


def test_half_a_session_that_was_ended_while_its_code_was_looked_at_becomes_no_whole_one(
    city: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keys(b"s" * 32)

    def set_up(session: Session) -> tuple[str, str]:
        member = session.exec(select(Staff).where(Staff.login == "mayor")).one()
        credentials.begin_app(session, member.person, keys)
        pending = credentials.pending_app(session, member.person, keys)
        assert pending is not None
        codes = credentials.confirm_app(session, member.person, keys, totp.code_at(pending, totp.counter_at(now)), now)
        assert codes is not None
        return sessions.enter(session, member, "", now).token, codes[0]

    token, code = city.submit(set_up).result()
    prove = credentials.prove

    def prove_meanwhile(session: Session, person: str, *rest: Any) -> Any:
        proof = prove(session, person, *rest)
        sessions.end_all(session, session.exec(select(Staff).where(Staff.login == "mayor")).one())
        return proof

    monkeypatch.setattr(credentials, "prove", prove_meanwhile)
    entered = city.submit(sessions.complete, token, keys, code, now).result()

    assert entered is None
    assert city.submit(lambda session: session.exec(select(StaffSession)).all()).result() == []
