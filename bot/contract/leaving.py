"""How somebody goes: they unfollowed, or asked that all be deleted. Both come to the same, whatever came before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from bot.contract.work import Context, Turn, Work
from bot.store import claims, consents, conversations, erasures, invitations, people, scope, tasks, undos
from bot.store.communities import Community
from bot.store.people import Resident
from bot.store.tasks import Task
from bot.translation import tr

log = structlog.get_logger(__name__)


def leave(turn: Turn, reason: str) -> None:
    """Let an account go, in all communities: nothing queued is sent, it is bound to nobody, and all that is known of it is deleted.

    What services hold goes at once, so that whoever is bound again the next moment begins anew; the talk itself, photos and files
    go within seconds (bot/eraser.py), which also does again what failed here.
    """
    erasures.ask(turn.session, turn.openid, turn.now)
    if turn.resident is not None:
        turn.unbind(turn.resident, reason)
    turn.session.flush()
    _end_requests(turn)
    for known in ("resident", "flat", "flats", "claim"):
        turn.__dict__.pop(known, None)
    for resident in everybody(turn.session, turn.openid):
        with _tried(turn, resident.public_id), _at(turn, resident.community_id) as work:
            erase(work, resident)
    for place in places(turn.context):
        with _tried(turn, ""), _at(turn, place.key) as work:
            erase_account(work, turn.openid, turn.now)


def asked_at(turn: Turn) -> datetime | None:
    """Return when somebody asked that all be deleted, or left, while that is not done yet; None where nothing is being deleted."""
    with scope.everywhere(turn.session):
        return erasures.asked_at(turn.session, turn.openid)


def lines_of(turn: Turn) -> int:
    """Return how many lines of the talk are kept, but for those of this turn."""
    with scope.everywhere(turn.session):
        return conversations.count_lines(turn.session, turn.openid)


def _end_requests(turn: Turn) -> None:
    """Forget at once where an account said it lives, and end what waits for nobody else: its next message asks anew."""
    ended = [one.kind for service in turn.context.services.integrations for one in service.tasks if one.ends_with_account]
    with scope.everywhere(turn.session):
        claims.forget(turn.session, turn.openid, turn.now)
        mine = select(Task).where(Task.openid == turn.openid, col(Task.kind).in_(ended), col(Task.closed_at).is_(None))
        waiting = turn.session.exec(mine).all()
    for task in waiting:
        with scope.within(turn.session, task.community_id):
            tasks.close(turn.session, task, turn.now, tr("居民已离开"))
    turn.session.flush()


def erase(work: Work, resident: Resident) -> None:
    """Delete what services hold of somebody who has gone, and end their consents. Whoever has another account by now is still here."""
    if resident.openid is not None:
        return
    for integration in work.context.services.integrations:
        if integration.personal is not None:
            integration.personal.erase(work, resident)
    _take_back_nothing(work, "resident_id", resident.id)
    invitations.forget(work.session, resident)
    consents.end_all(work.session, resident, work.now)


def erase_account(work: Work, openid: str, until: datetime) -> None:
    """Delete what services hold in this community of an account that nobody had shown to be theirs, as of a moment."""
    _take_back_nothing(work, "openid", openid)
    for integration in work.context.services.integrations:
        if integration.personal is not None and integration.personal.erase_account is not None:
            integration.personal.erase_account(work, openid, until)


def _take_back_nothing(work: Work, column: str, whose: object) -> None:
    """Let no act of staff on rows of whoever goes be taken back: it would open again what has just ended, as it was before."""
    for name in undos.are_open(work.session, work.now):
        listing = work.context.services.lists.get(name)
        of = getattr(listing.table, column, None) if listing is not None else None
        if listing is not None and of is not None:
            undos.leave_out(work.session, name, set(work.session.exec(select(listing.table.id).where(of == whose))), work.now)


def places(context: Context) -> tuple[Community, ...]:
    """Return the communities that an account may have left something in: all that its WeChat account serves."""
    return context.neighbours or (context.community,)


def everybody(session: Session, openid: str) -> list[Resident]:
    """Return everybody the account is or was bound to and nobody is now, wherever they live, and who was merged into one of them."""
    with scope.everywhere(session):
        gone = [one for one in people.ever_bound(session, openid) if one.openid is None]
        return [*gone, *people.also_known(session, gone)]


@contextmanager
def _tried(turn: Turn, resident: str) -> Iterator[None]:
    """Undo what fails, and nothing else."""
    try:
        with turn.session.begin_nested():
            yield
    except OperationalError:  # the database itself: nothing of this transaction stands
        raise
    except Exception:  # nobody is kept for a service's fault; the eraser tries again
        log.exception("erasing failed", resident=resident)


@contextmanager
def _at(turn: Turn, community_id: int) -> Iterator[Work]:
    """Give work in a community where somebody may have lived."""
    known = {place.key: place for place in (turn.community, *turn.context.neighbours)}
    home = known.get(community_id)
    with scope.within(turn.session, community_id):
        yield Work(session=turn.session, now=turn.now, context=turn.context.of(home) if home is not None else turn.context)
