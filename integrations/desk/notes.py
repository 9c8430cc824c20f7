"""What staff note for each other beside a talk."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.contract import Conversation, Desk, Refusal, tr, withheld
from integrations.desk.models import TalkNote

#: Longest note.
LONGEST = 600

#: Notes shown beside a talk, the newest.
SHOWN = 100


def add(desk: Desk, talk: Conversation, text: str) -> None:
    """Note something for colleagues."""
    if not text:
        raise Refusal(tr("请先写点什么再记。"), field="note")
    if len(text) > LONGEST:
        raise Refusal(
            tr("一条备注最多 {LONGEST} 个字，现在有 {text} 个。请分两条记。", LONGEST=LONGEST, text=len(text)), field="note"
        )
    desk.session.add(TalkNote(openid=talk.openid, at=desk.now, staff_id=desk.staff.id or 0, text=withheld(text)))


def of(desk: Desk, talk: Conversation, since: datetime | None) -> Sequence[TalkNote]:
    """Return the notes beside a talk, oldest first; since a moment, where one is given."""
    mine = select(TalkNote).where(TalkNote.openid == talk.openid)
    if since is not None:
        mine = mine.where(col(TalkNote.at) >= since)
    return desk.session.exec(mine.order_by(col(TalkNote.id).desc()).limit(SHOWN)).all()[::-1]
