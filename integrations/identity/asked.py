"""Questions and worries about the home that rows can answer: who is in it, who tries its number, who may be bound, in which community."""

import re

from bot.contract import Turn, Wish, roster
from integrations.identity import household, joining

_END = r"[了啊呀的呢哦吧嘛噻咯哈\s,，。.!！~～?？]*"

#: 家里有个人我不认识, 我家名单里多了个陌生人: of the list, or of the rooms.
_STRANGER = re.compile(
    r"(?:怎么|为什么|咋|请问|发现|看到|[\s,，])*(?:我们?|俺|咱们?)?(?:家|屋头|屋企|屋里|名册|名单|绑定|家庭成员|这一?户)"
    r"(?:里|头|上|的|下面|面|名单|名册|绑定|列表|成员|家庭|登记|现在|怎么|突然|好像|居然|又|还|咋个?)*"
    r"(?:(?:有|多|出现|冒|挂|绑|登记|进|来|站|躲|住|睡|闯)(?:出|进|来|了|着|咗)*(?:一|几|两)?(?:个|位|名|些)?.{0,6}?(?:不认[识得]|唔识|弗认得|陌生人|陌生|生人|不知道是谁|不晓得是哪个|没见过|多余).{0,6}"
    rf"|(?:多|绑|登记|挂)(?:出|了|着|来|咗)+(?:一|几|两)?(?:个|位|名)?人){_END}"
    rf"|(?:请|帮我|把)*(?:绑|登记)定?(?:在|到|着)?(?:我们?家|我屋头|我这一?户|我这套)的?(?:那|这)(?:个|位)?人(?:给我)?(?:去|删|踢|弄|移|撤)(?:掉|除|走|出去){_END}"
)

#: Somebody who came in is danger before all else; a worker or a guest is neither.
_COMES_IN = re.compile("进[来了]|进个|闯|躲|站|睡|来[了个]")
_AWAITED = re.compile("师傅|客人|访客|快递|外卖|保洁|维修|修理")

#: 谁在试我家的手机号, 有人冒充我家.
_TRIED = re.compile(
    r"(?:是不是|有没有|好像|怀疑|我怀疑|我觉得|请问|今天|刚才|[\s,，])*(?:谁|哪个|边个|啥人|什么人|有人|别人|有没有人)(?:一直|老是|总是|今天|又)?(?:在|是|想|要|拿|用)*"
    r"(?:(?:试|猜|乱输|输|套|查)(?:了|过|着|我们?家?的?|俺家?的?|我屋企嘅|我屋头的?){1,3}(?:登记|预留)?的?(?:手机号?码?|电话号?码?|号码|尾号|后四位|绑定)"
    r"|(?:冒充|冒用|假冒|假装|盗用|顶替|冒名|偷偷绑|乱绑)(?:了|成|是|着)*(?:我们?家?|俺家?|我屋企|我屋头|咱家))(?:.{0,8})"
)

_KIN = (
    "(?:老公|老婆|爱人|丈夫|妻子|媳妇|老伴|[大小二三]?(?:儿子|女儿|闺女|孩子|娃)|爸爸?|妈妈?|父亲|母亲|父母|爷爷|奶奶|外公|外婆|公公|婆婆|岳父|岳母"
    "|哥哥?|姐姐?|弟弟?|妹妹?|孙子|孙女|侄子|侄女|女婿|儿媳|租客|室友|保姆)"
)
#: 我儿子16岁能绑吗, 我老婆可以绑定吗: whether, which makes no code.
_MAY_BE_BOUND = re.compile(
    rf"(?:请问|那|我想问一下|问一下|如果)*(?:我们?家?的?|俺)?(?P<who>{_KIN})(?:今年|才|刚|刚满|满|已经|都|\d{{1,2}}岁?半?|[一二三四五六七八九十]{{1,3}}岁|了|大|[\s,，])*(?:也|还)?"
    rf"(?:能不能|可不可以|行不行|得不得|可以|能|得)(?:也|自己|用自己的微信|一起|来|不能)*(?:绑定?|登记|加入|加进来|进来)(?:我们?家|我家|上|进来|的|住址|微信|这一户)*(?P<asks>吗|么|嘛|不|没|咩|伐|哇|行不行|可以吗|[?？]|$){_END}"
)
_ASKS_WHETHER = re.compile("能不能|可不可以|行不行|得不得")

#: Whose number is told beside the name of who is invited: 她叫刘芳 电话13800138000.
_NAMED_FOR_CODE = re.compile(
    rf"(?:(?:我们?家?的?|俺)?{_KIN}|她|他|佢|伊|名字|姓名)?(?:的名字)?(?:叫做?|是|就是|叫作)?(?P<name>[\u4e00-\u9fff·]{{2,4}}?)[\s,，。;；]*(?:她|他)?的?(?:手机号?码?|电话号?码?|号码|联系方式)?(?:是|[:：])?[\s]*1[3-9]\d[\d -]{{8,10}}[\s。]*"
)

_NUMBER_OF = "[0-9一二三四五六七八九十]{1,3}"
#: 把3栋3单元那套解了, 3栋3单元501解绑.
_LETS_GO = re.compile(
    rf"(?:请|帮我|麻烦|那|先|我要|我想)*(?:把|将)?(?:我的?|我们?家?的?)?(?P<building>{_NUMBER_OF})(?:栋|幢|座|号楼)(?:(?P<unit>{_NUMBER_OF})单元)?(?P<room>\d{{3,4}})?(?:室|号)?(?:的)?(?:那|这)?(?:一)?(?:套|户|间|个)?(?:房子?)?(?:的)?(?:绑定)?(?:给我)?"
    rf"(?:解(?:除|绑|开|掉)?(?:绑定)?|退(?:掉|绑|了)|取消绑定|撤掉绑定){_END}"
)
_SPELT = {sign: number for number, sign in enumerate("零一二三四五六七八九")}

