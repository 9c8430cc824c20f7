"""What staff say in their own chat with the account: 我来 takes the alarm they were told of, a code binds their WeChat."""

import re

from bot.contract import Refusal, Turn, tasks, telling
from bot.contract.duty import newest, within
from integrations.duty import codes, summons

#: The whole message, nothing else: a resident's words are never taken for these.
_COMING = re.compile(
    r"(?:好的?|行)?[，, ]*(?:我来(?:处理|了|吧)?|我去(?:处理)?|收到|马上(?:到|来|去|过来)|来了|1)[了吧啦]?[。.!！~ ]*"
)

#: Of these, the words that can mean nothing but an alarm, also when a colleague was quicker or one has it already.
_SURELY_COMING = re.compile(r"[^我马]*(?:我来|我去|马上)")

_BINDS = re.compile(r"绑定\s*员工\s*(?:微信|账号)?[：: ]*([0-9A-Za-z]{6})[。. ]*")


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such words; nothing for all others, and for who is not of the staff or was told of nothing."""
    text = text.strip()
    if code := _BINDS.fullmatch(text):
        return codes.typed(turn, code[1].upper())
    if not _COMING.fullmatch(text):
        return ""
    return _take(turn, untaken=True) or (_take(turn, untaken=False) if _SURELY_COMING.match(text) else "")


def _take(turn: Turn, *, untaken: bool) -> str:
    """Let who was told of an alarm have the newest; of one that is taken or closed, say so."""
    for place in turn.context.neighbours or (turn.community,):
        with within(turn.session, place.key):
            there = Turn(session=turn.session, now=turn.now, context=turn.context.of(place), openid=turn.openid)
            members = codes.owners(there)
            ids = [member.id or 0 for member in members]
            task = newest(turn.session, ids, turn.now - summons.LIVES, untaken=untaken) if ids else None
            member = next((one for one in members if task is not None and telling.may_know(there, task, one)), None)
            if task is None or member is None:
                continue
            try:
                tasks.claim(there, task, member)
            except Refusal as refusal:
                return str(refusal)
            return there.words(
                there.context.messages["duty.yours"], title=task.title, who=summons.name_of(there, task),
                phone=summons.phone_of(there, task), url=summons.link(there, task, member),
            )  # fmt: skip
    return ""
