"""Photos taken at a point by its page: they belong to the visit, and with a fault to its repair."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from bot.contract import Desk, Photo, Refusal, Upload, Work, pictures
from integrations.patrols.models import PatrolVisit

#: Photos of one visit; more are a slip.
MOST = 6


def read(upload: Upload) -> bytes | Refusal | None:
    """Return the picture, None where none was chosen, or why it is none; read beside the database, where nobody can be told yet."""
    try:
        return pictures.read(upload)
    except Refusal as refusal:
        return refusal


def taken(of: bytes | Refusal | None) -> bytes | None:
    """Return the picture that a page took; raises Refusal for what is none."""
    if isinstance(of, Refusal):
        raise of
    return of


def keep(desk: Desk, visit: PatrolVisit, picture: bytes) -> Photo | None:
    """Let a picture go with a visit, or with the repair that came of it; None for one too many."""
    if len(of_visit(desk, visit)) >= MOST:
        return None
    return desk.keep_picture(picture, visit.ticket or visit.subject, f"staff:{desk.staff.login}")


def of_visit(work: Work, visit: PatrolVisit) -> Sequence[Photo]:
    """Return the photos of a visit, those that go with its repair among them."""
    return work.session.exec(select(Photo).where(col(Photo.subject).in_(_subjects(visit))).order_by(col(Photo.id))).all()


def of_visits(work: Work, visits: Sequence[PatrolVisit]) -> Mapping[str, Sequence[str]]:
    """Return the ids of the photos of several visits that no repair came of, by what events call these."""
    names = [one.subject for one in visits if not one.ticket]
    found: dict[str, list[str]] = {}
    for one in work.session.exec(select(Photo).where(col(Photo.subject).in_(names)).order_by(col(Photo.id))).all():
        found.setdefault(one.subject, []).append(one.public_id)
    return found


def _subjects(visit: PatrolVisit) -> list[str]:
    return [visit.subject, *([visit.ticket] if visit.ticket else [])]
