"""Values in messages: times, flats, plates, phones, temperatures, counts, names, choices.

`extract` reads all slots of an intent at once. What belongs to one parser is hidden from the next, so that
3栋2单元 never becomes a date and 沪A12345 never a count.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz, process

from bot.language import answers, people, questions, times
from bot.language.files import Slot
from bot.language.normalise import PAUSES, longest_first
from bot.language.numbers import NUMBER, spoken_digits, value_of
from bot.language.people import MINE, NUMBERED_RELATIVE, OWN_RELATIVE, RELATIVE
from bot.language.phrases import say, say_time

Value = str | int | float | bool | datetime | list[str]

#: The value of an optional slot that was left out on purpose; it is not asked for again.
SKIPPED = ""

#: How far before a value the words stand that change it: 没有发热, 空调36度.
LOOK_BACK = 12

#: Hours within which a clock time says a part of a day more exactly, counted from two hours before it begins.
PART = 7

#: Longest free text that is kept.
TEXT_LENGTH = 200

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
#: Seven characters, eight for new-energy vehicles (the letter D or F first or last), no I and no O. GA 36-2018.
PLATE = re.compile(
    rf"(?<![A-Z0-9])[{PROVINCES}][A-HJ-NP-Z][\s·•.\-]?(?:(?:[DF][A-HJ-NP-Z0-9]\d{{4}}|\d{{5}}[DF])"
    rf"|[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Z0-9挂学警])"
    rf"|WJ[{PROVINCES}]?\d{{4}}[A-Z0-9](?![A-Z0-9])|(?<!\d)[使领]\d{{6}}(?!\d)"
)
#: One sign of a plate for another.
_SIGN = re.compile(
    r"是(?P<right>[A-Z0-9])[,，、 ]*(?:而)?(?:不|勿|唔)[是系](?P<wrong>[A-Z0-9])(?![A-Z0-9])|(?:不|勿|唔)[是系](?P<wrong2>[A-Z0-9])[,，、 ]*(?:而)?[是系](?P<right2>[A-Z0-9])(?![A-Z0-9])"
)
_PLATE_GAPS = re.compile(rf"(?<=[A-Z0-9{PROVINCES}])[\s·•.\-]+(?=[A-Z0-9])")

PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(?P<mobile>1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)"
    r"|(?<!\d)(?P<area>0\d{2,3})[- ]?(?P<local>\d{7,8})(?!\d)|(?<!\d)(?P<hot>400)[- ]?(?P<hot2>\d{3})[- ]?(?P<hot3>\d{4})(?!\d)"
)
_NO_CAR = re.compile(
    r"[不没未]开车|[都也]?没有?车(?!位)|冇车|[不没]有?开[过]?车|打车|打的[来过]|坐(?:地铁|公交|高铁|动车|出租|火车|捷运|大巴|巴士)|搭(?:地铁|捷运|公交|巴士)|走路|步行|走着|走(?:过)?来的?(?![^，。\s])"
    r"|骑.{0,4}(?:车|摩托)|共享单车|^(?:地铁|公交|高铁|打的|电瓶车|电动车|自行车|单车|摩托车?|捷运|动车|走路?)来?的?$"
)

_SPOKEN_PHONE = re.compile(r"[零〇一二三四五六七八九幺](?:[ ,，、]?[零〇一二三四五六七八九幺]){10}(?![零〇一二三四五六七八九幺])")
_SPACED_PHONE = re.compile(r"(?<!\d)1(?: ?\d){10}(?! ?\d)")

_UNIT_OF_FLAT = r"(?:[0-9]{1,4}|[零〇一二三四五六七八九十百幺两]{1,5}|[A-Za-z](?![A-Za-z0-9]))"
_ROOM_NUMBER = r"(?:[0-9]{3,4}|[零〇一二三四五六七八九十百幺两]{3,6})"
FLAT = re.compile(
    rf"(?P<b4>\d{{1,3}})#(?P<u4>\d{{1,2}})[-—](?P<r5>\d{{3,4}})(?![\d-])|(?P<b>{_UNIT_OF_FLAT})\s*(?:栋|幢|号楼|#楼?|座|楼(?=\s*{_UNIT_OF_FLAT}\s*(?:单元|门|{_ROOM_NUMBER})))的?\s*"
    rf"(?:[,，、]\s*(?={_UNIT_OF_FLAT}\s*(?:单元|门|梯|[楼层])|房号|{_ROOM_NUMBER}(?:$|[\s,，、。室号房的])))?"
    rf"(?:(?P<u>{_UNIT_OF_FLAT})\s*(?:单元|门(?!口|卡|禁|坏|锁)|梯(?!灯)))?的?\s*(?:{_UNIT_OF_FLAT}[楼层]的?\s*(?={_ROOM_NUMBER})|[,，、]?\s*房号(?:是|为)?\s*(?={_ROOM_NUMBER})"
    rf"|[,，、]\s*(?={_ROOM_NUMBER}(?:$|[\s,，、。室号房的])))?"
    rf"(?P<r>{_ROOM_NUMBER}(?!\d|\s*(?:年|元|块|的?(?:水费|电费|钱))))?\s*(?:室|号房?(?!楼)|房(?!间))?"
    rf"|(?<![\d.年/:-])(?P<b2>\d{{1,3}})[-—/](?:(?P<u2>\d{{1,2}})[-—/])?(?P<r2>\d{{3,4}})(?![\d-])"
    rf"|(?P<u3>{_UNIT_OF_FLAT})单元的?\s*(?P<r3>{_ROOM_NUMBER})?"
    rf"|(?<![\d.A-Za-z])(?P<r4>{_ROOM_NUMBER})(?:室|房(?!间))"
)

#: A room said by itself; 110, 119 and 120 are none.
_BARE_ROOM = re.compile(rf"(?:^|(?<=[\s,，。]))(?!1(?:10|19|2[02])(?!\d))(?P<r>{_ROOM_NUMBER})(?:室|号|房)?(?=$|[\s,，。])")

#: 十二零一 is 1201: the floor, then the flat on it.
_FLOOR_FIRST = re.compile("([一二三]?十[一二三四五六七八九]?)[零〇]([一二三四五六七八九])")

_TENTHS = "[零一二三四五六七八九0-9]"
_TEMPERATURES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?<![\d.])(?P<w>3[4-9]|4[0-3])\s*(?:度|点|\.|。|,|℃|°C?)\s*(?P<t>{_TENTHS}|半)(?![\d])\s*(?:度|℃|°C?)?"),
    re.compile(r"(?<![\d.])(?P<w>3[4-9]|4[0-3])\s*(?P<t>)(?:度|℃|°C)"),
    re.compile(rf"(?P<w>三十[四五六七八九]|四十[一二三]?)(?:度|点)?(?P<t>{_TENTHS}|半)(?:度)?"),
    re.compile(r"(?P<w>三十[四五六七八九]|四十[一二三]?)(?P<t>)度"),
    # 打卡 40: without 度 only beside such a word
    re.compile(
        r"(?:打卡|体温|量的?了?|测的?了?|烧到|发烧|高烧)[是为有到:： ]{0,3}(?P<w>3[4-9]|4[0-3])(?P<t>)"
        r"(?!\d|[.。,点/:：]\s*\d|\s*[天次个栋号楼单月年岁元块米分小人位多%]|\s*[-~到至]\s*\d)"
    ),
)
#: 98.6华氏, 华氏98.6度: of a body, not of the weather.
_FAHRENHEIT = re.compile(
    r"华氏(?:度)?\s*(?P<behind>(?:9[3-9]|10\d)(?:\.\d)?)度?|(?<![\d.])(?P<before>(?:9[3-9]|10\d)(?:\.\d)?)\s*(?:度?华氏度?|℉|°F)"
)
#: What else has a temperature.
NOT_BODY = re.compile(r"(?:空调|水温|室温|气温|外面|天气|房间|暖气|地暖|冰箱|车位|洗澡水)[^，。,]{0,6}$")
#: Whose temperature follows: 老公36.5，我36.3.
_SPEAKER = re.compile(r"(?:^|[，,。、；;\s])我(?:自己|本人|今天|早上|体温|的|是|量了?)*\s*$")

_COUNT = re.compile(
    rf"(?<!后头)(?<!前头)(?<!后面)(?<!前面)(?<!中间)(?<!最后)(?<!末尾)({NUMBER})\s*(?:个人(?!的)|个朋友|个客人|个同学|个同事|个亲戚|位|口人|个小孩|名|人(?!民|工)|个大人|个(?!月|小时|钟头|半|礼拜|星期|单元|问题|灯|插座))"
)
#: 还有一个朋友也来, 再加两个人, 她还带了一个朋友: so many more.
_MORE_OF_THEM = re.compile("(?:还有|还要来|另外(?:还有|再来)?|再加|再来|再多|多|加|还要?带)[了着]?$")
_FAMILY = re.compile(rf"一家({NUMBER})口")

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
#: Who stands at the gate comes now, where a time must be known.
_HERE = re.compile(
    r"(?:到|在|等在|站在|停在)了?(?:小区|大|咱们?|你们)?(?:门口|大门|门岗|门卫|保安亭|岗亭|[东南西北正后侧]门)(?:口|那里|那儿|这里|这儿|外面|外)*(?:了(?!吗|没)|等|被|进不|站)"
    r"|(?:人|客人|朋友|[他她])(?:都|就|已经)*到了(?![吗没])"
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

_CORRECTION = re.compile(
    r"(?:推迟|推后|延后|延迟|顺延|提前|提早|往[前后][推挪延移提])(?:个|了)?(?:半|[0-9一二两三四五六七八九十])|[得要会再](?:晚|早|迟)到?(?:半|[0-9一二两三四五六七八九十])个?(?:半)?(?:天|小时|钟头|点钟|钟|星期|礼拜|周|分钟|刻钟)|换(?:了?(?:一?[辆台部架])?车|了?个?人|了?(?:日子|时间))了?(?=$|[\s,，。])|换了?一?[辆台部架]|(?<!对)不对|(?<!是)不是|说错|写错|讲错|错了|勿是|弗是|打错|看错|记错|[看说念记写听]岔|[说写念]反了|弄错了|搞错了|改成|改到|改为|(?:挪|推|延|调|移)(?:迟|后)?[到至]|(?:提前|推迟|延后|提早)到|点半?(?:钟|多|左右)?才(?:能)?[到来]|换成|换到|应该是|更正|纠正|唔系|[哦噢啊]不|改(?=下?个?(?:周|星期|礼拜)|上午|下午|晚上|中午|早上|明|后|今|周|星期|礼拜|[0-9一二三四五六七八九十])"
)
#: 是A不是B: what it is not is left out.
_RATHER = re.compile(r"(?<!不)是(?P<said>[^，,。;；是]{1,12}?)[,，]?(?:而)?不是[^，,。;；是]{1,12}(?=$|[，,。;；])")
#: 不是A是B: what it is not is left out.
_NOT_THAT = re.compile(r"(?:不是|唔系|勿是|弗是|[哦噢啊]不是?)[^，,。;；是]{1,12}?[,，、\s]*(?P<rather>(?:而)?(?:就?是|系)\S)")
#: 4楼, 三层, 负一楼; 楼上 and 楼下 are others' flats.
_FLOOR = re.compile(r"(?:负?\d{1,2}|负?[一二三四五六七八九十]{1,3})(?:楼(?![上下栋])|层(?!楼))")
#: 1102门口: a flat whose number alone would not be sure to be one.
_AT_ROOM = re.compile(r"(?<![\d.])(?P<r>[1-9]\d{2,3})(?:的|家|室)?(?P<there>门口|门前|门外|隔壁|对面)")
#: 不对是1102.
_IS_ROOM = re.compile(r"(?:是|改成|换成|改为)(?P<r>[1-9]\d{2,3})(?:室|号|的|家)?[吧啦呀。.!！]*(?=$|[\s,，])")
_ROOM_NAMED = re.compile(
    r"(?:房号|门牌号?|房间号|室号)(?:是|为|就是)?(?:个)?(?P<r>[1-9]\d{2,3}|[一二三四五六七八九][零〇幺一二三四五六七八九]{2,3})(?!\d)"
)
_OBLIGED = re.compile("(?:谢谢|多谢|麻烦|辛苦|有劳|拜托)(?:你们?|您)?了?[啊哈呀]?")
_AROUND = re.compile(r"[\s,，。.!！~～]+|[啊呀的了哦]+$")
_NEGATED = re.compile(r"(?:不|没有?|无|未|冇|唔|都没有?|也没有?|也不|并不|没怎么|不怎么)(?:什么|再|太|见|觉得|出现|任何)?$")
_CALM = re.compile(r"不(?:是很|太|着|算)?急|不急|不着急|慢慢来|不用急|有空再|不(?:要|打)紧")

#: What stands here is where something is, not what is broken: 电梯里的灯, 洗衣机后头那个龙头, 靠窗那面墙.
_STANDS_BEFORE = re.compile(r"(?:靠近?|挨着|临|对着|紧邻)$")
_STANDS_AFTER = re.compile(
    r"(?:里[头面边]?|[上下前后旁外][面头边]|(?:对|侧)面|底下|旁边|隔壁|附近|门?口|间|厅|厢|顶上?|上(?=[的那这有渗漏滴冒])|的(?=水|灯|管|龙头|门|锁|开关|插座|阀|水管))"
)

#: What water comes through: 天花板一直在滴水.
_SURFACE = re.compile(
    "(?:天花板|屋顶|吊顶|墙面?|外墙|地板)(?:上面?|里|缝|角|那?[里边])*(?:一直|老是?|总是?|在|往下|又|还|都|也|开始|到处)*[滴漏渗冒淌流]"
)

#: Before a time at which somebody leaves.
_LEAVING = re.compile(
    r"(?:(?<![不没先慢好])走(?![路着过来去廊到道得开地楼失])|离开|回去)(?:的(?:时间|时候|话))?(?:也|就|大概|大约|差不多|往后|推迟|要|改到|改成|是|在|[\s□])*$"
)
_LEAVES_THEN = re.compile(
    r"[^，。,\s]{0,6}(?:走(?![路着过来去廊到道得开地楼失])|离开|回去)(?:大概|大约)?(?=\d|[一二三四五六七八九十两]+点)"
)
_AFTER_SUPPER = re.compile("晚饭|晚餐|宵夜")

#: What stands beside a time and names no place.
_AROUND_TIME = re.compile(r"[\s,，。.!！~～□]+|改成|改到|换成|还是|算了|[那就改来吧呢啊]")

#: How much sooner or later than was said: 得晚一天, 推迟半小时, 提前一个小时到.
_SHIFT = re.compile(
    rf"(?:(?P<sooner>提前|提早|早到?|往前[挪提移]?)|推迟|推后|延后|延迟|顺延|晚到?|迟到?|往后[推挪延移]?)(?:个|了)?"
    rf"(?P<count>半|{NUMBER})(?:个)?(?P<half>半)?(?P<unit>天|小时|钟头|点钟|钟|星期|礼拜|周|分钟|刻钟)(?!前|后|以后|之后)"
)
_SPANS: Mapping[tuple[str, ...], timedelta] = {
    ("天",): timedelta(days=1), ("小时", "钟头", "点钟", "钟"): timedelta(hours=1), ("星期", "礼拜", "周"): timedelta(days=7),
    ("分钟",): timedelta(minutes=1), ("刻钟",): timedelta(minutes=15),
}  # fmt: skip

#: The last digits of a phone number, said without the others.
_PHONE_TAIL = re.compile(r"(?:(?<=最后是)|(?<=尾号是)|(?<=后四位是)|(?<=末尾是)|(?<=最后四位是))\d{2,6}(?!\d)")

#: The last signs of a plate, said without the others.
_PLATE_TAIL = re.compile(r"(?:(?<![A-Z0-9\u4e00-\u9fff])|(?<=是))(?=[A-Z]*[0-9])[A-Z0-9]{4,6}(?![A-Z0-9])")

#: What the last signs belong to: digits alone may be those of either, or a time.
_CAR = re.compile("车|牌")
_TELEPHONE = re.compile("电话|手机")

#: Where the time begins that something is changed to.
_CHANGED_TO = re.compile("(?:改|换|调|挪|推|延|提前|推迟)(?:成|到|至|为)")

#: What makes a part of the day a length: 滴了一晚上.
_LASTED = re.compile("[一整半](?:个|整)?$")

#: What a time behind it is not: 别周六, 不要明天.
_NOT_ON = re.compile(r"(?:[别莫甭]|不要)(?:在|给我|弄|搞)?$")

#: What makes 现在 a time to come.
_NOW_BEFORE = re.compile(r"(?:就|改成|改到|换成|从|是|要)$")
_NOW_BEHIND = re.compile(
    r"(?:就|也|都|已经|刚|人|他|她|要|想|能|能不能|可以|可不可以|马上|在|正|让|派|请|叫)*(?:[来到进派修]|过来|上[门去来]|出发|动身|门口|楼下|方便|有空|有人|在家)|(?:吧|啊|呀)?(?:$|[\s,，。.!！])"
)

#: Beside a time that is not meant: 五点呀，不是早上. 不是，明天 denies something else.
_NOT_THAT_TIME = re.compile(r"(?<!是)(?:不是|唔系|唔要|勿是|弗是|not)$")

#: When nobody shall come: 一点到三点别来, 今天不行就明天晚上.
_NOT_THEN = re.compile(
    r"\s*(?:[我宝孩老人他她你囡]|我们|阿拉|俺|女儿|囡儿|闺女|儿子|老[公婆]|爱人|媳妇|师傅|客人|宝宝|孩子|老人|家里|要|得|都|就|也|可能|正|在)*"
    r"(?:[别莫甭](?:来|敲|上门)|不(?:要|用)来|睡觉?|午睡|午休|没空|没人|不在|不得空|不方便|不行|不成|来不了|要?上[班课]|开会"
    r"|太[晚迟早](?:了|咯|啦|喽|哒)|来不[及赢]"
    r"|没时间|没功夫|没得空|唔得闲|冇时间|冇空|出差|加班|考试|体检|busy"
    r"|有(?:点|个)?(?:事(?!找|请|要|情|跟|和)|课(?!外|本|后)|会(?!员|所|议室)|班|安排|活动|\s?(?:class|meeting))"
    r"|(?:又|还|再|才|就|也|得|要)*(?:去|出门)(?:上班|上课|开会|接|送|单位|公司|医院|学校|出差|机场|车站|赶))"
)


#: No place is said more exactly by these.
_WHOLE_HOME = frozenset({"家里"})

#: What somebody does, though it sounds like a thing that may break: 上门前打电话, 敲门没人应.
_NO_THING = re.compile(r"(?:[上敲出进串登叫拍应])门(?!锁|窗|框|把|禁|铃|缝|打不开|关不|坏)|门(?:卫|岗|诊|面)|部门|专门|热门")


def extract(
    text: str, slots: Sequence[Slot], now: datetime, asked: str | None = None,
    known: Mapping[str, Value] | None = None,
) -> dict[str, Value]:  # fmt: skip
    """Return the values that `text` gives for `slots`.

    `asked` is the slot whose question is open: it is read leniently, so that a bare name or number will do, and
    SKIPPED when it may be left out and was. `known` holds the values so far; a correction such as 改成四点 keeps their
    day.
    """
    whole = unicodedata.normalize("NFKC", text).strip()
    reading, words = _Reading(whole, now, known or {}), _Reading(whole, now, known or {})
    reading.rest = reading.text = _NOT_THAT.sub(r"\g<rather>", _RATHER.sub(r"是\g<said>", whole))
    found: dict[str, Value] = {}
    for slot in sorted(slots, key=lambda slot: _ORDER.get(slot.type, 9)):
        value = _PARSERS[slot.type](reading, slot)
        if value is None and slot.name == asked:
            value = _lenient(words if slot.is_free else reading, slot)
        if value is not None:
            found[slot.name] = value
    if asked and asked not in found:
        question = next((slot for slot in slots if slot.name == asked), None)
        if question and question.skippable and answers.is_skip(text):
            found[asked] = SKIPPED
    return found


def is_described(name: str) -> bool:
    """Tell whether a visitor is called by what they are, and by nobody's name: 妹妹, 修空调的师傅, 货拉拉."""
    return all(_KIN.fullmatch(one) or re.fullmatch(_BY_WORK, one) for one in name.split("、"))


