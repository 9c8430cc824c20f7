"""Reading a workbook in a process of its own, where a hostile one runs out of its own memory and time and nobody else's.

A few kilobytes of styles cost openpyxl half a minute, one row of empty cells gigabytes. What a child has read comes back as JSON, which
runs nothing.
"""

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from math import ceil
from pathlib import Path
from threading import Lock
from time import process_time

from bot.errors import Refusal
from bot.rosters import rosterfile
from bot.rosters.rosterfile import Sheet
from bot.rosters.rows import Entry, Fault
from bot.translation import tr

#: Bytes of memory and seconds of the processor that a file may take; 50,000 rows take a third of either.
MEMORY, SECONDS = 1 << 30, 25

#: Seconds by the clock after which a child is ended that has not used up its own, and for which the next file waits for its turn.
PATIENCE, TURN = 120, 30

_one_at_a_time = Lock()


def read(body: bytes, encoding: str = "", *, memory: int = MEMORY, seconds: int = SECONDS) -> Sheet:
    """Read a roster as `rosterfile.read` does; what takes too much is a fault. Raises Refusal while another file takes long."""
    if not rosterfile.is_workbook(body):  # text takes no more than it has
        return rosterfile.read(body, encoding)
    if not _one_at_a_time.acquire(timeout=TURN):
        raise Refusal(tr("正在读另一个文件，请过一分钟再传一次。"))
    try:
        child = subprocess.run(  # noqa: S603  our own module, no word of the file is an argument
            [sys.executable, "-m", __name__, str(memory), str(seconds)],
            input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False,
            env={
                "PATH": os.defpath, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)]),
                "OPENBLAS_NUM_THREADS": "1",  # of numpy, which openpyxl loads: each core's takes of the child's memory
            },
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Sheet(faults=(rosterfile.TOO_MUCH,))
    finally:
        _one_at_a_time.release()
    if child.returncode != 0:  # ended by its limits
        return Sheet(faults=(rosterfile.TOO_MUCH,))
    return _unpack(json.loads(child.stdout))


def _pack(sheet: Sheet) -> dict[str, object]:
    return {
        "entries": [entry.pack() for entry in sheet.entries], "faults": [asdict(fault) for fault in sheet.faults],
        "notes": sheet.notes, "title": sheet.title, "columns": dict(sheet.columns), "unknown": sheet.unknown,
    }  # fmt: skip


def _unpack(kept: dict[str, list[list[str]]]) -> Sheet:
    return Sheet(
        entries=tuple(Entry.unpack(one) for one in kept["entries"]),
        faults=tuple(Fault(**one) for one in kept["faults"]),  # type: ignore[arg-type]
        notes=tuple((chinese, english) for chinese, english in kept["notes"]),
        title=str(kept["title"]), columns=dict(kept["columns"]), unknown=tuple(map(str, kept["unknown"])),
    )  # fmt: skip


def _confine(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    until = ceil(process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, until))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    rosterfile.openpyxl()
    _confine(*map(int, sys.argv[1:]))
    json.dump(_pack(rosterfile.read(sys.stdin.buffer.read())), sys.stdout)
