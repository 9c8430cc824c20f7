"""Which of several repairs is spoken of, by the thing or the room that only one of them is about: 灯的那张撤了吧. Pure."""

import re
from collections.abc import Mapping

_THING = re.compile(
    "天花板|单元门|推拉门|卷帘门|防盗门|闭门器|水龙头|龙头|水管|暖气|地暖|空调|热水器|油烟机|洗衣机|冰箱|马桶|地漏|下水|插座|开关|电梯|宽带|网络|电视"
    "|对讲|门禁|窗帘|纱窗|瓷砖|花洒|厨房|卫生间|厕所|客厅|主卧|次卧|卧室|书房|餐厅|阳台|楼道|走廊|车库|灯|门|窗|锁|墙|网|电(?!话)|水"
)


def spoken_of(said: str, told: Mapping[str, str]) -> str:
    """Return the key of the one whose words hold more of the things in `said` than those of all others; empty when none does."""
    things = set(_THING.findall(said))
    held = {key: sum(thing in words for thing in things) for key, words in told.items()}
    most = max(held.values(), default=0)
    meant = [key for key, number in held.items() if number == most]
    return meant[0] if most and len(meant) == 1 else ""
