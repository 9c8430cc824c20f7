"""Who comes: by name, or by what they are; one or several: 张伟, 王芳、李强, 妹妹, 修空调的师傅. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot.language import answers, people
from bot.language.kinds import arrivals, called, proper
from bot.language.kinds import text as words_
from bot.language.kinds.called import AND, CALLED, COME, KIN, RELATION, ROLE
from bot.language.kinds.kind import LOOKED_THROUGH, Aspect, Kind, Message, Slot, Value
from bot.language.kinds.proper import (
    AFTER,
    AGED,
    COMPOUND,
    FAMILIAR,
    LATIN,
    NAME,
    NO_SURNAME,
    ONE_SIGN,
    OWN_NAME,
    PET_NAME,
    SHORT_NAME,
    STILL,
    SURNAMES,
    TITLES,
    TRANSCRIBED,
)  # fmt: skip
from bot.language.late import Late
from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER
from bot.language.people import MINE, NUMBERED_RELATIVE, OWN_RELATIVE, RELATIVE
from bot.language.recurrence import hours
from bot.language.words import NICKNAMES

#: What follows whoever comes.
_COMES = r"(?=[\s□]*(?:$|[,，。.!！]|来(?!不)|过来|到(?![期底处不])|嚟|上门|要来|回来|从|开车|坐|打车|刚|已经|带))"

#: Any one sign, or two or three words in Latin letters, that was announced as a name.
_SAID = rf"(?:{TRANSCRIBED}|{LATIN}|{FAMILIAR}|[\u4e00-\u9fff]{{2,4}}?)"
#: 登记访客高兴, 访客叫长孙丽, 客人是David: what stands there is a name though it may be a word.
_ANNOUNCED = re.compile(rf"""(?x:
    (?: (?:登记|预约|邀请|添加|报备|录入|加)(?:一?[个位名])?(?:访客|客人|来客|来访人员?|来访者|来人)(?:姓名|名字)?(?:是|叫|为|[:：])?
      | (?:访客|客人|来客|来访人员?|来访者|来人|来的人?)(?:姓名|名字)?(?:名单)?(?:是|叫|为|[:：])
      | 来访人员?
      | (?:姓名|名字|大名|全名)(?:是|叫|为|[:：])
      | 访客[ ]
    )
    [\s,，]{{0,2}}(?P<all>{_SAID}(?:{AND.pattern}{_SAID}){{0,5}})
    # times are hidden: a day ends no name here, and 张晓明 is whole
    (?=[\s,，。.!！?？、;；□的]|$|要?(?:来|过来|到访|到|开车|带)|电话|手机|车牌|\d)
  )""")

#: Each with what stands between it and the next.
_PARTS = re.compile(rf"(.+?)({AND.pattern}|$)")
_JOINS = re.compile("[还和跟与以同连陪带领]")

#: Signs that stand in no word for a visitor: what joins, points, asks and is done.
_NO_SUBJECT = "的了吗呢在是有没不来去到和跟同与他她它我俺咱你您这那哪谁几个就也都还才又再要会想给把被让请帮替为从往约等叫喊说讲看吃喝开坐打住走进出上下前后今明昨早晚周月号点分半多少什么怎麻烦登记访客预刚已能可应火烧起改过交找换搬送拿取唔冇弗勿费修恁甭侬伊佢"

_OF_FRIENDS = rf"(?:{RELATIVE}|客人|(?<=[我俺咱])(?:{OWN_RELATIVE}))"
_OF_WORKERS = f"{ROLE}|访客|车主|联系人|嘉宾|贵宾|来宾|班长|队长|主任|教授|老板|教练|校长|站长|店长|领导|搭档|哥们儿?|闺女|侄子"
_FOR = "给|帮|替|让|邀请|请|预约|登记|约|(?<![因认])为"

#: Fewer signs, that stand in no name though one is told: 可 and 心 may.
_NO_SIGN = "的了吗呢在是没不来去到和跟与他她它我你您这那哪谁几个就也都还给把被让请帮啥么吧啊一"

#: Ends of what 老王 and 小李 are to somebody, of their work and of where they work: 保姆小陈, 理发店的老蒋.
_BEFORE_FAMILIAR = "[的理员师医工手长生士商属导管辑姆嫂教姨护机友事学傅居戚乡桌弟妹户介东客递卖修洁子孩姐人家司店厂校]"
_IN_ENGLISH = r"(?i:\b(?:friend|guest|visitor|colleague|brother|sister|cousin|uncle|aunt|named|name is|for))[ ]"

#: What one tells somebody to do: 叫他挪车.
_TO_DO = "挪|移|停|退|绕|赶[紧快]|快|慢|小声|注意|安静|滚|关[门灯掉上好]|倒|收|放|带|联系|报|押|赔|道歉|闭嘴|别|甭|莫|直接|先|自己|下|尽"

#: Patterns of names that say that it is one: 名字叫张伟, 就写王芳.
_MARKED: tuple[Late, ...] = (
    Late(rf"""(?x:
        (?: (?:名字|姓名|全名|大名)(?:是|叫|为|[:：])? | (?:访客|客人|来客|来人)(?:是|叫|为|[:：]) )
        \s*(?P<n>{NAME}?){AFTER}
      )"""),
    # 我们叫她邓姐, 都喊他铁蛋; 叫他挪车 tells somebody to do something
    Late(rf"""(?x:
        (?:(?:叫|喊|称|唤)(?:她|他|伊|佢)|管(?:她|他|伊|佢)叫)(?:做|为|是|个)?
        (?P<n>(?!{_TO_DO})(?:(?![{_NO_SUBJECT}就好行得])[\u4e00-\u9fff]){{2,4}})(?=$|[\s,，。]|就|吧|的|好了|得了|[A-Za-z])
      )"""),
    # 就写悠悠吧, 登记大熊就行
    Late(rf"(?:写|填|登记|登|录|记)(?:成|上|个|作|做)?(?P<n>(?:(?![{_NO_SUBJECT}就好行得名姓])[\u4e00-\u9fff]){{2,4}}?)(?=吧|就(?:行|好|可以|是|成|中|得)|好了|得了|行了|即可)"),
    Late(rf"(?:就|先)(?:写|填|登记?|录|记)(?:成|上|个)?(?P<n>(?:(?![{_NO_SUBJECT}得名姓])[\u4e00-\u9fff]){{2,4}})(?=$|[\s,，。])"),
    Late(rf"(?:小名|乳名|外号|绰号|网名|花名|艺名|英文名)(?:儿)?(?:是|叫|为|[:：])?\s*(?P<n>(?:(?![{_NO_SUBJECT}])[\u4e00-\u9fff]){{2,3}}|{LATIN})(?=$|[\s,，。])"),
    Late(rf"(?:^|[\s,，。个位]|{RELATIVE}|[他她]|名字)叫(?P<n>(?:(?![{_NO_SIGN}])[\u4e00-\u9fff]){{2,4}})(?=$|[\s,，。、□的])"),
    Late(rf"(?:名?叫做?|名叫|喊他|喊她|改成|改为|换成|应该是|[\u4e00-\u9fff][:：])\s*(?P<n>{NAME}?){AFTER}"),
    # 换他弟张强来
    Late(rf"(?:换|改由|由|派)[成了个]?(?:我|他|她)?的?(?:{RELATIVE}|{ROLE}|[弟哥姐妹爸妈])?(?P<n>{NAME}?|{FAMILIAR}|{SHORT_NAME}|{LATIN})(?=[□\s]*(?:替|代|来|过来|去|上门))"),
    Late(r"(?:名叫|叫做?|喊|名字是?|换成|改成|写)\s*(?P<n>[A-Za-z][A-Za-z .]{1,20}[A-Za-z])(?![A-Za-z0-9])"),
    Late(rf"""(?x:
        (?:就|那就|先|只)?(?:写|填|(?:登记|写|填)成)(?:我|上|个)?
        (?P<n> [{SURNAMES}](?:{TITLES}|{AGED}) | {NAME}(?=一个人|的名|吧|就|啦|喇|$|[\s,，。]) )
      )"""),
    Late(rf"姓(?P<n>(?:{COMPOUND}|[{SURNAMES}]))(?![\u4e00-\u9fff](?:名|甚))"),
)  # fmt: skip
_BEGIN = r"(?:^|[,，。\s、□])"
_GIVEN = r"(?:(?![的了吗呢来去到和跟个位名])[\u4e00-\u9fff])"
#: Patterns of names by what stands around them, the surest first.
_UNMARKED: tuple[Late, ...] = (
    # 热依汗古丽大姐
    Late(rf"(?<![\u4e00-\u9fff])(?P<n>{TRANSCRIBED})(?=(?:{TITLES}|姐姐|哥哥|妹妹|弟弟)[□\s]*(?:{COME}|送|要|会|$))"),
    # 我爱人的伴娘周小棠过来, 质检的解姐来
    Late(rf"""(?x:
        的(?P<n>(?:(?!{NO_SURNAME})[{SURNAMES}](?:{TITLES}|{AGED})|{FAMILIAR})){_COMES}
      | 的(?:(?![{_NO_SUBJECT}])[\u4e00-\u9fff]){{1,4}}?(?P<m>(?!(?<=师)傅|(?<=主)任|[\u4e00-\u9fff](?:{TITLES}))(?:(?:{COMPOUND}|[{SURNAMES}])(?:(?![{_NO_SUBJECT}])[\u4e00-\u9fff]){{2}}|(?<=[生员师工长手者匠友官])[{SURNAMES}](?:(?![{_NO_SUBJECT}吧啊呀])[\u4e00-\u9fff]))){_COMES}
      )"""),
    # 朴顺姬阿姨
    Late(rf"(?:^|[,，。\s□给帮请叫是])(?P<n>(?:{COMPOUND}|[{SURNAMES}]){_GIVEN}{{1,2}}(?:{TITLES}))(?![傅\u4e00-\u9fff])"),
    # 做月嫂的马桂花马姐
    Late(rf"(?:^|[,，。\s□的])(?P<n>(?P<family>[{SURNAMES}]){_GIVEN}{{1,2}})(?=(?P=family)(?:{TITLES}|[叔姨婶伯哥姐嫂爷]))"),
    # 王先生, 欧阳老师, Lily老师
    Late(rf"(?P<n>(?:[小老]?(?:{COMPOUND}|(?!{NO_SURNAME})(?<![公师])[{SURNAMES}])|(?<![A-Za-z])[A-Z][a-z]{{1,14}}[ ]?)(?:{TITLES}))(?!傅)"),
    # 老王, 保姆小陈, 给老王登记, 邀请老王, 隔壁小区的老吴
    Late(rf"""(?x:
        (?: (?<![\u4e00-\u9fff大]) | (?<=[给帮替约是叫换成]) | (?<=邀请) | (?<={_BEFORE_FAMILIAR}) )
        (?P<n>{FAMILIAR}){AFTER}
      )"""),
    # 我朋友张伟, 给王芳, 我朋友Mike Smith, my friend Tom
    Late(rf"(?:{_OF_FRIENDS}|{_OF_WORKERS}|{_FOR}|是)(?:一下|[:：])?\s*(?P<n>{NAME}?){AFTER}"),
    Late(rf"(?:{_OF_FRIENDS}|{_OF_WORKERS}|{_FOR}|叫|是|{_IN_ENGLISH})\s*(?P<n>{LATIN}|{TRANSCRIBED}(?![\u4e00-\u9fff])|{TRANSCRIBED}(?=登记|办|开|弄|约|报))"),
    # 还有李强
    Late(rf"(?:还有|仲有|另外|再有|加上|还请了|还约了)(?:一个|一位|个|位)?(?P<n>{NAME}?|{FAMILIAR}){AFTER}"),
    # 阿依古丽·买买提明天来
    Late(r"(?:(?<![\u4e00-\u9fff])|(?<=[位个叫是给请让]))(?P<n>(?:(?![有位个叫是给我的请让来])[\u4e00-\u9fff]){1,8}(?:[·•・‧][\u4e00-\u9fff]{1,8}?){1,3})" + AFTER),
    # 王芳明天来, 龙阿朵是我嫂子
    Late(rf"{_BEGIN}(?P<n>{NAME}?){AFTER}"),
    # 同事佳佳到, 厂里的老蒋
    Late(rf"""(?x:
        (?:{RELATIVE}|{ROLE}|厂|公司|店|学校|单位)的?\s*
        (?P<n>{SHORT_NAME}|{OWN_NAME}|(?!车)[{SURNAMES}](?:明|{ONE_SIGN}){{1,2}}?){_COMES}
      )"""),
    # 我太太的同学松本由美, 我老铁麻花
    Late(rf"""(?x:
        (?:{RELATIVE}|{ROLE})(?!大人|工作|全家|夫[妻妇]|兄妹|姐[弟妹]|[一二两三四五六七八九十])(?P<n>(?:(?![家口[{_NO_SUBJECT}])[\u4e00-\u9fff]){{2,4}})(?=[□\s]*(?:来(?!不)|过来|嚟|上门|回来|要来))
      )"""),
    # 亲戚家小孩小石头, 新来的保姆小翠, 我孙子豆豆
    Late(rf"(?:{ROLE}|{RELATIVE}|学生|小孩|孩子)的?\s*(?P<n>小[^\W\d_A-Za-z{_NO_SUBJECT}]{{2}}(?=□)|{SHORT_NAME}(?=□|约)|{PET_NAME}{AFTER})"),
    # 开个码给胖子
    Late(rf"(?:码|证|一个|一张|一下)给(?P<n>(?:(?![{_NO_SUBJECT}])[\u4e00-\u9fff]){{2,4}})(?=$|[\s,，。□])"),
    # 给玉芬办通行证
    Late(rf"""(?x:
        (?:给|帮|替|让)(?P<n>{SHORT_NAME}|{OWN_NAME})
        (?=(?:弄|办|开|发|整|搞|约|登记)(?:一?[个张下])?(?:通行|访客|进门|二维)?[码证登])
      )"""),
    Late(rf"(?:名叫|叫做?|换成|改成)(?:{ROLE}|{RELATIVE})?(?P<n>{SHORT_NAME}|{TRANSCRIBED}|{OWN_NAME})(?=$|[\s,，。!！的]|[□\s]*{COME})"),
    # 小满来找我, 扎西央金从拉萨过来, Tom is coming
    Late(rf"{_BEGIN}(?P<n>{SHORT_NAME}|{LATIN}|{TRANSCRIBED})(?=[\s□]*(?:来(?!不)|过来|到(?![期底处不])|嚟|上门|要来|回来|从|是我|(?:is|will|wants|comes|arrives|visits|visiting|coming)\b))"),
    # 玉芬他们几个要来
    Late(rf"{_BEGIN}(?P<n>{SHORT_NAME}|{OWN_NAME})(?:[他她]们|们)(?:几个|一家|[俩仨])?(?=[\s□]*(?:{COME}|[要会想]))"),
    # 毛毛放学来我家, 给杰哥开个码
    Late(rf"(?:(?<![\u4e00-\u9fff])|(?<=[给帮请叫等让]))(?P<n>{PET_NAME})(?=放学|下班|下课|吃完|[办开登]|[和跟]|[□\s要会也就还自己]{{0,12}}{COME})"),
)  # fmt: skip
_UNMARKING = tuple((pattern, False) for pattern in _UNMARKED)
#: Words without any of these hold nothing that _MARKED finds.
_MARKS = frozenset("名姓叫喊称唤管换改由派写填登录记应号是为:：")
#: Those that say of what follows that it is a name go first.
_PATTERNS = (*((pattern, True) for pattern in _MARKED), *((pattern, False) for pattern in _UNMARKED))

_ANYBODY = rf"(?:{NAME}|{FAMILIAR}|{SHORT_NAME}|{LATIN}|(?:(?![一二两三四五六七八九十几个位名加上带有了的请约叫姓])[\u4e00-\u9fff]){{1,2}}(?:{TITLES}))"
#: Several names in a row: 王芳和李强, 张伟，李娜，还有王芳.
_TOGETHER = Late(rf"""(?x:
    (?:(?<![\u4e00-\u9fff])|(?<=[\u4e00-\u9fff][组班厂司店里队部校家区院]的)|(?<={_BEFORE_FAMILIAR})(?={FAMILIAR}))(?:麻烦|邀请|请)?(?:(?:我|咱们?)?(?:约|请|叫|喊)了|叫|给|让|帮|替|约|请)?(?:(?:我的?)?(?:{RELATIVE}|{ROLE}))?
    (?P<all>(?:{_ANYBODY}|{PET_NAME})(?:{AND.pattern}(?:(?:{NAME}|[他她佢])家?的?(?:{RELATIVE}|{OWN_RELATIVE})(?:{NAME}(?=$|[\s,，、。□]|来|到|过来|还有|[和跟与])|{FAMILIAR})|{CALLED}|{_ANYBODY}|孩子|小孩|宝宝|{OWN_NAME}|(?:(?![{_NO_SUBJECT}])[\u4e00-\u9fff]){{2,4}}(?=[□\s]*(?:来|到|过来|上门)))){{1,5}}){AFTER}
  )""")

#: Whoever comes, called by words that are no name and no relation known here: 二狗子明天来, 后天木村来.
_SUBJECT = re.compile(rf"""(?x:
    (?:^|[,，。.!！\s□]|有个|有位|约了|请了|叫了|喊了|还有|让)
    (?P<n>(?:(?![{_NO_SUBJECT}])[\u4e00-\u9fff]){{2,5}}?)
    (?:[他她]们|们|一家|两口子|[俩仨])?
    (?:[要想会就也还]|自己|准备|打算|可能|大概|一个人|开车|坐车|打车|[□\s]){{0,5}}
    (?:过?来(?!不|信|电|得|自|源|的(?:$|[\s,，。]))|上门|做客|到(?![期底处账不了])|嚟|拜访|串门|来访)
  )""")
#: Ends of words for things and doings, which come without being guests.
_THINGS = re.compile(
    "[货件包箱车菜水电气雨雪票机柜床灯网费药饭酒奶桶纸单门声味事天话息知间区楼卖递具调品料板窗锁管路口路费光队时候候]$|起来|出来|回来|原来|本来|从来|以后|人$"
)

_ONE_BY_ONE = Late(
    rf"(?:^|(?<=[,，\s]))(?!我[叫是姓])[^\s,，。□]{{0,6}}(?:的|{ROLE}|{RELATIVE})(?:是|叫|名叫)(?P<n>{_ANYBODY})(?=$|[\s,，。])"
)
_TITLE = re.compile(rf"(?!{longest_first(NICKNAMES)})(?:{TITLES})")
_RELATED = Late(rf"(?:{NAME}|[他她佢])家?的?(?:{RELATIVE}|{OWN_RELATIVE})(?P<n>{NAME}|{FAMILIAR})")
_APART = re.compile(
    rf"[,，。]\s*(?:就?是)?(?P<n>{NAME}|{TRANSCRIBED}|{FAMILIAR}|{LATIN}|(?P<twin>(?![妈爸爷奶哥姐弟妹谢常刚慢拜等看想])[\u4e00-\u9fff])(?P=twin))(?=$|[,，。])"
)
_SO_MANY = re.compile(f"{NUMBER}[个位名口号]")
#: 老李没来, 王芳也来 tell of somebody, and put them in nobody's place.
_TOLD_OF = re.compile(rf"(?!要[来到过]){STILL}")
_WRITE_DOWN = re.compile("(?:就|先|只)(?:写|填)")
_INSTEAD = re.compile("改成|改为|换成|应该是|(?:就|先|只)(?:写|填)|是")

#: Whom these bring in comes, too: 还有小谭.
_BESIDE = re.compile(r"(?:还有|仲有|另外|再有|加上|还请了|还约了)(?:一个|一位|个|位)?$")
#: 张三李四 are two, 小张小刘小陈 three.
_SIDE_BY_SIDE = re.compile(
    rf"(?:张三|李四|王五)(?=李四|王五|赵六)|(?<![\u4e00-\u9fff])[小老阿][{SURNAMES}](?=[小老阿](?!朋友|姐|孩|师)[{SURNAMES}])|(?<=[小老阿][{SURNAMES}][小老阿])[{SURNAMES}](?=[小老阿](?!朋友|姐|孩|师)[{SURNAMES}])"
)
#: Before a name, whose it is: 房东姓, 老婆叫, 联系人是女儿.
_WHOSE_NAME = Late(
    rf"(?P<who>(?:{MINE})?(?:{RELATIVE}|(?<=[我俺咱])(?:{OWN_RELATIVE})|{NUMBERED_RELATIVE}))(?:的?(?:名字|姓名|大名|全名|真名))?(?:[他她]|是|就|也|姓|名?叫|做|为|[:：\s])*$"
)
#: These may be whoever comes.
_ANY_GUEST = ("朋友", "客人", "访客", "同学", "同事", "亲戚", "师傅", "人", "老乡", "客户")
#: Before whoever is brought along: 朋友带了老婆孩子.
_BROUGHT = re.compile(r"[带领抱牵陪](?![头队班])[着了上]?[^\s,，。□叫姓是]{0,4}$")
#: Whoever stands behind a relative is another one, and not their name: 老婆孩子.
_CHILDREN = ("孩子", "小孩", "小孩子", "娃", "娃娃", "宝宝")
_RELATIVE_BEFORE = Late(rf"(?:{RELATIVE})$")
#: With these no name ends: 邓华不想.
_NEVER_ENDS = ("不", "没", "别")
#: Of whom this is said, somebody of theirs comes: 王婶的儿子.
_WHOSE = re.compile(rf"家?的(?:{RELATIVE}|孩子|娃|小孩|司机)")
#: Of whom this is said, something of theirs is changed: 老贺改周六了; 小雪改成小雨 is about the second.
_CHANGES = re.compile(r"[□\s]{0,12}(?:那个)?[□\s]{0,12}(?:[改换挪推调]|提前|说|讲)")
#: What may stand around a name that is said alone.
_BEFORE = re.compile(r"(?:^|[\s,，。、□])(?:(?:他|她|客人)?就?是)?$")
_BEHIND = re.compile(r"(?:吧|啊|呀|哈|的)?(?:$|[\s,，。.!！□])")


#: Who is to have a part in what is the resident's own: 让我爸也绑定, 我老公怎么绑定.
_HAS_A_PART = Late(
    rf"(?P<all>{MINE}(?:{RELATIVE}|{OWN_RELATIVE}))(?:也|一[起块]|都|来|要|想|再|[怎咋]么?|如何|[才能]能?|可以){{0,4}}(?:绑|登记|加入|加进|注册)"
)

_SOMEBODY = rf"(?:{CALLED}|{_ANYBODY}|{SHORT_NAME})"
#: Whoever does not come, where somebody else does: 张伟来不了了，换他弟来.
_STAYS_AWAY = Late(rf"""(?x:
    (?:^|(?<=[\s,，。□]))(?:(?![换改让由替])[^\s,，。]){{1,12}}?
    (?:[来去过到]不[了成]|不[能会]?[来去]|[来去过]唔到|没[空法]来?|有事)[了啦喇]*[\s,，。]*
    (?=(?:就|所以|那|只能|只好|要|我|我们)*(?:换成?|改成?|由|让|叫|派|请|是|[这今][次天]){{0,2}}(?:我的?|他的?|她的?)?{_SOMEBODY}[^\s,，。不没]{{0,6}}?(?:{COME}|[去替代顶]))
  )""")
_STOOD_IN_FOR = Late(rf"(?<=[\u4e00-\u9fff])(?:代替|[替代顶]){_SOMEBODY}(?=[□\s]*(?:{COME}|过来|去))")


def _heard(message: Message, slot: Slot | None = None) -> str:
    """Return what may name somebody: neither values nor cries, nor whoever stays away."""
    rest = _cleared(message.rest[:LOOKED_THROUGH], slot is None or slot.required)
    return rest if slot is not None and slot.name in message.known else _present(rest)


@lru_cache(maxsize=64)
def _cleared(rest: str, is_expected: bool) -> str:
    """Return words that may name somebody; without whoever stays away, where it is asked who comes."""
    rest = proper.INTRODUCED.sub(" ", proper.said_once(arrivals.plainly(people.unexclaimed(rest))))
    if is_expected:
        rest = _STOOD_IN_FOR.sub("", _STAYS_AWAY.sub("", arrivals.without_former(rest)))
    return _SIDE_BY_SIDE.sub(r"\g<0>、", rest)


@lru_cache(maxsize=64)
def _present(rest: str) -> str:
    return arrivals.present(rest)


def _take(message: Message, slot: Slot) -> Value | None:
    name = _told(message, slot)
    return (
        _subject(_cleared(message.rest[:LOOKED_THROUGH], slot.required))
        if name is None and slot.name not in message.known
        else name
    )


def _told(message: Message, slot: Slot) -> Value | None:
    """Return who is named as people are, or by what they are to the resident."""
    rest = _heard(message, slot)
    if names := _announced(rest):
        return "、".join(names)
    if (
        not message.corrects
        and slot.name not in message.known
        and rest.count("是") + rest.count("叫") > 1
        and len(names := _each(rest)) > 1
    ):
        return "、".join(names)
    if not message.corrects and len(names := _together(rest)) > 1:
        return "、".join(names)
    if slot.name not in message.known and len(both := called.coming(rest)) > 1:
        return "、".join(one for words in both for one in called.one_by_one(words))
    known = message.known.get(slot.name)
    if found := _fuller(_found(rest, message, known), rest):
        return (
            found
            if len(found) > 1 and not (f"姓{found}" in rest and re.fullmatch(COMPOUND, found))
            else _of_surname(found, rest, known)
        )
    if slot.name in message.known:  # 我妹妹开车来 is said of somebody known; 是我弟弟 is a correction
        return _corrected(message, message.known[slot.name])
    coming = called.coming(rest)
    if len(coming) == 1 and not called.is_proper(coming[0]) and (apart := _named_apart(rest)):
        return apart
    if not coming and (part := _HAS_A_PART.search(rest)):
        return called.called(part["all"])
    if not coming and hours.read(message.text, message.now):
        return called.again(rest) or None
    return "、".join(one for words in coming for one in called.one_by_one(words)) or None


def _named_apart(rest: str) -> str:
    """Return the name of whoever comes where it is told in a clause of its own, behind what they are: 孙女过来，朵朵."""
    names = [match["n"] for match in _APART.finditer(rest) if _may_be_name(match["n"])]
    return names[-1] if names else ""


def _fuller(name: str, rest: str) -> str:
    """Return 邵帅 for 小邵 where that is said in a clause of its own."""
    if not re.fullmatch(FAMILIAR, name):
        return name
    whole = next((match["n"] for match in _APART.finditer(rest) if match["n"][0] == name[1] and _may_be_name(match["n"])), "")
    return name if re.fullmatch(rf".(?:{AGED}|{TITLES})", whole) else whole or name


def _subject(rest: str) -> str | None:
    """Return whoever comes, by whatever word they are called; nothing where it may be a thing."""
    found = (match["n"] for match in _SUBJECT.finditer(rest))
    return next((name for name in found if not _THINGS.search(name) and _may_be_name(name) and not answers.is_yes(name)), None)


@lru_cache(maxsize=64)
def _announced(rest: str) -> Sequence[str]:
    """Return whoever is announced as a visitor; nobody where one of several that 和 joins is no name."""
    match = _ANNOUNCED.search(rest)
    names: list[str] = []
    is_apart = True
    for name, pause in _PARTS.findall(match["all"]) if match else ():
        if not (proper.is_announced(name) or re.fullmatch(FAMILIAR, name)):
            return names if is_apart else []
        names.append(name)
        is_apart = _JOINS.search(pause) is None
    return names


@lru_cache(maxsize=64)
def _together(rest: str) -> Sequence[str]:
    match = _TOGETHER.search(rest)
    names = [name.strip() for name in AND.split(match["all"])] if match else []
    return _apposed(
        rest,
        [
            called.called(_whose_name(name))
            for name in names
            if name and not proper.is_nobody(name) and (not people.is_no_name(name) or re.fullmatch(CALLED, name))
        ],
    )


@lru_cache(maxsize=64)
def _each(rest: str) -> Sequence[str]:
    """Return whoever are told one by one: 中介叫纪川，看房的是俞女士."""
    names = [match["n"] for match in _ONE_BY_ONE.finditer(rest) if _may_be_name(match["n"])]
    return list(dict.fromkeys(names))


def _whose_name(name: str) -> str:
    """Return 黎敏 for 邹凯的太太黎敏."""
    match = _RELATED.fullmatch(name)
    return match["n"] if match else name


def _apposed(rest: str, names: list[str]) -> list[str]:
    """Return names without what is said of the one before: 小邵，邵帅 and 胡小蝶，室友的妹妹 are one each."""
    if len(names) != 2 or not re.search(rf"{re.escape(names[0])}[\s]*[,，\s][\s]*(?:是?我的?)?{re.escape(names[1][:1])}", rest):
        return names
    if re.fullmatch(FAMILIAR, names[0]) and names[1].startswith(names[0][1]) and called.is_proper(names[1]):
        return names[1:]
    if re.fullmatch(f"{NAME}|{TRANSCRIBED}", names[0]) and re.fullmatch(CALLED, names[1]):
        return names[:1]
    return names


def _found(rest: str, message: Message, known: Value | None) -> str:
    """Return the name that the surest pattern finds, the last of a correction; empty where there is none."""
    for pattern, is_marked in _UNMARKING if _MARKS.isdisjoint(rest) else _PATTERNS:
        found = [
            (match.start(group), name)
            for match in pattern.finditer(rest)
            for group in ("n", "m")[: 1 + ("m" in pattern.compiled.groupindex)]
            if (name := match[group])
            and ((is_marked and match[0][0] not in "换改由派写填") or not _WHOSE.match(rest, match.end("n")))
            and _may_be_name(name)
            and not (name in _CHILDREN and _RELATIVE_BEFORE.search(rest, 0, match.start(group)))
            and not (known is not None and _CHANGES.match(rest, match.end("n")))
            and not (known is not None and not message.corrects and _is_somebody_else(rest, match.start(group), str(known)))
            and (is_marked or message.corrects or known is None or _takes_place(match, name, str(known)))
        ]
        if found:
            return max(found)[1] if message.corrects else found[0][1]
    return ""


def _is_somebody_else(rest: str, begin: int, known: str) -> bool:
    """Tell whether what stands before a name says that it is another's than of whom is known: 房东姓吴, 老婆叫小红, of 舅舅; or that they are brought along."""
    if _BROUGHT.search(rest, 0, begin):
        return True
    whose = _WHOSE_NAME.search(rest, 0, begin)
    if whose is None:
        return False
    who = called.called(whose["who"])
    if who in _ANY_GUEST:
        return called.is_proper(known)
    return who != known and known not in _ANY_GUEST and whose["who"] not in known


def _may_be_name(name: str) -> bool:
    return (
        proper.may_be_name(name)
        and not name.endswith(_NEVER_ENDS)
        and not KIN.fullmatch(name)
        and not _TITLE.fullmatch(name)
        and not _SO_MANY.fullmatch(name)
    )


def _of_surname(surname: str, text: str, known: Value | None) -> str | None:
    """Return what somebody is called of whom a surname is told: 姓刘 刘姨; a fuller name that is known stays."""
    if isinstance(known, str) and known.startswith(surname):
        return None
    if full := re.search(
        rf"(?<!姓){surname}(?:(?!先生|女士|老师|师傅|阿姨|[叔姨婶伯哥姐嫂爷的先女])[\u4e00-\u9fff]){{1,2}}(?=$|[\s,，。])",
        text,
    ):
        return full[0]
    said = re.search(rf"{surname}的?(?P<title>{TITLES}|{AGED})", text) or next(
        filter(
            None,
            (
                re.search(rf"(?P<title>{TITLES})$", who)
                for who in (*called.coming(text), text.partition("姓")[0].rstrip(" ,，他她是"))
            ),
        ),
        None,
    )
    return surname + said["title"] if said else f"{surname}先生/女士"


def _takes_place(match: re.Match[str], name: str, known: str) -> bool:
    """Tell whether a name that nothing marks as one takes the place of the one that is known: it stands alone, or only a relation was known."""
    if (
        people.is_doubtful(name)
        or _TOLD_OF.match(match.string, match.end("n"))
        or _BESIDE.search(match.string, 0, match.start("n"))
    ):
        return False
    is_alone = _BEFORE.search(match.string, 0, match.start("n")) and _BEHIND.match(match.string, match.end("n"))
    return is_alone is not None or not called.is_proper(known)


def _corrected(message: Message, known: Value) -> Value | None:
    """Return the relation or the work that takes the place of a name: 不是我妹妹，是我弟弟, 就写货拉拉; 是来修空调的 only describes."""
    rest = message.rest[:LOOKED_THROUGH]
    if written := called.WRITTEN.search(rest):
        return called.called(written["all"])
    is_rather = message.corrects or _WRITE_DOWN.search(rest) is not None
    if not (is_rather or message.text.startswith("是")):
        return None
    said = _INSTEAD.split(rest)[-1].strip(" ，,。.!！吧")
    if isinstance(known, str) and known in message.whole and (name := _bare(said)) != known:  # 不是小雪是小雨
        return name or None
    return called.called(said) if re.fullmatch(CALLED if is_rather else RELATION, said) else None


def all_of(message: Message) -> Sequence[str]:
    """Return whoever is said to come together: 王芳和李强, 我爸和我妈."""
    rest = _heard(message)
    names = _announced(rest) or _together(rest)
    return names if len(names) > 1 else called.coming(rest)


def is_told_of(message: Message) -> bool:
    """Tell whether words say who comes: 明天下午三点老刘来下棋. A 师傅 may come for what was reported."""
    name = _told(message, _ANY)
    if "师傅" in message.text or not isinstance(name, str):
        return False
    rest = _heard(message)
    if called.coming(rest) and re.search(COME, rest):
        return True
    last = re.escape(name.rpartition("、")[2])
    return re.search(rf"{last}(?:[他她]们|们)?(?:[□\s要会]|一[起齐道])*过?{COME}", rest) is not None


# ------------------------------------------------------------------ a bare answer


_BEFORE_NAME = re.compile(r"""(?x:
    ^(?:他|她|客人|访客|来人|来的|名字|姓名|就)?(?:就?是|叫|姓)
  | ^(?:就|是|叫|姓|还有|客人|访客)(?=[\u4e00-\u9fff]{2})
  )""")
_BEHIND_NAME = re.compile(r"(?:吧|啊|呀|来的?|要来|过来|要来的)$")
_HOW_MANY = re.compile(rf"""(?x:
    (?: 自个儿? | 自己 | (?:自己)?一个人
      | (?:一共|总共)?(?:{NUMBER}(?:个人|个|位|人|口)|一家(?:{NUMBER}口)?|俩|们|[他她]们) )
    (?:来|过来)?$
  )""")
_SO_MANY_OF = re.compile(rf"^(我的?)?(?:有)?(?:(?:{NUMBER}|几)?(?:个|位|名)|[俩仨])(?=..)")
#: What hurts, and no name has in it: 婆婆也烧.
ILL = re.compile("[咳烧疼痛吐泻喘痒]|发热|头晕|难受|感冒")
#: Signs that ask, deny or point, and stand in no name.
_NO_NAME = re.compile("[你我谁啥哪吗么呢怎车]|^第[一二三四五]?[套户家间栋]|^(?:[他她它佢伊]|没|冇|不|唔|无)")
#: 牛奶公司的: whoever comes from there.
_FROM_FIRM = re.compile("(?![我你他她的了在是来有没])[\u4e00-\u9fff]{1,6}(?:公司|厂|店|学校|医院|中心|站|局|社)的")
_READS_AS_NAME = re.compile(rf"[\u4e00-\u9fff]{{2,4}}|{TRANSCRIBED}|[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ .'’-]{{1,30}}")
#: 周一围 is a name, 周一晚 a time.
_TIMELY = re.compile(r"周[一二三四五六日天][^早晚上下中前后都也要吧呀啊来去的到□\W]")


def _read(message: Message, slot: Slot) -> Value | None:
    if words_.says_nothing(message.text) or words_.is_heard(message.text):
        return None
    if _TIMELY.fullmatch(message.text):
        return message.text
    rest = re.sub(r"[□\s,，。!！?？~～]+", " ", _heard(message)).strip()
    if re.fullmatch(LATIN, rest) and proper.is_latin(rest):
        return rest
    first = rest.split(" ")[0] if rest else ""
    both = [_bare(words) for words in AND.split(rest if "、" in rest else first) if words]
    return "、".join(dict.fromkeys(filter(None, both))) or None


def read_alone(words: str) -> str:
    """Return the name or relation that words alone are; nothing where they are none."""
    return _bare(words)


def _bare(words: str) -> str:
    """Return the name or relation that an answer consists of; nothing when it is neither."""
    bare = _SO_MANY_OF.sub(r"\1", _HOW_MANY.sub("", _BEHIND_NAME.sub("", _BEFORE_NAME.sub("", words))))
    if related := re.fullmatch(CALLED, bare):
        return called.called(related[0])
    if proper.is_announced(bare) or _FROM_FIRM.fullmatch(bare):
        return bare
    answers_else = (answers.is_skip, answers.is_yes, answers.is_no, answers.is_cancel, answers.is_now)
    if not bare or bare.startswith("人") or any(reads(bare) for reads in answers_else):
        return ""
    if _NO_NAME.search(bare) or ILL.search(bare) or KIN.fullmatch(bare) or people.is_no_name(bare) or proper.is_nobody(bare):
        return ""
    return bare if _READS_AS_NAME.fullmatch(bare) else ""


KIND = Kind(
    name="name", title="人名或称呼", aspect=Aspect.WHO, take=_take, read=_read, called=("名字", "姓名", "称呼", "人"),
    is_worded=True, belongs=True, parts=True,
)  # fmt: skip

#: Whoever does not come, or whose pass goes: 我妹不来了, 取消小王的.
_WHOEVER = rf"(?:(?:{MINE})?(?:{RELATIVE}|{NUMBERED_RELATIVE}|{ROLE})|{MINE}(?:{OWN_RELATIVE})|{NAME}|{FAMILIAR})"
_NOT_COMING = Late(rf"""(?x:
    (?:取消|撤[掉销]|作废)(?:掉|一下|了)?(?P<whose>{_WHOEVER})(?=的|那[个张位]|$)
  | (?:^|(?<=[\s,，。□是把个给])|(?<=取消)|(?<=[那就]))(?P<all>{_WHOEVER})
    (?:[他她]们?|们|的?(?:那|这)[个张位]|的|□|\s|[,，]|今天|明天|后天|也|又|都|说|讲|就|可能|临时|突然|有事|有点事|加班|那边|那){{0,8}}
    (?:(?:通行证|通行码|访客码|码|证|登记|预约)*(?:取消|作废|撤|不要|删|退)|不(?:能|会|用|要|需要|打算|想)?(?:过)?[来去]|来不[了成]|过不来|没[空法](?:过)?来|唔嚟|到不了)
  )""")


def _take_absent(message: Message, slot: Slot) -> Value | None:
    """Return who does not come: 我妹 of 我妹不来了."""
    said = _take(message, slot)
    absent = _NOT_COMING.search(message.rest[:LOOKED_THROUGH]) if said is None else None
    who = (absent["whose"] or absent["all"]) if absent is not None else ""
    return called.called(who) if who and (_may_be_name(who) or re.fullmatch(CALLED, who)) else said


#: Of a visit that is called off.
ABSENT = replace(KIND, name="absent_name", title="不来的人", take=_take_absent)

_ANY = Slot(name="who", kind=KIND)
