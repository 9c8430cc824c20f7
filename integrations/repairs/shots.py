"""Photos that whoever repairs takes of a ticket, before and after; and all photos of one as the resident sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.contract import Photo, Staff, Work, tr
from integrations.repairs import clock
from integrations.repairs.crewmodels import STAGE_WORDS, Stage, TicketPicture
from integrations.repairs.models import Ticket, TicketState

#: What stands beside a photo of the resident's own.
REPORTED = tr("报修时")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A photo of a ticket with what it shows: 报修时, 修前, 修后."""

    photo: Photo
    words: str

    @property
    def is_here(self) -> bool:
        """Tell whether the file was fetched."""
        return self.photo.state == "stored"


def keep(work: Work, ticket: Ticket, photo: Photo, member: Staff, stage: Stage | None = None) -> TicketPicture:
    """Let a photo be one of a ticket's; without a `stage` it is of before until work has begun, and of after from then on."""
    found = stage or (Stage.BEFORE if ticket.state in (TicketState.SUBMITTED, TicketState.ACCEPTED) else Stage.AFTER)
    photo.subject = ticket.subject
    picture = TicketPicture(ticket_id=ticket.id or 0, photo=photo.public_id, staff_id=member.id or 0, at=work.now, stage=found)
    work.session.add(photo)
    work.session.add(picture)
    work.record("repair.pictured", ticket.subject, stage=found)
    return picture


def has_after(work: Work, ticket: Ticket) -> bool:
    """Tell whether there is a photo of what was repaired, taken since it was opened again, if it was."""
    since = clock.term_of(ticket).begins if ticket.reopened else ticket.opened_at
    wanted = select(TicketPicture).where(
        TicketPicture.ticket_id == ticket.id, TicketPicture.stage == Stage.AFTER, TicketPicture.at >= since
    )
    return work.session.exec(wanted).first() is not None


def last_of(work: Work, member: Staff) -> TicketPicture | None:
    """Return the photo that somebody took last."""
    theirs = select(TicketPicture).where(TicketPicture.staff_id == member.id).order_by(col(TicketPicture.id).desc())
    return work.session.exec(theirs).first()


def all_of(work: Work, ticket: Ticket) -> Sequence[Shot]:
    """Return the photos of a ticket, oldest first, each with what it shows."""
    taken = {
        one.photo: one.stage for one in work.session.exec(select(TicketPicture).where(TicketPicture.ticket_id == ticket.id)).all()
    }
    return [
        Shot(photo=one, words=STAGE_WORDS[taken[one.public_id]] if one.public_id in taken else REPORTED)
        for one in work.photos_of(ticket.subject)
    ]
