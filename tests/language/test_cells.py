"""Cells of an office's table are read as people mean them; what Excel made something else of is told, never guessed."""

import unicodedata
from collections.abc import Callable
from datetime import date

import pytest

from bot.language import cells
from bot.language.cells import Unreadable, Why


@pytest.mark.parametrize(("read", "said", "meant"), [
    (cells.building, "3栋", "3"), (cells.building, "三号楼", "3"), (cells.building, "12幢", "12"), (cells.building, "03", "3"),
    (cells.building, "3.0", "3"), (cells.building, "３", "3"), (cells.building, "a", "A"), (cells.building, "3#", "3"),
    (cells.building, "A1栋", "A1"), (cells.building, "二期3栋", "二期3"), (cells.building, "二期三栋", "二期3"),
    (cells.building, "东区3栋", "东区3"), (cells.building, "商铺", "商铺"), (cells.building, "桂花苑3栋", "桂花苑3"), (cells.building, "3栋栋", "3"),
    (cells.building, "底商", "商铺"), (cells.unit, "底商", "商铺"), (cells.unit, "门面房", "商铺"), (cells.room, "5号", "5"),
    (cells.unit, "2单元", "2"), (cells.unit, "二单元", "2"), (cells.unit, "2.0", "2"), (cells.unit, "甲单元", "甲"), (cells.unit, "无", ""),
    (cells.room, "501室", "501"), (cells.room, "0501", "501"), (cells.room, "501.0", "501"), (cells.room, "501a", "501A"),
    (cells.room, "501-1", "501-1"), (cells.room, "负101", "-101"), (cells.room, "五零一", "501"), (cells.room, "B101", "B101"),
])  # fmt: skip
def test_a_part_of_a_flat_is_read_however_it_is_written(read: Callable[[str], str], said: str, meant: str) -> None:
    assert read(cells.text_of(said)) == meant


@pytest.mark.parametrize(("said", "meant"), [
    ("3-2-501", ("3", "2", "501")), ("3栋2单元501室", ("3", "2", "501")), ("3 栋 2 单元 501", ("3", "2", "501")), ("3#501", ("3", "", "501")),
    ("3-501", ("3", "", "501")), ("A1-501", ("A1", "", "501")), ("二期3栋2单元501", ("二期3", "2", "501")), ("B1栋-1-101", ("B1", "1", "101")),
    ("和苑小区3栋2单元501", ("3", "2", "501")), ("6栋底商103", ("6", "商铺", "103")), ("商铺12号", ("商铺", "", "12")), ("３－２－５０１", ("3", "2", "501")),
])  # fmt: skip
def test_one_cell_may_hold_a_whole_flat(said: str, meant: tuple[str, str, str]) -> None:
    assert cells.address(said) == meant


@pytest.mark.parametrize("said", ["501", "张三", "3-2-501-7", "3栋", "3栋2单元501和502", "路1号3栋2单元501"])
def test_half_a_flat_or_more_than_one_is_none(said: str) -> None:
    with pytest.raises(Unreadable):
        cells.address(said)


@pytest.mark.parametrize(("room", "meant"), [
    ("3-2-501", ("2", "501")), ("2-501", ("2", "501")), ("501-1", ("2", "501-1")), ("3-501", ("2", "501")), ("501", ("2", "501")),
])  # fmt: skip
def test_a_room_may_say_again_what_stands_beside_it(room: str, meant: tuple[str, str]) -> None:
    assert cells.within(room, "3", "2") == meant


@pytest.mark.parametrize(("read", "said", "why"), [
    (cells.building, "3月2日", Why.DATE), (cells.building, "2-Mar", Why.DATE), (cells.room, "2026/3/2", Why.DATE),
    (cells.address, "2026-03-02", Why.DATE), (cells.phones, "1.39E+10", Why.ROUNDED), (cells.room, "5E+02", Why.ROUNDED),
    (cells.building, "1.5", Why.FRACTION), (cells.building, "3/2", Why.NO_FLAT), (cells.phones, "139****0001", Why.NO_PHONE),
    (cells.phones, "问邻居", Why.NO_PHONE), (cells.day, "2020年1月", Why.NO_DAY), (cells.day, "2026-02-30", Why.NO_DAY),
    (cells.name, "张三、李四", Why.SEVERAL_NAMES), (cells.text_of, "#N/A", Why.FORMULA), (cells.text_of, "字" * 201, Why.LONG),
])  # fmt: skip
def test_what_is_no_value_says_what_it_is_instead(read: Callable[[str], object], said: str, why: Why) -> None:
    with pytest.raises(Unreadable) as caught:
        read(said)

    assert caught.value.why is why


@pytest.mark.parametrize(("said", "meant"), [
    ("13900000001/13900000002", ("13900000001", "13900000002")), ("139 0000 0001（妻）", ("13900000001",)), ("+86 13900000001", ("13900000001",)),
    ("0571-88880000", ("0571-88880000",)), ("0571-88880000转801、13900000001", ("13900000001", "0571-88880000转801")), ("13900000001.0", ("13900000001",)),
    ("１３９０００００００１", ("13900000001",)),
])  # fmt: skip
def test_phones_of_a_cell_come_mobiles_first(said: str, meant: tuple[str, ...]) -> None:
    assert cells.phones(said) == meant


@pytest.mark.parametrize(("said", "meant"), [
    ("独居老人；党员", ("独居老人", "党员")), ("独居老人 党员", ("独居老人", "党员")), ("VIP client,老人", ("VIP client", "老人")),
    ("甲|乙/丙、甲", ("甲", "乙", "丙")),
])  # fmt: skip
def test_blanks_part_chinese_tags_and_no_others(said: str, meant: tuple[str, ...]) -> None:
    assert cells.tags(said) == meant


@pytest.mark.parametrize("said", ["2020-01-01", "2020/1/1", "2020.1.1", "2020年1月1日", "43831", "2020/1/1 0:00:00"])
def test_a_day_is_read_as_it_is_written_or_as_excel_counts_it(said: str) -> None:
    assert cells.day(said) == date(2020, 1, 1)


@pytest.mark.parametrize(("said", "kept"), [("李　梅", "李梅"), ("Li  Mei", "Li Mei"), ("阿·买提", "阿·买提")])
def test_a_name_padded_with_blanks_is_the_name(said: str, kept: str) -> None:
    assert cells.name(cells.text_of(said)) == kept


@pytest.mark.parametrize(
    "said",
    [
        "=1+1",
        "+86",
        "-101",
        "@甲",
        "'=1",
        "''-1",
        "3栋",
        "'甲",
        "＝HYPERLINK(1)",
        "＋1",
        "－1",
        "＠SUM(1)",
        "﹦1",
        "﹢1",
        "﹣1",
        "﹫甲",
        "'＝1",
    ],
)
def test_what_a_spreadsheet_would_run_is_guarded_and_read_as_it_was(said: str) -> None:
    assert not unicodedata.normalize("NFKC", cells.guarded(said)).startswith(("=", "+", "-", "@"))
    assert cells.text_of(cells.guarded(said)) == said


@pytest.mark.parametrize("before", [" ", "\u3000", "\u00a0", "\u200b", "\ufeff", "\u202e", "\x0b", "\x1f", " \t ", "\u2028"])
def test_what_a_spreadsheet_would_run_is_guarded_behind_what_nobody_sees(before: str) -> None:
    said = f"{before}=HYPERLINK(1)"

    assert cells.guarded(said) == f"'{said}"
    assert cells.unguarded(cells.guarded(said)) == said
