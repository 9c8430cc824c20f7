"""Telling questions from orders: 几点能进来 asks, 能不能来修一下 orders. Pure.

A message is looked at clause by clause: it is a question when a clause asks and none orders, reports a fault or names a visit.
"""

import re
from collections.abc import Sequence

from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER


def is_question(text: str) -> bool:
    """Tell whether a message asks and does not order; a polite request, a fault and a time proposed are no questions."""
    calm = _calm(text[:LONGEST]).replace("不对不对", "不对")  # said twice it asks nothing
    clauses = [clause for clause in _CLAUSE.findall(_BARE_TAG.sub(r"\g<tag>", calm)) if _HAN.search(clause)]
    if _is_rhetorical(clauses):
        return False
    if any(map(_HAS_BEEN.search, clauses)):  # whatever fault is told beside it
        return True
    asks = [_asks(clause) for clause in clauses]
    return any(asks) and not any(_orders(clause, asks=asking) for clause, asking in zip(clauses, asks, strict=True))


_FURTHER = re.compile(r"(?:那么?|咁|噉|还有)[，, ]?[^，,。!！?？\n]{1,8}(?:呢|咧|嘞|捏)[?？]?")


def is_further(text: str) -> bool:
    """Tell whether a message asks the same of something else, where nothing is being filled in: 那周末呢."""
    return _FURTHER.fullmatch(text.strip()) is not None


#: Who does not understand what was said to them, and asks nothing else.
_AT_A_LOSS = re.compile(
    "(?:这|那|你|您|你们|说的?|是|都|我|咋|还|到底|[，, ])*(?:(?:啥子?|什么|什麽|咩|么子|几个)(?:意思|情况|玩意儿?)|(?:看|听|搞|弄|整)?(?:不|唔)(?:懂|明白)|看唔明|听唔明)"
    "(?:啊|呀|呢|嘛|了|哦|你|您|你们|在?说|说的|的|[?？。！! ])*"
)


def is_at_a_loss(text: str) -> bool:
    """Tell whether a message only says that the last one was not understood: 啥意思, 看不懂."""
    return _AT_A_LOSS.fullmatch(text[:LONGEST].strip()) is not None


#: Who wants to be accounted to is not helped by what a notice says.
_DEMANDS = re.compile(
    rf"多(?:收|扣|算|交|缴)了?|[扣划]了?(?:我|咱|俺)?们?家?{NUMBER}[遍次回道]|收了?(?:我|咱|俺)?们?家?{NUMBER}[遍次回道][^，。]{{0,3}}[钱费款]|又[收扣划]了?我?一?[遍次回]|少(?:算|退)|[算收扣]错|重复[收扣交]|乱收|给(?:我|咱|大家)?个?(?:说法|交代|解释|明细)|讲清楚|说清楚|凭(?:什么|啥)|对不上|查一?查账"
    r"|费.{0,6}多(?:了|出来?).{0,6}(?:块|元|钱|百|千)|(?:我|咱|俺)们?家?(?:的|还|现在)?[^，。？?]{0,6}费[^，。？?]{0,4}(?:多少|几多|几钿|好多)"
    r"|(?:这个?|本|上个?|几)(?:季度|月)[^，。？?]{0,6}费[^，。？?]{0,4}(?:多少|几多|几钿|好多)"
)


def demands(text: str) -> bool:
    """Tell whether a message wants to be accounted to: 多收了我八十六块，给我个说法."""
    return _DEMANDS.search(text[:LONGEST]) is not None


#: Asked to agree to what was said just before: 晚上八点钟走 要不要得.
_BARE_TAG = re.compile(
    r"，(?P<tag>(?:要不要得|要得不|要得没|要得|行不行|好不好|可不可以|可以不可以|得不得行|得行不|中不中|成不成|得唔得|好唔好|可唔可以|好勿好|好伐|可以伐|阿好|(?:行|好|可以|成|中|得)(?:吗|么|不|伐|咩))[呀啊哈嘛]?[?？]?)(?=，|$)"
)
#: How one gets rid of something: 我的信息咋去掉.
_HOW_TO_END = re.compile(
    r"(?:怎么|怎样|如何|咋个?|啷个|点样)(?!又|被|会|还)(?:才能|能|才|去|来|给)?[^，。]{0,4}(?:解除|解绑|解掉|取消|去掉|删|撤|退|注销|弄掉|取下)"
)


