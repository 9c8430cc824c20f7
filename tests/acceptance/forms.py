"""The forms of a page as a browser without script has them: their fields, their buttons, and what pressing one sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.acceptance.test_who_gets_in import NOW

#: Kinds of fields into which words are written; of the others a browser makes what it shows.
WORDS = {"text", "search", "textarea"}


@dataclass(kw_only=True)
class Field:
    """A field, and what stands in it."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    attrs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_required(self) -> bool:
        return "required" in self.attrs

    @property
    def longest(self) -> int:
        return int(self.attrs.get("maxlength", "200"))

    def usual(self, words: Callable[[Field], str]) -> str | None:
        """Return what somebody leaves or puts there, None where a browser sends nothing."""
        if "disabled" in self.attrs or self.kind == "file":
            return None
        if self.kind in ("checkbox", "radio"):
            return (
                (self.value or "on")
                if "checked" in self.attrs or self.is_required or "data-tick" in self.attrs or self.name.startswith("scope ")
                else None
            )
        if self.kind == "select":
            is_picked = self.is_required or "." in self.name or self.name == "pick-0"
            return self.value or next((one for one in self.options if one or not is_picked), "")
        if self.kind in WORDS:
            return words(self)
        filled = {
            "date": str(NOW.date()), "datetime-local": f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M}" if self.is_required else "", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", "number": self.attrs.get("min", "1"),
            "tel": "13800001234", "time": {"begins": "16:00", "ends": "17:00"}.get(self.name, "09:00"), "password": "four plain words together",
        }  # fmt: skip
        return self.value or filled.get(self.kind, "")


@dataclass(kw_only=True)
class Button:
    """What sends a form."""

    name: str = ""
    value: str = ""
    action: str = ""
    kind: str = ""


@dataclass(kw_only=True)
class Form:
    """A form and where it is sent."""

    method: str
    action: str
    kind: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def sent(self, button: Button, words: Callable[[Field], str]) -> dict[str, str]:
        """Return what pressing a button sends."""
        said: dict[str, str] = {}
        for one in self.fields:
            value = one.usual(words)
            if value is not None and one.name and not (one.kind == "radio" and one.name in said and "checked" not in one.attrs):
                said[one.name] = value
        for one in self.fields:  # of several somebody picks one, though none is picked beforehand
            if one.kind == "radio" and "disabled" not in one.attrs:
                said.setdefault(one.name, one.value)
        return {**said, button.name: button.value} if button.name else said


class _Reader(HTMLParser):
    """Collects forms; a field may name its form by id, wherever it stands."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.elsewhere: list[tuple[str, Field | Button]] = []
        self.inside: Form | None = None
        self.selecting: Field | None = None
        self.writing: Field | None = None
        self.option: dict[str, str] = {"value": ""}

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in found}
        if tag == "form":
            action = urljoin(self.address, attrs.get("action") or self.address)
            self.inside = Form(method=attrs.get("method", "get").lower(), action=action, kind=attrs.get("enctype", ""))
            self.forms.append(self.inside)
            self.by_id[attrs.get("id", "")] = self.inside
        elif tag == "button" and attrs.get("type", "submit") == "submit":
            action = urljoin(self.address, attrs["formaction"]) if "formaction" in attrs else ""
            self._add(
                attrs,
                Button(
                    name=attrs.get("name", ""), value=attrs.get("value", ""), action=action, kind=attrs.get("formenctype", "")
                ),
            )
        elif tag == "input":
            kind = attrs.get("type", "text")
            self._add(attrs, Field(name=attrs.get("name", ""), kind=kind, value=attrs.get("value", ""), attrs=attrs))
        elif tag == "select":
            self.selecting = Field(name=attrs.get("name", ""), kind="select", attrs=attrs)
            self._add(attrs, self.selecting)
        elif tag == "option" and self.selecting is not None:
            self.option = attrs
            if "value" in attrs:
                self._offer(attrs["value"])
        elif tag == "textarea":
            self.writing = Field(name=attrs.get("name", ""), kind="textarea", attrs=attrs)
            self._add(attrs, self.writing)

    def _offer(self, value: str) -> None:
        """Take an option of the select at hand, by its value or, where it has none, by its words."""
        if self.selecting is not None:
            self.selecting.options.append(value)
            if "selected" in self.option:
                self.selecting.value = value
        self.option = {"value": value}

    def handle_data(self, data: str) -> None:
        if self.selecting is not None and "value" not in self.option:
            self._offer(data.strip())
        if self.writing is not None:
            self.writing.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.selecting = None
        elif tag == "textarea":
            self.writing = None

    def _add(self, attrs: Mapping[str, str], one: Field | Button) -> None:
        if "form" in attrs:
            self.elsewhere.append((attrs["form"], one))
        elif self.inside is not None:
            (self.inside.fields if isinstance(one, Field) else self.inside.buttons).append(one)  # type: ignore[arg-type]


def forms_of(address: str, html: str) -> Iterator[Form]:
    """Give the forms of a page."""
    reader = _Reader(address)
    reader.feed(html)
    for name, one in reader.elsewhere:
        form = reader.by_id[name]
        (form.fields if isinstance(one, Field) else form.buttons).append(one)  # type: ignore[arg-type]
    yield from reader.forms


def multipart(said: Mapping[str, str], field: str, name: str, content: bytes) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body by which a browser sends a form with a file."""
    edge = "linli-edge"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in said.items()
    ]
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")  # as browsers do
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{quoted}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()])
    return {"Content-Type": f"multipart/form-data; boundary={edge}"}, body


def path_of(action: str) -> str:
    """Return an address without what stands before its path."""
    parts = urlsplit(action)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
