"""A sealed backup is opened by another implementation of age, and ours opens what that one seals."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from bot.backups import archive
from tests.peers.conftest import ask

pytestmark = pytest.mark.peers


def test_sealed_backup_is_opened_by_another_age_and_theirs_by_ours(node: str, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(str(identity))
    (tmp_path / "plain").write_bytes("三栋二单元".encode() * 50_000)
    archive.seal(tmp_path / "plain", tmp_path / "sealed", [str(identity.to_public())])

    [found] = ask([node, "age.mjs"], [{"sealed": str(tmp_path / "sealed"), "identity": str(identity)}])

    assert found["hash"] == archive.digest(tmp_path / "plain")
    assert found["isOpenToStrangers"] is False
    (tmp_path / "theirs").write_bytes(bytes.fromhex(found["sealed"]))
    archive.open_sealed(tmp_path / "theirs", tmp_path / "opened", tmp_path / "identity")
    assert (tmp_path / "opened").read_text() == "sealed by them"
