"""What campaigns do by themselves: remind who has not answered, at the set times and never at night; and erase at the end of the term."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.contract import SHANGHAI, Household, Resident, Task, Work, job, tr_all
from integrations.health import campaigns
from integrations.health.campaigns import Window
from integrations.health.models import Campaign, Reminder, Stand, TookPart

#: People who are reminded in one run; the rest has its turn a minute later.
AT_ONCE = 1_000

#: What the task is called of who is missing when a window is over, and who may see it.
MISSING, ASK = "health.missing", "health.ask"

#: A reminder that comes later than this after its time comes no more.
LATEST = 90


@job(every=timedelta(minutes=1))
def remind(work: Work) -> None:
    """Remind who has not answered, and who said 孩子没量, once for each set time."""
    minutes = campaigns.minutes_of(work.now)
    if not campaigns.DAY_BEGINS <= minutes < campaigns.DAY_ENDS:
        return
    for campaign in campaigns.running(work):
        hand_over(work, campaign)
        due = max((one for one in campaign.reminds if one <= minutes < one + LATEST), default=None)
        part = campaigns.part_at(campaign, work.now)
        if (
            due is not None
            and campaigns.part_at(campaign, work.now.astimezone(SHANGHAI).replace(hour=due // 60, minute=due % 60)) == part
        ):
            _remind(work, campaign, part, due)


def hand_over(work: Work, campaign: Campaign) -> None:
    """Let the staff ask who is still missing when a window is over: one task for each campaign, which says the newest window."""
    minutes, day = campaigns.minutes_of(work.now), work.now.astimezone(SHANGHAI).date()
    over = [number for number, (_, ends) in enumerate(campaign.windows) if ends <= minutes < ends + LATEST]
    if not over:
        return
    window = Window(campaign=campaign, day=day, part=over[-1])
    known = work.session.exec(
        select(Task).where(Task.kind == MISSING, Task.subject == campaign.subject).order_by(col(Task.id).desc())
    ).first()
    key = f"{day.isoformat()}|{window.part}"
    if known is not None and known.data.get("window") == key:
        return
    missing = sum(one.missing for one in campaigns.progress(work, window))
    part = campaigns.part_words(campaign, window.part)
    title = f"{campaign.name}：{day.month}月{day.day}日{part}还有 {missing} 人没报，请打电话或上门问"
    if known is not None and known.closed_at is None:
        known.title, known.data = title, {**known.data, "window": key}
        work.session.add(known)
    elif missing:
        work.assign(MISSING, ASK, title, subject=campaign.subject, campaign=campaign.public_id, window=key)


def _remind(work: Work, campaign: Campaign, part: int, due: int) -> None:
    window = Window(campaign=campaign, day=work.now.astimezone(SHANGHAI).date(), part=part)
    for resident in _whom(work, window, due):
        row = Reminder(campaign_id=campaign.key, day=window.day, at_minutes=due, resident_id=resident.key, at=work.now)
        try:
            with work.session.begin_nested():
                work.session.add(row)
        except IntegrityError:  # another process has told them
            continue
        lacks = _lacking(work, campaign, resident)
        if lacks:
            work.tell(resident, "health.campaign_remind", name=campaign.name, who=lacks, asks=asked_words(campaign))


def _whom(work: Work, window: Window, due: int) -> Sequence[Resident]:
    """Return who is to be reminded: bound, not answered for by anybody, or having said of somebody that they were not measured yet."""
    reminded = select(Reminder.resident_id).where(
        Reminder.campaign_id == window.campaign.key, Reminder.day == window.day, Reminder.at_minutes == due
    )
    silent = campaigns.missing(work, window).where(col(Resident.openid).is_not(None), col(Resident.id).not_in(reminded))
    found = list(work.session.execute(silent.order_by(col(Resident.id)).limit(AT_ONCE)).scalars())
    again = (
        select(Resident)
        .where(
            col(Resident.id).in_(select(TookPart.reporter_id).where(*window.answers(), TookPart.stand == Stand.UNMEASURED)),
            col(Resident.openid).is_not(None), col(Resident.id).not_in(reminded), col(Resident.id).not_in([one.key for one in found]),
        )
        .limit(AT_ONCE)
    )  # fmt: skip
    return [*found, *work.session.exec(again).all()]


def _lacking(work: Work, campaign: Campaign, resident: Resident) -> str:
    """Return who is still missing of those whom somebody may answer for: themselves, and whom they said to be unmeasured."""
    home = work.household(resident)
    return lacking_words(work, campaign, home, resident)


def lacking_words(work: Work, campaign: Campaign, home: Household, resident: Resident) -> str:
    """Return 您、王芳、孩子（没量）: who of a flat is missing in the window that counts now; empty for nobody."""
    words = []
    for one, answer in campaigns.at_home(work, campaign, home):
        if campaigns.is_done(answer):
            continue
        name = "您" if one.key == resident.key else one.name or "家里人"
        words.append(f"{name}（没量体温）" if answer is not None and answer.stand == Stand.UNMEASURED else name)
    words += [f"{one.person}（没量体温）" for one in campaigns.unmeasured_of(work, campaign, home)]
    return str(tr_all("、", words))


def asked_words(campaign: Campaign) -> str:
    """Return what one writes to answer: an example, and no word of campaigns."""
    return "直接回体温就行，例如：36.5" if campaign.asks_temperature else "直接回一句就行，例如：没有不舒服"


@job(every=timedelta(hours=1))
def bury(work: Work) -> None:
    """Erase what is personal of campaigns whose term is over."""
    today = work.now.astimezone(SHANGHAI).date()
    due = select(Campaign).where(Campaign.erases_on <= today, col(Campaign.erased_at).is_(None), Campaign.ends < today)
    early = select(Campaign).where(
        Campaign.erases_on <= today, col(Campaign.erased_at).is_(None), col(Campaign.ended_at).is_not(None)
    )
    for campaign in {one.id: one for query in (due, early) for one in work.session.exec(query).all()}.values():
        campaigns.erase(work, campaign)
        work.finish(campaign.subject, "登记到期，个人内容已删除")


ALL = (remind, bury)
