"""What recurs: which days, at what times, and what holidays change. Pure.

holidays → rule (the value) → cron, spoken: two ways to write one; hours: those at which somebody comes.
"""

from bot.language.recurrence.rule import Holidays, Recurrence

__all__ = ["Holidays", "Recurrence"]
