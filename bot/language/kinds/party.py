"""Who come together, added up: 我爸妈和我妹, 一家四口再加外婆, 两个亲戚仲有一个BB, 张阿姨陪她老头子. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.language.kinds.persons import NOUN
from bot.language.kinds.proper import AGED, FAMILIAR, NAME, SURNAMES, TITLES, may_be_name
from bot.language.late import Late
from bot.language.people import MINE, NUMBERED_RELATIVE, OWN_RELATIVE, RELATIVE

_TWOS = (
    "两口子|小两口|老两口|夫妻俩?|夫妇俩?|情侣|小情侣|父母|爸妈|爸爸妈妈|爹妈|爹娘|公婆|公公婆婆|岳父母|岳父岳母|爷爷奶奶|外公外婆|姥姥姥爷|姥爷姥姥|阿公阿婆|双胞胎|"
    "[哥兄]嫂|哥哥嫂子|姐姐姐夫|姐夫姐姐|弟弟弟妹|弟弟弟媳|哥哥嫂嫂|大哥大嫂|表哥表嫂|堂哥堂嫂|妹妹妹夫|舅舅舅妈|叔叔婶婶|姑姑姑父|女儿女婿|闺女女婿|儿子儿媳妇?|姑姑姑丈|姨妈姨父|伯伯伯母|老婆孩子|媳妇孩子|母女|父子|父女|母子|婆媳|阿爷阿嫲|阿爸阿妈|老爸老妈|老爹老娘|爹爹奶奶|大伯大妈|大伯大娘|大爷大妈|大爷大娘|大叔大婶|伯父伯母|舅公舅婆|姑父姑姑|姨父姨妈|孙子孙女|儿子女儿|弟弟妹妹|哥哥姐姐|姐弟|兄妹|姊妹俩|师徒"
)
_AGE = "[大二三四五六七八小老幺表堂阿]{0,2}"
#: 三叔三婶, 老舅老舅妈, 儿子媳妇: husband and wife, each by what they are.
_COUPLE = "|".join(
    f"{_AGE}(?:{one}){_AGE}(?:{other})"
    for one, other in (
        ("叔叔?|爷叔", "婶婶|婶[子娘]|婶儿?"),
        ("伯伯?", "伯母|伯娘|婶儿?"),
        ("舅舅?", "舅妈|舅母|妗子"),
        ("姨妈?", "姨父|姨夫|姨丈"),
        ("姑[姑妈]?", "姑父|姑夫|姑丈"),
        ("姐姐?", "姐夫"),
        ("妹妹?", "妹夫"),
        ("哥哥?", "嫂[子嫂]?"),
        ("弟弟?", "弟妹|弟媳"),
        ("儿子|崽", "儿媳妇?|媳妇儿?"),
        ("儿媳妇?|媳妇", "儿子"),
        ("女儿|闺女|囡囡?", "女婿|姑爷"),
        ("女婿|姑爷", "女儿|闺女"),
    )
)
#: Who come in twos, and are not counted.
PAIR = f"{_TWOS}|{_COUPLE}"
_ENDS_IN_PAIR = Late(f"(?:{PAIR})$")
#: How one brings another, as it is said anywhere: 带着, 带住, 领了.
BRINGS = "[带领抱牵搀扶陪背捎拖拉][着了上住咗埋起]{0,2}"
#: 六个月的娃, 五岁的侄子.
AGED_SO = "[□0-9一二两三四五六七八九十半多刚满个月岁]{1,6}大?的"
_THEIRS = "(?:[他她佢伊我]们?家?的?|自己家?的?)?"
_ENGLISH_PAIR = "parents|grandparents|in-?laws"
_ENGLISH = f"{_ENGLISH_PAIR}|mom|mum|dad|mother|father|wife|husband|sister|brother|son|daughter|cousin|uncle|aunt|grandma|grandpa|friend|colleague|boyfriend|girlfriend|baby|bb"
_OWNER = rf"(?:{MINE}|[他她佢伊]们?家?的?|自己的?|(?i:my|her|his|our)\s)"

_PERSON = Late(rf"""(?x:
      {_OWNER}?(?:(?<=[带有抱加牵领])一?个)?(?P<twins>[双三]胞胎|龙凤胎)的?(?:{RELATIVE}|孩子|娃)?
    | {_OWNER}?(?<![对双])(?P<two>{PAIR})
    | {_OWNER}?(?P<english>(?<![A-Za-z])(?i:{_ENGLISH})(?![A-Za-z]))
    | (?P<some>几个|一些|一帮|一群)(?:{RELATIVE}|人)
    | (?P<named>(?:(?![和与向于时从由连管成及])[{SURNAMES}](?:{TITLES}|{AGED})|{FAMILIAR}))
    | {_OWNER}?(?:(?<=[带有抱加牵领])一?个|小)?(?:{RELATIVE}|{NUMBERED_RELATIVE}|孩子|小孩|宝宝|保姆)
    | (?:{_OWNER}|(?<=[和跟与、陪]))(?:{OWN_RELATIVE})
    | (?:^|(?<=[,，。\s□]))(?P<name>{NAME})(?=和|跟|与|陪|带|、)
    # 月嫂带俩实习生, 除了司机，还有两个搬运, 还带个中介
    | (?:一个)?(?:(?:^|(?<=[,，。\s□])|(?<=除了))(?:(?![我你咱俺他她])[\u4e00-\u9fff]{{0,2}}?{NOUN}|{OWN_RELATIVE})(?=[,，]?(?:要|会|想|还|也|都|另外|一起)*(?:{BRINGS}|还有)(?![路头来给走]))|(?<=[带有加领叫喊]个){NOUN}|(?<=[带埋领住着了]个)(?:孙|{OWN_RELATIVE}))
    # whoever comes with somebody of theirs: 阿不都和他媳妇
    | (?:^|(?<=[,，。\s□]))(?![我你咱俺他她]|明|今|来)[\u4e00-\u9fff]{{2,4}}?(?=(?:和|跟|与|同|{BRINGS})[他她佢]的?(?:{RELATIVE}|{OWN_RELATIVE}))
  )""")
_RELATED = Late(f"(?:{MINE}|[他她]的?)?(?:{RELATIVE}|{NUMBERED_RELATIVE}|{OWN_RELATIVE})")
_NAMED = Late(f"(?:{FAMILIAR}|[{SURNAMES}](?:{TITLES}|{AGED}))")
#: Of these nobody knows how many they are.
_COLLECTIVE = re.compile("亲戚|家人|家里人|娘家人|婆家人|亲家们")
_MANY = re.compile("们|几个|一家(?![0-9一二两三四五六七八九]|子?[0-9一二两三四五六七八九]|的)|全家|一大家")

_AND = r"\+|[ ]?(?:and|plus|with|&)[ ]?|还有|仲有|仲带|外带|外加|另外|连同|以及|和|跟|与|同(?![学事])|及|再?加上?|再|还|也|要|会"
#: 护工带我爸去检查 comes to nobody.
_NOT_AWAY = "(?![^,，。□]{1,6}(?:去|下楼|出门|上学|看病|检查|体检))"
#: Between those of one party; who are called alike may stand side by side: 我妈我爸, 小王小李.
_JOIN = re.compile(rf"""(?x:
    [\s,，、]*(?:{_AND}){{0,3}}(?:{BRINGS}{_NOT_AWAY})?[\s,，、]*(?:一个|个)?(?:[他她]们的?)?
    # 闺蜜明天下午来，还带她老公
  | (?:[□\s]*(?:要|会|也)*(?:过?来|到|上门|嚟)(?:我家|做客|吃饭|玩)?(?![陪看找接送搀扶]|[带抱领](?![着了上住咗埋起])))?[□\s,，]*
    (?:[他她佢伊]们?|说|讲|另外|顺便|还|也|会|要|想|[一也]起|一道){{0,4}}(?:{BRINGS}{_NOT_AWAY}|(?<=[,，])(?:另外)?还?有){_THEIRS}(?:{AGED_SO})?(?:一个|个)?
    )""")
#: Behind whoever follows after a mere pause.
_GOES_ON = re.compile(r"\s*(?:$|[,，、。.!！□]|和|跟|还有|来|到|过来|要|也|都|一[起道]|带|嚟)")
#: 我爸妈来，我妹也来.
_CAME, _COMES_TOO = re.compile(r"[□\s]*(?:要|会|都)*(?:过?来|到|上门|嚟)[□\s,，]+"), re.compile(r"[□\s]*(?:也|一起|一块儿?|一道)")
#: Between persons and how many they are: 爸妈和弟弟三个人, 表哥一家四口.
_APPOSED = re.compile(r"\s*(?:他们|她们|总共|一共|拢共|共)?\s*")
_ALL_OF_THEM = re.compile("个人?$|人$|口[人子]?$|[俩仨]$|位$|姐妹$|兄弟$|姊妹$")
_FAMILY = re.compile("一家|全家|一大家子|两口子|小两口")

#: Before whom one only does something for, or to: 来看我爸妈和奶奶.
_OBJECT = re.compile("(?:[给帮替为对]|来(?:看|找|接|陪|照顾|伺候|看望|探望|拜访)|看望|探望|照顾|伺候|拜访|通知|告诉|联系|不是)$")
#: For whom a pass is asked, comes: 给我爸妈和我姐登记.
_ASKED_FOR = re.compile(r"\s*(?:两个|俩|都|也|一[起块道])*(?:一下)?(?:开|登记|办|约|预约|报备|弄|发|整|搞|申请|放行)")
#: Behind who do not come, or own what comes.
_ABSENT = re.compile(
    r"\s*(?:两个|俩|都|也|现在|一直)*(?:在家|在屋|住|不来|没来|不在|来不了|(?:说|讲)(?![要想会□\s他她们]*[来到])|聊|吵|商量|家?的(?!话)|那边|那[里儿头屋]?(?=$|[\s,，。□吃住玩])|家里|家[,，□]|家$|们)"
)


@dataclass(frozen=True, slots=True)
class Member:
    """One or several of a party, where they stand in a text."""

    count: int
    begin: int
    stop: int
    is_counted: bool = False  # by a number


@dataclass(frozen=True, slots=True)
class Party:
    """Several who come, or who do not; `size` is None where it cannot be told how many, as of 我妈和几个朋友."""

    size: int | None
    comes: bool
    begin: int
    stop: int


def parties(text: str, counted: Sequence[Member]) -> list[Party]:
    """Return the parties of a text in which somebody stands without a number; `counted` are those who are counted by one.

    One alone is a party only where they do not come: 来看我爸妈.
    """
    found = []
    for members in _together(text, counted):
        begin, stop = members[0].begin, members[-1].stop
        comes = not _ABSENT.match(text, stop) and (not _OBJECT.search(text, 0, begin) or _ASKED_FOR.match(text, stop) is not None)
        if (len(members) > 1 or not comes) and not all(one.is_counted for one in members):
            size = sum(one.count for one in members) if all(one.count for one in members) else None
            found.append(Party(size, comes, begin, stop))
    return found


def _together(text: str, counted: Sequence[Member]) -> Iterator[list[Member]]:
    party: list[Member] = []
    for one in _members(text, counted):
        if party and one.is_counted and _is_apposed(text, party[-1], one):
            party = _told(text, party, one)
        elif party and _is_joined(text, party[-1], one):
            party.append(one)
        else:
            if party:
                yield party
            party = [one]
    if party:
        yield party


def _is_joined(text: str, last: Member, one: Member) -> bool:
    between = text[last.stop : one.begin]
    if between.isspace() and _is_name_of(text[last.begin : last.stop], text[one.begin : one.stop]):
        return False
    if not between:
        return not one.is_counted and _are_alike(text[last.begin : last.stop], text[one.begin : one.stop])
    if not between.strip(" ,，"):  # 四位客人，我老公去接
        return last.is_counted == one.is_counted and _GOES_ON.match(text, one.stop) is not None
    if _JOIN.fullmatch(between):
        return True
    return _COMES_TOO.match(text, one.stop) is not None and _CAME.fullmatch(between) is not None


def _is_name_of(one: str, other: str) -> bool:
    """Tell whether somebody is named behind what they are: 租客 小王."""
    return _RELATED.fullmatch(one) is not None and _NAMED.fullmatch(other) is not None


def _are_alike(one: str, other: str) -> bool:
    """Tell whether two who stand side by side are called alike: 我妈我爸, 大舅二舅, 姑姑叔叔."""
    return one[0] == other[0] or one[-1] == other[-1] or (one[-2:-1] == one[-1] and other[-2:-1] == other[-1])


def _is_apposed(text: str, last: Member, one: Member) -> bool:
    is_next = not last.is_counted and _APPOSED.fullmatch(text, last.stop, one.begin) is not None
    return is_next and _ALL_OF_THEM.search(text, one.begin, one.stop) is not None


def _told(text: str, party: list[Member], one: Member) -> list[Member]:
    """Return a party of which a number tells: of the whole, or of the family named last."""
    if len(party) == 1 or _FAMILY.match(text, one.begin):
        return [*party[:-1], replace(one, begin=party[-1].begin, is_counted=len(party) == 1)]
    return [replace(one, begin=party[0].begin)]


def _members(text: str, counted: Sequence[Member]) -> Iterator[Member]:
    taken = {place for one in counted for place in range(one.begin, one.stop)}
    persons = (
        Member(_count(match, text), match.start(), match.end())
        for match in _PERSON.finditer(text)
        if taken.isdisjoint(range(match.start(), match.end())) and (not match["name"] or may_be_name(match["name"]))
    )
    yield from sorted((*persons, *counted), key=lambda one: one.begin)


def _count(match: re.Match[str], text: str) -> int:
    if match["some"] or _COLLECTIVE.search(match[0]) or _MANY.match(text, match.end()):
        return 0
    if match["twins"]:
        return 3 if match["twins"][0] == "三" else 2
    if english := match["english"]:
        return 2 if re.fullmatch(_ENGLISH_PAIR, english.lower()) else 1
    return 2 if match["two"] or _ENDS_IN_PAIR.search(match[0]) else 1
