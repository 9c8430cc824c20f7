"""`linli check`: the intent files' faults, with file, line and column."""

import dataclasses
import sys
from pathlib import Path

import typer

from bot import config
from bot.cli import show_json
from bot.dialogue import phrases
from bot.dialogue.understanding import read_folder
from bot.errors import Misconfigured
from bot.language import files
from bot.language.reader import Problem


def check(folder: Path | None, *, as_json: bool, strict: bool) -> None:
    """Print every fault; exit code 1 if there is an error, or with `strict` a warning."""
    folder = folder or config.load_local().intents_folder
    if not folder.is_dir():
        raise Misconfigured(f"{folder} is not a folder; name the one that holds your intent files")
    catalogue = files.load(read_folder(folder), phrases.NEEDED)
    for problem in catalogue.problems:
        show_json(dataclasses.asdict(problem)) if as_json else typer.echo(line(problem))
    errors = sum(problem.severity == "error" for problem in catalogue.problems)
    warnings = len(catalogue.problems) - errors
    if not as_json:
        typer.echo(f"{len(catalogue.intents)} intents, {errors} errors, {warnings} warnings")
    sys.exit(1 if errors or (strict and warnings) else 0)


def line(problem: Problem) -> str:
    """Return a fault as one line, its place first as compilers write it."""
    hint = f" {problem.hint}" if problem.hint else ""
    return f"{problem.file}:{problem.line}:{problem.column} {problem.code} {problem.message}{hint}"
