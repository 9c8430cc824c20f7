"""`linli backup` and `linli restore`: what they print, and what they leave to bot.backups."""

import os
import tempfile
from datetime import datetime
from pathlib import Path

import pyrage
import typer

from bot import app, config, keyfile
from bot.backups import keeping, making, restoring
from bot.backups import keys as key_files
from bot.backups.archive import SEALED, Manifest
from bot.backups.keeping import Keep
from bot.cli import counted, stage
from bot.errors import Misconfigured
from bot.model import SHANGHAI
from bot.services import load_integrations
from bot.store import schema


def make(to: Path | None, recipients: list[str] | None, *, demo: bool) -> None:
    """Make a backup and say where it lies."""
    settings = stage.settings(demo=demo)
    folder = _folder(to, settings)
    made = making.make(settings, folder, app.clock(), recipients or settings.backup_recipients, _tell)
    typer.echo(f"{made.path}  {making.megabytes(made.size)} in {made.seconds:.1f} s: {_held(made.manifest)}")
    if not settings.secret.get_secret_value():
        typer.echo("Keys and secret are not in it: `linli backup keys FILE` writes them into a file to keep elsewhere.")


def show(folder: Path | None, *, demo: bool) -> None:
    """List the backups of a folder."""
    settings = stage.settings(demo=demo)
    found = keeping.listed(_folder(folder, settings))
    leaving = keeping.outdated(found, Keep.read(settings.backup_keep))
    for made_at, path in found:
        goes = "  goes with the next one" if path in leaving else ""
        typer.echo(f"{made_at:%Y-%m-%d %H:%M}  {making.megabytes(path.stat().st_size):>10}  {path.name}{goes}")
    if not found:
        typer.echo("no backups yet; `linli backup` makes one, LINLI_BACKUP_FOLDER has one made each night")


def verify(backup: Path, identity: Path | None) -> None:
    """Compare a backup with itself and say what it holds."""
    with tempfile.TemporaryDirectory(prefix="linli-verify-") as scratch:
        manifest = restoring.look(backup, Path(scratch), identity=identity)
    typer.echo(f"{backup} is whole: made {_at(manifest.made_at)} by Linli {manifest.linli}, {_held(manifest)}")


def restore(backup: Path, identity: Path | None, keys: Path | None) -> None:
    """Bring an installation back and say what is left to do."""
    settings = config.load()
    restoring.require_empty(settings)
    if keys is not None:
        key_files.read(settings, keys, identity=identity)
    if not keyfile.path(settings).exists():
        raise Misconfigured(
            f"there are no keys {keyfile.path(settings)}, and nothing personal can be read without them; "
            "name with --keys what `linli backup keys` wrote, or put the key file and the secret there first"
        )
    integrations = load_integrations(settings.integrations, settings.integrations_folder)
    known = schema.known([integration.folder for integration in integrations])
    manifest = restoring.restore(settings, backup, known, identity=identity, tell=_tell)
    typer.echo(f"restored into {settings.var}: as it was on {_at(manifest.made_at)}, {_held(manifest)}")
    for name, value in manifest.settings.items():
        typer.echo(f"  it was run with {name}={value}")
    app.reach_database(settings).close()  # raises where the keys are not those of the database
    typer.echo(
        "Its keys open it. Next: set the settings above and the secrets of the account, run `linli doctor`, then `linli serve`."
    )
    typer.echo(
        f"Who left since {_at(manifest.made_at)} is there again: look through who unfollowed since, and delete them once more."
    )


def keys(to: Path, recipients: list[str] | None, *, demo: bool) -> None:
    """Write keys and secret into a file."""
    settings = stage.settings(demo=demo)
    recipients = recipients or settings.backup_recipients
    if recipients and to.suffix != SEALED:
        raise Misconfigured(f"{to}: what is sealed for recipients ends with {SEALED}; name it {to.name}{SEALED}")
    has_secret = key_files.write(settings, to, recipients)
    typer.echo(
        f"{to} holds the keys{' and the secret' if has_secret else ''}; keep it apart from the backups, and on paper or a stick"
    )
    if not has_secret:
        typer.echo("LINLI_SECRET is not in it: keep that, too; without it the keys cannot be opened")


def identity(to: Path) -> None:
    """Make an age identity."""
    made = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(f"# public key: {made.to_public()}\n{made}\n")
    except OSError as error:
        raise Misconfigured(f"{to} cannot be written ({error.strerror}); name a file that is not there yet") from error
    typer.echo(f"LINLI_BACKUP_RECIPIENTS={made.to_public()}")
    typer.echo(f"{to} alone opens what is sealed for it: keep it away from this machine, twice; nobody can make it anew")


def _folder(named: Path | None, settings: config.Settings) -> Path:
    folder = named or settings.backup_folder
    if folder is None:
        raise Misconfigured("no folder is named; set LINLI_BACKUP_FOLDER, or name one: `linli backup --to /mnt/backups`")
    return folder


def _tell(step: str) -> None:
    typer.echo(f"{step} …", err=True)


def _held(manifest: Manifest) -> str:
    photos = sum(name.startswith(f"{making.PHOTOS}/") for name in manifest.files)
    tables = len(manifest.rows)
    return f"{counted(sum(manifest.rows.values()), 'row')} of {counted(tables, 'table')}, {counted(photos, 'photo')}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
