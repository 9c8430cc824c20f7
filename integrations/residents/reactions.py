"""What people are told when their account ends with their last flat, or comes back: moved by hand, by a roster, or parted from another."""

from bot.contract import Happening, Household, Resident, Work, on, roster

#: What is told of an end, by its reason.
_ENDS = {"moved_out": "household.unbound", "unknown_there": "household.blocked"}


def tell_of_end(work: Work, happening: Happening) -> None:
    """Tell whoever is let go since they moved out, or into a flat that does not know the account; who asked for it, or was stopped, hears
    of it where that is done.
    """
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    message = _ENDS.get(happening.data.get("reason", ""))
    if resident is None or message is None:
        return
    ended = roster.binding_that_ended(work.session, resident, work.now)
    if ended is not None:
        work.tell(ended.openid, message, flat=_lost(work, resident, ended.openid).label)


def _lost(work: Work, resident: Resident, openid: str) -> Household:
    """Return the flat that an account spoke for until now, as far as it may know: never one that does not know it, while there is another."""
    against = roster.flats_against(work.session, openid)
    spoken = work.session.get_one(Household, resident.household_id)
    lived = [spoken, *(flat for _, flat in roster.residences_of(work.session, resident))]
    return next((flat for flat in lived if flat.id not in against), spoken)


def tell_of_return(work: Work, happening: Happening) -> None:
    """Tell whoever is bound again, since what ended it was taken back."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is not None and happening.data.get("reason") == "undone":
        flat = work.session.get_one(Household, happening.data["household"])
        work.tell(resident, "household.bound_again", flat=flat.label)


ALL = (on("resident.unbound", "reason")(tell_of_end), on("resident.bound", "household reason")(tell_of_return))
