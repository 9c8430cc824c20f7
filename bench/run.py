"""Speed and memory, as ratios within one run: python bench/run.py

Servers under load are processes of their own: a bare hand-written echo, an echo of our own parts, the product with and
without group commit, the same report written the usual way and at its limit, and WeRoBot alone, which only counts and echoes.
They take turns, PASSES times; figures are medians. Servers and load share this machine, so absolute figures say little; the
ratios say what a turn costs and what grouping buys. Last come alarms among ordinary messages, each sent when it is due.
"""

import asyncio
import os
import re
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

import decisions
import load
import repairs
import sealing
import servers
import uvloop

from bot import app
from bot.wechat import crypto

T = TypeVar("T")

HERE = Path(__file__).parent
PEERS = HERE.parent / ".peers/bin/python"

#: Times that each server has its turn, and for how many seconds.
PASSES, SECONDS = 3, 3.0

#: Pushes sealed for one pass; a pass that has used up its own ends sooner.
SEALED = 5_000

#: Residents who report, again and again; the others each ask once, for an open form would change the next answer.
REPORTERS = 4_000

#: What WeRoBot's own server lets wait. More at once are dropped and come again seconds later, which would measure only that.
BACKLOG = 5

#: Connections that never finish their request: half of them the head, half the body.
SLOW = 1_000

#: A report with all that a ticket needs, and one that lacks everything.
REPORT, ASK = "厨房水管漏水了", "我要报修"

#: An alarm, and what is said around it, in turn.
ALARM, ORDINARY = "着火了", (REPORT, "你能做什么", "你好")

#: Ordinary messages a second and seconds between alarms, for so many seconds.
PER_SECOND, ALARM_EVERY, LASTS = 300, 0.3, 10

#: First starts of the demo, of which the middle one counts.
STARTS = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """One promise: what was measured, beside what it must be."""

    figure: str
    value: float
    target: float
    unit: str = ""
    at_least: bool = True
    cpu: float | None = None

    @property
    def is_met(self) -> bool:
        """The figure is as promised."""
        return self.value >= self.target if self.at_least else self.value <= self.target


# ------------------------------------------------------------------ what is sent, and to whom


class Pushes:
    """Requests sealed before the clock starts."""

    def __init__(self, account: crypto.Account) -> None:
        self._account, self._now, self._msgids = account, app.clock(), count(1)
        self.reports = [self._seal(number % REPORTERS, REPORT) for number in range(SEALED * (PASSES + 1))]
        self.asks = [self._seal(REPORTERS + number, ASK) for number in range(SEALED * PASSES)]
        self.ordinary = [self._seal(number % REPORTERS, said) for number, said in zip(range(PER_SECOND * LASTS), cycle(ORDINARY))]
        self.alarms = [self._seal(REPORTERS + number, ALARM) for number in range(int(LASTS / ALARM_EVERY))]

    def _seal(self, resident: int, said: str) -> bytes:
        xml = (
            f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{repairs.openid(resident)}]]></FromUserName>"
            f"<CreateTime>{int(self._now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{said}]]></Content><MsgId>{next(self._msgids)}</MsgId></xml>"
        )
        return load.encode(*crypto.wrap_push(self._account, xml, self._now))


@dataclass(frozen=True, kw_only=True)
class Server:
    """A process that answers pushes."""

    port: int
    pid: int

    @property
    def cpu(self) -> float:
        """CPU seconds it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """A server and what it is sent. `again`: it keeps nothing, so the same pushes may come again."""

    server: Server
    requests: Sequence[bytes]
    again: bool = False
    connections: int = load.CONNECTIONS

    def send(self, number: int) -> "Figures":
        """Send the pushes of one pass."""
        mine = self.requests[number * SEALED : (number + 1) * SEALED]
        used = self.server.cpu
        result = run(load.send(self.server.port, cycle(mine) if self.again else mine, SECONDS, self.connections))
        return Figures(result=result, cpu=(self.server.cpu - used) / result.answers)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the load saw, and the server's CPU seconds for one answer."""

    result: load.Result
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Seconds that messages waited for their answers."""

    p50: float
    p99: float
    longest: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Waits":
        """Return the figures of some waits."""
        return cls(p50=median(seconds), p99=quantiles(seconds, n=100, method="inclusive")[98], longest=max(seconds))


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All figures under load: by server, reports alone and beside slow connections, alarms and what was said around them."""

    figures: Mapping[str, Figures]
    reports: Mapping[str, load.Result]
    waits: Mapping[str, Waits]


