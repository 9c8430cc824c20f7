"""Whoever stands before the gate and writes themselves: who brings an order, who visits somebody. They live nowhere here, and read what to do."""

import re

from bot.contract import Turn

#: Of whoever brings something: 我是送外卖的, 快递员, 我来3栋送货.
_BRINGS = re.compile(
    "(?:我们?|俺)(?:就|只)?是?(?:来|过来|到|去|要|在|给).{0,8}?送(?:外卖|快递|快餐|餐|货|水|菜|奶|花|药|件|包裹|东西|家具|家电)"
    "|(?:我们?|俺)(?:就|只)?是?送(?:外卖|快递|快餐|餐|货|水|菜|奶|花|药|件|包裹|东西|家具|家电)"
    "|(?:我们?|俺)(?:就|只)?是(?:个)?(?:美团|饿了么|顺丰|京东|中通|圆通|申通|韵达|邮政|菜鸟)?(?:外卖|快递|骑手|跑腿|闪送|配送|送餐|送货|美团|饿了么|顺丰|京东)"
    "|^(?:你好|您好|师傅|[，, ])*(?:外卖员?|快递员?|骑手|送货的?|配送员?|跑腿)(?:小哥)?[，,。 ]"
)

#: Of whoever visits somebody: 我是来找朋友的, 我来看我妈.
_VISITS = re.compile(
    "(?:我们?|俺)是?(?:来|过来|要|想|到你们小区|到这里)*(?:找|看|看望|拜访|探望)(?:一?个|我|你们)*(?:的)?(?:朋友|亲戚|同学|同事|客户|老乡|爸|妈|父母|奶奶|爷爷|外婆|外公|姐|妹|哥|弟|女儿|儿子|闺女|人|[\u4e00-\u9fff]{0,4}(?:栋|单元|楼))|我是(?:来)?(?:访客|客人|做客的)"
)

#: Says that they do not get in.
_STUCK = re.compile(
    "进不[去来了到]|进唔到|不[让给准许](?:我|我们)?进|不放|怎么进|咋进|如何进|能不能进|能进|[让放](?:我|我们)进|开(?:一?下|个)?门|拦[住着下我]|(?:大|小区|南|北|东|西|正)门口|(?:没有?|要|需要|问)(?:我)?(?:要)?(?:通行|访客)?码"
)

#: Signs of such a message.
_LONGEST = 40


def hear(turn: Turn, text: str) -> str:
    """Tell whoever stands outside whom to call; empty for guests of their own, and for all other words."""
    said = text.strip()
    if len(said) > _LONGEST:
        return ""
    brings = _BRINGS.search(said)
    is_stuck = _STUCK.search(said) is not None
    is_coming = brings is not None and "送" in brings[0] and brings[0] == said.rstrip("的。！!了呢啊 ")
    if not (is_stuck or is_coming) or not (brings or (not turn.is_bound and _VISITS.search(said))):
        return ""
    turn.closes |= {turn.open, *turn.waiting} - {""}
    return turn.words(turn.context.messages["visitor.courier" if brings else "visitor.outside"])
