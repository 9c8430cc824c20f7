"""What was wrong in a form, said at its field: marked for who does not see it, and with the focus on it. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from bot.errors import Refusal
from bot.translation import Catalogue, tr

#: Marks the form that was refused, of several with the same fields.
REFUSED = " data-refused"

_FOCUS = re.compile(r"\sautofocus(?=[\s>])")

#: What is said of words whose form is gone.
KEPT = tr("您写的内容没有提交，还在这里，可以复制：")

#: Fields that hold nothing to be filled in again, or what no page may show.
_NOT_FILLED = {"hidden", "password", "file", "submit", "button", "image", "reset"}


def mark(page: str, refusal: Refusal, catalogue: Catalogue) -> str:
    """Return a page with a refusal said behind the field it is about, too; as it was where it is about none that stands there."""
    name = re.escape(escape(refusal.field))
    field = re.compile(rf'<(input|select|textarea)\b(?![^>]*\btype="hidden")[^>]*\bname="{name}"[^>]*>')
    found = field.search(page, max(page.find(REFUSED), 0)) if name else None
    if found is None:
        return page
    tag, end = found[0], found.end()
    if found[1] != "input":
        end = page.index(f"</{found[1]}>", end) + len(f"</{found[1]}>")
    key = f"fault-{escape(refusal.field)}"
    described = re.search(r'\saria-describedby="([^"]*)"', tag)
    other = f"{described[1]} " if described else ""
    plain = _FOCUS.sub("", tag.replace(described[0], "") if described else tag)
    marked = f'{plain[:-1]} aria-invalid="true" aria-describedby="{other}{key}" autofocus>'
    said = f'<span class="field-fault" id="{key}">{escape(catalogue.say(str(refusal)))}</span>'
    before, behind = _FOCUS.sub("", page[: found.start()]), _FOCUS.sub("", page[end:])
    return f"{before}{marked}{page[found.end() : end]}{said}{behind}"


def mark_in(page: str, path: str, refusal: Refusal, catalogue: Catalogue) -> str:
    """Return a page marked as `mark` does, in the form that was sent to `path` where several forms have a field of that name."""
    for one in _Reader(page).forms if refusal.field else ():
        start, end = one.inside
        if path in one.leads and (marked := mark(page[start:end], refusal, catalogue)) != page[start:end]:
            return f"{_FOCUS.sub('', page[:start])}{marked}{_FOCUS.sub('', page[end:])}"
    return mark(page, refusal, catalogue)


def put_back(page: str, path: str, form: Mapping[str, str], refusal: Refusal, catalogue: Catalogue) -> str | None:
    """Return the page on which a form stands that was sent to `path`, with what was written in it and why it was refused.

    Where the refusal is about a field of it, it is said there and above; else where the form begins. What is folded around it is open.
    None where no such form stands there: somebody else may have done meanwhile what it asks for.
    """
    sent = next((one for one in _Reader(page).forms if path in one.leads and one.holds(form)), None)
    if sent is None:
        return None
    start, end = sent.inside
    filled = _filled(page[start:end], sent, form)
    marked = mark(filled, refusal, catalogue)
    said = _said(refusal, catalogue)
    before, behind = _FOCUS.sub("", page[:start]), _FOCUS.sub("", page[end:])
    for at in sorted(sent.folds, reverse=True):
        before = f"{before[:at]}<details open{before[at + len('<details') :]}"
    if marked is filled:
        return f"{before}{said}{filled}{behind}"
    return _above(before, said) + marked + behind


def put_above(page: str, refusal: Refusal, written: Iterable[str], catalogue: Catalogue) -> str:
    """Return the page on which a form stood that is gone by now, with why it was refused and the words that were written in it."""
    words = "".join(f'<blockquote class="written">{escape(one)}</blockquote>' for one in written)
    kept = f"<p>{escape(catalogue.say(KEPT))}</p>{words}" if words else ""
    return _above(page, f"{_said(refusal, catalogue)}{kept}")


def _said(refusal: Refusal, catalogue: Catalogue) -> str:
    return f'<div class="alert alert-danger" role="alert">{escape(catalogue.say(str(refusal)))}</div>'


def _above(page: str, said: str) -> str:
    """Return a page with something said under its title."""
    before, title, behind = page.partition("</h1>")
    return f"{before}{title}{said if title else ''}{behind}"


@dataclass
class _Form:
    leads: set[str]
    folds: tuple[int, ...]  # where the foldings around it begin, of those that are shut
    inside: tuple[int, int] = (0, 0)
    hidden: dict[str, str] = field(default_factory=dict)
    fields: list[tuple[str, Mapping[str, str], int, int]] = field(
        default_factory=list
    )  # tag, attributes, where it begins and ends

    def holds(self, form: Mapping[str, str]) -> bool:
        """Tell whether it is the form that was sent, of several that lead to the same address."""
        return all(form.get(name, value) == value for name, value in self.hidden.items() if name != "once")


class _Reader(HTMLParser):
    """Finds the forms of a page, and where they stand in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.folds: list[tuple[int, bool]] = []
        self.open: _Form | None = None
        self.begins = [0]
        for line in page.split("\n"):
            self.begins.append(self.begins[-1] + len(line) + 1)
        self.feed(page)

    @property
    def at(self) -> int:
        """Where in the page it reads."""
        line, column = self.getpos()
        return self.begins[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, what stands in it, and what is folded around it."""
        told = {name: value or "" for name, value in attrs}
        if tag == "details":
            self.folds.append((self.at, "open" in told))
        elif tag == "form":
            shut = tuple(at for at, is_open in self.folds if not is_open)
            after = self.at + len(self.get_starttag_text() or "")
            to = {urlsplit(told.get("action", "")).path} if told.get("method", "").lower() == "post" else set[str]()
            self.open = _Form(leads=to, folds=shut, inside=(after, after))
        elif self.open is None:
            return
        elif tag == "input" and told.get("type") == "hidden":
            self.open.hidden[told.get("name", "")] = told.get("value", "")
        elif tag in ("input", "select", "textarea"):
            at = self.at - self.open.inside[0]
            self.open.fields.append((tag, told, at, at + len(self.get_starttag_text() or "")))
        if self.open is not None and told.get("formaction"):
            self.open.leads.add(urlsplit(told["formaction"]).path)

    def handle_endtag(self, tag: str) -> None:
        """Note where a form or a folding ends."""
        if tag == "details" and self.folds:
            self.folds.pop()
        elif tag == "form" and self.open is not None:
            self.open.inside = (self.open.inside[0], self.at)
            self.forms.append(self.open)
            self.open = None


def _filled(inside: str, sent: _Form, form: Mapping[str, str]) -> str:
    """Return what stands in a form with what was written in its fields."""
    pieces, done = [], 0
    for tag, told, at, end in sent.fields:
        name, kind = told.get("name", ""), told.get("type", "text")
        if not name or (tag == "input" and kind in _NOT_FILLED):
            continue
        begun, written = inside[at:end], form.get(name, "")
        if tag == "input" and kind in ("checkbox", "radio"):
            is_on = name in form and written == (told.get("value") or "on")
            new = _with(begun, "checked", is_set=is_on)
        elif tag == "input":
            new = _with(begun, "value", escape(written) if name in form else None, is_set=name in form)
        else:
            end = inside.index(f"</{tag}>", end)
            held = inside[at + len(begun) : end]
            new = begun + (held if name not in form else "\n" + escape(written) if tag == "textarea" else _chosen(held, written))
        pieces += [inside[done:at], new]
        done = end
    return "".join((*pieces, inside[done:]))


def _with(tag: str, name: str, value: str | None = None, *, is_set: bool) -> str:
    """Return a tag with an attribute, or without it."""
    if name == "value" and not is_set:
        return tag
    bare = re.sub(rf'\s{name}(?:="[^"]*")?(?=[\s/>])', "", tag)
    said = f" {name}" if value is None else f' {name}="{value}"'
    return f"{bare[:-1].rstrip('/').rstrip()}{said}>" if is_set else bare


def _chosen(options: str, value: str) -> str:
    """Return the options of a select with the chosen one chosen."""

    def choose(found: re.Match[str]) -> str:
        tag = re.sub(r"\sselected(?=[\s>])", "", found[0])
        said = re.search(r'\svalue="([^"]*)"', tag)
        return f"{tag[:-1].rstrip()} selected>" if said is not None and said[1] == escape(value) else tag

    return re.sub(r"<option\b[^>]*>", choose, options)
