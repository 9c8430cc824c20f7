"""Intent files: YAML texts in, values out.

Each file is read alone: one that is broken is told with file, line, column and a hint, and takes no other with it.
The format is described in docs/intent-files.md.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from types import MappingProxyType
from typing import Any, Literal, TypeVar
from zlib import crc32

import yaml

from bot.language import menus
from bot.language.danger import sorts
from bot.language.kinds.kind import Aspect, Kind, Slot
from bot.language.kinds.shipped import KINDS
from bot.language.matching.sentences import Sentence, TemplateFault, compile_sentence
from bot.language.phrases import FACTS, placeholders
from bot.language.reader import Fault, Fields, Place, Problem, Reader, attempt, nearest

#: `priority` has no effect; files that have it are still read.
_INTENT_FIELDS = (
    "version", "intent", "title", "needs", "match", "examples", "sentences", "keywords", "exclude", "require", "shared", "slots", "confirm",
    "action", "replies", "reply", "tests", "topic", "priority", "emergency", "unless", "provides", "releases", "chooses", "hands_over", "cancels",
    "small_talk", "listens", "chats", "tells", "always", "offer", "follow_ups", "baseline",
)  # fmt: skip
_SLOT_FIELDS = ("type", "title", "required", "ask", "error", "options", "skippable", "default", "suggest", "unknown", "otherwise")
_COMMON_FIELDS = ("version", "language", "rules", "lists", "skip_words", "synonyms", "concepts")
_TEST_FIELDS = ("text", "slots", "not", "accept")

#: Folder of the files that hold unless a community's own say otherwise; sorted before all names that people give.
SHIPPED = "(shipped)/"

_EMPTY = "写上 intent: 和 examples:，或删除此文件"

_SLOT_NAME = re.compile(r"[a-z][a-z0-9_]*")

#: The file of this intent lists what must be refused.
OUT_OF_SCOPE = "out_of_scope"

#: Minutes of a baseline at most: whole days are no chat's to save.
LONGEST_BASELINE = 480

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class IntentTest:
    """One line of `tests:`; either the intent must be on top, or it must not."""

    text: str
    slots: Mapping[str, object] = field(default_factory=dict)
    unwanted: bool = False
    accept: bool = False  # it must be acted on, not only lie on top
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """How many minutes of somebody's it took before the bot did it, and where that number comes from."""

    minutes: int
    source: str


@dataclass(frozen=True, kw_only=True)
class Intent:
    """Something residents say, and how it is answered."""

    id: str
    title: str
    file: str
    group: str
    match: Literal["fuzzy", "whole"] = "fuzzy"
    examples: tuple[str, ...] = ()
    example_lines: tuple[int, ...] = ()  # where each example stands
    sentences: tuple[Sentence, ...] = ()
    keywords: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    require: tuple[str, ...] = ()  # one of them must be said; none means that all may be meant
    unless: tuple[str, ...] = ()  # figures of speech that make an emergency none
    slots: tuple[Slot, ...] = ()
    confirm: str = ""
    action: bool = False
    needs_flat: bool = False  # only for who has proven where they live
    needs_address: bool = False  # for whoever says where they live, proven or not
    shared: tuple[str, ...] = ()  # places that belong to everybody: who tells of one need not say where they live
    replies: Mapping[str, str] = field(default_factory=dict)
    reply: str = ""
    variants: tuple[str, ...] = ()  # other wordings of `reply`
    tests: tuple[IntentTest, ...] = ()
    topic: str = ""
    emergency: bool = False
    provides_flat: bool = False  # who has done it has a flat: what `needs: flat` leads here first
    releases_flat: bool = False
    chooses_flat: bool = False  # who has several flats says here which one is meant
    hands_over: bool = False  # a person is asked for
    cancels: tuple[str, ...] = ()  # intents whose open form this calls off
    small_talk: bool = False  # said in passing
    listens: bool = False  # whoever says it goes on about it: what is no plain wish then is listened to
    chats: bool = False  # whoever says it may go on: what is unlikely to be a wish then gets a nod
    always: bool = False  # answered also while a person has the word: what one may demand at any time
    tells: bool = False  # people are told, and no answer is waited for: 报平安
    offer: str = ""  # the sentence of a menu that stands for it: 家里东西坏了，请师傅来修
    baseline: Baseline | None = None  # None: nothing is counted as saved
    follow_ups: Mapping[str, tuple[Sentence, ...]] = field(
        default_factory=dict
    )  # intent -> what calls it, said of what this one did
    places: Mapping[str, tuple[int, int]] = field(
        default_factory=dict, repr=False, compare=False
    )  # line and column of what names others

    @property
    def needs_home(self) -> bool:
        """Tell whether it must be known where somebody lives, proven or not."""
        return self.needs_flat or self.needs_address

    @property
    def is_about_somebody(self) -> bool:
        """Tell whether it is about a person by name, such as a guest, and not about a thing."""
        return self.slot_for(Aspect.WHO) is not None

    def slot_for(self, aspect: Aspect) -> Slot | None:
        """Return the slot that holds who, when or where, the first if there are several."""
        return next((slot for slot in self.slots if slot.kind.aspect is aspect), None)

    def reply_to(self, key: str) -> str:
        """Return one wording of the reply, the same for the same key: a repeated message gets no other answer."""
        wordings = (self.reply, *self.variants)
        return wordings[crc32(key.encode()) % len(wordings)]


