"""What passes know that belongs on pages of others."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from bot.contract import Desk, Household, Matter, Search, Turn, card, finder, today, tr
from integrations.visitor_passes import passes as passes_of
from integrations.visitor_passes.gate import mask
from integrations.visitor_passes.models import Pass, PassState
from integrations.visitor_passes.settings import Settings

#: Passes shown on a household's card.
SHOWN = 5

#: Signs of the shortest plate.
SHORTEST_PLATE = 7


@card(tr("访客"), need="pass.view")
def passes(desk: Desk, household: Household) -> Sequence[tuple[str, str]]:
    """Return the household's passes that are not over, the next visitor first."""
    theirs = select(Pass).where(
        Pass.household_id == household.id,
        Pass.state == PassState.ACTIVE,
        col(Pass.ends_at) > desk.now - desk.settings(Settings).grace,
    )
    found = desk.session.exec(theirs.order_by(col(Pass.starts_at)).limit(SHOWN)).all()
    return [(desk.words("{who} {t}", who=mask(one.visitor_name), t=one.starts_at), "/passes") for one in found]


@finder(tr("访客车牌"), need="pass.view")
def by_plate(desk: Desk, said: str) -> Sequence[tuple[int, str]]:
    """Return the flats that a car was or is expected at, the latest first, by its whole plate: 粤B12345, 粤B·12345."""
    if len(Search.PLATE.of(said)) < SHORTEST_PLATE:
        return ()
    theirs = select(Pass).where(Pass.plate_digest == desk.digest(said, Search.PLATE)).order_by(col(Pass.id).desc()).limit(SHOWN)
    found = {one.household_id: one for one in reversed(desk.session.exec(theirs).all())}
    return [(flat, desk.words(tr("{plate}，{t}"), plate=one.plate, t=one.starts_at)) for flat, one in found.items()]


@today(tr("今天还要来的访客"), need="pass.view", path="/passes")
def expected(desk: Desk) -> int:
    """Count the passes that may still open the gate today."""
    tonight = desk.now.replace(hour=23, minute=59, second=59)
    open_ones = (Pass.state == PassState.ACTIVE, col(Pass.ends_at) > desk.now, col(Pass.starts_at) <= tonight)
    return desk.session.exec(select(func.count()).select_from(Pass).where(*open_ones)).one()


def matters(turn: Turn) -> Sequence[Matter]:
    """Return the resident's visitors who are still expected, the newest invitation first."""
    if not turn.is_bound:
        return ()
    newest = sorted(passes_of.open_ones(turn), key=lambda one: one.created_at, reverse=True)
    return [
        Matter(
            words=turn.words(tr("{what}，通行码 {code}"), what=passes_of.called(turn, one), code=one.code),
            at=one.created_at, url=passes_of.link(turn, one),
        )
        for one in newest
    ]  # fmt: skip
