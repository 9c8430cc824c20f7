"""What an operator deploys holds: the unit is one that systemd takes and shuts tight, and alerts speak of figures there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from bot import metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "systemd" / "linli.service"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "linli.rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]


def figures() -> set[str]:
    """All names under which figures are told."""
    assert metrics.FAULTS
    told = {family.name: family.type for family in REGISTRY.collect() if family.name.startswith("linli_")}
    ends = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
    return {f"{name}{end}" for name, kind in told.items() for end in ends[kind]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_speaks_of_figures_that_are_told_and_says_what_to_do(rule: dict[str, object]) -> None:
    named = set(re.findall(r"\blinli_\w+", str(rule["expr"])))

    assert named <= figures()
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert len(str(rule["annotations"])) > 20


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is missing: the unit was not looked at by systemd")
    return found


def test_systemd_takes_the_unit_as_it_is(analyze: str, tmp_path: Path) -> None:
    program = Path("/bin/true")
    unit = tmp_path / "linli.service"
    unit.write_text(re.sub(r"(?m)^ExecStart=.*", f"ExecStart={program}", UNIT.read_text(encoding="utf-8")), encoding="utf-8")

    done = subprocess.run([analyze, "verify", "--man=no", "--recursive-errors=no", unit], capture_output=True, text=True)

    assert [line for line in done.stderr.splitlines() if "linli.service" in line] == []


def test_unit_is_shut_tight(analyze: str) -> None:
    done = subprocess.run([analyze, "security", "--offline=true", "--threshold=25", UNIT], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-600:]
