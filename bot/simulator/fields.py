"""What WeChat accepts in the fields of a template message.

Source: developers.weixin.qq.com/doc/service/guide/product/template_message (参数限制)
"""

import re
from collections.abc import Mapping

from bot.simulator.refusal import Refused

_CHINESE = r"\u4e00-\u9fff"

#: What a value must look like, by the type that its field's name begins with; lengths are in characters.
_RULES: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(rule)
    for kind, rule in {
        "thing": r".{1,20}",
        "number": r"\d{1,32}(\.\d+)?",
        "letter": r"[A-Za-z]{1,32}",
        "symbol": r"[^\w\s]{1,5}",
        "character_string": r"[!-~ ]{1,32}",
        "time": r"[\d年月日:：~ -]{1,40}",
        "date": r"[\d年月日/.:：~ -]{1,40}",
        "amount": r"[¥￥$€]?\d{1,10}(\.\d+)?元?",
        "phone_number": r"[\d+() -]{1,17}",
        "car_number": rf"[A-Za-z0-9{_CHINESE}][A-Za-z0-9]{{1,6}}[A-Za-z0-9{_CHINESE}]?",
        "name": rf"[{_CHINESE}·]{{1,10}}|[!-~ ]{{1,20}}|[!-~ ·{_CHINESE}]{{1,10}}",
        "phrase": rf"[{_CHINESE}]{{1,5}}",
        "const": r".{0,20}",
    }.items()
}

#: Silently left out since May 2023.
DROPPED = frozenset({"first", "remark"})

#: What is shown of an old-style keyword since May 2023, in characters.
KEYWORD_LENGTH = 20


def read(data: object) -> dict[str, str]:
    """Return the fields that will be shown; raises Refused (47003) naming the first bad one."""
    if not isinstance(data, Mapping) or not data:
        raise Refused(47003, "argument invalid! data is empty")
    return {str(name): _value(str(name), item) for name, item in data.items() if name not in DROPPED}


def _value(name: str, item: object) -> str:
    value = item.get("value") if isinstance(item, Mapping) else None
    if not isinstance(value, str):
        raise Refused(47003, f"argument invalid! data.{name}.value invalid")
    kind = name.rstrip("0123456789")
    if kind not in _RULES:
        return value.splitlines()[0][:KEYWORD_LENGTH] if value else ""
    if not _RULES[kind].fullmatch(value):
        raise Refused(47003, f"argument invalid! data.{name}.value invalid")
    return value
