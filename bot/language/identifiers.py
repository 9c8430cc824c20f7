"""Numbers by which somebody is known for good: identity cards, passports and permits, bank cards. Pure.

They are no values that a form asks for: whoever writes one in a chat gains nothing, and no sentence that is kept may hold it. Rather too
much is masked than too little, but never a telephone or a flat: those are what residents are asked for, and both are digits.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.language.kinds.phone import PHONE
from bot.language.numbers import written_out

#: What may stand between the digits of one number, however somebody parts them.
_GAP = r"[\s\-–—_·.,，、/*…]{0,3}"

#: Digits one behind the other, the last of which may be the X of an identity card; and those that stand without a gap.
_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*(?:{_GAP}[Xx×✕](?![A-Za-z]))?")
_PART = re.compile("[0-9]+[Xx×✕]?|[Xx×✕]")

#: Passports (E12345678, EA1234567), permits for Hong Kong, Macau and Taiwan (C12345678, H1234567890), cards of Hong Kong (A123456(7)), officers' cards.
_LETTERED = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Za-z]{1,2}[ -]?[0-9]{7,9}|[HMhm][ -]?[0-9]{10}|[A-Za-z]{1,2}[0-9]{6}\([0-9Aa]\))(?![0-9A-Za-z])|字第?[ ]?[0-9]{6,8}(?=号)"
)

#: What is called so is a paper's number, or a part of one, however short.
_ANNOUNCED = re.compile(
    r"(?:身份证|护照|通行证|台胞证|回乡证|居住证|社保卡|医保卡|银行卡|证件)(?:号码?|卡号)?(?:[前后]面)?(?:是|为|:)?\s{0,2}(?P<number>[A-Za-z]{0,3}[0-9]{8,12})(?![0-9A-Za-z])"
)

#: A mobile as it is typed; parts that are one belong to no longer number.
_MOBILE = re.compile("1[3-9][0-9]{9}")

CARD, PAPER = "银行卡", "证件"

#: Digits of the shortest card and of the longest number; longer than a phone with its country code is nothing that is not somebody's.
_SHORTEST, _LONGEST, _ALWAYS = 13, 19, 15

#: Digits of a card that is known by its groups of four alone, and of an identity card.
_GROUPED, _OF_PAPER = 16, 18

#: By what the last sign of an identity card is reckoned (GB 11643-1999).
_WEIGHTS, _LAST = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


@dataclass(frozen=True)
class Identifier:
    """Where one stands, and what it is."""

    begin: int
    stop: int
    what: str


@dataclass(frozen=True)
class _Part:
    """Digits without a gap."""

    begin: int
    stop: int
    signs: str
    is_glued: bool = False  # to letters: sfz330106…
    is_called: bool = False  # of a telephone


#: Tells what several parts are together; empty for nothing.
_Judge = Callable[[Sequence[_Part]], str]


def find(text: str) -> list[Identifier]:
    """Return the identifiers in a text, in order; digits that are said in words, or written in whatever signs, too."""
    said, places = _folded(text)
    phones = {place for match in PHONE.finditer(said) for place in range(*match.span())}
    found = [one for run in _RUN.finditer(said) for one in _in_run([*_parts(said, run, phones)])]
    found += [Identifier(*match.span(), PAPER) for match in _LETTERED.finditer(said)]
    found += [
        Identifier(*match.span("number"), PAPER) for match in _ANNOUNCED.finditer(said) if match.start("number") not in phones
    ]
    found.sort(key=lambda one: (one.begin, -one.stop))
    apart = [one for place, one in enumerate(found) if all(one.begin >= other.stop for other in found[:place])]
    return [Identifier(places[one.begin], places[one.stop - 1] + 1, one.what) for one in apart]


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text with each digit as a figure, without signs that nobody sees, and where in the text each sign stood."""
    signs, places = [], []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in ("Cf", "Me", "Mn"):  # a zero-width space, the box of a keycap
            continue
        form = unicodedata.normalize("NFKC", sign)
        digit = unicodedata.digit(sign, None)
        signs.append(str(digit) if digit is not None else form if len(form) == 1 else sign)
        places.append(place)
    return written_out("".join(signs)), places


def _parts(said: str, run: re.Match[str], phones: Collection[int]) -> Iterator[_Part]:
    for match in _PART.finditer(said, *run.span()):
        begin, stop = match.span()
        around = said[begin - 1 : begin] + said[stop : stop + 1]
        yield _Part(begin, stop, match[0], is_glued=re.search("[A-Za-z]", around) is not None, is_called=begin in phones)


def _in_run(parts: Sequence[_Part]) -> list[Identifier]:
    """Return what stands in digits one behind the other: what is sure by its form first, in the rest what a check digit makes likely."""
    sure = _windows(parts, _form)
    rest = [part for part in parts if not any(one.begin <= part.begin < one.stop for one in sure)]
    return sure + _windows(rest, _likely)


