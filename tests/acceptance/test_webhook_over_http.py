"""The running application as WeChat sees it: real encrypted XML over HTTP, good and bad."""

from __future__ import annotations

import concurrent.futures
import gzip
import http.client
import itertools
import os
import re
import resource
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from bot.app import clock
from bot.wechat import crypto

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

ROOT = Path(__file__).parents[2]


def text_push(openid: str, text: str, msgid: int, at: datetime) -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{int(at.timestamp())}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{msgid}</MsgId></xml>"
    )


def fetch(request: urllib.request.Request) -> tuple[int, str]:
    """Return status and body, whatever the status is."""
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def get(demo: Demo, path: str, **headers: str) -> tuple[int, str]:
    return fetch(
        urllib.request.Request(demo.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    )


def send(demo: Demo, query: dict[str, str], body: str | bytes) -> tuple[int, str]:
    content = body.encode() if isinstance(body, str) else body
    return fetch(urllib.request.Request(f"{demo.url}/wechat?{urlencode(query)}", content, method="POST"))


def said(demo: Demo, xml: str, at: datetime | None = None) -> str:
    """Push XML as WeChat does; returns the text of the reply, or the bare body."""
    status, body = send(demo, *crypto.wrap_push(demo.account, xml, at or clock()))
    assert status == 200
    if body == "success":
        return body
    reply = crypto.open_reply(demo.account, body)
    return re.findall(r"<Content><!\[CDATA\[(.*?)\]\]>", reply, re.DOTALL)[0]


def test_url_check_of_the_account_console_is_answered(demo: Demo) -> None:
    query, _ = crypto.wrap_push(demo.account, "<xml/>", clock())

    assert get(demo, f"/wechat?{urlencode({**query, 'echostr': '42'})}") == (200, "42")


def test_message_is_answered_encrypted_to_its_sender(demo: Demo) -> None:
    status, body = send(demo, *crypto.wrap_push(demo.account, text_push("oHttp1", "你好", 1, clock()), clock()))

    assert status == 200
    assert "和苑小区" not in body
    reply = crypto.open_reply(demo.account, body)
    assert "<ToUserName><![CDATA[oHttp1]]>" in reply
    assert "和苑小区" in reply


def test_three_copies_at_once_and_three_after_get_one_answer_and_one_ticket(demo: Demo) -> None:
    now = clock()
    for number, text in enumerate(("我住5栋1单元101", "1"), 100):
        said(demo, text_push("oHttp2", text, number, now))
    xml = text_push("oHttp2", "厨房水管漏水了", 11, now)

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        answers = set(pool.map(lambda _: said(demo, xml), range(3)))
    answers |= {said(demo, xml) for _ in range(3)}

    assert len(answers) == 1
    assert said(demo, text_push("oHttp2", "报修进度", 12, now)).count("待受理") == 1


@pytest.mark.parametrize("fault", ["signature", "msg_signature", "nonce", "timestamp"])
def test_forged_push_gets_403(demo: Demo, fault: str) -> None:
    query, body = crypto.wrap_push(demo.account, text_push("oHttp3", "你好", 20, clock()), clock())

    assert send(demo, {**query, fault: "0" * len(query[fault])}, body)[0] == 403
    assert send(demo, {name: value for name, value in query.items() if name != fault}, body)[0] == 403


def test_parameter_given_twice_gets_403(demo: Demo) -> None:
    query, body = crypto.wrap_push(demo.account, text_push("oHttp3", "你好", 21, clock()), clock())
    request = urllib.request.Request(f"{demo.url}/wechat?{urlencode(query)}&nonce=1", body.encode(), method="POST")

    assert fetch(request)[0] == 403


def test_stale_push_gets_403(demo: Demo) -> None:
    old = clock() - timedelta(minutes=11)

    assert send(demo, *crypto.wrap_push(demo.account, text_push("oHttp3", "你好", 22, old), old))[0] == 403


@pytest.mark.parametrize(
    "xml", ["", "hello", "<xml>", "<xml></xml>", "<html/>", "<xml><MsgType>text</MsgType></xml>", "<xml><a>" * 2000]
)
def test_signed_but_odd_xml_gets_success(demo: Demo, xml: str) -> None:
    assert said(demo, xml) == "success"


def test_unknown_kind_gets_success(demo: Demo) -> None:
    assert said(demo, text_push("oHttp4", "x", 30, clock()).replace("[text]", "[hologram]")) == "success"


@pytest.mark.parametrize("kind", ["video", "shortvideo", "link"])
def test_what_the_bot_cannot_look_at_is_answered_with_a_way_on(demo: Demo, kind: str) -> None:
    assert "请" in said(demo, text_push("oHttp4", "x", 30, clock()).replace("[text]", f"[{kind}]"))


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "subscribe_msg_popup_event", "NEW_IN_2030"])
def test_unknown_event_gets_success(demo: Demo, event: str) -> None:
    xml = text_push("oHttp4", "x", 31, clock()).replace("[text]", "[event]").replace("</xml>", f"<Event>{event}</Event></xml>")

    assert said(demo, xml) == "success"


