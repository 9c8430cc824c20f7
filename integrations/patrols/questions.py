"""What is to be answered at a point: what a gauge shows, within limits, or whether something is there. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from bot.contract import Refusal, tr

#: Questions of one point, and characters of one.
MOST, LONGEST = 6, 30

#: 压力表读数 0.3–0.6 MPa: the question, its limits and the unit.
_NUMBER = re.compile(
    r"(?P<title>[^\d]{1,30}?)[\s:：]*(?P<low>-?\d{1,6}(?:\.\d{1,3})?)\s*(?:-|–|—|~|～|到|至)\s*(?P<high>-?\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>[^\d\s]{0,8})"
)
_VALUE = re.compile(r"-?\d{1,6}(?:\.\d{1,3})?")
_NO = re.compile(r"(?:不|没|无|缺|坏|异常|过期|否|冇|NO|no)")
_YES = re.compile(r"(?:在|有|正常|完好|好的?|是的?|对|OK|ok|√|没问题|没坏|没异常|不缺|不坏|无异常|没过期)")
_FINE = re.compile(r"没问题|没坏|没异常|不缺|不坏|无异常|没过期|没毛病")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question; a number has limits beyond which it is told, without limits it is answered by yes or no."""

    title: str
    low: float | None = None
    high: float | None = None
    unit: str = ""

    @property
    def is_number(self) -> bool:
        """Tell whether a number answers it."""
        return self.low is not None and self.high is not None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `kept` wrote."""
        return cls(title=str(kept["title"]), low=kept.get("low"), high=kept.get("high"), unit=str(kept.get("unit", "")))

    @property
    def kept(self) -> dict[str, Any]:
        """The same as JSON."""
        limits = {"low": self.low, "high": self.high, "unit": self.unit} if self.is_number else {}
        return {"title": self.title, **limits}

    @property
    def line(self) -> str:
        """The same as it is typed."""
        return f"{self.title} {_plain(self.low)}–{_plain(self.high)} {self.unit}".strip() if self.is_number else self.title

    @property
    def hint(self) -> str:
        """What may be answered, in words."""
        if self.is_number:
            return tr("回数字，正常是 {low}–{high}{unit}", low=_plain(self.low), high=_plain(self.high), unit=self.unit)
        return tr("回“在”“正常”，或者“不在”“坏了”")

    def read(self, said: str) -> float | bool | None:
        """Return what an answer says; None for what answers it not."""
        if self.is_number:
            found = _VALUE.search(said)
            return float(found[0]) if found else None
        if _FINE.search(said):
            return True
        return False if _NO.search(said) else True if _YES.search(said) else None

    def is_off(self, answer: float | bool) -> bool:
        """Tell whether an answer lies beyond the limits, or is no."""
        if isinstance(answer, bool) or self.low is None or self.high is None:
            return answer is False
        return not self.low <= answer <= self.high

    def say(self, answer: float | bool) -> str:
        """Return an answer in words."""
        if isinstance(answer, bool):
            return tr("正常") if answer else tr("不正常")
        return f"{_plain(answer)}{self.unit}"


def read(text: str) -> list[Question]:
    """Return the questions that are typed, one a line; raises Refusal for what cannot be asked."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise Refusal(tr("一个点最多 {most} 个问题。", most=MOST), field="questions")
    return [_read(line) for line in lines]


def _read(line: str) -> Question:
    found = _NUMBER.fullmatch(line)
    if found is None:
        if len(line) > LONGEST:
            raise Refusal(tr("问题最多 {longest} 个字：{line}…", longest=LONGEST, line=line[:12]), field="questions")
        return Question(title=line)
    low, high = float(found["low"]), float(found["high"])
    if low >= high:
        raise Refusal(tr("“{line}”：下限要比上限小。", line=line[:20]), field="questions")
    return Question(title=found["title"].strip(), low=low, high=high, unit=found["unit"])


def of(kept: Sequence[Mapping[str, Any]]) -> list[Question]:
    """Return the questions of a point."""
    return [Question.of(one) for one in kept]


def _plain(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""
