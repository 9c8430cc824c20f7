"""Who comes: by name, by what they are to the resident, or by their work: 张伟, 妹妹, 修空调的师傅."""

import re

from bot.language import answers, people
from bot.language.kinds import text as words_
from bot.language.kinds.kind import Kind, Message, Slot, Value
from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER
from bot.language.people import MINE, NUMBERED_RELATIVE, OWN_RELATIVE, RELATIVE

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万"
    "钱严覃武戚莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷冼招练劳植粟仝阙储丘晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|夏侯|皇甫|东方|尉迟|慕容|令狐|端木"
#: One sign after a surname that says how old whoever bears it is: 冼叔, 张姐; 和姐姐 names nobody.
_AGED = "(?P<aged>[叔姨婶伯哥姐嫂爷])(?!(?P=aged)|[夫妹弟])"
_TITLES = "先生|女士|小姐|老师|师傅|医生|经理|阿姨|叔叔|大爷|奶奶|大妈|大哥|大姐|总|工"
#: What follows a name more often than it ends one: 王芳来, 陈伟和他老婆, 张三开车.
_VERBS = "来开和要到进办弄约发会等是带的他她过去改说讲"
#: What stands between whoever is named and what they do: 王芳不来了, 小陈还没到, 张伟也来.
_STILL = r"[不没还也要都又就先快]+(?:[会想能晚早用是太快]|一起|一同)*[来到去过回开走进得点]"
_GIVEN = rf"(?!{_STILL}|[的了吗呢])[\u4e00-\u9fff](?:(?![{_VERBS}]|{_STILL})[\u4e00-\u9fff])?"
_NAME = rf"(?:(?:{_COMPOUND}|[{_SURNAMES}]){_GIVEN})"
#: Signs that begin no name of one's own beside a relation: 朋友开车来, 同事明天到.
_NO_GIVEN = "要会想就也再又都还才带开车坐打骑动从外地准备可能大概顺路后今明下上中午早晚周末半号月的了吗呢在是有没不到来去和跟同与他她它我你您这那哪谁几个两二三四五六七八九十人说们俩家里给把被让请帮替为过住吃喝走进出送拿修看找一每刚已正马快突临着得很好改换没无老小爸妈姐哥弟妹"
_OWN_NAME = rf"(?:[^\W\d_A-Za-z{_NO_GIVEN}□][^\W\d_A-Za-z{_NO_GIVEN}□]子?)"
#: 小满, 阿曼, 阿May, whoever bears no surname in it; 小区, 小孩 are nobody.
_SHORT_NAME = (
    rf"(?:[小阿](?![区孩时朋姐哥弟妹伙学心狗猫门车件偷便票姨妈爸公婆爷事伯叔舅姑嫂吃]|[{_NO_GIVEN}])[^\W\d_A-Za-z□]"
    rf"|老[{_SURNAMES}]|[小阿][A-Za-z]{{2,10}}|大(?![家概姨伯哥姐爷妈夫门厅人件约部小车雨叔舅姑婶嫂学]|[{_NO_GIVEN}])[^\W\d_A-Za-z□]子?)"
)
#: What follows whoever comes.
_COMES = r"(?=[\s□]*(?:$|[,，。.!！]|来(?!不)|过来|到(?![期底处不])|嚟|上门|要来|回来|从|开车|坐|打车|刚|已经|带))"
#: Words that end a name: what follows a person in a sentence.
_AFTER_NAME = (
    r"(?=$|[\s,，。.!！?？、;；的和□]|要|也|就|都|改|换|挪|推|说|讲|开|办|弄|登记|约|预约|发|进|来|过来|今|明|后天|大后|周|星期|礼拜|下周|下礼拜|下星期|下个|下午|上午|晚上|早上|中午|傍晚|电话|手机|车牌|开车|到|会|想|他|她|等|是|带|[0-9一二两三四五六七八九十]|"
    rf"{_STILL})"
)
#: 老李没来, 王芳也来 tell of somebody, and put them in nobody's place.
_TOLD_OF = re.compile(rf"(?!要[来到过]){_STILL}")
_NAMED: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?:(?:名字|姓名|全名|大名)(?:是|叫|为|[:：])?|(?:访客|客人|来客|来人)(?:是|叫|为|[:：]))\s*(?P<n>{_NAME}?){_AFTER_NAME}"
    ),
    re.compile(rf"(?:登记|预约|邀请)[:：]\s*(?P<n>{_NAME}?){_AFTER_NAME}"),
    re.compile(rf"(?:名?叫做?|名叫|喊他|喊她|改成|改为|换成|应该是)\s*(?P<n>{_NAME}?){_AFTER_NAME}"),
    re.compile(r"(?:名叫|叫做?|喊|名字是?|换成|改成|写)\s*(?P<n>[A-Za-z][A-Za-z .]{1,20}[A-Za-z])(?![A-Za-z0-9])"),
    re.compile(
        rf"(?:就|那就|先|只)?(?:写|填|(?:登记|写|填)成)(?:我|上|个)?(?P<n>[{_SURNAMES}](?:{_TITLES}|{_AGED})|{_NAME}(?=一个人|的名|吧|就|啦|喇|$|[\s,，。]))"
    ),
    re.compile(rf"姓(?P<n>(?:{_COMPOUND}|[{_SURNAMES}]))(?![\u4e00-\u9fff](?:名|甚))"),
    re.compile(rf"(?P<n>(?:{_COMPOUND}|[{_SURNAMES}])(?:{_TITLES}))(?!傅)"),
    re.compile(
        rf"(?:(?<![\u4e00-\u9fff])|(?<=[给帮请叫是])|(?<=[\u4e00-\u9fff][师员嫂工友]))(?P<n>(?![和与向于管时成从及])[{_SURNAMES}]{_AGED}){_AFTER_NAME}"
    ),
    re.compile(
        rf"(?:(?<![\u4e00-\u9fff大])|(?<=保姆|月嫂|家教|阿姨|护工|司机|朋友|同事|同学|师傅|邻居))(?P<n>[小老阿][{_SURNAMES}]){_AFTER_NAME}"
    ),
    re.compile(
        rf"(?:朋友|同学|同事|亲戚|客人|战友|邻居|老乡|闺蜜|发小|表弟|表哥|表姐|表妹|堂弟|堂哥|弟弟|哥哥|姐姐|妹妹|儿子|女儿|女婿|儿媳|侄子|外甥|舅舅|叔叔|姑姑|阿姨|"
        rf"保姆|家教|月嫂|师傅|访客|客人|给|帮|替|邀请|请|预约|登记|是)(?:一下)?\s*(?P<n>{_NAME}?){_AFTER_NAME}"
    ),
    re.compile(
        rf"(?:还有|仲有|另外|再有|加上|还请了|还约了)(?:一个|一位|个|位)?(?P<n>{_NAME}?|[小老阿][{_SURNAMES}]){_AFTER_NAME}"
    ),
    re.compile(rf"(?:^|[,，。\s、□])(?P<n>{_NAME}?){_AFTER_NAME}"),
)
#: Words in a pattern that say of what follows that it is a name.
_MARK = re.compile("名字|名叫|写|姓|登记\\|预约\\|邀请\\)\\[")
_AND = re.compile(r"[，,、\s]{0,2}(?:还有|和|跟|与|以及|[，,、])[，,、\s]{0,2}")
_ROLE = longest_first(
    "快递员 快递小哥 外卖员 外卖小哥 保姆 保洁 保洁阿姨 家教 家教老师 老师 师傅 装修师傅 装修工 装修工人 工人 搬家的 搬家公司 护工 月嫂 钟点工 中介 司机 护士 医生 理疗师 家政 货拉拉 编辑 钢琴老师 舞蹈老师 数学老师 英语老师 剃头师傅 理发师傅 律师 设计师 摄影师 代驾".split()
)
#: What is no name, though it says who comes.
_KIN = re.compile(rf"我?(?:的)?(?:{RELATIVE}|{OWN_RELATIVE}|{_ROLE}|快递员?|外卖员?|装修工?|搬家的?|客人|访客)(?:们|俩)?")
#: The words for coming, as they are said here and there.
_COME = r"(?:上(?:我|俺|咱|阿拉)?们?(?:家|屋|屋头|这儿?|我?门)?里?来|[来嚟](?!不|电话|信|得及|着|修)|到(?!期|底|处|账|不)|拢|返屋企|上门|进来|住(?!院|在|的|这|那))"
_NAMED_BESIDE: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?:{RELATIVE}|{_ROLE}|厂|公司|店|学校|单位)的?\s*(?P<n>{_SHORT_NAME}|{_OWN_NAME}|(?!车)[{_SURNAMES}](?:明|[^\W\d_A-Za-z{_NO_GIVEN}□]){{1,2}}?){_COMES}"
    ),
    re.compile(
        rf"(?:给|帮|替|让)(?P<n>{_SHORT_NAME}|{_OWN_NAME})(?=(?:弄|办|开|发|整|搞|约|登记)(?:一?[个张下])?(?:通行|访客|进门|二维)?[码证登])"
    ),
    re.compile(rf"(?:名叫|叫做?|换成|改成)(?:{_ROLE}|{RELATIVE})?(?P<n>{_SHORT_NAME}|{_OWN_NAME})(?=$|[\s,，。!！])"),
    re.compile(rf"(?:^|[,，。\s□])(?P<n>{_SHORT_NAME})(?=[\s□]*(?:来(?!不)|过来|到(?![期底处不])|嚟|上门|要来|回来))"),
    re.compile(
        rf"(?:^|[,，。\s□])(?P<n>{_SHORT_NAME}|{_OWN_NAME})(?:[他她]们|们)(?:几个|一家|[俩仨])?(?=[\s□]*(?:{_COME}|[要会想]))"
    ),
)
_RELATION = (
    rf"(?:(?:{MINE}|[他她]的?|(?:孩子|娃)的?|{_NAME}家?的?)?(?:{RELATIVE}|{_ROLE}|(?:{NUMBERED_RELATIVE}){{1,3}})|(?:{MINE}|[他她])(?:{OWN_RELATIVE}))"
    rf"(?:家?的?(?:{RELATIVE}|司机)|家的?(?:小子|姑娘|丫头|崽崽?|娃|仔|女))?"
)
#: Whoever comes for some work, by the work: 修空调的师傅, 送冰箱的.
_BY_WORK = r"(?:来|搞|修|送|装|量|搬|收|做|打|安|换|测|接|租|教|看|清|洗|通)[\u4e00-\u9fff]{1,5}的(?:师傅|工人|人|小哥|大哥|阿姨|老师|娃儿|小伙子?|妹子|老板|中介|客户|朋友|公司)?"
_WORK_DONE = r"(?:修|送|装|量|搬|收|安|换|测|洗|通)(?:(?![我你他她过回来上进到去])[\u4e00-\u9fff]){1,5}?"
_CALLED = rf"(?:{_BY_WORK}|{_RELATION})"
_ALL_CALLED = rf"(?P<all>{_CALLED}(?:{_AND.pattern}(?:{_CALLED}|{_NAME})){{0,4}})"
_ANYBODY = rf"(?:{_NAME}|[小老阿][{_SURNAMES}])"
_TOGETHER = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:麻烦|邀请|请)?(?:给|让|帮|替|约|请)?(?:我的?(?:朋友|同学|同事|亲戚|客户))?(?P<all>{_ANYBODY}(?:{_AND.pattern}(?:{_CALLED}|{_ANYBODY})){{1,5}}){_AFTER_NAME}"
)
#: What may stand between whoever comes and the word for coming.
_UNTIL = r"[□等待儿临时突然刚一二两三四五六日几个口家们俩人都要会想就也再又才带娃开车坐打骑放学自己动高铁从外地老打算准备晚点可能大概顺路后今明下上午早周末天半号月起0-9: ]{0,12}"
_COUNTED = rf"{NUMBER}(?:个|位|名)"
#: Somebody of one's own is meant wherever in the sentence the coming stands; what they say, have or ask of others is none.
_OWN = rf"(?P<all>{MINE}(?:(?:{RELATIVE}|{OWN_RELATIVE}|(?:{NUMBERED_RELATIVE}){{1,3}})(?:家?的(?:{RELATIVE})|家的?(?:小子|姑娘|丫头|崽崽?|娃|仔|女))?)(?:{_AND.pattern}{_CALLED}){{0,3}})"
#: Whom one is told to write down: 名字就写我大姑吧.
_WRITTEN = re.compile(rf"(?:写|填|登记)(?:成|上|个|的是)?{_ALL_CALLED}(?=吧|就|好了|的名|$|[\s,，。])")
_COMING: tuple[re.Pattern[str], ...] = (
    _WRITTEN,
    re.compile(
        rf"{_ALL_CALLED}(?:们|俩)?(?:带着?{_CALLED})?{_UNTIL}?(?:来(?!不|过|电话|信|得及|着)|到(?!期|底|处|账)|嚟|回来|返|上门|进来|进门|过来|要进|住(?!院|在|的|这|那))"
    ),
    re.compile(
        rf"(?:给|帮|替|让|请|放|为|邀请|约){_ALL_CALLED}(?:们|俩)?□*(?:办|开|弄|整|登记|登个|报|预约|生成|进|来|上|发|做|$|[，,。])"
    ),
    re.compile(
        rf"(?:^|[，,。\s□])(?:我的?)?(?:{RELATIVE}|{_ROLE})?(?P<all>[小老阿][{_SURNAMES}](?:{_AND.pattern}[小老阿][{_SURNAMES}]){{0,4}})□*(?:来|到|上门|过来|要)"
    ),
    re.compile(
        rf"(?:^|[，,。.!！\s□]|另外|还有|对了|就)[另外还有对了就得\s]{{0,4}}{_OWN}(?:[他她]们|们|俩|几个|一家)?(?!屋?的|[说讲话问叫让])"
        rf"(?:(?!不|没|勿|唔|说|讲|叫|让|找|请|喊|的车|坏|漏|堵)[^，,。;；!！?？\s]| ?□ ?){{0,20}}?{_COME}"
    ),
    re.compile(rf"{_COUNTED}(?P<all>{RELATIVE}|老友|老同学){_UNTIL}?{_COME}"),
    re.compile(
        rf"(?:还有|仲有|另外还有|再有|再加|加上|外加){_ALL_CALLED}(?:们|俩)?(?=[\s□]*(?:$|[，,。.!！]))"
    ),  # 后天下午五点还有我舅舅
    # whoever brings or does something, when nothing else says who: 后天有人送床垫上门
    re.compile(
        rf"有(?:个|一个|两个|几个)?(?:人|师傅|工人|小哥)(?:开车|要|会|过来|来|帮我|给我家?)*(?P<work>{_WORK_DONE}){_UNTIL}?过?{_COME}"
    ),
)
_DOUBLED = frozenset("爸妈舅叔婶姑哥弟姐妹")
_WRITE_DOWN = re.compile("(?:就|先|只)(?:写|填)")
_INSTEAD = re.compile("改成|改为|换成|应该是|(?:就|先|只)(?:写|填)|是")
_HOW_MANY = re.compile(
    rf"(?:自个儿?|自己|(?:自己)?一个人|(?:一共|总共)?(?:{NUMBER}(?:个人|个|位|人|口)|一家(?:{NUMBER}口)?|俩|们|[他她]们))(?:来|过来)?$"
)
_NOT_NAMES = frozenset(
    "门岗 保安 门卫 物业 业主 公司 单位 客人 明天 后天 今天 周末 周一 周二 周三 周四 周五 周六 周日 下午 上午 晚上 时间 马上 电话 手机 车牌 高兴 方便 成功 安排 石材 金额 应该 任何 向您 万一 和我 何时 于是 单元 路上 解决 成了 全家 "
    "时候 安全 师傅 明早 明晚 游泳 管家 关于 连续 房间 白天 毛病 常来 文件 温度 体温 阳台 沙发 米饭 车子 和平 农历 全部 全天 应当 符合 左右 时不 华为 宁愿 严重 谢谢 江湖 包裹 武汉 成都 安静 古怪 程序 解释 解除 修改 更改 核对 取消 返回 退出 报修 访客 名字 知道 司机 卫生 马桶 万事 明朝 莫得 他说 她说 嗯呐 车库 车位 车棚 车号 车辆 牌照 牌号 号牌 尾号 白色 黄色 蓝色 金色 楼道 楼上 楼下 楼梯".split()
)
#: Signs that stand in words about a name and in none.
_NO_NAME = re.compile("错|抱歉|麻烦|谢谢")