def asks_how_to_end(text: str) -> bool:
    """Tell whether a message asks how to get rid of something, which is a wish to: 这房子里我的信息到时候咋去掉."""
    return _HOW_TO_END.search(text[:LONGEST]) is not None


_DREADS = re.compile(r"(?:不会|该不会|别|可别|不要)[^，,。\s]{1,12}吧[?？]*$")


def dreads(text: str) -> bool:
    """Tell whether a question only says what is dreaded: 不会又修不好吧."""
    return _DREADS.search(text[:LONGEST]) is not None


_PROPOSES = re.compile(
    r"(?:要不要得|要得不|得[唔不]得|行不行|好不好|可不可以|可唔可以|中不中|成不成|(?:行|好|可以|成|中|得)(?:吗|么|不|伐|咩))[呀啊哈嘛]?[?？]?$"
)


def proposes(text: str) -> bool:
    """Tell whether a message only asks whether what it says may be: 明天两点我朋友来打牌，得唔得呀？"""
    return _PROPOSES.search(text[:LONGEST].strip()) is not None


#: What is only supposed: 要是煤气漏了怎么办.
_IF = re.compile(
    "(?:如果说?|假如说?|假设|要是说?|倘若|若是|万一|一旦|比如说?|譬如|要系|如果系|哪天|平时|平常|以后|(?:碰|遇)[到上见]|发生)+|的话|的?(?:时候?|情况(?:下)?)(?=[，, ]|$)"
)

#: Asks what is to be done then.
_WHAT_THEN = re.compile(
    "(?:又|还|人)?(?:该|要|应该|应当|得|需要|可以)?(?:怎么|咋个?|啷个|点样?|哪能|如何|怎样)(?:办|整|搞|弄|做|处理|应对|自救|逃生?|逃命|跑|躲|撤离?|走|报警|救人?|急救)(?:呢|呀|啊|才好|才对|好|比较好|最好|才安全)*"
    "|(?:该|要|应该|应当|得|需要)(?:先)?(?:做(?:什么|啥|些什么)|打(?:什么电话|啥电话|哪个电话|哪个|几|多少)|找谁|往哪[里儿]?[跑走逃躲])|第一步(?:该|要|应该)?(?:做|干)?(?:什么|啥)?"
)

#: Said of nowhere, how one gets away is asked of no fire that burns: 着火了该怎么跑.
_IN_GENERAL = re.compile("(?:该|应该|应当)(?:怎么|如何|怎样|往哪[里儿]?)(?:跑|逃生?|躲|撤离?|走)|(?:怎么|如何|怎样)(?:逃生|自救)")


def supposed(text: str) -> str:
    """Return what a question supposes that asks what to do then: 煤气漏了 of 要是煤气漏了怎么办; empty for any other message."""
    said = text[:LONGEST]
    if _WHAT_THEN.search(said) is None or (_IF.search(said) is None and _IN_GENERAL.search(said) is None):
        return ""
    return _IF.sub("", _WHAT_THEN.sub("", said)).strip(" ，,。.！!？?、；;就那我们请问想知道呢")


#: Of a longer message the beginning tells.
LONGEST = 200

_CLAUSE = re.compile(r"[^，,。.；;!！?？\n]+[?？]?")
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z]")
#: Whoever dictates or is in a hurry sets no other sign.
_BREATH = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_SOFT = re.compile(r"[啊呀哦噢哈嘛哎呗嘞咯哇~～…\s]+(?=[?？，,。.!！]|$)|[\s~～…]+")


def _calm(text: str) -> str:
    """Return the text without the sounds that end a clause."""
    return _SOFT.sub("", _BREATH.sub("，", text))


