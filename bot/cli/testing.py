"""`linli test`: the tests inside the intent files, and scenario files, each a conversation that must go as written."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
import yaml

from bot import config
from bot.cli import counted, show_json
from bot.cli.checking import understood
from bot.cli.noticing import read_time
from bot.cli.talk import Room
from bot.dialogue.answer import Answer
from bot.dialogue.rehearsal import rehearse
from bot.dialogue.understanding import Understanding
from bot.errors import Misconfigured
from bot.services import load_services

_SCENARIO = {"scenario", "now", "resident", "turns"}
_TURN = {"say", "kind", "intent", "slot", "values", "reply"}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One thing that was not as written."""

    place: str  # visitor/invite.yaml:31
    said: str
    fault: str


def test(folder: Path | None, scenarios: Sequence[Path], *, as_json: bool) -> None:
    """Run everything and print what does not hold; exit code 1 if anything does not."""
    local = config.load_local()
    understanding = understood(folder or local.intents_folder, load_services(local))
    inline = sum(len(intent.tests) for intent in understanding.catalogue.intents.values())
    paths = list(scenarios) or sorted((config.shipped("data") / "scenarios").glob("*.yaml"))
    failures = [
        *(Failure(place=f"{miss.file}:{miss.line}", said=miss.text, fault=miss.got) for miss in rehearse(understanding)),
        *(failure for path in paths for failure in run(path, understanding)),
    ]
    for failure in failures:
        show_json(vars(failure)) if as_json else typer.echo(f"{failure.place} “{failure.said}”：{failure.fault}")
    if not as_json:
        typer.echo(f"{counted(inline, 'inline test')}, {counted(len(paths), 'scenario')}, {counted(len(failures), 'failure')}")
    sys.exit(1 if failures else 0)


def run(path: Path, understanding: Understanding) -> Iterator[Failure]:
    """Play one scenario on a throw-away community; yields what is not as written."""
    scenario = _read(path)
    now = read_time(str(scenario.get("now", "2026-03-11T10:00")))
    with tempfile.TemporaryDirectory() as folder:
        room = Room.open(Path(folder), now, understanding)
        try:
            if scenario.get("resident") == "unbound":
                room.seat(bound=False)
            for number, turn in enumerate(scenario["turns"], 1):
                answer = room.hear(str(turn["say"]))
                for fault in _faults(turn, answer) if answer is not None else ():
                    yield Failure(place=f"{path.name}:{number}", said=str(turn["say"]), fault=fault)
        finally:
            room.database.close()


def _read(path: Path) -> dict[str, Any]:
    try:
        scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Misconfigured(f"{path}: cannot be read as YAML: {error}") from error
    if not isinstance(scenario, dict) or not isinstance(scenario.get("turns"), list):
        raise Misconfigured(f"{path}: a scenario has `scenario:`, `now:` and a list of `turns:`, each with `say:`")
    unknown = set(scenario) - _SCENARIO
    for number, turn in enumerate(scenario["turns"], 1):
        if not isinstance(turn, dict) or "say" not in turn:
            raise Misconfigured(f"{path}: turn {number} lacks `say:`")
        unknown |= set(turn) - _TURN
    if unknown:
        raise Misconfigured(
            f"{path}: unknown {', '.join(sorted(map(str, unknown)))}; known: {', '.join(sorted(_SCENARIO | _TURN))}"
        )
    return scenario


def _faults(turn: dict[str, Any], answer: Answer) -> Iterator[str]:
    """Compare an answer with what is written; what is not written does not matter."""
    for name in ("kind", "intent", "slot"):
        if name in turn and (got := getattr(answer.outcome, name)) != turn[name]:
            yield f"{name} 是 {got}，应是 {turn[name]}"
    for name, wanted in (turn.get("values") or {}).items():
        if (got := _plain(answer.values.get(name))) != _plain(wanted):
            yield f"{name} 是 {got}，应是 {_plain(wanted)}"
    reply = "\n".join(answer.texts)
    if "reply" in turn and str(turn["reply"]) not in reply:
        yield f"回复里没有“{turn['reply']}”：{reply[:80]}"


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
