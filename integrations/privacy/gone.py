"""Questions about deleting: 我的信息删了吗, 注销以后还能回来吗. They are answered from what rows say, and delete nothing."""

import re
from datetime import timedelta

from bot.contract import SHANGHAI, Turn, leaving

#: How long a deletion takes at most.
AT_MOST = timedelta(hours=24)

#: Who says more than this tells of something.
_LONGEST = 30

_BESIDE = (
    "(?:我|俺|咱|阿拉|家|的|啲|嘅|个人|信息|资料|数据|账号|账户|帐号|记录|聊天|电话|手机号|号码|档案|体温|打卡|身份证|照片|都|全|部|到底|现在|那|这些|上次|之前|昨天|前天|刚才|上周|说|要|让|叫|你|们|您|给|帮|把|已经|"
    r"真|是不是|有没有|请问|系统|里|面|物业|喂|怎么|还没?|过|[\s,，。])*"
)
_GOES = "(?:删除|删|注销|销户|清空|清除|清|抹)"
_IS_IT = "(?:了吗|了没有?|了么|了嘛|了冇|了伐|勒伐|没有?|没得|冇|未|咗未|咗冇|了不|吗|么|嘛|成功|到哪一?步了?|到哪里?了|多久|什么时候好|什么时候删?完)"

#: Asks whether it was done, and nothing else: 删完了没, 我的信息有没有删掉, 怎么还没删.
_WHETHER = re.compile(
    rf"{_BESIDE}{_GOES}(?:掉|完|好|干净|光|咗)?{_IS_IT}(?:吗|没|了|啊|呀|呢|[\s?？。!！])*"
    rf"|{_BESIDE}(?:是不是|有没有|怎么还没|还没){_BESIDE}{_GOES}(?:掉|完|好|干净|光)?(?:了|吗|么|啊|呀|呢|[\s?？。!！])*"
)

#: Asks whether one may come back: 注销以后还能回来吗, 删了还能重新绑吗.
_BACK = re.compile(
    rf"{_GOES}[^？?]{{0,10}}(?:还|又|再|重新|仲|以后|之后|完|了)[^？?]{{0,4}}(?:能|可以|可不可以|得|怎么|咋|会|用)[^？?]{{0,8}}(?:回来|绑|用|恢复|找回|找得回|登记|注册|加|进来|后悔|撤)"
    rf"|{_GOES}[^？?]{{0,10}}(?:能|可以|可不可以|怎么|咋)[^？?]{{0,6}}(?:再|重新|又|反悔|恢复|找回|回来)|{_GOES}[^？?]{{0,6}}(?:恢复|找回|找得回|反悔|撤销)[^？?]{{0,4}}(?:吗|么|不|没)"
)
_ASKS = re.compile(r"[吗么嘛不没咩伐冇?？]|怎么|咋|能不能|可不可以|呢$")

#: Called off or taken out, and not all that is known: a pass, a repair, an invitation.
_OF_ELSE = re.compile("通行|访客|客人|报修|工单|邀请|家人|朋友|通知|群|帖|小程序")


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such a question; nothing for all other words."""
    if len(text) > _LONGEST or _OF_ELSE.search(text):
        return ""
    if _BACK.search(text) and _ASKS.search(text):
        return turn.words(turn.context.messages["privacy.back"])
    if not _WHETHER.fullmatch(text):
        return ""
    asked_at = leaving.asked_at(turn)
    if asked_at is not None:
        at, until = (f"{one.astimezone(SHANGHAI):%-m月%-d日 %H:%M}" for one in (asked_at, asked_at + AT_MOST))
        return turn.words(turn.context.messages["privacy.deleting"], at=at, until=until)
    lines = leaving.lines_of(turn)
    name = "privacy.not_deleting" if turn.is_bound or lines else "privacy.nothing_left"
    return turn.words(turn.context.messages[name], flat=turn.flat.label if turn.flat else "", lines=lines or "")
