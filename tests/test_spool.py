"""What comes while the database is away is kept on disk, sealed and in order, until all of it is in the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.keyring import Keyring
from bot.spool import Spool, Spooled, waiting_in

AT = datetime(2026, 3, 11, 2, 0, 0, 123456, tzinfo=UTC)


def said(number: int) -> Spooled:
    return Spooled(appid="wx1", push=f"<xml>着火了 13800138000 {number}</xml>", at=AT + timedelta(seconds=number))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", Keyring.make())


def test_it_comes_out_in_its_order_and_stays_until_it_is_done(spool: Spool, tmp_path: Path) -> None:
    assert spool.take() == ()
    for number in range(3):
        spool.put(said(number))

    assert spool.take() == spool.take() == [said(number) for number in range(3)]
    assert waiting_in(tmp_path / "spool") == 3
    spool.done()
    assert (spool.take(), waiting_in(tmp_path / "spool")) == ([], 0)


def test_what_comes_while_others_are_worked_off_waits_for_the_next_time(spool: Spool) -> None:
    spool.put(said(1))
    spool.take()
    spool.put(said(2))

    assert spool.take() == [said(1)]
    spool.done()
    assert spool.take() == [said(2)]


def test_nothing_of_it_can_be_read_without_the_keys(spool: Spool, tmp_path: Path) -> None:
    spool.put(said(1))

    held = (tmp_path / "spool/pending").read_bytes()
    assert b"13800138000" not in held
    assert "着火了".encode() not in held
    assert (tmp_path / "spool/pending").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_line_that_was_cut_short_takes_no_other_with_it(spool: Spool, tmp_path: Path, cut: int) -> None:
    spool.put(said(1))
    spool.put(said(2))
    file = tmp_path / "spool/pending"
    file.write_bytes(file.read_bytes()[:-cut])
    spool.put(said(3))

    found = spool.take()

    assert [one for one in found if one != said(2)] == [said(1), said(3)]
    assert (tmp_path / "spool/broken").exists() is (said(2) not in found)


def test_what_was_put_by_a_process_that_was_killed_is_there_and_several_lose_nothing(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from bot.keyring import Keyring\n"
        "from bot.spool import Spool\n"
        "from tests.test_spool import said\n"
        "first = int(sys.argv[2])\n"
        "ring = Keyring.make()\n"
        "spool = Spool(Path(sys.argv[1]), ring)\n"
        "for number in range(first, first + 50): spool.put(said(number))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).parents[1]
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "spool"), str(first)], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
        for first in (0, 100)
    ]  # fmt: skip
    assert [process.wait() for process in running] == [-signal.SIGKILL] * 2

    assert waiting_in(tmp_path / "spool") == 100
