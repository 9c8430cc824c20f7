"""Sentence templates, in the grammar of hassil: [optional], (one|of), (both;orders), {slot}, {list:slot}, <rule>.

A template matches a whole message strictly and says which words stand for which slot. White space is ignored. No regular expression is
made of it: one tries `[甲]` thirty times over in a thousand million ways, where what failed once at a place need not be tried there again.
Source of the grammar: github.com/OHF-Voice/hassil, template_syntax.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, TypeAlias

from rapidfuzz import fuzz, process

#: Rules may use rules; deeper than this is a circle.
DEPTH = 8

#: Parts in any order, as in (a;b;c): they have 1, 2, 6, 24 orders, and five would have 120.
PARTS = 4

#: Samples of one template that join the fuzzy examples.
SAMPLES = 30

#: Slots of one template whose words may be any, at most so many in a row, and how long they and a whole message are.
FREE, WORDS, LONGEST = 4, 24, 80

#: Signs of a template once rules, lists and orders are written out, and those that are read to get there.
SIGNS, READ = 10_000, 20_000

#: Looks that one template may ever take at one message, some 10 ms; the longest that ships takes a tenth.
LOOKS = 50_000

#: Places that are remembered of the ways which texts took through all templates together, a step counted as one: some 10 MB.
REMEMBERED = 200_000

_OPEN, _CLOSE = "[(", {"[": "]", "(": ")"}


class TemplateFault(Exception):
    """A template that cannot be read; `position` counts from 1 within the template."""

    def __init__(self, code: str, position: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.position, self.message, self.hint = code, position, message, hint


# ------------------------------------------------------------------ what a template is made of


class _Piece(NamedTuple):
    """A part of a template: one sign, parts in a row, one of several, or a capture. `size`: signs once all is written out."""

    kind: Literal["sign", "any", "row", "one", "slot"]
    parts: "tuple[_Piece, ...]" = ()
    word: str = ""  # the sign, or the slot's name
    size: int = 1


_NOTHING = _Piece("row", size=0)


def _row(parts: Iterable[_Piece]) -> _Piece:
    held = tuple(parts)
    return held[0] if len(held) == 1 else _Piece("row", held, size=sum(part.size for part in held))


def _one(parts: Iterable[_Piece]) -> _Piece:
    held = tuple(parts)
    return held[0] if len(held) == 1 else _Piece("one", held, size=1 + sum(part.size for part in held))


def _some() -> _Piece:
    """Return up to WORDS signs of any kind, as few as will do."""
    more = _NOTHING
    for _ in range(WORDS - 1):
        more = _one((_NOTHING, _row((_Piece("any"), more))))
    return _row((_Piece("any"), more))


_SOME = _some()


class _Node(NamedTuple):
    """A place in a written-out template: what stands there, and the places that come next, the better one first."""

    sign: str = ""  # what is said there; nothing where ways part or a slot begins or ends
    is_any: bool = False
    slot: str = ""
    begins: bool = False
    next: tuple[int, ...] = ()


#: The place behind a template; of several the first's, and the others' after it.
_END = 0


def _write_out(pieces: Sequence[_Piece]) -> tuple[list[_Node], int]:
    """Return the places of a template, or of several that are tried in turn, and the first of them; the ends of all come first."""
    nodes = [_Node() for _ in pieces]

    def add(node: _Node) -> int:
        nodes.append(node)
        return len(nodes) - 1

    def write(piece: _Piece, after: int) -> int:
        match piece.kind:
            case "sign":
                return add(_Node(sign=piece.word, next=(after,)))
            case "any":
                return add(_Node(is_any=True, next=(after,)))
            case "one":
                return add(_Node(next=tuple(write(part, after) for part in piece.parts)))
            case "slot":
                end = add(_Node(slot=piece.word, next=(after,)))
                return add(_Node(slot=piece.word, begins=True, next=(write(piece.parts[0], end),)))
        for part in reversed(piece.parts):
            after = write(part, after)
        return after

    return nodes, add(_Node(next=tuple(write(piece, end) for end, piece in enumerate(pieces, _END))))


def _next(nodes: list[_Node], numbers: Iterable[int]) -> Iterator[int]:
    """Yield the places with a sign, and the ends, that are come to from some places without a sign before."""
    seen, waiting = set[int](), list(numbers)
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        node = nodes[number]
        if node.sign or node.is_any or not node.next:
            yield number
        else:
            waiting.extend(node.next)


def _count_looks(nodes: list[_Node], first: int) -> int:
    """Return how often a place can be come to at most, in a message of whatever words: once for each sign it can stand at."""
    reach: dict[int, tuple[int, int]] = {first: (0, 0)}
    looks = 0
    # A place is written before all that lead to it: from the last to the first, each is known when its turn comes.
    for number in range(len(nodes) - 1, -1, -1):
        if number not in reach:
            continue
        least, most = reach[number]
        looks += min(most, LONGEST) - least + 1 if least <= LONGEST else 0
        said = 1 if nodes[number].sign or nodes[number].is_any else 0
        for after in nodes[number].next:
            low, high = reach.get(after, (least + said, most + said))
            reach[after] = (min(low, least + said), max(high, most + said))
    return looks


# ------------------------------------------------------------------ a template, and many of them


@dataclass(frozen=True)
class Sentence:
    """A compiled template; `samples` are messages it would match, slots left out."""

    template: str
    samples: tuple[str, ...] = field(repr=False)
    piece: _Piece = field(repr=False)

    def __hash__(self) -> int:
        return hash(self.template)  # a piece has thousands of parts

    @cached_property
    def _places(self) -> tuple[list[_Node], int]:
        return _write_out([self.piece])  # of most templates no message ever asks for it

    @cached_property
    def _begins(self) -> frozenset[str]:
        """The signs with which a fitting message begins; empty for any."""
        nodes, first = self._places
        begins = [nodes[number] for number in _next(nodes, [first])]
        return frozenset(node.sign for node in begins) if all(node.sign for node in begins) else frozenset()

    def match(self, text: str) -> dict[str, str] | None:
        """Return the words for each slot if `text` as a whole fits, else None: of several ways to fit the first by the template."""
        if len(text) > LONGEST or (self._begins and text[:1] not in self._begins):
            return None
        nodes, first = self._places
        seen = set[tuple[int, int]]()
        waiting: list[tuple[int, int, _Told]] = [(first, 0, None)]
        while waiting:
            number, at, told = waiting.pop()
            if (number, at) in seen:  # it failed before, whatever was told on the way
                continue
            seen.add((number, at))
            if number == _END:
                if at == len(text):
                    return _words(text, told)
                continue
            node = nodes[number]
            if node.sign or node.is_any:
                if at < len(text) and (text[at] == node.sign or (node.is_any and text[at] != "\n")):
                    waiting.append((node.next[0], at + 1, told))
                continue
            if node.slot:
                told = (node.slot, node.begins, at, told)
            waiting.extend((after, at, told) for after in reversed(node.next))
        return None


#: Where slots began and ended on the way to a place, the last first.
_Told: TypeAlias = "tuple[str, bool, int, _Told] | None"


def _words(text: str, told: _Told) -> dict[str, str]:
    found: dict[str, str] = {}
    end = 0
    while told is not None:
        slot, begins, at, told = told
        if not begins:
            end = at
        elif at < end:
            found[slot] = text[at:end]
    return found


class AnyOf:
    """Tells which of many templates a text fits, in one look at each of its signs where most fit none.

    What may come next is worked out as texts come, and kept; it is forgotten when it grows too much.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self._nodes, first = _write_out([sentence.piece for sentence in sentences])
        begins = frozenset(_next(self._nodes, [first]))
        self._anyhow = frozenset(number for number in begins if self._nodes[number].is_any)
        self._begins: dict[str, set[int]] = {}
        for number in begins - self._anyhow - frozenset(range(len(sentences))):
            self._begins.setdefault(self._nodes[number].sign, set(self._anyhow)).add(number)
        self._start = _Way(begins)
        self._known: dict[frozenset[int], _Way] = {}
        self._kept = 0

    def fitting(self, text: str) -> list[int]:
        """Return the numbers of the templates that match the text as a whole, in their order."""
        way = self._start
        for sign in text:
            way = way.after.get(sign) or self._go(way, sign)
            if not way.places:
                return []
        return sorted(number for number in way.places if number < len(self._sentences))

    def _go(self, way: "_Way", sign: str) -> "_Way":
        # Nearly all there is begins somewhere: of those thousands only the ones with this sign are looked at.
        may_go = self._begins.get(sign, self._anyhow) if way is self._start else way.places
        told = [node for number in may_go if (node := self._nodes[number]).sign == sign or (node.is_any and sign != "\n")]
        places = frozenset(_next(self._nodes, [node.next[0] for node in told]))
        self._kept += 1 + (0 if places in self._known else len(places))
        if self._kept > REMEMBERED:
            self._known, self._start, self._kept = {}, _Way(self._start.places), 0
        after = way.after[sign] = self._known.setdefault(places, _Way(places))
        return after


