"""Words that are about who belongs to a flat whatever else stands open: a code, 不认识张兰, 同意叶晓, the digits that were asked for before."""

import re

from bot.contract import Turn, Wish, codes_in, option_named, own_name_told, roster, tail_told
from integrations.identity import asked, binding, household, requests
from integrations.identity.actions import FAMILY, NOT_THAT, NOT_THE_OWNER
from integrations.identity.joining import LONG

#: Says that a flat is to be bound once more; it ends no binding, though it sounds like it.
_AGAIN = re.compile("(?:再|重新?)(?:帮我|给我|来)?(?:绑|登记)|(?:绑|登记)定?(?:回[来去]|上去)")
_ROOM = re.compile(r"(?<![\d栋幢座元楼])\d{3,4}(?![\d栋幢座])")

#: Says that a flat that waits to be confirmed shall not be: 不用核对了, 8栋1单元1401不用核对.
_LEAVES_IT = re.compile(
    r"(?P<before>.{0,20}?)[\s,，]*(?:那|就|我|也|先|请|帮我|跟物业说|叫物业|让物业)*(?:不用|不必|不要|甭|别|取消|撤回|撤销|停止)(?:再|给我|帮我|让|请|叫|物业|去)*"
    r"(?:核对|核实|审核|审查|审)(?P<behind>.{0,20}?)[了吧啊呀的\s。.!！]*"
)

#: Says the same of all that waits: 我不绑了.
_LEAVES_ALL = re.compile(r"(?:我|俺|算了|还是|那|就|先|[\s,，])*不(?:想|要|用)?(?:绑定?|登记|认证)了[吧啊呀的\s。.!！]*")

#: Says of what follows, or went before, that it is a code by which one is bound.
_NAMED = re.compile(
    r"(?:邀请|住户|家人|家庭|绑定|登记)码|(?:给|发)(?:我|俺|过来)?的码|(?<![取收提验证通行客证])码(?:是|为|[:：])"
)

#: One that lost a sign, or has one too many: no name of anybody's.
_MISTYPED = re.compile(r"(?:邀请|住户|家人|家庭)码(?:是|为|[:：]|\s)*(?P<code>[0-9A-Za-z]{4,20})(?![0-9A-Za-z])")

#: 我还绑着没: whether, not who.
_STILL = re.compile(
    r"(?:请问|那|我|俺|现在|这个?微信|这个?号|是不是)*还(?:是不是)?(?:绑定?|登记)(?:着|了|上|得)?(?:没有|没|吗|么|不|呢|嘛)[啊呀了\s?？。]*"
)

#: 还没绑好可以报修不: what may be had before.
_MAY = re.compile(
    r"(?:那|我|请问|如果|要是|现在)*(?:还|先)?(?:没有?|不|未)(?:绑定?|登记|认证|核对)(?:好|上|完|成功)?(?:住址|房子|的话|之前|前)?(?:[,，\s]|也|就|还)*"
    r"(?:可以|可不可以|能不能|能|行不行)(?:先)?(?:报修|修|报警|问|办|用|请人|邀请|请访客|做什么|干什么|干啥).{0,8}"
)

#: Who is asked for a code and has none.
_NONE = re.compile(
    r"(?:我|俺|现在|还|又|好像)*(?:没有?|冇|无|找不到|丢|弄丢|忘|没收到|删)(?:了|有|得)?(?:码|邀请码|住户码|这个|收到)?[了啊呀的\s。.！!]*"
)


#: Says that one keeps a shop here.
_KEEPS_SHOP = re.compile(
    r"(?:你好|您好|[\s,，])*(?:我|俺|咱)(?:们)?(?:就|也)?(?:是|系|在)?(?:你们?|咱们?)?(?:小区|社区)?(?P<where>.{0,12}?)(?:店|铺子?|商铺|面馆|饭馆|超市|诊所|药房|门面|小卖部|摊位?)"
    r"(?:里)?的?(?P<who>老板娘?|店主|店长|掌柜的?|店员|负责人|业主|商户|经营者)?的?[了啊呀\s,，。.]*"
)

