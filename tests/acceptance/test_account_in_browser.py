"""How staff see to their own account, in a real browser: a password, a second step from its QR code, their devices; on phone and desk."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from bot import totp

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

PASSWORD = "four plain words together"

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


def fits(page: Page) -> bool:
    """Tell whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_staff_set_a_password_and_a_second_step_and_sign_in_with_both(
    demo: Demo, window: Window, sign_in: Window, shot: Shot
) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}/console/account")
    login = page.locator("input[name=login]").input_value()
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输一次").fill(PASSWORD)
    shot(page, "account-1280")
    page.get_by_role("button", name="设密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码改好了")

    page.get_by_role("button", name="开始设置").click()
    expect(page.get_by_role("img", name="验证器的二维码")).to_be_visible()
    page.get_by_text("扫不了？手动输入密钥").click()
    key = b32decode(page.locator("#totp p.code").inner_text().replace(" ", ""))
    shot(page, "account-totp-1280")
    now = datetime.now(UTC)
    page.get_by_label("6 位数字").fill(totp.code_at(key, totp.counter_at(now)))
    page.get_by_role("button", name="确认，开启").click()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    shot(page, "account-codes-1280")

    phone = window(width=390, height=844)
    phone.goto(f"{demo.url}/console/account")
    phone.get_by_label("登录名").fill(login)
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_role("heading", name="输入验证码")).to_be_visible()
    shot(phone, "code-390")
    later = totp.code_at(key, totp.counter_at(now + timedelta(seconds=totp.STEP)))
    phone.get_by_label("验证器 App").fill(later)
    phone.get_by_role("button", name="继续").click()
    expect(phone).to_have_url(f"{demo.url}/console/account")
    expect(phone.locator(".list-group-item")).to_have_count(2)
    assert fits(phone)
    phone.screenshot(path="artefacts/account-390.png", full_page=True)
    phone.get_by_role("button", name="让其他设备都退出").click()
    expect(phone.get_by_role("status")).to_contain_text("其他设备都已退出登录")
    page.goto(f"{demo.url}/console/account")
    expect(page).to_have_url(re.compile("/console/in"))


@pytest.mark.parametrize("width", [390, 1280])
def test_admin_finds_a_colleague_and_writes_down_what_they_can_do(demo: Demo, window: Window, shot: Shot, width: int) -> None:
    page = window(width=width, height=844)
    page.goto(f"{demo.url}/console/in")
    page.get_by_role("button", name="以管理员身份进入").click()
    page.goto(f"{demo.url}/console/staff?q=chen")
    page.get_by_role("main").get_by_role("link", name="陈", exact=False).first.click()
    page.get_by_label("技能").fill("水电、电梯")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("技能")).to_have_value("水电、电梯")
    assert fits(page)
    shot(page, f"member-{width}")
    page.goto(f"{demo.url}/console/staff")
    expect(page.get_by_role("main")).to_contain_text("电梯")
    assert fits(page)
    page.screenshot(path=f"artefacts/staff-{width}.png", full_page=True)
