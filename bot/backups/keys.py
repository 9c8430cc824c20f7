"""The keys of an installation in a file of their own: without them what is personal in a backup cannot be read, with them it can."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from bot import config, keyfile
from bot.backups import archive
from bot.backups.archive import SEALED
from bot.errors import Misconfigured

#: What such a file says that it is.
_KIND = "linli keys"


def write(settings: config.Settings, to: Path, recipients: Sequence[str] = ()) -> bool:
    """Write keys and secret into a file that only its owner reads, sealed where recipients are named; tells whether the secret is in it.

    One that LINLI_SECRET gives is not: whoever keeps that keeps it. Raises Misconfigured where the file is there already.
    """
    given = settings.secret.get_secret_value()
    secret = "" if given else config.read_secret(settings).decode()
    content = json.dumps({"kind": _KIND, "keys": _text_of(keyfile.path(settings)), "secret": secret})
    plain = to.with_name(f"{to.name}.part") if recipients else to
    try:
        with os.fdopen(os.open(plain, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
        if recipients:
            try:
                archive.seal(plain, to, recipients)
            finally:
                plain.unlink()
    except FileExistsError as error:
        raise Misconfigured(f"{error.filename} is there already; keys are never written over, name another file") from error
    except OSError as error:
        raise Misconfigured(f"{to} cannot be written ({error.strerror}); name another file") from error
    return bool(secret)


def read(settings: config.Settings, source: Path, *, identity: Path | None = None) -> None:
    """Put keys and secret where the settings say; raises Misconfigured where others are there already."""
    parts = _parts(settings, source, identity)
    for name, text in parts:
        if name.exists() and name.read_text(encoding="utf-8") != text:
            raise Misconfigured(f"{name} is there already and is another one; move it away first, it may be the key of something")
    config.make_var(settings.var)
    for name, text in parts:
        if not name.exists():
            name.touch(mode=0o600)
            name.write_text(text, encoding="utf-8")


def _parts(settings: config.Settings, source: Path, identity: Path | None) -> list[tuple[Path, str]]:
    plain = source
    if source.suffix == SEALED:
        plain = source.with_suffix(".part")
        archive.open_sealed(source, plain, identity)
    try:
        held = json.loads(_text_of(plain))
        if held["kind"] != _KIND:
            raise ValueError(held["kind"])
        parts = [(keyfile.path(settings), str(held["keys"]))]
        return [*parts, (settings.var / "secret", str(held["secret"]))] if held["secret"] else parts
    except (ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"{source} holds no keys; name the file that `linli backup keys` wrote") from error
    finally:
        if plain != source:
            plain.unlink(missing_ok=True)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} cannot be read; look whether it is there and is yours") from error
