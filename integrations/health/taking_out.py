"""Somebody of the family does not want it kept: 老公不愿意记 删掉他的. What was told of them goes, and nothing of anybody else."""

import re

from sqlmodel import select

from bot.contract import Turn, is_somebody
from integrations.health import people, reports, tasks
from integrations.health.models import CheckIn

_WHO = r"(?:我的?|俺|我家的?)?(?P<{name}>[\u4e00-\u9fff]{{1,3}}?)"
_HEALTH = "体温|症状|打卡|健康|测温"
_TAKES = "删掉|删除|删|清掉|清空|去掉|撤掉|撤回"
_UNWILLING = "不愿意?|不同意|不想|不让|不肯|不许"

_SAID = re.compile(
    rf"{_WHO.format(name='unwilling')}(?:{_UNWILLING})(?:被|让你们|你们)?(?:记录?|登记|报|打卡|存|收集)(?:体温|了|的)*[\s,，。]*(?:(?:把|请|帮我)*(?:{_TAKES})(?:[他她]的|了|掉|吧|体温|打卡|记录)*)?[\s。!！]*"
    rf"|(?:请|帮我|把|麻烦)*(?:{_TAKES}){_WHO.format(name='taken')}的?(?:{_HEALTH})(?:信息|记录|数据|的|和|症状)*(?:了|吧)?[\s。!！]*"
    rf"|(?:请|帮我|把|麻烦)*{_WHO.format(name='before')}的?(?:{_HEALTH})(?:信息|记录|数据|和|症状)*(?:都|全|全部|给我)*(?:{_TAKES})(?:了|掉|吧)*[\s。!！]*"
)


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such words of somebody of the family; nothing for all others, and for whoever speaks of all children."""
    said = _SAID.fullmatch(text.strip()) if len(text) <= 30 else None
    who = next(filter(None, said.groups()), "") if said is not None else ""
    if not who or who in ("孩子", "小孩", "自己", "我") or not is_somebody(who) or turn.resident is None or turn.flat is None:
        return ""
    word = reports.one_word(who)
    person = people.find(turn, word)
    rows = turn.session.exec(select(CheckIn).where(CheckIn.reporter_id == turn.me.key)).all()
    theirs = [
        one for one in rows if one.person == word or (person.resident is not None and one.resident_id == person.resident.id)
    ]
    for one in theirs:
        turn.session.delete(one)
    tasks.forget(turn, turn.openid, of=lambda known: known == word, why=f"{word}不愿意记，不用联系")
    return turn.words(turn.context.messages["health.taken_out"], who=word, rows=len(theirs))
