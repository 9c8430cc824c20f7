"""`linli audit`: whether the event log is whole, how far it is sealed, and letting go of what is older than it must be kept."""

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import Misconfigured

if TYPE_CHECKING:
    from bot import config
    from bot.store.database import Database
    from bot.store.seals import Check

app = typer.Typer(help="The audit log: whether it is whole, and how far it is sealed.", no_args_is_help=True)

Demo = Annotated[bool, typer.Option("--demo", help="The demo that was served from this folder.")]


#: What is said of an installation that has not been served yet.
NOTHING = "nothing is sealed yet: start the server, which seals what is there, then run this again"

#: How long lines may lie there before the first seal: what a server seals within seconds was taken away, or none has run.
UNSEALED = timedelta(hours=1)


@app.command()
def verify(
    head: Annotated[str, typer.Option(metavar="HEAD", help="A head noted earlier: what `linli audit head` printed then.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    demo: Demo = False,
) -> None:
    """Tell every line that was removed, altered, moved or slipped in since it was sealed; exit code 1 if there is any."""
    from sqlalchemy.exc import DBAPIError

    from bot import sealer
    from bot.app import clock
    from bot.store import seals

    if (head := head.strip()) and not seals.HEAD.fullmatch(head):
        raise typer.BadParameter(
            f"{head[:40]!r} is no head; give what `linli audit head` printed: 12-3456-9f0c…", param_hint="--head"
        )
    with _opened(demo) as (settings, database, key):
        path = settings.var / sealer.HEAD
        kept = {str(path): sealer.read_head(path), "--head": head}
        check = seals.Check(key=key)
        faults = 0
        try:
            for fault in _look(database, check, {where: said for where, said in kept.items() if said}):
                faults += 1
                _tell(dataclasses.asdict(fault) if as_json else str(fault), as_json)
        except DBAPIError as error:  # a table is gone, or its columns
            faults += 1
            torn = seals.Fault(
                what=f"the log cannot be read ({str(error.orig).splitlines()[0]}): restore it from a backup, then run this again"
            )
            _tell(dataclasses.asdict(torn) if as_json else str(torn), as_json)
        missing = list(_missing(check, kept, clock()))
        if check.last is None and not faults and not missing:
            _tell(_figures(check, 0) if as_json else NOTHING, as_json)
            return
        for fault in missing:
            faults += 1
            _tell(dataclasses.asdict(fault) if as_json else str(fault), as_json)
    _tell(_figures(check, faults) if as_json else _summary(check, faults), as_json)
    sys.exit(1 if faults else 0)


@app.command("head")
def show_head(demo: Demo = False) -> None:
    """Print how far the log is sealed; noted on paper or sent elsewhere it proves later that nothing before it is gone."""
    from bot.store import seals

    with _opened(demo) as (_, database, _key):
        seal = database.submit(seals.latest).result()
    if seal is None:
        raise Misconfigured("nothing is sealed yet; the server seals a few seconds after it has started")
    typer.echo(f"{seal.head}  {seal.sealed_at:%Y-%m-%d %H:%M:%S}")


@app.command()
def prune(
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="What ended before this day goes.")],
    demo: Demo = False,
) -> None:
    """Delete the lines of whole old stretches. Their seals stay and prove that it was done here."""
    from bot.app import clock
    from bot.cli import counted
    from bot.model import SHANGHAI
    from bot.store import communities, events, scope, seals

    day, gone = before.replace(tzinfo=SHANGHAI), 0
    with _opened(demo) as (settings, database, key):

        def note(session: Any) -> None:
            for community in communities.listed(session, settings.wechat_appid)[:1]:
                scope.enter(session, community.key)
                events.record(session, clock(), "audit.pruned", actor=events.COMMAND_LINE, lines=gone, before=f"{day:%Y-%m-%d}")

        try:
            while (count := database.submit(seals.prune, key, day, clock()).result()) is not None:
                gone += count
        except ValueError:
            raise Misconfigured(f"--before {day:%Y-%m-%d}: younger than three years, for which the log must be kept") from None
        if gone:
            database.submit(note).result()
    typer.echo(f"{counted(gone, 'line')} deleted; `linli audit verify` still holds the log to its seals")


@contextmanager
def _opened(demo: bool) -> "Iterator[tuple[config.Settings, Database, bytes]]":
    from bot import app as linli
    from bot import config
    from bot.cli import stage
    from bot.keys import Keys
    from bot.services import load_integrations
    from bot.store import seals

    settings = stage.settings(demo=demo)
    database = linli.open_database(settings, load_integrations(settings.integrations, settings.integrations_folder))
    try:
        yield settings, database, seals.key_of(Keys(config.read_secret(settings)))
    finally:
        database.close()


def _look(database: "Database", check: "Check", heads: dict[str, str]) -> Iterator[Any]:
    """Give the faults, and show on a terminal how far it is."""
    from sqlmodel import Session

    from bot.store import seals

    with Session(database.engine) as session:
        newest = seals.latest(session)
        session.rollback()
        is_seen = sys.stderr.isatty() and newest is not None
        bar: Any = (
            typer.progressbar(length=newest.number, label="seals", file=sys.stderr) if is_seen and newest else nullcontext()
        )
        with bar as shown:
            for fault in check.run(session, heads):
                if fault is not None:
                    yield fault
                elif shown is not None:
                    shown.update(1)


def _missing(check: "Check", kept: dict[str, str], now: datetime) -> Iterator[Any]:
    """Give what keeps this from being a proof although nothing is wrong with what is there."""
    from bot.store.seals import Fault

    since = check.unsealed_since
    if check.last is None and since is not None and now - since > UNSEALED:
        yield Fault(
            what=f"nothing is sealed although the log begins {since:%Y-%m-%d %H:%M}: all seals were removed, or no server has run since;"
            " hold it against a head noted earlier with --head"
        )
    if check.last is not None and not any(kept.values()):
        path = next(iter(kept))
        yield Fault(what=f"no head is kept in {path}: whether seals are missing at the end cannot be told; give one with --head")


def _summary(check: "Check", faults: int) -> str:
    from bot.cli import counted

    told = counted(faults, "fault")
    begins, ends = (f"{at:%Y-%m-%d %H:%M}" if at else "–" for at in (check.first_at, check.last_at))
    said = f"{counted(check.lines, 'line')} in {counted(check.seals, 'seal')}, {begins} to {ends}"
    more = "".join(
        f"; {count} {words}" for count, words in ((check.pruned, "pruned before"), (check.unsealed, "not sealed yet")) if count
    )
    head = f"\nhead {check.last.head}" if check.last else ""
    return f"{'NOT WHOLE' if faults else 'whole'}: {said}{more}{f'; {told}' if faults else ''}{head}"


def _figures(check: "Check", faults: int) -> dict[str, object]:
    first, last = (at.isoformat() if at else None for at in (check.first_at, check.last_at))
    return {
        "whole": not faults, "lines": check.lines, "seals": check.seals, "pruned": check.pruned, "unsealed": check.unsealed,
        "first_at": first, "last_at": last, "head": check.last.head if check.last else None,
    }  # fmt: skip


def _tell(said: object, as_json: bool) -> None:
    from bot.cli import show_json

    if as_json:
        show_json(said)
    else:
        typer.echo(str(said))
