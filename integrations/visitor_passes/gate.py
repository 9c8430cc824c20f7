"""Deciding at the gate. An entry is used up by one conditional write, so two guards never admit the same one twice."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from bot.contract import SHANGHAI, Desk, Event, Household, Lookup, Refusal, Resident, Staff, Work, is_described, tr
from bot.contract.listpage import day_of
from integrations.visitor_passes import tokens
from integrations.visitor_passes.models import CODE_ALPHABET, CODE_LENGTH, Pass, Passage, PassKind, PassState, WalkUp
from integrations.visitor_passes.settings import Settings

#: What the guard is told, by reason.
REASONS = {
    "": tr("放行"), "unknown": tr("没有这张通行证，请与住户联系"), "forged": tr("二维码是伪造的或损坏的，不要放行"), "early": tr("还没到预约时间"),
    "over": tr("已过期"), "hours": tr("不在约好的时间"), "used": tr("超过约的人数"), "cancelled": tr("住户已取消"),
    "revoked": tr("物业已作废"), "left": tr("约他的人已不住这一户，请与住户联系"), "host_no": tr("住户不同意"), "no_answer": tr("住户没有回答"),
    "near_plate": tr("车牌和约好的只差一个字，请门岗看一眼"), "guard_no": tr("门岗不放行"), "forced": tr("大门被强行打开"),
    "errand": tr("工单或装修已经办完，请问物业"),
}  # fmt: skip

#: What people put between the signs of a code when they read it out or type it, and marks that nobody sees.
_GAPS = re.compile(r"[\s\-—_.·\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")

#: Numbers by which somebody can be called or looked up, in figures or in words; a plate has fewer.
_NUMBER = re.compile("(?:[0-9零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖][ -]?){7,}")

#: A verdict is shown large for so long: whoever comes later is not the one it was about.
STANDS = timedelta(minutes=2)

#: So long a slip of the finger may be taken back: the visitor stands there yet.
UNDONE_WITHIN = timedelta(minutes=10)

#: Whatever is longer was scanned: a QR code holds 124 signs.
LONGEST_TYPED = 10

#: Signs that are read at all, counted again when they are normalised: one may stand for eighteen.
LONGEST_READ = 300


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the gate decides, and what the guard may see of it: the visitor's name is masked."""

    passage: Passage
    pass_: Pass | None = None
    walk_up: WalkUp | None = None
    flat: str = ""
    first_use: str = ""

    @property
    def admitted(self) -> bool:
        """Whether they may come in."""
        return self.passage.admitted

    @property
    def reason(self) -> str:
        """Why not; empty where they may."""
        return self.passage.reason

    @property
    def may_undo(self) -> bool:
        """Whether it may be taken back as a slip of the finger; it has just been decided."""
        return self.passage.undone_at is None and may_be_a_slip(self.passage)

    @property
    def subject(self) -> str:
        """What events call whoever it was about."""
        return self.pass_.subject if self.pass_ else self.walk_up.subject if self.walk_up else ""

    @property
    def words(self) -> str:
        """The reason for the guard."""
        return full(self.pass_) if self.pass_ and self.reason == PassState.USED else REASONS[self.reason]

    @property
    def visitor(self) -> str:
        """张*: enough to greet by, too little to collect. Of who came without a pass, what the guard wrote."""
        if self.walk_up:
            return self.walk_up.who
        return mask(self.pass_.visitor_name) if self.pass_ else ""

    @property
    def until(self) -> str:
        """The clock at which the pass ends, where that is on the day it begins; else empty."""
        if self.pass_ is None or self.pass_.ends_at.date() != self.pass_.starts_at.date():
            return ""
        return f"{self.pass_.ends_at:%H:%M}"

    @property
    def remarks(self) -> list[str]:
        """What the resident said of the visit, for who stands before the gate in time."""
        return remarks(self.pass_, self.passage.at) if self.pass_ and self.reason in {"", "early", "hours"} else []


