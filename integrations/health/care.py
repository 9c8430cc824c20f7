"""Who lives alone may ask to be asked after every day: with consent of its own a person of the staff is told, and takes it up."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, select

from bot.contract import Ask, Purpose, Reply, Resident, Retention, Rows, Task, Turn, Wish, Work, action, consents
from integrations.health.models import CareWish

#: Who may see it: whoever sees how somebody is.
NEED = "health.view"

#: What such a task is called.
KIND = "health.care"

INTENT = "care.daily"

#: How such a task ends whose consent is taken back, and what it is called then.
WITHDRAWN, FORGOTTEN = "本人撤回了同意，不用问候", "关怀（本人撤回，内容已删除）"

#: How long it is kept; then who still wants it asks again.
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


@action(INTENT, Told, replies={"done": "", "again": "", "consent": "asks", "unasked": "asks", "declined": "", "refused": ""})
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
    made.wants, made.at = wants, turn.now
    turn.session.add(made)
    task = next((one for one in _tasks(turn, turn.openid) if one.closed_at is None), None)
    if task is not None:
        task.data = {**task.data, "report": wants}
        turn.session.add(task)
        return Reply("again")
    flat = turn.flat.label if turn.flat else ""
    turn.assign(KIND, NEED, f"关怀：{flat} {turn.me.name}".strip(), openid=turn.openid, household=turn.flat, report=wants)
    return Reply("done")


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
    """Delete what somebody wished for; returns how many rows."""
    if resident.openid:
        forget(work, resident.openid, WITHDRAWN)
    theirs = delete(CareWish).where(col(CareWish.resident_id) == resident.id)
    return int(getattr(work.session.execute(theirs), "rowcount", 0))


CARE = Purpose(
    name="care", title="关怀", version=1, asks="care.consent", kept="请人问候的约定和待办", end=end,
    called=("关怀", "关心", "照看", "问候", "报平安"), intents=(INTENT,), why="care.why",
)  # fmt: skip

#: What it is called where residents are told.
KEPT = "请人问候的约定"

RETAIN = Retention(what=KEPT, lives=LIVES, rows=(Rows(CareWish, lambda before: (col(CareWish.at) < before,)),))
