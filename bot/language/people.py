"""Words for people: what they are to whoever speaks, how many come, and what is no name though it stands where one may. Pure."""

import re

from bot.language import words
from bot.language.late import Late
from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER, value_of

#: Relatives and the like, as one calls them.
RELATIVE = longest_first(
    (
        *words.CLOSE,
        *(
            "舅老倌 舅佬倌 仔女 姨佬 老挑 挑担 哥嫂 兄嫂 爷爷 奶奶 外公 外婆 姥姥 姥爷 舅姥爷 爸爸 妈妈 父亲 母亲 爸妈 父母 爹妈 公公 婆婆 公婆 岳父 岳母 老丈人 丈人 丈母娘 舅舅 大舅 小舅 舅妈 叔叔 婶婶 姑姑 姑父 姑妈 小姑 大姑 姨妈 小姨 大姨 "
            "姨父 阿姨 伯伯 伯父 伯母 大伯 哥哥 大哥 二哥 嫂子 大嫂 弟弟 弟妹 姐姐 大姐 二姐 姐夫 妹妹 小妹 妹夫 儿子 儿媳 儿媳妇 女儿 闺女 囡囡 女婿 姑爷 孙子 孙女 外孙 外孙女 表哥 表弟 表姐 表妹 堂哥 "
            "堂弟 堂姐 堂妹 侄子 侄女 侄儿 外甥 外甥女 亲戚 亲家 朋友 男朋友 女朋友 同学 老同学 同事 邻居 老乡 闺蜜 老公 老婆 爱人 媳妇 对象 战友 老战友 发小 牌友 学生 徒弟 客户 房东 租客 室友 孃孃 老表 干妈 "
            "娘家人 婆家人 师兄 师妹 师弟 师姐 学姐 学妹 学长 学弟 细佬 哥们儿 哥们 老姐妹 姐妹 老同事 老朋友 老邻居 阿妈 阿爸 阿姐 阿哥 姆妈 阿公 阿婆 家人 家里人 "
            # further ones, and what they are called elsewhere
            "前男友 前女友 前妻 前夫 未婚夫 未婚妻 舍友 同桌 老同桌 准女婿 准儿媳 亲家们 亲妈 亲爸 后妈 继父 继母 养父 养母 老岳父 老岳母 老丈母娘 爸爸妈妈 爹娘 岳父大人 叔公 大姨妈 小姨妈 小姨夫 大姨夫 姑丈 姨丈 小叔 大叔 大婶 大爷 大妈 "
            "大舅妈 二舅妈 小舅妈 小婶 堂妹夫 堂姐夫 侄孙女 曾孙 小孙子 小孙女 大孙子 大孙女 小外孙 大女儿 小女儿 大儿子 小儿子 二女儿 二儿子 小闺女 大闺女 合租室友 老街坊 街坊 街坊邻居 好友 好朋友 老板娘 老首长 忘年交 笔友 棋友 "
            "哥嫂 兄嫂 弟弟弟媳 弟弟弟妹 哥哥嫂子 哥哥嫂嫂 大哥大嫂 表哥表嫂 堂哥堂嫂 姐姐姐夫 妹妹妹夫 舅舅舅妈 叔叔婶婶 姑姑姑父 姑姑姑丈 伯伯伯母 女儿女婿 闺女女婿 儿子儿媳 儿子儿媳妇 外公外婆 爷爷奶奶 姥姥姥爷 公公婆婆 岳父岳母 老友 老伙计 妹儿 幺妹儿 幺儿 幺女 幺妹 幺孙儿 满崽 满女 孙孙 孙儿 孙娃 孙媳妇 重孙 孙女婿 外甥女婿 外孙子 外孙儿 兄弟伙 兄弟媳妇 哥儿们 发小儿 铁哥们 铁哥们儿 死党 基友 "
            "小姨子 小舅子 大舅哥 大舅子 大姑姐 大姑子 小姑子 大伯子 大伯哥 小叔子 老豆 老窦 老汉儿 阿爷 阿嫲 阿奶 阿爹 阿娘 阿叔 阿伯 阿弟 阿妹 阿嫂 阿舅 阿姑 阿姊 外母 外父 家公 家婆 太婆 太爷 太奶 "
            "舅公 舅婆 姑婆 姨婆 叔公 叔婆 姨奶奶 姑奶奶 舅奶奶 表叔 表姑 表姨 表舅 表嫂 表姐夫 表妹夫 表侄 堂叔 堂嫂 堂侄 连襟 妯娌 老爸 老妈 老弟 老哥 老姐 老妹 老妹儿 老舅 老叔 老姑 老姨 老婶 "
            "干爹 干爸 干女儿 干儿子 干闺女 干弟弟 干妹妹 侄媳妇 侄女婿 侄孙 男票 女票 娃儿 婆娘 堂客 老伴 老伴儿 亲家母 亲家公 老伯 伯娘 婶娘 婶子 嫂嫂 爷叔 娘舅 小囡 囡儿 寄爹 寄妈".split()
        ),
    )
)
#: Those that mean somebody's own only behind 我, 他 …: 我兄弟, 我家那口子.
OWN_RELATIVE = longest_first(
    "先生 太太 妻子 丈夫 夫人 弟媳 爸 妈 爹 娘 舅 叔 婶 姑 姨 哥 嫂 弟 姐 妹 爷 奶 兄弟 姊妹 姑娘 丫头 小子 崽 崽崽 仔 女 个女 个仔 个囡 个孙 条女 条仔 女仔 娃 娃娃 老汉 老头 老头子 老太太 老太婆 老爷子 老娘 老母 老爹 细妹 细路 细路仔 媳妇儿 "
    "老师傅 领导 老板 搭档 合伙人 大大 嗲嗲 家家 毛脚女婿 毛脚 大爷 大娘 大妈 伯 哥哥姐姐 那口子 弟娃 弟娃儿 干爷 粉丝 店员 伙计 队友 球友 驴友 网友 棋友 钓友 姐们 姐们儿 师父 导师 教练 上司 下属".split()
)
_KIN = longest_first(sign + further for sign, all_further in words.KINSHIP.items() for further in ("", *all_further.split()))
#: 三姨夫, 大舅爷, 幺妹儿, 老姑.
NUMBERED_RELATIVE = rf"[大二三四五六七八九幺细小老满么]{{1,2}}(?:{_KIN})(?:儿|子)?"
MINE = "(?:我们家|我们|我家|我屋头?|我|俺家|俺们家|俺|额们家|额屋|额(?=[大小老二三]?[爸妈爷奶姐哥弟妹姨舅姑叔婶嫂侄外孙闺女婿朋同战娃媳])|咱家|咱|阿拉|偶|吾)的?"

