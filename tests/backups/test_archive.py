"""A backup is whole or refused, opens for nobody but its recipients, and needs no program of ours to be opened."""

from __future__ import annotations

import random
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from bot.backups import archive
from bot.backups.archive import Manifest
from bot.errors import Misconfigured

ABOUT = Manifest(made_at=datetime(2026, 3, 11, tzinfo=UTC), linli="0.1.0", heads=["bot_1"], rows={"resident": 2}, settings={})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    held = {
        "linli.db": b"SQLite" * 5000,
        "photos/0a.jpg": random.Random(7).randbytes(70_000),
        "intents/faq/hours.yaml": "几点".encode(),
    }
    found = {}
    for name, content in held.items():
        found[name] = tmp_path / "from" / name
        found[name].parent.mkdir(parents=True, exist_ok=True)
        found[name].write_bytes(content)
    return found


def opened(backup: Path, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    manifest = archive.unpack(backup, folder)
    assert set(manifest.files) == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name: (folder / name).read_bytes() for name in manifest.files}


def test_what_is_packed_comes_out_as_it_was(files: dict[str, Path], tmp_path: Path) -> None:
    manifest = archive.pack(files, ABOUT, tmp_path / "b.tar.gz")

    assert opened(tmp_path / "b.tar.gz", tmp_path / "out") == {name: path.read_bytes() for name, path in files.items()}
    assert manifest.files["photos/0a.jpg"] == archive.digest(files["photos/0a.jpg"])


def test_tar_alone_opens_it_and_finds_the_hashes_that_sha256sum_reckons(files: dict[str, Path], tmp_path: Path) -> None:
    manifest = archive.pack(files, ABOUT, tmp_path / "b.tar.gz")
    (tmp_path / "out").mkdir()

    subprocess.run(["tar", "-xzf", tmp_path / "b.tar.gz", "-C", tmp_path / "out"], check=True)

    sums = "".join(f"{digest}  {name}\n" for name, digest in manifest.files.items())
    subprocess.run(["sha256sum", "--check", "--quiet"], input=sums, text=True, cwd=tmp_path / "out", check=True)


def test_photo_that_goes_meanwhile_is_left_out(files: dict[str, Path], tmp_path: Path) -> None:
    files["photos/0a.jpg"].unlink()

    archive.pack(files, ABOUT, tmp_path / "b.tar.gz")

    assert set(opened(tmp_path / "b.tar.gz", tmp_path / "out")) == {"linli.db", "intents/faq/hours.yaml"}


@pytest.mark.parametrize("seed", range(60))
def test_backup_that_is_changed_or_cut_anywhere_is_refused(files: dict[str, Path], tmp_path: Path, seed: int) -> None:
    backup, chance = tmp_path / "b.tar.gz", random.Random(seed)
    archive.pack(files, ABOUT, backup)
    content = bytearray(backup.read_bytes())
    if seed % 3 == 0:
        content = content[: chance.randrange(len(content) - 8)]
    else:
        content[chance.randrange(10, len(content) - 8)] ^= 1 << chance.randrange(8)
    backup.write_bytes(content)
    (tmp_path / "out").mkdir()

    with pytest.raises(Misconfigured, match=r"b\.tar\.gz"):
        archive.unpack(backup, tmp_path / "out")


@pytest.mark.parametrize("name", ["../out.txt", "/etc/linli", "photos/../../out.txt", "."])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as made:
        member = tarfile.TarInfo(name)
        member.size = 1
        with (tmp_path / "evil").open("rb") as file:
            made.addfile(member, file)
    (tmp_path / "out").mkdir()

    with pytest.raises(Misconfigured, match="no place"):
        archive.unpack(tmp_path / "b.tar.gz", tmp_path / "out")

    assert list(tmp_path.rglob("out.txt")) == []


def test_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as made:
        member = tarfile.TarInfo("photos")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        made.addfile(member)
    (tmp_path / "out").mkdir()

    with pytest.raises(Misconfigured):
        archive.unpack(tmp_path / "b.tar.gz", tmp_path / "out")


def test_only_who_has_the_identity_of_a_recipient_opens_what_is_sealed(tmp_path: Path) -> None:
    ours, theirs = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, identity in (("ours", ours), ("theirs", theirs)):
        (tmp_path / name).write_text(f"# created: today\n{identity}\n")
    (tmp_path / "plain").write_bytes(b"13800138000" * 1000)

    archive.seal(tmp_path / "plain", tmp_path / "sealed", [str(ours.to_public())])

    assert b"13800138000" not in (tmp_path / "sealed").read_bytes()
    archive.open_sealed(tmp_path / "sealed", tmp_path / "again", tmp_path / "ours")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "plain").read_bytes()
    with pytest.raises(Misconfigured, match="does not open"):
        archive.open_sealed(tmp_path / "sealed", tmp_path / "never", tmp_path / "theirs")


@pytest.mark.parametrize(("content", "way_out"), [("", "age-keygen"), ("AGE-SECRET-KEY-1NOTONE", "identity"), (None, "identity")])
def test_file_that_is_no_identity_is_named(tmp_path: Path, content: str | None, way_out: str) -> None:
    if content is not None:
        (tmp_path / "key").write_text(content)

    with pytest.raises(Misconfigured, match=way_out):
        archive.open_sealed(tmp_path / "sealed", tmp_path / "plain", tmp_path / "key")


def test_recipient_with_a_slip_in_it_is_refused() -> None:
    name = str(pyrage.x25519.Identity.generate().to_public())

    with pytest.raises(Misconfigured, match="is no recipient"):
        archive.recipient_of(name[:-1] + ("q" if name[-1] != "q" else "p"))
