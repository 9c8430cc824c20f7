"""Telephone numbers are read in every writing, and two numbers side by side never become one."""

import unicodedata
from datetime import datetime

import pytest

from bot.errors import Refusal
from bot.language.kinds import phone
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading
from bot.model import SHANGHAI
from tests.language.kinds.taking import read

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize("text", [
    "13800138000", "138 0013 8000", "138-0013-8000", "138.0013.8000", "138·0013·8000", "+86 13800138000", "+86-138-0013-8000", "008613800138000", "8613800138000",
    "1 3 8 0 0 1 3 8 0 0 0", "一三八零零一三八零零零", "幺三八洞洞幺三八洞洞洞", "幺 三 八 零 零 一 三 八 零 零 零", "138，0013，8000", "1380013 8000", "13800 138000",
    "138零零一三八零零零",
])  # fmt: skip
def test_mobile_is_read_in_every_writing(text: str) -> None:
    assert [found.value for found in phone.find(f"我朋友来，电话{text}，三个人", NOW)] == ["13800138000"]


@pytest.mark.parametrize(("text", "expected"), [
    ("(010)12345678", "010-12345678"), ("02011111111", "020-11111111"), ("020 1111 1111", "020-11111111"), ("+86 20 61302222", "020-61302222"),
    ("+86 10 59081185", "010-59081185"), ("(0351)89082910", "0351-89082910"), ("0571—88001200", "0571-88001200"), ("（0571）88001200", "0571-88001200"),
    ("0571-8800-1200", "0571-88001200"), ("0535 7654321", "0535-7654321"), ("零五七一 八八零零一二零零", "0571-88001200"), ("86-571-88001200", "0571-88001200"),
    ("+86 (0)20 61302222", "020-61302222"), ("0571-88001200转8012", "0571-88001200转8012"), ("0571-88001200 分机 12", "0571-88001200转12"),
    ("0571-88001200-8012", "0571-88001200转8012"), ("021-58881234 3人", "021-58881234"),
    ("400-820-8820", "400-820-8820"), ("4008208820", "400-820-8820"), ("400 8208820", "400-820-8820"), ("4008-208-820", "400-820-8820"), ("800-810-8888", "800-810-8888"), ("400 820 8820转2", "400-820-8820转2"),
])  # fmt: skip
def test_landline_is_read_in_every_writing(text: str, expected: str) -> None:
    assert [found.value for found in phone.find(unicodedata.normalize("NFKC", f"电话{text}"), NOW)] == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("客服95588", ["95588"]), ("95588元", []), ("座机88001200", ["88001200"]), ("88001200", []), ("电话13800138", []), ("1380013800", []), ("138001380001", []),
    ("1380013800 3人", []), ("138001380 12人", []), ("010-1234567", []), ("320106199001011234", []), ("13800138000 36.5", ["13800138000"]),
    ("13800138000 13900139000", ["13800138000", "13900139000"]), ("138 0013 8000三个人", ["13800138000"]), ("一三八零零一三八零零零零", []), ("3栋2单元501", []),
    ("2026-11-22 10:00", []), ("12800138000", []),
])  # fmt: skip
def test_what_is_not_whole_is_no_number(text: str, expected: list[str]) -> None:
    assert [found.value for found in phone.find(text, NOW)] == expected


def test_found_says_where_the_number_stands() -> None:
    (found,) = phone.find("打+86 138-0013-8000吧", NOW)

    assert (found.begin, found.stop) == (1, len("打+86 138-0013-8000"))


@pytest.mark.parametrize(("text", "expected"), [
    ("打我老婆电话13800138000", "13800138000"), ("家里没人的话联系 6688 6688", "66886688"), ("老人电话是13 900 139 000", "13900139000"), ("你们物业电话88886666没人接", None),
    ("打了95598没人接", None), ("打过13900139000了，换个号打13800138000", "13800138000"), ("手机13900139000打不通就打13800138000", "13800138000"),
])  # fmt: skip
def test_number_to_call_back_is_nobody_elses(text: str, expected: str | None) -> None:
    assert read("phone", text) == expected


@pytest.mark.parametrize(("text", "number"), [
    ("厨房水龙头漏水，来之前给我打过来13800138000", "13800138000"), ("请物业电话13800138000联系我", "13800138000"), ("打了电话给我老婆13800138000让她开门", "13800138000"),
    ("13800138000不接陌生号的", "13800138000"), ("燃气公司13800138000明天来修", "13800138000"), ("打13800138000，不要打13900139000", "13800138000"),
    ("你们物业电话0571-88001200没人接", None), ("已经打了13900139000没人接", None),
])  # fmt: skip
def test_number_to_call_is_neither_the_offices_nor_one_called_in_vain(text: str, number: str | None) -> None:
    assert Reading.of(text, NOW).take((Slot(name="phone", kind=phone.KIND),)).get("phone") == number


@pytest.mark.parametrize(("text", "veiled"), [
    ("打我13800138000", "打我138****8000"), ("(0571)88001200", "0571-****1200"), ("0571-88001200转12", "0571-****1200"),
    ("138 0013 8000或021-58881234", "138****8000或021-****1234"), ("3栋2单元501", "3栋2单元501"), ("一三八零零一三八零零零", "138****8000"),
])  # fmt: skip
def test_numbers_can_be_veiled_but_for_what_tells_them_apart(text: str, veiled: str) -> None:
    assert phone.veil(text, NOW) == veiled


@pytest.mark.parametrize("short", ["8000", "95588", "120", ""])
def test_nothing_is_shown_of_a_number_that_would_be_whole_with_its_end(short: str) -> None:
    assert phone.veiled(short) == "****"


@pytest.mark.parametrize(("typed", "kept"), [
    ("13800138000", "13800138000"), ("138 0013 8000", "13800138000"), ("+86 138-0013-8000", "13800138000"), ("１３８００１３８０００", "13800138000"),
    ("0571-8800 1200", "0571-88001200"), ("(010)88001200", "010-88001200"), ("0571-88001200-8012", "0571-88001200转8012"), ("88001200", "88001200"),
    ("8800-1200转801", "88001200转801"), ("4008208820", "400-820-8820"), ("95588", "95588"), ("96345", "96345"), ("+852 9123 4567", "+852 9123 4567"),
])  # fmt: skip
def test_a_number_that_is_typed_into_a_field_is_kept_as_it_is_written_by_the_book(typed: str, kept: str) -> None:
    assert phone.checked(typed) == phone.written(typed) == kept


@pytest.mark.parametrize(
    "typed", ["abc", "12345", "1381234567", "138001380001", "010-1234567", "12800138000", "13800138000 张三", "0571-1", "无"]
)
def test_what_is_no_whole_number_is_refused_with_an_example(typed: str) -> None:
    assert phone.written(typed) is None
    with pytest.raises(Refusal, match=f"“{typed}”不是完整的电话号码.*13800138000"):
        phone.checked(typed)


@pytest.mark.parametrize(
    "said", ["（0571）88001234", "(0571) 8800 1234", "（0571） 8800-1234找我", "【0571】88001234", "( 0571 )88001234"]
)
def test_a_landline_in_brackets_is_veiled_whatever_brackets_they_are(said: str) -> None:
    assert "8800" not in phone.veil(said, NOW)
    assert "1234" in phone.veil(said, NOW)
