"""Files that hold what an office knows: a table (CSV, or what is copied from a spreadsheet) or Markdown. Both say the same:

问题,其他问法,答案,开始,结束,对象,状态
门禁卡怎么补办,门禁卡丢了|门卡掉了,带身份证到前台，20 元一张。,,,所有人,启用

## 门禁卡怎么补办

- 门禁卡丢了
- 门卡掉了
状态：启用

带身份证到前台，20 元一张。
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import TypeVar

from bot.language import cells
from bot.language.phrases import FACTS, placeholders
from bot.rosters import rosterfile
from bot.store.knowledge import TO_FILL, Audience, Draft, Entry
from bot.translation import tr, tr_all

T = TypeVar("T")

AUDIENCE_WORDS: Mapping[Audience, str] = {Audience.EVERYONE: tr("所有人"), Audience.BOUND: tr("已绑定住户")}

#: The columns of a table; only the first and the answer must be there.
COLUMNS = ("问题", "其他问法", "答案", "开始", "结束", "对象", "状态")

#: What stands between other ways to ask in a cell.
BETWEEN = "|"

LIVE, LATER = "启用", "待填写"

#: Longest question, answer (what one reply of WeChat's holds beside its date) and number of other ways to ask.
LONGEST, LONGEST_ANSWER, MOST = 60, 500, 40

#: Entries of one file at most; an office has some hundred, and each is compared with each.
ENTRIES = 1000

#: What stands in no line of text: line breaks, and signs that no database keeps.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
#: What no workbook holds (XML 1.0, section 2.2).
_UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FIELD = re.compile(r"(开始|结束|对象|状态)[:：]\s*(.*)")
_TO_FILL = re.compile(r"【请填写[^】]*】?")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a file: where, which value, and what would be right."""

    line: int
    value: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a file holds; nothing is to be taken over while it has faults."""

    drafts: tuple[Draft, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """An entry as a file says it, and the lines where its parts begin."""

    line: int
    cells: Mapping[str, str]
    lines: Mapping[str, int]

    def at(self, column: str) -> int:
        return self.lines.get(column, self.line)


# ------------------------------------------------------------------ faults


def faults_of(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with an entry: the column, the value at fault, a sentence."""
    if not draft.question:
        yield "问题", "", tr("没有写。")
    if not draft.answer:
        yield "答案", "", tr("没有写。")
    for words in (draft.question, *draft.others):
        if len(words) > LONGEST:
            yield (
                "问题" if words == draft.question else "其他问法",
                words,
                tr("有 {words} 个字，最多 {LONGEST} 个。", words=len(words), LONGEST=LONGEST),
            )
        if _UNSEEN.search(words):
            yield (
                "问题" if words == draft.question else "其他问法",
                " ".join(words.split()),
                tr("里面有换行或看不见的字，请写成一行。"),
            )
    if "\0" in draft.answer:
        yield "答案", "", tr("里面有看不见的字。")
    if len(draft.others) > MOST:
        yield (
            "其他问法",
            str(len(draft.others)),
            tr("有 {others} 种问法，最多 {MOST} 种。", others=len(draft.others), MOST=MOST),
        )
    if len(draft.answer) > LONGEST_ANSWER:
        yield (
            "答案",
            draft.answer[:20] + "…",
            tr(
                "有 {answer} 个字，最多 {LONGEST_ANSWER} 个，微信里一条放不下。",
                answer=len(draft.answer),
                LONGEST_ANSWER=LONGEST_ANSWER,
            ),
        )
    for name in sorted(placeholders(draft.answer) - FACTS):
        yield (
            "答案",
            f"{{{name}}}",
            tr("花括号里只能写：{fact}。", fact=tr_all("、", (f"{{{fact}}}" for fact in sorted(FACTS)))),
        )
    if not draft.is_template and (blank := _TO_FILL.search(draft.answer)):
        yield "答案", blank[0], tr("还没有填。填好再启用，或者先存着。")
    if draft.valid_from and draft.valid_until and draft.valid_from > draft.valid_until:
        yield (
            "结束",
            draft.valid_until.isoformat(),
            tr("比开始的日子（{isoformat}）早。", isoformat=draft.valid_from.isoformat()),
        )


# ------------------------------------------------------------------ files


