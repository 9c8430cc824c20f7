"""What the resident sees: the loan, behind a link of the chat."""

from sqlmodel import select

from bot.contract import View, Visit, page
from integrations.tools.models import STATE_WORDS, Loan


@page("GET", "/tools/{number}")
def show(visit: Visit) -> View:
    """Show one loan and what happened to it."""
    loan = visit.session.exec(select(Loan).where(Loan.number == visit.params["number"])).first()
    if loan is None:
        raise LookupError(visit.params["number"])
    return View(
        "tools/loan.html",
        {
            "loan": loan, "state": STATE_WORDS[loan.state], "steps": visit.timeline(loan.subject),
            "photos": visit.photos_of(loan.subject), "community": visit.community,
        },
    )  # fmt: skip
