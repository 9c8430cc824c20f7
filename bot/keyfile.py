"""The file of the keys that personal data is sealed under: LINLI_KEYS_FILE, else `keys` in LINLI_VAR, readable by its owner only."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot import config
from bot.errors import Misconfigured
from bot.keyring import KeyFile, Keyring
from bot.keys import Keys

#: For what a key derives from the secret: it wraps those of the file.
_PURPOSE = "wrap-1"


def path(settings: config.Settings) -> Path:
    """Return where the file lies."""
    return settings.keys_file or settings.var / "keys"


def read(settings: config.Settings) -> KeyFile | None:
    """Return what the file holds, None where there is none yet; raises Misconfigured when it cannot be read or opened."""
    place = path(settings)
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"LINLI_KEYS_FILE: {place} cannot be read; give it back to who runs Linli (chmod 600)") from error
    try:
        return KeyFile.read(text, _wrapping(config.read_secret(settings)))
    except Misconfigured as error:
        raise Misconfigured(f"LINLI_KEYS_FILE: {place}: {error}") from error


def make(settings: config.Settings, day: str) -> KeyFile:
    """Write the first keys of an installation, made on `day`; of two that begin at once both get those of the quicker one."""
    place, file = path(settings), KeyFile.make(day)
    written = _write_aside(place, file.text(_wrapping(config.read_secret(settings))))
    try:
        os.link(written, place)  # fails where there is one: keys are never written over
    except FileExistsError:
        pass
    finally:
        written.unlink()
    return read(settings) or file


def write(settings: config.Settings, file: KeyFile) -> None:
    """Put another file in place of the one there is, at once and whole."""
    place = path(settings)
    _write_aside(place, file.text(_wrapping(config.read_secret(settings)))).replace(place)


def rewrap(settings: config.Settings, former: str) -> None:
    """Take over the keys that were wrapped under the secret of before; raises Misconfigured when that was another one."""
    place = path(settings)
    if not place.exists():
        raise Misconfigured(f"LINLI_KEYS_FILE: there is no {place}; bring it back from the backup first")
    write(settings, KeyFile.read(place.read_text(encoding="utf-8"), _wrapping(former.strip().encode())))


def ring(settings: config.Settings, file: KeyFile) -> Keyring:
    """Return the keys for a process that goes on while the file may change."""
    return Keyring(file, _watch(settings))


def is_private(settings: config.Settings) -> bool:
    """Tell whether nobody but its owner may read the file."""
    return path(settings).stat().st_mode & 0o077 == 0


def _watch(settings: config.Settings) -> Callable[[], KeyFile | None]:
    place = path(settings)
    seen = _mark(place)

    def again() -> KeyFile | None:
        nonlocal seen
        now = _mark(place)
        if now == seen:
            return None
        seen = now
        return read(settings)

    return again


def _mark(place: Path) -> tuple[int, int]:
    try:
        found = place.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


def _wrapping(secret: bytes) -> bytes:
    return Keys(secret).derive(_PURPOSE)


def _write_aside(place: Path, text: str) -> Path:
    """Write a file beside the place that it is meant for, on disk before its name is; mkstemp makes it 0600."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=place.parent, prefix=".keys-")
    except OSError as error:
        raise Misconfigured(f"LINLI_KEYS_FILE: nothing can be written to {place.parent} ({error.strerror})") from error
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
