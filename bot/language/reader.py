"""One YAML file, read with the place of each word, so that every fault can be told with line and column."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import yaml
from rapidfuzz import fuzz, process

#: Brackets, or signs at the beginning of a line, within one another; thousands are needed for harm, three for an intent.
DEEPEST = 200
_BRACKETS = re.compile(r"[\[\]{}]")
_INDENTED = re.compile(rf"^[ ]{{{DEEPEST},}}\S|^\s*(?:[-?:][ \t]+){{{DEEPEST},}}", re.MULTILINE)

#: What begins a line of a block; whoever types Chinese types a wide one.
_DASH = re.compile(r"^[-－–—•]\s*")

#: Similarity, of 100, from which a misspelt word is told what it may mean.
HINT_FROM = 60

T = TypeVar("T")

#: A mapping as it stands in the file: key -> (key node, value node).
Fields = Mapping[str, tuple[yaml.Node, yaml.Node]]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fault in a file. Lines and columns begin with 1; `message` and `hint` are for admins, in Chinese."""

    file: str
    line: int
    column: int
    code: str  # E1xx YAML, E2xx fields, E3xx templates and placeholders, W4xx doubtful, E5xx menu and codes on walls
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Place:
    """A position as yaml.Mark gives it, counted from 0."""

    line: int
    column: int


