"""In few words nothing is lost that keeps somebody safe, that they agree to, or that they need to answer."""

import pytest

from bot.language import large

ASKED = "卫生站最近的号，给您约哪一场？回复数字。没有您要看的，回复“人工”。\n这里不是急救，急病请打 120。\n1. 明天 8:30 王医生\n2. 后天 14:00 李护士"


def test_menu_becomes_numbers_to_answer_with() -> None:
    assert (
        large.say(ASKED)
        == "卫生站最近的号，给您约哪一场？\n这里不是急救，急病请打 120。\n回1：明天 8:30 王医生\n回2：后天 14:00 李护士"
    )


@pytest.mark.parametrize("text", [
    "没有记平安。人不舒服，别等，马上打 120，再打 0571-8800 1200；想让工作人员去看看，说“转人工”。",
    "记一下：您3月11日起不在家，到3月14日为止。对的话，回复“确认”；不对，回复“取消”再说一次。",
    "打卡的体温和症状只给管健康的社区工作人员看，存90天就删。可以记吗？回复“同意”或“不同意”。",
])  # fmt: skip
def test_danger_consent_and_what_is_read_back_stay_whole(text: str) -> None:
    assert large.say(text).replace("\n", "") == text.replace("回复“", "回“")


def test_what_else_one_might_say_is_left_out() -> None:
    said = "收到，平安就好。想每天有人等您这一声，没有消息就去看您，说“每天问我一声平安”。要人帮忙、哪里不舒服，随时跟我说。"

    assert large.say(said) == "收到，平安就好。"


def test_how_to_answer_stays_where_nothing_else_says_it() -> None:
    assert large.say("今天体温多少度？例如：36.5。") == "今天体温多少度？\n例如：36.5。"


def test_pictures_go_and_pages_open_in_big_letters_once() -> None:
    text = '办好了！😊<a href="https://x/p/passes/K3?k=1.2.ab">看通行证</a>'

    assert large.say(text) == '办好了！<a href="https://x/p/passes/K3?k=1.2.ab&s=big">看通行证</a>'
    assert large.with_big_pages(large.say(text)) == large.say(text)
    assert large.with_big_pages('<a href="https://elsewhere/?k=1">') == '<a href="https://elsewhere/?k=1">'


def test_it_is_never_longer_and_never_empty() -> None:
    for text in (ASKED, "好的。", "“大字”", "回复“好”。", "1. 一\n2. 二"):
        assert 0 < len(large.say(text)) <= len(text) + 2 * text.count("\n") + 2


def test_words_of_the_office_are_said_as_people_say_them() -> None:
    assert large.say("已登记，工单号 R8。") == "已登记，报修号 R8。"
