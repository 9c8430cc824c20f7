"""What a machine asks the guard: a car whose plate is nearly one that is expected. The machine keeps shut until the guard has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Household, Refusal, tr
from integrations.visitor_passes import doors, gate
from integrations.visitor_passes.gate import Verdict
from integrations.visitor_passes.models import Door, Pass, Passage
from integrations.visitor_passes.settings import Settings

#: So long a question stands.
STANDS = timedelta(minutes=3)

#: Reasons for which a person may know better than the machine.
REASONS = ("near_plate",)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of a machine."""

    passage: Passage
    made: Pass
    door: str
    flat: str

    @property
    def visitor(self) -> str:
        """张*."""
        return gate.mask(self.made.visitor_name)


def is_open(passage: Passage, now: datetime) -> bool:
    """Tell whether a check waits for the guard."""
    return passage.reason in REASONS and passage.staff_id is None and now - passage.at < STANDS


def waiting(desk: Desk) -> Sequence[Asked]:
    """Return what machines ask just now, the first first."""
    rows = desk.session.exec(
        select(Passage, Pass, Household, Door)
        .join(Pass, col(Pass.id) == col(Passage.pass_id))
        .join(Household, col(Household.id) == col(Pass.household_id))
        .join(Door, col(Door.id) == col(Passage.door_id))
        .where(col(Passage.at) > desk.now - STANDS, col(Passage.reason).in_(REASONS), col(Passage.staff_id).is_(None))
        .order_by(col(Passage.id))
    ).all()
    return [
        Asked(passage=passage, made=made, door=doors.named(desk.session, door), flat=flat.label)
        for passage, made, flat, door in rows
    ]


def find(desk: Desk, passage_id: int) -> Passage:
    """Return what a machine asked about, locked until the commit; raises LookupError."""
    wanted = select(Passage).where(Passage.id == passage_id).with_for_update().execution_options(populate_existing=True)
    passage = desk.session.exec(wanted).first()
    if passage is None or passage.door_id is None:
        raise LookupError(str(passage_id))
    return passage


def answer(desk: Desk, passage: Passage, *, agrees: bool) -> Verdict:
    """Let in, or send away, whom a machine asked about; the machine hears of it when it asks again."""
    if not is_open(passage, desk.now):
        raise Refusal(tr("这辆车已经处理过，或者等太久了。请让它再到道闸前停一下。"))
    made = desk.session.get_one(Pass, passage.pass_id)
    if agrees:
        reason = made.fault_at(desk.now, desk.settings(Settings).grace)
        if reason or not gate.use(desk.session, made, passage.people):
            raise Refusal(tr("不能放行：{why}", why=gate.REASONS[reason or "used"]))
    passage.staff_id, passage.admitted, passage.reason = desk.staff.id, agrees, "" if agrees else "guard_no"
    verdict = gate.note(desk, passage, made.subject)
    if agrees:
        gate.welcome(desk, verdict)
    return verdict


def think_again(desk: Desk, passage_id: int) -> bool:
    """Let the machine ask once more whom the guard sent away by a slip of the finger; False for any other check."""
    passage = desk.session.get(Passage, passage_id)
    if passage is None or passage.reason != "guard_no":
        return False
    if desk.now - passage.at >= STANDS:
        raise Refusal(tr("这辆车等太久了，不能再撤回。请让它再到道闸前停一下。"))
    passage.staff_id, passage.reason = None, REASONS[0]
    desk.session.add(passage)
    desk.record("gate.undone", gate.verdict_of(desk, passage).subject)
    return True
