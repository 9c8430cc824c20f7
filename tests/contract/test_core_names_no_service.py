"""The core names no service: neither in what it says, nor in what it asks the database, nor in its pages."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.services import load_integrations

BOT = Path(bot.__file__).parent

#: What people call what services do: a page or a message of the core that says it knows of the service.
SPOKEN = ("报修", "工单", "访客", "通行证", "通行码", "打卡", "放行")

#: Folders named by a noun that is the core's, too: it keeps notices, what offices know, the roster, rights over data and who is on duty, who lives here, who opens a page
#: stands at a desk, and HTTP calls what is not compressed identity.
SHARED = {"notices", "knowledge", "desk", "duty", "identity", "privacy", "residents", "roster"}

#: This room knows Chinese sentences, whoever says them; it is held to the ids alone.
LANGUAGE = BOT / "language"


def patterns() -> Iterator[str]:
    """Everything that names a service as a program does: its folder, intents, permissions, events, tasks, messages, pages, tables."""
    for service in load_integrations([]):
        if service.name not in SHARED:
            yield rf"[\"']{service.name}[\"'/]"
        yield rf"integrations[./]{service.name}\b"
        ids = [action.intent for action in service.actions] + [permission.name for permission in service.permissions]
        ids += [*service.emits, *service.tells, *(kind.kind for kind in service.tasks)]
        ids += [page.path for page in (*service.console, *service.pages) if page.path.count("/") == 1]
        yield from (rf"(?<![\w./-]){re.escape(name)}(?![\w-])" for name in ids)
        yield from (rf"(?i:\b(?:from|join|into|update)\s+\"?{table}\b)|\b{table}:" for table in _tables(service.folder))


def _tables(folder: Path) -> Iterator[str]:
    for path in folder.rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(word.arg == "table" for word in node.keywords):
                yield node.name.lower()


def said(path: Path) -> Iterator[tuple[int, str]]:
    """What a file of the core says, with its line: strings of Python but for docstrings, everything of a template or script."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(re.sub(r"/\*.*?\*/|<!--.*?-->|\{#.*?#\}|^\s*//.*?$", "", text, flags=re.S | re.M).splitlines(), 1)
        return
    docs = {
        node.body[0].value.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    }  # fmt: skip
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING and token.start[0] not in docs:
            yield token.start[0], token.string


def files() -> list[Path]:
    found = (path for path in BOT.rglob("*") if path.suffix in {".py", ".html", ".js", ".sql", ".mako"})
    return [path for path in sorted(found) if not {"vendor", "shipped", "versions"} & set(path.parts)]


NAMES = re.compile("|".join(patterns()))
WORDS = re.compile("|".join(SPOKEN))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(BOT)))
def test_file_of_the_core_names_no_service(path: Path) -> None:
    found = [
        f"{path.relative_to(BOT)}:{line}: {hit[0]!r} in {text.strip()[:120]}"
        for line, text in said(path) for hit in (*NAMES.finditer(text), *(() if path.is_relative_to(LANGUAGE) else WORDS.finditer(text)))
    ]  # fmt: skip
    assert found == []
