"""The pages of the knowledge base: all questions, one of them, trying what a resident would be told."""

from collections.abc import Mapping

from bot.contract import Desk, Page, Redirect, Refusal, View, knowledge, page
from bot.contract.knowledge import Draft, Entry
from bot.contract.listpage import part
from bot.contract.sheets import AUDIENCE_WORDS, LONGEST, LONGEST_ANSWER, faults_of, others_of, read_day

VIEW, EDIT = "knowledge.view", "knowledge.edit"

#: What the list can be narrowed to, by what people call it.
FILTERS: Mapping[str, str] = {
    "live": "正在回答", "template": "待填写", "early": "还没开始", "expired": "已过期", "removed": "已删除",
}  # fmt: skip

#: Entries on one page, each with the beginning of its answer.
ROWS = 15

#: Longest text that is tried.
TRIED = 300


@page(
    "GET",
    "/knowledge",
    need=VIEW,
    title="知识库",
    nav="居民",
    badge=lambda desk: knowledge.count_expired(desk.session, knowledge.day_of(desk.now)),
)
def listed(desk: Desk) -> View:
    """List the questions, those that are told first."""
    return _list(desk)


@page("POST", "/knowledge/try", need=VIEW, reads=True)
def attempt(desk: Desk) -> View:
    """Show which entry a resident would be told; without script the whole page comes back."""
    return _list(desk, desk.form.get("text", "").strip()[:TRIED])


@page("GET", "/knowledge/new", need=EDIT, title="写一条")
def compose(desk: Desk) -> View:
    """Write an entry; question and answer may come from a talk."""
    given = {name: desk.query.get(name, "").strip() for name in ("question", "answer")}
    return _form(desk, None, given)


@page("GET", "/knowledge/{id}", need=VIEW, title="知识库")
def show(desk: Desk) -> View:
    """Show an entry, to be changed by whoever may."""
    entry = _find(desk)
    return _form(desk, entry, _as_form(Draft.of(entry)))


@page("POST", "/knowledge", need=EDIT)
def add(desk: Desk) -> Redirect | View:
    """Save a new entry."""
    return _save(desk, None)


@page("POST", "/knowledge/{id}", need=EDIT)
def change(desk: Desk) -> Redirect | View:
    """Save an entry that was there."""
    return _save(desk, _find(desk))


@page("POST", "/knowledge/{id}/remove", need=EDIT)
def remove(desk: Desk) -> Redirect:
    """Take an entry out; the page it leads to offers to take that back."""
    entry = _find(desk)
    knowledge.remove(desk.session, entry, desk.now)
    desk.record("knowledge.removed", entry.about)
    return Redirect(f"/console/knowledge?undo={entry.public_id}", f"“{entry.question}”删掉了，不再回答居民。")


@page("POST", "/knowledge/{id}/restore", need=EDIT)
def restore(desk: Desk) -> Redirect:
    """Take a removal back."""
    entry = _find(desk)
    if entry.removed_at is not None:
        _require_alone(desk, Draft.of(entry), entry)
        knowledge.restore(desk.session, entry)
        desk.record("knowledge.restored", entry.about)
    return Redirect(f"/console/knowledge/{entry.public_id}", "恢复了，和删除前一样。")


def _list(desk: Desk, tried: str | None = None) -> View:
    chosen, words = desk.query.get("show", ""), desk.query.get("q", "").strip()
    day = knowledge.day_of(desk.now)
    entries = knowledge.listed(desk.session)
    states = [(entry, state_of(desk, entry)) for entry in (*entries, *knowledge.listed(desk.session, removed=True))]
    counts = {name: sum(state == name for _, state in states) for name in FILTERS}
    rows = [
        (entry, state) for entry, state in states
        if (state == chosen if chosen in FILTERS else state != "removed") and _holds(entry, words)
    ]  # fmt: skip
    shown = part(
        rows,
        {name: said for name, said in (("show", chosen), ("q", words), ("page", desk.query.get("page", ""))) if said},
        "/knowledge",
        ROWS,
    )
    undo = knowledge.find(desk.session, desk.query.get("undo", ""))
    return View(
        "knowledge/list.html",
        {
            "rows": shown.rows, "found": shown, "counts": counts, "filters": FILTERS, "chosen": chosen, "q": words, "is_empty": not states, "day": day,
            "undo": undo if undo and undo.removed_at else None, "may_edit": desk.may(EDIT), "audiences": AUDIENCE_WORDS,
            "tried": tried, "answers": knowledge.try_out(desk, tried) if tried else [],
            "read_out": lambda entry: knowledge.say(desk, entry),
        },
    )  # fmt: skip


