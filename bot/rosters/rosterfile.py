"""A roster as offices keep it: one table, XLSX or CSV, a person a row. It is read as a whole with all its faults, and written alike.

楼栋 | 单元 | 房号 | 姓名 | 电话 | 身份 | 标签 | 入住日期 | 迁出日期

Columns stand in any order and under any usual name; rows of titles may stand above. openpyxl reads row by row; what a stranger sends is
read by `confined`, for a hostile file takes whatever there is. calamine, ten times as fast, ends the process when one cell stands in the last corner.
"""

import csv
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import BytesIO, StringIO
from itertools import chain, islice
from typing import Any, TypeVar

from bot.errors import Refusal
from bot.language import cells
from bot.language.cells import Flat, Unreadable, Why
from bot.language.identifiers import without_papers
from bot.rosters.rows import RESIDENT_ROLE_WORDS, Entry, Fault, ResidentRole
from bot.translation import tr, tr_all

T = TypeVar("T")


@cache
def openpyxl() -> Any:
    """Return the library, loaded with the first workbook: it brings decoders of pictures, and most processes never see one."""
    import openpyxl.cell
    import openpyxl.styles
    import openpyxl.utils

    return openpyxl


#: Bytes of a file; 20,000 rows are some 1.2 MB.
LARGEST = 10 * 1024 * 1024

#: Bytes that a workbook may unpack to, and those of them that are held at once: the table of its words.
UNPACKED, WORDS_UNPACKED = 100 * 1024 * 1024, 30 * 1024 * 1024

#: Rows and columns that are read; rows without a word after which nothing more is expected; rows in which the head may stand.
ROWS, WIDEST, EMPTY_ROWS, TITLES = 50_000, 60, 1_000, 30

#: The columns of a roster as it is written.
HEAD: Mapping[str, str] = {
    "building": tr("楼栋"), "unit": tr("单元"), "room": tr("房号"), "name": tr("姓名"), "phone": tr("电话"), "role": tr("身份"), "tags": tr("标签"),
    "moved_in": tr("入住日期"), "moved_out": tr("迁出日期"),
}  # fmt: skip

_OWNER_NAMES = "业主 业主姓名 业主名称 产权人 产权人姓名 房主 房主姓名 户主 户主姓名 owner"
_TENANT_NAMES = "租户 租户姓名 租客 租客姓名 承租人 承租人姓名 tenant"

_SYNONYMS: Mapping[str, str] = {
    "building": "楼栋 楼号 栋 幢 栋号 幢号 楼栋号 楼幢 楼幢号 楼 楼座 座 栋数 所在楼栋 building block bldg",
    "unit": "单元 单元号 门洞 梯 所在单元 unit entrance",
    "room": "房号 室号 房间 房间号 室 门牌 门牌号 户号 房屋号 房屋编号 room flat apartment apt",
    "address": "房屋 地址 房屋地址 住址 家庭住址 房屋信息 房产 房屋名称 房源 address",
    "name": f"姓名 住户 住户姓名 住户名称 居民 居民姓名 名字 客户姓名 联系人 name resident {_OWNER_NAMES} {_TENANT_NAMES}",
    "phone": "电话 手机 手机号 手机号码 电话号码 联系电话 联系方式 移动电话 联系手机 业主电话 住户电话 phone mobile tel telephone",
    "role": "身份 关系 类型 住户类型 人员类型 客户类型 住户身份 与业主关系 与户主关系 角色 居住类型 role relation type",
    "tags": "标签 备注标签 住户标签 人员标签 分组 tags tag label labels",
    "moved_in": "入住日期 入住时间 入住日 入住 迁入日期 迁入时间 搬入日期 搬入时间 交房日期 入伙日期 movedin movein moveindate movedindate occupiedsince",
    "moved_out": "迁出日期 迁出时间 搬离日期 搬出日期 退租日期 离开日期 搬走日期 movedout moveout moveoutdate movedoutdate",
}  # fmt: skip

