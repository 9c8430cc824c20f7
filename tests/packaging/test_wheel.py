"""The wheel carries all it needs: installed away from the checkout, it starts and finds its own files."""

import os
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot import __version__
from bot.dialogue.understanding import read_folder
from bot.language import files

ROOT = Path(__file__).parents[2]

UV = shutil.which("uv") or str(ROOT / ".boot/bin/uv")


@dataclass(frozen=True)
class Installed:
    """A wheel and a fresh environment that holds it."""

    wheel: Path
    folder: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, in a folder that is no checkout and without our settings."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "PYTHON", "VIRTUAL_ENV"))}
        program = str(self.folder / "env/bin" / command[0])
        return subprocess.run([program, *command[1:]], cwd=self.folder, env=clean, capture_output=True, text=True, check=False)

    @property
    def names(self) -> set[str]:
        """What lies in the wheel."""
        with ZipFile(self.wheel) as archive:
            return set(archive.namelist())


def uv(*arguments: str, cwd: Path = ROOT) -> str:
    """Run uv and return what it says; fails with its complaint."""
    done = subprocess.run([UV, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and install it alone; the libraries are borrowed from where the tests run."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--quiet", "--out-dir", str(folder / "dist"))
    [wheel] = (folder / "dist").glob("*.whl")
    uv("venv", "--quiet", str(folder / "env"))
    uv("pip", "install", "--quiet", "--no-deps", "--python", str(folder / "env/bin/python"), str(wheel))
    [packages] = (folder / "env/lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(wheel, folder)


def test_wheel_is_what_runs_and_not_the_checkout(installed: Installed) -> None:
    where = installed.run("python", "-c", "import bot, integrations; print(bot.__file__, integrations.__file__)")

    assert where.stdout.count(str(installed.folder)) == 2, where.stderr


def test_installed_command_tells_its_version(installed: Installed) -> None:
    said = installed.run("linli", "--version")

    assert (said.returncode, said.stdout) == (0, f"linli {__version__}\n"), said.stderr


def test_installed_command_finds_and_approves_the_shipped_intents(installed: Installed) -> None:
    said = installed.run("linli", "check")

    here = files.load(read_folder(ROOT / "intents"))
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.splitlines()[-1].startswith(f"{len(here.intents)} intents, 0 errors")


def test_installed_command_understands_with_the_shipped_tables(installed: Installed) -> None:
    said = installed.run("linli", "try", "--json", "--now", "2026-03-11T10:00", "訪客要怎麼登記")

    assert '"visitor.invite"' in said.stdout, said.stderr


def test_wheel_brings_the_database_to_its_newest_shape(installed: Installed) -> None:
    plain = ["LINLI_WECHAT_TOKEN=token", "LINLI_WECHAT_APPID=wx0123456789abcdef", "LINLI_WECHAT_MODE=plain", "LINLI_VAR=var"]
    (installed.folder / ".env").write_text("\n".join(plain))

    said = installed.run("linli", "migrate")
    again = installed.run("linli", "migrate", "--status")

    assert said.returncode == 0, said.stderr
    assert again.stdout == "up to date\n", again.stderr


@pytest.mark.parametrize(
    ("folder", "inside"),
    [("intents", "bot/shipped/intents"), ("data", "bot/shipped/data"), ("bot", "bot"), ("integrations", "integrations")],
)
def test_every_file_that_is_not_made_by_running_is_inside(installed: Installed, folder: str, inside: str) -> None:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")

    assert {inside + path.removeprefix(folder) for path in listed if path and (ROOT / path).exists()} <= installed.names


def test_wheel_names_its_licence(installed: Installed) -> None:
    [licence] = [name for name in installed.names if name.endswith("licenses/LICENSE")]

    with ZipFile(installed.wheel) as archive:
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
