"""Campaigns of check-ins: who is asked in which window, who has answered, who is still missing; and what goes at the end of the term.

    planned ──begins── running ──(pause, resume)── over ──the term── erased
                          └── ended early ─────────┘

Whom one is for is asked anew each time: who moves in is asked from that day on, who moves out is missing no more. That somebody took part
is a row without a word of how they are; what they said are check-ins, with consent. Late is not missing: what is told after a window counts
for it until the next one begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, or_, select

from bot.contract import (
    SHANGHAI,
    Desk,
    Household,
    Lookup,
    Refusal,
    Resident,
    Staff,
    Task,
    Turn,
    Work,
    consents,
    notices,
    roster,
    telling,
    tr,
)
from bot.contract.notices import Audience
from integrations.health import tasks
from integrations.health.models import Campaign, CheckIn, Reminder, Stand, Stated, Tombstone, TookPart
from integrations.health.people import Person
from integrations.health.purposes import CHECK_IN

#: Nobody is reminded outside of these hours.
DAY_BEGINS, DAY_ENDS = 7 * 60, 21 * 60

#: Days that a campaign may last, and questions of its own.
LONGEST, QUESTIONS = 92, 5

#: How a person is called in the day's second window, and its first.
PARTS = (tr("上午"), tr("下午"))

#: What counts as answered.
DONE = (Stand.TOLD, Stand.ABSENT)


class State(StrEnum):
    """Where a campaign stands."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"
    ERASED = "erased"


STATE_WORDS: Mapping[State, str] = {
    State.PLANNED: tr("还没开始"), State.RUNNING: tr("进行中"), State.PAUSED: tr("暂停"), State.OVER: tr("已结束"), State.ERASED: tr("已结束，个人内容已删除"),
}  # fmt: skip


def state_of(campaign: Campaign, now: datetime) -> State:
    """Return where a campaign stands at a moment."""
    today = now.astimezone(SHANGHAI).date()
    if campaign.erased_at is not None:
        return State.ERASED
    if campaign.ended_at is not None or today > campaign.ends:
        return State.OVER
    if today < campaign.begins:
        return State.PLANNED
    return State.PAUSED if campaign.paused_at is not None else State.RUNNING


def part_at(campaign: Campaign, now: datetime) -> int:
    """Return the window that counts at a moment: the last one that has begun; before the first it is the first."""
    minutes = minutes_of(now)
    return max((number for number, (begins, _) in enumerate(campaign.windows) if begins <= minutes), default=0)


def minutes_of(now: datetime) -> int:
    """Return the minutes since midnight in Asia/Shanghai."""
    local = now.astimezone(SHANGHAI)
    return local.hour * 60 + local.minute


def clock(minutes: int) -> str:
    """Return minutes since midnight as a clock shows them."""
    return f"{time(minutes // 60 % 24, minutes % 60):%H:%M}"


def part_words(campaign: Campaign, part: int) -> str:
    """Return what a window is called: 上午, or nothing where a day has but one."""
    return PARTS[part] if len(campaign.windows) > 1 and part < len(PARTS) else ""


def audience(campaign: Campaign) -> Audience:
    """Return whom it is for."""
    return Audience.from_json(campaign.whom)


def find(work: Work, key: str) -> Campaign:
    """Return a campaign by its public id; raises LookupError."""
    found = work.session.exec(select(Campaign).where(Campaign.public_id == key)).first()
    if found is None:
        raise LookupError("no such campaign")
    return found


def locked(work: Work, campaign: Campaign) -> Campaign:
    """Return a campaign as it is now, locked until the commit."""
    wanted = select(Campaign).where(Campaign.id == campaign.id).with_for_update()
    return work.session.exec(wanted.execution_options(populate_existing=True)).one()


# ------------------------------------------------------------------ whose it is


