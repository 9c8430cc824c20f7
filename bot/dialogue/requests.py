"""Several requests in one message: 厨房漏水了，还有我妹妹明天来. Pure.

A message is parted where it may be: at the end of a sentence, at a comma, at a word such as 还有 or 顺便, and where one breath
ends and another wish begins. It is parted only when what follows is surely something else: 车牌粤B12345 after an invitation
belongs to the invitation, and two faults of one kind are two only when they are in different places or of different things.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from bot.language.kinds.flat import FLAT
from bot.language.matching.matcher import Match


class Border(IntEnum):
    """What stands between two pieces; the higher, the surer that something else begins."""

    SEAM = 0  # nothing: 马桶堵了明天我妈来
    COMMA = 1
    STOP = 2
    WORD = 3  # 还有, 顺便


_BORDER = re.compile(
    "|".join(
        [
            r"(?P<word>[，,、。！!；;\s]*"
            r"(?:还有(?:就是|个事|一个事|件事|一件事)?|另外|顺便|顺带|再就是|再帮我|对了|此外|同时|然后再|以及|再一个|第[二三]个?(?:事|是))"
            r"(?:再|也|想|请|问一?下)?[，,、：:\s]*)",
            r"(?P<stop>[。！!？?；;\n]+)",
            r"(?P<comma>[，,]+\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]{4}|\d{1,2}点))",
            # one breath ends, and who wishes, when or where begins
            r"(?P<seam>(?<=[了吗啦咗来])"
            r"(?=我[^们]|俺|明天|后天|今晚|周[一二三四五六日末]|帮我|给我|还要|还想|另|然后|问一?下|请问|物业|楼道|电梯|厨房|卫生间))",
        ]
    )
)

#: Shorter pieces are never a request of their own: 谢谢, 急, 麻烦了.
SHORTEST = 4

#: Greetings and thanks around a wish are none; nor is what only says who speaks.
_COURTESY = re.compile(
    r"(?:"
    + "|".join(
        [
            # greetings
            r"你们?好|您好|早上好|上午好|下午好|晚上好|在吗|有人吗|喂",
            # thanks and excuses
            r"谢谢|多谢|感谢|辛苦|麻烦|拜托|不好意思|打扰|请问|好的|嗯",
            # who is spoken to
            r"物业|师傅|管家|保安|你们?|您|大家|各位",
            # what fills and presses
            r"了|啊|呀|哈|啦|一下|先|大哥|大姐|快点|尽快|赶紧|快来|帮帮忙",
        ]
    )
    + r")+"
)

#: 我是3栋501的业主: who speaks is told before what is wished.
_WHO = re.compile(
    rf"(?:我们家|我们|我家|我|俺|这里|这边|咱|是|住在|住|在|家)*(?:{FLAT.pattern})(?:的|业主|租户|住户|家|这里|这边|户主|户)*"
)

#: How it goes on about the same: 漏到楼下了, 是不是跳闸.
_FOLLOWS = re.compile(
    "|".join(
        [
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
            "麻烦|请|快|赶紧|求|你们|急|等着|我要(?:投诉|跟|找|举报)|怎么(?:联系|办|弄|走|回事)|我的位",
            "有(?:没有)?(?:消息|下文|结果|动静|回音|回信|信儿?)(?:没有?|了|吗|呢)",
            ".{0,8}来(?:看看|看一?下|修|修一?下|修修|弄|弄一?下|处理)(?:吧|好吗)?$",
        ]
    )
)
_TOO = re.compile("也|又|再来|还要来")

#: Behind 还有 or 另外 it needs to be no surer than this.
BESIDE = 0.6

#: Across a comma or nothing at all another request must be this sure.
CLEAR = 0.9

#: Beside another of its kind a request needs to be no surer than this.
LIKELY = 0.5

#: At most so many are served from one message; more are a story, not a list.
MOST = 5

#: Pieces that are understood one by one; more are a story, too, and understanding each would take its time.
PIECES = 12


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Words that are one request, and what they mean."""

    text: str
    match: Match


