"""What people prove themselves with: codes are taken once, secrets are locked, and all holds for the person; on both databases."""

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
from bot.store.credentials import Credential, Proof, RecoveryCode
from bot.store.database import Database
from bot.store.events import Event
from bot.store.sessions import Entered, SignInLink, StaffSession
from bot.store.staff import Staff

KEYS = Keys(b"s" * 32)
STEP = timedelta(seconds=totp.STEP)


def code_of(key: bytes, now: datetime) -> str:
    return totp.code_at(key, totp.counter_at(now))


def ask(database: Database, fn: Any, *args: Any) -> Any:
    """Run something without a scope, as signing in does."""
    return Database.submit(database, fn, *args).result()


@pytest.fixture
def office(database: Database, now: datetime) -> Database:
    """Wang, who works in two communities."""

    def settle(session: Session) -> None:
        session.add_all([Community(appid="wx1", name=name) for name in ("和苑小区", "和苑东区")])
        session.flush()
        for community in (1, 2):
            session.add(Staff(community_id=community, login="wang", person="P1", name="王", created_at=now))

    ask(database, settle)
    return database


def set_up(office: Database, now: datetime) -> tuple[bytes, list[str]]:
    """Give Wang an app; returns its key and the recovery codes. The code of this moment is used."""
    key = ask(office, credentials.begin_app, "P1", KEYS)
    codes = ask(office, credentials.confirm_app, "P1", KEYS, code_of(key, now), now)
    assert codes is not None
    return key, codes


def wang(session: Session, community: int = 1) -> Staff:
    return session.exec(select(Staff).where(Staff.community_id == community)).one()


def test_app_counts_only_once_a_code_of_it_was_given(office: Database, now: datetime) -> None:
    key = ask(office, credentials.begin_app, "P1", KEYS)
    wrong = f"{(int(code_of(key, now)) + 1) % 10**6:06}"

    assert ask(office, credentials.confirm_app, "P1", KEYS, wrong, now) is None
    assert not ask(office, credentials.has_app, "P1")
    assert len(ask(office, credentials.confirm_app, "P1", KEYS, code_of(key, now), now)) == 10
    assert ask(office, credentials.has_app, "P1")
    with pytest.raises(Refusal):
        ask(office, credentials.confirm_app, "P1", KEYS, code_of(key, now), now)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_code_proves_once_however_it_is_typed(office: Database, now: datetime, typed: str) -> None:
    key, _ = set_up(office, now)
    later = now + STEP
    said = typed.format(code_of(key, later))

    assert ask(office, credentials.prove, "P1", KEYS, code_of(key, now), now) is None, "it was used to switch the app on"
    assert ask(office, credentials.prove, "P1", KEYS, said, later) is Proof.APP
    assert ask(office, credentials.prove, "P1", KEYS, said, later) is None


def test_code_in_full_width_digits_is_one(office: Database, now: datetime) -> None:
    key, _ = set_up(office, now)
    wide = code_of(key, now + STEP).translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})

    assert ask(office, credentials.prove, "P1", KEYS, wide, now + STEP) is Proof.APP


async def test_code_that_two_browsers_give_at_once_proves_one(office: Database, now: datetime) -> None:
    key, _ = set_up(office, now)
    later = now + STEP
    other = Database(str(office.engine.url.render_as_string(hide_password=False)))
    tries = [
        Database.submit(where, credentials.prove, "P1", KEYS, code_of(key, later), later)
        for where in (office, other)
        for _ in range(4)
    ]
    outcomes = await asyncio.to_thread(lambda: [each.result() for each in tries])
    other.close()

    assert outcomes.count(Proof.APP) == 1


def test_recovery_code_stands_in_once_however_it_is_typed(office: Database, now: datetime) -> None:
    _, codes = set_up(office, now)

    assert len(set(codes)) == 10
    assert ask(office, credentials.prove, "P1", KEYS, codes[0], now) is Proof.RECOVERY
    assert ask(office, credentials.prove, "P1", KEYS, codes[0], now) is None
    plain = codes[1].replace("-", "").lower().replace("0", "o").replace("1", "l")
    assert ask(office, credentials.prove, "P1", KEYS, f" {plain} ", now) is Proof.RECOVERY
    assert ask(office, credentials.codes_left, "P1") == 8


def test_recovery_code_of_one_person_is_none_of_another(office: Database, now: datetime) -> None:
    _, codes = set_up(office, now)
    key = ask(office, credentials.begin_app, "P2", KEYS)
    ask(office, credentials.confirm_app, "P2", KEYS, code_of(key, now), now)

    assert ask(office, credentials.prove, "P2", KEYS, codes[0], now) is None


def test_new_recovery_codes_end_the_old_ones(office: Database, now: datetime) -> None:
    _, codes = set_up(office, now)
    renewed = ask(office, credentials.renew_codes, "P1", KEYS)

    assert ask(office, credentials.prove, "P1", KEYS, codes[0], now) is None
    assert ask(office, credentials.prove, "P1", KEYS, renewed[0], now) is Proof.RECOVERY