_RUNNING = Lookup(
    select(Campaign)
    .where(
        Campaign.begins <= bindparam("today"), Campaign.ends >= bindparam("today"), col(Campaign.ended_at).is_(None),
        col(Campaign.paused_at).is_(None), col(Campaign.erased_at).is_(None),
    )
    .order_by(col(Campaign.id))
)  # fmt: skip


def running(work: Work) -> Sequence[Campaign]:
    """Return the campaigns that take answers at this moment, the oldest first."""
    return _RUNNING.all(work.session, today=work.now.astimezone(SHANGHAI).date())


def of_person(work: Work, resident: Resident) -> Campaign | None:
    """Return the campaign that somebody belongs to now; of several the oldest."""
    return next((one for one in running(work) if is_member(work, one, resident)), None)


def is_member(work: Work, campaign: Campaign, resident: Resident) -> bool:
    """Tell whether a campaign asks somebody."""
    wanted = notices.members(work, audience(campaign)).where(col(Resident.id) == resident.key)
    return work.session.execute(wanted.limit(1)).first() is not None


# ------------------------------------------------------------------ answers


def note(
    work: Work, reporter: Resident, home: Household, person: Person, *, stand: Stand = Stand.TOLD, made: CheckIn | None = None,
    unwell: bool = False, corrects: bool = False, staff: Staff | None = None, how: str = "", campaign: Campaign | None = None,
) -> TookPart | None:  # fmt: skip
    """Write down that somebody took part in the window that counts now; None where no campaign asks them.

    Who was measured once is not unmeasured again. Of several temperatures the highest counts, unless one takes another back.
    """
    about = person.resident or reporter
    found = campaign or of_person(work, about)
    if found is None:
        return None
    day, part = work.now.astimezone(SHANGHAI).date(), part_at(found, work.now)
    who = f"resident:{person.resident.key}" if person.resident is not None else f"flat:{home.key}:{person.word}"
    same = (TookPart.campaign_id == found.key, TookPart.day == day, TookPart.part == part, TookPart.who == who)
    row = work.session.exec(select(TookPart).where(*same)).first() or _begun(
        work,
        TookPart(
            campaign_id=found.key, day=day, part=part, who=who, resident_id=person.resident.key if person.resident else None, reporter_id=reporter.key,
            household_id=home.key, person="" if person.resident else person.word, stand=stand, at=work.now,
            lacks=len(found.questions) if stand is Stand.TOLD else 0,
        ),
        same,
    )  # fmt: skip
    if row.stand == Stand.TOLD and stand is not Stand.TOLD:
        return row
    if stand is Stand.TOLD and row.stand != Stand.TOLD:
        row.lacks = len(found.questions)
    row.stand, row.at, row.reporter_id = stand, work.now, reporter.key
    row.staff_id, row.how = staff.id if staff else None, how
    row.is_unwell = unwell if corrects else row.is_unwell or unwell
    work.session.add(row)
    if made is not None:
        made.campaign_id = found.key
        work.session.add(made)
    work.session.flush()
    work.record("health.took_part", found.subject, stand=str(stand))
    return row


def _begun(work: Work, row: TookPart, same: tuple[Any, ...]) -> TookPart:
    """Write the row of an answer, or return the one that somebody else of the family has written this moment."""
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        return work.session.exec(select(TookPart).where(*same)).one()
    return row


def unnote(work: Work, rows: Iterable[CheckIn]) -> None:
    """Take back that somebody took part, of check-ins that are about to go: they are missing again where none of the window is left."""
    gone = list(rows)
    for made in gone:
        campaign = work.session.get(Campaign, made.campaign_id) if made.campaign_id else None
        if campaign is None:
            continue
        part = part_at(campaign, made.at)
        mine = (TookPart.campaign_id == campaign.key, TookPart.day == made.day, TookPart.part == part)
        of = (
            col(TookPart.resident_id) == made.resident_id
            if made.resident_id is not None
            else (col(TookPart.reporter_id) == made.reporter_id) & (col(TookPart.person) == made.person)
        )
        kept = work.session.exec(select(CheckIn).where(CheckIn.campaign_id == campaign.key, CheckIn.day == made.day)).all()
        if any(one.of == made.of and one not in gone and part_at(campaign, one.at) == part for one in kept):
            continue
        for answer in work.session.exec(select(TookPart).where(*mine, of)).all():
            drop(work, TookPart.id == answer.id)