def describe(slot: Slot, value: Value, now: datetime) -> str:
    """Return a value as it is read back to the resident."""
    if value == SKIPPED:
        return ""
    if isinstance(value, datetime):
        return say_time(value, now)
    if slot.type in {"choice", "choices"}:
        values = value if isinstance(value, list) else [str(value)]
        return "、".join(label(slot, item) for item in values)
    if slot.type == "flag":
        return "是" if value else "否"
    return say(value, now)


def label(slot: Slot, value: str) -> str:
    """Return the word that stands for an option: the first of those that are said for it."""
    words = slot.options.get(value)
    return words[0] if words else value


def corrects(text: str) -> bool:
    """Tell whether a message takes back something said before: 改成四点, 不对."""
    return _CORRECTION.search(text) is not None


# ------------------------------------------------------------------ reading


class _Reading:
    """A message from which each parser takes its part away."""

    def __init__(self, text: str, now: datetime, known: Mapping[str, Value]) -> None:
        self.text, self.now, self.known = text, now, known
        self.whole = text  # with what it is not: 是R不是K
        self.rest = text
        self.corrects = _CORRECTION.search(text) is not None
        self._flat: tuple[str, str, str] | None = None
        self._times: list[times.Span] | None = None

    def hide(self, begin: int, end: int) -> None:
        """Blank a part out; positions stay."""
        self.rest = self.rest[:begin] + "□" * (end - begin) + self.rest[end:]

    @property
    def flat(self) -> tuple[str, str, str]:
        """Building, unit and room, each empty when not said; the last one said wins."""
        if self._flat is not None:
            return self._flat
        building = unit = room = ""
        for match in FLAT.finditer(self.rest):
            parts = _flat_parts(match)
            if any(parts):
                building, unit, room = parts[0] or building, parts[1] or unit, parts[2] or room
                self.hide(*match.span())
        if not room and self.corrects and (meant := _IS_ROOM.search(self.rest)):  # 不对，是1302
            room = meant["r"]
            self.hide(*meant.span("r"))
        if not room and (told := _ROOM_NAMED.search(self.rest)):  # 房号是个八零二
            room = _flat_number(told["r"])
            self.hide(*told.span())
        if building and not room and (bare := _BARE_ROOM.search(self.rest)):  # 我是一栋的老住户 二零二
            room = _flat_number(bare["r"])
            self.hide(*bare.span("r"))
        self._flat = (building, unit, room)
        return self._flat

    @property
    def times(self) -> list[times.Span]:
        """All times said."""
        if self._times is None:
            _ = self.flat
            starts = [value for value in self.known.values() if isinstance(value, datetime)]
            self._times = times.find(self.rest, self.now, starts[0] if starts else None)
            for span in self._times:
                self.hide(span.begin, span.stop)
        return self._times


