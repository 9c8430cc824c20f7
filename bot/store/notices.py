"""Notices: to whom, when, of what kind, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, delete, func, select, update
from sqlmodel import Field, Session, col

from bot.errors import Refusal
from bot.language.recurrence import Recurrence, cron
from bot.model import json_column, maybe_moment, moment, public_id, word
from bot.store import audiences, events, outbox, parts, policies, texts
from bot.store.audience import Audience
from bot.store.audiences import Chosen, Offered, nobody
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Resident
from bot.store.scope import Scoped
from bot.store.staff import Staff
from bot.translation import tr


class NoticeState(StrEnum):
    """A notice's life: draft → (waiting) → scheduled ⇄ paused → published → (recalled). One with a rule stays scheduled."""

    DRAFT = "draft"
    WAITING = "waiting"  # somebody else has to agree before it goes out
    SCHEDULED = "scheduled"  # due_at says when next; rule says how it recurs
    PAUSED = "paused"
    PUBLISHED = "published"  # deliveries are in the outbox
    MISSED = "missed"  # nothing ran at due_at, and it was too late afterwards
    RECALLED = "recalled"


class NoticeKind(StrEnum):
    """How much a notice may disturb."""

    EVERYDAY = "everyday"  # waits for the morning, and for an hour since the one before
    IMPORTANT = "important"  # must be acknowledged; who does not is reminded once, then visited
    EMERGENCY = "emergency"  # goes at once and before all else, and has an end


#: What people call the kinds.
KIND_WORDS = {NoticeKind.EVERYDAY: tr("日常"), NoticeKind.IMPORTANT: tr("重要"), NoticeKind.EMERGENCY: tr("紧急")}


class NoticeVersion(StrEnum):
    """What a notice is to the one before it."""

    FIRST = "first"
    CORRECTION = "correction"  # something of that was not right
    CANCELLATION = "cancellation"  # that does not take place
    UPDATE = "update"  # how it stands by now
    ALL_CLEAR = "all_clear"  # that is over


#: What people call the versions.
VERSION_WORDS = {
    NoticeVersion.FIRST: "", NoticeVersion.CORRECTION: tr("更正"), NoticeVersion.CANCELLATION: tr("取消"), NoticeVersion.UPDATE: tr("进展"),
    NoticeVersion.ALL_CLEAR: tr("解除"),
}  # fmt: skip


#: Versions that put an end to an emergency.
_ENDINGS = (NoticeVersion.ALL_CLEAR, NoticeVersion.CANCELLATION)


