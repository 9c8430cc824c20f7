"""The languages of the console: which there are, what each says, and which one somebody reads."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

from aiohttp import web

from bot import pofile
from bot.console import cookies
from bot.contract import Staff
from bot.translation import CHINESE, SOURCE, Catalogue

#: The languages by what they call themselves.
LANGUAGES: Mapping[str, str] = {SOURCE: "中文", "en": "English"}

#: What browsers are told that a page is in.
TAGS: Mapping[str, str] = {SOURCE: "zh-CN", "en": "en"}

#: Where the core's own catalogues lie.
HOME = Path(__file__).parent

#: How long a browser knows which language was chosen there.
LIVES = timedelta(days=365)

_WANTED = re.compile(r"\s*([a-z]{1,8})(?:-[\w-]+)?\s*(?:;\s*q=([\d.]{1,5}))?\s*", re.IGNORECASE)


def file_of(folder: Path, language: str) -> Path:
    """Return where a service, or the core, keeps what a language says for its words."""
    return folder / "locale" / language / "LC_MESSAGES" / "messages.po"


@cache
def catalogue(language: str, folders: tuple[Path, ...]) -> Catalogue:
    """Return what a language says for the core's words, and for those of the services in these folders; read once in a process."""
    if language == SOURCE:
        return CHINESE
    paths = [path for folder in (HOME, *folders) if (path := file_of(folder, language)).is_file()]
    return pofile.catalogue(language, {str(path): path.read_text(encoding="utf-8") for path in paths})


def language_of(request: web.Request, staff: Staff | None) -> str:
    """Return the language of who asks: their own choice, else that of this browser, else what it prefers; Chinese where nothing is known."""
    chosen = [staff.language] if staff is not None else []
    wanted = [*chosen, cookies.read(request, cookies.LANGUAGE), *preferred(request.headers.get("Accept-Language", ""))]
    return next((one for one in wanted if one in LANGUAGES), SOURCE)


def preferred(header: str) -> list[str]:
    """Return the languages of a header, the dearest first."""
    found = [
        (float(match[2] or 1), match[1].lower())
        for part in header.split(",")[:20]
        if (match := _WANTED.fullmatch(part)) and _is_number(match[2])
    ]
    return [name for weight, name in sorted(found, key=lambda one: -one[0]) if weight > 0]


def _is_number(text: str | None) -> bool:
    return not text or (text.count(".") <= 1 and text != ".")


def for_scripts(catalogue: Catalogue) -> str:
    """Return what our scripts say, as JSON that no page can break out of."""
    return json.dumps(catalogue.in_scripts, ensure_ascii=False).replace("<", "\\u003c")