def is_described(name: str) -> bool:
    """Tell whether a visitor is called by what they are, and by nobody's name: 妹妹, 修空调的师傅, 货拉拉."""
    return all(_KIN.fullmatch(one) or re.fullmatch(_BY_WORK, one) for one in name.split("、"))


def _name(message: Message, slot: Slot) -> Value | None:
    rest = people.unexclaimed(message.rest)
    together = _TOGETHER.search(rest)
    if together and not message.corrects and len(names := _names_together(together)) > 1:
        return "、".join(names)
    if slot.name not in message.known and len(both := _coming(rest)) > 1:
        return "、".join(both)
    known = message.known.get(slot.name)
    for patterns, is_marked in _NAMES:
        found = [
            (match.start("n"), name)
            for match in patterns.finditer(rest)
            if (name := match["n"])
            and _may_be_name(name)
            and not (known is not None and _CHANGES.match(rest, match.end("n")))
            and (is_marked or message.corrects or known is None or _takes_place(match, name, str(known)))
        ]
        if found:
            name = max(found)[1] if message.corrects else found[0][1]
            return name if len(name) > 1 else _of_surname(name, rest, known)
    if slot.name in message.known:  # 我妹妹开车来 is said of somebody known; 是我弟弟 is a correction
        return _corrected(message, slot)
    return "、".join(_coming(rest)) or None