def full(pass_: Pass) -> str:
    """Say for how many people a pass is, and how many of them are in, where more come than it has room for."""
    came = pass_.people - pass_.entries_left
    if pass_.entries_left:
        return tr(
            "这张通行证是 {people} 人的，已经进了 {came} 人，还可进 {left} 人",
            people=pass_.people,
            came=came,
            left=pass_.entries_left,
        )
    return tr("这张通行证是 {people} 人的，{came} 人已经进了", people=pass_.people, came=came)


def mask(name: str) -> str:
    """Return the first character and stars; what somebody is, such as 修空调的师傅, is nobody's name."""
    return name if name and is_described(name) else name[:1] + "*" * max(len(name) - 1, 1)


def remarks(pass_: Pass, now: datetime) -> list[str]:
    """Return what the resident said of a visit, one message each, with the visitor's name masked and without numbers.

    What it was made with names its day where that is another one: its 明天 is none any more.
    """
    words = _NUMBER.sub("[号码]", pass_.words)
    for name in filter(None, pass_.visitor_name.split("、")):
        words = words.replace(name, mask(name))
    lines = words.splitlines()
    said, today = pass_.created_at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    if lines and said != today:
        lines[0] = tr("{line}（{day}说的）", line=lines[0], day=day_of(said, today))
    return lines


def is_code(typed: str) -> bool:
    """Tell whether what was typed or scanned can be a code of ours, and no flat, name or plate; whatever is scanned can."""
    code = _plain(typed)
    return len(code) > LONGEST_TYPED or (len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET))


def is_code_mistyped(typed: str) -> bool:
    """Tell whether it has only signs of a code, and not as many: 3-2-253 is a flat."""
    return "-" not in typed and set(_plain(typed)) <= set(CODE_ALPHABET)


def _plain(typed: str) -> str:
    """Return a code without what stands between its signs: LONGEST_READ of them, which normalising may make more."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", typed.strip()[:LONGEST_READ].upper())[:LONGEST_READ])


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The machine that asks, and which of its questions this is."""

    door_id: int | None = None
    request: str | None = None
    asked: str = ""


#: A person of the staff asks, whose account says who.
BY_HAND = Asking()


def check(work: Work, typed: str, asking: Asking = BY_HAND) -> Verdict:
    """Check a QR code or a typed code, use one entry up if it is good, and write the check down.

    Raises Refusal for what cannot be a code at all: a slip of the finger is no check.
    """
    code = _plain(typed)
    method = "qr" if len(code) > LONGEST_TYPED else "code"
    if method == "code" and len(code) != CODE_LENGTH:
        raise Refusal(
            tr("通行码是 {CODE_LENGTH} 位，现在是 {code} 位，请核对。", CODE_LENGTH=CODE_LENGTH, code=len(code))
            if code
            else tr("请扫二维码，或输入 {CODE_LENGTH} 位通行码。", CODE_LENGTH=CODE_LENGTH)
        )
    token = tokens.read(typed.strip()[:LONGEST_READ].upper(), work.context.keys) if method == "qr" else None
    if method == "qr" and token is None:
        return refuse(work, None, "forged", method, asking)
    found = _find(work.session, token.public_id if token else "", code)
    if found is None:
        return refuse(work, None, "unknown", method, asking)
    return admit(work, found[0], method, asking=asking)


def of_code(work: Work, typed: str) -> Pass | None:
    """Return the pass of a QR code or a typed code, whether it opens anything or not."""
    code = _plain(typed)
    token = tokens.read(typed.strip()[:LONGEST_READ].upper(), work.context.keys) if len(code) > LONGEST_TYPED else None
    found = _find(work.session, token.public_id if token else "", code) if token or len(code) <= LONGEST_TYPED else None
    return found[0] if found else None


