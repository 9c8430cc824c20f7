"""Several requests in one message: 厨房漏水了，还有我妹妹明天来. Pure.

A message is cut wherever another wish may begin: at the end of a sentence, at a comma, at a word such as 还有 or 顺便, and where one
breath ends and who, when or where is named. Of all ways to put the pieces together the likeliest is taken: each piece speaks for the
wish that it is put with as loudly as the matcher is sure of it, and each further wish has its price, the higher the less stands at its
border. Pieces that want nothing by themselves (values, reasons, courtesy) speak for every wish alike and so stay where they are. Two
faults of one kind are two only when they are in different places or of different things.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache, cached_property
from math import log

from bot.language.kinds.flat import FLAT
from bot.language.late import Late
from bot.language.matching.matcher import Match
from bot.language.reading import Reading


class Border(IntEnum):
    """What stands between two pieces; the higher, the surer that something else begins."""

    SEAM = 0  # nothing: 马桶堵了明天我妈来
    COMMA = 1
    STOP = 2
    WORD = 3  # 还有, 顺便


#: How many times likelier than the wish before it another must be, to begin there; as logarithms.
PRICE: Mapping[Border, float] = {Border.SEAM: 2.9, Border.COMMA: 2.4, Border.STOP: 1.0, Border.WORD: -0.7}

#: What is added where the next wish is of the same field: 厨房漏水，师傅几点来 is one matter …
NEAR = 1.5

#: Fields whose intents have nothing to do with one another.
_UNRELATED = {"faq", "smalltalk"}

#: … and where the words give a value that an earlier wish wants, 车牌粤B12345 after an invitation, unless they begin a sentence …
MORE = 3.0

#: … or go on as one does who says what comes of it or presses: 漏到楼下了, 麻烦快来.
GOES_ON = 3.5

#: … and where it is not sure.
DOUBT = 3.0

#: What is added inside a sentence where the message as a whole is this sure of one wish.
WHOLE, CERTAIN = 1.0, 0.985

#: No piece is so sure of what it means that nothing else could be meant.
FLOOR = 0.002

_PARTICLES = "了吗啦咗吧啊呢呀咯咧嘛哦哈"

_BORDER = re.compile(
    "|".join(
        [
            r"(?P<word>[，,、。！!；;\s]*"
            r"(?:还有(?![效没多几数些点啥什哪谁])(?:就是|个事|一个事|件事|一件事)?|仲有|另外|顺便|顺带|再就是|再帮我|再加|(?<=[，,、。；;\s])再(?=问|查)|对了|此外|同时|然后再|以及|再一个|第[二三]个?(?:事|是))"
            r"(?:再|也|想|请|问一?下)?[，,、：:\s]*)",
            r"(?P<stop>[。！!？?；;\n]+)",
            r"(?P<comma>[，,]+\s*|(?<=[\u4e00-\u9fffa-zA-Z0-9])\s+(?=[\u4e00-\u9fff][^\s，,。]{3}|\d{1,2}点))",
            # one breath ends, and another begins
            rf"(?P<seam>(?<=[{_PARTICLES}])(?=[\u4e00-\u9fff]{{4}})(?![{_PARTICLES}的])"
            r"|(?<=来)(?=我[^们]|俺|帮我|给我|还要|还想|另|然后|问一?下|请问)"
            # when or where
            r"|(?<=[^在到从去给和跟把的个是有我你他她家下上里外面大再,，\s])"
            r"(?=明天|后天|今晚|下周|周[一二三四五六日末]|帮我|再问|问一?下|请问|物业费|楼道|电梯|厨房|卫生间|厕所"
            r"|客厅|[主次]卧|卧室|阳台|单元门))",
        ]
    )
)

#: Who gives a value and asks for something with it: 再帮我把新车粤B67890登记进去.
_ASKS = re.compile("帮|登记|录入|给我|我[要想]")

#: Shorter pieces are no request of their own: 谢谢, 急, 麻烦了 …
SHORTEST = 4

#: … but for those one sign shorter that are this sure of what another piece wishes for, too: 马桶堵，客厅没网.
BRIEF = 0.95

#: Greetings and thanks around a wish are none; nor is what only says who speaks.
_COURTESY = re.compile(
    r"(?:"
    + "|".join(
        [
            # greetings
            r"你们?好|您好|早上好|上午好|下午好|晚上好|在吗|有人吗|喂",
            # thanks and excuses
            r"谢谢|多谢|感谢|辛苦|麻烦|拜托|不好意思|打扰|请问|好的|嗯",
            # what is to become of what was told
            r"我要(?:投诉|举报)(?:[你他]们)?",
            # who is spoken to
            r"物业|师傅|管家|保安|你们?|您|大家|各位",
            # what fills and presses
            r"了|啊|呀|哈|啦|一下|先|大哥|大姐|快点|尽快|赶紧|快来|帮帮忙",
        ]
    )
    + r")+"
)

#: 我是3栋501的业主: who speaks is told before what is wished.
_WHO = Late(
    rf"(?:我们|我|俺|这里|这边|咱|是|住|在|家)*(?:{FLAT.pattern}|[一二三四五六七八九十\d]{{1,3}}楼)(?:的|业主|租户|住户|家|这里|这边|户主|户)*"
)

#: How it goes on about the same: 漏到楼下了, 是不是跳闸.
_FOLLOWS = re.compile(
    "|".join(
        [
            # what was spoken of
            "(?:给|让|叫|请)?[他她它]",
            # where it spreads to
            r"都|把|漏到|流到|流得|滴到|渗到|水都|淹|弄得|搞得",
            # what comes of it, and why
            r"导致|结果|所以|因为|可能|应该|估计|怀疑|好像|是不是|就是|主要|不然|否则|搞不好",
        ]
    )
)
#: How one who has said it presses on: 麻烦快来. After a full stop it may begin anything: 你们几点上班.
_PRESSES = re.compile(
    "|".join(
        [
            "麻烦|请|快(?!递)|赶紧|求|你们能|急|等着|我要(?:投诉|跟|找|举报)|怎么(?:联系|办|弄|走|回事)|我的位",
            "有(?:没有)?(?:消息|下文|结果|动静|回音|回信|信儿?)(?:没有?|了|吗|呢)",
            ".{0,8}来(?:看看|看一?下|修|修一?下|修修|弄|弄一?下|处理)(?:吧|好吗)?$",
        ]
    )
)
#: What is said to be as it should: 厨房的水是好的 after a leak elsewhere.
_IS_FINE = re.compile(".{1,12}(?:是好的|是亮的|好好的|没事儿?|没坏|没问题|正常的?|好的|不漏|没漏)[了啊呀哦的]?")
_TOO = re.compile("也|又|再来|还要来")

#: From here on a piece is sure of its wish by itself …
LIKELY = 0.5

#: … from here on behind 还有 and the like …
ANNOUNCED = 0.35

#: … and from here on beside another of its kind: 电梯又停了，还有单元门关不上.
FAINT = 0.2

#: The wishes on both sides of a border must be this sure.
SURE: Mapping[Border, float] = {Border.SEAM: 0.9, Border.COMMA: 0.77, Border.STOP: 0.77, Border.WORD: ANNOUNCED}

#: At most so many are served from one message; more are a story, not a list.
MOST = 5

#: Pieces that are understood one by one; more are a story, too, and understanding each would take its time.
PIECES = 12


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Words that are one request, and what they mean."""

    said: Reading
    match: Match