def _of_surname(surname: str, text: str, known: Value | None) -> str | None:
    """Return what somebody is called of whom a surname is told: 姓刘 刘姨; a fuller name that is known stays."""
    if isinstance(known, str) and known.startswith(surname):
        return None
    said = re.search(rf"{surname}(?:{_TITLES}|{_AGED})", text)
    return said[0] if said else f"{surname}先生/女士"


def is_told_of(message: Message) -> bool:
    """Tell whether words say who comes: 明天下午三点老刘来下棋. A 师傅 may come for what was reported."""
    name = _name(message, _ANY)
    if "师傅" in message.text or not isinstance(name, str):
        return False
    return (bool(_coming(message.rest)) and re.search(_COME, message.rest) is not None) or re.search(
        rf"{re.escape(name)}(?:[他她]们|们)?[□\s要会]*{_COME}", message.rest
    ) is not None


def _may_be_name(name: str) -> bool:
    return not (
        _NO_NAME.search(name) or people.is_no_name(name) or name in _NOT_NAMES or name[:2] in _NOT_NAMES or _KIN.fullmatch(name)
    )


def is_proper(name: str) -> bool:
    """Tell whether a name is more than what somebody is: 老罗; 同学, 送货的 are not."""
    return re.fullmatch(_CALLED, name) is None


