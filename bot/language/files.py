"""Intent files: YAML texts in, values out.

Each file is read alone: one that is broken is told with file, line, column and a hint, and takes no other with it.
The format is described in docs/intent-files.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import yaml
from rapidfuzz import fuzz, process

from bot.language.phrases import placeholders
from bot.language.sentences import Sentence, TemplateFault, compile_sentence

#: Similarity, of 100, from which a misspelt word is told what it may mean.
HINT_FROM = 60

#: What a slot may hold; see slots.py.
SLOT_TYPES = (
    "start", "end", "datetime", "date", "building", "unit", "room", "plate", "phone", "temperature", "count", "name",
    "place", "flag", "choice", "choices", "text", "photo",
)  # fmt: skip

_INTENT_FIELDS = (
    "version", "intent", "title", "needs", "match", "examples", "sentences", "keywords", "exclude", "slots", "confirm",
    "action", "replies", "reply", "tests", "topic", "priority", "emergency", "unless",
)  # fmt: skip
_SLOT_FIELDS = ("type", "title", "required", "ask", "error", "options", "skippable", "default", "suggest")
_COMMON_FIELDS = ("version", "language", "rules", "lists", "skip_words", "synonyms")
_TEST_FIELDS = ("text", "slots", "not", "accept")

#: The file of this intent lists what must be refused.
OUT_OF_SCOPE = "out_of_scope"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fault in a file. Lines and columns begin with 1; `message` and `hint` are for admins, in Chinese."""

    file: str
    line: int
    column: int
    code: str  # E1xx YAML, E2xx fields, E3xx templates, W4xx doubtful
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One value that an intent wants. Without `ask` it is never asked for, only taken when given."""

    name: str
    type: str
    title: str = ""
    ask: str = ""
    required: bool = False
    error: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stored value -> words said
    skippable: bool = False
    default: str = ""
    suggest: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IntentTest:
    """One line of `tests:`; either the intent must be on top, or it must not."""

    text: str
    slots: Mapping[str, object] = field(default_factory=dict)
    unwanted: bool = False
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Intent:
    """Something residents say, and how it is answered."""

    id: str
    title: str
    file: str
    group: str
    match: Literal["fuzzy", "whole"] = "fuzzy"
    examples: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    keywords: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()  # figures of speech that make an emergency none
    slots: tuple[Slot, ...] = ()
    confirm: str = ""
    action: bool = False
    needs_flat: bool = False
    replies: Mapping[str, str] = field(default_factory=dict)
    reply: str = ""
    tests: tuple[IntentTest, ...] = ()
    topic: str = ""
    priority: int = 0
    emergency: bool = False


@dataclass(frozen=True, kw_only=True)
class Common:
    """What `_common.yaml` shares among all files."""

    rules: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # name -> said template -> stored value
    synonyms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All files together. `sources` keeps each file's text as it was last good."""

    intents: Mapping[str, Intent]
    messages: Mapping[str, str]
    common: Common
    background: tuple[str, ...]  # lines that must be refused
    problems: tuple[Problem, ...]
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)


def load(texts: Mapping[str, str]) -> Catalogue:
    """Read the files, path -> YAML; never raises: what is wrong stands in `problems`."""
    problems: list[Problem] = []
    common = Common()
    for path in sorted(path for path in texts if _name(path) == "_common.yaml"):
        common = _attempt(path, texts[path], problems, _read_common) or common
    intents: dict[str, Intent] = {}
    messages: dict[str, str] = {}
    background: list[str] = []
    for path in sorted(texts):
        match _name(path):
            case "_common.yaml":
                continue
            case "_messages.yaml":
                messages |= _attempt(path, texts[path], problems, _read_messages) or {}
                continue
        intent = _attempt(path, texts[path], problems, lambda reader: _read_intent(reader, common))
        if intent is None:
            continue
        if intent.id == OUT_OF_SCOPE:
            background += intent.examples
        elif intent.id in intents:
            other = intents[intent.id].file
            problems.append(_problem(path, 1, 1, "E205", f"意图 {intent.id} 已在 {other} 中定义", "请改用另一个名字"))
        else:
            intents[intent.id] = intent
    problems += _doubtful(intents)
    return Catalogue(
        intents=MappingProxyType(intents), messages=MappingProxyType(messages), common=common,
        background=tuple(background), problems=tuple(problems), sources=dict(texts),
    )  # fmt: skip


