"""Who comes where no name is said: by what they are to the resident, or by their work: 妹妹, 修空调的师傅, 快递员. Pure."""

import re
from functools import lru_cache

from bot.language.kinds.proper import FAMILIAR, NAME, SHORT_NAME
from bot.language.late import Late
from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER
from bot.language.people import MINE, NUMBERED_RELATIVE, OWN_RELATIVE, RELATIVE, is_no_name
from bot.language.words import ROLES

#: Between several who come: 和, 同埋, 带着; nothing at all in 我爸我妈.
AND = re.compile(r"""(?x:
    [，,、\s]{0,2}
    (?: 还有(?:一?[个位])?(?:叫(?!我|他|她))?|外带|外加|还带上?|连同|和|跟|与|以及|及|[，,、] | [同连]埋|同(?![学事乡桌行伴僚窗志门]) | 陪[着同]?(?![诊护练读驾]) | [带领][着上](?!(?:他|她|个|俩)?(?:孩|小孩|娃|宝)) )
    [，,、\s]{0,2}
  | (?<=[爸妈爹娘爷奶哥姐弟妹姑姨舅叔婶嫂公婆夫媳伯儿婿友学事])(?=[我俺咱](?:家|的)?[大小老二三四]?[爸妈爹娘爷奶哥姐弟妹姑姨舅叔婶嫂公婆媳伯儿女婿侄外岳丈闺朋同])
  )""")
ROLE = longest_first(ROLES)

#: What is no name, though it says who comes.
KIN = Late(rf"我?(?:的)?(?:{RELATIVE}|{OWN_RELATIVE}|{ROLE}|快递员?|外卖员?|装修工?|搬家的?|客人|访客)(?:们|俩)?")

#: The words for coming, as they are said here and there.
COME = r"""(?x:
    上(?:我|俺|咱|阿拉)?们?(?:家|屋|屋头|这儿?|我?门)?里?[来嚟]
  | [来嚟](?!不|电话|信|得及|着|修)
  | 到(?!期|底|处|账|不)
  | 拢|返屋企|上门|进来
  | 住(?!院|在|的|这|那|哪)
  )"""

_CHILD = "小子|姑娘|丫头|崽崽?|娃|仔|女"
RELATION = rf"""(?x:
    # 我妹妹, 王芳家的保姆, 二舅; 我姐 only behind 我
    (?: (?:{MINE}|[他她佢]的?|(?:孩子|娃儿?|宝宝)(?:[他她]|的)?|{NAME}家?的?)?(?:[大二三四五六小]?(?:{RELATIVE})|{ROLE}|(?:{NUMBERED_RELATIVE}){{1,3}})
      | (?:{MINE}|[他她佢]|(?:孩子|娃儿?|宝宝)[他她的])(?:{OWN_RELATIVE}) )
    # 我弟弟的女朋友, 我姐家的丫头
    (?: [他她](?:{RELATIVE}|{OWN_RELATIVE}|{NUMBERED_RELATIVE}) | 家?的?(?:{RELATIVE}|司机) | 家?的{ROLE} | 家的(?:{NUMBERED_RELATIVE}) | 家的?(?:{_CHILD}|孩子|娃娃?|{FAMILIAR}|{SHORT_NAME}) )?
  )"""
#: Whoever comes for some work, by the work: 修空调的师傅, 送冰箱的.
_BEGINS = "(?:(?<![\u4e00-\u9fff])|(?<=[个位给让请约叫是有我家的来要和跟与了帮放为写名班天午上早晚门厂店司院区里]))"
BY_WORK = rf"""(?x:
    {_BEGINS}(?:来|搞|修|送|装|量|搬|收|做|打|安|换|测|接|租|教|看|清|洗|通|贴|擦|查|抄|拆|检|维|配|取|卖|喂|遛|照顾|照看|带孩|拍|调|拉|刷|铺|补|封|焊|开锁|撬锁|喷|消|灭|杀|验|陪|护理|理发|剪|保养|回收|疏通|喷漆|粉刷)
    (?:(?![的哩嘅])[\u4e00-\u9fff]){{0,6}}[的哩嘅](?!车|东西|时候|事|钱|价|费)
    (?:[两俩三仨]个?)?
    (?:师傅|工人|人员|人|小哥|大哥|大姐|大爷|阿姨|老师|娃儿|小伙子?|妹子|老板|中介|客户|朋友|公司|姑娘|小姐姐)?
  )"""
