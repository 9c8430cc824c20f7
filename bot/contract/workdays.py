"""Which days people of China work: those that the State Council announces, make-up weekends among them; of years not yet announced what the law says."""

from bot.language.recurrence.holidays import is_known as is_announced
from bot.language.recurrence.holidays import is_made_up, is_workday
from bot.language.recurrence.holidays import name_of as holiday_of

__all__ = ["holiday_of", "is_announced", "is_made_up", "is_workday"]
