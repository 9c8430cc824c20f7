"""The pages of the knowledge base: all questions, one of them, trying what a resident would be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Case, ColumnElement, case
from sqlmodel import col, func, select

from bot.contract import (
    Act,
    Cell,
    Choice,
    Column,
    Desk,
    Listing,
    Page,
    Redirect,
    Refusal,
    View,
    bulk,
    knowledge,
    page,
    shortened,
    stored,
    tr,
    tr_all,
)
from bot.contract.knowledge import Draft, Entry
from bot.contract.listpage import view
from bot.contract.sheets import AUDIENCE_WORDS, COLUMNS, LONGEST, LONGEST_ANSWER, cells_of, faults_of, others_of, read_day

VIEW, EDIT = "knowledge.view", "knowledge.edit"

#: The fields of the form, by the columns of a table that say the same.
FIELDS: Mapping[str, str] = {
    "问题": "question",
    "其他问法": "others",
    "答案": "answer",
    "开始": "valid_from",
    "结束": "valid_until",
}

#: What the list can be narrowed to, by what people call it.
FILTERS: Mapping[str, str] = {
    "live": tr("正在回答"), "template": tr("待填写"), "early": tr("还没开始"), "expired": tr("已过期"), "removed": tr("已删除"),
}  # fmt: skip

TONES: Mapping[str, str] = {"live": "green", "template": "yellow", "expired": "red"}

#: The usual narrowing: all but what was removed.
HERE = "here"

#: Longest text that is tried.
TRIED = 300


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry, and which of the FILTERS it belongs to."""

    entry: Entry
    state: str


@page("POST", "/knowledge/try", need=VIEW, reads=True)
def attempt(desk: Desk) -> View:
    """Show which entry a resident would be told; without script the whole page comes back."""
    tried = desk.form.get("text", "").strip()[:TRIED]
    shown = view(desk, LIST, desk.query)
    return View(shown.template, {**shown.values, "tried": tried, "answers": knowledge.try_out(desk, tried) if tried else []})


@page("GET", "/knowledge/new", need=EDIT, title=tr("写一条"))
def compose(desk: Desk) -> View:
    """Write an entry; question and answer may come from a talk."""
    given = {name: desk.query.get(name, "").strip() for name in ("question", "answer")}
    return _form(desk, None, given)


@page("GET", "/knowledge/{id}", need=VIEW, title=tr("知识库"))
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
    if entry.removed_at is not None:
        raise Refusal(tr("同事已经删掉了这一条。"))
    bulk.run(desk, LIST, REMOVE, [entry.public_id], {})
    return Redirect("/console/knowledge", tr("“{question}”删掉了，不再回答居民。", question=entry.question))


@page("POST", "/knowledge/{id}/restore", need=EDIT)
def restore(desk: Desk) -> Redirect:
    """Take a removal back."""
    entry = _find(desk)
    _restore(desk, entry, {})
    return Redirect(f"/console/knowledge/{entry.public_id}", tr("恢复了，和删除前一样。"))


def state_of(desk: Desk, entry: Entry) -> str:
    """Return which of the FILTERS an entry belongs to."""
    return desk.session.exec(select(_state(desk)).where(Entry.id == entry.id)).one()


# ------------------------------------------------------------------ the list


def _state(desk: Desk) -> Case[str]:
    """Return which of the FILTERS entries belong to, as the database says it; `Entry` says the same of one at hand."""
    day = knowledge.day_of(desk.now)
    return case(
        (col(Entry.removed_at).is_not(None), "removed"),
        (col(Entry.is_template) | col(Entry.answer).contains(knowledge.TO_FILL, autoescape=True), "template"),
        (col(Entry.valid_until) < day, "expired"),
        (col(Entry.valid_from) > day, "early"),
        else_="live",
    )


def _counts(desk: Desk) -> Mapping[str, int]:
    state = _state(desk).label("state")
    return dict(desk.session.exec(select(state, func.count()).select_from(Entry).group_by(state)).all())


def _states(desk: Desk) -> Mapping[str, str]:
    counts = _counts(desk)
    return {HERE: tr("没有删除的"), **{name: tr_all(" ", (words, str(counts.get(name, 0)))) for name, words in FILTERS.items()}}


def _stands(desk: Desk, state: str) -> ColumnElement[bool]:
    return col(Entry.removed_at).is_(None) if state == HERE else _state(desk) == state


