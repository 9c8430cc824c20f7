"""Photos that residents sent, and what they belong to; the files themselves are fetched by bot/photos.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, select

from bot.model import Photo
from bot.store.prepared import Prepared

_PHOTO = SQLModel.metadata.tables["photo"]
_LOOSE = (
    _PHOTO.c.openid == bindparam("sought"), _PHOTO.c.subject == "", _PHOTO.c.taken_at > bindparam("since", type_=_PHOTO.c.taken_at.type),
)  # fmt: skip
_IS_ANY = Prepared(select(_PHOTO.c.id).where(*_LOOSE))
_ALL = select(Photo).where(*_LOOSE).order_by(col(Photo.id))


def loose(session: Session, openid: str, since: datetime) -> Sequence[Photo]:
    """Return what somebody sent after `since` that belongs to nothing yet, oldest first; most have sent nothing."""
    if _IS_ANY.first(session, sought=openid, since=since) is None:
        return []
    return session.scalars(_ALL, {"sought": openid, "since": since}).all()