#: What only the office or the bot can do: asked whether it can, one asks for it.
_SERVICE = longest_first(
    "帮 给弄 给修 给看 弄亮 修亮 一起报 报备 给我 给咱 给俺 给他 给她 替我 同我 麻烦 派 来修 来看看 来看下 来看一下 来个人 来人 来处理 来弄 来搞 上门 修一下 修下 修修 修好 修理 取消 撤销 撤掉 作废 开个 开一 开张 开通 "
    "办个 办一 办张 弄个 弄一 整个 登记 登个 登一 预约 约个 报修 改成 改到 改为 改一下 改下 换成 换到 换个 换一 催一 催下 催催 快点 快些 快一点 尽快 早点来 转人工 转接 "
    "找人 找个 叫人 叫个 叫师傅 放他 放她 放人 放行 放我 放一下 解绑 绑定 绑一下 删掉 删除 再发 发我 发一 发个 发给 查一下 查下 查查 安排 通知一 通知下 联系一 "
    "送一 送上 送个 说一声 告诉他 处理 解决 管管 管一 打电话 打个电话 关一下 关小 开一下 延长 延到 提前到 推迟 推到 加一个 加个 加上 补一 记一下 记下 轻点 小声 清一下 清理 打扫".split()
)
_CAN = r"(?:能不能|能否|可不可以|可以不可以|可否|能唔能|可唔可以|得唔得|方不方便|方便|能够|能|可以|可唔可|有没有人|有没有师傅|有没得人|有人|谁能?|哪位)"
#: 能不能…来修一下, 可以帮我取消吗, 谁来看看.
_REQUEST = re.compile(
    rf"{_CAN}.{{0,14}}?(?:{_SERVICE})|{_CAN}.{{0,6}}来(?:修|弄|看|搞|处理|个)|(?:{_SERVICE}).{{0,14}}(?:{_CAN})[吗么不没?？]*$"
)
_SERVED = re.compile(_SERVICE)
#: 帮我…, 我要…, 快来: orders whatever is asked beside them.
_ORDER = re.compile(
    "|".join(
        [
            # for whom
            r"(?:帮|替|同)(?:我|俺|咱|我们|他|她|忙)",
            r"给(?:我|俺)(?!.{0,4}打电话)(?:开|办|弄|登|派|找|叫|转|换|改|发|查|取消|记|删|退|下了|撤)",
            # what one wants
            r"我(?:想|要)要?(?:报修|取消|预约|登记|邀请|绑定|解绑|投诉|寄|约)",
            # quickly, please
            r"(?:快|赶紧|赶快|马上|立刻|速)(?:点)?(?:来|派|过来|找|给|修)",
            r"(?:麻烦|请|劳烦|辛苦)(?:你们?|您|师傅|物业|尽快|快|派|安排)?(?:来|派|帮|给|安排|尽快|修|登记|放行|取消|处理|过来|通知)",
            # who shall come; what is changed
            r"来个?(?:师傅|人(?!要)|工人)",
            # what one offers
            rf"我(?:愿意|可以|就|最多|先)?出(?:价|个)?{NUMBER}",
            r"^(?:取消|改成|改到|换成|报修|登记|预约)(?!.{0,8}(?:怎么|要|吗|多少|什么|流程))",
        ]
    )
)
#: Begins as an order: 帮我查查哪里在漏.
_ASKED_FOR = re.compile("(?:那|就|先|再|你们?|您)*(?:帮我|帮忙|给我|替我|同我|麻烦(?!.{0,2}问)|来个)")
#: How something is done, or whether it must be: no order, though 帮我 stands in it.
_HOW = re.compile(r"(?:怎么|怎样|如何|咋|点样|要不要|需不需要|用不用|要|需要).{0,4}(?:帮|给|替|登记|报修|取消|预约|绑|邀请|解绑)")

