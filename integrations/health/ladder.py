"""Who waits for a sign of life, and who is asked when none comes: the resident, the family, the neighbour; then the staff go and look.

    a greeting (if wished)   2 h before the hour of the community
    the resident once more   1 h before
    the family               at the hour
    the neighbour            30 min after
    staff at the door        1 h after

A day is a row, a rung is a row that cannot be there twice: whatever dies, comes back or runs side by side asks nobody twice and
forgets nobody. Rungs that were slept through are made up for one after the other, GAP apart, so that somebody may still answer.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.contract import SHANGHAI, Household, Line, Resident, Task, Work, job, roster
from integrations.health.models import CareAbsence, CareDay, CareHour, CareRung, CareWish, Rung, Sign

#: By when a sign of life is waited for, where the community has no hour of its own.
DUE = time(10)

#: The hours that may be chosen: the ladder begins two hours before, and ends by daylight.
EARLIEST, LATEST = time(7), time(20)

#: When each rung is due, from the hour of the community.
RUNGS: Mapping[Rung, timedelta] = {
    Rung.GREETING: timedelta(hours=-2), Rung.RESIDENT: timedelta(hours=-1), Rung.FAMILY: timedelta(0), Rung.NEIGHBOUR: timedelta(minutes=30),
    Rung.VISIT: timedelta(hours=1),
}  # fmt: skip

#: How long who was asked has to answer, at least.
GAP = timedelta(minutes=10)

#: From when on what somebody writes is a sign of life of that day: who is awake at two may lie on the floor at eight.
WAKES = time(4)

#: What a visit is called, and who may see it.
VISIT, NEED = "health.visit", "health.view"

#: Days looked at in one run; the rest has its turn a minute later.
BATCH = 500


def hour(work: Work, wish: CareWish | None = None) -> time:
    """Return by when a sign of life is waited for: as somebody wishes it for themselves, else as this community does."""
    if wish is not None and wish.due_minutes is not None:
        return time(wish.due_minutes // 60, wish.due_minutes % 60)
    own = work.session.exec(select(CareHour)).first()
    return time(own.minutes // 60, own.minutes % 60) if own is not None else DUE


def greeted(work: Work) -> time:
    """Return when who wishes it is greeted."""
    return (datetime.combine(work.now.date(), hour(work)) + RUNGS[Rung.GREETING]).time()


@job(every=timedelta(minutes=1))
def climb(work: Work) -> None:
    """Begin the day of whoever is waited for, and climb each rung that is due where no sign of life has come."""
    _begin(work)
    waiting = (
        select(CareDay)
        .where(CareDay.sign == "")
        .order_by(col(CareDay.due_at), col(CareDay.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    for day in work.session.exec(waiting, execution_options={"populate_existing": True}).all():
        _look(work, day)


def _begin(work: Work) -> None:
    """Write a row for today of each who is waited for, and is not away."""
    today = work.now.date()
    begun = select(CareDay.wish_id).where(CareDay.day == today)
    wishes = select(CareWish).where(col(CareWish.expects_from) <= today, col(CareWish.id).not_in(begun)).limit(BATCH)
    usual = hour(work)
    for wish in work.session.exec(wishes).all():
        lives_here = roster.homes(work.session, work.session.get_one(Resident, wish.resident_id))
        own = hour(work, wish) if wish.due_minutes is not None else usual
        due_at = datetime.combine(today, own, SHANGHAI)
        if lives_here and absence(work, wish.resident_id, today) is None:
            _add_once(
                work,
                CareDay(wish_id=wish.id or 0, resident_id=wish.resident_id, consent_id=wish.consent_id, day=today, due_at=due_at),
            )


def _add_once(work: Work, row: CareDay | CareRung) -> bool:
    """Write a row; False where another process has written it."""
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        return False
    return True


def absence(work: Work, resident_id: int, on: date) -> CareAbsence | None:
    """Return the absence of somebody that covers a day."""
    theirs = select(CareAbsence).where(
        CareAbsence.resident_id == resident_id, CareAbsence.begins <= on, CareAbsence.ends >= on, col(CareAbsence.ended_at).is_(None)
    )  # fmt: skip
    return work.session.exec(theirs.order_by(col(CareAbsence.id).desc())).first()


def _look(work: Work, day: CareDay) -> None:
    resident = work.session.get_one(Resident, day.resident_id)
    if absence(work, day.resident_id, day.day) is not None:
        sign(work, day, Sign.AWAY)
        return
    if (heard_at := _heard_at(work, resident, day)) is not None:
        sign(work, day, Sign.HEARD, heard_at)
        return
    climbed = {one.rung: one for one in work.session.exec(select(CareRung).where(CareRung.day_id == day.id)).all()}
    if Rung.VISIT in climbed:
        _hold_to_proof(work, day)
        return
    rung = next(one for one in _rungs(work, day) if one not in climbed)
    last = max((one.at for one in climbed.values() if one.asked), default=None)
    rests = last is not None and last <= work.now < last + GAP
    if work.now >= day.due_at + RUNGS[rung] and not rests:
        _climb(work, day, resident, rung)


def _rungs(work: Work, day: CareDay) -> Sequence[Rung]:
    """Return the rungs of a day: a greeting that comes too late is none."""
    wish = work.session.get_one(CareWish, day.wish_id)
    greets = wish.greets and work.now < day.due_at + RUNGS[Rung.RESIDENT]
    return [one for one in Rung if one is not Rung.GREETING or greets]


def _heard_at(work: Work, resident: Resident, day: CareDay) -> datetime | None:
    """Return when somebody last wrote anything at all since they woke on that day; None where they did not."""
    if not resident.openid:
        return None
    woke = datetime.combine(day.day, WAKES, SHANGHAI)
    said = select(Line.at).where(Line.openid == resident.openid, Line.speaker == "resident", col(Line.at) >= woke)
    return work.session.exec(said.order_by(col(Line.id).desc()).limit(1)).first()


# ------------------------------------------------------------------ asking


def _climb(work: Work, day: CareDay, resident: Resident, rung: Rung) -> None:
    """Climb one rung: the row goes first, and whoever could not write it asks nobody."""
    wish = work.session.get_one(CareWish, day.wish_id)
    asked = _whom(work, resident, wish, rung)
    row = CareRung(day_id=day.id or 0, rung=rung, at=work.now, asked=[one.key for one in asked])
    if not _add_once(work, row):
        return
    work.record("care.asked", resident.about, rung=str(rung))
    flat, due = work.household(resident), f"{day.due_at.astimezone(SHANGHAI):%H:%M}"
    url = work.link(f"/care/{day.public_id}", timedelta(days=2))
    for one in asked:
        if rung is Rung.GREETING:
            work.tell(one, "care.greeting", url=url, hour=due)
        elif rung is Rung.RESIDENT:
            work.tell(one, "care.resident", url=url, hour=due, urgent=True)
        elif rung is Rung.FAMILY:
            work.tell(one, "care.family", name=called(resident), hour=due, urgent=True)
        else:
            work.tell(one, "care.neighbour", name=called(resident), flat=flat.label, urgent=True)
    if rung is Rung.VISIT:
        _visit(work, day, resident, flat)
    elif not asked:  # nobody there to be asked: the next one is not kept waiting for an answer
        _look(work, day)


def _whom(work: Work, resident: Resident, wish: CareWish, rung: Rung) -> Sequence[Resident]:
    if rung in (Rung.GREETING, Rung.RESIDENT):
        return [resident] if resident.openid else []
    if rung is Rung.FAMILY:
        return family(work, resident)
    neighbour = work.session.get(Resident, wish.neighbour_id) if rung is Rung.NEIGHBOUR and wish.neighbour_id else None
    return [neighbour] if neighbour is not None and neighbour.openid else []


def family(work: Work, resident: Resident) -> Sequence[Resident]:
    """Return who belongs to somebody's flats and can be reached."""
    flats = roster.people_by_flat(work.session, [flat.key for flat in roster.homes(work.session, resident)])
    those = {one.key: one for people in flats.values() for one in people if one.openid and one.key != resident.key}
    wish = wish_of(work, resident)
    kin = work.session.get(Resident, wish.kin_id) if wish is not None and wish.kin_id else None
    if kin is not None and kin.openid:  # who asked for it and has moved out meanwhile still hears of it
        those[kin.key] = kin
    return list(those.values())


