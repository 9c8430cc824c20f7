"""Check-ins. A correction is a new row, so that the history stays."""

from datetime import date, datetime

from sqlmodel import Field

from bot.contract import UNREADABLE, Scoped, is_unreadable, moment, sealed_list, sealed_number

#: From here on a temperature is reported; practice of 2020-22 check-in campaigns.
FEVER_TENTHS = 373

#: Outside of this nobody's temperature lies: a slip of the tongue or of the finger.
RANGE_TENTHS = (340, 430)

SYMPTOM_WORDS = {
    "none": "没有不舒服", "fever": "发热", "cough": "咳嗽", "fatigue": "乏力", "throat": "嗓子疼", "diarrhoea": "腹泻",
    "breathless": "气短",
}  # fmt: skip


#: Symptoms that a person should look after, whatever the thermometer says.
ABNORMAL = frozenset({"fever", "breathless"})


class CheckIn(Scoped, table=True):
    """One report of one resident; the last one of a day counts."""

    __tablename__ = "health_checkin"

    id: int | None = Field(default=None, primary_key=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    day: date = Field(index=True)  # in Asia/Shanghai
    at: datetime = moment()
    tenths: int = sealed_number("health_checkin.tenths")  # 365 is 36.5 °C
    symptoms: list[str] = sealed_list("health_checkin.symptoms")  # empty while they are still asked for

    @property
    def is_abnormal(self) -> bool:
        """Tell whether a person should look after this: fever, measured or felt, or short breath; or nobody can read it."""
        return is_unreadable(self.tenths) or self.tenths >= FEVER_TENTHS or not ABNORMAL.isdisjoint(self.symptoms)

    @property
    def words(self) -> str:
        """37.9℃，咳嗽; symptoms nobody has told yet are said to be missing."""
        if is_unreadable(self.tenths):
            return UNREADABLE
        return f"{self.tenths / 10:.1f}℃，{'、'.join(SYMPTOM_WORDS.get(name, name) for name in self.symptoms) or '症状没说'}"