@dataclass(frozen=True, kw_only=True)
class Common:
    """What `_common.yaml` shares among all files."""

    rules: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # name -> said template -> stored value
    synonyms: Mapping[str, str] = field(default_factory=dict)
    concepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name -> words of one kind


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue:
    """All files together. `sources` keeps each file's text as it was last good."""

    intents: Mapping[str, Intent]
    messages: Mapping[str, str]
    common: Common
    background: tuple[str, ...]  # lines that must be refused
    problems: tuple[Problem, ...]
    menu: tuple[menus.Entry, ...] = ()
    scenes: Mapping[str, menus.Scene] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)  # folder -> what people call it
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def binding(self) -> Intent | None:
        """The intent that gives a resident a flat; None where no file says `provides: flat`."""
        return next((intent for intent in self.intents.values() if intent.provides_flat), None)

    @cached_property
    def choosing(self) -> Intent | None:
        """The intent by which one of several flats is chosen; None where no file says `chooses: flat`."""
        return next((intent for intent in self.intents.values() if intent.chooses_flat), None)

    @cached_property
    def person(self) -> Intent | None:
        """The first intent that asks for a person; None where no file says `hands_over: true`."""
        return next((intent for intent in self.intents.values() if intent.hands_over), None)


def load(texts: Mapping[str, str], needed: Collection[str] = (), kinds: Mapping[str, Kind] = KINDS) -> Catalogue:
    """Read the files, path -> YAML; never raises: what is wrong stands in `problems`.

    `needed` are the phrases that must stand in some _messages.yaml. What lies under SHIPPED holds where the other files say nothing: single phrases, kinds of codes, the menu.
    """
    problems: list[Problem] = []
    shared = tuple(sorted((path, text) for path, text in texts.items() if _name(path) == "_common.yaml"))
    common, told = _read_commons(shared)
    problems += told
    intents: dict[str, Intent] = {}
    messages: dict[str, str] = {}
    groups: dict[str, str] = {}
    background: list[str] = []
    for path in sorted(texts):
        match _name(path):
            case "_common.yaml":
                continue
            case "_messages.yaml":
                messages |= attempt(path, texts[path], problems, _read_messages) or {}
                continue
            case "_groups.yaml":
                groups |= attempt(path, texts[path], problems, _read_groups) or {}
                continue
            case "_menu.yaml" | "_scenes.yaml":  # they name intents, which must be known first
                continue
        intent, told = _read_once(path, texts[path], shared, tuple(kinds.values()))
        problems += told
        if intent is None:
            continue
        if intent.id == OUT_OF_SCOPE:
            background += intent.examples
        elif intent.id in intents:
            other = intents[intent.id].file
            problems.append(_problem(path, "E205", f"意图 {intent.id} 已在 {other} 中定义", "请改用另一个名字"))
        else:
            intents[intent.id] = intent
    problems += _missing(texts, needed, messages)
    problems += _disagreeing(intents)
    menu, scenes = _read_ways_in(texts, problems, intents)
    return Catalogue(
        intents=MappingProxyType(intents), messages=MappingProxyType(messages), common=common,
        background=tuple(background), problems=tuple(problems), menu=menu, scenes=MappingProxyType(scenes), groups=groups,
        sources=dict(texts),
    )  # fmt: skip


