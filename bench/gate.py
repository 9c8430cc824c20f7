"""How soon the gate decides while residents write: python bench/gate.py

The product runs as a process of its own, with PASSES on record, and is sent PER_SECOND messages a second; a guard's browser checks
codes meanwhile, each a pass of its own. A check counts until the guard's page is told where its verdict stands, which is after its commit.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import load
import run
import servers
from sqlalchemy import insert
from sqlmodel import Session, col, select

from bot import app
from bot.model import SHANGHAI, public_id
from bot.store import scope, sessions
from bot.store.communities import Community
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from integrations.visitor_passes.models import Pass, PassKind, PassState, gate_code

#: Passes on record, and of them those that are checked; checks a second; milliseconds that all but one in a hundred may take.
PASSES, CHECKS, CHECKS_PER_SECOND, TARGET = 100_000, 400, 40, 50

#: Seconds in which messages come before anything is measured.
WARMS_UP = 5.0


def settle(session: Session) -> tuple[str, list[str]]:
    """Write PASSES down, of which CHECKS open the gate now; returns the guard's token and their codes."""
    community = session.exec(select(Community)).first()
    if community is None:
        raise RuntimeError("there is no community")
    scope.enter(session, community.key)
    now = app.clock().astimezone(SHANGHAI)
    guard = Staff(login="benchguard", name="保安", role=Role.GUARD, created_at=now)
    session.add(guard)
    session.flush()
    maker = session.exec(select(Resident).where(col(Resident.openid).is_not(None))).first()
    if maker is None:
        raise RuntimeError("nobody lives there")
    common = {
        "community_id": community.key, "resident_id": maker.id, "household_id": maker.household_id, "visitor_name": "张敏", "phone": "", "plate": "", "plate_digest": "",
        "people": 1, "words": "", "entries_left": 1, "kind": PassKind.VISIT, "hours": "", "tied": "", "names_host": False,
    }  # fmt: skip
    codes = [gate_code() for _ in range(CHECKS)]
    for begin in range(0, PASSES, 10_000):
        rows = []
        for number in range(begin, begin + 10_000):
            is_now, at = number < CHECKS, now - timedelta(minutes=number % 40_000)
            rows.append({
                **common, "public_id": public_id(), "code": codes[number] if is_now else gate_code(), "starts_at": now if is_now else at, "ends_at": now + timedelta(hours=6) if is_now else at + timedelta(hours=6),
                "state": PassState.ACTIVE, "created_at": now if is_now else at,
            })  # fmt: skip
        session.execute(insert(Pass), rows)
    return sessions.begin(session, guard, "bench", now), codes


async def check(port: int, token: str, codes: list[str]) -> list[float]:
    """Check each code when its turn comes; returns the seconds each took; raises RuntimeError for one that was not decided."""
    began, waits = time.perf_counter(), list[float]()
    headers = {"Cookie": f"__Host-sid={token}", "Host": "127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    async with aiohttp.ClientSession(headers=headers) as http:

        async def one(number: int, code: str) -> None:
            due = began + number / CHECKS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            async with http.post(f"http://127.0.0.1:{port}/console/gate", data={"code": code}, allow_redirects=False) as answer:
                await answer.read()
                if answer.status != 303 or "?check=" not in answer.headers["Location"]:
                    raise RuntimeError(f"a check was answered with {answer.status}")
            waits.append(time.perf_counter() - due)

        await asyncio.gather(*(one(number, code) for number, code in enumerate(codes)))
    return waits


async def beside(port: int, token: str, codes: list[str], pushes: list[bytes]) -> tuple[list[float], list[float]]:
    """Check while residents write; returns how long checks took, and messages: none where the server could not even record one in time."""
    asked = [load.Asked(at=number / run.PER_SECOND, request=push) for number, push in enumerate(pushes)]
    checks, messages = await asyncio.gather(check(port, token, codes), load.pace(port, asked), return_exceptions=True)
    if isinstance(checks, BaseException):
        raise checks
    return checks, [] if isinstance(messages, BaseException) else messages


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = servers.settings_of(Path(folder))
        servers.serving.seed(settings)
        linli = app.Linli.assemble(settings)
        token, codes = linli.database.submit(settle).result()
        linli.database.close()
        pushes = run.Pushes(servers.account_of(settings))
        with run.serving(sys.executable, servers.__file__, "turns", "PORT", folder) as server:
            run.run(load.send(server.port, pushes.reports, WARMS_UP))  # a server that has just begun is no measure
            checks, messages = run.run(beside(server.port, token, codes, pushes.ordinary))
        database = app.reach_database(settings)
        try:
            used = database.submit(
                lambda session: session.execute(select(col(Pass.id)).where(Pass.state == PassState.USED)).all()
            ).result()
        finally:
            database.close()
    if len(used) < CHECKS:
        raise RuntimeError(f"{len(used)} of {CHECKS} passes were used")
    p50, p99 = statistics.median(checks), statistics.quantiles(checks, n=100)[98]
    print(
        f"{PASSES:,} passes, {run.PER_SECOND} messages a second: a check p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms (at most {TARGET}); "
        + (
            f"a message p99 {statistics.quantiles(messages, n=100)[98] * 1e3:.0f} ms"
            if messages
            else "more messages than this machine takes in"
        )
    )


if __name__ == "__main__":
    main()
