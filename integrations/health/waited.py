"""Who was asked after every day in the demo's community before one looks at it: most are well by breakfast, a few rungs were climbed."""

import base64
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw

from bot.contract import SHANGHAI, Ended, Episode, Past, Resident, Role, Staff, Task, Then, Understood, consents
from integrations.health import ladder
from integrations.health.care import CARE, INTENT
from integrations.health.models import CareAbsence, CareDay, CareProof, CareRung, CareWish, Rung, Sign

#: How many are asked after: those who live alone first.
FEW = 6
ALONE = "独居老人"

#: What became of a day, and how often.
BECAME = ((Sign.SAID, 84), (Sign.HEARD, 7), (Sign.FAMILY, 5), (Sign.NEIGHBOUR, 3), (Sign.VISIT, 1))

#: When each was heard of, from the hour of the community.
HEARD = {
    Sign.FAMILY: timedelta(minutes=12), Sign.NEIGHBOUR: timedelta(minutes=44), Sign.VISIT: timedelta(minutes=88),
}  # fmt: skip

#: Days after they begin on which staff stood at the door, of the first two, so that the page of a visit has something to show.
VISITED = ((9, True, "敲门后老人开的门，手机没电了，帮忙充上了。"), (17, False, "老人头晕起不来，已打 120，女儿在赶来的路上。"))