def drop(work: Work, *of: Any) -> int:
    """Delete answers and what was told with them; returns how many rows."""
    mine = select(TookPart.id).where(*of)
    told = work.session.execute(
        delete(Stated).where(col(Stated.answer_id).in_(mine)).execution_options(synchronize_session="fetch")
    )
    rows = work.session.execute(delete(TookPart).where(*of).execution_options(synchronize_session="fetch"))
    return int(getattr(told, "rowcount", 0)) + int(getattr(rows, "rowcount", 0))


def at_home(work: Work, campaign: Campaign, home: Household) -> Sequence[tuple[Resident, TookPart | None]]:
    """Return who of a flat is asked, each with how it stands with them in the window that counts now."""
    people = [one for one in roster.people_of(work.session, home) if is_member(work, campaign, one)]
    day, part = work.now.astimezone(SHANGHAI).date(), part_at(campaign, work.now)
    mine = (
        TookPart.campaign_id == campaign.key,
        TookPart.day == day,
        TookPart.part == part,
        col(TookPart.resident_id).in_([one.key for one in people]),
    )
    rows = {one.resident_id: one for one in work.session.exec(select(TookPart).where(*mine)).all()}
    return [(one, rows.get(one.key)) for one in people]


def unmeasured_of(work: Work, campaign: Campaign, home: Household) -> Sequence[TookPart]:
    """Return who of a flat was told of without a temperature, and is not on the roster: 孩子没量."""
    day, part = work.now.astimezone(SHANGHAI).date(), part_at(campaign, work.now)
    mine = (
        TookPart.campaign_id == campaign.key, TookPart.day == day, TookPart.part == part, TookPart.household_id == home.key, col(TookPart.resident_id).is_(None),
        TookPart.stand == Stand.UNMEASURED,
    )  # fmt: skip
    return work.session.exec(select(TookPart).where(*mine).order_by(col(TookPart.id))).all()


def is_done(answer: TookPart | None) -> bool:
    """Tell whether nothing is left to be asked of somebody in a window."""
    return answer is not None and answer.stand in DONE and not answer.lacks


# ------------------------------------------------------------------ questions of its own


def open_question(work: Work, reporter: Resident) -> tuple[Campaign, int, Sequence[TookPart]] | None:
    """Return the question that whoever reported is still to answer, with the answers it is for: all of whom they told; None where none is."""
    campaign = of_person(work, reporter)
    if campaign is None or not campaign.questions:
        return None
    day, part = work.now.astimezone(SHANGHAI).date(), part_at(campaign, work.now)
    mine = (
        TookPart.campaign_id == campaign.key, TookPart.day == day, TookPart.part == part, TookPart.reporter_id == reporter.key, TookPart.stand == Stand.TOLD,
        TookPart.lacks > 0,
    )  # fmt: skip
    rows = work.session.exec(select(TookPart).where(*mine).order_by(col(TookPart.id))).all()
    if not rows:
        return None
    most = max(one.lacks for one in rows)
    return campaign, len(campaign.questions) - most, [one for one in rows if one.lacks == most]


def answer(work: Work, campaign: Campaign, number: int, rows: Sequence[TookPart], said: str, consent_id: int) -> None:
    """Keep what was answered to a question, for each of these people."""
    for row in rows:
        work.session.add(Stated(answer_id=row.id or 0, number=number, said=said, at=work.now, consent_id=consent_id))
        row.lacks = max(row.lacks - 1, 0)
        work.session.add(row)
    work.record("health.took_part", campaign.subject, stand="question")


# ------------------------------------------------------------------ who is missing


