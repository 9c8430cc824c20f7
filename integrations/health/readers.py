"""Who may read check-ins: 谁能看到我家体温. Answered with the roles that may in this community, and that each look is written down."""

import re

from bot.contract import Turn, telling
from integrations.health import tasks

#: Who says more than this tells of something.
_LONGEST = 30

_WHAT = "体温|打卡|健康|症状|发烧|发热|测温"
_WHO = r"谁|哪些人|哪个|哪些|什么人|啥人|边个|几个人|多少人|哪几个|别人|外人|邻居|其他人|保安|门岗|物业|社区|网格员|你们?(?:会|能|可以)"
_SEES = "看得到|看得见|看到|看见|能看|可以看|看得|睇到|睇得|睇|知道|晓得|查得到|查到|能查|读到|给谁|看过|看"
_ASKS = re.compile(
    rf"(?:{_WHAT}).{{0,12}}(?:{_WHO}).{{0,6}}(?:{_SEES})|(?:{_WHO}).{{0,6}}(?:{_SEES}).{{0,10}}(?:{_WHAT})|(?:{_WHAT}).{{0,10}}给谁看"
)

#: It is asked, not told: 保安看到我发烧 tells; 谁 always asks.
_IS_QUESTION = re.compile(r"谁|哪些|什么人|啥人|边个|几个人|多少人|哪几个|哪个|[吗么嘛不咩伐?？]")

#: What is asked of something else: where one checks in, who checks in.
_OF_ELSE = re.compile("怎么打卡|哪里打卡|在哪|谁(?:没|还没|该|要)|帮|体温计|测温枪|中心|步道|器材")


def hear(turn: Turn, text: str) -> str:
    """Return the answer to such a question; nothing for all other words."""
    if len(text) > _LONGEST or not _ASKS.search(text) or not _IS_QUESTION.search(text) or _OF_ELSE.search(text):
        return ""
    roles = "、".join(telling.access(turn).holders(tasks.NEED))
    return turn.words(turn.context.messages["health.readers"], roles=roles, staff=len(telling.may_see(turn, tasks.NEED)))
