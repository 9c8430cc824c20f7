"""The page 数据 in a real browser: a chart that draws the table beside it, on phone and desk, by day and by night."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from bot.simulator.cast import CAST

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 800, "light"), (390, 844, "dark")])
def test_the_chart_draws_what_the_table_says(
    demo: Demo, sign_in: Window, shot: Shot, width: int, height: int, scheme: str
) -> None:
    demo.says(CAST[0].openid, "物业几点上班")
    page = sign_in("manager", width=width, height=height)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of Playwright's own words
    page.goto(f"{demo.url}/console/figures")

    expect(page.get_by_role("heading", name="听懂了多少")).to_be_visible()
    expect(page.locator("#numbers tbody tr").last).to_contain_text("100%")
    drawn = page.locator(".chart svg")
    expect(drawn).to_be_visible()
    expect(drawn).to_contain_text("一次听懂")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollHeight") < 3 * height
    shot(page, f"figures-{width}")


def test_a_phone_that_is_turned_scrolls_nowhere_even_before_the_chart_is_drawn_anew(demo: Demo, sign_in: Window) -> None:
    page = sign_in("manager")
    page.add_init_script("window.addEventListener('resize', (told) => told.stopImmediatePropagation())")
    page.goto(f"{demo.url}/console/figures")
    expect(page.locator(".chart svg")).to_be_visible()
    drawn = "document.querySelector('.chart svg').getBoundingClientRect().width"
    wide = page.evaluate(drawn)

    page.set_viewport_size({"width": 390, "height": 844})

    assert page.evaluate(drawn) == wide > 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_only_this_page_loads_what_draws(demo: Demo, sign_in: Window) -> None:
    page = sign_in("manager")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{demo.url}/console/tickets")
    assert not any("echarts" in url for url in asked)
    page.goto(f"{demo.url}/console/figures")
    assert sum("echarts" in url for url in asked) == 1


def test_without_a_script_the_table_is_all_there(demo: Demo, sign_in: Window, window: Window) -> None:
    page = sign_in("manager", java_script_enabled=False)
    page.goto(f"{demo.url}/console/figures")

    page.get_by_role("link", name="报修多少件").click()
    expect(page.get_by_role("heading", name="报修多少件")).to_be_visible()
