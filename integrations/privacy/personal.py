"""Which rows are a person's: none. A link names a talk, tells nothing of anybody, and is forgotten when it has expired."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col

from bot.contract import Personal, Resident, Retention, Rows, Work
from integrations.privacy.actions import LIVES
from integrations.privacy.models import Export


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return nothing: what the links lead to is the export itself."""
    return {}


def erase(work: Work, resident: Resident) -> None:
    """Leave the links, which lead nowhere once the talk is gone."""


RETAIN = Retention(what="导出信息的链接", lives=LIVES, rows=(Rows(Export, lambda before: (col(Export.asked_at) < before,)),))

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,))