def measure(folder: Path) -> Measured:
    """Start all servers and let them take turns, then try the product with slow connections and with alarms."""
    account = servers.account_of(servers.settings_of(folder))
    pushes, keys = Pushes(account), (account.token, account.aes_key, account.appid)
    with ExitStack() as stack:
        start = lambda *command: stack.enter_context(serving(*map(str, command)))  # noqa: E731  one verb
        ours = (sys.executable, HERE / "servers.py")
        grouped, single = (start(*ours, "turns", "PORT", folder, group) for group in (64, 1))
        bare, echo = start(sys.executable, HERE / "bare.py", "PORT", *keys), start(*ours, "echo", "PORT", folder)
        limit = start(sys.executable, HERE / "limit_server.py", "PORT", *keys, folder / "limit.db")
        contest = {
            "bare echo": Contestant(server=bare, requests=pushes.reports, again=True),
            "our echo": Contestant(server=echo, requests=pushes.reports, again=True),
            "report, 64 a commit": Contestant(server=grouped, requests=pushes.reports),
            "report, 1 a commit": Contestant(server=single, requests=pushes.reports),
            "report at the limit": Contestant(server=limit, requests=pushes.reports),
            "question, 64 a commit": Contestant(server=grouped, requests=pushes.asks),
            "question, 1 a commit": Contestant(server=single, requests=pushes.asks),
        }
        if PEERS.exists():
            usual = start(PEERS, HERE / "usual_server.py", "PORT", *keys, folder / "usual.db")
            contest["report the usual way"] = Contestant(server=usual, requests=pushes.reports)
            robot = start(PEERS, HERE / "werobot_server.py", "PORT", *keys, folder / "werobot.db")
            contest["WeRoBot's echo"] = Contestant(server=robot, requests=pushes.reports, connections=BACKLOG)
        else:
            print("the usual way and WeRoBot are skipped: they are not installed (make peers)")
        passes = [{name: one.send(number) for name, one in contest.items()} for number in range(PASSES)]
        figures = {name: middle([one[name] for one in passes]) for name in contest}
        return Measured(
            figures=figures,
            reports=compare_slow(grouped.port, pushes.reports[SEALED * PASSES :]),
            waits=time_alarms(grouped.port, pushes, folder / "turns-64.db"),
        )


def middle(figures: Sequence[Figures]) -> Figures:
    """Return the medians over several passes."""
    return Figures(result=load.middle([one.result for one in figures]), cpu=median(one.cpu for one in figures))


def compare_slow(port: int, requests: Sequence[bytes]) -> dict[str, load.Result]:
    """Return the figures of the same load alone and beside SLOW connections that never finish."""
    [whole, *_] = requests
    head, body = whole.split(b"\r\n\r\n")
    starts = [head[:100], head + b"\r\n\r\n" + body[:50]] * (SLOW // 2)
    half = len(requests) // 2

    async def send_beside() -> load.Result:
        async with load.slow(port, starts):
            return await load.send(port, requests[half:], SECONDS)

    return {"alone": run(load.send(port, requests[:half], SECONDS)), "beside slow ones": run(send_beside())}


def time_alarms(port: int, pushes: Pushes, database: Path) -> dict[str, Waits]:
    """Return how long alarms waited, and the ordinary messages around them; raises RuntimeError if one has opened no task.

    What staff are told is in the same transaction as the answer, which is given back after the commit: it was on disk before.
    """
    alarms = [load.Asked(at=(number + 0.5) * ALARM_EVERY, request=push) for number, push in enumerate(pushes.alarms)]
    ordinary = [load.Asked(at=number / PER_SECOND, request=push) for number, push in enumerate(pushes.ordinary)]
    waits = run(load.pace(port, [*alarms, *ordinary]))
    opened = count_alarms(database)
    if opened != len(alarms):
        raise RuntimeError(f"{len(alarms)} alarms opened {opened} tasks")
    return {"alarm": Waits.of(waits[: len(alarms)]), "ordinary message": Waits.of(waits[len(alarms) :])}


def count_alarms(database: Path) -> int:
    """Return the tasks that alarms have opened."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM task WHERE kind LIKE 'emergency.%'").fetchone()[0])


@contextmanager
def serving(*command: str) -> Iterator[Server]:
    """Run a server on a free port, which is put in place of PORT, and wait until it is ready."""
    port = free_port()
    words = [str(port) if word == "PORT" else word for word in command]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        if server.stdout.readline() != "ready\n":
            raise RuntimeError(f"{' '.join(words[:3])} did not start")
        try:
            yield Server(port=port, pid=server.pid)
        finally:
            server.terminate()


def run(work: Coroutine[object, object, T]) -> T:
    """Run the load's side of a pass."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------ what a newcomer waits for


def help_seconds() -> float:
    """Return the quickest of five `linli --help`."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", "--help"], check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - began)
    return min(took)


def demo_figures() -> tuple[float, float]:
    """Return the seconds until a first `linli demo` is ready, and the idle server's resident MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "demo", "--port", str(free_port())]
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        began = time.perf_counter()
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=environment) as demo:
            assert demo.stdout is not None
            for line in demo.stdout:
                if line.startswith("Try:"):
                    break
            took = time.perf_counter() - began
            found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{demo.pid}/status").read_text())
            demo.terminate()
        return took, int(found[1]) / 1024 if found else 0.0


