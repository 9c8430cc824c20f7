"""Check-ins: kept by day in Shanghai, the abnormal ones a task for those who may see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from bot.model import SHANGHAI, Role
from integrations.health import actions, console
from integrations.health.models import CheckIn

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN = "oChen"


def test_normal_check_in_is_thanked_and_nobody_is_bothered(town: Town) -> None:
    said = town.says(CHEN, actions.check_in, temperature=36.5, symptoms=["none"])

    assert "打卡成功：36.5℃，没有不舒服" in said
    assert town.tasks() == []


@pytest.mark.parametrize(("temperature", "symptoms", "abnormal"), [
    (37.2, ["cough"], False), (37.3, ["none"], True), (36.5, ["fever"], True), (36.5, ["breathless"], True), (36.5, ["fatigue"], False),
])  # fmt: skip
def test_fever_or_short_breath_is_abnormal(town: Town, temperature: float, symptoms: list[str], abnormal: bool) -> None:
    reply = town.asks(CHEN, actions.check_in, temperature=temperature, symptoms=symptoms)

    assert (reply.name == "abnormal") is abnormal
    assert [task.need for task in town.tasks()] == (["health.view"] if abnormal else [])


def test_correction_of_the_day_changes_the_task_and_opens_no_second_one(town: Town) -> None:
    town.asks(CHEN, actions.check_in, temperature=37.9, symptoms=["none"])
    town.asks(CHEN, actions.check_in, temperature=38.4, symptoms=["cough"])

    [task] = town.tasks()
    assert task.data["report"] == "38.4℃，咳嗽"
    assert len(town.all(CheckIn)) == 2


@pytest.mark.parametrize("temperature", [33.9, 43.1, 375.0])
def test_temperature_nobody_has_is_asked_back_and_not_kept(town: Town, temperature: float) -> None:
    assert town.asks(CHEN, actions.check_in, temperature=temperature, symptoms=["none"]).name == "range"
    assert town.all(CheckIn) == []


def test_day_changes_at_midnight_in_shanghai(town: Town) -> None:
    town.now = datetime(2026, 3, 12, 0, 10, tzinfo=SHANGHAI)

    town.asks(CHEN, actions.check_in, temperature=36.5, symptoms=["none"])

    assert town.all(CheckIn)[0].day == date(2026, 3, 12)


def test_history_shows_the_last_word_of_each_day(town: Town) -> None:
    town.asks(CHEN, actions.check_in, temperature=36.5, symptoms=["none"])
    town.asks(CHEN, actions.check_in, temperature=36.8, symptoms=["none"])

    assert town.says(CHEN, actions.history).count("3月11日") == 1
    assert "36.8℃" in town.says(CHEN, actions.history)


def test_page_shows_the_abnormal_first_and_who_is_missing(town: Town) -> None:
    town.asks("oLi", actions.check_in, temperature=36.5, symptoms=["none"])
    town.asks(CHEN, actions.check_in, temperature=37.9, symptoms=["none"])

    view = town.opens(Role.MANAGER, console.today)

    assert [resident.name for _, resident, _ in view.values["rows"]] == ["陈建国", "李梅"]
    assert view.values["missing"] == []
