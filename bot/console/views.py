"""Turning what a page returns into what a browser gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web
from jinja2 import FileSystemLoader as Folder
from jinja2 import PackageLoader, PrefixLoader, StrictUndefined, select_autoescape

from bot.config import shipped
from bot.console import faults, languages
from bot.console.translating import TranslatedEnvironment
from bot.contract import Download, Integration, Redirect, Refusal, View, is_unreadable
from bot.language.addresses import label_of
from bot.language.kinds.phone import veiled
from bot.model import SHANGHAI
from bot.posted import with_keys
from bot.translation import SOURCE, WHEN, Moment, stored
from bot.wechat import links

#: A note for the next page lives this many seconds.
NOTE_LIVES = 30

WEEKDAYS = "一二三四五六日"


class Templates:
    """The templates by language: console/…, pages/… and each integration's under its own name; each is compiled once in a process."""

    def __init__(self, integrations: Sequence[Integration]) -> None:
        self._folders = tuple((one.name, one.folder) for one in integrations)

    def __getitem__(self, language: str) -> TranslatedEnvironment:
        return _environment(language, self._folders)


@cache
def _environment(language: str, folders: tuple[tuple[str, Path], ...]) -> TranslatedEnvironment:
    loaders: dict[str, Any] = {
        "console": PackageLoader("bot.console"), "pages": PackageLoader("bot.pages"), "demo": Folder(shipped("data") / "demo"),
    }  # fmt: skip
    found = TranslatedEnvironment(
        loader=PrefixLoader({**loaders, **{name: Folder(folder / "templates") for name, folder in folders}}), autoescape=select_autoescape(default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters["when"] = when
    found.filters["pieces"] = links.pieces
    found.globals["asset"] = asset
    found.globals["label_of"] = label_of
    found.globals["languages"], found.globals["tag"] = languages.LANGUAGES, languages.TAGS[language]
    found.globals["language"], found.globals["stored"] = language, stored
    if language != SOURCE:
        found.speak(languages.catalogue(language, tuple(folder for _, folder in folders)))
        found.globals["scripts_say"] = languages.for_scripts(found.catalogue)
    return found


def when(moment: datetime | None) -> str:
    """Return 3月12日（周四）15:00, in Asia/Shanghai; nothing for nothing."""
    if moment is None:
        return ""
    local = moment.astimezone(SHANGHAI)
    return Moment.of(f"{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}）{local:%H:%M}", local, WHEN)


@dataclass(frozen=True)
class Phone:
    """A resident's number in a template: to tap, or for who needs none as much of it as tells that it is the same."""

    number: str
    is_whole: bool

    def __html__(self) -> str:
        if is_unreadable(self.number):
            return escape(self.number)
        if not self.is_whole:
            return escape(veiled(self.number))
        return f'<a href="tel:{escape(self.number)}">{escape(self.number)}</a>'


@cache
def asset(path: str) -> str:
    """Return the address of a static file with its time of change, so that browsers may keep it for ever."""
    file = Path(__file__).parent / "static" / path
    return f"/static/{path}?v={int(file.stat().st_mtime):x}"


def respond(result: View | Redirect | Download, templates: Templates, shared: Mapping[str, Any]) -> web.Response:
    """Return the response for what a page returned, in the language of who asked."""
    spoken = templates[shared.get("language", SOURCE)]
    if isinstance(result, Redirect):
        response = web.Response(status=303, headers={"Location": result.to})
        if result.note:
            name = shared["note_cookie"]
            strict = name.startswith("__Host-")
            response.set_cookie(
                name, quote(spoken.catalogue.say(result.note)), max_age=NOTE_LIVES, httponly=True, secure=strict, samesite="Lax"
            )
        return response
    if isinstance(result, Download):
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(result.filename)}"} if result.filename else {}
        return web.Response(body=result.body, content_type=result.content_type, headers=headers)
    text = rendered(result, templates, shared)
    if isinstance(refusal := result.values.get("refusal"), Refusal):
        text = faults.mark_in(text, shared.get("path", ""), refusal, spoken.catalogue)
    response = web.Response(text=text, content_type="text/html", status=result.status)
    if shared.get("note"):
        response.del_cookie(shared["note_cookie"], secure=shared["note_cookie"].startswith("__Host-"))
    return response


def rendered(view: View, templates: Templates, shared: Mapping[str, Any]) -> str:
    """Return a page as it is sent, in the language of who asked."""
    return with_keys(templates[shared.get("language", SOURCE)].get_template(view.template).render({**shared, **view.values}))


def note_of(cookie: str) -> str:
    """Return the note that the page before left, as its cookie holds it."""
    return readable(unquote(cookie))[:200]


def readable(text: str) -> str:
    """Return a header's text with signs that can be kept and shown: what is no UTF-8 becomes question marks."""
    return text.encode(errors="replace").decode()
