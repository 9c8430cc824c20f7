"""Passes of workers: tied to the repair or the renovation that they come for, they end with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from bot.contract import SHANGHAI, Beside, Desk, Errand, Happening, Hours, Household, Resident, Turn, Work, job, on, tr, tr_all
from integrations.visitor_passes import gate, lasting, stay
from integrations.visitor_passes.models import Pass, PassKind, PassState, Permit

#: Whoever comes to work on something.
_WORKS = re.compile("师傅|工人|维修|检修|抢修|修理|上门修|装修|施工|安装工|电工|水工|木工|瓦工|泥工|油漆工|工长|工头|项目经理")
_BUILDS = re.compile("装修|施工|木工|瓦工|泥工|油漆工|工长|工头|项目经理|工人")

#: Called by the flat itself: the office's ticket is none of theirs.
_OWN = re.compile("自己(?:请|找|叫|约|联系)|我(?:请|找|叫|约)(?:的|来的|了)|外面(?:请|找|叫)|网上(?:请|找|叫|约)")

#: How long the pass of who repairs lasts until it is looked whether the ticket is open yet: what was closed unseen lets nobody in for months.
LONGEST = timedelta(days=14)

#: How long before its end that is looked at, and how long behind it what nobody looked at in time.
AHEAD = timedelta(days=1)

#: Passes of one run; the next one takes the rest.
BATCH = 200

_ALWAYS = Hours()


@dataclass(frozen=True, kw_only=True)
class Tie:
    """What a pass is tied to, at which hours it opens the gate and until when."""

    subjects: Sequence[str]
    words: str
    hours: Hours
    stay: stay.Stay
    goes_on: bool  # it is renewed by itself until all it is tied to is over
    is_repair: bool  # what is said next of when somebody comes is said of the repair


def meant(turn: Turn, home: Household, who: str, starts_at: datetime, ends_at: datetime | None) -> Tie | None:
    """Return what somebody comes to work on, by what they are called; None for a guest, and where nothing is under way."""
    if not _WORKS.search(who) or _OWN.search(turn.said):
        return None
    open_ones = turn.context.services.errands(turn, home)
    builds = [one for one in open_ones if one.is_building]
    repairs = [one for one in open_ones if not one.is_building]
    found = builds if _BUILDS.search(who) else repairs or ([] if "维修" in who else builds)
    return tie(turn, found, starts_at, ends_at) if found else None


def is_builder(who: str) -> bool:
    """Tell whether somebody comes for a renovation, which is registered with the office first."""
    return "装修" in who or "施工" in who


def tie(work: Work, found: Sequence[Errand], starts_at: datetime, ends_at: datetime | None) -> Tie:
    """Return how a pass is tied to what is under way; it lasts as long as that may, unless a sooner end was said."""
    permits = [one for one in (_permit(work, errand.subject) for errand in found) if one is not None]
    starts_at = max(starts_at, work.now.replace(second=0, microsecond=0))
    if permits:
        permit = max(permits, key=lambda one: one.ends_on)
        starts_at = max(starts_at, datetime.combine(permit.starts_on, time(), SHANGHAI))
        hours, last = Hours(opens=permit.opens, closes=permit.closes), datetime.combine(permit.ends_on, time(23, 59), SHANGHAI)
        last = min(last, (starts_at + stay.TERM).replace(hour=23, minute=59))
    else:
        hours, last = _ALWAYS, _until(starts_at)
    is_said = ends_at is not None and starts_at < ends_at < last
    return Tie(
        subjects=[one.subject for one in found], words="、".join(one.words for one in found), hours=hours,
        stay=stay.Stay(starts_at=starts_at, ends_at=ends_at if is_said and ends_at else last),
        goes_on=not permits and not is_said,
        is_repair=not permits,
    )  # fmt: skip


def _until(begins: datetime) -> datetime:
    return (begins + LONGEST).replace(hour=23, minute=59, second=0, microsecond=0)


def _permit(work: Work, subject: str) -> Permit | None:
    kind, _, key = subject.partition(":")
    return work.session.exec(select(Permit).where(Permit.public_id == key)).first() if kind == "permit" else None


def bind(pass_: Pass, to: Tie) -> None:
    """Make a pass that of a worker: it opens the gate again and again, and ends with what it is tied to."""
    pass_.kind, pass_.hours, pass_.tied = PassKind.CONTRACTOR, to.hours.kept, " ".join(to.subjects)
    pass_.starts_at, pass_.ends_at = to.stay.starts_at, to.stay.ends_at


def is_registered(pass_: Pass) -> bool:
    """Tell whether a pass is that of a renovation, whose hours and last day the office has registered."""
    return any(subject.startswith("permit:") for subject in pass_.tied.split(" "))


def of(work: Work, subject: str) -> Sequence[Pass]:
    """Return the passes that are tied to a subject, the newest first."""
    tied = select(Pass).where(col(Pass.tied) != "", col(Pass.tied).contains(subject, autoescape=True))
    return [one for one in work.session.exec(tied.order_by(col(Pass.id).desc())).all() if subject in one.tied.split(" ")]


def end(work: Work, subject: str) -> None:
    """End the passes that are tied to nothing else any more: what they were for is over."""
    for one in of(work, subject):
        if one.state is not PassState.ACTIVE:
            continue
        left = [other for other in one.tied.split(" ") if other != subject]
        if left:
            one.tied = " ".join(left)
        else:
            one.state = PassState.CANCELLED
            work.record("visitor.cancelled", one.subject, why="errand")
        work.session.add(one)


@job(every=timedelta(minutes=30))
def go_on(work: Work) -> None:
    """Let the pass of who repairs last for as long as its ticket is open, and tell who made it each time; an end that somebody said stays."""
    if work.now.hour not in lasting.BY_DAY:
        return
    ending = work.session.exec(
        select(Pass)
        .where(
            Pass.kind == PassKind.CONTRACTOR, Pass.state == PassState.ACTIVE, col(Pass.tied) != "", ~col(Pass.tied).contains("permit:"),
            col(Pass.ends_at) <= work.now + AHEAD, col(Pass.ends_at) > work.now - LONGEST,
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    for one in ending:
        found = [errand for subject in one.tied.split(" ") for errand in work.context.services.errands(work, subject=subject)]
        if not found or not _is_open_ended(one):
            continue
        while one.ends_at <= work.now + AHEAD:
            one.ends_at = _until(one.ends_at)
        work.session.add(one)
        work.record("visitor.changed", one.subject, time=True)
        maker, words = work.session.get_one(Resident, one.resident_id), tr_all("、", (errand.words for errand in found))
        work.tell(maker, "visitor.goes_on", name=one.visitor_name, errand=words, until=one.ends_at, code=one.code)


def _is_open_ended(one: Pass) -> bool:
    """Tell whether nobody said when a pass ends: it ends with a day, and a whole number of LONGEST after its start."""
    begins, ends = one.starts_at.astimezone(SHANGHAI), one.ends_at.astimezone(SHANGHAI)
    return (ends.hour, ends.minute) == (23, 59) and (ends.date() - begins.date()) % LONGEST == timedelta()


def _end(work: Work, happening: Happening) -> None:
    end(work, happening.subject)


@on("repair.merged", "into")
def follow(work: Work, happening: Happening) -> None:
    """What is told twice goes on under the other number."""
    kind = happening.subject.partition(":")[0]
    for one in of(work, happening.subject):
        subjects = [f"{kind}:{happening.data['into']}" if other == happening.subject else other for other in one.tied.split(" ")]
        one.tied = " ".join(dict.fromkeys(subjects))
        work.session.add(one)


def beside(desk: Desk, subject: str) -> Sequence[Beside]:
    """Return the passes of who works on something, and the way to make one, for the page of it."""
    if not desk.may("pass.view"):
        return ()
    lines = [
        Beside(words=tr("{visitor} 通行码 {code}（{state}）", visitor=gate.mask(one.visitor_name), code=one.code, state=_state(desk, one)), path=f"/passes?state=all&q={one.code}")
        for one in of(desk, subject)
    ]  # fmt: skip
    offers = [Beside(words=tr("给上门的人开通行证"), path=f"/passes/new?for={subject}", is_offer=True)]
    return [*lines, *(offers if desk.may("pass.edit") and desk.context.services.errands(desk, subject=subject) else ())]


def _state(desk: Desk, one: Pass) -> str:
    fault = one.fault_at(desk.now, timedelta())
    return tr("已结束") if fault in ("cancelled", "over", "used") else tr("还能用")


JOBS = (go_on,)
REACTIONS = (*(on(kind)(_end) for kind in ("repair.closed", "repair.cancelled")), follow)