def reload(previous: Catalogue, texts: Mapping[str, str]) -> Catalogue:
    """Read the files anew; one that broke keeps its last good version, and its problems are told."""
    fresh = load(texts)
    broken = {problem.file for problem in fresh.problems if problem.severity == "error"}
    kept = {path: previous.sources[path] for path in broken if path in previous.sources}
    if not kept:
        return fresh
    patched = load({**texts, **kept})
    still = tuple(problem for problem in patched.problems if problem.file not in kept)
    told = tuple(problem for problem in fresh.problems if problem.file in kept)
    return replace(patched, problems=told + still)


# ------------------------------------------------------------------ one file


@dataclass(frozen=True)
class _Place:
    """A position as yaml.Mark gives it, counted from 0."""

    line: int
    column: int


class _Fault(Exception):
    """Stops the reading of one file."""

    def __init__(self, mark: yaml.Mark | _Place | None, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.mark, self.code, self.message, self.hint = mark, code, message, hint


def _attempt(path: str, text: str, problems: list[Problem], read: "Callable[[_Reader], T]") -> T | None:
    try:
        return read(_Reader(path, text, problems))
    except _Fault as fault:
        line, column = (fault.mark.line + 1, fault.mark.column + 1) if fault.mark else (1, 1)
        problems.append(_problem(path, line, column, fault.code, fault.message, fault.hint))
    return None


class _Reader:
    """A YAML mapping with positions."""

    def __init__(self, path: str, text: str, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems
        self.text = text
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            marks = [mark.line for mark in (error.context_mark, error.problem_mark) if mark is not None]
            brace = any("{" in line for number, line in enumerate(text.split("\n")) if number in marks)
            hint = "含 {占位符} 的文字请换行写在 | 后面，或加引号" if brace else "请检查缩进、冒号后的空格和引号"
            code = "E107" if brace else "E101"
            raise _Fault(error.problem_mark, code, f"YAML 写法有误：{error.problem}", hint) from None
        except yaml.YAMLError as error:
            raise _Fault(None, "E102", f"文件含有无法读取的字符：{error}", "请用 UTF-8 保存") from None
        if node is None:
            raise _Fault(None, "E103", "文件是空的", "写上 intent: 和 examples:，或删除此文件")
        self.root = self.mapping(node, "文件")

    def mapping(self, node: yaml.Node, what: str) -> "dict[str, tuple[yaml.Node, yaml.Node]]":
        """Return key -> (key node, value node); doubled keys are a fault, for YAML would drop one silently."""
        if not isinstance(node, yaml.MappingNode):
            raise _Fault(node.start_mark, "E201", f"{what}应是“名称: 值”的形式")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Fault(key.start_mark, "E107", "名称不能是列表或占位符", "含 {占位符} 的文字请加引号")
            if key.value in found:
                raise _Fault(key.start_mark, "E104", f"字段 {key.value} 写了两次")
            found[key.value] = (key, value)
        return found

    def known(self, fields: "Mapping[str, tuple[yaml.Node, yaml.Node]]", names: Sequence[str]) -> None:
        """Refuse a field that nobody reads, with the nearest that somebody does."""
        for name, (key, _) in fields.items():
            if name not in names:
                near = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=HINT_FROM)
                raise _Fault(key.start_mark, "E203", f"未知字段 “{name}”", f"是否想写 “{near[0]}”？" if near else "")

    def text_of(self, node: yaml.Node, what: str) -> str:
        """Return a plain value."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        hint = "含 {占位符} 的文字请加引号" if isinstance(node, yaml.MappingNode) else ""
        raise _Fault(node.start_mark, "E107" if hint else "E202", f"{what}应是一段文字", hint)

    def flag(self, node: yaml.Node, what: str) -> bool:
        """Return true or false."""
        word = self.text_of(node, what).lower()
        if word not in {"true", "false", "yes", "no"}:
            raise _Fault(node.start_mark, "E202", f"{what}应是 true 或 false，而不是 “{word}”")
        return word in {"true", "yes"}

    def lines(self, node: yaml.Node, what: str) -> "list[tuple[str, int, int]]":
        """Return the lines of a block (`|` with `- `) or a list, with line and column of each."""
        if isinstance(node, yaml.SequenceNode):
            return [(self.text_of(item, what), item.start_mark.line + 1, item.start_mark.column + 1) for item in node.value]
        text = self.text_of(node, what)
        if getattr(node, "style", None) != "|":
            raise _Fault(node.start_mark, "E204", f"{what}只有一段文字", f"请写成 “{what}: |”，每行以 “- ” 开头")
        found = []
        for offset, line in enumerate(text.split("\n")):
            content = line.strip().removeprefix("-").strip()
            if content and not line.strip().startswith("#"):
                found.append((content, node.start_mark.line + 2 + offset, 3))
        return found

    def words(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """Return a list of words; numbers become text."""
        if not isinstance(node, yaml.SequenceNode):
            raise _Fault(node.start_mark, "E204", f"{what}应是列表", f"例如 {what}: [甲, 乙]")
        return tuple(self.text_of(item, what) for item in node.value)

    def phrases(self, node: yaml.Node, what: str) -> dict[str, str]:
        """Return a mapping of texts."""
        return {name: self.text_of(value, f"{what}.{name}") for name, (_, value) in self.mapping(node, what).items()}


def _read_common(reader: _Reader) -> Common:
    fields = reader.root
    reader.known(fields, _COMMON_FIELDS)
    lists: dict[str, dict[str, str]] = {}
    for name, (_, node) in reader.mapping(fields["lists"][1], "lists").items() if "lists" in fields else ():
        values = reader.mapping(node, name).get("values")
        if values is None or not isinstance(values[1], yaml.SequenceNode):
            raise _Fault(node.start_mark, "E206", f"列表 {name} 缺少 values:", "例如 values: [厨房, 客厅]")
        lists[name] = dict(_list_value(reader, item, name) for item in values[1].value)
    return Common(
        rules=reader.phrases(fields["rules"][1], "rules") if "rules" in fields else {},
        lists=lists,
        synonyms=reader.phrases(fields["synonyms"][1], "synonyms") if "synonyms" in fields else {},
    )


def _list_value(reader: _Reader, node: yaml.Node, name: str) -> tuple[str, str]:
    if isinstance(node, yaml.ScalarNode):
        return node.value, node.value
    pair = reader.mapping(node, name)
    if set(pair) != {"in", "out"}:
        raise _Fault(node.start_mark, "E206", f"列表 {name} 的值应是文字，或 {{in: 说法, out: 存的值}}")
    return reader.text_of(pair["in"][1], "in"), reader.text_of(pair["out"][1], "out")


def _read_messages(reader: _Reader) -> dict[str, str]:
    reader.known(reader.root, ("version", "messages"))
    return reader.phrases(reader.root["messages"][1], "messages") if "messages" in reader.root else {}


def _read_intent(reader: _Reader, common: Common) -> Intent:
    fields = reader.root
    reader.known(fields, _INTENT_FIELDS)
    for needed in ("intent", "examples"):
        if needed not in fields:
            raise _Fault(None, "E207", f"缺少字段 {needed}:")

    def get(name: str, read: Callable[[yaml.Node, str], T], default: T) -> T:
        return read(fields[name][1], name) if name in fields else default

    match = get("match", reader.text_of, "fuzzy")
    if match not in ("fuzzy", "whole"):
        raise _Fault(fields["match"][1].start_mark, "E202", f"match 应是 fuzzy 或 whole，而不是 “{match}”")
    nothing: list[tuple[str, int, int]] = []
    examples = get("examples", reader.lines, nothing)
    if not examples:
        raise _Fault(fields["examples"][0].start_mark, "E208", "examples 里没有例句", "每行以 “- ” 开头写一句居民会说的话")
    slot_nodes = reader.mapping(fields["slots"][1], "slots") if "slots" in fields else {}
    slots = tuple(_read_slot(reader, name, node) for name, (_, node) in slot_nodes.items())
    identity = reader.text_of(fields["intent"][1], "intent")
    intent = Intent(
        id=identity, title=get("title", reader.text_of, identity), file=reader.path, group=reader.path.rpartition("/")[0],
        match="whole" if match == "whole" else "fuzzy", examples=tuple(line for line, _, _ in examples),
        sentences=tuple(_read_sentence(line, common, slots) for line in get("sentences", reader.lines, nothing)),
        keywords=get("keywords", reader.words, ()), exclude=get("exclude", reader.words, ()),
        unless=get("unless", reader.words, ()), slots=slots, confirm=get("confirm", reader.text_of, ""),
        action=get("action", reader.flag, False), needs_flat=get("needs", reader.text_of, "") == "flat",
        replies=get("replies", reader.phrases, {}), reply=get("reply", reader.text_of, ""),
        tests=_read_tests(reader, fields), topic=get("topic", reader.text_of, ""),
        emergency=get("emergency", reader.flag, False),
    )  # fmt: skip
    _check_placeholders(reader, fields, intent)
    return intent


def _read_slot(reader: _Reader, name: str, node: yaml.Node) -> Slot:
    fields = reader.mapping(node, name)
    reader.known(fields, _SLOT_FIELDS)
    kind = reader.text_of(fields["type"][1], "type") if "type" in fields else ""
    if kind not in SLOT_TYPES:
        near = process.extractOne(kind, SLOT_TYPES, scorer=fuzz.ratio, score_cutoff=HINT_FROM)
        mark = (fields["type"][1] if "type" in fields else node).start_mark
        raise _Fault(
            mark,
            "E209",
            f"槽位 {name} 的 type “{kind}” 不存在",
            f"是否想写 “{near[0]}”？" if near else f"可用：{', '.join(SLOT_TYPES)}",
        )

    def get(key: str, read: Callable[[yaml.Node, str], T], default: T) -> T:
        return read(fields[key][1], key) if key in fields else default

    options: dict[str, tuple[str, ...]] = {}
    if "options" in fields:
        for value, (_, words) in reader.mapping(fields["options"][1], "options").items():
            options[value] = reader.words(words, f"options.{value}")
    if kind in ("choice", "choices") and not options:
        raise _Fault(node.start_mark, "E210", f"槽位 {name} 缺少 options:", "例如 options: {water: [漏水, 水管]}")
    required = get("required", reader.flag, False)
    if required and "ask" not in fields:
        raise _Fault(node.start_mark, "E211", f"必填槽位 {name} 缺少 ask:", "写上要问居民的话")
    return Slot(
        name=name, type=kind, title=get("title", reader.text_of, ""), ask=get("ask", reader.text_of, ""),
        required=required, error=get("error", reader.text_of, ""), options=options,
        skippable=get("skippable", reader.flag, False), default=get("default", reader.text_of, ""),
        suggest=get("suggest", reader.words, ()),
    )  # fmt: skip


def _read_sentence(line: tuple[str, int, int], common: Common, slots: Sequence[Slot]) -> Sentence:
    text, number, column = line
    try:
        return compile_sentence(text, common.rules, common.lists, {slot.name: slot.type for slot in slots})
    except TemplateFault as fault:
        raise _Fault(_Place(number - 1, column + fault.position - 2), fault.code, fault.message, fault.hint) from None


def _read_tests(reader: _Reader, fields: "Mapping[str, tuple[yaml.Node, yaml.Node]]") -> tuple[IntentTest, ...]:
    if "tests" not in fields:
        return ()
    node = fields["tests"][1]
    if not isinstance(node, yaml.SequenceNode):
        raise _Fault(node.start_mark, "E204", "tests 应是列表", "例如 - {text: 水管漏水了}")
    found = []
    for item in node.value:
        test = reader.mapping(item, "tests")
        reader.known(test, _TEST_FIELDS)
        if "text" not in test:
            raise _Fault(item.start_mark, "E207", "测试缺少 text:")
        slots: Any = yaml.SafeLoader("").construct_document(test["slots"][1]) if "slots" in test else {}
        found.append(
            IntentTest(
                text=reader.text_of(test["text"][1], "text"), slots=slots if isinstance(slots, dict) else {},
                unwanted="not" in test, line=item.start_mark.line + 1,
            )
        )  # fmt: skip
    return tuple(found)


def _check_placeholders(reader: _Reader, fields: "Mapping[str, tuple[yaml.Node, yaml.Node]]", intent: Intent) -> None:
    """A placeholder of `confirm:` must be a slot, for nothing else is known before the action."""
    names = {slot.name for slot in intent.slots}
    for name in placeholders(intent.confirm) - names:
        if name.startswith("community."):
            continue
        near = process.extractOne(name, sorted(names), scorer=fuzz.ratio, score_cutoff=HINT_FROM)
        hint = f"是否想写 “{{{near[0]}}}”？" if near else ""
        raise _Fault(fields["confirm"][1].start_mark, "E302", f"confirm 用到不存在的槽位 {{{name}}}", hint)


# ------------------------------------------------------------------ doubtful


def _doubtful(intents: Mapping[str, Intent]) -> Iterator[Problem]:
    seen: dict[str, Intent] = {}
    for intent in intents.values():
        if len(intent.examples) < 8 and intent.match == "fuzzy":
            yield _problem(intent.file, 1, 1, "W402", f"只有 {len(intent.examples)} 个例句", "至少写 8 个，25 个更好", "warning")
        for example in intent.examples:
            other = seen.setdefault(example, intent)
            if other is not intent:
                yield _problem(intent.file, 1, 1, "W401", f"例句“{example}”与 {other.file} 重复", "请删去其中一处", "warning")


def _problem(file: str, line: int, column: int, code: str, message: str, hint: str = "",
             severity: Literal["error", "warning"] = "error") -> Problem:  # fmt: skip
    return Problem(file=file, line=line, column=column, code=code, severity=severity, message=message, hint=hint)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
