"""How many come: 两个人, 一家三口, 三个大人两个孩子, 朋友俩, 五六个, 十来个, 一对夫妻. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language import people
from bot.language.kinds import name, party
from bot.language.kinds.kind import LOOKED_THROUGH, Aspect, Kind, Message, Slot, Value, bare
from bot.language.kinds.party import PAIR
from bot.language.kinds.proper import FAMILIAR, NAME, may_be_name
from bot.language.normalise import longest_first
from bot.language.numbers import either, value_of
from bot.language.people import MINE, OWN_RELATIVE, RELATIVE

_NUMERAL = "[0-9]{1,4}|[零〇一二两三四五六七八九十百千廿卅幺壹贰叁肆伍陆柒捌玖拾]{1,6}"
#: 3, 两三, 五六十, 2到3, 3、4, 十来, 二十多, 十几.
_NUMBER = rf"(?P<low>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})\s?[-~～—到至、]\s?(?P<high>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})|(?P<n>{_NUMERAL})\s?(?P<about>[来多几余])?"
#: Between a number and those it counts: 五个左右的客人.
_ROUGHLY = "(?:(?:左右|上下)的?)?"

#: Those who may come, by what they are.
_PERSONS = longest_first(
    "人 朋友 客人 来客 访客 同学 同事 亲戚 小孩 小孩子 孩子 娃 娃娃 娃儿 宝宝 小朋友 小家伙 大人 老人 老人家 成年人 成人 儿童 婴儿 幼儿 新生儿 男的 女的 男生 女生 男孩 女孩 男人 女人 师傅 工人 工友 学生 老师 小伙 小伙子 小子 姑娘 "
    "丫头 小姑娘 美女 帅哥 兄弟 姐妹 哥们 哥们儿 姐们 闺蜜 战友 老乡 邻居 牌友 球友 麻友 驴友 网友 客户 领导 员工 保洁 阿姨 护工 装修工 搬运工 司机 家属 家长 家人 亲人 长辈 晚辈 后生 妹子 老头 老太太 老头老太 壮劳力 快递员 快递小哥 外卖员 外卖小哥 小哥 大哥 大姐 大爷 大妈 爷爷 奶奶 "
    "女士 先生 太太 大叔 大婶 大娘 医生 护士 老板 老师傅 经理 民警 警察 亲友 中介 买家 租客 同伴 舍友 室友 女孩子 男孩子 学员 教练 志愿者 工作人员 技术员 侄子 外甥 表弟 堂弟 伙伴 小伙伴 死党 发小 熟人 贵客 外国人 老外 细路 细佬哥 伢儿 小囡 崽 仔 BB bb baby Baby 毛毛头 奶娃 苏虾 苏虾仔 帮手".split()
)
_ADJECTIVES = longest_first(
    "外地 外地的 老家 老家的 半大 半大的 年轻 年轻的 小 老 大 男 女 好 熟 同 亲 高中 大学 初中 小学 公司 公司的 单位 单位的 以前的 老 帮忙的 干活的 来帮忙的 我的 我们的 我 我家的 要好的 关系好的".split()
)
_ENGLISH = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True))
_PERSON = rf"(?:{_ADJECTIVES})?(?:{_PERSONS}|{RELATIVE})"
_CLASSIFIER = "(?:个|位|名|口子?|号|条|伙|拨)"
#: What makes of 个 a count of people though none are named: 两个来, 三个。
_ENDS_COUNT = r"(?=\s*(?:$|[,，。.!！;；、□吧呢啊呀哈]|来|到|过来|一起|一道|都|全|要来|会来|嚟|今|明|后天|周|星期|礼拜|上午|下午|晚上|早上|中午))"

_COUNTED = re.compile(rf"""(?x:
    # no ordinals, floors, ages, places in a row: 第三个人, 后面两个
      (?<![第0-9.零一二两三四五六七八九十百半每几这那哪另某])(?<![前后]头)(?<![前后]面)(?<!中间)(?<!最后)(?<!末尾)(?<!有没有)(?<!没有)(?<!当成)(?<!当作)(?<![坏丢漏买装]了)(?<!各)(?<!每[波家组次桌批户车])(?<!不止)(?<!不到)(?<!超过)(?!(?<=上)[百千])
    (?:
    # 一对夫妻, 两对情侣; 半打朋友
        (?P<pairs>{_NUMERAL})\s?(?P<pair>对|双)(?:老|小|年轻|新婚)?(?:夫妻|夫妇|情侣|恋人|父母|父子|母女|母子|父女|姐妹|兄弟|双胞胎|老人|新人|朋友)
      | (?P<dozens>半|{_NUMERAL})打(?:{_PERSON}|人)
    # 三大两小, 两男一女, 一老一大一小
      | (?P<sorts>(?:[0-9一二两三四五六七八九][大小老男女]){{2,4}})(?![时区])
    # 大人两个小孩两个
      | (?P<named>(?:(?:大人|小孩|孩子|老人|儿童|男的?|女的?|大的|小的)\s?(?:[0-9]{{1,2}}|[一二两三四五六七八九十])\s?[个位名][,，、\s和加跟]*){{2,4}})
    # 三姐妹
      | (?P<siblings>[两三四五六])(?:姐妹|姊妹|兄弟)(?![0-9一二两三四五六七八九])
    # 人数：8
      | 人数(?:大概|一共)?(?:是|为|有|[:：])?\s?(?P<all>{_NUMERAL})[个位人]?
    # 2 people, three guests
      | (?i:\b(?P<english>[0-9]{{1,2}}|{"|".join(_ENGLISH)})[ ](?:people|persons?|guests?|visitors?|friends?|adults?|kids?|children|workers?)\b)
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
_TWO = re.compile(rf"(?P<both>双方|两边|两家)?(?:{PAIR})")
#: Whom one brings one of, where no number is said.
_ONE_BROUGHT = "(?:小|大)?(?:孩子|小孩|娃儿?|宝宝|宝贝|儿子|女儿|闺女|孙子|孙女|外孙女?|侄子|侄女|外甥女?|老婆|老公|媳妇|爱人|对象|女朋友|男朋友|老伴|徒弟|助手|保姆|妈妈|爸爸)"
#: Whoever brings somebody along, and whom: 我姐带俩娃, 两口子带孩子, 老婆抱着宝宝.
_BRINGING = re.compile(rf"""(?x:
    (?: (?P<two>{PAIR}|(?:{RELATIVE}|[爸妈哥姐弟])(?:和|跟|与)[他她]?(?:{RELATIVE}|[爸妈哥姐弟嫂]))
(?:两个|俩)?
      | (?<![个名位])(?P<one>{RELATIVE}|(?<=[我他她])(?:[爸妈哥姐弟妹舅姑姨叔婶嫂]|先生|太太|妻子|丈夫)|[\u4e00-\u9fff](?:姐|哥|姨|叔|总|工)|师傅|老师|医生|司机|经理|中介|设计师|教练|队长|领导|客户
        | (?:^|(?<=[,，。\s□]))(?P<who>{NAME}|{FAMILIAR})) )
    [□\s]*(?:(?:(?:[上下]午|[早晚]上)?(?:过?来|到)(?:我家|做客|吃饭|上门)?)?[，,\s□]*(?:[他她]们?|说|讲|还|另外|顺便)+(?=带)|)(?:(?:要|会|想|也|一起|还|都)?[带领抱牵拖][着了上]?|(?:和|跟|与|还有|加上?)(?=[0-9一两二三四五六七八九十俩仨]))
    (?: (?:(?P<n>{_NUMERAL})(?:个|名|位)|(?P<few>[俩仨]))(?:小|大)?(?:{_PERSONS}|{RELATIVE}|徒弟|助手)
      | (?:[他她]的?|自己的?|一个|个|我的?)? (?:(?P<both>老婆孩子|老婆和?孩子|媳妇孩子|爱人孩子|双胞胎)|{_ONE_BROUGHT}) )
  )""")
#: Between counts of those who come together: 三个大人带两个孩子, 2个大人、1个小孩.
_TOGETHER = re.compile(
    r"\s*(?:[,，、+]|和|跟|加上?|外加|外带|还有|仲有|仲带|带着?|带上|以及|另外|再加)*\s*(?:还有|还带|带着?)?\s*(?:大人|老人|小孩|孩子|娃|小朋友|男的|女的|男生|女生|男士|女士|搬运工?|司机|师傅|工人|学生|家长|保洁|护工)?\s*"
)
#: Beside such a word the number is that of all.
_ALL_TOLD = re.compile("一共|总共|共计|合计|加起来|算上|全部|一行|一家|人数")
_ALONE = re.compile("自己|一个人|就他|就她")
_BARE = re.compile(
    rf"(?:就|一共|总共|大概|大约|差不多|有|来|最多)*(?:{_NUMBER}|(?P<few>[俩仨]))(?:个|位|人|口|名)*(?:左右|吧|的样子)*"
)

_NUMERALS = re.compile("[0-9]{1,2}|[一二两三四五六七八九十]")
#: 讲好八个人，明天就来六个: what was said before holds no more.
_AT_LAST = re.compile("(?:就|只|实际|最后|最终|现在|只剩|还剩|变成|改成)(?:只|有|剩|能|会|要)?(?:来|到|是|有|剩|成)了?$")
_SUMMED = re.compile("一共|总共|共计|合计|加起来|算上|全部")

_SO_MANY = f"(?:{_NUMERAL}|[俩仨])"
_KIN = f"(?:{RELATIVE}|{OWN_RELATIVE})"
_US = rf"""(?:
      (?P<both>(?:我|咱|俺)们?(?:两口子|俩|夫妻俩?)|(?:我|俺)(?:和|跟|与)我?{_KIN})
    | (?:我|咱|俺)(?:们|们?家)(?P<n>{_SO_MANY})(?:口人?|个人?)?
    | (?P<me>(?:我|俺)(?:自己|本人)?)
    )"""
#: 连我四个; 五个人，算上我们两口子; 加我微信 is something else, and 连我老公 comes himself.
_WITH_US = re.compile(rf"""(?x:
    (?<![不没])(?:连同?|加上?|加埋|连埋|算上|算埋|包括|包含|含){_US}(?:在内|在里[面头])?
    (?=[\s,，。!！吧]*(?:$|(?:一共|总共|拢共|统共|合共|共|合计|就|是|有|才|刚好|正好|凑)*来?{_SO_MANY}[个位口人]))
    )""")
#: 我和老公在家，来两位客人: who is at home already.
_AT_HOME = re.compile(rf"(?x:{_US}(?:现在|都|也)*(?:在家|在屋))")
#: 我家三口人，物业费怎么算: nobody who comes.
_OF_HOUSE = re.compile(rf"""(?x:
    (?:(?:我们?|咱们?|俺们?|自己?)(?:家里?|屋头?|屋里)|家里|屋里|(?:我|咱|俺)们一家)(?:本来|原来|平时|一共|总共|常|就|只|都|住|有|是|了)*
    {_SO_MANY}(?:口人?|口子|个人)(?![^。!！?？]{{0,12}}(?:来|到|过去|嚟|回))
    )""")
_TOTAL_SAID = re.compile(
    rf"(?:一共|总共|拢共|统共|共计|合计|加起来)(?:是|有|就)*(?P<n>{_SO_MANY})(?:[个位口]?人|[个位口])(?!来|到)"
)

#: 每个跟一个家长: each of those who were counted brings so many.
_EACH = re.compile(rf"""(?x:
    (?:每一?(?:[个位名]?人|[个位名])?(?:孩子|小孩|小朋友|朋友|同学)?|各自?|人人|一人|一个人)(?:都|还|各|得|要|会)*(?:(?:带|跟|陪|配|有|领)[着了上]?|(?<=孩子|小孩|朋友|同学))
    (?P<n>{_SO_MANY})(?:[个位名](?:{_PERSON})|(?:{_PERSON}))
  | (?:都|各自?|每人)(?:都|还|要|会)*带[着了上]?[他她]?们?(?:自己)?的?(?:一?个)?(?:老婆|老公|对象|女朋友|男朋友|媳妇|爱人|另一半)
    )""")
#: 四个人，一人带一瓶酒: nobody more.
_APIECE = re.compile("(?<=[,，□个位人])[,，\\s]*一人(?=[一带各拿])")
#: Those of whom a number is said, no things: 又带了两个箱子.
_THOSE = rf"(?:[位名口](?:{_PERSON})?|个?(?:{_PERSON})|(?:个|(?<=[俩仨]))(?=\s*(?:$|[,，。!！□\s吧呢哈了]|来|到|过来|一[起道]|都|也|嚟)))"
#: 又喊了两个, 多加一位, 还有他们的一个宝宝.
_MORE = re.compile(rf"""(?x:
    (?: (?:又|再|还|后来|临时|另外|(?<![差不最顶至大许])多){{1,3}}(?:要|会|想|得|给|多)?(?:喊|叫|约|请|加|添|来|带|找|拉|补|多|冒出|捎|有)
      | 加多|(?<!参)加上?|(?<![差不最顶至大许])多|增加|添|仲有|仲带|外带 )(?:了|上|进|来|咗|着){{0,2}}(?:[他她]们?的)?
    (?P<n>{_SO_MANY}){_THOSE})""")
_CANNOT = r"(?:来不[了成到]|不来|不能来|没法来|没来|去不[了成]|不过来|嚟唔到|唔嚟|没空|冇空|唔得闲|缺席|放鸽子|爽约|鸽了|退出|(?:临时|突然|要)?(?:有事|加班|病了|生病|出差|请假)了?(?=$|[,，。\s]))"
#: 有一个加班来不了, 少来两个, 病了一个.
_LESS = re.compile(rf"""(?x:
    (?:少来?|减少?|减[去掉]|去掉|缺|划掉|扣掉|病|走|退|鸽)[了咗]?(?P<n>{_SO_MANY}){_THOSE}
  | (?<![第几每0-9一二两三四五六七八九十百])(?P<m>{_SO_MANY})(?:[个位名口](?:{_PERSON})?|(?:{_PERSON})|(?<=[俩仨]))(?:(?![来到])[^,，。!！?？0-9一二两三四五六七八九十]){{0,8}}?{_CANNOT}
    )""")
_PLANNED = re.compile("本来|原来|原先|原定|说好|讲好|约好|定好|先前")
#: 本来四个人，老张来不了.
_ONE_LESS = re.compile(rf"(?:{MINE}?{_KIN}|{FAMILIAR})(?:(?![来到])[^,，。!！?？□]){{0,6}}?{_CANNOT}")
#: 有一个来不了，就三个: how many they are after that.
_FINALLY = re.compile(f"[就只剩]$|{_SUMMED.pattern}")
#: Who came another day come no more.
_CAME = re.compile("昨|前天|上次|上回|上周|上个?月|上个?星期|上个?礼拜")
#: 双胞胎外孙来，他爸送，一块儿上楼: somebody of theirs comes with them.
_ALONG = re.compile(
    rf"[,，\s]+(?:由)?[他她佢](?:{_KIN})(?:也|都|开车|要|会|亲自)*(?:送|陪|带|领|跟|护)[^,，。]{{0,6}}[,，\s]*(?:一块儿?|一起|一道|一同|也|都)(?:上|进|来|到|过)"
)

_SPELT = re.compile("[零〇一二两三四五六七八九幺]+")

#: What 十来个 and 十几个 may at most be taken for: a guess in their midst.
_ABOUT = {"来": 0, "余": 0, "多": 5, "几": 5}


@dataclass(frozen=True, slots=True)
class _Counted:
    count: int
    is_total: bool  # of people of all sorts: 五个人
    is_bare: bool  # of whom is not said: 两位
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
    if others and group[0].is_total and first == sum(others):
        return first
    last = others[-1] if others else 0
    is_told_again = len(group) > 1 and group[-1].begin == group[-2].stop and last == first + sum(others[:-1])
    return last if is_told_again else first + sum(others)


def _counted(text: str) -> Iterator[_Counted]:
    for match in _COUNTED.finditer(text):
        if (count := _of(match)) is not None:
            yield _Counted(count, _TOTAL.search(match[0]) is not None, match[0][-1] in "位个名", match.start(), match.end())


def _of(match: re.Match[str]) -> int | None:
    if match["pairs"]:
        return 2 * value_of(match["pairs"])
    if match["dozens"]:
        return 6 if match["dozens"] == "半" else 12 * value_of(match["dozens"])
    if match["siblings"]:
        return value_of(match["siblings"])
    if match["named"]:
        return sum(value_of(number) for number in _NUMERALS.findall(match["named"]))
    if match["sorts"]:
        return sum(value_of(number) for number in match["sorts"][::2])
    if english := match["english"]:
        return _ENGLISH.get(english.lower()) or int(english)
    if match["few"]:
        return value_of(match["few"])
    return _number(match["family"] or match["all"] or match["n"], match["about"], match["low"], match["high"])


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
    rest = _OF_HOUSE.sub(_blank, message.rest[:LOOKED_THROUGH])
    known = message.known.get(slot.name)
    each = _EACH.search(rest)
    rest = _APIECE.sub(_blank, _EACH.sub(_blank, rest))
    said = _of_guests(message, slot, rest, known if isinstance(known, int) else None)
    if said and each:
        return said * (1 + value_of(each["n"] or "一"))
    return said


def _blank(match: re.Match[str]) -> str:
    return "□" * len(match[0])


def _blanked(rest: str, begin: int, stop: int) -> str:
    return rest[:begin] + "□" * (stop - begin) + rest[stop:]


def _of_guests(message: Message, slot: Slot, rest: str, known: int | None) -> int | None:
    """Return how many come without those of the house whom a total counts with them: 连我四个 are three."""
    if us := _WITH_US.search(rest):
        total = _changed(message, slot, _WITH_US.sub(_blank, rest), known)
        return total - _of_us(us) if total is not None and total > _of_us(us) else None
    home = _AT_HOME.search(rest)
    if home is None:
        return _changed(message, slot, rest, known)
    rest = _AT_HOME.sub(_blank, rest)
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
    at_last = next((one.begin for one in _counted(without) if one.begin >= last), 0)
    if at_last and (_AT_LAST.search(without[:at_last]) or _FINALLY.search(without, last, at_last)):
        return counts(without[last:])[-1]
    before = _told(message, slot, without) if known is None or counts(without) else known
    if before is None and message.known and changes[0][0] > 0:
        before = 1  # who is expected
    if before is None:
        return _told(message, slot, rest) if all(change > 0 for change, *_ in changes) else None
    after = before + sum(change for change, *_ in changes)
    return after if after > 0 else None


def _changes(rest: str) -> list[tuple[int, int, int]]:
    """Return by how many those who come become more or fewer, each with where that is said."""
    less = [(-value_of(match["n"] or match["m"]), *match.span()) for match in _LESS.finditer(rest)]
    if not less and _PLANNED.search(rest):
        less = [(-1, *match.span()) for match in _ONE_LESS.finditer(rest)]
    more = [(value_of(match["n"]), *match.span()) for match in _MORE.finditer(_LESS.sub(_blank, rest))]
    return less + more


def _of_us(match: re.Match[str]) -> int:
    return 2 if match["both"] else value_of(match["n"]) if match["n"] else 1


def _told(message: Message, slot: Slot, rest: str) -> int | None:
    """Return how many are said to come, whoever they are."""
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


def _of_numbers(message: Message, rest: str, numbers: Sequence[int]) -> int:
    counted = [*_counted(rest)]
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