_FAULT = (
    r"(?:漏水|漏了|漏雨|渗水|滴水|冒水|返水|堵了|堵住|堵死|坏了|坏掉|坏咗|烂咗|跳闸|没电了|没水了|停了|断了|不亮|唔亮|不转|不热|不制冷|不出水|打不开|关不上|关不住|打不着|不动了|没反应|没信号|没网|"
    r"响个不停|憋了|爆了|裂了|掉了|松了|歪了|塌了|不灵|失灵|不好使|不通|(?:[关推拉拧按锁拔冲放升降刷扫连充点打](?:不|唔|勿|弗))(?:拢|上|严|紧|牢|燃|着|到位|上去|下去|下来|起来|出来|开(?!机))|停电|停水|没水|没电|没气|没暖气|没热水|断水|断电|往下漏|在漏|漏得|断了|转得飞快)"
)
_REPORT = re.compile(_FAULT)
#: 漏水了怎么办 wants it mended; 卡丢了怎么办 wants to know.
_WHAT_NOW = re.compile(
    r"(?:该|要|可|得|是)*(?:怎么|咋|点|啥|什么)(?:办|整|弄|搞|处理|算|回事|情况|原因)(?:[呢呀啊]|好|才好)*[?？]?$"
)
#: 怎么又停了, 灯怎么不亮了: a fault told as a question.
_COMPLAINT = re.compile(
    "|".join(
        [
            # why again, why not
            rf"(?:怎么|咋|啷个|(?:为什么|为啥|点解)(?=又|老|总|一直))(?:又|老是?|总是?|一直|突然|忽然|就|都|还)*"
            rf"(?:(?:在|是)?{_FAULT}|[没冇](?:电|水|网|信号|反应|热水|暖气)|(?:不|唔)(?:亮|响|动|转|热|出水|制冷|灵|好使|工作))",
            r"(?:怎么|咋)(?:又|老|总)",
            # however one tries
            r"(?:怎么|咋个?|啷个|哪能|点样?|怎样)(?:弄|搞|拧|按|推|拉|关|开|整|修|试|掰)?(?:都|也)(?=[^?？吗]*[不唔勿没冇])",
            # how is one to live with it
            r"(?:叫|让|喊|要|教)?(?:我们?|俺们?|阿拉|我哋|人家?|老人|孩子|全家|一家人)(?:今晚|晚上|还|又|要|可)*(?:怎么|咋个?|啷个|哪能|点样?|如何)(?:能|得)?(?:睡|瞓|活|住(?!.{0,3}[?？])|过(?:夜|日子|冬|年|$)|见人|休息|洗澡|冲凉|做饭|煮饭|上厕所|做生意|关店|受得)",
            # why have others what I have not
            r"(?:我们?|俺们?|阿拉|我哋|我家|我屋(?:头|企)?|就我)(?:怎么|咋个?|啷个|哪能|点解|为啥|为什么)(?:就|还|一直|都)*(?:没得|没有|冇|没收到|收不到|勿得|呒没|唔见)",
            # for how long already
            r"(?:断|坏|漏|停|堵)了(?:多少天|好几天|几天|好久)了",
            # who does such a thing
            r"谁(?:家|把)(?!.{0,8}[吗?？])|有没有(?:人管|素质|公德)|有没有搞错",
        ]
    )
)

#: 我妹妹明天下午三点来: a visit told.
_VISIT = re.compile(
    r"(?:今天|明天|后天|今晚|明晚|明早|上午|下午|晚上|中午|周[一二三四五六日末天]|礼拜|星期|(?<![晚早])点|等下|一会儿?|待会儿?|等会儿?).{0,10}(?:(?<![搬住]进)(?<!搬)来|到|过来|来我家|上门|回来|嚟|进场)(?:吃饭|食饭|做客|玩|看我|住)?$"
)

