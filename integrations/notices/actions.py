"""What residents can ask for: the latest notices."""

from sqlmodel import col, select

from bot.contract import Delivery, DeliveryState, Notice, NoticeState, Reply, Turn, action

#: Notices shown in the chat.
LATEST = 5


@action("notice.list", replies={"done": "notices", "none": ""})
def latest(turn: Turn, slots: object) -> Reply:
    """Tell the latest notices: those sent to this resident, or those to everybody for one who is not bound."""
    query = select(Notice).where(Notice.state == NoticeState.PUBLISHED)
    if turn.resident is not None:
        mine = select(Delivery.notice_id).where(
            Delivery.resident_id == turn.resident.id, Delivery.state != DeliveryState.CANCELLED
        )
        query = query.where(col(Notice.id).in_(mine))
    found = turn.session.exec(query.order_by(col(Notice.published_at).desc()).limit(LATEST)).all()
    if turn.resident is None:
        found = [notice for notice in found if notice.audience.get("everyone")]
    if not found:
        return Reply("none", ok=False)
    listed = [f"· {turn.words('{at}', at=notice.published_at)}《{notice.title}》{notice.body}" for notice in found]
    return Reply("done", notices="\n".join(listed))


ALL = (latest,)
