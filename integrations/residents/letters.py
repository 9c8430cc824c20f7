"""Big letters and few words, for who asks for them: 字太小了, 大字, 看不清; taken back by 小字."""

import re

from bot.contract import Turn

#: Letters of such a message at most.
_LONGEST = 20

_END = r"(?:啊|呀|呢|吧|了|嘛|点|一点|些|谢谢)*[。!！~～]*"
_LARGER = re.compile(
    rf"(?:(?:你|您|这|那|手机|屏幕|页面|上面|你们|里面)*(?:的)?字(?:体)?(?:也)?(?:太|有点|好|真|老|这么|那么|实在)?(?:太)?小(?:得很)?(?:了)?(?:[，, ]?(?:我)?(?:看不(?:清|见|清楚|到|了)|眼睛花|眼花))?"
    rf"|(?:我)?(?:老了|年纪大|眼睛不好|老花眼|眼花|眼睛花)?(?:了)?[，, ]?(?:我)?(?:看不清楚?|看不见字|看不清字|看着费劲|看着累|字看不清)"
    rf"|(?:请|帮我|给我|能不能|可以|要|想要|换成?|用|开|打开|改成?|调成?|切换到?)*(?:大字(?:版|模式|号)?|老人版|长辈版|老年(?:版|模式)|大号字|大一点的字|字大一?点|字体?(?:放|调|变|弄|搞)?大(?:一点|点|些)?|(?:放|调|变)大(?:一点|点)?(?:字|字体))(?:吗|行吗|可以吗)?)"
    rf"|(?:呢|嗰)?(?:啲|的|个)?字(?:体)?(?:太|好|咁|真|真系)?(?:细|小)(?:得滞)?(?:啦|喇|咯|了)?(?:我|俺)?(?:睇唔(?:清楚?|到|见)|看不(?:清楚?|见|到))?"
    rf"{_END}"
)
#: What may stand beside it, in a breath of its own: 睇唔清, 可唔可以大啲.
_BESIDE = re.compile(
    rf"(?:我|俺)?(?:睇唔(?:清楚?|到|见)|看不(?:清楚?|见|到)|眼睛?(?:花|不好)|老花眼?)(?:了|啦|喇)?"
    rf"|(?:可唔可以|能不能|可不可以|可以|能|帮我|给我|麻烦|唔该|请|你们?)*(?:放|调|整|弄|变|搞)?大(?:啲|点|一点|些)儿?(?:吗|么|不|行吗|得唔得)?{_END}"
)
_PAUSES = re.compile(r"[，,。.！!？?\s]+")
_SMALLER = re.compile(
    rf"(?:请|帮我|给我|要|想要|换成?|换回|用|改成?|改回|调成?|回到|恢复|关掉?|关闭|取消|不要|不用)*(?:小字(?:版|模式)?|正常字|普通字|原来的字|大字(?:版|模式)?|字小一?点|字太大(?:了)?)(?:了|吧|吗)?{_END}"
)
_OFF = re.compile("小字|正常|普通|原来|关|取消|不要|不用|字小|太大|恢复|回到")


def hear(turn: Turn, text: str) -> str:
    """Return what follows from such words, whatever else is open: it waits; nothing for all others."""
    said = text.strip()
    if len(said) > _LONGEST:
        return ""
    if _SMALLER.fullmatch(said) and _OFF.search(said):
        _note(turn, large=False)
        return turn.words(turn.context.messages["residents.small"])
    if _is_larger(said):
        _note(turn, large=True)
        return turn.words(turn.context.messages["residents.large"])
    return ""


def _is_larger(said: str) -> bool:
    """Tell whether the whole message, breath by breath, asks for bigger letters."""
    breaths = [words for words in _PAUSES.split(said) if words]
    asks = [_LARGER.fullmatch(words) is not None for words in breaths]
    return _LARGER.fullmatch(said) is not None or (
        any(asks) and all(ask or _BESIDE.fullmatch(words) for ask, words in zip(asks, breaths, strict=True))
    )


def _note(turn: Turn, *, large: bool) -> None:
    turn.is_large = large
    turn.record("resident.letters", turn.resident.about if turn.resident else "", how="large" if large else "usual")
