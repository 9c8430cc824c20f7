"""Whose number is told: one's own, that of somebody at home, of whoever is to be called in need. Pure."""

import re

from bot.language.kinds import called, phone, plate
from bot.language.kinds.proper import FAMILIAR, NAME
from bot.language.late import Late
from bot.language.people import MINE, NUMBERED_RELATIVE, OWN_RELATIVE, RELATIVE
from bot.language.reading import Reading
from bot.language.words import ROLES

#: One's own, and that of whoever is called in need, as `whose` says them.
OWN, IN_NEED = "我", "紧急联系人"

#: Before a number that is one's own: 有事打, 打我电话, 我手机.
_OWN = re.compile(
    r"(?:(?:我|俺|咱|本人)(?:自己|本人|这边|家)?的?(?:电话|手机|号码?|联系方式|微信)+|有(?:什么|啥)?(?:急)?(?:事情?|问题|情况)[^\s,，。]{0,4}?(?:打|联系|拨|找|call)|(?:打|联系|找|拨|回|通知|给)我[^\s,，。]{0,6}?)"
    r"(?:号码?|电话|手机|是|为|换了?|改了?|变了?|成|新的?|[:：\s])*$"
)
_IN_NEED = re.compile(r"(?:紧急|应急)联[系络](?:人|电话|方式)?[^,，。]{0,12}$")
_RELATED = Late(
    rf"(?P<who>(?:{MINE})?(?:{RELATIVE}|{NUMBERED_RELATIVE}|{'|'.join(ROLES)}|(?<=[我俺咱])(?:{OWN_RELATIVE})))(?:[他她]|的|家|这边|那边)*(?:{NAME}|{FAMILIAR})?"
    r"(?:电话|手机|号码?|联系方式|是|为|[:：\s])*$"
)
#: Before a plate whose car it is: 我儿子的车, 我的车牌; of 他媳妇那台 he comes.
_OWN_CAR = re.compile(
    r"(?:我|俺|咱|阿拉)(?:们|自己)*(?:家)?的?(?:新|老)?(?:车牌?|车子)(?:号码?|牌)?(?:是|为|换成|换了?|[:：\s])*$"
)
_CAR_OF = Late(
    rf"(?<![他她])(?P<who>(?:{MINE})?(?:{RELATIVE}|{NUMBERED_RELATIVE}|(?<=[我俺咱])(?:{OWN_RELATIVE})))(?:家)?的(?:那[辆台])?(?:新|老)?(?:车牌?|车子)(?:号码?|牌)?(?:是|为|[:：\s])*$"
)
#: Whoever comes for work is called so, whatever their name.
_ANY = ("客人", "访客", "对方", "人")
_WORKERS = ("师傅", "司机")
#: Words that tell of nothing but a number and whose it is: so many at most, for what is a name and what a word can be told apart in many ways.
_ALONE = Late(
    rf"(?:[\s,，:：。、]|这个?|那个?|是|就|我的?|叫|的|打|拨|联系人?|电话号?码?|手机号?码?|号码|联系方式|[紧应]急联[系络](?:人|电话)?|有(?:什么)?急?事|找|可以|也|请|记一?下|留|备用|{RELATIVE}|{NUMBERED_RELATIVE}|(?<=我){OWN_RELATIVE}|{NAME}|{FAMILIAR}|□){{1,12}}"
)
_NAMES = Late(rf"{RELATIVE}|{NUMBERED_RELATIVE}|(?<=我)(?:{OWN_RELATIVE})|{NAME}|{FAMILIAR}|我|[紧应]急联")


def whose(said: Reading) -> str:
    """Return whose number is told: OWN, IN_NEED, 儿子; empty where nobody says, or none is told."""
    found = said.found(phone.GRAMMAR)
    before = said.text[: found[-1].begin] if found else ""
    if _IN_NEED.search(before):
        return IN_NEED
    if _OWN.search(before):
        return OWN
    return _called(_RELATED.search(before))


def whose_car(said: Reading) -> str:
    """Return whose car the plate is of that is told: OWN, 儿子; empty where nobody says."""
    found = said.found(plate.GRAMMAR)
    before = said.text[: found[-1].begin] if found else ""
    return OWN if _OWN_CAR.search(before) else _called(_CAR_OF.search(before))


def _called(related: re.Match[str] | None) -> str:
    who = called.called(related["who"]) if related is not None else ""
    return "" if who in _ANY or who.endswith(_WORKERS) else who


def is_told(said: Reading) -> bool:
    """Tell whether words tell a number, whose it is, and nothing else: 金文 13912345678, 儿子电话13900001111. A number alone does not."""
    found = said.found(phone.GRAMMAR)
    if len(found) != 1:
        return False
    rest = f"{said.text[: found[0].begin]}□{said.text[found[0].stop :]}"
    return _ALONE.fullmatch(rest) is not None and _NAMES.search(rest) is not None