#: What a head is written with and known without: Move-in date, moved_in, 姓 名*.
_BESIDE = re.compile(r"\([^)]*\)|[\s*:、/_-]+")

_KNOWN = {_BESIDE.sub("", word): name for name, words in _SYNONYMS.items() for word in words.split()}

_ROLE_WORDS: Mapping[ResidentRole, str] = {
    ResidentRole.OWNER: "业主 产权人 房主 户主 本人 业主本人 共有人 owner",
    ResidentRole.TENANT: "租户 租客 承租人 租住 租赁 租房 tenant",
    ResidentRole.FAMILY: "家属 家庭成员 家人 亲属 配偶 妻子 丈夫 夫妻 子女 儿子 女儿 父母 父亲 母亲 父子 母女 孙子 孙女 family",
    ResidentRole.GUEST: f"{RESIDENT_ROLE_WORDS[ResidentRole.GUEST]} 同住 同住人 保姆 护工 住家保姆 借住 亲友 寄住 guest",
}  # fmt: skip

_ROLES = {word: role for role, words in _ROLE_WORDS.items() for word in words.split()}

#: Somebody who stays for months, as the lists of the police call them.
_LODGER = re.compile("常住.?客")

#: Rows below a table that are none of it.
_COUNT = re.compile(r"\d+(?:\.0)?\s*[人户个位套]?")
_FOOTER = re.compile(r"合计|总计|小计|共计|制表|填表|审核|说明|备注|注[:：]|total", re.IGNORECASE)

_DELIMITERS = ",;\t；，"

#: Encodings that may be told, by the name they are read under; GB18030 holds GBK.
ENCODINGS: Mapping[str, str] = {"utf-8": "utf-8-sig", "gbk": "gb18030", "gb18030": "gb18030", "utf-16": "utf-16"}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a file holds; nothing is to be taken over while it has faults."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()  # in Chinese, in English
    title: str = ""  # of the sheet that was read
    columns: Mapping[str, str] = field(default_factory=dict)  # what was recognised: name of the column in the file -> ours
    unknown: tuple[str, ...] = ()  # columns that are left alone


def misnamed(name: str, body: bytes) -> Sheet | None:
    """Return the fault of a file that is called a workbook and is none, which would be read as a table of text; None for others."""
    if not name.lower().endswith((".xlsx", ".xlsm")) or body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or not body:
        return None
    fault = Fault(
        line=0, text=tr("这不是 Excel 文件，只是名字以 .xlsx 结尾。请用 Excel 打开原来的表格，另存为“Excel 工作簿（.xlsx）”再传。"),
        english="it is no workbook though its name says so; save the table as .xlsx anew",
    )  # fmt: skip
    return Sheet(faults=(fault,))


def flat_of(*, building: str, unit: str, room: str) -> Flat:
    """Return a flat that was typed as a file that says the same would have it; raises Refusal with what is wrong and the way out."""
    house = _typed("building", building, cells.building)
    part = _typed("unit", unit, cells.unit) if unit else ""
    return (house, *_typed("room", room, lambda said: cells.within(said, house, part)))


def _typed(name: str, said: str, read: Callable[[str], T]) -> T:
    try:
        return read(cells.text_of(said))
    except Unreadable as error:
        raise Refusal(tr("{head}“{said}”{why}。", head=HEAD[name], said=said[:20], why=cells.WORDS[error.why][0])) from error


class _Unusable(Exception):
    """A file that cannot be read at all."""

    def __init__(self, text: str, english: str) -> None:
        super().__init__(english)
        self.fault = Fault(line=0, text=text, english=english)


#: The cells of a row, with the line where it begins.
_Row = tuple[int, Sequence[object]]