#: 怎么换小区, 我搬到另一个小区了, 我在两个小区都有房.
_OTHER = "(?:另外?一?个?|别的|其[他它]|隔壁|新的?|旁边的?)"
_COMMUNITIES = re.compile(
    rf"(?:请问|那|我|俺|想|要|怎么|咋个?|如何|点样|能不能|可不可以|可以|帮我|在哪里?)*(?:切换|更换|换|转|改)(?:到|成|个|一个|一下|去)*(?:{_OTHER})?的?(?:小区|社区|楼盘){_END}(?:吗|怎么办|怎么弄|怎么搞|咋整|咋办|咋弄|点算|行吗)?{_END}"
    rf"|(?:我们?家?|俺|现在|已经|都)*(?:搬|住|换)(?:到|去|咗去|进)(?:了)?{_OTHER}的?(?:小区|社区|楼盘)(?:去|住|怎么办|怎么弄){{0,2}}{_END}"
    rf"|(?:我们?家?|俺|现在)*(?:在)?(?:两|2|二|三|几|俩|好几)个?(?:小区|社区|楼盘)(?:里)?(?:都|各)?(?:有|有一)(?:一?套)?(?:房子?|屋|住房|房产|一套|家)(?:怎么办|怎么绑|都要绑|都想绑|怎么弄|能都绑|可以都绑)?(?:吗)?{_END}"
    rf"|(?:我们?家?|俺)*(?:在)?{_OTHER}(?:小区|社区)(?:还|也)+有(?:一?套)?(?:房子?|屋|住房|一套)(?:怎么绑|也要绑|能绑|怎么办)?(?:吗)?{_END}"
)


#: Longest of such words.
_LONGEST = 36


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to such words, or what is to be done; nothing for all others."""
    if len(text) > _LONGEST:
        return ""
    if _COMMUNITIES.fullmatch(text):
        return _communities(turn)
    if (named := _NAMED_FOR_CODE.fullmatch(text)) and (turn.open, turn.asks) == ("identity.invite", "name"):
        return Wish(intent="identity.invite", values={"name": named["name"]})
    if (flat := _LETS_GO.fullmatch(text)) and turn.open != "identity.unbind":
        return _lets_go(turn, flat)
    stranger, tried, may = _STRANGER.fullmatch(text), _TRIED.fullmatch(text), _MAY_BE_BOUND.fullmatch(text)
    if not (stranger or tried or may) or turn.resident is None or turn.flat is None:  # nobody is looked up for other words
        return ""
    if stranger and not _AWAITED.search(text):
        return _at_home(turn, "identity.strangers", inside="yes" if _COMES_IN.search(text) else "")
    if tried:
        tries = roster.used_today(turn.session, "bind.flat", turn.flat.label, turn.now)
        return _at_home(turn, "identity.tried", tries=tries or "", quiet="" if tries else "yes")
    if may is not None and (may["asks"] or _ASKS_WHETHER.search(text)) and not turn.is_asked:
        return _may_be_bound(turn, text, may["who"])
    return ""


def _at_home(turn: Turn, message: str, **values: object) -> str:
    """Return words that hold who is bound to the flat that is meant, and who waits to be."""
    here = turn.home.id
    bound = "、".join(("您", *(one.called for one in household.newcomers(turn) if one.flat.id == here)))
    waiting = "、".join(one.called for one in household.waiting_at_home(turn) if one.flat.id == here)
    return turn.words(turn.context.messages[message], flat=turn.home.label, bound=bound, waiting=waiting, **values)


def _may_be_bound(turn: Turn, text: str, who: str) -> str | Wish:
    """Tell whether somebody of the home may have a code and how, and make none; of who is too young the invitation itself tells it."""
    who = who * 2 if len(who) == 1 else who  # 妈
    age = joining.age_told(text, who)
    if age == joining.YOUNG:
        return Wish(intent="identity.invite", values={"name": who})
    unsure = "yes" if not age and joining.may_be_young(who) else ""
    return turn.words(turn.context.messages["identity.may_join"], whom=who, unsure=unsure)


def _lets_go(turn: Turn, said: re.Match[str]) -> str | Wish:
    """Return the letting go of the flat that is named, which no open form takes for its own; who has none is told so."""
    if turn.resident is None or turn.flat is None:
        label = roster.label_of(_digits(said["building"]), _digits(said["unit"] or ""), said["room"] or "")
        return turn.words(turn.context.messages["identity.not_bound"], said=label, going="yes" if turn.is_asked else "")
    parts = {"building": _digits(said["building"]), "unit": _digits(said["unit"] or ""), "room": said["room"] or ""}
    return Wish(intent="identity.unbind", values={name: part for name, part in parts.items() if part})


def _digits(number: str) -> str:
    """Return a number as addresses have it: 十二 is 12."""
    if not number or number.isdecimal():
        return number
    tens, ten, ones = number.rpartition("十")
    return str((_SPELT.get(tens, 1) * 10 if ten else 0) + _SPELT.get(ones, 0))


def _communities(turn: Turn) -> str:
    """Tell which communities the account serves, and how somebody has a flat in another one or in two."""
    names = [one.name for one in turn.context.neighbours] if len(turn.context.neighbours) > 1 else []
    flat = turn.flat.label if turn.flat is not None else ""
    return turn.words(
        turn.context.messages["identity.communities"], here=turn.community.name, names="、".join(names), single="" if names else "yes",
        bound=flat if names else "", leaves=flat if not names else "", free="yes" if names and not flat else "", asked="yes" if turn.is_asked else "",
    )  # fmt: skip
