"""A service that is one copied folder: every part of the contract at work in a running demo, and no other file changed."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlmodel import Session, select

from bot import app
from bot.cli.stage import demo_settings
from bot.keys import Keys
from bot.model import SHANGHAI
from bot.store import apikeys, scope
from bot.store.staff import Role, Staff
from tests.acceptance.conftest import Demo, free_port, read_until

SAMPLE = Path(__file__).parents[1] / "sample_service"
LI, WANG = "oDemoLiMei_3B1U302_bbbbbbbbb", "oDemoWangQiang_7B1U101_ccccc"
UNTIL = 20.0


class Listener(BaseHTTPRequestHandler):
    """Hears of what is lent."""

    heard: ClassVar[list[dict[str, Any]]] = []
    came = threading.Event()

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()
        self.came.set()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def listener() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, listener: str) -> Iterator[Demo]:
    """A demo beside which one folder was copied; the checkout is as it was."""
    home = tmp_path_factory.mktemp("sample")
    shutil.copytree(SAMPLE, home / "services", ignore=shutil.ignore_patterns("__pycache__"))
    port = free_port()
    environment = {
        **os.environ, "LINLI_INTEGRATIONS_FOLDER": str(home / "services"), "LINLI_TOOLS_DAYS": "2",
        "LINLI_TOOLS_WEBHOOK": listener,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--bare", "--port", str(port)],
        cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
    ) as process:  # fmt: skip
        said = read_until(process, "Try:")
        links = dict(re.findall(r"^ +(guard|staff|manager|admin) +\S+ +(\S+)$", said, re.MULTILINE))
        yield Demo(f"http://127.0.0.1:{port}", links, home / "var/demo", process)
        process.terminate()
        assert process.wait(10) == 0


class Browser:
    """A signed-in browser without a screen."""

    def __init__(self, demo: Demo, role: str) -> None:
        self.demo, self.role = demo, role
        self.cookie = self._post(demo.links[role], {}).headers["Set-Cookie"].split(";")[0]

    def get(self, path: str) -> str:
        request = urllib.request.Request(self.demo.url + path, headers={"Cookie": self.cookie})
        with urllib.request.urlopen(request, timeout=20) as response:
            return str(response.read().decode())

    def post(self, path: str, **form: str) -> int:
        return int(self._post(self.demo.url + path, form).status)

    def _post(self, url: str, form: dict[str, str]) -> Any:
        headers = {"Cookie": self.cookie} if hasattr(self, "cookie") else {}
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), headers, method="POST")
        return urllib.request.build_opener(_Stay).open(request, timeout=20)


class _Stay(urllib.request.HTTPErrorProcessor):
    """Follows no redirect: where a form leads is what is looked at."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


def ask(demo: Demo, fn: Callable[[Session], Any]) -> Any:
    """Read or write the demo's database beside it, for its first community."""
    database = app.reach_database(demo_settings(host="127.0.0.1", port=1, var=demo.var))

    def run(session: Session) -> Any:
        scope.enter(session, 1)
        return fn(session)

    try:
        return database.submit(run).result()
    finally:
        database.close()