_SOUND = "[哎唉诶欸嗳嗐嗨哦噢喔啊呀哇嚯嗬咦呃额嗯哼嘿哈哟呦]"
#: What one only cries out.
_CRY = (
    rf"(?:{_SOUND}+(?:妈|玛|我的[妈天娘]|[天娘])[呀呐哪耶]*|{_SOUND}{{2,}}|[呃嗯]+(?![呐哪])|哦豁|喔唷|喔哟|妈呀|妈耶|娘哎|我(?:的|滴|了?个)+(?:个?[妈天娘乖])+[呀呐哪耶]*|天[哪呐啊]|老天爷|乖乖(?:隆地咚)?|好家伙|"
    r"我[去靠勒擦]|我勒个去|卧槽|握草|阿弥陀佛|作孽|弊|弊家伙|大镬|死火|要死|糟了|糟糕|完犊子|那啥|内啥)"
)
#: What one says of a thing that is done and well.
_VERDICT = (
    r"(?:得[嘞咧]|妥[了嘞妥]?|齐活儿?了?|齐啦?|搞定|完事儿?了?|完活儿?|欧[了啦]|成[了嘞]?|中[了嘞]?|稳了?|安逸|巴适|蛮好|老好|交关好|挺好|灵[额个光]*|老灵额?|嘎好|够意思|给力|牛|"
    r"谢[了啦嘞]|多谢|辛苦|麻烦|拜托|收工|了解|明白|晓得|知道|好使|利索|到位|平安|顺利|圆满|没毛病|棒|赞|绝了|省心|太好了)"
)
_EXCLAIMED = re.compile(
    rf"呃+|(?:^|(?<=[\s,，。.!！?？、~～…]))(?:艾玛(?=[呀啊哎]|[他她它佢伊我你咋这那又怎人])|{_CRY}(?:[呀啊哦哟喂的诶]*)|{_VERDICT}(?=$|[\s,，。.!！、~～]))"
)
#: Words with which no name ends or begins: verbs, particles, what one does.
_NO_NAME = re.compile(
    rf"(?:{_CRY}|{_VERDICT})|.*[嚟了嘞喇呢吗啦噻咯喽嘛也都就的地]"
    r"|(?:[吃喝饮食打看玩拿取送装搬行走坐搭骑开修洗搞弄办耍逛聊谈拉接住睡跑带买卖停等回进出过去到再没冇不唔勿弗别还又才很太这那咋俩仨两]|上(?!官)|下|车(?=[换改牌号就也都是在停开位库子上里太还先让不没有要进走多少一两]))(?!.*师傅|.*哥$|.*姐$).*"
    r"|.{1,3}族|高[铁兴速架峰]|路[过上口边]|余下|何[必苦时况]|安[心装全静排]|金[毛鱼]|平[安时]|应[该当]|温馨.*|齐活.*|包[吃住括].*|马[虎上].*|莫[把让要拦挡忘急慌怕问管].*|方便.*|解[决释].*|成[功了].*|许[是多久].*|万一.*|双方.*|连[带同忙他她我].*|关[于门键].*|明儿?.*|后天.*|今儿?.*|家里.*|大家.*|自己.*|全[部家都].*|向.*|从.*|和.*|祝.*|易.?碎.*|时.+|时间.*"
)
#: Surnames with which ordinary words begin as well: what stands alone with one is a name only where one was asked for.
_DOUBTFUL = frozenset(
    "车行齐安成路何谢金余万于连方石包应全常关明白管符解高温平和双计文牛马欧游麻查刁沙时向从易祝宁乐花水火都沈满尚单利要能有米支暴干"
)

