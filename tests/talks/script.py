"""What stands in the files: conversations, read strictly. A word that nobody reads is told with its file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar, get_args

import yaml

from bot.cli.talk import read_wait
from bot.dialogue.steps import Kind
from bot.errors import Misconfigured
from bot.language.reader import nearest
from bot.model import SHANGHAI

FOLDER = Path(__file__).parent

#: What may be said to be on record, and of each what may be told.
RECORDS: Mapping[str, tuple[str, ...]] = {
    "bookings": ("patient", "doctor", "starts_at", "state"),
    "passes": ("visitor_name", "starts_at", "ends_at", "plate", "people", "phone", "state"),
    "tickets": ("category", "location", "urgent", "appointment_at", "state", "words"),
    "checkins": ("temperature", "symptoms", "person"),
    "handoffs": ("topic", "words"),
    "alarms": ("kind",),
}

#: What may become of a message, in words that stay while the room changes.
KINDS = {*get_args(Kind), "answered"}

#: What a turn can be; `back` may stand with `staff`.
DOINGS = ("say", "photo", "place", "tap", "staff", "back")

#: Turns of one conversation, the fewest and the most.
FEWEST, MOST = 2, 8

#: One thing that is expected, or one field of a row.
Value = str | tuple[str, ...] | None
T = TypeVar("T")


class Faulty(Exception):
    """A file that cannot be read; says where and why."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message, or what happens between two, and what it should lead to."""

    line: int
    wait: timedelta = timedelta()
    by: str = ""  # who of the flat writes, where it is not the one of `who`
    say: str = ""
    photo: bool = False
    place: str = ""
    tap: str = ""
    staff: str = ""
    back: bool = False
    intent: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    values: Mapping[str, Value] | None = None
    must: tuple[tuple[str, ...], ...] = ()
    never: tuple[str, ...] = ()

    @property
    def doing(self) -> str:
        """What happens, for people."""
        pictured = {"[图片]": self.photo, "[交还]": self.back, f"[等 {self.wait}]": self.wait}
        told = {
            self.say: self.say,
            f"[位置] {self.place}": self.place,
            f"[菜单] {self.tap}": self.tap,
            f"物业：{self.staff}": self.staff,
        }
        return next(words for words, is_so in {**told, **pictured}.items() if is_so)


@dataclass(frozen=True, kw_only=True, eq=False)  # each is only itself
class Conversation:
    """One person's conversation; `stored` names all that must be on record at its end, None where that does not matter."""

    file: str  # as seen from here: blind/a.yaml
    line: int
    who: str
    now: datetime
    bound: bool
    consents: bool
    proves: bool
    station: bool  # the health station has sessions that week
    campaign: bool  # everybody is asked for their temperature, morning and evening
    turns: Sequence[Turn]
    stored: Mapping[str, Sequence[Mapping[str, Value]]] | None

    @property
    def name(self) -> str:
        """What the list of known failures calls it."""
        return f"{self.file}: {self.who}"

    @property
    def writer(self) -> str:
        """Whose set it belongs to: the folder."""
        return self.file.partition("/")[0]


def read_all(folder: Path = FOLDER) -> list[Conversation]:
    """Return all conversations; raises Faulty for the first fault, and for two of one name."""
    found = [talk for path in sorted(folder.rglob("*.yaml")) for talk in read(path, path.relative_to(folder).as_posix())]
    seen: dict[str, Conversation] = {}
    for talk in found:
        if talk.name in seen:
            raise Faulty(f"{talk.file}:{talk.line}: {talk.who!r} stands on line {seen[talk.name].line}, too")
        seen[talk.name] = talk
    return found


