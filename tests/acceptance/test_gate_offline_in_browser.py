"""The gate goes on without a network, in a real browser: it admits, refuses, counts, and brings back what it did."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from bot import config
from bot.app import reach_database
from bot.keys import Keys
from bot.simulator.cast import CAST
from bot.store import scope
from integrations.visitor_passes import tokens
from integrations.visitor_passes.models import Pass

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.acceptance.conftest import Demo

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]
CHEN = CAST[0].openid


@pytest.fixture
def phone(demo: Demo, chromium: Browser, sign_in: Window) -> Iterator[Page]:
    """The guard's phone; a browser without a network complains, which is no fault of the page."""
    sign_in("guard")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.add_cookies(json.loads((demo.var / "guard.json").read_text()))
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def invited(demo: Demo, words: str) -> str:
    """Let a resident invite; returns the six signs."""
    said = demo.says(CHEN, words)
    codes = re.findall(r"通行码 (\w{6})", said)
    assert codes, said
    return codes[-1]


def token_of(demo: Demo, code: str, *, keys: Keys | None = None) -> str:
    """Return what the QR code of a pass says, signed by its own keys unless others are given."""

    def read(session: Session) -> tokens.Token:
        made = session.exec(select(Pass).where(Pass.code == code)).one()
        return tokens.Token(public_id=made.public_id, starts_at=made.starts_at, ends_at=made.ends_at)

    database = reach_database(demo.settings)
    try:

        def run(session: Session) -> tokens.Token:
            scope.enter(session, 1)
            return read(session)

        return tokens.write(database.submit(run).result(), keys or Keys(config.read_secret(demo.settings)))
    finally:
        database.close()


def checks(phone: Page, code: str, verdict: str) -> None:
    """Check a code and read the verdict."""
    phone.get_by_label("输入 6 位通行码").fill(code)
    phone.get_by_role("button", name="检查").click()
    expect(phone.locator("#verdict")).to_contain_text(verdict)


def test_gate_admits_refuses_and_counts_without_a_network_and_brings_it_back(
    demo: Demo, phone: Page, window: Window, sign_in: Window, shot: Shot
) -> None:
    party, single = invited(demo, "邀请访客张敏现在来，两个人，不开车"), invited(demo, "我表哥现在来")
    phone.goto(f"{demo.url}/console/gate/offline")
    expect(phone.locator("#kept")).to_contain_text("断网也能打开")
    expect(phone.locator("#age")).to_contain_text("0 分钟前更新")

    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("#net")).to_contain_text("没有网络")
    unknown = invited(demo, "我表弟现在来")
    checks(phone, party, "放行")
    checks(phone, party.lower(), "3栋 · 还可进 0 人次")
    checks(phone, party, "超过约的人数")
    checks(phone, "ZZZZZZ", "名单里没有")
    checks(phone, unknown, "名单里没有")
    checks(phone, token_of(demo, single, keys=Keys(b"x" * 32)), "伪造")
    good = token_of(demo, single)
    checks(phone, f"{good[:60]}{'A' if good[60] != 'A' else 'B'}{good[61:]}", "伪造")
    checks(phone, token_of(demo, unknown), "名单之后新开的")
    checks(phone, good, "放行")
    shot(phone, "gate-offline")
    expect(phone.locator("#journal li")).to_have_count(4)

    other = sign_in("guard")
    other.goto(f"{demo.url}/console/gate")
    other.get_by_label("或输入通行码").fill(single)
    other.get_by_role("button", name="检查").click()
    expect(other.get_by_role("alert")).to_contain_text("放行")

    phone.context.set_offline(False)
    expect(phone.locator("#journal li", has_text="已补记")).to_have_count(4)
    expect(phone.locator("#wrong")).to_contain_text("超过约的人数")
    other.goto(f"{demo.url}/console/gate")
    expect(other.locator("#wrong li")).to_have_count(1)
    expect(other.locator("#wrong")).to_contain_text("超过约的人数")
    shot(other, "gate-wrong")


def test_slip_is_taken_back_before_it_is_told_and_a_stale_list_decides_nothing(demo: Demo, phone: Page) -> None:
    code = invited(demo, "邀请访客李雷现在来")
    phone.goto(f"{demo.url}/console/gate/offline")
    expect(phone.locator("#kept")).to_contain_text("断网也能打开")
    phone.context.set_offline(True)

    checks(phone, code, "放行")
    phone.locator("#journal").get_by_role("button", name="撤回").click()
    expect(phone.locator("#journal")).to_contain_text("已撤回")
    phone.evaluate(
        "() => { const known = JSON.parse(localStorage.getItem('gate.known')); known.at -= 13 * 3600; localStorage.setItem('gate.known', JSON.stringify(known)); }"
    )
    phone.reload()
    checks(phone, code, "名单太旧")
    expect(phone.locator("#verdict")).to_have_attribute("data-verdict", "no")
    phone.get_by_role("button", name="电话问过了，放行").click()
    expect(phone.locator("#journal li", has_text="等网络好了补记")).to_have_count(1)
    expect(phone.locator("#verdict")).to_have_attribute("data-verdict", "yes")
    expect(phone.locator("#verdict")).to_contain_text("电话里同意")
    expect(phone.get_by_role("button", name="电话问过了，放行")).to_have_count(0)  # a second tap would let in a second one
