"""Pictures that staff send in talks. They lie in the database, as those of notices do: all replicas send and show them, and a backup has them."""

from datetime import datetime

from sqlmodel import Field, Session, col, select

from bot.model import moment, public_id
from bot.store.scope import Scoped


class SentPicture(Scoped, table=True):
    """A picture, and the delivery that carries it."""

    __tablename__ = "sent_picture"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    openid: str = Field(index=True)
    delivery_id: int = Field(foreign_key="delivery.id", unique=True)
    content: bytes  # a JPEG
    at: datetime = moment()


def keep(session: Session, openid: str, delivery_id: int, content: bytes, now: datetime) -> None:
    """Let a delivery carry a picture."""
    session.add(SentPicture(openid=openid, delivery_id=delivery_id, content=content, at=now))


def of_delivery(session: Session, delivery_id: int) -> bytes | None:
    """Return the picture that a delivery carries; None where it was deleted meanwhile."""
    return session.exec(select(SentPicture.content).where(SentPicture.delivery_id == delivery_id)).first()


def shown(session: Session, openid: str, public_id: str) -> bytes | None:
    """Return a picture of a talk by the id people see."""
    mine = (SentPicture.openid == openid, SentPicture.public_id == public_id)
    return session.exec(select(SentPicture.content).where(*mine)).first()


def ids(session: Session, openid: str) -> dict[int, str]:
    """Return the pictures of a talk: what carries each -> its id in addresses; none of them is read."""
    theirs = select(SentPicture.delivery_id, SentPicture.public_id).where(col(SentPicture.openid) == openid)
    return dict(session.exec(theirs).all())