#: How one comes alone.
_ALONE = re.compile(
    r"(?:没|不|冇)(?:有)?带(?:别人|其他人|旁人|人)(?=$|[\s,，。.!！])|自个儿?(?=$|[\s,，。.!！]|一个|来)|(?:独自|单独|一个人|(?<![我们你])自己(?:[开坐骑打][^\s,，。来]{1,4}(?=来)|(?=来|过来|到))|就(?:他|她|伊|佢)(?:一个|自己))(?=$|[\s,，。.!！]|来|到|过)"
)
_SO_MANY = Late(
    rf"(?:一共|总共|拢共|统共|通共|共|就|总计|合计|加起来)(?:是|有|来)?(?P<n>{NUMBER})(?:个|位|名|口|条)?人?(?=$|[\s,，。.!！吧呢哈]|来|到)"
    rf"|(?:[他她我你咱]们?|爷|娘|姐|哥|兄弟|姐妹|夫妻|母女|父子|母子|父女|祖孙|公婆|老|小两)(?P<m>[俩仨])|(?:^|(?<=[\s,，。□]))(?P<k>[俩仨])(?:人|个|师傅|工人|大人|小孩|孩子|{RELATIVE})?(?=$|[\s,，。.!！]|来|到)"
)
_FURTHER = Late(
    rf"(?:还|再|又|另外?|多|添|加)+(?:要|会|得|跟|有)?(?:带|加|添|多|捎|领|搭)?(?:了|上|着)?(?P<n>{NUMBER})?(?:个|位|名)(?:人|朋友|同学|同事|小孩|孩子|娃儿?|小朋友|客人|亲戚|老人|大人|细路|伢儿?|小囡|{RELATIVE})?(?=$|[\s,，。.!！吧呢哈]|来|到|一起|一道)"
)
#: 再带上他媳妇: one more than were said.
_BROUGHT = re.compile(
    rf"(?:再|还要?|也|一起|另外|又)带[上着来]?(?:他|她|[他她]的|自己的?)?(?:{RELATIVE}|爸|妈|女朋友|男朋友|孩子|小孩|娃儿?)(?:一起|一道|过)?来?[吧啊呀哦]?(?=$|[\s,，。.!！])"
)

#: Without such a word somebody further is another guest: 还有个朋友.
_JOINS = re.compile("[带加添捎领搭]|多[了出来一两个]")


def unexclaimed(text: str) -> str:
    """Return words with blanks for what is only cried out in them, and for verdicts: 艾玛她又不来了, 成 齐活儿."""
    return _EXCLAIMED.sub(lambda match: " " * len(match[0]), text)


_RELATED = Late(RELATIVE)


def speaks_of_kin(text: str) -> bool:
    """Tell whether words speak of a relative or a friend: 表哥不来了. Whoever comes to mend something is none."""
    return _RELATED.search(text) is not None


def is_no_name(words: str) -> bool:
    """Tell whether words are none anybody bears: 哦豁, 饮茶, 齐活儿, 车就."""
    return _NO_NAME.fullmatch(words) is not None


def is_doubtful(name: str) -> bool:
    """Tell whether a name begins as ordinary words do."""
    return name[:1] in _DOUBTFUL


def count(text: str, before: int) -> int | None:
    """Return how many come where no number stands beside 人 or 个: 一共俩, 自个儿; 还带了个人 is one more than `before`."""
    if said := _SO_MANY.search(text):
        number = said["n"] or said["m"] or said["k"]
        return {"俩": 2, "仨": 3}.get(number) or value_of(number)
    if _BROUGHT.search(text) is not None:
        return before + 1
    further = _FURTHER.search(text)
    if further is not None and _JOINS.search(further[0]):
        return before + (value_of(further["n"]) if further["n"] else 1)
    return 1 if _ALONE.search(text) else None