class Fault(Exception):
    """Stops the reading of one file."""

    def __init__(self, mark: yaml.Mark | Place | None, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.mark, self.code, self.message, self.hint = mark, code, message, hint


def attempt(path: str, text: str, problems: list[Problem], read: "Callable[[Reader], T]",
            empty: str = "写上内容，或删除此文件") -> T | None:  # fmt: skip
    """Return what `read` makes of a file; None when it is broken, which is added to `problems`.

    `empty` is the hint for a file that holds nothing.
    """
    try:
        return read(Reader(path, text, problems, empty))
    except Fault as fault:
        problems.append(_told(path, fault))
    except (yaml.YAMLError, re.error, ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        # Whatever stands in one file, the others must be read.
        mark, what = getattr(error, "problem_mark", None), type(error).__name__
        odd = Fault(mark, "E199", f"这里的写法无法读取（{what}）", "请改回上一次能用的写法")
        problems.append(_told(path, odd))
    return None


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the known word that was probably meant, empty if none is near."""
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=HINT_FROM)
    return near[0] if near else ""


def _meant(name: str, known: Sequence[str]) -> str:
    """Return what a field that nobody reads was probably meant to be."""
    word = re.match(r"\w*", name)
    if word is not None and word[0] != name and word[0] in known:
        wide = "：" in name
        return (
            "冒号要用英文的“:”，后面空一格" if wide else f"是不是少了冒号？写成 “{word[0]}: {name[len(word[0]) :].strip(': ：')}”"
        )
    near = nearest(name, known)
    return f"是否想写 “{near}”？" if near else ""


def _told(path: str, fault: Fault) -> Problem:
    line, column = (fault.mark.line + 1, fault.mark.column + 1) if fault.mark else (1, 1)
    return Problem(file=path, line=line, column=column, code=fault.code, severity="error", message=fault.message, hint=fault.hint)


def _require_shallow(text: str) -> None:
    """Raise Fault for what stands so deep within itself that the C library would overrun its stack, and end the process."""
    deep = _INDENTED.search(text)
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        if depth > DEEPEST:
            deep = found
            break
    if deep is not None:
        line = text.count("\n", 0, deep.start())
        mark = yaml.Mark("", deep.start(), line, deep.start() - text.rfind("\n", 0, deep.start()) - 1, "", 0)
        raise Fault(mark, "E101", "YAML 写法有误：一层套一层太深", "请检查多余的 [ { - 和缩进")


#: What the parser says of what it cannot read -> the same for who writes the file, and what to look for.
_IN_CHINESE: Mapping[str, tuple[str, str]] = {
    "mapping values are not allowed in this context": ("这里不该有冒号", "一行只写一个“名称: 值”；值里有冒号就加引号，中文冒号不算；下一级要另起一行并缩进"),
    "did not find expected key": ("这一行和上面对不齐，或引号后面多了字", "同一级的各行缩进要一样；引号要把整段文字包住"),
    "did not find expected '-' indicator": ("列表到这里断了", "同一列表的每一行都以“- ”开头，缩进一样"),
    "did not find expected ',' or ']'": ("方括号没有写完", "各项用英文逗号隔开，最后写 ]"),
    "did not find expected ',' or '}'": ("花括号没有写完", "各项用英文逗号隔开，最后写 }"),
    "did not find expected node content": ("这里少了值，或多了括号", "补上值，或删去多余的括号"),
    "did not find expected comment or line break": ("“|”后面不能写字", "文字从下一行开始写，并缩进"),
    "found character that cannot start any token": ("这个符号不能放在开头，或用了 Tab 缩进", "缩进用空格；以 @ ` % 开头的文字加引号"),
    "found unexpected end of stream": ("引号没有配上对", "补上后一个引号"),
    "found unknown escape character": ("双引号里的反斜杠写法不对", "改用单引号，或去掉反斜杠"),
    "found undefined alias": ("以 * 开头的是引用，这里没有可引用的", "文字以 * 开头时加引号"),
    "second occurrence": ("以 & 开头的名字写了两次", "文字以 & 开头时加引号"),
    "but found another document": ("文件里有一行 ---，后面成了另一个文件", "删去 ---"),
    "block sequence entries are not allowed in this context": ("列表要从新的一行开始", "“- ”写在下一行，并缩进"),
    "found undefined tag handle": ("以 ! 开头的写法不能用", "文字以 ! 开头时加引号"),
}  # fmt: skip


#: What the parser says of what was begun and is not ended: it is told where it begins, for the parser notices it pages later.
_BEGUN = ("found unexpected end of stream", "did not find expected ',' or ']'", "did not find expected ',' or '}'")

#: A placeholder that stands bare: YAML takes its brace for a mapping.
_PLACEHOLDER = re.compile(r"\{\w[\w.]*\s*(?:[?}]|$)")

#: How to write a name and its value.
_WRITTEN = "写成“名称: 值”，冒号用英文的，后面空一格"


def _diagnosed(lines: Sequence[str], error: yaml.MarkedYAMLError) -> Fault:
    """Return what is wrong where the parser gave up, told at the place that is to be mended."""
    said, begun = error.problem or "", error.context_mark
    mark = error.problem_mark
    if said == "could not find expected ':'" and begun is not None:
        return _without_colon(lines[begun.line], begun)
    if mark is not None and mark.line < len(lines) and "\t" in re.match(r"\s*", lines[mark.line])[0]:  # type: ignore[index]  # may be empty
        return Fault(Place(mark.line, 0), "E101", "YAML 写法有误：这一行用 Tab 缩进", "把行首的 Tab 换成空格，和上下行对齐")
    if said in _BEGUN and begun is not None:
        mark = begun
    marks = [one.line for one in (error.context_mark, error.problem_mark) if one is not None]
    near = [line for number, line in enumerate(lines) if number in marks]
    words, hint = _IN_CHINESE.get(said, ("无法读取", "请检查缩进、冒号后的空格和引号"))
    if said in _BEGUN[1:] and any("，" in line for line in near):
        return Fault(mark, "E101", f"YAML 写法有误：{words}", "各项用英文逗号“,”隔开，中文的“，”不算")
    brace = any(_PLACEHOLDER.search(line) for line in near)
    hint = "含 {占位符} 的文字请换行写在 | 后面，或加引号" if brace else hint
    return Fault(mark, "E107" if brace else "E101", f"YAML 写法有误：{words}", hint)


def _without_colon(line: str, mark: yaml.Mark) -> Fault:
    """Return what is wrong with a line that should be a name and a value."""
    if line.lstrip().startswith("＃"):
        return Fault(mark, "E101", "YAML 写法有误：“＃”是中文的，不算注释", "换成英文的 #")
    wide, tight = line.find("：", mark.column), re.match(r"\s*\w[\w.]*(:)\S", line)
    if wide >= 0 and (tight is None or wide < tight.start(1)):
        return Fault(Place(mark.line, wide), "E101", "YAML 写法有误：冒号是中文的“：”", "换成英文的“:”，后面空一格")
    if tight is not None:
        return Fault(Place(mark.line, tight.start(1)), "E101", "YAML 写法有误：冒号后面少了空格", _WRITTEN)
    return Fault(mark, "E101", "YAML 写法有误：这一行少了冒号", _WRITTEN)


class Reader:
    """A YAML mapping with positions."""

    def __init__(self, path: str, text: str, problems: list[Problem], empty: str) -> None:
        self.path, self._problems = path, problems
        _require_shallow(text)
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            raise _diagnosed(text.split("\n"), error) from None
        except yaml.reader.ReaderError as error:
            before = text.encode()[: error.position].decode(errors="ignore")  # counted in bytes
            place = Place(before.count("\n"), len(before) - before.rfind("\n") - 1)
            raise Fault(place, "E102", "这里有一个看不见的字符，文件读不了", "请删去它，用 UTF-8 保存") from None
        if node is None:
            raise Fault(None, "E103", "文件是空的", empty)
        self.root = self.mapping(node, "文件")

    def warn(self, mark: yaml.Mark | Place, code: str, message: str, hint: str) -> None:
        """Tell what can be read, and is hardly meant so."""
        told = _told(self.path, Fault(mark, code, message, hint))
        self._problems.append(replace(told, severity="warning"))

    def complain(self, fault: Fault) -> None:
        """Tell a fault that spoils only a part of the file, and read on."""
        self._problems.append(_told(self.path, fault))

    def mapping(self, node: yaml.Node, what: str) -> Fields:
        """Return key -> (key node, value node); doubled keys are a fault, for YAML would drop one silently."""
        if not isinstance(node, yaml.MappingNode):
            raise Fault(node.start_mark, "E201", f"{what}应是“名称: 值”的形式")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Fault(key.start_mark, "E107", "名称不能是列表或占位符", "含 {占位符} 的文字请加引号")
            if key.value in found:
                raise Fault(key.start_mark, "E104", f"字段 {key.value} 写了两次")
            found[key.value] = (key, value)
        return found

    def known(self, fields: Fields, names: Sequence[str]) -> None:
        """Refuse a field that nobody reads, with the nearest that somebody does."""
        for name, (key, _) in fields.items():
            if name not in names:
                raise Fault(key.start_mark, "E203", f"未知字段 “{name}”", _meant(name, names))

    def text_of(self, node: yaml.Node, what: str) -> str:
        """Return a plain value."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        hint = "含 {占位符} 的文字请加引号" if isinstance(node, yaml.MappingNode) else ""
        raise Fault(node.start_mark, "E107" if hint else "E202", f"{what}应是一段文字", hint)

    def flag(self, node: yaml.Node, what: str) -> bool:
        """Return true or false."""
        word = self.text_of(node, what).lower()
        if word not in {"true", "false", "yes", "no"}:
            raise Fault(node.start_mark, "E202", f"{what}应是 true 或 false，而不是 “{word}”")
        return word in {"true", "yes"}

    def lines(self, node: yaml.Node, what: str) -> "list[tuple[str, int, int]]":
        """Return the lines of a block (`|` with `- `) or a list, with line and column of each."""
        if isinstance(node, yaml.SequenceNode):
            return [(self.text_of(item, what), item.start_mark.line + 1, item.start_mark.column + 1) for item in node.value]
        text = self.text_of(node, what)
        if getattr(node, "style", None) != "|":
            raise Fault(node.start_mark, "E204", f"{what}只有一段文字", f"请写成 “{what}: |”，每行以 “- ” 开头")
        found = []
        for offset, line in enumerate(text.split("\n")):
            content = _DASH.sub("", line.strip())
            if content and not line.strip().startswith("#"):
                found.append((content, node.start_mark.line + 2 + offset, 3))
        return found

    def words(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """Return a list of words; numbers become text."""
        if not isinstance(node, yaml.SequenceNode):
            wide = isinstance(node, yaml.ScalarNode) and node.value[:1] in ("【", "［", "「")
            hint = f"方括号要用英文的：{what}: [甲, 乙]" if wide else f"例如 {what}: [甲, 乙]"
            raise Fault(node.start_mark, "E204", f"{what}应是列表", hint)
        found = tuple(self.text_of(item, what) for item in node.value)
        for item, word in zip(node.value, found, strict=True):
            if node.flow_style and not item.style and re.search("[，、；]", word):
                self.warn(
                    item.start_mark,
                    "W409",
                    f"“{word}”算成了一个词，中文的逗号、顿号分不开",
                    "各项用英文逗号“,”隔开；就是要这一个词，请加引号",
                )
        return found

    def phrases(self, node: yaml.Node, what: str) -> dict[str, str]:
        """Return a mapping of texts."""
        return {name: self.text_of(value, f"{what}.{name}") for name, (_, value) in self.mapping(node, what).items()}
