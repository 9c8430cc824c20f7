"""What locks, barriers and turnstiles call, each with the key of its own gate: check, say what came of it, be heard of, go on without a network.

A request carries an id that the machine makes up. The same id again is answered by what was decided then: a call whose answer was lost counts once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator
from sqlalchemy import func
from sqlmodel import col, select

from bot.contract import SHANGHAI, Endpoint, Event, Machine, Refusal, Search, api, roster, tasks, tr
from integrations.visitor_passes import asks, doors, gate, offline
from integrations.visitor_passes.gate import Asking, Verdict
from integrations.visitor_passes.models import CODE_LENGTH, Door, Pass, Passage, PassState
from integrations.visitor_passes.settings import Settings

#: A door opens within so long of the decision; later nobody stands there any more.
OPENS_WITHIN = timedelta(seconds=30)

#: Seconds between two heartbeats that are asked for.
EVERY = 30

#: What was called off that is told at once; of more the next answer tells.
MOST = 500

#: Largest number that a table holds.
_LARGEST = 2**63 - 1

#: Two replicas may write events out of their order within so long: they are told again, which does no harm.
_OUT_OF_ORDER = timedelta(minutes=1)

_REQUEST = Field(
    pattern=r"^[0-9A-Za-z_-]{8,64}$",
    description="made up by the machine for this call, 8 to 64 of 0-9 A-Z a-z _ -; the same again is the same call",
)


class Question(BaseModel):
    """What a visitor showed or typed, or a camera read: a code or a plate."""

    request: str = _REQUEST
    code: str = Field("", max_length=300, description=f"the text of the QR code, or the {CODE_LENGTH} signs below it")
    plate: str = Field("", max_length=20, description="as a camera read it: 粤B12345")
    direction: Literal["in", "out"] = Field("in", description="who goes out is always let out, and written down as having left")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.code.strip()) == bool(self.plate.strip()):
            raise ValueError("send either code or plate")
        return self


class Decision(BaseModel):
    """Whether to open."""

    request: str
    decision: Literal["open", "refuse", "ask_guard"] = Field(
        description="ask_guard: keep shut, say so, and ask for this request again (GET) until it is another"
    )
    reason: str = Field(
        description="empty when it opens; else unknown, forged, early, over, hours, used, cancelled, near_plate (one sign differs), guard_no or undone"
    )
    words: str = Field(description="for a display, in Chinese")
    visitor: str = Field(description="masked: 张*; empty when the pass is unknown")
    people: int = Field(description="who come in by this")
    entries_left: int
    decided_at: datetime
    open_until: datetime | None = Field(description="open no later than this; null when it does not open")
    again: bool = Field(description="this request had been decided before")


class Opening(BaseModel):
    """What came of a decision, or that somebody opened without one."""

    request: str = _REQUEST
    check: str = Field("", max_length=64, description="request of the check that it follows from; empty when forced without one")
    what: Literal["opened", "failed", "forced"] = Field(
        description="failed: nobody came in, the entry is given back if it is told within ten minutes; forced: open although it was to stay shut"
    )


class Noted(BaseModel):
    """What is on record now."""

    what: str
    given_back: bool = Field(description="the entry was given back: the same code may be shown again")


class Heartbeat(BaseModel):
    """That the machine works."""

    firmware: str = Field("", max_length=40)
    clock: AwareDatetime = Field(description="what its clock says, with its offset: 2026-03-11T10:00:00+08:00")
    since: int = Field(0, ge=0, le=_LARGEST, description="cursor of the last answer; 0 = all that is called off")


class PublicKey(BaseModel):
    """A key that verifies what stands in QR codes."""

    algorithm: Literal["Ed25519"] = "Ed25519"
    key: str = Field(description="32 bytes in base 64")
    version: int = Field(description="first byte of the QR codes that it verifies")


class Alive(BaseModel):
    """What the machine needs to go on without us."""

    now: datetime
    clock_off: int = Field(description="seconds by which its clock is ahead of ours")
    every: int = Field(description="seconds until the next heartbeat is expected")
    closed: list[str] = Field(description="passes that open nothing any more: cancelled, revoked or used up")
    reopened: list[str] = Field(description="passes that were among them and open again")
    cursor: int = Field(description="send it as since")
    more: bool = Field(description="more is to be told: ask again at once")
    keys: list[PublicKey]


class Taken(BaseModel):
    """A pass for when there is no network: no name, no flat."""

    id: str = Field(description="as the QR code has it, 10 signs")
    code: str
    plate: str
    building: str
    starts_at: datetime
    ends_at: datetime
    people: int
    entries_left: int
    repeated: bool = Field(description="opens again and again: entries do not count")
    hours: str = Field(
        description="weekdays from Monday as 0, first and last minute of the day, days it lasts and, where it has one, a day beside them; empty = all hours: 01234 480 1080 0 2026-03-12"
    )
    grace: int = Field(description="seconds that this visitor may come early and leave late")


class Snapshot(BaseModel):
    """What opens in the next two days."""

    now: datetime
    grace: int = Field(description="seconds that visitors may come early and leave late")
    stale_after: int = Field(description="seconds after which this is too old to decide by: ask the guard")
    passes: list[Taken]
    closed: list[str]
    keys: list[PublicKey]


class Line(BaseModel):
    """Who was let in without a network."""

    key: str = Field(pattern=r"^[0-9A-Za-z_-]{8,40}$", description="made up by the machine, another one for each line")
    pass_id: str = Field(max_length=20, description="id of the pass")
    at: AwareDatetime
    people: int = Field(1, ge=1, le=50)


class Journal(BaseModel):
    """What a machine decided by itself, oldest first."""

    lines: list[Line] = Field(min_length=1, max_length=offline.LINES)


class Synced(BaseModel):
    """What is on record now."""

    taken: list[str] = Field(description="keys of the lines that need not be sent again")
    wrong: list[str] = Field(description="what should not have been let in, in Chinese")


@api(
    "POST", "/gate/door/checks", scope=doors.SCOPE, title=tr("门禁设备核对"), comes_first=True, takes=Question, gives=Decision, own_keys=True,
    example={"request": "c0a8-000001", "code": "K3M9PQ"},
)  # fmt: skip
def decide(machine: Machine) -> Decision:
    """Check a code or a plate and use one entry up where it is good. Of one request one decision is made, however often it is sent."""
    door, body = doors.of(machine), machine.body
    assert isinstance(body, Question)  # noqa: S101  the route takes nothing else
    asked = machine.digest(f"{body.direction} {body.code} {body.plate}", Search.WORDS)
    if before := _of_request(machine, door, body.request):
        if before.asked != asked:
            raise Refusal(tr("这个 request 已经用来问过别的了，请换一个。"))
        return _say(machine, before, body.request, again=True)
    asking = Asking(door_id=door.id, request=_key(door, body.request), asked=asked)
    if body.direction == "out":
        return _say(machine, _let_out(machine, body, asking), body.request)
    verdict = _by_plate(machine, body.plate, asking) if body.plate.strip() else gate.check(machine, body.code, asking)
    return _say(machine, verdict.passage, body.request, verdict)


@api("GET", "/gate/door/checks/{request}", scope=doors.SCOPE, title=tr("门禁设备再问一次结果"), gives=Decision, own_keys=True)
def ask_again(machine: Machine) -> Decision:
    """Return what was decided of a request, as it stands now: the guard may have answered."""
    door, request = doors.reading(machine), machine.params["request"]
    passage = _of_request(machine, door, request)
    if passage is None:
        raise LookupError(request)
    return _say(machine, passage, request, again=True)


@api(
    "POST", "/gate/door/openings", scope=doors.SCOPE, title=tr("门禁设备报告开门结果"), takes=Opening, gives=Noted, own_keys=True,
    example={"request": "c0a8-000002", "check": "c0a8-000001", "what": "opened"},
)  # fmt: skip
def note_opening(machine: Machine) -> Noted:
    """Write down whether the door opened. Where it failed the entry is given back; one that was forced is a task for the guards."""
    door, body = doors.of(machine), machine.body
    assert isinstance(body, Opening)  # noqa: S101  the route takes nothing else
    if not body.check:
        if body.what != "forced":
            raise Refusal(tr("请写是哪一次核对（check）的结果。"))
        return _forced(machine, door, body)
    passage = _of_request(machine, door, body.check)
    if passage is None:
        raise Refusal(tr("没有 {check} 这一次核对。", check=body.check))
    if passage.opening:
        if passage.opening != body.what:
            raise Refusal(tr("这一次已经报告过 {what} 了。", what=passage.opening))
        return Noted(what=passage.opening, given_back=passage.undone_at is not None)
    if body.what == "opened" and not passage.admitted:
        raise Refusal(tr("这一次没有放行，不能报告 opened；门开了请报告 forced。"))
    passage.opening = body.what
    machine.session.add(passage)
    is_late = machine.now - passage.at >= gate.UNDONE_WITHIN or passage.gone > 0
    if body.what == "failed" and passage.admitted and passage.undone_at is None and not is_late:
        passage.undone_at = machine.now
        made = machine.session.get(Pass, passage.pass_id) if passage.pass_id else None
        if made is not None:
            machine.session.flush()
            gate.give_back(machine, made, passage.people)
        machine.record("gate.stuck", made.subject if made else door.subject)
    if body.what == "forced":
        _alarm(machine, door)
    return Noted(what=body.what, given_back=passage.undone_at is not None)


@api(
    "POST", "/gate/door/heartbeats", scope=doors.SCOPE, title=tr("门禁设备心跳"), takes=Heartbeat, gives=Alive, own_keys=True,
    example={"firmware": "1.4.2", "clock": "2026-03-11T10:00:00+08:00", "since": 0},
)  # fmt: skip
def beat(machine: Machine) -> Alive:
    """Be heard of; returns the time, what was called off since the last time, and the keys that verify QR codes without us."""
    door, body = doors.of(machine), machine.body
    assert isinstance(body, Heartbeat)  # noqa: S101  the route takes nothing else
    off = round((body.clock - machine.now).total_seconds())
    door.firmware, door.clock_off = body.firmware.strip(), max(min(off, 2_000_000_000), -2_000_000_000)
    machine.session.add(door)
    closed, reopened, cursor, more = _changed(machine, body.since)
    return Alive(
        now=machine.now,
        clock_off=off,
        every=EVERY,
        closed=closed,
        reopened=reopened,
        cursor=cursor,
        more=more,
        keys=_keys(machine),
    )


@api("GET", "/gate/door/passes", scope=doors.SCOPE, title=tr("门禁设备带上名单"), gives=Snapshot, own_keys=True)
def take_along(machine: Machine) -> Snapshot:
    """Return what opens in the next two days, without names, for when there is no network. QR codes made later are verified by the keys."""
    doors.reading(machine)
    grace, (rows, gone) = machine.settings(Settings).grace, offline.taken_along(machine)
    return Snapshot(
        now=machine.now, grace=int(grace.total_seconds()), stale_after=int(offline.STALE.total_seconds()),
        passes=[
            Taken(
                id=one.public_id, code=one.code, plate=one.plate, building=roster.label_of(building), starts_at=one.starts_at, ends_at=one.ends_at,
                people=one.people, entries_left=one.entries_left, repeated=one.kind.is_repeated, hours=one.hours,
                grace=int(one.slack(grace).total_seconds()),
            )
            for one, building in rows
        ],
        closed=list(gone), keys=_keys(machine),
    )  # fmt: skip


@api(
    "POST", "/gate/door/journals", scope=doors.SCOPE, title=tr("门禁设备补记断网时放行的"), takes=Journal, gives=Synced, own_keys=True,
    example={"lines": [{"key": "c0a8-0001", "pass_id": "ABCDEFGHJK", "at": "2026-03-11T10:00:00+08:00", "people": 1}]},
)  # fmt: skip
def bring_back(machine: Machine) -> Synced:
    """Write down whom the machine let in without a network, each line once; who was let in twice is found here."""
    door, body = doors.of(machine), machine.body
    assert isinstance(body, Journal)  # noqa: S101  the route takes nothing else
    if any(not machine.now - offline.OLDEST < one.at <= machine.now + offline.CLOCKS_DIFFER for one in body.lines):
        raise Refusal(tr("设备的时间不对，或者记录太旧。请校准时间再补记。"))
    lines = [
        offline.Line(key=_key(door, one.key), pass_id=one.pass_id, at=one.at.astimezone(SHANGHAI), people=one.people)
        for one in body.lines
    ]
    wrong = offline.write_down(machine, lines, door_id=door.id)
    return Synced(taken=[one.key for one in body.lines], wrong=[machine.words(said) for said in wrong])


def _key(door: Door, request: str) -> str:
    return f"{door.public_id}:{request}"


def _of_request(machine: Machine, door: Door, request: str) -> Passage | None:
    return machine.session.exec(select(Passage).where(Passage.request == _key(door, request))).first()


def _say(machine: Machine, passage: Passage, request: str, verdict: Verdict | None = None, *, again: bool = False) -> Decision:
    verdict = verdict or gate.verdict_of(machine, passage)
    decision = decided(passage, machine.now)
    reason = "undone" if passage.undone_at else BROAD.get(passage.reason, passage.reason)
    words = (
        tr("这一次已经撤回，请重新扫码")
        if passage.undone_at
        else gate.REASONS[reason]
        if passage.reason in BROAD
        else verdict.words
    )
    return Decision(
        request=request, decision=decision, reason=reason, words=machine.words(words), visitor=verdict.visitor, people=passage.people,
        entries_left=verdict.pass_.entries_left if verdict.pass_ else 0, decided_at=passage.at,
        open_until=passage.at + OPENS_WITHIN if decision == "open" else None, again=again,
    )  # fmt: skip


#: Reasons that machines know by another: who moved out is nobody's to read on a display.
BROAD = {"revoked": "cancelled", "left": "cancelled", "errand": "cancelled"}


def decided(passage: Passage, now: datetime) -> Literal["open", "refuse", "ask_guard"]:
    """Return what a machine does about a check; what a guard is asked about is refused where nobody answers."""
    if passage.admitted and passage.undone_at is None:
        return "open"
    return "ask_guard" if asks.is_open(passage, now) else "refuse"


def _by_plate(machine: Machine, said: str, asking: Asking) -> Verdict:
    """Let a car in that is expected; one whose plate differs by one sign is asked about, for cameras misread, and never let in by itself."""
    if len(Search.PLATE.of(said)) < _SHORTEST:
        return gate.refuse(machine, None, "unknown", "plate", asking)
    grace = machine.settings(Settings).grace
    if made := _best(machine, _cars(machine, said), grace):
        return gate.admit(machine, made, "plate", asking=asking)
    near = select(Pass).where(
        Pass.state == PassState.ACTIVE, col(Pass.starts_at) <= machine.now + grace, col(Pass.ends_at) > machine.now - grace, col(Pass.plate_digest) != ""
    )  # fmt: skip
    plate = Search.PLATE.of(said)
    found = [one for one in machine.session.exec(near.limit(offline.MOST)).all() if _is_near(plate, Search.PLATE.of(one.plate))]
    alike = _best(machine, found, grace)
    return gate.refuse(machine, alike, "near_plate" if alike else "unknown", "plate", asking)


#: Signs of the shortest plate.
_SHORTEST = 7


def _cars(machine: Machine, said: str) -> Sequence[Pass]:
    theirs = select(Pass).where(
        Pass.plate_digest == machine.digest(said, Search.PLATE), col(Pass.ends_at) > machine.now - timedelta(days=1)
    )
    return machine.session.exec(theirs.order_by(col(Pass.starts_at))).all()


def _best(machine: Machine, found: Sequence[Pass], grace: timedelta) -> Pass | None:
    """Return the pass that opens now, else the one that is next or was last."""
    opens = [one for one in found if not one.fault_at(machine.now, grace)]
    return next(iter(opens), None) or min(found, key=lambda one: abs(one.starts_at - machine.now), default=None)


def _is_near(read: str, known: str) -> bool:
    """Tell whether two plates differ by one sign: another one, one too many or one too few."""
    if read == known or abs(len(read) - len(known)) > 1:
        return False
    begin = next(
        (at for at, (one, other) in enumerate(zip(read, known, strict=False)) if one != other), min(len(read), len(known))
    )
    shorter, longer = sorted((read, known), key=len)
    return longer[begin + 1 :] == shorter[begin + (len(read) == len(known)) :]


def _let_out(machine: Machine, body: Question, asking: Asking) -> Passage:
    """Let whoever it is out, and write down that the first of those who came in by the pass and are in yet has left."""
    pass_ = next(iter(_cars(machine, body.plate)), None) if body.plate.strip() else gate.of_code(machine, body.code)
    inside = select(Passage).where(
        Passage.pass_id == (pass_.id if pass_ else 0), col(Passage.admitted), Passage.direction == "in", col(Passage.left_at).is_(None), col(Passage.undone_at).is_(None)
    )  # fmt: skip
    if came := machine.session.exec(inside.order_by(col(Passage.id))).first():
        gate.leave(machine, came, 1)
    passage = Passage(
        pass_id=pass_.id if pass_ else None, at=machine.now, direction="out", method="plate" if body.plate.strip() else "code", admitted=True,
        left_at=machine.now, door_id=asking.door_id, request=asking.request, asked=asking.asked,
    )  # fmt: skip
    machine.session.add(passage)
    machine.session.flush()
    machine.record("gate.left", pass_.subject if pass_ else "")
    return passage


def _forced(machine: Machine, door: Door, body: Opening) -> Noted:
    if _of_request(machine, door, body.request) is None:
        asking = Asking(door_id=door.id, request=_key(door, body.request))
        gate.refuse(machine, None, "forced", "door", asking).passage.opening = "forced"
        _alarm(machine, door)
    return Noted(what="forced", given_back=False)


def _alarm(machine: Machine, door: Door) -> None:
    """Let the guards look at a door that is open although it was to stay shut; one task while that goes on."""
    machine.record("gate.forced", door.subject)
    if not tasks.about(machine.session, door.opening):
        title = tr("{door}被强行打开，请去看一眼", door=doors.named(machine.session, door))
        machine.assign(doors.FORCED, "gate.check", title, urgent=True, subject=door.opening)


def _changed(machine: Machine, since: int) -> tuple[list[str], list[str], int, bool]:
    """Return the passes that open nothing any more, those that open again, the next cursor, and whether there is more."""
    newest = machine.session.exec(select(func.max(Event.id)).where(col(Event.at) <= machine.now - _OUT_OF_ORDER)).one() or 0
    if not since or since > newest:  # a cursor from before a backup was brought back: nothing that is called off may be missed
        return list(offline.taken_along(machine)[1]), [], newest, False
    kinds = (
        "visitor.cancelled",
        "visitor.revoked",
        "visitor.put_back",
        "visitor.changed",
        "gate.admitted",
        "gate.undone",
        "gate.stuck",
    )
    told = (
        select(Event.id, Event.subject)
        .where(col(Event.id) > since, col(Event.kind).in_(kinds))
        .order_by(col(Event.id))
        .limit(MOST)
    )
    rows = machine.session.exec(told).all()
    ids = {subject.partition(":")[2] for _, subject in rows if subject.startswith("pass:")}
    states = dict(machine.session.exec(select(Pass.public_id, Pass.state).where(col(Pass.public_id).in_(ids))).all())
    more = len(rows) == MOST
    return (
        sorted(key for key, state in states.items() if state is not PassState.ACTIVE),
        sorted(key for key, state in states.items() if state is PassState.ACTIVE),
        max(min(rows[-1][0] or 0, newest) if more else newest, since),
        more and (rows[-1][0] or 0) <= newest,
    )


def _keys(machine: Machine) -> list[PublicKey]:
    return [PublicKey(key=offline.public_key(machine), version=1)]


ROUTES: tuple[Endpoint, ...] = (decide, ask_again, note_opening, beat, take_along, bring_back)
