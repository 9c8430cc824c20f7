"""What others check us with is pinned to the byte, and comes from whichever registry the machine uses."""

import json

from tests.peers.conftest import HERE

#: What takes npm's links to authors out again, which it writes at each renewal.
STRIP = "for (const p of Object.values(lock.packages)) delete p.funding"


def test_npm_packages_have_hashes_and_name_no_host() -> None:
    text = (HERE / "package-lock.json").read_text()
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}

    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert "://" not in text, f"a host is named: install with this folder's .npmrc, then {STRIP}"


def test_werobot_and_all_it_needs_have_hashes_and_name_no_host() -> None:
    text = (HERE / "requirements.lock").read_text()
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if not entry.startswith("#")]

    assert "WeRoBot==1.13.1" in text
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