def _takes_place(match: re.Match[str], name: str, known: str) -> bool:
    """Tell whether a name that nothing marks as one takes the place of the one that is known: it stands alone, or only a relation was known."""
    if (
        people.is_doubtful(name)
        or _TOLD_OF.match(match.string, match.end("n"))
        or _BESIDE.search(match.string, 0, match.start("n"))
    ):
        return False
    is_alone = _BEFORE.search(match.string, 0, match.start("n")) and _BEHIND.match(match.string, match.end("n"))
    return is_alone is not None or not is_proper(known)


#: Whom these bring in comes, too: 还有小谭.
_BESIDE = re.compile(r"(?:还有|仲有|另外|再有|加上|还请了|还约了)(?:一个|一位|个|位)?$")
#: Of whom this is said, something of theirs is changed: 老贺改周六了; 小雪改成小雨 is about the second.
_CHANGES = re.compile(r"[□\s]*(?:那个)?[□\s]*(?:[改换挪推调]|提前|说|讲)")
#: What may stand around a name that is said alone.
_BEFORE = re.compile(r"(?:^|[\s,，。、□])(?:(?:他|她|客人)?就?是)?$")
_BEHIND = re.compile(r"(?:吧|啊|呀|哈|的)?(?:$|[\s,，。.!！□])")
#: Patterns of names, and whether they say that it is one.
_NAMES = tuple((pattern, _MARK.search(pattern.pattern) is not None) for pattern in (*_NAMED, *_NAMED_BESIDE))


