"""One file that holds a backup: a gzipped tar of files and, last, a manifest with their hashes; sealed with age where recipients are named.

Nothing of it is ours alone: `age -d` and `tar -xz` open it where there is no Linli any more.
"""

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

import pyrage
from pydantic import BaseModel, ValidationError

from bot.errors import Misconfigured

#: What the manifest is called; nothing comes after it.
MANIFEST = "manifest.json"

#: What a sealed backup's name ends with.
SEALED = ".age"

#: Names that a backup may hold: never a way out of the folder it is opened in.
_NAME = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[^/\0][^\0]{0,400}")

#: Bytes read at once.
_CHUNK = 1 << 20


class Manifest(BaseModel):
    """What a backup holds. `heads`: the revisions its database stands at; `rows` by table; `files`: SHA-256 by name."""

    format: Literal[1] = 1
    made_at: datetime
    linli: str
    heads: list[str]
    rows: dict[str, int]
    settings: dict[str, str]
    files: dict[str, str] = {}


def pack(files: Mapping[str, Path], manifest: Manifest, to: Path) -> Manifest:
    """Write the files and the manifest into one; returns the manifest with their hashes. What is gone meanwhile is left out."""
    hashes: dict[str, str] = {}
    with tarfile.open(to, "w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
        for name, path in files.items():
            try:
                with path.open("rb") as file:
                    hashes[name] = _add(archive, name, file)
            except FileNotFoundError:  # a photo whose owner left in this moment
                continue
        whole = manifest.model_copy(update={"files": hashes})
        _add(archive, MANIFEST, io.BytesIO(whole.model_dump_json(indent=1).encode()))
    return whole


def unpack(backup: Path, folder: Path) -> Manifest:
    """Write what a backup holds into an empty folder; raises Misconfigured where it is cut short, changed or no backup at all."""
    hashes: dict[str, str] = {}
    kept = b""
    try:
        with tarfile.open(backup, "r|gz") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None or not _NAME.fullmatch(member.name):
                    raise Misconfigured(f"{backup}: {member.name!r} has no place in a backup; take another one")
                if member.name == MANIFEST:
                    kept = content.read()
                else:
                    hashes[member.name] = _write(content, folder / member.name)
        manifest = Manifest.model_validate_json(kept)
    except (tarfile.TarError, EOFError, OSError, ValidationError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's, not the file's
            raise
        raise Misconfigured(f"{backup} is no whole backup ({type(error).__name__}); take another one") from error
    if changed := sorted(name for name, _ in hashes.items() ^ manifest.files.items()):
        raise Misconfigured(f"{backup}: {changed[0]} is not what was backed up; take another one")
    return manifest


def seal(plain: Path, to: Path, recipients: Sequence[str]) -> None:
    """Write a file anew so that only who has the identity of one of these recipients (age1…) can read it."""
    pyrage.encrypt_file(str(plain), str(to), [recipient_of(name) for name in recipients])


def open_sealed(sealed: Path, to: Path, identity: Path | None) -> None:
    """Write a sealed file in clear, by the identity that lies in a file as age-keygen writes it; raises Misconfigured."""
    if identity is None:
        raise Misconfigured(f"{sealed} is sealed; name the file of an identity that opens it with --identity")
    try:
        found = re.findall(r"^\s*(AGE-SECRET-KEY-1\w+)\s*$", identity.read_text(encoding="utf-8"), re.MULTILINE)
        identities = [pyrage.x25519.Identity.from_str(one) for one in found]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise Misconfigured(f"{identity} cannot be read as an identity ({type(error).__name__})") from error
    if not identities:
        raise Misconfigured(
            f"{identity} holds no AGE-SECRET-KEY-1…; name the file that `linli backup identity` or age-keygen wrote"
        )
    try:
        pyrage.decrypt_file(str(sealed), str(to), identities)
    except pyrage.DecryptError as error:
        raise Misconfigured(
            f"{identity} does not open {sealed}, or that was cut short; take the identity of one of its recipients"
        ) from error


def recipient_of(name: str) -> "pyrage.x25519.Recipient":
    """Return the recipient that age1… names; raises Misconfigured."""
    try:
        return pyrage.x25519.Recipient.from_str(name)
    except pyrage.RecipientError as error:
        raise Misconfigured(
            f"{name!r} is no recipient; that is age1 and 58 signs, which `linli backup identity` and age-keygen print"
        ) from error


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self._hash.update(part)
        return part

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> str:
    file.seek(0, io.SEEK_END)
    member = tarfile.TarInfo(name)
    member.size, member.mode = file.tell(), 0o600
    file.seek(0)
    hashed = _Hashed(file)
    archive.addfile(member, hashed)
    return hashed.digest


def _write(content: IO[bytes], to: Path) -> str:
    to.parent.mkdir(parents=True, exist_ok=True)
    hashed = _Hashed(content)
    with os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while part := hashed.read(_CHUNK):
            file.write(part)
    return hashed.digest
