"""Passes and what happened with them at the gate."""

import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.contract import Hours, Scoped, Search, digest_of, joined, maybe_moment, moment, public_id, sealed, word

#: What a guard can type without mistaking one sign for another: no 0, O, 1 and I.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

#: A billion possibilities.
CODE_LENGTH = 6

#: Characters of the resident's words on a pass; of more the first and the last ones are kept.
LONGEST = 600


def gate_code() -> str:
    """Return random signs for when no camera works."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


#: By how much who brings an order may be early and late.
_ORDER_SLACK = timedelta(minutes=5)


class PassState(StrEnum):
    """What was decided about a pass; whether it is early or over follows from the clock."""

    ACTIVE = "active"
    USED = "used"  # all entries used
    CANCELLED = "cancelled"


class PassKind(StrEnum):
    """How a pass opens the gate."""

    VISIT = "visit"  # between two moments, as many times as people come
    REGULAR = "regular"  # at hours of some weekdays, each time anew: who cleans, who fetches the child
    LONG = "long"  # at all hours for weeks: who lives here for a while
    DELIVERY = "delivery"  # once, within minutes: what somebody ordered
    CONTRACTOR = "contractor"  # again and again until the repair or the renovation is over that it is tied to

    @property
    def is_repeated(self) -> bool:
        """Whether it opens the gate again and again: nobody is used up."""
        return self in (PassKind.REGULAR, PassKind.LONG, PassKind.CONTRACTOR)


class Pass(Scoped, table=True):
    """Lets a visitor in between two moments. Entries belong to the pass, not to a person."""

    __tablename__ = "visitor_pass"
    # All that the list is narrowed, searched and sorted by, so that counting, and the last page, read these few bytes of each and no row.
    __table_args__ = (
        Index(
            "visitor_pass_listed",
            "community_id",
            "starts_at",
            "id",
            "ends_at",
            "state",
            "created_at",
            "household_id",
            "visitor_name",
            "code",
            "plate_digest",
        ),
        Index("visitor_pass_tied", "tied", sqlite_where=text("tied <> ''"), postgresql_where=text("tied <> ''")),
        Index("visitor_pass_plate", "plate_digest"),  # what a camera before a barrier reads
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    code: str = Field(default_factory=gate_code, index=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    visitor_name: str = sealed("visitor_pass.visitor_name")
    phone: str = sealed("visitor_pass.phone")
    plate: str = sealed("visitor_pass.plate")
    plate_digest: str = digest_of("plate", Search.PLATE)
    people: int = 1
    words: str = sealed("visitor_pass.words")  # the resident's own, one message a line; staff read them, the visitor does not
    starts_at: datetime = moment()
    ends_at: datetime = moment()  # half-open: not valid at this moment any more
    entries_left: int = 1
    state: PassState = word(PassState, PassState.ACTIVE)
    kind: PassKind = word(PassKind, PassKind.VISIT)
    hours: str = ""  # of who comes again and again, as Hours.kept; empty = at all hours
    reminded_at: datetime | None = maybe_moment()  # when its maker was told that it ends
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # who made it for somebody who phoned
    names_host: bool = False  # its page says who invited; else the building alone
    tied: str = ""  # what it ends with, each as events call it: ticket:K3M9; several are parted by spaces
    created_at: datetime = moment(index=True)

    @property
    def subject(self) -> str:
        """What events call it, and what is said next belongs to."""
        return f"pass:{self.public_id}"

    @property
    def weekly(self) -> Hours | None:
        """The hours at which it opens the gate; None where it is all of them between its two moments."""
        return Hours.from_text(self.hours) if self.hours else None

    @property
    def said_hours(self) -> str:
        """The same in words: 每周二、四 15:00到17:00; empty for a visit like others."""
        return self.weekly.said if self.weekly else ""

    def opens_on(self, midnight: datetime, grace: timedelta) -> bool:
        """Tell whether it opens the gate at some time of the day that begins then."""
        tomorrow, grace = midnight + timedelta(days=1), self.slack(grace)
        if self.starts_at >= tomorrow or self.ends_at + grace <= midnight:
            return False
        weekly = self.weekly
        return weekly is None or any(begins < tomorrow and ends + grace > midnight for begins, ends in weekly.windows(midnight))

    def slack(self, grace: timedelta) -> timedelta:
        """Return by how much its visitor may be early and late: who brings something has minutes as it is."""
        return min(grace, _ORDER_SLACK) if self.kind is PassKind.DELIVERY else grace

    def add_words(self, said: str) -> None:
        """Keep the resident's own words beside those before; what is said twice stands once."""
        self.words = joined(self.words, said, LONGEST)

    def expect(self, people: int) -> None:
        """Let so many people in, those who are in already among them."""
        inside = self.people - self.entries_left
        self.people = max(people, inside, 1)
        self.entries_left = self.people - inside
        if self.entries_left == 0:
            self.state = PassState.USED

    def fault_at(self, now: datetime, grace: timedelta) -> str:
        """Return why the pass does not open the gate now: early, over, used, cancelled, or at other hours; empty when it does.

        Visitors come a little early and leave a little late: by up to `grace`.
        """
        grace = self.slack(grace)
        if self.state is not PassState.ACTIVE:
            return str(self.state)
        if now < self.starts_at - grace:
            return "early"
        if now >= self.ends_at + grace:
            return "over"
        weekly = self.weekly
        return "" if weekly is None or weekly.hold(now, grace) else "hours"