class Notice(Scoped, table=True):
    """What staff tell residents."""

    __table_args__ = (Index("notice_listed", "community_id", "id", "state", "kind", "created_at"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    title: str
    body: str
    place: str = ""
    contact: str = ""  # whom to ask, with a number: 王工 0571-88001200
    signer: str = ""  # in whose name; empty = the community's
    asks: bool = False  # residents are to say that they have it
    kind: NoticeKind = word(NoticeKind, NoticeKind.EVERYDAY)
    until: datetime | None = maybe_moment()  # not sent, and not true any more, after it
    chase_after: int = 1440  # minutes after which who has not acknowledged an important one is reminded
    version: NoticeVersion = word(NoticeVersion, NoticeVersion.FIRST)
    corrects_id: int | None = Field(default=None, foreign_key="notice.id")  # the one before, which this is a version of
    correction: str = ""  # in a sentence, what is different from the one before
    audience: dict[str, Any] = json_column(dict)  # see bot/store/audience.py
    tested_at: datetime | None = maybe_moment()  # its words were looked at in WeChat by who wrote them
    asked_by: int | None = Field(default=None, foreign_key="staff.id")  # who wants it sent, while somebody else has to agree
    approved_by: int | None = Field(default=None, foreign_key="staff.id")
    approved_at: datetime | None = maybe_moment()
    returned: str = ""  # why it was not agreed to
    shown_at: datetime | None = maybe_moment()  # it was read back in the chat, where a yes sends it
    state: NoticeState = word(NoticeState, NoticeState.DRAFT)
    due_at: datetime | None = maybe_moment(index=True)
    rule: dict[str, Any] | None = json_column()  # see recurrence; empty = once
    grace: int = 120  # minutes after its time at which it is still sent; 0 = never late
    planned_at: datetime | None = maybe_moment()  # when due_at was reckoned
    created_at: datetime = moment()
    created_by: int | None = Field(default=None, foreign_key="staff.id")
    published_at: datetime | None = maybe_moment()

    @property
    def is_urgent(self) -> bool:
        """It tells of an emergency; its all-clear goes out like one and tells of none."""
        return self.kind is NoticeKind.EMERGENCY and self.version not in _ENDINGS

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

#: Most people to whom a notice is laid out in the transaction that publishes it.
AT_ONCE = 2 * parts.PART

#: Characters of a title and of a text. The page shows all of it; a message of WeChat as much as fits, with the way there.
TITLE, BODY = 60, 3000

#: Characters of a place, of whom to ask, of in whose name, and of what a correction corrects.
LINE, CORRECTION = 60, 200

#: Pictures of one notice.
PICTURES = 6

#: Furthest end of an emergency, and how long one is looked at as going on.
LONGEST_EMERGENCY = timedelta(days=7)

#: How long after publishing the rows of an emergency may still have to be put before all others.
HURRIES = timedelta(minutes=10)


# ------------------------------------------------------------------ life


def draft(session: Session, title: str, body: str, audience: Audience, now: datetime,
          staff_id: int | None = None) -> Notice:  # fmt: skip
    """Write a notice down without sending it."""
    title, body = words(title, body)
    texts.check(title, body)
    notice = Notice(title=title, body=body, audience=audience.to_json(), created_at=now, created_by=staff_id)
    session.add(notice)
    session.flush()
    return notice


def words(title: str, body: str) -> tuple[str, str]:
    """Return title and body as they are kept; raises Refusal for a notice that says nothing, or more than fits."""
    title, body = (said.replace("\r\n", "\n").strip() for said in (title, body))  # browsers send lines as \r\n
    if not title or not body:
        raise Refusal(
            tr("标题和内容都要写。"), english="title and body must both say something; give --title and --body", field="body" if title else "title",
        )  # fmt: skip
    for name, english, said, limit in (("标题", "title", title, TITLE), ("内容", "body", body, BODY)):
        if len(said) > limit:
            raise Refusal(
                tr(
                    "{name}有 {said} 个字，最多 {limit} 个，请删掉 {said2} 个字。",
                    name=name,
                    said=len(said),
                    limit=limit,
                    said2=len(said) - limit,
                ),
                english=f"--{english} has {len(said)} characters, and a notice takes {limit}; leave out {len(said) - limit}",
                field=english,
            )
    return title, body


def publish(session: Session, notice: Notice, now: datetime, *, undo: timedelta = UNDO, occurrence: datetime | None = None,
            actor: str = "system", offered: Offered = nobody) -> int:  # fmt: skip
    """Put one delivery per person into the outbox, armed until `undo` is over; returns how many people.

    Of more than AT_ONCE people the deliveries follow part by part (`lay_out`). A second call for the same occurrence adds nobody twice.
    """
    audience = Audience.from_json(notice.audience)
    due_at, reason = now + undo, ""
    if notice.kind is NoticeKind.EVERYDAY and (wakes := policies.quiet(policies.of(session)).until(due_at)):
        due_at, reason = wakes, outbox.QUIET
    at = occurrence or notice.published_at or now
    found = parts.split(session, notice.key, at, audience, offered)
    if found.people <= AT_ONCE:
        _lay_out(session, notice, at, [one for part in found.parts for one in part], due_at, now, offered, reason=reason)
    else:
        parts.keep(session, notice.key, at, found, due_at, now, reason=reason)
    notice.published_at = at
    if notice.rule is None:
        notice.state, notice.due_at = NoticeState.PUBLISHED, None
    session.add(notice)
    events.record(session, now, "notice.published", subject=f"notice:{notice.public_id}", actor=actor, people=found.people)
    if notice.version is NoticeVersion.CANCELLATION:
        _call_off(session, notice, now, actor)
    return found.people


def lay_out(session: Session, part: int, now: datetime, offered: Offered = nobody) -> bool:
    """Make deliveries of a part of a large notice; False where somebody else does, or has done."""
    taken = parts.take(session, part)
    if taken is None:
        return False
    notice = session.get_one(Notice, taken.notice_id)
    reason, stopped = taken.reason, RECALLED if taken.is_stopped else ""
    _lay_out(
        session,
        notice,
        taken.occurrence,
        taken.people,
        taken.due_at,
        now,
        offered,
        reason=reason,
        stopped=stopped,
        at=taken.split_at,
    )
    session.delete(taken)
    session.flush()
    return True


def _lay_out(session: Session, notice: Notice, occurrence: datetime, people: Sequence[int], due_at: datetime, now: datetime, offered: Offered, *,
             reason: str, stopped: str = "", at: datetime | None = None) -> None:  # fmt: skip
    """Write a delivery for each of these people. Who has left the audience since it was split up is not told, and so it is written down."""
    audience, alike = Audience.from_json(notice.audience), payload(notice, None, at or now)  # one object: sealed once
    rows: list[tuple[int, str | None, Mapping[str, Any]]]
    if stopped or not texts.has_variables(notice.title, notice.body):
        rows = [(number, openid, alike) for number, openid in audiences.accounts_of(session, audience, offered, people)]
    else:
        chosen = audiences.people_of(session, audience, offered, people)
        rows = [(one.id, one.openid, payload(notice, one, at or now)) for one in chosen]
    outbox.fan_out(session, notice.key, occurrence, rows, due_at, now, reason=reason, cancelled=stopped)
    gone = parts.gone(session, people, [number for number, _, _ in rows])
    outbox.fan_out(session, notice.key, occurrence, [(*one, alike) for one in gone], due_at, now, cancelled=stopped or MOVED)


def unlaid(session: Session, notice: Notice) -> int:
    """Return for how many people of a notice deliveries are still to be made."""
    return sum(parts.unlaid(session, notice.key))


def is_being_laid_out(session: Session, notice: Notice) -> bool:
    """Tell whether deliveries of a notice are still to be made."""
    return unlaid(session, notice) > 0


def title_of(notice: Notice, title: str) -> str:
    """Return a notice's title as a message of fields shows it, which says nothing else: that it is urgent, it must say itself."""
    return f"紧急：{title}" if notice.is_urgent and "紧急" not in title else title


def text_of(notice: Notice, title: str, body: str) -> str:
    """Return a notice as one text of the chat, with its title and body as one reader has them; a version says what is different."""
    head = "【紧急】" if notice.is_urgent else ""
    is_new = notice.correction and notice.correction not in body
    different = f"{VERSION_WORDS[notice.version]}：{notice.correction}\n" if is_new else ""
    return f"{head}【{title}】\n{different}{body}"


def payload(notice: Notice, reader: Chosen | None, now: datetime) -> dict[str, Any]:
    """Return what the outbox keeps of a notice for one reader: their own words of it, and what decides when it goes.

    Without a reader they are the words of all, for a notice that says the same to everybody.
    """
    title, body, told = notice.title, notice.body, {}
    if reader is not None and texts.has_variables(title, body):
        told = texts.values(reader.name, reader.flat, now)
        title, body = texts.fill(title, told), texts.fill(body, told)
    until = notice.until.isoformat() if notice.until else ""
    return {
        "title": title_of(notice, title), "text": text_of(notice, title, body), "url": "", "notice": notice.public_id, "asks": notice.asks, "kind": notice.kind.value,
        "until": until, "told": told,
    }  # fmt: skip


def _call_off(session: Session, notice: Notice, now: datetime, actor: str) -> None:
    """Let what a cancellation cancels go out no more, nor what that was a version of."""
    before = notice
    while before.corrects_id and (wrong := session.get(Notice, before.corrects_id)) is not None:
        if wrong.state is not NoticeState.RECALLED:
            recall(session, wrong, now, actor)
        before = wrong


def hurry(session: Session, now: datetime) -> None:
    """Put what is left of emergencies before all that waits, once they can be undone no more."""
    lately = select(col(Notice.id)).where(col(Notice.kind) == NoticeKind.EMERGENCY, col(Notice.published_at) > now - HURRIES)
    fresh = list(session.execute(lately).scalars())
    if not fresh:
        return
    due = (col(Delivery.notice_id).in_(fresh), col(Delivery.state) == DeliveryState.ARMED)
    behind = (col(Delivery.due_at) <= now, col(Delivery.due_at) > now - outbox.AHEAD)
    session.execute(
        update(Delivery).where(*due, *behind).values(due_at=now - outbox.AHEAD).execution_options(synchronize_session=False)
    )


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


#: Why a notice is not sent to somebody: they have left its people since, or it was recalled.
MOVED, RECALLED = tr("已不住在通知的那一户"), tr("已撤回")


def cancel(session: Session, notice: Notice, now: datetime) -> int:
    """Cancel what has not left; returns for how many people."""
    unlaid = parts.stop(session, notice.key)  # first: a part that is being laid out has deliveries then
    stopped = session.execute(
        update(Delivery)
        .where(col(Delivery.notice_id) == notice.id, col(Delivery.state).in_([DeliveryState.ARMED, DeliveryState.QUEUED]))
        .values(state=DeliveryState.CANCELLED, reason=RECALLED, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return unlaid + int(getattr(stopped, "rowcount", 0))


def keep_back(session: Session, resident: Resident, now: datetime, offered: Offered = nobody) -> int:
    """Cancel what waits for somebody who belongs to its people no more, as after a move; returns how many deliveries that were."""
    waits = (col(Delivery.resident_id) == resident.id, col(Delivery.state).in_([DeliveryState.ARMED, DeliveryState.QUEUED]))
    rows = session.execute(
        select(col(Delivery.id), Notice).join(Notice, col(Notice.id) == col(Delivery.notice_id)).where(*waits)
    ).all()
    gone = [number for number, notice in rows if not _is_for(session, notice, resident, offered)]
    session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(gone))
        .values(state=DeliveryState.CANCELLED, reason=MOVED, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return len(gone)


def _is_for(session: Session, notice: Notice, resident: Resident, offered: Offered) -> bool:
    theirs = audiences.chosen(session, Audience.from_json(notice.audience), offered).where(col(Resident.id) == resident.id)
    return session.execute(theirs.limit(1)).first() is not None


def listed(session: Session, limit: int = 100) -> Sequence[Notice]:
    """Return the notices, the newest first."""
    query = select(Notice).order_by(col(Notice.id).desc()).limit(limit)
    return session.execute(query).scalars().all()


def by_public_id(session: Session, public_id: str) -> Notice | None:
    """Return a notice by the id people see."""
    return session.execute(select(Notice).where(col(Notice.public_id) == public_id)).scalars().first()


def progress(session: Session, notice: Notice) -> dict[DeliveryState, int]:
    """Return of how many people the deliveries of all occurrences are in each state, those to be laid out among them."""
    counts, (armed, recalled) = outbox.counts(session, notice.key), parts.unlaid(session, notice.key)
    more = {DeliveryState.ARMED: armed, DeliveryState.CANCELLED: recalled}
    return {state: number + more.get(state, 0) for state, number in counts.items()}


# ------------------------------------------------------------------ what its page shows


def details(notice: Notice, *, place: str, contact: str, signer: str, asks: bool) -> None:
    """Write down what stands beside a notice's text; raises Refusal for what is too long."""
    for field, name, said in (("place", tr("地点"), place), ("contact", tr("联系人"), contact), ("signer", tr("落款"), signer)):
        if len(said.strip()) > LINE:
            raise Refusal(
                tr("{name}有 {strip} 个字，最多 {LINE} 个。", name=name, strip=len(said.strip()), LINE=LINE), field=field
            )
    notice.place, notice.contact, notice.signer, notice.asks = place.strip(), contact.strip(), signer.strip(), asks


def disturb(notice: Notice, kind: NoticeKind, until: datetime | None, chase_after: int, now: datetime) -> None:
    """Settle how much a notice may disturb; raises Refusal for an emergency without an end, and for an end that is over."""
    if kind is NoticeKind.EMERGENCY and until is None and notice.version not in _ENDINGS:
        raise Refusal(
            tr("紧急通知要写“到什么时候为止”，过了这个时间就不再发，通知页也会说已经过了。"),
            english="an emergency needs an end; give --until",
            field="until",
        )
    if until is not None and until <= now:
        raise Refusal(tr("“到什么时候为止”要在现在之后。"), english="--until is over; name a time to come", field="until")
    if kind is NoticeKind.EMERGENCY and until is not None and until > now + LONGEST_EMERGENCY:
        raise Refusal(
            tr("紧急通知最多管 {days} 天。还没解除，到时再发一条进展。", days=LONGEST_EMERGENCY.days),
            english=f"an emergency lasts {LONGEST_EMERGENCY.days} days at most; send an update then",
            field="until",
        )
    notice.kind, notice.until, notice.chase_after = kind, until, chase_after
    notice.asks = notice.asks or kind is NoticeKind.IMPORTANT


def follow(notice: Notice, before: Notice, version: NoticeVersion, said: str) -> None:
    """Let a notice be a version of one that was published; raises Refusal where it is not said what is different."""
    said = said.strip()
    if not said or len(said) > CORRECTION:
        asked = {
            NoticeVersion.CORRECTION: tr("更正了什么，最多 {most} 个字，例如：停水时间由 9 点改为 14 点。", most=CORRECTION),
            NoticeVersion.CANCELLATION: tr("为什么取消，最多 {most} 个字，例如：水厂改期，明天不停水了。", most=CORRECTION),
            NoticeVersion.UPDATE: tr("现在怎么样了，最多 {most} 个字，例如：抢修中，预计 18 点恢复。", most=CORRECTION),
            NoticeVersion.ALL_CLEAR: tr("解除了什么，最多 {most} 个字，例如：燃气已修好，可以用了。", most=CORRECTION),
        }
        raise Refusal(tr("请写明{what}", what=asked[version]), field="correction")
    if before.published_at is None or before.key == notice.id:
        raise Refusal(tr("只能更正、取消已经发布的通知。"))
    if version in {NoticeVersion.UPDATE, NoticeVersion.ALL_CLEAR} and before.kind is not NoticeKind.EMERGENCY:
        raise Refusal(tr("只有紧急通知才发进展和解除。"))
    notice.corrects_id, notice.version, notice.correction = before.key, version, said


def versions_of(session: Session, notice: Notice) -> Sequence[Notice]:
    """Return the published versions of a notice that hold, and the versions of those, the oldest first.

    The all-clear of an update is one of the emergency, too. One that was taken back corrects and cancels nothing, but what corrects it does.
    """
    found, asked = list[Notice](), [notice.key]
    while asked:
        later = select(Notice).where(col(Notice.corrects_id).in_(asked), col(Notice.published_at).is_not(None))
        following = session.execute(later.order_by(col(Notice.id))).scalars().all()
        found += following
        asked = [one.key for one in following]
    return sorted((one for one in found if one.state is not NoticeState.RECALLED), key=lambda one: one.key)


def chain_of(session: Session, notice: Notice) -> Sequence[Notice]:
    """Return a notice with all that it is a version of and all that are versions of it, the oldest first."""
    first, seen = notice, {notice.key}
    while first.corrects_id and first.corrects_id not in seen and (before := session.get(Notice, first.corrects_id)) is not None:
        first = before
        seen.add(first.key)
    found = {one.key: one for one in (first, *versions_of(session, first), notice)}
    return [found[key] for key in sorted(found)]


def version_of(session: Session, notice: Notice) -> Notice | None:
    """Return the newest version of a notice that holds."""
    return next(reversed(versions_of(session, notice)), None)


def copy(session: Session, old: Notice, now: datetime, staff_id: int | None = None) -> Notice:
    """Write a new draft with the words, pictures and people of an old notice."""
    new = Notice(
        title=old.title, body=old.body, place=old.place, contact=old.contact, signer=old.signer, asks=old.asks, kind=old.kind,
        chase_after=old.chase_after, audience=old.audience, created_at=now, created_by=staff_id,
    )  # fmt: skip
    session.add(new)
    session.flush()
    for one in (
        session.execute(select(NoticePicture).where(col(NoticePicture.notice_id) == old.key).order_by(col(NoticePicture.id)))
        .scalars()
        .all()
    ):
        session.add(NoticePicture(notice_id=new.key, content=one.content))
    session.flush()
    return new


def test_again(notice: Notice) -> None:
    """Let a notice whose words were changed count as looked at by nobody."""
    notice.tested_at = None


# ------------------------------------------------------------------ somebody else agrees


def ask(session: Session, notice: Notice, now: datetime, staff_id: int | None, actor: str, people: int) -> None:
    """Let a notice wait until somebody else agrees; when it is to go out it keeps."""
    notice.state, notice.asked_by, notice.approved_by, notice.approved_at, notice.returned = (
        NoticeState.WAITING,
        staff_id,
        None,
        None,
        "",
    )
    session.add(notice)
    events.record(session, now, "notice.asked", subject=f"notice:{notice.public_id}", actor=actor, people=people)


def agree(session: Session, notice: Notice, now: datetime, staff_id: int, person: str, actor: str) -> None:
    """Note that somebody else agrees; raises Refusal for who wanted it sent, or wrote it, and for what does not wait."""
    _require_waiting(notice)
    if person in _authors(session, notice):
        raise Refusal(
            tr("您自己写的或要发的通知，要请另一位同事同意。"),
            english="who wrote a notice cannot agree to it; somebody else has to",
        )
    notice.approved_by, notice.approved_at = staff_id, now
    session.add(notice)
    events.record(session, now, "notice.approved", subject=f"notice:{notice.public_id}", actor=actor)


def give_back(session: Session, notice: Notice, why: str, now: datetime, actor: str) -> None:
    """Make a draft again of a notice that is not agreed to, or was asked for too early."""
    _require_waiting(notice)
    notice.state, notice.returned = NoticeState.DRAFT, why.strip()[:CORRECTION]
    session.add(notice)
    events.record(session, now, "notice.returned", subject=f"notice:{notice.public_id}", actor=actor)


def _require_waiting(notice: Notice) -> None:
    if notice.state is not NoticeState.WAITING:
        raise Refusal(tr("这条通知现在没有在等人同意。请刷新页面看最新状态。"), english="this notice waits for nobody's yes")


def _authors(session: Session, notice: Notice) -> set[str]:
    asked = [one for one in (notice.asked_by, notice.created_by) if one is not None]
    return set(session.execute(select(col(Staff.person)).where(col(Staff.id).in_(asked))).scalars())


# ------------------------------------------------------------------ pictures


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
        raise Refusal(tr("一条通知最多放 {PICTURES} 张图片，请先去掉一张。", PICTURES=PICTURES))
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
