"""What the core itself measures: how residents are understood, what they get done without a person, how soon a person answers."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from bot.contract import Asked, Sample, Unit, Work, figure, handoffs
from bot.contract.figures import Figure
from bot.dialogue.result import KNOWN
from bot.store import outcomes
from bot.store.outcomes import Ended, Understood
from bot.store.people import Binding, Residence, lives_there
from bot.store.tasks import Task
from bot.translation import tr

#: How a message was understood, as people read it, in the order of their wish.
WORDS = {Understood.AT_ONCE: tr("一次听懂"), Understood.ASKED_BACK: tr("反问一句"), Understood.MISSED: tr("没听懂")}

#: Seconds that a request counts as having taken at least: somebody has to type it and to read the answer.
AT_LEAST = 60


def _tallies(work: Work, asked: Asked) -> Sequence[outcomes.Tally]:
    return outcomes.tallies(work.session, asked.periods[0].begins, asked.periods[-1].ends)


def _title(work: Work, intent: str) -> str:
    """Return what an intent is called; one that has gone from the files by its id."""
    if intent == KNOWN:
        return tr("问物业知识")
    known = work.context.intents.get(intent)
    return known.title if known else intent


@figure(
    "understood", tr("听懂了多少"),
    tr("居民发来的新请求里，机器人一次听懂、反问一句“您是要…吗”、没听懂的各占多少。回答机器人的问题、寒暄、报警和有人接手的对话不算。"),
    Unit.SHARE, parts=tuple(WORDS.values()), adds_up=True,
)  # fmt: skip
def understood(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many messages were understood how, of all that wished for something."""
    for tally in _tallies(work, asked):
        if tally.understood:
            period = asked.place(tally.day)
            for kind, words in WORDS.items():
                yield Sample(period, tally.number if kind == tally.understood else 0, tally.number, words)


