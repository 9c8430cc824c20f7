"""`linli demo` as it is tried first: a community with a past, in which every page shows what it is for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from bot.cli.serving import demo_settings
from tests.acceptance.conftest import Demo, free_port, read_until
from tests.conftest import wake

pytestmark = pytest.mark.browser

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]

#: Pages that have nothing to show while all is well, before somebody sets them up, or before anybody is up: check-ins are today's.
CALM = {
    "/console/effects", "/console/duplicates", "/console/duty/robots", "/console/keys", "/console/roster", "/console/health",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that seeds itself, with its past."""
    home, port = tmp_path_factory.mktemp("living"), free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", str(port)],
        cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        links = dict(re.findall(r"^ +(guard|staff|manager|admin) +\S+ +(\S+)$", read_until(process, "Try:"), re.MULTILINE))
        wake(demo_settings(host="127.0.0.1", port=port, var=home / "var/demo"))
        yield Demo(f"http://127.0.0.1:{port}", links, home / "var/demo", process)
        process.terminate()
        assert process.wait(10) == 0


def test_every_page_of_the_menu_shows_what_it_is_for(demo: Demo, sign_in: Window) -> None:
    page = sign_in("admin")
    page.goto(f"{demo.url}/console")
    paths = [link.get_attribute("href") or "" for link in page.locator("nav a").all()]

    empty = []
    for path in paths:
        answer = page.goto(f"{demo.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        if page.locator(".empty").count():
            empty.append(path)
    assert set(empty) <= CALM


def test_figures_tell_of_eight_weeks(demo: Demo, sign_in: Window, shot: Shot) -> None:
    page = sign_in("manager", height=860)
    page.goto(f"{demo.url}/console/figures")

    expect(page.locator("#numbers tbody tr")).to_have_count(8)
    for row in page.locator("#numbers tbody tr").all()[:-1]:
        expect(row).not_to_contain_text("没有数据")
    expect(page.locator(".chart svg")).to_be_visible()
    shot(page, "figures")


def test_a_notice_shows_all_that_may_become_of_it(demo: Demo, sign_in: Window, shot: Shot) -> None:
    page = sign_in("manager", height=860)
    page.goto(f"{demo.url}/console/notices")

    page.get_by_role("link", name="停电检修").click()
    for state in ("已送达", "已发出", "通知不到"):
        expect(page.locator("main")).to_contain_text(state)
    shot(page, "notice")


def test_whether_302_got_it_takes_two_keys_and_is_told_of_each_time(demo: Demo, sign_in: Window, shot: Shot) -> None:
    page = sign_in("manager", height=860)
    page.goto(f"{demo.url}/console/notices")
    page.get_by_role("link", name="周末出行提醒").first.click()
    expect(page.locator("#progress")).to_contain_text("这一次，发给 全体")

    page.keyboard.press("/")
    page.keyboard.type("302")
    page.keyboard.press("Enter")

    rows, which = page.locator("main tbody tr"), page.get_by_label("哪一次")
    expect(page).to_have_url(re.compile("/people"))
    expect(rows.first).to_contain_text("302")
    assert all("302" in text for text in rows.all_inner_texts())
    assert which.locator("option").count() >= 4, "three weeks and all together"
    newest = rows.all_inner_texts()
    which.select_option(index=1)
    page.get_by_role("button", name="看", exact=True).click()
    expect(page.get_by_role("searchbox")).to_have_value("302")
    expect(page).to_have_url(re.compile("at=20"))
    assert rows.all_inner_texts() != newest, "another week"
    shot(page, "notice-302-each-time")

    page.get_by_role("link", name="按户看").click()
    expect(page.locator("main tbody tr").first).to_contain_text("302")
    with page.expect_download() as taken:
        page.get_by_role("link", name="导出（CSV）").click()
    assert taken.value.suggested_filename.startswith("通知 周末出行提醒 按户")


def test_a_notice_is_sent_to_hundreds_who_have_no_phone_here(demo: Demo, sign_in: Window) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}/console/notices/new")
    page.get_by_label("第 1 行选谁").select_option("全体")
    page.get_by_label("标题").fill("明天停水")
    page.get_by_label("内容").fill("明天 9:00 到 12:00 检修水管，请提前储水。")
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("button", name="不看了，直接发布").click()

    expect(page.locator("[data-state=queued], [data-state=armed], [data-state=sending]")).to_have_count(0, timeout=60_000)
    expect(page.locator("[data-state=failed], [data-state=unknown]")).to_have_count(0)
    expect(page.locator("[data-state=delivered], [data-state=sent]").first).to_be_visible()


def test_a_card_of_the_board_is_dragged_to_the_next_column_and_taken_back(demo: Demo, sign_in: Window, shot: Shot) -> None:
    page = sign_in("staff", height=860)
    page.goto(f"{demo.url}/console/tickets/board")
    waiting, taken = page.locator(".col-12", has_text="待受理").first, page.locator("[data-takes=accept]")
    card = waiting.locator("[draggable]").first
    name = card.get_attribute("id") or ""
    shot(page, "board")

    card.locator("a").drag_to(taken.locator("h2"))
    expect(taken.locator(f"#{name}")).to_be_visible()
    page.get_by_role("button", name="撤销刚才的一步").click()
    expect(waiting.locator(f"#{name}")).to_be_visible()


def test_a_card_is_not_dropped_where_it_cannot_go(demo: Demo, sign_in: Window) -> None:
    page = sign_in("staff", height=860)
    page.goto(f"{demo.url}/console/tickets/board")
    working = page.locator("[data-takes=begin]")
    name = working.locator("[draggable]").first.get_attribute("id") or ""

    working.locator(f"#{name} a").drag_to(page.locator("[data-takes=accept] h2"))
    page.wait_for_timeout(300)
    expect(working.locator(f"#{name}")).to_be_visible()


def test_who_is_asked_after_has_days_and_a_visit_with_what_was_found(demo: Demo, sign_in: Window) -> None:
    page = sign_in("manager", height=860)
    page.goto(f"{demo.url}/console/care")
    page.locator("main tbody a").first.click()
    expect(page.locator("main")).to_contain_text("本人报平安")
    page.goto(f"{demo.url}/console/tasks?state=closed")
    expect(page.locator("main")).to_contain_text("上门看过")