def test_database_holds_neither_the_key_nor_a_code(office: Database, now: datetime) -> None:
    key, codes = set_up(office, now)
    waiting = ask(office, credentials.begin_app, "P1", KEYS)

    def dump(session: Session) -> str:
        rows = [*session.exec(select(Credential)).all(), *session.exec(select(RecoveryCode)).all()]
        return " ".join(repr(row.model_dump()) for row in rows)

    held = ask(office, dump)
    for secret in (key, waiting):
        assert all(form not in held for form in (repr(secret), secret.hex(), totp.written(secret)))
    assert all(code not in held and code.replace("-", "") not in held for code in codes)


def test_key_locked_with_another_secret_is_told_with_the_way_out(office: Database, now: datetime) -> None:
    key, _ = set_up(office, now)

    with pytest.raises(Refusal, match="linli user totp-reset"):
        ask(office, credentials.prove, "P1", Keys(b"t" * 32), code_of(key, now + STEP), now + STEP)


def test_second_step_is_asked_wherever_the_person_works(office: Database, now: datetime) -> None:
    set_up(office, now)

    for community in (1, 2):
        entered: Entered = ask(
            office, lambda session, community=community: sessions.enter(session, wang(session, community), "", now)
        )
        assert entered.is_half
        assert ask(office, sessions.find, entered.token, now) is None


def test_half_a_session_becomes_whole_with_a_code_and_under_another_token(office: Database, now: datetime) -> None:
    key, _ = set_up(office, now)
    later = now + STEP
    half: Entered = ask(office, lambda session: sessions.enter(session, wang(session), "", later))

    assert ask(office, sessions.complete, half.token, KEYS, "000000", later) is None
    whole: Entered = ask(office, sessions.complete, half.token, KEYS, code_of(key, later), later)
    assert whole.token != half.token
    assert ask(office, sessions.find, whole.token, later) is not None
    assert ask(office, sessions.find, half.token, later) is None
    assert ask(office, sessions.half_owner, half.token, later) is None


def test_half_a_session_lives_five_minutes(office: Database, now: datetime) -> None:
    key, _ = set_up(office, now)
    half: Entered = ask(office, lambda session: sessions.enter(session, wang(session), "", now))
    late = now + sessions.HALF_LIVES + timedelta(seconds=1)

    assert ask(office, sessions.complete, half.token, KEYS, code_of(key, late), late) is None


def test_half_a_session_ends_with_what_signs_somebody_out(office: Database, now: datetime) -> None:
    key, _ = set_up(office, now)
    later = now + STEP
    half: Entered = ask(office, lambda session: sessions.enter(session, wang(session), "", later))
    ask(office, lambda session: sessions.end_all(session, wang(session, 2)))

    assert ask(office, sessions.complete, half.token, KEYS, code_of(key, later), later) is None


def test_recovery_code_that_was_used_to_sign_in_stands_in_the_log(office: Database, now: datetime) -> None:
    _, codes = set_up(office, now)
    half: Entered = ask(office, lambda session: sessions.enter(session, wang(session), "", now))
    ask(office, sessions.complete, half.token, KEYS, codes[3], now)

    kinds = ask(office, lambda session: list(session.exec(select(Event.kind)).all()))
    assert kinds == ["staff.recovery_used", "staff.signed_in"]


def test_password_that_was_changed_while_it_was_tried_signs_nobody_in(office: Database, now: datetime) -> None:
    ask(office, lambda session: sessions.set_password(session, wang(session), "the old hash"))
    ask(office, lambda session: sessions.set_password(session, wang(session, 2), "the new hash"))

    assert ask(office, lambda session: sessions.use_password(session, wang(session), "the old hash", "", now)) is None
    assert ask(office, lambda session: sessions.use_password(session, wang(session), "the new hash", "", now)) is not None


def test_account_disabled_while_its_password_was_tried_signs_nobody_in(office: Database, now: datetime) -> None:
    ask(office, lambda session: sessions.set_password(session, wang(session), "the hash"))
    member = ask(office, wang)
    ask(office, lambda session: setattr(wang(session), "disabled_at", now))

    assert ask(office, sessions.use_password, member, "the hash", "", now) is None


def test_sessions_and_links_that_are_over_are_forgotten(office: Database, now: datetime) -> None:
    def open_all(session: Session) -> None:
        for ago in (timedelta(0), timedelta(hours=13), timedelta(days=8)):
            sessions.begin(session, wang(session), "", now - ago)
        for ago in (timedelta(0), timedelta(days=2)):
            sessions.make_link(session, wang(session), now - ago, timedelta(minutes=15))

    def left(session: Session) -> tuple[int, int]:
        return len(session.exec(select(StaffSession)).all()), len(session.exec(select(SignInLink)).all())

    ask(office, open_all)
    ask(office, sessions.prune, now)

    assert ask(office, left) == (1, 1)
