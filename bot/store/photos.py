"""Photos that residents sent, and what they belong to; the files themselves are fetched by bot/photos.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, bindparam, text
from sqlmodel import Field, Session, SQLModel, col, select

from bot.model import moment, public_id
from bot.store.prepared import Prepared
from bot.store.scope import Scoped


class Photo(Scoped, table=True):
    """A photo a resident sent. WeChat keeps it for three days; we fetch it at once."""

    __table_args__ = (
        Index("photo_waiting", "id", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    openid: str
    media_id: str
    taken_at: datetime = moment()
    state: str = "waiting"  # waiting, stored or lost
    attempts: int = 0
    sha256: str = ""  # the stored file's name
    subject: str = Field(default="", index=True)  # what it shows, such as ticket:K3M9…


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
