"""Says plainly who comes, that few patterns may find it: 二舅开着三轮来 is 二舅□□□□来, 搁楼下杵着 is 来; what only fills is left out. Pure."""

import re

from bot.language.kinds.kind import blank
from bot.language.kinds.proper import COMPOUND, FAMILIAR, NAME, SURNAMES
from bot.language.late import Late

_SIGN = "[\u4e00-\u9fff]"
_WITHIN = r"[^,，。.!！?？;；\s□]"

#: What whoever dictates says while they think.
_FILLS = re.compile(
    r"(?:(?:^|(?<=[\s,，。记下个]))(?:就是)?(?:那个|那位|内个|这个)?(?:谁|啥)(?:呢|来着|嘛|啊)?(?=$|[\s,，。哦对就叫呃嗯])"
    r"|叫?(?:什么|啥子?)名?字?来着|(?:[哦噢喔啊]|[哎唉]呀?)?对了|(?<=叫)那个|(?<=是那个)(?=[^\s,，。]{1,3}什么来着)|(?<=来着)(?:哦对?|对))+[\s,，。]*"
)
_TELLING = frozenset("叫姓")
_BEFORE = frozenset("本原起上之")
_FILLING = frozenset("谁啥么名对那")
#: 葛 文 静, as signs are spoken or typed apart.
_SPACED = re.compile(rf"(?<![\u4e00-\u9fff])(?P<a>[{SURNAMES}])[ ](?P<b>{_SIGN})(?:[ ](?P<c>{_SIGN}))?(?![\u4e00-\u9fff])")

#: When and on which way somebody comes, and what they hold: none of it is part of whoever comes.
_BY_THE_WAY = re.compile(rf"""(?x:(?=[下放散收出休请赶顺特专正刚趁帮开骑推拎提背扛抱挑捧端揣捎扶坐乘打搭])(?:
    (?:下[班课学工了]|放[学假暑寒工]|散会|收工|出差|休[假息]|请了?假|赶完?集)(?:假|后|完|路过)?了?
  | 顺[道路便] | 帮忙(?=来|过来) | 特[地意为] | 专[门程] | 正好 | 刚好
  | (?:开|骑|推|坐|乘|打|搭)(?:着|了|个|辆|台|上)*(?:{_SIGN}{{0,4}}(?:车|三轮|摩托|[巴铁飞][士机]?|公交|高铁|飞机|出租|的士?|小电驴|电动|单车|轮椅|拖拉机|皮卡|面包))(?:车|机)?(?!的|来的|位|库|险)
  | (?:[拎提背扛抱挑捧端揣捎扶](?:溜|拉)?(?:着|起|了|上)){_WITHIN}{{1,8}}?(?=[在站来过到上等进搁蹲送找给]|$|[,，。□\s])
  ))""")
#: 挎着个包袱, 骑着自行车: whatever they do meanwhile. Whom they bring along comes, too.
_HOLDS = re.compile(
    rf"(?<=[\u4e00-\u9fff])(?:[提拎拉]溜|(?![带领陪跟随等站蹲候守坐待杵急])[\u4e00-\u9fff])着{_WITHIN}{{1,8}}?(?=[在站来过到上等进搁蹲送找给]|$|[,，。□\s])"
)
_PLACE = "门口|大门|后门|北门|南门|东门|西门|侧门|门外|门外头|门卫|门岗|岗亭|门厅|单元门|楼下|楼底下?|楼道口|大堂|大厅|电梯口|外头|外面|外边|闸机|道闸|保安亭|保安室|传达室|地库|车库口|物业|小区"
#: Whoever is there wants to be let in.
_IS_THERE = re.compile(rf"""(?x:(?=[在搁到蹲站等候杵待喺守立堵被按敲送接陪领])(?<!停)(?<!放)(?<!扔)(?:
    (?:已经|都|正|还)?(?:在|搁|到|蹲|站|等|候|杵|待|喺|守|立|堵|被){{1,2}}(?:在|到|着|起|咗|了|拦)?(?:咱|我们?|俺们?|你们)?(?:小区|单元|那个|北|南|东|西|{_SIGN}栋)?
    (?:{_PLACE})(?:{_WITHIN}{{0,3}}?)(?:外头|外面|那儿|那里|旁边|边上|口)?(?:杵|等|站|蹲|候|待|守|拦|转|坐)?(?:着|到|起|了|咗|半天|好久)*(?:呢|哩|嘞|哈)?(?!乱?[摔晕睡叫吵撞丢打骂])
  | (?:按|敲)(?:不开|了|着|过)?(?:半天|好几|好久|几|一)?(?:下|声|遍|次)?(?:门铃|门禁|对讲机?|我?家?门|门)(?:了|呢|没人开)*
  | (?:送|接|陪|领)(?:我|俺|咱){_WITHIN}{{0,6}}?(?:回来|过来|进来|上来|上楼|进地?库|进门|回家|到家)
  ))""")
#: 找我, 看我 without a coming before it.
_SEEKS = re.compile(
    r"(?<![来去过别莫不勿要想给再])(?=(?:找|看|陪|帮|教|接)(?:我|俺|咱|阿拉)(?!的?电话|[爸妈爷奶哥姐弟妹姑姨舅叔婶公婆老朋同儿女孙]))"
)

