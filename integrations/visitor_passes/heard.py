"""Words that answer whether somebody at the gate may come in, whatever else stands open."""

import re

from bot.contract import Refusal, Turn, Wish
from integrations.visitor_passes import passes, walkups
from integrations.visitor_passes.models import HostAnswer, WalkUp

#: What is said to the guard and decides nothing.
REMARK = HostAnswer.WAITING

_ENDS = r"[吧了啊呀的哦啦\s,，。.!！~～]*"
_THEM = "(?:他们?|她们?|ta|人家|这个人|那个人|人)?"
_BEGINS = r"(?:好的?|行|可以|嗯|是的?|对|[我俺咱们家那就请都,，\s])*"

#: The whole message lets in, or does not: 同意进门, 放行; 不同意进门, 别让他进来.
_IN = re.compile(
    rf"{_BEGINS}(?:(?:同意|可以|能|准许)(?:让|放)?{_THEM}进(?:门|来|去|小区)?|(?:让|放|叫){_THEM}(?:进(?:门|来|去|小区)?|上来|上楼)|放行){_ENDS}",
    re.IGNORECASE,
)
_OUT = re.compile(
    rf"{_BEGINS}(?:不(?:同意|能|可以|准|行)(?:让|放)?{_THEM}进(?:门|来|去|小区)?|(?:别|不要|不用|不能|不许|甭|勿)(?:让|放|叫|给)?{_THEM}(?:进(?:门|来|去|小区)?|上来|上楼|放?行)|拦住{_THEM}){_ENDS}",
    re.IGNORECASE,
)
#: 同意, 认识: meant for the gate as long as the guard waits and nothing else is asked.
_YES = re.compile(rf"{_BEGINS}(?:同意|认识|认得|是(?:我们?家?的?)?(?:客人|朋友|亲戚|快递|外卖)){_ENDS}")
_NO = re.compile(rf"{_BEGINS}(?:不同意|拒绝|不认识|不认得|没(?:有)?(?:约|叫|请|订)(?:过|了)?(?:人|快递|外卖)?){_ENDS}")

#: Somewhere in a longer answer: 不认识 别让他进, 我没叫水; 哦送水的 让他上来吧, 是我老婆叫的.
_KEEPS_OUT = re.compile(
    rf"(?:别|不要|不用|不能|不许|甭|勿|不)(?:让|放|叫|给){_THEM}(?:进|上来|上楼|来)|不同意(?:让|放|他|她|进)|不放行|拦住|不认[识得]|没(?:有)?(?:人)?(?:约|叫|请|订|点|买)过?|轰走|赶走|让{_THEM}(?:走|回去|离开)"
)
_LETS_IN = re.compile(
    rf"(?:让|放|叫|请){_THEM}(?:进|上来|上楼)|放行|同意(?:让|放|他|她|进)|可以进|是(?:我|俺|我们|我家|我老[公婆婆]|我[爸妈儿女])?.{{0,4}}(?:叫|约|请|订|点|买)的|(?<!不)认[识得]"
)
#: What the guard is told beside: 放门口就行, 等一下我下来.
_REMARKS = re.compile(
    "放(?:在)?(?:门口|门卫|保安|岗亭|门岗|快递柜|你们那|那儿?|那里)|(?:等|稍等|等等)(?:我|一下|会儿?|下)|我(?:马上|这就|现在)?(?:下来|下去|下楼|过去|出去|到门口|来接)|(?:打|给)(?:我)?(?:电话|个电话)"
)
#: Of another day or hour: a visit that is planned, and nobody at the gate.
_LATER = re.compile("明天|后天|大后天|下周|周[一二三四五六日末]|今晚|晚上|下午|中午|早上|[0-9一二三四五六七八九十两]+点")

#: 把王芳删了, said of who has a pass.
_DELETES = re.compile(
    rf"(?:请|麻烦|帮我|给我)*(?:把|将)?(?P<who>他们|她们|他|她|ta|这个人|那个人|[\u4e00-\u9fff·]{{2,5}}?)(?:的?(?:通行证|码))?(?:也|都|给我)?(?:删|删除|去)(?:掉|除|了){_ENDS}",
    re.IGNORECASE,
)
_PRONOUN = re.compile("他们|她们|他|她|ta|这个人|那个人", re.IGNORECASE)

#: Longest answer that is looked through.
_BRIEF = 40


def deleted(turn: Turn, text: str) -> Wish | None:
    """Return the calling off of a pass, where somebody who was just invited is to be deleted: no person of the home, and no data of one's own."""
    said = _DELETES.fullmatch(text.strip()) if "visitor.invite" in turn.lately and not turn.is_asked else None
    if said is None:
        return None
    if _PRONOUN.fullmatch(said["who"]):
        return Wish(intent="visitor.cancel")
    is_guest = any(said["who"] in one.words for one in turn.context.services.matters(turn))
    return Wish(intent="visitor.cancel", values={"visitor_name": said["who"]}) if is_guest else None


