"""What residents can ask for: the latest notices, and what they say of something."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.contract import Delivery, DeliveryState, Notice, NoticeState, Reply, Turn, action
from integrations.notices import answers

#: Notices shown in the chat.
LATEST = 5

#: Notices that a question is held against.
HELD = 20


@action("notice.list", replies={"done": "notices untold", "answer": "answer", "none": "untold"}, shows=True)
def latest(turn: Turn, slots: object) -> Reply:
    """Tell the latest notices, or of what is asked for what the one about it says: 停水停到几点."""
    question = turn.said.rpartition("\n")[2]
    if answer := know(turn, question):
        return Reply("answer", answer=answer)
    found = _notices(turn, LATEST)
    untold = answers.untold(question, _said(found))
    if not found:
        return Reply("none", ok=False, untold=untold)
    listed = [f"· {turn.words('{at}', at=notice.published_at)}《{notice.title}》{notice.body}" for notice in found]
    return Reply("done", notices="\n".join(listed), untold=untold)


def know(turn: Turn, question: str) -> str:
    """Answer a question from the notices of the last days: 几点来水; empty where none surely has the answer."""
    found = answers.find(question, _said(_notices(turn, HELD, turn.now - answers.LIVES)))
    if found is None:
        return ""
    at = found.notice.at
    message = turn.context.messages["notice.answer"]
    return turn.words(message, title=found.notice.title, day=f"{at.month}月{at.day}日", words=found.words)


def _said(notices: Sequence[Notice]) -> Sequence[answers.Said]:
    return [
        answers.Said(title=notice.title, body=notice.body, at=notice.published_at) for notice in notices if notice.published_at
    ]


def _notices(turn: Turn, most: int, since: datetime | None = None) -> Sequence[Notice]:
    """Return the latest notices that this resident was sent, or those to everybody for one who is not bound, the newest first."""
    query = select(Notice).where(Notice.state == NoticeState.PUBLISHED)
    if since is not None:
        query = query.where(col(Notice.published_at) > since)
    if turn.resident is not None:
        mine = select(Delivery.notice_id).where(
            Delivery.resident_id == turn.resident.id, Delivery.state != DeliveryState.CANCELLED
        )
        query = query.where(col(Notice.id).in_(mine))
    found = turn.session.exec(query.order_by(col(Notice.published_at).desc()).limit(most)).all()
    return found if turn.resident is not None else [notice for notice in found if notice.audience.get("everyone")]


ALL = (latest,)
