"""Bringing an installation back from a backup, into an empty place only: nothing that lives is written over."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import config
from bot.backups import archive, making
from bot.backups.archive import SEALED, Manifest
from bot.errors import Misconfigured


def restore(
    settings: config.Settings, backup: Path, known: Collection[str], *, identity: Path | None = None,
    tell: Callable[[str], object] = str,
) -> Manifest:  # fmt: skip
    """Put what a backup holds where the settings say; returns its manifest. The database comes last: a restore that was cut short begins anew.

    `known`: the revisions that this Linli knows; a backup of a newer one is refused. Raises Misconfigured with the way out.
    """
    goal = require_empty(settings)
    config.make_var(settings.var)
    with (
        tempfile.TemporaryDirectory(prefix=".linli-restore-", dir=settings.var) as folder,
        _opened(backup, identity, Path(folder)) as plain,
    ):
        tell("opening the backup")
        held = Path(folder) / "held"
        held.mkdir()
        manifest = archive.unpack(plain, held)
        _examine(backup, held, manifest, known)
        tell(f"putting {len(manifest.files)} files in their places")
        for name in sorted(manifest.files, key=lambda name: name == making.DATABASE):
            to = _place_of(settings, goal, name)
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(held / name, to)
    return manifest


def look(backup: Path, scratch: Path, *, identity: Path | None = None) -> Manifest:
    """Open a backup, compare what it holds, and leave nothing behind; raises Misconfigured where it is not whole."""
    with (
        tempfile.TemporaryDirectory(prefix=".linli-look-", dir=scratch) as folder,
        _opened(backup, identity, Path(folder)) as plain,
    ):
        return making.verify(plain, Path(folder))


@contextmanager
def _opened(backup: Path, identity: Path | None, folder: Path) -> Iterator[Path]:
    """Give a backup in clear."""
    if not backup.is_file():
        raise Misconfigured(f"there is no backup {backup}; `linli backup list` shows those that were made")
    if backup.suffix != SEALED:
        yield backup
        return
    plain = folder / "plain.tar.gz"
    archive.open_sealed(backup, plain, identity)
    yield plain
    plain.unlink()


def require_empty(settings: config.Settings) -> Path:
    """Return where the database is to lie; raises Misconfigured where somebody lives already."""
    goal = making.goal_of(settings)
    taken = [goal] if goal.exists() else sorted((settings.var / making.PHOTOS).glob("*.jpg"))[:1]
    if taken:
        raise Misconfigured(
            f"{taken[0]} is there already: a backup is brought back into an empty place only; set LINLI_VAR to a new folder"
        )
    return goal


def _examine(backup: Path, held: Path, manifest: Manifest, known: Collection[str]) -> None:
    if newer := sorted(set(manifest.heads) - set(known)):
        raise Misconfigured(
            f"{backup} was made by a newer Linli ({manifest.linli}, at {', '.join(newer)}); install that version first"
        )
    making.compare(backup, held, manifest)


def _place_of(settings: config.Settings, goal: Path, name: str) -> Path:
    """Return where a file belongs. Intent files go to the folder of the settings, else beside the database, for somebody to look through."""
    if name == making.DATABASE:
        return goal
    folder, _, rest = name.partition("/")
    if folder == making.INTENTS and settings.intents is not None:
        return settings.intents / rest
    return settings.var / name
