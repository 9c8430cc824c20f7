"""Check-ins: kept by day in Shanghai, the abnormal ones a task for those who may see them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from bot.contract import Ask, personal
from bot.contract.lists import PAGE
from bot.model import SHANGHAI
from bot.store.staff import Role
from bot.store.tasks import Task
from integrations.desk import tasks
from integrations.health import actions, console, integration
from integrations.health.models import CheckIn
from integrations.health.settings import Settings
from tests.integrations.health.listed import opened

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN, LI = "oChen", "oLi"


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

    told, missing = opened(town, console.LIST), opened(town, console.MISSING)

    assert [row.who for row in told["unwell"]] == ["陈建国"]
    assert [line.row.who for line in told["list"].lines] == ["陈建国", "李梅"]
    assert missing["list"].found.total == 0


def test_list_is_of_a_day_and_found_by_flat_and_name_and_says_who_is_missing(town: Town) -> None:
    town.asks(CHEN, actions.check_in, temperature=36.5, symptoms=["none"])
    town.asks(CHEN, actions.check_in, temperature=36.6, symptoms=["none"])
    day = town.now.date().isoformat()
    town.now += timedelta(days=1)
    town.asks(LI, actions.check_in, temperature=36.7, symptoms=["none"])

    def who(**query: str) -> list[str]:
        return [f"{line.row.who} {line.row.made.words[:4]}" for line in opened(town, console.LIST, **query)["list"].lines]

    assert who() == ["李梅 36.7"]
    assert who(day="yesterday") == who(on_from=day, on_to=day) == ["陈建国 36.6"]
    assert who(day="week") == ["李梅 36.7", "陈建国 36.6"]
    assert who(day="week", sort="flat", q="501") == who(day="all", q="陈建国") == ["陈建国 36.6"]
    assert [line.row[0].name for line in opened(town, console.MISSING)["list"].lines] == ["陈建国"]
    assert [line.row[0].name for line in opened(town, console.MISSING, day="yesterday")["list"].lines] == ["李梅"]


# ------------------------------------------------------------------ what is known counts at once


def test_fever_is_kept_and_raised_before_the_symptoms_are_known(town: Town) -> None:
    asked = town.asks(CHEN, actions.check_in, temperature=39.5)

    assert isinstance(asked, Ask)
    assert [(made.tenths, made.symptoms) for made in town.all(CheckIn)] == [(395, [])]
    assert [task.data["report"] for task in town.tasks()] == ["39.5℃，症状没说"]


def test_symptoms_complete_the_check_in_and_its_task(town: Town) -> None:
    town.asks(CHEN, actions.check_in, temperature=39.5)
    town.asks(CHEN, actions.check_in, temperature=39.5, symptoms=["cough"])

    assert [(made.tenths, made.symptoms) for made in town.all(CheckIn)] == [(395, ["cough"])]
    assert [task.data["report"] for task in town.tasks()] == ["39.5℃，咳嗽"]


def close(town: Town, outcome: str = "打过电话") -> None:
    """Staff deal with the open task."""
    [task] = [task for task in town.tasks() if task.closed_at is None]
    town.opens(Role.MANAGER, tasks.close, params={"id": task.public_id}, outcome=outcome)


@pytest.mark.parametrize(("symptoms", "is_open"), [(["cough"], False), (["breathless"], True)])
def test_task_closed_meanwhile_comes_back_only_when_it_turns_urgent(town: Town, symptoms: list[str], is_open: bool) -> None:
    town.asks(CHEN, actions.check_in, temperature=39.5)
    close(town)

    town.asks(CHEN, actions.check_in, temperature=39.5, symptoms=symptoms)

    [task] = town.tasks()
    assert (task.closed_at is None, task.urgent) == (is_open, is_open)


@pytest.mark.parametrize(("first", "then", "report"), [
    ({"temperature": 38.0, "symptoms": ["none"]}, {"temperature": 38.5, "symptoms": ["cough"]}, "38.5℃，咳嗽"),
    ({"symptoms": ["fever"]}, {"temperature": 38.2, "symptoms": ["fever"]}, "38.2℃，发热"),
    ({"temperature": 38.0}, {"temperature": 38.0}, "38.0℃，症状没说"),
])  # fmt: skip
def test_whoever_still_feels_ill_after_staff_called_is_called_again_by_who_knows_of_it(
    town: Town, first: dict[str, Any], then: dict[str, Any], report: str
) -> None:
    town.asks(CHEN, actions.check_in, **first)
    town.now += timedelta(minutes=10)
    close(town)
    town.now += timedelta(hours=5)

    town.asks(CHEN, actions.check_in, **then)

    [task] = town.tasks()
    assert (task.closed_at, task.outcome, task.opened_at) == (None, "", town.now)
    assert task.data["report"] == f"{report}（今天 10:10 办结过：打过电话）"


def test_answer_of_who_has_no_thermometer_leaves_the_closed_task_closed(town: Town) -> None:
    town.asks(CHEN, actions.check_in, symptoms=["fever"])
    close(town)

    town.asks(CHEN, actions.check_in, symptoms=["fever"], temperature=actions.UNMEASURED)

    assert [task.outcome for task in town.tasks()] == ["打过电话"]


def test_next_day_is_another_task(town: Town) -> None:
    town.asks(CHEN, actions.check_in, temperature=38.0, symptoms=["none"])
    town.now += timedelta(days=1)
    town.asks(CHEN, actions.check_in, temperature=38.0, symptoms=["none"])

    assert len(town.tasks()) == 2


# ------------------------------------------------------------------ 取消 takes nothing back


@pytest.mark.parametrize(("said", "kept", "raised"), [
    ("健康打卡 36.5", "体温 36.5℃ 已经记下，今天算打过卡了", 0), ("健康打卡 39.5", "体温 39.5℃ 已经记下，我们已通知社区工作人员", 1),
    ("我有点发热", "我们已通知社区工作人员联系您", 1), ("健康打卡", "“健康打卡”不办了", 0),
])  # fmt: skip
def test_who_calls_the_question_off_reads_what_stands_on_record(chat: Chat, said: str, kept: str, raised: int) -> None:
    answer = chat.say(said, "取消")

    assert kept in answer
    assert ("不办了" in answer) is (said == "健康打卡")
    assert len(chat.all(Task)) == raised


def test_question_that_was_left_open_too_long_says_so_too(chat: Chat) -> None:
    chat.say("健康打卡 36.5")
    assert chat.room.frozen is not None
    chat.room.frozen += timedelta(minutes=16)

    assert "体温 36.5℃ 已经记下" in chat.say("好的")


def test_symptom_that_comes_late_joins_what_stands_on_record(chat: Chat) -> None:
    chat.say("健康打卡 36.5")
    assert chat.room.frozen is not None
    chat.room.frozen += timedelta(minutes=16)

    assert "36.5℃，咳嗽" in chat.say("咳")
    assert [made.symptoms for made in chat.all(CheckIn)] == [["cough"]]


def test_breathless_without_a_thermometer_is_raised_at_once(town: Town) -> None:
    town.asks(CHEN, actions.check_in, symptoms=["breathless"])

    assert [(task.urgent, task.data["report"]) for task in town.tasks()] == [(True, "体温未量，气短")]


def test_fever_stands_on_record_while_the_question_is_open(chat: Chat) -> None:
    said = chat.say("健康打卡 39.5")

    assert "已通知社区工作人员" in said
    assert "还有哪里不舒服" in said
    assert [made.tenths for made in chat.all(CheckIn)] == [395]
    assert [task.kind for task in chat.all(Task)] == ["health.abnormal"]


def test_open_question_put_aside_for_something_else_keeps_one_record(chat: Chat) -> None:
    chat.say("健康打卡 39.5", "厨房水管漏水了，明天上午来修")
    said = chat.say("咳嗽")

    assert "39.5℃，咳嗽" in said
    assert [made.symptoms for made in chat.all(CheckIn)] == [["cough"]]
    assert len(chat.all(Task)) == 1


def test_who_feels_feverish_is_asked_for_the_temperature_after_a_person_is_told(chat: Chat) -> None:
    assert "已通知社区工作人员" in chat.say("我有点发热")
    assert [task.data["report"] for task in chat.all(Task)] == ["体温未量，发热"]

    assert "38.2℃，发热" in chat.say("38.2")
    assert [task.data["report"] for task in chat.all(Task)] == ["38.2℃，发热"]


def test_who_has_no_thermometer_is_not_asked_for_ever(chat: Chat) -> None:
    assert "没有量体温" in chat.say("我有点发热", "没量")
    assert "先不打卡" in chat.say("健康打卡", "不知道")


@pytest.mark.parametrize("said", ["都没有", "没有", "1", "没有别的了"])
def test_nothing_wrong_is_said_in_many_ways(chat: Chat, said: str) -> None:
    assert "打卡成功：36.5℃，没有不舒服" in chat.say("健康打卡 36.5", said)


@pytest.mark.parametrize("said", ["98.6", "45", "45度"])
def test_temperature_out_of_range_is_told_with_the_range(chat: Chat, said: str) -> None:
    assert "34.0–43.0℃" in chat.say("健康打卡", said)
    assert chat.all(CheckIn) == []


def test_symptom_outside_the_list_is_kept_in_its_own_words(chat: Chat) -> None:
    assert "38.0℃，头疼" in chat.say("健康打卡 38", "头疼")
    assert [task.data["report"] for task in chat.all(Task)] == ["38.0℃，头疼"]


def test_check_ins_are_forgotten_after_their_days_and_not_before(town: Town) -> None:
    forget, *_ = personal.forgetting(integration)
    town.asks("oChen", actions.check_in, temperature=36.5, symptoms=["none"])

    town.now += Settings().lives
    town.runs(forget.run)
    assert len(town.all(CheckIn)) == 1

    town.now += timedelta(seconds=1)
    town.runs(forget.run)
    assert town.all(CheckIn) == []


def test_page_asks_the_same_however_many_have_checked_in(town: Town) -> None:
    """A database takes so many values in one question, and a community has more people."""
    asked: list[int] = []

    def count(_connection: Any, _cursor: Any, _statement: str, values: Any, *_more: Any) -> None:
        asked.append(len(values))

    def open_page() -> int:
        asked.clear()
        opened(town, console.LIST)
        return max(asked)

    event.listen(town.database.engine, "before_cursor_execute", count)
    before = open_page()
    for openid in (CHEN, LI):
        town.asks(openid, actions.check_in, temperature=36.5, symptoms=["none"])

    assert open_page() <= before + PAGE
    assert opened(town, console.MISSING)["list"].found.total == 0
