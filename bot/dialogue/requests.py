"""Several requests in one message: 厨房漏水了，还有我妹妹明天来. Pure.

A message is parted only where it says so, at the end of a sentence or at a word such as 还有 or 顺便, and only when what
follows is surely something else: 车牌粤B12345 after an invitation belongs to the invitation.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.language.matcher import Match

#: Where a further request may begin.
_BORDER = re.compile(
    r"(?:[。！!？?；;\n]+|[，,、\s]*(?:还有(?:就是|个事)?|另外|顺便|再就是|再帮我|对了|此外|同时|然后再|以及)(?:再|也|想|请|问一?下)?[，,、\s]*)"
)

#: Shorter pieces are never a request of their own: 谢谢, 急, 麻烦了.
SHORTEST = 4

#: At most so many are served from one message; more are a story, not a list.
MOST = 3


#: Pieces that are understood one by one; more are a story, too, and understanding each would take its time.
PIECES = 12


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Words that are one request, and what they mean."""

    text: str
    match: Match


def part(text: str, whole: Match, match: Callable[[str], Match], is_more: Callable[[str, str], bool]) -> Sequence[Piece]:
    """Return the requests of a message in their order; one for a message that is not parted.

    `match` understands a piece; `is_more(intent, words)` tells whether words only say more about a request for `intent`.
    """
    alone = (Piece(text=text, match=whole),)
    if whole.emergency or not _BORDER.search(text.rstrip("。！!？?；;\n ")):
        return alone
    pieces = list(filter(None, (piece.strip(" ，,、") for piece in _BORDER.split(text))))
    if len(pieces) > PIECES:
        return alone
    found: list[Piece] = []
    for words in pieces:
        understood = match(words)
        is_new = len(words) >= SHORTEST and understood.decision == "accept"
        intent = understood.candidates[0].intent if is_new else ""
        if found and (not is_new or intent == _intent(found[-1]) or is_more(_intent(found[-1]), words)):
            found[-1] = replace(found[-1], text=f"{found[-1].text}，{words}")
        else:
            found.append(Piece(text=words, match=understood))
    if not 1 < len(found) <= MOST or found[0].match.decision != "accept" or len({_intent(piece) for piece in found}) < len(found):
        return alone
    return found


def _intent(piece: Piece) -> str:
    return piece.match.candidates[0].intent if piece.match.decision == "accept" else ""
