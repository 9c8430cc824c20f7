"""What personal data is used for, as services and the core declare it: the record of processing, and a sheet per sensitive use.

The law wants both written down (个人信息保护法 articles 55 and 56; GB/T 39335-2020 says how an impact is assessed). They are printed from
what the code declares (`linli privacy report`), and a test holds the declarations to the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.translation import tr


class Basis(StrEnum):
    """On what ground data is used; the articles are those of 个人信息保护法."""

    CONSENT = "本人同意（第十三条第一项）"
    SEPARATE_CONSENT = "本人单独同意（第二十九条）"
    CONTRACT = "履行物业服务合同所必需（第十三条第二项）"
    DUTY = "履行法定职责或者法定义务所必需（第十三条第三项）"
    EMERGENCY = "紧急情况下保护生命健康和财产安全所必需（第十三条第四项）"


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What was weighed before sensitive data is used."""

    necessity: str  # why it does not go without, or with less
    risks: Sequence[str]  # what could happen to people
    measures: Sequence[str]  # what is done against each


@dataclass(frozen=True, kw_only=True)
class Processing:
    """One use of personal data.

    `columns`: where it lies, as table.column; a sealed column that no use names fails a test. `lives`: how long, in words;
    `retains`: what of `Personal.retain` sees to that, by its `what`. `seen_by`: permissions. Who is told outside the office
    stands in `goes_to`. Sensitive data (article 28) needs an `impact`.
    """

    what: str
    purpose: str
    basis: Sequence[Basis]
    columns: Sequence[str]
    lives: str
    retains: Sequence[str] = ()
    seen_by: Sequence[str] = ()
    goes_to: str = tr("不提供给物业以外的人")
    impact: Impact | None = None

    @property
    def is_sensitive(self) -> bool:
        """Tell whether it was weighed what it does to people."""
        return self.impact is not None
