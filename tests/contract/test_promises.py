"""The contract holds both sides: what an action or a service says is what it declares."""

from pathlib import Path

import pytest

from bot.contract import Ask, Context, Integration, NoSlots, Reply, Services, Turn, Work, action
from bot.keys import Keys
from bot.store.communities import Community


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


TOOLS = Integration(name="tools", title="工具", folder=Path(__file__).parent, tells={"tool.ready": "number"})


@pytest.mark.parametrize(("name", "told"), [
    ("tool.ready", r"tell\('tool.ready'\) comes with \(what\); declared is \(number\)"), ("tool.redy", "is not declared"),
])  # fmt: skip
def test_message_that_is_told_otherwise_than_declared_is_named(name: str, told: str) -> None:
    context = Context(
        community=Community(appid="wx1", name="和苑小区"), keys=Keys(b"k" * 32), base_url="https://linli.example",
        messages={"tool.ready": "好了 {number}"}, services=Services(integrations=(TOOLS,)),
    )  # fmt: skip
    work = Work(session=None, now=None, context=context)  # type: ignore[arg-type]  # refused before either is used

    with pytest.raises(TypeError, match=told):
        work.tell("oChen", name, what="梯子")