_HOUSE = "房子?|房产|住房|屋子?|商铺|店铺|铺面|铺子|门面|店|住址|地址"
_ONE = "(?:另外?|别的|其他|第)?(?:[一二两几12]|多)?"
_FLATS = rf"{_ONE}(?:[户套](?:{_HOUSE}|人家)?|[间个处]?(?:{_HOUSE}))"
_BINDING = "(?:绑定?|登记|加|添加?|关联)"
#: Says that one more flat is to be bound, and not which: 我还想再绑一户, 我还有一套房, 另外那套也要绑.
_ONE_MORE = re.compile(
    rf"(?:[我俺咱们家那对了想要,，\s]|名下|请问|怎么|如何|帮我|麻烦|能不能|可以|可不可以|还[想要]?)*"
    rf"(?:再(?:多)?{_BINDING}[上个]?{_FLATS}|(?:还|另外还?|另)有{_FLATS}(?:[,，\s]*[也都]?(?:[想要得没]|还没|怎么|能)*{_BINDING}[上进]?)?"
    rf"|(?:另外?|还有)[那这]?{_FLATS}[也都](?:[想要得]|能不能|可以)*{_BINDING}[上进]?)"
    r"[来去]?(?:一下)?(?:可以|行|能行)?[吗么吧呢呀啊的了\s?？。.!！]*"
)

#: Of whom an age is told: 儿子8岁, 12岁的女儿.
_YEARS = r"(?:今年|才|刚|快|已经|都|满|是)*(?:\d{1,2}|[二三四五六七八九]?十?[一二两三四五六七八九]|[二三四五六七八九]?十)(?:个?半)?周?岁"
_KIN = "(?P<{}>(?:[大小二三]?(?:儿子|女儿|闺女|侄子|侄女|外甥女?|孙子|孙女|外孙女?)|弟弟|妹妹|孩子|小孩|宝宝|娃娃?))"
_AGED = re.compile(rf"{_KIN.format('before')}[,，\s]*{_YEARS}|{_YEARS}(?:大)?的?{_KIN.format('behind')}")
_INVITES = re.compile("邀请|绑|加|登记|码|也能用|一起用")

#: Says that somebody shall not be let in, be it the flat, the home or the account: 别让房东进来, 不让前夫绑我家.
_KEEPS_OUT = re.compile(
    r"(?:我|我们|请|麻烦|帮我|千万|以后|再|也)*(?:别|不要?|甭|不许|不准|禁止)(?:再)?(?:让|放|给|许|准)?(?:我的?|我们?家?的?)?"
    r"(?:(?P<known>二?房东|中介|前夫|前妻|前男友|前女友|前任|亲戚|婆婆|公公|岳父|岳母|外人|陌生人|别人|其他人|租客|室友)(?:们)?(?:再)?(?:来|进|绑|登记|加)"
    rf"|(?P<who>{household.NAME})(?:再)?(?:来)?(?:绑|登记到|加入|加进))(?:定|来|门|屋|入|进|我们?家|家|小区|去|上|这一户|了|的|微信)*[了啊呀吧\s。.!！]*"
)

