"""Staff find somebody in two keystrokes and change what is wrong, without a mouse, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


def fits(page: Page) -> bool:
    """Tell whether nothing of the page stands beside the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [390, 1280])
def test_somebody_is_found_by_two_keys_and_opened_by_a_third(demo: Demo, sign_in: Window, shot: Shot, width: int) -> None:
    page = sign_in("manager", width=width)
    page.goto(f"{demo.url}/console/people")
    expect(page.locator("#found tbody tr")).to_have_count(20)
    assert fits(page)

    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("cjg")
    expect(page.locator("#found tbody")).to_contain_text("陈建国")
    expect(page.locator("#found")).not_to_contain_text("李梅")
    shot(page, f"residents-found-{width}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("栋")
    shot(page, f"flat-{width}")
    assert fits(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_flat_is_corrected_on_its_page(demo: Demo, sign_in: Window, shot: Shot, width: int) -> None:
    page = sign_in("manager", width=width)
    page.goto(f"{demo.url}/console/households")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("3-2-501")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    shot(page, f"households-{width}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="显示").first.click()
    expect(page.locator(".whole-phone").first).to_be_visible()

    name = f"新住户{width}"
    page.get_by_text("添加住户").click()
    adding = page.locator("form[action$='/add']")
    adding.get_by_label("姓名").fill(name)
    shot(page, f"flat-adding-{width}")
    adding.get_by_role("button", name="添加").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name}加好了")
    person = page.locator(".people > li", has_text=name)
    person.get_by_text("搬走", exact=True).click()
    person.get_by_role("button", name="登记搬走").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name}已登记搬走")
    expect(page.get_by_text("搬走的人")).to_be_visible()
    assert fits(page)

    page.get_by_role("link", name="住户码").click()
    page.get_by_role("button", name="住户码").or_(page.get_by_role("button", name="换一个新码")).first.click()
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    shot(page, f"code-{width}")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_tag_is_given_by_keyboard_and_taken_back(demo: Demo, sign_in: Window, shot: Shot, width: int) -> None:
    page = sign_in("manager", width=width)
    page.goto(f"{demo.url}/console/people?q=501")
    page.locator("[data-tick]").nth(0).focus()
    page.keyboard.press("Space")
    page.get_by_text("加上标签…").press("Enter")
    page.get_by_label("标签，例如").fill(f"志愿者{width}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("加上标签：1 人，完成")
    shot(page, f"residents-tagged-{width}")

    page.locator("[data-tick]").nth(0).focus()
    page.keyboard.press("Space")
    page.get_by_text("去掉标签…").press("Enter")
    page.get_by_label("去掉哪个标签").fill(f"志愿者{width}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("去掉标签：1 人，完成")
    page.locator("h1").click()
    page.keyboard.press("z")
    expect(page.get_by_role("status")).to_contain_text("撤销了 1 人")


@pytest.mark.parametrize("width", [390, 1280])
def test_who_stands_twice_is_seen_side_by_side(demo: Demo, sign_in: Window, shot: Shot, width: int) -> None:
    page = sign_in("manager", width=width)
    page.goto(f"{demo.url}/console/duplicates")
    shot(page, f"duplicates-{width}")
    page.get_by_text("自己选两个人…").click()
    page.locator("#find-one").fill("cjg")
    page.locator("#found-one input").first.check()
    page.locator("#find-other").fill("limei")
    page.locator("#found-other input").first.check()
    page.get_by_role("button", name="放在一起看").click()
    expect(page.get_by_text("留下这一位")).to_have_count(2)
    shot(page, f"compare-{width}")
    assert fits(page)
