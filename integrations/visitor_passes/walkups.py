"""Who stands at the gate without a pass: the flat is asked in the chat, and the guard lets in whom somebody at home knows."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Desk, Household, Refusal, Resident, Turn, Work, joined, register, roster, tr
from integrations.visitor_passes import gate
from integrations.visitor_passes.gate import Verdict, mask
from integrations.visitor_passes.models import HostAnswer, Passage, WalkUp

#: How long the guard waits for an answer; then the flat is phoned.
WAITS = timedelta(minutes=3)

#: How long somebody at home may answer, and how long the guard sees what is not decided.
STANDS = timedelta(minutes=30)

#: How often a flat may be asked in a day: who is asked for all day long is phoned.
ASKS = 20

#: Characters of what the guard writes, and the most people who come together.
LONGEST, MOST_PEOPLE = 40, 50

#: Characters of what those at home say that the guard reads.
LONGEST_WORDS = 200

#: By what somebody came in: the answer in the chat, or a word on the phone.
BY_HOST, BY_PHONE = "host", "phone"


def flat_of(desk: Desk, said: str) -> Household:
    """Return the one flat that is meant by its number (3-2-501) or by who lives there; raises Refusal for none and for several."""
    if not said.strip():
        raise Refusal(tr("请写找哪一户，例如 3-2-501。"))
    meant = select(Household).where(col(Household.id).in_(register.flats_called(desk.session, said))).limit(2)
    found = desk.session.exec(meant).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal(tr("“{said}”不止一户，请写全，例如 3-2-501。", said=said))
    raise Refusal(tr("没有“{said}”这一户，请核对房号，例如 3-2-501。", said=said))


def ask(desk: Desk, flat: Household, who: str, people: int, plate: str) -> WalkUp:
    """Ask everybody of a flat whose account is bound; raises Refusal where it was asked too often today."""
    if not desk.take("gate.ask", ASKS, f"flat {flat.key}"):
        raise Refusal(tr("{flat}今天已经问过 {ASKS} 次，请打电话。", flat=flat.label, ASKS=ASKS))
    made = WalkUp(
        household_id=flat.key, staff_id=desk.staff.id or 0, who=who.strip()[:LONGEST], plate=plate.strip()[:LONGEST],
        people=min(max(people, 1), MOST_PEOPLE), asked_at=desk.now,
    )  # fmt: skip
    desk.session.add(made)
    desk.session.flush()
    asked = [desk.tell(
        member, "visitor.walk_up", url=desk.link(f"/walk-ups/{made.public_id}/{member.public_id}", STANDS), heading=tr("有人在门口找您"), urgent=True,
        who=made.who, people=made.people if made.people > 1 else "", plate=made.plate, flat=flat.label,
    ) for member in roster.bound_at(desk.session, flat)]  # fmt: skip
    made.told = sum(one is not None for one in asked)
    desk.record("gate.asked", made.subject, told=made.told)
    return made


def find(work: Work, key: str, *, locks: bool = True) -> WalkUp:
    """Return who was asked about, locked until the commit where something follows from it; raises LookupError."""
    wanted = select(WalkUp).where(WalkUp.public_id == key)
    wanted = wanted.with_for_update().execution_options(populate_existing=True) if locks else wanted
    found = work.session.exec(wanted).first()
    if found is None:
        raise LookupError(key)
    return found


def waiting(desk: Desk) -> Sequence[tuple[WalkUp, Household]]:
    """Return who stands at the gate and is not decided on yet, the longest waiting first."""
    rows = desk.session.exec(
        select(WalkUp, Household)
        .join(Household, col(Household.id) == col(WalkUp.household_id))
        .where(col(WalkUp.asked_at) > desk.now - STANDS, col(WalkUp.ended_at).is_(None))
        .order_by(col(WalkUp.asked_at))
    ).all()
    return [(one, flat) for one, flat in rows]


def at_home(turn: Turn, said: str) -> WalkUp | None:
    """Return about whom one of a resident's flats was asked and may still answer: whom the words name, else the newest; None for nobody."""
    flats = [flat.key for flat in turn.flats]
    theirs = select(WalkUp).where(
        col(WalkUp.household_id).in_(flats), col(WalkUp.asked_at) > turn.now - STANDS, col(WalkUp.ended_at).is_(None)
    )
    found = turn.session.exec(theirs.order_by(col(WalkUp.id).desc()).with_for_update()).all() if flats else ()
    return next(
        (one for one in found if one.who and (one.who in said or one.who.removesuffix("的") in said)), next(iter(found), None)
    )


def remark(work: Work, one: WalkUp, words: str) -> None:
    """Tell the guard what somebody at home says that decides nothing: 放门口就行."""
    one.words = joined(one.words, words, LONGEST_WORDS)
    work.session.add(one)
    work.record("gate.remarked", one.subject)


def answer(work: Work, one: WalkUp, member: Resident, *, agrees: bool, words: str = "") -> None:
    """Write down what somebody at home says, and how they said it. The first word counts; who said it may change it until the guard has decided."""
    if one.ended_at is not None or work.now - one.asked_at >= STANDS:
        raise Refusal(tr("门岗已经处理好了。有疑问请打 {phone}。", phone=work.community.phone))
    if one.answered_by not in (None, member.id):
        raise Refusal(tr("家里已经有人回答“同意”了。") if one.answer is HostAnswer.YES else tr("家里已经有人回答“不同意”了。"))
    one.answer, one.answered_at, one.answered_by = HostAnswer.YES if agrees else HostAnswer.NO, work.now, member.id
    one.words = joined(one.words, words, LONGEST_WORDS) if words else one.words
    work.session.add(one)
    work.record("gate.answered", one.subject, answer=one.answer.value)


def let_in(desk: Desk, one: WalkUp, how: str) -> Verdict:
    """Let somebody in whom the host knows, by the answer in the chat or by a word on the phone, of which the household is told."""
    _require_open(one)
    if how == BY_HOST and one.answer is not HostAnswer.YES:
        raise Refusal(tr("住户还没有同意。打电话问过的，请点“电话里同意了”。"))
    if how == BY_PHONE:
        for member in roster.bound_at(desk.session, desk.session.get_one(Household, one.household_id)):
            desk.tell(member, "visitor.let_in", who=one.who, at=f"{desk.now:%H:%M}")
    return _end(desk, one, "", how)


def send_away(desk: Desk, one: WalkUp) -> Verdict:
    """Let nobody in: the host said no, or could not be reached."""
    _require_open(one)
    return _end(desk, one, "host_no" if one.answer is HostAnswer.NO else "no_answer", BY_HOST)


def _require_open(one: WalkUp) -> None:
    if one.ended_at is not None:
        raise Refusal(tr("这位来客刚才已经处理过了。"))


def _end(desk: Desk, one: WalkUp, reason: str, how: str) -> Verdict:
    one.ended_at = desk.now
    desk.session.add(one)
    passage = Passage(
        walk_up_id=one.id, staff_id=desk.staff.id, at=desk.now, method=how, admitted=not reason, reason=reason, people=one.people
    )
    return gate.note(desk, passage, one.subject)


def numbers(desk: Desk, flat: Household) -> Sequence[tuple[str, str]]:
    """Return whom the guard may phone at a flat: 李* and the number, of who lives there now."""
    return [
        (mask(one.name) if one.name else tr("家里人"), one.phone) for one in roster.people_of(desk.session, flat) if one.phone
    ]
