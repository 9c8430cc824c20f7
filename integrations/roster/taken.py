"""Files that were taken over, all of them: which, by whom, what each changed, and which can still be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.contract import Cell, Choice, Column, Days, Desk, Listing, rosterimport, tr
from bot.contract.rosterimport import RosterImport
from integrations.roster.counts import say

NEED = "roster.import"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A file that was taken over, and who did it."""

    done: RosterImport
    by: str


def _load(desk: Desk, found: Sequence[RosterImport]) -> list[Row]:
    return [Row(done=one, by=desk.who(one.actor)) for one in found]


def _since(now: datetime) -> datetime:
    return now - rosterimport.UNDOABLE


def _fits(desk: Desk, key: str) -> ColumnElement[bool]:
    undone, at = col(RosterImport.undone_at), col(RosterImport.at)
    if key == "undone":
        return undone.is_not(None)
    return undone.is_(None) & (at > _since(desk.now) if key == "undoable" else at <= _since(desk.now))


def _state(desk: Desk, row: Row) -> Cell:
    if row.done.undone_at:
        return Cell(words=tr("已撤销"), tone="secondary")
    if row.done.is_undoable(desk.now):
        return Cell(words=tr("可以撤销"), to=f"/roster/imports/{row.done.public_id}")
    return Cell(words=tr("超过 {days} 天", days=rosterimport.UNDOABLE.days))


LIST = Listing(
    name="imports",
    title=tr("导入过的名册"),
    path="/roster/imports",
    need=NEED,
    unit=tr("次"),
    table=RosterImport,
    key=lambda row: str(row.done.public_id),
    key_column=RosterImport.public_id,
    order="-at",
    columns=(
        Column(name="file", title=tr("文件"), says=lambda desk, row: row.done.file_name, sort=(RosterImport.file_name,)),
        Column(name="whole", title=tr("范围"), says=lambda desk, row: tr("整个小区") if row.done.whole else tr("添加和修改")),
        Column(name="changed", title=tr("改了什么"), says=lambda desk, row: say(row.done.counts)),
        Column(name="at", title=tr("时间"), says=lambda desk, row: row.done.at, sort=(RosterImport.at, RosterImport.id)),
        Column(name="by", title=tr("谁"), says=lambda desk, row: row.by),
        Column(name="state", title=tr("撤销"), says=_state),
    ),
    filters=(
        Choice(
            name="state", title=tr("撤销"), fits=_fits,
            options=lambda desk: {"undoable": tr("可以撤销"), "undone": tr("已撤销"), "old": tr("不能再撤销")},
        ),
        Days(name="at", title=tr("时间"), column=RosterImport.at),
    ),
    find=lambda desk, word: [col(RosterImport.file_name).contains(word, autoescape=True)],
    finds=tr("文件名"),
    load=_load,
    reads=lambda desk, rows: desk.read(NEED),
    leaves=(RosterImport.personal_changes,),
    to=lambda row: f"/roster/imports/{row.done.public_id}",
    live="roster",
    empty=(tr("还没有导入过"), tr("在“名册”里传一个文件，看过不同再导入，导入过的都列在这里。")),
    tabs=((tr("名册"), "/roster"),),
)  # fmt: skip