def admit(work: Work, pass_: Pass, method: str, people: int = 1, asking: Asking = BY_HAND) -> Verdict:
    """Use so many entries of a pass up if it is good now, and write the check down; all of them or none."""
    grace = work.settings(Settings).grace
    reason = pass_.fault_at(work.now, grace)
    if not reason and not use(work.session, pass_, people):
        work.session.refresh(pass_)
        reason = pass_.fault_at(work.now, grace) or "used"
    said = why_cancelled(work, pass_) if reason == PassState.CANCELLED else reason
    verdict = note(work, _passage(work, pass_, said, method, people, asking), pass_.subject)
    if verdict.admitted:
        welcome(work, verdict)
    return verdict


def welcome(work: Work, verdict: Verdict) -> None:
    """Tell who invited that the first of their guests of the day has come in, where the office wants it."""
    pass_ = verdict.pass_
    if pass_ is not None and work.settings(Settings).tell_arrivals and _is_first(work, verdict, pass_):
        work.tell(_maker(work, pass_), "visitor.came_in", name=pass_.visitor_name, at=f"{work.now:%H:%M}", flat=verdict.flat)


def _maker(work: Work, pass_: Pass) -> Resident:
    return work.session.get_one(Resident, pass_.resident_id)


def _is_first(work: Work, verdict: Verdict, pass_: Pass) -> bool:
    """Tell whether nobody came in by a pass today before; of one that nobody had used the count alone tells it."""
    if not pass_.kind.is_repeated and pass_.entries_left + verdict.passage.people == pass_.people:
        return True
    return _entries_today(work, pass_) == 1


def _entries_today(work: Work, pass_: Pass) -> int:
    """Count who came in by a pass today, slips of the finger left out."""
    midnight = work.now.replace(hour=0, minute=0, second=0, microsecond=0)
    came = select(func.count()).select_from(Passage).where(
        Passage.pass_id == pass_.id, col(Passage.admitted), col(Passage.undone_at).is_(None), col(Passage.at) >= midnight
    )  # fmt: skip
    return work.session.exec(came).one()


def _called_off(work: Work, pass_: Pass) -> Event | None:
    kinds = ("visitor.cancelled", "visitor.revoked")
    ends = select(Event).where(Event.subject == pass_.subject, col(Event.kind).in_(kinds)).order_by(col(Event.id).desc())
    return work.session.exec(ends).first()


def cancelled_by(work: Work, pass_: Pass, at: datetime) -> bool:
    """Tell whether a pass that is called off was so at a moment."""
    last = _called_off(work, pass_)
    return last is None or last.at <= at


def why_cancelled(work: Work, pass_: Pass) -> str:
    """Return by whom a pass was called off, as the log has it: revoked by the staff, left where its maker went, else cancelled."""
    last = _called_off(work, pass_)
    if last is None:
        return str(PassState.CANCELLED)
    return "revoked" if last.kind == "visitor.revoked" else str(last.data.get("why", PassState.CANCELLED))


def decided(desk: Desk, passage_id: int) -> Verdict | None:
    """Return what was decided a moment ago; nothing that is older than STANDS, nor what another guard decided."""
    passage = desk.session.get(Passage, passage_id)
    if passage is None or passage.staff_id != desk.staff.id or desk.now - passage.at >= STANDS:
        return None
    return verdict_of(desk, passage)


_WHOSE = (
    select(Pass, Household, Resident)
    .join(Household, col(Household.id) == col(Pass.household_id))
    .join(Resident, col(Resident.id) == col(Pass.resident_id))
    .order_by(col(Pass.id).desc())
    .limit(1)
)
_BY_ID: Lookup[tuple[Pass, Household, Resident]] = Lookup(_WHOSE.where(Pass.public_id == bindparam("sought")))
_BY_CODE: Lookup[tuple[Pass, Household, Resident]] = Lookup(_WHOSE.where(Pass.code == bindparam("sought")))


