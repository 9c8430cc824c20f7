"""Words that answer whether somebody at the gate may come in, whatever else stands open."""

import re

from bot.contract import Refusal, Turn
from integrations.visitor_passes import walkups
from integrations.visitor_passes.models import HostAnswer

_ENDS = r"[吧了啊呀的哦啦\s,，。.!！~～]*"
_THEM = "(?:他们?|她们?|ta|人家|这个人|那个人|人)?"
_BEGINS = r"(?:好的?|行|可以|嗯+|是的?|对|[我俺咱们家那就请都,，\s])*"

#: 同意进门, 让他进来, 放行: of the gate and of nothing else.
_IN = re.compile(
    rf"{_BEGINS}(?:(?:同意|可以|能|准许)(?:让|放)?{_THEM}进(?:门|来|去|小区)?|(?:让|放|叫){_THEM}(?:进(?:门|来|去|小区)?|上来|上楼)|放行){_ENDS}",
    re.IGNORECASE,
)
#: 不同意进门, 别让他进来, 不要放行.
_OUT = re.compile(
    rf"{_BEGINS}(?:不(?:同意|能|可以|准|行)(?:让|放)?{_THEM}进(?:门|来|去|小区)?|(?:别|不要|不用|不能|不许|甭|勿)(?:让|放|叫|给)?{_THEM}(?:进(?:门|来|去|小区)?|上来|上楼|放?行)|拦住{_THEM}){_ENDS}",
    re.IGNORECASE,
)
#: 同意, 认识: meant for the gate as long as the guard waits and nothing else is asked.
_YES = re.compile(rf"{_BEGINS}(?:同意|认识|认得|是(?:我们?家?的?)?(?:客人|朋友|亲戚|快递|外卖)){_ENDS}")
_NO = re.compile(rf"{_BEGINS}(?:不同意|拒绝|不认识|不认得|没(?:有)?(?:约|叫|请|订)(?:过|了)?(?:人|快递|外卖)?){_ENDS}")


def hear(turn: Turn, text: str) -> str:
    """Take an answer to the guard's question; empty where nobody waits at the gate, and for all other words."""
    said = text.strip()
    is_named = bool(_IN.fullmatch(said) or _OUT.fullmatch(said))
    if turn.resident is None or not (is_named or _YES.fullmatch(said) or _NO.fullmatch(said)):
        return ""
    one = walkups.at_home(turn)
    if one is None:
        return ""
    is_awaited = one.answer is HostAnswer.WAITING and turn.now - one.asked_at < walkups.WAITS and not turn.is_asked
    if not is_named and not is_awaited:
        return ""
    agrees = bool(_IN.fullmatch(said) or (not _OUT.fullmatch(said) and _YES.fullmatch(said)))
    try:
        walkups.answer(turn, one, turn.me, agrees=agrees)
    except Refusal as refusal:
        return str(refusal)
    return turn.words(
        turn.context.messages["visitor.answered"], who=one.who, yes="yes" if agrees else "", no="" if agrees else "no"
    )