def _read_ways_in(texts: Mapping[str, str], problems: list[Problem],
                  intents: Mapping[str, Intent]) -> tuple[tuple[menus.Entry, ...], dict[str, menus.Scene]]:  # fmt: skip
    """Read the menu and the codes on walls; shipped ones may name intents that a folder does without."""
    menu: tuple[menus.Entry, ...] = ()
    scenes: dict[str, menus.Scene] = {}
    for path in sorted(texts):
        told: list[Problem] = [] if path.startswith(SHIPPED) else problems
        match _name(path):
            case "_menu.yaml":
                menu = attempt(path, texts[path], told, lambda reader: menus.read_menu(reader, intents)) or menu
            case "_scenes.yaml":
                scenes |= attempt(path, texts[path], told, lambda reader: menus.read_scenes(reader, intents)) or {}
    return menu, scenes


def _missing(texts: Mapping[str, str], needed: Collection[str], messages: Mapping[str, str]) -> list[Problem]:
    names = sorted(set(needed) - set(messages))
    if not names:
        return []
    path = next((path for path in sorted(texts) if _name(path) == "_messages.yaml" and "/" not in path), "_messages.yaml")
    return [_problem(path, "E212", f"缺少话语 {'、'.join(names)}", "没有它们机器人会答不上来；请从上一个版本补回来")]


def _disagreeing(intents: Mapping[str, Intent]) -> list[Problem]:
    """Return where intents count on each other in vain: one may provide the flat, and what is called off must be there."""
    providing = [intent for intent in intents.values() if intent.provides_flat]
    found = [
        _at(intent, "provides", "E218", f"{providing[0].file} 已经写了 provides: flat", "只能有一个意图绑定住址，请删去一处")
        for intent in providing[1:]
    ]
    needing = next((intent for intent in intents.values() if intent.needs_home), None)
    if needing is not None and not providing:
        found.append(
            _at(needing, "needs", "E219", "要先有住址，却没有意图能绑定住址", "在绑定住址的意图文件里写上 provides: flat")
        )
    for intent in intents.values():
        found += [
            _unknown(intent, field_, name, intents)
            for field_, names in (("cancels", intent.cancels), ("follow_ups", intent.follow_ups)) for name in names if name not in intents
        ]  # fmt: skip
    return found


def _unknown(intent: Intent, where: str, name: str, intents: Mapping[str, Intent]) -> Problem:
    near = nearest(name, tuple(intents))
    return _at(intent, where, "E220", f"{where} 里的意图 {name} 不存在", f"是否想写 “{near}”？" if near else "")


def _at(intent: Intent, name: str, code: str, message: str, hint: str) -> Problem:
    line, column = intent.places[name]
    return Problem(file=intent.file, line=line, column=column, code=code, severity="error", message=message, hint=hint)


