"""Numbers by which somebody is known for good: identity cards, passports and permits, bank cards. Pure.

They are no values that a form asks for: whoever writes one in a chat gains nothing, and no sentence that is kept may hold it. Rather too
much is masked than too little.
"""

import re
from dataclasses import dataclass
from datetime import date

from bot.language.numbers import written_out

#: What may stand between the digits.
_GAP = r"[ \-–—·.]{0,2}"

#: Digits in a row, the last of which may be the X of an identity card.
_LONG = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{_GAP}[0-9]){{11,}}(?:{_GAP}[Xx×✕])?(?![0-9A-Za-z])")

#: Passports (E12345678, EA1234567), permits for Hong Kong, Macau and Taiwan (C12345678, H1234567890 without its last two), officers' cards.
_LETTERED = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{1,2}[ -]?[0-9]{7,9}(?![0-9A-Za-z])|字第?[ ]?[0-9]{6,8}(?=号)")

#: A card in its usual groups.
_GROUPED = re.compile(r"[0-9]{4}(?:[ \-–—·.]{1,2}[0-9]{4}){2,3}(?:[ \-–—·.]{1,2}[0-9]{1,4})?")

#: The number of a room, and of a mobile phone behind it: 3栋2单元1102 13812345678.
_ROOM_AND_PHONE = re.compile(r"[0-9]{1,4}[ \-–—·.]{1,2}1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})")

CARD, PAPER = "银行卡", "证件"

#: Digits of the shortest card; longer than a phone with its country code is nothing that is not somebody's.
_SHORTEST, _ALWAYS = 13, 15


@dataclass(frozen=True)
class Identifier:
    """Where one stands, and what it is."""

    begin: int
    stop: int
    what: str


def find(text: str) -> list[Identifier]:
    """Return the identifiers in a text, in order; digits that are said in words, too."""
    said = written_out(text)
    found = [Identifier(*match.span(), what) for match in _LONG.finditer(said) if (what := _long(match[0]))]
    found += [Identifier(*match.span(), PAPER) for match in _LETTERED.finditer(said)]
    return sorted(found, key=lambda one: one.begin)


def _long(said: str) -> str:
    """Return what digits in a row are; empty for what may be anything: a parcel's number, a meter's."""
    if _ROOM_AND_PHONE.fullmatch(said):
        return ""
    signs = re.sub(r"[^0-9Xx×✕]", "", said)
    if not signs.isdigit() or (len(signs) == 18 and _is_day(signs[6:14])) or (len(signs) == 15 and _is_day(f"19{signs[6:12]}")):
        return PAPER
    if len(signs) >= _ALWAYS:
        return CARD
    return CARD if len(signs) >= _SHORTEST and (_GROUPED.fullmatch(said) or _has_check_digit(signs)) else ""


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _has_check_digit(digits: str) -> bool:
    """Tell whether the last digit fits the others, as on bank cards (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