def call(demo: Demo, secret: str, path: str, body: object = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{demo.url}/api/v1{path}", data, headers, method="GET" if body is None else "POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            content = response.read()
            return int(response.status), json.loads(content) if content else None
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def key(demo: Demo, *scopes: str) -> str:
    def make(session: Session) -> str:
        member = session.exec(select(Staff).where(Staff.role == Role.ADMIN)).first()
        return apikeys.make(session, "工具柜", scopes, datetime.now(SHANGHAI), staff_id=member.id if member else None)[1]

    return str(ask(demo, make))


def test_tool_is_asked_for_lent_told_announced_and_brought_back_by_a_machine(demo: Demo) -> None:
    told = demo.says(LI, "我想借冲击钻")
    number = re.search(r"单号 (\w+)", told)
    assert number is not None, told
    staff = Browser(demo, "staff")
    assert "借冲击钻：3栋1单元302" in staff.get("/console/tasks"), "a task for whoever lends"
    assert "冲击钻" in staff.get("/console/tools")

    assert staff.post(f"/console/tools/{number[1]}/lend") == 303

    assert "借冲击钻：3栋1单元302" not in re.sub(r"(?s)<details.*?</details>", "", staff.get("/console/tasks")), (
        "closed with its subject"
    )
    assert Listener.came.wait(UNTIL), "the effect is carried out"
    assert Listener.heard == [{"key": number[1], "tool": "冲击钻"}]
    both, reads = key(demo, "tools.read", "tools.return"), key(demo, "tools.read")
    status, lent = call(demo, both, "/tools/loans")
    assert (status, number[1] in [loan["number"] for loan in lent["loans"]]) == (200, True)
    assert call(demo, reads, "/tools/returns", {"number": number[1]})[0] == 403
    assert call(demo, both, "/tools/returns", {"number": number[1]}) == (204, None)
    assert call(demo, both, "/tools/returns", {"number": "NONE"})[0] == 404
    assert "收回冲击钻" in Browser(demo, "manager").get("/console/audit")


def test_resident_reads_the_loan_on_a_sealed_page(demo: Demo) -> None:
    demo.says(WANG, "我想借工具箱")
    assert "改成手推车" in demo.says(WANG, "换成手推车"), "what follows belongs to it"
    assert "手推车" in demo.says(WANG, "我借了啥"), "and leads to what its file names"
    number = ask(
        demo, lambda session: session.connection().exec_driver_sql("SELECT number FROM tool_loan WHERE tool = '手推车'").scalar()
    )
    keys = Keys((demo.var / "secret").read_text().strip().encode())
    path = f"/p/tools/{number}"
    seal = keys.seal_link(path, datetime(2100, 1, 1, tzinfo=SHANGHAI), 1)

    with urllib.request.urlopen(f"{demo.url}{path}?k={seal}", timeout=20) as response:
        page = response.read().decode()

    assert "等待领取" in page
    assert "住户要借工具箱" in page
    assert "改成借手推车" in page


def test_household_page_shows_the_card_and_settings_are_checked(demo: Demo) -> None:
    owner = "SELECT household_id FROM resident JOIN tool_loan ON tool_loan.resident_id = resident.id WHERE state = 'lent' AND tool = '梯子'"
    home = ask(demo, lambda session: session.connection().exec_driver_sql(owner).scalar())
    page = Browser(demo, "admin").get(f"/console/households/{home}")
    environment = {**os.environ, "LINLI_INTEGRATIONS_FOLDER": str(demo.var.parents[1] / "services"), "LINLI_TOOLS_DAYS": "99"}
    refused = subprocess.run(
        [sys.executable, "-m", "bot", "check"], capture_output=True, text=True, env=environment, timeout=60, check=False
    )

    assert "借工具" in page
    assert "梯子（借出中）" in page, "what the service seeded"
    assert refused.returncode == 1
    assert "LINLI_TOOLS_DAYS" in refused.stderr


def test_openapi_describes_the_routes_of_the_copied_folder(demo: Demo) -> None:
    with urllib.request.urlopen(f"{demo.url}/api/openapi.json", timeout=20) as response:
        document = json.load(response)

    assert {"/api/v1/tools/loans", "/api/v1/tools/returns"} <= {
        f"{server}{path}" for path in document["paths"] for server in ("", "/api/v1")
    }


def test_who_unbinds_is_handed_no_tool_and_who_leaves_leaves_none(demo: Demo) -> None:
    demo.says(WANG, "我想借梯子")
    demo.says(WANG, "解除绑定")
    demo.says(WANG, "确认")
    states = ask(demo, lambda session: session.connection().exec_driver_sql(
        "SELECT tool_loan.state FROM tool_loan JOIN resident ON resident.id = resident_id WHERE resident.name = '王强'").scalars().all())  # fmt: skip
    assert set(states) == {"off"}

    demo.does(WANG, kind="unfollow")
    left = "SELECT count(*) FROM tool_loan JOIN resident ON resident.id = resident_id WHERE resident.name = '王强'"
    pause = threading.Event()
    for _ in range(200):  # the eraser looks every five seconds
        if ask(demo, lambda session: session.connection().exec_driver_sql(left).scalar()) == 0:
            break
        pause.wait(0.1)
    assert ask(demo, lambda session: session.connection().exec_driver_sql(left).scalar()) == 0
