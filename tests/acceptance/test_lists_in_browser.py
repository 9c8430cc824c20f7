"""Lists by keyboard and by hand: found, ticked, changed at once, taken back; the keys rest while Chinese is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


@pytest.fixture
def tickets(demo: Demo, sign_in: Window) -> Page:
    """The list of tickets, at least two of them on it, opened by staff over the phone."""
    page = sign_in("manager")
    for flat, place in (("3-2-501", "厨房"), ("3-1-302", "卫生间")):
        page.goto(f"{demo.url}/console/tickets/new")
        page.get_by_label("谁打来的").press_sequentially(flat)
        page.locator("#who fieldset input[type=radio]").first.check()
        page.get_by_label("什么坏了").select_option("water")
        page.get_by_label("在哪里").fill(place)
        page.get_by_label("住户怎么说的").fill("水管一直滴水")
        page.get_by_label("住户怎么说的").press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("登记好了，工单号 R")
    page.goto(f"{demo.url}/console/tickets")
    return page


def test_keys_lead_through_a_list_and_open_a_row(tickets: Page) -> None:
    tickets.locator("h1").click()
    tickets.keyboard.press("j")
    tickets.keyboard.press("j")
    second = tickets.locator("[data-row]").nth(1)
    expect(second).to_be_focused()

    tickets.keyboard.press("x")
    expect(tickets.locator("[data-tick]").nth(1)).to_be_checked()
    tickets.keyboard.press("k")
    tickets.keyboard.press("Enter")

    expect(tickets.locator("h1")).to_contain_text("工单 R")


def test_help_tells_the_keys_and_none_works_while_it_is_open_or_chinese_is_composed(tickets: Page, shot: Shot) -> None:
    tickets.locator("h1").click()
    tickets.keyboard.press("?")
    help_ = tickets.get_by_role("dialog")
    expect(help_).to_contain_text("到查找框")
    shot(tickets, "lists-keys")
    tickets.keyboard.press("/")
    expect(tickets.locator("#q")).not_to_be_focused()
    tickets.keyboard.press("Escape")
    expect(help_).to_be_hidden()

    composing = "for (const init of [{ isComposing: true }, { keyCode: 229 }]) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, ...init }))"
    tickets.evaluate(composing)
    expect(tickets.locator("#q")).not_to_be_focused()
    tickets.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '／', bubbles: true }))")
    expect(tickets.locator("#q")).to_be_focused()


def test_what_is_typed_narrows_the_list_without_a_reload(tickets: Page) -> None:
    tickets.evaluate("window.same = true")
    tickets.locator("#q").press_sequentially("3-1-302 卫生间")

    expect(tickets.locator("#found tbody tr").first).to_contain_text("3栋1单元302")
    expect(tickets.locator("#found")).not_to_contain_text("3栋2单元501")
    expect(tickets).to_have_url(re.compile("q=3-1-302"))
    assert tickets.evaluate("window.same")


@pytest.mark.parametrize("width", [390, 1280])
def test_several_are_called_off_for_a_reason_and_put_back_by_one_key(tickets: Page, shot: Shot, width: int) -> None:
    tickets.set_viewport_size({"width": width, "height": 800})
    bar = tickets.locator(".bulk-bar")
    expect(bar).to_be_hidden()
    numbers = [tickets.locator("[data-tick]").nth(at).get_attribute("name") for at in (0, 1)]
    for name in numbers:
        tickets.locator(f"[name='{name}']").check()
    bar.get_by_text("取消…").click()
    shot(tickets, f"lists-bulk-{width}")
    bar.get_by_label("为什么取消").select_option("duplicate")
    bar.get_by_role("button", name="取消", exact=True).click()
    expect(tickets.get_by_role("status")).to_contain_text("取消：2 件，完成")
    expect(tickets.locator(f"[name='{numbers[0]}']")).to_have_count(0)
    tickets.locator("h1").click()
    tickets.keyboard.press("z")

    expect(tickets.get_by_role("status")).to_contain_text("撤销了 2 件")
    expect(tickets.locator(f"[name='{numbers[0]}']")).to_have_count(1)


def test_filtered_list_is_kept_as_a_tab(tickets: Page, shot: Shot) -> None:
    tickets.get_by_label("种类").select_option("water")
    expect(tickets).to_have_url(re.compile("category=water"))
    tickets.reload()
    tickets.get_by_text("更多", exact=True).click()
    tickets.get_by_label("把现在的筛选和排序存成视图").fill("漏水的")
    tickets.get_by_role("button", name="存下").click()

    tab = tickets.get_by_role("link", name="漏水的")
    expect(tab).to_have_attribute("aria-current", "page")
    shot(tickets, "lists-views")
    tickets.get_by_role("button", name="删掉视图“漏水的”").click()
    expect(tab).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    [
        "/tickets?state=all",
        "/tasks",
        "/passes?state=all",
        "/people",
        "/households",
        "/knowledge",
        "/audit",
        "/staff",
        "/health?day=all",
        "/health/missing",
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_no_list_is_taller_than_three_screens_and_its_search_stands_on_the_first(
    demo: Demo, sign_in: Window, path: str, width: int
) -> None:
    height = 844 if width == 390 else 800
    page = sign_in("admin", width=width, height=height)
    page.goto(f"{demo.url}/console{path}")

    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * height
    search = page.locator("input[type=search]").first.bounding_box()
    assert search is not None
    assert search["y"] + search["height"] < height
