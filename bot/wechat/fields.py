"""What the fields of template messages and subscription notices may hold.

WeChat answers 47003 to a bad value, or takes it and leaves it out; here it is refused before, by name. Where Tencent's
page does not say, a value passes: WeChat may still refuse it, but what is refused here can never be sent.
Sources: developers.weixin.qq.com/doc/service/guide/product/template_message (参数限制) and
developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html (参数值内容限制)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import ContentRefused

#: Characters of a thing, of an old-style keyword, and of an approved text.
THING_LENGTH = 20

#: Names that WeChat takes and does not show, since May 2023.
DROPPED = frozenset({"first", "remark"})

_CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff"

_MONTH, _MONTHDAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DAY = rf"\d{{4}}(?:年{_MONTH}月{_MONTHDAY}日|[-/.]{_MONTH}[-/.]{_MONTHDAY})"
_CLOCK = r"(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-5]\d)?"
_TIME = rf"(?:{_DAY} ?)?{_CLOCK}"
_DATE = rf"{_DAY}(?: ?{_CLOCK})?"


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """What a type of field holds: at most `limit` characters that look like `pattern`, in words `what`."""

    limit: int
    what: str
    pattern: re.Pattern[str]


def _rule(limit: int, what: str, pattern: str = r".*") -> _Rule:
    return _Rule(limit=limit, what=what, pattern=re.compile(pattern, re.ASCII))


_RULES: Mapping[str, _Rule] = {
    "thing": _rule(THING_LENGTH, "any text"),
    "number": _rule(32, "digits, decimals allowed", r"\d+(\.\d+)?"),
    "letter": _rule(32, "Latin letters", r"[A-Za-z]+"),
    "symbol": _rule(5, "symbols", rf"[^\w\s{_CHINESE}]+"),
    "character_string": _rule(32, "digits, Latin letters and symbols", r"[ -~]+"),
    "time": _rule(64, "a time like 15:01 or 2026年3月12日 15:01, or two joined by ~", rf"{_TIME}( ?~ ?{_TIME})?"),
    "date": _rule(64, "a day like 2026年3月12日, with or without a time, or two joined by ~", rf"{_DATE}( ?~ ?{_DATE})?"),
    "amount": _rule(24, "a currency sign and at most 10 digits, decimals allowed, perhaps 元", r"[¥￥$€£]?\d{1,10}(\.\d+)?元?"),
    "phone_number": _rule(17, "digits and symbols", r"[\d+()（）*# -]+"),
    "car_number": _rule(
        8, "letters and digits, the first and last may be Chinese", rf"[A-Za-z\d{_CHINESE}][A-Za-z\d]+[{_CHINESE}]?"
    ),
    "phrase": _rule(5, "Chinese characters", rf"[{_CHINESE}]+"),
    "const": _rule(THING_LENGTH, "a text approved for the template, or nothing"),
}
#: A name with Chinese characters, and one without.
_CHINESE_NAME = _rule(10, "a name with Chinese characters")
_LATIN_NAME = _rule(20, "letters and symbols")

#: Types of which only WeChat knows what they hold.
_UNKNOWN_TO_US = frozenset({"enum", "short_thing"})

_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")

#: Control characters, halves of characters, and marks that turn or hide what is beside them.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")

#: What is shown as a picture by itself, and the marks that make pictures of other characters.
#: Source: unicode.org/Public/emoji/latest/emoji-data.txt (Emoji_Presentation), blocks taken whole above U+FFFF
_PICTURES = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be"
    "\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757"
    "\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
_MARKS = "\u200d\u20e3\ufe0e\ufe0f"
_EMOJI = re.compile(f"[^\\d#*]\ufe0f|[{_PICTURES}{_MARKS}]")


def check(data: Mapping[str, str]) -> None:
    """Raise ContentRefused, naming field, length and limit, for the first value that WeChat would refuse or drop."""
    if not data:
        raise ContentRefused(47003, "data has no fields")
    for name, value in data.items():
        fault = _fault(name, value)
        if fault:
            raise ContentRefused(47003, f"data.{name}.value {fault}")


def fit_thing(text: str) -> str:
    """Return the text as a thing field can hold it: no emoji, one line, 20 characters; `-` for what holds nothing else."""
    line = " ".join(_CONTROL.sub("", _EMOJI.sub("", _BREAK.sub(" ", text).replace("\t", " "))).split())
    if len(line) > THING_LENGTH:
        line = line[: THING_LENGTH - 1].rstrip() + "…"
    return line or "-"


def _fault(name: str, value: str) -> str:
    """Return what is wrong with a value, or nothing. The value itself is not repeated: it is about a person."""
    kind = name.rstrip("0123456789")
    if kind in DROPPED:
        return "would not be shown: WeChat drops first and remark"
    if not value.strip():
        return "" if kind == "const" else "is empty"
    if _BREAK.search(value):
        return "holds a line break"
    if _EMOJI.search(value):
        return "holds an emoji"
    if _CONTROL.search(value):
        return "holds a control character"
    return "" if kind in _UNKNOWN_TO_US else _misfit(kind, value)


def _misfit(kind: str, value: str) -> str:
    rule = _name_rule(value) if kind == "name" else _RULES.get(kind, _RULES["thing"])
    if len(value) > rule.limit:
        return f"has {len(value)} characters; at most {rule.limit} ({rule.what})"
    if not rule.pattern.fullmatch(value):
        return f"has {len(value)} characters that are not what {kind} holds: {rule.what}, at most {rule.limit}"
    return ""


def _name_rule(value: str) -> _Rule:
    return _CHINESE_NAME if re.search(f"[{_CHINESE}]", value) else _LATIN_NAME
