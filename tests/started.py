"""`linli` as a process of its own that begins where all is read and learned: forking it takes a moment, a start six seconds of a core.

That `python -m bot` starts from nothing is for acceptance/test_sample_service.py, acceptance/test_living_demo_in_browser.py, faults/ and packaging/.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

from bot.cli import main

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.begun"])


@dataclass(frozen=True)
class _Output:
    """Where a process writes: a descriptor that goes along to it."""

    fd: int

    def __reduce__(self) -> tuple[Any, ...]:
        return _taken_along, (DupFd(self.fd),)


def _taken_along(duplicate: Any) -> _Output:
    return _Output(duplicate.detach())


class Started:
    """A running `linli …`, as far as like subprocess.Popen. What it prints is read from `stdout`, or goes into `log`."""

    def __init__(self, *words: str, home: Path, environment: Mapping[str, str] | None = None, log: Path | None = None) -> None:
        there = dict(os.environ if environment is None else environment)
        reader, writer = os.pipe() if log is None else (None, os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
        self.stdout = None if reader is None else os.fdopen(reader, encoding="utf-8")
        self._process = _CONTEXT.Process(target=_run, args=(words, home, _Output(writer), there))
        self._process.start()
        os.close(writer)

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return how it ended, None while it runs; less than nothing is the signal that ended it."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended; raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (code := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired("linli", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once: nothing is finished, nothing is flushed."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        if self.poll() is None:
            self.kill()
        self._process.join()
        self._process.close()
        if self.stdout is not None:
            self.stdout.close()


def _run(words: tuple[str, ...], home: Path, output: _Output, environment: Mapping[str, str]) -> None:
    for number in (1, 2):
        os.dup2(output.fd, number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(home)
    sys.argv = ["linli", *words]
    main()