def _corrected(message: Message, slot: Slot) -> Value | None:
    """Return the relation or the work that takes the place of a name: 不是我妹妹，是我弟弟, 就写货拉拉; 是来修空调的 only describes."""
    if written := _WRITTEN.search(message.rest):
        return _called(written["all"])
    is_rather = message.corrects or _WRITE_DOWN.search(message.rest) is not None
    if not (is_rather or message.text.startswith("是")):
        return None
    said = _INSTEAD.split(message.rest)[-1].strip(" ，,。.!！吧")
    known = message.known[slot.name]
    if isinstance(known, str) and known in message.whole and (name := _bare_name(said)) != known:  # 不是小雪是小雨
        return name or None
    return _called(said) if re.fullmatch(_CALLED if is_rather else _RELATION, said) else None


def _coming(rest: str) -> list[str]:
    """Return who comes, where a relation stands for the name: 我妹妹明天来, 修空调的师傅下午到."""
    match = next(filter(None, (pattern.search(rest) for pattern in _COMING)), None)
    if match is None:
        return []
    if work := match.groupdict().get("work"):
        return [f"{work}的"]
    return [_called(words) for words in _AND.split(match["all"]) if words]


def _called(words: str) -> str:
    """Return 妹妹 for 我妹妹, 妈妈 for 我妈: as one speaks of them to the family."""
    bare = re.sub(f"^{MINE}", "", words)
    if bare in _DOUBLED:
        return bare * 2
    return bare if len(bare) > 1 and bare[1] != "的" else words