def read(path: Path, name: str) -> list[Conversation]:
    """Return the conversations of one file; raises Faulty."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Faulty(f"{name}:{line}: {error.problem}") from error
    file = _File(name)
    return [file.conversation(node) for node in file.items(root)]


@dataclass(frozen=True)
class _File:
    name: str

    def fault(self, node: yaml.Node, message: str) -> Faulty:
        return Faulty(f"{self.name}:{node.start_mark.line + 1}: {message}")

    def conversation(self, node: yaml.Node) -> Conversation:
        parts = self.mapping(node, ("who", "bound", "consents", "proves", "now", "station", "campaign", "turns", "stored"))
        for needed in ("who", "turns"):
            if needed not in parts:
                raise self.fault(node, f"{needed}: is missing")
        turns = [self.turn(turn) for turn in self.items(parts["turns"])]
        if not FEWEST <= len(turns) <= MOST:
            raise self.fault(node, f"has {len(turns)} turns; {FEWEST} to {MOST} are wanted")
        return Conversation(
            file=self.name, line=node.start_mark.line + 1, who=self.text(parts["who"]), turns=turns,
            now=self.moment(parts["now"]) if "now" in parts else datetime(2026, 3, 11, 10, tzinfo=SHANGHAI),
            bound=self.flag(parts["bound"]) if "bound" in parts else True,
            consents=self.flag(parts["consents"]) if "consents" in parts else True,
            proves=self.flag(parts["proves"]) if "proves" in parts else True,
            station=self.flag(parts["station"]) if "station" in parts else False,
            campaign=self.flag(parts["campaign"]) if "campaign" in parts else False,
            stored=self.stored(parts["stored"]) if "stored" in parts else None,
        )  # fmt: skip

    def turn(self, node: yaml.Node) -> Turn:
        parts = self.mapping(node, tuple(field.name for field in fields(Turn) if field.name != "line"))
        if len([doing for doing in DOINGS if doing in parts and doing != "back"]) > 1:
            raise self.fault(node, f"a turn is one of {', '.join(DOINGS)}")
        if not {*DOINGS, "wait"} & set(parts):
            raise self.fault(node, f"nothing happens: one of {', '.join(DOINGS)} or wait is missing")
        return Turn(line=node.start_mark.line + 1, **{name: self.part(name, value) for name, value in parts.items()})

    def part(self, name: str, node: yaml.Node) -> object:
        match name:
            case "wait":
                return self.wait(node)
            case "photo" | "back":
                return self.flag(node)
            case "values":
                return {key: self.value(value) for key, value in self.mapping(node).items()}
            case "must":
                return tuple(self.texts(item) for item in self.items(node))
            case "intent" | "never":
                return self.texts(node)
            case "kind":
                return tuple(self.known(one, KINDS) for one in self.each(node))
        return self.text(node)

    def stored(self, node: yaml.Node) -> Mapping[str, Sequence[Mapping[str, Value]]]:
        return {
            kind: [
                {key: self.value(value) for key, value in self.mapping(row, RECORDS[kind]).items()} for row in self.items(rows)
            ]
            for kind, rows in self.mapping(node, tuple(RECORDS)).items()
        }

    def mapping(self, node: yaml.Node, known: Sequence[str] = ()) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, "`name: value` is wanted here")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.known(key, known) if known else self.text(key)
            if name in found:
                raise self.fault(key, f"{name}: stands here twice")
            found[name] = value
        return found

    def known(self, node: yaml.Node, known: Sequence[str] | set[str]) -> str:
        word = self.text(node)
        if word not in known:
            near = nearest(word, sorted(known))
            raise self.fault(node, f"{word!r} is not known; {f'{near!r} is' if near else 'known: ' + ', '.join(sorted(known))}")
        return word

    def items(self, node: yaml.Node | None) -> Sequence[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise Faulty(f"{self.name}: empty") if node is None else self.fault(node, "a list is wanted here")
        return node.value

    def each(self, node: yaml.Node) -> Sequence[yaml.Node]:
        return node.value if isinstance(node, yaml.SequenceNode) else [node]

    def texts(self, node: yaml.Node) -> tuple[str, ...]:
        return tuple(self.text(one) for one in self.each(node))

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            raise self.fault(node, "words are wanted here")
        return str(node.value)

    def value(self, node: yaml.Node) -> Value:
        if isinstance(node, yaml.SequenceNode):
            return self.texts(node)
        return None if node.tag.endswith(":null") else self.text(node)

    def flag(self, node: yaml.Node) -> bool:
        return self.known(node, ("true", "false")) == "true"

    def wait(self, node: yaml.Node) -> timedelta:
        try:
            return read_wait(self.text(node))
        except Misconfigured as error:
            raise self.fault(node, str(error)) from error

    def moment(self, node: yaml.Node) -> datetime:
        try:
            return datetime.fromisoformat(self.text(node)).replace(tzinfo=SHANGHAI)
        except ValueError as error:
            raise self.fault(node, f"{self.text(node)!r} is no moment such as 2026-03-11T10:00") from error
