"""Check-ins, and campaigns of them. A correction is a new row, so that the history stays."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.contract import (
    UNREADABLE,
    Scoped,
    WithConsent,
    is_unreadable,
    json_column,
    maybe_moment,
    moment,
    public_id,
    sealed,
    sealed_list,
    sealed_number,
    tr,
    tr_all,
)

#: From here on a temperature is reported; practice of 2020-22 check-in campaigns.
FEVER_TENTHS = 373

#: Outside of this nobody's temperature lies: a slip of the tongue or of the finger.
RANGE_TENTHS = (340, 430)

#: From here on a life may hang on it. Source: hyperpyrexia, above 41 °C
DANGER_TENTHS = 410

SYMPTOM_WORDS = {
    "none": tr("没有不舒服"), "fever": tr("发热"), "cough": tr("咳嗽"), "fatigue": tr("乏力"), "throat": tr("嗓子疼"), "diarrhoea": tr("腹泻"),
    "breathless": tr("气短"),
}  # fmt: skip


#: Symptoms that a person should look after, whatever the thermometer says.
ABNORMAL = frozenset({"fever", "breathless"})


class CheckIn(Scoped, WithConsent, table=True):
    """One report of one person, told by themselves or by somebody of the family; the last one of a day counts."""

    __tablename__ = "health_checkin"
    __table_args__ = (
        Index("health_checkin_reporter", "reporter_id", "day", "id"), Index("health_checkin_resident", "resident_id", "day", "id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    reporter_id: int = Field(foreign_key="resident.id")  # who told it, whose consent it is
    resident_id: int | None = Field(default=None, foreign_key="resident.id")  # whom it is of; None: the roster has no such name
    person: str = ""  # what the reporter calls them, 老公; empty: themselves
    day: date = Field(index=True)  # in Asia/Shanghai
    at: datetime = moment()
    tenths: int = sealed_number("health_checkin.tenths")  # 365 is 36.5 °C; 0: all that was said is how they are
    symptoms: list[str] = sealed_list("health_checkin.symptoms")  # empty while they are still asked for
    campaign_id: int | None = Field(default=None, foreign_key="health_campaign.id", index=True)  # with whose term it goes
    was_of_id: int | None = Field(
        default=None, foreign_key="resident.id", index=True
    )  # for whom it was written down first, by a mix-up
    was_person: str = ""  # what the reporter calls them; empty: themselves
    righted_at: datetime | None = maybe_moment()  # when it was given to whose it is
    righted_by: int | None = Field(default=None, foreign_key="staff.id")  # who of the staff did; None: the residents themselves

    @property
    def of(self) -> tuple[int, str]:
        """Tell people apart: who is on the roster is one however they are called."""
        return (self.resident_id, "") if self.resident_id is not None else (self.reporter_id, self.person)

    @property
    def is_abnormal(self) -> bool:
        """Tell whether a person should look after this: fever, measured or felt, or short breath; or nobody can read it."""
        return is_unreadable(self.tenths) or is_unreadable(self.symptoms) or is_abnormal(self.tenths, self.symptoms)

    @property
    def words(self) -> str:
        """37.9℃，咳嗽; symptoms nobody has told yet are said to be missing."""
        if is_unreadable(self.tenths) or is_unreadable(self.symptoms):
            return UNREADABLE
        return said(self.tenths, self.symptoms)


class Campaign(Scoped, table=True):
    """That people are asked for their temperature, how they are, or something else, for some days; its term is fixed when it is made."""

    __tablename__ = "health_campaign"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str
    whom: dict[str, Any] = json_column(dict)  # as notices keep theirs
    begins: date
    ends: date  # the last day
    windows: list[list[int]] = json_column(list)  # one or two a day, each from and until, in minutes since midnight
    reminds: list[int] = json_column(list)  # minutes since midnight at which who has not answered is reminded
    asks_temperature: bool = True
    asks_symptoms: bool = True
    questions: list[dict[str, Any]] = json_column(list)  # each its title and its options, in their order
    duty_id: int | None = Field(default=None, foreign_key="staff.id")  # who is told first of somebody unwell
    keep_days: int  # after its end, all that is personal goes
    erases_on: date  # fixed at the start; ending early brings it forward
    made_by: int | None = Field(default=None, foreign_key="staff.id")
    made_at: datetime = moment()
    paused_at: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()  # before its last day
    erased_at: datetime | None = maybe_moment(index=True)

    @property
    def key(self) -> int:
        """The id of one that is on disk."""
        return self.id or 0

    @property
    def subject(self) -> str:
        """What events call it."""
        return f"campaign:{self.public_id}"


class Stand(StrEnum):
    """How it stands with somebody in one window of a campaign."""

    TOLD = "told"  # what was asked was answered, by whomever
    UNMEASURED = "unmeasured"  # 孩子没量: they are asked again
    ABSENT = "absent"  # the staff asked, and nobody was there or knew


class TookPart(Scoped, table=True):
    """That somebody has taken part in one window of a day, and nothing of what they said: that stands in check-ins, with consent."""

    __tablename__ = "health_answer"
    __table_args__ = (
        UniqueConstraint("campaign_id", "day", "part", "who", name="health_answer_once"),
        Index("health_answer_of", "campaign_id", "day", "part", "resident_id", "stand"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="health_campaign.id")
    day: date
    part: int  # which window of the day, from 0
    who: str  # resident:17, or flat:5:儿子 where the roster has no such person
    resident_id: int | None = Field(default=None, foreign_key="resident.id", index=True)
    reporter_id: int = Field(foreign_key="resident.id", index=True)  # who told it; themselves where the staff wrote it down
    household_id: int = Field(foreign_key="household.id", index=True)
    person: str = ""  # what they are called where the roster has no such person
    stand: str = Stand.TOLD
    is_unwell: bool = False  # for whoever may read health data alone
    lacks: int = 0  # questions that are still open
    at: datetime = moment()
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # who of the staff asked, and where
    how: str = ""  # phone, door


class Stated(Scoped, WithConsent, table=True):
    """What somebody answered to a question of a campaign's own; a correction is a row more."""

    __tablename__ = "health_told"

    id: int | None = Field(default=None, primary_key=True)
    answer_id: int = Field(foreign_key="health_answer.id", index=True)
    number: int  # which question, from 0
    said: str = sealed("health_told.said")
    at: datetime = moment()


