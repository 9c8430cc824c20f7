"""A notice to very many, as staff see it while its deliveries are made part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract import Delivery, Notice, Refusal, Work, notices, timing
from bot.contract.notices import EVERYBODY
from bot.store import parts
from bot.store.people import Resident
from bot.store.staff import Role
from integrations.notices import console, listed

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def split_up(town: Town, *, recurs: bool = False) -> str:
    """A notice that was split up a moment ago, as one to thousands is; returns its id."""

    def run(session: Session) -> str:
        notice = notices.draft(session, "停水", "明天停水。", EVERYBODY, town.now)
        if recurs:
            notices.schedule(session, notice, timing.by_words("每周一九点", town.now), town.now)
        else:
            notice.state = notices.NoticeState.PUBLISHED
        notice.published_at = town.now
        people = session.exec(select(Resident.id).order_by(Resident.id)).all()
        found = parts.Split(parts=[people[:1], people[1:]])
        parts.keep(session, notice.key, town.now, found, town.now + notices.UNDO, town.now, reason="")
        return notice.public_id

    return town.database.submit(run).result()


def lay_out_next(town: Town) -> None:
    number, _ = town.database.submit(parts.waiting).result()[0]
    town.runs(lambda work: notices.lay_out(work, number))


def test_published_is_said_only_when_everybody_has_a_delivery(town: Town) -> None:
    params = {"id": split_up(town)}
    first = town.opens(Role.MANAGER, console.progress, params=params).values
    lay_out_next(town)
    second = town.opens(Role.MANAGER, console.progress, params=params).values
    lay_out_next(town)
    last = town.opens(Role.MANAGER, console.progress, params=params).values

    assert [shown["state"] for shown in (first, second, last)] == ["正在发布", "正在发布", "已发布"]
    assert [shown["laid"] for shown in (first, second, last)] == [0, 1, None]
    assert [shown["total"] for shown in (first, second, last)] == [3, 3, 3]
    assert all(shown["moving"] and shown["stoppable"] for shown in (first, second, last))


def row_of(work: Work, notice: Notice) -> listed.Row:
    """The notice as its list has it."""
    [row] = listed.LIST.load(work, [notice])  # type: ignore[arg-type,misc]
    return row


def test_list_says_that_a_notice_is_being_published(town: Town) -> None:
    split_up(town)
    [notice] = town.all(Notice)
    says = next(column.says for column in listed.LIST.columns if column.name == "state")

    def state(work: Work) -> None:
        told.append(says(work, row_of(work, notice))[0].words)  # type: ignore[arg-type]

    told: list[str] = []
    town.runs(state)
    lay_out_next(town)
    lay_out_next(town)
    town.runs(state)

    assert told == ["正在发布", "还有 2 人没发"]


def test_recall_amid_it_counts_everybody_who_is_not_told(town: Town) -> None:
    params = {"id": split_up(town)}
    lay_out_next(town)

    said = town.opens(Role.MANAGER, console.recall, params=params)
    lay_out_next(town)

    assert said.note == "已撤回，3 条没有发出。"
    assert [row.state.value for row in town.all(Delivery)] == ["cancelled"] * 3


def test_words_cannot_be_changed_while_some_have_them_already(town: Town) -> None:
    params = {"id": split_up(town, recurs=True)}

    with pytest.raises(Refusal, match="正在给每个人排队"):
        town.opens(Role.MANAGER, console.edit, params=params)