def part(
    said: Reading, whole: Match, match: Callable[[Reading], Match], is_more: Callable[[str, Reading], bool],
    differ: Callable[[str, Reading, Reading], int] = lambda intent, one, other: 0,
    is_other: Callable[[str, Reading, Reading], bool] = lambda intent, one, other: False,
    leans: Callable[[str, Reading, str], bool] = lambda intent, words, before: False,
) -> Sequence[Piece]:  # fmt: skip
    """Return the requests of a message in their order; one for a message that is not parted.

    `match` understands a piece and is asked once for each; `is_more(intent, words)` tells whether words only say more about a
    request for `intent`; `differ(intent, one, other)` counts the values in which two requests for it contradict each other, and
    `is_other(intent, one, other)` tells whether two are about somebody else each, and `leans(intent, words, before)` whether words for
    `intent` only go on about a wish for `before` in the same breath.
    """
    alone = (Piece(said=said, match=whole),)
    best = whole.candidates[0].confidence if len(whole.candidates) == 1 else 0.0
    is_known = best == 1.0 and whole.text == said.raw  # an example, word for word
    if whole.emergency or is_known:
        return alone
    clauses = _clauses(said)
    if len(clauses) < 2:
        return alone
    found = _Parting(clauses=clauses, whole=whole, match=cache(match), is_more=is_more, differ=differ, leans=leans).pieces()
    if len(found) < 2:
        found = _told_apart(clauses, whole, is_other)
    return found if 1 < len(found) <= MOST else alone


