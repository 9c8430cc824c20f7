"""What `linli keys` does: counting, changing and deleting the keys that personal data is sealed under."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlmodel import Session

from bot import app, config, keyfile
from bot.cli import show_json, stage
from bot.errors import Misconfigured
from bot.keyring import Key, KeyFile
from bot.sealed import keyring_of
from bot.services import load_integrations
from bot.store import communities, events, scope, sealing
from bot.store.database import Database

#: Seconds after which every running process has learned of a new key: each looks once a second (app.REFRESH).
LEARNS = 5.0


def status(*, as_json: bool, demo: bool) -> None:
    """Print each key with the values under it, by column."""
    settings = stage.settings(demo=demo)
    with opened(settings) as database:
        file = _read(settings)
        counts = sealing.counts(database.engine)
        current, broken = keyring_of(database.engine.dialect).current, sealing.faults(database.engine)
    known = {key.id: key for key in file.keys}
    for key_id in dict.fromkeys([*known, *(count.key for count in counts)]):
        key, mine = known.get(key_id), {count.place: count.values for count in counts if count.key == key_id}
        state = _state(key_id, key, current)
        if as_json:
            show_json(
                {"key": key_id, "made": key.made if key else "", "state": state, "values": sum(mine.values()), "columns": mine}
            )
            continue
        typer.echo(
            f"{key_id or '(in clear)'}  {f'made {key.made}, ' if key and key.made else ''}{state}: {sum(mine.values()):,} values"
        )
        for place, values in sorted(mine.items()):
            typer.echo(f"    {place:<28} {values:>10,}")
    for fault in broken:
        typer.echo(f"cannot be read: {fault}", err=True)
    sys.exit(1 if broken else 0)


def _state(key_id: str, key: Key | None, current: str) -> str:
    if key_id == current:
        return "in use"
    if key is None:
        return "not in the key file" if key_id else "not sealed"
    return f"retired {key.retired}" if key.retired else "being replaced, or not in use yet"


def rotate(*, alone: bool, demo: bool) -> None:
    """Begin a new key, or go on with the one begun; seal everything under it; retire the others."""
    settings = stage.settings(demo=demo)
    with opened(settings) as database:
        key_id = _begin(settings, database)
        began = time.monotonic()
        faults = sealing.rotate(database.engine, _progress)
        if not alone:  # what a server wrote meanwhile under the key of before
            time.sleep(max(LEARNS - (time.monotonic() - began), 0))
            faults = sealing.rotate(database.engine, _progress)
        if faults:
            told = "\n".join(str(fault) for fault in faults[: sealing.NAMED])
            raise Misconfigured(
                f"{len(faults)} values cannot be opened and stay as they are; the keys before {key_id} stay in force:\n{told}\n"
                "bring the missing key back from the backup, or write those values anew, then run `linli keys rotate` again"
            )
        left = sum(count.values for count in sealing.counts(database.engine) if count.key != key_id)
        if left:
            raise Misconfigured(
                f"{left} values were written under other keys meanwhile: a process runs that does not know key {key_id}; "
                f"copy {keyfile.path(settings)} to each replica, then run `linli keys rotate` again"
            )
        database.submit(sealing.retire_others, key_id, app.clock()).result()
        _note(database, "sealing_key.rotated", key_id)
        file = _read(settings)
        retired = [key.id for key in file.keys if key.id != key_id and not key.retired]
        keyfile.write(settings, file.retire(retired, f"{app.clock():%Y-%m-%d}"))
    typer.echo(f"all values are sealed under key {key_id}; retired: {', '.join(retired) or 'none'}")
    typer.echo(
        f"back up {keyfile.path(settings)} now; backups of the database from before need the retired keys, which stay in it"
    )


def _begin(settings: config.Settings, database: Database) -> str:
    """Return the key that everything is to be under, in use by all from now on."""
    file, ring = _read(settings), keyring_of(database.engine.dialect)
    known = database.submit(sealing.keys).result()
    if [key for key in known if not key.retired_at][1:]:
        typer.echo(f"going on with key {ring.current}")
        return ring.current
    unused = [key.id for key in file.keys if key.id not in {one.id for one in known} and not key.retired]
    if not unused:  # else one was made by a call that died before it was in use
        key = Key.make(f"{app.clock():%Y-%m-%d}")
        keyfile.write(settings, file.with_key(key))
        unused = [key.id]
    ring.use(unused[-1])
    database.submit(sealing.use_key, unused[-1], app.clock()).result()
    typer.echo(f"new key {unused[-1]}")
    return unused[-1]


def _progress(place: str, done: int) -> None:
    typer.echo(f"    {place:<28} {done:>10,}")


def rewrap(former: str, *, demo: bool) -> None:
    """Take the keys over from the secret of before."""
    settings = stage.settings(demo=demo)
    keyfile.rewrap(settings, former)
    with opened(settings) as database:
        _note(database, "sealing_key.rewrapped", keyring_of(database.engine.dialect).current)
    typer.echo(f"{keyfile.path(settings)} opens with the new secret")


def forget(key_id: str, *, yes: bool, demo: bool) -> None:
    """Delete a retired key that no value is under, once its name was typed again; where nobody can be asked only with `yes`."""
    settings = stage.settings(demo=demo)
    with opened(settings) as database:
        file = _read(settings)
        key = next((one for one in file.keys if one.id == key_id), None)
        if key is None:
            raise Misconfigured(
                f"key {key_id!r} is not in {keyfile.path(settings)}; it holds {', '.join(k.id for k in file.keys)}"
            )
        if not key.retired:
            raise Misconfigured(f"key {key_id} is not retired; run `linli keys rotate` first")
        if left := sum(count.values for count in sealing.counts(database.engine) if count.key == key_id):
            raise Misconfigured(f"{left} values are still under key {key_id}; run `linli keys rotate` first")
        if not yes:
            _require_meant(key_id)
        keyfile.write(settings, file.without(key_id))
        _note(database, "sealing_key.forgotten", key_id)
    typer.echo(f"key {key_id} is deleted; delete the backups of the key file that still hold it, too")


def _require_meant(key_id: str) -> None:
    """Ask for the name once more; raises Misconfigured where nobody sits at a terminal, or types another."""
    if not sys.stdin.isatty():
        raise Misconfigured(f"key {key_id} would be deleted for ever, and nobody can be asked here; a script adds --yes")
    typed = typer.prompt(f"Backups that need key {key_id} can never be read again. Type its name to delete it").strip()
    if typed != key_id:
        raise Misconfigured(f"{typed!r} is not {key_id!r}; nothing was deleted")


def _note(database: Database, kind: str, key_id: str) -> None:
    """Write into the log of each community what was done to the keys, which are everybody's."""

    def note(session: Session) -> None:
        for community in communities.listed(session):
            with scope.within(session, community.key):
                events.record(session, app.clock(), kind, subject=f"sealing_key:{key_id}", actor=events.COMMAND_LINE)

    database.submit(note).result()


def _read(settings: config.Settings) -> KeyFile:
    file = keyfile.read(settings)
    if file is None:  # opening the database has made or missed it
        raise Misconfigured(f"LINLI_KEYS_FILE: there is no {keyfile.path(settings)}; bring it back from the backup")
    return file


@contextmanager
def opened(settings: config.Settings) -> Iterator[Database]:
    """Open the database with all services' tables, and close it again."""
    database = app.open_database(settings, load_integrations(settings.integrations, settings.integrations_folder))
    try:
        yield database
    finally:
        database.close()
