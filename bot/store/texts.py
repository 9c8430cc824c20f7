"""Texts of notices: what each reader finds in the places of 称呼, 房号 and 日期, and texts that are kept to be written from again."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Field, Session, UniqueConstraint, col

from bot.errors import Refusal
from bot.model import SHANGHAI, moment, public_id
from bot.store.scope import Scoped
from bot.translation import tr

#: What may stand in braces, with what it becomes.
VARIABLES: Mapping[str, str] = {"称呼": tr("收信人的名字"), "房号": tr("收信人的住址"), "日期": tr("发出的日期")}

#: Said to who has no name on the roster.
NAMELESS = "邻居"

#: Characters of a kept text's name.
NAME = 20

#: The fields in which the words of a notice are written, in the order in which they are given.
_FIELDS = ("title", "body")

_BRACES = re.compile(r"[{｛]([^{}｛｝\n]{0,20})[}｝]")

#: A place to be filled in, as in the texts that ship and in those that offices write.
_OPEN = re.compile(r"[＿_]{2,}")


class NoticeText(Scoped, table=True):
    """A text to write notices from."""

    __tablename__ = "notice_text"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str
    title: str
    body: str
    created_at: datetime = moment()


def has_variables(*texts: str) -> bool:
    """Tell whether each reader finds something else in these texts."""
    return any(_BRACES.search(text) for text in texts)


def check(*texts: str) -> None:
    """Raise Refusal for a title and a body with a variable that there is none of."""
    for field, text in zip(_FIELDS, texts, strict=True):
        for match in _BRACES.finditer(text):
            if match[1].strip() not in VARIABLES:
                known = "、".join(f"{{{name}}}" for name in VARIABLES)
                raise Refusal(
                    tr("“{match}”没有这个变量，居民会看到这几个字。花括号里只能写：{known}。", match=match[0], known=known),
                    english=f"there is no variable {match[0]}; known are {known}",
                    field=field,
                )


def require_filled(*texts: str) -> None:
    """Raise Refusal for a title and a body with a place that was left open: 因＿＿停水."""
    for field, text in zip(_FIELDS, texts, strict=True):
        if match := _OPEN.search(text):
            near = text[max(0, match.start() - 6) : match.end() + 6].replace("\n", " ").strip()
            raise Refusal(
                f"还有没填的空：“{near}”，居民会原样看到。请填上，或者删掉那半句；没写完可以先存草稿。",
                english=f"a blank is left open: {near!r}; fill it in or leave it out",
                field=field,
            )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text as one reader finds it; what is not known stays as it is written."""
    return _BRACES.sub(lambda match: values.get(match[1].strip(), match[0]), text)


def values(name: str, flat: str, at: datetime) -> dict[str, str]:
    """Return what one reader finds in the places of the variables."""
    day = at.astimezone(SHANGHAI)
    return {"称呼": name or NAMELESS, "房号": flat, "日期": f"{day.month}月{day.day}日"}


# ------------------------------------------------------------------ kept


def kept(session: Session) -> Sequence[NoticeText]:
    """Return the kept texts by name."""
    return session.execute(select(NoticeText).order_by(col(NoticeText.name))).scalars().all()


def by_key(session: Session, key: str) -> NoticeText | None:
    """Return a kept text by its public id."""
    return session.execute(select(NoticeText).where(col(NoticeText.public_id) == key)).scalars().first()


def keep(session: Session, name: str, title: str, body: str, now: datetime) -> NoticeText:
    """Keep a text under a name, in the place of what had the name before; raises Refusal."""
    name = " ".join(name.split())
    if not name or len(name) > NAME:
        raise Refusal(tr("请给模板起个名字，最多 {NAME} 个字，例如：停水。", NAME=NAME), field="name")
    row = next((one for one in kept(session) if one.name == name), None)
    row = row or NoticeText(name=name, title="", body="", created_at=now)
    row.title, row.body = title, body
    session.add(row)
    session.flush()
    return row


def forget(session: Session, row: NoticeText) -> None:
    """Forget a kept text."""
    session.delete(row)
