"""Which kind of danger a message tells of, for the words of the answer: whoever smells gas must not touch a switch.

judge.py tells whether there is danger, and by what lines it heard so. Those lines are sorted by how they are judged, not by
what to do: a child in the pond is heard among the medical ones. Here each is looked at again, with the words around it. Of several
dangers in one message the one with the most urgent advice is answered. What no line and no words name is UNKNOWN, never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.language.danger import judge
from bot.language.danger.judge import Alarm


class Danger(StrEnum):
    """What is answered differently; most urgent advice first. The names are those of `replies:` in an emergency's file."""

    SELF_HARM = "self_harm"  # who writes is tired of life
    SELF_HARM_OTHER = "self_harm_other"  # somebody else is, or stands on a ledge
    FIRE = "fire"
    GAS = "gas"
    ELECTRIC = "electric"
    WATER = "water"  # drowning, flood
    LIFT = "lift"
    COLLAPSE = "collapse"
    CRIME = "crime"
    TRAPPED = "trapped"  # anywhere but in a lift: a child in a locked car, a hand in a door
    FALL = "fall"
    MISSING = "missing"  # a child or an old person, or nobody answers the door
    MEDICAL = "medical"
    UNKNOWN = "unknown"


#: Kinds that an intent's file may have words for.
ANSWERED = tuple(danger.value for danger in Danger if danger is not Danger.UNKNOWN)

#: Under which kind of lines in lines.py a danger is heard, which tells the intent that answers it.
HEARD_AS: Mapping[Danger, str] = {
    **{danger: danger.value for danger in Danger if danger.value in judge.KINDS},
    Danger.SELF_HARM_OTHER: "self_harm",
    Danger.WATER: "medical",
    Danger.LIFT: "trapped",
    Danger.UNKNOWN: "help",
}

_LIFT = re.compile("电梯|点梯|轿厢|升降机|货梯|客梯")
_CLIMBS = re.compile("爬|翻|跨|坐|伸|探|挂")
_WISHES_DEATH = re.compile("跳|死|轻生|不想活|活够|割|自杀|上吊|遗书|安眠药")
_CHILD = re.compile("(?<![女男])孩|宝宝|娃|岁|儿子|女儿|孙|幼儿")

#: People in water, and water that comes to people.
_DROWNS = re.compile(
    r"溺|落水(?!管|口|斗)|(?:掉|跌|滑|栽|摔|跳|沉|冲|滚|卷)[^，。！？]{0,3}(?:(?<![开热])水(?!果|槽)|河|江|湖|塘|泳池|池)|沉(?:下去|底|了)|呛水|淹(?:死|到人|着人)"
    r"|(?:水里|河里|湖里|池塘?里|塘里)[^，。！？]{0,6}(?:扑腾|挣扎|漂|呼救|喊救|没上来|不动|捞)"
)
_FLOODS = re.compile("淹|水灌|灌水|进水|洪水|积水|发大水|水位|水[^，。！？]{0,3}(?:涨|漫|齐腰|到腰|到胸|到膝|没过)")

#: What has come down; else something thrown or dropped has hurt somebody.
_STRUCTURE = re.compile(
    "[塌垮冧]|坍|埋|地震|滑坡|泥石流|裂|(?:墙|板|顶|架|楼|阳台|瓷砖|外立面|柱|树|广告牌|招牌)[^，。！？]{0,6}(?:倒|掉|落|砸|压|断)"
)
_ARSON = re.compile("放火|纵火|点火烧")
_ASKS_TO_BREAK = re.compile("帮[^，。！？]{0,4}[砸撬]")  # 孩子锁在车里，快帮忙砸窗
_HANGS = re.compile("[挂吊悬]在")
_FAINTS = re.compile("[晕昏倒躺瘫]")
_FALLS = re.compile("[摔跌滑绊掉坠栽滚跳掼]")
_CAUGHT = re.compile("(?:手|指|脚|腿|胳膊|头|脑袋|身子?)[^，。！？]{0,4}[卡夹](?:在|住|进|到|里)|[夹压][住着]")
_SHOCKED = re.compile("触电|(?:被|给|叫|让|把)[^，。！？]{0,4}电[着到倒晕击麻]")
_BURNS_NOTHING = re.compile("睡着|^[开点]着火")  # 在家睡着了, 灶上还开着火
_FIERY = re.compile("[火烟烧]")