class Gate(Scoped, table=True):
    """A gate that visitors are sent to, as staff describe it."""

    __tablename__ = "visitor_gate"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str  # 南门
    way: str = ""  # how one finds it and comes in: 文一路进来第二个路口，车走右边
    map_url: str = ""  # where a map shows it; https


class Permit(Scoped, table=True):
    """A renovation that was registered with the office: its workers may come at those hours until it is over."""

    __tablename__ = "visitor_permit"
    __table_args__ = (UniqueConstraint("community_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    number: str  # as the office writes it on the paper
    household_id: int = Field(foreign_key="household.id", index=True)
    company: str = ""  # who does the work
    starts_on: date  # in Asia/Shanghai
    ends_on: date  # the last day
    opens: int = 8 * 60  # minutes of the day between which workers may come
    closes: int = 18 * 60
    staff_id: int = Field(foreign_key="staff.id")
    created_at: datetime = moment()
    ended_at: datetime | None = maybe_moment()  # it was over before its last day, or was taken back

    @property
    def subject(self) -> str:
        """What events call it, and passes that end with it."""
        return f"permit:{self.public_id}"

    def is_open(self, today: date) -> bool:
        """Tell whether it is under way or still to come."""
        return self.ended_at is None and self.ends_on >= today


class Door(Scoped, table=True):
    """A lock, a barrier or a turnstile of one gate, which asks over the network whether to open."""

    __tablename__ = "visitor_door"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    gate_id: int | None = Field(default=None, foreign_key="visitor_gate.id", index=True)  # None = the gate was taken away
    name: str  # 进口闸机
    key: str = Field(unique=True)  # of the API, by the id that people see: the secret is kept nowhere
    hint: str = ""  # the secret's last signs, to tell keys apart
    made_at: datetime = moment()
    is_simulated: bool = False  # a page of the demo
    firmware: str = ""
    clock_off: int = 0  # seconds by which its clock is ahead of ours
    seen_at: datetime | None = maybe_moment()
    silent_since: datetime | None = maybe_moment()  # when it was seen last, while staff are told that it is silent
    ended_at: datetime | None = maybe_moment()  # its key was revoked

    @property
    def subject(self) -> str:
        """What events and tasks call it."""
        return f"door:{self.public_id}"

    @property
    def opening(self) -> str:
        """What the task calls it that asks to look why it was forced open: that it is heard of settles nothing."""
        return f"door_opening:{self.public_id}"


class Passage(Scoped, table=True):
    """One check at the gate, admitted or not."""

    id: int | None = Field(default=None, primary_key=True)
    pass_id: int | None = Field(default=None, foreign_key="visitor_pass.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # None = a machine checked it
    at: datetime = moment(index=True)
    direction: str = "in"
    method: str = "code"  # qr, code, plate, picked (from the list of the expected), offline, host (who agreed by WeChat), phone (who agreed by phone) or door (pushed open)
    admitted: bool
    reason: str = ""
    left_at: datetime | None = maybe_moment()
    people: int = 1  # who came in by it together
    gone: int = 0  # of them, who have left; all when left_at says so
    undone_at: datetime | None = maybe_moment()  # it was a slip of the finger: nobody came in by it
    walk_up_id: int | None = Field(default=None, foreign_key="visitor_walk_up.id", index=True)  # who had no pass
    journal_key: str | None = Field(default=None, unique=True, index=True)  # of who was let in while there was no network
    door_id: int | None = Field(default=None, foreign_key="visitor_door.id", index=True)  # the machine that asked
    request: str | None = Field(default=None, unique=True, index=True)  # its door's and its own: asked again it counts once
    asked: str = ""  # the keyed hash of what was asked: another question under the same request is a mistake
    opening: str = ""  # what the machine says came of it: opened, failed or forced


class HostAnswer(StrEnum):
    """What the people of a flat say of who stands at the gate."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"


class WalkUp(Scoped, table=True):
    """Somebody who stands at the gate without a pass, for whom the flat they want to go to was asked."""

    __tablename__ = "visitor_walk_up"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")  # the guard who asked
    who: str = sealed("visitor_walk_up.who")  # as the guard wrote it: 送货的, 他表哥, a name
    plate: str = sealed("visitor_walk_up.plate")
    people: int = 1
    asked_at: datetime = moment(index=True)
    words: str = sealed("visitor_walk_up.words")  # what those at home said, one message a line: 放门口就行
    told: int = 0  # at how many accounts of the flat
    answer: HostAnswer = word(HostAnswer, HostAnswer.WAITING)
    answered_at: datetime | None = maybe_moment()
    answered_by: int | None = Field(default=None, foreign_key="resident.id", index=True)
    ended_at: datetime | None = maybe_moment()  # the guard let them in or sent them away

    @property
    def subject(self) -> str:
        """What events call it."""
        return f"walk_up:{self.public_id}"
