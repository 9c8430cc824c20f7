"""What helps a small child with a high fever, said before all else of it; a fit or worse is an alarm, which says so itself."""

import re

from bot.contract import Turn, temperatures

#: From which a child's fever is high.
HIGH = 39.0

#: Small children, by what they are called or how old they are said to be.
_SMALL = re.compile(
    "孩子|小孩|宝宝|宝贝|[大小二三]宝|娃|崽|囡|细路|仔仔|伢|豆豆|毛毛|乐乐|妞妞|果果|朵朵|丫头|儿子|女儿|闺女|孙|幺[儿女]"
    "|(?<![0-9十百])(?:[0-6]|[一二两三四五六])(?:个?半)?周?岁|(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})个(?:多|半)?月"
)
_GROWN = re.compile(
    "(?:[七八九]|1[0-9]|[2-9][0-9]|十[一二三四五六七八九]?|[二三四五六七八九]十.?)周?岁|老公|老婆|老伴|我[爸妈爷奶]|老人"
)


def warn(turn: Turn, text: str) -> str:
    """Return the advice where words tell of a small child's high fever; empty for all others."""
    if not _SMALL.search(text) or _GROWN.search(text) or all(one.degrees < HIGH for one in temperatures(text)):
        return ""
    return turn.words(turn.context.messages["health.high_fever"])