# ------------------------------------------------------------------ what is printed


def judge(measured: Measured) -> list[Line]:
    """Compare the figures under load with what was promised."""
    figures = measured.figures
    report, question = figures["report, 64 a commit"], figures["question, 64 a commit"]
    late = {
        "report": report.result,
        "question": question.result,
        f"report beside {SLOW:,} slow": measured.reports["beside slow ones"],
    }
    lines = [
        compare("our echo : bare echo", figures["our echo"], figures["bare echo"], 0.9),
        compare("question : our echo", question, figures["our echo"], 0.3),
        compare("report : its limit", report, figures["report at the limit"], 0.5),
        compare("report, 64 : 1 a commit", report, figures["report, 1 a commit"], 1),
    ]
    if "report the usual way" in figures:
        lines.append(compare("report : the usual way", report, figures["report the usual way"], 4))
    slowest = {f"p99, {name}": one.p99 for name, one in late.items()}
    slowest[f"slowest alarm among {PER_SECOND} a s"] = measured.waits["alarm"].longest
    return lines + [
        Line(figure=name, value=wait * 1e3, target=100, unit=" ms", at_least=False) for name, wait in slowest.items()
    ]  # fmt: skip


def compare(figure: str, one: Figures, other: Figures, target: float) -> Line:
    """Return the ratio of two rates, and that of what a CPU second brings, which others on the machine disturb less."""
    return Line(figure=figure, value=one.result.rate / other.result.rate, cpu=other.cpu / one.cpu, target=target)


def judge_alone() -> list[Line]:
    """Compare what a newcomer waits for, and what a decision takes, with what was promised."""
    starts = [demo_figures() for _ in range(STARTS)]
    ready, memory = (median(figures) for figures in zip(*starts, strict=True))
    limits: list[tuple[str, Callable[[], float], float, str]] = [
        ("linli --help", help_seconds, 0.2, " s"),
        ("linli demo is ready", lambda: ready, 3, " s"),
        ("idle demo", lambda: memory, 150, " MB"),
        ("slowest kind of turn, decided", lambda: max(decisions.seconds().values()) * 1e3, 1, " ms"),
    ]
    kept = Line(figure="report : nothing sealed, by CPU", value=sealing.ratio(), target=0.95)
    return [kept] + [
        Line(figure=name, value=value(), target=target, unit=unit, at_least=False) for name, value, target, unit in limits
    ]


def print_figures(measured: Measured) -> None:
    """Print what each server did."""
    print(f"\n{'':<32}{'per s':>9}{'CPU us':>9}{'p50 ms':>9}{'p99 ms':>9}{'hung up':>9}")
    rows = [(name, one.result, f"{one.cpu * 1e6:.0f}") for name, one in measured.figures.items()]
    rows += [(f"report, {name}", result, "") for name, result in measured.reports.items()]
    for name, one, cpu in rows:
        print(f"{name:<32}{one.rate:>9.0f}{cpu:>9}{one.p50 * 1e3:>9.1f}{one.p99 * 1e3:>9.1f}{one.hung_up:>9.0f}")


def print_waits(waits: Mapping[str, Waits]) -> None:
    """Print how long alarms and ordinary messages waited for answers that were on disk."""
    print(f"\n{f'{PER_SECOND} ordinary messages a s, {LASTS} s':<41}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    for name, one in waits.items():
        print(f"{name:<41}{one.p50 * 1e3:>9.1f}{one.p99 * 1e3:>9.1f}{one.longest * 1e3:>9.1f}")


def print_lines(lines: Sequence[Line]) -> None:
    """Print each promise and whether it is kept."""
    print(f"\n{'':<32}{'measured':>10}{'by CPU':>9}{'target':>12}")
    for line in lines:
        target = f"{'>=' if line.at_least else '<='} {line.target:g}{line.unit}"
        cpu = f"{line.cpu:.2f}" if line.cpu else ""
        print(f"{line.figure:<32}{line.value:>10.2f}{cpu:>9}{target:>12}  {'met' if line.is_met else 'NOT MET'}")


def main() -> None:
    """Measure everything and print it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * SLOW)), hard))
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder))
    print(f"{load.CONNECTIONS} connections, medians of {PASSES} passes of {SECONDS:g} s, on {os.cpu_count()} cores")
    print_figures(measured)
    print_waits(measured.waits)
    print_lines([*judge(measured), *judge_alone()])


if __name__ == "__main__":
    main()
