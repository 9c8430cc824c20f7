"""A notice sent from the chat, by who of the staff has bound their WeChat and may send: 发通知 3栋：…, read back with its count, 发, 撤回."""

import re
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Notice, NoticeState, Refusal, Staff, Turn, notices, telling, timing, tr, tr_all, wording
from bot.contract.notices import Audience, NoticeKind, Plan, Step
from integrations.notices import approval, kinds, whom

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
_UNDO = re.compile(r"撤回|撤销|收回|快?撤回(?:通知|来)?")
_UNTIL = re.compile(r"(?:有效)?到(?P<when>[^，。\n]{2,20}?)(?:为止|结束)[。]?")
_AT = re.compile(r"定时[：: ]*(?P<when>[^，。\n]{2,30})[。]?")
_KINDS = {"日常": NoticeKind.EVERYDAY, "重要": NoticeKind.IMPORTANT, "紧急": NoticeKind.EMERGENCY}


def order(turn: Turn, text: str) -> str:
    """Answer who of the staff sends a notice from the chat; empty for all else, and for everybody else."""
    if not any(order.fullmatch(text) for order in (_BEGINS, _YES, _NO, _UNDO)):
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
    return _undo(desk) if _UNDO.fullmatch(said) and desk.may("notice.send") else ""


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
    return _say(
        desk, "notice.spoken.shown", title=title, to=Audience.from_json(notice.audience).label, people=found.people, chat=found.chat,
        subscription=found.subscription, card=found.template, unreachable=found.people - found.told,
        text=wording.text(title, cut), wait="".join((planned or night, ends)), ask=limit if asks else "",
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


def _undo(desk: Desk) -> str:
    """Take back the last notice that this member of the staff has sent lately."""
    mine = select(Notice).where(
        Notice.asked_by == desk.staff.id, Notice.state == NoticeState.PUBLISHED, col(Notice.published_at) > desk.now - UNDONE
    )
    notice = desk.session.exec(mine.order_by(col(Notice.published_at).desc()).with_for_update()).first()
    if notice is None:
        return ""
    stopped = notices.recall(desk.session, notice, desk.now, desk.actor)
    return _say(desk, "notice.spoken.undone", title=notice.title, stopped=stopped)


def _shown(desk: Desk) -> Notice | None:
    mine = select(Notice).where(
        Notice.created_by == desk.staff.id, Notice.state == NoticeState.DRAFT, col(Notice.shown_at) > desk.now - ANSWERED
    )
    return desk.session.exec(mine.order_by(col(Notice.id).desc())).first()


def _say(desk: Desk, message: str, **values: object) -> str:
    return desk.words(desk.context.messages[message], **values)
