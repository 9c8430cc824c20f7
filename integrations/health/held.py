"""Campaigns of the demo's past: one that is over and erased, so that its page shows what stays, and one that runs at this moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from bot.contract import SHANGHAI, Episode, Past, Resident, Role, Staff, Task, Then, consents
from bot.contract.notices import Audience
from integrations.health import campaigns, reminders, tasks
from integrations.health.campaigns import Window
from integrations.health.models import Campaign, CheckIn, Reminder, Stand, TookPart, is_abnormal, said
from integrations.health.purposes import CHECK_IN

#: When people are asked, and when who has not answered is reminded.
OPENS, CLOSES, REMINDS = 7 * 60, 10 * 60, 9 * 60

#: How many of those who are bound answer on a day, and how many of the others are reached by nobody who phones.
ANSWERS, PHONED = 0.72, 3

#: Days that what was told is kept after the end.
KEPT = 14

#: What somebody unwell says, on the second day of each: one, so that a task shows where it leads.
UNWELL = (378, ["fever", "cough"])


@dataclass(kw_only=True)
class Held:
    """One campaign: which building is asked, on which days."""

    name: str
    building: str
    begins: date
    days: int
    row: Campaign | None = None
    people: set[int] = field(default_factory=set)  # who of them is bound by now
    answers: dict[tuple[int, date], TookPart] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last day on which it asks."""
        return self.begins + timedelta(days=self.days - 1)

    def asks(self, resident: Resident, at: datetime) -> bool:
        """Tell whether somebody who tells how they are at a moment tells it for this one."""
        local = at.astimezone(SHANGHAI)
        return self.row is not None and resident.key in self.people and self.begins <= local.date() <= self.last

    def took_part(self, work: Then, resident: Resident, told: dict[str, Any]) -> None:
        """Keep what somebody told as a part of this: with its term it goes."""
        campaign = self.answer(work, resident, Stand.TOLD, is_unwell=is_abnormal(told["tenths"], told["symptoms"]))
        work.session.add(CheckIn(**told, campaign_id=campaign.key))
        work.record_by(resident.about, "health.took_part", campaign.subject, stand=str(Stand.TOLD))

    def answer(self, work: Then, resident: Resident, stand: Stand, **more: Any) -> Campaign:
        """Keep how it stands with somebody today; who has told has, whatever was or will be asked. Raises RuntimeError before it is made."""
        if self.row is None:
            raise RuntimeError(f"{self.name} is not made yet")
        day = work.now.astimezone(SHANGHAI).date()
        found = self.answers.get((resident.key, day)) or TookPart(
            campaign_id=self.row.key, day=day, part=0, who=f"resident:{resident.key}", resident_id=resident.key, reporter_id=resident.key,
            household_id=resident.household_id, stand=Stand.ABSENT, at=work.now,
        )  # fmt: skip
        if found.stand == Stand.TOLD:
            return self.row
        for name, value in {"stand": stand, "at": work.now, "staff_id": None, "how": "", **more}.items():
            setattr(found, name, value)
        self.answers[resident.key, day] = found
        work.session.add(found)
        return self.row


def plan(past: Past) -> Sequence[Held]:
    """Return the campaigns of a community: the first of two buildings long ago, the second now; none where there is but one."""
    here = dict.fromkeys(
        flat.building for flat in sorted(past.flats.values(), key=lambda one: one.place) if flat.building.isdigit()
    )
    if len(here) < 2:
        return ()
    first, second = (list(here)[place] for place in (0, min(2, len(here) - 1)))
    held = (
        Held(name="秋季流感登记", building=first, begins=past.begins.date() + timedelta(days=6), days=6),
        Held(name="冬季流感登记", building=second, begins=past.now.date() - timedelta(days=3), days=7),
    )
    for one in held:
        one.people = {resident.key for resident in past.residents if past.flat_of(resident).building == one.building}
    return held


def tell(past: Past, held: Sequence[Held], others: set[int]) -> Iterator[Episode]:
    """Give what becomes of each; `others` tell of themselves on days of their own, and are counted there."""
    past = replace(past, dice=Random(f"campaigns {past.begins}"))  # noqa: S311  its own, so that what others tell stays as it was
    member, phones = past.one_of(Role.MANAGER), past.one_of(Role.STAFF, Role.MANAGER)
    if member is None or phones is None:
        return
    for one in held:
        yield _at(one.begins - timedelta(days=1), 16 * 60 + 20), partial(_make, held=one, member=member)
        yield from _days(past, one, others, member, phones)
        yield _at(one.last + timedelta(days=KEPT), 4), partial(_erase, held=one)


