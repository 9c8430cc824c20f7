"""The talks as a table: found, filtered, sorted, taken along as a file, and several of them handed on, laid aside or done with at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import Conversation, Desk, Refusal, Staff, handoffs, talklists, talks, telling, tr, tr_all
from bot.contract.lists import Act, Cell, Choice, Column, Days, Listing, Question
from bot.contract.talklists import Show
from integrations.desk import labels, talkrows

REPLY = "conversation.reply"

#: What stands in a row that may be changed, and put back.
KEEPS = ("assigned_id", "waiting_since", "topic", "snoozed_until", "snoozed_after")


def _colleagues(desk: Desk) -> Mapping[str, str]:
    return {str(one.id): one.name for one in telling.may_see(desk, REPLY)}


def _holders(desk: Desk) -> Mapping[str, str]:
    mine = {"me": tr("我"), "none": tr("没人")}
    return mine | {key: name for key, name in _colleagues(desk).items() if key != str(desk.staff.id)}


def _is_held(desk: Desk, holder: str) -> ColumnElement[bool]:
    holds = col(Conversation.assigned_id)
    return holds.is_(None) if holder == "none" else holds == (desk.staff.id if holder == "me" else int(holder))


def _labels(desk: Desk) -> Mapping[str, str]:
    return {one.public_id: one.name for one in labels.all_of(desk)}


def _bears(desk: Desk, key: str) -> ColumnElement[bool]:
    label = labels.named(desk, key)
    return col(Conversation.openid).in_(labels.bearing(label) if label is not None else ())


def _find_by(desk: Desk, word: str) -> Sequence[ColumnElement[bool]]:
    held = select(Staff.id).where(col(Staff.name).contains(word, autoescape=True))
    return [*talks.meant(desk, word, by_phone=desk.may("phone.view")), col(Conversation.assigned_id).in_(held)]


def _reads(desk: Desk, found: Sequence[Mapping[str, Any]]) -> None:
    if found:
        desk.read("conversation.view", *(f"conversation:{row['key']}" for row in found))


def _who(_desk: Desk, row: Mapping[str, Any]) -> Cell:
    return Cell(words=tr_all(" ", filter(None, (row["flat"], row["name"]))))


def _words(desk: Desk, row: Mapping[str, Any]) -> str:
    if row["topic"]:
        return desk.veil(row["topic"], row["alarm"], row["waiting_since"])
    return desk.veil(row["last"], row["alarm"], row["updated_at"])


def _stands(_desk: Desk, row: Mapping[str, Any]) -> Sequence[Cell]:
    found = [Cell(words=tr("紧急"), tone="red")] if row["alarm"] else []
    if row["aside"]:
        return [*found, Cell(words=tr("搁置"), tone="secondary")]
    if row["waiting_since"] and (row["is_unanswered"] or not row["taken"]):
        return [*found, Cell(words=tr("等了 {waited}", waited=row["waited"]), tone="orange")]
    return [*found, Cell(words=tr("已回复"), tone="green")] if row["waiting_since"] else found


# ------------------------------------------------------------------ several at once


def _silent(desk: Desk, talk: Conversation) -> None:
    """Raise Refusal for a talk in which somebody has the word: what becomes of that is told to the resident, one by one."""
    if talk.staff_id is not None:
        name = desk.session.get_one(Staff, talk.staff_id).name
        raise Refusal(tr("{name}已经接手，请打开那个对话单独办，居民会收到一句话。", name=name))


def _hand_on(desk: Desk, talk: Conversation, answers: Mapping[str, str]) -> None:
    _silent(desk, talk)
    member = next((one for one in telling.may_see(desk, REPLY) if str(one.id) == answers["staff"]), None)
    if member is None:
        raise Refusal(tr("请选择一位能回复居民的同事。"))
    talks.hand_on(desk, talk, member)
    desk.record("conversation.handed_on", f"conversation:{talk.public_id}")


def _lay_aside(desk: Desk, talk: Conversation, answers: Mapping[str, str]) -> None:
    talks.lay_aside(desk, talk, answers["until"])
    desk.record("conversation.laid_aside", f"conversation:{talk.public_id}")


def _be_done(desk: Desk, talk: Conversation, _answers: Mapping[str, str]) -> None:
    _silent(desk, talk)
    if any(handoffs.waits(task) for task in handoffs.open_of(desk.session, talk.openid)):
        raise Refusal(tr("居民还在等答复，请先回复或办结。"))
    talks.give_back(desk, talk)
    desk.record("conversation.returned", f"conversation:{talk.public_id}")


def _put_back(desk: Desk, talk: Conversation) -> None:
    desk.record("conversation.taken_up", f"conversation:{talk.public_id}")


def _is_still_silent(_desk: Desk, talk: Conversation) -> bool:
    return talk.staff_id is None


ACTS = (
    Act(
        name="hand-on", title=tr("交给同事"), need=REPLY, run=_hand_on, keeps=KEEPS, put_back=_put_back, stands=_is_still_silent,
        tasks=lambda desk, talk: handoffs.open_of(desk.session, talk.openid), asks=(Question(name="staff", title=tr("交给谁"), options=_colleagues),),
    ),
    Act(
        name="aside", title=tr("搁置"), need=REPLY, run=_lay_aside, keeps=KEEPS, put_back=_put_back,
        asks=(Question(name="until", title=tr("搁置多久"), options=lambda desk: talks.LAID_ASIDE),),
    ),
    Act(name="done", title=tr("不用再跟"), need=REPLY, run=_be_done, keeps=KEEPS, put_back=_put_back, stands=_is_still_silent),
)  # fmt: skip

LIST = Listing(
    name="talks",
    title=tr("对话列表"),
    path="/conversations/table",
    need="conversation.view",
    unit=tr("个"),
    table=Conversation,
    key=lambda row: str(row["key"]),
    key_column=Conversation.public_id,
    order="-updated",
    columns=(
        Column(name="who", title=tr("谁"), says=_who),
        Column(name="phone", title=tr("电话"), says=lambda desk, row: Cell(phone=row["phone"]), is_filed_only=True),
        Column(name="words", title=tr("说了什么"), says=_words),
        Column(name="waits", title=tr("等回复"), says=_stands),
        Column(name="holder", title=tr("谁在跟"), says=lambda desk, row: row["holder"] or "—"),
        Column(name="labels", title=tr("标签"), says=lambda desk, row: [Cell(words=one, tone="secondary") for one in row["labels"]]),
        Column(name="numbers", title=tr("编号"), says=lambda desk, row: "、".join(row["numbers"])),
        Column(name="updated", title=tr("最后一句"), says=lambda desk, row: row["updated_at"], sort=(Conversation.updated_at,)),
    ),
    filters=(
        Choice(
            name="show", title=tr("哪些"), options=lambda desk: {show.value: words for show, words in talklists.TITLES.items() if show is not Show.ALL},
            fits=lambda desk, show: talklists.fits(desk, Show(show)),
        ),
        Choice(name="holder", title=tr("谁在跟"), options=_holders, fits=_is_held),
        Choice(name="label", title=tr("标签"), options=_labels, fits=_bears),
        Days(name="updated", title=tr("最后一句"), column=Conversation.updated_at),
    ),
    base=lambda desk: (talklists.fits(desk, Show.ALL),),
    find=_find_by,
    finds=tr("姓名、房号、编号、谁在跟"),
    load=lambda desk, found: talkrows.of(desk, found),
    to=lambda row: f"/conversations/{row['key']}",
    called=lambda talk: talk.public_id,
    reads=_reads,
    acts=ACTS,
    tabs=((tr("收件箱"), "/conversations"),),
    live="conversation line",
    empty=(tr("还没有对话"), tr("居民在微信里说话以后，会出现在这里。")),
)  # fmt: skip
