"""What is to go of check-ins: somebody's of the family alone (老公不愿意记 删掉他的), or all (我的打卡记录能删吗), once that was read back."""

import re
from dataclasses import dataclass

from sqlmodel import func, or_, select

from bot.contract import Ask, Reply, Turn, Wish, action, consents, is_somebody
from integrations.health import people, purposes, reports, tasks
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


#: All of one's check-ins, asked about: 怎么删打卡记录, 打卡能不能删掉.
_OF_THEM = r"(?:健康)?(?:打卡|体温|症状|健康)(?:的)?(?:记录|数据|信息|历史|情况)?"
_GOES = "删[除掉了]?|清空|清除|清掉|抹掉|去掉"
_CLEARS = re.compile(rf"{_OF_THEM}[^，,。]{{0,8}}(?:{_GOES})|(?:{_GOES})[^，,。]{{0,4}}{_OF_THEM}")
_ASKS = re.compile("[吗么嘛不]|怎么|怎样|如何|哪里|哪儿|能删|可以删|几时|想删|要删")
#: A single one, what is not to go, and what is something else's.
_NOT_ALL = re.compile(
    "别删|不要删|不删|不能删|不会删|没删|谁删|为什么|[那这]条|[一二两三]条|昨|前天|今天|上周|上次|刚才|通行|访客|绑定|报修|聊天|同意|多久|自动|什么时候|孩子|小孩"
)


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """Whether it was asked for in words that are heard before all else, and whether what was read back is agreed to."""

    heard: bool | None = None
    sure: bool | str | None = None


@action("health.clear", Clearing, replies={"sure": "rows", "done": "rows", "kept": "rows", "none": ""})
def clear(turn: Turn, slots: Clearing) -> Reply | Ask:
    """Delete all that somebody told, and keep no more: the consent ends with it; what goes is read back before."""
    if turn.resident is None or turn.flat is None:
        return Reply("none", ok=False)
    told = or_(CheckIn.resident_id == turn.me.key, CheckIn.reporter_id == turn.me.key)
    rows = turn.session.exec(select(func.count()).select_from(CheckIn).where(told)).one()
    if not rows and not consents.in_force(turn, turn.me, purposes.CHECK_IN):
        return Reply("none", ok=False)
    if slots.heard and slots.sure is None:
        return Ask(slot="sure", name="sure", options={}, values={"rows": rows}, called_off="kept", agreed="yes")
    if slots.sure in {False, "no"}:
        return Reply("kept", rows=rows, ok=False)
    return Reply("done", rows=consents.end(turn, turn.me, purposes.CHECK_IN))


def _wants_all_gone(text: str) -> bool:
    """Tell whether words ask about the deletion of all check-ins of whoever speaks; who only says so is told how (privacy.part)."""
    if len(text) > 24 or _NOT_ALL.search(text) or not _CLEARS.search(text) or reports.read(text):
        return False
    return _ASKS.search(text) is not None


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to such words of somebody of the family; nothing for all others, and for whoever speaks of all children."""
    if _wants_all_gone(text.strip()):
        return Wish(intent="health.clear", values={"heard": True})
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
