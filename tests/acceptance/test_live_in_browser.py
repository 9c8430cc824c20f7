"""Pages that stand open: they follow what happens, lose nothing that is being written, and ring."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Page, expect

from bot.simulator.cast import CAST

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

CHEN, LI, WANG, ZHAO = (actor.openid for actor in CAST[:4])

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


def marked(page: Page) -> None:
    """Leave a mark that a reload would wipe."""
    page.evaluate("window.mark = 'same page'")


def is_same(page: Page) -> bool:
    return bool(page.evaluate("window.mark === 'same page'"))


def test_talk_follows_what_is_said_while_an_answer_is_being_written(demo: Demo, sign_in: Window, shot: Shot) -> None:
    demo.says(LI, "转人工")
    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/conversations")
    desk.get_by_role("link", name=re.compile("3栋1单元302")).first.click()
    desk.get_by_role("button", name="接手", exact=True).click()
    expect(desk.get_by_text("陈管家已接手")).to_be_visible()
    marked(desk)
    box = desk.get_by_label("回复")
    box.fill("您好，我马上就")
    box.evaluate("box => box.setSelectionRange(2, 4)")

    assert demo.says(LI, "厨房的灯坏了三天了") == ""

    expect(desk.get_by_role("log")).to_contain_text("厨房的灯坏了三天了")
    expect(box).to_have_value("您好，我马上就")
    expect(box).to_be_focused()
    assert box.evaluate("box => [box.selectionStart, box.selectionEnd]") == [2, 4]
    assert is_same(desk)
    shot(desk, "live-talk")


def test_talk_that_was_scrolled_back_stays_where_it_is(demo: Demo, sign_in: Window) -> None:
    for number in range(12):
        demo.says(WANG, f"你好，第 {number} 句")
    desk = sign_in("staff", height=500)
    desk.goto(f"{demo.url}/console/conversations?show=all")
    desk.get_by_role("link", name=re.compile("7栋1单元101")).first.click()
    talk = desk.get_by_role("log")
    talk.evaluate("talk => { talk.scrollTop = 10; }")

    demo.says(WANG, "再说一句")

    expect(talk).to_contain_text("再说一句")
    assert talk.evaluate("talk => talk.scrollTop") == 10


def test_lists_follow_without_a_reload(demo: Demo, sign_in: Window) -> None:
    talks, board, home = sign_in("staff"), sign_in("staff"), sign_in("staff")
    for page, path in ((talks, "/conversations"), (board, "/tickets/board"), (home, "")):
        page.goto(f"{demo.url}/console{path}")
        marked(page)

    demo.says(CHEN, "家里路由器的灯一直闪")
    demo.says(CHEN, "厨房水管漏水了")
    demo.says(CHEN, "转人工")

    expect(talks.locator("#talks")).to_contain_text("3栋2单元501")
    expect(board.locator("#board")).to_contain_text("3栋2单元501")
    expect(home.locator("#today")).to_contain_text("今天报修")
    assert is_same(talks)
    assert is_same(board)
    assert is_same(home)


def test_what_was_written_for_a_task_that_a_colleague_closed_stays_readable(demo: Demo, sign_in: Window, shot: Shot) -> None:
    for said in ("我住99栋2单元501", "1", "没有"):
        demo.says(ZHAO, said)
    mine, colleagues = sign_in("staff"), sign_in("manager")
    mine.goto(f"{demo.url}/console/tasks")
    colleagues.goto(f"{demo.url}/console/tasks")
    card = mine.locator(".task", has_text="99栋2单元501")
    card.get_by_text("办结…").click()
    card.get_by_label("怎么处理的").fill("已约电工明早九点")
    marked(mine)

    theirs = colleagues.locator(".task", has_text="99栋2单元501")
    theirs.get_by_text("办结…").click()
    theirs.get_by_label("怎么处理的").fill("我来处理了")
    theirs.get_by_role("button", name="办结", exact=True).click()

    note = mine.locator("[data-kept]")
    expect(note).to_contain_text("同事刚刚办结了")
    expect(note).to_contain_text("我来处理了")
    expect(note).to_contain_text("已约电工明早九点")
    assert is_same(mine)
    shot(mine, "live-kept")
    note.get_by_role("button", name="知道了").click()
    expect(note).to_have_count(0)


def test_choices_details_and_ticks_survive_what_happens_around_them(demo: Demo, sign_in: Window) -> None:
    demo.says(WANG, "卫生间的马桶堵了")
    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/tickets")
    desk.get_by_role("link", name=re.compile("7栋1单元101")).first.click()
    desk.get_by_label("备注").fill("等配件")
    desk.get_by_label("同时发给住户").uncheck()
    chosen = desk.locator("#staff").evaluate("box => { box.selectedIndex = box.options.length - 1; return box.value; }")
    marked(desk)

    demo.says(WANG, "催一下")

    expect(desk.locator(".happened")).to_contain_text("催")
    expect(desk.get_by_label("备注")).to_have_value("等配件")
    expect(desk.get_by_label("同时发给住户")).not_to_be_checked()
    expect(desk.locator("#staff")).to_have_value(chosen)
    assert is_same(desk)


def test_double_click_answers_once(demo: Demo, sign_in: Window) -> None:
    demo.says(ZHAO, "转人工")
    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/conversations")
    desk.get_by_role("link", name=re.compile("未绑定住址|自称住")).first.click()
    desk.get_by_label("回复").fill("只说一遍")

    desk.get_by_role("button", name="发送").dblclick()

    expect(desk.get_by_label("回复")).to_have_value("")
    desk.get_by_label("回复").fill("第二句")
    desk.get_by_role("button", name="发送").click()
    expect(desk.get_by_role("log")).to_contain_text("第二句")
    expect(desk.get_by_role("log").get_by_text("只说一遍")).to_have_count(1)


def test_reloading_a_verdict_takes_no_second_entry(demo: Demo, window: Window, sign_in: Window, shot: Shot) -> None:
    said = demo.says(CHEN, "邀请访客张敏现在来，两个人，不开车")
    codes = re.findall(r"通行码 (\w{6})", said)
    assert codes, said
    gate = sign_in("guard", width=390, height=844)
    gate.goto(f"{demo.url}/console/gate")
    gate.get_by_label("或输入通行码").fill(codes[-1])
    gate.get_by_role("button", name="检查").click()
    shown = gate.locator(".verdict").inner_text()

    gate.reload()

    assert gate.locator(".verdict").inner_text() == shown
    expect(gate.locator("#checks tbody tr", has_text="放行")).to_have_count(1)
    shot(gate, "live-gate")


def test_guard_asks_a_flat_and_reads_its_answer_without_a_reload(demo: Demo, sign_in: Window, shot: Shot) -> None:
    gate = sign_in("guard", width=390, height=844)
    gate.goto(f"{demo.url}/console/gate")
    gate.get_by_text("没有通行证？问住户").click()
    gate.get_by_label("找哪一户").fill("3-2-501")
    gate.get_by_label("来的是谁").fill("送水的")
    gate.get_by_role("button", name="发微信问住户").click()
    expect(gate.locator("#waiting")).to_contain_text("没回答就打电话")

    assert demo.says(CHEN, "同意进门") == "好，门岗会让送水的进来。"

    expect(gate.locator("#waiting")).to_contain_text("住户同意")
    gate.locator("#waiting").get_by_role("button", name="放行", exact=True).click()
    verdict = gate.locator(".verdict")
    expect(verdict).to_contain_text("送水的")
    expect(verdict).to_have_attribute("data-heard", re.compile(r"\d+"))
    shot(gate, "live-gate-host")
    gate.get_by_role("button", name="点错了，撤回").click()
    expect(gate.locator("#checks tbody tr").first).to_contain_text("已撤回")
    expect(gate.locator("#waiting")).to_contain_text("送水的")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_open_page_shows_and_rings_an_alarm_until_it_is_dealt_with(
    demo: Demo, sign_in: Window, shot: Shot, width: int
) -> None:
    page = sign_in("staff", width=width)
    page.goto(f"{demo.url}/console/notices/new")
    opener = page.get_by_role("button", name="点这里打开声音")
    opener.click()
    expect(opener).to_be_hidden()
    alarms = page.get_by_role("alert", name="没有人处理的紧急事")
    page.get_by_label("标题").fill("写了一半")

    demo.says(LI, "着火了快来人")

    expect(alarms).to_contain_text("3栋1单元302")
    expect(alarms).to_contain_text("没有人处理")
    expect(page).to_have_title(re.compile(r"^（\d+）写通知"))
    expect(alarms).to_have_attribute("data-rang", re.compile(r"\d+"))
    expect(page.get_by_label("标题")).to_have_value("写了一半")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, f"alarm-{width}-{scheme}")

    desk = sign_in("manager")
    desk.goto(f"{demo.url}/console/tasks")
    while desk.locator(".urgent").count():
        first = desk.locator(".urgent").first
        first.get_by_text("办结…").click()
        if first.get_by_label("结果").count():
            first.get_by_label("结果").select_option(index=1)
        first.get_by_role("button", name="办结", exact=True).click()
        expect(desk.get_by_role("status")).to_contain_text("已办结")
    expect(alarms).to_be_hidden()
    expect(page).to_have_title(re.compile("^写通知"))
