"""After a notice is published: who has it, who opened it, who said 收到, who got nothing and why; the failed once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.contract import (
    Conversation,
    DeliveryState,
    Desk,
    Download,
    Notice,
    NoticeState,
    Page,
    Redirect,
    Refusal,
    View,
    notices,
    page,
    page_number,
    receipts,
    sheets,
    stored,
    timing,
    tr,
    tr_all,
    whom,
)
from bot.contract.notices import CHANNEL_WORDS, STATE_WORDS
from bot.contract.receipts import Part, Receipt

#: What people call the parts, in the order of the tabs.
PART_WORDS: Mapping[Part, str] = {
    Part.ALL: tr("全部"), Part.WAITING: tr("还没发出"), Part.SENT: tr("已发出"), Part.DELIVERED: tr("已送达"), Part.READ: tr("已打开"), Part.UNREAD: tr("没打开"),
    Part.ACKNOWLEDGED: tr("已确认"), Part.UNACKNOWLEDGED: tr("没确认"), Part.FAILED: tr("失败"), Part.UNREACHABLE: tr("通知不到"), Part.UNKNOWN: tr("不确定"),
    Part.CANCELLED: tr("已撤回"),
}  # fmt: skip

#: What each state means, for who reads the figures for the first time.
MEANS: Mapping[Part, str] = {
    Part.SENT: tr("微信收下了；客服消息没有送达回执"), Part.DELIVERED: tr("微信说送到了"), Part.READ: tr("打开过通知页，或者确认过收到；在聊天里直接看、没有确认的不算"),
    Part.ACKNOWLEDGED: tr("点了“确认收到”或回了“收到”"), Part.UNREACHABLE: tr("没有能用的方式，没有发"), Part.UNKNOWN: tr("发送时断开了，可能收到、也可能没收到，不会自己再发"),
}  # fmt: skip

#: The part that a state of the bar leads to.
PART_OF: Mapping[DeliveryState, Part] = {
    DeliveryState.ARMED: Part.WAITING, DeliveryState.QUEUED: Part.WAITING, DeliveryState.SENDING: Part.WAITING, DeliveryState.SENT: Part.SENT,
    DeliveryState.DELIVERED: Part.DELIVERED, DeliveryState.FAILED: Part.FAILED, DeliveryState.UNREACHABLE: Part.UNREACHABLE,
    DeliveryState.UNKNOWN: Part.UNKNOWN, DeliveryState.CANCELLED: Part.CANCELLED,
}  # fmt: skip


#: What the address says where all times of a recurring notice are meant together.
ALL_TIMES = "all"


@dataclass(frozen=True, kw_only=True)
class Times:
    """The times at which a notice went out, where there are several, and the one that is looked at; None for all together."""

    sendings: Sequence[receipts.Sending] = ()
    at: datetime | None = None

    @property
    def is_newest(self) -> bool:
        """Tell whether the newest is among what is looked at: what is sent again is that one."""
        return self.at is None or self.at == self.sendings[0].at

    @property
    def asked(self) -> str:
        """What the address says of it; empty where there is nothing to pick."""
        return "" if not self.sendings else ALL_TIMES if self.at is None else self.at.isoformat()


def times_of(desk: Desk, notice: Notice) -> Times:
    """Return the times of a notice and which is asked for: the newest, unless the address names another or all."""
    sendings = receipts.sendings(desk.session, notice)
    if len(sendings) < 2:
        return Times()
    said = desk.query.get("at", "")
    if said == ALL_TIMES:
        return Times(sendings=sendings)
    named = next((one.at for one in sendings if one.at.isoformat() == said), sendings[0].at)
    return Times(sendings=sendings, at=named)


def picking(desk: Desk, times: Times) -> dict[str, object]:
    """Return what a page needs to let one of several times be picked."""
    listed = [(one.at.isoformat(), timing.say(one.at, desk.now), reached(one.total)) for one in times.sendings]
    return {
        "sendings": listed,
        "at": times.asked,
        "at_words": timing.say(times.at, desk.now) if times.at else "",
        "all_times": ALL_TIMES,
    }


@page("GET", "/notices/{id}/people", need="receipt.view", title=tr("谁收到了通知"))
def people(desk: Desk) -> View:
    """List who belongs to a part, found by flat or name: did 302 get it, when, by which channel."""
    notice, part, said, times = _asked(desk)
    found = receipts.people(desk.session, notice, part, said, page_number(desk.query), at=times.at)
    figures = receipts.figures(desk.session, notice, times.at)
    return View(
        "notices/people.html",
        {
            "notice": notice, "part": part, "said": said, "found": found, "rows": [(one, words(one), _channel(one), one.why(desk.now)) for one in found.rows],
            "tabs": [(one, name, figures[one]) for one, name in PART_WORDS.items() if figures[one] or one in (part, Part.ALL)],
            "address": _address(notice, "people", part=part, q=said, at=times.asked), "csv": _address(notice, "people.csv", part=part, q=said, at=times.asked),
            "means": MEANS.get(part, ""), **picking(desk, times),
        },
    )  # fmt: skip


@page("GET", "/notices/{id}/people.csv", need="notice.draft", title=tr("通知送达名单"))
def people_csv(desk: Desk) -> Download:
    """Give those of a part as a table."""
    notice, part, said, times = _asked(desk)
    rows = [
        (
            one.flat, one.name, words(one), one.why(desk.now), _channel(one), *map(_at, (
                one.delivery.occurrence if times.sendings else None,
                one.delivery.sent_at, one.delivery.updated_at if one.delivery.state is DeliveryState.DELIVERED else None, one.delivery.read_at,
                one.delivery.acknowledged_at,
            )),
        )
        for one in receipts.all_people(desk.session, notice, part, said, times.at)
    ]  # fmt: skip
    heads = (
        tr("住址"),
        tr("姓名"),
        tr("状态"),
        tr("原因"),
        tr("方式"),
        tr("哪一次"),
        tr("发出"),
        tr("送达"),
        tr("打开"),
        tr("确认收到"),
    )
    return _file(desk, notice, PART_WORDS[part], heads, rows)


def _file(desk: Desk, notice: Notice, what: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Download:
    """Return a list as a table; the name says of which notice."""
    name = tr("通知 {title} {what} {now:%Y-%m-%d}.csv", title=notice.title, what=what, now=desk.now)
    filename = "".join(sign for sign in name if sign not in '/\\:*?"<>|\n\r')
    return Download(body=sheets.table(heads, rows).encode(), content_type="text/csv", filename=filename)


@page("GET", "/notices/{id}/flats", need="receipt.view", title=tr("哪些户收到了通知"))
def flats(desk: Desk) -> View:
    """List the flats, with how many of their people were told, when, by which way, and why others were not."""
    notice, _, said, times = _asked(desk)
    untold = desk.query.get("untold") == "1"
    found = receipts.flats(desk.session, notice, said, untold=untold, page=page_number(desk.query), at=times.at)
    asked = {"q": said, "untold": "1" if untold else "", "at": times.asked}
    return View(
        "notices/flats.html",
        {
            "notice": notice, "said": said, "untold": untold, "found": found, "rows": [(one, *flat_words(one)) for one in found.rows],
            "address": _address(notice, "flats", **asked), "csv": _address(notice, "flats.csv", **asked), **picking(desk, times),
        },
    )  # fmt: skip


@page("GET", "/notices/{id}/flats.csv", need="notice.draft", title=tr("通知送达名单，按户"))
def flats_csv(desk: Desk) -> Download:
    """Give the flats as a table."""
    notice, _, said, times = _asked(desk)
    untold = desk.query.get("untold") == "1"
    rows = [
        (one.flat, *flat_words(one), _at(one.at), one.people, one.taken, one.read, one.acknowledged)
        for one in receipts.all_flats(desk.session, notice, said, untold=untold, at=times.at)
    ]  # fmt: skip
    heads = (tr("住户"), tr("结果"), tr("方式"), tr("原因"), tr("最早发出"), tr("人数"), tr("已发出"), tr("已打开"), tr("已确认"))
    return _file(desk, notice, tr("按户"), heads, rows)


def flat_words(one: receipts.FlatReceipt) -> tuple[str, str, str]:
    """Return what became of a notice in a flat, by which ways, and why somebody there has not got it."""
    if one.taken == one.people:
        result = tr("都发出了")
    elif one.taken:
        result = tr("发出了一部分")
    elif one.waiting:
        result = tr("还没发出")
    else:
        result = tr("不确定") if one.unknown else tr("没有人收到")
    ways = tr_all("、", (CHANNEL_WORDS.get(channel, "") for channel in one.channels))
    return result, ways, tr_all("；", (stored(reason) for reason in one.reasons))


@page("GET", "/notices/{id}/replies.csv", need="notice.draft", title=tr("居民对通知的回复"))
def replies_csv(desk: Desk) -> Download:
    """Give what residents said to a notice as a table."""
    notice, _, _, times = _asked(desk)
    rows = [
        (one.flat, one.name, desk.veil(one.reply.words), _at(one.reply.at)) for one in receipts.all_replies(desk.session, notice, times.at)
    ]  # fmt: skip
    return _file(desk, notice, tr("居民的回复"), (tr("住户"), tr("姓名"), tr("说了什么"), tr("时间")), rows)


@page("POST", "/notices/{id}/retry", need="notice.send")
def retry(desk: Desk) -> Redirect:
    """Send once more to those who got nothing; or to those of whom nobody knows, who may then have it twice."""
    notice = find(desk)
    unsure = desk.form.get("what") == "unknown"
    if notice.state is NoticeState.RECALLED:
        raise Refusal(tr("这条通知已经撤回，不能再发。"))
    states = (DeliveryState.UNKNOWN,) if unsure else receipts.NOTHING_CAME
    number = receipts.retry(desk.session, notice, states, desk.now)
    if not number:
        raise Refusal(tr("没有可以再发的人：没有绑定微信的人发不到，请打电话或上门。"))
    desk.record("notice.retried", f"notice:{notice.public_id}", people=number, unsure=unsure)
    return Redirect(f"/console/notices/{notice.public_id}", tr("正在给 {number} 人再发一次。", number=number))


def replies(desk: Desk, notice: Notice, times: Times) -> dict[str, object]:
    """Return a page of what residents said to a notice, the newest first, each with the console page of their talk."""
    found, rows = receipts.replies(desk.session, notice, page_number(desk.query), at=times.at), []
    for one in found.rows:
        talk = desk.session.get(Conversation, one.reply.openid)
        rows.append((one, desk.page_of(f"conversation:{talk.public_id}") if talk and desk.may("conversation.view") else ""))
    return {"replies": rows, "replied": found, "replies_csv": _address(notice, "replies.csv", at=times.asked)}


def reached(total: receipts.Total) -> str:
    """Return how many have a notice and how many do not, the same wherever it stands: 71 / 82 人，11 人没收到."""
    said = [tr("{came} / {all} 人", came=total.came, all=total.people)]
    if total.missed:
        said.append(tr("{missed} 人没收到", missed=total.missed))
    if total.unknown:
        said.append(tr("{unknown} 人不确定", unknown=total.unknown))
    return tr_all("，", said)


def words(one: Receipt) -> str:
    """Return what became of a delivery, as people say it: the furthest that is known, and beside it nothing that is not."""
    return STATE_WORDS[one.delivery.state]


def find(desk: Desk) -> Notice:
    """Return the notice of the address; raises LookupError."""
    notice = notices.by_public_id(desk.session, desk.params["id"])
    if notice is None:
        raise LookupError(desk.params["id"])
    return notice


def require_readable(desk: Desk, notice: Notice) -> None:
    """Raise Refusal where the list of a notice's people would tell of their health, and this person may not read that."""
    whom.shown(desk, notices.Audience.from_json(notice.audience))


def _channel(one: Receipt) -> str:
    return CHANNEL_WORDS.get(one.delivery.channel, "")


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _asked(desk: Desk) -> tuple[Notice, Part, str, Times]:
    part, notice = desk.query.get("part", ""), find(desk)
    require_readable(desk, notice)
    known = Part(part) if part in list(Part) else Part.ALL
    return notice, known, desk.query.get("q", "").strip()[:40], times_of(desk, notice)


def _address(notice: Notice, what: str, **asked: Any) -> str:
    kept = urlencode({name: str(value) for name, value in asked.items() if value})
    return f"/console/notices/{notice.public_id}/{what}?{kept}"


ROUTES: tuple[Page, ...] = (people, people_csv, flats, flats_csv, replies_csv, retry)
