"""Temperatures of several people in one message: 老公36.5，我36.3，儿子37.8. Pure.

One resident checks in for themselves; of a message that tells of others, too, only what they say of themselves is theirs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"

_OTHERS = (
    r"(?:老公|老婆|老伴|爱人|先生|太太|媳妇|丈夫|妻子|儿子|女儿|闺女|孩子|娃儿?|宝宝|老大|老二|爸爸?|妈妈?|父亲|母亲|爹|娘|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|"
    r"哥哥?|姐姐?|弟弟?|妹妹?|孙子|孙女|老人|老头子?|老太婆|老爷子|保姆|阿姨|他|她|佢|伊)"
)
_WHO = re.compile(rf"(?:我|俺|咱)?(?:家|的|们)*(?P<other>{_OTHERS})|(?P<me>我自己|我本人|自己|本人|我|俺)")
_TEMPERATURE = re.compile(
    r"(?<![\d.])(?:(?P<whole>3[4-9]|4[0-3])(?:\s*[.。点度]\s*(?P<tenth>\d|[零一二三四五六七八九半]))?(?!\d)"
    r"|(?P<spoken>三十[四五六七八九]|四十[一二三]?)(?:[度点]?(?P<tenths>[零一二三四五六七八九半]))?)"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one message says of several people: one's own temperature, None where it is missing, and those of others."""

    own: float | None
    others: Sequence[tuple[str, float]]

    @property
    def hottest(self) -> float:
        """The highest of the others' temperatures."""
        return max(degrees for _, degrees in self.others)

    @property
    def words(self) -> str:
        """老公 36.5℃、儿子 37.8℃."""
        return "、".join(f"{who} {degrees:.1f}℃" for who, degrees in self.others)


def told(said: str) -> Told | None:
    """Return what the words say of several people, the last message that does; None where they speak of one alone."""
    return next(filter(None, (_line(line) for line in reversed(said.splitlines()))), None)


def _line(line: str) -> Told | None:
    found: list[tuple[str, float]] = []
    begin = 0
    for match in _TEMPERATURE.finditer(line):
        named = list(_WHO.finditer(line, begin, match.start()))
        who = (named[-1]["other"] or "我") if named else ""
        found.append((who, _degrees(match)))
        begin = match.end()
    others = [(who, degrees) for who, degrees in found if who not in {"", "我"}]
    if len(found) < 2 or not others:
        return None
    own = next((degrees for who, degrees in found if who == "我"), next((degrees for who, degrees in found if not who), None))
    return Told(own=own, others=others)


def _degrees(match: re.Match[str]) -> float:
    if match["whole"]:
        return int(match["whole"]) + _tenth(match["tenth"])
    tens, ones = match["spoken"][0], match["spoken"][2:]
    return (30 if tens == "三" else 40) + (_DIGITS.index(ones) if ones else 0) + _tenth(match["tenths"])


def _tenth(said: str | None) -> float:
    if not said:
        return 0.0
    return (5 if said == "半" else int(said) if said.isdigit() else _DIGITS.index(said)) / 10
