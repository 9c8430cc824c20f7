"""What a community has settled about its notices: when everyday ones may disturb, and which want a second person."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlmodel import Field, Session, UniqueConstraint, col

from bot.errors import Refusal, asked_in
from bot.store import scope
from bot.store.scope import Scoped
from bot.translation import tr

#: At most one everyday notice reaches a person in this time.
HOUR = timedelta(hours=1)

_NIGHT, _MORNING = time(21, 0), time(8, 0)

#: People above whom a notice that nobody looked at in WeChat first is asked about once more.
BIG = 200


class NoticePolicy(Scoped, table=True):
    """What one community has settled; without a row all is as it ships."""

    __tablename__ = "notice_policy"
    __table_args__ = (UniqueConstraint("community_id"),)

    id: int | None = Field(default=None, primary_key=True)
    quiet_from: str = f"{_NIGHT:%H:%M}"  # the same as quiet_until: no quiet hours
    quiet_until: str = f"{_MORNING:%H:%M}"
    approve_above: int | None = None  # people above whom somebody else must agree; None = never
    big_above: int = BIG


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """The hours in which everyday notices wait."""

    begins: time = _NIGHT
    ends: time = _MORNING

    def until(self, now: datetime) -> datetime | None:
        """Return when what wants out now may go; None for at once."""
        clock = now.time()
        if self.begins == self.ends:
            return None
        is_night = self.begins <= clock or clock < self.ends if self.begins > self.ends else self.begins <= clock < self.ends
        if not is_night:
            return None
        end = now.replace(hour=self.ends.hour, minute=self.ends.minute, second=0, microsecond=0)
        return end if end > now else end + timedelta(days=1)

    @property
    def words(self) -> str:
        """The hours as one says them: 21:00–08:00."""
        return "" if self.begins == self.ends else f"{self.begins:%H:%M}–{self.ends:%H:%M}"


def of(session: Session) -> NoticePolicy:
    """Return what the community of this session has settled."""
    mine = select(NoticePolicy).where(col(NoticePolicy.community_id) == scope.of(session))
    return session.execute(mine).scalars().first() or NoticePolicy()


def quiet(policy: NoticePolicy) -> Quiet:
    """Return the quiet hours of a policy."""
    return Quiet(begins=time.fromisoformat(policy.quiet_from), ends=time.fromisoformat(policy.quiet_until))


def quiet_of_all(session: Session) -> dict[int, Quiet]:
    """Return the quiet hours of the communities that have settled any, for who sends for all of them."""
    return {
        row.community_id: quiet(row) for row in session.execute(select(NoticePolicy)).scalars() if row.community_id is not None
    }


def settle(session: Session, *, quiet_from: str, quiet_until: str, approve_above: str, big_above: str) -> NoticePolicy:
    """Write down what a community settles, as a form says it; raises Refusal for what is no time or no number."""
    row = of(session)
    try:
        begins, ends = (time.fromisoformat(said.strip().zfill(5)) for said in (quiet_from, quiet_until))
    except ValueError:
        raise Refusal(tr("安静时段请写成 21:00 和 08:00 这样；不要安静时段，两个写成一样。"), field="quiet_from") from None
    row.quiet_from, row.quiet_until = f"{begins:%H:%M}", f"{ends:%H:%M}"
    with asked_in("approve_above"):
        row.approve_above = _people(approve_above) if approve_above.strip() else None
    with asked_in("big_above"):
        row.big_above = _people(big_above)
    session.add(row)
    session.flush()
    return row


def _people(said: str) -> int:
    said = said.strip()
    if not (said.isascii() and said.isdigit() and len(said) <= 7):
        raise Refusal(tr("人数请写数字，例如 200。"))
    return int(said)
