"""Temperatures of bodies, in °C: 36度8, 三六点五, 额温三六八, 华氏98.6; those of rooms and water are none. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.language.kinds.kind import LOOKED_THROUGH, Found, Grammar, Kind, Message, Slot, Value, bare
from bot.language.kinds.proper import FAMILIAR, NAME
from bot.language.late import Late
from bot.language.normalise import longest_first, unified
from bot.language.numbers import value_of, written_out
from bot.language.people import RELATIVE

#: How far before a value the words stand that change it: 空调36度.
LOOK_BACK = 12

_THINGS = longest_first(
    "空调 冷气 暖风 水温 室温 室外 室内 气温 最高温 最低温 高温 外面 天气 房间 暖气 地暖 冰箱 冷柜 热水 热水器 洗澡水 泡澡 开水 奶 奶粉 烤箱 锅炉 鱼缸 泳池 地面 路面 太阳 "
    "车位 车里 车内 供水 回水".split()
)
_ROOMS = "家里|屋里|屋头|客厅|卧室|阳台|办公室|楼道"
#: What else has a temperature.
NOT_BODY = re.compile(rf"""(?x:
    (?<!奶)(?:{_THINGS})(?!奶)[^，。,]{{0,6}}$
    | (?:{_ROOMS})(?:的?温度)?(?:现在|都|已经|只有|才|有|快|高达|到|是)*$  # 家里才34度; 家里孩子38度 is a child's
    | (?:设|调|开|定)(?:成|到|在|为)+$  # 调到36度
    | (?:水|锅里|汤|油)(?:是|才|有|只有)*$
    | (?<!体温)(?<!烧到)最[高低](?:温度?|气温)?(?:能|会|有|到|达)*$
    | [东西]经$|[南北]纬$
    )""")
#: Said right before a figure, nothing further off counts: 室内20度 体温36.8.
_OF_BODY = re.compile(r"(?:体温|[额耳腋口]温)(?:是|为|[:：\s])*$")
#: A limit or an approach is no temperature: 不到37度, 超过38.
_LIMIT = re.compile(r"(?:不到|没到|未到|不满|不足|没有?超过?|不超过?|超过?|低于|高于|接近|将近|快到?|大于|小于)$")

#: Whose a figure is that is denied: 不是我38.5, 孩子没有38.5.
_DENIED_OF = rf"(?:我|他|她|孩子|宝宝|娃|老人|{RELATIVE})"
#: Right before a figure that is nobody's: 不是38.5. 没有 alone may deny a symptom instead: 咳嗽没有36.5.
_DENIED = Late(rf"""(?x:
    (?: (?<![是可])(?:并?不是|并非|唔系|勿是|弗是)(?:{_DENIED_OF}的?)?
      | (?:^|[，,。;；\s]|{_DENIED_OF}|其实|根本|并)(?:没|冇)有?
    )(?:烧?到|量到)?\s?$
    )""")

_WHOLE = "3[4-9]|4[0-3]"
_HAN_WHOLE = "三十[四五六七八九]|四十[一二三]?|卅[四五六七八九]|卌[一二三]?"
_DIGITWISE = "三[五六七八九]|四[零一二]"
_TENTHS = "[0-9]{1,2}|[零一二三四五六七八九]{1,2}|半"
_ONE = "[0-9]|[零一二三四五六七八九]"
_POINT = r"\s*(?:度|点|\.|。|,|，|·|•|℃|°C?)\s*"
#: A blank before whoever is told of next, who is no unit: 38.6 公公36.9, and not 38.6 公分.
_APART = re.compile(r"(?<=[0-9度℃])\s(?=公公|公婆|小(?!时))")
_DEGREES = "(?:摄氏度|度|℃|°C?)"

#: Words beside which a number without 度 is a temperature: 打卡 40, 额温368.
_MEASURED = (
    r"(?:打卡|[体额耳腋口肛]温[枪计]?|测温|温度计?|量的?了?|量出来|测的?了?|测出来|烧到|(?:发|高|低)?热|烧(?:得|着|了|起来)?)"
    r"(?:我|今天|早上|晚上|现在|大概|都?是|为|有|到|了|一?下|显示|[:：\s,，]){0,3}"
)
#: Who may have one.
_PERSON = rf"(?:我|他|她|孩子|宝宝|娃|老人|{RELATIVE})(?:今天|早上|晚上|现在|刚才?|都?是|的|体温|[:：\s]){{0,2}}"
#: What follows makes something else of a number, or only a limit of it: 36.5元, 38度电, 36-37度, 38度多, 37度以下.
_NOTHING_ELSE = r"""(?!
      [0-9]|\.[0-9]|十|百
    | \s*度?(?:多|几|出头|以[上下内]|[-~～—至到]\s*[0-9三四])  # 38度多, 37度以下, 36-37度
    | 度?(?:电|角|的?(?:酒|白酒|水|热水|高温|天|坡))  # 38度电, 38度的白酒
    | [个人位名房路] | \s*(?:[天次栋号楼层室户幢单月年日岁元块米平斤公分小时多%点周期页条]|kg|cm|mm)  # 36.5元
    )"""
_TEMPERATURE = Late(rf"""(?x:
    # 华氏98.6度, 98.6华氏, 98.6°F: of a body, not of the weather
      华氏度?\s*(?P<behind>(?:9[3-9]|10[0-9])(?:\.[0-9])?)度?
    | (?<![0-9.])(?P<before>(?:9[3-9]|10[0-9])(?:\.[0-9])?)\s*(?:度?华氏度?|℉|°F|度?F(?![A-Za-z0-9]))
    # 36.5, 36度8, 37·8, 37度半
    | (?<![0-9./])(?<![0-9]:)(?<![0-9][-~～—至到])(?P<w1>{_WHOLE}){_POINT}(?P<t1>{_TENTHS})\s*{_DEGREES}?{_NOTHING_ELSE}
    # 三十六度七, 卅六点五; 三十六七, but 四十五 and the minutes of 八点三十六七 are none
    | (?<![十百])(?P<w2>{_HAN_WHOLE})(?:\s*[度点·.]\s*|(?<![十卌])(?<![0-9一二两三四五六七八九十][点时:]..)(?<![0-9一二两三四五六七八九十][点时:]...)(?=[^半]))(?P<t2>{_TENTHS})度?{_NOTHING_ELSE}
    # 三六点五, 三七度八
    | (?<![零一二三四五六七八九十])(?P<w3>{_DIGITWISE})\s*[度点·.]\s*(?P<t3>{_TENTHS})度?{_NOTHING_ELSE}
    # 38度, 三十八度
    | (?<![0-9./])(?<![0-9]:)(?<![0-9][-~～—至到])(?P<w4>{_WHOLE}|{_HAN_WHOLE})\s*{_DEGREES}{_NOTHING_ELSE}
    # 额温三六八, 打卡 36 5, 体温368, 打卡 40, 体温三十七; 我36 5
    | (?:{_MEASURED})(?:
          (?P<w5>{_WHOLE})\s?(?P<t5>[0-9])
        | (?P<w6>{_DIGITWISE})(?P<t6>{_ONE})
        | (?P<w7>{_WHOLE}|{_HAN_WHOLE})(?![一二三四五六七八九])(?!\s*[.。点度·•/:：]\s*(?:{_ONE}|半)|\s?[,，]\s?[0-9](?!\s*[0-9个人位名天点])|\s[0-9](?![0-9个人位天点]))
      ){_NOTHING_ELSE}
    | (?:{_PERSON})(?P<w9>{_DIGITWISE})(?P<t9>{_ONE})(?=$|[\s,，。;；、])
    | (?:{_PERSON}|^\s*)(?P<w8>{_WHOLE})\s(?P<t8>[0-9])(?=$|[\s,，。;；、度])
    )""")
_BARE = re.compile(rf"""(?x:
    (?:体温|温度)?
    (?: (?P<w>{_WHOLE})(?:[\s.。,，点度·•]*(?P<t>[0-9]{{1,2}}|半))?
      | (?P<han>{_HAN_WHOLE})
      | (?P<digitwise>{_DIGITWISE})(?P<tenth>{_ONE})  # 三六八
    )(?:度|℃)?
    )""")

#: Whose temperature follows: 老公36.5，我36.3.
_KIN = rf"{RELATIVE}|孩子|娃儿?|老[大二三]"
_WHO = Late(rf"""(?x:
    我(?:家|们)?的?(?P<mine>{_KIN}|[老大小]?[爸妈爹娘爷奶哥姐弟妹])
    | (?P<other>{_KIN}|宝宝|老人|老头子?|老爷子|老太[太婆]|保姆|先生|太太|丈夫|妻子|[爸妈爹娘](?![爸妈])|[他她佢伊])
    | (?P<self>我自己|我本人|自己|本人|我|俺)
    )""")
_SOMEBODY = Late(
    rf"{_WHO.pattern}|{RELATIVE}|[爸妈爹娘爷奶哥姐弟妹]|{NAME}|{FAMILIAR}|[小大二三][\u4e00-\u9fff]|[\u4e00-\u9fff]{{2}}(?=$)(?<=宝)|(?!天天|刚刚|常常|好好|早早|慢慢|往往|渐渐|谢谢)(?P<twice>[\u4e00-\u9fff])(?P=twice)"
)
_AILS = re.compile("[烧咳疼痛吐晕喘泻汗麻痒嗓喉胸肚]|感冒")

#: A name right before the figure: 张三36.5.
_NO_NAMES = "今天|昨天|早上|晚上|中午|上午|下午|刚才|现在|体温|额温|打卡|测温|正常|温度|健康|都是|还有"
_NAMED = re.compile(
    rf"(?:^|[，,。、；;\s])(?P<name>(?!{_NO_NAMES})(?:(?![是不对改应错说量测才都就有了烧热])[\u4e00-\u9fff]){{2,3}})[:：\s]*$"
)
_AGE = r"(?:今年|才|刚|快|已经|都|满|是)*(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:个?半)?(?:周岁|岁[半多]?|个多?月大?)"
#: A name with an age: 乐乐5岁，38.2.
_AGED = re.compile(
    rf"(?:^|[，,。、；;\s]|我们?家?的?)(?P<name>(?!{_NO_NAMES})(?![我你他她它俺咱这那])[\u4e00-\u9fff]{{2,3}}?)[，,\s]?{_AGE}了?[^0-9]{{0,12}}$"
)
#: Who it is of, with their age, said after it: 38.2，女儿5岁.
_BEHIND = re.compile(rf"[度℃]?[，,。;；\s]*(?=我?们?家?的?[\u4e00-\u9fff]{{1,4}}?[，,\s]?{_AGE})")
#: All of them have the same: 我和我爱人都36.4.
_ALL_THE_SAME = re.compile(r"(?:都|均|全)是?(?:量了|量的|量出来)?[:：\s]*$")
_AND = re.compile(r"[，,。;；\s](?![，,。;；\s])")

#: Said before a figure, it is another one of the same person: 孩子早上38.5，晚上37.2.
_ANEW = re.compile("昨|今|前天|早|晚|中午|下午|上午|现在|刚|又|再|降|升|退|后来|然后")
#: 我36.5，孩子38: a whole number beside somebody's temperature.
_BESIDE = Late(rf"(?:{_PERSON}|[烧退降升]到|现在|这会儿?)(?P<w>{_WHOLE})(?=整|$|[\s,，。;；、])")
#: Figures with nothing but a pause between them are those of several people.
_PAUSE = re.compile(r"[\s,，、;；和跟/]*(?:还有)?[\s,，、;；]*")
_EARLIER_DAY = "(?:[昨寻琴噚][天日儿晚夜早个]|夜儿个|前[天日儿晚夜]|头[天晚]|上(?:个?(?:周|星期|礼拜|月)|[次回])|那[天晚]|[一二两三四五六七几0-9]天(?:以|之)?前)[早晚夜上中下午]{0,2}"
#: A day that is over, of which a figure in the same breath tells; none that one has risen from since: 昨晚开始, 比昨天高.
_EARLIER = re.compile(rf"""(?x:
    (?: (?<![比跟和从自打]){_EARLIER_DAY}(?!起|以来|到现在|(?:就|都)?(?:开始|起)) | (?<=[比跟和]){_EARLIER_DAY}的 )
    (?:(?![今昨前现]|刚|目前|这会|此刻|还是|[到至]现在还|仍|一直|依然|照样|起床)[^,，。;；!！?？]){{0,14}}$
    )""")


@dataclass(frozen=True, slots=True)
class Measured:
    """What somebody's temperature is; `who` is 我 for whoever speaks, and empty where it is not said."""

    who: str
    degrees: float


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the temperatures of a text, in order."""
    return [*_found(text)]


def temperatures(text: str) -> Sequence[Measured]:
    """Return all temperatures of a text with whose they are, in order: 老公36.5，我36.3，儿子37.8; 36.5我，37.8儿子."""
    text = unified(text)
    found = _all(text)
    behind = [_WHO.match(text, one.stop) for one in found]
    stops = [0, *(one.stop for one in found)]
    before = [text[stop : one.begin] for stop, one in zip(stops, found, strict=False)]
    if before and not _who(before[0]) and all(behind):
        persons = [_called(match) for match in behind if match]
    elif len(before) == 1 and not _who(before[0]) and (later := _BEHIND.match(text, found[0].stop)):
        persons = [_who(text[later.end() :]) or _aged(text[later.end() :])]
    else:
        persons = [*_persons(before)]
    return [
        Measured(each, float(str(one.value)))
        for who, words, one in zip(persons, before, found, strict=True)
        for each in (_all_the_same(words) or [who])
    ]


def is_told_by(words: str, *more: str) -> bool:
    """Tell whether words give a figure of nobody in particular, and with `more` it is somebody's: 女儿5岁, said before 38.2."""
    told = temperatures(words)
    if not any(not one.who for one in told) or "打卡" in words:
        return False
    return any(one.who not in {"", "我"} for one in temperatures("，".join(more)))


