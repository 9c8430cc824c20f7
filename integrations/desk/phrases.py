"""Answers kept ready: written once, with variables, put into the field of any talk by /short or from the list."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from sqlmodel import select

from bot.contract import Conversation, Desk, Page, Redirect, Refusal, View, Work, asked_in, handoffs, page, talks, tr, tr_all
from bot.contract.listpage import part
from integrations.desk import labels
from integrations.desk.models import ReadyAnswer, TalkLabel

#: Characters of what is typed for one and of its text, and how many a community may have.
LONGEST_SHORT, LONGEST, MOST = 12, 500, 100

#: Answers on one page.
SHOWN = 10

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def _name(desk: Desk, talk: Conversation) -> str:
    resident = talks.speaker(desk, talk)
    return resident.name if resident and resident.name else tr("业主")


def _flat(desk: Desk, talk: Conversation) -> str:
    resident = talks.speaker(desk, talk)
    return desk.household(resident).label if resident else tr("您家")


def _phone(desk: Desk, talk: Conversation) -> str:
    resident = talks.speaker(desk, talk)
    return desk.veil(resident.phone) if resident else ""


def _number(desk: Desk, talk: Conversation) -> str:
    return next((task.number or "" for task in handoffs.open_of(desk.session, talk.openid)), "")


#: What stands in a text in place of what differs from talk to talk; where that is not known, what is said instead.
VARIABLES: Mapping[str, tuple[str, Callable[[Desk, Conversation], str]]] = {
    "称呼": (tr("居民的姓名；没有登记时是“业主”"), _name),
    "房号": (tr("3栋2单元501；没有绑定时是“您家”"), _flat),
    "电话": (tr("居民登记的电话"), _phone),
    "编号": (tr("正在办的事的编号"), _number),
    "我": (tr("您的名字"), lambda desk, _: desk.staff.name),
    "小区": (tr("小区的名字"), lambda desk, _: desk.community.name),
    "物业电话": (tr("物业的电话"), lambda desk, _: desk.community.phone),
    "上班时间": (tr("每天 8:30 到 18:00"), lambda desk, _: desk.context.office.in_words()),
    "多久回复": (tr("现在答应居民多久回复"), lambda desk, _: handoffs.expected(desk)),
}


#: What a demo begins with.
SEED = (
    ("收到", "{称呼}您好，收到了，我去核实一下，{多久回复}。"),
    ("上门", "{称呼}您好，师傅会先打 {电话} 跟您约时间，请保持电话畅通。"),
    (tr("电话"), "急事请直接打物业电话 {物业电话}，{上班时间}有人接。"),
    ("进度", "您的事编号是 {编号}，回复编号随时能看进度。"),
)


def all_of(desk: Desk) -> Sequence[ReadyAnswer]:
    """Return the community's answers by what is typed for them."""
    return desk.session.exec(select(ReadyAnswer).order_by(ReadyAnswer.short)).all()


def filling(desk: Desk, talk: Conversation) -> Callable[[str], str]:
    """Return what puts a talk's values in place of the variables of texts, each found once; what is no variable stays as it stands."""

    @cache
    def value(name: str) -> str:
        return VARIABLES[name][1](desk, talk)

    return lambda text: _VARIABLE.sub(lambda found: value(found[1]) if found[1] in VARIABLES else found[0], text)


def fill(desk: Desk, talk: Conversation, text: str) -> str:
    """Return one text with its variables as they are for a talk."""
    return filling(desk, talk)(text)


def typed(desk: Desk, talk: Conversation, text: str) -> str:
    """Return the answer that /short in front of a text means, filled, with what follows; empty where it means none."""
    short, _, rest = text.removeprefix("/").partition(" ")
    found = desk.session.exec(select(ReadyAnswer).where(ReadyAnswer.short == short)).first() if text.startswith("/") else None
    return "\n".join(filter(None, (fill(desk, talk, found.text), rest.strip()))) if found else ""


def by_key(desk: Desk, key: str) -> ReadyAnswer:
    """Return one by the id people see; raises LookupError."""
    found = desk.session.exec(select(ReadyAnswer).where(ReadyAnswer.public_id == key)).first()
    if found is None:
        raise LookupError(key)
    return found


@page("GET", "/phrases", need=labels.EDIT, title=tr("快捷语和标签"))
def show(desk: Desk) -> View:
    """List the answers and labels that all colleagues use."""
    return _page(desk)


