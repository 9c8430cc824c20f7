"""What the code promises to say, held against the words in the files: each reply has words, each placeholder a value. Pure.

E212 a message that is told has no words   E307 the action wants a slot that may be missing
E302 a placeholder that nothing fills      W407 words that no action says, or no part tells
E306 an action or alarm lacks a reply      W408 no service does what the file leaves to an action
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import yaml

from bot.language.files import SHIPPED, Catalogue, Intent
from bot.language.phrases import FACTS, placeholders
from bot.language.reader import Fields, Problem, Reader, nearest

#: What an emergency's words may say beside the facts: the sentence that tells who of the staff is being called.
DUTY = "duty"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the action of an intent gives, and what it takes."""

    replies: Mapping[str, frozenset[str]]  # name -> the values that come with it
    takes: frozenset[str] = frozenset()  # slots it reads
    needs: frozenset[str] = frozenset()  # those of them it cannot do without


@dataclass(frozen=True, kw_only=True)
class Promises:
    """What all services together give."""

    actions: Mapping[str, Promise] = field(default_factory=dict)  # by intent
    messages: Mapping[str, frozenset[str]] = field(default_factory=dict)  # name -> the values that come with it


def broken(catalogue: Catalogue, promises: Promises) -> list[Problem]:
    """Return what is not as promised, in the order of files and lines; files that cannot be read are left out."""
    unread = {problem.file for problem in catalogue.problems if problem.severity == "error"}
    found: list[Problem] = []
    for intent in catalogue.intents.values():
        if intent.file not in unread:
            found += _File.of(catalogue, intent.file).intent(intent, promises.actions.get(intent.id))
    books = [path for path in catalogue.sources if path.rpartition("/")[2] == "_messages.yaml" and path not in unread]
    missing = sorted(promises.messages.keys() - catalogue.messages.keys())
    for path in books:
        found += _File.of(catalogue, path).messages(promises.messages, missing)
    found += _missing(books, missing)
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))


