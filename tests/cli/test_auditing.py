"""`linli audit`: what an auditor runs, on an installation whose server has sealed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp.test_utils import TestServer
from sqlalchemy import text
from sqlmodel import Session

from bot import app
from bot.sealer import HEAD
from bot.store import events
from bot.store.database import connect

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def happen(session: Session) -> None:
    for number in range(5):
        events.record(session, app.clock(), "staff.signed_in", subject=f"staff:{number}")


async def serve_once(desk: Desk) -> None:
    """Start a server and stop it cleanly, before its first tick."""
    async with TestServer(app.build(app.Linli.assemble(desk.settings))):
        pass


def change(desk: Desk, sql: str) -> None:
    engine = connect(desk.settings.database)
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()


async def test_a_clean_stop_seals_what_happened_and_the_whole_log_verifies(desk: Desk) -> None:
    desk.ask(happen)
    fresh = await desk.run("audit", "verify")
    assert (fresh.code, "NOT WHOLE" in fresh.text) == (0, False)
    assert "nothing is sealed yet" in fresh.text
    await serve_once(desk)

    said = await desk.run("audit", "verify")

    assert said.code == 0
    assert said.text.startswith("whole: ")
    assert " in 1 seal, " in said.text
    head = (await desk.run("audit", "head")).text.split()[0]
    assert head == (desk.settings.var / HEAD).read_text().strip()
    assert said.text.strip().endswith(f"head {head}")
    assert (await desk.run("audit", "verify", "--head", head)).code == 0


async def test_a_removed_line_is_named_and_the_exit_code_is_one(desk: Desk) -> None:
    desk.ask(happen)
    await serve_once(desk)
    change(desk, "DELETE FROM event WHERE id = 2")

    said, as_json = await desk.run("audit", "verify"), await desk.run("audit", "verify", "--json")

    assert said.code == as_json.code == 1
    assert "line 2: was removed" in said.text
    fault, figures = map(json.loads, as_json.text.splitlines())
    assert fault == {"what": "was removed", "line": 2, "seal": None}
    assert figures["whole"] is False


async def test_an_end_cut_off_together_with_its_seals_is_found_out(desk: Desk, tmp_path: Path) -> None:
    desk.ask(happen)
    await serve_once(desk)
    noted = (await desk.run("audit", "head")).text.split()[0]
    desk.ask(happen)
    await serve_once(desk)
    change(desk, "DELETE FROM event_seal WHERE number > 1")
    change(desk, "DELETE FROM event WHERE id > (SELECT last_id FROM event_seal)")

    assert "is not in the log" in (await desk.run("audit", "verify")).text
    (desk.settings.var / HEAD).unlink()
    assert "no head is kept" in (await desk.run("audit", "verify")).text
    assert (await desk.run("audit", "verify", "--head", noted)).code == 0


async def test_a_log_that_lost_all_its_seals_and_its_head_is_not_taken_for_a_new_one(desk: Desk) -> None:
    desk.ask(lambda session: events.record(session, app.clock() - timedelta(hours=3), "staff.signed_in"))
    await serve_once(desk)
    change(desk, "DELETE FROM event_seal")
    (desk.settings.var / HEAD).unlink()

    said = await desk.run("audit", "verify")

    assert said.code == 1
    assert "all seals were removed, or no server has run since" in said.text


async def test_young_lines_are_not_pruned_and_old_ones_leave_a_whole_log(desk: Desk) -> None:
    long_ago = app.clock() - timedelta(days=5 * 366)
    change(desk, "DELETE FROM event")
    desk.ask(lambda session: events.record(session, long_ago, "staff.signed_in"))
    await serve_once(desk)
    assert (await desk.run("audit", "prune", "--before", "2023-01-01")).text.startswith("0 lines"), "the newest stays"
    desk.ask(happen)

    assert "younger than three years" in (await desk.run("audit", "prune", "--before", f"{app.clock():%Y-%m-%d}")).error
    said = await desk.run("audit", "prune", "--before", f"{app.clock() - timedelta(days=4 * 366):%Y-%m-%d}")

    assert said.text.startswith("1 line deleted")
    assert "1 pruned before; 6 not sealed yet" in (await desk.run("audit", "verify")).text


async def test_a_head_that_is_none_is_a_slip_of_who_typed_it_and_no_proof_against_the_log(desk: Desk) -> None:
    desk.ask(happen)
    await serve_once(desk)

    said = await desk.run("audit", "verify", "--head", "12-34")

    assert said.code == 2
    assert "NOT WHOLE" not in said.text
    assert (await desk.run("audit", "verify", "--head", f"7-9999-{'0' * 64}")).code == 1


async def test_a_log_whose_table_is_gone_is_not_whole_in_words(desk: Desk) -> None:
    desk.ask(happen)
    await serve_once(desk)
    change(desk, "DROP TABLE event")

    said = await desk.run("audit", "verify")

    assert said.code == 1
    assert "the log cannot be read (no such table: event): restore it from a backup" in said.text
    assert "NOT WHOLE: " in said.text
    assert "1 fault\n" in said.text
