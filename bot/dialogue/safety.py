"""Emergencies: fire, gas, trapped, collapsed, tired of life. They cut through everything, in every state."""

import re
from datetime import timedelta

from bot.contract import Turn
from bot.language import answers
from bot.language.files import Intent
from bot.language.kinds import Danger
from bot.store import tasks

#: Who sees an emergency: everybody who works with tasks.
NEED = "task.view"

#: What is said this soon after an alarm belongs to it.
BELONGS = timedelta(minutes=15)

_OVER = re.compile(
    r"误报|虚惊|没事|冇事|没得事|不用来|别来了|唔使嚟|搞错|弄错|按错|发错|开玩笑|解决了|火灭了|灭掉了|出来了|人醒了|好了$"
)
_NOT_OVER = re.compile("吗|么|不是|还没|没好|怎么|？|[?]")

_NUMBER = re.compile(r"(?:打|拨|叫)?(?:1(?:20|19|10)|一二零|幺二零|一一九|幺幺九|一一零|幺幺零)[!！。.，,\s]*")


def alarm(turn: Turn, intent: Intent, danger: Danger, text: str) -> tuple[str, str]:
    """Open an urgent task for the staff; returns what to tell the resident at once, and the task's public id."""
    place = turn.flat.label if turn.flat else "住址未绑定"
    task = turn.assign(intent.id, NEED, f"{intent.title}：{place}", urgent=True, openid=turn.openid, text=text)
    telling = turn.words(turn.context.messages["emergency.telling"])
    return turn.words(intent.replies.get(danger, intent.reply), duty=telling), task.public_id


def add(turn: Turn, task: str, text: str) -> None:
    """Write what is said after an alarm on its task, where those who come read it."""
    found = tasks.find(turn.session, task)
    if found is not None:
        tasks.add_words(turn.session, found, text)
        turn.record("task.heard_more", found.about)


def is_over(text: str) -> bool:
    """Tell whether the words say that nobody need come: 误报, 没事了, 取消."""
    return answers.is_cancel(text) or (_OVER.search(text) is not None and _NOT_OVER.search(text) is None)


def is_number(text: str) -> bool:
    """Tell whether the message is nothing but a number that one calls: 120."""
    return _NUMBER.fullmatch(text.strip()) is not None
