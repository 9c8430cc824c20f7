"""What residents can ask for, by intent."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from bot.contract.work import Turn, require_promised
from bot.language.promises import Promise


class Reply:
    """What to answer: Reply("done", number="K3M9") takes the words named `done` under `replies:` of the intent's file.

    `about` names what photos sent next belong to, such as ticket:K3M9. `ok=False`: nothing was done.
    """

    def __init__(self, name: str, *, about: str = "", ok: bool = True, **values: Any) -> None:
        self.name = name
        self.about = about
        self.ok = ok
        self.values = values


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask back before anything is done: which of several?

    The answer fills the slot `slot` and the action is called again. `options`: value -> what the menu shows.
    `called_off` names the words for who answers 取消, with the same values: what is done already, or stays as it was. Without it
    the bot says that nothing is done.
    """

    slot: str
    name: str
    options: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    called_off: str = ""


S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Action:
    """An intent's deed. `slots` is a dataclass whose fields are slots of the intent; missing ones are None."""

    intent: str
    run: Callable[[Turn, Any], Reply | Ask]
    slots: type[Any]
    replies: Mapping[str, str]

    def __call__(self, turn: Turn, values: Mapping[str, Any]) -> Reply | Ask:
        """Do it with the slots filled so far."""
        known = {item.name for item in fields(self.slots)}
        reply = self.run(turn, self.slots(**{name: value for name, value in values.items() if name in known}))
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


def action(intent: str, slots: type[Any] = NoSlots, *, replies: Mapping[str, str]
           ) -> Callable[[Callable[[Turn, S], Reply | Ask]], Action]:  # fmt: skip
    """Make a function the deed of `intent`; `slots` is the dataclass its second argument has.

    `replies` are the names of all it may answer or ask back, each with the values that come with it, one after the other:
    {"done": "number what", "none": ""}. `linli check` holds the words in the file to them, and every turn the function.
    """
    return lambda run: Action(intent=intent, run=run, slots=slots, replies=replies)
