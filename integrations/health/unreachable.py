"""我妈联系不上, 我爸三天没消息了: an elder of the family who cannot be reached. Of whom it is known that they live here staff are sent to look at once;
of others, who may live anywhere, once that was asked for (请上门看看我妈).

What was told of a hospital, of somebody whom nobody waits for, is answered kindly and kept nowhere.
"""

import re
from collections.abc import Sequence

from sqlmodel import col, select

from bot.contract import Resident, Task, Turn
from integrations.health import ladder, relations, signs

#: What such a task is called.
KIND = "health.unreachable"

#: Letters of such a message at most.
_LONGEST = 40

_LOST = re.compile(
    r"联系不上|联络不上|打不通|没人接|(?:不|没|没有)接(?:我的?)?(?:电话|微信|手机)|电话(?:都|也|一直)?(?:不|没)(?:有人)?接|(?:[一二两三四五六七几好多0-9]+(?:天|个?小时|个?钟头)|一直|昨天|昨晚|今早|早上|从早上)[^，,。]{0,8}"
    r"(?:没|没有|冇)(?:了)?(?:消息|回信|动静|音信|露面|出门|回(?:我|微信|电话|信息)?|接)|敲(?:了)?(?:半天|好久)?门(?:都|也)?没(?:有)?人?(?:应|开)|失联"
)
#: Who else cannot be reached is the office's own, a worker, a visitor, or nobody who is missed.
_OF_ELSE = re.compile(
    r"物业|保安|门岗|师傅|快递|外卖|骑手|客人|访客|电梯|网络|宽带|信号|房东|租客|邻居|楼上|楼下|对门|卫生站|医生|[吗么嘛?？]\s*$|怎么办理|怎么进|密码|朋友|同学|同事|前天已经|找到了|联系上了|回来了"
)
_ELDER = re.compile(
    r"(?:[我俺]?家?的?)(?:老?[爸妈爹娘](?!妈|爸)|爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老丈人|丈母娘|老伴|老人家?|老头子?|老太太)"
)
#: What sends somebody: 请上门看看我妈.
_SENDS = re.compile(
    rf"(?:请|让|叫|麻烦|快|赶紧|帮忙|帮我)*(?:你们|物业|工作人员|社区|派?人)*(?:上门|去家里|去我家|到家里|去|来)?(?:看看|看一下|看一眼|瞧瞧|看下){_ELDER.pattern}(?:吧|呀|啊|好吗|一下)?[。!！]*"
)
_HOSPITAL = re.compile(r"住院|住进医院|送医院|进了?医院|做手术|动手术|抢救|重症")
_NO_PATIENT = re.compile(
    r"[吗么嘛?？]\s*$|怎么|多少|哪|报销|医保|能不能|可以|访客|通行|停车|师傅|快递|打卡|出院了|生了|顺产|剖腹|宝宝出生|猫|狗|宠物"
)


def hear(turn: Turn, text: str) -> str:
    """Send somebody to look after one of the family who cannot be reached; kind words for who lies in hospital; nothing for all other words."""
    said = text.strip()
    if len(said) > _LONGEST or turn.is_asked or turn.is_alarmed:
        return ""
    elder = _ELDER.search(said)
    if elder is not None and (_SENDS.fullmatch(said) or (_LOST.search(said) and not _OF_ELSE.search(said))):
        return _look(turn, elder[0].removeprefix("我").removeprefix("俺").removeprefix("家"), said)
    if _HOSPITAL.search(said) and not _NO_PATIENT.search(said) and re.search(relations.RELATION, said):
        return turn.words(turn.context.messages["care.in_hospital"])
    return ""


def _look(turn: Turn, word: str, said: str) -> str:
    """Open one task for the flat, which tells those on duty at once; who belongs to no flat is told whom to call, and who may mean another town how to ask."""
    words = relations.word_of(word)
    if turn.resident is None or not turn.is_bound:
        return turn.words(turn.context.messages["care.lost"], sent="", word="")
    person = relations.meant(turn, turn.me, word) or next(iter(_watched(turn)), None)
    if person is None and not _SENDS.fullmatch(said):
        return turn.words(turn.context.messages["care.lost"], sent="", word=words)
    flat = turn.household(person) if person is not None else turn.home
    mine = select(Task).where(Task.kind == KIND, Task.household_id == flat.id, col(Task.closed_at).is_(None))
    if (open_ := turn.session.exec(mine).first()) is not None:
        open_.data = {**open_.data, "report": said}
        turn.session.add(open_)
    else:
        turn.assign(
            KIND,
            ladder.NEED,
            f"家里人联系不上，请上门看看：{flat.label} {words}",
            urgent=True,
            openid=turn.openid,
            household=flat,
            report=said,
        )
    return turn.words(turn.context.messages["care.lost"], sent="yes", word="")


def _watched(turn: Turn) -> Sequence[Resident]:
    """Return whom of the flat somebody waits for, where that is one alone."""
    others = [one for one in signs.watched(turn) if one.key != turn.me.key]
    return others if len(others) == 1 else []