def read(body: bytes, encoding: str = "") -> Sheet:
    """Read a roster; `encoding`, of ENCODINGS, where a CSV file is in another than it seems. Never raises for what a file holds."""
    try:
        if len(body) > LARGEST:
            raise _Unusable(
                tr("文件超过 {LARGEST} MB，请只留名册这一张表。", LARGEST=LARGEST >> 20),
                f"it has more than {LARGEST >> 20} MB; keep the roster only",
            )
        if is_workbook(body):
            return _read_workbook(body)
        if body.startswith(b"\xd0\xcf\x11\xe0"):
            raise _Unusable(
                tr("这是老格式（.xls）或者有密码的文件。请在 Excel 或 WPS 里另存为 .xlsx，不设密码，再传一次。"),
                "it is an old workbook (.xls) or has a password; save it as .xlsx without one",
            )
        return _read_text(body, encoding)
    except _Unusable as error:
        return Sheet(faults=(error.fault,))


def is_workbook(body: bytes) -> bool:
    """Tell whether a file is a package, as workbooks are, and no text."""
    return body.startswith(b"PK\3\4")


#: What is said of a workbook that takes more than a roster can.
TOO_MUCH = Fault(
    line=0, text=tr("这个 Excel 文件展开后太大。请把名册复制到一个新的文件里，只留这一张表，再传一次。"),
    english="the workbook unpacks to too much; copy the roster into a new file",
)  # fmt: skip


# ------------------------------------------------------------------ workbooks


def _read_workbook(body: bytes) -> Sheet:
    try:
        _check_package(body)
        book = openpyxl().load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        for number, sheet in enumerate(sheets):
            sheet.reset_dimensions()  # what a file says of its size is not believed
            rows = enumerate(sheet.iter_rows(values_only=True, max_col=WIDEST), 1)
            table = _Table.find(rows, sheet.title)
            if table is not None:
                read = table.read()
                rest = [other.title for other in sheets[number + 1 :]]
                return Sheet(**{**vars(read), "notes": (*read.notes, *_of_other_sheets(sheet.title, rest))})
    except _Unusable:
        raise
    except MemoryError as error:
        raise _Unusable(TOO_MUCH.text, TOO_MUCH.english) from error
    except Exception as error:  # a package is broken in many ways, with an error for each
        raise _Unusable(
            tr("这个 Excel 文件打不开，可能没有存完整。请重新另存为 .xlsx，再传一次。"),
            f"the workbook cannot be read ({type(error).__name__}); save it anew as .xlsx",
        ) from error
    raise _no_head()


def _of_other_sheets(title: str, rest: Sequence[str]) -> Iterator[tuple[str, str]]:
    if rest:
        names = tr_all("、", rest[:5])
        yield (
            tr("只读了工作表“{title}”，没有读：{names}", title=title, names=names),
            f"only sheet {title!r} was read, not {names}",
        )


def _check_package(body: bytes) -> None:
    """Raise _Unusable for a workbook that unpacks to more than fits, or declares entities; sizes hold, for zipfile reads no further."""
    with zipfile.ZipFile(BytesIO(body)) as package:
        parts = package.infolist()
        words = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
        if len(parts) > 2_000 or words > WORDS_UNPACKED or sum(part.file_size for part in parts) > UNPACKED:
            raise _Unusable(TOO_MUCH.text, TOO_MUCH.english)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                with package.open(part) as stream:
                    if b"<!DOCTYPE" in stream.read(4096).replace(b"\0", b"").upper():
                        raise _Unusable(
                            tr("这个文件里有表格不该有的内容，没有读。请在 Excel 里另存为 .xlsx，再传一次。"),
                            "the workbook declares a document type, which no spreadsheet does; save it anew as .xlsx",
                        )


# ------------------------------------------------------------------ text


def _read_text(body: bytes, encoding: str) -> Sheet:
    text, note = _decode(body, encoding)
    if not text.strip():
        raise _Unusable(tr("文件是空的。"), "it is empty")
    broken: csv.Error | None = None
    for delimiter in _DELIMITERS:
        try:
            table = _Table.find(_parted(text, delimiter), "")
        except csv.Error as error:  # perhaps by another sign it can
            broken = broken or error
            continue
        if table is not None:
            try:
                read = table.read()
            except csv.Error as error:
                raise _no_table(error) from error
            return Sheet(**{**vars(read), "notes": (*note, *read.notes)})
    raise _no_table(broken) if broken else _no_head()