def _flat_parts(match: re.Match[str]) -> tuple[str, str, str]:
    building = match["b"] or match["b2"] or match["b4"]
    unit = match["u"] or match["u2"] or match["u3"] or match["u4"]
    room = match["r"] or match["r2"] or match["r3"] or match["r4"] or match["r5"]
    return _flat_number(building), _flat_number(unit), _flat_number(room)


def _flat_number(text: str | None) -> str:
    if not text:
        return ""
    floor = _FLOOR_FIRST.fullmatch(text)
    if floor:
        return str(value_of(floor[1]) * 100 + value_of(floor[2]))
    return text.upper() if text.isascii() and text.isalpha() else str(value_of(text))


def _plate(reading: _Reading, slot: Slot) -> Value | None:
    upper = reading.rest.upper()
    packed, places = upper, list(range(len(upper)))
    found = list(PLATE.finditer(packed))
    if not found:  # 粤 B 12345; but 粤B7Q2M9 1人
        packed, places = _pack(upper)
        found = list(PLATE.finditer(packed))
    if not found:
        return _mended_plate(reading, slot) or (SKIPPED if slot.skippable and _NO_CAR.search(reading.text) else None)
    for match in found:
        reading.hide(places[match.start()], places[match.end() - 1] + 1)
    return re.sub(r"[\s·•.\-]", "", found[-1][0])


