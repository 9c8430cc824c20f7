"""What WeChat would refuse is refused before, by name; any text can be made to fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ContentRefused
from bot.wechat import fields

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(("name", "value"), [
    ("thing1", "3栋2单元501 厨房漏水 ★☎→"), ("thing1", "一" * 20), ("thing12", "a"),
    ("number2", "36.8"), ("number2", "1" * 32),
    ("letter3", "AbC"),
    ("symbol4", "+-*/="), ("symbol4", "★☆"),
    ("character_string5", "WX-20260311-017"), ("character_string5", "~" * 32),
    ("time6", "15:01"), ("time6", "09:00:30"), ("time6", "2026年3月12日 15:01"), ("time6", "2026-03-12 09:00"),
    ("time6", "2026年3月12日 15:01~2026年3月12日 17:00"), ("time6", "9:00 ~ 11：30"), ("time6", "24:00"),
    ("date7", "2026年3月12日"), ("date7", "2026-03-12"), ("date7", "2026/3/1"), ("date7", "2026.03.12 8:00"),
    ("date7", "2026年3月12日~2026年3月15日"),
    ("amount8", "￥12.50元"), ("amount8", "12"), ("amount8", "¥1234567890.00"),
    ("phone_number9", "0571-88880000"), ("phone_number9", "+86 138 0000 0000"), ("phone_number9", "1" * 17),
    ("car_number10", "粤A8Z888挂"), ("car_number10", "粤BD12345"), ("car_number10", "A12345"),
    ("name11", "陈建国"), ("name11", "阿卜杜拉·买买提明"), ("name11", "Jean-Luc O'Neil"), ("name11", "张 Anna"),
    ("phrase12", "已派单"), ("phrase12", "一二三四五"),
    ("const13", "报修"), ("const13", ""),
    ("enum14", "whatever WeChat listed for it, at any length"), ("short_thing15", "已完成"),
    ("keyword1", "陈建国"),
])  # fmt: skip
def test_usual_values_fit_their_fields(name: str, value: str) -> None:
    fields.check({name: value})


@pytest.mark.parametrize(("name", "value", "fault"), [
    ("thing1", "长" * 21, "has 21 characters; at most 20"),
    ("number2", "三", "has 1 characters that are not what number holds: digits, decimals allowed, at most 32"),
    ("number2", "１２", "has 2 characters that are not"), ("number2", "1" * 33, "has 33 characters; at most 32"),
    ("letter3", "A1", "Latin letters, at most 32"), ("letter3", "a" * 33, "at most 32"),
    ("symbol4", "a", "symbols, at most 5"), ("symbol4", "******", "has 6 characters; at most 5"),
    ("character_string5", "工单17", "digits, Latin letters and symbols, at most 32"), ("character_string5", "1" * 33, "at most 32"),
    ("time6", "明天下午", "15:01"), ("time6", "2026年3月12日", "15:01"), ("time6", "25:00", "15:01"), ("time6", "2026-13-01 9:00", "15:01"),
    ("date7", "周三", "2026年3月12日"), ("date7", "2026-02-32", "2026年3月12日"), ("date7", "3月12日", "2026年3月12日"),
    ("amount8", "12345678901", "at most 10 digits"), ("amount8", "十元", "currency sign"),
    ("phone_number9", "1" * 18, "has 18 characters; at most 17"), ("phone_number9", "转8001", "digits and symbols"),
    ("car_number10", "粤A8Z888挂号", "has 9 characters; at most 8"), ("car_number10", "粤粤粤", "first and last may be Chinese"),
    ("name11", "一二三四五六七八九十一", "has 11 characters; at most 10"), ("name11", "Anna陈" + "a" * 7, "has 12 characters; at most 10"),
    ("name11", "a" * 21, "has 21 characters; at most 20"),
    ("phrase12", "六个字太长了", "has 6 characters; at most 5"), ("phrase12", "OK", "Chinese characters"),
    ("const13", "长" * 21, "at most 20"), ("keyword1", "长" * 21, "at most 20"),
])  # fmt: skip
def test_value_that_does_not_fit_is_named_with_its_length_and_limit(name: str, value: str, fault: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        fields.check({"thing99": "停水", name: value})

    assert refused.value.errmsg.startswith(f"data.{name}.value ")
    assert fault in refused.value.errmsg


def test_value_itself_is_not_repeated_for_it_is_about_a_person() -> None:
    with pytest.raises(ContentRefused) as refused:
        fields.check({"phone_number1": "138 0000 0000 转 陈建国"})

    assert "138" not in str(refused.value)


@pytest.mark.parametrize("name", ["thing1", "const2", "enum3", "short_thing4", "name5", "keyword6"])
@pytest.mark.parametrize(("value", "fault"), [
    ("停\n水", "line break"), ("停\u2028水", "line break"), ("停水\r", "line break"),
    ("停水💧", "emoji"), ("停水⭐", "emoji"), ("停水❤️", "emoji"), ("停水1️⃣", "emoji"), (FAMILY, "emoji"), ("🇨🇳", "emoji"),
    ("停\x07水", "control character"), ("停\u202e水", "control character"), ("停\ud83d水", "control character"),
])  # fmt: skip
def test_no_field_holds_line_breaks_emoji_or_control_characters(name: str, value: str, fault: str) -> None:
    with pytest.raises(ContentRefused, match=f"data.{name}.value holds an? {fault}"):
        fields.check({name: value})


@pytest.mark.parametrize("name", ["thing1", "time2", "name3", "enum4", "short_thing5", "keyword6"])
@pytest.mark.parametrize("value", ["", " ", "\u3000"])
def test_no_field_but_const_is_empty(name: str, value: str) -> None:
    with pytest.raises(ContentRefused, match=f"data.{name}.value is empty"):
        fields.check({name: value})


@pytest.mark.parametrize("name", ["first", "remark"])
def test_what_wechat_drops_silently_is_refused(name: str) -> None:
    with pytest.raises(ContentRefused, match=f"data.{name}.value would not be shown"):
        fields.check({name: "您好"})


def test_message_without_fields_is_refused() -> None:
    with pytest.raises(ContentRefused, match="no fields"):
        fields.check({})


@pytest.mark.parametrize(("text", "fitted"), [
    ("明天停水", "明天停水"),
    ("  明天\r\n停水\t ", "明天 停水"),
    ("停水💧通知❤️1️⃣" + FAMILY, "停水通知1"),
    ("长" * 21, "长" * 19 + "…"),
    ("一" * 18 + " 二三", "一" * 18 + "…"),
    ("一" * 20, "一" * 20),
    ("💧\n", "-"),
    ("", "-"),
])  # fmt: skip
def test_text_is_made_to_fit_a_thing(text: str, fitted: str) -> None:
    assert fields.fit_thing(text) == fitted


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_at_all_fits_after_that(text: str) -> None:
    fields.check({"thing1": fields.fit_thing(text)})


@given(st.text(max_size=80))
def test_what_fits_already_stays_as_it_is(text: str) -> None:
    fitted = fields.fit_thing(text)

    assert fields.fit_thing(fitted) == fitted