def whose(text: str) -> str:
    """Return who is spoken of last in a text, 我 for whoever speaks; empty where nobody is."""
    named = [*_WHO.finditer(unified(text))]
    return _called(named[-1]) if named else ""


def is_somebody(word: str) -> bool:
    """Tell whether what stands before a figure is a person, and not what ails them: 咳嗽37.3."""
    return _SOMEBODY.fullmatch(word) is not None and _AILS.search(word) is None


def _all(text: str) -> list[Found]:
    text = _APART.sub("，", text)
    found = [*_found(text)] or [*_of_persons(text)]
    if found:
        taken = [(one.begin, one.stop) for one in found]
        whole = [match for match in _BESIDE.finditer(text) if not any(begin <= match.start("w") < stop for begin, stop in taken)]
        found += [Found(float(match["w"]), *match.span("w")) for match in whole]
    return sorted(found, key=lambda one: one.begin)


def _persons(before: Sequence[str]) -> Iterator[str]:
    who = ""
    for words in before:
        who = _who(words) or (who if _ANEW.search(words) else "")
        yield who


def of_several(text: str) -> Sequence[Measured]:
    """Return the temperatures of a text that tells of several people: it names others, or only lists figures, 36.5 37.8.

    Where it speaks of one alone there are none.
    """
    text = unified(text)
    found, told = _all(text), temperatures(text)
    is_list = all(_PAUSE.fullmatch(text, one.stop, other.begin) for one, other in pairwise(found))
    persons = {one.who for one in told}
    return told if len(told) > 1 and (is_list or (len(persons) > 1 and not persons <= {"", "我"})) else ()


