"""A notice as its own page shows it, to residents and, before it is published, to staff."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contract import Community, Notice, NoticeState

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
    correction: str = ""  # what of an earlier notice this one corrects
    corrected: str = ""  # what a later one says was wrong with this one
    is_recalled: bool = False
    pictures: Sequence[str] = ()  # addresses

    @property
    def call(self) -> str:
        """The number in `contact`, as a telephone dials it; empty where there is none."""
        found = _NUMBER.search(self.contact)
        return re.sub(r"[ -]", "", found[0]) if found else ""


def of(
    notice: Notice, community: Community, at: datetime, pictures: Sequence[str] = (), *, later: Notice | None = None
) -> Letter:
    """Return a notice's page, as it was told at a moment; `later` corrects it."""
    return Letter(
        title=notice.title, paragraphs=paragraphs(notice.body), place=notice.place,
        contact=notice.contact or (f"物业 {community.phone}" if community.phone else ""), signer=notice.signer or community.name,
        at=at, asks=notice.asks, correction=notice.correction, corrected=later.correction if later else "",
        is_recalled=notice.state is NoticeState.RECALLED and not notice.rule, pictures=pictures,
    )  # fmt: skip


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a text: what an empty line parts; single lines stay lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n")) if part.strip()]
