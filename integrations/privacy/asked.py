"""Words of a consent by themselves: 为什么要我同意 asks about it, 同意 and 不同意 answer nothing where none is asked for.

Nobody's vote is meant by them, and nothing is given or taken back by a word that was said to no question.
"""

import re
from collections.abc import Sequence

from bot.contract import NoSlots, Purpose, Reply, Turn, Wish, action, consents, handoffs, personal

#: Who says more than this tells of something.
_LONGEST = 24

_CONSENT = re.compile("同意|授权")

#: Asks what a consent is for, who reads what is kept, for how long, what follows from a no.
_ASKS = re.compile(
    "为什么|为啥|干嘛|干吗|干什么|干啥|凭什么|凭啥|怎么|有什么用|有啥用|什么意思|啥意思|必须|一定要|非要|能不能|可不可以|可以不|要是不|如果不|不同意的?话|不同意.{0,2}(?:会|行|可以|能)|同意了?(?:会|就会|又)"
    "|给谁|谁能|谁看|多久|要我同意(?:什么|啥)|同意(?:个)?(?:什么|啥)(?!了)|要不要同意|该不该"
)

#: A consent to something of the community's, which no consent of ours is.
_OF_ELSE = re.compile("票|投|电梯|业委会|业主|物业费|涨|装|改造|加梯|签字|大会|施工|调价|停车|撤回|收回|撤销|哪些|取消|来|转人工")

#: The whole message says yes or no to a consent.
_BARE = re.compile(
    r"(?:我|俺|咱|我们|坚决|还是|都|全|完全|现在|也|那|就|好|行|嗯)*(?:不同意|不授权|同意|授权|我?拒绝)(?:[了的啊呀吧呢哈啦]|就是|谢谢|[\s,，。.!！~～])*"
)
#: Why, by itself: it is asked of the consent that stands open. Each sign may be read in one way alone.
_WHY = re.compile(
    "为什么|为啥|为何|为么|干嘛|干吗|干什么|干啥|做啥|凭什么|凭啥|点解|做咩|咋|怎么|有什么用|有啥用|什么意思|啥意思|什么用|啥用|做什么|给谁|谁(?:能|会|可以)?看|多久|安全吗|会不会|泄露|必须|一定要|非要|能不能不|可以不|不同意会"
)
_OF_IT = re.compile(
    "(?:为什么|为啥子?|为何|为么子?|干嘛|干吗|干什么|干啥|做啥|凭什么|凭啥|点解|做咩|咋|怎么|有什么用|有啥用|什么意思|啥意思|什么用|啥用|做什么|给谁|谁|多久|安全|会不会|泄露|必须|一定|非要?|能不能|可以|不同意|会|能|看|"
    r"要|得|问|记|存|收|填|登记|这个|这些|这|那|体温|信息|健康|症状|孩子|我|你|们|您|的|还|又|老|总|是|都|先|用|来|去|啊|呀|呢|嘛|吗|么|哦|啦|了|到|拿|不|说|知道|同意|嘞|哟|同样|怎样|样|[\s,，。.?？!！~～])++"
)


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to such words; nothing for all others, and nothing where a question stands open that a yes or no answers."""
    text = text.strip()
    if len(text) <= _LONGEST and _CONSENT.search(text) and _ASKS.search(text) and not _OF_ELSE.search(text):
        return Wish(intent="privacy.why")
    if turn.asks_consent and len(text) <= _LONGEST and _WHY.search(text) and _OF_IT.fullmatch(text) and _open(turn):
        return Wish(intent="privacy.why")
    if not _BARE.fullmatch(text) or turn.is_asked or turn.lapsed in _asking(turn):
        return ""
    if task := handoffs.current(turn):  # somebody of the office may have asked, or soon reads it
        handoffs.add(turn, task, text)
        return turn.words(turn.context.messages["handed_off.more"], number=task.number, words=text)
    known = "、".join(one.title for one in turn.context.services.purposes.values())
    return turn.words(turn.context.messages["privacy.nothing_asked"], given=given(turn), known=known)


@action("privacy.why", replies={"asked": "why", "all": "known given"}, shows=True)
def why(turn: Turn, slots: NoSlots) -> Reply:
    """Tell why a consent is asked for: the one whose question stands open, which is put again behind this, else all there are."""
    if asked := [one for one in _open(turn) if turn.resident is None or consents.held(turn, turn.resident, one) is None]:
        return Reply("asked", why=asked[0].reason(turn))
    known = [f"· {one.title}：{one.words(turn)}" for one in turn.context.services.purposes.values()]
    return Reply("all", known="\n".join(known), given=given(turn))


def given(turn: Turn) -> str:
    """Return what somebody consents to now, one after the other; empty for nothing."""
    those = personal.persons(turn, turn.openid)
    known = turn.context.services.purposes.values()
    return "、".join(one.title for one in known if any(consents.in_force(turn, person, one) for person in those))


def _open(turn: Turn) -> Sequence[Purpose]:
    """Return the purposes whose question stands open."""
    return [one for one in turn.context.services.purposes.values() if turn.open in one.intents and turn.asks_consent]


def _asking(turn: Turn) -> set[str]:
    return {intent for one in turn.context.services.purposes.values() for intent in one.intents}
