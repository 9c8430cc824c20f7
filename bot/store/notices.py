"""Notices: to whom, when, and what became of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, or_, select, update
from sqlmodel import Field, Session, col

from bot.errors import Refusal
from bot.language.numbers import value_of
from bot.language.recurrence import Recurrence, cron
from bot.model import json_column, maybe_moment, moment, public_id, word
from bot.store import events, outbox
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Household, Residence, Resident, lives_there
from bot.store.scope import Scoped


class NoticeState(StrEnum):
    """A notice's life: draft → scheduled ⇄ paused → published → (recalled). One with a rule stays scheduled."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # due_at says when next; rule says how it recurs
    PAUSED = "paused"
    PUBLISHED = "published"  # deliveries are in the outbox
    MISSED = "missed"  # nothing ran at due_at, and it was too late afterwards
    RECALLED = "recalled"


class Notice(Scoped, table=True):
    """What staff tell residents."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    title: str
    body: str
    place: str = ""
    contact: str = ""  # whom to ask, with a number: 王工 0571-88001200
    signer: str = ""  # in whose name; empty = the community's
    asks: bool = False  # residents are to say that they have it
    corrects_id: int | None = Field(default=None, foreign_key="notice.id")  # the one that was not right
    correction: str = ""  # what of it was not right
    audience: dict[str, Any] = json_column(dict)  # see bot/store/notices.py Audience
    state: NoticeState = word(NoticeState, NoticeState.DRAFT)
    due_at: datetime | None = maybe_moment(index=True)
    rule: dict[str, Any] | None = json_column()  # see recurrence; empty = once
    grace: int = 120  # minutes after its time at which it is still sent; 0 = never late
    planned_at: datetime | None = maybe_moment()  # when due_at was reckoned
    created_at: datetime = moment()
    created_by: int | None = Field(default=None, foreign_key="staff.id")
    published_at: datetime | None = maybe_moment()

    @property
    def recurrence(self) -> Recurrence | None:
        """The rule it recurs by. Rules of before are kept as a line of cron."""
        if self.rule is None:
            return None
        return cron.kept(self.rule["cron"]) if "cron" in self.rule else Recurrence.from_json(self.rule)

    @property
    def key(self) -> int:
        """The id of one that is on disk."""
        if self.id is None:
            raise ValueError("this notice is not stored yet")
        return self.id


class NoticePicture(Scoped, table=True):
    """A picture of a notice. It lies in the database: all replicas show it, and a backup has it."""

    __tablename__ = "notice_picture"

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    content: bytes  # a JPEG drawn anew


#: Time to think again after publishing; nothing has left before.
UNDO = timedelta(seconds=10)

#: Parts of an audience; more are a slip, or want 全体.
PARTS = 100

#: Characters of one part; reading 栋 repeated takes the square of its length.
LONGEST_PART = 40

#: Characters of a title and of a text; both together fit one message of WeChat.
TITLE, BODY = 60, 600

#: Characters of a place, of whom to ask, of in whose name, and of what a correction corrects.
LINE, CORRECTION = 60, 200

#: Pictures of one notice.
PICTURES = 6

EVERYONE = ("全体", "所有人", "全小区", "全部")

_FLAT = re.compile(r"(\w+?)\s*(?:栋|幢|号楼|#)\s*(?:(\w+?)\s*单元)?\s*(\d{3,4})?(?:室)?")


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom a notice is for: everybody, or the union of the parts."""

    everyone: bool = False
    buildings: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    flats: tuple[tuple[str, str, str], ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Audience":
        """Read 全体, or parts such as 3栋, 3栋2单元, 3栋2单元501, 独居老人, separated by commas or spaces."""
        parts = list(dict.fromkeys(part for part in re.split(r"[,，、;；\s]+", text.strip()) if part))
        if not parts:
            raise Refusal(
                "请写明发给谁，例如：全体、3栋、3栋2单元、3栋2单元501、独居老人。",
                english="nobody is named; write 全体, 3栋, 3栋2单元, 3栋2单元501 or a tag",
            )
        if len(parts) > PARTS:
            raise Refusal(
                f"一次最多写 {PARTS} 个楼栋、单元、户或标签，现在有 {len(parts)} 个。请分几次发，或发给全体。",
                english=f"{len(parts)} parts are named, and a notice takes {PARTS}; send several, or one to 全体",
            )
        if too_long := next((part for part in parts if len(part) > LONGEST_PART), ""):
            raise Refusal(
                f"“{too_long[:LONGEST_PART]}…”太长了，一处最多 {LONGEST_PART} 个字。几处之间请用顿号隔开。",
                english=f"{too_long[:LONGEST_PART]!r}… has {len(too_long)} characters, and a part {LONGEST_PART}; put commas between parts",
            )
        if any(part in EVERYONE for part in parts):
            return cls(everyone=True)
        buildings, units, flats, tags = [], [], [], []
        for part in parts:
            found = _FLAT.fullmatch(part)
            if found is None:
                tags.append(part)
                continue
            building, unit, room = (_number(value) for value in found.groups())
            if room:
                flats.append((building, unit, room))
            elif unit:
                units.append((building, unit))
            else:
                buildings.append(building)
        return cls(buildings=tuple(buildings), units=tuple(units), flats=tuple(flats), tags=tuple(tags))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Audience":
        """Read what to_json wrote."""
        return cls(
            everyone=bool(kept.get("everyone")), buildings=tuple(kept.get("buildings", ())),
            units=tuple((b, u) for b, u in kept.get("units", ())), flats=tuple((b, u, r) for b, u, r in kept.get("flats", ())),
            tags=tuple(kept.get("tags", ())),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Return the audience as JSON."""
        if self.everyone:
            return {"everyone": True}
        return {
            "buildings": list(self.buildings), "units": [list(unit) for unit in self.units],
            "flats": [list(flat) for flat in self.flats], "tags": list(self.tags),
        }  # fmt: skip

    @property
    def label(self) -> str:
        """The audience as staff write it."""
        if self.everyone:
            return "全体"
        flats = [f"{b}栋{f'{u}单元' if u else ''}{r}" for b, u, r in self.flats]
        return "、".join([*(f"{b}栋" for b in self.buildings), *(f"{b}栋{u}单元" for b, u in self.units), *flats, *self.tags])


def _number(said: str | None) -> str:
    if not said:
        return ""
    try:
        return str(value_of(said))
    except ValueError:
        return said.upper()


#: Who belongs to a tag that a service offers, as ids of residents; None for a tag that none offers.
Offered = Callable[[str], Sequence[int] | None]


def nobody(tag: str) -> None:
    """Offer no tags: only those of the roster hold."""


def people_of(session: Session, audience: Audience, offered: Offered = nobody) -> list[tuple[int, str | None]]:
    """Return the residents of an audience as (id, openid); the same query counts and sends."""
    query = (
        select(col(Resident.id), col(Resident.openid), col(Resident.tags))
        .join(Residence, col(Residence.resident_id) == col(Resident.id))
        .join(Household, col(Household.id) == col(Residence.household_id))
        .where(lives_there())
        .order_by(col(Resident.id))
    )
    if audience.everyone:
        return list({row.id: (row.id, row.openid) for row in session.execute(query)}.values())
    if not audience.tags:
        return list({row.id: (row.id, row.openid) for row in session.execute(query.where(_lives_in(audience)))}.values())
    wanted = set(audience.tags)
    chosen = {resident for tag in audience.tags for resident in offered(tag) or ()}
    flats = query.add_columns(_lives_in(audience).label("lives"))
    meant = (row for row in session.execute(flats) if row.lives or row.id in chosen or wanted & set(row.tags or ()))
    return list({row.id: (row.id, row.openid) for row in meant}.values())


def _lives_in(audience: Audience) -> ColumnElement[bool]:
    building, unit, room = col(Household.building), col(Household.unit), col(Household.room)
    conditions: list[ColumnElement[bool]] = [building.in_(audience.buildings)] if audience.buildings else []
    conditions += [(building == b) & (unit == u) for b, u in audience.units]
    conditions += [(building == b) & (room == r) & ((unit == u) if u else True) for b, u, r in audience.flats]
    return or_(*conditions) if conditions else false()


def unknown_parts(session: Session, audience: Audience, offered: Offered) -> tuple[str, ...]:
    """Return the parts that nobody belongs to: most often a slip of the pen. Looks at each flat once.

    A tag that a service offers is none, even while nobody belongs to it.
    """
    if audience.everyone:
        return ()
    told = (col(Resident.tags),) if audience.tags else ()
    rows = session.execute(
        select(col(Household.building), col(Household.unit), col(Household.room), *told)
        .select_from(Household)
        .join(Residence, col(Residence.household_id) == col(Household.id))
        .join(Resident, col(Resident.id) == col(Residence.resident_id))
        .where(lives_there())
    ).all()
    buildings, units = {row.building for row in rows}, {(row.building, row.unit) for row in rows}
    flats = {(row.building, unit, row.room) for row in rows for unit in (row.unit, "")}
    tags = {tag for row in rows for tag in row.tags or ()} if audience.tags else set[str]()
    missing = replace(
        audience,
        buildings=tuple(b for b in audience.buildings if b not in buildings),
        units=tuple(u for u in audience.units if u not in units),
        flats=tuple(f for f in audience.flats if f not in flats),
        tags=tuple(t for t in audience.tags if t not in tags and offered(t) is None),
    )
    return () if not missing.label else tuple(missing.label.split("、"))


# ------------------------------------------------------------------ life


def draft(session: Session, title: str, body: str, audience: Audience, now: datetime,
          staff_id: int | None = None) -> Notice:  # fmt: skip
    """Write a notice down without sending it."""
    title, body = words(title, body)
    notice = Notice(title=title, body=body, audience=audience.to_json(), created_at=now, created_by=staff_id)
    session.add(notice)
    session.flush()
    return notice


def words(title: str, body: str) -> tuple[str, str]:
    """Return title and body as they are kept; raises Refusal for a notice that says nothing, or more than fits."""
    title, body = (said.replace("\r\n", "\n").strip() for said in (title, body))  # browsers send lines as \r\n
    if not title or not body:
        raise Refusal("标题和内容都要写。", english="title and body must both say something; give --title and --body")
    for name, english, said, limit in (("标题", "title", title, TITLE), ("内容", "body", body, BODY)):
        if len(said) > limit:
            raise Refusal(
                f"{name}有 {len(said)} 个字，最多 {limit} 个，请删掉 {len(said) - limit} 个字。",
                english=f"--{english} has {len(said)} characters, and a notice takes {limit}; leave out {len(said) - limit}",
            )
    return title, body


def publish(session: Session, notice: Notice, now: datetime, *, undo: timedelta = UNDO, occurrence: datetime | None = None,
            actor: str = "system", offered: Offered = nobody) -> int:  # fmt: skip
    """Put one delivery per person into the outbox, armed until `undo` is over; returns how many people.

    A second call for the same occurrence adds nobody twice.
    """
    people = people_of(session, Audience.from_json(notice.audience), offered)
    payload = {
        "title": notice.title,
        "text": f"【{notice.title}】\n{notice.body}",
        "url": "",
        "notice": notice.public_id,
        "asks": notice.asks,
    }
    at = occurrence or notice.published_at or now
    added = outbox.fan_out(session, notice.id or 0, at, people, payload, now + undo, now)
    notice.published_at = at
    if notice.rule is None:
        notice.state = NoticeState.PUBLISHED
    session.add(notice)
    events.record(session, now, "notice.published", subject=f"notice:{notice.public_id}", actor=actor, people=added)
    return added


def recall(session: Session, notice: Notice, now: datetime, actor: str = "system") -> int:
    """Stop a notice: what has not left is cancelled, what has left stays told. Returns how many were stopped.

    A recurring one keeps its rule, so that it can be seen and `resume` starts it again.
    """
    number = cancel(session, notice, now)
    notice.state, notice.due_at = NoticeState.RECALLED, None
    session.add(notice)
    kind = "notice.stopped" if notice.rule else "notice.recalled"
    events.record(session, now, kind, subject=f"notice:{notice.public_id}", actor=actor, stopped=number)
    return number


def cancel(session: Session, notice: Notice, now: datetime) -> int:
    """Cancel what has not left; returns how many deliveries that were."""
    stopped = session.execute(
        update(Delivery)
        .where(col(Delivery.notice_id) == notice.id, col(Delivery.state).in_([DeliveryState.ARMED, DeliveryState.QUEUED]))
        .values(state=DeliveryState.CANCELLED, reason="已撤回", updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(stopped, "rowcount", 0))


def listed(session: Session, limit: int = 100) -> Sequence[Notice]:
    """Return the notices, the newest first."""
    query = select(Notice).order_by(col(Notice.id).desc()).limit(limit)
    return session.execute(query).scalars().all()


def by_public_id(session: Session, public_id: str) -> Notice | None:
    """Return a notice by the id people see."""
    return session.execute(select(Notice).where(col(Notice.public_id) == public_id)).scalars().first()


def progress(session: Session, notice: Notice) -> dict[DeliveryState, int]:
    """Return how many deliveries of all occurrences are in each state."""
    return outbox.counts(session, notice.id or 0)


# ------------------------------------------------------------------ what its page shows


def details(notice: Notice, *, place: str, contact: str, signer: str, asks: bool) -> None:
    """Write down what stands beside a notice's text; raises Refusal for what is too long."""
    for name, said in (("地点", place), ("联系人", contact), ("落款", signer)):
        if len(said.strip()) > LINE:
            raise Refusal(f"{name}有 {len(said.strip())} 个字，最多 {LINE} 个。")
    notice.place, notice.contact, notice.signer, notice.asks = place.strip(), contact.strip(), signer.strip(), asks


def correct(notice: Notice, wrong: Notice, said: str) -> None:
    """Let a notice correct one that was published; raises Refusal where it is not said what was wrong."""
    said = said.strip()
    if not said or len(said) > CORRECTION:
        raise Refusal(f"请写明更正了什么，最多 {CORRECTION} 个字，例如：停水时间由 9 点改为 14 点。")
    if wrong.published_at is None or wrong.key == notice.id:
        raise Refusal("只能更正已经发布的通知。")
    notice.corrects_id, notice.correction = wrong.key, said


def correction_of(session: Session, notice: Notice) -> Notice | None:
    """Return the newest published notice that corrects this one."""
    later = select(Notice).where(col(Notice.corrects_id) == notice.key, col(Notice.published_at).is_not(None))
    return session.execute(later.order_by(col(Notice.id).desc()).limit(1)).scalars().first()


def pictures(session: Session, notice: Notice) -> Sequence[int]:
    """Return the ids of a notice's pictures, in the order in which they were added."""
    query = select(col(NoticePicture.id)).where(col(NoticePicture.notice_id) == notice.key).order_by(col(NoticePicture.id))
    return [int(one) for one in session.execute(query).scalars() if one is not None]


def picture(session: Session, notice: Notice, identity: int) -> bytes | None:
    """Return a picture of this notice, a JPEG."""
    mine = select(NoticePicture).where(col(NoticePicture.id) == identity, col(NoticePicture.notice_id) == notice.key)
    found = session.execute(mine).scalars().first()
    return found.content if found else None


def add_picture(session: Session, notice: Notice, content: bytes) -> None:
    """Add a picture; raises Refusal where there are PICTURES already."""
    query = select(func.count()).select_from(NoticePicture).where(col(NoticePicture.notice_id) == notice.key)
    if int(session.execute(query).scalar_one()) >= PICTURES:
        raise Refusal(f"一条通知最多放 {PICTURES} 张图片，请先去掉一张。")
    session.add(NoticePicture(notice_id=notice.key, content=content))
    session.flush()


def drop_picture(session: Session, notice: Notice, identity: int) -> None:
    """Take a picture out of a notice."""
    mine = (col(NoticePicture.id) == identity, col(NoticePicture.notice_id) == notice.key)
    session.execute(delete(NoticePicture).where(*mine))


def discard(session: Session, notice: Notice) -> None:
    """Throw a draft away, with its pictures."""
    session.execute(delete(NoticePicture).where(col(NoticePicture.notice_id) == notice.key))
    session.delete(notice)