def denied(text: str) -> Sequence[float]:
    """Return the degrees that a text says are nobody's: 不是38.5, 孩子没有38.5."""
    text = unified(text)
    told = [*_measured(text)]
    said = [one.begin for one in _asserted(text, told)]
    return [float(str(one.value)) for one in told if one.begin not in said]


def _found(text: str) -> Sequence[Found]:
    return _asserted(text, [*_measured(text)])


def _asserted(text: str, told: Sequence[Found]) -> Sequence[Found]:
    """Leave out what is denied; a pause before the only figure may make 不是 an answer of its own: 不是 36.8."""
    said = [one for one in told if _DENIED.search(text, 0, one.begin) is None]
    return said or [one for one in told if text[one.begin - 1].isspace()]


def _measured(text: str) -> Iterator[Found]:
    for match in _TEMPERATURE.finditer(text):
        begin = next(match.start(name) for name, said in match.groupdict().items() if said)
        is_body = _OF_BODY.search(text, 0, begin) or not NOT_BODY.search(text, max(0, begin - LOOK_BACK), begin)
        if is_body and not _LIMIT.search(text, 0, begin):
            yield Found(_degrees(match), begin if match["behind"] is None else match.start(), match.end())


def _degrees(match: re.Match[str]) -> float:
    if fahrenheit := match["before"] or match["behind"]:
        return round((float(fahrenheit) - 32) / 1.8, 1)
    number = next(number for number in range(1, 10) if match[f"w{number}"])
    return _value(match[f"w{number}"], match.groupdict().get(f"t{number}") or "")


