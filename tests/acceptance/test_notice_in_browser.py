"""A notice from the first letter to the last receipt: written and previewed on a computer, read and acknowledged on phones, looked up by flat."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from bot.simulator.cast import CAST

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

CHEN, LI = (actor.openid for actor in CAST[:2])

TITLE = "关于3栋二次供水水箱清洗临时停水及错峰用水的通知"

BODY = "3月15日9:00至12:00清洗二次供水水箱，期间停水。请提前储水，关好水龙头。\n\n恢复供水后，刚放出的水可能发黄，放一会儿就好。"

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


def fits(page: Page) -> None:
    """Nothing sticks out to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def picture() -> bytes:
    """A plan that somebody drew."""
    drawn, out = Image.new("RGB", (640, 360), "#dff1ff"), io.BytesIO()
    ImageDraw.Draw(drawn).rectangle((120, 60, 520, 300), outline="#17517e", width=8)
    drawn.save(out, "PNG")
    return out.getvalue()


def test_notice_is_written_previewed_published_read_acknowledged_and_looked_up(
    demo: Demo, window: Window, sign_in: Window, shot: Shot
) -> None:
    demo.says(CHEN, "你好")  # opens the 48 hours; Li Mei gets a template message instead
    manager = sign_in("manager", width=1280, height=900)
    manager.goto(f"{demo.url}/console/notices/new")
    manager.get_by_label("第 1 行选谁").select_option("3栋")
    manager.get_by_label("标题").press_sequentially(TITLE)
    expect(manager.get_by_text(re.compile(f"标题 {len(TITLE)} 个字，模板消息里最多显示 20 个"))).to_be_visible()
    manager.get_by_label("内容").fill(BODY)
    manager.get_by_text("地点、问谁、落款（可不写）").click()
    manager.get_by_label("地点", exact=True).fill("3栋地下水泵房")
    manager.get_by_label("问谁、电话").fill("王工 0571-88001200")
    manager.get_by_text("请居民确认收到").click()
    light, dark = manager.get_by_label("浅色"), manager.get_by_label("深色")
    for look in (light, dark):
        expect(look.get_by_text("刚放出的水可能发黄").first).to_be_attached()
        expect(look.get_by_text("点这里确认收到")).to_be_attached()
        expect(look.locator(".look-card dd").first).to_have_text(f"{TITLE[:19]}…")
    expect(manager.locator("#reach")).to_contain_text("人通知不到：未绑定微信")
    fits(manager)
    with manager.context.expect_page() as opened:
        manager.get_by_role("button", name="看看是谁").click()
    expect(opened.value.get_by_role("heading", name="谁收不到")).to_be_visible()
    assert "未绑定微信" in opened.value.locator("tbody").inner_text()
    shot(opened.value, "notice-left-out")
    opened.value.close()

    expect(manager.locator("#title-count")).to_contain_text("模板消息里最多显示 20 个")
    expect(manager.locator("#reach-line")).to_contain_text("人收不到")
    manager.get_by_label("选一张图片").set_input_files({"name": "plan.png", "mimeType": "image/png", "buffer": picture()})
    expect(manager.get_by_alt_text("图片 1", exact=True)).to_be_visible()
    expect(light.get_by_alt_text("通知的图片 1")).to_be_attached()
    manager.screenshot(path="artefacts/notice-compose.png", full_page=True)
    manager.get_by_role("button", name="发布", exact=True).click()
    manager.wait_for_url(re.compile(r"/console/notices/\w+$"))
    address = manager.url

    phones = window(width=1280, height=844)
    phones.goto(f"{demo.url}/simulator/?as=陈建国,李梅")
    expect(phones.get_by_role("log").nth(0)).to_contain_text("点这里确认收到", timeout=25_000)
    expect(phones.get_by_role("log").nth(1)).to_contain_text(f"{TITLE[:19]}…", timeout=25_000)
    shot(phones, "notice-phones")
    chat = phones.get_by_role("log").nth(0).get_by_role("link", name="点这里确认收到").last.get_attribute("href") or ""
    card = phones.get_by_role("log").nth(1).locator("a[href*='/p/notices/']").last.get_attribute("href") or ""
    assert chat.partition("?")[0] != card.partition("?")[0], "each has a page of their own"

    schemes: tuple[tuple[str, Literal["light", "dark"]], ...] = ((chat, "light"), (card, "dark"))
    for link, scheme in schemes:
        page = window(width=390, height=844, color_scheme=scheme, java_script_enabled=False)
        page.goto(link)
        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
        for words in ("刚放出的水可能发黄", "3栋地下水泵房"):
            expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_role("link", name="王工 0571-88001200")).to_have_attribute("href", "tel:057188001200")
        expect(page.get_by_alt_text("通知的图片 1")).to_be_visible()
        page.screenshot(path=f"artefacts/notice-page-{scheme}.png", full_page=True)
        small = page.locator(".letter-text").first.bounding_box()
        page.get_by_text("大字").click()
        large = page.locator(".letter-text").first.bounding_box()
        assert small is not None
        assert large is not None
        assert large["height"] > small["height"] * 1.5
        page.screenshot(path=f"artefacts/notice-page-{scheme}-big.png", full_page=True)
        assert (page.locator("body").bounding_box() or {})["width"] <= 390
    page.get_by_role("button", name="确认收到").click()  # Li's
    expect(page.get_by_role("status")).to_contain_text("您已确认收到")
    page.screenshot(path="artefacts/notice-page-done.png", full_page=True)
    assert "已记下您收到了" in demo.says(CHEN, "收到，谢谢")

    manager.goto(address)
    progress = manager.locator("#progress")
    expect(progress).to_contain_text(re.compile(r"已打开 2，"))
    expect(progress).to_contain_text(re.compile(r"已确认 2，"))
    expect(manager.locator("#replies")).to_contain_text("收到，谢谢")
    fits(manager)
    manager.screenshot(path="artefacts/notice-truth.png", full_page=True)
    manager.keyboard.press("/")
    manager.keyboard.type("302")
    manager.keyboard.press("Enter")
    row = manager.get_by_role("row").filter(has_text="李梅")
    expect(row).to_contain_text("模板消息")
    expect(row).to_contain_text("点了按钮")
    shot(manager, "notice-302")
    manager.get_by_role("link", name="按户看").click()
    shot(manager, "notice-flats")

    narrow = sign_in("manager", width=390, height=844)
    for path in (address, f"{address}/people", f"{address}/flats", f"{demo.url}/console/notices/new"):
        narrow.goto(path)
        fits(narrow)
    narrow.goto(f"{address}/people")
    shot(narrow, "notice-people-narrow")


