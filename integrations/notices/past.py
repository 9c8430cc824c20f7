"""What the demo's community was told before one looks at it: notices with all that may become of them, one that recurs, one draft."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import col, select, update

from bot.contract import Delivery, DeliveryState, Episode, Past, Role, Staff, Then, notices, receipts, timing
from bot.contract.notices import Audience, Notice, NoticeKind, NoticeVersion

#: Days ago, hour, to whom, title, text, and whether an answer is asked for.
TOLD: Sequence[tuple[int, int, str, str, str, bool]] = (
    (57, 10, "全体", "{season}季消防检查", "下周一到周三，消防检查楼道和配电间。请把楼道里的杂物和电动车搬走，谢谢配合。", False),
    (49, 16, "3栋、4栋", "停水通知", "明天 9:00 到 15:00 更换水泵，3栋和4栋停水。请提前存好水，关好水龙头。", True),
    (44, 9, "7栋", "电梯年检", "7栋1单元电梯今天 13:00 到 16:00 年检，请走楼梯或从2单元绕行。", False),
    (38, 11, "4栋、5栋、6栋", "垃圾投放点调整", "从下周起，2号投放点搬到5栋东侧，投放时间不变：早 7 点到 9 点，晚 6 点到 9 点。", False),
    (33, 15, "独居老人", "上门测血压", "社区医院周五上午来小区给老人测血压，行动不便的可以上门，请回复这条消息登记。", True),
    (27, 10, "1栋、2栋、3栋", "外墙清洗", "本周三到周五清洗外墙，请关好窗户，收好阳台晾的衣服。", True),
    (22, 17, "全体", "物业服务满意度调查", "请用两分钟填一下满意度，问卷在物业前台，也可以直接回复这条消息告诉我们。", False),
    (17, 9, "12栋", "地下车库冲洗", "明晚 8 点冲洗地下车库 B1，请把车停到地面临时车位。", True),
    (12, 16, "5栋、6栋", "停电检修", "周六 8:30 到 11:30 供电局检修线路，5栋和6栋停电。电梯停用，请提前安排。", True),
    (8, 10, "9栋", "可视对讲维修", "9栋可视对讲今天维修，访客请打电话让住户下楼接。", False),
    (5, 11, "全体", "业主大会公告", "本月最后一个周日上午 9 点在会所开业主大会，讨论电梯大修。请尽量参加，收到请确认。", True),
    (2, 15, "3栋2单元", "水箱清洗", "明天 9:00 到 12:00 清洗水箱，水压可能变小，浑水放两分钟就好。", True),
)  # fmt: skip

#: When the one goes out that recurs.
WEEKLY = "每周五17:00"

#: The season of each month, and from which day of the year on which days off come next.
SEASONS = {
    **dict.fromkeys((3, 4, 5), "春"),
    **dict.fromkeys((6, 7, 8), "夏"),
    **dict.fromkeys((9, 10, 11), "秋"),
    **dict.fromkeys((12, 1, 2), "冬"),
}
DAYS_OFF = (((1, 1), "五一"), ((5, 1), "国庆"), ((10, 1), "元旦"))

#: What residents answer to any notice, and what more to one that speaks of something.
ANSWERS = ("收到", "知道了，谢谢", "收到，谢谢物业")
ANSWERS_TO: Mapping[str, Sequence[str]] = {
    "停水": ("几点能恢复？", "能不能改到周末"), "停电": ("几点能恢复？",), "水箱": ("几点能恢复？",), "电梯年检": ("能不能改到周末",),
    "上门": ("老人在家，麻烦提前敲门",), "业主大会": ("我那天上班，可以让家里人去吗",), "车库": ("我车在外地，先不挪行吗",),
}  # fmt: skip

#: Which of these must be acknowledged; who is not reached by them is told at the door.
IMPORTANT = frozenset({"停水通知", "业主大会公告"})

#: What followed upon one: days ago, hour, the title of that, which version it is, to whom, title, text, what is different.
FOLLOWED: Sequence[tuple[int, int, str, NoticeVersion, str, str, str, str]] = (
    (49, 19, "停水通知", NoticeVersion.CORRECTION, "3栋、4栋", "停水通知", "明天 13:00 到 17:00 更换水泵，3栋和4栋停水。请提前存好水，关好水龙头。", "停水时间由 9 点改为 13 点"),
    (20, 18, "燃气管道抢修", NoticeVersion.ALL_CLEAR, "7栋", "燃气抢修结束", "7栋燃气管道已经修好，试压合格，可以正常用气。", "燃气已修好，可以用了"),
)  # fmt: skip

#: The emergency that there was: days ago, hour, to whom, title, text, and hours until it should be over.
EMERGENCY = (20, 14, "7栋", "燃气管道抢修", "7栋门口燃气管道被挖破，正在抢修。请关好燃气阀门、开窗，不要点火，不要坐电梯。", 8)

#: Minutes after which who has not acknowledged is reminded.
CHASES_AFTER = 360

#: Doors at which staff told an important notice, of those whom it did not reach.
TOLD_AT_DOORS = 9

#: What becomes of what is sent, and how often.
BECAME = ((DeliveryState.DELIVERED, 86), (DeliveryState.SENT, 9), (DeliveryState.FAILED, 4), (DeliveryState.UNKNOWN, 1))

#: Why something failed, or nobody knows, as staff read it.
REASONS = {DeliveryState.FAILED: "居民拒收", DeliveryState.UNKNOWN: "发送时断开了，不确定有没有收到"}


def tell(past: Past) -> Iterator[Episode]:
    """Give each notice, what became of it, and what is planned."""
    writer = past.one_of(Role.MANAGER)
    if writer is None:
        return
    here = {flat.building for flat in past.flats.values()}
    told: dict[str, list[Notice]] = {}
    for days, hour, audience, title, body, asks in TOLD:
        wanted = Audience.parse(audience)
        if not here.issuperset(one.building for one in wanted.pickers() if isinstance(one, notices.Building | notices.Unit)):
            continue
        at = past.begins + timedelta(days=60 - days, hours=hour, minutes=past.dice.randrange(60))
        found: list[Notice] = []
        told.setdefault(title, found)
        kind = NoticeKind.IMPORTANT if title in IMPORTANT else NoticeKind.EVERYDAY
        title = title.format(season=SEASONS[at.month])
        yield at, partial(_publish, found=found, audience=wanted, title=title, body=body, asks=asks, writer=writer, kind=kind)
        yield at + timedelta(seconds=40), partial(_arrive, found=found, past=past, asks=asks)
        if kind is NoticeKind.IMPORTANT:
            yield at + timedelta(hours=26), partial(_go_round, found=found, by=writer)
    yield from _in_haste(past, told, writer, here)
    planned_at = past.now - timedelta(days=26, hours=6)
    weekly: list[Notice] = []
    yield planned_at, partial(_plan, writer=writer, found=weekly)
    for at in timing.by_words(WEEKLY, planned_at).rule.coming(planned_at, 5):  # type: ignore[union-attr]
        if at < past.now - timedelta(minutes=10):
            yield at, partial(_fall_due, found=weekly)
            yield at + timedelta(seconds=40), partial(_arrive, found=weekly, past=past, asks=False)
    yield past.now - timedelta(hours=3), partial(_draft, writer=writer)


def _in_haste(past: Past, told: dict[str, list[Notice]], writer: Staff, here: set[str]) -> Iterator[Episode]:
    """Give an emergency, and what followed upon others."""
    days, hour, audience, title, body, hours = EMERGENCY
    wanted = Audience.parse(audience)
    at = past.begins + timedelta(days=60 - days, hours=hour, minutes=past.dice.randrange(60))
    if here.issuperset(one.building for one in wanted.pickers() if isinstance(one, notices.Building)):
        found = told.setdefault(title, [])
        yield at, partial(
            _publish, found=found, audience=wanted, title=title, body=body, asks=False, writer=writer, kind=NoticeKind.EMERGENCY,
            until=at + timedelta(hours=hours),
        )  # fmt: skip
        yield at + timedelta(seconds=40), partial(_arrive, found=found, past=past, asks=False)
    for days, hour, before, version, audience, title, body, said in FOLLOWED:
        if before in told:
            at = past.begins + timedelta(days=60 - days, hours=hour, minutes=past.dice.randrange(60))
            found = list[Notice]()
            yield at, partial(
                _publish, found=found, audience=Audience.parse(audience), title=title, body=body, asks=False, writer=writer,
                follows=(told[before], version, said),
            )  # fmt: skip
            yield at + timedelta(seconds=40), partial(_arrive, found=found, past=past, asks=False)


def _publish(
    work: Then, *, found: list[Notice], audience: Audience, title: str, body: str, asks: bool, writer: Staff,
    kind: NoticeKind = NoticeKind.EVERYDAY, until: datetime | None = None, follows: tuple[list[Notice], NoticeVersion, str] | None = None,
) -> None:  # fmt: skip
    work.flush()
    notice = notices.draft(work.session, title, body, audience, work.now, writer.id)
    notices.details(notice, place="", contact=f"{writer.name} {work.community.phone}", signer="", asks=asks)
    if follows is not None:
        [before], version, said = follows
        notices.follow(notice, before, version, said)
        kind = before.kind
    notices.disturb(notice, kind, until, CHASES_AFTER if kind is NoticeKind.IMPORTANT else 0, work.now)
    work.acting = f"staff:{writer.login}"
    notices.publish(work, notice)
    work.acting = "system"
    found.append(notice)


def _draft(work: Then, *, writer: Staff) -> None:
    off = next_days_off(work.now)
    notices.draft(
        work.session,
        f"{off}放假安排",
        f"{off}期间前台照常有人值班，保洁和垃圾清运不停。",
        notices.EVERYBODY,
        work.now,
        writer.id,
    )


def next_days_off(at: datetime) -> str:
    """Return which days off come next."""
    return next(name for since, name in reversed(DAYS_OFF) if (at.month, at.day) >= since)


def _plan(work: Then, *, writer: Staff, found: list[Notice]) -> None:
    work.flush()
    notice = notices.draft(
        work.session,
        "周末出行提醒",
        "出门前请关好水、电、燃气和门窗；电动车不要推上楼充电。",
        notices.EVERYBODY,
        work.now,
        writer.id,
    )
    notices.schedule(work.session, notice, timing.by_words(WEEKLY, work.now), work.now, actor=f"staff:{writer.login}")
    found.append(notice)


def _fall_due(work: Then, *, found: list[Notice]) -> None:
    work.flush()
    found[:] = notices.publish_due(work)


def _go_round(work: Then, *, found: list[Notice], by: Staff) -> None:
    """Remind who has not acknowledged, and tell some whom it did not reach at the door."""
    work.flush()
    mine = (col(Delivery.notice_id) == found[0].id,)
    taken = col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.DELIVERED))
    silent = update(Delivery).where(*mine, taken, col(Delivery.acknowledged_at).is_(None)).values(chased_at=work.now)
    number = int(getattr(work.session.execute(silent), "rowcount", 0))
    work.record("notice.chased", f"notice:{found[0].public_id}", people=number)
    unreached = select(Delivery.id).where(*mine, Delivery.state == DeliveryState.UNREACHABLE).limit(TOLD_AT_DOORS)
    keys = work.session.exec(unreached).all()
    doors = update(Delivery).where(col(Delivery.id).in_(keys)).values(visited_at=work.now, visited_by=by.id)
    work.session.execute(doors)
    for _ in keys:
        work.record_by(f"staff:{by.login}", "notice.visited", f"notice:{found[0].public_id}", back=False)


def _arrive(work: Then, *, found: list[Notice], past: Past, asks: bool) -> None:
    """Settle what was sent, and let people open it, say that they have it and answer, up to now."""
    work.flush()
    query = select(Delivery.id).where(Delivery.notice_id == found[0].id, Delivery.state == DeliveryState.ARMED)
    rows = [_became(past, identity or 0, work.now, asks=asks) for identity in work.session.exec(query)]
    if rows:
        work.session.execute(update(Delivery), rows)
    taken = [row["id"] for row in rows if row["read_at"]]
    for identity in past.dice.sample(taken, min(len(taken) // 25, 6)):
        told = work.session.exec(select(Delivery).where(col(Delivery.id) == identity)).one()
        receipts.reply(
            work.session, told, past.dice.choice(answers(found[0])), work.now + timedelta(minutes=past.dice.uniform(2, 200))
        )


def answers(notice: Notice) -> Sequence[str]:
    """Return what residents may answer to a notice: nobody asks of a meeting when it is restored."""
    return (*ANSWERS, *(said for word, more in ANSWERS_TO.items() if word in notice.title for said in more))


def _became(past: Past, identity: int, at: datetime, *, asks: bool) -> dict[str, Any]:
    dice = past.dice
    state = dice.choices([state for state, _ in BECAME], [often for _, often in BECAME])[0]
    is_taken = state in (DeliveryState.DELIVERED, DeliveryState.SENT)
    sent_at = at + timedelta(seconds=dice.uniform(0, 90))
    read_at = sent_at + past.after(timedelta(minutes=70)) if is_taken and dice.random() < 0.64 else None
    has_it = asks and read_at is not None and dice.random() < 0.72
    said_at = read_at + timedelta(seconds=dice.uniform(10, 240)) if has_it and read_at is not None else None
    return {
        "id": identity, "state": state, "attempts": 1, "channel": "template" if state is not DeliveryState.SENT else "chat",
        "first_try_at": sent_at, "reason": REASONS.get(state, ""), "updated_at": sent_at, "sent_at": sent_at if is_taken else None,
        "msgid": f"past{identity}" if state is DeliveryState.DELIVERED else None,
        "read_at": read_at if read_at and read_at < past.now else None,
        "acknowledged_at": said_at if said_at and said_at < past.now else None,
        "acknowledged_by": "button" if said_at and said_at < past.now else "",
    }  # fmt: skip