def reload(
    previous: Catalogue, texts: Mapping[str, str], needed: Collection[str] = (), kinds: Mapping[str, Kind] = KINDS
) -> Catalogue:
    """Read the files anew; one that broke keeps its last good version, and its problems are told."""
    fresh = load(texts, needed, kinds)
    broken = {problem.file for problem in fresh.problems if problem.severity == "error"}
    # A menu that did not change is not broken itself: it misses an intent of a file that is, or of one that went.
    kept = {path: last for path in broken if (last := previous.sources.get(path, texts[path])) != texts[path]}
    if not kept:
        return fresh
    patched = load({**texts, **kept}, needed, kinds)
    still = tuple(problem for problem in patched.problems if problem.file not in kept)
    told = tuple(problem for problem in fresh.problems if problem.file in kept)
    return replace(patched, problems=told + still)


# ------------------------------------------------------------------ one file

#: Files that are remembered as they were read: a change leaves nearly all as they were.
REMEMBERED = 256


@lru_cache(maxsize=1)
def _read_commons(shared: tuple[tuple[str, str], ...]) -> tuple[Common, tuple[Problem, ...]]:
    common, problems = Common(), list[Problem]()
    for path, text in shared:
        common = _join(common, attempt(path, text, problems, _read_common))
    return common, tuple(problems)


@lru_cache(maxsize=REMEMBERED)
def _read_once(
    path: str, text: str, shared: tuple[tuple[str, str], ...], kinds: tuple[Kind, ...]
) -> tuple[Intent | None, tuple[Problem, ...]]:
    """Return the intent of a file beside the texts of all `_common.yaml`, None where it cannot be read; and what is wrong with it."""
    problems = list[Problem]()
    common, _ = _read_commons(shared)
    intent = attempt(
        path, text, problems, lambda reader: _read_intent(reader, common, {kind.name: kind for kind in kinds}), _EMPTY
    )
    return intent, tuple(problems)


def _read_common(reader: Reader) -> Common:
    fields = reader.root
    reader.known(fields, _COMMON_FIELDS)
    lists: dict[str, dict[str, str]] = {}
    for name, (_, node) in reader.mapping(fields["lists"][1], "lists").items() if "lists" in fields else ():
        values = reader.mapping(node, name).get("values")
        if values is None or not isinstance(values[1], yaml.SequenceNode):
            raise Fault(node.start_mark, "E206", f"列表 {name} 缺少 values:", "例如 values: [厨房, 客厅]")
        lists[name] = dict(_list_value(reader, item, name) for item in values[1].value)
    return Common(
        rules=reader.phrases(fields["rules"][1], "rules") if "rules" in fields else {},
        lists=lists,
        synonyms=reader.phrases(fields["synonyms"][1], "synonyms") if "synonyms" in fields else {},
        concepts=_read_concepts(reader, fields["concepts"][1]) if "concepts" in fields else {},
    )


def _read_concepts(reader: Reader, node: yaml.Node) -> dict[str, tuple[str, ...]]:
    return {name: reader.words(words, f"concepts.{name}") for name, (_, words) in reader.mapping(node, "concepts").items()}


def _join(first: Common, second: Common | None) -> Common:
    """Return what both share, name by name; the second's own hold."""
    if second is None:
        return first
    return Common(
        rules={**first.rules, **second.rules}, lists={**first.lists, **second.lists},
        synonyms={**first.synonyms, **second.synonyms}, concepts={**first.concepts, **second.concepts},
    )  # fmt: skip


def _list_value(reader: Reader, node: yaml.Node, name: str) -> tuple[str, str]:
    if isinstance(node, yaml.ScalarNode):
        return node.value, node.value
    pair = reader.mapping(node, name)
    if set(pair) != {"in", "out"}:
        raise Fault(node.start_mark, "E206", f"列表 {name} 的值应是文字，或 {{in: 说法, out: 存的值}}")
    return reader.text_of(pair["in"][1], "in"), reader.text_of(pair["out"][1], "out")


def _read_messages(reader: Reader) -> dict[str, str]:
    reader.known(reader.root, ("version", "messages"))
    return reader.phrases(reader.root["messages"][1], "messages") if "messages" in reader.root else {}


def _read_groups(reader: Reader) -> dict[str, str]:
    reader.known(reader.root, ("version", "groups"))
    return reader.phrases(reader.root["groups"][1], "groups") if "groups" in reader.root else {}


