"""What residents can ask for, by intent."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from bot.contract.work import Turn, require_promised
from bot.language.kinds.kind import Value
from bot.language.promises import Promise


class Reply:
    """What to answer: Reply("done", number="K3M9") takes the words named `done` under `replies:` of the intent's file.

    `about` names what was done, such as ticket:K3M9: what is said next may change it, photos sent next belong to it. `called` is
    what one calls it in a sentence, 厨房的报修; `over=True`: it is cancelled or finished. `ok=False`: nothing was done.
    `forgets=True`: nothing that was said in this talk is known any more.
    """

    def __init__(
        self,
        name: str,
        *,
        about: str = "",
        called: str = "",
        over: bool = False,
        ok: bool = True,
        forgets: bool = False,
        **values: Any,
    ) -> None:
        self.name = name
        self.about = about
        self.called = called
        self.over = over
        self.ok = ok
        self.forgets = forgets
        self.values = values


class HandOver(Reply):
    """Nothing here can do it: a person of the office sees to it, as with an intent that has no action."""

    def __init__(self) -> None:
        super().__init__("", ok=False)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask back before anything is done: which of several?

    The answer fills the slot `slot` and the action is called again. `options`: value -> what the menu shows.
    `called_off` names what is said when the resident answers 取消, with the same values: what is done already, or stays as it was.
    Without it the bot says that nothing is done. `agreed` is the option that a mere yes stands for: what was said was right.
    """

    slot: str
    name: str
    options: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    called_off: str = ""
    agreed: str = ""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a service hears in words that are its own (`Integration.hears`): an intent, to be done at once with these values.

    What stands open waits behind it.
    """

    intent: str
    values: Mapping[str, Value] = field(default_factory=dict)


S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Action:
    """What is done for an intent. `slots` is a dataclass whose fields are slots of the intent; missing ones are None."""

    intent: str
    run: Callable[[Turn, Any], Reply | Ask]
    slots: type[Any]
    replies: Mapping[str, str]
    shows: bool = False  # it changes nothing: it may be done for whoever seems to want it

    def __call__(self, turn: Turn, values: Mapping[str, Any]) -> Reply | Ask:
        """Do it with the slots filled so far."""
        known = {item.name for item in fields(self.slots)}
        reply = self.run(turn, self.slots(**{name: value for name, value in values.items() if name in known}))
        if isinstance(reply, HandOver):
            return reply
        for name in filter(None, (reply.name, reply.called_off if isinstance(reply, Ask) else "")):
            require_promised(f"{self.intent}: {type(reply).__name__} {name!r}", self.replies.get(name), reply.values)
        return reply

    @property
    def promise(self) -> Promise:
        """What `linli check` holds the intent's file to."""
        needed = {item.name for item in fields(self.slots) if item.default is MISSING and item.default_factory is MISSING}
        return Promise(
            replies={name: frozenset(values.split()) for name, values in self.replies.items()},
            takes=frozenset(item.name for item in fields(self.slots)), needs=frozenset(needed),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NoSlots:
    """For intents that need to know nothing."""


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """How what an intent has done is changed by what is said next: 改成后天下午. Of `slots` only what changes is not None."""

    intent: str
    run: Callable[[Turn, str, Any], Reply]
    slots: type[Any]
    replies: Mapping[str, str]
    keeps_words: bool = False  # it also takes words that change no slot: 师傅上来请敲门重一点

    def __call__(self, turn: Turn, about: str, values: Mapping[str, Any]) -> Reply:
        """Change `about`, such as pass:K3M9, which the same resident's words have made."""
        known = {item.name for item in fields(self.slots)}
        reply = self.run(turn, about, self.slots(**{name: value for name, value in values.items() if name in known}))
        require_promised(f"{self.intent}: Reply {reply.name!r}", self.replies.get(reply.name), reply.values)
        return reply

    @property
    def takes(self) -> frozenset[str]:
        """The slots that can be changed afterwards."""
        return frozenset(item.name for item in fields(self.slots))


def action(intent: str, slots: type[Any] = NoSlots, *, replies: Mapping[str, str], shows: bool = False
           ) -> Callable[[Callable[[Turn, S], Reply | Ask]], Action]:  # fmt: skip
    """Let a function do what `intent` asks for; `slots` is the dataclass its second argument has.

    `replies` are the names of all it may answer or ask back, each with the values that come with it, one after the other:
    {"done": "number what", "none": ""}. `linli check` holds the words in the file to them, and every turn the function.
    """
    return lambda run: Action(intent=intent, run=run, slots=slots, replies=replies, shows=shows)


def amends(
    intent: str, slots: type[Any], *, replies: Mapping[str, str], keeps_words: bool = False
) -> Callable[[Callable[[Turn, str, S], Reply]], Amendment]:
    """Let a function change what `intent` has done: run(turn, about, slots). Its replies stand in the same file of the intent."""
    return lambda run: Amendment(intent=intent, run=run, slots=slots, replies=replies, keeps_words=keeps_words)
