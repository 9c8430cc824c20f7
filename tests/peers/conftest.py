"""Programs of others that check ours: installed by `make peers`, skipped loudly where they are not, required in CI."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
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


@pytest.fixture(scope="module")
def port_of() -> Iterator[Callable[..., int]]:
    """Start a server that prints its port first, once per module however often it is asked for; it ends with the module."""
    running: dict[tuple[str, ...], tuple[subprocess.Popen[str], int]] = {}

    def start(*command: str) -> int:
        if command not in running:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE)
            assert process.stdout is not None
            told, _, _ = select.select([process.stdout], [], [], WITHIN)
            running[command] = process, int(process.stdout.readline()) if told else 0
        return running[command][1]

    yield start
    for process, _ in running.values():
        process.terminate()
        process.communicate(timeout=10)