#: Words that ask, and what makes them ask nothing.
_ASKING = re.compile(
    "|".join(
        [
            # how, why, what for
            r"怎么(?!都|也|样都|着都)|咋(?!都)|怎样|如何|为什么|为啥|为何|干嘛|点解|点样|点先|啷个|咋个|哪能",
            # when, where, which, who, how many
            r"什么时候|啥时候?|几时|多会儿|好久(?=能|可以|来|修|到|开|停|送|交|$)|啥辰光|哪天|哪阵|哪年|几号|(?<![十0-9第])几点|几套|几楼|几栋|几折|几块|几钱|几钿|几多|几岁|多少|多久|多长|多远|多大年|多大岁",
            r"(?:得|要|该|能|需要|应该|是)[^，,。还]{1,12}还是(?!得|要|会|不|很|那|老|没)[^，,。]{1,10}$",
            r"(?:住|绑|登记|约)了几[个位套张]|(?:要|得|能住|能停|能放|还有|有效|等|限)几[天个]|(?<![十好0-9])几[个位条张](?:人|钥匙|卡|码)?[?？]?$|第几",
            r"(?:到|在|去|放|从|上|往|找)哪|哪里|哪儿|哪个|哪位|哪家|哪些|哪几|哪一|哪种|哪边|哪套|边度|边个|搁哪|啥地方|什么地方|谁|边位",
            r"什么|啥|乜嘢?|咩嘢|么子|么事",
            r"(?:归|找|去|走|用|坐|从|选|交给?|是)[^，,。！!]{1,8}还是(?!要|没|得|不|又)[^，,。！!]{1,10}$",
            r"(?:能|可以|要|得|让)[^，。]{0,4}几[次回遍趟]",
            # yes or no
            r"是不是|是否|有没有|有冇|有没得|有无|会不会|能不能|能否|可不可以|可否|要不要|用不用|需不需要|该不该|行不行|好不好|对不对|算不算|让不让|给不给|收不收|开不开(?=门|放|吗|$)|在不在|修不修|管不管|"
            r"来不来|停不停|系唔系|得唔得|得不得|可唔可以|使唔使|有没|阿是|阿要|要勿要",
            r"有人(?:管|修|来|在)?没有?[?？]?$|有(?:[^，。但可就]{1,10})(?:没得|没有|冇)[?？]?$|不会.{1,12}吧[?？]?$|[吗么嘛][?？]?$|[伐未咩][?？]?$|(?:了|好|完|到|过|咗)(?:没有?|冇|不)[?？]?$|(?<!要)(?<!还)(?:(?:能|要|可以|会|有|行|好|得|让|给|收|用|在|来|是|管|准|许|进|修|开).{0,8})不[?？]?$",
            r"^(?!.*还).{1,8}(?<![在还没着正])呢[?？]?$",
            # asking, said
            r"请问|请教|问一?下|问问|咨询|打听|想问|想知道|想了解",
        ]
    )
)
_NOT_ASKING = re.compile(
    "|".join(
        [
            r"(?:阿是|是不是)(?:有毛病|脑子|疯)|今天(?:是|算)?(?:个)?(?:什么|啥|咩)(?:鬼)?日子|(?:什么|啥)(?:破|烂|鬼|屁|狗屁|垃圾|玩意|态度|素质)|随便(?:什么|哪|几|谁)|没(?:什么|啥|多少|多久|几[个天])|什么的|(?:什么|啥|谁|哪[里儿天个]?|几点|几号|多少|多久|什么时候|啥时候|怎么)[^，。?？吗]{0,5}(?:都|也)(?![有要])",
            r"(?:不|唔)(?:知道?|晓得|清楚|懂|记得)(?:是|到底|被)?(?:.{0,4})(?:什么|啥|谁|哪|怎么|咋|几|多少|为什么|为啥)[^吗?？]*$",
            r"(?:有|像|像是|好像|被|是)个?(?:什么|啥)(?:东西|人|虫|味)[^吗?？]+$|(?:让|等|容)?我(?:先|去)?问(?:一?下|问)(?:他|她|我)[^吗?？]*$",
            r"(?:什么|啥|谁|哪个|几点)(?:我|咱|还|也|真)*(?:不|唔)(?:知道|晓得|清楚|懂|记得)[^吗?？]*$",
            r"要不(?!要)|对了|早不|干嘛用$",
            # what is one to be cross about
            r"(?:急|怕|慌|气|吵|凶|催|客气|谢|扯|犟|较|费|操)(?:个|那)?(?:什么|啥子?|咩|么子)(?:眼|劲|真|心|呢)?(?=$|，)|(?:急|怕)啥",
            # what for, said of a bother: 整那玩意儿干啥
            r"(?:整|弄|要|问|留|填|写|搞|记)(?:那|这|它)(?:个|些)?(?:玩意儿?|东西)?(?:干啥|干嘛|做啥|干什么|做什么|作甚)",
        ]
    )
)
#: 三点行吗, 501可以吗: a value proposed.
_PROPOSAL = re.compile(
    r"^(?:那|就|改|换|要不|要么|嗯|他们?|她们?|我们?|师傅|客人|人家|再|等)*(?:[0-9零一二两三四五六七八九十百半]|点|今天|明天|后天|大后天|今日|听日|听朝|明朝|今朝|明儿|后儿|上午|下午|晚上|中午|早上|朝早|上昼|下昼|晏昼|头晌|后晌|晌午|夜里|夜饭后|先|周[一二三四五六日末天]|星期[一二三四五六日天]|礼拜[一二三四五六日天]|号|月|栋|单元|室|到|左右|之后|以后|前|后|来|的|钟|走|过来|上门|修|回来|进场|开工)+"
    r"(?:可以|行|好|方便|有空|ok|成|得行?|中|要得|要不要得|阿好)?(?:不可以|不行|不好|不中|不成|不得行|唔得|唔好|勿好|吗|么|不|呢|伐|咩|没)?[?？]?$"
)
_TAG = re.compile(r"(?:可以|行|好|成|中|得|ok)(?:不可以|不行|不好|不成|吗|么|不|伐|咩|唔得)[?？]?$|要不要得[?？]?$|要得不[?？]?$")