def tell(past: Past) -> Iterator[Episode]:
    """Give each one's wish, and what came of each day since."""
    chosen = [one for one in zip(past.residents, past.bound_at, strict=True) if ALONE in one[0].tags]
    others = [one for one in zip(past.residents, past.bound_at, strict=True) if ALONE not in one[0].tags]
    chosen += past.dice.sample(others, min(FEW, len(past.residents) // 40))
    for number, (resident, bound_at) in enumerate(chosen[:FEW]):
        begins = max(bound_at, past.begins + timedelta(days=past.dice.uniform(4, 20)))
        begins = begins.replace(hour=16, minute=past.dice.randrange(60))
        wish = CareWish(resident_id=resident.key, consent_id=0, at=begins, wants="每天早上问我一声平安", greets=number % 2 == 0)
        family, neighbour = _family(past, resident, begins), _next_door(past, resident, begins) if number % 3 != 1 else None
        yield begins, partial(_wish, wish=wish, resident=resident, neighbour=neighbour)
        away = _away(past, number)
        if away is not None:
            yield datetime.combine(away.begins, time(8), SHANGHAI), partial(_leave, absence=away, wish=wish, resident=resident)
        day = begins.date() + timedelta(days=1)
        while day <= past.now.date():
            if away is None or not away.begins <= day <= away.ends:
                known = {Sign.FAMILY: bool(family), Sign.NEIGHBOUR: neighbour is not None}
                yield from _day(past, wish, resident, day, number, (day - begins.date()).days, known)
            day += timedelta(days=1)


def _family(past: Past, resident: Resident, at: datetime) -> list[Resident]:
    """Return who lives in the same flat and was bound by then."""
    here = [
        one for one, bound in zip(past.residents, past.bound_at, strict=True) if one.household_id == resident.household_id and bound < at
    ]  # fmt: skip
    return [one for one in here if one is not resident]


def _next_door(past: Past, resident: Resident, at: datetime) -> Resident | None:
    """Return somebody of the same stairs who was bound by then."""
    home = past.flat_of(resident)
    near = [
        one for one, bound in zip(past.residents, past.bound_at, strict=True)
        if bound < at and one.household_id != resident.household_id
        and (past.flat_of(one).building, past.flat_of(one).unit) == (home.building, home.unit)
    ]  # fmt: skip
    return past.dice.choice(near) if near else None


def _away(past: Past, number: int) -> CareAbsence | None:
    """Return when somebody is away: one was, one is."""
    ago, ahead, in_hospital = {1: (13, -9, False), 2: (2, 5, False), 4: (1, 8, True)}.get(number, (0, 0, False))
    if not ago:
        return None
    first, last = (past.now.date() + timedelta(days=days) for days in (-ago, ahead))
    return CareAbsence(
        resident_id=0, consent_id=0, told_by=0, begins=first, ends=last, in_hospital=in_hospital,
        at=datetime.combine(first, time(8), SHANGHAI),
    )  # fmt: skip


def _day(
    past: Past, wish: CareWish, resident: Resident, day: date, number: int, nth: int, known: Mapping[Sign, bool]
) -> Iterator[Episode]:
    """Give one day: its row, the rungs that were climbed, and the sign of life; `known`: whether there is such a person to ask."""
    due = datetime.combine(day, ladder.DUE, SHANGHAI)
    row = CareDay(wish_id=0, consent_id=0, resident_id=resident.key, day=day, due_at=due)
    yield datetime.combine(day, time(0, 1), SHANGHAI), partial(_begin, row=row, wish=wish)
    visit = VISITED[number] if number < len(VISITED) and nth == VISITED[number][0] else None
    sign = Sign.VISIT if visit else past.dice.choices([one for one, _ in BECAME], [often for _, often in BECAME])[0]
    if visit is None and not known.get(sign, sign is not Sign.VISIT):
        sign = Sign.SAID  # whoever stands at a door leaves a proof, which is told above
    if sign in (Sign.SAID, Sign.HEARD):
        at = due - timedelta(minutes=past.dice.uniform(70, 150))
        yield at, partial(_hear, row=row, resident=resident, sign=sign)
        return
    for rung in (Rung.RESIDENT, Rung.FAMILY, Rung.NEIGHBOUR, Rung.VISIT):
        if ladder.RUNGS[rung] <= HEARD[sign]:
            yield due + ladder.RUNGS[rung], partial(_ask, row=row, resident=resident, rung=rung, wish=wish)
    member = past.one_of(Role.MANAGER)
    if sign is not Sign.VISIT or visit is None or member is None:
        yield due + HEARD[sign], partial(_note, row=row, resident=resident, sign=sign)
        return
    task = Task(kind=ladder.VISIT, need=ladder.NEED, title="", urgent=True, opened_at=due + ladder.RUNGS[Rung.VISIT])
    yield due + ladder.RUNGS[Rung.VISIT], partial(_send, task=task, row=row, resident=resident)
    _, was_well, words = visit
    yield due + HEARD[sign], partial(_find, task=task, row=row, resident=resident, by=member, was_well=was_well, words=words)


def _wish(work: Then, *, wish: CareWish, resident: Resident, neighbour: Resident | None) -> None:
    work.flush()
    work.acting = resident.about
    wish.consent_id = consents.give_for(work, resident, CARE).key
    work.acting = "system"
    wish.expects_from = work.now.date() + timedelta(days=1)
    wish.neighbour_id = neighbour.key if neighbour is not None and neighbour is not resident else None
    work.session.add(wish)
    answer = f"好，每天 {ladder.DUE:%H:%M} 前等您一声平安；没等到就先问您，再问家人，再请人上门看看。"
    lines = [wish.wants, "要记下您的约定，同意吗？", "同意", answer]
    work.talk(resident, lines, INTENT, took=timedelta(seconds=50))
    work.flush()


def _leave(work: Then, *, absence: CareAbsence, wish: CareWish, resident: Resident) -> None:
    absence.resident_id = absence.told_by = wish.resident_id
    absence.consent_id = wish.consent_id
    work.session.add(absence)
    work.record_by(resident.about, "care.away", resident.about)


def _begin(work: Then, *, row: CareDay, wish: CareWish) -> None:
    row.wish_id, row.consent_id = wish.id or 0, wish.consent_id
    work.session.add(row)


def _hear(work: Then, *, row: CareDay, resident: Resident, sign: Sign) -> None:
    if sign is Sign.SAID:
        work.talk(resident, ["我很好", "收到，今天平安。"], "care.checkin")
    else:
        lines = ["今天几点收垃圾", "早上 7 点到 9 点、晚上 6 点到 9 点。"]
        work.talk(resident, lines, "", understood=Understood.NOT_ASKED, ended=Ended.NOT_YET)
    _note(work, row=row, resident=resident, sign=sign)


def _note(work: Then, *, row: CareDay, resident: Resident, sign: Sign) -> None:
    row.sign, row.signed_at = sign, work.now
    work.record("care.signed", resident.about, sign=str(sign))


def _ask(work: Then, *, row: CareDay, resident: Resident, rung: Rung, wish: CareWish) -> None:
    work.flush()
    whom = {Rung.RESIDENT: [resident.key], Rung.FAMILY: [one.key for one in ladder.family(work, resident)]}
    asked = whom.get(rung, [wish.neighbour_id] if rung is Rung.NEIGHBOUR and wish.neighbour_id else [])
    work.session.add(CareRung(day_id=row.id or 0, rung=rung, at=work.now, asked=asked))
    work.record("care.asked", resident.about, rung=str(rung))


def _send(work: Then, *, task: Task, row: CareDay, resident: Resident) -> None:
    flat = work.household(resident)
    task.title, task.household_id = f"没有报平安，请上门看看：{flat.label} {resident.name}".strip(), flat.id
    task.subject, task.data = row.subject, {"day": row.public_id}
    work.ask(task)


def _find(work: Then, *, task: Task, row: CareDay, resident: Resident, by: Staff, was_well: bool, words: str) -> None:
    work.session.add(
        CareProof(
            day_id=row.id or 0, consent_id=row.consent_id, staff_id=by.id or 0, at=work.now, was_well=was_well, words=words, picture=_door(),
        )
    )  # fmt: skip
    _note(work, row=row, resident=resident, sign=Sign.VISIT)
    work.answer(task, by, "上门看过，人平安" if was_well else "上门看过，人需要帮助")


def _door() -> str:
    """Return a drawing of a door in place of a photo: nobody of the demo has a face."""
    picture = Image.new("RGB", (480, 640), (214, 208, 198))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((90, 60, 390, 640), fill=(122, 82, 52), outline=(82, 54, 34), width=8)
    for top in (110, 370):
        pen.rectangle((135, top, 345, top + 210), outline=(92, 60, 38), width=6)
    pen.ellipse((345, 330, 372, 357), fill=(208, 178, 92))
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=70)
    return base64.b64encode(kept.getvalue()).decode()
