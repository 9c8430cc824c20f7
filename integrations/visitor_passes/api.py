"""What gates and barriers may call: whom to expect today, and whether a code opens now."""

from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlmodel import col, select

from bot.contract import Endpoint, Household, Machine, api, tr
from integrations.visitor_passes import gate
from integrations.visitor_passes.models import CODE_LENGTH, Pass, PassState
from integrations.visitor_passes.settings import Settings

#: Passes in one answer; no gate expects more in a day.
MOST = 1000


class ExpectedVisit(BaseModel):
    """A pass that opens at some time today; where the visit goes is told by building only."""

    code: str = Field(description=f"what the visitor types, {CODE_LENGTH} signs")
    building: str
    visitor: str = Field(description="masked: 张*")
    plate: str = Field(description="of the car; empty = on foot")
    starts_at: datetime
    ends_at: datetime
    entries_left: int


class ExpectedVisits(BaseModel):
    """All of today's, the earliest first."""

    passes: list[ExpectedVisit]


@api("GET", "/gate/passes", scope="gate.read", title=tr("看今天的访客"), gives=ExpectedVisits)
def expected(machine: Machine) -> ExpectedVisits:
    """List the passes that open the gate at some time today, in Asia/Shanghai, and have entries left."""
    grace = machine.settings(Settings).grace
    midnight = machine.now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = machine.session.exec(
        select(Pass, Household)
        .join(Household, col(Household.id) == col(Pass.household_id))
        .where(Pass.state == PassState.ACTIVE, col(Pass.ends_at) > midnight, col(Pass.starts_at) < midnight + timedelta(days=1))
        .order_by(col(Pass.starts_at), col(Pass.id))
        .limit(MOST)
    ).all()
    return ExpectedVisits(
        passes=[
            ExpectedVisit(
                code=pass_.code, building=flat.building, visitor=gate.mask(pass_.visitor_name), plate=pass_.plate,
                starts_at=pass_.starts_at, ends_at=pass_.ends_at, entries_left=pass_.entries_left,
            )
            for pass_, flat in rows
            if pass_.opens_on(midnight, grace)
        ]
    )  # fmt: skip


#: Reasons that machines know by another; the words say which it was.
_BROAD = {"revoked": "cancelled", "left": "cancelled"}


class Check(BaseModel):
    """What a visitor showed or typed."""

    code: str = Field(min_length=1, max_length=300, description=f"the text of the QR code, or the {CODE_LENGTH} signs below it")


class Answer(BaseModel):
    """Whether to open."""

    admitted: bool
    reason: str = Field(
        description="empty when admitted; else unknown, forged, early, over, hours (comes again at others), used or cancelled"
    )
    words: str = Field(description="the reason for a display, in Chinese")
    visitor: str = Field(description="masked: 张*; empty when the pass is unknown")
    entries_left: int


@api("POST", "/gate/checks", scope="gate.check", title=tr("核对通行码"), takes=Check, gives=Answer, comes_first=True)
def check(machine: Machine) -> Answer:
    """Check a code as a guard would: a good one uses one entry up, and each check is written down."""
    verdict = gate.check(machine, machine.body.code)
    left = verdict.pass_.entries_left if verdict.pass_ else 0
    return Answer(
        admitted=verdict.admitted,
        reason=_BROAD.get(verdict.reason, verdict.reason),
        words=verdict.words,
        visitor=verdict.visitor,
        entries_left=left,
    )


ROUTES: tuple[Endpoint, ...] = (expected, check)
