"""A notice sent from the chat, by who of the staff has bound their WeChat and may send: 发通知 3栋：…, read back with its count, 发, 撤回."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Notice, NoticeState, Refusal, Staff, Turn, notices, receipts, telling, timing, tr, tr_all, whom
from bot.contract.notices import Audience, NoticeKind, Plan, Step
from bot.contract.receipts import Part, Total
from integrations.notices import after, approval, kinds
from integrations.notices.console import state_words

#: How long after it was read back a yes sends a notice, and after publishing 撤回 still means it.
ANSWERED, UNDONE = timedelta(minutes=10), timedelta(minutes=10)

#: Signs of a text that are read back; the page has all of it.
READ_BACK = 200

#: Signs of a title that is made of the first words.
FIRST_WORDS = 20

_BEGINS = re.compile(
    r"""(?:请|帮我)?发(?:一?[条个份])?(?P<kind>日常|重要|紧急)?通知
        (?:\s*发?[给到])?[\s,，：:]*(?P<rest>.*)""",
    re.VERBOSE | re.DOTALL,
)
_HEAD = re.compile(r"[：\n]|(?<!\d):(?!\d)")
_YES = re.compile(r"(?:确认|确定|可以|好的?)?[，, ]*(?:发|发吧|发送|发出|发出去)[。！! ]*|确认|确定")
_NO = re.compile(r"不发了?|先不发|别发了?|作废|取消|算了")
_UNTIL = re.compile(r"(?:有效)?到(?P<when>[^，。\n]{2,20}?)(?:为止|结束)[。]?")
_AT = re.compile(r"定时[：: ]*(?P<when>[^，。\n]{2,30})[。]?")
_AGREES = re.compile(r"(?:好[的啊呀吧]?|嗯+|可以|行|是的?|对|没问题|OK|ok)[。！!~ ]*")
_LIST = re.compile(
    r"(?:看看?|查看?|查一下)?(?:我们?|物业|最近)?(?:都?发[过了]?(?:哪些|什么|的)?通知|通知(?:的?列表|清单|的?记录|(?:发送)?的?情况)|发(?:过|出去?)的通知)(?:有哪些|吗)?[。？?]?"
)
_RECALLS = re.compile("撤回|撤销|收回|撤下|撤掉")
_COUNTS = re.compile(
    r"""(?:现在|一共|总共|已经)?(?:
            (?:有|已经)?(?:多少|几)(?:个)?(?:人|户|住户|居民)?(?:已经)?(?:没有?)?(?:收到|收|看|看到|打开|点开|确认|读)(?:过|了|到)?
          | 发(?:给|到|出)?了?(?:多少|几)个?(?:人|户)
          | (?:收到|看|确认|打开)了?(?:的|的有|的人)?(?:有)?(?:多少|几)个?人?
          | 谁(?:还)?没(?:有)?(?:收到|看|确认)
          | (?:发送|发的?|送达)?情况(?:怎么样|如何)?
        )[了呢吗？?。]*$""",
    re.VERBOSE,
)
_FILLING = ("请", "快", "帮我", "帮忙", "麻烦", "把", "给我")
_BEHIND = ("一下", "回来", "来", "了", "吧", "掉")
_SIGNS = ' ，,。：:《》“”"！!？?'

#: Notices that are known by their titles in the chat, and how many of them a list shows.
KNOWN, LISTED = timedelta(days=30), 5

#: Signs of an order that names a notice.
LONGEST_ORDER = 60

_KINDS = {"日常": NoticeKind.EVERYDAY, "重要": NoticeKind.IMPORTANT, "紧急": NoticeKind.EMERGENCY}


def order(turn: Turn, text: str) -> str:
    """Answer who of the staff sends a notice from the chat; empty for all else, and for everybody else."""
    is_short = len(text) <= LONGEST_ORDER
    is_about = is_short and any(asked.search(text) for asked in (_RECALLS, _COUNTS))
    if not is_about and not any(order.fullmatch(text) for order in (_BEGINS, _YES, _NO, _AGREES, _LIST)):
        return ""
    member = _member(turn)
    return _of_staff(turn, member, text) if member else ""


def _member(turn: Turn) -> Staff | None:
    mine = select(Staff).where(Staff.openid == turn.openid, col(Staff.disabled_at).is_(None)).order_by(col(Staff.id))
    return turn.session.exec(mine).first()


def _of_staff(turn: Turn, member: Staff, said: str) -> str:
    desk = Desk(session=turn.session, now=turn.now, context=turn.context, staff=member, access=telling.access(turn))
    if not desk.may("notice.draft"):
        return ""
    if begun := _BEGINS.fullmatch(said):
        return _begin(desk, begun["kind"] or "日常", begun["rest"].strip())
    shown = _shown(desk)
    if shown is not None and _YES.fullmatch(said):
        return _send(desk, shown)
    if shown is not None and _NO.fullmatch(said):
        title = shown.title
        notices.discard(desk.session, shown)
        desk.record("notice.discarded", f"notice:{shown.public_id}")
        return _say(desk, "notice.spoken.gone", title=title)
    if shown is not None and _AGREES.fullmatch(said):
        return _say(desk, "notice.spoken.unsent", title=shown.title)
    if _LIST.fullmatch(said):
        return _listed(desk)
    if _RECALLS.search(said):
        return _recall(desk, said)
    return _counted(desk, said) if _COUNTS.search(said) else ""


# ------------------------------------------------------------------ what was sent


def _known(desk: Desk) -> Sequence[Notice]:
    """Return the notices of the last weeks that were sent or are to be, the newest first."""
    since = desk.now - KNOWN
    mine = select(Notice).where(
        col(Notice.state).not_in((NoticeState.DRAFT, NoticeState.MISSED)), col(Notice.created_at) > since,
    )  # fmt: skip
    found = desk.session.exec(mine.order_by(col(Notice.id).desc()).limit(200)).all()
    return [one for one in found if not whom.is_veiled(desk, Audience.from_json(one.audience))]


def _named(known: Sequence[Notice], said: str) -> Sequence[Notice]:
    """Return the notices whose title is said, or a part of it: 电梯 of 《电梯年检》; the newest of those with the same title."""
    whole = [one for one in known if one.title.strip(_SIGNS) == said]
    found = whole or [one for one in known if said in one.title or (len(one.title) > 1 and one.title in said)]
    return list({one.title: one for one in reversed(found)}.values())[::-1]


def _title(said: str) -> str:
    """Return what is left of an order when all that is no title is taken off: 电梯年检 of 请把电梯年检的通知撤回来."""
    rest = said.strip(_SIGNS)
    for begin in _FILLING:
        rest = rest.removeprefix(begin).strip(_SIGNS)
    for end in _BEHIND:
        rest = rest.removesuffix(end).strip(_SIGNS)
    for word in ("撤回", "撤销", "收回", "撤下", "撤掉"):
        rest = rest.removeprefix(word).removesuffix(word).strip(_SIGNS)
    for begin in ("通知", "这条", "那条", "刚才", "刚发", "的", "最近"):
        rest = rest.removeprefix(begin).strip(_SIGNS)
    for end in ("通知", "这条", "那条", "这个", "那个", "的"):
        rest = rest.removesuffix(end).strip(_SIGNS)
    return rest


def _line(desk: Desk, notice: Notice) -> str:
    total = receipts.totals(desk.session, [notice]).get(notice.key, Total())
    at = notice.published_at or notice.due_at or notice.created_at
    came = f"，收到 {after.reached(total)}" if total.people else ""
    return f"· 《{notice.title}》{timing.say(at, desk.now)}，{state_words(desk, notice)}，发给{whom.label(desk, Audience.from_json(notice.audience))}{came}"


def _listed(desk: Desk) -> str:
    known = _known(desk)[:LISTED]
    if not known:
        return _say(desk, "notice.spoken.none")
    return _say(desk, "notice.spoken.listed", lines="\n".join(_line(desk, one) for one in known))


def _which(desk: Desk, known: Sequence[Notice], title: str) -> str:
    """Return what is said where a title means none of the notices, or several."""
    found = _named(known, title)
    titles = "".join(f"《{one.title}》" for one in (found or known)[:LISTED])
    return _say(desk, "notice.spoken.which", title="" if found else title, titles=titles)


def _counted(desk: Desk, said: str) -> str:
    """Say how many have a notice: the one that is named, else the last that this member of the staff sent."""
    known, counts = _known(desk), _COUNTS.search(said)
    title = _title(said[: counts.start()]) if counts else ""
    if title:
        found = _named(known, title)
        if len(found) > 1 or (not found and "通知" in said):
            return _which(desk, known, title)
    else:
        found = [one for one in known if desk.staff.id in (one.asked_by, one.created_by) and one.published_at][:1]
    if not found:
        return ""
    [notice] = found
    total, sent = receipts.totals(desk.session, [notice]).get(notice.key, Total()), receipts.sendings(desk.session, notice, 1)
    parts = receipts.figures(desk.session, notice, sent[0].at if sent else None)
    return _say(
        desk, "notice.spoken.counted", title=notice.title, to=whom.label(desk, Audience.from_json(notice.audience)), reached=after.reached(total),
        moving=total.moving or "", opened=parts[Part.READ], acknowledged=parts[Part.ACKNOWLEDGED] if notice.asks else "",
    )  # fmt: skip


# ------------------------------------------------------------------ read back


def _begin(desk: Desk, kind: str, rest: str) -> str:
    if not rest:
        return _say(desk, "notice.spoken.how")
    parts = _HEAD.split(rest, maxsplit=1)
    if len(parts) < 2 or not parts[1].strip():
        return ""  # 发通知了吗: no notice, but words about one
    try:
        with desk.session.begin_nested():  # what is refused leaves no draft
            notice = _draft(desk, _KINDS[kind], parts[0], parts[1].strip())
    except Refusal as refusal:
        return str(refusal)
    return _read_back(desk, notice)


def _draft(desk: Desk, kind: NoticeKind, to: str, text: str) -> Notice:
    audience = whom.shown(desk, notices.audience_of(desk, to))
    if unknown := notices.unknown_parts(desk, audience):
        raise Refusal(tr("没有人属于“{unknown}”。请改好再发一遍，例如：发通知 3栋：明天停水…", unknown=tr_all("、", unknown)))
    until, at, lines = _settled(desk, text)
    title, body = _parted("\n".join(lines).strip())
    old = _shown(desk)
    if old is not None:  # what is said anew takes the place of what was read back before
        notices.discard(desk.session, old)
    notice = notices.draft(desk.session, title, body, audience, desk.now, desk.staff.id)
    notices.disturb(notice, kind, until, notice.chase_after, desk.now)
    notices.intend(notice, at, desk.now)
    notice.shown_at = notice.tested_at = desk.now  # they read it in WeChat, as residents do
    desk.session.add(notice)
    desk.record("notice.drafted", f"notice:{notice.public_id}")
    return notice


def _settled(desk: Desk, text: str) -> tuple[datetime | None, Plan | None, list[str]]:
    """Return the end and the time that lines of their own say, and the other lines."""
    until: datetime | None = None
    at: Plan | None = None
    lines: list[str] = []
    for line in text.splitlines():
        if found := _UNTIL.fullmatch(line.strip()):
            until = timing.once(found["when"], desk.now)
        elif found := _AT.fullmatch(line.strip()):
            at = timing.by_words(found["when"], desk.now)
        else:
            lines.append(line)
    return until, at, lines


def _parted(text: str) -> tuple[str, str]:
    """Return title and text: the first line where more follow, else the first words."""
    first, _, rest = text.partition("\n")
    if rest.strip() and len(first.strip()) <= notices.TITLE:
        return first.strip(), rest.strip()
    return re.split(r"[，。！!,；;\n]", text, maxsplit=1)[0][:FIRST_WORDS], text


def _read_back(desk: Desk, notice: Notice) -> str:
    found = notices.count(desk, Audience.from_json(notice.audience))
    values = notices.sample(desk, Audience.from_json(notice.audience))
    title, body = (notices.fill_variables(text, values) for text in (notice.title, notice.body))
    cut = body if len(body) <= READ_BACK else f"{body[:READ_BACK]}…"
    night = kinds.night(desk) if notice.kind is NoticeKind.EVERYDAY else ""
    planned = f"定在 {timing.say(notice.due_at, desk.now)} 发。" if notice.due_at else ""
    limit = notices.policy_of(desk.session).approve_above
    asks = limit is not None and found.people > limit and notice.kind is not NoticeKind.EMERGENCY
    ends = f"有效到 {timing.say(notice.until, desk.now)}。" if notice.until else ""
    why = [f"{count}人{reason}" if len(found.unreachable) > 1 else reason for reason, count in found.unreachable.items()]
    may_send = desk.may("notice.send")
    return _say(
        desk, "notice.spoken.shown", title=title, to=Audience.from_json(notice.audience).label, people=found.people, chat=found.chat or "",
        subscription=found.subscription or "", card=found.template or "", unreachable=found.people - found.told or "",
        text=notices.text_of(notice, title, cut), wait="".join((planned or night, ends)), ask=limit if asks else "", why="、".join(why),
        url=desk.link(approval.LOOK.format(id=notice.public_id)), may="1" if may_send else "",
        who="" if may_send else "、".join(desk.access.holders("notice.send")),
    )  # fmt: skip


# ------------------------------------------------------------------ sent, and taken back


def _send(desk: Desk, notice: Notice) -> str:
    notices.lock(desk.session, notice)
    if notice.state is not NoticeState.DRAFT:
        return _say(desk, "notice.spoken.late", title=notice.title)
    notice.shown_at = None
    if not desk.may("notice.send"):
        return _say(desk, "notice.spoken.kept", title=notice.title, who="、".join(desk.access.holders("notice.send")))
    people = notices.how_many(desk, Audience.from_json(notice.audience))
    try:
        step = notices.send(desk, notice, notices.plan_of(notice), desk.staff)
    except Refusal as refusal:
        return str(refusal)
    if step is Step.WAITING:
        return approval.STEP_WORDS[step]
    if step is Step.SCHEDULED:
        return f"定好了，{timing.say(notice.due_at, desk.now)} 发给 {people} 人。" if notice.due_at else "定好了。"
    return _say(desk, "notice.spoken.sent", people=people, seconds=notices.UNDO.seconds)


def _recall(desk: Desk, said: str) -> str:
    """Take a notice back: the one that is named, else the last that this member of the staff has sent lately."""
    known, title = _known(desk), _title(said)
    if title:
        found = _named(known, title)
        if not found and "通知" not in said and "《" not in said:
            return ""  # 撤回健康同意
    else:
        found = [
            one for one in known if one.asked_by == desk.staff.id and one.published_at and one.published_at > desk.now - UNDONE
        ][:1]
        found = [one for one in found if one.state is NoticeState.PUBLISHED]
    if not desk.may("notice.send"):
        return _say(desk, "notice.spoken.may_not", who="、".join(desk.access.holders("notice.send"))) if found else ""
    if len(found) != 1:
        return _which(desk, known, title) if title or known else _say(desk, "notice.spoken.none")
    return _taken_back(desk, found[0])


def _taken_back(desk: Desk, notice: Notice) -> str:
    notices.lock(desk.session, notice)
    if notice.rule:
        return _say(desk, "notice.spoken.recurs", title=notice.title)
    if notice.state is NoticeState.RECALLED:
        return _say(desk, "notice.spoken.recalled", title=notice.title)
    total = receipts.totals(desk.session, [notice]).get(notice.key, Total())
    is_new = notice.published_at is None or notice.published_at > desk.now - UNDONE
    if not (is_new or total.moving):
        return _say(desk, "notice.spoken.over", title=notice.title, came=total.came)
    notices.recall(desk.session, notice, desk.now, desk.actor)
    total = receipts.totals(desk.session, [notice]).get(notice.key, Total())
    return _say(desk, "notice.spoken.undone", title=notice.title, came=total.came or "", stopped=total.missed)


def _shown(desk: Desk) -> Notice | None:
    mine = select(Notice).where(
        Notice.created_by == desk.staff.id, Notice.state == NoticeState.DRAFT, col(Notice.shown_at) > desk.now - ANSWERED
    )
    return desk.session.exec(mine.order_by(col(Notice.id).desc())).first()


def _say(desk: Desk, message: str, **values: object) -> str:
    return desk.words(desk.context.messages[message], **values)