def _find(session: Session, public_id: str, code: str) -> tuple[Pass, Household, Resident] | None:
    """Return a pass with its flat and who made it: whoever holds on to them spares the session asking once more."""
    return _BY_ID.first(session, sought=public_id) if public_id else _BY_CODE.first(session, sought=code)


def use(session: Session, pass_: Pass, people: int) -> bool:
    """Take so many entries by one conditional write; False when another gate was quicker."""
    taken = 0 if pass_.kind.is_repeated else people
    left = col(Pass.entries_left) - taken
    row = session.execute(
        update(Pass)
        .where(col(Pass.id) == pass_.id, col(Pass.state) == PassState.ACTIVE, _has_room(pass_, people))
        .values(entries_left=left, state=case((left == 0, PassState.USED), else_=col(Pass.state)))
        .returning(col(Pass.entries_left), col(Pass.state)),
        execution_options={"synchronize_session": False},
    ).first()
    if row is None:
        return False
    for name, value in zip(("entries_left", "state"), row, strict=True):
        set_committed_value(pass_, name, value)
    return True


def _has_room(pass_: Pass, people: int) -> ColumnElement[bool]:
    """Return the condition that so many may come in: of who comes again and again as many at once as were announced."""
    return col(Pass.people if pass_.kind.is_repeated else Pass.entries_left) >= people


def refuse(work: Work, pass_: Pass | None, reason: str, method: str, asking: Asking = BY_HAND) -> Verdict:
    """Write down that nobody is let in, and why."""
    return note(work, _passage(work, pass_, reason, method, 1, asking), pass_.subject if pass_ else "")


def _passage(work: Work, pass_: Pass | None, reason: str, method: str, people: int, asking: Asking) -> Passage:
    return Passage(
        pass_id=pass_.id if pass_ else None, staff_id=work.staff.id if isinstance(work, Desk) else None, at=work.now, method=method,
        admitted=not reason, reason=reason, people=people, door_id=asking.door_id, request=asking.request, asked=asking.asked,
    )  # fmt: skip


def note(work: Work, passage: Passage, subject: str) -> Verdict:
    """Write down what was decided of somebody at the gate."""
    work.session.add(passage)
    work.session.flush()
    kind = "gate.admitted" if passage.admitted else "gate.refused"
    work.record(kind, subject, reason=passage.reason, method=passage.method)
    return verdict_of(work, passage)


def verdict_of(work: Work, passage: Passage) -> Verdict:
    """Return what was decided, with all that may be seen of whom it was about."""
    pass_ = work.session.get(Pass, passage.pass_id) if passage.pass_id else None
    walk_up = work.session.get(WalkUp, passage.walk_up_id) if passage.walk_up_id else None
    home = pass_.household_id if pass_ else walk_up.household_id if walk_up else None
    flat = work.session.get_one(Household, home).label if home else ""
    used_before = first_use(work, pass_) if pass_ and passage.reason == "used" else ""
    return Verdict(passage=passage, pass_=pass_, walk_up=walk_up, flat=flat, first_use=used_before)


def first_use(work: Work, pass_: Pass) -> str:
    """Say when and by whom the pass was first used: the double use a guard must see."""
    first = work.session.exec(
        select(Passage, Staff.name)
        .join(Staff, col(Staff.id) == col(Passage.staff_id), isouter=True)
        .where(Passage.pass_id == pass_.id, col(Passage.admitted).is_(True))
        .order_by(col(Passage.at), col(Passage.id))
    ).first()
    return work.words(tr("{at} 由{who}放行"), at=first[0].at, who=first[1] or tr("门禁设备")) if first else ""


