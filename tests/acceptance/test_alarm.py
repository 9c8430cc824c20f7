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

RESIDENT, NEWCOMER = CAST[0].openid, CAST[3].openid

#: By day the one is on duty, by night the other.
ON_DUTY = tuple(actor.openid for actor in CAST if actor.login in {"wu", "sun"})

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


def message(demo: Demo, words: str, *openids: str) -> tuple[str, str]:
    """Return the first message that has these words, and who got it; fails when none comes within PROMISED."""
    begun = time.monotonic()
    while time.monotonic() - begun < PROMISED:
        for openid in openids:
            if found := next((line for line in demo.chat(openid) if words in line), ""):
                return found, openid
        time.sleep(0.05)
    raise AssertionError(f"no message with {words!r} came within {PROMISED} s; there are {[demo.chat(one) for one in openids]}")


def test_a_code_from_the_console_binds_a_colleague(demo: Demo) -> None:
    console = Console(demo)
    form = re.search(r'action="/console/me/wechat/code">(.*?)</form>', console.get("/console/me/wechat"), re.DOTALL)
    assert form
    once = re.search(r'name="(\w+)" value="([^"]+)"', form[1])
    page = console.post("/console/me/wechat/code", f"{once[1]}={once[2]}" if once else "")
    code = re.search("绑定员工 [0-9A-Z]{6}", page)
    assert code
    assert "绑定好了" in demo.says(NEWCOMER, code[0])


def test_an_alarm_reaches_who_is_on_duty_and_one_tap_tells_the_resident(demo: Demo) -> None:
    for openid in ON_DUTY:
        demo.says(openid, "你好")  # who wrote lately gets the whole message, with the link

    assert "正在通知值班的" in demo.says(RESIDENT, "我家厨房着火了")

    alarm, _ = message(demo, "点这里，我来处理", *ON_DUTY)
    assert "我家厨房着火了" in alarm
    message(demo, "已通知值班的", RESIDENT)
    link = re.search(r'/p/duty/[^"]+', alarm)
    assert link
    urllib.request.urlopen(demo.url + link[0], b"do=claim", timeout=20).close()
    message(demo, "已接警，正在赶来", RESIDENT)


def test_two_words_do_as_well_as_a_tap(demo: Demo) -> None:
    demo.says(RESIDENT, "有人晕倒了")
    _, openid = message(demo, "急病", *ON_DUTY)

    assert "由您处理" in demo.says(openid, "我来")
