"""What a name looks like: 张伟, 欧阳娜娜, 老王, 阿依古丽·买买提, 次仁多吉, Mike Smith. Pure."""

import re

from bot.language import people, words
from bot.language.late import Late
from bot.language.normalise import longest_first

_LISTED = words.SURNAMES
_RARE = (*_LISTED, *words.RARE_SURNAMES)

#: Family names of one sign, for use in a set of signs, and the longer ones.
SURNAMES = "".join(name for name in _LISTED if len(name) == 1)
COMPOUND = longest_first(name for name in _LISTED if len(name) > 1)

#: Signs that are no surname where they end a word for a trade, or join: 语文老师, 水管师傅, 和老师.
NO_SURNAME = "[和与向于时从由连]|(?<=[语中英作古人])文|(?<=历)史|(?<=[量看租买卖验])房|(?<=[汽修洗拖停开叫])车|(?<=水)管"

#: One sign after a surname that says how old whoever bears it is: 冼叔, 张姐; 和姐姐 names nobody.
AGED = r"(?:(?P<aged>[叔姨婶伯哥姐嫂爷嬢])(?!(?P=aged)|[夫妹弟])|太(?=[来到送和、等带]|上[来嚟]|[\s□,，。]|$))"
TITLES = longest_first(
    (
        *words.NICKNAMES,
        *"先生 女士 小姐 太太 夫人 老师 师傅 师父 师母 医生 大夫 护士 教练 教授 律师 经理 总监 主任 老板 老板娘 局长 处长 科长 校长 院长 所长 队长 班长 站长 店长 村长 厂长 董事长 书记 警官 法官 "
        "同学 同志 阿姨 叔叔 伯伯 伯母 爷爷 奶奶 婆婆 大爷 大妈 大哥 大姐 大叔 大婶 大娘 大嫂 老爷子 老太太 老先生 老伯 小哥 姑娘 师兄 师姐 学长 学姐 总 工 董 局 sir Sir SIR".split(),
    )
)

#: What follows a name more often than it ends one: 王芳来, 陈伟和他老婆, 张三开车.
_VERBS = "来开和要到进办弄约发会等是带的他她过去改说讲"
#: What stands between whoever is named and what they do: 王芳不来了, 小陈还没到, 张伟也来.
STILL = r"[不没还也要都又就先快]+(?:[会想能晚早用是太快]|一起|一同)*[来到去过回开走进得点]"
_GIVEN = rf"(?!{STILL}|[的了吗呢带个们俩仨])[\u4e00-\u9fff](?:(?![{_VERBS}]|{STILL})[\u4e00-\u9fff])?"
NAME = rf"(?:(?:{COMPOUND}|[{SURNAMES}]){_GIVEN})"

#: Signs that begin no name of one's own beside a relation: 朋友开车来, 同事明天到.
_NO_GIVEN = "".join([
    "要会想就也再又都还才", "带开车坐打骑动从", "外地准备可能大概顺路", "后今明下上中午早晚周末半号月",  # how, when they come
    "的了吗呢在是有没不到来去", "和跟同与他她它我你您这那哪谁几个", "两二三四五六七八九十",  # what joins, points and counts
    "姓叫人说们俩家里给把被让请帮替为过住吃喝走进出送拿修看找", "一每刚已正马快突临着得很好改换没无",  # what is done
    "老小爸妈姐哥弟妹",
])  # fmt: skip
OWN_NAME = rf"(?:[^\W\d_A-Za-z{_NO_GIVEN}□][^\W\d_A-Za-z{_NO_GIVEN}□]子?)"
ONE_SIGN = rf"[^\W\d_A-Za-z{_NO_GIVEN}□]"

#: 小满, 阿曼, 阿May, whoever bears no surname in it; 小区, 小孩 are nobody.
SHORT_NAME = rf"""(?x:
    [小阿](?![区孩时朋姐哥弟妹伙学心狗猫门车件偷便票姨妈爸公婆爷事伯叔舅姑嫂吃]|[{_NO_GIVEN}])[^\W\d_A-Za-z□](?:[^\W\d_A-Za-z□{_NO_GIVEN}](?=$|[□\s,，。]|和))?
  | 老[{SURNAMES}]
  | [小阿][A-Za-z]{{2,10}}
    # 大军子; 大家, 大门 and 大哥 are no names
  | 大(?![家概姨伯哥姐爷妈夫门厅人件约部小车雨叔舅姑婶嫂学]|[{_NO_GIVEN}])[^\W\d_A-Za-z□]子?
  )"""
#: 毛毛, 杰哥, 芳姨, 二狗子, 栓子: what somebody is called among their own, with or without a name in it.
PET_NAME = rf"""(?x:
    (?P<twice>(?![妈爸爷奶哥姐弟妹姑叔舅婶伯公婆太孙娃宝天常刚慢偏渐仅人家个多大小早晚刚好明看说想等试谢拜]|[{_NO_GIVEN}])[\u4e00-\u9fff])(?P=twice)(?!子)
  | 小(?P<again>(?![宝朋明孩多少])[\u4e00-\u9fff])(?P=again)
  | (?![{_NO_GIVEN}大表堂师学的那这])[\u4e00-\u9fff](?:[哥姐叔姨爷婶嫂伯总](?![哥姐叔姨爷婶嫂伯夫妹弟]))
  | [二三大小铁石狗牛虎柱栓锁顺福根泥毛胖黑][狗牛虎柱栓锁蛋妞丫胖娃毛根]子?
  )"""
