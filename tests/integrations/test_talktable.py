"""The talks as a table: what it finds and shows, what may be done with several at once, and that it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.console import lists
from bot.contract import Download, View
from bot.errors import Refusal
from bot.store import undos
from bot.store.staff import Role
from integrations.desk import conversations as desk
from integrations.desk import talktable
from integrations.desk.models import TalkLabel, TalkLabelled
from tests.integrations.test_inbox import CHEN, LI, acts, asks, does, member, speaks, talk

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

PAGES = {(one.method, one.path): one for one in lists.pages_of(talktable.LIST)}
TABLE, BULK = PAGES["GET", "/conversations/table"], PAGES["POST", "/conversations/table/bulk"]


def shown(town: Town, role: Role = Role.STAFF, **query: str) -> list[str]:
    view = town.opens(role, TABLE, query=query)
    return [line.cells[0][1][0].words for line in view.values["list"].lines]


def does_to(town: Town, act: str, *openids: str, role: Role = Role.STAFF, **answers: str) -> object:
    ticked = {f"row.{talk(town, one).public_id}": "1" for one in openids}
    return town.opens(
        role, BULK, **{"act": act, "from": "", **ticked, **{f"{act}.{name}": said for name, said in answers.items()}}
    )


def test_table_finds_by_name_flat_number_and_colleague_and_tells_the_true_number(town: Town) -> None:
    task = asks(town)
    speaks(town, "谢谢", LI)

    assert len(shown(town)) == 2
    assert shown(town, q="陈建国") == shown(town, q=task.number or "") == shown(town, show="waiting") == ["3栋2单元501 陈建国"]
    assert shown(town, holder="none", show="nobody") == ["3栋2单元501 陈建国"]
    assert shown(town, holder="me") == []
    assert town.opens(Role.STAFF, TABLE, query={"q": "没有这个人"}).values["list"].found.total == 0


def test_table_is_sorted_by_the_last_word_and_filtered_by_label(town: Town) -> None:
    asks(town)
    speaks(town, "谢谢", LI)
    does(town, lambda session: session.add(TalkLabel(name="催物业费")))
    [label] = town.all(TalkLabel)
    does(town, lambda session: session.add(TalkLabelled(openid=LI, label_id=label.id or 0)))

    assert shown(town, sort="updated") == shown(town)[::-1]
    assert "陈建国" not in "".join(shown(town, label=label.public_id))
    assert shown(town, label="NOLABEL") == shown(town, sort="-updated")


def test_several_are_handed_on_and_taken_back_as_one_step_without_a_word_to_residents(town: Town) -> None:
    asks(town)
    asks(town, openid=LI)
    manager = member(town, Role.MANAGER)

    does_to(town, "hand-on", CHEN, LI, staff=str(manager.id))
    assert {talk(town, one).assigned_id for one in (CHEN, LI)} == {manager.id}
    assert {task.claimed_by for task in town.tasks()} == {manager.id}
    assert (town.told(CHEN), town.told(LI)) == ([], [])

    staff = member(town, Role.STAFF)
    step = does(town, lambda session: undos.latest(session, "talks", staff.id or 0, town.now))
    assert step is not None
    undo = next(one for one in lists.pages(town.context.services) if one.path == "/undo/{undo_step}")
    town.opens(Role.STAFF, undo, params={"undo_step": step.public_id})

    assert {talk(town, one).assigned_id for one in (CHEN, LI)} == {None}
    assert {task.claimed_by for task in town.tasks()} == {None}


def test_talk_in_which_somebody_has_the_word_or_a_resident_waits_is_left_out_with_the_reason(town: Town) -> None:
    asks(town)
    view = does_to(town, "done", CHEN)
    assert isinstance(view, View)
    assert "居民还在等答复" in view.values["list"].refused
    acts(town, desk.take)

    view = does_to(town, "hand-on", CHEN, staff=str(member(town, Role.MANAGER).id))

    assert isinstance(view, View)
    assert "已经接手" in view.values["list"].refused


def test_file_has_all_talks_that_fit_and_no_formula(town: Town) -> None:
    speaks(town, "=1+1")
    file = town.opens(Role.MANAGER, PAGES["GET", "/conversations/table/export.csv"])

    assert isinstance(file, Download)
    said = file.body.decode("utf-8-sig")
    assert "陈建国" in said
    assert ",=1+1" not in said
    with pytest.raises(Refusal, match="导出列表需要"):
        town.opens(Role.STAFF, PAGES["GET", "/conversations/table/export.csv"])
