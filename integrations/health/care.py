"""Who lives alone may ask to be asked after every day: with consent of its own a sign of life is waited for, and staff are told.

Who wishes it for somebody else, 每天给我妈打个电话, speaks for nobody's consent: a person of the staff takes that up.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as row_select
from sqlmodel import col, delete, or_, select

from bot.contract import Ask, Purpose, Reply, Resident, Retention, Rows, Task, Turn, Wish, Work, action, consents
from integrations.health import ladder
from integrations.health.models import CareAbsence, CareDay, CareInvite, CareProof, CareRung, CareWish

#: Who may see it: whoever sees how somebody is.
NEED = "health.view"

#: What such a task is called.
KIND = "health.care"

INTENT = "care.daily"

#: How such a task ends whose consent is taken back, and what it is called then.
WITHDRAWN, FORGOTTEN = "本人撤回了同意，不用问候", "关怀（本人撤回，内容已删除）"

#: How long it is kept after the last word that all is well.
LIVES = timedelta(days=365)

#: Words of somebody's own that are kept at most.
_LONGEST = 60

_OFTEN = "每天|天天|每日|日日|每个?(?:早上|早晨|晚上|上午|下午|礼拜|星期)|每[早晚周]|早晚|定时|按时|隔天|隔三差五"
_WHOM = (
    r"(?:我|俺|咱|老人|老头子?|老太太|[我俺]?(?:家的?)?(?:老?[爸妈爹娘]|爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|老伴|公公|婆婆))"
)
_ASKS = "问一?问|问候|问|关心|看一?看|看望|联系|打个?电话|打电话|敲个?门|叫|陪"
#: A wish, and no account of what others do: 每天早上问我一声平安, 能不能天天给我妈打个电话.
_WISH = re.compile(
    rf"(?:.{{0,14}}[\s，,。])?(?:你们|请|麻烦|能不能|可不可以|能|可以|希望|想要?|帮我?|让)*(?:{_OFTEN}).{{0,8}}(?:给|来|跟|和|对|向|帮|找人|派人|有人|你们?|让人|把)?.{{0,4}}(?:(?:{_ASKS})(?:候)?(?:一?下|声|一声)?{_WHOM}|{_WHOM}.{{0,2}}(?:{_ASKS})).{{0,10}}"
    rf"|.{{0,12}}(?:能不能|可不可以|能否|希望|想要?|要|请|麻烦|安排|找人|派人|有人).{{0,8}}(?:{_OFTEN}).{{0,6}}(?:(?:{_ASKS}).{{0,8}}|.{{0,3}}报.{{0,2}}平安)[吗么嘛?？吧。]*"
    rf"|.{{0,14}}(?:{_OFTEN}).{{0,4}}(?:提醒|让|叫|喊){_WHOM}.{{0,3}}报.{{0,2}}平安.{{0,4}}"
)
#: Told of what goes on, or not wished for.
_NO_WISH = re.compile(
    "[烦吵闹](?<!麻烦)|有人敲|别|不要|不用|不想|不必|总是|老是|都有人|催|推销|广告|通知|怎么还|为什么|快递|外卖|装修|打卡"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """The answer to the question whether it may be kept and passed on; None is not said yet."""

    agreed: str | None = None


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the wish where words are one; nothing for all others."""
    if len(text) > _LONGEST or not _WISH.fullmatch(text.strip()) or _NO_WISH.search(text):
        return ""
    if turn.resident is None or turn.flat is None:
        return turn.words(turn.context.messages["care.not_bound"])
    return Wish(intent=INTENT)


#: Said of somebody else than who speaks.
_FOR_OTHERS = re.compile(r"老人|老头|老太太|[爸妈爹娘]|父亲|母亲|爷爷|奶奶|外公|外婆|老伴|公公|婆婆")

#: They want to be spoken to first.
_GREETS = re.compile("问|叫|喊|提醒|打电话|打个电话|关心")


@action(
    INTENT,
    Told,
    replies={
        "done": "",
        "waits": "hour greets",
        "again": "",
        "consent": "asks",
        "unasked": "asks",
        "declined": "",
        "refused": "",
    },
)
def ask_after(turn: Turn, slots: Told) -> Reply | Ask:
    """Keep the wish and tell a person of it, once that is consented to; nothing is kept and nobody told before."""
    if consents.missing(turn, turn.me, [CARE]):
        if consents.refused(turn, turn.me, [CARE]) and slots.agreed is None:
            return Reply("refused", ok=False)
        if slots.agreed == consents.NO:
            consents.refuse(turn, CARE)
            return Reply("declined", ok=False)
        if slots.agreed != consents.YES:
            asks = CARE.words(turn)
            return Ask(
                slot="agreed",
                name="consent",
                options=consents.OPTIONS,
                values={"asks": asks},
                called_off="unasked",
                agreed=consents.YES,
            )
        consents.give(turn, CARE)
    known = turn.session.exec(select(CareWish).where(CareWish.resident_id == turn.me.key)).first()
    wants = turn.said.partition("\n")[0][:_LONGEST]
    made = known or CareWish(
        resident_id=turn.me.key, consent_id=consents.needed(turn, turn.me, CARE).key, at=turn.now, wants=wants
    )
    made.wants, made.at, made.consent_id = wants, turn.now, consents.needed(turn, turn.me, CARE).key
    is_own = _FOR_OTHERS.search(wants) is None
    if is_own:
        made.expects_from = made.expects_from or turn.now.date() + timedelta(days=1)
        made.greets = _GREETS.search(wants) is not None
    turn.session.add(made)
    task = next((one for one in _tasks(turn, turn.openid) if one.closed_at is None), None)
    if task is not None:
        task.data = {**task.data, "report": wants}
        turn.session.add(task)
        return _waits(turn, made) if is_own else Reply("again")
    flat = turn.flat.label if turn.flat else ""
    turn.assign(KIND, NEED, f"关怀：{flat} {turn.me.name}".strip(), openid=turn.openid, household=turn.flat, report=wants)
    return _waits(turn, made) if is_own else Reply("done")


