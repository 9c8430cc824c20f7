"""Words that take back what was said before, and what a message denies. Pure."""

import re

_A_NUMBER = "(?:半|[0-9一二两三四五六七八九十])"
_CORRECTION = re.compile(rf"""(?x:
    # sooner or later than was said: 推迟半小时, 得晚一天, 提前到四点, 三点才能到
    (?:推迟|推后|延后|延迟|顺延|提前|提早|往[前后][推挪延移提])(?:个|了)?{_A_NUMBER}
  | [得要会再](?:晚|早|迟)到?{_A_NUMBER}个?(?:半)?(?:天|小时|钟头|点钟|钟|星期|礼拜|周|分钟|刻钟)
  | (?:挪|推|延|调|移)(?:迟|后)?[到至] | (?:提前|推迟|延后|提早)到
  | 点半?(?:钟|多|左右)?才(?:能)?[到来]
    # another car, another person, another day
  | 换(?:了?(?:一?[辆台部架])?车|了?个?人|了?(?:日子|时间))了?(?=$|[\s,，。]) | 换了?一?[辆台部架]
    # something else instead
  | 改成|改到|改为|换成|换到|应该是|更正|纠正
  | 改(?=下?个?(?:周|星期|礼拜)|上午|下午|晚上|中午|早上|明|后|今|周|星期|礼拜|[0-9一二三四五六七八九十])
    # it was wrong; 对不对 and 是不是 only ask
  | (?<=点)不(?=[一二三四五六七八九十\d]{{1,2}}点) | (?<!对)不对 | (?<!是)不是 | 勿是|弗是|唔系 | [哦噢啊]不 | (?<=[\u4e00-\u9fff\d])不不(?=[\s,，]*(?:[\d一二两三四五六七八九十今明后周星礼下上早中晚]|是))
    # 厕所的 别把厨房当厕所
  | (?:别|不要|不是|怎么|莫|甭)(?:又|再|给我)*把[^，,。;；]{{1,8}}(?:当|看|听|写|记|弄|搞)(?:成|作|做|了)?
    # it was otherwise before
  | (?:原来|本来|原先|起先|起初)(?:[说讲定约想是报写]|打算)[^。！？!?；;]{{1,16}}(?:(?:现在|如今|后来|刚才?)[又才]?[说讲定约想是报写]|改|换)
  | 说错|写错|讲错|错了|打错|看错|记错|弄错了|搞错了 | [看说念记写听]岔 | [说写念]反了
  )""")
#: 是A不是B: what it is not is left out.
_RATHER = re.compile(r"(?<!不)是(?P<said>[^，,。;；是]{1,12}?)[,，]?(?:而)?不是[^，,。;；是]{1,12}(?=$|[，,。;；])")
#: 不是A是B: what it is not is left out.
#: 别把A当B: neither is said by it.
_TAKEN_FOR = re.compile(
    r"(?:别|不要|不是|怎么|莫|甭)(?:又|再|给我)*把[^，,。;；]{1,8}?(?:当|看|听|写|记|弄|搞)(?:成|作|做|了)?[^，,。;；\s]*"
)
_NOT_THAT = re.compile(r"(?:不是|唔系|勿是|弗是|[哦噢啊]不是?)[^，,。;；是]{1,12}?[,，、\s]*(?P<rather>(?:而)?(?:就?是|系)\S)")


def corrects(text: str) -> bool:
    """Tell whether a message takes back something said before: 改成四点, 不对."""
    return _CORRECTION.search(text) is not None


def without_denied(text: str) -> str:
    """Return what is said without what it is not: 是A不是B and 不是B是A both say A."""
    text = _without(text, _TAKEN_FOR)
    return affirmed(_RATHER.sub(r"是\g<said>", text))


def _without(text: str, denied: re.Pattern[str]) -> str:
    """Return a text without what is denied, unless nothing else is said."""
    left = denied.sub("", text)
    return left if left.strip(" ，,。;；!！") else text


def affirmed(text: str) -> str:
    """Return 是A for 不是B是A."""
    return _NOT_THAT.sub(r"\g<rather>", text)