def clauses(said: Reading) -> Sequence[tuple[Reading, bool]]:
    """Return the clauses of a message, each with whether a word such as 另外 stands before it; nothing of a message of one, or of a story."""
    found = _clauses(said)
    return [(clause.said, clause.border is Border.WORD) for clause in found] if len(found) > 1 else []


def _told_apart(clauses: Sequence["_Clause"], whole: Match, is_other: Callable[[str, Reading, Reading], bool]) -> list[Piece]:
    """Return the wishes of one kind that only say who and when: 周五晚上两拨人 六点半小姜 八点老贺."""
    if not whole.candidates or whole.candidates[0].confidence < LIKELY:
        return []
    intent, found = _best(whole), [clauses[:1]]
    for clause in clauses[1:]:
        if is_other(intent, _joined(found[-1]), clause.said):
            found.append([clause])
        else:
            found[-1] = [*found[-1], clause]
    return [Piece(said=said, match=replace(whole, text=said.raw, decision="accept")) for said in map(_joined, found)]


@dataclass(frozen=True, kw_only=True)
class _Clause:
    """Words, and what stands before them."""

    border: Border
    said: Reading

    @property
    def words(self) -> str:
        return self.said.raw


#: 1… 2… 3…: each number begins another; 1栋, 2个, 3点 number nothing.
_LIST = re.compile(
    r"(?:^|(?<=[\s:：,，。;；]))(?:(?P<n>[1-5])(?:[.、．)）]|(?=[\u4e00-\u9fff])(?![栋幢号楼点个人月日位间次条单度年天小分辆件岁元块口室]))|(?P<c>[①②③④⑤]))\s*"
)


_ONE_IS = re.compile(
    r"[，,。；;\s]*(?:(?:还有)?[一另][个件桩](?:事)?是|[一二三]是|第[一二三四五](?:[个件桩]?事?是|[个件桩]事?|[，、]|呢)?(?![天次层栋期排版轮名位回遍代节课单号]))"
)


#: How far into a message a list may be announced: 明天在家，两件事：厨房灯坏了，马桶堵了.
ANNOUNCED_WITHIN = 30

#: 三件事：空调漏水、物业费多少、明天搬家公司要进.
_SO_MANY = re.compile(r"(?:^|(?<=[，,。\s]))(?:我|还)?有?[两三四五几2-5](?:件事儿?|样|个事儿?|个问题|处)[：:，,\s]+")


def _unlisted(text: str) -> str:
    """Return a numbered or announced list with words that say so; text without one as it is."""
    if len(_ONE_IS.findall(text)) > 1:  # 一个是空调师傅要进来，一个是水龙头关不紧
        return _ONE_IS.sub("；另外", text)
    marks = [int(match["n"]) if match["n"] else "①②③④⑤".index(match["c"]) + 1 for match in _LIST.finditer(text)]
    if len(marks) > 1 and marks == list(range(1, len(marks) + 1)):
        return _LIST.sub("；另外", text)
    said = _SO_MANY.search(text, 0, ANNOUNCED_WITHIN)
    return text[: said.start()] + re.sub("[、，,；;]|^", "；另外", text[said.end() :]) if said else text


