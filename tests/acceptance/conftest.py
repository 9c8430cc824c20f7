"""The running application: `linli demo` as a process of its own, seen over HTTP and in a real browser."""

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot import config
from bot.cli.serving import demo_settings
from bot.wechat.crypto import Account, Mode
from tests.started import Started

BROWSER = shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"

#: Where screenshots are kept.
ARTEFACTS = Path("artefacts")


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, its sign-in links by role, and what it keeps where."""

    url: str
    links: dict[str, str]
    var: Path
    process: "subprocess.Popen[str] | Started"
    used: set[str] = field(default_factory=set)

    @property
    def settings(self) -> config.Settings:
        """The settings the process runs with; its keys derive from the secret in var."""
        return demo_settings(host="127.0.0.1", port=int(self.url.rsplit(":", 1)[1]), var=self.var)

    @property
    def account(self) -> Account:
        """What the webhook shares with WeChat."""
        settings = self.settings
        return Account(
            token=settings.wechat_token.get_secret_value(),
            appid=settings.wechat_appid,
            mode=Mode.SAFE,
            aes_key=settings.wechat_aes_key.get_secret_value(),
        )

    def says(self, openid: str, text: str) -> str:
        """A resident says something on the phone; returns what the bot answers."""
        return self.does(openid, kind="text", text=text)

    def does(self, openid: str, **gesture: object) -> str:
        """A resident does something on the phone; returns what the bot answers, empty for nothing."""
        reply = self.post(f"/simulator/phone/{openid}/send", gesture)["reply"]
        return str(reply["text"]) if reply else ""

    def post(self, path: str, body: object) -> Any:
        """Post JSON."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def chat(self, openid: str) -> list[str]:
        """Return all the bot has sent to a resident, oldest first."""
        with urllib.request.urlopen(f"{self.url}/simulator/state", timeout=10) as response:
            state = json.load(response)
        lines = [line for line in state["lines"] if line["openid"] == openid and line["author"] == "bot"]
        return [" ".join([line["title"], line["text"], *map(str, line["fields"])]) for line in lines]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


#: What a browser writes into its console of a form that was refused on its page.
REFUSED = "status of 422 (Unprocessable Entity)"


@pytest.fixture(scope="module")
def demo(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for one module that was just seeded; test_sample_service.py lets it start from nothing and seed itself."""
    home = tmp_path_factory.mktemp("demo")
    shutil.copytree(seeded, home / "var/demo")
    port = free_port()
    with Started("demo", "--port", str(port), home=home) as process:
        said = read_until(process, "Try:")
        links = dict(re.findall(r"^ +(guard|staff|manager|admin) +\S+ +(\S+)$", said, re.MULTILINE))
        yield Demo(f"http://127.0.0.1:{port}", links, home / "var/demo", process)
        if process.poll() is None:
            process.terminate()
            assert process.wait(10) == 0, "the server must end cleanly when it is told to"


def read_until(process: "subprocess.Popen[str] | Started", word: str) -> str:
    """Return what a process says up to a word; fails when it ends before."""
    assert process.stdout is not None
    said = ""
    while word not in said:
        line = process.stdout.readline()
        assert line, f"the demo did not come up: {said}"
        said += line
    return said


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one module."""
    if not Path(BROWSER).exists():
        assert "LINLI_REQUIRE_BROWSER" not in os.environ, "chromium-headless-shell is missing; .ci/run installs it"
        pytest.skip("NO BROWSER: install Debian's chromium-headless-shell to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open windows; any complaint of the browser (script error, policy, missing file) fails the test.

    That a form was refused is none: browsers say so of every answer 422, which is how the console asks to look again.
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_window(width: int = 1280, height: int = 800, context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" and REFUSED not in said.text else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_in(demo: Demo, window: Callable[..., Page]) -> Callable[..., Page]:
    """Sign in as a role; a second window of the same role shares the session of the module."""

    def enter(role: str, **options: Any) -> Page:
        page = window(**options)
        state = demo.var / f"{role}.json"
        if state.exists():
            cookies = json.loads(state.read_text())
            page.context.add_cookies(cookies)
            return page
        page.goto(demo.links[role])
        page.get_by_role("button", name="进入").click()
        page.wait_for_url("**/console**")
        state.write_text(json.dumps(page.context.cookies()))
        return page

    return enter


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep a screenshot."""

    def take(page: Page, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}.png")

    return take
