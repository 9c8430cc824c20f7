"""Whether a pass says who invited: the building alone, unless a resident wants their name on it."""

import re

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.contract import Lookup, Resident, Turn, Work
from integrations.visitor_passes import passes
from integrations.visitor_passes.models import Pass

_ON = "(?:上面?|里面?|那?上头)?"
_BEGINS = r"(?:请|麻烦|帮我|给我|你|那|就|还是|以后|[把在,，\s])*"
_PASS = f"(?:这张|那张|我的|发给[他她]的|客人的)?(?:通行证|访客码|通行码){_ON}"
_MINE = "(?:我的?|本人的?|主人的?)(?:名字|姓名|名)"
_ENDS = r"[吧了啊呀的哦啦就行好\s,，。.!！~～]*"

#: The whole message: 通行证上写我的名字, 在通行证上显示我姓名; 通行证上别写我的名字.
_NAMES = re.compile(
    rf"{_BEGINS}{_PASS}(?:要|也|可以|请|帮我|给我)*(?:写上?|显示|放上?|加上?|印上?|留下?|带上?){_MINE}{_ENDS}|{_BEGINS}{_MINE}(?:要|也)*(?:写|显示|放|加|印)(?:在|到|上)+{_PASS}{_ENDS}"
)
_HIDES = re.compile(
    rf"{_BEGINS}{_PASS}(?:请|就|还是)*(?:别|不要|不用|不想|不|甭|勿|莫)(?:再|要)?(?:写上?|显示|放上?|加上?|印上?|留下?|带上?|露出?)(?:出)?{_MINE}{_ENDS}|{_BEGINS}(?:把)?{_PASS}的?{_MINE}(?:去掉|拿掉|删掉|删了|隐藏|藏起来|抹掉){_ENDS}"
)


#: Characters of such a message; longer ones are about something else, and are not looked through.
_LONGEST = 40


def hear(turn: Turn, text: str) -> str:
    """Write a resident's name on their passes, or take it off, and on those they make from now on; empty for all other words."""
    said = text.strip()
    if len(said) > _LONGEST:
        return ""
    wants = True if _NAMES.fullmatch(said) else False if _HIDES.fullmatch(said) else None
    if wants is None or turn.resident is None or not turn.is_bound:
        return ""
    theirs = [one for one in passes.open_ones(turn) if one.resident_id == turn.me.id]
    if not theirs:
        return turn.words(turn.context.messages["visitor.no_pass_to_name"])
    for one in theirs:
        if one.names_host != wants:
            one.names_host = wants
            turn.session.add(one)
            turn.record("visitor.changed", one.subject, host=True)
    return turn.words(
        turn.context.messages["visitor.named"],
        names=wants or "",
        hides=not wants or "",
        host=turn.me.name,
        url=passes.link(turn, theirs[0]),
    )


_NEWEST = Lookup(select(Pass.names_host).where(Pass.resident_id == bindparam("whose")).order_by(col(Pass.id).desc()).limit(1))


def is_named_by(work: Work, resident: Resident) -> bool:
    """Tell whether a resident's newest pass says who invited: the next one does as it did."""
    return bool(_NEWEST.first(work.session, whose=resident.id))
