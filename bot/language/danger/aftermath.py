"""What is said after an alarm: that nobody need come, that help is there, the number one calls. Pure."""

import re

from bot.language import answers
from bot.language.danger.judge import Judge
from bot.language.reading import Reading

#: 别报警 is none of them: whoever is beaten says it out of fear.
_OVER = re.compile(
    r"误报|虚惊|(?:并无|没有|并没有|不是|不见)(?:明火|着火|起火|火情)|(?:勿|不用|不要|别)(?:惊动|打119|叫消防|拉警报)|不用报警|没事|冇事|没得事|不用来|别来了|唔使嚟|搞错|弄错|按错|发错|开玩笑|解决了|(?:火|火苗|明火)[^，。,]{0,3}灭(?:掉)?了|(?<![^\s，。,])(?:都|已经|总算|可算)?[扑浇盖弄]?灭(?:掉)?了|灭掉了|(?<![跑逃冲撤])出来了|人醒了|醒过来了|找到(?:人|孩子|娃)?了|救出来了|好了$"
)
#: Who has come: 救护车进来了, 消防到了.
_HELPED = re.compile(
    r"(?:120|119|110|救护车|消防车?|警察|民警|医生|保安|师傅|你们的?人)\S{0,4}(?:来了|到了|进来了|接走了|拉走了)"
)

#: Nobody came to harm by what was told: 莫绊着，人好着呢.
_UNHURT = re.compile(
    r"(?:没有?|莫|冇|未|弗)(?:人)?(?:受伤|伤[着到]|绊[着到]|摔[着到倒]?|磕[着到]|碰[着到]|砸[着到]|烫[着到]|夹[着到]|滑倒|吓[着到])"
    r"|(?:人|孩子|娃|老人|狗)(?:倒|都|也|还|是)*(?:没事|好着|平安|好好的)"
)

_NOT_OVER = re.compile("吗|么|不是|还没|没好|怎么|？|[?]")

_STILL = re.compile("还有|还在|还困|出不[来去]")

_NUMBER = re.compile(r"(?:打|拨|叫)?(?:1(?:20|19|10)|一二零|幺二零|一一九|幺幺九|一一零|幺幺零)[!！。.，,\s]*")


def is_over(said: Reading, judge: Judge) -> bool:
    """Tell whether the words say that nobody need come: 误报, 没事了, 取消."""
    return answers.is_cancel(said.raw) or _says(said, _OVER, judge)


def is_helped(said: Reading, judge: Judge) -> bool:
    """Tell whether the words say that help has come: 救护车进来了."""
    return _says(said, _HELPED, judge)


def is_unhurt(said: Reading, judge: Judge) -> bool:
    """Tell whether the words say that nobody came to harm, and nothing worse after it: 莫绊着，人好着呢."""
    return _says(said, _UNHURT, judge)


def is_number(text: str) -> bool:
    """Tell whether the message is nothing but a number that one calls: 120."""
    return _NUMBER.fullmatch(text.strip()) is not None


def _says(said: Reading, words: re.Pattern[str], judge: Judge) -> bool:
    """Tell whether a message says so, and goes on with nothing worse: 火灭了，可是我妈晕倒了 is another alarm."""
    told = words.search(said.raw)
    if told is None or _NOT_OVER.search(said.raw) is not None:
        return False
    rest = said.raw[told.end() :]
    return _STILL.search(rest) is None and (not rest or judge.find(said.part(rest)) is None)
