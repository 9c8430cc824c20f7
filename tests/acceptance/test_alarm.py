"""Staff are reached: from 着火了 on one phone to 我来处理 on another, over HTTP, in the demo as it starts."""

from __future__ import annotations

import re
import time
import urllib.request
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from bot.simulator.cast import CAST

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

RESIDENT, STAFF = CAST[0].openid, CAST[3].openid

#: Within this many seconds an alarm is on the phone of who is on duty.
PROMISED = 5.0


class Console:
    """A manager's browser, without the browser."""

    def __init__(self, demo: Demo) -> None:
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))  # the cookie is __Host-; this machine counts as safe
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar(policy))).open
        self._demo = demo
        self.post(demo.links["manager"].removeprefix(demo.url))

    def get(self, path: str) -> str:
        with self._open(self._demo.url + path, timeout=20) as response:
            return str(response.read().decode())

    def post(self, path: str, body: str = "") -> str:
        with self._open(urllib.request.Request(self._demo.url + path, body.encode(), method="POST"), timeout=20) as response:
            return str(response.read().decode())


def message(demo: Demo, openid: str, words: str) -> str:
    """Return the first message to somebody that has these words; fails when it does not come within PROMISED."""
    begun = time.monotonic()
    while time.monotonic() - begun < PROMISED:
        if found := next((line for line in demo.chat(openid) if words in line), ""):
            return found
        time.sleep(0.05)
    raise AssertionError(f"no message with {words!r} came within {PROMISED} s; there are {demo.chat(openid)}")


def test_an_alarm_reaches_who_is_bound_and_one_tap_tells_the_resident(demo: Demo) -> None:
    console = Console(demo)
    form = re.search(r'action="/console/me/wechat/code">(.*?)</form>', console.get("/console/me/wechat"), re.DOTALL)
    assert form
    once = re.search(r'name="(\w+)" value="([^"]+)"', form[1])
    page = console.post("/console/me/wechat/code", f"{once[1]}={once[2]}" if once else "")
    code = re.search("绑定员工 [0-9A-Z]{6}", page)
    assert code
    assert "绑定好了" in demo.says(STAFF, code[0])

    said = demo.says(RESIDENT, "我家厨房着火了")
    assert "正在通知" in said

    alarm = message(demo, STAFF, "我来处理，请点：")
    assert "我家厨房着火了" in alarm
    message(demo, RESIDENT, "已通知")
    link = re.search(r"/p/duty/\S+", alarm)
    assert link
    console.post(link[0], "do=claim")
    assert "已接警，正在赶来" in message(demo, RESIDENT, "已接警")
