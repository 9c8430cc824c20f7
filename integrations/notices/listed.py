"""All notices in a list, what waits to be sent above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case
from sqlmodel import col, select

from bot.contract import Cell, Choice, Column, Days, Desk, Listing, Notice, NoticeState, Staff, receipts, tr, whom
from bot.contract.notices import KIND_WORDS, Audience, NoticeKind
from bot.contract.receipts import Total
from integrations.notices import after, times
from integrations.notices.console import NOTICE_WORDS, PUBLISHING, state_words

TONES: Mapping[NoticeState, str] = {NoticeState.DRAFT: "yellow", NoticeState.WAITING: "yellow", NoticeState.MISSED: "red"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A notice and what became of it for its readers, of one that recurs the newest time."""

    notice: Notice
    total: Total = field(default_factory=Total)


def _load(desk: Desk, found: Sequence[Notice]) -> list[Row]:
    totals = receipts.totals(desk.session, found)
    return [Row(notice=one, total=totals.get(one.key, Total())) for one in found]


def _reach(_desk: Desk, row: Row) -> str:
    """Return how many have it: 71 / 82 人，11 人没收到."""
    return after.reached(row.total) if row.total.people else ""


def _state(desk: Desk, row: Row) -> Sequence[Cell]:
    notice, moving = row.notice, row.total.moving
    is_stopped = notice.state is NoticeState.RECALLED and notice.rule is not None
    words = Cell(words=tr("已停止") if is_stopped else state_words(desk, notice), tone=TONES.get(notice.state, "blue"))
    is_laid_out = words.words != PUBLISHING
    if moving and is_laid_out and notice.state is NoticeState.PUBLISHED:  # such as an everyday one at night
        is_whole = moving == row.total.people
        words = Cell(words=tr("还没发出，在等") if is_whole else tr("还有 {moving} 人没发", moving=moving), tone="yellow")
    more = (
        [Cell(words=KIND_WORDS[notice.kind], tone="red" if notice.kind is NoticeKind.EMERGENCY else "secondary")]
        if notice.kind is not NoticeKind.EVERYDAY
        else []
    )
    return [words, *more, Cell(words=tr("周期"), tone="secondary")] if notice.rule else [words, *more]


def _find(_desk: Desk, word: str) -> list[Any]:
    """Return what a word may mean: a part of the title or of the text, or who wrote it."""
    staff = select(Staff.id).where(col(Staff.name).contains(word, autoescape=True))
    return [
        col(Notice.title).contains(word, autoescape=True), col(Notice.body).contains(word, autoescape=True), col(Notice.created_by).in_(staff),
    ]  # fmt: skip


LIST = Listing(
    name="notices",
    title=tr("通知"),
    path="/notices",
    need="notice.view",
    nav=tr("居民"),
    unit=tr("条"),
    table=Notice,
    key=lambda row: str(row.notice.public_id),
    key_column=Notice.public_id,
    order="-state",
    columns=(
        Column(name="title", title=tr("标题"), says=lambda desk, row: row.notice.title),
        Column(name="audience", title=tr("发给"), says=lambda desk, row: whom.label(desk, Audience.from_json(row.notice.audience))),
        Column(name="state", title=tr("状态"), says=_state, sort=(case((col(Notice.state) == NoticeState.DRAFT, 1), else_=0), Notice.id)),
        Column(name="reach", title=tr("收到"), says=_reach),
        Column(name="at", title=tr("时间"), says=lambda desk, row: row.notice.published_at or row.notice.due_at or row.notice.created_at),
        Column(name="made", title=tr("写于"), says=lambda desk, row: row.notice.created_at, sort=(Notice.id,)),
        Column(name="body", title=tr("内容"), says=lambda desk, row: row.notice.body, is_filed_only=True),
    ),
    filters=(
        Choice(
            name="state", title=tr("状态"), options=lambda desk: {state.value: words for state, words in NOTICE_WORDS.items()},
            fits=lambda desk, state: col(Notice.state) == NoticeState(state),
        ),
        Choice(
            name="kind", title=tr("类别"), options=lambda desk: {kind.value: words for kind, words in KIND_WORDS.items()},
            fits=lambda desk, kind: col(Notice.kind) == NoticeKind(kind),
        ),
        Days(name="made", title=tr("写于"), column=Notice.created_at),
    ),
    find=_find,
    finds=tr("标题、内容里的字、谁写的"),
    to=lambda row: f"/notices/{row.notice.public_id}",
    load=_load,
    template="notices/notices.html",
    around=lambda desk, rows: {"waiting": [] if desk.is_fragment else times.waiting(desk)},
    empty=(tr("还没有通知"), tr("点“写通知”，例如：3栋明天 9 点到 12 点停水，请提前储水。")),
)  # fmt: skip
