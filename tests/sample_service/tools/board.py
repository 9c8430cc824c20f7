"""The console page: who wants what, who has what."""

from datetime import timedelta

from sqlmodel import col, func, select

from bot.contract import Desk, Household, Page, Redirect, Refusal, Resident, View, Work, page
from integrations.tools import effects
from integrations.tools.models import STATE_WORDS, Loan, LoanState
from integrations.tools.settings import Settings


def _asked(desk: Desk) -> int:
    """Count what waits to be handed out: the number beside the page's name in the menu."""
    return desk.session.exec(select(func.count()).select_from(Loan).where(Loan.state == LoanState.ASKED)).one()


@page("GET", "/tools", need="tools.lend", title="借工具", nav="服务", badge=_asked)
def show(desk: Desk) -> View:
    """List what is asked for and what is lent, the oldest first."""
    rows = desk.session.exec(
        select(Loan, Resident, Household)
        .join(Resident, col(Resident.id) == col(Loan.resident_id))
        .join(Household, col(Household.id) == col(Resident.household_id))
        .where(col(Loan.state).in_([LoanState.ASKED, LoanState.LENT]))
        .order_by(col(Loan.id))
    ).all()
    return View("tools/loans.html", {"rows": rows, "words": STATE_WORDS})


@page("POST", "/tools/{number}/lend", need="tools.lend")
def lend(desk: Desk) -> Redirect:
    """Hand a tool out, tell the resident, and let the webhook of the settings hear of it after the commit."""
    loan, settings = _find(desk), desk.settings(Settings)
    if loan.state is not LoanState.ASKED:
        raise Refusal(f"{loan.tool}现在是“{STATE_WORDS[loan.state]}”，不能借出。请刷新页面。")
    loan.state, loan.due_on = LoanState.LENT, (desk.now + timedelta(days=settings.days)).date()
    desk.session.add(loan)
    desk.record("tool.lent", loan.subject, tool=loan.tool)
    desk.finish(loan.subject, "已借出")
    desk.tell(
        desk.session.get_one(Resident, loan.resident_id), "tool.ready", tool=loan.tool, url=desk.link(f"/tools/{loan.number}")
    )
    if settings.webhook:
        desk.perform(effects.announce, key=loan.number, subject=loan.subject, url=settings.webhook, tool=loan.tool)
    return Redirect("/console/tools", f"{loan.tool}已借出，已告诉住户。")


@page("POST", "/tools/{number}/back", need="tools.lend")
def back(desk: Desk) -> Redirect:
    """Take a tool back."""
    loan = _find(desk)
    bring_back(desk, loan)
    return Redirect("/console/tools", f"{loan.tool}已收回。")


def bring_back(work: Work, loan: Loan) -> None:
    """Note that a tool is back."""
    loan.state = LoanState.BACK
    work.session.add(loan)
    work.record("tool.back", loan.subject, tool=loan.tool)


def _find(desk: Desk) -> Loan:
    loan = desk.session.exec(select(Loan).where(Loan.number == desk.params["number"])).first()
    if loan is None:
        raise LookupError(desk.params["number"])
    return loan


ROUTES: tuple[Page, ...] = (show, lend, back)