@lru_cache(maxsize=1)
def any_of(sentences: tuple[Sentence, ...]) -> AnyOf:
    """Return what tells which of them a text fits; most changes of the intent files leave all of them as they were."""
    return AnyOf(sentences)


@dataclass(slots=True, eq=False)
class _Way:
    """The places that a text may have come to, and what follows by its next sign."""

    places: frozenset[int]
    after: "dict[str, _Way]" = field(default_factory=dict)


def compile_sentence(
    template: str, rules: Mapping[str, str], lists: Mapping[str, Mapping[str, str]], slots: Mapping[str, str]
) -> Sentence:
    """Compile one template; raises TemplateFault with the position of the fault."""
    reader = _Reader(template, rules, lists, slots)
    piece, samples = reader.sequence("")
    if reader.free > FREE:
        raise TemplateFault(
            "E305", 1, f"一句里有 {reader.free} 个什么都能填的槽位，最多 {FREE} 个", "请分成几行写，一行少几个槽位"
        )
    if piece.size * LONGEST > LOOKS and _count_looks(*_write_out([piece])) > LOOKS:  # most are too short to be worth counting
        raise TemplateFault("E305", 1, "这一句的说法太多，每条消息都要试很久", "请分成几行写，一行少几个可有可无的词")
    return Sentence(template, tuple(dict.fromkeys(samples)), piece)