def _names_together(match: re.Match[str]) -> list[str]:
    """Return several names said in a row: 王芳和李强, 张伟，李娜，还有王芳."""
    names = [name.strip() for name in _AND.split(match["all"]) if name.strip()]
    return [_called(name) for name in names if name not in _NOT_NAMES]


def _lenient_name(message: Message, slot: Slot) -> Value | None:
    if words_.says_nothing(message.text) or words_.is_heard(message.text):
        return None
    rest = re.sub(r"[□\s,，。!！?？~～]+", " ", people.unexclaimed(message.rest)).strip()
    first = rest.split(" ")[0] if rest else ""
    both = [_bare_name(words) for words in _AND.split(rest if "、" in rest else first) if words]
    return "、".join(dict.fromkeys(filter(None, both))) or None


_BEFORE_NAME = re.compile(
    r"^(?:他|她|客人|访客|来人|来的|名字|姓名|就)?(?:就?是|叫|姓)|^(?:就|是|叫|姓|还有|客人|访客)(?=[\u4e00-\u9fff]{2})"
)
_BEHIND_NAME = re.compile(r"(?:吧|啊|呀|来的?|要来|过来|要来的)$")


def _bare_name(words: str) -> str:
    """Return the name or relation that an answer consists of; nothing when it is neither."""
    bare = _HOW_MANY.sub("", _BEHIND_NAME.sub("", _BEFORE_NAME.sub("", words)))
    bare = re.sub(rf"^(我的?)?(?:有)?(?:(?:{NUMBER}|几)?(?:个|位|名)|[俩仨])(?=..)", r"\1", bare)
    if related := re.fullmatch(_CALLED, bare):
        return _called(related[0])
    if (
        not bare
        or bare.startswith("人")
        or any(reads(bare) for reads in (answers.is_skip, answers.is_yes, answers.is_no, answers.is_cancel, answers.is_now))
    ):
        return ""
    if (
        re.search("[你我谁啥哪吗么呢怎车]|^(?:[他她它佢伊]|没|冇|不|唔|无)", bare)
        or _KIN.fullmatch(bare)
        or people.is_no_name(bare)
        or bare in _NOT_NAMES
        or bare[:2] in _NOT_NAMES
    ):
        return ""
    return bare if re.fullmatch(r"[\u4e00-\u9fff·]{2,4}|[A-Za-z][A-Za-z .]{1,20}", bare) else ""


def all_of(message: Message) -> list[str]:
    """Return whoever is said to come together: 王芳和李强, 我爸和我妈."""
    together = _TOGETHER.search(message.text)
    if together and len(names := _names_together(together)) > 1:
        return names
    return _coming(message.rest)


KIND = Kind(
    name="name", title="人名或称呼", take=_name, read=_lenient_name, called=("名字", "姓名", "称呼", "人"),
    is_worded=True, belongs=True, parts=True,
)  # fmt: skip


_ANY = Slot(name="who", kind=KIND)