def part(
    text: str, whole: Match, match: Callable[[str], Match], is_more: Callable[[str, str], bool],
    differ: Callable[[str, str, str], int] = lambda intent, one, other: 0,
    is_other: Callable[[str, str, str], bool] = lambda intent, one, other: False,
) -> Sequence[Piece]:  # fmt: skip
    """Return the requests of a message in their order; one for a message that is not parted.

    `match` understands a piece and is asked once for each; `is_more(intent, words)` tells whether words only say more about a
    request for `intent`; `differ(intent, one, other)` counts the values in which two requests for it contradict each other, and
    `is_other(intent, one, other)` tells whether two are about somebody else each.
    """
    alone = (Piece(text=text, match=whole),)
    if whole.emergency:
        return alone
    clauses = _clauses(text)
    if len(clauses) < 2:
        return alone
    found = _Parting(whole=whole, match=match, is_more=is_more, differ=differ).pieces(clauses)
    if len(found) < 2:
        found = _told_apart(clauses, whole, is_other)
    return found if 1 < len(found) <= MOST else alone


def _told_apart(clauses: Sequence["_Clause"], whole: Match, is_other: Callable[[str, str, str], bool]) -> list[Piece]:
    """Return the wishes of one kind that only say who and when: 周五晚上两拨人 六点半小姜 八点老贺."""
    if not whole.candidates or whole.candidates[0].confidence < LIKELY:
        return []
    intent, found = _intent_of(whole), [clauses[0].words]
    for clause in clauses[1:]:
        if is_other(intent, found[-1], clause.words):
            found.append(clause.words)
        else:
            found[-1] += _gap(clause) + clause.words
    return [Piece(text=words, match=replace(whole, text=words, decision="accept")) for words in found]


@dataclass(frozen=True, kw_only=True)
class _Clause:
    """Words, and what stands before them."""

    border: Border
    words: str


#: 1… 2… 3…: each number begins another; 1栋, 2个, 3点 number nothing.
_LIST = re.compile(
    r"(?:^|(?<=[\s:：,，。;；]))(?:(?P<n>[1-5])(?:[.、．)）]|(?=[\u4e00-\u9fff])(?![栋幢号楼点个人月日位间次条单度年天小分辆件岁元块口室]))|(?P<c>[①②③④⑤]))\s*"
)


_ONE_IS = re.compile(
    r"[，,。；;\s]*(?:(?:还有)?[一另][个件桩](?:事)?是|[一二三]是|第[一二三四五](?:[个件桩]?事?是|[个件桩]事?|[，、]|呢)?(?![天次层栋期排版轮名位回遍代节课单号]))"
)


def _unlisted(text: str) -> str:
    """Return a numbered list with words that say so; text without one as it is."""
    if len(_ONE_IS.findall(text)) > 1:  # 一个是空调师傅要进来，一个是水龙头关不紧
        return _ONE_IS.sub("；另外", text)
    marks = [int(match["n"]) if match["n"] else "①②③④⑤".index(match["c"]) + 1 for match in _LIST.finditer(text)]
    return _LIST.sub("；另外", text) if len(marks) > 1 and marks == list(range(1, len(marks) + 1)) else text


def _clauses(text: str) -> list[_Clause]:
    """Return the clauses of a message; of a long one only its sentences, of a story nothing."""
    text = _unlisted(text)
    for lowest in (Border.SEAM, Border.STOP):
        clauses = list(_split(text, lowest))
        if len(clauses) <= PIECES:
            return clauses
    return []


def _split(text: str, lowest: Border) -> Iterator[_Clause]:
    border, begin = Border.STOP, 0
    for match in _BORDER.finditer(text):
        kind = Border[(match.lastgroup or "seam").upper()]
        if kind < lowest:
            continue
        if words := text[begin : match.start()].strip(" ，,、：:"):
            yield _Clause(border=border, words=words)
            border = kind
        else:
            border = max(border, kind)
        begin = match.end()
    if words := text[begin:].strip(" ，,、"):
        yield _Clause(border=border, words=words)


