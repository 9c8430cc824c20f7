"""The notice's own page, behind the sealed link of one delivery: read in any browser, without a script, acknowledged by a button."""

from bot.contract import (
    Delivery,
    Download,
    Notice,
    NoticeState,
    Page,
    Redirect,
    Refusal,
    Resident,
    View,
    Visit,
    Work,
    is_unreadable,
    notices,
    page,
    receipts,
    row_id,
    tr,
)
from integrations.notices import letter

#: The path; each resident's delivery has a seal of its own, so that it is known who opened it.
PATH = "/notices/{delivery}"


@page("GET", PATH)
def show(visit: Visit) -> View:
    """Show the whole notice, and note that it was opened."""
    told, notice = _find(visit)
    visit.then(lambda work: receipts.opened(work.session, told.id or 0, work.now))
    # By their paths alone: a page that was opened under another of our hosts shows no pictures of this one.
    pictures = [
        visit.link(f"/notices/{told.id}/pictures/{one}").removeprefix(visit.context.base_url)
        for one in notices.pictures(visit.session, notice)
    ]
    later = notices.version_of(visit.session, notice)
    theirs = receipts.theirs(visit.session, later, told.resident_id) if later else None
    said = letter.of(
        notice, visit.community, told.occurrence or visit.now, pictures, later=later, values=values_of(visit, told), now=visit.now,
        later_url=visit.link(PATH.format(delivery=theirs.id)) if theirs and theirs.openid else "",
    )  # fmt: skip
    return View("notices/page.html", {"letter": said, "told": told, "community": visit.community})


@page("POST", PATH)
def acknowledge(visit: Visit) -> Redirect:
    """Note that the resident has it; the first time counts."""
    told, notice = _find(visit)
    if not notice.asks:
        raise Refusal(tr("这条通知不用确认，看过就好。"))
    if notice.state is NoticeState.RECALLED and not notice.rule:
        raise Refusal(tr("这条通知已经撤回，不用确认了。"))
    receipts.acknowledge(visit.session, told.id or 0, "button", visit.now)
    return Redirect(visit.link(PATH.format(delivery=told.id)))


@page("GET", f"{PATH}/pictures/{{number}}")
def picture(visit: Visit) -> Download:
    """Give one picture of the notice."""
    _, notice = _find(visit)
    found = notices.picture(visit.session, notice, row_id(visit.params["number"]) or 0)
    if found is None:
        raise LookupError(visit.params["number"])
    return Download(body=found, content_type="image/jpeg")


def values_of(work: Work, told: Delivery) -> dict[str, str]:
    """Return what the reader of a delivery finds in the places of the variables: as it was told, else as they are known by now."""
    kept = told.payload.get("told") if not is_unreadable(told.payload) else None
    if kept:
        return {str(name): str(value) for name, value in kept.items()}
    reader = work.session.get(Resident, told.resident_id) if told.resident_id else None
    flat = work.household(reader).label if reader else ""
    return notices.values_of_variables(reader.name if reader else "", flat, told.occurrence or work.now)


def _find(visit: Visit) -> tuple[Delivery, Notice]:
    found = receipts.delivery(visit.session, row_id(visit.params["delivery"]) or 0)
    if found is None:
        raise LookupError(visit.params["delivery"])
    return found


ROUTES: tuple[Page, ...] = (show, acknowledge, picture)
