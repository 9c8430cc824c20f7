"""The doing behind `linli roster`."""

import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from bot import app
from bot.cli import counted, show_json, stage
from bot.cli.account import assembled
from bot.contract import Work, rosterimport
from bot.contract.rosterimport import Plan, RosterImport
from bot.errors import Misconfigured
from bot.model import SHANGHAI
from bot.rosters import rosterfile
from bot.rosters.rosterfile import Sheet

#: Faults and differences that are printed; --json gives all.
SHOWN = 50


def take_over(
    file: Path,
    *,
    dry_run: bool,
    whole: bool,
    encoding: str,
    otherwise: Collection[int],
    as_json: bool,
    demo: bool,
    community: str,
) -> None:
    """Show what a file would change, and do it unless that is all that is wanted."""
    if encoding.lower() not in ("", *rosterfile.ENCODINGS):
        raise Misconfigured(f"--encoding {encoding!r} is unknown; one of {', '.join(rosterfile.ENCODINGS)}")
    body = _read(file)
    sheet = rosterfile.misnamed(file.name, body) or rosterfile.read(body, encoding.lower())
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        now = app.clock()
        plan = linli.ask(rosterimport.compare, sheet.entries, rosterimport.today(now), whole=whole, otherwise=otherwise)
        faults = [*sheet.faults, *plan.faults]
        done = None
        if not faults and not dry_run and not plan.is_empty:
            done = linli.work(
                rosterimport.take_over, sheet.entries, file_name=file.name, whole=whole, otherwise=otherwise, seen=plan.mark
            )
            app.index(linli.database)
    if as_json:
        show_json(_as_json(sheet, plan, done))
    else:
        for line in _as_text(sheet, plan, done):
            typer.echo(line)
    if faults:
        sys.exit(1)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(rosterfile.LARGEST + 1)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}); name a file, .xlsx or .csv") from error


def _as_json(sheet: Sheet, plan: Plan, done: RosterImport | None) -> dict[str, Any]:
    faults = [*sheet.faults, *plan.faults]
    return {
        "import": done.public_id if done else None, "counts": plan.counts if not faults else None, "columns": dict(sheet.columns),
        "unknown": list(sheet.unknown),
        "faults": [{"line": one.line, "column": one.column, "value": one.value, "text": one.english} for one in faults],
        "questions": [{"line": one.line, "text": one.english, "may_differ": bool(one.other)} for one in plan.questions],
        "flats": [rosterimport.label_of(flat) for flat in plan.flats], "steps": [asdict(step) for step in plan.steps],
        "notes": [english for _, english in (*sheet.notes, *plan.notes)],
    }  # fmt: skip


def _as_text(sheet: Sheet, plan: Plan, done: RosterImport | None) -> Iterator[str]:
    faults = [*sheet.faults, *plan.faults]
    if sheet.unknown:
        yield f"left alone, no column of a roster: {', '.join(sheet.unknown)}"
    yield from (english for _, english in (*sheet.notes, *plan.notes))
    if faults:
        yield f"{counted(len(faults), 'fault')}, nothing was taken over:"
        for one in faults[:SHOWN]:
            place = ", ".join(filter(None, (f"line {one.line}" if one.line else "", one.column)))
            yield "  " + " ".join(filter(None, (f"{place}:" if place else "", repr(one.value) if one.value else "", one.english)))
        yield from _rest(len(faults))
        return
    lines = [f"  {flat}: new flat" for flat in map(rosterimport.label_of, plan.flats)]
    for step in plan.steps:
        said = ", ".join(f"{one.field} {one.before or '-'} -> {one.after or '-'}" for one in step.changes)
        lines.append(f"  {step.label} {step.name}: {step.kind}; {said}")
    yield from lines[:SHOWN]
    yield from _rest(len(lines))
    yield from (
        f"? line {one.line}: {one.english}" + (f"; --otherwise {one.line} takes it the other way" if one.other else "")
        for one in plan.questions
    )
    counts = plan.counts
    yield (
        f"{counted(counts['flats'], 'new flat')}, {counts['new']} new {'person' if counts['new'] == 1 else 'people'}, {counts['changed']} changed, {counts['left']} moved out, "
        f"{counts['unchanged']} as they were"
    )
    if done:
        yield f"taken over; `linli roster undo {done.public_id}` takes it back"
    elif plan.is_empty:
        yield "nothing is new"


def _rest(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield f"  … and {count - SHOWN} more; --json gives all"


def export(file: Path, *, demo: bool, community: str) -> None:
    """Write the roster, for nobody but who asked to read."""
    kinds = {".csv": rosterfile.write_csv, ".xlsx": rosterfile.write_workbook}
    if file.suffix.lower() not in kinds:
        raise Misconfigured(f"{file} ends neither with .xlsx nor with .csv; name it so that what it is can be seen")
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        rows = linli.work(rosterimport.give_out)
    body = kinds[file.suffix.lower()](rows)
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(body)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written ({error.strerror}); name another place") from error
    typer.echo(f"{counted(len(rows), 'row')} written to {file}; it holds names and phones, keep it accordingly")


def show(*, demo: bool, community: str) -> None:
    """Print what was taken over."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        found = linli.ask(rosterimport.listed)
        now = app.clock()
    if not found:
        typer.echo("nothing was taken over yet; `linli roster import FILE` does it")
    for one in found:
        state = f"undone {one.undone_at:%m-%d %H:%M}" if one.undone_at else "can be undone" if one.is_undoable(now) else "stays"
        said = ", ".join(f"{count} {name}" for name, count in one.counts.items() if count)
        typer.echo(f"{one.public_id}  {one.at:%Y-%m-%d %H:%M}  {one.file_name}  {said}  ({state})")


def undo(key: str, *, rest: bool, yes: bool, demo: bool, community: str) -> None:
    """Take an import back; without an id the newest, which is asked about."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        done = linli.ask(_meant, key)
        if not key and not yes:
            typer.confirm(f"Undo the newest import, {_named(done)}?", abort=True)
        linli.work(_undo, done.public_id, rest)
        app.index(linli.database)
        kept = linli.ask(_meant, done.public_id).kept
    left = f"; {counted(kept, 'place')} changed since stayed" if kept else ""
    typer.echo(f"undone: {_named(done)}{left}")


def _meant(session: Session, key: str) -> RosterImport:
    found = (
        rosterimport.find(session, key)
        if key
        else next((one for one in rosterimport.listed(session) if one.undone_at is None), None)
    )
    if found is None:
        raise Misconfigured(f"there is no import {key or 'to undo'}; `linli roster list` shows them")
    return found


def _named(done: RosterImport) -> str:
    counts = done.counts
    said = ", ".join(
        filter(
            None,
            (
                counted(counts["flats"], "flat") if counts["flats"] else "",
                *(f"{counts[name]} {name}" for name in ("new", "changed", "left") if counts[name]),
            ),
        )
    )
    return f"{done.public_id} of {done.file_name}, {done.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} ({said or 'nothing'})"


def _undo(work: Work, key: str, rest: bool) -> None:
    rosterimport.undo(work, _meant(work.session, key), rest=rest)
