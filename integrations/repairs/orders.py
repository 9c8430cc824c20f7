"""What staff say in their own chat about tickets, read: which act, of which ticket, and what else stands there. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Longest message that may be an order; a remark or a question for the resident may be longer.
LONGEST, LONGEST_WITH_WORDS = 40, 240

#: Which ticket: its place in the list that was shown, or its number.
_WHICH = r"(?:第?\s*(?P<place>\d{1,2}|[一二三四五六七八九十]{1,2})(?:[号单条个件张]|(?=[\s:：,，。]|$))|(?P<number>[Rr][-－ ]?[0-9A-Za-z]{6}(?![0-9A-Za-z])))"
_MAYBE = rf"[\s,，]*(?:(?:这|那)[单件个]|{_WHICH})?"
_NUMBER = r"(?P<number>[Rr][-－ ]?[0-9A-Za-z]{6}(?![0-9A-Za-z]))"

_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, kw_only=True)
class Order:
    """An act with the ticket that it is said of, by place in the list or by number, and the words that go with it."""

    act: str
    which: str = ""
    words: str = ""


#: Acts that say it all by themselves, with a ticket or without.
_ACTS: Mapping[str, re.Pattern[str]] = {
    "mine": re.compile(r"(?:看看?|查看?|查一下)?(?:我的?|我手上的?|我有什么|我今天的?|今天的?)(?:工单|单子|单|活儿?|任务)(?:有哪些|呢)?|(?:有|还有|今天有)(?:什么|啥|哪些|没有?|多少)?(?:单子?|活儿?|工单)(?:要?[接干做修])?(?:吗|没有?|呢)?|(?:下|下一)[个单](?:活|单)?(?:是什么|去哪)?"),
    "take": re.compile(rf"(?:接单?|抢单?|接下|我接|我来修?|我去修?){_MAYBE}"),
    "ack": re.compile(r"收到了?|知道了|好的?[，, ]*(?:马上(?:去|到)|这就去)"),
    "begin": re.compile(rf"(?:开始(?:修|处理|干|维修)?|开工|到了|到现场了?|已到现场|接着修|继续修|配件到了){_MAYBE}"),
    "done": re.compile(rf"(?:已经?|都)?(?:修好|修完|完工|弄好|搞定|做完|处理好|处理完|办好)了?{_MAYBE}"),
    "done_also": re.compile(rf"{_WHICH}\s*(?:已经?|都)?(?:修好|修完|完工|弄好|搞定|做完|处理好|处理完|办好)了?"),
    "undo": re.compile(r"撤销(?:刚才的|一下)?|(?:刚才)?(?:点|弄|说|发|记)错了"),
    "before": re.compile(r"(?:这是|是|算)?修(?:理|之)?前(?:的|照片)*"),
    "after": re.compile(r"(?:这是|是|算)?修(?:理|好|之)?后(?:的|照片)*"),
    "no_photo": re.compile(r"(?:没法|不方便|不能|没有|不)(?:拍照?|照片|发照片)"),
    "today": re.compile(r"今天(?:一共|总共)?(?:有|报修?|来)?(?:了)?(?:多少|几)(?:个|张)?(?:工?单|报修|件)?(?:报修)?"),
    "late": re.compile(r"(?:哪些|哪几单|有没有|有哪些|有)?(?:工单|单子?|报修)?(?:超时|逾期|超期)(?:了|的)?(?:有哪些|吗|单子?|工单)*|(?:哪些|有哪些)督办(?:的|单)?"),
    "help": re.compile(r"(?:怎么|如何)(?:接单|派单|用工单)|工单(?:怎么用|帮助|指令)|师傅(?:帮助|指令)"),
    "alone": re.compile(_WHICH),
}  # fmt: skip

#: Acts with words behind a ticket, or without one.
_WITH_WORDS: Mapping[str, re.Pattern[str]] = {
    "ask": re.compile(rf"(?:帮我)?(?:问一?下?|问问)(?:业主|住户|客户|户主|他家|人家){_MAYBE}[\s:：,，]*(?P<words>.+)", re.DOTALL),
    "parts": re.compile(rf"(?:要?等|缺|待|没有?|少)(?:配件|材料|零件|货){_MAYBE}[\s:：,，]*(?P<words>.*)", re.DOTALL),
    "maker": re.compile(rf"等(?:厂家|厂商|电梯公司|外包){_MAYBE}[\s:：,，]*(?P<words>.*)", re.DOTALL),
    "away": re.compile(rf"(?:业主|住户|家里|户主)?(?:不在家|没人在?家?|敲门没人)(?:开门)?{_MAYBE}[\s:：,，]*(?P<words>.*)", re.DOTALL),
    "owner": re.compile(rf"等(?:业主|住户|户主|客户)(?:答复|回复|决定|回话)?{_MAYBE}[\s:：,，]*(?P<words>.*)", re.DOTALL),
    "note": re.compile(rf"(?:内部)?备注{_MAYBE}[\s:：,，]*(?P<words>.+)", re.DOTALL),
    "tell": re.compile(rf"(?:告诉|回复)(?:业主|住户|户主){_MAYBE}[\s:：,，]*(?P<words>.+)", re.DOTALL),
    "cost_bare": re.compile(r"(?:写|记|加)?(?:一笔)?(?:费用|材料费)(?P<words>)"),
    "cost": re.compile(rf"(?:写|记|加)?(?:一笔)?(?:费用|材料费|收费){_MAYBE}[\s:：,，]*(?P<words>.+)", re.DOTALL),
}  # fmt: skip

#: 转给老王, 2 转给老王, R7K2M9X 派给老王, 转给老王 2.
_HANDS_ON = (
    re.compile(rf"{_NUMBER}\s*(?:转|派|交|给)(?:给)?\s*(?P<words>[^\s\d,，。:：]{{1,8}})"),
    re.compile(rf"{_WHICH}\s*(?:转|派|交)(?:给)?\s*(?P<words>[^\s\d,，。:：]{{1,8}})"),
    re.compile(rf"(?:转|派|转交|交)(?:给)\s*(?P<words>[^\s\d,，。:：]{{1,8}}){_MAYBE}"),
)

#: 水龙头 2个 68元 业主出.
_COST = re.compile(
    r"(?P<what>[^\d\s,，:：]{1,30})[\s,，:：]*(?:(?P<pieces>\d{1,3})\s*(?:个|只|根|米|块|条|套|把|小时|次|张|卷|桶|瓶|盒)[\s,，每]*)?(?P<yuan>\d{1,6}(?:\.\d{1,2})?)\s*(?:元|块钱?|圆)?[\s,，]*(?P<payer>(?:业主|住户|物业|公司|小区)(?:出|承担|付|自费|报销)?)?"
)
_BY_COMMUNITY = re.compile(r"物业|公司|小区")


def read(text: str) -> Order | None:
    """Return the order that a whole message is, None where it is none."""
    said = text.strip().rstrip("。.!！~ ")
    if not said or len(said) > LONGEST_WITH_WORDS:
        return None
    if len(said) <= LONGEST:
        for act, pattern in _ACTS.items():
            if found := pattern.fullmatch(said.rstrip("?？")):
                return Order(act="done" if act == "done_also" else act, which=_which(found))
        for pattern in _HANDS_ON:
            if found := pattern.fullmatch(said):
                return Order(act="pass", which=_which(found), words=found["words"])
    for act, pattern in _WITH_WORDS.items():
        if found := pattern.fullmatch(said):
            return Order(act=act.removesuffix("_bare"), which=_which(found), words=found["words"].strip())
    return None


def read_cost(words: str) -> tuple[str, str, str, bool | None] | None:
    """Return what, how many, yuan for one, and whether the resident pays (None: not said); None for words that name no amount."""
    found = _COST.fullmatch(words.strip())
    if found is None:
        return None
    payer = found["payer"]
    return found["what"], found["pieces"] or "1", found["yuan"], None if not payer else not _BY_COMMUNITY.search(payer)


def _which(found: re.Match[str]) -> str:
    named = found.groupdict()
    if number := named.get("number"):
        return re.sub(r"[-－ ]", "", number).upper()
    place = named.get("place")
    return str(_value(place)) if place else ""


def _value(place: str) -> int:
    if place.isdigit():
        return int(place)
    tens, sign, ones = place.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if sign else 0) + _DIGITS.get(ones, 0)
