"""Templates in another language than the one they are written in.

A template is plain Chinese HTML. For another language it is compiled once more, with the catalogue's words in it: what stands between two
tags, or in an attribute, is one message, and the values in its middle are its {places}, named after what they say. Chinese in an
expression is marked as `tr` marks it in Python. So pages cost the same in all languages, and Chinese ones are untouched.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from string import Formatter
from typing import Any

from jinja2 import Environment, nodes

from bot.translation import CHINESE, Catalogue, Words, is_chinese, number_in, tr, tr_all

#: Attributes that people read, or hear read out; what is in all others goes back to us and stays as it is.
READ = frozenset(("title", "aria-label", "placeholder", "alt", "label", "data-label", "data-busy", "data-scan"))

#: Signs between values where no word stands beside them.
_SIGNS = {"，": ", ", "、": ", ", "；": "; ", "：": ": ", "。": ". ", "（": " (", "）": ")"}

_TAG = re.compile(r"<(?=[a-zA-Z/!])")
_IN_TAG = re.compile(r"""([\w-]+)=(["'])|>""")
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Message:
    """Chinese in a template: the msgid, and where it stands."""

    msgid: str
    line: int


@dataclass(kw_only=True)
class _Reader:
    """Goes through a template in the order of its text and gives each message to `put`, which returns what stands there instead."""

    put: Callable[["_Piece"], list[nodes.Expr]]
    leave: Callable[["_Piece"], list[nodes.Expr]]
    quote: str = ""  # within an attribute, with what it ends
    attribute: str = ""
    in_tag: bool = False

    def output(self, output: nodes.Output) -> None:
        """Go through text and values that follow one another without a statement between."""
        made: list[nodes.Expr] = []
        piece = _Piece()
        for node in output.nodes:
            if not isinstance(node, nodes.TemplateData):
                if self.in_tag and not self.quote:
                    made += [*self._end(piece), node]
                    piece = _Piece()
                else:
                    piece.parts.append(node)
                continue
            for text, ends in self._cut(node.data):
                piece.add(text, node.lineno)
                if ends:
                    made += self._end(piece)
                    piece = _Piece()
        output.nodes = [*made, *self._end(piece)]

    def _end(self, piece: "_Piece") -> list[nodes.Expr]:
        piece.is_read = self.attribute in READ if self.quote else not self.in_tag
        return self.put(piece) if piece.is_chinese and piece.is_read else self.leave(piece)

    def _cut(self, data: str) -> Iterator[tuple[str, bool]]:
        """Give the pieces of a text, each with whether a message ends behind it."""
        at = 0
        while at < len(data):
            if self.quote:
                end = data.find(self.quote, at)
                end = len(data) if end < 0 else end
                yield data[at:end], False
                if end < len(data):
                    yield "", True
                    self.quote = ""
                at = end
            elif self.in_tag:
                found = _IN_TAG.search(data, at)
                end = found.end() if found else len(data)
                yield data[at:end], True
                if found and found[0] == ">":
                    self.in_tag = False
                elif found:
                    self.attribute, self.quote = found[1], found[2]
                at = end
            else:
                found = _TAG.search(data, at)
                end = found.start() if found else len(data)
                yield data[at:end], False
                if found:
                    yield "", True
                    self.in_tag = True
                at = end


@dataclass
class _Piece:
    """Text and values that are one message, if there is Chinese in it."""

    parts: list[nodes.TemplateData | nodes.Expr] = field(default_factory=list)
    is_read: bool = True

    def add(self, text: str, line: int) -> None:
        if text:
            self.parts.append(nodes.TemplateData(text, lineno=line))

    @property
    def is_chinese(self) -> bool:
        return any(isinstance(part, nodes.TemplateData) and is_chinese(part.data) for part in self.parts)

    def as_it_was(self) -> list[nodes.Expr]:
        return list(self.parts)

    @property
    def line(self) -> int:
        return self.parts[0].lineno

    def read(self) -> tuple[str, str, str, dict[str, nodes.Expr]]:
        """Return the msgid, the blanks before and behind it, and the values by the names of their places."""
        values: dict[str, nodes.Expr] = {}
        said = ""
        for part in self.parts:
            if isinstance(part, nodes.TemplateData):
                said += html.unescape(part.data).replace("{", "{{").replace("}", "}}")
                continue
            name = _name(part) or "value"
            while name in values:
                found = re.fullmatch(r"(.*?)(\d*)", name)
                name = f"{found[1]}{int(found[2] or 1) + 1}" if found else name
            values[name] = part
            said += f"{{{name}}}"
        found = _EDGES.fullmatch(said)
        before, msgid, behind = found.groups() if found else ("", said, "")
        msgid = re.sub(r"\s*\n\s*", " ", msgid)
        return (msgid if values else msgid.replace("{{", "{").replace("}}", "}")), before, behind, values


def _name(node: nodes.Node | None) -> str:
    """Return what a value is called, by the last name in it that says something."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return node.attr if node.attr not in ("value", "words") or not _name(node.node) else _name(node.node)
        case nodes.Filter():
            return _name(node.node)
        case nodes.Getitem():
            return _name(node.node)
        case nodes.Call():
            inner = node.node
            if isinstance(inner, nodes.Getattr) and inner.attr in ("format", "get", "strftime") and node.args:
                return _name(node.args[0]) or _name(inner.node)
            if isinstance(inner, nodes.Name) and node.args:  # veil(row.topic)
                return _name(node.args[0]) or inner.name
            return _name(inner) if not isinstance(inner, nodes.Getattr) else inner.attr
        case nodes.CondExpr():
            return _name(node.expr1) or _name(node.test)
        case nodes.Or():
            return _name(node.left)
        case nodes.Concat():
            return next(filter(None, map(_name, node.nodes)), "")
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
            return _name(node.left) or _name(node.right)
        case nodes.Compare():
            return _name(node.expr)
        case _:
            return ""


def _walk(tree: nodes.Template, put: Callable[[_Piece], list[nodes.Expr]], leave: Callable[[_Piece], list[nodes.Expr]]) -> None:
    """Give each message of a template to `put`; what is no message, or not for people, to `leave`."""
    reader = _Reader(put=put, leave=leave)
    for output in tree.find_all(nodes.Output):
        reader.output(output)


class TranslatedEnvironment(Environment):
    """Templates in one language; `catalogue` says what stands in them."""

    catalogue: Catalogue = CHINESE

    def speak(self, catalogue: Catalogue) -> None:
        """Compile templates for a language, and say values that are words of ours in it."""
        self.catalogue = catalogue
        self.finalize = catalogue.say
        self.filters["join"] = _join

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, raw: bool = False, defer_init: bool = False) -> Any:  # fmt: skip
        """Compile a template, with the language's words in it."""
        if isinstance(source, str) and self.catalogue is not CHINESE:
            source = self.parse(source, name, filename)
            if not is_residents(source):
                self._translate(source, name or "")
        return super().compile(source, name, filename, raw=raw, defer_init=defer_init)  # type: ignore[call-overload]

    def _translate(self, tree: nodes.Template, name: str) -> None:
        _walk(tree, partial(self._put, name=name), self._leave)
        for constant in list(tree.find_all(nodes.Const)):
            if isinstance(constant.value, str) and is_chinese(constant.value):
                constant.value = _Marked(constant.value)
        _replace(tree, self)

    def _put(self, piece: _Piece, name: str) -> list[nodes.Expr]:
        msgid, before, behind, values = piece.read()
        forms = self.catalogue.entries.get((name, msgid)) or self.catalogue.entries.get(("", msgid))
        if forms is None:
            return self._leave(piece)
        counts = nodes.List(list(values.values()), lineno=piece.line)
        made: list[nodes.Expr] = [nodes.TemplateData(before, lineno=piece.line)] if before else []
        if len(forms) == 1 or not values:
            made += self._said(forms[-1], values, piece.line)
        else:
            number = nodes.Call(nodes.EnvironmentAttribute("form"), [counts], [], None, None, lineno=piece.line)
            for place, form in enumerate(forms):
                test = nodes.Compare(number, [nodes.Operand("eq", nodes.Const(place))], lineno=piece.line)
                for part in self._said(form, values, piece.line):
                    said = nodes.Const(_Plain(html.unescape(part.data))) if isinstance(part, nodes.TemplateData) else part
                    made.append(nodes.CondExpr(test, said, nodes.Const(""), lineno=piece.line))
        return [*made, nodes.TemplateData(behind, lineno=piece.line)] if behind else made

    def _leave(self, piece: _Piece) -> list[nodes.Expr]:
        """Return what is no message: the signs between its values as this language writes them, and what is not for people in Chinese."""
        if piece.is_read:
            return [
                nodes.TemplateData(self._signs(one.data), lineno=one.lineno) if isinstance(one, nodes.TemplateData) else one
                for one in piece.parts
            ]
        call = nodes.EnvironmentAttribute("plain")
        return [
            one if isinstance(one, nodes.TemplateData) else nodes.Call(call, [one], [], None, None, lineno=one.lineno)
            for one in piece.parts
        ]  # fmt: skip

    @staticmethod
    def _signs(text: str) -> str:
        return text if is_chinese(text) else "".join(_SIGNS.get(sign, sign) for sign in text)

    def plain(self, value: Any) -> Any:
        """Return a value as it goes back to us."""
        return str.__str__(value) if isinstance(value, Words) else value

    def _said(self, form: str, values: dict[str, nodes.Expr], line: int) -> list[nodes.Expr]:
        if not values:
            return [nodes.TemplateData(html.escape(form), lineno=line)]
        made: list[nodes.Expr] = []
        for text, place in _pieces(form):
            if text:
                made.append(nodes.TemplateData(html.escape(text), lineno=line))
            if place is not None:
                others = nodes.List([one for key, one in values.items() if key != place], lineno=line)
                made.append(
                    nodes.Call(nodes.EnvironmentAttribute("counted"), [values[place], others], [], None, None, lineno=line)
                    if len(values) > 1 else values[place]
                )  # fmt: skip
        return made

    def form(self, values: Sequence[Any]) -> int:
        """Return which form of a message fits the first number among its values."""
        return self.catalogue.form(number_in(values))

    def counted(self, value: Any, others: Sequence[Any]) -> Any:
        """Return a value as it is said beside a number: three tickets."""
        return self.catalogue.say(value, number_in(others)) if isinstance(value, Words) else value

    def mark(self, text: str) -> str:
        """Mark Chinese in an expression."""
        return tr(text)

    def row(self, *parts: Any) -> str:
        """Return what `~` makes of its parts, each still to be translated."""
        return tr_all("", parts)


class _Marked(str):
    """Chinese in an expression, until it is marked."""


class _Plain(str):
    """A translation, in an expression."""


def _replace(tree: nodes.Node, environment: TranslatedEnvironment) -> None:
    """Mark what was found in expressions, and let `~` keep it so."""
    for name, value in tree.iter_fields():
        if isinstance(value, list):
            setattr(tree, name, [_instead(one, environment) for one in value])
        elif isinstance(value, nodes.Node):
            setattr(tree, name, _instead(value, environment))
    for child in tree.iter_child_nodes():
        _replace(child, environment)


def _instead(node: Any, environment: TranslatedEnvironment) -> Any:
    if isinstance(node, nodes.Const) and isinstance(node.value, _Marked):
        plain = nodes.Const(_Plain(node.value), lineno=node.lineno)
        return nodes.Call(nodes.EnvironmentAttribute("mark"), [plain], [], None, None, lineno=node.lineno)
    if isinstance(node, nodes.Concat) and any(True for _ in _chinese_in(node)):
        return nodes.Call(nodes.EnvironmentAttribute("row"), node.nodes, [], None, None, lineno=node.lineno)
    return node


def _chinese_in(node: nodes.Node) -> Iterator[nodes.Const]:
    return (one for one in node.find_all(nodes.Const) if isinstance(one.value, _Marked))


def _join(values: Iterable[Any], d: str = "", attribute: Any = None) -> Any:
    """Join words, each still to be translated; anything else as Jinja does."""
    kept = list(values)
    if attribute is None and (any(isinstance(one, Words) for one in kept) or is_chinese(d) or d in "、，；"):
        return tr_all(d, kept)
    return d.join(str(one) for one in kept)


def _pieces(form: str) -> Iterator[tuple[str, str | None]]:
    for text, place, _, _ in Formatter().parse(form):
        yield text, place


def is_residents(tree: nodes.Template) -> bool:
    """Tell whether a template is a page that residents open: those stay Chinese."""
    return any(
        isinstance(one.template, nodes.Const) and str(one.template.value).startswith("pages/") for one in tree.find_all(nodes.Extends)
    )  # fmt: skip


def messages(environment: Environment, source: str, name: str) -> list[Message]:
    """Return the Chinese of a template, by place; none of a page for residents."""
    tree = environment.parse(source, name)
    if is_residents(tree):
        return []
    found: list[Message] = []

    def put(piece: _Piece) -> list[nodes.Expr]:
        found.append(Message(msgid=piece.read()[0], line=piece.line))
        return piece.as_it_was()

    _walk(tree, put, _Piece.as_it_was)
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and is_chinese(constant.value):
            found.append(Message(msgid=constant.value, line=constant.lineno))
    return sorted(found, key=lambda one: one.line)