def _read_intent(reader: Reader, common: Common, kinds: Mapping[str, Kind]) -> Intent:
    fields = reader.root
    reader.known(fields, _INTENT_FIELDS)
    for needed in ("intent", "examples"):
        if needed not in fields:
            raise Fault(None, "E207", f"缺少字段 {needed}:")

    def get(name: str, read: Callable[[yaml.Node, str], T], default: T) -> T:
        return read(fields[name][1], name) if name in fields else default

    no_reply: tuple[str, ...] = ("",)
    reply, *variants = get("reply", partial(_read_names, reader), no_reply) or no_reply
    match = get("match", reader.text_of, "fuzzy")
    if match not in ("fuzzy", "whole"):
        raise Fault(fields["match"][1].start_mark, "E202", f"match 应是 fuzzy 或 whole，而不是 “{match}”")
    nothing: list[tuple[str, int, int]] = []
    examples = get("examples", reader.lines, nothing)
    if not examples:
        raise Fault(fields["examples"][0].start_mark, "E208", "examples 里没有例句", "每行以 “- ” 开头写一句居民会说的话")
    _tell_doubled(reader, examples)
    slot_nodes = reader.mapping(fields["slots"][1], "slots") if "slots" in fields else {}
    slots = tuple(_read_slot(reader, name, node, kinds) for name, (_, node) in slot_nodes.items())
    identity = reader.text_of(fields["intent"][1], "intent")
    needs = get("needs", partial(_read_home, reader), "")
    intent = Intent(
        id=identity, title=get("title", reader.text_of, identity), file=reader.path, group=reader.path.rpartition("/")[0],
        match="whole" if match == "whole" else "fuzzy", examples=tuple(line for line, _, _ in examples),
        example_lines=tuple(number for _, number, _ in examples),
        sentences=tuple(_read_sentence(line, common, slots) for line in get("sentences", reader.lines, nothing)),
        keywords=get("keywords", reader.words, ()), exclude=get("exclude", reader.words, ()),
        require=get("require", reader.words, ()), shared=get("shared", reader.words, ()),
        unless=get("unless", reader.words, ()), slots=slots, confirm=get("confirm", reader.text_of, ""),
        action=get("action", reader.flag, False), needs_flat=needs == "flat", needs_address=needs == "address",
        replies=get("replies", reader.phrases, {}), reply=reply, variants=tuple(variants),
        tests=_read_tests(reader, fields), topic=get("topic", reader.text_of, ""),
        emergency=get("emergency", reader.flag, False), provides_flat=get("provides", partial(_read_flat, reader), False),
        releases_flat=get("releases", partial(_read_flat, reader), False), chooses_flat=get("chooses", partial(_read_flat, reader), False), hands_over=get("hands_over", reader.flag, False),
        cancels=get("cancels", partial(_read_names, reader), ()), small_talk=get("small_talk", reader.flag, False),
        listens=get("listens", reader.flag, False),
        chats=get("chats", reader.flag, False), tells=get("tells", reader.flag, False), always=get("always", reader.flag, False),
        offer=get("offer", reader.text_of, ""), baseline=get("baseline", partial(_read_baseline, reader), None), follow_ups=_read_follow_ups(reader, fields, common),
        places={
            name: (mark.line + 1, mark.column + 1)
            for name in ("needs", "provides", "cancels", "follow_ups") if name in fields for mark in (fields[name][1].start_mark,)
        },
    )  # fmt: skip
    _check_placeholders(reader, fields, intent)
    if intent.emergency and "replies" in fields:
        _check_dangers(reader, fields["replies"][1])
    return intent


def _tell_doubled(reader: Reader, examples: Sequence[tuple[str, int, int]]) -> None:
    """Tell of examples that stand twice in a file: one of them may be meant to be another sentence."""
    seen: dict[str, int] = {}
    for said, line, column in examples:
        if said in seen:
            reader.warn(Place(line - 1, column - 1), "W410", f"例句“{said}”和第 {seen[said]} 行一样", "删去一处，或换个说法")
        seen.setdefault(said, line)


