"""Sentence templates, in the grammar of hassil: [optional], (one|of), (both;orders), {slot}, {list:slot}, <rule>.

A template matches a whole message strictly and says which words stand for which slot. White space is ignored.
Source of the grammar: github.com/OHF-Voice/hassil, template_syntax.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

#: Rules may use rules; deeper than this is a circle.
DEPTH = 8

#: Parts in any order, as in (a;b;c): they have 1, 2, 6, 24 orders, and five would have 120.
PARTS = 4

#: Samples of one template that join the fuzzy examples.
SAMPLES = 30

#: Slots of one template whose words may be any, at most so many in a row, and how long they and a whole message are. What fits can be
#: told in many ways, and their number grows with each of these.
FREE, WORDS, LONGEST = 4, 24, 80

_OPEN, _CLOSE = "[(", {"[": "]", "(": ")"}


_NAME = re.compile(r"\(\?P<\w+>")


class TemplateFault(Exception):
    """A template that cannot be read; `position` counts from 1 within the template."""

    def __init__(self, code: str, position: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.position, self.message, self.hint = code, position, message, hint


@dataclass(frozen=True)
class Sentence:
    """A compiled template; `samples` are messages it would match, slots left out."""

    template: str
    pattern: re.Pattern[str] = field(repr=False)
    samples: tuple[str, ...] = field(repr=False)

    def match(self, text: str) -> dict[str, str] | None:
        """Return the words for each slot if `text` as a whole fits, else None."""
        found = self.pattern.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            return None
        return {name: words for name, words in found.groupdict().items() if words}


def any_of(sentences: Iterable[Sentence]) -> re.Pattern[str]:
    """Return what matches whatever fits one of many templates: one look where most messages fit none."""
    unnamed = (_NAME.sub("(?:", sentence.pattern.pattern) for sentence in sentences)
    return re.compile("|".join(f"(?:{pattern})" for pattern in unnamed) or r"(?!)")


def compile_sentence(
    template: str, rules: Mapping[str, str], lists: Mapping[str, Mapping[str, str]], slots: Mapping[str, str]
) -> Sentence:
    """Compile one template; raises TemplateFault with the position of the fault."""
    reader = _Reader(template, rules, lists, slots)
    pattern, samples = reader.sequence("")
    if reader.free > FREE:
        raise TemplateFault(
            "E305", 1, f"一句里有 {reader.free} 个什么都能填的槽位，最多 {FREE} 个", "请分成几行写，一行少几个槽位"
        )
    return Sentence(template, re.compile(pattern), tuple(dict.fromkeys(itertools.islice(samples, SAMPLES))))


@dataclass
class _Reader:
    text: str
    rules: Mapping[str, str]
    lists: Mapping[str, Mapping[str, str]]
    slots: Mapping[str, str]
    depth: int = 0
    position: int = 0
    named: set[str] = field(default_factory=set)
    free: int = 0  # slots that take any words, on the way through the template that has most of them

    def sequence(self, until: str) -> "tuple[str, list[str]]":
        """Read up to one of the signs in `until`; returns a regular expression and samples."""
        pattern, samples = "", [""]
        while self.position < len(self.text) and self.text[self.position] not in until:
            piece, choices = self._item()
            pattern += piece
            samples = [head + tail for head in samples for tail in choices][:SAMPLES]
        return pattern, samples

    def _item(self) -> "tuple[str, list[str]]":
        sign = self.text[self.position]
        begin = self.position
        self.position += 1
        if sign in _OPEN:
            return self._group(sign, begin)
        if sign == "{":
            return self._slot(self._name("}", begin), begin)
        if sign == "<":
            return self._rule(self._name(">", begin), begin)
        if sign in "])}>|;":
            raise TemplateFault("E303", begin + 1, f"多了一个 “{sign}”")
        if sign == "\\" and self.position < len(self.text):
            sign = self.text[self.position]
            self.position += 1
        return ("", [""]) if sign.isspace() else (re.escape(sign.lower()), [sign])

    def _group(self, sign: str, begin: int) -> "tuple[str, list[str]]":
        close = _CLOSE[sign]
        before, most = self.free, 0
        parts: list[tuple[str, list[str]]] = []
        separators: set[str] = set()
        while not parts or (self.position < len(self.text) and self.text[self.position] in "|;"):
            if parts:
                separators.add(self.text[self.position])
                self.position += 1
            self.free = before if separators != {";"} else self.free
            parts.append(self.sequence(f"|;{close}"))
            most = max(most, self.free)
        self.free = most
        if self.position >= len(self.text):
            raise TemplateFault("E303", begin + 1, f"缺少 “{close}”")
        self.position += 1
        if separators == {";"}:
            if len(parts) > PARTS:
                raise TemplateFault("E305", begin + 1, f"用 ; 隔开的部分有 {len(parts)} 个，最多 {PARTS} 个", "请分成几行写")
            orders = list(itertools.permutations(parts))
            patterns = ["".join(part[0] for part in order) for order in orders]
            samples = ["".join(choice) for choice in itertools.product(*(part[1] for part in parts))]
        else:
            patterns = [part[0] for part in parts]
            samples = [sample for part in parts for sample in part[1]]
        pattern = f"(?:{'|'.join(patterns)})"
        return (f"{pattern}?", ["", *samples]) if sign == "[" else (pattern, samples)

    def _name(self, close: str, begin: int) -> str:
        end = self.text.find(close, self.position)
        if end < 0:
            raise TemplateFault("E303", begin + 1, f"缺少 “{close}”")
        name = self.text[self.position : end].strip()
        self.position = end + 1
        return name

    def _slot(self, name: str, begin: int) -> "tuple[str, list[str]]":
        list_name, _, slot = name.rpartition(":")
        if not list_name and slot in self.slots:
            self.free += 1
            return self._capture(slot, f".{{1,{WORDS}}}?"), [""]
        list_name = list_name or slot
        if list_name not in self.lists:
            known = sorted({*self.slots, *self.lists})
            near = process.extractOne(list_name, known, scorer=fuzz.ratio, score_cutoff=50)
            raise TemplateFault("E301", begin + 1, f"槽位或列表 {{{list_name}}} 不存在", f"最接近：{{{near[0]}}}" if near else "")
        said = [self._nested(template, begin) for template in self.lists[list_name]]
        pattern = "|".join(piece for piece, _ in said)
        samples = [sample for _, choices in said for sample in choices]
        return (self._capture(slot, pattern) if slot in self.slots else f"(?:{pattern})"), samples

    def _capture(self, slot: str, pattern: str) -> str:
        if slot in self.named:  # a name may stand once in a regular expression
            return f"(?:{pattern})"
        self.named.add(slot)
        return f"(?P<{slot}>{pattern})"

    def _rule(self, name: str, begin: int) -> "tuple[str, list[str]]":
        if name not in self.rules:
            near = process.extractOne(name, sorted(self.rules), scorer=fuzz.ratio, score_cutoff=50)
            raise TemplateFault("E301", begin + 1, f"规则 <{name}> 不存在", f"最接近：<{near[0]}>" if near else "")
        pattern, samples = self._nested(self.rules[name], begin)
        return f"(?:{pattern})", samples

    def _nested(self, text: str, begin: int) -> "tuple[str, list[str]]":
        if self.depth >= DEPTH:
            raise TemplateFault("E304", begin + 1, "规则互相引用，没有尽头")
        inner = _Reader(text, self.rules, self.lists, self.slots, self.depth + 1, named=self.named, free=self.free)
        read = inner.sequence("")
        self.free = max(self.free, inner.free)
        return read
