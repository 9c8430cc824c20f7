"""Whoever does not want somebody to come invites nobody: 我不同意我儿子来, 不让我前夫进小区."""

import re

from bot.contract import Turn, Wish, is_somebody
from integrations.visitor_passes import passes

#: Said by who lives here of somebody else; whom the gate or the office does not let in is another matter.
_REFUSES = re.compile(
    r"(?:我|俺|我们|我家|坚决|绝对|就是|也|都|可|是|请|麻烦|以后|再也)*(?:不同意|不答应|不允许|不准许?|不许|不欢迎|不愿意?让?|不想让?|不希望|不想|别让|不要让|不让|反对|拒绝|禁止)"
    r"(?:我|俺|我们|咱)?(?:家|们家)?的?(?P<who>[\u4e00-\u9fff]{1,8}?)(?:再|又|过|上|住|跑|随便)*(?:来(?!不及|源|电|回|不)|进|上门|住)(?:[我俺咱]们?家|小区|来|门|家里?|屋|去|住|了|这里|这儿|做客|的|吧|啊|呀|。|！|!|\s)*"
)

#: A bare 我 is let in by nobody but others: 不让我进.
_ONESELF = {"我", "俺", "我们", "咱", "我家", "人", "你", "你们", "师傅", "维修师傅"}

#: What is no word for somebody: 不想让别人知道她一个人住.
_NOBODY = re.compile("[不知看见说讲听]")

#: Whether these belong to the flat is what is meant of them, and the household's answer (integrations/identity).
_OF_THE_FLAT = {"房东", "二房东", "中介", "租客", "室友"}


def hear(turn: Turn, text: str) -> str | Wish:
    """Return that nobody was let in, or the calling off of who was; nothing for all other words."""
    said = _REFUSES.fullmatch(text.strip()) if len(text) <= 30 else None
    if said is None or said["who"] in _ONESELF | _OF_THE_FLAT or _NOBODY.search(said["who"]):
        return ""
    is_home = turn.resident is not None and turn.flat is not None
    if is_home and passes.open_ones(turn):
        values = {"visitor_name": said["who"]} if is_somebody(said["who"]) and said["who"] not in ("他", "她") else {}
        return Wish(intent="visitor.cancel", values=values)
    turn.closes.add("visitor.invite")
    return turn.words(turn.context.messages["visitor.unwelcome"], who=said["who"], home=is_home or "")