def _days(past: Past, held: Held, others: set[int], member: Staff, phones: Staff) -> Iterator[Episode]:
    mine = [
        (resident, bound) for resident, bound in zip(past.residents, past.bound_at, strict=True)
        if resident.key in held.people and resident.key not in others
    ]  # fmt: skip
    usual = {resident.key: past.dice.uniform(OPENS, CLOSES - 30) for resident, _ in mine}
    for number in range(held.days):
        day = held.begins + timedelta(days=number)
        answers = [one for one, bound in mine if bound < _at(day, 0) and past.dice.random() < ANSWERS]
        for place, resident in enumerate(answers):
            at = _at(day, usual[resident.key] + past.dice.uniform(0, 30))
            tenths, felt = UNWELL if number == 1 and place == 0 else (past.dice.randint(361, 369), ["none"])
            yield at, partial(_say, held=held, resident=resident, tenths=tenths, felt=felt)
            if is_abnormal(tenths, felt):
                yield from _looked_after(held, resident, at, said(tenths, felt), member)
        yield _at(day, REMINDS), partial(_remind, held=held, people=[one for one, bound in mine if bound < _at(day, 0)])
        task = Task(kind=reminders.MISSING, need=reminders.ASK, title="", opened_at=_at(day, CLOSES))
        yield _at(day, CLOSES), partial(_hand_over, held=held, task=task)
        at = _at(day, CLOSES + 35 + past.dice.uniform(0, 20))
        yield at, partial(_phone, held=held, task=task, member=phones, dice=Random(past.dice.random()))  # noqa: S311


def _at(day: date, minutes: float) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minutes)


def _make(work: Then, *, held: Held, member: Staff) -> None:
    held.row = Campaign(
        name=held.name, whom=Audience.parse(f"{held.building}栋").to_json(), begins=held.begins, ends=held.last, windows=[[OPENS, CLOSES]], reminds=[REMINDS],
        duty_id=member.id, keep_days=KEPT, erases_on=held.last + timedelta(days=KEPT), made_by=member.id, made_at=work.now,
    )  # fmt: skip
    work.session.add(held.row)
    work.flush()
    work.record_by(f"staff:{member.login}", "health.campaign_made", held.row.subject)


def _say(work: Then, *, held: Held, resident: Resident, tenths: int, felt: Sequence[str]) -> None:
    work.flush()
    work.acting = resident.about
    consent = consents.give_for(work, resident, CHECK_IN)
    work.acting = "system"
    held.took_part(
        work, resident,
        {
            "reporter_id": resident.key, "resident_id": resident.key, "person": "", "consent_id": consent.key, "day": work.now.date(), "at": work.now,
            "tenths": tenths, "symptoms": [*felt],
        },
    )  # fmt: skip
    work.record_by(resident.about, "health.checked_in", resident.about, corrected=False)


def _remind(work: Then, *, held: Held, people: Sequence[Resident]) -> None:
    """Note who was reminded: nobody is told of what has gone by."""
    day = work.now.astimezone(SHANGHAI).date()
    if held.row is not None:
        silent = [one for one in people if (one.key, day) not in held.answers]
        work.session.add_all(
            Reminder(campaign_id=held.row.key, day=day, at_minutes=REMINDS, resident_id=one.key, at=work.now) for one in silent
        )


def _looked_after(held: Held, resident: Resident, at: datetime, told: str, member: Staff) -> Iterator[Episode]:
    task = Task(kind=tasks.KIND, need=tasks.NEED, title="", opened_at=at)
    yield at, partial(_alarm, held=held, resident=resident, told=told, task=task)
    yield at + timedelta(minutes=25), lambda work: work.answer(task, member, "已电话联系，去了卫生站，家里人陪着")


def _alarm(work: Then, *, held: Held, resident: Resident, told: str, task: Task) -> None:
    flat = work.household(resident)
    task.title, task.openid, task.household_id = f"健康异常：{flat.label} {resident.name}".strip(), resident.openid, flat.id
    task.data = {"day": work.now.date().isoformat(), "people": {"": told}, "report": told}
    if held.row is not None:
        task.data["campaign"] = held.row.public_id
    work.ask(task)


def _hand_over(work: Then, *, held: Held, task: Task) -> None:
    """Put before the staff who is missing, as it is put before them each day."""
    if held.row is None:
        return
    work.flush()
    day = work.now.astimezone(SHANGHAI).date()
    missing = sum(one.missing for one in campaigns.progress(work, Window(campaign=held.row, day=day, part=0)))
    task.title = f"{held.name}：{day.month}月{day.day}日还有 {missing} 人没报，请打电话或上门问"
    task.subject, task.data = held.row.subject, {"campaign": held.row.public_id, "window": f"{day.isoformat()}|0"}
    work.ask(task)


def _phone(work: Then, *, held: Held, task: Task, member: Staff, dice: Random) -> None:
    """Let somebody phone a few of those who are missing, and reach nobody."""
    if held.row is None:
        return
    work.flush()
    day = work.now.astimezone(SHANGHAI).date()
    silent = campaigns.missing_of(work, Window(campaign=held.row, day=day, part=0))
    for one in dice.sample(silent, min(PHONED, len(silent))):
        held.answer(work, one.resident, Stand.ABSENT, staff_id=member.id, how="phone")
        work.record_by(f"staff:{member.login}", "health.asked_at_door", one.resident.about, how="phone")
    work.answer(task, member, "打过电话了，没接的明天再问")


def _erase(work: Then, *, held: Held) -> None:
    if held.row is not None:
        work.flush()
        campaigns.erase(work, held.row)
        held.answers.clear()
        for gone in [one for one in work.session if isinstance(one, TookPart | CheckIn | Reminder)]:
            work.session.expunge(gone)  # their ids are given again
