"""The nouns all parts share, as tables.

Times are aware; the database keeps UTC and gives Asia/Shanghai back. Public ids are random, so that nobody can
guess a neighbour's.
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Column, DateTime, Dialect, Enum, Index, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

#: Days, weeks and opening hours are those of the community, whatever the server's clock says.
SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")

#: Crockford's base 32: no I, L, O, U, so that an id can be read out over the phone.
PUBLIC_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def public_id() -> str:
    """Return a random id of 10 characters (50 bits) that people may see."""
    return "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(10))


class Moment(TypeDecorator[datetime]):
    """An aware datetime: UTC in the database, Asia/Shanghai in Python. Refuses naive ones."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """PostgreSQL keeps the zone itself; SQLite gets UTC without one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database kept into a datetime of Asia/Shanghai."""
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(SHANGHAI)


def moment(*, index: bool = False) -> Any:
    """Return a column for a datetime that must be there."""
    return Field(sa_type=Moment, index=index, nullable=False)


def maybe_moment(*, index: bool = False) -> Any:
    """Return a column for a datetime that may be missing."""
    return Field(default=None, sa_type=Moment, index=index, nullable=True)


def json_column(default: Any = None) -> Any:
    """Return a JSON column; `default` is a factory such as `dict` or `list`, or nothing for NULL.

    A changed value must be assigned anew: changes inside it are not seen.
    """
    if default is None:
        return Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    return Field(default_factory=default, sa_column=Column(JSON, nullable=False))


def word(kind: type[StrEnum], default: StrEnum) -> Any:
    """Return a column for one of an enum's values, kept as the plain word and checked by the database."""
    name = f"{kind.__name__.lower()}_known"
    values = Enum(
        kind,
        values_callable=lambda members: [m.value for m in members],
        native_enum=False,
        create_constraint=True,
        length=16,
        name=name,
    )
    return Field(default=default, sa_column=Column(values, nullable=False))


class Community(SQLModel, table=True):
    """A housing community with one WeChat account."""

    id: int | None = Field(default=None, primary_key=True)
    appid: str = Field(unique=True)
    name: str
    phone: str = ""  # the property office's, told to residents
    address: str = ""


