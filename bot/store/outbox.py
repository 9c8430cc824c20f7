"""Deliveries: queue, outbox and record in one table."""

from datetime import datetime

from sqlmodel import Session

from bot.model import Delivery


def queue(session: Session, openid: str, text: str, now: datetime, *, url: str = "") -> Delivery:
    """Queue one text for one openid, due at once, in the transaction of whatever it tells about."""
    delivery = Delivery(openid=openid, payload={"text": text, "url": url}, due_at=now, updated_at=now)
    session.add(delivery)
    session.flush()
    return delivery


def receive(session: Session, msgid: str, status: str, now: datetime) -> None:
    """Take WeChat's report."""
