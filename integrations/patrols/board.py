"""What is walked today and how it stands; how well routes and points were kept, for the page and the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from bot.contract import SHANGHAI, Staff, Work
from integrations.patrols import rounds
from integrations.patrols.models import Doubt, PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit, RoundState, VisitKind

#: Days over which it is counted how well something was kept.
COUNTED = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A round with what stands beside it."""

    round: PatrolRound
    route: PatrolRoute
    walker: Staff | None
    missing: Sequence[PatrolPoint]
    visits: Sequence[PatrolVisit]

    @property
    def of(self) -> int:
        """How many points there are."""
        return len(self.missing) + len({one.point_id for one in self.visits})

    @property
    def seen(self) -> int:
        """Where somebody was by now."""
        return self.of - len(self.missing)

    @property
    def doubtful(self) -> int:
        """How many visits may be none."""
        return sum(one.doubt == Doubt.QUICK for one in self.visits)


def today(work: Work) -> list[Walk]:
    """Return the rounds that began today or go on from yesterday, those that are open first."""
    midnight = datetime.combine(work.now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    wanted = select(PatrolRound).where((col(PatrolRound.starts_at) >= midnight) | (col(PatrolRound.ends_at) > midnight))
    wanted = wanted.where(col(PatrolRound.starts_at) >= midnight - timedelta(days=1), PatrolRound.state != RoundState.VOID)
    found = work.session.exec(wanted.order_by(col(PatrolRound.ends_at), col(PatrolRound.id))).all()
    return sorted((load(work, one) for one in found), key=lambda one: one.round.state is not RoundState.OPEN)


def load(work: Work, one: PatrolRound) -> Walk:
    """Return a round with its visits and what is missing."""
    visits = work.session.exec(select(PatrolVisit).where(PatrolVisit.round_id == one.id).order_by(col(PatrolVisit.at))).all()
    walker = work.session.get(Staff, one.walker_id) if one.walker_id else None
    return Walk(
        round=one, route=work.session.get_one(PatrolRoute, one.route_id), walker=walker, missing=rounds.missing(work, one), visits=visits
    )  # fmt: skip


@dataclass(kw_only=True)
class Kept:
    """How well something was kept: so many of so many in time, and how many of these are doubtful."""

    in_time: int = 0
    planned: int = 0
    doubtful: int = 0

    @property
    def share(self) -> int:
        """The same in per cent."""
        return round(100 * self.in_time / self.planned) if self.planned else 0


def kept(work: Work) -> tuple[Mapping[int, Kept], Mapping[int, Kept]]:
    """Return how well each route and each point was kept over COUNTED, by their ids; what is still open is left out."""
    over = (RoundState.KEPT, RoundState.MISSED)
    since = work.now - COUNTED
    counted = work.session.exec(
        select(PatrolRound).where(col(PatrolRound.starts_at) >= since, col(PatrolRound.state).in_(over))
    ).all()
    routes: dict[int, Kept] = {}
    points: dict[int, Kept] = {}
    by_id = {one.id: one for one in counted}
    for one in counted:
        route = routes.setdefault(one.route_id, Kept())
        route.planned, route.in_time = route.planned + one.planned, route.in_time + one.in_time
        for key in one.points:
            points.setdefault(key, Kept()).planned += 1
    visits = select(PatrolVisit).where(
        col(PatrolVisit.at) >= since, PatrolVisit.kind == VisitKind.KEPT, col(PatrolVisit.round_id).is_not(None)
    )
    for visit in work.session.exec(visits).all():
        walked = by_id.get(visit.round_id)
        if walked is None:
            continue
        point = points.setdefault(visit.point_id, Kept())
        point.in_time += 1
        if visit.doubt == Doubt.QUICK:
            point.doubtful += 1
            routes[walked.route_id].doubtful += 1
    return routes, points