_HAS_BEEN = re.compile(
    r"(?:有没(?:得|有)?|有冇|有无)人.{0,4}(?:来|看|修|管|弄|处理|通知)过|(?:来|看|修|处理|弄)过(?:了?没(?:有|得)?|冇|未|吗)[?？]?$"
)


def _is_rhetorical(clauses: Sequence[str]) -> bool:
    """Tell whether what stands as a question only refuses: 没得牌照，骑摩托还要啥子牌照."""
    if clauses and _RETORT.match(clauses[0]) and not any(map(_asks, clauses[1:])):
        return True
    return len(clauses) > 1 and _WHAT_FOR.search("，".join(clauses)) is not None


#: 叫什么叫, 催什么催: thrown back, it asks nothing.
_RETORT = re.compile(r"(?:你们?|还)?(?P<verb>[\u4e00-\u9fff])(?:什么|啥子?|咩|么子)(?P=verb)[呀啊嘛]?$")

_WHAT_FOR = re.compile(
    r"(?:没得?|没有|冇|无|不是|不用|唔使)(?P<thing>(?!人|时|事)[\u4e00-\u9fff]{1,3}).{0,10}(?:啥子?|什么|咩|么子)(?P=thing)[?？]?$"
)


def _asks(clause: str) -> bool:
    if _PROPOSAL.match(clause) or _COMPLAINT.search(clause):
        return False
    if clause.endswith(("?", "？")):
        return len(clause) > 2
    left = _NOT_ASKING.sub("", clause)
    return _ASKING.search(left) is not None


def _orders(clause: str, *, asks: bool) -> bool:
    if _COMPLAINT.search(clause):
        return True
    if asks:
        return _requests(clause)
    return any(words.search(clause) for words in (_ORDER, _REPORT, _VISIT)) or (_REQUEST.search(clause) is not None)


def _requests(clause: str) -> bool:
    """Tell whether a clause that asks wants something done all the same."""
    if _WHAT_NOW.search(clause):
        return _REPORT.search(clause) is not None
    if _ASKED_FOR.match(clause) and not _HOW.search(clause):
        return True
    if _HOW.search(clause) or _WHEN.search(clause) or _MAY.search(clause):
        return False
    if (tag := _TAG.search(clause)) and any(words.search(clause[: tag.start()]) for words in (_ORDER, _SERVED, _VISIT)):
        return True
    return _REQUEST.search(clause) is not None or _ORDER.search(clause) is not None


#: Whether others may do something themselves: 租户可以绑定吗, 我能查一下吗.
_MAY = re.compile(
    r"(?:我们?|自己|租户|租客|业主|客人|朋友|访客|外人|老人|孩子|外卖|快递|别人|家属)(?:也|还|都|自己)*"
    r"(?:能不能|可不可以|能|可以)(?!.{0,6}(?:改|换|延|推|取消|帮|给))"
)
#: When, why and how much ask, whoever is to come: 什么时候能来修, 为什么取消.
_WHEN = re.compile(
    "|".join(
        [
            # when, how much, why, how, where
            r"什么时候|啥时候?|几时|多会儿|好久|啥辰光|几点|哪天|几号|多久|多少|多长|为什么|为啥|为何|点解",
            r"几钱|怎么|咋|如何|点样|哪里|哪儿|哪个|边度",
            # who, whether
            r"什么(?!东西)|有没有(?!人|师傅)|谁(?:来修|来|负责|管)[?？]?$|有人管没有?$|是不是|会不会|要不要",
            # whether it is done already
            r"[好完到过了](?:没有?|冇|未)[?？]?$|了吗[?？]?$",
        ]
    )
)