@dataclass(frozen=True, kw_only=True)
class Window:
    """One window of one day of a campaign."""

    campaign: Campaign
    day: date
    part: int

    @property
    def words(self) -> str:
        """上午 07:00–10:00."""
        begins, ends = self.campaign.windows[self.part]
        return tr(
            "{part} {begins}–{ends}",
            part=part_words(self.campaign, self.part) or tr("当天"),
            begins=clock(begins),
            ends=clock(ends),
        )

    def answers(self) -> tuple[Any, ...]:
        """Return the conditions for the answers of this window."""
        return (TookPart.campaign_id == self.campaign.key, TookPart.day == self.day, TookPart.part == self.part)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a window is, in one building or in all."""

    building: str
    people: int
    told: int
    absent: int
    unwilling: int
    unwell: int

    @property
    def missing(self) -> int:
        """Who is still to be asked."""
        return self.people - self.told - self.absent - self.unwilling

    @property
    def share(self) -> int:
        """How many of a hundred have told; who was not reached has not."""
        return 100 * self.told // self.people if self.people else 0


def progress(work: Work, window: Window) -> Sequence[Progress]:
    """Return how far each building is, in the order of the flats."""
    is_told = (col(TookPart.stand) == Stand.TOLD) & (col(TookPart.lacks) == 0)
    is_absent = col(TookPart.stand) == Stand.ABSENT
    refuses = col(Resident.id).in_(consents.unwilling(CHECK_IN))

    def many(of: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((of, 1), else_=0)), 0)

    query = (
        select(
            col(Household.building), func.count(), many(is_told), many(is_absent),
            many(refuses & func.coalesce(~(is_told | is_absent), True)), many(col(TookPart.is_unwell).is_(True)), func.min(col(Household.place)),
        )  # type: ignore[call-overload]  # SQLModel knows no seven columns
        .select_from(Resident)
        .join(Household, col(Household.id) == col(Resident.household_id))
        .outerjoin(TookPart, (col(TookPart.resident_id) == col(Resident.id)) & _of(window))
        .where(col(Resident.id).in_(_members(work, window)))
        .group_by(col(Household.building))
    )  # fmt: skip
    rows = sorted(work.session.execute(query).all(), key=lambda row: row[6])
    return [
        Progress(building=row[0], people=row[1], told=int(row[2]), absent=int(row[3]), unwilling=int(row[4]), unwell=int(row[5])) for row in rows
    ]  # fmt: skip


def _members(work: Work, window: Window) -> Any:
    return notices.members(work, audience(window.campaign))


def _of(window: Window) -> ColumnElement[bool]:
    return (
        (col(TookPart.campaign_id) == window.campaign.key)
        & (col(TookPart.day) == window.day)
        & (col(TookPart.part) == window.part)
    )


def missing(work: Work, window: Window) -> Any:
    """Return the select of the residents who are still to be asked; who said no is not."""
    answered = select(TookPart.id).where(
        *window.answers(), TookPart.resident_id == Resident.id, col(TookPart.stand).in_(DONE), TookPart.lacks == 0
    )  # fmt: skip
    return select(Resident).where(
        col(Resident.id).in_(_members(work, window)),
        ~answered.correlate(Resident).exists(),
        col(Resident.id).not_in(consents.unwilling(CHECK_IN)),
    )


@dataclass(frozen=True, kw_only=True)
class Absentee:
    """Somebody who is still to be asked: on the roster, or 孩子 of a flat."""

    resident: Resident
    flat: Household
    person: str  # set where they are not on the roster: then `resident` told of them
    answer: TookPart | None


def missing_of(
    work: Work, window: Window, building: str | None = None, offset: int = 0, limit: int | None = None
) -> Sequence[Absentee]:
    """Return who is to be asked, in the order of the flats, of one building or of all."""
    query = missing(work, window).join(Household, col(Household.id) == col(Resident.household_id)).add_columns(Household)
    if building is not None:
        query = query.where(Household.building == building)
    query = query.order_by(col(Household.place), col(Resident.id)).offset(offset).limit(limit)
    rows = work.session.execute(query).all()
    mine = {
        one.resident_id: one
        for one in work.session.exec(
            select(TookPart).where(
                *window.answers(),
                or_(col(TookPart.stand) == Stand.UNMEASURED, TookPart.lacks > 0),
                col(TookPart.resident_id).is_not(None),
            )
        ).all()
    }
    found = [Absentee(resident=person, flat=flat, person="", answer=mine.get(person.id)) for person, flat in rows]
    return [*found, *(_children(work, window, building) if not offset else ())]


def absent_of(work: Work, window: Window, limit: int) -> Sequence[Absentee]:
    """Return who was asked for and not reached, whoever was tried longest ago first: they may be tried again."""
    query = (
        select(TookPart, Resident, Household)
        .join(Resident, col(Resident.id) == func.coalesce(col(TookPart.resident_id), col(TookPart.reporter_id)))
        .join(Household, col(Household.id) == col(TookPart.household_id))
        .where(*window.answers(), TookPart.stand == Stand.ABSENT, col(Resident.id).in_(_members(work, window)))
        .order_by(col(TookPart.at), col(TookPart.id))
        .limit(limit)
    )
    return [Absentee(resident=who, flat=flat, person=one.person, answer=one) for one, who, flat in work.session.exec(query).all()]


def _children(work: Work, window: Window, building: str | None) -> Sequence[Absentee]:
    query = (
        select(TookPart, Resident, Household)
        .join(Resident, col(Resident.id) == col(TookPart.reporter_id))
        .join(Household, col(Household.id) == col(TookPart.household_id))
        .where(*window.answers(), col(TookPart.resident_id).is_(None), TookPart.stand == Stand.UNMEASURED)
        .order_by(col(Household.place))
    )
    if building is not None:
        query = query.where(Household.building == building)
    return [Absentee(resident=who, flat=flat, person=one.person, answer=one) for one, who, flat in work.session.exec(query).all()]


# ------------------------------------------------------------------ what staff do


def pause(desk: Desk, campaign: Campaign) -> None:
    """Ask nobody and take nothing until it is taken up again; raises Refusal for one that does not run."""
    campaign = locked(desk, campaign)
    if state_of(campaign, desk.now) not in (State.RUNNING, State.PLANNED):
        raise Refusal(tr("现在不在进行，不用暂停。"))
    campaign.paused_at = desk.now
    desk.session.add(campaign)
    desk.record("health.campaign_changed", campaign.subject, change="pause")


def resume(desk: Desk, campaign: Campaign) -> None:
    """Take it up again; raises Refusal for one that was not paused, or is over."""
    campaign = locked(desk, campaign)
    if campaign.paused_at is None or state_of(campaign, desk.now) in (State.OVER, State.ERASED):
        raise Refusal(tr("没有暂停，或者已经结束了。"))
    campaign.paused_at = None
    desk.session.add(campaign)
    desk.record("health.campaign_changed", campaign.subject, change="resume")


def end(desk: Desk, campaign: Campaign) -> None:
    """End it before its last day: the term runs from today, and so ends sooner; raises Refusal where it is over."""
    campaign = locked(desk, campaign)
    if state_of(campaign, desk.now) in (State.OVER, State.ERASED):
        raise Refusal(tr("已经结束了。"))
    campaign.ended_at = desk.now
    campaign.erases_on = min(campaign.erases_on, desk.now.astimezone(SHANGHAI).date() + timedelta(days=campaign.keep_days))
    desk.session.add(campaign)
    desk.record("health.campaign_changed", campaign.subject, change="end")


def overlapping(work: Work, whom: Audience, begins: date, ends: date, but: int | None = None) -> tuple[Campaign, int] | None:
    """Return another campaign of the same days, and how many people of it would be asked twice a day; None where nobody would."""
    others = select(Campaign).where(
        Campaign.begins <= ends, Campaign.ends >= begins, col(Campaign.ended_at).is_(None), col(Campaign.erased_at).is_(None), Campaign.id != (but or 0)
    )  # fmt: skip
    for other in work.session.exec(others.order_by(col(Campaign.id))).all():
        theirs = notices.members(work, whom).where(col(Resident.id).in_(notices.members(work, audience(other))))
        number = work.session.execute(select(func.count()).select_from(theirs.subquery())).scalar_one()
        if number:
            return other, int(number)
    return None


# ------------------------------------------------------------------ alarms


def tell_duty(work: Work, resident: Resident, task: Task | None) -> None:
    """Tell whoever is on duty for the campaign at once of somebody who is unwell, beside those whom the ladder tells."""
    campaign = of_person(work, resident) if task is not None else None
    if task is None or campaign is None:
        return
    task.data = {**task.data, "campaign": campaign.public_id}
    work.session.add(task)
    work.session.flush()
    member = work.session.get(Staff, campaign.duty_id) if campaign.duty_id else None
    if member is not None and task.is_open:
        telling.also(work, task, member)


# ------------------------------------------------------------------ the end of the term


def erase(work: Work, campaign: Campaign) -> None:
    """Delete all that is personal of a campaign, and leave a stone that says what went and when."""
    campaign = locked(work, campaign)
    if campaign.erased_at is not None:
        return
    mine = (TookPart.campaign_id == campaign.key,)
    stays = work.session.execute(
        select(col(TookPart.day), col(TookPart.part), func.count(), func.sum(case((col(TookPart.is_unwell), 1), else_=0)))
        .where(*mine, TookPart.stand == Stand.TOLD)
        .group_by(col(TookPart.day), col(TookPart.part))
        .order_by(col(TookPart.day), col(TookPart.part))
    ).all()
    answers = select(TookPart.id).where(*mine)
    counts = {
        "answers": _gone(work, Stated, col(Stated.answer_id).in_(answers)),
        "took_part": _gone(work, TookPart, *mine),
        "checkins": _gone(work, CheckIn, CheckIn.campaign_id == campaign.key),
        "reminders": _gone(work, Reminder, Reminder.campaign_id == campaign.key),
        "tasks": _forget_tasks(work, campaign),
    }
    work.session.add(
        Tombstone(
            campaign_id=campaign.key, at=work.now, counts=counts,
            stays=[[day.isoformat(), part, told, int(unwell or 0)] for day, part, told, unwell in stays],
        )
    )  # fmt: skip
    campaign.erased_at = work.now
    work.session.add(campaign)
    work.record("health.erased", campaign.subject, rows=sum(counts.values()))


def _gone(work: Work, table: Any, *of: Any) -> int:
    done = work.session.execute(delete(table).where(*of).execution_options(synchronize_session="fetch"))
    return int(getattr(done, "rowcount", 0))


def _forget_tasks(work: Work, campaign: Campaign) -> int:
    """Take out of the tasks what was told in the campaign; whoever still waits for a call goes on waiting, without words."""
    begins = datetime.combine(campaign.begins, time(), SHANGHAI)
    found = work.session.exec(select(Task).where(Task.kind == tasks.KIND, Task.opened_at >= begins)).all()
    mine = [one for one in found if one.data.get("campaign") == campaign.public_id]
    for task in mine:
        task.title, task.outcome = tasks.FORGOTTEN_WITH, "" if task.closed_at is not None else task.outcome
        task.data = {"day": task.data.get("day", "")}
        work.session.add(task)
    return len(mine)


def term_words(turn: Turn) -> str:
    """Return what whoever consents reads of the campaign they answer in: until when it lasts, and when all of it goes; empty without one."""
    campaign = of_person(turn, turn.me)
    if campaign is None:
        return ""
    ends, goes = campaign.ends, campaign.erases_on
    return turn.words(turn.context.messages["health.campaign_term"], name=campaign.name, ends=_day(ends), erases=_day(goes))


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