_WORK_DONE = r"(?:修|送|装|量|搬|收|安|换|测|洗|通)(?:(?![我你他她过回来上进到去])[\u4e00-\u9fff]){1,5}?"

_FIRM = "顺丰|京东|美团|饿了么|滴滴|圆通|中通|韵达|申通|邮政|德邦|货拉拉|国家电网|供电局|燃气|电信|移动|联通|自来水|宽带|家政|保洁|搬家|装修|贝壳|链家|盒马|叮咚|淘宝|苏宁|海尔|格力|美的|小米|居委会|街道|社区|派出所|银行|保险|医院|学校|电梯|消防"
#: Whoever comes from a firm, by the firm: 顺丰的小哥, 燃气公司的人.
BY_FIRM = rf"""(?x:
    (?:{_FIRM})(?:公司|集团)?的?
    (?:人员|人(?!家)|师傅|工人|小哥|大哥|大姐|员工|工作人员|客服|阿姨|骑手|司机|快递员|配送员|维修工|安装工|中介|经纪人|同志|民警|医生|老师)
  | {_BEGINS}(?:(?![我你他她的了在是来到明有给让和从去])[\u4e00-\u9fff]){{0,5}}(?:公司|店|厂|医院|学校|幼儿园|中心|协会|机构|工作室|旅行社|局|派出所)的
    (?:人员|人(?!家)|师傅|工人|小哥|大哥|大姐|员工|工作人员|客服|阿姨|同志|老师|园长|校长|院长|医生|护士|同事|设计师|顾问)
  | {_BEGINS}(?:(?![我你他她的了在是来到明有给让和从去])[\u4e00-\u9fff]){{1,5}}(?:公司|店|厂)的(?=[\s,，]*□)
  )"""

#: Whoever comes by the car they come with, where nobody is named: 送货的货车, 搬家的车.
VEHICLE = "(?:(?:送货|拉货|搬家|送家具|送建材|拉家具)的?)?(?:[大小]?(?:货车|卡车|厢货|面包车)|货拉拉|三轮车|吊车|拖车)|(?:送货|拉货|搬家)的?车"

CALLED = rf"(?:{BY_FIRM}|{BY_WORK}|{RELATION}|{VEHICLE})"
_ALL = rf"(?P<all>{CALLED}(?:{AND.pattern}(?:{CALLED}|{NAME}|{FAMILIAR})){{0,4}})"

#: What may stand between whoever comes and the word for coming: 今晚开车, 两个人要, 放学自己.
_UNTIL = (
    "[" + "".join([
        "□等待儿临时突然刚一二两三四五六日几个口家们俩人都要会想就也再又才",
        "带娃开车坐打骑放学自己动高铁从外地老打算准备晚点可能大概顺路后今明下上午早周末天半号月起0-9: 出差请假休完班课始白每",
    ]) + "]{0,12}"
)  # fmt: skip
#: Somebody of one's own is meant wherever in the sentence the coming stands; what they say, have or ask of others is none.
_OWN = rf"""(?x:(?P<all>
    {MINE}(?:{RELATIVE}|{OWN_RELATIVE}|(?:{NUMBERED_RELATIVE}){{1,3}})
    (?: 家?的(?:{RELATIVE}) | 家的?(?:{_CHILD}) )?
    (?:{AND.pattern}{CALLED}){{0,3}}
  ))"""