def _read_home(reader: Reader, node: yaml.Node, what: str) -> str:
    """Return what must be known of where somebody lives: `flat`, proven, or `address`, as they say it."""
    said = reader.text_of(node, what)
    if said not in ("flat", "address"):
        raise Fault(node.start_mark, "E202", f"{what} 应是 flat（核对过的住址）或 address（自己说的住址也行），而不是 “{said}”")
    return said


def _read_flat(reader: Reader, node: yaml.Node, what: str) -> bool:
    """Return True for `flat`, the only thing that an intent can provide or release."""
    said = reader.text_of(node, what)
    if said != "flat":
        raise Fault(node.start_mark, "E202", f"{what} 只能是 flat，而不是 “{said}”")
    return True


def _read_names(reader: Reader, node: yaml.Node, what: str) -> tuple[str, ...]:
    """Return one name or wording, or several."""
    return (reader.text_of(node, what),) if isinstance(node, yaml.ScalarNode) else reader.words(node, what)


def _read_baseline(reader: Reader, node: yaml.Node, what: str) -> Baseline | None:
    """Return what something took before; a number that nobody can check is refused."""
    fields = reader.mapping(node, what)
    reader.known(fields, ("minutes", "source"))
    said = reader.text_of(fields["minutes"][1], "minutes") if "minutes" in fields else ""
    if not (said.isascii() and said.isdigit() and 0 < int(said[:4]) <= LONGEST_BASELINE):
        raise Fault(node.start_mark, "E221", f"baseline 的 minutes 应是 1 到 {LONGEST_BASELINE} 的整数分钟", "例如 minutes: 8")
    source = reader.text_of(fields["source"][1], "source").strip() if "source" in fields else ""
    if not source:
        raise Fault(
            node.start_mark,
            "E222",
            "baseline 没有写 source:",
            "写明这个分钟数是怎么来的，例如 source: 前台 2026年3月记了 40 次，平均 8 分钟",
        )
    return Baseline(minutes=int(said), source=source)


def _read_follow_ups(reader: Reader, fields: Fields, common: Common) -> dict[str, tuple[Sentence, ...]]:
    """Return what people say of a thing just done, and the intent that it calls: repair.cancel: [不用来了, 已经修好了]."""
    if "follow_ups" not in fields:
        return {}
    node = fields["follow_ups"][1]
    return {
        name: tuple(_read_sentence(line, common, ()) for line in reader.lines(lines, f"follow_ups.{name}"))
        for name, (_, lines) in reader.mapping(node, "follow_ups").items()
    }


def _read_slot(reader: Reader, name: str, node: yaml.Node, kinds: Mapping[str, Kind]) -> Slot:
    if not _SLOT_NAME.fullmatch(name):
        raise Fault(
            node.start_mark, "E215", f"槽位名 “{name}” 不能用", "只用小写英文字母、数字和下划线，字母开头，例如 visitor_name"
        )
    fields = reader.mapping(node, name)
    reader.known(fields, _SLOT_FIELDS)
    said = reader.text_of(fields["type"][1], "type") if "type" in fields else ""
    kind = kinds.get(said)
    if kind is None:
        near = nearest(said, tuple(kinds))
        mark = (fields["type"][1] if "type" in fields else node).start_mark
        raise Fault(
            mark,
            "E209",
            f"槽位 {name} 的 type “{said}” 不存在",
            f"是否想写 “{near}”？" if near else f"可用：{', '.join(kinds)}",
        )

    def get(key: str, read: Callable[[yaml.Node, str], T], default: T) -> T:
        return read(fields[key][1], key) if key in fields else default

    options: dict[str, tuple[str, ...]] = {}
    if "options" in fields:
        for value, (_, words) in reader.mapping(fields["options"][1], "options").items():
            options[value] = reader.words(words, f"options.{value}")
    if kind.has_options and not options:
        raise Fault(node.start_mark, "E210", f"槽位 {name} 缺少 options:", "例如 options: {water: [漏水, 水管]}")
    required = get("required", reader.flag, False)
    if required and "ask" not in fields:
        raise Fault(node.start_mark, "E211", f"必填槽位 {name} 缺少 ask:", "写上要问居民的话")
    return Slot(
        name=name, kind=kind, title=get("title", reader.text_of, ""), ask=get("ask", reader.text_of, ""),
        required=required, error=get("error", reader.text_of, ""), options=options,
        skippable=get("skippable", reader.flag, False), default=get("default", reader.text_of, ""),
        suggest=get("suggest", reader.words, ()), unknown=get("unknown", reader.text_of, ""),
        otherwise=get("otherwise", reader.text_of, ""),
    )  # fmt: skip


