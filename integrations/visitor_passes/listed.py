"""All passes in a list: those of these days, those to come, those long over; several called off at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import (
    Act,
    Cell,
    Choice,
    Column,
    Days,
    Desk,
    Household,
    Listing,
    Question,
    Refusal,
    Resident,
    Search,
    Subject,
    register,
    roster,
    tr,
    tr_all,
)
from integrations.visitor_passes import gate
from integrations.visitor_passes.models import Pass, PassState
from integrations.visitor_passes.settings import Settings
from integrations.visitor_passes.stay import AHEAD, TERM

#: What passes may be narrowed to. The usual one leaves out what was over a week ago.
STATES: Mapping[str, str] = {
    "near": tr("近七天和以后"), "open": tr("还能用的"), "today": tr("今天会来的"), "used": tr("已使用"), "cancelled": tr("已取消"), "over": tr("已过期"),
}  # fmt: skip

#: How a pass stands, by why it does not open the gate now, and the colour of it.
WORDS: Mapping[str, tuple[str, str]] = {
    "": (tr("有效"), "green"), "early": (tr("未到时间"), "blue"), "over": (tr("已过期"), "secondary"), "used": (tr("已使用"), "secondary"),
    "cancelled": (tr("已取消"), "secondary"), "hours": (tr("不在约好的时间"), "blue"),
}  # fmt: skip

#: Why staff call a pass off, as the resident reads it.
WHY: Mapping[str, str] = {
    "asked": tr("您家打电话要求的"), "mistake": tr("登记有误，需要重新开"), "moved": tr("约的人已经不住这一户"), "misused": tr("通行证被转给了别人"), "safety": tr("出于小区安全的考虑"),
}  # fmt: skip

#: Passes that were over before are not on the usual list.
NEAR = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A pass with its flat, and why it does not open the gate now."""

    made: Pass
    flat: str
    fault: str
    ties: Sequence[Subject] = ()  # what a worker's pass ends with


def _stands(desk: Desk, state: str) -> ColumnElement[bool]:
    grace = desk.settings(Settings).grace
    is_open = (col(Pass.state) == PassState.ACTIVE) & (col(Pass.ends_at) > desk.now - grace)
    match state:
        case "near":  # made no longer ago than a pass may lie ahead and last, which its index knows
            return (col(Pass.created_at) > desk.now - NEAR - AHEAD - TERM) & (col(Pass.ends_at) > desk.now - NEAR)
        case "open":
            return is_open & (col(Pass.created_at) > desk.now - AHEAD - TERM - grace)
        case "today":
            tonight = desk.now.replace(hour=23, minute=59, second=59)
            return is_open & (col(Pass.created_at) > desk.now - AHEAD - TERM - grace) & (col(Pass.starts_at) <= tonight)
        case "over":
            return (col(Pass.state) == PassState.ACTIVE) & (col(Pass.ends_at) <= desk.now - grace)
    return col(Pass.state) == PassState(state)