#: Whom one is told to write down: 名字就写我大姑吧.
WRITTEN = Late(rf"(?:写|填|登记)(?:成|上|个|的是)?{_ALL}(?=吧|就|好了|的名|$|[\s,，。])")
_COMING: tuple[Late, ...] = (
    WRITTEN,
    # 来的有我哥和我嫂子
    Late(rf"来的(?:人|客人)?(?:有|是|[:：])\s*{_ALL}"),
    # 我妹妹今晚开车来
    Late(rf"""(?x:
        {_ALL}(?:们|俩)?(?:[,，](?=\s*□))?(?:[带陪领][着了]?(?:{NUMBER}?[个名位]|[俩仨])?(?:{CALLED}|孩子|娃儿?|小孩|宝宝))?(?:□[,，]\s*)?{_UNTIL}?(?:从(?:(?!来)[\u4e00-\u9fff]){{1,6}}?)?
        (?: 来(?!不|过(?![□年节春中端元除生周六日冬寿])|电话|信|得及|着) | 到(?!期|底|处|账) | 嚟|回来|返|上门|[上进]去|上楼|进来|进门|过来|要进 | 住(?!院|在|的|这|那|哪) | 看房|上户|入户|做客|串门|家访|拜访|看望|探望|聚餐|吃饭|干活 | 在(?:楼下|大?门口|岗亭|门岗)
          | [拿取送](?:东西|钥匙|货|件|菜|饭) | [送修装收](?:(?![的得好了完过出走不没])[\u4e00-\u9fff]){{1,3}}(?=$|[,，。]) )
      )"""),
    # 给我妹妹办个通行证
    Late(rf"""(?x:
        (?:给|帮|替|让|[请约找叫喊][了个]{{0,2}}|放行?(?:一?下)?|为|邀请|安排了?){_ALL}(?:们|俩)?□*
        (?:办|开|弄|整|登记|登个|报|预约|生成|进|来|上|发|做|$|[，,。])
      )"""),
    # 另外我表弟还从东北赶过来
    Late(rf"""(?x:
        (?:^|[，,。.!！\s□]|另外|还有|对了|就)[另外还有对了就得\s]{{0,4}}
        {_OWN}(?:[他她]们|们|俩|几个|一家)?(?!屋?的|[说讲话问叫让])
        (?:(?!不|没|勿|唔|要是|如果|问|告诉|说|讲|叫|让|找|请|喊|的车|坏|漏|堵)[^，,。;；!！?？\s]|[ ]?□[ ]?){{0,20}}?{COME}
      )"""),
    # 站着的那个是我姥爷，让他进
    Late(rf"是(?P<all>{MINE}(?:{RELATIVE}|{NUMBERED_RELATIVE}))(?=[,，\s]*(?:[快请]*让|放|给|麻烦|帮))"),
    # 两个同学下午来
    Late(rf"{NUMBER}(?:个|位|名)(?P<all>{RELATIVE}|老友|老同学){_UNTIL}?{COME}"),
    # 一会儿有个送花的
    Late(rf"(?:有[个位]|来[个位]?)\s*(?P<all>{BY_FIRM}|{BY_WORK})(?=$|[,，。□])"),
    # 后天下午五点还有我舅舅
    Late(rf"(?:还有|仲有|另外还有|再有|再加|加上|外加){_ALL}(?:们|俩)?(?=[\s□]*(?:$|[，,。.!！]))"),
    # whoever brings or does something, when nothing else says who: 后天有人送床垫上门
    Late(rf"""(?x:
        有(?:个|一个|两个|几个)?(?:人|师傅|工人|小哥)(?:开车|要|会|过来|来|帮我|给我家?)*
        (?P<work>{_WORK_DONE}){_UNTIL}?过?{COME}
      )"""),
)  # fmt: skip

#: Before a work what kind of it is meant: 水电师傅, 物流公司师傅.
_OF_WHICH_KIND = re.compile(
    r"(?:^|[\s,，。□个位名]|有|请了?|叫了?|约了?|(?:孩子|娃儿?|宝宝|儿子|女儿|老人|老公|老婆)的)(?P<kind>(?:(?![我你他她它的了在是来到有给让和从去要说等这那哪请叫约帮个位名早晚上下午麻烦])[\u4e00-\u9fff]){1,5})$"
)

#: 乐乐妈妈, 豆豆的老师: whose they are, where a pet name tells.
_WHOSE = re.compile(
    r"(?:^|[\s,，。□给帮请让约])(?P<whose>(?P<sign>(?![妈爸爷奶哥姐弟妹姑叔舅婶伯公婆宝天常刚慢人家个多大小早晚好看])[\u4e00-\u9fff])(?P=sign)家?的?)$"
)

#: What one calls those by two signs whom one calls by one behind 我: 我妈 is 妈妈.
_DOUBLED = frozenset("爸妈舅叔婶姑哥弟姐妹")


#: As 的 is said elsewhere: 收废品哩, 送水嘅.
_OF_WORK = re.compile("(?<=[\u4e00-\u9fff]{2})[哩嘅]$")

