"""What staff say in their own chat with the account: 我来 takes the alarm they were told of, 处理好了 closes it, a code binds their WeChat."""

import re

from bot.contract import Refusal, Turn, tasks, telling
from bot.contract.duty import held, newest, within
from integrations.duty import codes, summons

#: The whole message, nothing else: a resident's words are never taken for these.
_COMING = re.compile(
    r"(?:好的?|行)?[，, ]*(?:我来(?:处理|了|吧)?|我去(?:处理)?|收到|马上(?:到|来|去|过来)|来了|1)[了吧啦]?[。.!！~ ]*"
)

#: Of these, the words that can mean nothing but an alarm, also when a colleague was quicker or one has it already.
_SURELY_COMING = re.compile(r"[^我马]*(?:我来|我去|马上)")

#: The whole message, nothing else: how what they have taken ended, by what the outcomes of its kind begin with.
_ENDED = {
    "已处理好": re.compile(
        r"(?:好的?|报告|都|已经|已|现在|现场|这边|那边|事情)*[，, ]*(?:处理|弄|搞|修|解决|完事|办)(?:好|完|妥|定|了结)*了?(?:没事了|安全了)?[了啦]?[。.!！~ ]*"
    ),
    "误报": re.compile(
        r"(?:是|就是|现场|看过了|到现场了|[，, ])*(?:误报|虚惊一场|没有?事|没着火|没问题)(?:现场没事|[，, ]|了|的|啊)*[。.!！~ ]*"
    ),
    "演练": re.compile(r"(?:是|这是)?演练(?:的|而已)?[。.!！~ ]*"),
    "已转119/120/110": re.compile(
        r"(?:已经?)?(?:转(?:给)?|报了?|打了?|叫了?)(?:119|120|110|消防|警|救护车)(?:来?了|处理了?)?[。.!！~ ]*"
    ),
}

_BINDS = re.compile(r"绑定\s*员工\s*(?:微信|账号)?[：: ]*([0-9A-Za-z]{6})[。. ]*")


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such words; nothing for all others, and for who is not of the staff or was told of nothing."""
    text = text.strip()
    if code := _BINDS.fullmatch(text):
        return codes.typed(turn, code[1].upper())
    if outcome := next((words for words, said in _ENDED.items() if said.fullmatch(text)), ""):
        return _close(turn, outcome)
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


def _close(turn: Turn, outcome: str) -> str:
    """Close what this person has taken last, with the outcome of its kind that was said; nothing for who has taken nothing."""
    for place in turn.context.neighbours or (turn.community,):
        with within(turn.session, place.key):
            there = Turn(session=turn.session, now=turn.now, context=turn.context.of(place), openid=turn.openid)
            members = {member.id: member for member in codes.owners(there)}
            task = held(turn.session, [key for key in members if key], turn.now - summons.LIVES) if members else None
            if task is None or not telling.may_know(there, task, members[task.claimed_by]):
                continue
            kind = there.context.services.kind_of(task.kind)
            known = kind.outcomes if kind is not None else ()
            chosen = next((one for one in known if one.startswith(outcome)), "" if known else outcome)
            member = members[task.claimed_by]
            tasks.close(there, task, member, chosen)
            return there.words(
                there.context.messages["duty.done"], title=task.title, outcome=task.outcome, url=summons.link(there, task, member)
            )
    return ""