def _no_table(error: csv.Error) -> _Unusable:
    reason = tr("有一格太长") if "limit" in str(error) else tr("引号没有配对")
    return _Unusable(
        tr("读不成表格：{reason}。请在表格软件里另存为 CSV 或 .xlsx，再传一次。", reason=reason),
        f"it cannot be read as CSV: {error}; close its quotation marks, or save it anew",
    )


def _parted(text: str, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    for row in reader:
        yield begun, row[:WIDEST]
        begun = reader.line_num + 1


def _decode(body: bytes, encoding: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text of a file, and what was assumed: one that is no UTF-8 is taken for GBK, in which Excel writes here."""
    if encoding:
        try:
            return body.decode(ENCODINGS[encoding]).lstrip("\ufeff"), ()
        except UnicodeError as error:
            raise _Unusable(
                tr("这个文件不是 {upper} 编码，请换一个再试。", upper=encoding.upper()),
                f"it is not {encoding}; name another encoding",
            ) from error
    candidates: tuple[str, ...] = ("utf-8-sig", "gb18030")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ("utf-16",)
    elif 0 in body[:2000]:  # a byte that stands in no other text: half of a comma
        candidates = ("utf-16-be" if body[:2000:2].count(0) > body[1:2000:2].count(0) else "utf-16-le",)
    for one in candidates:
        try:
            text = body.decode(one)
        except UnicodeError:
            continue
        assumed = (
            tr("文件是按 GBK 编码读的。看看下面的名字对不对，不对的话另存为 CSV UTF-8 再传"),
            "it was read as GBK, for it is no UTF-8",
        )
        return text, (assumed,) if one == "gb18030" else ()
    raise _Unusable(
        tr("看不出这个文件是什么编码。请在 Excel 里另存为“CSV UTF-8”或 .xlsx，再传一次。"),
        "its encoding is not known; save it as CSV UTF-8 or .xlsx",
    )


def _no_head() -> _Unusable:
    return _Unusable(
        tr("前 {TITLES} 行里没有找到表头。表头这一行要有“楼栋、房号”或者“房屋”，再加“姓名”。可以下载模板照着填。", TITLES=TITLES),
        f"no head in the first {TITLES} rows: it needs 楼栋 and 房号 or 房屋, and 姓名 (building, room, name)",
    )


# ------------------------------------------------------------------ the table


def _word_of(value: object) -> str:
    """Return the head of a column as synonyms are written: without blanks, brackets, stars."""
    try:
        said = unicodedata.normalize("NFKC", cells.text_of(value)).casefold()
    except Unreadable:
        return ""
    return _BESIDE.sub("", said)


def _kept(value: object) -> str:
    """Return what a cell says as it may be kept: here the words of the office's own list enter."""
    return without_papers(cells.text_of(value))


class _Table:
    """The rows below a head, being read."""

    def __init__(self, title: str, head: Sequence[object], rows: Iterator[_Row]) -> None:
        self.title, self.head, self.rows = title, head, rows
        self.words = [_word_of(value) for value in head]
        self.places: dict[str, int] = {}  # ours -> number of the column
        for number, word in enumerate(self.words):
            if word in _KNOWN:
                self.places.setdefault(_KNOWN[word], number)
        if "building" in self.places and "room" in self.places:
            self.places.pop("address", None)  # where they get their letters
        elif "address" not in self.places and "room" in self.places:
            self.places["address"] = self.places.pop("room")
        elif "address" in self.places:
            for part in ("building", "unit", "room"):
                self.places.pop(part, None)
        named = self.words[self.places["name"]] if "name" in self.places else ""
        self.usual = (
            ResidentRole.OWNER if named in _OWNER_NAMES.split() else ResidentRole.TENANT if named in _TENANT_NAMES.split() else None
        )  # fmt: skip
        self.faults: list[Fault] = []
        self.several_phones: list[int] = []
        self.nameless: list[int] = []
        self.skipped: list[int] = []

    @classmethod
    def find(cls, rows: Iterable[_Row], title: str) -> "_Table | None":
        """Return the table that begins in the first rows, None where there is no head."""
        rows = iter(rows)
        for _, row in islice(rows, TITLES):
            table = cls(title, row, rows)
            if table.has_head:
                return table
        return None

    @property
    def has_head(self) -> bool:
        """Whether this row names flats, and something about them."""
        return bool({"address", "building"} & self.places.keys()) and len(self.places) > 1

    def read(self) -> Sheet:
        """Read what stands below the head."""
        if "address" not in self.places and "room" not in self.places:
            self.faults.append(Fault(line=0, text=tr("表头里没有“房号”这一列。"), english="the head names no room (房号)"))
        entries = [entry for line, row in self._said() if (entry := self._entry(line, row))] if not self.faults else []
        if not entries and not self.faults:
            self.faults.append(Fault(line=0, text=tr("表头下面没有内容。"), english="nothing stands below the head"))
        known = {str(self.head[number]).strip(): name for name, number in sorted(self.places.items(), key=lambda one: one[1])}
        return Sheet(
            entries=tuple(entries), faults=tuple(self.faults), notes=tuple(self._notes()), title=self.title, columns=known,
            unknown=tuple(
                str(value).strip() for number, value in enumerate(self.head)
                if self.words[number] and number not in self.places.values()
            ),
        )  # fmt: skip

    def _said(self) -> Iterator[_Row]:
        """Yield the rows that hold something; a heap of empty ones ends the table."""
        empty = found = 0
        for line, row in self.rows:
            if not any(value is not None and (not isinstance(value, str) or value.strip()) for value in row):
                empty += 1
                if empty > EMPTY_ROWS:
                    return
                continue
            empty, found = 0, found + 1
            if found > ROWS:
                text = tr("超过 {ROWS} 行，请分成几个文件。", ROWS=ROWS)
                self.faults.append(Fault(line=line, text=text, english=f"more than {ROWS} rows; split the file"))
                return
            yield line, row

    def _entry(self, line: int, row: Sequence[object]) -> Entry | None:
        if list(row[: len(self.head)]) == list(self.head):
            return None  # the head again, as it is printed on each page
        before = len(self.faults)
        said = {name: self._take(line, row, name, _kept) for name in self.places}
        if not any(said.values()) and len(self.faults) == before:
            return None
        if self._is_footer(row, said):
            self.skipped.append(line)
            return None
        flat = self._flat(line, row, said)
        name = self._read(line, row, "name", said, cells.name) or ""
        phones = self._read(line, row, "phone", said, cells.phones)
        tags = self._read(line, row, "tags", said, cells.tags)
        role = self._read(line, row, "role", said, self._role) or self.usual
        days = [self._day(line, row, one, said) for one in ("moved_in", "moved_out")]
        if len(self.faults) > before or flat is None:
            return None
        if phones is not None and len(phones) > 1:
            self.several_phones.append(line)
        if not name and any(said.get(one) for one in ("phone", "role", "tags")):
            self.nameless.append(line)
        return Entry(
            line=line, flat=flat, name=name, role=role, tags=tags, moved_in=days[0], moved_out=days[1],
            phone=phones[0] if phones else "" if cells.says_none(said.get("phone") or "") else None,
        )  # fmt: skip

    def _is_footer(self, row: Sequence[object], said: Mapping[str, str | None]) -> bool:
        filled = [str(value) for value in row if value is not None and str(value).strip()]
        is_nobody = not said.get("name") or _COUNT.fullmatch(said["name"] or "") is not None
        return len(filled) <= 3 and is_nobody and bool(_FOOTER.match(filled[0].strip()))

    def _flat(self, line: int, row: Sequence[object], said: Mapping[str, str | None]) -> tuple[str, str, str] | None:
        if any(said.get(one, "") is None for one in ("address", "building", "unit", "room")):
            return None  # told already
        if "address" in self.places:
            if not said["address"]:
                self._fault(
                    line, "address", "", tr("没有写，请写上是哪一户，例如 3-2-501"), "is empty; write the flat, such as 3-2-501"
                )
                return None
            return self._take(line, row, "address", lambda _: cells.address(said["address"] or ""))
        for needed, example in (("building", "3"), ("room", "501")):
            if not said[needed]:
                self._fault(
                    line, needed, "", tr("没有写，例如 {example}；合并的单元格请先取消合并，每一行都填上", example=example),
                    f"is empty; write one such as {example} in each row, also where cells were merged",
                )  # fmt: skip
                return None
        house = self._take(line, row, "building", lambda _: cells.building(said["building"] or ""))
        part: str | None = ""
        if said.get("unit"):
            part = self._take(line, row, "unit", lambda _: cells.unit(said["unit"] or ""))
        if house is None or part is None:
            return None
        found = self._take(line, row, "room", lambda _: cells.within(said["room"] or "", house, part))
        return (house, *found) if found else None

    @staticmethod
    def _role(said: str) -> ResidentRole | None:
        word = "".join(unicodedata.normalize("NFKC", said).casefold().split())
        return _ROLES.get(word) or (ResidentRole.GUEST if _LODGER.fullmatch(word) else None)

    def _read(
        self, line: int, row: Sequence[object], name: str, said: Mapping[str, str | None], read: Callable[[str], T]
    ) -> T | None:
        """Return what a cell says, None for one that says nothing; 无 is no phone and no tags."""
        text = said.get(name)
        if not text or (cells.says_none(text) and name != "tags"):
            return None
        value = self._take(line, row, name, lambda _: read("" if cells.says_none(text) else text))
        if name == "role" and value is None:
            words = tr_all("、", RESIDENT_ROLE_WORDS.values())
            self._fault(line, name, text, tr("不认识这个身份，可以写：{words}", words=words), f"is no role; one of {words}")
        return value

    def _day(self, line: int, row: Sequence[object], name: str, said: Mapping[str, str | None]) -> date | None:
        if said.get(name) in ("至今", "长期", "今"):
            return None
        return self._read(line, row, name, said, cells.day)

    def _take(self, line: int, row: Sequence[object], name: str, read: Callable[[object], T]) -> T | None:
        """Return what `read` makes of a cell; what it cannot read becomes a fault."""
        value = row[self.places[name]] if self.places[name] < len(row) else None
        try:
            return read(value)
        except Unreadable as error:
            shown = (
                str(value)[:20] + "…"
                if error.why is Why.LONG
                else cells.text_of(value)
                if error.why is not Why.FORMULA
                else str(value)
            )
            self._fault(line, name, without_papers(shown), *cells.WORDS[error.why])
            return None

    def _fault(self, line: int, name: str, value: str, text: str, english: str) -> None:
        number = self.places[name]
        column = tr(
            "{get_column_letter} 列（{strip}）",
            get_column_letter=openpyxl().utils.get_column_letter(number + 1),
            strip=str(self.head[number]).strip(),
        )
        self.faults.append(Fault(line=line, column=column, value=value, text=text + "。", english=english))

    def _notes(self) -> Iterator[tuple[str, str]]:
        if self.several_phones:
            yield (
                tr(
                    "{several_phones} 行写了几个电话，只用第一个手机号：{lines}",
                    several_phones=len(self.several_phones),
                    lines=_lines(self.several_phones),
                ),
                f"{len(self.several_phones)} rows have several phones, the first mobile is taken: lines {_plain(self.several_phones)}",
            )
        if self.nameless:
            yield (
                tr("{nameless} 行没有姓名，只登记房屋：{lines}", nameless=len(self.nameless), lines=_lines(self.nameless)),
                f"{len(self.nameless)} rows have no name, only the flat is taken: lines {_plain(self.nameless)}",
            )
        if self.skipped:
            yield (
                tr("表格下面的{lines}不是住户，没有读", lines=_lines(self.skipped)),
                f"lines {_plain(self.skipped)} are no rows of the table",
            )
        if "name" in self.places and "role" not in self.places and self.usual is None:
            yield (
                tr("没有“身份”这一列，新住户先按家属登记"),
                "there is no column of roles (身份); newcomers are taken for family",
            )


def _lines(lines: Sequence[int]) -> str:
    said = tr_all("、", map(str, lines[:10]))
    return tr("第 {lines} 行等", lines=said) if len(lines) > 10 else tr("第 {lines} 行", lines=said)


def _plain(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:10])) + (" …" if len(lines) > 10 else "")