def called(resident: Resident) -> str:
    """Return what others call somebody."""
    return resident.name or "您的家人"


def _visit(work: Work, day: CareDay, resident: Resident, flat: Household) -> None:
    """Send the staff to the door; who is waited for since yesterday has one visit, not two."""
    days = select(CareDay.public_id).where(CareDay.resident_id == day.resident_id)
    subjects = [f"care:{one}" for one in work.session.exec(days).all()]
    open_ = select(Task).where(Task.kind == VISIT, col(Task.subject).in_(subjects), col(Task.closed_at).is_(None))
    if work.session.exec(open_).first() is None:
        work.assign(
            VISIT, NEED, f"没有报平安，请上门看看：{flat.label} {resident.name}".strip(), urgent=True, household=flat, subject=day.subject,
            day=day.public_id,
        )  # fmt: skip


def _hold_to_proof(work: Work, day: CareDay) -> None:
    """Open a visit again that was closed without anything found: only proof or a sign of life ends a day."""
    theirs = select(Task).where(Task.kind == VISIT, Task.subject == day.subject).order_by(col(Task.id).desc())
    task = work.session.exec(theirs).first()
    if task is not None and task.closed_at is not None:
        work.reopen(task)


# ------------------------------------------------------------------ a sign of life


def sign(work: Work, day: CareDay, how: Sign, at: datetime | None = None, by: str = "") -> bool:
    """End the wait of a day, call off who is on the way, and tell all who were asked; False where it had ended before.

    `by`: who said so, for those who hear the all-clear.
    """
    work.session.refresh(day, with_for_update=True)
    if day.sign:
        return False
    day.sign, day.signed_at = how, at or work.now
    work.session.add(day)
    resident = work.session.get_one(Resident, day.resident_id)
    work.record("care.signed", resident.about, sign=str(how))
    if how is not Sign.VISIT:
        work.finish(day.subject, ALL_CLEAR[how])
    rungs = (Rung.FAMILY, Rung.NEIGHBOUR)
    climbed = select(CareRung).where(CareRung.day_id == day.id, col(CareRung.rung).in_(rungs)).order_by(col(CareRung.id))
    asked = dict.fromkeys(key for one in work.session.exec(climbed).all() for key in one.asked)
    for key in asked:
        one = work.session.get(Resident, key)
        if one is not None and one.about != by:
            work.tell(one, "care.clear", name=called(resident), how=CLEAR_WORDS[how])
    return True


