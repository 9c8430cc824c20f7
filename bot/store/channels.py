"""The ways to residents: what each has carried today, and until when one stands still, for the whole account.

Days are those of Asia/Shanghai, as WeChat counts them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from bot.model import SHANGHAI, maybe_moment
from bot.store import operators
from bot.store.upserts import insert
from bot.translation import tr


class Channel(SQLModel, table=True):
    """A way to residents (chat, template …): what it has carried today, and until when it stands still."""

    appid: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    day: date  # in Asia/Shanghai
    used: int = 0
    stopped_until: datetime | None = maybe_moment()
    waits: bool = False  # what wants to go this way waits for it; else another way is sought
    reason: str = ""


CHAT, SUBSCRIPTION, TEMPLATE, MASS = "chat", "subscription", "template", "mass"

#: What people call them.
WORDS: Mapping[str, str] = {CHAT: tr("客服消息"), SUBSCRIPTION: tr("订阅通知"), TEMPLATE: tr("模板消息"), MASS: tr("群发")}

#: A way the account may not use is tried again after this long; until then nothing is asked of it.
DISABLED = timedelta(hours=1)

#: What an operator can mend at once, such as an address that is not listed, is tried again soon.
MENDABLE = timedelta(minutes=2)

#: WeChat counts calls by the minute; one that is busy, or that no connection came about to, is asked again after these.
MINUTE, BUSY, UNREACHED = timedelta(minutes=1), timedelta(seconds=5), timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A way that stands still. `waits`: what wants to go this way waits for it; else another way is sought."""

    channel: str
    until: datetime
    waits: bool
    reason: str
    is_fault: bool = True  # admins are told

    def is_brief(self, now: datetime) -> bool:
        """Tell whether it goes on so soon that what is not urgent had better wait than go another way."""
        return self.waits and self.until - now <= MINUTE


def spent(channel: str, now: datetime) -> Stop:
    """Return the stop of a way whose cap is reached: until the next day begins."""
    tomorrow = datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time(), SHANGHAI)
    reason = tr("今天的{WORDS}额度用完，明天 0 点继续", WORDS=WORDS[channel])
    return Stop(channel=channel, until=tomorrow, waits=True, reason=reason, is_fault=False)


def rushed(channel: str, now: datetime) -> Stop:
    """Return the stop of a way that carried as many as it may in a minute: until the next minute begins."""
    until = now.replace(second=0, microsecond=0) + MINUTE
    return Stop(channel=channel, until=until, waits=True, reason=tr("微信嫌发得太快，下一分钟继续"), is_fault=False)


def busy(channel: str, now: datetime) -> Stop:
    """Return the stop of a way on which WeChat is busy."""
    return Stop(channel=channel, until=now + BUSY, waits=True, reason=tr("微信正忙，马上再试"), is_fault=False)


def unreached(channel: str, now: datetime) -> Stop:
    """Return the stop of a way on which WeChat cannot be reached at all."""
    return Stop(channel=channel, until=now + UNREACHED, waits=True, reason=tr("连不上微信，马上再试"), is_fault=False)


def disabled(channel: str, now: datetime, errcode: int | None) -> Stop:
    """Return the stop of a way that the account may not use."""
    reason = tr("公众号不能发{WORDS}（{errcode}）", WORDS=WORDS[channel], errcode=errcode)
    return Stop(channel=channel, until=now + DISABLED, waits=False, reason=reason)


def misconfigured(channel: str, now: datetime, errcode: int | None) -> Stop:
    """Return the stop of a way that goes on once the account's settings are mended."""
    reason = tr("微信拒绝了我们的调用（{errcode}），暂停发{WORDS}", errcode=errcode, WORDS=WORDS[channel])
    return Stop(channel=channel, until=now + MENDABLE, waits=True, reason=reason)


_STOPPED = select(Channel).where(col(Channel.appid) == bindparam("appid"), col(Channel.stopped_until) > bindparam("now"))


def stops(session: Session, appid: str, now: datetime) -> dict[str, Stop]:
    """Return an account's ways that stand still now, by name."""
    rows = session.execute(_STOPPED, {"appid": appid, "now": now}).scalars()
    return {
        row.name: Stop(channel=row.name, until=row.stopped_until, waits=row.waits, reason=row.reason)
        for row in rows if row.stopped_until is not None
    }  # fmt: skip


def stop(session: Session, appid: str, stop: Stop, now: datetime) -> None:
    """Let a way of an account stand still for everybody; one it may not use is told to the admins, once while it lasts.

    One that stands still for longer already keeps its reason: what was on its way meanwhile may have met a lesser one.
    """
    channel = _channel(session, appid, stop.channel, now)
    if channel.stopped_until is None or channel.stopped_until <= stop.until:
        channel.stopped_until, channel.waits, channel.reason = stop.until, stop.waits, stop.reason
    if not stop.is_fault:
        return
    title = tr("{reason}，请到公众平台检查权限和 IP 白名单，或运行 linli doctor", reason=stop.reason)
    subject = f"channel:{stop.channel}"
    operators.tell(session, appid, now, kind="wechat.channel", title=title, subject=subject, urgent=True)


def count(session: Session, appid: str, carried: Iterable[str], now: datetime) -> None:
    """Add what WeChat has taken to the day's figures."""
    for name, number in sorted(Counter(carried).items()):  # in one order, so that replicas do not lock crosswise
        _channel(session, appid, name, now).used += number


def figures(session: Session, appid: str, now: datetime) -> dict[str, int]:
    """Return what each way of an account has carried today."""
    today = now.astimezone(SHANGHAI).date()
    rows = session.exec(select(Channel).where(Channel.appid == appid).order_by(Channel.name)).all()
    return {row.name: row.used if row.day == today else 0 for row in rows}


def _channel(session: Session, appid: str, name: str, now: datetime) -> Channel:
    today = now.astimezone(SHANGHAI).date()
    channel = session.get(Channel, (appid, name), with_for_update=True)
    if channel is None:  # of two replicas that carry the first at once one writes the row, the other waits and finds it
        row = insert(session, Channel).values(appid=appid, name=name, day=today, used=0, waits=False, reason="")
        session.execute(row.on_conflict_do_nothing())
        channel = session.get_one(Channel, (appid, name), with_for_update=True)
    if channel.day != today:
        channel.day, channel.used = today, 0
    session.add(channel)
    return channel
