"""A roster file as offices have it is read whole: any order of columns, any usual encoding, every fault named; no file does harm."""

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.rosters import rosterfile
from bot.rosters.rosterfile import Sheet, read
from bot.rosters.rows import Entry
from bot.store.people import ResidentRole

CHEN = Entry(
    line=2, flat=("3", "2", "501"), name="陈建国", phone="13900000001", role=ResidentRole.OWNER, tags=("独居老人", "党员")
)


def workbook(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title, more in sheets.items():
        other = book.create_sheet(title)
        for row in more:
            other.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def said(sheet: Sheet) -> list[str]:
    return [f"{fault.place} {fault.value} {fault.text}" for fault in sheet.faults]


# ------------------------------------------------------------------ heads and cells


@pytest.mark.parametrize("text", [
    "楼栋,单元,房号,姓名,电话,身份,标签\n3栋,2单元,501室,陈建国,13900000001,业主,独居老人；党员\n",
    "联系方式;业主姓名;室号;单元号;楼号;备注标签\n139 0000 0001;陈 建 国;0501;二单元;三号楼;独居老人 党员\n",
    "房屋\t姓名\t手机号\t关系\t标签\n3-2-501\t陈建国\t13900000001\t产权人\t独居老人|党员\n",
    "房号,姓名,电话,类型,标签\n3栋2单元501室,陈建国,13900000001.0,业主,\"独居老人,党员\"\n",
    "building,unit,room,name,phone,role,tags\n3.0,2.0,501.0,陈建国,13900000001,owner,独居老人/党员\n",
    "楼栋（必填）,单元,房号*,姓名,电 话,身份,标签\n３,２,５０１,陈建国,１３９０００００００１,业主,独居老人、党员\n",
])  # fmt: skip
def test_the_same_person_is_read_from_any_usual_table(text: str) -> None:
    sheet = read(text.encode())

    assert said(sheet) == []
    assert sheet.entries == (CHEN,)


def test_titles_above_and_remarks_below_are_no_rows_and_further_columns_are_named() -> None:
    sheet = read(
        "和苑小区名册,,,\n2026年3月,,,\n楼栋,房号,姓名,面积\n3,501,陈建国,99\n楼栋,房号,姓名,面积\n合计,1户,15人,\n,,,\n".encode()
    )

    assert [(entry.line, entry.flat, entry.name) for entry in sheet.entries] == [(4, ("3", "", "501"), "陈建国")]
    assert sheet.unknown == ("面积",)
    assert said(sheet) == []


@pytest.mark.parametrize("head", ["Move-in date", "moved_in", "Moved In", "MOVE IN", "搬入日期", "入住日期*"])
def test_a_day_of_moving_in_is_known_by_any_usual_head_and_a_day_that_is_none_is_a_fault(head: str) -> None:
    [entry] = read(f"building,room,name,{head}\n3,501,Chen,2024-05-01\n".encode()).entries
    wrong = read(f"building,room,name,{head}\n3,501,Chen,2026-13-45\n".encode())

    assert str(entry.moved_in) == "2024-05-01"
    assert [fault.value for fault in wrong.faults] == ["2026-13-45"]


@pytest.mark.parametrize(("head", "role"), [("业主", ResidentRole.OWNER), ("租客姓名", ResidentRole.TENANT), ("姓名", None)])
def test_a_column_of_owners_says_what_they_are(head: str, role: ResidentRole | None) -> None:
    [entry] = read(f"楼栋,房号,{head}\n3,501,陈建国\n".encode()).entries

    assert entry.role is role


@pytest.mark.parametrize(("word", "role"), [
    ("业主", "owner"), ("产权人", "owner"), ("租客", "tenant"), ("家庭成员", "family"), ("妻子", "family"), ("常住访客", "guest"), ("护工", "guest"),
    ("同住人", "guest"), ("Tenant", "tenant"),
])  # fmt: skip
def test_roles_are_known_by_the_words_of_offices(word: str, role: str) -> None:
    [entry] = read(f"楼栋,房号,姓名,身份\n3,501,甲,{word}\n".encode()).entries

    assert entry.role == role


def test_an_empty_cell_says_nothing_and_a_no_says_that_there_is_none() -> None:
    empty, none = read("楼栋,房号,姓名,电话,标签\n3,501,甲,,\n3,502,乙,无,无\n".encode()).entries

    assert (empty.phone, empty.tags) == (None, None)
    assert (none.phone, none.tags) == ("", ())


def test_numbers_and_days_of_a_workbook_are_read_as_excel_keeps_them() -> None:
    sheet = read(
        workbook(["楼栋", "单元", "房号", "姓名", "电话", "入住日期"], [3, 2.0, 501, "陈建国", 13900000001, date(2020, 1, 5)])
    )

    assert said(sheet) == []
    assert sheet.entries == (Entry(line=2, flat=CHEN.flat, name="陈建国", phone="13900000001", moved_in=date(2020, 1, 5)),)


def test_every_fault_is_named_with_line_column_value_and_way_out() -> None:
    rows = [
        ["楼栋", "单元", "房号", "姓名", "电话", "身份"], [date(2026, 3, 2), None, 501, "甲", "1.39E+10", "boss"], [None, None, 502, "乙", None, None],
        [3, None, "#N/A", "丙、丁", None, None],
    ]  # fmt: skip
    faults = {(fault.line, fault.column, fault.value): fault.text for fault in read(workbook(*rows)).faults}

    assert {place: text[:8] for place, text in faults.items()} == {
        (2, "A 列（楼栋）", "2026-03-02"): "是日期，不是号码", (2, "E 列（电话）", "1.39E+10"): "是科学记数，后几",
        (2, "F 列（身份）", "boss"): "不认识这个身份，", (3, "A 列（楼栋）", ""): "没有写，例如 3",
        (4, "C 列（房号）", "#N/A"): "是公式的错误，不", (4, "D 列（姓名）", "丙、丁"): "里有好几个人，请",
    }  # fmt: skip
    assert "设成“文本”" in faults[2, "A 列（楼栋）", "2026-03-02"]


def test_several_phones_are_told_and_the_first_mobile_taken() -> None:
    sheet = read("楼栋,房号,姓名,电话\n3,501,甲,0571-88880000/13900000002/13900000001\n".encode())

    assert sheet.entries[0].phone == "13900000002"
    assert any("第 2 行" in note and "几个电话" in note for note, _ in sheet.notes)


def test_the_first_sheet_with_a_head_is_read_and_the_others_are_named() -> None:
    sheet = read(workbook(["目录"], 名册=[["楼栋", "房号", "姓名"], [3, 501, "甲"]], 车位=[["车位", "楼栋"], [1, 3]]))

    assert (sheet.title, len(sheet.entries)) == ("名册", 1)
    assert any("没有读：车位" in note for note, _ in sheet.notes)


# ------------------------------------------------------------------ encodings and broken files

TABLE = "楼栋,房号,姓名\n3,501,陈建国\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
def test_the_encodings_of_spreadsheets_are_known_by_themselves(encoding: str) -> None:
    sheet = read(TABLE.encode(encoding))

    assert [entry.name for entry in sheet.entries] == ["陈建国"]
    assert any("GBK" in note for note, _ in sheet.notes) is encoding.startswith("gb")


def test_a_told_encoding_is_believed_or_refused() -> None:
    assert read(TABLE.encode("gbk"), "gbk").notes[0][0].startswith("没有“身份”")
    assert "不是 UTF-8 编码" in read(TABLE.encode("gbk"), "utf-8").faults[0].text


@pytest.mark.parametrize(("body", "text"), [
    (b"", "文件是空的"), (b"a,b\n1,2\n", "没有找到表头"), (b"PK\3\4" + b"x" * 50, "打不开"), (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "老格式"),
    ('楼栋,房号,姓名\n3,501,"陈\n'.encode(), "引号没有配对"), ("楼栋,姓名\n3,甲\n".encode(), "没有“房号”"), ("楼栋,房号,姓名\n,,\n".encode(), "没有内容"),
    (b"\x81\xff\xff\x81", "什么编码"), (b"x" * (rosterfile.LARGEST + 1), "超过 10 MB"),
])  # fmt: skip
def test_what_is_no_roster_is_told_with_a_way_out(body: bytes, text: str) -> None:
    sheet = read(body)

    assert sheet.entries == ()
    assert text in sheet.faults[0].text


def _with_part(name: str, content: bytes) -> bytes:
    """A good workbook with one part put in place of its own."""
    good, out = zipfile.ZipFile(BytesIO(workbook(["楼栋", "房号", "姓名"], [3, 501, "甲"]))), BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for part in good.infolist():
            if part.filename != name:
                package.writestr(part.filename, good.read(part))
        package.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "展开后太大" in read(_with_part("xl/worksheets/sheet1.xml", b"<x>" + b" " * rosterfile.UNPACKED)).faults[0].text
    assert "展开后太大" in read(_with_part("xl/sharedStrings.xml", b"<x>" + b" " * rosterfile.WORDS_UNPACKED)).faults[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_declares_entities_is_refused(encoding: str) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'.encode(encoding)

    assert "不该有的内容" in read(_with_part("xl/worksheets/sheet1.xml", laughs)).faults[0].text


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    book = Workbook()
    for column, (head, value) in enumerate((("楼栋", 3), ("房号", 501), ("姓名", "甲")), 1):
        book.active.cell(1, column, head)
        book.active.cell(2, column, value)
    book.active["XFD1048576"] = 1
    out = BytesIO()
    book.save(out)

    assert [entry.name for entry in read(out.getvalue()).entries] == ["甲"]


def test_more_rows_than_a_community_has_are_refused() -> None:
    many = "楼栋,房号,姓名\n" + "3,501,甲\n" * (rosterfile.ROWS + 1)

    assert "请分成几个文件" in read(many.encode()).faults[0].text


# ------------------------------------------------------------------ writing

ODD = [
    CHEN, Entry(line=3, flat=("A1", "", "-101"), name="=1+1", phone="+8613900000001", role=ResidentRole.GUEST, tags=("@甲",)),
    Entry(line=4, flat=("二期3", "2", "501A"), name="Li Mei", role=ResidentRole.TENANT, moved_in=date(2020, 1, 5)),
    Entry(line=5, flat=("3", "2", "502")),
]  # fmt: skip


@pytest.mark.parametrize("write", [rosterfile.write_csv, rosterfile.write_workbook])
def test_what_is_written_is_read_as_it_was(write: Any) -> None:
    sheet = read(write(ODD))

    assert said(sheet) == []
    assert [entry.pack()[1:] for entry in sheet.entries] == [
        entry.pack()[1:] for entry in (*ODD[:1], Entry(**{**_fields(ODD[1]), "phone": "13900000001"}), *ODD[2:])
    ]


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def test_no_cell_that_is_written_is_run_as_a_formula() -> None:
    table = rosterfile.write_csv(ODD).decode("utf-8-sig")
    sheet = load_workbook(BytesIO(rosterfile.write_workbook(ODD))).active

    assert not any(cell.startswith(("=", "+", "-", "@")) for line in table.splitlines() for cell in line.split(","))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert table.startswith("楼栋,单元,房号,姓名,电话,身份,标签,入住日期,迁出日期")


def test_the_template_is_a_roster_without_rows() -> None:
    sheet = read(rosterfile.template())

    assert list(sheet.columns.values()) == list(rosterfile.HEAD)
    assert [fault.text for fault in sheet.faults] == ["表头下面没有内容。"]


@pytest.mark.parametrize(("name", "body", "is_wrong"), [
    ("bad.xlsx", "你好".encode(), True), ("bad.XLSX", b"3,2,501", True), ("bad.csv", "你好".encode(), False), ("old.xlsx", b"\xd0\xcf\x11\xe0", False),
    ("good.xlsx", rosterfile.template(), False), ("", b"", False),
])  # fmt: skip
def test_a_file_that_is_only_called_a_workbook_is_told_so(name: str, body: bytes, is_wrong: bool) -> None:
    found = rosterfile.misnamed(name, body)

    assert [fault.text.partition("，")[0] for fault in (found.faults if found else ())] == ["这不是 Excel 文件"] * is_wrong


def test_a_number_of_a_paper_in_any_column_goes_no_further_than_the_file() -> None:
    """Offices write 王芳 330106198001011234 into one cell; neither the row nor the fault that names the cell says it."""
    text = "楼栋,单元,房号,姓名,标签\n3,2,501,王芳 330106198001011234,330106198001011234\n3,2,502,李强,独居老人\n"

    sheet = read(text.encode())

    assert "330106198001011234" not in repr(sheet)
    assert [one.name for one in sheet.entries][-1] == "李强"