#: 让维修师傅进来, 维修师傅到楼下了，放行: a worker comes now, whatever was spoken of before.
_WORKER = r"(?P<who>(?:(?![我他她让放请给的了吗])[\u4e00-\u9fff]){0,6}(?:师傅|工人|维修工|维修员|安装工|电工|水工|木工|瓦工|油漆工|施工队))(?:们|他们)?"
_LETS_WORKER = re.compile(
    rf"(?:麻烦|请|帮我|那|就|快|现在|门岗|保安|你们|[，,\s])*(?:让|放|给|准许|允许){_WORKER}(?:进(?:来|门|去|小区|我家)?|上(?:来|楼|去|门))(?:一下|修|看看|干活)*{_ENDS}"
    rf"|(?:我家|我们家|家里)?的?{_WORKER.replace('who', 'other')}(?:已经|都|刚|现在)*(?:到|来|在)了?(?:小区|我家|单元)?(?:楼下|门口|大门|门岗|岗亭)?了?[，,\s]*(?:麻烦|请|快|帮忙)*(?:放行|让{_THEM}进(?:来|去|门)?|放{_THEM}进(?:来|去|门)?|开(?:一下)?门){_ENDS}"
)


def let_in(turn: Turn, text: str) -> Wish | None:
    """Return the letting in, now, of a worker whom somebody who lives here speaks for; nothing for all other words."""
    said = _LETS_WORKER.fullmatch(text.strip()) if len(text) <= _BRIEF and turn.is_bound else None
    if said is None:
        return None
    values = {"visitor_name": said["who"] or said["other"], "starts_at": turn.now.replace(second=0, microsecond=0)}
    return Wish(intent="visitor.invite", values=values)


#: 那个时间不行, right after a pass was made.
_NOT_THEN = re.compile(
    r"(?:不好意思|抱歉|哎呀|那|我|[，, ])*(?:那个?|这个?|约的?|到时候?)(?:时间|点|时候)?(?:我|我家|家里|恐怕|可能|好像|又|都)*(?:不行|不方便|不合适|没空|没人|不在家|来不及)[了呀啊哦的吧。！!，, ]*"
)


def not_then(turn: Turn, text: str) -> str:
    """Ask to when a visit that was just made is to be moved; empty for all other words, and where a repair took them."""
    said = text.strip()
    if "visitor.invite" not in turn.lately or turn.is_asked or len(said) > _BRIEF or _NOT_THEN.fullmatch(said) is None:
        return ""
    newest = max(passes.open_ones(turn), key=lambda one: one.created_at, default=None) if turn.is_bound else None
    if newest is None:
        return ""
    return turn.words(turn.context.messages["visitor.not_then"], what=passes.called(turn, newest))


def hear(turn: Turn, text: str) -> str:
    """Take an answer to the guard's question, or tell the guard what is said beside; empty where nobody waits at the gate, and for all other words."""
    said = text.strip()
    if turn.resident is None or len(said) > _BRIEF or not (agrees := _meant(said)):
        return ""
    one = walkups.at_home(turn, said)
    if one is None or not _is_of(one, said, turn):
        return ""
    try:
        if agrees is REMARK:
            walkups.remark(turn, one, said)
        else:
            walkups.answer(turn, one, turn.me, agrees=agrees is HostAnswer.YES, words=said)
    except Refusal as refusal:
        return str(refusal)
    known = {HostAnswer.YES: "yes", HostAnswer.NO: "no", REMARK: "remark"}[agrees]
    return turn.words(
        turn.context.messages["visitor.answered"],
        who=one.who,
        said=said,
        **{name: name == known or "" for name in ("yes", "no", "remark")},
    )


def _meant(said: str) -> HostAnswer | None:
    """Return what words may answer to the guard: WAITING for a remark that decides nothing."""
    if _IN.fullmatch(said) or _YES.fullmatch(said):
        return HostAnswer.YES
    if _OUT.fullmatch(said) or _NO.fullmatch(said):
        return HostAnswer.NO
    if _LATER.search(said):
        return None
    if _KEEPS_OUT.search(said):
        return HostAnswer.NO
    if _LETS_IN.search(said):
        return HostAnswer.YES
    return REMARK if _REMARKS.search(said) else None


def _is_of(one: WalkUp, said: str, turn: Turn) -> bool:
    """Tell whether words are about who stands at the gate: they speak of coming in, or the guard waits and nothing else is asked."""
    if _IN.fullmatch(said) or _OUT.fullmatch(said):
        return True
    if one.answer is not HostAnswer.WAITING:  # 等等 不对 我不认识他: who let somebody in may think better of it
        return one.answer is HostAnswer.YES and one.answered_by == turn.me.id and _KEEPS_OUT.search(said) is not None
    is_bare = _YES.fullmatch(said) or _NO.fullmatch(said)
    return turn.now - one.asked_at < walkups.WAITS and not (turn.is_asked and is_bare)
