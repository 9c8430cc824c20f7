"""The job that the usual way and the limit share: from a form and some words to the next form, a ticket, an answer. Pure.

It is less than the product does: no matcher, no alarm, no talk written down, no event, no link. Who does it faster than the
product has therefore still to do the rest.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Residents who are known before the first message comes, as in the product under load.
RESIDENTS = 19_000

#: How long a repair may take.
DUE = timedelta(hours=24)

_PLACE = re.compile("厨房|卫生间|客厅|卧室|阳台|楼道|电梯")
_FAULT = re.compile("漏水|堵|没电|跳闸|不亮|坏了")
_QUESTIONS = {"place": "请问是哪里坏了？例如：厨房。", "fault": "请问是什么问题？例如：水管漏水。"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where one message leads. `form`: what is known so far, empty once the ticket is opened; `number`: the ticket's."""

    form: Mapping[str, str]
    answer: str
    number: str = ""
    place: str = ""
    fault: str = ""


def take(form: Mapping[str, str], text: str, now: datetime) -> Step:
    """Fill in what the words say; ask for what is missing, or open the ticket."""
    found = {"place": _PLACE.search(text), "fault": _FAULT.search(text)}
    known = {**form, **{name: match[0] for name, match in found.items() if match}}
    missing = next((name for name in _QUESTIONS if name not in known), None)
    if missing is not None:
        return Step(form=known, answer=_QUESTIONS[missing])
    number = "R" + secrets.token_hex(5).upper()
    answer = f"已登记：{known['place']}{known['fault']}。\n工单号：{number}，最晚{now + DUE:%m月%d日 %H:%M}前处理。"
    return Step(form={}, answer=answer, number=number, place=known["place"], fault=known["fault"])


def openid(number: int) -> str:
    """Return the openid of a resident by number."""
    return f"oBench{number:022}"


def flat(number: int) -> str:
    """Return where a resident lives."""
    return f"{number % 20 + 1}栋{number // 20 % 3 + 1}单元{number // 60 + 101}"
