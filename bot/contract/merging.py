"""Two rows of one person made one, and parted again: services hear who lives where by it, as when somebody moves by hand."""

from sqlmodel import Session

from bot.contract.work import Work
from bot.store import merging, people
from bot.store.merging import Merger
from bot.store.people import Residence, Resident


def merge(work: Work, stays: Resident, goes: Resident) -> Merger:
    """Let `goes` be `stays` from now on, as `store.merging.merge` does.

    That the one who goes lives nowhere is not recorded: their flats and what these gave them are the other's.
    """
    before = _current(work.session, stays)
    merger = merging.merge(work.session, stays, goes, work.now)
    for flat, lives in _current(work.session, stays).items():
        if flat not in before:
            work.record("resident.moved_in", stays.about, household=flat, evidence=lives.evidence)
    return merger


def part(work: Work, merger: Merger) -> None:
    """Take a merger back, as `store.merging.part` does; an account whose person is left without a flat is let go."""
    session = work.session
    stays, goes = session.get_one(Resident, merger.stays_id), session.get_one(Resident, merger.goes_id)
    before = _current(session, stays)
    merging.part(session, merger, work.now)
    for flat, lives in _current(session, goes).items():
        work.record("resident.moved_in", goes.about, household=flat, evidence=lives.evidence)
    after = _current(session, stays)
    for flat in before:
        if flat not in after:
            work.record("resident.moved_out", stays.about, household=flat)
    for one in (stays, goes):
        work.keep_back(one)
        if one.openid is not None and not people.homes(session, one):
            work.unbind(one, "moved_out")


def _current(session: Session, resident: Resident) -> dict[int, Residence]:
    now = {flat.key: lives for lives, flat in people.residences_of(session, resident) if lives.is_current}
    return {flat: now[flat] for flat in sorted(now)}
