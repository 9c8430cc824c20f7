"""What was wrong in a form, said at its field: marked for who does not see it, and with the focus on it. Pure."""

import re
from html import escape

from bot.errors import Refusal
from bot.translation import Catalogue

#: Marks the form that was refused, of several with the same fields.
REFUSED = " data-refused"

_FOCUS = re.compile(r"\sautofocus(?=[\s>])")


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