def _read_sentence(line: tuple[str, int, int], common: Common, slots: Sequence[Slot]) -> Sentence:
    text, number, column = line
    try:
        return compile_sentence(text, common.rules, common.lists, {slot.name: slot.kind.name for slot in slots})
    except TemplateFault as fault:
        raise Fault(Place(number - 1, column + fault.position - 2), fault.code, fault.message, fault.hint) from None


def _read_tests(reader: Reader, fields: Fields) -> tuple[IntentTest, ...]:
    if "tests" not in fields:
        return ()
    node = fields["tests"][1]
    if not isinstance(node, yaml.SequenceNode):
        raise Fault(node.start_mark, "E204", "tests 应是列表", "例如 - {text: 水管漏水了}")
    found = []
    for item in node.value:
        test = reader.mapping(item, "tests")
        reader.known(test, _TEST_FIELDS)
        if "text" not in test:
            raise Fault(item.start_mark, "E207", "测试缺少 text:")
        slots: Any = _values(test["slots"][1]) if "slots" in test else {}
        found.append(
            IntentTest(
                text=reader.text_of(test["text"][1], "text"), slots=slots if isinstance(slots, dict) else {},
                unwanted="not" in test, line=item.start_mark.line + 1,
                accept="accept" in test and reader.flag(test["accept"][1], "accept"),
            )
        )  # fmt: skip
    return tuple(found)


def _values(node: yaml.Node) -> object:
    """Return what a test expects as plain values."""
    try:
        return yaml.SafeLoader("").construct_document(node)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise Fault(node.start_mark, "E216", "测试里的 slots 写法有误", "例如 slots: {people: 2}；日期请加引号") from error


def _check_placeholders(reader: Reader, fields: Fields, intent: Intent) -> None:
    """A placeholder of `confirm:` must be a slot or the resident's flat, for nothing else is known before the action."""
    names = {slot.name for slot in intent.slots} | {"flat"}
    for name in placeholders(intent.confirm) - names - FACTS:
        near = nearest(name, sorted(names))
        hint = f"是否想写 “{{{near}}}”？" if near else ""
        raise Fault(fields["confirm"][1].start_mark, "E302", f"confirm 用到不存在的槽位 {{{name}}}", hint)


def _check_dangers(reader: Reader, node: yaml.Node) -> None:
    """An emergency's replies are chosen by the kind of danger; under another name nobody would ever read them."""
    for name, (key, _) in reader.mapping(node, "replies").items():
        if name not in sorts.ANSWERED:
            near = nearest(name, sorts.ANSWERED)
            hint = f"是否想写 “{near}”？" if near else ""
            raise Fault(key.start_mark, "E217", f"没有叫 {name} 的险情", f"{hint}可用：{'、'.join(sorts.ANSWERED)}")


def _problem(file: str, code: str, message: str, hint: str, severity: Literal["error", "warning"] = "error") -> Problem:
    """Return what is wrong with a file as a whole."""
    return Problem(file=file, line=1, column=1, code=code, severity=severity, message=message, hint=hint)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