def test_stranger_finds_kind_words_and_no_notice(demo: Demo, window: Window) -> None:
    page = window(width=390, height=844)
    page.context.set_extra_http_headers({"Accept-Language": "zh-CN"})
    response = page.request.get(f"{demo.url}/p/notices/1?k=6f000000.1.aaaaaaaaaaaaaaaaaaaaaa")

    assert response.status == 403
    assert "请在微信里再要一个" in response.text()


def test_preview_that_is_loaded_anew_or_opened_by_its_address_keeps_what_was_written(demo: Demo, sign_in: Window) -> None:
    manager = sign_in("manager", width=390, height=844)
    manager.goto(f"{demo.url}/console/notices/new")
    manager.get_by_label("第 1 行选谁").select_option("3栋")
    manager.get_by_label("标题").fill("电梯年检")
    manager.get_by_label("内容").fill("周五上午停运。")
    manager.get_by_role("button", name="预览").click()
    manager.wait_for_url("**/notices/preview")

    manager.goto(f"{demo.url}/console/tasks")
    manager.goto(f"{demo.url}/console/notices/preview")

    expect(manager.get_by_label("标题")).to_have_value("电梯年检")
    expect(manager.get_by_label("内容")).to_have_value("周五上午停运。")
    expect(manager.get_by_label("第 1 行选谁")).to_have_value("b|3")
    expect(manager.locator(".look-bubble").first).to_contain_text("周五上午停运")


def test_people_are_picked_from_a_file_and_saved_and_a_refused_form_opens_again(demo: Demo, sign_in: Window, shot: Shot) -> None:
    manager = sign_in("manager", width=390, height=844)
    manager.goto(f"{demo.url}/console/notices/new")
    manager.get_by_label("标题").fill("停水")
    manager.get_by_label("内容").fill("明天停水。")
    manager.get_by_label("标题").press("Enter")
    manager.get_by_label("内容").press("Home")
    manager.get_by_role("button", name="{称呼}").click()
    expect(manager.get_by_label("内容")).to_have_value("{称呼}明天停水。")
    manager.get_by_text("从文件选人，或把选好的范围存起来").click()
    sheet = {"name": "水箱那几户.csv", "mimeType": "text/csv", "buffer": "楼栋,单元,房号\n3,2,501\n3,1,302\n".encode()}
    manager.get_by_label("名单文件").set_input_files(sheet)
    manager.get_by_role("button", name="读进来").press("Enter")
    expect(manager.locator("#whom")).to_contain_text("名单读好了：2 户")
    expect(manager.get_by_label("第 2 行选谁")).to_have_count(0)  # the key in the title added none
    manager.get_by_text("从文件选人，或把选好的范围存起来").click()
    manager.get_by_label("把上面选的存成").fill("水箱")
    manager.get_by_label("把上面选的存成").press("Enter")
    expect(manager.locator("#whom")).to_contain_text("存好了，写通知时选“水箱”")
    expect(manager.locator("#reach-line")).to_contain_text(re.compile(r"发给 \d+ 人"))
    fits(manager)
    shot(manager, "notice-from-a-file-390")

    manager.get_by_label("标题").evaluate("field => field.removeAttribute('required')")
    manager.get_by_label("标题").fill("")
    manager.get_by_role("button", name="发布", exact=True).click()
    expect(manager.get_by_role("alert").first).to_contain_text("标题和内容都要写")
    address = manager.url
    manager.goto(f"{demo.url}/console/notices")
    manager.goto(address)
    expect(manager.get_by_label("内容")).to_have_value("{称呼}明天停水。")
    expect(manager.get_by_label("第 1 行选谁")).to_have_value(re.compile(r"^s\|"))
