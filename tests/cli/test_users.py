"""Accounts at the command line: what changes who somebody is ends all that was open for them, and stands in the log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot import app
from bot.store import sessions
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