@figure(
    "understood.intents", tr("每项服务一次听懂的比例"),
    tr("同上，按最可能想办的事分开：一次听懂的 ÷（一次听懂 + 反问）。完全没听懂的不知道想办什么，不在这里。比例低的，请给那个意图加例句。"),
    Unit.SHARE, is_ranking=True,
)  # fmt: skip
def understood_by_intent(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many messages for each intent were understood at once."""
    for tally in _tallies(work, asked):
        if tally.intent and tally.understood in (Understood.AT_ONCE, Understood.ASKED_BACK):
            value = tally.number if tally.understood == Understood.AT_ONCE else 0
            yield Sample(asked.place(tally.day), value, tally.number, _title(work, tally.intent))


@figure(
    "self_service", tr("自助办成的比例"),
    tr("机器人自己办成或答上的请求 ÷（办成、答上的 + 转给人的）。没听懂又没转给人的、寒暄和报警不算；没办成的（被拒绝、中途取消）不算。"),
    Unit.SHARE,
)  # fmt: skip
def self_service(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many requests the bot served alone, of those that ended."""
    for tally in _tallies(work, asked):
        if tally.ended:
            yield Sample(asked.place(tally.day), tally.number if tally.ended == Ended.SERVED else 0, tally.number)


def _baselines(work: Work) -> Sequence[tuple[str, str]]:
    known = [one for one in work.context.intents.values() if one.baseline]
    return [
        (tr("{title} {minutes} 分钟", title=one.title, minutes=one.baseline.minutes), one.baseline.source)
        for one in known
        if one.baseline
    ]


def _saved(work: Work, asked: Asked) -> Iterator[tuple[outcomes.Tally, float]]:
    """Give what was served of intents with a baseline, and the minutes that it saved: less than none where the talk took longer."""
    for tally in outcomes.tallies(work.session, asked.periods[0].begins, asked.periods[-1].ends, AT_LEAST):
        known = work.context.intents.get(tally.intent)
        if tally.ended == Ended.SERVED and known is not None and known.baseline is not None:
            yield tally, known.baseline.minutes * tally.number - tally.seconds / 60


_SAVED = tr(
    "办成一次，省下“原来要几分钟”减去这次聊天用的时间（从第一句话到办成，至少算 1 分钟；聊得比原来还久的倒扣）。没办成的、转给人的、没写基准的一分钟也不算。每项的基准和出处列在下面，写在意图文件的 baseline 里，改了马上按新的算。"
)


@figure("saved", tr("替居民和物业省下的时间"), _SAVED, Unit.MINUTES, notes=_baselines)
def saved(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give the minutes saved."""
    for tally, minutes in _saved(work, asked):
        yield Sample(asked.place(tally.day), minutes, tally.number)


@figure("saved.intents", tr("每项服务省下的时间"), _SAVED, Unit.MINUTES, is_ranking=True, notes=_baselines)
def saved_by_intent(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give the minutes saved by each intent."""
    for tally, minutes in _saved(work, asked):
        yield Sample(asked.place(tally.day), minutes, tally.number, _title(work, tally.intent))


@figure(
    "handoff.in_time", tr("转人工按时答复的比例"),
    tr("转给物业的事里，有人在承诺时间内回第一句话的比例：上班时间转来的当天下班前，下班后转来的下一个上班日下班前。没聊天、直接结案把结果发给居民的，按结案时间算。还没到时间的、居民说不用了的不算。"),
    Unit.SHARE, by_building=True,
)  # fmt: skip
def answered_in_time(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give whether each hand-off had its first answer in time."""
    office = work.context.office
    for opened, answered, closed in _handed_over(work, asked):
        due = office.closing(opened)
        if answered is None and (closed is not None or due > work.now):
            continue
        yield Sample(asked.place(opened.date()), int(answered is not None and answered <= due))


@figure(
    "handoff.wait", tr("转人工等第一句回话多久"),
    tr("从转给物业到同事回第一句话的时间，取中位数：一半人比这快，一半人比这慢。夜里和休息日也照样计时；还没回的不算。"),
    Unit.WAIT, by_building=True,
)  # fmt: skip
def first_answer(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many minutes each hand-off waited for its first answer."""
    for opened, answered, _ in _handed_over(work, asked):
        if answered is not None:
            yield Sample(asked.place(opened.date()), (answered - opened).total_seconds() / 60)


def _handed_over(work: Work, asked: Asked) -> Sequence[tuple[datetime, datetime | None, datetime | None]]:
    """Return when each hand-off came, had its first word of a person and ended; who closes it tells what came of it, which is a word."""
    told = case((col(Task.closed_by).is_not(None), col(Task.closed_at)))
    query = select(col(Task.opened_at), func.coalesce(col(Task.answered_at), told), col(Task.closed_at)).where(
        col(Task.kind) == handoffs.KIND, asked.within(Task.opened_at), *asked.lives(Task.household_id)
    )
    return [(opened, answered, closed) for opened, answered, closed in work.session.execute(query)]


@figure(
    "bound", tr("绑定微信的住户"),
    tr("每个时间段结束时绑定了微信的人 ÷ 现在名册上住着的人。通知只能发给绑定的人，所以这是别的数能好到哪里的上限。"),
    Unit.SHARE, by_building=True, is_level=True,
)  # fmt: skip
def bound(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many people were bound at the end of each period, of those who live there now."""
    here = select(col(Residence.resident_id)).where(lives_there(), *asked.lives(Residence.household_id))
    people = work.session.execute(select(func.count(col(Residence.resident_id).distinct())).where(
        lives_there(), *asked.lives(Residence.household_id)
    )).scalar_one()  # fmt: skip
    if not people:
        return
    ends = [min(asked.end_of(number), work.now) for number in range(len(asked.periods))]
    held = [
        func.count(case(((col(Binding.bound_at) < end) & or_(col(Binding.ended_at).is_(None), col(Binding.ended_at) >= end), col(Binding.resident_id))).distinct())
        for end in ends
    ]  # fmt: skip
    row = work.session.execute(select(*held).where(col(Binding.resident_id).in_(here))).one()
    first = work.session.execute(select(func.min(col(Binding.bound_at)))).scalar_one()
    for number, value in enumerate(row):
        if first is not None and first < ends[number]:
            yield Sample(number, value, people)


FIGURES: tuple[Figure, ...] = (
    understood, understood_by_intent, self_service, saved, saved_by_intent, answered_in_time, first_answer, bound,
)  # fmt: skip