def _find_by(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return what a word may mean: a part of the question, of another way to ask it or of the answer."""
    others = desk.session.exec(select(Entry.id, Entry.others)).all()  # kept as JSON, in which no database finds Chinese
    asked = [key for key, ways in others if any(word.lower() in way.lower() for way in ways)]
    return [
        *(col(column).icontains(word, autoescape=True) for column in (Entry.question, Entry.answer)),
        col(Entry.id).in_(asked),
    ]


def _question(_desk: Desk, row: Row) -> Cell:
    return Cell(
        words=row.entry.question, small=tr("{others} 种其他问法", others=len(row.entry.others)) if row.entry.others else ""
    )


def _stand(_desk: Desk, row: Row) -> list[str | Cell]:
    until = row.entry.valid_until
    said: list[str | Cell] = [Cell(words=FILTERS[row.state], tone=TONES.get(row.state, "secondary"))]
    if until:
        said.append(tr("到 {month}月{day}日", month=until.month, day=until.day))
    if row.entry.audience is knowledge.Audience.BOUND:
        said.append(Cell(words=AUDIENCE_WORDS[row.entry.audience], tone="blue"))
    return said


def _load(desk: Desk, rows: Sequence[Entry]) -> list[Row]:
    states = select(Entry.id, _state(desk)).where(col(Entry.id).in_([entry.id for entry in rows]))
    known = dict(desk.session.exec(states).all())
    return [Row(entry=entry, state=known[entry.id]) for entry in rows]


def _around(desk: Desk, _rows: Sequence[Row]) -> Mapping[str, Any]:
    return {
        "tried": None, "answers": [], "is_empty": not _counts(desk), "may_edit": desk.may(EDIT),
        "read_out": lambda entry: knowledge.say(desk, entry),
    }  # fmt: skip


def _cut_out(desk: Desk, entry: Entry, _answers: Mapping[str, str]) -> None:
    if entry.removed_at is None:
        knowledge.remove(desk.session, entry, desk.now)
        desk.record("knowledge.removed", entry.about)


def _restore(desk: Desk, entry: Entry, _answers: Mapping[str, str]) -> None:
    if entry.removed_at is not None:
        _require_alone(desk, Draft.of(entry), entry)
        knowledge.restore(desk.session, entry)
        desk.record("knowledge.restored", entry.about)


def _put_back(desk: Desk, entry: Entry) -> None:
    """Let the change be learned: whoever has read the entries knows by their revisions that there was one."""
    if entry.removed_at is not None:
        knowledge.remove(desk.session, entry, entry.removed_at)
        desk.record("knowledge.removed", entry.about)
    else:
        knowledge.restore(desk.session, entry)
        desk.record("knowledge.restored", entry.about)


def _filed(name: str) -> Column:
    """Return a column of the file, as `sheets.read` takes it over again."""
    return Column(name=name, title=name, says=lambda desk, row: cells_of(row.entry)[name], is_filed_only=True)


REMOVE = Act(
    name="remove", title=tr("删除，不再回答"), need=EDIT, run=_cut_out, keeps=("removed_at",), put_back=_put_back, is_grave=True
)
RESTORE = Act(name="restore", title=tr("恢复"), need=EDIT, run=_restore, keeps=("removed_at",), put_back=_put_back)

LIST = Listing(
    name="knowledge",
    title=tr("知识库"),
    path="/knowledge",
    need=VIEW,
    nav=tr("居民"),
    badge=lambda desk: knowledge.count_expired(desk.session, knowledge.day_of(desk.now)),
    unit=tr("条"),
    table=Entry,
    key=lambda row: str(row.entry.public_id),
    key_column=Entry.public_id,
    order="ready",
    columns=(
        Column(name="question", title=tr("问题"), says=_question, sort=(Entry.question,), is_shown_only=True),
        Column(
            name="answer", title=tr("答案"), says=lambda desk, row: shortened(row.entry.answer, 60), is_shown_only=True,
        ),
        Column(name="ready", title=tr("状态"), says=_stand, sort=(Entry.is_template,), is_shown_only=True),
        Column(name="updated", title=tr("更新"), says=lambda desk, row: row.entry.updated_at, sort=(Entry.updated_at,), is_shown_only=True),
        *map(_filed, COLUMNS),
    ),
    filters=(Choice(name="show", title=tr("状态"), options=_states, fits=_stands, usual=HERE),),
    find=_find_by,
    finds=tr("问题、其他问法和答案里的字"),
    load=_load,
    to=lambda row: f"/knowledge/{row.entry.public_id}",
    called=lambda entry: f"“{entry.question}”",
    acts=(REMOVE, RESTORE),
    template="knowledge/list.html",
    around=_around,
    file_need=VIEW,
    size=15,
)  # fmt: skip


def _find(desk: Desk) -> Entry:
    entry = knowledge.find(desk.session, desk.params["id"])
    if entry is None:
        raise LookupError(desk.params["id"])
    return entry


def _save(desk: Desk, entry: Entry | None) -> Redirect | View:
    """Save what was written; what is wrong is told beside the form, and nothing typed is lost."""
    if entry is not None and entry.removed_at is not None:
        raise Refusal(tr("这一条已经删掉了。请先恢复，再修改。"))
    try:
        draft = _written(desk.form)
        _require_alone(desk, draft, entry)
    except Refusal as refusal:
        return _form(desk, entry, desk.form, refusal, 422)
    entry = knowledge.save(desk.session, draft, desk.now, desk.staff.login, entry)
    desk.record("knowledge.saved", entry.about, live=not entry.is_template)
    said = tr("存好了，还没有启用，居民问不到。") if entry.is_template else tr("已启用。居民这样问就会看到，可以在下面试一试。")
    return Redirect("/console/knowledge", tr("“{question}”{said}", question=entry.question, said=said))


def _written(form: Mapping[str, str]) -> Draft:
    """Return the entry of a form; raises Refusal that says what to mend."""
    days = {name: form.get(name, "").strip() for name in ("valid_from", "valid_until")}
    if wrong := next((said for said in days.values() if said and read_day(said) is None), ""):
        raise Refusal(
            tr("日期“{wrong}”写得不对，例如 2026-03-01。", wrong=wrong),
            field=next(name for name, said in days.items() if said == wrong),
        )
    audience = form.get("audience") or knowledge.Audience.EVERYONE
    if audience not in set(knowledge.Audience):
        raise Refusal(tr("请选告诉谁。"), field="audience")
    draft = Draft(
        question=form.get("question", "").strip(), others=others_of(form.get("others", "")),
        answer=form.get("answer", "").replace("\r\n", "\n").strip(), valid_from=read_day(days["valid_from"]),
        valid_until=read_day(days["valid_until"]), audience=knowledge.Audience(audience),
        is_template="later" in form,
    )  # fmt: skip
    if fault := next(iter(faults_of(draft)), None):
        column, value, text = fault
        raise Refusal(
            tr("{column}“{value}”{text}", column=stored(column), value=value, text=text)
            if value
            else tr_all("", (stored(column), text)),
            field=FIELDS.get(column, ""),
        )
    return draft


def _require_alone(desk: Desk, draft: Draft, entry: Entry | None) -> None:
    """Raise Refusal where the same question has another answer at the same time."""
    for other in knowledge.listed(desk.session):
        if other is not entry and other.question == draft.question and draft.overlaps(Draft.of(other)):
            raise Refusal(
                tr("“{question}”已经有了。请改那一条，或者把两条的有效期错开。", question=draft.question), field="question"
            )


def _as_form(draft: Draft) -> Mapping[str, str]:
    return {
        "question": draft.question, "others": "\n".join(draft.others), "answer": draft.answer, "audience": draft.audience,
        "valid_from": draft.valid_from.isoformat() if draft.valid_from else "",
        "valid_until": draft.valid_until.isoformat() if draft.valid_until else "",
    }  # fmt: skip


def _form(desk: Desk, entry: Entry | None, form: Mapping[str, str], fault: Refusal | None = None, status: int = 200) -> View:
    return View(
        "knowledge/entry.html",
        {
            "entry": entry, "state": FILTERS[state_of(desk, entry)] if entry else "", "form": form, "fault": str(fault or ""), "refusal": fault,
            "may_edit": desk.may(EDIT), "audiences": AUDIENCE_WORDS, "longest": LONGEST, "longest_answer": LONGEST_ANSWER,
            "by": desk.who(f"staff:{entry.updated_by}") if entry and entry.updated_by else "",
        },
        status,
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (attempt, compose, add, show, change, remove, restore)
