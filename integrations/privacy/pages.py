"""All that is known of somebody, as they read it and as a file; opened once from a link in the chat."""

import json
from datetime import timedelta

from sqlmodel import select

from bot.contract import Conversation, Download, Page, Refusal, View, Visit, page, personal
from integrations.privacy.models import Export

#: How long the file can be fetched once the page was opened.
FETCHED_WITHIN = timedelta(minutes=15)

USED = "这个链接已经打开过了，只能打开一次。要再看，在微信里说“导出我的信息”。"


@page("GET", "/privacy/{id}")
def ask(visit: Visit) -> View:
    """Ask before anything is shown: a link is looked at by more programs than people, and opens once."""
    made = _find(visit)
    if made.opened_at is not None:
        raise Refusal(USED)
    return View("privacy/ask.html", {"community": visit.community})


@page("POST", "/privacy/{id}")
def show(visit: Visit) -> View:
    """Show all, this once."""
    made = _find(visit, alone=True)
    if made.opened_at is not None:
        raise Refusal(USED)
    made.opened_at = visit.now
    visit.session.add(made)
    visit.record("privacy.exported")
    found = personal.everything(visit, _account(visit, made).openid)
    file = visit.link(f"/privacy/{made.code}/{made.file_key}", FETCHED_WITHIN)
    return View("privacy/show.html", {"found": found, "file": file, "community": visit.community, "at": visit.now})


@page("GET", "/privacy/{id}/{key}")
def fetch(visit: Visit) -> Download:
    """Give the same as a file."""
    made = _find(visit)
    if made.opened_at is None or made.file_key != visit.params["key"] or visit.now > made.opened_at + FETCHED_WITHIN:
        raise LookupError(made.code)
    found = personal.everything(visit, _account(visit, made).openid)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    return Download(body=text.encode(), content_type="application/json", filename=f"我的信息 {visit.now:%Y-%m-%d}.json")


def _find(visit: Visit, *, alone: bool = False) -> Export:
    query = select(Export).where(Export.code == visit.params["id"])
    made = visit.session.exec(query.with_for_update() if alone else query).first()
    if made is None:
        raise LookupError(visit.params["id"])
    return made


def _account(visit: Visit, made: Export) -> Conversation:
    talk = visit.session.exec(select(Conversation).where(Conversation.public_id == made.talk)).first()
    if talk is None:  # deleted since
        raise LookupError(made.talk)
    return talk


ROUTES: tuple[Page, ...] = (ask, show, fetch)
