"""What residents say of how they stand on the roster: shown to them with its middle veiled, corrected by staff who check it first.

A right of theirs (PIPL art. 45 and 46), and a way into a flat for whoever holds somebody else's account: so nothing is changed by a word
in the chat, and nobody who is not bound reads anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.contract import (
    Ask,
    Desk,
    Happening,
    Reply,
    Resident,
    Task,
    TaskKind,
    Turn,
    Wish,
    Work,
    action,
    is_unreadable,
    on,
    roster,
    tasks,
    tr,
)
from bot.contract import veiled_phone as veiled

#: What such a task is called, who sees to it, and what may come of it.
KIND, NEED = "resident.correction", "household.edit"
DONE, NOT_DONE, NOBODY = tr("已改好"), tr("核实后没有改"), tr("联系不上本人")

TASK = TaskKind(
    kind=KIND, title=tr("住户说登记错了"), path="/households/{flat}#p-{subject}", path_title=tr("核对后改"), need=NEED,
    outcomes=(DONE, NOT_DONE, NOBODY), ends_with_account=True,
)  # fmt: skip

INTENT = "residents.record"

_LONGEST = 40
_NUMBER = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")
_PHONE = "(?:手机号码?|电话号码|号码|手机|电话|联系方式)"
_NAMED = "(?:姓名|名字|名)"
#: Says of what it is that it stands on record, or is whoever speaks'.
_MINE = "(?:我|俺|本人|登记|名册|预留|留给?你们|系统|绑定)"
_WRONG = "(?:错|不对|不准|打错|变了|换了|不用了|作废|不是我的|要改|想改|改一?下|更正|更新|改成|改为)"

_SHOWS = re.compile(
    rf"(?=.*{_MINE})(?:请问|那|帮我|查(?:一下|下)?|看(?:一下|下|看)?|告诉我|我想(?:知道|看)|你们|物业)*(?:我|俺|本人|你们|物业|名册|系统)?(?:上|里)?(?:我)?(?:在(?:你们|物业)(?:那|这)(?:里|儿)?)?(?:登记|预留|留|绑定|存|填)?(?:的|是)*(?:我的)?(?:{_PHONE}|{_NAMED})"
    rf"(?:登记|预留|留|填|写)?(?:的|成)?(?:是|叫)?(?:多少|什么|啥|哪个|哪一个|几号|谁的?)(?:号|名字)?[啊呀呢了的吗\s?？]*"
)
_SAYS_NEW = re.compile(rf"(?:我|俺)?(?:的)?(?:换|改|变)(?:了|过)?(?:个|新的?)?{_PHONE}(?:了|啦)?")
_SAYS_WRONG = re.compile(
    rf"(?P<whose>{_MINE})?.{{0,6}}(?P<what>{_PHONE}|{_NAMED}|信息|资料).{{0,6}}{_WRONG}|(?:把|将)?(?:我|俺)的?(?P<that>{_PHONE}|{_NAMED})(?:改|换)|(?:请|帮我|我要|我想|麻烦|给我)*(?:改|更正|更新)一?下?(?:我|俺)?(?:在你们那|的)?(?:登记|名册|预留)(?:上|里)?的?(?P<changed>{_PHONE}|{_NAMED}|信息|资料)"
)
_RIGHT_NAME = re.compile(
    rf"(?:应该?是|正确的?是|其实是|改成|改为|换成|叫|{_NAMED}是)(?P<name>[\u4e00-\u9fff·]{{2,8}}?)(?:才对|吧|啊|的|，.*|。)*$"
)
#: Somebody else's name or number: a guest's, a plumber's.
_OF_ELSE = re.compile(
    "客人|访客|朋友|师傅|物业电话|物业的|你们的电话|车牌|快递|他的|她的|通知|为什么|邻居|老公|老婆|爸|妈|儿子|女儿|通行|打错电话|打电话"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What of the record is meant, and how it is right; nothing where it is only to be shown."""

    what: str | None = None
    name: str | None = None
    phone: str | None = None