def _clauses(said: Reading) -> list[_Clause]:
    """Return the clauses of a message; of a long one only its sentences, of a story nothing."""
    text = _unlisted(said.raw)
    for lowest in (Border.SEAM, Border.COMMA, Border.STOP):
        clauses = [_Clause(border=border, said=said.part(words)) for border, words in _split(text, lowest)]
        if len(clauses) <= PIECES:
            return clauses
    return []


def _split(text: str, lowest: Border) -> Iterator[tuple[Border, str]]:
    border, begin = Border.STOP, 0
    for match in _BORDER.finditer(text):
        kind = Border[(match.lastgroup or "seam").upper()]
        if kind < lowest or (kind is Border.SEAM and match.start() - begin < SHORTEST):
            continue
        if words := text[begin : match.start()].strip(" ，,、：:"):
            yield border, words
            border = kind
        else:
            border = max(border, kind)
        begin = match.end()
    if words := text[begin:].strip(" ，,、"):
        yield border, words


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A clause and what it speaks for by itself."""

    clause: _Clause
    chances: Mapping[str, float]  # by intent
    more: frozenset[str] = frozenset()  # the intents of others in the message that want a value it gives

    @property
    def words(self) -> str:
        return self.clause.words

    @cached_property
    def meant(self) -> str:
        """The wish it is sure of, if any."""
        best = max(self.chances, key=lambda intent: self.chances[intent], default="")
        return best if best and self.chances[best] >= self.enough else ""

    @property
    def enough(self) -> float:
        """How likely a wish must be to be one of its own."""
        return ANNOUNCED if self.clause.border is Border.WORD else LIKELY

    def speaks_for(self, intent: str) -> float:
        """Return how likely it belongs to a wish, as a logarithm; what wants nothing belongs to any."""
        wants_nothing = max(1 - sum(self.chances.values()), 0.0)
        chance = self.chances.get(intent, 0.0) + wants_nothing
        return log(max(chance, LIKELY if self.tells(intent) else FLOOR))

    def tells(self, intent: str) -> bool:
        """Tell whether it gives a value to a wish and asks for nothing of its own: 车牌粤B12345, 开白色的车粤B12345."""
        return intent in self.more and _ASKS.search(self.words) is None


@dataclass(kw_only=True)
class _Wish:
    """Clauses that are put with one wish."""

    intent: str
    said: list[_Said] = field(default_factory=list)

    @property
    def whole(self) -> Reading:
        return _joined([one.clause for one in self.said])

    @property
    def chance(self) -> float:
        return _surest(self.intent, self.said)


@dataclass(frozen=True, kw_only=True)
class _Parting:
    """One message being parted."""

    clauses: Sequence[_Clause]
    whole: Match
    match: Callable[[Reading], Match]
    is_more: Callable[[str, Reading], bool]
    differ: Callable[[str, Reading, Reading], int]
    leans: Callable[[str, Reading, str], bool]

    def pieces(self) -> list[Piece]:
        """Return the wishes that the clauses most likely are."""
        said = self._said()
        labels = self._likeliest(said)
        wishes: list[_Wish] = []
        for intent, one in zip(labels, said, strict=True):
            self._put(wishes, intent, one)
        sure = self._standing(_with_doubtful(wishes))
        return [self._piece(wish) for wish in sure] if len(sure) > 1 else []

    def _standing(self, wishes: Sequence[_Wish]) -> list[_Wish]:
        """Put with the wish before it what stands on no feet of its own: 第三次了 after a leak, 明天上午九点来 after a repair."""
        found: list[_Wish] = []
        for wish in wishes:
            is_bound = bool(found) and wish.said[0].clause.border < Border.WORD
            if is_bound and any(self.leans(wish.intent, wish.whole, before.intent) for before in found):
                found[-1].said.extend(wish.said)
            else:
                found.append(wish)
        return found

    def _said(self) -> list[_Said]:
        """Return the clauses with what each speaks for; a sentence of which no clause is sure speaks as a whole."""
        found: list[_Said] = []
        for sentence in _sentences(self.clauses):
            each = [self._heard(clause) for clause in sentence]
            if len(each) > 1 and not any(one.meant for one in each):
                each = [self._heard(_Clause(border=sentence[0].border, said=_joined(sentence)))]
            found.extend(each)
        long = {one.meant for one in found if one.meant and not _is_brief(one.words)}
        found = [
            replace(one, chances={})
            if _is_brief(one.words) and (one.meant not in long or one.chances.get(one.meant, 0.0) < BRIEF)
            else one
            for one in found
        ]
        intents = {one.meant for one in found if one.meant}
        return [replace(one, more=frozenset(name for name in intents if self.is_more(name, one.clause.said))) for one in found]

    def _heard(self, clause: _Clause) -> _Said:
        return _Said(clause=clause, chances={} if _says_nothing(clause.words) else _chances(self.match(clause.said)))

    def _likeliest(self, said: Sequence[_Said]) -> list[str]:
        """Return for each clause the wish it is put with, so that all together are likeliest."""
        intents = list(dict.fromkeys(intent for one in said for intent in one.chances)) or [""]
        ways = {intent: (said[0].speaks_for(intent), [intent]) for intent in intents}
        for k, one in enumerate(said[1:], 1):
            steps = {(last, intent): self._price(last, intent, said, k) for last in intents for intent in intents}
            ways = {
                intent: max(
                    ((score - steps[way[-1], intent] + one.speaks_for(intent), [*way, intent]) for score, way in ways.values()),
                    key=lambda way: way[0],
                )
                for intent in intents
            }
        return max(ways.values(), key=lambda way: way[0])[1]

    def _price(self, last: str, intent: str, said: Sequence[_Said], k: int) -> float:
        """Return what it costs that clause `k` begins another wish than the one before it."""
        if last == intent:
            return 0.0
        one, border = said[k], said[k].clause.border
        price = PRICE[border]
        field_ = last.partition(".")[0]
        if field_ == intent.partition(".")[0] and field_ not in _UNRELATED:
            price += NEAR
        earlier = {before.meant for before in said[:k]} - {intent, ""}
        asking = [other for other in _rest_of_sentence(said, k) if not any(map(other.tells, earlier))]
        if not one.tells(intent) and min(_surest(last, said[:k]), _surest(intent, asking)) < SURE[border]:
            price += DOUBT
        if one.more & earlier:
            price += MORE if border < Border.STOP else MORE / 2
        if border < Border.WORD and intent in said[k - 1].more:  # 车牌粤B12345，今天要进来: the facts came first
            price += MORE
        if _goes_on(one.clause):
            price += GOES_ON
        if border < Border.STOP and max(_chances(self.whole).values(), default=0.0) >= CERTAIN:
            price += WHOLE
        return price

    def _put(self, wishes: list[_Wish], intent: str, one: _Said) -> None:
        """Put a clause with the wish it belongs to, or let it begin another."""
        if not wishes:
            wishes.append(_Wish(intent=intent, said=[one]))
            return
        last = wishes[-1]
        if intent != last.intent:
            earlier = next((wish for wish in reversed(wishes) if wish.intent == intent and not self._is_another(wish, one)), None)
            if earlier:
                earlier.said.append(one)
            else:
                wishes.append(_Wish(intent=intent, said=[one]))
        elif self._is_another(last, one):
            wishes.append(_Wish(intent=intent, said=[one]))
        else:
            (last if one.meant == intent else self._owner(wishes, one)).said.append(one)

    def _is_another(self, last: _Wish, one: _Said) -> bool:
        """Tell whether a clause wishes for the same kind of thing again: another place or fault, another guest or time."""
        if one.meant != last.intent or last.chance < (FAINT if one.clause.border is Border.WORD else LIKELY):
            return False
        if _goes_on(one.clause) or _IS_FINE.fullmatch(one.words):
            return False
        signs = 1 if one.clause.border is Border.WORD or _TOO.search(one.words) else 0
        return self.differ(last.intent, last.whole, one.clause.said) + signs >= _CONTRADICT

    def _owner(self, wishes: Sequence[_Wish], one: _Said) -> _Wish:
        """Return the wish that a clause which wants nothing says more about: the latest that wants such a value, else the last."""
        return next((wish for wish in reversed(wishes) if wish.intent in one.more), wishes[-1])

    def _piece(self, wish: _Wish) -> Piece:
        """Return a wish with what its words mean: all of them if they still mean it, else those that say it."""
        said = wish.whole
        tries = [said, *(one.clause.said for one in sorted(wish.said, key=lambda one: -one.chances.get(wish.intent, 0.0)))]
        match = next((found for found in map(self.match, tries[:2]) if _best(found) == wish.intent and not found.emergency), None)
        match = match or self.match(tries[1])
        return Piece(said=said, match=replace(match, text=said.raw, decision="accept"))


def _with_doubtful(wishes: Sequence[_Wish]) -> list[_Wish]:
    """Return the wishes that some clause is sure of, the others put with the one before, or behind."""
    sure: list[_Wish] = []
    waiting: list[_Said] = []
    for wish in wishes:
        is_beside = any(other.intent == wish.intent and other.chance >= LIKELY for other in wishes)
        if wish.chance >= (FAINT if is_beside else wish.said[0].enough):
            sure.append(_Wish(intent=wish.intent, said=[*waiting, *wish.said]))
            waiting = []
        elif sure:
            sure[-1].said.extend(wish.said)
        else:
            waiting.extend(wish.said)
    return sure


def _sentences(clauses: Sequence[_Clause]) -> Iterator[list[_Clause]]:
    """Yield the clauses between full stops and words such as 还有."""
    sentence: list[_Clause] = []
    for clause in clauses:
        if sentence and clause.border >= Border.STOP:
            yield sentence
            sentence = []
        sentence.append(clause)
    yield sentence


def _rest_of_sentence(said: Sequence[_Said], k: int) -> Sequence[_Said]:
    """Return what is said from clause `k` on in one sentence, if one begins there; else the clause alone."""
    stop = k + 1
    if said[k].clause.border >= Border.STOP:
        while stop < len(said) and said[stop].clause.border < Border.STOP:
            stop += 1
    return said[k:stop]


def _goes_on(clause: _Clause) -> bool:
    """Tell whether words sound like more about the same."""
    if clause.border < Border.STOP and _PRESSES.match(clause.words):
        return True
    return clause.border < Border.WORD and _FOLLOWS.match(clause.words) is not None


def _surest(intent: str, said: Sequence[_Said]) -> float:
    return max((one.chances.get(intent, 0.0) for one in said), default=0.0)


def _chances(match: Match) -> Mapping[str, float]:
    return {} if match.emergency else {one.intent: one.confidence for one in match.candidates}


def _best(match: Match) -> str:
    return match.candidates[0].intent if match.candidates else ""


#: Contradictions that make two requests of one; 还有 and 也 count for one.
_CONTRADICT = 2


_NUMBER = re.compile(r"\d[\d -]{6,}")


def _says_nothing(words: str) -> bool:
    return len(_NUMBER.sub("", words)) < SHORTEST - 1 or any(said.fullmatch(words) for said in (_COURTESY, _WHO))


def _is_brief(words: str) -> bool:
    """Tell whether words are so few that they are a wish only beside another of its kind."""
    return len(words) < SHORTEST


def _joined(clauses: Sequence[_Clause]) -> Reading:
    first, *further = clauses
    return first.said.part(first.words + "".join(_gap(clause) + clause.words for clause in further))


def _gap(clause: _Clause) -> str:
    return "" if clause.border is Border.SEAM else "，"