def _find(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return what a word may mean: a flat or who lives there, the whole plate, the code; names are sealed, and opened of the newest."""
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    return [
        col(Pass.household_id).in_(flats), col(Pass.code) == word.upper(),
        *([col(Pass.plate_digest) == desk.digest(word, Search.PLATE)] if Search.PLATE.of(word) else ()),
    ]  # fmt: skip


def _is_called(_desk: Desk, name: str, word: str) -> bool:
    """Tell whether visitors are found by a word: by the whole name of one of them, or by what the list shows.

    A name is shown by its first sign alone: whoever knows all of it finds it, and nobody tries out the rest sign by sign.
    """
    return word in gate.mask(name) or word in name.split("、")


def _load(desk: Desk, passes: Sequence[Pass]) -> list[Row]:
    homes = select(Household).where(col(Household.id).in_({one.household_id for one in passes}))
    flats = {one.id: one.label for one in desk.session.exec(homes).all()}
    grace = desk.settings(Settings).grace
    ties = desk.in_words({subject for one in passes for subject in one.tied.split()})
    return [
        Row(
            made=one, flat=flats.get(one.household_id, ""), fault=one.fault_at(desk.now, grace), ties=[ties[subject] for subject in one.tied.split()]
        )
        for one in passes
    ]  # fmt: skip


def _visitor(desk: Desk, row: Row) -> Sequence[str | Cell]:
    return [_who(desk, row), *(Cell(words=one.words, to=one.path) for one in row.ties)]


def _who(desk: Desk, row: Row) -> Cell:
    return Cell(
        words=gate.mask(row.made.visitor_name),
        small=tr_all(
            "；", (*filter(None, [row.made.said_hours]), *(desk.veil(line) for line in gate.remarks(row.made, desk.now)))
        ),
    )


def _state(_desk: Desk, row: Row) -> Cell:
    words, tone = WORDS[row.fault]
    return Cell(words=words, tone=tone)


def revoke(desk: Desk, made: Pass, why: str) -> bool:
    """Call off a pass that must not open the gate any more, and say why; tells whether who made it could be told."""
    if made.state is not PassState.ACTIVE:
        raise Refusal(tr("这张通行证已经不能用了，不用再作废。"))
    if made.fault_at(desk.now, desk.settings(Settings).grace) == "over":
        raise Refusal(tr("这张通行证已经过期了，不用再作废。"))
    if why not in WHY:
        raise Refusal(tr("请选择为什么作废，住户会看到。"), field="why")
    made.state = PassState.CANCELLED
    desk.session.add(made)
    desk.record("visitor.revoked", made.subject, why=why)
    return desk.tell(_maker(desk, made), "visitor.revoked", name=made.visitor_name, at=made.starts_at, why=WHY[why]) is not None


def _revoke(desk: Desk, made: Pass, answers: Mapping[str, str]) -> None:
    revoke(desk, made, answers["why"])


def _stands_still(desk: Desk, made: Pass) -> bool:
    """Tell whether who made a pass still speaks for its flat, by the account they made it with: else it has ended with that."""
    maker = _maker(desk, made)
    is_the_same = maker.bound_at is not None and maker.bound_at <= made.created_at
    return is_the_same and any(home.id == made.household_id for home in roster.homes(desk.session, maker))


def _put_back(desk: Desk, made: Pass) -> None:
    desk.record("visitor.put_back", made.subject)
    desk.tell(_maker(desk, made), "visitor.put_back", name=made.visitor_name, at=made.starts_at)


def _maker(desk: Desk, made: Pass) -> Resident:
    return desk.session.get_one(Resident, made.resident_id)


LIST = Listing(
    name="passes",
    title=tr("访客"),
    path="/passes",
    need="pass.view",
    nav=tr("服务"),
    unit=tr("张"),
    table=Pass,
    key=lambda row: str(row.made.public_id),
    key_column=Pass.public_id,
    order="-starts",
    opens=("visitor_name",),
    opened=_is_called,
    columns=(
        Column(name="starts", title=tr("到访"), says=lambda desk, row: row.made.starts_at, sort=(Pass.starts_at,)),
        Column(name="ends", title=tr("至"), says=lambda desk, row: row.made.ends_at, sort=(Pass.ends_at,)),
        Column(name="visitor", title=tr("访客"), says=_visitor),
        Column(name="people", title=tr("人数"), says=lambda desk, row: tr("{people} 人", people=row.made.people), filed=lambda desk, row: row.made.people),
        Column(name="plate", title=tr("车牌"), says=lambda desk, row: row.made.plate),
        Column(name="flat", title=tr("住户"), says=lambda desk, row: row.flat),
        Column(name="state", title=tr("状态"), says=_state),
        Column(name="made", title=tr("什么时候约的"), says=lambda desk, row: row.made.created_at, sort=(Pass.created_at,), is_filed_only=True),
    ),
    filters=(
        Choice(name="state", title=tr("状态"), options=lambda desk: STATES, fits=_stands, usual="near"),
        Days(name="starts", title=tr("到访"), column=Pass.starts_at),
    ),
    find=_find,
    finds=tr("房号、住户姓名、访客姓名、车牌、通行码"),
    load=_load,
    acts=(
        Act(name="revoke", title=tr("作废，门岗不再放行"), need="pass.edit", run=_revoke, keeps=("state",), put_back=_put_back, stands=_stands_still, is_grave=True, asks=(Question(name="why", title=tr("为什么作废，住户会看到"), options=lambda desk: WHY),)),
    ),
    template="visitor_passes/passes.html",
    around=lambda desk, rows: {"why": WHY},
    live="visitor gate",
    tabs=((tr("出入记录"), "/passages"),),
    empty=(tr("还没有访客"), tr("居民在微信里说“我妹妹明天下午三点来”，通行证就会出现在这里。")),
)  # fmt: skip