def hear(turn: Turn, text: str) -> Wish | str:
    """Return the showing or the correction of what stands on record of whoever speaks; nothing for all other words."""
    text = text.strip()
    if len(text) > _LONGEST or turn.open.startswith("identity.") or _OF_ELSE.search(text):
        return ""
    if _SHOWS.fullmatch(text):
        return Wish(intent=INTENT)
    number = _NUMBER.search(text)
    said, is_new = _SAYS_WRONG.match(text), _SAYS_NEW.match(text)
    if said is None and is_new is None:
        return ""
    is_mine = is_new is not None or (said is not None and bool(said["whose"] or said["that"] or said["changed"]))
    if not is_mine and (turn.is_asked or turn.lately):  # a guest's, who was just spoken of
        return ""
    word = "" if said is None else said["what"] or said["that"] or said["changed"]
    if is_new is not None or re.fullmatch(_PHONE, word):
        return Wish(intent=INTENT, values={"what": "phone", **({"phone": number[0]} if number else {})})
    if re.fullmatch(_NAMED, word):
        right = _RIGHT_NAME.search(text)
        return Wish(intent=INTENT, values={"what": "name", **({"name": right["name"]} if right else {})})
    return Wish(intent=INTENT)


@action(
    INTENT, Told,
    replies={
        "shown": "flat known phone", "stranger": "", "which_name": "known", "which_phone": "known", "taken": "what value", "same": "what",
        "not_told": "known",
    },
)  # fmt: skip
def record(turn: Turn, slots: Told) -> Reply | Ask:
    """Show how whoever speaks stands on the roster, or let staff check what they say is wrong; nothing is changed here."""
    if turn.resident is None or turn.flat is None:
        return Reply("stranger", ok=False)
    me = turn.me
    if slots.what is None and slots.name is None and slots.phone is None:
        return Reply("shown", flat=turn.home.label, known=_veiled_name(me.name), phone=_veiled(me.phone))
    if slots.what == "phone" and slots.phone is None:
        return Ask(slot="phone", name="which_phone", options={}, values={"known": _veiled(me.phone)}, called_off="not_told")
    if slots.what == "name" and slots.name is None:
        return Ask(slot="name", name="which_name", options={}, values={"known": _veiled_name(me.name)}, called_off="not_told")
    what, value = ("phone", slots.phone) if slots.phone is not None and slots.what != "name" else ("name", slots.name)
    called = tr("电话") if what == "phone" else tr("姓名")
    if value is None or value == getattr(me, what):
        return Reply("same", what=called)
    _assign(turn, what, value)
    return Reply("taken", what=called, value=value)


def _assign(turn: Turn, what: str, value: str) -> None:
    """Open the task, one for each person, that a later word changes; its title holds no number, which not everybody may read."""
    task = next((one for one in tasks.about(turn.session, turn.me.about) if one.kind == KIND), None)
    says: dict[str, str] = {**(task.data.get("says", {}) if task else {}), what: value}
    shown = "、".join(
        f"{word}应为{_veiled(said) if name == 'phone' else said}"
        for name, word in (("name", "姓名"), ("phone", "电话"))
        if (said := says.get(name))
    )
    title = f"登记更正：{turn.home.label} {turn.me.name}，{shown}"
    if task is not None:
        task.title, task.data = title, {**task.data, "says": says}
        turn.session.add(task)
        return
    turn.assign(
        KIND, NEED, title, openid=turn.openid, household=turn.flat, subject=turn.me.about, says=says, flat=turn.home.key,
    )  # fmt: skip


def asked(desk: Desk, resident: Resident) -> Mapping[str, str]:
    """Return how somebody says that their record is right, for the form that corrects it; a number for who may read whole ones."""
    task = next((one for one in tasks.about(desk.session, resident.about) if one.kind == KIND), None)
    says = task.data.get("says", {}) if task is not None and not is_unreadable(task.data) else {}
    return {name: value for name, value in says.items() if name != "phone" or desk.may("phone.view")}


def _veiled(phone: str) -> str:
    return "" if is_unreadable(phone) or not phone else veiled(phone)


def _veiled_name(name: str) -> str:
    """Return a name without its middle: 陈*军, 陈*."""
    return f"{name[0]}*{name[-1] if len(name) > 2 else ''}" if name else ""


@on("resident.corrected", "what")
def settle(work: Work, happening: Happening) -> None:
    """Close what somebody asked for once the record was corrected so."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    for task in tasks.about(work.session, happening.subject):
        says = task.data.get("says", {}) if task.kind == KIND and resident is not None else {}
        if says and all(getattr(resident, name, None) == value for name, value in says.items()):
            work.call_off(task, DONE)


@on("task.closed", "task")
def tell(work: Work, happening: Happening) -> None:
    """Tell whoever asked what came of it; the staff's remark stays with them."""
    task: Task | None = (
        tasks.find(work.session, happening.subject.partition(":")[2]) if happening.data.get("task") == KIND else None
    )
    ended = next((one for one in (DONE, NOT_DONE, NOBODY) if task is not None and task.outcome.startswith(one)), "")
    if task is not None and task.openid and ended:
        work.tell(task.openid, "record.settled", done="yes" if ended == DONE else "", outcome=ended)