def _waits(turn: Turn, made: CareWish) -> Reply:
    return Reply("waits", hour=f"{ladder.hour(turn, made):%H:%M}", greets=f"{ladder.greeted(turn):%H:%M}" if made.greets else "")


def open_tasks(work: Work, openid: str) -> list[Task]:
    """Return what staff are still to do for whoever wished to be asked after."""
    return [one for one in _tasks(work, openid) if one.closed_at is None]


def _tasks(work: Work, openid: str) -> list[Task]:
    return list(work.session.exec(select(Task).where(Task.kind == KIND, Task.openid == openid)).all())


def forget(work: Work, openid: str, why: str) -> None:
    """Call off what staff were to do, and forget what was wished for."""
    for task in _tasks(work, openid):
        if task.closed_at is None:
            work.call_off(task, why)
        task.title, task.data = FORGOTTEN, {}
        work.session.add(task)


def end(work: Work, resident: Resident) -> int:
    """Delete what somebody wished for, and all that was waited for and found; returns how many rows.

    Somebody who is on their way to the door is called off, too: who takes the consent back is alive.
    """
    if resident.openid:
        forget(work, resident.openid, WITHDRAWN)
    days = select(CareDay).where(CareDay.resident_id == resident.id)
    for day in work.session.exec(days).all():
        for task in work.session.exec(select(Task).where(Task.subject == day.subject)).all():
            if task.closed_at is None:
                work.call_off(task, WITHDRAWN)
            task.title, task.data, task.outcome = FORGOTTEN, {}, ""
            work.session.add(task)
    work.session.flush()
    own = select(CareDay.id).where(CareDay.resident_id == resident.id)
    count = 0
    for gone in (
        delete(CareProof).where(col(CareProof.day_id).in_(own)),
        delete(CareRung).where(col(CareRung.day_id).in_(own)),
        delete(CareDay).where(col(CareDay.resident_id) == resident.id),
        delete(CareAbsence).where(col(CareAbsence.resident_id) == resident.id),
        delete(CareWish).where(col(CareWish.resident_id) == resident.id),
        delete(CareInvite).where(
            or_(
                col(CareInvite.elder_id) == resident.id,
                col(CareInvite.to_id) == resident.id,
                col(CareInvite.from_id) == resident.id,
            )
        ),
    ):
        count += int(getattr(work.session.execute(gone), "rowcount", 0))
    return count


CARE = Purpose(
    name="care", title="关怀", version=2, asks="care.consent", kept="报平安和问候的约定、每天的记录和待办", end=end,
    called=("关怀", "关心", "照看", "问候", "报平安"), intents=(INTENT, "care.away"), why="care.why",
)  # fmt: skip

#: What it is called where residents are told.
KEPT, DAYS_KEPT = "请人问候的约定", "报平安的记录"

#: How long it is kept on which days somebody was well: as long as one asks why nobody came.
DAYS_LIVE = timedelta(days=90)

RETAIN = Retention(
    what=KEPT,
    lives=LIVES,
    rows=(Rows(CareWish, lambda before: (col(CareWish.at) < before, col(CareWish.id).not_in(select(CareDay.wish_id)))),),
)

RETAIN_DAYS = Retention(
    what=DAYS_KEPT,
    lives=DAYS_LIVE,
    rows=(
        Rows(CareProof, lambda before: (col(CareProof.day_id).in_(_old(before)),)),
        Rows(CareRung, lambda before: (col(CareRung.day_id).in_(_old(before)),)),
        Rows(CareDay, lambda before: (col(CareDay.id).in_(_old(before)),)),
        Rows(CareInvite, lambda before: (col(CareInvite.at) < before,)),
        Rows(CareAbsence, lambda before: (col(CareAbsence.at) < before, col(CareAbsence.ends) < before.date())),
    ),
)


def _old(before: datetime) -> Select[Any]:
    """Return the days that are over so long; one on which nobody has been found yet is not over."""
    return row_select(col(CareDay.id)).where(col(CareDay.due_at) < before, col(CareDay.sign) != "")
