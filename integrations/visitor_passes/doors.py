"""Locks, barriers and turnstiles: each with a key for one gate; one that is silent is a task for the staff until it is heard of again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.contract import SHANGHAI, Desk, Happening, Machine, Refusal, Work, job, machinekeys, on, tr
from bot.contract.listpage import day_of
from integrations.visitor_passes.models import Door, Gate
from integrations.visitor_passes.settings import Settings

#: The one scope of a door's key.
SCOPE = "gate.door"

#: Calls a minute: a turnstile lets one through each second, and asks and tells of each.
PER_MINUTE = 240

#: Who hears of a silent door, and who may give keys out.
MEND, EDIT = "gate.mend", "gate.edit"

#: Doors of one gate, and characters of a name.
MOST, LONGEST = 12, 20

#: A clock further off than that is told.
CLOCK = 60

#: That a door was heard of is written down at most this often.
_HEARD_EVERY = timedelta(seconds=20)

_NO_DOOR = tr("这个密钥不属于任何大门。请在“门禁设备”里重新做一个。")

#: Kinds of tasks.
SILENT, FORCED = "gate.silent", "gate.forced"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A door as staff see it."""

    door: Door
    gate: str
    state: str  # new, heard or silent
    clock: str  # how far its clock is off, in words; empty where it is right


def give_key(desk: Desk, gate: Gate, name: str, *, is_simulated: bool = False) -> tuple[Door, str]:
    """Return a new door of a gate, and the secret of its key, which is shown this once; raises Refusal."""
    name = " ".join(name.split())
    if not name:
        raise Refusal(tr("请写这台设备叫什么，例如 进口闸机。"), field="name")
    if len(name) > LONGEST:
        raise Refusal(tr("最多 {longest} 个字，现在有 {said} 个。", longest=LONGEST, said=len(name)), field="name")
    theirs = [one for one in in_force(desk.session) if one.gate_id == gate.id]
    if len(theirs) >= MOST:
        raise Refusal(tr("{gate}已经有 {MOST} 台设备了，请先停用不用的。", gate=gate.name, MOST=MOST), field="name")
    if any(one.name == name for one in theirs):
        raise Refusal(tr("{gate}已经有“{name}”了，请换一个名称。", gate=gate.name, name=name), field="name")
    key, secret = machinekeys.make(desk, f"{gate.name} {name}", SCOPE, per_minute=PER_MINUTE, staff_id=desk.staff.id)
    door = Door(gate_id=gate.id, name=name, key=key, hint=secret[-4:], made_at=desk.now, is_simulated=is_simulated)
    desk.session.add(door)
    desk.session.flush()
    desk.record("gate.door_made", door.subject)
    return door, secret


def retire(work: Work, door: Door) -> None:
    """End a door's key: it opens nothing any more, and nobody waits for it."""
    if door.ended_at is not None:
        return
    door.ended_at, door.silent_since = work.now, None
    work.session.add(door)
    machinekeys.revoke(work, door.key)
    work.record("gate.door_ended", door.subject)
    work.finish(door.subject, tr("这台设备已停用"))


@on("key.revoked")
def retire_by_key(work: Work, happening: Happening) -> None:
    """A key that is revoked on the page of keys is its door's end, too."""
    door = work.session.exec(select(Door).where(Door.key == happening.subject.partition(":")[2])).first()
    if door is not None:
        retire(work, door)


def in_force(session: Session) -> Sequence[Door]:
    """Return the doors whose keys are in force, in the order they were made."""
    return session.exec(select(Door).where(col(Door.ended_at).is_(None)).order_by(col(Door.id))).all()


def standing(work: Work) -> list[Standing]:
    """Return how each door stands, the silent ones first."""
    gates = {one.id: one.name for one in work.session.exec(select(Gate)).all()}
    found = [_standing(work, one, gates.get(one.gate_id, "")) for one in in_force(work.session)]
    return sorted(found, key=lambda one: one.state != "silent")


def _standing(work: Work, door: Door, gate: str) -> Standing:
    is_silent = door.seen_at is not None and work.now - door.seen_at > work.settings(Settings).silence
    return Standing(
        door=door, gate=gate, state="silent" if is_silent else "heard" if door.seen_at else "new", clock=_off(door.clock_off)
    )


def _off(seconds: int) -> str:
    if abs(seconds) <= CLOCK:
        return ""
    minutes = max(abs(seconds) // 60, 1)
    return tr("快 {minutes} 分钟", minutes=minutes) if seconds > 0 else tr("慢 {minutes} 分钟", minutes=minutes)


def named(session: Session, door: Door) -> str:
    """Return what one calls a door: 南门 进口闸机."""
    gate = session.get(Gate, door.gate_id) if door.gate_id else None
    return f"{gate.name} {door.name}" if gate else door.name


def of(machine: Machine) -> Door:
    """Return the door that calls, locked until the commit, and write down that it was heard of."""
    wanted = select(Door).where(Door.key == machine.key, col(Door.ended_at).is_(None)).with_for_update()
    door = machine.session.exec(wanted).first()
    if door is None:
        raise Refusal(_NO_DOOR)
    if door.seen_at is None or machine.now - door.seen_at >= _HEARD_EVERY or door.silent_since:
        door.seen_at = machine.now
        if door.silent_since is not None:
            door.silent_since = None
            machine.record("gate.heard", door.subject)
            machine.finish(door.subject, tr("设备又有消息了"))
        machine.session.add(door)
    return door


def reading(machine: Machine) -> Door:
    """Return the door that calls, where nothing can be written."""
    door = machine.session.exec(select(Door).where(Door.key == machine.key, col(Door.ended_at).is_(None))).first()
    if door is None:
        raise Refusal(_NO_DOOR)
    return door


@job(every=timedelta(seconds=30))
def watch(work: Work) -> None:
    """Let each door that has been silent for too long be a task, once, until it is heard of."""
    limit = work.now - work.settings(Settings).silence
    silent = select(Door).where(
        col(Door.ended_at).is_(None), col(Door.silent_since).is_(None), col(Door.seen_at) < limit
    ).with_for_update(skip_locked=True)  # fmt: skip
    for door in work.session.exec(silent).all():
        door.silent_since = door.seen_at
        work.session.add(door)
        work.record("gate.silent", door.subject)
        title = tr("{door}从 {since} 起没有消息", door=named(work.session, door), since=since(work, door.seen_at or work.now))
        work.assign(SILENT, MEND, title, subject=door.subject)


def since(work: Work, at: datetime) -> str:
    """Say when something began: today by the clock alone."""
    then, today = at.astimezone(SHANGHAI), work.now.astimezone(SHANGHAI).date()
    return f"{then:%H:%M}" if then.date() == today else f"{day_of(then.date(), today)} {then:%H:%M}"


JOBS = (watch,)
REACTIONS = (retire_by_key,)