def _value(whole: str, tenths: str) -> float:
    """Return the degrees to one place: 36.55 is 36.6."""
    places = "5" if tenths == "半" else written_out(tenths)
    return int(value_of(whole) * 10 + float(f"0.{places or 0}") * 10 + 0.5) / 10


def _who(words: str) -> str:
    """Return who is named last in the words before a figure."""
    named = [*_WHO.finditer(words)]
    if named:
        return _called(named[-1])
    name = _NAMED.search(words) or _AGED.search(words)
    return name["name"] if name else ""


def _aged(words: str) -> str:
    """Return the name that words begin with, of whom they tell the age."""
    name = re.match(rf"(?:我们?家?的?)?(?P<name>[\u4e00-\u9fff]{{2,3}}?)[，,\s]?{_AGE}", words)
    return name["name"] if name else ""


def _all_the_same(words: str) -> Sequence[str]:
    """Return the several people who are named in the clause before one figure of them all."""
    if _ALL_THE_SAME.search(words) is None:
        return ()
    named = [_called(match) for match in _WHO.finditer(_AND.split(words)[-1])]
    return [*dict.fromkeys(named)] if len(named) > 1 else ()


def _called(match: re.Match[str]) -> str:
    return match["mine"] or match["other"] or "我"


def _take(message: Message, slot: Slot) -> Value | None:
    """Return the temperature of today said last, of several people's that of 我, or else the highest; another's alone changes none that is known."""
    text = message.text[:LOOKED_THROUGH]
    found = [*_of_today(text, _all(text) if message.found(GRAMMAR) else _of_persons(text))]
    if not found:
        return None
    told = temperatures(message.text)
    if slot.name in message.known and told and all(one.who not in {"", "我"} for one in told):
        return None  # 孩子现在39.5 beside one's own 36.5
    own = [one.degrees for one in told if one.who == "我"]
    is_several = not message.corrects and len(of_several(text)) == len(found) > 1
    values = [float(str(one.value)) for one in found]
    return own[-1] if own and len(found) > 1 else max(values) if is_several else values[-1]