# ------------------------------------------------------------------ writing


def _cells_of(entry: Entry) -> list[str]:
    days = [day.isoformat() if day else "" for day in (entry.moved_in, entry.moved_out)]
    role = RESIDENT_ROLE_WORDS[entry.role] if entry.role and entry.name else ""
    return [*entry.flat, entry.name, entry.phone or "", role, tr_all("；", entry.tags or ()), *days]


def write_csv(entries: Iterable[Entry]) -> bytes:
    """Return a table that `read` reads, with the mark by which Excel knows its encoding; no cell of it is run as a formula."""
    out = StringIO()
    writer = csv.writer(out)
    for row in chain([list(HEAD.values())], map(_cells_of, entries)):
        writer.writerow([cells.guarded(said) for said in row])
    return ("\ufeff" + out.getvalue()).encode()


def write_workbook(entries: Iterable[Entry], explained: Sequence[str] = ()) -> bytes:
    """Return the same as a workbook, each cell as text: 3-2 stays 3-2. `explained`: the lines of a sheet beside it."""
    book = openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet(tr("名册"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate((8, 8, 10, 14, 18, 12, 20, 14, 14), 1):
        sheet.column_dimensions[openpyxl().utils.get_column_letter(number)].width = width
    for number, row in enumerate(chain([list(HEAD.values())], map(_cells_of, entries))):
        sheet.append([text_cell(sheet, said, is_bold=number == 0) for said in row])
    if explained:
        beside = book.create_sheet(tr("说明"))
        beside.column_dimensions["A"].width = 90
        for line in explained:
            beside.append([line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def text_cell(sheet: object, said: str, *, is_bold: bool) -> object:
    """Return a cell of a workbook that holds text and is never run; None where there is none."""
    if not said:
        return None
    cell = openpyxl().cell.WriteOnlyCell(sheet, cells.guarded(said) if said.startswith("'") else said)
    cell.data_type, cell.number_format = "s", "@"  # else what begins with = becomes a formula
    if is_bold:
        cell.font = openpyxl().styles.Font(bold=True)
    return cell


#: What the template says beside its empty table.
EXPLAINED = (
    "一行写一个人，同一户有几个人就写几行；没有人住的房子只写楼栋、单元、房号。",
    "楼栋、单元、房号：写 3、2、501，或者 3栋、2单元、501室。没有单元就空着。",
    "商铺：单元写 商铺，房号写铺号；不在哪一栋楼里的，楼栋写 商铺。",
    "姓名：一格一个人。电话：一个手机号；几个号码用“/”隔开，只用第一个。",
    f"身份：{tr_all('、', RESIDENT_ROLE_WORDS.values())}。",
    "标签：例如 独居老人；党员，几个标签用“；”隔开。",
    "日期：2026-03-01。填了迁出日期的人，导入后不再算住在这里。",
    "空着的格子不改动原来的内容；要清空电话或标签，写“无”。",
)


def template() -> bytes:
    """Return an empty roster to fill in."""
    return write_workbook((), EXPLAINED)