def state_of(desk: Desk, entry: Entry) -> str:
    """Return which of the FILTERS an entry belongs to."""
    day = knowledge.day_of(desk.now)
    if entry.removed_at is not None:
        return "removed"
    if not entry.is_ready:
        return "template"
    return "expired" if entry.is_expired(day) else "early" if entry.is_early(day) else "live"


def _holds(entry: Entry, words: str) -> bool:
    text = "\n".join((entry.question, *entry.others, entry.answer)).lower()
    return all(word in text for word in words.lower().split())


def _find(desk: Desk) -> Entry:
    entry = knowledge.find(desk.session, desk.params["id"])
    if entry is None:
        raise LookupError(desk.params["id"])
    return entry


def _save(desk: Desk, entry: Entry | None) -> Redirect | View:
    """Save what was written; what is wrong is told beside the form, and nothing typed is lost."""
    if entry is not None and entry.removed_at is not None:
        raise Refusal("这一条已经删掉了。请先恢复，再修改。")
    try:
        draft = _written(desk.form)
        _require_alone(desk, draft, entry)
    except Refusal as refusal:
        return _form(desk, entry, desk.form, str(refusal), 422)
    entry = knowledge.save(desk.session, draft, desk.now, desk.staff.login, entry)
    desk.record("knowledge.saved", entry.about, live=not entry.is_template)
    said = "存好了，还没有启用，居民问不到。" if entry.is_template else "已启用。居民这样问就会看到，可以在下面试一试。"
    return Redirect("/console/knowledge", f"“{entry.question}”{said}")


def _written(form: Mapping[str, str]) -> Draft:
    """Return the entry of a form; raises Refusal that says what to mend."""
    days = {name: form.get(name, "").strip() for name in ("valid_from", "valid_until")}
    if wrong := next((said for said in days.values() if said and read_day(said) is None), ""):
        raise Refusal(f"日期“{wrong}”写得不对，例如 2026-03-01。")
    audience = form.get("audience") or knowledge.Audience.EVERYONE
    if audience not in set(knowledge.Audience):
        raise Refusal("请选告诉谁。")
    draft = Draft(
        question=form.get("question", "").strip(), others=others_of(form.get("others", "")),
        answer=form.get("answer", "").replace("\r\n", "\n").strip(), valid_from=read_day(days["valid_from"]),
        valid_until=read_day(days["valid_until"]), audience=knowledge.Audience(audience),
        is_template="later" in form,
    )  # fmt: skip
    if fault := next(iter(faults_of(draft)), None):
        column, value, text = fault
        raise Refusal(f"{column}{f'“{value}”' if value else ''}{text}")
    return draft


def _require_alone(desk: Desk, draft: Draft, entry: Entry | None) -> None:
    """Raise Refusal where the same question has another answer at the same time."""
    for other in knowledge.listed(desk.session):
        if other is not entry and other.question == draft.question and draft.overlaps(Draft.of(other)):
            raise Refusal(f"“{draft.question}”已经有了。请改那一条，或者把两条的有效期错开。")


def _as_form(draft: Draft) -> Mapping[str, str]:
    return {
        "question": draft.question, "others": "\n".join(draft.others), "answer": draft.answer, "audience": draft.audience,
        "valid_from": draft.valid_from.isoformat() if draft.valid_from else "",
        "valid_until": draft.valid_until.isoformat() if draft.valid_until else "",
    }  # fmt: skip


def _form(desk: Desk, entry: Entry | None, form: Mapping[str, str], fault: str = "", status: int = 200) -> View:
    return View(
        "knowledge/entry.html",
        {
            "entry": entry, "state": FILTERS[state_of(desk, entry)] if entry else "", "form": form, "fault": fault,
            "may_edit": desk.may(EDIT), "audiences": AUDIENCE_WORDS, "longest": LONGEST, "longest_answer": LONGEST_ANSWER,
            "by": desk.who(f"staff:{entry.updated_by}") if entry and entry.updated_by else "",
        },
        status,
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (listed, attempt, compose, add, show, change, remove, restore)
