"""Check-ins. A correction is a new row, so that the history stays."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from bot.contract import UNREADABLE, Scoped, WithConsent, is_unreadable, moment, sealed, sealed_list, sealed_number, tr, tr_all

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
    at: datetime = moment()
    wants: str = sealed("health_care.wants")


def is_abnormal(tenths: int, symptoms: list[str]) -> bool:
    """Tell whether a person should look after somebody with this temperature and these symptoms."""
    return tenths >= FEVER_TENTHS or not ABNORMAL.isdisjoint(symptoms)


def said(tenths: int, symptoms: list[str]) -> str:
    """Return a report in words: 37.9℃，咳嗽."""
    return tr("{degrees:.1f}℃，{symptoms}", degrees=tenths / 10, symptoms=symptoms_in_words(symptoms) or tr("症状没说"))


def symptoms_in_words(symptoms: list[str]) -> str:
    """Return symptoms one after the other; empty for none told."""
    return tr_all("、", (SYMPTOM_WORDS.get(name, name) for name in symptoms))