#: A car that was called to the door, of whose driver nobody knows a name.
_RIDE = re.compile(
    "(?:叫|打|约|喊)(?:的|了|个|辆|台|部){0,3}(?P<ride>滴滴|网约车|出租车?|专车|快车|顺风车|的士|车)(?!位|库|牌|主|门)"
)

#: 妹 今天下午5点 来: what one is, in one sign that stands alone.
_ONE_SIGN = re.compile(r"(?:^|[\s,，])(?P<who>[妹姐哥弟妈爸姑姨舅婶叔])(?=[\s,，]+□)")

#: 家教每周六, 孩子的钢琴老师，周日上午十点: beside hours that come again nobody needs to say 来.
_AGAIN = Late(
    rf"(?:^|[,，。\s□的]|{MINE}|请了?个?)(?P<kind>(?:(?![他她它我的了是有在让给请])[\u4e00-\u9fff]){{0,4}}?)(?P<all>{CALLED})(?=[\s,，]*[□每]|$)"
)


def again(rest: str) -> str:
    """Return who comes at hours that are said to come again; empty where nobody is told of by what they are."""
    match = _AGAIN.search(rest)
    if match is None:
        return ""
    return called(match["kind"] + match["all"] if re.fullmatch(ROLE, match["all"]) else match["all"])


@lru_cache(maxsize=64)
def coming(rest: str) -> tuple[str, ...]:
    """Return who comes, where a relation stands for the name: 我妹妹明天来, 修空调的师傅下午到."""
    match = next(filter(None, (pattern.search(rest) for pattern in _COMING)), None)
    if match is None and (ride := _RIDE.search(rest)):
        return ("网约车" if ride["ride"] == "车" else ride["ride"],)
    if match is None and (alone := _ONE_SIGN.search(rest)) and re.search(COME, rest):
        return (called(alone["who"]),)
    if match is None:
        return ()
    if work := match.groupdict().get("work"):
        return (f"{work}的",)
    said = match["all"]
    if re.fullmatch(ROLE, said) and (kind := _OF_WHICH_KIND.search(rest, 0, match.start("all"))):
        said = kind["kind"] + said
    elif re.match(f"{RELATIVE}|{ROLE}", said) and (pet := _WHOSE.search(rest, 0, match.start("all"))):
        said = pet["whose"] + said
    return tuple(called(words) for words in AND.split(said) if words and (re.fullmatch(CALLED, words) or not is_no_name(words)))


def one_by_one(words: str) -> tuple[str, ...]:
    """Return 岳父 and 岳母 for 岳父岳母."""
    both = words[:2], words[2:]
    are_two = len(words) == 4 and all(re.fullmatch(RELATIVE, one) for one in both)
    return both if are_two and (both[1] not in ("女婿", "媳妇") or both[0] in ("女儿", "闺女", "儿子")) else (words,)


def called(words: str) -> str:
    """Return 妹妹 for 我妹妹, 妈妈 for 我妈: as one speaks of them to the family."""
    words = _OF_WORK.sub("的", words)
    bare = re.sub(f"^{MINE}", "", words)
    if bare in ("娘", "爹"):
        return bare
    if bare in _DOUBLED:
        return bare * 2
    return words if len(bare) < 2 or (bare[1] == "的" and bare[0] in _DOUBLED) else bare


#: Whoever comes for somebody of the home, without a name of theirs: 接孩子的奶奶, 孩子的钢琴老师.
_FOR_THE_HOME = Late(
    rf"(?:接|带|看|陪|教|照顾|照看|伺候|护理)?(?:孩子|小孩|娃|宝宝|老人|老太太|老爷子|爷爷|奶奶)的(?:钢琴|英语|数学|语文|物理|化学|舞蹈|画画|绘画|书法|游泳|篮球|足球|吉他|古筝|小提琴|家教)?(?:{RELATIVE}|{ROLE}|人)"
)


def is_described(name: str) -> bool:
    """Tell whether a visitor is called by what they are, and by nobody's name: 妹妹, 修空调的师傅, 接孩子的奶奶, 货拉拉."""
    return all(
        KIN.fullmatch(one) or _FOR_THE_HOME.fullmatch(one) or re.fullmatch(f"{BY_FIRM}|{BY_WORK}|{VEHICLE}", one)
        for one in name.split("、")
    )


def is_proper(name: str) -> bool:
    """Tell whether a name is more than what somebody is: 老罗; 同学, 送货的 are not."""
    return re.fullmatch(CALLED, name) is None