#: By what the young, the old and friends are called.
FAMILIAR = rf"(?:[小老阿大][A-Z](?![A-Za-z0-9])|[小老阿](?![车时师])[{SURNAMES}](?:头(?!儿|上|天|一))?)"

#: Mike, Mike Smith, José; at least the first letter is a capital.
_LATIN_WORD = r"[A-ZÀ-Þ][A-Za-zÀ-ÿ'’-]*\.?"
LATIN = rf"(?:(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?[ ])?[A-ZÀ-Þ][a-zà-ÿ'’-][A-Za-zÀ-ÿ'’-]*(?:[ ]{_LATIN_WORD}){{0,3}}(?![A-Za-z0-9À-ÿ])[{SURNAMES}]?)"

_TRANSCRIBING = "".join(words.TRANSCRIBING)
#: 阿依古丽·买买提; 次仁多吉, 斯琴高娃 by the signs with which such names are written.
TRANSCRIBED = rf"(?:(?:(?![有位个叫是给我的请让来])[\u4e00-\u9fff]){{1,8}}(?:[·•・‧][\u4e00-\u9fff]{{1,8}}){{1,3}}|[{_TRANSCRIBING}]{{3,8}}|阿[不卜布]都[{_TRANSCRIBING}]{{1,6}})"

_ON = "[^,，。;；!！?？他她来找]"
#: Who writes says what they are here, and then their name: 我是租的，叫钱多多; 我住8栋1单元301，租的，叫钱多多.
INTRODUCED = Late(rf"""(?x:
    (?:我|俺|咱|本人)(?:们|家)?
    (?: (?:就|也|都)?是(?:{_ON}{{0,12}}(?:租|搬|住)|(?:这里|这儿|这边|你们)?{_ON}{{0,8}}(?:业主|户主|房东|租客|租户|房客|新来))
      | (?:刚|新|才|现在|也|就)*(?:租|住|搬) )
    {_ON}{{0,24}}
    (?:[\s,，□]+(?:是)?(?:合?租|新搬|刚搬|业主|户主|租客|租户|房客|住户)[^,，\s]{{0,3}})?
    [\s,，□]+(?:名字?)?叫(?P<n>{NAME}|{TRANSCRIBED})(?=$|[\s,，。.!！、?？□啊呀吧]|电话|手机|尾号|号码)
  )""")

#: Words that end a name: what follows a person in a sentence.
AFTER = rf"""(?x:(?=
    $ | [\s,，。.!！?？、;；的和□(（我俺咱] | [0-9一二两三四五六七八九十] | {STILL}
  | 要|也|就|都|会|想|等|是|带|他|她 | 兄妹|姐弟|夫妻|夫妇|父子|母女
    # what is changed, told or done for them
  | 上[来去楼门]|送|拿|取|找|接|搬|陪|帮|改|换|挪|推|说|讲|开|办|弄|登记|约|预约|发|进|来|过来|到
    # when
  | 今|明|后天|大后|周[一二三四五六日天末]|星期|礼拜|下周|下礼拜|下星期|下个|下午|上午|晚上|早上|中午|傍晚
    # what of them is told
  | 电话|手机|车牌|开车|身份证|证件|微信
  | 刚刚|刚才|刚(?=[到来])|已经|现在|待会|等下|等会|一会|马上|准备|打算|可能|大概|应该|从|坐|骑
  ))"""

#: Words that nobody bears for a name, and those that somebody may who was announced.
_NOBODY = frozenset(words.NO_NAMES)
_SOMEBODY = frozenset(words.NAMES_OR_WORDS)
_NO_LATIN = frozenset(words.NO_LATIN_NAMES)

#: Signs that stand in words about a name and in none.
_NO_NAME = re.compile("错|抱歉|麻烦|谢谢")
#: An announced name, all of it: a family name and one or two signs.
_ANNOUNCED = re.compile(rf"(?:{longest_first(_RARE)})[\u4e00-\u9fff]{{0,1}}[^\W□的了吗呢嘛啦吧就也都嚟地A-Za-z0-9]")
_WHOLE = re.compile(f"{TRANSCRIBED}|{LATIN}")


_SIGN = "[\u4e00-\u9fff]"
#: How a sign is written, by a word that holds it: 徐州的徐, 思想的思.
_BY_WORD = re.compile(rf"""(?x:
    (?: (?: (?:^|(?<=[\s,，。、□]))(?={_SIGN}{{0,3}}(?P<any>{_SIGN}){_SIGN}{{0,3}}的(?P=any)){_SIGN}{{2,4}}
          | (?P<first>{_SIGN}){_SIGN}{{1,2}}(?=的(?P=first))
          | {_SIGN}(?P<last>{_SIGN})(?=的(?P=last)) )
        的{_SIGN}(?:那?个)?字?[\s,，、]?
    ){{1,4}} (?=$|[\s,，。.!！；;□])
  )""")