#: Whose life is spoken of: the last of these before the words. 我女儿不想活了 is not about who writes.
_PERSON = re.compile(
    "我(?!们?小区|们?楼|们?栋|家楼|家对面|家隔壁)|有个?人|有个|人(?=要|想|站|坐|爬|跳|说|在)|他|她|女[的孩生人子]|男[的孩生人子]|姑娘|小伙|学生|孩子?|儿子|女儿|闺女|闺蜜|朋友|"
    "同学|同事|室友|邻居|(?<!我)说(?=[要想不她他活死])|老公|老婆|老伴|爸|妈|爷|奶|外婆|外公|弟|妹|哥|姐|阿姨|大爷|老人|租客"
)
_BORDER = re.compile("[，。！？]")
_SELF = frozenset({"我"})
#: How far before and after the words of a wish to die whose it is stands, in characters.
_WHOSE, _WHO_REST = 16, 2

#: Danger by words alone, where no line is known for what was said; in the order of Danger.
_SPOKEN: Mapping[Danger, re.Pattern[str]] = {
    Danger.SELF_HARM: re.compile(
        "不想活|想死|自杀|轻生|割[^，。！？]{0,2}腕|跳楼|安眠药|活着没|活够|遗书|结束这一切|撑不下去|不如死|死了算|[吞吃喝][^，。！？]{0,4}药|药[^，。！？]{0,4}吞|关[^，。！？]{0,6}烧炭"
    ),
    Danger.FIRE: re.compile(
        "[着起失救灭]火|火[苗光势灾警]|(?<![高发退低])烧(?![烤水菜饭到伤])|点着|自燃|冒烟|烟雾|浓烟|黑烟|爆炸|焦[味糊臭]|糊味|119|消防车|打火机|火(?![锅车腿龙鸡气爆炉机箭])"
    ),
    Danger.GAS: re.compile("[煤燃]气|天然气|瓦斯|液化气|漏气|气罐|一氧化碳|臭鸡蛋"),
    Danger.ELECTRIC: re.compile("触电|漏电|被电(?!动|梯|瓶|话|信)|电[到倒晕击](?!账|期|多少)|电线[^，。！？]{0,4}[掉断]"),
    Danger.WATER: re.compile(f"{_DROWNS.pattern}|{_FLOODS.pattern}"),
    Danger.LIFT: re.compile(
        rf"(?:{_LIFT.pattern})[^。！？]{{0,14}}(?:困|卡|关|停|夹|坠|掉|出不|开不|打不开|不动|里面)|梯子?[关困卡]"
    ),
    Danger.COLLAPSE: re.compile(f"{_STRUCTURE.pattern}|楼[^，。！？]{{0,3}}[歪斜晃]|缝[^，。！？]{{0,4}}[大宽]"),
    Danger.CRIME: re.compile(
        "[拿持动砍]刀|贼|陌生[男人]+[^，。！？]{0,4}[敲进闯跟]|小偷|抢|绑架|打[人我架]|家暴|撬|砸[^，。！？]{0,3}门|跟踪|尾随|跟着我|猥亵|流氓|强奸|劫|报警|警察|110"
    ),
    Danger.TRAPPED: re.compile(
        "^(?!.*[吃咳噎喉嗓]).*?(?:困在|被困|反锁|[夹卡]住|卡在|锁在|锁[^，。！？]{0,2}里|拔不出|出不来|出不去)"
    ),
    Danger.FALL: re.compile("摔|跌|滑倒|坠|爬不起|起不来|栽倒|绊倒"),
    Danger.MEDICAL: re.compile(
        "[晕昏]|喘|呼吸|心脏|胸口|流血|血|抽搐|中毒|中风|休克|噎|烫|咬|骨折|救护车|120|急救|不行了|没反应|叫不醒|羊水|要生"
    ),
    Danger.MISSING: re.compile("走丢|走失|[带抱拐]走|不见了|失踪|找不到|找不着|联系不上|没回[家来]|敲门[^，。！？]{0,4}[没不]"),
}