class Household(SQLModel, table=True):
    """One flat: what notices are addressed to and residents bind to."""

    __table_args__ = (UniqueConstraint("community_id", "building", "unit", "room"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    building: str  # "3"
    unit: str = ""  # "2"; empty where buildings have no units
    room: str  # "501"

    @property
    def label(self) -> str:
        """The flat as residents write it: 3栋2单元501."""
        unit = f"{self.unit}单元" if self.unit else ""
        return f"{self.building}栋{unit}{self.room}"


class Resident(SQLModel, table=True):
    """A person of a household, from the roster or bound in the chat. Bound means: `openid` is known."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    name: str = ""  # empty for somebody who bound without being on the roster
    phone: str = ""
    role: str = "family"  # owner, tenant or family
    tags: list[str] = json_column(list)  # such as 独居老人
    openid: str | None = Field(default=None, unique=True)
    bound_at: datetime | None = maybe_moment()


class Follower(SQLModel, table=True):
    """An openid that has met the account, and what WeChat still lets us send to it."""

    openid: str = Field(primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    followed_at: datetime | None = maybe_moment()
    left_at: datetime | None = maybe_moment()
    window_until: datetime | None = maybe_moment()  # 48 hours after the last message
    window_left: int = 0
    tap_until: datetime | None = maybe_moment()  # 1 minute after a click, scan or follow
    tap_left: int = 0


class Role(StrEnum):
    """What a staff member may do; the permissions are in bot/console/permissions.py."""

    GUARD = "guard"
    STAFF = "staff"
    MANAGER = "manager"
    ADMIN = "admin"


#: What people call the roles.
ROLE_WORDS: Mapping[Role, str] = {
    Role.GUARD: "门岗", Role.STAFF: "员工", Role.MANAGER: "经理", Role.ADMIN: "管理员",
}  # fmt: skip


class Staff(SQLModel, table=True):
    """Somebody of the property office."""

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    login: str = Field(unique=True)
    name: str
    role: Role = word(Role, Role.STAFF)
    phone: str = ""
    password: str = ""  # Argon2id as a PHC string; empty = sign-in by link only
    created_at: datetime = moment()
    disabled_at: datetime | None = maybe_moment()


class StaffSession(SQLModel, table=True):
    """A signed-in browser. The token itself is only in its cookie."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = moment()
    seen_at: datetime = moment()
    browser: str = ""


class SignInLink(SQLModel, table=True):
    """A link that signs one staff member in, once."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    expires_at: datetime = moment()
    used_at: datetime | None = maybe_moment()


class Conversation(SQLModel, table=True):
    """Where the talk with one openid stands."""

    openid: str = Field(primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    community_id: int = Field(foreign_key="community.id")
    form: dict[str, Any] | None = json_column()  # the open form, see bot/dialogue/forms.py
    options: dict[str, Any] | None = json_column()  # the numbered menu last shown
    updated_at: datetime = moment()
    topic: str = ""  # what the resident wants a person for
    waiting_since: datetime | None = maybe_moment(index=True)  # set: a person is asked for
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # set: this person has taken over


class Line(SQLModel, table=True):
    """One thing said in a conversation, by the resident, the bot or a staff member."""

    __table_args__ = (Index("line_openid", "openid", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    openid: str
    at: datetime = moment()
    speaker: str  # resident, bot or staff
    text: str
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    photo_id: int | None = Field(default=None, foreign_key="photo.id")


class InboxMessage(SQLModel, table=True):
    """A message from WeChat and its answer, so that a repeat of it gets the same answer and has no second effect."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_unfinished", "lease_until", sqlite_where=text("answer IS NULL"), postgresql_where=text("answer IS NULL")),
        Index("inbox_signed", "signed", unique=True),
    )

    key: str = Field(primary_key=True)
    openid: str = Field(index=True)
    received_at: datetime = moment(index=True)
    answer: str | None = None  # as bot/dialogue/answer.py packs it; None while it is not answered
    is_late: bool = False  # WeChat was told `success`: the answer goes through the outbox
    push: str = ""  # the XML, kept only until it is answered
    lease_until: datetime | None = maybe_moment()
    attempts: int = 0
    signed: str | None = None  # plain mode: hash of the signature, which covers no body


class Photo(SQLModel, table=True):
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


class NoticeState(StrEnum):
    """A notice's life: draft → scheduled → published → (recalled)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # due_at says when; cron says how it recurs
    PUBLISHED = "published"  # deliveries are in the outbox
    RECALLED = "recalled"


class Notice(SQLModel, table=True):
    """What staff tell residents."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    title: str
    body: str
    audience: dict[str, Any] = json_column(dict)  # see bot/store/notices.py Audience
    state: NoticeState = word(NoticeState, NoticeState.DRAFT)
    due_at: datetime | None = maybe_moment(index=True)
    cron: str = ""  # five fields in Asia/Shanghai, weekdays by name; empty = once
    created_at: datetime = moment()
    created_by: int | None = Field(default=None, foreign_key="staff.id")
    published_at: datetime | None = maybe_moment()


class DeliveryState(StrEnum):
    """A delivery's life; the counts of all states add up to the audience."""

    ARMED = "armed"  # may still be undone
    QUEUED = "queued"
    SENDING = "sending"  # leased by a sender until due_at
    SENT = "sent"  # WeChat took it
    DELIVERED = "delivered"  # WeChat says it arrived
    FAILED = "failed"
    UNREACHABLE = "unreachable"  # nothing was tried; reason says why
    CANCELLED = "cancelled"


_DUE = text("state IN ('armed', 'queued', 'sending')")


