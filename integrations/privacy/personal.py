"""Which rows are a person's: none. A link names a talk, tells nothing of anybody, and goes with all else, or when it has expired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from bot.contract import Conversation, Personal, Resident, Retention, Rows, Work, tr
from integrations.privacy.actions import LIVES
from integrations.privacy.models import Export


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return nothing: what the links lead to is the export itself."""
    return {}


def erase(work: Work, resident: Resident) -> None:
    """Delete nothing: links go with the account that asked for them."""


def export_account(work: Work, openid: str) -> Mapping[str, Any]:
    """Return nothing, as `export` does."""
    return {}


def erase_account(work: Work, openid: str, until: datetime) -> None:
    """Let no link open any more, for whoever stays has the talk of before: its next words are not for who holds an old link."""
    talk = work.session.get(Conversation, openid)
    if talk is not None:
        work.session.execute(delete(Export).where(col(Export.talk) == talk.public_id, col(Export.asked_at) <= until))


RETAIN = Retention(what=tr("导出信息的链接"), lives=LIVES, rows=(Rows(Export, lambda before: (col(Export.asked_at) < before,)),))

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,), export_account=export_account, erase_account=erase_account)
