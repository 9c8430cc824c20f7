"""Who installs without uv gets the same versions: requirements.lock says what uv.lock says, with hashes."""

import shutil
import subprocess
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]

UV = shutil.which("uv") or str(ROOT / ".boot/bin/uv")


def requirements(text: str) -> list[str]:
    """Return the lines that are no comments."""
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


def test_requirements_lock_is_what_uv_would_write() -> None:
    command = [UV, "export", "--frozen", "--no-dev", "--no-emit-project", "--format", "requirements-txt"]
    written = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert requirements((ROOT / "requirements.lock").read_text()) == requirements(written)


def test_every_requirement_has_hashes() -> None:
    entries = "\n".join(requirements((ROOT / "requirements.lock").read_text())).replace("\\\n", " ").splitlines()

    assert len(entries) > 40
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_lock_fits_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [locked] = [package for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"] if package["name"] == "linli"]
    asked = [Requirement(line) for line in project["project"]["dependencies"]]
    asked += [Requirement(line) for extra in project["project"]["optional-dependencies"].values() for line in extra]

    in_lock = {(item["name"], SpecifierSet(item["specifier"])) for item in locked["metadata"]["requires-dist"]}
    assert {(requirement.name, requirement.specifier) for requirement in asked} == in_lock
