"""How many come: 两个人, 一家三口, 三个大人两个孩子, 朋友俩, 五六个, 十来个, 一对夫妻. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language import people
from bot.language.kinds import name, party
from bot.language.kinds.kind import LOOKED_THROUGH, Aspect, Kind, Message, Slot, Value, bare, blank
from bot.language.kinds.party import AGED_SO, BRINGS, PAIR
from bot.language.kinds.persons import MEANT, NOUN
from bot.language.kinds.proper import FAMILIAR, NAME, may_be_name
from bot.language.late import Late
from bot.language.normalise import longest_first
from bot.language.numbers import either, value_of
from bot.language.people import MINE, OWN_RELATIVE, RELATIVE

_NUMERAL = "[0-9]{1,4}|[零〇一二两三四五六七八九十百千廿卅幺壹贰叁肆伍陆柒捌玖拾]{1,6}"
#: 3, 两三, 五六十, 2到3, 3、4, 十来, 二十多, 十几.
_NUMBER = rf"(?P<low>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})\s?[-~～—到至、]\s?(?P<high>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})|(?P<n>{_NUMERAL})\s?(?P<about>[来多几余])?"
#: Between a number and those it counts: 五个左右的客人.
_ROUGHLY = "(?:(?:左右|上下)的?)?"

_ADJECTIVES = longest_first("外地 老家 半大 年轻 小 老 大 男 女 好 熟 同 亲 高中 大学 初中 小学 公司 单位 我 我家".split())
_ENGLISH = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True))
_PERSON = rf"(?:{_ADJECTIVES}|{MEANT}的|我们?的)?{NOUN}"
_CLASSIFIER = "(?:个|位|名|口子?|号|条|伙|拨)"
#: What comes by cars and groups: 一辆坐四个一辆坐三个.
_UNITS = "(?:[个辆台部]?(?:面包|小|轿|商务)?车|[拨波批辆台部桌组队趟户班])"
#: What makes of 个 a count of people though none are named: 两个来, 三个。; 来一个星期 counts none.
_ENDS_COUNT = rf"(?=\s*(?:$|[,，。.!！;；、□吧呢啊呀哈]|[一另]{_UNITS}|来|到|过来|一起|一道|都|全|要来|会来|嚟|今|明|后天|周|(?:星期|礼拜)(?=[0-9一二三四五六日天])|上午|下午|晚上|早上|中午))"

#: A noun can stand here only where a number follows it.
_BEFORE_NUMBER = "(?=[^0-9一二两三四五六七八九十俩仨,，。□]{1,8}[0-9一二两三四五六七八九十俩仨])"

_COUNTED = Late(rf"""(?x:
    # no ordinals, floors, ages, places in a row: 第三个人, 后面两个
      (?<![第0-9.零一二两三四五六七八九十百半每几哪另某])(?:(?<![这那])|(?<=[我他她][这那]))(?<![前后]头)(?<![前后]面)(?<!中间)(?<!最后)(?<!末尾)(?<!有没有)(?<!没有)(?<!当成)(?<!当作)(?<![坏丢漏买装]了)(?<!各)(?<!每[波家组次桌批户车])(?<!不止)(?<!不到)(?<!超过)(?!(?<=上)[百千])
    (?:
    # 一对夫妻, 两对情侣; 半打朋友
        (?P<pairs>{_NUMERAL})\s?(?P<pair>对|双)(?:老|小|年轻|新婚)?(?:夫妻|夫妇|情侣|恋人|父母|父子|母女|母子|父女|姐妹|兄弟|双胞胎|老人|新人|朋友)
      | (?P<dozens>半|{_NUMERAL})打(?:{_PERSON}|人)
    # 三大两小, 两男一女, 一老一大一小
      | (?P<sorts>(?:[0-9一二两三四五六七八九俩仨][大小老男女]){{2,4}})(?![时区])
    # 大人两个小孩两个, 摄影师一个，化妆师俩
      | (?P<named>{_BEFORE_NUMBER}(?:(?:男|女|{NOUN})\s?(?:(?:[0-9]{{1,2}}|[一二两三四五六七八九十])\s?[个位名]人?|[俩仨])[,，、\s和加跟]*){{2,5}})
    # 男女各三个
      | (?:男女|老少|男的女的|(?:大人|老人)(?:和|跟|、)?(?:小孩子?|孩子))各(?:来)?(?P<each>{_NUMERAL})[个位名]?人?
    # 两家头, 朋友x3, 来五对
      | (?P<heads>{_NUMERAL})家头 | (?=[^\s,，。]{{1,8}}?\s?[xX×✕*]){NOUN}\s?[xX×✕*]\s?(?P<times>[0-9]{{1,2}}) | (?<=来)(?P<couples>{_NUMERAL})对(?=$|[\s,，。])
    # 三姐妹
      | (?P<siblings>[两三四五六])(?:姐妹|姊妹|兄弟)(?![0-9一二两三四五六七八九])
    # 人数：8
      | 人数(?:大概|一共)?(?:是|为|有|[:：])?\s?(?P<all>{_NUMERAL})[个位人]?
    # 2 people, three guests
      | (?i:\b(?:family[ ]of[ ](?P<members>[0-9]{{1,2}}|{"|".join(_ENGLISH)})\b|(?P<english>[0-9]{{1,2}}|{"|".join(_ENGLISH)})[ ]?(?:people|persons?|ppl|pax|guests?|visitors?|friends?|adults?|kids?|children|workers?)\b))
    # 俩朋友, 朋友俩, 哥仨
      | (?P<few>[俩仨])(?:人|个|口子)?(?:{_PERSON})?
    # 一家三口, 五口人, 一行五人
      | (?:一家(?:子|人)?|全家|一行|一大家子)(?:总共|一共|有)?(?P<family>{_NUMERAL})(?:大)?[口个人](?:子|人)?
    # 三个大人, 五六个人, 3位, 12人, 十来个朋友, 40号人
      | (?:{_NUMBER})\s?(?:{_CLASSIFIER}{_ROUGHLY}\s?(?:{_PERSON})|[位名](?![字次称])|口[人子]?|人(?![民工份间座桌家次均行道])|个(?:左右|上下|的样子)?{_ENDS_COUNT})
    )
    # 三个人的房间 counts no guests
      (?!的(?!话))(?!都没)
    )""")
#: What may be told apart afterwards: 五个人，三大两小.
_TOTAL = re.compile("(?:[个号口0-9一二两三四五六七八九十俩仨]人|[位口个])$")
_OF_WHOM = Late(f"(?<=[个位名俩仨0-9])(?:{NOUN})$")
_TWO = re.compile(rf"(?P<both>双方|两边|两家)?(?:{PAIR})")
#: Whom one brings one of, where no number is said.
_ONE_BROUGHT = "(?:小|大)?(?:孩子|小孩|娃儿?|宝宝|宝贝|儿子|女儿|闺女|孙子|孙女|外孙女?|侄子|侄女|外甥女?|(?<=个)[女仔囡崽妹]|老婆|老公|媳妇|爱人|对象|女朋友|男朋友|老伴|徒弟|助手|保姆|妈妈|爸爸)"
#: Whoever brings somebody along, and whom: 我姐带俩娃, 两口子带孩子, 老婆抱着宝宝.
_BRINGING = Late(rf"""(?x:
    (?: (?P<two>(?<![对双])(?:{PAIR})|(?:{RELATIVE}|[爸妈哥姐弟])(?:和|跟|与)[他她]?(?:{RELATIVE}|[爸妈哥姐弟嫂]))
(?:两个|俩)?
      | (?<![个名位])(?P<one>{RELATIVE}|(?<=[我他她])(?:[爸妈哥姐弟妹舅姑姨叔婶嫂]|先生|太太|妻子|丈夫)|[\u4e00-\u9fff](?:姐|哥|姨|叔|总|工)|师傅|老师|医生|司机|经理|中介|设计师|教练|队长|领导|客户
        | (?:^|(?<=[,，。\s□]))(?P<who>{NAME}|{FAMILIAR})) )
    [□\s]*(?:(?:(?:[上下]午|[早晚]上)?(?:过?来|到)(?:我家|做客|吃饭|上门)?)?[，,\s□]*(?:[他她]们?|说|讲|还|另外|顺便)+(?=带)|)(?:(?:要|会|想|也|一起|还|都)?{BRINGS}|(?:和|跟|与|还有|加上?)(?=[0-9一两二三四五六七八九十俩仨]))
    (?:[他她佢伊]们?家?的?|自己家?的?)?
    (?: (?:(?P<n>{_NUMERAL})(?:个|名|位)|(?P<few>[俩仨]))(?:小|大)?{NOUN}
      | (?:{AGED_SO})?(?:一个|个|我的?)? (?:(?P<both>老婆孩子|老婆和?孩子|媳妇孩子|爱人孩子|双胞胎)|{_ONE_BROUGHT}) )
  )""")
#: Between counts of those who come together: 三个大人带两个孩子, 2个大人、1个小孩.
_TOGETHER = Late(
    rf"\s{{0,3}}(?:[,，、+]|和|跟|加上?|外加|外带|还有|仲有|仲带|带着?|带上|以及|另外|再加)*\s{{0,3}}(?:还有|还带|[还也]来|着)?\s{{0,3}}{NOUN}?\s{{0,3}}"
)
#: Beside such a word the number is that of all.
_ALL_TOLD = re.compile("一共|总共|共计|合计|加起来|算上|全部|一行|一家|人数")
_ALONE = re.compile("自己|一个人|就他|就她")
_BARE = re.compile(
    rf"(?:就|一共|总共|大概|大约|差不多|有|来|最多)*(?:{_NUMBER}|(?P<few>[俩仨]))(?:个|位|人|口|名)*(?:左右|吧|的样子)*"
)

_NAMED = Late(rf"(?P<noun>男|女|{NOUN})\s?(?P<n>[0-9]{{1,2}}|[一二两三四五六七八九十俩仨])")
#: Men and women are some of those who were counted before: 八个同学，三个女生.
_SOME_OF = re.compile("[男女](?:的|生|孩子?|人|同学|士)?")
#: 讲好八个人，明天就来六个: what was said before holds no more.
_AT_LAST = re.compile(
    "(?:就|只|实(?=[到来])|实际|最后|最终|现在|只剩|还剩|变成|改成|敲定|落实|定下来?|确定)(?:确定|敲定|落实|定下来?)?(?:只|有|剩|能|会|要)?(?:来|到|是|有|剩|成|敲定|确定|算)了?$"
)
_TOLD_WHOLE = re.compile("(?:一共|总共|拢共|统共|共计|合计|加起来|算|凑)(?:就|是|有|来)*$")
_SUMMED = re.compile("一共|总共|共计|合计|加起来|算上|全部")

#: 一辆坐四个一辆坐三个, 头一拨三个，后一拨两个: of each group so many.
_OF_GROUP = re.compile(
    f"(?:(?:[先头前后末]头?|后[头面]|另|还|第?[一二三四五])(?:面|来了?|有|是)*(?:又|还)?(?:来了?|有)?一?|一){_UNITS}(?:上|里|人)?(?:坐了?|来了?|是|有|大概|能|要|,|，)*$"
)
_SO_MANY_EACH = re.compile(
    rf"(?P<groups>[2-9两二三四五六七八九十])[家户辆台部组队拨波批桌](?:[^\W\d_□一二两三四五六七八九十每各]{{0,5}}[\s,，□]*)(?:每|各|一(?=[家户辆台部组队拨波批桌车]))(?:[家户辆台部组队拨波批桌]?车?)(?:坐|来|有|是|都)*"
    rf"(?P<n>{_NUMERAL}|[俩仨])(?:[个口位]人?|人)(?!.{{0,6}}一[家户辆台部组队拨波批桌车])"
)
_COMES = re.compile("来|到(?!底|家)|嚟")
_THEY_COME = re.compile("(?<![先再又还也外])(?:要|能|会|肯|只|就|真|大概|估计|实际)*(?:来|到场?|嚟)(?:了|咗)?$")
_SO_MANY = f"(?:{_NUMERAL}|[俩仨])"
_KIN = f"(?:{RELATIVE}|{OWN_RELATIVE})"
_US = rf"""(?:
      (?P<both>(?:我|咱|俺)们?(?:两口子|俩|夫妻俩?)|(?:我|俺)(?:和|跟|与|同)我?(?:家|们家)?{_KIN})
    | (?:(?:我|咱|俺)(?:们家?|家|们?一家|们?全家)|阿拉|我哋)(?P<n>{_SO_MANY})(?:口人?|个人?)?
    | (?:我|俺)(?:自己|本人)?
    )"""
#: 连我四个; 五个人，算上我们两口子; 加我微信 is something else, and 连我老公 comes himself.
_WITH_US = Late(rf"""(?x:
    (?<![不没])(?:连同?|加上?|加埋|连埋|算上|算埋|包括|包含|含){_US}(?:在内|在里[面头])?
    (?=[\s,，。!！吧]*(?:$|(?:一共|总共|拢共|统共|合共|共|合计|就|是|有|才|刚好|正好|凑)*来?{_SO_MANY}[个位口人]))
    )""")
_GUESTS = "(?:客人?|来客|来的人?|别人|外人|[他她]们|亲戚|朋友|同事|同学)们?"
#: Of a total those who live here, in other words: 我跟老公加上客人一共七个, 六个人吃饭，我们自己俩，剩下都是客, 六个人，除了我都来, 六个人里有我一个.
_AMONG = (
    Late(rf"(?x:{_US}(?:加上?|连同?|连埋|和|跟|同|还有|以及){_GUESTS}[\s,，]*(?=(?:一共|总共|拢共|统共|合共|共|合计|加起来|有|是|就)+来?{_SO_MANY}[个位口人]))"),
    re.compile(
        rf"(?:我们?家?|咱们?家?|俺们?家?|阿拉|自家人?|自己人|家里人?|主人家?)(?:自己|这边|本身)*(?:就|只|占|有|是|已经)*(?P<n>{_SO_MANY})[个位口]?人?"
        rf"(?=[\s,，]*(?:剩下?|其余|其他|其它|余下|别的|另外(?!来|带)))"
    ),
    Late(rf"(?x:除(?:了|开|去|掉|咗)?{_US}(?:一个)?(?:之?外|以外)?[\s,，]*(?=(?:其他|其余|别|剩下)?的?人?(?:都|全|统统|齐)[^\s,，。]{{0,2}}(?:来|到|嚟|是客)))"),
    Late(rf"(?x:(?:里面?|里头|当中|中间|其中)(?:也|就)?(?:有|含|包括|包含|算上){_US}(?:一个|自己)?(?:在内)?(?=$|[\s,，。.!！]))"),
)  # fmt: skip
#: 除我们俩，还有三个客人.
_WITHOUT_US = Late(rf"(?x:除(?:了|开|去|掉|咗)?{_US}(?:之?外|以外)?(?=[\s,，]))")
#: A table of four, one of whom is at home.
_TABLE = re.compile("凑(?:够|齐|成|满)?一?桌(?:麻将|牌|$|[\\s,，。])")
_CARDS = re.compile("麻将|麻雀|牌|搓|打川|斗地主")
#: 我和老公在家，来两位客人: who is at home already.
_AT_HOME = Late(rf"(?x:{_US}(?:现在|都|也)*(?:在家|在屋))")
#: 我家三口人，物业费怎么算: nobody who comes.
_OF_HOUSE = re.compile(rf"""(?x:
    (?<![上连加括含埋除])(?<!除了)(?:屋企|(?:我们?|咱们?|俺们?|自己?)(?:家里?|屋头?|屋里厢?)|阿拉屋里厢?|家里|屋里|(?:我|咱|俺)们一家)(?:本来|原来|平时|一共|总共|(?!来|到|回|过去|嚟)[^\s,，。!！?？0-9一二两三四五六七八九十俩仨]){{0,6}}
    {_SO_MANY}(?:口人|口(?![人子])|口子|个人)(?!加上?|连|和|跟|同|[\s,，]*(?:剩|其余|其他|其它|别的))(?![^。!！?？]{{0,12}}(?:来|到|过去|嚟|回))
    )""")
#: 501那家来了八个, 隔壁来了一群，二十来个: guests of others.
_ELSEWHERE = re.compile(
    r"(?:隔壁|对门|楼[上下]|人家|别人?家|邻居家|那[家户])(?!的?(?:张|王|李|阿姨|叔|大))[^,，。]{0,6}来[了过咗][^,，。]*(?:[,，]\s*[^,，。来我]*(?=[,，。]))?"
    r"|[^,，。]+[,，\s]*(?=(?:和|跟|与|同)(?:我|咱|俺)们?家?(?:没|无|不)(?:有|得)?(?:关|相干|搭界|啥关|什么关|半点))"
)
#: 昨天来了三个看房的，吵死了.
_PAST = re.compile("(?:昨[天晚日儿]|前天|上[次回周]|上个?(?:月|星期|礼拜)|那天|那回)[^,，。]{0,10}(?:来|嚟)[了过咗][^,，。]*")
_TOTAL_SAID = re.compile(
    rf"(?:一共|总共|拢共|统共|共计|合计|加起来)(?:是|有|就)*(?P<n>{_SO_MANY})(?:[个位口]?人|[个位口])(?!来|到)"
)

#: 每个跟一个家长: each of those who were counted brings so many.
_EACH = Late(rf"""(?x:
    (?:每一?(?:[个位名]?人|[个位名])?(?:孩子|小孩|小朋友|朋友|同学)?|各自?|人人|一人|一个人)(?:都|还|各|得|要|会)*(?:(?:带|跟|陪|配|有|领)[着了上]?|(?<=孩子|小孩|朋友|同学))
    (?P<n>{_SO_MANY})(?:[个位名](?:{_PERSON})|(?:{_PERSON}))
  | (?:都|各自?|每人)(?:都|还|要|会)*带[着了上]?[他她]?们?(?:自己)?的?(?:一?个)?(?:老婆|老公|对象|女朋友|男朋友|媳妇|爱人|另一半)
    )""")
#: 我们三个各带一个朋友: of these only the friends are guests.
_WE = re.compile(rf"(?:我|咱|俺)们(?:{_SO_MANY})[个位]?人?[□\s,，]*$")
#: 四个人，一人带一瓶酒: nobody more.
_APIECE = re.compile("(?<=[,，□个位人])[,，\\s]*一人(?=[一带各拿])")
#: Those of whom a number is said, no things: 又带了两个箱子.
_THOSE = rf"(?:[位名口](?:{_PERSON})?|个?(?:{_PERSON})|(?:个|(?<=[俩仨]))(?=\s*(?:$|[,，。!！□\s吧呢哈了]|来|到|过来|一[起道]|都|也|嚟)))"
#: 又喊了两个, 多加一位, 还有他们的一个宝宝.
_MORE = Late(rf"""(?x:
    (?: (?:又|再|还|后来|临时|另外|(?<![差不最顶至大许])多){{1,3}}(?:要|会|想|得|给|多)?(?:喊|叫|约|请|加|添|来|带|找|拉|补|多|冒出|捎|有)
      | 加多|(?<!参)加上?|(?<![差不最顶至大许])多|增加|添|仲有|仲带|外带 )(?:了|上|进|来|咗|着){{0,2}}(?:[他她]们?的)?
    (?P<n>{_SO_MANY}){_THOSE})""")
_CANNOT = r"(?:来不[了成到]|不来|不能来|没法来|没来|去不[了成]|不过来|嚟唔到|唔嚟|没空|冇空|唔得闲|缺席|放鸽子|爽约|鸽了|退出|(?:临时|突然|要)?(?:有事|加班|病了|生病|出差|请假)了?(?=$|[,，。\s]))"
#: 有一个加班来不了, 少来两个, 病了一个.
_LESS = Late(rf"""(?x:
    (?:少来?|减少?|减[去掉]|去掉|缺|划掉|扣掉|病|走|退|鸽)[了咗]?(?P<n>{_SO_MANY}){_THOSE}
  | (?<![第几每0-9一二两三四五六七八九十百])(?P<m>{_SO_MANY})(?:[个位名口](?:{_PERSON})?|(?:{_PERSON})|(?<=[俩仨]))(?:(?![来到]|不对)[^,，。!！?？0-9一二两三四五六七八九十]){{0,8}}?{_CANNOT}
    )""")
#: 走一个来一个: who goes was here before.
_INSTEAD = re.compile(rf"(?:走|换|下|撤)了?{_SO_MANY}[个位名]?(?=[,，]?[来上到换]{_SO_MANY}[个位名]?)")
_PLANNED = re.compile("本来|原来|原先|原定|说好|讲好|约好|定好|先前")
#: 本来四个人，老张来不了.
_ONE_LESS = Late(rf"(?:{MINE}?{_KIN}|{FAMILIAR})(?:(?![来到])[^,，。!！?？□]){{0,6}}?{_CANNOT}")
#: 有一个来不了，就三个: how many they are after that.
_FINALLY = re.compile(f"[就只剩]$|{_SUMMED.pattern}")
_STILL = re.compile("(?:还有|来|还来|到)$")
#: Who came another day come no more.
_CAME = re.compile("昨|前天|上次|上回|上周|上个?月|上个?星期|上个?礼拜")
#: 双胞胎外孙来，他爸送，一块儿上楼: somebody of theirs comes with them.
_ALONG = Late(
    rf"[,，\s]+(?:由)?[他她佢](?:{_KIN})(?:也|都|开车|要|会|亲自)*(?:送|陪|带|领|跟|护)[^,，。]{{0,6}}[,，\s]*(?:一块儿?|一起|一道|一同|也|都)(?:上|进|来|到|过)"
)

#: Numbers of nobody who comes: what was never said, of passes that are called off, of things that are put in place of others.
_NOT_OF_GUESTS = re.compile(
    r"(?:没有?|未|不曾|哪|几时|什么时候|啥时候)(?:跟你|给你)?(?:说|讲|写|报|填|提|讲到|说到)(?:过|是|要|的是|有|来|带)*[^,，。\s]{1,8}"
    r"|[^,，。\s□]*(?:取消|作废|撤[掉销回]|删[掉除])[^,，。\s□]*"
    r"|(?:换|修|装|买|配|灭|装|拆)(?:了|上|掉|过|新的?)?(?:[0-9]{1,2}|[一两二三四五六七八九十])个(?=$|[\s,，。.!！吧了呗呀啊嘛])"
)
#: How one more visit begins: 再加个, 还有一位; it makes nobody else more.
_ONE_MORE_VISIT = re.compile(
    r"^[\s,，]*(?:对了|那|哦|请|麻烦|帮我|给我|我)*(?:再|还|另外|又)+(?:要|有|想|帮我|给我|麻烦)*(?:加|添|来|约|登记|报|开|弄|办)?(?:一?[个位张]|一名)(?=[\s,，□]|$)"
)

_SPELT = re.compile("[零〇一二两三四五六七八九幺]+")

#: What 十来个 and 十几个 may at most be taken for: a guess in their midst.
_ABOUT = {"来": 0, "余": 0, "多": 5, "几": 5}


@dataclass(frozen=True, slots=True)
class _Counted:
    count: int
    is_total: bool  # of people of all sorts: 五个人
    is_bare: bool  # of whom is not said: 两位, 仨
    noun: str
    begin: int
    stop: int


def counts(text: str) -> list[int]:
    """Return how many people a text counts, in order; those who come together are added up: 三个大人两个孩子 are 5.

    Of 两三个 it is the larger; 十来个 is 10, 十几个 15. A sum that repeats what was said before counts once: 五个人，三大两小.
    """
    text = text.replace("十几二十", "□□二十")
    groups: list[list[_Counted]] = []
    for one in _counted(text):
        between = groups and _TOGETHER.fullmatch(text, groups[-1][-1].stop, one.begin)
        if between and not (one.is_bare and between[0] and not between[0].strip(" ,，")):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [_sum(group) for group in groups]


def _sum(group: Sequence[_Counted]) -> int:
    first, *others = [one.count for one in group]
    if others and (group[0].is_total or group[0].is_bare) and first == sum(others):
        return first
    if (
        others
        and sum(others) <= first
        and not _SOME_OF.fullmatch(group[0].noun)
        and all(_SOME_OF.fullmatch(one.noun) for one in group[1:])
    ):
        return first
    last = others[-1] if others else 0
    is_told_again = (
        len(group) > 1
        and not (group[-2].noun and group[-1].noun)
        and group[-1].begin == group[-2].stop
        and last == first + sum(others[:-1])
    )
    return last if is_told_again else first + sum(others)


def _counted(text: str) -> Iterator[_Counted]:
    for match in _COUNTED.finditer(text):
        if (count := _of(match)) is not None:
            noun = _OF_WHOM.search(match[0])
            yield _Counted(
                count,
                _TOTAL.search(match[0]) is not None,
                match[0][-1] in "位个名俩仨",
                noun[0] if noun else "",
                match.start(),
                match.end(),
            )


def _of(match: re.Match[str]) -> int | None:
    if match["pairs"]:
        return 2 * value_of(match["pairs"])
    if match["dozens"]:
        return 6 if match["dozens"] == "半" else 12 * value_of(match["dozens"])
    if of_two := match["each"] or match["couples"]:
        return 2 * value_of(of_two)
    if alone := match["siblings"] or match["heads"] or match["times"]:
        return value_of(alone)
    if match["named"]:
        return _of_named(match["named"])
    if match["sorts"]:
        return sum(value_of(number) for number in match["sorts"][::2])
    if english := match["english"] or match["members"]:
        return _ENGLISH.get(english.lower()) or int(english)
    if match["few"]:
        return value_of(match["few"])
    return _number(match["family"] or match["all"] or match["n"], match["about"], match["low"], match["high"])


def _of_named(said: str) -> int:
    sorts = [(one["noun"], value_of(one["n"])) for one in _NAMED.finditer(said)]
    first, *others = sorts
    if (
        not _SOME_OF.fullmatch(first[0])
        and all(_SOME_OF.fullmatch(noun) for noun, _ in others)
        and sum(count for _, count in others) <= first[1]
    ):
        return first[1]
    return sum(count for _, count in sorts)


def _number(said: str | None, about: str | None, low: str | None, high: str | None) -> int | None:
    """Return the number that is meant; nothing where a range runs backwards, and for 一几."""
    if low and high:
        return value_of(high) if value_of(low) < value_of(high) else None
    if not said:
        return None
    if both := either(said):
        return both[1]
    if said[0] in "零〇" and len(said) == 2:  # 零三 is what 03 is
        said = said[1]
    if len(said) > 1 and _SPELT.fullmatch(said):  # 三八个 is no 38
        return None
    number = value_of(said)
    return number + _ABOUT[about] if about and number % 10 == 0 else None if about else number


def _take(message: Message, slot: Slot) -> Value | None:
    """Return how many guests come: with those who are added later and without those who are taken off, or live here."""
    rest = _OF_HOUSE.sub(blank, _NOT_OF_GUESTS.sub(blank, message.rest[:LOOKED_THROUGH]))
    if not any(message.known):
        rest = _ONE_MORE_VISIT.sub(blank, rest)
    for others in (*_ELSEWHERE.finditer(message.text, 0, LOOKED_THROUGH), *_PAST.finditer(message.text, 0, LOOKED_THROUGH)):
        rest = _blanked(rest, *others.span())
    known = message.known.get(slot.name)
    each = _EACH.search(rest)
    rest = _INSTEAD.sub(blank, _APIECE.sub(blank, _EACH.sub(blank, rest)))
    said = _of_guests(message, slot, rest, known if isinstance(known, int) else None)
    if said and each:
        ours = _WE.search(rest, 0, each.start())
        return said * (value_of(each["n"] or "一") + (ours is None))
    if said is None and _TABLE.search(rest) and _CARDS.search(message.text):
        return 3
    return said


def _blanked(rest: str, begin: int, stop: int) -> str:
    return rest[:begin] + "□" * (stop - begin) + rest[stop:]


def _of_guests(message: Message, slot: Slot, rest: str, known: int | None) -> int | None:
    """Return how many come without those of the house whom a total counts with them: 连我四个 are three."""
    if us := _WITH_US.search(rest):
        total = _changed(message, slot, _WITH_US.sub(blank, rest), known)
        return total - _of_us(us) if total is not None and total > _of_us(us) else None
    for pattern in _AMONG:
        if (us := pattern.search(rest)) and (total := _changed(message, slot, _blanked(rest, *us.span()), known)) is not None:
            return total - _of_us(us) if total > _of_us(us) else None
    rest = _WITHOUT_US.sub(blank, rest)
    home = _AT_HOME.search(rest)
    if home is None:
        return _changed(message, slot, rest, known)
    rest = _AT_HOME.sub(blank, rest)
    total_said = _TOTAL_SAID.search(rest)
    if total_said is None:
        return _changed(message, slot, rest, known)
    guests = value_of(total_said["n"]) - _of_us(home)
    others = counts(rest[: total_said.start()])
    return guests if guests > 0 and (not others or guests in others) else _changed(message, slot, rest, known)


def _changed(message: Message, slot: Slot, rest: str, known: int | None) -> int | None:
    """Return how many come after all changes: 四个工人，又喊了两个 are six, and of four known 有一个来不了 leaves three."""
    changes = _changes(rest)
    if not changes:
        return _told(message, slot, rest)
    if _CAME.search(message.text):
        return max(changes[-1][0], 0) or None
    without = rest
    for _, begin, stop in changes:
        without = _blanked(without, begin, stop)
    last = max(stop for _, _, stop in changes)
    after = [one for one in _counted(without) if one.begin >= last]
    if told := next((one for one in after if _TOLD_WHOLE.search(without[: one.begin])), None):
        return told.count
    change = sum(by for by, *_ in changes)
    if after and known is not None and after[-1].count == known + change:  # 少一个人，四个
        return after[-1].count
    is_less = all(by < 0 for by, *_ in changes)
    at_last = after[0].begin if after else 0
    if at_last and (
        _AT_LAST.search(without[:at_last])
        or _FINALLY.search(without, last, at_last)
        or (is_less and _STILL.search(without, last, at_last))
    ):
        return counts(without[last:])[-1]
    before = _told(message, slot, without) if known is None or counts(without) else known
    if before is None and message.known and changes[0][0] > 0:
        before = 1  # who is expected
    if before is None:
        return _told(message, slot, rest) if all(by > 0 for by, *_ in changes) else None
    return before + change if before + change > 0 else None


def _changes(rest: str) -> list[tuple[int, int, int]]:
    """Return by how many those who come become more or fewer, each with where that is said."""
    less = [(-value_of(match["n"] or match["m"]), *match.span()) for match in _LESS.finditer(rest)]
    if not less and _PLANNED.search(rest):
        less = [(-1, *match.span()) for match in _ONE_LESS.finditer(rest)]
    more = [
        (value_of(match["n"]), *match.span())
        for match in _MORE.finditer(_LESS.sub(blank, rest))
        if not (less and match[0].startswith("还有"))
    ]
    return less + more


def _of_us(match: re.Match[str]) -> int:
    return 2 if match.groupdict().get("both") else value_of(match["n"] or "一")


def _told(message: Message, slot: Slot, rest: str) -> int | None:
    """Return how many are said to come, whoever they are."""
    if times := _SO_MANY_EACH.search(rest):
        return value_of(times["groups"]) * value_of(times["n"])
    before = message.known.get(slot.name)
    together = [*_parties(rest)]
    for absent in together:
        if not absent.comes:
            rest = _blanked(rest, absent.begin, absent.stop)
    numbers = counts(rest)
    coming = [one.size for one in together if one.comes]
    if before is None and not message.corrects and coming and not _SUMMED.search(rest):
        return None if None in coming else max([*numbers, *filter(None, coming)])
    brought = _bringing(rest)
    if brought is not None and before is None:
        return brought
    said = people.count(rest, before if isinstance(before, int) else 1)
    if said is not None and (slot.name in message.known or said >= max(numbers, default=0)):
        return said
    if brought is not None:
        return brought
    if not numbers and all(one.comes for one in together) and len(names := name.all_of(message)) > 1:
        return len(names)
    if not numbers and (pairs := [*_TWO.finditer(rest)]):
        return sum(4 if pair["both"] else 2 for pair in pairs) + (_ALONG.search(rest, pairs[-1].end()) is not None)
    return _of_numbers(message, rest, numbers) if numbers else None


def _parties(rest: str) -> Sequence[party.Party]:
    return party.parties(rest, [party.Member(one.count, one.begin, one.stop, is_counted=True) for one in _counted(rest)])


def _bringing(rest: str) -> int | None:
    """Return how many come where somebody brings others along: 我姐带俩娃 are three."""
    said = _BRINGING.search(rest)
    if said is None or _ALL_TOLD.search(rest) or (said["who"] and not may_be_name(said["who"])):
        return None
    further = value_of(said["n"] or said["few"] or "一") + (said["both"] is not None)
    return (2 if said["two"] else 1) + further


def _of_groups(rest: str, counted: Sequence[_Counted]) -> int | None:
    """Return how many come in several groups or cars, and how many come of a whole: 一辆坐四个一辆坐三个, 三十个人里头要来九个."""
    grouped = [one.count for one in counted if _OF_GROUP.search(rest, max(0, one.begin - 16), one.begin)]
    if len(grouped) > 1:
        return sum(grouped)
    if len(counted) > 1 and counted[-1].count < counted[-2].count:
        before = rest[counted[-2].stop : counted[-1].begin]
        comes_already = _COMES.search(rest, max(0, counted[-2].begin - 6), counted[-2].begin) or _COMES.search(before[:-1])
        if _THEY_COME.search(before) and not comes_already:
            return counted[-1].count
    return None


def _of_numbers(message: Message, rest: str, numbers: Sequence[int]) -> int:
    counted = [*_counted(rest)]
    if (whole := _of_groups(rest, counted)) is not None:
        return whole
    if counted and (counted[-1].is_total or counted[-1].is_bare) and _AT_LAST.search(rest[: counted[-1].begin]):
        return counted[-1].count
    return numbers[-1] if message.corrects or message.known else max(numbers)


def _read(message: Message, slot: Slot) -> Value | None:
    answer = bare(message.rest)
    if said := _BARE.fullmatch(answer):
        return value_of(said["few"]) if said["few"] else _number(said["n"], said["about"], said["low"], said["high"])
    return 1 if _ALONE.search(answer) else None


KIND = Kind(
    name="count", title="人数", aspect=Aspect.HOW_MANY, take=_take, read=_read, called=("人数", "几个人"), is_strict=True, tells=True, belongs=True,
)  # fmt: skip
