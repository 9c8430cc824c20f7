"""Amounts of money, in fen: 一万二, 1.2万, 2,600元, 三块五, 出到四千; a limit, a part or a raise is none. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.language.kinds.kind import Found, Grammar, Kind, Message, Slot, Value, bare
from bot.language.numbers import value_of

_FIGURES = r"[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]{1,9}(?:\.[0-9]{1,2})?"
_HAN = "[零〇一二两三四五六七八九十百千万廿卅壹贰叁肆伍陆柒捌玖拾佰仟]{1,10}"
_WHOLE = f"(?:{_FIGURES}|{_HAN})"
_YUAN = "(?:元(?![旦宵])|块钱?(?![地砖玻板牌瓷木石布肉糕表屏招])|圆|人民币|rmb|RMB)"
_JIAO = "(?:[1-9]|[一二两三四五六七八九])"
#: What follows leaves the amount open, or makes it one of something else: 三千多, 五百一个月.
_OPEN = r"(?!\s*(?:多|几|来块|左右|上下|以[上下内]|出头|[-~～到至]\s*[0-9一二三四五六七八九])|[0-9.十百千万个月年天平号栋楼点分])"
#: What stands before a limit: 不到三千.
_LIMIT = re.compile(r"(?:不到|没到|不超过?|超过?|最多|最少|至少|顶多|将近|接近|大概|差不多|低于|高于)$")
_AMOUNT = re.compile(rf"""(?x:
      [¥￥]\s*(?P<signed>{_FIGURES})\s*(?P<signed_unit>万)?
    | (?<![0-9.])(?P<whole>{_WHOLE})\s*(?P<unit>[万千百])?\s*{_YUAN}(?:(?P<jiao>{_JIAO})[毛角]?(?![0-9个]))?
    | (?:出价?|报价|要价|开价|[加涨抬]价?到|改成|[出报喊]到)(?:是|为|[:：\s])*(?P<offered>{_WHOLE})\s*(?P<offered_unit>[万千百])?
    | (?<![0-9.点])(?P<small>{_JIAO})[毛角](?:钱|$|(?=[\s,，。]))
    ){_OPEN}""")
_BARE = re.compile(
    rf"(?:就|出|给|大概)?[¥￥]?\s*(?P<whole>{_WHOLE})\s*(?P<unit>[万千百])?\s*(?:{_YUAN}(?P<jiao>{_JIAO})?[毛角]?)?整?"
)

_UNITS = {"万": 10_000, "千": 1_000, "百": 100}


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the amounts of a text in fen, in order."""
    return [
        Found(_fen(said), said.start(), said.end())
        for said in _AMOUNT.finditer(text)
        if not _LIMIT.search(text, max(0, said.start() - 4), said.start())
    ]


def _fen(said: re.Match[str]) -> int:
    fields = said.groupdict()
    if small := fields.get("small"):
        return value_of(small) * 10
    whole = fields.get("signed") or fields.get("offered") or fields["whole"] or ""
    unit = fields.get("signed_unit") or fields.get("offered_unit") or fields.get("unit") or ""
    yuan = Decimal(whole.replace(",", "").replace("，", "")) if whole[0].isascii() else Decimal(value_of(whole))
    return int(yuan * _UNITS.get(unit, 1) * 100) + value_of(fields.get("jiao") or "0") * 10


def _read(message: Message, slot: Slot) -> Value | None:
    said = _BARE.fullmatch(bare(message.rest))
    return _fen(said) if said else None


def _say(value: Value, slot: Slot, now: datetime) -> str:
    """Return 12,000元 for 1,200,000 fen, and 3.50元 where there are any."""
    yuan, fen = divmod(int(str(value)), 100)
    return f"{yuan:,}.{fen:02}元" if fen else f"{yuan:,}元"


GRAMMAR = Grammar(name="money", title="金额", find=find, is_sure=False)

KIND = Kind(
    name="money", title="金额", grammar=GRAMMAR, read=_read, say=_say, called=("价钱", "出价", "报价"),
    is_topic=False, is_single=True, is_strict=True, tells=True,
)  # fmt: skip
