"""What a turn needs and what it gives back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.contract import Action, Community, Context
from bot.dialogue.steps import Kind
from bot.dialogue.understanding import Understanding
from bot.wechat import messages


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a message, for machines: tests, figures, `linli chat --json`."""

    kind: Kind
    intent: str | None = None
    slot: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to say, in order, and what became of the message. `values` are the slots known, as text."""

    texts: tuple[str, ...]
    outcome: Outcome
    values: Mapping[str, Any] = field(default_factory=dict)
    late: bool = False  # WeChat was told `success`: the texts go through the outbox

    @property
    def parts(self) -> list[str]:
        """The texts as WeChat takes them: the first is the reply, the others follow it as messages. Empty when silent."""
        text = "\n\n".join(self.texts)
        return messages.parts(text) if text else []


#: Nothing is said.
SILENT = Answer(texts=(), outcome=Outcome(kind="silent"))


@dataclass(frozen=True, kw_only=True)
class House:
    """What a turn needs beside its message. `context` is that of the account's first community, where newcomers begin."""

    context: Context
    understanding: Understanding
    communities: Mapping[int, Community] = field(default_factory=dict)  # all that the account serves, by id

    @property
    def actions(self) -> Mapping[str, Action]:
        """All actions by intent."""
        return self.context.services.actions

    def at(self, community_id: int) -> "House":
        """Return the same for another community of the account."""
        community = self.communities.get(community_id)
        return self if community is None else replace(self, context=self.context.of(community))


def pack(answer: Answer) -> str:
    """Return the answer as it is kept for repeats of its message."""
    return json.dumps({**vars(answer), "outcome": vars(answer.outcome)}, ensure_ascii=False)


def unpack(stored: str) -> Answer:
    """Return an answer that was kept."""
    kept = json.loads(stored)
    outcome = {**kept["outcome"], "options": tuple(kept["outcome"]["options"])}
    return Answer(texts=tuple(kept["texts"]), outcome=Outcome(**outcome), values=kept["values"])