def _mended_plate(reading: _Reading, slot: Slot) -> str | None:
    """Return the known plate with one of its signs, which stands in it once, set right: 尾号是R不是K, 不是8是B."""
    known, said = reading.known.get(slot.name), _SIGN.search(reading.whole.upper())
    if not isinstance(known, str):
        return None
    if reading.corrects and (tail := _plate_tail(reading.whole)):  # 车牌写错了，是8K261
        plate = known[: -len(tail)] + tail
        return plate if PLATE.fullmatch(plate) and plate != known else None
    if said is None:
        return None
    wrong, right = said["wrong"] or said["wrong2"], said["right"] or said["right2"]
    plate = known[:2] + known[2:].replace(wrong, right) if known[2:].count(wrong) == 1 else ""
    return plate if PLATE.fullmatch(plate) else None


def _plate_tail(text: str) -> str:
    """Return the last signs of a plate that are said without the others; mere digits only beside the word for a car or a plate."""
    tail = _PLATE_TAIL.search(text.upper())
    return tail[0] if tail and (_is_of_car(text) or not tail[0].isdigit()) else ""


def _is_of_car(text: str) -> bool:
    """Tell whether words name a car or its plate, and no telephone."""
    return _CAR.search(text) is not None and _TELEPHONE.search(text) is None


