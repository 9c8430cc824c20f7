"""The page in a real browser: under its strict policy, with keyboard, on a small screen, in both schemes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.simulator.cast import CAST
from bot.wechat import messages

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

pytestmark = pytest.mark.browser

CHEN = CAST[0].openid
BROWSER = os.environ.get("LINLI_TEST_BROWSER", "/usr/bin/chromium-headless-shell")


@pytest.fixture
async def page(town: Town) -> AsyncIterator[Page]:
    """The first resident's phone on a screen of its size; any complaint of the browser fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(town.url) else complaints.append(request.url))
        await page.goto(f"{town.url}/")
        await expect(page.get_by_role("log")).to_be_visible()
        yield page
        assert complaints == []
        await browser.close()


async def test_first_visit_offers_something_to_say(page: Page, bot: Bot) -> None:
    bot.says = lambda message: "请问访客怎么称呼？"

    await page.get_by_role("button", name="我要邀请访客").click()

    await expect(page.get_by_role("log")).to_contain_text("请问访客怎么称呼？")
    await expect(page.get_by_role("button", name="健康打卡")).to_have_count(0)


async def test_words_of_the_account_hold_links_and_those_of_people_none(page: Page, bot: Bot, town: Town) -> None:
    bot.says = lambda message: f'好了。<a href="{town.url}/p/tickets/K3M9">看进度</a><img src=x onerror=alert(1)>'
    box = page.get_by_role("textbox", name="消息")

    await box.fill('<a href="https://evil.example">点我</a>')
    await box.press("Enter")

    log = page.get_by_role("log")
    await expect(log.get_by_role("link")).to_have_text(["看进度"])
    await expect(log).to_contain_text('<a href="https://evil.example">点我</a>')
    await expect(log).to_contain_text("<img src=x onerror=alert(1)>")


async def test_enter_sends_but_not_while_characters_are_being_composed(page: Page, bot: Bot) -> None:
    box = page.get_by_role("textbox", name="消息")
    await box.fill("lou")

    await box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(box).to_have_value("lou")
    await box.fill("漏水")
    await box.press("Enter")

    await expect(box).to_have_value("")
    await bot.next_push()
    assert [push.text for push in bot.pushes if isinstance(push, messages.Text)] == ["漏水"]


async def test_what_people_write_is_never_markup_but_links_open(page: Page, bot: Bot) -> None:
    bot.says = lambda message: (
        '<img src=x onerror=alert(1)> <a href="https://example.org/p">通行证</a> <a href="javascript:alert(1)">坏</a> '
        "见 https://example.org/q?a=1。"
    )

    await page.get_by_role("textbox", name="消息").fill("<b>粗</b>")
    await page.keyboard.press("Enter")

    log = page.get_by_role("log")
    await expect(log).to_contain_text("<b>粗</b>")
    await expect(log).to_contain_text("<img src=x onerror=alert(1)>")
    links = log.get_by_role("link")
    assert [await link.get_attribute("href") for link in await links.all()] == [
        "https://example.org/p",
        "https://example.org/q?a=1",
    ]


async def test_menu_opens_upwards_and_asks_the_bot(page: Page, bot: Bot) -> None:
    await page.get_by_role("button", name="更多", exact=True).click()
    await page.locator(".popup").get_by_role("button", name="健康打卡").click()

    await expect(page.get_by_role("log")).to_contain_text("点击菜单「健康打卡」")
    push = await bot.next_push()
    assert isinstance(push, messages.Click)
    assert push.event_key == "health.checkin"


async def test_photo_from_the_album_is_made_smaller_and_sent(page: Page, town: Town, bot: Bot) -> None:
    photo = await (await page.request.get(f"{town.url}/static/sample.jpg")).body()
    await page.get_by_role("button", name="更多功能").click()

    await page.locator("input[type=file]").set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo})

    await expect(page.get_by_role("img", name="照片")).to_be_visible()
    push = await bot.next_push()
    assert isinstance(push, messages.Photo)
    assert town.wechat.medium(push.media_id).content.startswith(b"\xff\xd8\xff")


async def test_newcomer_follows_by_a_poster_s_code(page: Page, bot: Bot) -> None:
    bot.says = lambda message: "欢迎！"
    await page.get_by_role("button", name="居民与工具").click()
    await page.get_by_role("button", name="新居民").click()

    await page.get_by_role("button", name="扫小区二维码关注").click()
    await page.get_by_role("button", name="3栋大门").click()

    await expect(page.get_by_role("log")).to_contain_text("欢迎！")
    await expect(page.get_by_role("textbox", name="消息")).to_be_visible()


async def test_message_sent_by_the_bot_appears_without_being_asked_for(page: Page, town: Town) -> None:
    notice = {"touser": CHEN, "template_id": "demo", "data": {"thing1": {"value": "明天停水"}}}

    await town.call("message/template/send", notice)

    await expect(page.get_by_role("article")).to_contain_text("明天停水")


async def test_drawer_shows_plain_xml_and_envelope(page: Page) -> None:
    await page.get_by_role("textbox", name="消息").fill("漏水")
    await page.keyboard.press("Enter")

    await page.get_by_title("查看报文").click()

    drawer = page.get_by_role("complementary", name="报文")
    await expect(drawer).to_contain_text("<Content><![CDATA[漏水]]></Content>")
    await expect(drawer).to_contain_text("<xml><Encrypt>")
    await page.keyboard.press("Escape")
    await expect(drawer).not_to_be_visible()


async def test_wide_screen_holds_several_phones_side_by_side(page: Page, town: Town) -> None:
    await page.set_viewport_size({"width": 1680, "height": 1000})
    await page.goto(f"{town.url}/?as=陈建国,李梅")

    await expect(page.get_by_role("region", name="陈建国的手机")).to_be_visible()
    await expect(page.get_by_role("region", name="李梅的手机")).to_be_visible()
    await page.get_by_role("button", name="王强").click()
    await expect(page.get_by_role("region")).to_have_count(3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_is_wider_than_the_phone(page: Page, bot: Bot, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    bot.says = lambda message: "一个没有空格的长词" * 30 + "https://example.org/" + "x" * 200

    await page.get_by_role("textbox", name="消息").fill("长" * 120)
    await page.keyboard.press("Enter")

    await expect(page.locator(".line.bot")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await page.get_by_role("log").evaluate("log => log.scrollWidth <= log.clientWidth")