_REASON = "没[空法时]间?|有事|有[课会]|请[了]?假|走不开|开庭|出差|加班|有手术|上课|生病|病了|感冒|发烧|忙着?|开会|不得[空闲]|不方便|不在|改主意|取消"
#: 本来约的是范医生，范医生没空，是小岑来: what was before, and who stays away, is left out where it is told who comes.
_FORMERLY = re.compile(
    rf"(?:^|(?<=[\s,，。]))(?:本来|原来|原先|原本|起先|起初|上次|上回|原定|之前){_WITHIN}+[\s,，。]+"
    rf"(?:{_WITHIN}*?(?:{_REASON}|不来|来不[了成]|[去到]不了){_WITHIN}*[\s,，。]+)?(?!{_WITHIN}*还(?:让|是|叫|请))(?={_WITHIN}*(?:来|到|嚟|换|改|由|[这]次|是))"
)
#: 来的是阿萍: nobody else comes.
_RATHER = re.compile(
    rf"(?:(?:^|(?<=[\s,，。]))(?:{_WITHIN}|[,，。]|\s)*[,，。\s])?(?:(?:反正|这次|今[天晚]|其实|现在|□|待会儿?|等下)*)(?:要?来的(?:人|客人)?|(?:这次|今天)来访的)(?:其实|才|就)?是(?!时候|他|她|不是|[几多]|[一二两三四五六七八九十\d□]|[这那]|谁|哪|的|我[们\s,，。]?$)"
)
#: 不是小赵 beside somebody who comes; 欧阳锋不是哈.
_IS_NOT = Late(
    rf"(?:^|(?<=[\s,，。]))(?:不是|不姓)(?:{NAME}|{FAMILIAR}|{_SIGN})[啊哈哦呀]?[\s,，。]+(?={_WITHIN})|[\s,，。](?:不是|不姓)(?:{NAME}|{FAMILIAR}|{_SIGN})(?=$|[\s,，。])"
    rf"|(?:^|(?<=[\s,，。]))(?:{COMPOUND}|[{SURNAMES}]){_SIGN}{{1,2}}(?:不是|不对)[啊哈哦呀]?[\s,，。]+(?={_WITHIN})"
)
#: Who asks for a name tells none: 保安队长是叫胡建国吗.
_ASKS = re.compile(
    rf"(?:^|(?<=[\s,，。])){_WITHIN}*(?:是不是|是否)(?:叫|姓|是){_WITHIN}{{1,6}}(?=$|[?？\s,，。])|(?:^|(?<=[\s,，。])){_WITHIN}*(?:是|叫|姓){_WITHIN}{{1,6}}(?:吗|么|嘛(?=[?？])|不(?=$|[?？]))(?:$|[?？\s,，。])"
)
#: 车间主任姓霍，跟这没关系.
_BESIDE_THE_POINT = re.compile(
    rf"(?:^|(?<=[\s,，。])){_WITHIN}+[\s,，]+(?:跟|和|与)?(?:这|那|今天|这事|来访|我)?(?:都|也)?(?:没|无|不相)(?:关系|关|干|相干)[\s,，。]*"
)
#: One of the household is told of: 我儿子叫杨乐，放学没带卡.
_MY_OWN = re.compile(
    r"我家?(?:的)?(?:[大小二]?(?:儿子|女儿|闺女|孩子|娃|宝宝|孙子|孙女)|老公|老婆|爱人|媳妇|[爸妈]|狗|猫|狗狗|猫咪)(?:叫|姓|名叫)"
)
_LET_IN = re.compile(
    "来(?!着)|(?<!看)到(?!他|她|底|处)|嚟|上门|放[他她人行]|让.{0,8}进|登|开(?!庭|学|车)|访|住(?!院)|找(?=我|俺|咱)|接|等|约|门口|邀|请(?!问|假)|客|进|回|写"
)
_TOLD_OF = re.compile(
    "没带|忘带|忘了|看[到见]|丢|落[在了]|保安室|跑了|住院|生病|漏|态度|投诉|业主|没关系|跑[出丢]|走丢|书包|年级|上学"
)


def plainly(text: str) -> str:
    """Return what tells of whoever comes, in few words; the rest is blanked or left out."""
    if not _TELLING.isdisjoint(text) and _MY_OWN.search(text) and _TOLD_OF.search(text) and not _LET_IN.search(text):
        return ""
    if "吗" in text or "么" in text or "?" in text or "？" in text or "是不是" in text or "是否" in text:
        text = _ASKS.sub("", text)
    if " " in text:
        text = _SPACED.sub(r"\g<a>\g<b>\g<c>", text)
    if "关" in text or "干" in text:
        text = _BESIDE_THE_POINT.sub("", text)
    if "来的" in text or "来访的" in text:
        text = _RATHER.sub("叫", text)
    if "不是" in text or "不姓" in text or "不对" in text:
        text = _IS_NOT.sub("", text)
    return text if _FILLING.isdisjoint(text) else _FILLS.sub(" ", text)


def without_former(text: str) -> str:
    """Return words without whoever was to come and does not."""
    return text if _BEFORE.isdisjoint(text) else _FORMERLY.sub("", text)


def present(text: str) -> str:
    """Return words in which whoever stands there comes: 大鹏搁楼下按门铃 is 大鹏来来, and on which way is blanked."""
    if "着" in text:
        text = _HOLDS.sub(blank, text)
    text = _BY_THE_WAY.sub(blank, text)
    return _SEEKS.sub("来", _IS_THERE.sub("来", text))