def _pack(text: str) -> tuple[str, list[int]]:
    """Take gaps between letters and digits out; returns the text and where each character stood."""
    gaps = {position for match in _PLATE_GAPS.finditer(text) for position in range(*match.span())}
    kept = [position for position in range(len(text)) if position not in gaps]
    return "".join(text[position] for position in kept), kept


def _phone(reading: _Reading, slot: Slot) -> Value | None:
    value = None
    for match in _SPOKEN_PHONE.finditer(reading.rest):
        digits = spoken_digits(re.sub(r"[ ,，、]", "", match[0]))
        if PHONE.fullmatch(digits):
            value = digits
            reading.hide(*match.span())
    for match in PHONE.finditer(reading.rest):
        value = re.sub(r"[- ]", "", match["mobile"]) if match["mobile"] else "-".join(part for part in match.groups()[1:] if part)
        reading.hide(*match.span())
    known = reading.known.get(slot.name)
    tail = _PHONE_TAIL.search(reading.rest) if reading.corrects and not _is_of_car(reading.text) else None
    if value is None and isinstance(known, str) and tail is not None:
        value = known[: -len(tail[0])] + tail[0]  # 电话错了，最后是6623
        reading.hide(*tail.span())
    if value is None and (spaced := _SPACED_PHONE.search(reading.rest)):
        value = spaced[0].replace(" ", "")
        reading.hide(*spaced.span())
    return value


def _temperature(reading: _Reading, _: Slot) -> Value | None:
    """Return the temperature said last, of several people's that of 我; Fahrenheit in °C."""
    if fahrenheit := _FAHRENHEIT.search(reading.rest):
        reading.hide(*fahrenheit.span())
        return round((float(fahrenheit["before"] or fahrenheit["behind"]) - 32) / 1.8, 1)
    value, own = None, None
    for pattern in _TEMPERATURES:
        for match in pattern.finditer(reading.rest):
            if NOT_BODY.search(reading.rest, max(0, match.start("w") - LOOK_BACK), match.start("w")):
                continue
            tenths = 5 if match["t"] == "半" else value_of(match["t"]) if match["t"] else 0
            value = round(value_of(match["w"]) + tenths / 10, 1)
            own = value if _SPEAKER.search(reading.text, 0, match.start("w")) else own
            reading.hide(match.start("w"), match.end())
        if value is not None:
            return own or value
    return None


def _building(reading: _Reading, _: Slot) -> Value | None:
    return reading.flat[0] or None


def _unit(reading: _Reading, _: Slot) -> Value | None:
    return reading.flat[1] or None


def _room(reading: _Reading, _: Slot) -> Value | None:
    return reading.flat[2] or None


def _shifted(reading: _Reading) -> datetime | None:
    """Return the known time moved by what is said: 得晚一天, 提前半小时."""
    known = next((value for value in reading.known.values() if isinstance(value, datetime)), None)
    said = _SHIFT.search(reading.text)
    if known is None or said is None:
        return None
    unit = next(span for words, span in _SPANS.items() if said["unit"] in words)
    length = unit / 2 if said["count"] == "半" else unit * value_of(said["count"]) + (unit / 2 if said["half"] else timedelta())
    return known - length if said["sooner"] else known + length


def _start(reading: _Reading, slot: Slot) -> Value | None:
    spans = [span for span in reading.times if span.kind != "deadline" and not _is_till_now(reading.text, span)]
    spans = [span for span in spans if not is_unwanted(reading.text, span) and not _is_only_of_now(reading.text, span)]
    spans = [span for span in spans if not _is_of_leaving(reading.text, span)]
    if not spans and (shifted := _shifted(reading)):
        return shifted
    if not spans:
        return reading.now.replace(second=0, microsecond=0) if slot.required and _HERE.search(reading.text) else None
    if told := _CHANGED_TO.search(reading.text):  # 改成四点吧，三点孩子要打疫苗
        spans = [span for span in spans if told.end() - 1 <= span.begin <= told.end()] or spans
    to_come = [span for span in spans if (span.end or span.start) >= reading.now.replace(second=0, microsecond=0)]
    span = spans[-1] if reading.corrects else _fullest(to_come or spans)  # 昨晚开始漏，明天上午来修
    known = next((value for value in reading.known.values() if isinstance(value, datetime)), None)
    if known and span.kind == "day" and (known.hour, known.minute) != (0, 0):  # 改成后天 keeps the clock
        return span.start.replace(hour=known.hour, minute=known.minute)
    return span.start