def test_over_long_body_gets_413_and_the_server_stays(demo: Demo) -> None:
    query, _ = crypto.wrap_push(demo.account, "<xml/>", clock())

    assert send(demo, query, b"x" * (64 * 1024 + 1))[0] == 413
    assert said(demo, text_push("oHttp5", "你好", 40, clock())) != "success"


def test_stalled_body_does_not_hold_others_up(demo: Demo) -> None:
    query, _ = crypto.wrap_push(demo.account, "<xml/>", clock())
    with begun(demo, f"?{urlencode(query)}", "Content-Length: 1000", "<xml>") as stalled:
        began = time.monotonic()
        assert said(demo, text_push("oHttp6", "你好", 50, clock())) != "success"
        assert time.monotonic() - began < 2
        assert b"408" in stalled.recv(200)


def test_a_thousand_connections_that_never_finish_their_heads_hold_nobody_up(demo: Demo) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    address = urlsplit(demo.url)
    with ExitStack() as open_ones:
        for _ in range(min(1100, hard - 200)):
            slow = open_ones.enter_context(socket.create_connection((address.hostname or "", address.port or 0), timeout=6))
            slow.sendall(b"POST /wechat HTTP/1.1\r\nHost: x\r\nX-")
        began = time.monotonic()
        assert said(demo, text_push("oHttp9", "你好", 80, clock())) != "success"
        assert time.monotonic() - began < 3
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_stranger_is_refused_before_the_body_has_come(demo: Demo) -> None:
    with begun(demo, "", "Content-Length: 1000", "<xml>") as stalled:
        assert b"403" in stalled.recv(200)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "made-up", "identity, gzip"])
@pytest.mark.parametrize("body", [b"abc", gzip.compress(bytes(1_000_000))])
def test_body_that_would_have_to_be_inflated_is_refused_in_plain_words(demo: Demo, encoding: str, body: bytes) -> None:
    query, _ = crypto.wrap_push(demo.account, "<xml/>", clock())
    headers = {"Content-Encoding": encoding, "Accept": "text/html"}
    request = urllib.request.Request(f"{demo.url}/wechat?{urlencode(query)}", body, headers, method="POST")

    assert fetch(request) == (415, "the body is compressed; send it as it is")


@contextmanager
def begun(demo: Demo, query: str, headers: str, body: str) -> Iterator[socket.socket]:
    """Open a connection and send the beginning of a push."""
    address = urlsplit(demo.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=6) as connection:
        connection.sendall(f"POST /wechat{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n{body}".encode())
        yield connection


@pytest.mark.parametrize("path", ["/static/{}", "/simulator/static/{}.css", "/console/{}", "/n/{}"])
def test_name_longer_than_any_file_is_not_found(demo: Demo, path: str) -> None:
    assert get(demo, path.format("a" * 300))[0] == 404


