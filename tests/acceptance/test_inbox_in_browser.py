"""Staff work through talks in a real browser: by keyboard, with what is half written kept, and on a phone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.simulator.cast import CAST
from tests.acceptance.conftest import Demo

CHEN, LI, WANG, ZHAO = (actor.openid for actor in CAST[:4])

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


def open_talk(desk: Page, demo: Demo, flat: str, show: str = "all") -> None:
    desk.goto(f"{demo.url}/console/conversations?show={show}")
    desk.locator("#talks").get_by_role("link", name=re.compile(flat)).first.click()
    desk.wait_for_url("**/conversations/**")  # and for its scripts, which listen
    expect(desk.get_by_role("log")).to_be_visible()


def test_what_is_half_written_is_there_when_one_comes_back_and_gone_once_it_is_sent(demo: Demo, sign_in: Window) -> None:
    demo.says(LI, "转人工")
    desk = sign_in("staff")
    open_talk(desk, demo, "3栋1单元302")
    desk.get_by_label("回复").fill("您好，我查一下")

    desk.goto(f"{demo.url}/console")
    open_talk(desk, demo, "3栋1单元302")
    expect(desk.get_by_label("回复")).to_have_value("您好，我查一下")
    desk.get_by_label("回复").press("Control+Enter")

    expect(desk.get_by_role("log")).to_contain_text("您好，我查一下")
    expect(desk.get_by_label("回复")).to_have_value("")
    desk.reload()
    expect(desk.get_by_label("回复")).to_have_value("")


def test_answer_kept_ready_is_put_in_by_its_short_with_what_is_known(demo: Demo, sign_in: Window, shot: Shot) -> None:
    demo.says(CHEN, "转人工")
    desk = sign_in("staff")
    open_talk(desk, demo, "3栋2单元501")
    box = desk.get_by_label("回复")

    box.press_sequentially("/电")
    expect(desk.get_by_role("button", name="/电话")).to_be_visible()
    expect(desk.get_by_role("button", name="/收到")).to_be_hidden()
    shot(desk, "inbox-phrases")
    box.press("Enter")

    expect(box).to_have_value(re.compile("^急事请直接打物业电话 0571"))
    expect(box).to_be_focused()


def test_answer_kept_ready_stands_on_its_own_line_at_the_cursor_and_can_be_taken_back(demo: Demo, sign_in: Window) -> None:
    demo.says(LI, "转人工")
    desk = sign_in("staff")
    open_talk(desk, demo, "3栋1单元302")
    box = desk.get_by_label("回复")
    box.fill("您好李女士请稍等")
    box.evaluate("field => field.setSelectionRange(5, 5)")

    desk.locator("#phrases summary").click()
    desk.get_by_role("button", name="/电话").click()
    expect(box).to_have_value(re.compile("^您好李女士\n急事请直接打物业电话 .*\n请稍等$", re.DOTALL))
    box.press("Control+z")

    expect(box).to_have_value("您好李女士请稍等")
    box.fill("")


def test_colleague_who_writes_is_seen_by_who_has_the_talk_open_until_they_stop(demo: Demo, sign_in: Window, shot: Shot) -> None:
    demo.says(WANG, "转人工")
    desk, other = sign_in("staff"), sign_in("manager")
    open_talk(desk, demo, "7栋1单元101")
    open_talk(other, demo, "7栋1单元101")

    other.get_by_label("回复").press_sequentially("我来看一下")
    expect(desk.get_by_text("王经理正在回复…")).to_be_visible()
    shot(desk, "inbox-writing")
    expect(other.get_by_text("正在回复…")).to_be_hidden()
    other.get_by_label("回复").fill("")

    expect(desk.get_by_text("正在回复…")).to_be_hidden(timeout=15_000)


def test_list_and_talk_are_worked_through_by_keyboard(demo: Demo, sign_in: Window) -> None:
    demo.says(CHEN, "转人工")
    demo.says(ZHAO, "转人工")
    desk = sign_in("staff")
    desk.goto(f"{demo.url}/console/conversations")

    for key in ("j", "j", "k", "Enter"):
        desk.keyboard.press(key)
    desk.wait_for_url("**/conversations/**")  # and for its scripts, which listen
    desk.keyboard.press("e")
    expect(desk.get_by_role("button", name="办结，告诉居民").first).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.get_by_label("交给谁")).to_be_visible()
    desk.keyboard.press("r")
    expect(desk.get_by_label("回复")).to_be_focused()


def test_picture_of_the_staff_reaches_the_phone_and_stands_in_the_talk(
    demo: Demo, window: Window, sign_in: Window, shot: Shot
) -> None:
    demo.says(CHEN, "转人工")
    phone = window(width=390, height=844)
    phone.goto(f"{demo.url}/simulator/?as=陈建国")
    before = phone.get_by_role("log").locator("img.photo, .photo img, img[src*='media']").count()
    desk = sign_in("staff")
    open_talk(desk, demo, "3栋2单元501")

    desk.locator("[name=picture]").set_input_files(Path(__file__).parent / "leak.jpg")
    desk.get_by_role("button", name="发送").click()

    picture = desk.get_by_alt_text("发给居民的图片").first
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") > 0
    expect(phone.get_by_role("log").locator("img[src*='media']")).to_have_count(before + 1)
    shot(desk, "inbox-picture")


def test_field_locks_by_itself_when_nothing_may_be_sent_any_more(demo: Demo, sign_in: Window, shot: Shot) -> None:
    demo.says(WANG, "转人工")
    desk, colleague = sign_in("staff"), sign_in("manager")
    open_talk(desk, demo, "7栋1单元101")
    expect(desk.get_by_label("回复")).to_be_enabled()
    desk.get_by_label("回复").fill("写了一半")
    desk.evaluate("window.mark = 'same page'")

    open_talk(colleague, demo, "7栋1单元101")
    for number in range(5):
        colleague.get_by_label("回复").fill(f"第 {number} 句")
        colleague.get_by_role("button", name="发送").click()
        expect(colleague.get_by_role("log")).to_contain_text(f"第 {number} 句")

    expect(desk.get_by_label("回复")).to_be_disabled()
    expect(desk.locator("#quota")).to_contain_text("已经回满 5 条")
    expect(desk.locator("#quota")).to_contain_text("请打电话")
    expect(desk.get_by_label("回复")).to_have_value("写了一半")
    assert desk.evaluate("window.mark === 'same page'")
    shot(desk, "inbox-locked")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_talk_fits_its_screen_with_the_field_in_reach(demo: Demo, sign_in: Window, shot: Shot, width: int, height: int) -> None:
    demo.says(LI, "转人工")
    desk = sign_in("staff", width=width, height=height)
    open_talk(desk, demo, "3栋1单元302")

    box = desk.get_by_role("button", name="发送").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    assert desk.locator("#talks").is_visible() == (width > 900), "on a phone there is one column"
    for scheme in ("light", "dark"):
        desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        shot(desk, f"inbox-talk-{width}-{scheme}")


def test_talk_is_worked_without_script(demo: Demo, sign_in: Window, window: Window) -> None:
    demo.says(LI, "转人工")
    signed_in = sign_in("staff")
    open_talk(signed_in, demo, "3栋1单元302")
    plain = window(java_script_enabled=False)
    plain.context.add_cookies(signed_in.context.cookies())
    plain.goto(signed_in.url)

    plain.get_by_label("回复").fill("您好")
    plain.locator("#phrases summary").click()
    plain.get_by_role("button", name="/电话").click()
    expect(plain.get_by_label("回复")).to_have_value(re.compile("^您好\n急事请直接打物业电话"))
    plain.get_by_label("回复").fill("不用脚本也能回")
    plain.get_by_role("button", name="发送").click()
    expect(plain.get_by_role("log")).to_contain_text("不用脚本也能回")


def test_what_was_half_written_is_gone_from_the_browser_once_one_signs_out(demo: Demo, sign_in: Window) -> None:
    demo.says(LI, "转人工")
    desk = sign_in("manager")
    open_talk(desk, demo, "3栋1单元302")
    desk.get_by_label("回复").fill("写了一半")
    assert desk.evaluate("Object.keys(sessionStorage).length") == 1

    desk.get_by_role("button", name="退出").click()
    desk.wait_for_url("**/console/in**")

    assert desk.evaluate("Object.keys(sessionStorage).length") == 0
