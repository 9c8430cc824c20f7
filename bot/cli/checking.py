"""`linli check`: the intent files' faults and doubts, with file, line and column."""

import dataclasses
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import typer

from bot import config
from bot.cli import show_json
from bot.contract import Services
from bot.dialogue import phrases
from bot.dialogue.understanding import Understanding, read_data, read_folder, read_model
from bot.errors import Misconfigured
from bot.language import files, lints, promises
from bot.language.files import Catalogue
from bot.language.matching.matcher import Matcher
from bot.language.reader import Problem
from bot.model import SHANGHAI
from bot.services import folders, load_services, understand


def check(folder: Path | None, *, form: str, strict: bool) -> None:
    """Print every fault, and where there is none every doubt; exit code 1 if there is a fault, or with `strict` a doubt."""
    folder = folder or config.load_local().intents_folder
    if not folder.is_dir():
        raise Misconfigured(f"{folder} is not a folder; name the one that holds your intent files")
    if form not in _FORMS:
        raise Misconfigured(f"--format {form!r} is unknown; one of {', '.join(_FORMS)}")
    services = load_services(config.load_local())
    catalogue = files.load(read_folder(folder, folders(services)), kinds=services.kinds)
    problems = _look(catalogue, services)
    for problem in problems:
        _FORMS[form](problem)
    errors = sum(problem.severity == "error" for problem in problems)
    if form == "text":
        typer.echo(f"{len(catalogue.intents)} intents, {errors} errors, {len(problems) - errors} warnings")
    sys.exit(1 if errors or (strict and problems) else 0)


def understood(folder: Path, services: Services) -> Understanding:
    """Return how messages are understood by the files of a folder; raises Misconfigured for one with a fault, which a server refuses."""
    understanding = understand(folder, services)
    faults = [one for one in understanding.catalogue.problems if one.severity == "error"]
    if faults:
        more = f" (and {len(faults) - 1} more: linli check {folder})" if len(faults) > 1 else ""
        raise Misconfigured(f"{line(faults[0])}{more}")
    return understanding


def _look(catalogue: Catalogue, services: Services) -> list[Problem]:
    """Return faults; what is doubtful is looked at only when all files are sound, for it trains on them."""
    found = [*catalogue.problems, *promises.broken(catalogue, phrases.promises(services))]
    if any(problem.severity == "error" for problem in found):
        return found
    data = config.shipped("data")
    return [*found, *lints.doubts(Matcher(catalogue, *read_data(data), read_model(data)), datetime.now(SHANGHAI))]


def line(problem: Problem) -> str:
    """Return a fault as one line, its place first as compilers write it."""
    hint = f" {problem.hint}" if problem.hint else ""
    return f"{problem.file}:{problem.line}:{problem.column} {problem.code} {problem.message}{hint}"


def _annotate(problem: Problem) -> None:
    """Print a fault as GitHub shows it beside the line.

    Source: docs.github.com/actions/reference/workflows-and-actions/workflow-commands (setting a warning message)
    """
    place = f"file={problem.file},line={problem.line},col={problem.column},title={problem.code}"
    words = f"{problem.message} {problem.hint}".strip().replace("%", "%25").replace("\n", "%0A")
    typer.echo(f"::{problem.severity} {place}::{words}")


_FORMS: dict[str, Callable[[Problem], None]] = {
    "text": lambda problem: typer.echo(line(problem)),
    "json": lambda problem: show_json(dataclasses.asdict(problem)),
    "github": _annotate,
}