def undo(desk: Desk, passage_id: int) -> None:
    """Take back a slip of the finger: the entry is given back, and whoever was told that their guest is here reads otherwise.

    Raises Refusal where it is too late, LookupError for a code that let nobody in.
    """
    passage = desk.session.get(Passage, passage_id)
    if passage is None or not may_be_a_slip(passage):
        raise LookupError(str(passage_id))
    if desk.now - passage.at >= UNDONE_WITHIN or passage.left_at is not None or passage.gone:
        raise Refusal(tr("已经过了 {minutes} 分钟或登记了离开，不能再撤回。", minutes=UNDONE_WITHIN // timedelta(minutes=1)))
    mine = update(Passage).where(col(Passage.id) == passage_id, col(Passage.undone_at).is_(None)).values(undone_at=desk.now)
    if not getattr(desk.session.execute(mine), "rowcount", 0):
        raise Refusal(tr("这一次已经撤回了。"))
    verdict = verdict_of(desk, passage)
    if verdict.walk_up:
        verdict.walk_up.ended_at = None
        desk.session.add(verdict.walk_up)
    if verdict.pass_:
        give_back(desk, verdict.pass_, passage.people)
    desk.record("gate.undone", verdict.subject)


def may_be_a_slip(passage: Passage) -> bool:
    """Tell whether somebody decided, and not the clock or the count: who was let in, and who was sent away without a pass or before a barrier."""
    is_in = passage.admitted and passage.journal_key is None and passage.direction == "in"
    return is_in or passage.walk_up_id is not None or passage.reason == "guard_no"


def give_back(work: Work, pass_: Pass, people: int) -> None:
    """Give the entries back that nobody came in by, and tell who invited where they were told otherwise."""
    mine = update(Pass).where(col(Pass.id) == pass_.id, col(Pass.entries_left) + people <= col(Pass.people))
    work.session.execute(mine.values(entries_left=Pass.entries_left + people))
    work.session.execute(
        update(Pass).where(col(Pass.id) == pass_.id, col(Pass.state) == PassState.USED).values(state=PassState.ACTIVE)
    )
    work.session.refresh(pass_)
    if work.settings(Settings).tell_arrivals and _entries_today(work, pass_) == 0:
        work.tell(_maker(work, pass_), "visitor.not_in", name=pass_.visitor_name)


def leave_again(desk: Desk, passage_id: int, *, together: bool = False, people: int = 0) -> None:
    """Write down that a visitor has left: all who came in by a check, so many of them, or all who came by the same pass; it gives no entry back."""
    passage = desk.session.get(Passage, passage_id)
    if passage is None or not passage.admitted or passage.direction != "in":
        raise LookupError(str(passage_id))
    same = select(Passage).where(
        Passage.pass_id == passage.pass_id, Passage.direction == "in", col(Passage.admitted), col(Passage.undone_at).is_(None)
    )
    for one in desk.session.exec(same).all() if together and passage.pass_id else (passage,):
        leave(desk, one, people)
    desk.record("gate.left", verdict_of(desk, passage).subject)


def leave(work: Work, passage: Passage, people: int = 0) -> None:
    """Let so many of who came in together have left, all of them unless a number is said; the last takes the moment along."""
    passage.gone = min(passage.gone + people, passage.people) if people else passage.people
    if passage.gone >= passage.people:
        passage.left_at = passage.left_at or work.now
    work.session.add(passage)


def just_left(desk: Desk, passage_id: int) -> Verdict | None:
    """Return who was written down as having left a moment ago, as long as that may be taken back."""
    passage = desk.session.get(Passage, passage_id)
    return verdict_of(desk, passage) if passage is not None and may_come_back(passage, desk.now) else None


def may_come_back(passage: Passage, now: datetime) -> bool:
    """Tell whether that somebody left, or left something with the guard, may have been a slip of the finger."""
    is_in = passage.admitted and passage.direction == "in" and passage.undone_at is None
    return is_in and (passage.gone > 0 if passage.left_at is None else now - passage.left_at < UNDONE_WITHIN)


def come_back(desk: Desk, passage_id: int, people: int = 0) -> None:
    """Take back that so many left, or all who were said to have left by the same tap; who ordered reads otherwise if it was told."""
    wanted = select(Passage).where(Passage.id == passage_id).with_for_update().execution_options(populate_existing=True)
    passage = desk.session.exec(wanted).first()
    if passage is None or not passage.admitted or passage.direction != "in":
        raise LookupError(str(passage_id))
    left_at = passage.left_at
    if left_at is None and not passage.gone:
        raise Refusal(tr("这一次已经撤回了。"))
    if not may_come_back(passage, desk.now):
        raise Refusal(tr("已经过了 {minutes} 分钟，不能再撤回。", minutes=UNDONE_WITHIN // timedelta(minutes=1)))
    back: Sequence[Passage] = (passage,)
    if left_at and passage.pass_id and not people:
        same = (Passage.pass_id == passage.pass_id, col(Passage.left_at) == left_at, Passage.direction == "in")
        back = desk.session.exec(select(Passage).where(*same)).all()
    for one in back:
        one.left_at, one.gone = None, max(one.gone - people, 0) if people else 0
        desk.session.add(one)
    verdict = verdict_of(desk, passage)
    kinds = ("gate.dropped", "gate.left", "gate.stayed")
    last = select(Event.kind).where(Event.subject == verdict.subject, col(Event.kind).in_(kinds)).order_by(col(Event.id).desc())
    was_dropped = verdict.pass_ is not None and desk.session.exec(last).first() == "gate.dropped"
    desk.record("gate.stayed", verdict.subject)
    if verdict.pass_ and was_dropped:
        desk.tell(_maker(desk, verdict.pass_), "visitor.not_dropped", name=verdict.pass_.visitor_name)


def drop(desk: Desk, passage_id: int) -> None:
    """Write down that what was brought was left with the guard, and tell who ordered; raises LookupError for anything but an order let in."""
    passage = desk.session.get(Passage, passage_id)
    pass_ = desk.session.get(Pass, passage.pass_id) if passage is not None and passage.pass_id else None
    if passage is None or pass_ is None or pass_.kind is not PassKind.DELIVERY or not passage.admitted or passage.undone_at:
        raise LookupError(str(passage_id))
    if passage.left_at is None:
        leave(desk, passage)
        desk.record("gate.dropped", pass_.subject)
        desk.tell(_maker(desk, pass_), "visitor.dropped", name=pass_.visitor_name, at=f"{desk.now:%H:%M}")


def latest(desk: Desk, limit: int = 20) -> list[dict[str, Any]]:
    """Return the last checks of this gate, newest first."""
    home = func.coalesce(col(Pass.household_id), col(WalkUp.household_id))
    rows = desk.session.exec(
        select(Passage, Pass, WalkUp, Household)
        .join(Pass, col(Pass.id) == col(Passage.pass_id), isouter=True)
        .join(WalkUp, col(WalkUp.id) == col(Passage.walk_up_id), isouter=True)
        .join(Household, col(Household.id) == home, isouter=True)
        .order_by(col(Passage.id).desc())
        .limit(limit)
    ).all()
    return [
        {
            "id": passage.id, "at": passage.at, "admitted": passage.admitted, "reason": REASONS.get(passage.reason, ""), "is_wrong": passage.admitted and passage.reason != "",
            "visitor": mask(pass_.visitor_name) if pass_ else walk_up.who if walk_up else "", "flat": flat.label if flat else "",
            "left_at": passage.left_at if passage.direction == "in" else None, "may_return": may_come_back(passage, desk.now), "went": passage.direction == "out", "people": passage.people, "gone": passage.gone, "undone_at": passage.undone_at, "is_order": pass_ is not None and pass_.kind is PassKind.DELIVERY,
            "may_undo": may_be_a_slip(passage) and not (passage.undone_at or passage.left_at or passage.gone) and desk.now - passage.at < UNDONE_WITHIN,
        }
        for passage, pass_, walk_up, flat in rows
    ]  # fmt: skip
