"""Taking over and giving out all entries at once, as a table or as Markdown; and the templates that ship."""

from collections.abc import Sequence

from bot.contract import Desk, Download, Page, Redirect, Refusal, View, knowledge, page, tr
from bot.contract.knowledge import Draft, Entry
from bot.contract.sheets import COLUMNS, Sheet, read, write_markdown
from integrations.knowledge.console import EDIT, VIEW

#: Faults shown at once; whoever mends these sees the next.
SHOWN = 20


@page("GET", "/knowledge/export.md", need=VIEW, title=tr("知识库（Markdown）"))
def as_markdown(desk: Desk) -> Download:
    """Give all entries as Markdown."""
    body = write_markdown(knowledge.listed(desk.session)).encode()
    return Download(body=body, content_type="text/markdown", filename=tr("知识库.md"))


@page("GET", "/knowledge/import", need=EDIT, title=tr("导入"))
def ask(desk: Desk) -> View:
    """Ask for a table or Markdown."""
    return View("knowledge/import.html", {"text": "", "sheet": None, "columns": COLUMNS, "new": 0, "changed": 0, "shown": SHOWN})


@page("POST", "/knowledge/import/look", need=EDIT, title=tr("导入"), reads=True, form="/knowledge/import")
def look(desk: Desk) -> View:
    """Show what would be taken over, or what is wrong."""
    return _preview(desk, desk.form.get("text", ""))


@page("POST", "/knowledge/import", need=EDIT, title=tr("导入"))
def take_over(desk: Desk) -> Redirect | View:
    """Take all over, or nothing where anything is wrong."""
    sheet = read(desk.form.get("text", ""))
    if sheet.faults:
        return _preview(desk, desk.form.get("text", ""), 422)
    pairs = _changes(desk, sheet)
    for draft, entry in pairs:
        knowledge.save(desk.session, draft, desk.now, desk.staff.login, entry)
    new = sum(entry is None for _, entry in pairs)
    desk.record("knowledge.imported", new=new, changed=len(pairs) - new)
    return Redirect("/console/knowledge", tr("导入好了：新增 {new} 条，修改 {pairs} 条。", new=new, pairs=len(pairs) - new))


@page("POST", "/knowledge/templates", need=EDIT)
def plant(desk: Desk) -> Redirect:
    """Add the templates that ship, for each question there is no entry of."""
    new = knowledge.plant(desk)
    if not new:
        raise Refusal(tr("模板里的问题都已经有了。"))
    desk.record("knowledge.planted", new=new)
    return Redirect(
        "/console/knowledge?show=template", tr("放入了 {new} 条模板。填好一条，启用一条；没填的不会告诉居民。", new=new)
    )


def _preview(desk: Desk, text: str, status: int = 200) -> View:
    sheet = read(text)
    pairs = _changes(desk, sheet)
    new = sum(entry is None for _, entry in pairs)
    values = {"text": text, "sheet": sheet, "columns": COLUMNS, "new": new, "changed": len(pairs) - new, "shown": SHOWN}
    return View("knowledge/import.html", values, status)


def _changes(desk: Desk, sheet: Sheet) -> Sequence[tuple[Draft, Entry | None]]:
    """Return what differs from what is there: the entry as it is to be, and as it stands; None where it is new."""
    here = knowledge.listed(desk.session)
    found = [(draft, _meant(draft, [entry for entry in here if entry.question == draft.question])) for draft in sheet.drafts]
    return [(draft, entry) for draft, entry in found if entry is None or Draft.of(entry) != draft]


def _meant(draft: Draft, same: Sequence[Entry]) -> Entry | None:
    """Return which entry of the same question a draft is for: that of its time, last year's fees staying what they were."""
    return next((entry for entry in same if draft.overlaps(Draft.of(entry))), None)


ROUTES: tuple[Page, ...] = (as_markdown, ask, look, take_over, plant)
