"""`linli words`: what the console says, gathered into its catalogues; new words wait there for a translation."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import typer
from jinja2 import Environment

from bot import config, pofile
from bot.console import languages, translating
from bot.contract import Integration
from bot.errors import Misconfigured
from bot.pofile import Entry
from bot.services import load_services
from bot.translation import DAY, DAY_OF_YEAR, MONTH, WHEN

#: The core's code, and the demo's first page.
CORE = (Path(languages.__file__).parent.parent, config.shipped("data") / "demo")

_IN_SCRIPTS = re.compile(r"""\btr\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)""")


def words(language: str, *, checks: bool) -> None:
    """Write the catalogues of the core and of all services; with `checks` only tell what would change, or lacks a translation."""
    if language not in languages.LANGUAGES:
        raise Misconfigured(f"--language {language!r} is unknown; one of {', '.join(languages.LANGUAGES)}")
    stale = []
    for path, text in catalogues(load_services(config.load_local()).integrations, language).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not checks:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            typer.echo(f"written: {path}")
    missing = sum(not all(entry.forms) for entry in _all(load_services(config.load_local()).integrations, language))
    if missing:
        typer.echo(f"{missing} messages have no translation yet")
    if checks and (stale or missing):
        for path in stale:
            typer.echo(f"stale: {path}; run linli words")
        raise typer.Exit(1)


def _all(integrations: Iterable[Integration], language: str) -> Iterator[Entry]:
    for path, text in catalogues(integrations, language).items():
        yield from (entry for entry in pofile.read(text, str(path)) if entry.msgid)


def catalogues(integrations: Iterable[Integration], language: str) -> Mapping[Path, str]:
    """Return the catalogues as they should be, with the translations that they have: the core's first. What it says no service repeats."""
    home, demo = CORE
    moments = [Entry(msgid=example, context="moment", files=("translation.py",)) for example in (WHEN, DAY, DAY_OF_YEAR, MONTH)]
    core = _kept([*moments, *gathered({"": home, "demo": demo})], languages.file_of(languages.HOME, language))
    found = {languages.file_of(languages.HOME, language): pofile.write(language, core)}
    said = {entry.key for entry in core}
    for one in sorted(integrations, key=lambda one: one.name):
        if one.folder == languages.HOME:
            continue
        path = languages.file_of(one.folder, language)
        own = [entry for entry in _kept(gathered({one.name: one.folder}), path) if entry.key not in said]
        if own:
            found[path] = pofile.write(language, own)
    return found


def _kept(entries: list[Entry], path: Path) -> list[Entry]:
    """Return the messages with what a catalogue says of them: also what it says of one in a single template, by its name as context."""
    known = {one.key: one for one in pofile.read(path.read_text(encoding="utf-8"), str(path))} if path.exists() else {}
    made = []
    for entry in entries:
        own = known.get(entry.key)
        made.append(replace(entry, forms=own.forms if own else ("",)))
        made += [
            replace(entry, context=file, forms=known[file, entry.msgid].forms)
            for file in entry.files
            if (file, entry.msgid) in known
        ]
    return made


def gathered(folders: Mapping[str, Path]) -> list[Entry]:
    """Return the messages of all files in some folders, each once, in the order of the files."""
    found: dict[tuple[str, str], list[str]] = {}
    for prefix, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            if "vendor" in path.parts or "shipped" in path.relative_to(folder).parts:
                continue
            name = "/".join(
                filter(None, (prefix, str(path.relative_to(folder)).replace("/templates/", "/").removeprefix("templates/")))
            )
            for context, msgid in _messages(path, name):
                files = found.setdefault((context, msgid), [])
                if name not in files:
                    files.append(name)
    return [Entry(msgid=msgid, context=context, files=tuple(files)) for (context, msgid), files in found.items()]


def _messages(path: Path, name: str) -> Iterator[tuple[str, str]]:
    if path.suffix == ".py":
        yield from in_python(path.read_text(encoding="utf-8"))
    elif path.suffix == ".html" and not name.startswith(("pages/", "simulator/")):
        text = path.read_text(encoding="utf-8")
        yield from (("", one.msgid) for one in translating.messages(_ENVIRONMENT, text, name))
    elif path.suffix == ".js" and not name.startswith("simulator/"):
        yield from (("", ast.literal_eval(quoted)) for quoted in _IN_SCRIPTS.findall(path.read_text(encoding="utf-8")))


_ENVIRONMENT = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701  parses, and renders nothing


def in_python(source: str) -> Iterator[tuple[str, str]]:
    """Return the messages that code marks, with their contexts."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or not call.args:
            continue
        match call.func.id, call.args:
            case "tr", [ast.Constant(value=str(msgid))]:
                context = [word.value for word in call.keywords if word.arg == "context"]
                yield (str(ast.literal_eval(context[0])) if context else "", msgid)