#: How a visit ends that is not needed any more, and what those hear who were asked.
ALL_CLEAR: Mapping[Sign, str] = {
    Sign.SAID: "本人报了平安", Sign.HEARD: "本人有了消息", Sign.FAMILY: "家人报了平安", Sign.NEIGHBOUR: "邻居报了平安", Sign.DEVICE: "家里的设备有了动静",
    Sign.AWAY: "已说明不在家",
}  # fmt: skip
CLEAR_WORDS: Mapping[Sign, str] = {
    Sign.SAID: "本人报了平安", Sign.HEARD: "本人有了消息", Sign.FAMILY: "家里人报了平安", Sign.NEIGHBOUR: "邻居看过了", Sign.DEVICE: "家里有了动静",
    Sign.AWAY: "这几天不在家，已经说明了", Sign.VISIT: "工作人员上门看过了",
}  # fmt: skip


def day_of(work: Work, key: str) -> CareDay:
    """Return a day by its public id; raises LookupError."""
    day = work.session.exec(select(CareDay).where(CareDay.public_id == key)).first()
    if day is None:
        raise LookupError("no such day")
    return day


def waiting(work: Work, resident_ids: Sequence[int]) -> Sequence[CareDay]:
    """Return the days of these people that are still waited for, the oldest first."""
    theirs = select(CareDay).where(col(CareDay.resident_id).in_(resident_ids), CareDay.sign == "")
    return work.session.exec(theirs.order_by(col(CareDay.id))).all()


def well(work: Work, resident: Resident, how: Sign, by: str = "") -> None:
    """Note that somebody is well: today, whether or not its row is there yet, and whatever was still waited for."""
    wish = wish_of(work, resident)
    if wish is None or wish.expects_from is None:
        return
    wish.at = work.now
    work.session.add(wish)
    if wish.expects_from <= work.now.date():
        _begin(work)
    for day in waiting(work, [resident.key]):
        sign(work, day, how, by=by)


def wish_of(work: Work, resident: Resident) -> CareWish | None:
    """Return what somebody wished for themselves."""
    theirs = select(CareWish).where(CareWish.resident_id == resident.key, col(CareWish.expects_from).is_not(None))
    return work.session.exec(theirs).first()
