"""Phone numbers: masked until somebody who may asks, and that is written down."""

from bot.contract import Desk, Page, View, is_unreadable, page, roster, veiled_phone


def masked(phone: str) -> str:
    """Return a number of which only the ends can be read: 138****8000; what cannot be opened says so."""
    return phone if is_unreadable(phone) or not phone else veiled_phone(phone)


@page("POST", "/people/{key}/phone", need="phone.view")
def show(desk: Desk) -> View:
    """Show the whole number of somebody, the fragment beside their name."""
    resident = roster.by_public_id(desk.session, desk.params["key"])
    if resident is None:
        raise LookupError(desk.params["key"])
    desk.record("resident.phone_seen", resident.about)
    return View("residents/phone.html", {"one": resident})


ROUTES: tuple[Page, ...] = (show,)