def is_unwanted(text: str, span: times.Span) -> bool:
    """Tell whether nobody shall come at a time that is said: 一点到三点别来, 滴了一晚上. 明天不行吗 asks whether it may be."""
    if (span.kind == "part" and _LASTED.search(text, 0, span.begin)) or _NOT_THAT_TIME.search(text, 0, span.begin):
        return True
    if _NOT_ON.search(text, 0, span.begin):
        return True
    unwanted = _NOT_THEN.match(text, span.stop)
    return unwanted is not None and not text.startswith(("吗", "嘛", "么", "?", "？"), unwanted.end())


def _is_only_of_now(text: str, span: times.Span) -> bool:
    """Tell whether 现在 says how things stand, and not when to come: 现在约了谁, 现在是咋定的; 就现在 and 现在来 say when."""
    if text[span.begin : span.stop] != "现在":
        return False
    return _NOW_BEFORE.search(text, 0, span.begin) is None and _NOW_BEHIND.match(text, span.stop) is None


def _is_of_leaving(text: str, span: times.Span) -> bool:
    """Tell whether a clock time is when somebody leaves: 走的时间也往后 四点, 吃了晚饭走大概七点."""
    if span.kind == "day":
        return _LEAVES_THEN.match(text, span.stop) is not None
    return span.kind == "clock" and _LEAVING.search(text, 0, span.begin) is not None


def _is_till_now(text: str, span: times.Span) -> bool:
    """Tell whether a time is when something began: 从早上八点到现在没水."""
    return span.kind == "range" and text.endswith("现在", span.begin, span.stop)


def _fullest(spans: Sequence[times.Span]) -> times.Span:
    """The first time said, or what is said of that day further on: 27号来看房，下午两点到四点; 月底来，29号吧."""
    first, *others = spans
    if first.kind == "part":  # 明早…七点来
        clocks = (span for span in others if span.kind in {"clock", "range"} and not span.has_day)
        return next((span for span in clocks if 0 <= (span.start - first.start).total_seconds() / 3600 + 2 <= PART), first)
    if first.kind != "day" or first.end is None:
        return first
    for span in others:
        if not first.start <= span.start <= first.end:
            break
        if (
            not span.has_day
            or span.kind == "clock"
            or (span.kind == "day" and span.start.date() != first.start.date() != first.end.date())
        ):
            return span
    return first


def _end(reading: _Reading, slot: Slot) -> Value | None:
    said = [span for span in reading.times if not is_unwanted(reading.text, span)]
    spans = [span for span in said if span.kind in {"range", "deadline"}]
    if spans:
        return spans[-1].end
    if leaving := [span for span in said if _is_of_leaving(reading.text, span)]:
        left = leaving[-1].start
        return left.replace(hour=left.hour + 12) if left.hour < 12 and _AFTER_SUPPER.search(reading.text) else left
    days = [span for span in said if span.kind == "day"]
    return days[-1].end if days and len(days) == len(said) and not _has_time(reading.known) else None


def _has_time(known: Mapping[str, Value]) -> bool:
    """Tell whether a visit has its times: 改周六 moves it, and makes no whole day of it."""
    return any(isinstance(value, datetime) for value in known.values())


def _datetime(reading: _Reading, slot: Slot) -> Value | None:
    value = _start(reading, slot)
    if value is None and (deadlines := [span for span in reading.times if span.kind == "deadline"]):
        return deadlines[-1].end
    return value


def _date(reading: _Reading, slot: Slot) -> Value | None:
    value = _datetime(reading, slot)
    return value.replace(hour=0, minute=0) if isinstance(value, datetime) else None


def _count(reading: _Reading, slot: Slot) -> Value | None:
    before = reading.known.get(slot.name)
    if (said := people.count(reading.rest, before if isinstance(before, int) else 1)) is not None:
        return said
    together = _TOGETHER.search(reading.text)
    if together and not _COUNT.search(reading.rest) and len(names := _names_together(together)) > 1:
        return len(names)
    if not _COUNT.search(reading.rest) and len(both := _coming(reading.rest)) > 1:
        return len(both)
    family = _FAMILY.search(reading.rest)
    if family:
        return value_of(family[1])
    if re.search(r"两口子|夫妻俩|父母|爸妈|爹妈|老两口|公婆", reading.rest):
        return 2
    found = list(_COUNT.finditer(reading.rest))
    if not found:
        return None
    counts = [value_of(match[1]) for match in found]
    if reading.known and _MORE_OF_THEM.search(reading.rest[: found[-1].start()]):  # beside those who are expected
        return counts[-1] + int(str(reading.known.get(slot.name) or 1))
    if reading.corrects or len(counts) == 1:
        return counts[-1]
    together = re.search(r"大人.{0,4}小孩|小孩.{0,4}大人", reading.rest)
    return sum(counts) if together else counts[-1]


def _name(reading: _Reading, slot: Slot) -> Value | None:
    rest = people.unexclaimed(reading.rest)
    together = _TOGETHER.search(rest)
    if together and not reading.corrects and len(names := _names_together(together)) > 1:
        return "、".join(names)
    if slot.name not in reading.known and len(both := _coming(rest)) > 1:
        return "、".join(both)
    known = reading.known.get(slot.name)
    for patterns, is_marked in _NAMES:
        found = [
            (match.start("n"), name)
            for match in patterns.finditer(rest)
            if (name := match["n"])
            and _may_be_name(name)
            and not (known is not None and _CHANGES.match(rest, match.end("n")))
            and (is_marked or reading.corrects or known is None or _takes_place(match, name, str(known)))
        ]
        if found:
            name = max(found)[1] if reading.corrects else found[0][1]
            return name if len(name) > 1 else _of_surname(name, rest, known)
    if slot.name in reading.known:  # 我妹妹开车来 is said of somebody known; 是我弟弟 is a correction
        return _corrected(reading, slot)
    return "、".join(_coming(rest)) or None


