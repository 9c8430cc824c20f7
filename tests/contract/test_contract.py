"""The contract holds both sides: what an action or a service says is what it declares."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.console.own import CORE
from bot.contract import (
    Access,
    Ask,
    Context,
    Happening,
    Integration,
    NoSlots,
    Permission,
    Reply,
    Role,
    Services,
    TaskKind,
    Turn,
    Work,
    action,
    on,
)
from bot.contract.taskkinds import ALARM
from bot.errors import Misconfigured
from bot.keys import Keys
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import Event


@pytest.mark.parametrize(("said", "told"), [
    (Reply("done", number="K3"), ""), (Ask(slot="which", name="which", options={}), ""),
    (Ask(slot="which", name="which", options={}, called_off="none"), ""),
    (Ask(slot="which", name="which", options={}, called_off="done"), "tool.lend: Ask 'done' comes with ()"),
    (Reply("gone"), "tool.lend: Reply 'gone' is not declared"),
    (Reply("done"), "tool.lend: Reply 'done' comes with (); declared is (number)"),
    (Ask(slot="which", name="which", options={}, values={"what": "梯子"}), "tool.lend: Ask 'which' comes with (what)"),
])  # fmt: skip
def test_action_that_answers_otherwise_than_declared_is_named(said: Reply | Ask, told: str) -> None:
    @action("tool.lend", replies={"done": "number", "which": "", "none": ""})
    def lend(turn: Turn, slots: NoSlots) -> Reply | Ask:
        return said

    def ask() -> Reply | Ask:
        return lend(None, {})  # type: ignore[arg-type]  # the action looks at nothing

    if not told:
        assert ask() is said
        return
    with pytest.raises(TypeError) as error:
        ask()
    assert str(error.value).startswith(told)


LENDING = Integration(
    name="tools", title="工具", folder=Path(), tells={"tool.ready": "number"}, emits={"tool.lent": "tool days?"},
    permissions=(Permission(name="tool.lend", title="借出工具", roles=(Role.STAFF,)),),
)  # fmt: skip


def context(*services: Integration) -> Context:
    return Context(
        community=Community(id=1, appid="wx1", name="和苑小区"), keys=Keys(b"k" * 32), base_url="https://linli.example",
        messages={"tool.ready": "好了 {number}"}, services=Services(integrations=(CORE, LENDING, *services)),
    )  # fmt: skip


@pytest.mark.parametrize(("name", "told"), [
    ("tool.ready", r"tell\('tool.ready'\) comes with \(what\); declared is \(number\)"), ("tool.redy", "is not declared"),
])  # fmt: skip
def test_message_that_is_told_otherwise_than_declared_is_named(name: str, told: str) -> None:
    work = Work(session=None, now=None, context=context())  # type: ignore[arg-type]  # refused before either is used

    with pytest.raises(TypeError, match=told):
        work.tell("oChen", name, what="梯子")


@pytest.mark.parametrize(("kind", "fields", "told"), [
    ("tool.lost", {}, r"record\('tool.lost'\) is not declared"), ("tool.lent", {}, r"comes with \(\); declared is \(days\? tool\)"),
    ("tool.lent", {"tool": "梯子", "who": "陈"}, r"comes with \(tool who\)"),
])  # fmt: skip
def test_event_that_is_recorded_otherwise_than_declared_is_named(kind: str, fields: dict[str, str], told: str) -> None:
    work = Work(session=None, now=None, context=context())  # type: ignore[arg-type]  # refused before either is used

    with pytest.raises(TypeError, match=told):
        work.record(kind, **fields)


@pytest.mark.parametrize("fields", [{"tool": "梯子"}, {"tool": "梯子", "days": 3}])
@pytest.mark.usefixtures("community")
def test_event_may_leave_out_what_need_not_come(sqlite: Database, now: datetime, fields: dict[str, Any]) -> None:
    sqlite.submit(lambda session: Work(session=session, now=now, context=context()).record("tool.lent", **fields)).result()

    [event] = sqlite.submit(lambda session: session.exec(select(Event)).all()).result()
    assert event.data == fields


@on("tool.lent", "tool price")
def bill(work: Work, happening: Happening) -> None:
    """Reads a field that nobody promised."""


@on("tool.sold")
def celebrate(work: Work, happening: Happening) -> None:
    """Waits for what never happens."""


def test_reaction_to_what_nobody_promises_is_named_before_the_start() -> None:
    bills = Integration(name="bills", title="账单", folder=Path(), reactions=(bill, celebrate))

    reads, waits = Services(integrations=(LENDING, bills)).misheard()

    assert "service 'bills'" in reads
    assert "reads price; its fields are (days? tool)" in reads
    assert "'tool.sold', which no service emits" in waits


@pytest.mark.parametrize(("what", "brought"), [
    ("the message 'tool.ready'", {"tells": {"tool.ready": ""}}), ("the event 'tool.lent'", {"emits": {"tool.lent": ""}}),
    ("the permission 'tool.lend'", {"permissions": LENDING.permissions}),
])  # fmt: skip
def test_two_services_that_bring_the_same_are_both_named(what: str, brought: dict[str, Any]) -> None:
    twin = Integration(name="twin", title="双胞胎", folder=Path(), **brought)

    with pytest.raises(Misconfigured, match=f"service 'twin' brings {what}, which 'tools' brings already"):
        Services(integrations=(LENDING, twin))


def test_admins_may_everything_others_what_is_proposed_or_was_changed() -> None:
    access = Access(
        permissions=context().services.permissions, changed={(Role.GUARD, "tool.lend"): True, (Role.STAFF, "task.view"): False}
    )

    assert [role for role in Role if access.may(role, "tool.lend")] == [Role.GUARD, Role.STAFF, Role.ADMIN]
    assert [role for role in Role if access.may(role, "task.view")] == [Role.MANAGER, Role.ADMIN]
    assert not access.may(Role.MANAGER, "tool.undeclared")
    assert access.holders("tool.lend") == ["门岗", "员工", "管理员"]


def test_exact_kind_of_task_goes_before_one_that_fits_many() -> None:
    lifts = Integration(
        name="lifts", title="电梯", folder=Path(), tasks=(TaskKind(kind="emergency.lift", title="困梯", path="/lifts/{subject}"),)
    )
    services = context(lifts).services

    kinds = [services.kind_of(kind) for kind in ("emergency.lift", "emergency.fire", "fire")]

    assert [kind and kind.title for kind in kinds] == ["困梯", "紧急情况", None]
    assert services.ladder("emergency.fire") is ALARM
    assert services.ladder("emergency.lift") is None


def test_what_the_core_records_services_may_react_to() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "bot").rglob("*.py")]
    recorded = {kind for source in sources for kind in re.findall(r'\brecord\([^"\n]*"([a-z_]+\.[a-z_]+)"', source)}

    assert len(recorded) > 20
    assert recorded - set(CORE.emits) == set()