def _missing(books: Collection[str], names: Iterable[str]) -> Iterator[Problem]:
    """Tell of each message that has no words, in the file where messages of its kind stand."""
    own = [path for path in books if not path.startswith(SHIPPED)]
    for name in names:
        folder = name.partition(".")[0] + "/"
        place = next((path for path in own if path.startswith(folder)), next(iter(own), "_messages.yaml"))
        yield Problem(file=place, line=1, column=1, code="E212", severity="error", message=f"缺少话语 {name}",
                      hint="没有它居民就收不到这句话；请从上一个版本补回来，或写上要对居民说的话")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file that could be read, with the places of its words."""

    path: str
    lines: list[str]
    fields: Fields
    reader: Reader

    @classmethod
    def of(cls, catalogue: Catalogue, path: str) -> "_File":
        text = catalogue.sources[path]
        reader = Reader(path, text, [], "")
        return cls(path=path, lines=text.split("\n"), fields=reader.root, reader=reader)

    # -- intents

    def intent(self, intent: Intent, promise: Promise | None) -> Iterator[Problem]:
        slots = {slot.name for slot in intent.slots}
        for name, (_, node) in self.reader.mapping(self.fields["slots"][1], "slots").items() if slots else ():
            texts = self.reader.mapping(node, name)
            if "ask" in texts:
                yield from self._placeholders(f"{name} 的 ask ", texts["ask"][1], slots)
            if "error" in texts:  # said as it stands
                yield from self._placeholders(f"{name} 的 error ", texts["error"][1], (), facts=())
        if "reply" in self.fields:
            said = self.fields["reply"][1]
            for node in said.value if isinstance(said, yaml.SequenceNode) else (said,):
                yield from self._placeholders("reply ", node, {*slots, DUTY} if intent.emergency else slots)
        if intent.emergency:
            yield from self._emergency(slots)
        elif not intent.action:
            for name, (key, _) in self._replies().items():
                yield self._told(
                    key, "W407", f"回复 {name} 用不上：这个意图没有 action: true", "请删去，或写上 action: true", "warning"
                )
        elif promise is None:
            hint = "请检查 LINLI_INTEGRATIONS 和意图名；照现在这样，住户说了会转给工作人员"
            yield self._told(self.fields["action"][0], "W408", f"没有哪项服务会办 {intent.id}", hint, "warning")
        else:
            yield from self._slots(intent, promise)
            yield from self._promised(promise, slots)

    def _emergency(self, slots: Collection[str]) -> Iterator[Problem]:
        """An alarm must never be answered by nothing: `reply` is for what no kind of danger is named."""
        if "reply" not in self.fields:
            yield self._told(self.fields["emergency"][0], "E306", "紧急情况缺少 reply", "听不出是哪种险情时要说的话，请写上")
        for name, (_, node) in self._replies().items():
            yield from self._placeholders(f"回复 {name} ", node, {*slots, DUTY})

    def _slots(self, intent: Intent, promise: Promise) -> Iterator[Problem]:
        known = {slot.name: slot for slot in intent.slots}
        place = self.fields["slots" if "slots" in self.fields else "action"][0]
        for name in sorted(promise.takes - set(known)):
            near = nearest(name, sorted(set(known) - promise.takes))
            hint = f"是否想写 “{name}” 而不是 “{near}”？" if near else "请在 slots 里补上它"
            yield self._told(place, "E307", f"办这件事要用槽位 {name}，这里没有", hint)
        for name in sorted(promise.needs & set(known)):
            slot = known[name]
            if not slot.default and (slot.skippable or not slot.required):
                yield self._told(
                    place, "E307", f"办这件事离不开槽位 {name}，这里可以不填", "请写 required: true，并去掉 skippable"
                )

    def _promised(self, promise: Promise, slots: Collection[str]) -> Iterator[Problem]:
        written = self._replies()
        idle = sorted(set(written) - set(promise.replies))
        for name in sorted(set(promise.replies) - set(written)):
            near = nearest(name, idle)
            hint = f"是否想写 “{name}” 而不是 “{near}”？" if near else "请写上要对居民说的话"
            place = self.fields["replies" if "replies" in self.fields else "action"][0]
            yield self._told(place, "E306", f"缺少回复 {name}，办事时会用到", hint)
        for name, (key, node) in written.items():
            if name in promise.replies:
                yield from self._placeholders(f"回复 {name} ", node, {*slots, *promise.replies[name]})
                continue
            near = nearest(name, sorted(set(promise.replies) - set(written)))
            hint = f"是否想写 “{near}”？" if near else f"用得上的是：{'、'.join(sorted(promise.replies))}"
            yield self._told(key, "W407", f"回复 {name} 用不上", hint, "warning")

    def _replies(self) -> Fields:
        return self.reader.mapping(self.fields["replies"][1], "replies") if "replies" in self.fields else {}

    # -- messages

    def messages(self, told: Mapping[str, frozenset[str]], missing: list[str]) -> Iterator[Problem]:
        if "messages" not in self.fields:
            return
        for name, (key, node) in self.reader.mapping(self.fields["messages"][1], "messages").items():
            if name in told:
                yield from self._placeholders(f"{name} ", node, told[name])
            elif not self.path.startswith(SHIPPED):  # what is shipped may belong to a service that is not loaded
                near = nearest(name, missing)
                hint = f"是否想写 “{near}”？" if near else "请检查 LINLI_INTEGRATIONS，或删去"
                yield self._told(key, "W407", f"没有哪项服务会发 {name}", hint, "warning")

    # -- placeholders

    def _placeholders(self, where: str, node: yaml.Node, values: Collection[str], facts: Collection[str] = FACTS
                      ) -> Iterator[Problem]:  # fmt: skip
        known = sorted(values)
        for name in sorted(placeholders(str(node.value)) - {*values, *facts}):
            near = nearest(name, known) or nearest(name, sorted(facts))
            usable = "、".join(f"{{{value}}}" for value in known)
            hint = f"是否想写 “{{{near}}}”？" if near else f"这里可以用：{usable}" if usable else "这里没有可用的占位符"
            yield self._told(_find(self.lines, node, name), "E302", f"{where}用到不存在的 {{{name}}}", hint)

    def _told(self, place: "yaml.Node | tuple[int, int]", code: str, message: str, hint: str,
              severity: Literal["error", "warning"] = "error") -> Problem:  # fmt: skip
        line, column = place if isinstance(place, tuple) else (place.start_mark.line, place.start_mark.column)
        return Problem(file=self.path, line=line + 1, column=column + 1, code=code, severity=severity, message=message, hint=hint)


def _find(lines: list[str], node: yaml.Node, name: str) -> tuple[int, int]:
    """Return line and column, counted from 0, of a placeholder in the words of a node; those of the node if it is hidden."""
    start, end = node.start_mark, node.end_mark
    for number in range(start.line, min(end.line + 1, len(lines))):
        begin = start.column if number == start.line else 0
        places = [place for mark in ("}", "?") if (place := lines[number].find(f"{{{name}{mark}", begin)) >= 0]
        if places:
            return number, min(places)
    return start.line, start.column
