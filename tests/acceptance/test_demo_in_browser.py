"""A new user's way through the demo: residents' phones and the staff's console, together, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Page, expect

from bot.simulator.cast import CAST

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

CHEN, LI, WANG, ZHAO = (actor.openid for actor in CAST[:4])

LEAK = Path(__file__).with_name("leak.jpg")

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


def say(phone: Page, text: str) -> None:
    """Type and send; return once the bubble stands there."""
    box = phone.get_by_role("textbox", name="消息")
    box.fill(text)
    box.press("Enter")
    expect(phone.get_by_role("log")).to_contain_text(text)


def test_visitor_is_invited_with_two_corrections_and_admitted_once(
    demo: Demo, window: Window, sign_in: Window, shot: Shot
) -> None:
    phone = window(width=390, height=844)
    phone.goto(f"{demo.url}/simulator/?as=陈建国")
    log = phone.get_by_role("log")

    say(phone, "我要邀请访客")
    expect(log).to_contain_text("怎么称呼客人")
    say(phone, "张敏")
    expect(log).to_contain_text("什么时候到")
    say(phone, "明天下午三点来")
    expect(log).to_contain_text("15:00起可用")
    say(phone, "不对，是后天下午四点")
    expect(log).to_contain_text("16:00起可用")
    say(phone, "粤B12345")
    expect(log).to_contain_text("，车牌粤B12345")
    say(phone, "改成现在")
    expect(log.get_by_text("改好了")).to_have_count(3)
    shot(phone, "phone")
    link = log.get_by_role("link").last
    address, code = link.get_attribute("href") or "", re.findall(r"通行码还是 (\w{6})", log.inner_text())[-1]

    visitor = window(width=390, height=844, color_scheme="dark")
    visitor.goto(address)
    expect(visitor.get_by_role("img", name="通行证二维码")).to_be_visible()
    expect(visitor.get_by_text(code)).to_be_visible()
    expect(visitor.locator("body")).not_to_contain_text("张敏")
    shot(visitor, "pass")

    gate = sign_in("guard", width=390, height=844)
    gate.goto(f"{demo.url}/console/gate")
    gate.get_by_label("或输入通行码").fill(code.lower())
    gate.get_by_role("button", name="检查").click()
    expect(gate.get_by_role("alert")).to_contain_text("放行")
    expect(gate.get_by_role("alert")).to_contain_text("张*")
    shot(gate, "gate")
    gate.get_by_label("或输入通行码").fill(code)
    gate.get_by_role("button", name="检查").click()
    expect(gate.get_by_role("alert")).to_contain_text("这张通行证是 1 人的，1 人已经进了")
    expect(gate.get_by_role("alert")).to_contain_text("由郑保安放行")


def test_repair_with_a_photo_reaches_the_board_and_its_progress_the_resident(
    demo: Demo, window: Window, sign_in: Window, shot: Shot
) -> None:
    demo.says(LI, "我家卫生间马桶堵了，往外冒水")
    phone = window(width=390, height=844)
    phone.goto(f"{demo.url}/simulator/?as=李梅")
    phone.get_by_role("button", name="更多功能").click()
    phone.get_by_label("相册").set_input_files(LEAK)
    expect(phone.get_by_role("log")).to_contain_text("照片已附上")

    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/tickets")
    desk.get_by_role("link", name=re.compile("3栋1单元302")).first.click()
    expect(desk.get_by_alt_text("报修时的照片")).to_be_visible(timeout=20_000)
    desk.get_by_role("button", name="标为处理中").click()
    expect(desk.get_by_role("status")).to_contain_text("已改为“处理中”")
    shot(desk, "ticket")

    expect(phone.get_by_role("log")).to_contain_text("陈管家正在处理您的报修")
    assert "处理中" in demo.says(LI, "报修进度")


def test_fever_becomes_a_task_for_those_who_may_see_it(demo: Demo, sign_in: Window) -> None:
    assert "不同意，就不记，也不告诉别人" in demo.says(WANG, "健康打卡 37.9 咳嗽")
    assert "已记录：37.9℃，咳嗽" in demo.says(WANG, "同意")

    manager = sign_in("manager")
    manager.goto(f"{demo.url}/console/tasks")
    expect(manager.get_by_text("健康异常：7栋1单元101 王强")).to_be_visible()
    manager.goto(f"{demo.url}/console/health")
    expect(manager.get_by_role("cell", name="37.9℃，咳嗽")).to_be_visible()
    staff = sign_in("staff")
    staff.goto(f"{demo.url}/console/tasks")
    expect(staff.get_by_text("健康异常")).to_have_count(0)


def test_notice_to_one_building_arrives_on_two_phones_and_not_on_others(
    demo: Demo, window: Window, sign_in: Window, shot: Shot
) -> None:
    demo.says(CHEN, "你好")  # opens the 48 hours; Li Mei gets a template message instead
    phones = window(width=1280, height=844)
    phones.goto(f"{demo.url}/simulator/?as=陈建国,李梅")
    manager = sign_in("manager")
    manager.goto(f"{demo.url}/console/notices/new")

    manager.get_by_label("第 1 行选谁").select_option("3栋")
    expect(manager.locator("#reach")).to_contain_text("人通知不到：未绑定微信")
    manager.get_by_label("标题").fill("明天停水")
    manager.get_by_label("内容").fill("明天 9:00 到 12:00 检修水管，请提前储水。")
    shot(manager, "compose")
    manager.get_by_role("button", name="发布").click()
    expect(manager.get_by_role("button", name=re.compile("撤回（还有 . 秒）"))).to_be_visible()

    logs = phones.get_by_role("log")
    expect(logs.nth(0)).to_contain_text("明天停水", timeout=20_000)
    expect(logs.nth(1)).to_contain_text("明天停水", timeout=20_000)
    shot(phones, "phones")
    expect(manager.locator("[data-state=queued], [data-state=armed], [data-state=sending]")).to_have_count(0)
    shot(manager, "console")
    counts = [int(text) for text in manager.locator(".progress-table .count").all_inner_texts()]
    total = int(re.findall(r"共 (\d+) 人", manager.locator("#progress").inner_text())[0])
    assert sum(counts) == total
    assert not any("明天停水" in text for text in demo.chat(WANG))


def test_notice_taken_back_within_ten_seconds_reaches_nobody(demo: Demo, sign_in: Window) -> None:
    manager = sign_in("manager")
    manager.goto(f"{demo.url}/console/notices/new")
    manager.get_by_label("第 1 行选谁").select_option("7栋")
    manager.get_by_label("标题").fill("写错了的通知")
    manager.get_by_label("内容").fill("这条不该发出去。")
    manager.get_by_role("button", name="发布").click()

    manager.get_by_role("button", name=re.compile("撤回")).click()

    expect(manager.get_by_role("status")).to_contain_text("已撤回")
    assert not any("写错了" in text for text in demo.chat(WANG))


def test_person_is_asked_for_answers_and_hands_back(demo: Demo, window: Window, sign_in: Window, shot: Shot) -> None:
    assert "已转给物业（编号 H" in demo.says(LI, "转人工")
    phone = window(width=390, height=844)
    phone.goto(f"{demo.url}/simulator/?as=李梅")
    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/conversations")

    desk.get_by_role("link", name=re.compile("3栋1单元302")).first.click()
    expect(desk.get_by_text("还可发")).to_be_visible()
    desk.get_by_label("回复").fill("您好，我是陈管家，请问有什么事？")
    desk.get_by_label("回复").press("Control+Enter")
    expect(desk.get_by_text("陈管家已接手")).to_be_visible()
    shot(desk, "conversation")

    expect(phone.get_by_role("log")).to_contain_text("我是陈管家")
    assert demo.says(LI, "想问问装修的事") == ""
    desk.get_by_role("button", name="交还机器人").click()
    assert re.search("不客气|不用谢", demo.says(LI, "谢谢"))


def test_resident_the_roster_does_not_know_is_confirmed_by_staff(demo: Demo, sign_in: Window) -> None:
    assert "哪个小区" in demo.says(ZHAO, "我住99栋2单元501")
    assert "登记的手机号后四位" in demo.says(ZHAO, "1")
    assert "已请物业核对" in demo.says(ZHAO, "没有")
    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/flats")

    desk.get_by_label("名册漏了这一户，加入名册").check()
    desk.get_by_role("button", name="确认绑定").click()

    expect(desk.get_by_role("status")).to_contain_text("已绑定99栋2单元501")
    assert "已登记，报修号" in demo.says(ZHAO, "厨房灯不亮")


def test_intent_is_tried_and_edited_and_live_at_once(demo: Demo, sign_in: Window, shot: Shot) -> None:
    admin = sign_in("admin")
    admin.goto(f"{demo.url}/console/intents")

    admin.get_by_label("试一试").fill("厨房水管漏水了，明天上午能来修吗")
    admin.get_by_role("button", name="看机器人怎么理解").click()

    expect(admin.locator("#tried")).to_contain_text("问题：水管漏水")
    expect(admin.locator("#tried")).to_contain_text("repair.report")
    shot(admin, "intents")


def test_fault_is_marked_at_its_line_while_it_is_typed_and_led_to(demo: Demo, sign_in: Window, shot: Shot) -> None:
    admin = sign_in("admin")
    admin.goto(f"{demo.url}/console/intents/file/faq/hours.yaml")
    text = admin.get_by_label("文件内容")
    before = text.input_value()

    text.fill(before.replace("keywords:", "keyword:"))
    line = before[: before.index("keywords:")].count("\n") + 1

    expect(admin.locator(".fault")).to_contain_text(f"第 {line} 行第 1 列")
    expect(admin.locator(".gutter .mark-error")).to_have_text(str(line))
    admin.get_by_role("link", name=f"第 {line} 行第 1 列").click()
    chosen = text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen.startswith("keyword: [")
    shot(admin, "editor")
    text.fill(before)
    expect(admin.locator("#faults")).to_contain_text("写法没有问题")


def test_what_was_not_understood_is_looked_at_and_becomes_an_example(demo: Demo, sign_in: Window, shot: Shot) -> None:
    demo.says(WANG, "帮我遛一下狗呗")
    admin = sign_in("admin")
    admin.goto(f"{demo.url}/console/intents/unmatched")

    card = admin.locator(".card", has_text="帮我遛一下狗呗")
    card.get_by_text("别的意图").click()
    card.get_by_label("意图").fill("help")
    card.get_by_role("button", name="加为例句", exact=True).click()

    expect(admin.locator(".diff-new")).to_contain_text("帮我遛一下狗呗", timeout=60_000)
    shot(admin, "preview")
    admin.get_by_role("button", name="保存").click()
    expect(admin.get_by_role("status")).to_contain_text("加好了", timeout=60_000)
    expect(admin.locator("main")).not_to_contain_text("帮我遛一下狗呗")


@pytest.mark.parametrize("path", ["", "/conversations", "/tasks", "/notices", "/notices/new", "/tickets", "/tickets/board", "/tickets/new", "/passes", "/gate", "/health", "/flats",
                                  "/intents", "/intents/unmatched", "/intents/report", "/intents/file/faq/hours.yaml", "/staff", "/audit"])  # fmt: skip
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_fits_its_screen_by_day_and_by_night(demo: Demo, sign_in: Window, shot: Shot, path: str, width: int) -> None:
    page = sign_in("admin", width=width)

    page.goto(f"{demo.url}/console{path}")

    expect(page.locator("h1")).to_be_visible()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, f"console{path.replace('/', '-')}-{width}-{scheme}")