def _of_surname(surname: str, text: str, known: Value | None) -> str | None:
    """Return what somebody is called of whom a surname is told: 姓刘 刘姨; a fuller name that is known stays."""
    if isinstance(known, str) and known.startswith(surname):
        return None
    said = re.search(rf"{surname}(?:{_TITLES}|{_AGED})", text)
    return said[0] if said else f"{surname}先生/女士"


def tells_who_comes(text: str, now: datetime) -> bool:
    """Tell whether words say who comes: 明天下午三点老刘来下棋. A 师傅 may come for what was reported."""
    reading = _Reading(text, now, {})
    _ = reading.times
    name = _name(reading, _MASK_SLOT)
    if "师傅" in text or not isinstance(name, str):
        return False
    return (bool(_coming(reading.rest)) and re.search(_COME, reading.rest) is not None) or re.search(
        rf"{re.escape(name)}(?:[他她]们|们)?[□\s要会]*{_COME}", reading.rest
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


def _corrected(reading: _Reading, slot: Slot) -> Value | None:
    """Return the relation or the work that takes the place of a name: 不是我妹妹，是我弟弟, 就写货拉拉; 是来修空调的 only describes."""
    if written := _WRITTEN.search(reading.rest):
        return _called(written["all"])
    is_rather = reading.corrects or _WRITE_DOWN.search(reading.rest) is not None
    if not (is_rather or reading.text.startswith("是")):
        return None
    said = _INSTEAD.split(reading.rest)[-1].strip(" ，,。.!！吧")
    known = reading.known[slot.name]
    if isinstance(known, str) and known in reading.whole and (name := _bare_name(said)) != known:  # 不是小雪是小雨
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


def _place(reading: _Reading, slot: Slot) -> Value | None:
    """Return the flat's words, the floor and the place named, the first of the file's options: 3栋2单元4楼电梯."""
    building, unit, room = reading.flat
    beside = None if room else _AT_ROOM.search(reading.rest) or (_IS_ROOM.search(reading.rest) if reading.corrects else None)
    flat = (f"{building}栋" if building else "") + (f"{unit}单元" if unit else "") + (room or (beside["r"] if beside else ""))
    floors = list(dict.fromkeys(_FLOOR.findall(reading.rest)))
    said = _NOT_THAT.sub(r"\g<rather>", reading.text)
    places = [value for value, words in slot.options.items() if any(word in said for word in words)]
    if reading.known.get(slot.name) and not reading.corrects:  # 随时来，我都在屋头 says nothing new of where
        places = [place for place in places if place not in _WHOLE_HOME]
    if beside and not places:
        places = [beside.groupdict().get("there") or ""]
    return "".join([flat, *(floors if len(floors) == 1 else ()), *places[:1]]) or None


def _flag(reading: _Reading, slot: Slot) -> Value | None:
    """A word of one sign counts only where nothing else stands between two pauses: 急，小孩在那儿 does, 应急灯 does not."""
    if _CALM.search(reading.text):
        return False
    words = [word for said in slot.options.values() for word in said]
    clauses = {_AROUND.sub("", clause) for clause in (reading.text, *PAUSES.split(reading.text))}
    return True if any(word in clauses or (len(word) > 1 and word in reading.text) for word in words) else None


def _choice(reading: _Reading, slot: Slot) -> Value | None:
    """The option of which most is said, then whose word is the longest; among equals the first in the file.

    Words for where something is count only where no others are said: the lamp is broken in 电梯里的灯.
    """
    said = _NO_THING.sub(lambda match: "□" * len(match[0]), _NOT_THAT.sub(r"\g<rather>", reading.text))
    found = [(word, value) for value, words in slot.options.items() for word in words if word in said]
    meant = [(word, value) for word, value in found if not _is_where(said, word)] or found
    if not meant:
        return None
    told = Counter(value for word, value in meant if not any(word != other and word in other for other, _ in meant))
    return max(meant, key=lambda one: (told[one[1]], len(one[0])))[1]


def _is_where(text: str, word: str) -> bool:
    """Tell whether a word says each time only where something is."""
    return all(
        _SURFACE.match(text, match.start())
        or _STANDS_BEFORE.search(text, 0, match.start())
        or _STANDS_AFTER.match(text, match.end())
        for match in re.finditer(re.escape(word), text)
    )


def _choices(reading: _Reading, slot: Slot) -> Value | None:
    chosen, denied = [], False
    for value, words in slot.options.items():
        if value == "none":
            continue
        for match in re.finditer(longest_first(words), reading.text):
            if _NEGATED.search(reading.text, max(0, match.start() - LOOK_BACK), match.start()):
                denied = True
            elif value not in chosen:
                chosen.append(value)
    if chosen:
        return chosen
    nothing = slot.options.get("none", ())
    return ["none"] if "none" in slot.options and (denied or any(word in reading.text for word in nothing)) else None


def _never(_: _Reading, __: Slot) -> Value | None:
    return None


_PARSERS: Mapping[str, Callable[[_Reading, Slot], Value | None]] = {
    "plate": _plate, "phone": _phone, "temperature": _temperature, "building": _building, "unit": _unit, "room": _room,
    "start": _start, "end": _end, "datetime": _datetime, "date": _date, "count": _count, "name": _name, "place": _place,
    "flag": _flag, "choice": _choice, "choices": _choices, "text": _never, "photo": _never,
}  # fmt: skip

#: What is read first takes its part of the message away from what is read later.
_ORDER = {kind: order for order, kind in enumerate(_PARSERS)}


# ------------------------------------------------------------------ the answer to an open question


def _lenient(reading: _Reading, slot: Slot) -> Value | None:
    """Read a bare answer: 501, 张三, 两个, 36 8."""
    bare = re.sub(r"[\s,，。!！?？~～]+$", "", reading.rest).strip()
    if (slot.is_free or slot.type == "name") and (says_nothing(reading.text) or _is_heard(reading.text)):
        return None
    match slot.type:
        case "start" | "datetime":
            return reading.now.replace(second=0, microsecond=0) if answers.is_now(reading.text) else None
        case "building" | "unit" | "room":
            return _lenient_flat(bare, slot)
        case "count":
            number = re.fullmatch(rf"(?:就|一共|总共|大概)?({NUMBER})(?:个|位|人|口)?(?:吧)?", bare)
            return value_of(number[1]) if number else 1 if re.search("自己|一个人|就他|就她", bare) else None
        case "temperature":
            return _lenient_temperature(bare)
        case "name":
            return _lenient_name(reading)
        case "place" | "text":
            if slot.type == "place" and (_is_only_time(reading) or any(map(answers.is_any, PAUSES.split(reading.text)))):
                return None
            return None if answers.is_skip(bare) or len(bare) < 2 else reading.text[:TEXT_LENGTH]
        case "choice" | "choices":
            return _lenient_choice(bare, slot)
        case "flag":
            first = re.split(r"[\s,，。.!！]+", bare)[0]  # 是，取消老马的; 好的，那他几点到？ says no yes
            if answers.is_yes(bare) or (answers.is_yes(first) and not questions.is_question(reading.text)):
                return True
            return False if answers.is_no(bare) or answers.is_skip(bare) else None
    return None


def _is_only_time(reading: _Reading) -> bool:
    """Tell whether words say when, and no place: 改成后天下午吧."""
    rest = list(reading.text)
    for span in reading.times:
        rest[span.begin : span.stop] = "□" * (span.stop - span.begin)
    return bool(reading.times) and len(_AROUND_TIME.sub("", "".join(rest))) < 2


def says_nothing(text: str) -> bool:
    """Tell whether words give no value though they are said in answer: 等下, 几点能进来, 还没定."""
    return (
        answers.is_hesitation(text)
        or answers.is_leaving(text)
        or answers.is_open(text)
        or answers.is_any(text)
        or questions.is_question(text)
    )


def _is_heard(text: str) -> bool:
    """Tell whether words only nod: 嗯 麻烦了 is no place."""
    return all(answers.is_heard(clause) or _OBLIGED.fullmatch(clause) for clause in PAUSES.split(text) if clause)


def _lenient_flat(bare: str, slot: Slot) -> Value | None:
    number = re.fullmatch(rf"(?:是|在|住)?({_UNIT_OF_FLAT}|{_ROOM_NUMBER})(?:栋|幢|座|号楼?|单元|室|房)?", bare)
    if number:
        return _flat_number(number[1])
    return None


def _lenient_temperature(bare: str) -> Value | None:
    digits = re.fullmatch(r"(?:体温|温度)?(3[4-9]|4[0-3])(?:[\s.。,，点度]*(\d))?(?:度|℃)?", bare)
    if not digits:
        return None
    return round(int(digits[1]) + int(digits[2] or 0) / 10, 1)


def _lenient_name(reading: _Reading) -> Value | None:
    rest = re.sub(r"[□\s,，。!！?？~～]+", " ", people.unexclaimed(reading.rest)).strip()
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


def _lenient_choice(bare: str, slot: Slot) -> Value | None:
    values = list(slot.options)
    chosen = answers.pick(bare, [label(slot, value) for value in values])
    if chosen is None:
        words = {word: value for value, said in slot.options.items() for word in said}
        near = process.extractOne(bare, list(words), scorer=fuzz.ratio, score_cutoff=75)
        value = words[near[0]] if near else None
    else:
        value = values[chosen]
    if value is None:
        return ["none"] if slot.type == "choices" and "none" in slot.options and answers.is_skip(bare) else None
    return [value] if slot.type == "choices" else value


# ------------------------------------------------------------------ masking for the matcher


def blank(text: str, now: datetime) -> str:
    """Return the text with plates, phones, temperatures and flats blanked out; positions stay."""
    reading = _Reading(text, now, {})
    for parse in (_plate, _phone, _temperature, _room):
        parse(reading, _MASK_SLOT)
    return reading.rest


_MASKS = {"plate": "\ue8f0", "phone": "\ue8f1", "flat": "\ue8f2", "temperature": "\ue8f3", "time": "\ue8f4"}

#: Masks that stand for no request when they stand alone: a time, a phone, a plate.
SAYS_NOTHING = _MASKS["time"] + _MASKS["phone"] + _MASKS["plate"] + " "

_MASK_SLOT = Slot(name="mask", type="text")


def mask(text: str, now: datetime | None) -> str:
    """Return the text with each value replaced by one private character: one plate is like another."""
    base = now or _ANY_TIME
    reading = _Reading(unicodedata.normalize("NFKC", text), base, {})
    for kind, parse in (("plate", _plate), ("phone", _phone)):
        _stamp(reading, kind, lambda: parse(reading, _MASK_SLOT))  # noqa: B023  called at once
    for match in list(FLAT.finditer(reading.rest)):
        if _flat_parts(match)[2]:
            reading.hide(*match.span())
    reading.rest = re.sub("□+", _MASKS["flat"], reading.rest)
    _stamp(reading, "temperature", lambda: _temperature(reading, _MASK_SLOT))
    for span in reversed(times.find(reading.rest, base)):
        if span.kind != "instant":
            reading.rest = reading.rest[: span.begin] + _MASKS["time"] + reading.rest[span.stop :]
    return reading.rest


def unvalued(text: str, now: datetime) -> str:
    """Return the text without its values: what is said beside them."""
    return re.sub("|".join(_MASKS.values()), "", mask(text, now))


#: What stands for a value where people read the rest.
_READABLE = str.maketrans({
    _MASKS["plate"]: "[车牌]", _MASKS["phone"]: "[电话]", _MASKS["flat"]: "[住址]", _MASKS["temperature"]: "[体温]",
    _MASKS["time"]: "[时间]",
})  # fmt: skip


def hide(text: str, now: datetime) -> str:
    """Return the text with each value replaced by what it is, for keeping and showing: [电话], [车牌]."""
    return mask(text, now).translate(_READABLE)


def _stamp(reading: _Reading, kind: str, parse: Callable[[], Value | None]) -> None:
    parse()
    reading.rest = re.sub("□+", _MASKS[kind], reading.rest)


#: Masking asks only where a time stands, not which.
_ANY_TIME = datetime.fromisoformat("2026-03-11T10:00:00+08:00")