class Delivery(SQLModel, table=True):
    """One message to one person: queue, outbox and record in one row.

    `due_at` is schedule, retry time and end of the lease in one, so that one index serves all three.
    """

    __table_args__ = (
        UniqueConstraint("notice_id", "occurrence", "resident_id"),
        Index("delivery_due", "due_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("delivery_msgid", "msgid"),
        Index("delivery_notice", "notice_id", "occurrence", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    occurrence: datetime | None = maybe_moment()
    resident_id: int | None = Field(default=None, foreign_key="resident.id")
    openid: str | None = None
    payload: dict[str, Any] = json_column(dict)  # text, title, url, see bot/store/outbox.py
    state: DeliveryState = word(DeliveryState, DeliveryState.QUEUED)
    attempts: int = 0
    due_at: datetime = moment()
    first_try_at: datetime | None = maybe_moment()
    channel: str = ""  # chat or template
    msgid: str | None = None
    reason: str = ""
    updated_at: datetime = moment()


class MessageReport(SQLModel, table=True):
    """WeChat's report on a template message that came before we knew its msgid."""

    __tablename__ = "message_report"

    msgid: str = Field(primary_key=True)
    status: str
    at: datetime = moment()


class Channel(SQLModel, table=True):
    """A way to residents (chat, template …): what it has carried today, and until when it stands still."""

    name: str = Field(primary_key=True)
    day: date  # in Asia/Shanghai
    used: int = 0
    stopped_until: datetime | None = maybe_moment()
    waits: bool = False  # what wants to go this way waits for it; else another way is sought
    reason: str = ""


class AccessToken(SQLModel, table=True):
    """What WeChat gives the account for a while, one for all replicas: the access token, the ticket that signs pages."""

    __tablename__ = "access_token"

    appid: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # access or jsapi
    token: str = ""
    good_until: datetime | None = maybe_moment()
    fetching_until: datetime | None = maybe_moment()  # set: one replica is fetching, the others wait


class Allowance(SQLModel, table=True):
    """What a resident allows by subscription: so many notices of one template."""

    openid: str = Field(primary_key=True)
    template_id: str = Field(primary_key=True)
    left: int = 0
    changed_at: datetime = moment()


class MassSend(SQLModel, table=True):
    """A message to all followers at once, of which WeChat allows four a month."""

    __tablename__ = "mass_send"

    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(index=True)  # 2026-03, in Asia/Shanghai
    text: str
    clientmsgid: str = Field(unique=True)  # what WeChat knows a repeat by, see bot/store/masses.py
    created_at: datetime = moment()
    created_by: int | None = Field(default=None, foreign_key="staff.id")
    msgid: str | None = Field(default=None, index=True)
    status: str = ""  # WeChat's last word: send success, send fail, err(…); or refused and its number
    sent: int = 0
    failed: int = 0


class Scene(SQLModel, table=True):
    """One of our QR codes on a wall: what scanning it begins. WeChat and the code know only `code`."""

    code: str = Field(default_factory=public_id, primary_key=True)
    kind: str  # as in intents/_scenes.yaml
    label: str  # where it hangs: 3栋, 地下车库B1
    url: str  # what the QR code holds
    created_at: datetime = moment()


class Unmatched(SQLModel, table=True):
    """A message that was not understood, its values masked and nobody's name with it; kept for whoever writes intents."""

    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(unique=True)
    count: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)
    ignored_at: datetime | None = maybe_moment()  # set: not to be shown again, however often it comes


class Erasure(SQLModel, table=True):
    """Somebody who left and whose words and photos are to be deleted; gone when that is done."""

    openid: str = Field(primary_key=True)
    resident_id: int | None = Field(default=None, foreign_key="resident.id")
    asked_at: datetime = moment()


class Task(SQLModel, table=True):
    """Something a person of the staff must look at: a wish to talk, a flat to confirm, a fever, an emergency."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    community_id: int = Field(foreign_key="community.id")
    kind: str  # such as identity.confirm, health.abnormal, emergency.fire
    need: str  # the permission that may see it
    title: str
    urgent: bool = False
    openid: str | None = None
    data: dict[str, Any] = json_column(dict)
    opened_at: datetime = moment()
    closed_at: datetime | None = maybe_moment(index=True)
    closed_by: int | None = Field(default=None, foreign_key="staff.id")
    outcome: str = ""


class Event(SQLModel, table=True):
    """What happened: append-only, written in the transaction of what it tells."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    kind: str = Field(index=True)  # such as repair.opened
    subject: str = Field(default="", index=True)  # such as ticket:K3M9…
    actor: str = ""  # resident:…, staff:… or system
    data: dict[str, Any] = json_column(dict)
