"""How somebody goes: they unfollowed, or asked that all be deleted. Both come to the same, whatever came before."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.contract.work import Turn, Work
from bot.store import consents, erasures, invitations, people, scope
from bot.store.people import Resident

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
    for known in ("resident", "flat"):
        turn.__dict__.pop(known, None)
    for resident in everybody(turn.session, turn.openid):
        try:
            with turn.session.begin_nested(), _at_home(turn, resident) as work:
                erase(work, resident)
        except OperationalError:  # the database itself: nothing of this transaction stands
            raise
        except Exception:  # nobody is kept for a service's fault; the eraser tries again
            log.exception("erasing failed", resident=resident.public_id)


def erase(work: Work, resident: Resident) -> None:
    """Delete what services hold of somebody who has gone, and end their consents. Whoever has another account by now is still here."""
    if resident.openid is not None:
        return
    for integration in work.context.services.integrations:
        if integration.personal is not None:
            integration.personal.erase(work, resident)
    invitations.forget(work.session, resident)
    consents.end_all(work.session, resident, work.now)


def everybody(session: Session, openid: str) -> list[Resident]:
    """Return everybody the account is or was bound to and nobody is now, wherever they live, and who was merged into one of them."""
    with scope.everywhere(session):
        gone = [one for one in people.ever_bound(session, openid) if one.openid is None]
        return [*gone, *people.also_known(session, gone)]


@contextmanager
def _at_home(turn: Turn, resident: Resident) -> Iterator[Work]:
    """Give work in the community of somebody who may have lived elsewhere."""
    places = {place.key: place for place in (turn.community, *turn.context.neighbours)}
    home = places.get(resident.community_id)
    with scope.within(turn.session, resident.community_id):
        yield Work(session=turn.session, now=turn.now, context=turn.context.of(home) if home is not None else turn.context)
