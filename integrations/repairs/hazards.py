"""What may hurt while it waits to be repaired: whoever tells of it reads how not to be hurt before anything is asked or done."""

import re

from bot.contract import Turn

_CLAUSES = re.compile(r"[，,。.！!；;？?\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")

#: What is under current. A stopcock is a 开关阀, and a lamp is one only where water may get in.
_LIVE = (
    r"(?:插座|插排|排插|插线板|插板|接线板|接线盒|拖线板|插头|插孔|插口|电线|线路|线盒|配电箱|配电房|配电间|电房|电箱|电表箱?|电闸|闸刀|空开|开关(?!阀)|电源|电器|充电桩|充电器"
    r"|灯(?![泡管]?(?:坏|不亮|闪|憋|灭))(?:里|上|罩|口|座|具|头|孔|带|泡里|那里|那儿)?|[顶吊]灯)"
)

#: What may stand between the water and it; 水管漏了插座也坏了 tells of two things.
_GAP = r"(?:(?!还|也|另外|坏|不亮|闪|和|跟|离|远|没|冇|干的)[^，。]){0,6}?"

#: Water gets somewhere: 淹到插座, 滴在灯上, 水碰到电线.
_REACHES = (
    rf"(?:[淹漫流滴淋溅泼洒喷渗漏浇灌泡浸冲淌飘](?:水|雨)?(?:到|进|在|上|过|入|向|往|下)(?:了|去|来)?|(?:水|雨)[^，。]{{0,4}}[淹漫淋溅泼浇灌泡浸](?:着|了|咗)?"
    rf"|(?<![热])(?:水|雨)(?:都|已经|快要?|就要|马上|要|全)*(?:到|进|碰到|碰着|沾到|沾着|挨到|挨着|够到|漫过)(?:了)?){_GAP}{_LIVE}"
)

#: It is wet: 插座进水了, 灯里滴水, 插座泡了, 排插掉水里了.
_IS_WET = (
    rf"{_LIVE}{_GAP}(?:(?:进|漏|滴|渗|淌|冒|灌|流|喷|沾|积|溅|淋)(?:了|着|到|进|出|满)*(?:好多|一点|些)?(?:自来)?(?:水|雨)(?!电?表|龙头|管|费|平|槽|池|泵)"
    rf"|(?:被|给|都|全|让水)*(?<!灯)(?:泡|浸|淹)(?:了|着|过|在|水|咗)|(?:都|全|弄|打|淋|给)*湿(?:了|的|透)|受潮|(?:有|全是|都是|是)(?:一滩|好多|很多|点)?水(?!电?表|龙头|管|费|平|槽|池|泵|务)"
    rf"|(?:掉|落|泡|浸|倒|放|躺|在)(?:到|进|在|了)*(?:一滩)?水(?:里|中|坑|面))"
    rf"|(?:从|顺着|沿着?){_LIVE}{_GAP}[流淌滴漏渗冒]"
)

#: Water stands where it lies: 满地是水，插排还在地上.
_LIES_IN_IT = rf"(?:满地|一地|地上|屋里|家里)(?:都|全)?(?:是|有)?水[，,。 ]*[^，。]{{0,6}}{_LIVE}[^，。]{{0,6}}(?:地上|地下|地板|通着电|带着电|还插着|没拔)"

_LIVE_WATER = re.compile(f"{_REACHES}|{_IS_WET}")
_LYING = re.compile(_LIES_IN_IT)

#: It got nowhere near: 没淹到插座, 插座没有进水.
_NOWHERE = re.compile(
    "(?:没有?|冇|不会|未|不|别让?|防止|避免)(?:被|让|有)?(?:水)?(?:[淹漫流滴淋溅泼洒喷渗漏浇灌泡浸冲淌碰沾挨进到湿])"
)

_CUT_OFF = re.compile("(?:拉|关|断|切)(?:掉|下|好)?(?:了)?(?:总)?(?:闸|电)|(?:闸|电)[^，。]{0,4}(?:拉|关|断|切)")


#: A burner that does not light …
_UNLIT = re.compile(
    "(?:打|点|着|起)(?:了?半天|了|火)*(?:都|也|老是?|总是?)?(?:不|唔|勿|弗)(?:着|燃|了|出|起)|(?:灶|炉|热水器|燃气)[^，。]{0,4}(?:没有?火|不(?:着|点|打|来|出)火)|火(?:打|点|起)不"
)

#: … and gas that comes out all the same, or went off at last.
_HISSES = re.compile("[嗤哧呲咝嘶滋呼]{2}|漏气声|出气声|[嘭砰]")


def reaches_current(said: str) -> bool:
    """Tell whether words tell of water at what is under current: 水流到插座上."""
    clauses = (clause for clause in _CLAUSES.split(said) if clause and not _NOWHERE.search(clause))
    return _LYING.search(said) is not None or any(map(_LIVE_WATER.search, clauses))


def gas_escapes(said: str) -> bool:
    """Tell whether a burner does not light and is heard to let gas out: 灶台打不着火，一开就嗤嗤响."""
    return _UNLIT.search(said) is not None and _HISSES.search(said) is not None


def warn(turn: Turn, said: str) -> str:
    """Return how not to be hurt by what is told of; empty where nothing of the kind is, or the current was cut off."""
    told = turn.context.messages
    if reaches_current(said) and not _CUT_OFF.search(said):
        return turn.words(told["repair.live"])
    return turn.words(told["repair.unlit"]) if gas_escapes(said) else ""