#: How a sign is written, by its parts: 双口吕, 三点水的沈.
_BY_PARTS = re.compile(rf"""(?x:
    (?: (?=[{"".join({parts[0] for parts in words.BY_PARTS})}])(?:{"|".join(f"{parts[:-1]}(?=的?{parts[-1]})" for parts in words.BY_PARTS)})
      | (?:[三两]点水|绞丝旁?|宝盖头?|走之底?|{_SIGN}{{1,2}}(?:[字人耳心火]旁|字[头底])) )
    的?(?P<sign>{_SIGN})(?![\u4e00-\u9fff]的)
  )""")
#: 姓吕名思远, 姓王单名一个强字.
_APART = re.compile(
    rf"(?:姓|(?<![\u4e00-\u9fff])(?=(?:{COMPOUND}|{_SIGN})[\s,，]{{0,2}}单名))(?P<family>{COMPOUND}|{_SIGN})[\s,，]{{0,2}}(?:名字?(?!字)[叫是为]?(?P<given>{_GIVEN})|单名一?个?(?P<only>{_SIGN})字?)"
)
#: 叫刘洋阳光的阳不是海洋的洋: what a sign is not, and what it is.
_NOT_SO = re.compile(rf"的(?P<right>{_SIGN})那?个?字?[\s,，]*(?:而)?不是{_SIGN}{{0,3}}的(?P<wrong>{_SIGN})那?个?字?")
#: 叫刘阳阳光的阳, without a pause.
_RUN_ON = re.compile(
    rf"(?P<name>(?<=[叫是])(?:{COMPOUND}|[{SURNAMES}]){_SIGN}{{1,2}}?)(?={_SIGN}{{0,3}}(?P<first>{_SIGN}){_SIGN}{{0,2}}的(?P=first))(?:{_SIGN}{{2,4}}的{_SIGN}那?个?字?)(?![\u4e00-\u9fff])"
)
#: Said once more by whoever dictates: 小唐对小唐.
_AGAIN = re.compile(rf"""(?x:
    (?P<once>{_SIGN}{{2,4}}?)[\s,，]{{0,2}}(?:对|就是|嗯)[\s,，]{{0,2}}(?P=once)
  | (?P<whole>[{SURNAMES}]{_SIGN}{{2}})(?P=whole)
  )""")


def said_once(text: str) -> str:
    """Return words without what only tells how a name is written, and with a name in one piece: 姓吕双口吕名思远 is 叫吕思远."""
    if len(set(text)) == len(text):  # no sign twice: nothing is said of one
        return _APART.sub(r"叫\g<family>\g<given>\g<only>", text)
    if "的" in text:
        if wrong := _NOT_SO.search(text):
            before = text[: wrong.start("right") - 1]
            text = (
                (before if wrong["right"] in _name_end(before) else before.replace(wrong["wrong"], wrong["right"], 1))
                + text[wrong.start("right") - 1 : wrong.end("right")]
                + text[wrong.end() :]
            )
        text = _BY_WORD.sub(" ", _RUN_ON.sub(r"\g<name>", text))
    text = _APART.sub(r"叫\g<family>\g<given>\g<only>", _BY_PARTS.sub(_sign, text))
    return _AGAIN.sub(r"\g<once>\g<whole>", text)


def _name_end(text: str) -> str:
    """Return the few signs with which words end, where a name and the word that spells it stand."""
    return text[:-2][-3:]


def _sign(written: re.Match[str]) -> str:
    """Return the sign that is told by its parts; nothing where it was said just before."""
    sign = written["sign"]
    return "" if sign in written.string[max(0, written.start() - 6) : written.start()] else sign


def may_be_name(name: str) -> bool:
    """Tell whether what stands where a name may is one somebody bears."""
    if re.fullmatch(LATIN, name):
        return is_latin(name)
    if re.search("[·•・‧]", name):
        return True
    return not (_NO_NAME.search(name) or people.is_no_name(name) or is_nobody(name))


def is_nobody(name: str) -> bool:
    """Tell whether words begin with one that is no name, or hardly one: 明天下, 高兴."""
    return name in _NOBODY or name in _SOMEBODY or name[:2] in _NOBODY or name[:2] in _SOMEBODY


def is_latin(name: str) -> bool:
    """Tell whether a word in Latin letters may be a name: no day of the week, no app."""
    return not _NO_LATIN.intersection(name.lower().split())


def is_announced(name: str) -> bool:
    """Tell whether what follows 登记访客, or answers who comes, is a name though it may be a word: 高兴, 关于飞, 长孙丽."""
    if _WHOLE.fullmatch(name):
        return is_latin(name)
    if name in _SOMEBODY:
        return True
    if _ANNOUNCED.fullmatch(name) is None or _NO_NAME.search(name) or name in _NOBODY or name[:2] in _NOBODY:
        return False
    return len(name) > 2 or not people.is_no_name(name)