@page("POST", "/phrases", need=labels.EDIT)
def add(desk: Desk) -> View | Redirect:
    """Add an answer."""
    return _save(desk, None)


@page("POST", "/phrases/{id}", need=labels.EDIT)
def change(desk: Desk) -> View | Redirect:
    """Change one."""
    return _save(desk, by_key(desk, desk.params["id"]))


@page("POST", "/phrases/{id}/drop", need=labels.EDIT)
def drop(desk: Desk) -> Redirect:
    """Take one out of the list."""
    phrase = by_key(desk, desk.params["id"])
    desk.session.delete(phrase)
    return Redirect("/console/phrases", tr("去掉了 /{short}。", short=phrase.short))


@page("POST", "/labels", need=labels.EDIT)
def add_label(desk: Desk) -> View | Redirect:
    """Add a label to the list."""
    name = " ".join(desk.form.get("name", "").split())
    try:
        with asked_in("name"):
            labels.check(desk, name)
    except Refusal as refusal:
        return _page(desk, refusal, label=name, key="label")
    desk.session.add(TalkLabel(name=name))
    return Redirect("/console/phrases#labels", tr("有了标签“{name}”。", name=name))


def _page(desk: Desk, refusal: Refusal | None = None, **said: str) -> View:
    found = all_of(desk)
    at = next((number for number, one in enumerate(found) if one.public_id == said.get("key")), None)  # what was refused is shown
    shown = part(found, desk.query if at is None else {"page": str(at // SHOWN + 1)}, "/phrases", SHOWN)
    values = {
        "phrases": shown.rows, "part": shown, "labels": labels.all_of(desk), "variables": {name: words for name, (words, _) in VARIABLES.items()},
        "said": said, "longest": LONGEST, "fault": str(refusal or ""), "refusal": refusal,
    }  # fmt: skip
    return View("desk/phrases.html", values, 422 if refusal else 200)


def _save(desk: Desk, phrase: ReadyAnswer | None) -> View | Redirect:
    """Keep what was written, or show it again with what is wrong with it."""
    short, text = desk.form.get("short", "").strip().removeprefix("/"), desk.form.get("text", "").strip()
    try:
        _check(desk, phrase, short, text)
    except Refusal as refusal:
        return _page(desk, refusal, short=short, text=text, key=phrase.public_id if phrase else "new")
    phrase = phrase or ReadyAnswer(short=short, text=text)
    phrase.short, phrase.text = short, text
    desk.session.add(phrase)
    return Redirect("/console/phrases", tr("存好了。回复时打 /{short} 就能用。", short=short))


def _check(desk: Desk, phrase: ReadyAnswer | None, short: str, text: str) -> None:
    known = all_of(desk)
    with asked_in("short"):
        if not short or len(short) > LONGEST_SHORT or re.search(r"\s|/", short):
            raise Refusal(tr("短语要写 1 到 {LONGEST_SHORT} 个字，中间没有空格，例如：停水。", LONGEST_SHORT=LONGEST_SHORT))
        if any(one.short == short and (phrase is None or one.id != phrase.id) for one in known):
            raise Refusal(tr("已经有 /{short} 了，请换一个短语，或者改那一条。", short=short))
        if phrase is None and len(known) >= MOST:
            raise Refusal(tr("最多 {MOST} 条。请先去掉一条不用的。", MOST=MOST))
    with asked_in("text"):
        if not text or len(text) > LONGEST:
            raise Refusal(tr("内容要写 1 到 {LONGEST} 个字，现在有 {text} 个。", LONGEST=LONGEST, text=len(text)))
        if unknown := [name for name in _VARIABLE.findall(text) if name not in VARIABLES]:
            names = tr_all("、", (f"{{{name}}}" for name in VARIABLES))
            raise Refusal(tr("没有 {{{unknown}}} 这个变量。可以用：{name}。", unknown=unknown[0], name=names))


def seed(work: Work) -> None:
    """Give an empty demo community a few answers and labels to begin with."""
    for short, text in SEED:
        work.session.add(ReadyAnswer(short=short, text=text))
    for name in ("要回访", "催物业费", "待核实"):
        work.session.add(TalkLabel(name=name))


ROUTES: tuple[Page, ...] = (show, add, change, drop, add_label)