class Reminder(Scoped, table=True):
    """That somebody was reminded at a set time: there can be no second one."""

    __tablename__ = "health_reminder"
    __table_args__ = (UniqueConstraint("campaign_id", "day", "at_minutes", "resident_id", name="health_reminder_once"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="health_campaign.id")
    day: date
    at_minutes: int
    resident_id: int = Field(foreign_key="resident.id", index=True)
    at: datetime = moment()


class Tombstone(Scoped, table=True):
    """What went at the end of a campaign's term, and when: counts, and nobody's name."""

    __tablename__ = "health_tombstone"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="health_campaign.id", unique=True)
    at: datetime = moment()
    counts: dict[str, int] = json_column(dict)  # rows that went, by kind
    stays: list[list[Any]] = json_column(list)  # what stays, for each window: day, part, how many took part, how many were unwell


class CareWish(Scoped, WithConsent, table=True):
    """That somebody wishes to be asked after, in their words; one of each person."""

    __tablename__ = "health_care"

    id: int | None = Field(default=None, primary_key=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    at: datetime = moment()  # when it was last wished for, or somebody last said that all is well: it lives from then
    wants: str = sealed("health_care.wants")
    expects_from: date | None = (
        None  # the first day on which a sign of life is waited for; None: asked for somebody else, staff arrange it
    )
    greets: bool = False  # they want a word in the morning before
    neighbour_id: int | None = Field(default=None, foreign_key="resident.id", index=True)  # who agreed to knock at the door
    due_minutes: int | None = None  # since midnight, where they wish another hour than the community
    kin_id: int | None = Field(
        default=None, foreign_key="resident.id", index=True
    )  # who of the family asked for it from elsewhere
    noted_by: int | None = Field(default=None, foreign_key="staff.id")  # who of the staff heard their consent, where it was said
    noted_how: str = ""  # phone, door


class Sign(StrEnum):
    """What ended the wait of a day."""

    SAID = "said"  # they said so themselves
    HEARD = "heard"  # they wrote something else
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    DEVICE = "device"
    VISIT = "visit"  # the staff stood at the door, with proof
    AWAY = "away"  # an absence that was told meanwhile


class CareDay(Scoped, WithConsent, table=True):
    """A day on which a sign of life of somebody is expected; what came of it."""

    __tablename__ = "health_care_day"
    __table_args__ = (
        UniqueConstraint("wish_id", "day", name="health_care_day_once"),
        Index("health_care_day_waits", "sign", "day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    wish_id: int = Field(foreign_key="health_care.id")
    resident_id: int = Field(foreign_key="resident.id", index=True)
    day: date  # in Asia/Shanghai
    due_at: datetime = moment()  # by when, as the hour stood on that morning
    sign: str = ""  # a Sign; empty: none yet
    signed_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What its visit is about: care:K3M9…."""
        return f"care:{self.public_id}"


class Rung(StrEnum):
    """Who is asked after one another."""

    GREETING = "greeting"
    RESIDENT = "resident"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    VISIT = "visit"


class CareRung(Scoped, table=True):
    """A rung of a day that was climbed: there can be no second one."""

    __tablename__ = "health_care_rung"
    __table_args__ = (UniqueConstraint("day_id", "rung", name="health_care_rung_once"),)

    id: int | None = Field(default=None, primary_key=True)
    day_id: int = Field(foreign_key="health_care_day.id")
    rung: str
    at: datetime = moment()
    asked: list[int] = json_column(list)  # ids of the residents who were told; nobody where none can be


class CareAbsence(Scoped, WithConsent, table=True):
    """Days on which nobody is waited for: hospital, a journey."""

    __tablename__ = "health_care_absence"

    id: int | None = Field(default=None, primary_key=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    begins: date
    ends: date  # the last day without a sign of life: they are waited for on the next morning
    in_hospital: bool = False
    told_by: int = Field(foreign_key="resident.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # who of the staff wrote it down
    at: datetime = moment()
    ended_at: datetime | None = maybe_moment()  # they came back before


class CareProof(Scoped, WithConsent, table=True):
    """What the staff found at the door."""

    __tablename__ = "health_care_proof"

    id: int | None = Field(default=None, primary_key=True)
    day_id: int = Field(foreign_key="health_care_day.id", unique=True)
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment()
    was_well: bool  # the visit was for nothing, luckily
    words: str = sealed("health_care_proof.words")
    picture: str = sealed("health_care_proof.picture")  # a JPEG, in base64


class CareInvite(Scoped, table=True):
    """That somebody is asked for a word of their own: a parent whether they want it, a neighbour whether they would knock."""

    __tablename__ = "health_care_invite"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    kind: str  # parent, neighbour
    from_id: int = Field(foreign_key="resident.id", index=True)  # who asks; of a neighbour: who is waited for, or their family
    elder_id: int = Field(foreign_key="resident.id", index=True)  # for whom
    to_id: int = Field(foreign_key="resident.id", index=True)  # who is asked
    at: datetime = moment()
    answered_at: datetime | None = maybe_moment()
    agreed: bool = False


class CareHour(Scoped, table=True):
    """By when this community waits for a sign of life, where it is not DUE."""

    __tablename__ = "health_care_hour"
    __table_args__ = (UniqueConstraint("community_id", name="health_care_hour_once"),)

    id: int | None = Field(default=None, primary_key=True)
    minutes: int  # since midnight


class Called(Scoped, WithConsent, table=True):
    """Whom somebody means by a relation: 妈妈 is who lives with them under another name."""

    __tablename__ = "health_called"
    __table_args__ = (UniqueConstraint("resident_id", "word", name="health_called_once"),)

    id: int | None = Field(default=None, primary_key=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)  # who says so
    word: str  # one word for each relation: 妈妈
    person_id: int = Field(foreign_key="resident.id", index=True)  # who is meant
    at: datetime = moment()


def is_abnormal(tenths: int, symptoms: list[str]) -> bool:
    """Tell whether a person should look after somebody with this temperature and these symptoms."""
    return tenths >= FEVER_TENTHS or not ABNORMAL.isdisjoint(symptoms)


def said(tenths: int, symptoms: list[str]) -> str:
    """Return a report in words: 37.9℃，咳嗽."""
    if not tenths:
        return tr("没量体温，{symptoms}", symptoms=symptoms_in_words(symptoms) or tr("症状没说"))
    return tr("{degrees:.1f}℃，{symptoms}", degrees=tenths / 10, symptoms=symptoms_in_words(symptoms) or tr("症状没说"))


def symptoms_in_words(symptoms: list[str]) -> str:
    """Return symptoms one after the other; empty for none told."""
    return tr_all("、", (SYMPTOM_WORDS.get(name, name) for name in symptoms))