def _of_today(text: str, found: Sequence[Found]) -> Iterator[Found]:
    """Leave out what somebody's temperature was on a day before: 昨天38.6，今天还没量."""
    stop, is_past = 0, False
    for one in found:
        before = text[stop : one.begin]
        is_past = _EARLIER.search(before) is not None or (is_past and _PAUSE.fullmatch(before) is not None)
        if not is_past:
            yield one
        stop = one.stop


def _of_persons(text: str) -> Sequence[Found]:
    """Return whole numbers where each of several people has one that only a temperature can be: 孩子39，我38."""
    whole = [*_BESIDE.finditer(text[:LOOKED_THROUGH])]
    return [Found(float(match["w"]), *match.span("w")) for match in whole] if len(whole) > 1 else []


def _read(message: Message, slot: Slot) -> Value | None:
    said = _BARE.fullmatch(bare(message.rest))
    if said is None:
        return None
    return _value(said["w"] or said["han"] or said["digitwise"], said["t"] or said["tenth"] or "")


GRAMMAR = Grammar(name="temperature", title="体温", find=find, mask="\ue8f3", is_sure=False)


def _is_of_one(text: str, found: Found) -> bool:
    """Tell whether a figure is one of several of the same person; who is told of besides is dealt with, each by whom it is of.

    One that was higher than the last is kept beside it: the highest counts.
    """
    told = temperatures(text)
    is_of_another = len(told) == 1 and told[0].who not in {"", "我"}
    is_highest = len(told) > 1 and float(str(found.value)) > told[-1].degrees
    return not is_of_another and not is_highest and not of_several(text)


KIND = Kind(
    name="temperature", title="体温", grammar=GRAMMAR, take=_take, read=_read, is_meant=_is_of_one, is_of_several=True, is_single=True, is_strict=True, tells=True, belongs=True,
)  # fmt: skip