def tell(text: str) -> Danger:
    """Return what an alarm is about; `text` is in simplified characters and known to be one."""
    plain = judge.prepare(text)
    alarms: Sequence[Alarm] = judge.every(plain)
    danger = min((_look_again(alarm, plain) for alarm in alarms), key=_URGENCY.__getitem__, default=Danger.UNKNOWN)
    if danger is Danger.UNKNOWN:
        danger, alarms = _by_words(plain)
    return _whose(alarms, plain) if danger is Danger.SELF_HARM else danger


_URGENCY = {danger: place for place, danger in enumerate(Danger)}


def _look_again(alarm: Alarm, plain: str) -> Danger:
    """Return what a danger that was heard by a line asks for."""
    match alarm.kind:
        case "self_harm":
            return _despair(alarm.words, plain)
        case "fire" if _BURNS_NOTHING.search(_and_before(alarm.words, plain)):
            return Danger.UNKNOWN
        case "fire":
            return Danger.ELECTRIC if _SHOCKED.search(plain) and not _FIERY.search(plain) else Danger.FIRE
        case "crime" if _ASKS_TO_BREAK.search(plain):
            return Danger.UNKNOWN
        case "crime":
            return Danger.FIRE if _ARSON.search(alarm.words) else Danger.CRIME
        case "collapse":
            return _come_down(alarm.words, plain)
        case "trapped":
            return Danger.LIFT if _LIFT.search(plain) else Danger.WATER if _FLOODS.search(plain) else Danger.TRAPPED
        case "fall" | "medical" | "missing" as kind:
            return _befallen(Danger(kind), alarm.words, plain)
        case "help":
            return Danger.UNKNOWN
    return Danger(alarm.kind)


def _befallen(danger: Danger, words: str, plain: str) -> Danger:
    if _SHOCKED.search(plain):
        return Danger.ELECTRIC
    if _DROWNS.search(plain):
        return Danger.WATER
    if danger is Danger.FALL and "塌" in plain:
        return Danger.COLLAPSE
    if danger is Danger.FALL and _HANGS.search(words):
        return Danger.TRAPPED
    if danger is Danger.MEDICAL:
        return Danger.TRAPPED if _CAUGHT.search(words) else danger
    return Danger.MEDICAL if danger is Danger.FALL and _FAINTS.search(words) and not _FALLS.search(plain) else danger


def _come_down(words: str, plain: str) -> Danger:
    if "洪水" in words:
        return Danger.WATER
    if _STRUCTURE.search(plain):
        return Danger.COLLAPSE
    return Danger.TRAPPED if _CAUGHT.search(words) else Danger.MEDICAL


def _despair(words: str, plain: str) -> Danger:
    """Return what to make of talk of death and of ledges; a child that climbs on one wants down, not to die."""
    said = _around(words, plain)
    climbing = _CHILD.search(said) and _CLIMBS.search(said) and not _WISHES_DEATH.search(plain)
    return Danger.TRAPPED if climbing else Danger.SELF_HARM


def _whose(alarms: Sequence[Alarm], plain: str) -> Danger:
    """Tell who writes in despair from who writes of somebody else; the former where nobody is named."""
    people = {
        named[-1] for alarm in alarms if alarm.kind == "self_harm" and (named := _PERSON.findall(_around(alarm.words, plain)))
    }
    return Danger.SELF_HARM if not people or people & _SELF else Danger.SELF_HARM_OTHER


def _and_before(words: str, plain: str) -> str:
    begin = plain.find(words)
    return plain[max(0, begin - 1) : begin] + words


def _around(words: str, plain: str) -> str:
    """Return words with what is said before them in their clause, and a little after: 楼顶坐着个女|孩."""
    begin = max(0, plain.find(words))
    before = _BORDER.split(plain[max(0, begin - _WHOSE) : begin])[-1]
    return before + words + _BORDER.split(plain[begin + len(words) :][:_WHO_REST])[0]


def _by_words(plain: str) -> tuple[Danger, list[Alarm]]:
    """Return the danger that bare words speak of, and those words."""
    for danger, words in _SPOKEN.items():
        found = words.search(plain)
        if found:
            return danger, [Alarm(danger.value, found[0])]
    return Danger.UNKNOWN, []