def _windows(parts: Sequence[_Part], judge: _Judge) -> list[Identifier]:
    """Return what a judge knows among parts one behind the other, the longest first."""
    found, at = [], 0
    while at < len(parts):
        ends = [at + 1]
        while ends[-1] < len(parts) and sum(len(part.signs) for part in parts[at : ends[-1] + 1]) <= _LONGEST:
            ends.append(ends[-1] + 1)
        end, what = next(((end, what) for end in reversed(ends) if (what := judge(parts[at:end]))), (at + 1, ""))
        if what:
            found.append(Identifier(parts[at].begin, parts[end - 1].stop, what))
        at = end
    return found


def _form(parts: Sequence[_Part]) -> str:
    """Tell what parts are by their form alone."""
    signs = re.sub("[Xx×✕]", "X", "".join(part.signs for part in parts))
    if len(parts) == 1:
        return _alone(parts[0], signs)
    if any(_MOBILE.fullmatch(part.signs) for part in parts):
        return ""
    is_beside = parts[0].is_called or parts[-1].is_called  # a telephone, and what is told beside it
    if _is_paper(signs) and (not is_beside or _has_last_sign(signs)):
        return PAPER
    sizes = [len(part.signs) for part in parts]
    if sizes == [6, 6, 3] and _is_day(f"19{signs[6:12]}"):
        return PAPER
    is_grouped = set(sizes[:-1]) == {4} and sizes[-1] <= 4 and signs.isdigit() and not any(part.is_called for part in parts)
    return CARD if is_grouped and (len(signs) >= _GROUPED or (len(signs) >= _SHORTEST and _has_check_digit(signs))) else ""


def _alone(part: _Part, signs: str) -> str:
    """Tell what digits without a gap are; empty for what may be anything: a parcel's number, a meter's."""
    if _is_paper(signs):
        return PAPER
    if part.is_called:
        return ""
    if part.is_glued:
        return CARD if len(signs) >= _GROUPED and _has_check_digit(signs) else ""
    if len(signs) == 15 and _is_day(f"19{signs[6:12]}"):
        return PAPER
    return CARD if len(signs) >= _ALWAYS or (len(signs) >= _SHORTEST and _has_check_digit(signs)) else ""


def _likely(parts: Sequence[_Part]) -> str:
    """Tell whether parts are a card by its check digit: one of ten that are none has it, so neither days nor flats may stand in it."""
    signs = "".join(part.signs for part in parts)
    sizes = {len(part.signs) for part in parts}
    is_apart = any(one.stop + 1 < other.begin for one, other in pairwise(parts))
    if (
        len(parts) == 1
        or is_apart
        or not signs.isdigit()
        or not (sizes == {1} or min(sizes) >= 3)
        or not _SHORTEST <= len(signs) <= _LONGEST
    ):
        return ""
    is_else = any(part.is_called or part.is_glued or (len(part.signs) == 8 and _is_day(part.signs)) for part in parts)
    return CARD if not is_else and _has_check_digit(signs) else ""


def _is_paper(signs: str) -> bool:
    return len(signs) == _OF_PAPER and signs[:17].isdigit() and _is_day(signs[6:14])


def _is_day(digits: str) -> bool:
    """Tell whether somebody may be born on a day, or a card expire."""
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False


def _has_last_sign(signs: str) -> bool:
    return _LAST[sum(int(sign) * weight for sign, weight in zip(signs, _WEIGHTS, strict=False)) % 11] == signs[17]


def _has_check_digit(digits: str) -> bool:
    """Tell whether the last digit fits the others, as on bank cards (ISO/IEC 7812-1, annex B)."""
    if not digits.isdigit():
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


#: Digits of the shortest number that is withheld, however they are written, and of an identity card: of the old ones, too.
_FEWEST, _IDENTITY = 7, 15
_SPOKEN = frozenset("○两幺洞拐勾")

#: Signs that nobody sees, and those that turn round the order in which all behind them is read, on whatever page that stands. What joins
#: two emoji to one is none of them.
_UNSEEN = dict.fromkeys(
    map(
        ord,
        "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff",
    )
)


def withheld(raw: str, *, cards: bool = True) -> str:
    """Return words as they may be kept and said back: [证件] and [银行卡] stand for the numbers of papers and bank cards.

    This is where a resident's words enter: what is read, and so every row and reply, holds none. A phone is none of them, nor are two,
    nor a flat beside one. Signs that nobody sees are left out. Without `cards` those stay: staff
    tell to which account of the office something is paid.
    """
    raw = raw.translate(_UNSEEN)
    if sum(sign.isnumeric() or sign in _SPOKEN for sign in raw) < _FEWEST:
        return raw
    return _without(raw, [one for one in find(raw) if cards or one.what != CARD])


def _without(raw: str, found: Sequence[Identifier]) -> str:
    for one in reversed(found):
        raw = f"{raw[: one.begin]}[{one.what}]{raw[one.stop :]}"
    return raw


def without_papers(raw: str) -> str:
    """Return what staff, files and machines write without the numbers of identity cards; all else stays sign for sign.

    An account of the office is told to residents, and AB1234567 is a meter as well as a passport: from them neither is taken.
    """
    if sum(sign.isnumeric() for sign in raw) < _IDENTITY:
        return raw
    kept = raw.translate(_UNSEEN)
    cards = [one for one in find(kept) if one.what == PAPER and sum(map(str.isdigit, kept[one.begin : one.stop])) >= _IDENTITY]
    return _without(kept, cards) if cards else raw
