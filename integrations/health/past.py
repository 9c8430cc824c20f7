"""Who checked in in the demo's community before one looks at it: with consent, most days, a few of them unwell."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.contract import Episode, Past, Resident, Role, Task, Then, consents
from integrations.health import held, waited
from integrations.health.held import Held
from integrations.health.models import CheckIn, is_abnormal, said
from integrations.health.purposes import CHECK_IN
from integrations.health.tasks import NEED

#: How many of those who are bound take part, at most.
TAKE_PART = 60

UNWELL = (["fever", "cough"], ["cough", "throat"], ["fatigue"], ["throat"], ["fever"])


def tell(past: Past) -> Iterator[Episode]:
    """Give consents first, then the check-ins of each day; who is asked after; and the campaigns."""
    dice = past.dice
    yield from waited.tell(past)
    some = dice.sample(list(zip(past.residents, past.bound_at, strict=True)), min(TAKE_PART, len(past.residents) // 4))
    campaigns = held.plan(past)
    yield from held.tell(past, campaigns, {resident.key for resident, _ in some})
    for resident, bound_at in some:
        begins = max(bound_at, past.begins + timedelta(days=dice.uniform(0, 25))) + timedelta(hours=dice.uniform(1, 30))
        hour, keen = dice.uniform(7, 10), dice.uniform(0.15, 0.7)
        given: list[int] = []  # the consent, once it is given
        yield begins, partial(_consent, resident=resident, given=given)
        for day in range((past.now - begins).days + 1):
            at = (begins + timedelta(days=day)).replace(hour=0, minute=0) + timedelta(hours=hour + dice.uniform(0, 1.5))
            if begins < at < past.now and dice.random() < keen:
                tenths, felt = _how(past)
                yield at, partial(_check_in, resident=resident, given=given, tenths=tenths, felt=felt, campaigns=campaigns)
                if is_abnormal(tenths, felt):
                    yield from _looked_after(past, resident, at, said(tenths, felt))


def _looked_after(past: Past, resident: Resident, at: datetime, told: str) -> Iterator[Episode]:
    task = Task(kind="health.abnormal", need=NEED, title="", opened_at=at)
    yield at, partial(_alarm, resident=resident, told=told, task=task)
    member = past.one_of(Role.MANAGER)
    if member is not None:
        closes = at + past.after(timedelta(minutes=50))
        yield closes, lambda work: work.answer(task, member, "已电话联系，在家休息，晚上再问一次")


def _how(past: Past) -> tuple[int, list[str]]:
    if past.dice.random() > 0.025:
        return past.dice.randint(361, 369), ["none"]
    felt = past.dice.choice(UNWELL)
    return (past.dice.randint(374, 385) if "fever" in felt else past.dice.randint(363, 372)), list(felt)


def _consent(work: Then, *, resident: Resident, given: list[int]) -> None:
    work.flush()
    work.acting = resident.about
    given.append(consents.give_for(work, resident, CHECK_IN).key)
    work.acting = "system"


def _check_in(
    work: Then, *, resident: Resident, given: list[int], tenths: int, felt: list[str], campaigns: Sequence[Held]
) -> None:
    row = {
        "reporter_id": resident.key, "resident_id": resident.key, "person": "", "consent_id": given[0], "day": work.now.date(), "at": work.now,
        "tenths": tenths, "symptoms": felt,
    }  # fmt: skip
    campaign = next((one for one in campaigns if one.asks(resident, work.now)), None)
    if campaign is not None:
        campaign.took_part(work, resident, row)
    else:
        work.later(CheckIn, **row)
    told = said(tenths, felt)
    work.talk(resident, [f"健康打卡 {told}", f"已打卡：{told}。"], "health.checkin")
    work.record_by(resident.about, "health.checked_in", resident.about, corrected=False)


def _alarm(work: Then, *, resident: Resident, told: str, task: Task) -> None:
    """Let a person look after it; nobody is called for what has gone by."""
    flat = work.household(resident)
    task.title, task.openid, task.household_id = f"健康异常：{flat.label} {resident.name}".strip(), resident.openid, flat.id
    task.data = {"day": work.now.date().isoformat(), "people": {"": told}, "report": told}
    work.ask(task)
