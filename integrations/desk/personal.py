"""Which rows of the desk are a person's: what staff noted beside their talk, and its labels."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from bot.contract import Conversation, Personal, Resident, Retention, Rows, Work, keeping, roster, tr
from integrations.desk.models import TalkLabel, TalkLabelled, TalkNote


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return what staff noted beside somebody's talk while the account was theirs: what is written about somebody is theirs to read."""
    binding = roster.binding_of(work.session, resident)
    return {"物业的备注": _notes(work, binding.openid, binding.bound_at) if binding else []}


def erase(work: Work, resident: Resident) -> None:
    """Delete nothing: notes go with the account's talk."""


def export_account(work: Work, openid: str) -> Mapping[str, Any]:
    """Return what staff noted beside the talk of an account, oldest first, and its labels."""
    bears = (
        select(TalkLabel.name)
        .join(TalkLabelled, col(TalkLabelled.label_id) == col(TalkLabel.id))
        .where(TalkLabelled.openid == openid)
    )
    return {"物业的备注": _notes(work, openid, None), "对话的标签": sorted(work.session.exec(bears).all())}


def _notes(work: Work, openid: str, since: datetime | None) -> list[Mapping[str, str]]:
    noted = select(TalkNote).where(TalkNote.openid == openid).order_by(col(TalkNote.id))
    if since is not None:
        noted = noted.where(col(TalkNote.at) >= since)
    return [{"时间": f"{one.at:%Y-%m-%d %H:%M}", "内容": one.text} for one in work.session.exec(noted).all()]


def erase_account(work: Work, openid: str, until: datetime) -> None:
    """Delete what was noted until then, and the labels of a talk that was not begun anew since."""
    work.session.execute(delete(TalkNote).where(col(TalkNote.openid) == openid, col(TalkNote.at) <= until))
    talk = work.session.get(Conversation, openid)
    if talk is None or talk.updated_at <= until:
        work.session.execute(delete(TalkLabelled).where(col(TalkLabelled.openid) == openid))


def lives(work: Work) -> timedelta:
    """Return how long a note lives: as long as what was said in the talk."""
    return timedelta(days=work.settings(keeping.Settings).keep_talks)


PERSONAL = Personal(
    export=export, erase=erase, export_account=export_account, erase_account=erase_account,
    retain=(Retention(what=tr("对话旁的备注"), lives=lives, setting="LINLI_CORE_KEEP_TALKS", rows=(Rows(TalkNote, lambda before: (col(TalkNote.at) < before,)),)),),
)  # fmt: skip
