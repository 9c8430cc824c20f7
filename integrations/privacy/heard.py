"""Words that take a consent back or give it: 撤回同意, 撤回健康打卡的同意, 同意健康打卡. As easily as it was given."""

import re
from collections.abc import Sequence

from bot.contract import Purpose, Resident, Turn, consents, personal

_BEGINS = r"(?:我|俺|我要|我想|我现在|现在|请|麻烦|帮我|给我|把|那|就)*"
_ENDS = r"(?:了|吧|啊|谢谢|[\s,，。.!！~～])*"

#: The whole message, nothing else: whoever says more is answered by what they mean.
_WITHDRAWS = re.compile(
    rf"{_BEGINS}(?:撤回|收回|取消|撤销|撤掉|不再)(?:我|俺)?(?:对|关于|给)?(?:的)?(?P<what>[\u4e00-\u9fff0-9]{{0,12}}?)(?:的)?(?:同意|授权)(?:书)?{_ENDS}"
    rf"|{_BEGINS}(?:(?P<said>[\u4e00-\u9fff0-9]{{2,10}}?)(?:的)?(?:同意|授权)(?:我)?(?:要)?(?:撤回|收回|取消)){_ENDS}"
)
_GIVES = re.compile(
    rf"{_BEGINS}(?:又|重新|愿意|还是)?(?<!不)同意(?:对|记|存|保存)?(?P<what>[\u4e00-\u9fff0-9]{{2,12}}?)(?:的同意)?{_ENDS}"
)


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such words; nothing for all others."""
    text = text.strip()
    if said := _WITHDRAWS.fullmatch(text):
        return _withdraw(turn, said["what"] or said["said"] or "")
    if said := _GIVES.fullmatch(text):
        return _give(turn, said["what"])
    return ""


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


def _give(turn: Turn, what: str) -> str:
    purposes = _meant(turn, what)
    if not purposes or turn.resident is None or not consents.refused(turn, turn.resident, purposes):
        return ""  # who was never asked is asked when it is needed
    [purpose] = purposes
    consents.give(turn, purpose, consents.Given.SAID)
    return _say(turn, "privacy.given", title=purpose.title, asks=purpose.words(turn))


def _say(turn: Turn, message: str, **values: object) -> str:
    return turn.words(turn.context.messages[message], **values)
