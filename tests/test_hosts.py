"""Under which hosts pages are opened: another site that leads its name to this machine reads nothing; WeChat and health come in by any."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import app
from bot.cli.serving import demo_settings
from bot.hosts import Hosts


@pytest.mark.parametrize(("base_url", "listens", "host", "ours"), [
    ("https://linli.example.com", "127.0.0.1", "linli.example.com", True),
    ("https://linli.example.com", "127.0.0.1", "LINLI.example.com:443", True),
    ("https://linli.example.com", "127.0.0.1", "linli.example.com.", True),
    ("https://linli.example.com", "127.0.0.1", "other.example.com", True),
    ("https://linli.example.com", "127.0.0.1", "evil.example", False),
    ("https://linli.example.com", "127.0.0.1", "linli.example.com.evil.example", False),
    ("https://linli.example.com", "127.0.0.1", "linli.example.com@evil.example", False),
    ("https://linli.example.com", "127.0.0.1", "203.0.113.9", False),
    ("http://127.0.0.1:8080", "127.0.0.1", "127.0.0.1:8080", True), ("http://127.0.0.1:8080", "127.0.0.1", "localhost:9000", True),
    ("http://127.0.0.1:8080", "127.0.0.1", "[::1]:8080", True), ("http://127.0.0.1:8080", "127.0.0.1", "127.0.0.1.evil.example:8080", False),
    ("http://127.0.0.1:8080", "127.0.0.1", "localhost.evil.example", False), ("http://127.0.0.1:8080", "127.0.0.1", "", False),
    ("http://127.0.0.1:8080", "127.0.0.1", ":8080", False), ("http://127.0.0.1:8080", "127.0.0.1", "evil.example:127.0.0.1", False),
    ("http://0.0.0.0:8080", "0.0.0.0", "192.168.1.5:8080", True), ("http://0.0.0.0:8080", "0.0.0.0", "[fd00::5]:8080", True),
    ("http://0.0.0.0:8080", "0.0.0.0", "evil.example:8080", False), ("http://0.0.0.0:8080", "::", "192.168.1.5", True),
    ("http://192.168.1.5:8080", "192.168.1.5", "192.168.1.5:8080", True), ("http://192.168.1.5:8080", "192.168.1.5", "192.168.1.6:8080", False),
])  # fmt: skip
def test_hosts_of_ours_are_known_and_no_others(base_url: str, listens: str, host: str, ours: bool) -> None:
    assert Hosts(base_url, listens, ["other.example.com"]).knows(host) == ours


@asynccontextmanager
async def demo(var: Path) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=var))
    async with TestServer(app.build(linli, demo=True)) as server, TestClient(server) as client:
        yield client


async def test_no_page_is_read_under_a_name_that_was_led_here(demo_var: Path) -> None:
    """All routes are tried, so that a new one cannot escape."""
    async with demo(demo_var) as client:
        routes = {
            ("GET" if route.method == "*" else route.method, route.resource.canonical)
            for route in client.server.app.router.routes()
            if route.resource
        }  # type: ignore[union-attr]
        refused, answered = set(), set()
        for method, path in routes:
            address = path.replace("{", "").replace("}", "")
            response = await client.request(method, address, headers={"Host": "evil.example"}, allow_redirects=False)
            (refused if response.status == 421 else answered).add(path)

    assert {path for path in answered if not path.startswith("/api/")} == {
        "/wechat",
        "/wechat/wx_demo_heyuan_8f2c",
        "/healthz",
        "/readyz",
    }
    assert {"/", "/console", "/console/in", "/simulator", "/static", "/metrics", "/p/passes/{id}"} <= {
        path.removesuffix("/") or "/" for path in refused
    }


async def test_refusal_says_where_to_go_and_which_setting_to_mend(demo_var: Path) -> None:
    async with demo(demo_var) as client:
        response = await client.get("/console", headers={"Host": "linli.lan:8080"})
        text = await response.text()

    assert (response.status, response.content_type) == (421, "text/plain")
    assert all(words in text for words in ("linli.lan:8080", "http://127.0.0.1:1", "LINLI_OTHER_HOSTS", "LINLI_PUBLIC_URL"))


async def test_request_that_names_no_host_or_two_reads_no_page(demo_var: Path) -> None:
    async with demo(demo_var) as client:
        port = client.server.port or 0

        def ask(path: str, hosts: bytes) -> bytes:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(f"GET {path} HTTP/1.0\r\n".encode() + hosts + b"\r\n")
                return line.recv(40)

        for hosts in (
            b"",
            b"Host: 127.0.0.1\r\nHost: evil.example\r\n",
            b"Host: evil.example\r\nHost: 127.0.0.1\r\n",
            b"Host: \xff\r\n",
        ):
            assert b" 200 " not in await asyncio.to_thread(ask, "/console/in", hosts), hosts
        assert b" 200 " in await asyncio.to_thread(ask, "/healthz", b"")


async def test_figures_are_for_this_machine_and_under_its_names(demo_var: Path) -> None:
    async with demo(demo_var) as client:
        statuses = [(await client.get("/metrics", headers=headers)).status for headers in (
            {}, {"Host": "evil.example"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"},
        )]  # fmt: skip

    assert statuses == [200, 421, 403, 403]
