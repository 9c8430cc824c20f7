"""Whether others on this machine may read what is private: the database, photos, the secret, settings with tokens in them."""

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from bot import config

#: Rights of a group and of all others.
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_to_others(settings: config.Settings) -> tuple[list[Path], list[Path]]:
    """Return the private folders and files that others may read or write, folders first; what lies in a closed folder is out of reach."""
    folders = [folder for folder in (settings.var, settings.var / "photos") if folder.is_dir() and _is_open(folder)]
    files = [path for path in _private_files(settings) if path.is_file() and _is_open(path)]
    return folders, files


def remedy(folders: list[Path], files: list[Path]) -> str:
    """Return what to type."""
    parts = (("700", folders), ("600", files))
    return "; ".join(f"chmod {mode} {' '.join(shlex.quote(str(path)) for path in paths)}" for mode, paths in parts if paths)


def _private_files(settings: config.Settings) -> Iterator[Path]:
    yield config.ENV_FILE
    if settings.accounts is not None:
        yield settings.accounts
    if settings.var.is_dir() and _is_open(settings.var):
        yield from sorted(settings.var.iterdir())


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & _OTHERS) if path.exists() else False
