"""What people are told when their account ends with their last flat, or comes back: moved by hand, by a roster, or parted from another."""

from bot.contract import Happening, Household, Work, on, roster


def tell_of_end(work: Work, happening: Happening) -> None:
    """Tell whoever is let go since they moved out; who asked for it, or was stopped, hears of it where that is done."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is None or happening.data.get("reason") != "moved_out":
        return
    ended = roster.binding_that_ended(work.session, resident, work.now)
    if ended is not None:
        flat = work.session.get_one(Household, resident.household_id)
        work.tell(ended.openid, "household.unbound", flat=flat.label)


def tell_of_return(work: Work, happening: Happening) -> None:
    """Tell whoever is bound again, since what ended it was taken back."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is not None and happening.data.get("reason") == "undone":
        flat = work.session.get_one(Household, happening.data["household"])
        work.tell(resident, "household.bound_again", flat=flat.label)


ALL = (on("resident.unbound", "reason")(tell_of_end), on("resident.bound", "household reason")(tell_of_return))
