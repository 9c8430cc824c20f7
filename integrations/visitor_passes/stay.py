"""From when to when a pass is good. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contract import Hours

#: Passes further ahead would outlive memory and links.
AHEAD = timedelta(days=30)

#: Longest stay one pass covers.
LONGEST = timedelta(days=7)

#: Who comes in the evening and leaves at one leaves the next day: up to so long after coming.
NIGHT = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Stay:
    """When a pass begins and ends, and whether the end is another one than was said."""

    starts_at: datetime
    ends_at: datetime
    is_cut: bool = False  # a longer stay was said than a pass covers
    is_backwards: bool = False  # the end said lies before the start: it was left out


def of(starts_at: datetime, ends_at: datetime | None, now: datetime) -> Stay:
    """Return the stay that was said; without an end that can be meant it lasts for the rest of the day."""
    starts_at = max(starts_at, now.replace(second=0, microsecond=0))
    ends_at = _the_morning_after(starts_at, ends_at) if ends_at else None
    is_backwards = ends_at is not None and ends_at <= starts_at
    if ends_at is None or is_backwards:
        ends_at = starts_at.replace(hour=23, minute=59)
    latest = starts_at + LONGEST
    return Stay(starts_at=starts_at, ends_at=min(ends_at, latest), is_cut=ends_at > latest, is_backwards=is_backwards)


def _the_morning_after(starts_at: datetime, ends_at: datetime) -> datetime:
    later = ends_at + timedelta(days=1)
    return later if ends_at <= starts_at < later <= starts_at + NIGHT else ends_at


def moved(starts_at: datetime, ends_at: datetime, to: datetime) -> datetime:
    """Return the end of a stay that begins at `to` instead; one that ends with a day still does."""
    if (ends_at.hour, ends_at.minute) == (23, 59):
        return (to + (ends_at.date() - starts_at.date())).replace(hour=23, minute=59)
    return to + (ends_at - starts_at)


def is_too_far(starts_at: datetime, now: datetime) -> bool:
    """Tell whether it is too early to say so."""
    return starts_at > now + AHEAD


#: Longest that a pass lasts which opens the gate again and again, and what it lasts where nobody said; it may be renewed.
TERM = timedelta(days=90)


def of_hours(hours: Hours, starts_at: datetime, ends_at: datetime | None, now: datetime) -> Stay:
    """Return from when to when somebody comes again and again; what was said of the end, or how long, holds up to TERM."""
    starts_at = max(starts_at, now.replace(second=0, microsecond=0))
    last = starts_at + (timedelta(days=hours.days) if hours.days else TERM)
    is_said = ends_at is not None and ends_at - starts_at > timedelta(days=1)  # a sooner end is that of the hours
    if is_said and ends_at is not None and (not hours.days or ends_at - starts_at > LONGEST):
        last = ends_at
    until = min(last, starts_at + TERM)
    return Stay(starts_at=starts_at, ends_at=until.replace(hour=23, minute=59), is_cut=last.date() > until.date())