def read(text: str) -> Sheet:
    """Read a file of either kind: one whose first line with words begins with # is Markdown."""
    return read_markdown(text) if text.lstrip("\ufeff \r\n\t").startswith("#") else read_csv(text)


def read_csv(text: str) -> Sheet:
    """Read a table: cells parted by commas, or by tabs as a spreadsheet copies them."""
    text = _plain(text)
    head = text.partition("\n")[0]
    reader = csv.reader(StringIO(text), delimiter="\t" if "\t" in head else ",", strict=True)
    names: list[str] = []
    rows, begun = [], 1
    try:
        for written in reader:
            line, begun = begun, reader.line_num + 1
            if not names:
                names = [cell.strip() for cell in written]
                if unknown := _unknown(names):
                    return Sheet(drafts=(), faults=tuple(Fault(line=line, value=value, text=words) for value, words in unknown))
            elif any(cell.strip() for cell in written):
                said = (cells.unguarded(cell.strip()) for cell in written)
                rows.append(_Row(line=line, cells=dict(zip(names, said, strict=False)), lines={}))
    except csv.Error as error:
        fault = Fault(line=begun, value=str(error), text=tr("这一行的引号没有配对，读不出来。请从表格软件另存为 CSV。"))
        return Sheet(drafts=(), faults=(fault,))
    return _sheet(rows) if names else _sheet([])


def read_markdown(text: str) -> Sheet:
    """Read Markdown: a heading of the second level begins an entry; list items below it are other ways to ask."""
    rows: list[_Row] = []
    faults: list[Fault] = []
    cells: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(_plain(text).split("\n"), 1):
        if line.startswith("## "):
            cells, lines = {"问题": line[3:].strip(), "其他问法": "", "答案": ""}, {}
            rows.append(_Row(line=number, cells=cells, lines=lines))
        elif not rows:
            if line.strip() and not line.startswith("# "):
                faults.append(Fault(line=number, value=line.strip()[:20], text=tr("每个问题以“## ”开头，这一行不属于任何问题。")))
        elif not cells["答案"] and line.startswith("- "):
            cells["其他问法"] += BETWEEN + line[2:].strip()
        elif not cells["答案"] and (said := _FIELD.fullmatch(line.rstrip())):
            cells[said[1]], lines[said[1]] = said[2].strip(), number
        elif cells["答案"] or line.strip():
            lines.setdefault("答案", number)
            cells["答案"] += line.rstrip() + "\n"
    sheet = _sheet(rows)
    return Sheet(drafts=sheet.drafts, faults=(*faults, *sheet.faults))


def write_csv(entries: Sequence[Entry]) -> str:
    """Return a table that `read_csv` reads, with the mark by which Excel knows its encoding."""
    return table(COLUMNS, (list(cells_of(entry).values()) for entry in entries))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for a spreadsheet, with the mark by which Excel knows its encoding; what looks like a formula stands behind a '."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cells.guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def workbook(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the same table as a workbook: numbers as numbers, all else as text, so that nothing is run and 3-2 stays 3-2."""
    book = rosterfile.openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.freeze_panes = "A2"
    for number in range(1, len(columns) + 1):
        sheet.column_dimensions[rosterfile.openpyxl().utils.get_column_letter(number)].width = 18
    sheet.append([rosterfile.text_cell(sheet, title, is_bold=True) for title in columns])
    for row in rows:
        sheet.append([
            cell if isinstance(cell, (int, float)) else rosterfile.text_cell(sheet, _kept(str(cell)), is_bold=False) for cell in row
        ])  # fmt: skip
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _kept(text: str) -> str:
    """Return text that a workbook can hold: without control characters, no longer than a cell."""
    return _UNKEPT.sub("", text)[:32_767]


def write_markdown(entries: Sequence[Entry]) -> str:
    """Return Markdown that `read_markdown` reads."""
    return "# 知识库\n\n" + "\n".join(_block(entry) for entry in entries)


def _block(entry: Entry) -> str:
    cells = cells_of(entry)
    others = "".join(f"- {words}\n" for words in entry.others)
    said = "".join(f"{name}：{cells[name]}\n" for name in ("开始", "结束", "对象", "状态") if cells[name])
    return f"## {entry.question}\n\n{others}{said}\n{_as_answer(entry.answer)}\n"


