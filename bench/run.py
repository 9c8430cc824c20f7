"""Speed and memory, as ratios within one run: python bench/run.py

What is measured: whole turns over HTTP in safe mode on SQLite (AES, repeats, matcher, conversation, a ticket, its event)
with and without group commit, against a bare aiohttp server that only opens and seals the same envelopes. Server and load
share this machine, so absolute figures say little; ratios say what the turn costs and what grouping buys.
"""

import asyncio
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import uvloop
from aiohttp import web
from sqlmodel import Session, col, select

from bot import app
from bot.cli import serving
from bot.model import Resident
from bot.wechat import crypto

#: Messages in flight at once.
IN_FLIGHT = 64

SAID = "厨房水管漏水了"


# ------------------------------------------------------------------ the servers, each a process of its own


def serve_echo(port: int, var: Path) -> None:
    """Open each envelope and seal it again: the least a webhook can do."""
    account = account_of(port, var)

    async def echo(request: web.Request) -> web.Response:
        xml = crypto.open_envelope(account, request.query, await request.read(), app.clock())
        return web.Response(text=crypto.seal(account, xml.decode(), app.clock()), content_type="application/xml")

    server = web.Application()
    server.router.add_post("/wechat", echo)
    run(server, port)


def serve_turns(port: int, var: Path, group: int) -> None:
    """Serve the product, with every resident of the demo roster bound."""
    settings = serving.demo_settings(host="127.0.0.1", port=port, var=var, group_commit=group)
    serving.seed(settings)
    linli = app.Linli.assemble(settings)
    linli.database.submit(bind_everybody).result()
    run(app.build(linli), port)


def bind_everybody(session: Session) -> None:
    """Give all residents an openid."""
    for number, resident in enumerate(session.exec(select(Resident).order_by(col(Resident.id)))):
        resident.openid, resident.bound_at = openid(number), app.clock()
        session.add(resident)


def run(server: web.Application, port: int) -> None:
    """Serve until told to stop, and say when it can begin."""

    async def ready() -> None:
        print("ready", flush=True)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(app.run(server, "127.0.0.1", port, ready))


def account_of(port: int, var: Path) -> crypto.Account:
    """Return the demo's account, whose keys derive from the secret in `var`."""
    settings = serving.demo_settings(host="127.0.0.1", port=port, var=var)
    return crypto.Account(
        token=settings.wechat_token.get_secret_value(), appid=settings.wechat_appid, mode=crypto.Mode.SAFE,
        aes_key=settings.wechat_aes_key.get_secret_value(),
    )  # fmt: skip


# ------------------------------------------------------------------ the load


def openid(number: int) -> str:
    """Return the openid of a resident by number."""
    return f"oBench{number:022}"


def pushes(account: crypto.Account, count: int) -> list[tuple[dict[str, str], str]]:
    """Seal one message per resident beforehand, so that the load costs little while it runs."""
    now = app.clock()
    return [
        crypto.wrap_push(
            account,
            f"<xml><ToUserName>gh_bench</ToUserName><FromUserName>{openid(number)}</FromUserName>"
            f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>text</MsgType><Content>{SAID}</Content>"
            f"<MsgId>{number + 1}</MsgId></xml>",
            now,
        )
        for number in range(count)
    ]


async def load(port: int, sealed: Sequence[tuple[dict[str, str], str]]) -> tuple[float, list[float]]:
    """Send everything, IN_FLIGHT at once; returns messages a second and each one's seconds."""
    waits: list[float] = []
    left = iter(sealed)
    url = f"http://127.0.0.1:{port}/wechat"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as http:

        async def work() -> None:
            for query, body in left:
                began = time.perf_counter()
                async with http.post(url, params=query, data=body) as response:
                    text = await response.text()
                    if response.status != 200 or "Encrypt" not in text:
                        raise RuntimeError(f"status {response.status}: {text[:200]}")
                waits.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        return len(waits) / (time.perf_counter() - began), waits


def measure(kind: str, count: int, *more: str) -> tuple[float, list[float]]:
    """Start one server, send the load, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, __file__, kind, str(port), f"{folder}/var", *more]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            if server.stdout.readline() != "ready\n":
                raise RuntimeError(f"{kind} did not start")
            sealed = pushes(account_of(port, Path(folder) / "var"), count)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                result = runner.run(load(port, sealed))
            server.terminate()
        return result


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


def demo_figures() -> tuple[float, float, float]:
    """Return seconds until a first and a second `linli demo` are ready, and the idle server's resident MB."""
    with tempfile.TemporaryDirectory() as folder:
        first, _ = start_demo(folder)
        second, memory = start_demo(folder)
        return first, second, memory


def start_demo(folder: str) -> tuple[float, float]:
    """Start the demo once; returns the seconds until it was ready and its resident MB then."""
    root = str(Path(__file__).parents[1])
    command = [sys.executable, "-m", "bot", "demo", "--port", str(free_port())]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("Try:"):
                break
        took = time.perf_counter() - began
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{demo.pid}/status").read_text())
        demo.terminate()
    return took, int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Measure everything and print it."""
    results = {
        "bare AES echo": measure("echo", 1400),
        "whole turn, 64 a commit": measure("turns", 1400, "64"),
        "whole turn, 1 a commit": measure("turns", 1400, "1"),
    }
    grouped = results["whole turn, 64 a commit"][0]
    print(f"{IN_FLIGHT} messages in flight, 1400 residents, a ticket each\n")
    print(f"{'':<26}{'per s':>8}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}")
    for name, (rate, waits) in results.items():
        middle, late = statistics.median(waits) * 1e3, statistics.quantiles(waits, n=100)[98] * 1e3
        print(f"{name:<26}{rate:>8.0f}{middle:>9.1f}{late:>9.1f}{rate / grouped:>8.2f}")
    first, second, memory = demo_figures()
    print(
        f"\nlinli --help {help_seconds():.2f} s · demo ready {first:.1f} s the first time, {second:.1f} s after · idle {memory:.0f} MB"
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "echo":
        serve_echo(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        serve_turns(int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
