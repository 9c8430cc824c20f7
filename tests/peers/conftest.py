"""Programs of others that check ours: installed by `make peers`, skipped loudly where they are not, required in CI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WEROBOT = ROOT / ".peers/bin/python"

#: Seconds for one program of others.
WITHIN = 60


def require(there: bool, what: str) -> None:
    """Skip loudly without a peer; fail where LINLI_REQUIRE_PEERS says that it must be there."""
    if not there:
        assert "LINLI_REQUIRE_PEERS" not in os.environ, f"{what} is missing; run `make peers`"
        pytest.skip(f"NO PEERS: {what} is missing, so nobody else checked our work; run `make peers`")


@pytest.fixture(scope="session")
def node() -> str:
    """Node with the npm packages beside this file."""
    found = shutil.which("node")
    require(found is not None and (HERE / "node_modules/wechat-crypto").is_dir(), "node or tests/peers/node_modules")
    return str(found)


@pytest.fixture(scope="session")
def werobot() -> str:
    """A Python that has WeRoBot."""
    require(WEROBOT.exists(), "WeRoBot (.peers)")
    return str(WEROBOT)


def ask(command: Sequence[str], cases: Iterable[object]) -> list[Any]:
    """Give a program one JSON object a line and return its answers."""
    lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
    done = subprocess.run(command, input=lines.encode(), capture_output=True, timeout=WITHIN, cwd=HERE)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.fixture
def started() -> Iterator[Any]:
    """Start programs that print their port first; they end with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(command: Sequence[str]) -> int:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE)
        running.append(process)
        assert process.stdout is not None
        return int(process.stdout.readline())

    yield start
    for process in running:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