def _as_answer(text: str) -> str:
    """Let no line of an answer begin like another question, nor the first one like another way to ask or a field."""
    first, *more = (f" {line}" if line.startswith("## ") else line for line in text.split("\n"))
    return "\n".join((f" {first}" if first.startswith("- ") or _FIELD.fullmatch(first.rstrip()) else first, *more))


def cells_of(entry: Entry) -> Mapping[str, str]:
    """Return an entry as a table has it, by the names of the columns."""
    return {
        "问题": entry.question, "其他问法": BETWEEN.join(entry.others), "答案": entry.answer,
        "开始": entry.valid_from.isoformat() if entry.valid_from else "",
        "结束": entry.valid_until.isoformat() if entry.valid_until else "",
        "对象": AUDIENCE_WORDS[entry.audience], "状态": LATER if entry.is_template else LIVE,
    }  # fmt: skip


def _plain(text: str) -> str:
    return text.lstrip("\ufeff").replace("\r\n", "\n")


def _unknown(names: Sequence[str]) -> list[tuple[str, str]]:
    missing = [
        (name, tr("第一行缺少这一列；可以有的列：{COLUMNS}。", COLUMNS=tr_all("、", COLUMNS)))
        for name in ("问题", "答案")
        if name not in names
    ]
    extra = [
        (name, tr("没有这一列；可以有的列：{COLUMNS}。", COLUMNS=tr_all("、", COLUMNS)))
        for name in names
        if name and name not in COLUMNS
    ]
    return missing + extra


def _sheet(rows: Sequence[_Row]) -> Sheet:
    drafts: list[Draft] = []
    faults: list[Fault] = []
    if len(rows) > ENTRIES:
        return Sheet(
            drafts=(),
            faults=(
                Fault(
                    line=rows[ENTRIES].line,
                    value=str(len(rows)),
                    text=tr("问题太多，一次最多 {ENTRIES} 个，请分几次导入。", ENTRIES=ENTRIES),
                ),
            ),
        )
    for row in rows:
        draft, wrong = _draft(row)
        faults += wrong
        for place, other in zip(rows, drafts, strict=False):
            if draft.question and draft.question == other.question and draft.overlaps(other):
                faults.append(
                    Fault(
                        line=row.line,
                        value=draft.question,
                        text=tr("和第 {line} 行的问题一样，有效期也有重叠。", line=place.line),
                    )
                )
        drafts.append(draft)
    if not rows:
        faults.append(Fault(line=1, value="", text=tr("里面没有问题。")))
    return Sheet(drafts=tuple(drafts), faults=tuple(faults))


def _draft(row: _Row) -> tuple[Draft, list[Fault]]:
    faults: list[Fault] = []

    def take(column: str, read: Callable[[str], T | None], usual: T, right: str) -> T:
        said = row.cells.get(column, "")
        value = read(said) if said else usual
        if said and value is None:
            faults.append(Fault(line=row.at(column), value=said, text=right))
        return usual if value is None else value

    audiences = {words: kind for kind, words in AUDIENCE_WORDS.items()}
    answer = row.cells.get("答案", "").strip()
    draft = Draft(
        question=row.cells.get("问题", ""), others=others_of(row.cells.get("其他问法", "").replace(BETWEEN, "\n")), answer=answer,
        valid_from=take("开始", read_day, None, tr("开始的日期写得不对，例如 2026-03-01。")),
        valid_until=take("结束", read_day, None, tr("结束的日期写得不对，例如 2026-03-01。")),
        audience=take(tr("对象"), audiences.get, Audience.EVERYONE, tr("对象只能写：{audiences}。", audiences=tr_all("、", audiences))),
        is_template=take(tr("状态"), {LIVE: False, LATER: True}.get, TO_FILL in answer, tr("状态只能写：{LIVE}、{LATER}。", LIVE=LIVE, LATER=LATER)),
    )  # fmt: skip
    wrong = [Fault(line=row.at(column), value=value, text=f"{column}{text}") for column, value, text in faults_of(draft)]
    return draft, faults + wrong


def others_of(text: str) -> tuple[str, ...]:
    """Return other ways to ask, one a line, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def read_day(text: str) -> date | None:
    """Return the day that is written as 2026-03-01, 2026/3/1 or 2026年3月1日; None for anything else."""
    said = _DAY.fullmatch(text)
    try:
        return date(int(said[1]), int(said[2]), int(said[3])) if said else None
    except ValueError:
        return None