@pytest.mark.parametrize("request_bytes", [
    b"GARBAGE\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"POST /wechat HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
])  # fmt: skip
def test_what_is_no_request_is_refused_and_counted(demo: Demo, request_bytes: bytes) -> None:
    def counted() -> float:
        return float(re.findall(r"^linli_malformed_requests_total (.+)$", get(demo, "/metrics")[1], re.MULTILINE)[0])

    before = counted()
    with socket.create_connection(("127.0.0.1", int(urlsplit(demo.url).port or 0)), timeout=10) as line:
        line.sendall(request_bytes)
        assert line.recv(100).startswith(b"HTTP/1.0 400")

    assert counted() == before + 1


def test_resident_who_writes_markup_is_answered(demo: Demo) -> None:
    assert said(demo, text_push("oHttp8", "请看 <!DOCTYPE html> 这个 <Encrypt>AAAA</Encrypt>", 70, clock())) != "success"


def test_health_and_figures_are_told_to_this_machine(demo: Demo) -> None:
    for path in ("/healthz", "/readyz"):
        assert '"ok"' in get(demo, path)[1]
    assert "linli_webhook_seconds_bucket" in get(demo, "/metrics")[1]


def faults_in_intents(demo: Demo) -> int:
    return int(float(re.findall(r"^linli_intent_problems (.+)$", get(demo, "/metrics")[1], re.MULTILINE)[0]))


def until(is_so: Callable[[], bool]) -> None:
    """Wait, for at most half a minute."""
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_intent_of_the_readme_is_answered_when_its_file_is_saved_and_while_it_is_broken(demo: Demo) -> None:
    shown = re.findall(r"```yaml\n(intent: .*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    file, asked = demo.var / "intents" / "faq" / "badminton.yaml", itertools.count(700)

    def answer() -> str:
        return said(demo, text_push("oHttp9", "羽毛球馆开到几点", next(asked), clock()))

    assert "会所二楼" not in answer()
    try:
        file.write_text(shown, encoding="utf-8")
        until(lambda: "会所二楼" in answer())
        file.write_text(shown.replace("球拍]", "球拍"), encoding="utf-8")
        until(lambda: faults_in_intents(demo) == 1)
        assert "会所二楼" in answer()
        file.write_text(shown.replace("会所二楼", "会所三楼"), encoding="utf-8")
        until(lambda: "会所三楼" in answer())
        until(lambda: faults_in_intents(demo) == 0)
    finally:
        file.unlink(missing_ok=True)


def test_figures_are_kept_from_others(demo: Demo) -> None:
    assert get(demo, "/metrics", X_Forwarded_For="203.0.113.9")[0] == 403


@pytest.mark.parametrize(("headers", "status"), [
    ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Origin": "https://evil.example"}, 403), ({"Sec-Fetch-Site": "same-origin"}, 422),
])  # fmt: skip
def test_other_sites_cannot_make_a_browser_act(demo: Demo, headers: dict[str, str], status: int) -> None:
    address = urlsplit(demo.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)

    connection.request("POST", "/console/in", urlencode({"login": "admin", "password": "x"}),
                       {"Content-Type": "application/x-www-form-urlencoded", **headers})  # fmt: skip

    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize("path", ["/p/passes/ABCDEFGHJK", "/p/tickets/R123456?k=1.2", "/p/tickets/R123456?k=zzz"])
def test_page_without_our_seal_stays_shut(demo: Demo, path: str) -> None:
    status, page = get(demo, path)

    assert status == 403
    assert "链接打不开" in page


def test_killed_in_mid_work_it_comes_back_with_all_that_was_answered(demo: Demo) -> None:
    """The last test of this module: it ends the server the hard way and looks into the database."""
    import signal
    import sqlite3

    now = clock()
    for number, text in enumerate(("我住5栋1单元102", "1", "3238", "1"), 110):
        said(demo, text_push("oHttp7", text, number, now))
    numbers = []
    for n in range(20):
        numbers += re.findall(r"报修号 (\w+)", said(demo, text_push("oHttp7", f"{n + 1}栋楼道灯不亮", 61 + n, now)))
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait(10)

    with sqlite3.connect(demo.var / "linli.db") as database:
        kept = {row[0] for row in database.execute("SELECT number FROM repair_ticket")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    assert len(numbers) == 20
    assert set(numbers) <= kept
