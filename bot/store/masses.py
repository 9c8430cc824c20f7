"""Messages to many followers at once: what was begun, what WeChat took, what came of it.

A row is written before the call and keeps the clientmsgid by which WeChat knows a repeat, so that who is stopped in between
resumes the same send and nobody gets it twice.
Source: developers.weixin.qq.com/doc/service/api/notify/message/api_sendall.html
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete
from sqlmodel import Field, Session, col, select

from bot.errors import MonthSpent
from bot.model import SHANGHAI, moment, public_id
from bot.store import channels, events
from bot.store.communities import Community
from bot.store.outbox import MessageReport
from bot.store.scope import Scoped


class MassSend(Scoped, table=True):
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


#: A follower gets so many in a calendar month; WeChat leaves out who had them.
MONTHLY = 4

#: For an hour less than WeChat knows a repeat, a send may be resumed.
RESUMABLE = timedelta(hours=23)

#: Reports wait this long for our own record of what they report on: a mass send may be resumed for a day, a template message is
#: noted within minutes. What is left then is not ours, but sent by hand or by another program.
REPORTS_KEPT = timedelta(days=2)

#: Status of one that WeChat did not take, followed by its number.
REFUSED = "refused"

#: Who gets it when no tag is named.
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What went out this month, or may have: to everybody, and to each tag beside that."""

    to_all: int
    to_tags: Mapping[int, int]

    def had(self, tag_id: int | None) -> int:
        """Return how many each follower with a tag surely had; None means whoever has no tag that was sent to."""
        return self.to_all + (self.to_tags.get(tag_id, 0) if tag_id is not None else 0)

    def left_out(self, tag_id: int | None) -> list[int]:
        """Return the tags whose followers had all of the month, so that a send to `tag_id` leaves them out."""
        others = {tag: count for tag, count in self.to_tags.items() if tag != tag_id}
        return sorted(tag for tag, count in others.items() if self.had(tag_id) + count >= MONTHLY)

    def perhaps_left_out(self, tag_id: int | None) -> list[int]:
        """Return the tags whose followers had all of the month only if they have several of them."""
        sure = self.left_out(tag_id)
        others = {tag: count for tag, count in self.to_tags.items() if tag != tag_id and tag not in sure}
        return sorted(others) if len(others) > 1 and self.had(tag_id) + sum(others.values()) >= MONTHLY else []


def ledger(session: Session, now: datetime) -> Ledger:
    """Return what went out this month, or may have."""
    this_month = select(MassSend).where(MassSend.month == _month(now), ~col(MassSend.status).startswith(REFUSED))
    counts = Counter(tag_of(mass) for mass in session.exec(this_month))
    return Ledger(to_all=counts[None], to_tags={tag: count for tag, count in counts.items() if tag is not None})


def require_one_left(session: Session, tag_id: int | None, now: datetime) -> Ledger:
    """Return the month's ledger; raises MonthSpent when everybody whom the send is for would get a fifth."""
    found = ledger(session, now)
    if found.had(tag_id) >= MONTHLY:
        raise MonthSpent(
            None, f"本月已用 {found.had(tag_id)}/{MONTHLY}: {audience(tag_id)} had all of this month; the next begins on {next_month(now):%Y-%m-%d}"
        )  # fmt: skip
    return found


def audience(tag_id: int | None) -> str:
    """Return whom a send is for, for an operator."""
    return "all followers" if tag_id is None else f"tag {tag_id}"


def begin(session: Session, text: str, tag_id: int | None, now: datetime) -> MassSend:
    """Count a send and return its row, to be called with its clientmsgid; raises MonthSpent for a fifth in a month."""
    session.exec(select(Community).with_for_update()).first()  # one at a time, so that two do not both become the fourth
    require_one_left(session, tag_id, now)
    clientmsgid = f"mass-{ALL if tag_id is None else tag_id}-{public_id()}"
    mass = MassSend(month=_month(now), text=text, clientmsgid=clientmsgid, created_at=now)
    session.add(mass)
    session.flush()
    return mass


def tag_of(mass: MassSend) -> int | None:
    """Return the tag it goes to, None for everybody: the clientmsgid says it, so that a resumed send goes to the same."""
    tag = mass.clientmsgid.split("-")[1]
    return None if tag == ALL else int(tag)


def find(session: Session, identity: int) -> MassSend | None:
    """Return a send by its number."""
    return session.get(MassSend, identity)


def unfinished(session: Session, text: str, tag_id: int | None, now: datetime) -> MassSend | None:
    """Return a send of the same text to the same people of which nobody knows yet whether it went out."""
    since = col(MassSend.created_at) > now - RESUMABLE
    query = select(MassSend).where(MassSend.text == text, col(MassSend.msgid).is_(None), MassSend.status == "", since)
    return next((mass for mass in session.exec(query).all() if tag_of(mass) == tag_id), None)


def take(session: Session, identity: int, msgid: str, now: datetime) -> None:
    """WeChat took it, under this msgid; taken twice it counts once."""
    mass = session.get_one(MassSend, identity, with_for_update=True)
    if mass.msgid is None:
        channels.count(session, session.get_one(Community, mass.community_id).appid, [channels.MASS], now)
        events.record(session, now, "mass.sent", subject=f"mass:{identity}", actor=events.COMMAND_LINE)
    mass.msgid = msgid
    session.add(mass)
    session.flush()
    _apply_early_report(session, msgid)


def refuse(session: Session, identity: int, errcode: int | None) -> None:
    """WeChat did not take it: it does not count."""
    mass = session.get_one(MassSend, identity)
    mass.status = f"{REFUSED} {errcode}"
    session.add(mass)


def next_month(now: datetime) -> datetime:
    """Return when the next calendar month begins in Asia/Shanghai."""
    today = now.astimezone(SHANGHAI).date()
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return datetime.combine(first, time(), SHANGHAI)


# ------------------------------------------------------------------ WeChat's reports


def receive(session: Session, msgid: str, status: str, sent: int, failed: int, now: datetime) -> None:
    """Take WeChat's report; one that comes before our own record of its msgid is kept."""
    if not _apply_report(session, msgid, status, sent, failed):
        session.merge(MessageReport(msgid=_early(msgid), status=f"{sent} {failed} {status}", at=now))


def _apply_report(session: Session, msgid: str, status: str, sent: int, failed: int) -> bool:
    mass = session.exec(select(MassSend).where(MassSend.msgid == msgid)).first()
    if mass is None:
        return False
    mass.status, mass.sent, mass.failed = status, sent, failed
    session.add(mass)
    return True


def _apply_early_report(session: Session, msgid: str) -> None:
    report = session.get(MessageReport, _early(msgid))
    if report is not None:
        sent, failed, status = report.status.split(" ", 2)
        _apply_report(session, msgid, status, int(sent), int(failed))
        session.delete(report)


def prune_reports(session: Session, now: datetime) -> int:
    """Forget reports older than REPORTS_KEPT, also those on template messages; returns how many.

    Without an index: 200,000 rows are looked through in 14 ms, once an hour.
    """
    found = session.execute(delete(MessageReport).where(col(MessageReport.at) < now - REPORTS_KEPT))
    return int(getattr(found, "rowcount", 0))


def _early(msgid: str) -> str:
    """Return the key of an early report: template messages number their msgids for themselves."""
    return f"mass:{msgid}"


def _month(now: datetime) -> str:
    return f"{now.astimezone(SHANGHAI):%Y-%m}"
