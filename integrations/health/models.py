"""Check-ins. A correction is a new row, so that the history stays."""

from datetime import date, datetime
from enum import StrEnum

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
    tenths: int = sealed_number("health_checkin.tenths")  # 365 is 36.5 °C
    symptoms: list[str] = sealed_list("health_checkin.symptoms")  # empty while they are still asked for

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


class CareHour(Scoped, table=True):
    """By when this community waits for a sign of life, where it is not DUE."""

    __tablename__ = "health_care_hour"
    __table_args__ = (UniqueConstraint("community_id", name="health_care_hour_once"),)

    id: int | None = Field(default=None, primary_key=True)
    minutes: int  # since midnight


def is_abnormal(tenths: int, symptoms: list[str]) -> bool:
    """Tell whether a person should look after somebody with this temperature and these symptoms."""
    return tenths >= FEVER_TENTHS or not ABNORMAL.isdisjoint(symptoms)


def said(tenths: int, symptoms: list[str]) -> str:
    """Return a report in words: 37.9℃，咳嗽."""
    return tr("{degrees:.1f}℃，{symptoms}", degrees=tenths / 10, symptoms=symptoms_in_words(symptoms) or tr("症状没说"))


def symptoms_in_words(symptoms: list[str]) -> str:
    """Return symptoms one after the other; empty for none told."""
    return tr_all("、", (SYMPTOM_WORDS.get(name, name) for name in symptoms))
