"""Accounts at the command line: what changes who somebody is ends all that was open for them, and stands in the log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot import app, config, totp
from bot.keys import Keys
from bot.store import credentials, sessions
from bot.store.events import Event
from bot.store.staff import Staff

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

PASSWORD = "a good long password"


def chen(session: Session) -> Staff:
    return session.exec(select(Staff).where(Staff.login == "chen")).one()


@pytest.mark.parametrize("command", ["passwd", "disable"])
async def test_command_that_signs_somebody_out_closes_their_open_links_too(desk: Desk, command: str) -> None:
    def open_both(session: Session) -> tuple[str, str]:
        now = app.clock()
        return sessions.make_link(session, chen(session), now, timedelta(hours=1)), sessions.begin(
            session, chen(session), "", now
        )

    link, token = desk.ask(open_both)
    said = await desk.run("user", command, "chen", keys=f"{PASSWORD}\n{PASSWORD}\n")

    def enable(session: Session) -> None:
        chen(session).disabled_at = None

    desk.ask(enable)
    assert "signed out everywhere" in said.text
    assert desk.ask(lambda session: sessions.link_owner(session, link, app.clock())) is None
    assert desk.ask(lambda session: sessions.find(session, token, app.clock())) is None


@pytest.mark.parametrize(("said", "kept"), [("en", "en"), ("zh", "zh"), ("auto", "")])
async def test_language_of_somebody_is_chosen_and_given_back_to_their_browser(desk: Desk, said: str, kept: str) -> None:
    await desk.run("user", "language", "chen", "en")
    told = await desk.run("user", "language", "chen", said)

    assert told.code == 0, told.text
    assert desk.ask(lambda session: chen(session).language) == kept


async def test_language_that_the_console_does_not_speak_is_refused_and_a_new_account_may_begin_with_one(desk: Desk) -> None:
    refused = await desk.run("user", "language", "chen", "fr")
    await desk.run("user", "add", "anna", "--language", "en")
    never = await desk.run("user", "add", "paul", "--language", "de")

    assert "language 'fr' is unknown; one of zh, en" in refused.text + refused.error
    assert desk.ask(lambda session: session.exec(select(Staff.language).where(Staff.login == "anna")).one()) == "en"
    assert "unknown" in never.text + never.error
    assert desk.ask(lambda session: session.exec(select(Staff).where(Staff.login == "paul")).first()) is None


async def test_reset_takes_the_app_off_signs_out_and_stands_in_the_log(desk: Desk) -> None:
    keys = Keys(config.read_secret(desk.settings))

    def set_up(session: Session) -> tuple[str, str]:
        person, now = chen(session).person, app.clock()
        key = credentials.begin_app(session, person, keys)
        assert credentials.confirm_app(session, person, keys, totp.code_at(key, totp.counter_at(now)), now)
        return person, sessions.begin(session, chen(session), "", now)

    person, token = desk.ask(set_up)
    said = await desk.run("user", "totp-reset", "chen")

    assert said.text == "chen: two-step sign-in is off, signed out everywhere; they set it up anew under 我的账号\n"
    assert not desk.ask(lambda session: credentials.has_app(session, person))
    assert desk.ask(lambda session: credentials.codes_left(session, person)) == 0
    assert desk.ask(lambda session: sessions.find(session, token, app.clock())) is None
    assert (
        desk.ask(lambda session: session.exec(select(Event).where(Event.kind == "staff.totp_reset")).one()).actor
        == "command line"
    )


async def test_reset_of_nobody_names_who_there_is(desk: Desk) -> None:
    assert "there is no login 'nobody'; known: admin" in (await desk.run("user", "totp-reset", "nobody")).error


@pytest.mark.parametrize(("command", "kind"), [("passwd", "staff.password_set"), ("disable", "staff.disabled")])
async def test_what_is_done_at_the_command_line_stands_in_the_log(desk: Desk, command: str, kind: str) -> None:
    await desk.run("user", command, "chen", keys=f"{PASSWORD}\n{PASSWORD}\n")

    [event] = desk.ask(lambda session: session.exec(select(Event).where(Event.kind == kind)).all())
    assert (event.subject, event.actor) == ("staff:chen", "command line")