# ------------------------------------------------------------------ reading


@dataclass
class _Reader:
    text: str
    rules: Mapping[str, str]
    lists: Mapping[str, Mapping[str, str]]
    slots: Mapping[str, str]
    depth: int = 0
    position: int = 0
    named: set[str] = field(default_factory=set)
    read: list[int] = field(default_factory=lambda: [0])  # how much was read, with what rules and lists hold
    free: int = 0  # slots that take any words, on the way through the template that has most of them

    def sequence(self, until: str) -> tuple[_Piece, list[str]]:
        """Read up to one of the signs in `until`; returns what stands there, and samples."""
        parts, samples, size = list[_Piece](), [""], 0
        while self.position < len(self.text) and self.text[self.position] not in until:
            begin = self.position
            self.read[0] += 1
            part, choices = self._item()
            size += part.size
            if size > SIGNS or self.read[0] > READ:
                raise TemplateFault("E305", begin + 1, f"规则和列表展开后太长，最多 {SIGNS} 个字", "请分成几行写，或把列表写短")
            parts.append(part)
            samples = list(itertools.islice((head + tail for head in samples for tail in choices), SAMPLES))
        return _row(parts), samples

    def _item(self) -> tuple[_Piece, list[str]]:
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
        if sign.isspace():
            return _NOTHING, [""]
        return _row(_Piece("sign", word=one) for one in sign.lower()), [sign]

    def _group(self, sign: str, begin: int) -> tuple[_Piece, list[str]]:
        close = _CLOSE[sign]
        before, most = self.free, 0
        read: list[tuple[_Piece, list[str]]] = []
        separators: set[str] = set()
        while not read or (self.position < len(self.text) and self.text[self.position] in "|;"):
            if read:
                separators.add(self.text[self.position])
                self.position += 1
            self.free = before if separators != {";"} else self.free
            read.append(self.sequence(f"|;{close}"))
            most = max(most, self.free)
        self.free = most
        if self.position >= len(self.text):
            raise TemplateFault("E303", begin + 1, f"缺少 “{close}”")
        self.position += 1
        if separators == {";"}:
            if len(read) > PARTS:
                raise TemplateFault("E305", begin + 1, f"用 ; 隔开的部分有 {len(read)} 个，最多 {PARTS} 个", "请分成几行写")
            ways = [_row(order) for order in itertools.permutations(part for part, _ in read)]
            chosen = ("".join(choice) for choice in itertools.product(*(choices for _, choices in read)))
        else:
            ways = [part for part, _ in read]
            chosen = (sample for _, choices in read for sample in choices)
        samples = list(itertools.islice(chosen, SAMPLES))
        return (_one((*ways, _NOTHING)), ["", *samples]) if sign == "[" else (_one(ways), samples)

    def _name(self, close: str, begin: int) -> str:
        end = self.text.find(close, self.position)
        if end < 0:
            raise TemplateFault("E303", begin + 1, f"缺少 “{close}”")
        name = self.text[self.position : end].strip()
        self.position = end + 1
        return name

    def _slot(self, name: str, begin: int) -> tuple[_Piece, list[str]]:
        list_name, _, slot = name.rpartition(":")
        if not list_name and slot in self.slots:
            self.free += 1
            return self._capture(slot, _SOME), [""]
        list_name = list_name or slot
        if list_name not in self.lists:
            known = sorted({*self.slots, *self.lists})
            near = process.extractOne(list_name, known, scorer=fuzz.ratio, score_cutoff=50)
            raise TemplateFault("E301", begin + 1, f"槽位或列表 {{{list_name}}} 不存在", f"最接近：{{{near[0]}}}" if near else "")
        said = [self._nested(template, begin) for template in self.lists[list_name]]
        one = _one(part for part, _ in said)
        samples = [sample for _, choices in said for sample in choices]
        return (self._capture(slot, one) if slot in self.slots else one), samples

    def _capture(self, slot: str, piece: _Piece) -> _Piece:
        if slot in self.named:  # what was told first is what counts
            return piece
        self.named.add(slot)
        return _Piece("slot", (piece,), slot, piece.size + 2)

    def _rule(self, name: str, begin: int) -> tuple[_Piece, list[str]]:
        if name not in self.rules:
            near = process.extractOne(name, sorted(self.rules), scorer=fuzz.ratio, score_cutoff=50)
            raise TemplateFault("E301", begin + 1, f"规则 <{name}> 不存在", f"最接近：<{near[0]}>" if near else "")
        return self._nested(self.rules[name], begin)

    def _nested(self, text: str, begin: int) -> tuple[_Piece, list[str]]:
        if self.depth >= DEPTH:
            raise TemplateFault("E304", begin + 1, "规则互相引用，没有尽头")
        inner = _Reader(
            text, self.rules, self.lists, self.slots, self.depth + 1, named=self.named, free=self.free, read=self.read
        )
        try:
            said = inner.sequence("")
        except TemplateFault as fault:  # told where it is used: another text is not what stands in this line
            raise TemplateFault(fault.code, begin + 1, fault.message, fault.hint) from None
        self.free = max(self.free, inner.free)
        return said
