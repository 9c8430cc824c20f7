"""Staff say when a notice goes out, see its dates while they type or pick, and decide of each, with and without a script."""

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


def fits(page: Page) -> bool:
    """Tell whether nothing of the page stands beside the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def write(page: Page, demo: Demo, title: str) -> None:
    page.goto(f"{demo.url}/console/notices/new")
    page.get_by_label("第 1 行选谁").select_option("3栋")
    page.get_by_label("标题").fill(title)
    page.get_by_label("内容").fill("请把楼道里的杂物收回家。")


@pytest.mark.parametrize("width", [390, 1280])
def test_dates_are_seen_while_one_types_or_picks_and_each_is_decided_of(
    demo: Demo, sign_in: Window, shot: Shot, width: int
) -> None:
    page = sign_in("manager", width=width, height=1000)
    title = f"楼道清理{width}"
    write(page, demo, title)

    words = page.get_by_label("用话写什么时候发")
    words.fill("每小时")
    expect(page.locator("#times")).to_contain_text("一天要发 24 次")
    words.fill("每月1号早上八点，节假日顺延")
    expect(page.get_by_label("用话写", exact=True)).to_be_checked()
    expect(page.locator("#times li")).to_have_count(5)
    expect(page.locator("#times")).to_contain_text("每月1号 08:00，节假日顺延到下一个工作日")
    page.locator("#times").scroll_into_view_if_needed()
    shot(page, f"times-words-{width}")

    page.get_by_label("多久一次").select_option("每周")
    expect(page.get_by_label("几号")).to_be_hidden()
    page.get_by_label("周期", exact=True).check()
    expect(page.locator("#times")).to_contain_text("请选星期几")
    for day in ("一", "四"):
        page.get_by_role("group", name="星期几").get_by_label(day).check()
    page.get_by_label("几点发").fill("18:30")
    expect(page.locator("#times")).to_contain_text("每周一、四 18:30")
    expect(page.locator("#times li").first).to_contain_text(re.compile("（周[一四].*）18:30"))
    page.locator("#times").scroll_into_view_if_needed()
    shot(page, f"times-picked-{width}")
    assert fits(page)
    page.get_by_role("button", name="发布").click()

    expect(page.locator("#coming li")).to_have_count(5)
    page.locator("#coming").get_by_role("button", name=re.compile("^跳过")).nth(1).click()
    expect(page.locator("#coming .skipped")).to_have_count(1)
    page.locator("#coming").scroll_into_view_if_needed()
    shot(page, f"times-notice-{width}")
    assert fits(page)

    page.goto(f"{demo.url}/console/notices")
    row = page.locator("#waiting tbody tr", has_text=title)
    expect(row).to_contain_text("每周一、四 18:30")
    row.get_by_role("button", name="暂停").click()
    expect(page.locator("#waiting tbody tr", has_text=title)).to_contain_text("已暂停")
    shot(page, f"times-list-{width}")
    assert fits(page)
    page.locator("#waiting tbody tr", has_text=title).get_by_role("button", name="恢复").click()
    expect(page.get_by_role("status")).to_contain_text("恢复了，下一次")


def test_dates_are_shown_without_a_script(demo: Demo, sign_in: Window, shot: Shot) -> None:
    page = sign_in("manager", java_script_enabled=False, height=1000)
    write(page, demo, "没有脚本")
    page.get_by_label("用话写", exact=True).check()
    page.get_by_label("用话写什么时候发").fill("工作日上午9点")
    page.get_by_role("button", name="看接下来几次").click()

    expect(page.locator("#times li")).to_have_count(5)
    expect(page.get_by_label("标题")).to_have_value("没有脚本")
    shot(page, "times-no-script")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("#coming li")).to_have_count(5)