#: Says where one lives, or that it was understood wrongly.
_OF_PLACE = re.compile("是|在|住|小区|区|错|苑|园|城|院")


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to such words, or what is to be done; nothing for all others."""
    text = text.strip()
    if _STILL.fullmatch(text):
        return Wish(intent="identity.show")
    if answered := asked.hear(turn, text):
        return answered
    if not turn.is_bound and not turn.is_asked and _keeps_shop(text):
        return Wish(intent="identity.bind")
    if turn.is_bound and _ONE_MORE.fullmatch(text):
        return Wish(intent="identity.bind")
    if (turn.open, turn.asks) == ("identity.join", "code") and _NONE.fullmatch(text):
        return Wish(intent="identity.join", values={"code": ""})
    if _MAY.fullmatch(text) and not turn.is_bound:
        going = "yes" if turn.open.startswith("identity.") else ""
        return turn.words(turn.context.messages["identity.unbound"], going=going)
    if (aged := _AGED.search(text)) and (_INVITES.search(text) or (turn.open, turn.asks) == ("identity.invite", "name")):
        return Wish(intent="identity.invite", values={"name": aged["before"] or aged["behind"]})
    if left := _left(turn, text):
        return left
    if again := _again(turn, text):
        return again
    return (
        _code(turn, text)
        or household.hear(turn, text)
        or _kept_out(turn, text)
        or _digits(turn, text)
        or _community(turn, text)
        or _who(turn, text)
    )


def _again(turn: Turn, text: str) -> Wish | None:
    """Return the binding of a flat that is named by its room alone, and is or was theirs: 把302再绑回来. A whole flat the form reads."""
    room = _ROOM.search(text)
    if room is None or not _AGAIN.search(text) or NOT_THAT.search(text):
        return None
    ever = [flat for one in roster.ever_bound(turn.session, turn.openid) for _, flat in roster.residences_of(turn.session, one)]
    of_them = {flat.label: flat for flat in (*turn.flats, *ever) if flat.room == room[0]}
    if len(of_them) != 1:
        return Wish(intent="identity.bind", values={"room": room[0]})
    [flat] = of_them.values()
    return Wish(intent="identity.bind", values={"building": flat.building, "unit": flat.unit, "room": flat.room})


def _kept_out(turn: Turn, text: str) -> str | Wish:
    """Tell who wants somebody kept out what is so and what can be done; who is bound at home is asked about, a visitor's pass is another's."""
    said = _KEEPS_OUT.fullmatch(text)
    if said is None or turn.resident is None or turn.flat is None:
        return ""
    who = said["known"] or said["who"]
    if any(who in one.words for one in turn.context.services.matters(turn)):  # 别让张三进来: of the pass that they made
        return ""
    if any(one.is_called(who) for one in household.newcomers(turn)):
        return Wish(intent=household.INTENT, values={"says": household.UNKNOWN, "called": who})
    bound = "、".join(("您", *(one.called for one in household.newcomers(turn) if one.flat.id == turn.flat.id)))
    waiting = "、".join(one.called for one in household.waiting_at_home(turn) if one.flat.id == turn.flat.id)
    return turn.words(turn.context.messages["identity.kept"], who=who, flat=turn.flat.label, bound=bound, waiting=waiting)


def _left(turn: Turn, text: str) -> str:
    """Take back what the office was asked to confirm: of several flats those whose room is said, or all."""
    said = _LEAVES_IT.fullmatch(text)
    if said is None and (turn.is_asked or _LEAVES_ALL.fullmatch(text) is None):
        return ""
    waiting = binding.requests_of(turn.session, turn.openid)
    named = re.findall(r"\d{3,4}", said["before"] + said["behind"]) if said else []
    meant = [one for one in waiting if not named or binding.said_in(one).room in named]
    for task in meant:
        turn.call_off(task, requests.UNWISHED)
        requests.forget_claim(turn, task)
    if not meant:
        return ""
    labels = "、".join(binding.said_in(one).label for one in meant)
    return turn.words(
        turn.context.messages["identity.withdrawn"], said=labels, also=requests.waiting_beside(turn, binding.Flat())
    )


def _keeps_shop(text: str) -> bool:
    """Tell whether somebody says no more than that they keep a shop here: 我是门口水果店的老板, 我是开理发店的."""
    said = _KEEPS_SHOP.fullmatch(text)
    return said is not None and bool(said["who"] or "开" in said["where"]) and not any(map(str.isdigit, text))


def _community(turn: Turn, text: str) -> Wish | str:
    """Return the binding in another community than was understood: 不是东区 是和苑小区."""
    others = turn.context.neighbours
    if turn.open != "identity.bind" or turn.asks == "community" or turn.is_bound or len(others) < 2:
        return ""
    index = option_named(text, [one.name for one in others]) if _OF_PLACE.search(text) else None
    if index is None or others[index].id == turn.community.id:
        return ""
    return Wish(intent="identity.bind", values={"community": str(others[index].id)})


def _who(turn: Turn, text: str) -> Wish | str:
    """Return the name of who was asked whose number it is and says no number of the list: 钟桐, 我叫马小明, 不是房东 我是租房子的."""
    if (turn.open, turn.asks) != ("identity.bind", "who"):
        return ""
    if name := own_name_told(text):
        return Wish(intent="identity.bind", values={"name": name})
    return Wish(intent="identity.bind", values={"who": FAMILY}) if NOT_THE_OWNER.search(text) else ""


def _code(turn: Turn, text: str) -> Wish | str:
    """Return the use of a code, at whatever moment it is said: it is never somebody's name, and never waits."""
    is_named = _NAMED.search(text) is not None
    found = codes_in(text)
    for code in found:
        is_alone = len(re.sub(r"[^0-9A-Za-z]", "", text)) == len(text.replace(" ", "").replace("-", "")) == LONG
        is_mixed = any(map(str.isdigit, code)) and any(map(str.isalpha, code))
        if is_named or (is_alone and (is_mixed or roster.find_invitation(turn.session, code) is not None)):
            return Wish(intent="identity.join", values={"code": code})
    if not found and (said := _MISTYPED.search(text)):
        return Wish(intent="identity.join", values={"code": said["code"].upper()})
    return ""


def _digits(turn: Turn, text: str) -> Wish | str:
    """Return another try at the flat that waits for the office, by digits that nothing asks for now: they were found only later."""
    if turn.is_asked or not (digits := tail_told(text)) or turn.is_bound:
        return ""
    there = binding.requests_of(turn.session, turn.openid)
    claim = turn.claim  # of several the one they named last
    waiting = next(
        (one for one in there if claim is not None and binding.said_in(one).parts == claim.parts), next(iter(there), None)
    )
    if waiting is None or not (said := binding.said_in(waiting)).room:
        return ""
    known = {"building": said.building, "unit": said.unit, "room": said.room, "name": str(waiting.data.get("name", ""))}
    return Wish(intent="identity.bind", values={**{slot: words for slot, words in known.items() if words}, "proof": digits})
