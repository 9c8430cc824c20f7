"""Words that take a consent back, refuse or give it: 撤回健康打卡的同意, 不同意你们收集我的健康信息, 我同意你们记体温. As easily as it was given."""

import re
from collections.abc import Sequence

from bot.contract import Purpose, Resident, Turn, consents, personal

#: Each sign may be read in one way alone: else the time it takes doubles with each 我现在.
_BEGINS = r"(?:我|俺|要|想|现在|请|麻烦|帮我|给我|把|那|就)*"
_ENDS = r"(?:了|吧|啊|谢谢|[\s,，。.!！~～])*"

#: The whole message, nothing else: whoever says more is answered by what they mean.
_WITHDRAWS = re.compile(
    rf"{_BEGINS}(?:撤回|收回|取消|撤销|撤掉|不再)(?:我|俺)?(?:对|关于|给)?(?:的)?(?P<what>[\u4e00-\u9fff0-9]{{0,12}}?)(?:的)?(?:同意|授权)(?:书)?{_ENDS}"
    rf"|{_BEGINS}(?:(?P<said>[\u4e00-\u9fff0-9]{{2,10}}?)(?:的)?(?:同意|授权)(?:我)?(?:要)?(?:撤回|收回|取消)){_ENDS}"
)
_GIVES = re.compile(
    rf"{_BEGINS}(?:又|重新|愿意|还是)?(?<!不)(?:同意|允许|授权)(?P<what>[\u4e00-\u9fff0-9]{{2,20}}?)(?:的同意)?{_ENDS}"
)

#: To keep something of somebody's, and what may stand around what that is.
_KEEPS = "收集|采集|搜集|保存|留存|存储|登记|上报|记录?|存|留|收|拿|用|看|查|问"
_BESIDE = re.compile(
    rf"{_KEEPS}|你们?|您|物业|社区|这个号|小助手|机器人|我们?|俺|咱|自己|家里?人?|本人|个人|任何|所有|全部|全|一切|这些|那些|信息|数据|资料|情况|记录|内容|隐私|每天|以后|再|继续|一直|对|被|给|让|来|去|把|都|也|的|下|着|了"
)
_NEVER = "不同意|不允许|不授权|拒绝|反对|抗议"
_NOT_TO_KEEP = "不(?:想|要|愿意?|让|许|准|用|必|该|能)|别|莫|勿|甭|唔(?:好|要|想)|停止|禁止"
_DELETES = "删除?|清空|清除|清掉|抹掉|去掉"
_WORDS = r"[\u4e00-\u9fff0-9]"

#: One clause: what is not to be kept, and that it is not; or that it is to be deleted.
_REFUSES = re.compile(
    rf"(?:我|俺|我们|我家|现在|以后|从现在起|请|麻烦|那|就|坚决|也|都)*(?:{_NEVER})(?P<never>{_WORDS}{{2,20}}?){_ENDS}"
    rf"|(?:我|俺|我们|我家|现在|以后|从现在起|请|麻烦|那|就|也|都)*(?:{_NOT_TO_KEEP})(?P<not_to>{_WORDS}{{0,6}}?(?:{_KEEPS}){_WORDS}{{1,14}}?){_ENDS}"
    rf"|(?:把|将|请|帮我|麻烦)*(?P<before>{_WORDS}{{2,14}}?)(?:(?:{_NEVER}|{_NOT_TO_KEEP}){_WORDS}{{0,6}}?(?:{_KEEPS})|(?:都|全|全部)?(?:{_DELETES})){_WORDS}?{_ENDS}"
    rf"|(?:我要|我想|请|帮我|麻烦|给我)*(?:{_DELETES})(?P<deleted>{_WORDS}{{2,14}}?){_ENDS}"
)


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such words; nothing for all others."""
    text = text.strip()
    if said := _WITHDRAWS.fullmatch(text):
        return _withdraw(turn, said["what"] or said["said"] or "")
    for clause in _CLAUSES.split(text):
        if (said := _REFUSES.fullmatch(clause)) and (what := next(filter(None, said.groups()), "")) and _names(turn, what):
            return _refuse(turn, what)
    if (said := _GIVES.fullmatch(text)) and _names(turn, said["what"]):
        return _give(turn, said["what"])
    return ""


#: What ends a clause; a question decides nothing and is none.
_CLAUSES = re.compile(r"[\s,，。.;；!！]+")


def _names(turn: Turn, what: str) -> bool:
    """Tell whether words name what is kept with consent, and nothing else: 你们记我的体温; 孩子去社区打卡点拍照 names more."""
    called = {word for one in turn.context.services.purposes.values() for word in (one.title, *one.called)}
    left = what
    for word in sorted(called, key=len, reverse=True):
        left = left.replace(word, "")
    return left != what and not _BESIDE.sub("", left)


def _meant(turn: Turn, what: str) -> Sequence[Purpose]:
    """Return what is called so, the one with the most fitting name alone: 孩子的健康打卡 is not 健康打卡."""
    fitting = [
        one for one in turn.context.services.purposes.values() if what == one.title or any(word in what for word in one.called)
    ]
    exact = [one for one in fitting if what == one.title]
    guardians = [one for one in fitting if one.as_guardian]
    return (exact or guardians or fitting)[:1]


def _withdraw(turn: Turn, what: str) -> str:
    persons = personal.persons(turn, turn.openid)
    purposes = _meant(turn, what) if what else tuple(turn.context.services.purposes.values())
    if not purposes:
        return ""
    held = [(one, person) for one in purposes for person in persons if consents.in_force(turn, person, one)]
    if not held:
        return _say(turn, "privacy.not_consented", title="、".join(one.title for one in purposes))
    gone = [_end(turn, person, purpose) for purpose, person in held]
    kept = list(dict.fromkeys(one.kept for one, _ in held))
    title = next(iter(purposes)).title if what else held[0][0].title
    return _say(
        turn,
        "privacy.withdrawn",
        titles="、".join(dict.fromkeys(one.title for one, _ in held)),
        kept="、".join(kept),
        rows=sum(gone),
        title=title,
    )


def _end(turn: Turn, person: Resident, purpose: Purpose) -> int:
    return consents.end(turn, person, purpose)


def _refuse(turn: Turn, what: str) -> str:
    """Take back the consent that is meant, or keep in mind that none will be given; a question about it that stands open is left."""
    if not (purposes := _meant(turn, what)):
        return ""
    [purpose] = purposes
    if any(consents.in_force(turn, person, purpose) for person in personal.persons(turn, turn.openid)):
        return _withdraw(turn, what)
    if turn.resident is not None and turn.flat is not None and not consents.refused(turn, turn.resident, purposes):
        consents.refuse(turn, purpose)
    turn.closes.update(purpose.intents)
    return _say(turn, "privacy.refused", title=purpose.title)


def _give(turn: Turn, what: str) -> str:
    purposes = _meant(turn, what)
    if not purposes or turn.open in purposes[0].intents:  # it asks for the consent itself, when it is needed
        return ""
    [purpose] = purposes
    if turn.resident is None or turn.flat is None:
        return _say(turn, "privacy.not_bound", title=purpose.title)
    is_new = consents.held(turn, turn.resident, purpose) is None
    consents.give(turn, purpose, consents.Given.SAID)
    return _say(turn, "privacy.given" if is_new else "privacy.given.before", title=purpose.title, asks=purpose.words(turn))


def _say(turn: Turn, message: str, **values: object) -> str:
    return turn.words(turn.context.messages[message], **values)
