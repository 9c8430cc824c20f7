"""Files of others lie beside ours as their authors made them, and nothing is fetched from elsewhere."""

import gzip
import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "bot/console/static/vendor"
FILES: list[dict[str, Any]] = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]
PAGES = [path for folder in ("bot", "integrations") for path in (ROOT / folder).rglob("*.html")]


@pytest.fixture(params=FILES, ids=lambda file: str(file["name"]))
def file(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One vendored file as VENDOR.toml describes it."""
    described: dict[str, Any] = request.param
    return described


def test_vendored_file_is_what_its_package_holds(file: dict[str, Any]) -> None:
    assert sha256((VENDOR / file["name"]).read_bytes()).hexdigest() == file["sha256"]


def test_packed_sibling_unpacks_to_the_same_bytes(file: dict[str, Any]) -> None:
    packed = (VENDOR / f"{file['name']}.gz").read_bytes()

    assert gzip.decompress(packed) == (VENDOR / file["name"]).read_bytes()


def test_vendored_file_lies_beside_its_licence(file: dict[str, Any]) -> None:
    licence = (VENDOR / f"{file['name'].partition('.')[0]}.LICENSE").read_text()

    assert file["licence"] in {"0BSD", "MIT", "Apache-2.0"}
    assert "Permission" in licence or "Apache License" in licence


def test_fetching_anew_brings_the_same_versions(file: dict[str, Any]) -> None:
    script = (VENDOR / "fetch.sh").read_text()

    assert f"bring {file['package']} {file['version']} {file['path']} {file['name']}\n" in script


def test_nothing_lies_there_that_nobody_describes() -> None:
    known = {"VENDOR.toml", "fetch.sh"}
    for file in FILES:
        known |= {file["name"], f"{file['name']}.gz", f"{file['name'].partition('.')[0]}.LICENSE"}

    assert {path.name for path in VENDOR.iterdir()} == known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_fetches_anything_from_elsewhere(page: Path) -> None:
    assert re.findall(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//[^"']*""", page.read_text()) == []
