"""A notice as its own page shows it, to residents and, before it is published, to staff."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contract import Community, Notice, NoticeState, notices
from bot.contract.notices import VERSION_WORDS

_NUMBER = re.compile(r"\+?\d[\d -]{3,}\d")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that the page says."""

    title: str
    paragraphs: Sequence[str]
    place: str
    contact: str
    signer: str
    at: datetime
    asks: bool
    correction: str = ""  # what is different from an earlier notice
    version: str = ""  # 更正, 取消, 进展, 解除: what this is to that one
    corrected: str = ""  # what a later one says of this one
    later: str = ""  # what the later one is to this
    later_url: str = ""  # where its reader finds that one
    is_emergency: bool = False
    until: datetime | None = None
    is_over: bool = False  # its end has come
    is_recalled: bool = False
    pictures: Sequence[str] = ()  # addresses

    @property
    def call(self) -> str:
        """The number in `contact`, as a telephone dials it; empty where there is none."""
        found = _NUMBER.search(self.contact)
        return re.sub(r"[ -]", "", found[0]) if found else ""


def of(
    notice: Notice, community: Community, at: datetime, pictures: Sequence[str] = (), *, later: Notice | None = None, later_url: str = "",
    values: Mapping[str, str] | None = None, now: datetime | None = None,
) -> Letter:  # fmt: skip
    """Return a notice's page as it was told at a moment and stands `now`; `later` is its newest version, `values` its reader's."""
    title, body = (notices.fill_variables(text, values or {}) for text in (notice.title, notice.body))
    return Letter(
        title=title, paragraphs=paragraphs(body), place=notice.place,
        contact=notice.contact or (f"物业 {community.phone}" if community.phone else ""), signer=notice.signer or community.name,
        at=at, asks=notice.asks, correction=notice.correction, version=VERSION_WORDS[notice.version],
        corrected=later.correction if later else "", later=VERSION_WORDS[later.version] if later else "", later_url=later_url,
        is_emergency=notice.is_urgent, until=notice.until, is_over=bool(notice.until and notice.until <= (now or at)),
        is_recalled=notice.state is NoticeState.RECALLED and not notice.rule, pictures=pictures,
    )  # fmt: skip


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a text: what an empty line parts; single lines stay lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n")) if part.strip()]