@dataclass(kw_only=True)
class _Parting:
    """One message being parted."""

    whole: Match
    match: Callable[[str], Match]
    is_more: Callable[[str, str], bool]
    differ: Callable[[str, str, str], int]
    seen: dict[str, Match] = field(default_factory=dict)

    def pieces(self, clauses: Sequence[_Clause]) -> list[Piece]:
        """Put each clause with the request that it belongs to, or begin another; nothing when a request is not sure."""
        found: list[Piece] = []
        before: list[_Clause] = []  # said before the first request
        for clause in clauses:
            if not found:
                before.append(clause)
                if self._meant(clause.words):
                    found.append(Piece(text=_joined(before), match=self._understood(clause.words)))
            elif self._is_another(found, clause):
                found.append(Piece(text=clause.words, match=self._firm(clause)))
            else:
                index = self._owner(found, clause.words)
                found[index] = replace(found[index], text=found[index].text + _gap(clause) + clause.words)
        return [_settled(piece) for piece in found] if all(_is_sure(piece, found) for piece in found) else []

    def _understood(self, words: str) -> Match:
        if words not in self.seen:
            self.seen[words] = Match(text="") if _says_nothing(words) else self.match(words)
        return self.seen[words]

    def _firm(self, clause: _Clause) -> Match:
        """Return what a clause means; what 另外 begins is surely something of its own, so that it need only be likely."""
        match = self._understood(clause.words)
        is_likely = match.decision == "clarify" and not match.emergency and match.candidates[0].confidence >= BESIDE
        return replace(match, decision="accept") if clause.border is Border.WORD and is_likely else match

    def _meant(self, words: str) -> str:
        """Return the intent of words: accepted, or likely and what the whole message means most likely, too."""
        match = self._understood(words)
        best = match.candidates[0].intent if match.candidates and not match.emergency else ""
        if match.decision == "accept":
            return best
        is_likely = match.decision == "clarify" and match.candidates[0].confidence >= LIKELY
        return best if is_likely and self.whole.candidates and self.whole.candidates[0].intent == best else ""

    def _is_another(self, found: Sequence[Piece], clause: _Clause) -> bool:
        words, last = clause.words, found[-1]
        if clause.border < Border.WORD and _FOLLOWS.match(words):
            return False
        if clause.border < Border.STOP and _PRESSES.match(words):
            return False
        signs = 1 if clause.border is Border.WORD or _TOO.search(words) else 0
        is_like = self.differ(_intent(last), last.text, words) + signs >= _CONTRADICT
        if not is_like and any(self.is_more(_intent(piece), words) for piece in found):
            return False
        match = self._firm(clause)
        meant = self._meant(words) or (_intent_of(match) if _accepted(match) else "")
        if not meant or meant == _intent(last):
            return bool(meant) and is_like
        if any(self.is_more(_intent(piece), words) for piece in found) or not _accepted(match):
            return False
        if clause.border < Border.WORD and self.is_more(meant, last.text):  # 车牌粤B12345，今天要进来: the facts came first
            return False
        return clause.border >= Border.STOP or _is_elsewhere(last, match)

    def _owner(self, found: Sequence[Piece], words: str) -> int:
        """Return which request words say more about: the latest that wants such a value, else the last."""
        if len(found) > 1:
            for index in range(len(found) - 1, -1, -1):
                if self.is_more(_intent(found[index]), words):
                    return index
        return len(found) - 1


def _is_elsewhere(last: Piece, match: Match) -> bool:
    """Tell whether what follows a comma is surely of another field: 厨房漏水，师傅几点来 is one matter."""
    is_near = _intent(last).partition(".")[0] == match.candidates[0].intent.partition(".")[0]
    return not is_near and min(last.match.candidates[0].confidence, match.candidates[0].confidence) >= CLEAR


def _is_sure(piece: Piece, found: Sequence[Piece]) -> bool:
    """Tell whether a request is accepted, or stands beside another of its kind: 张伟明天来，李四后天来."""
    return _accepted(piece.match) or sum(_intent(other) == _intent(piece) for other in found) > 1


def _settled(piece: Piece) -> Piece:
    return replace(piece, match=replace(piece.match, decision="accept"))


#: Contradictions that make two requests of one; 还有 and 也 count for one.
_CONTRADICT = 2


def _says_nothing(words: str) -> bool:
    return len(words) < SHORTEST or any(said.fullmatch(words) for said in (_COURTESY, _WHO))


def _joined(clauses: Sequence[_Clause]) -> str:
    return clauses[0].words + "".join(_gap(clause) + clause.words for clause in clauses[1:])


def _gap(clause: _Clause) -> str:
    return "" if clause.border is Border.SEAM else "，"


def _accepted(match: Match) -> bool:
    return match.decision == "accept" and not match.emergency


def _intent(piece: Piece) -> str:
    return _intent_of(piece.match)


def _intent_of(match: Match) -> str:
    return match.candidates[0].intent
