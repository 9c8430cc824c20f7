"""What is said after a check-in corrects it; of several people's temperatures only one's own is kept, and that is said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Ask, Reply, Turn
from integrations.health import actions, several
from integrations.health.models import CheckIn
from tests.integrations.conftest import CATALOGUE, CHEN

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

WORDS = CATALOGUE.intents["health.checkin"].replies


def said(town: Town, words: str, about: str = "", **slots: Any) -> Reply | Ask:
    """Check in with these words, or correct what is spoken of."""

    def run(session: Any) -> Reply | Ask:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN, said=words, about=about)
        return actions.correct(turn, about, slots) if about else actions.check_in(turn, slots)

    return town.database.submit(run).result()


def checked_in(town: Town, **slots: Any) -> str:
    reply = said(town, "打卡", **slots)
    assert isinstance(reply, Reply)
    return reply.about


def now_is(town: Town) -> list[str]:
    return [made.words for made in town.all(CheckIn)][-1:]


def test_check_in_is_what_is_said_next_of(town: Town) -> None:
    reply = said(town, "打卡36.5，没有不舒服", temperature=36.5, symptoms=["none"])

    assert isinstance(reply, Reply)
    assert (reply.about, reply.called) == ("checkin:2026-03-11", "今天的健康打卡")


@pytest.mark.parametrize(("words", "slots", "reply", "kept"), [
    ("不对是36.8", {"temperature": 36.8}, "changed", "36.8℃，咳嗽"),
    ("不对是37.6", {"temperature": 37.6}, "abnormal", "37.6℃，咳嗽"),
    ("还有点嗓子疼", {"symptoms": ["throat"]}, "changed", "36.5℃，咳嗽、嗓子疼"),
    ("还头疼", {"others": ["头疼"]}, "changed", "36.5℃，咳嗽、头疼"),
    ("不是咳嗽，是嗓子疼", {"symptoms": ["throat"]}, "changed", "36.5℃，嗓子疼"),
    ("没别的了", {"symptoms": ["none"]}, "changed", "36.5℃，咳嗽"),
    ("没有不舒服", {"symptoms": ["none"]}, "changed", "36.5℃，没有不舒服"),
    ("喘不上气", {"symptoms": ["breathless"]}, "abnormal", "36.5℃，咳嗽、气短"),
])  # fmt: skip
def test_later_word_corrects_todays_check_in(town: Town, words: str, slots: dict[str, Any], reply: str, kept: str) -> None:
    about = checked_in(town, temperature=36.5, symptoms=["cough"])

    answer = said(town, words, about, **slots)

    assert (answer.name, now_is(town)) == (reply, [kept])
    assert [task.data["report"] for task in town.tasks()] == ([kept] if reply == "abnormal" else [])


def test_temperature_that_nobody_has_corrects_nothing(town: Town) -> None:
    about = checked_in(town, temperature=36.5, symptoms=["none"])

    assert (said(town, "不对是30", about, temperature=30.0).name, now_is(town)) == ("range", ["36.5℃，没有不舒服"])


def test_yesterdays_check_in_is_not_corrected_today(town: Town) -> None:
    about = checked_in(town, temperature=36.5, symptoms=["none"])
    town.now += timedelta(days=1)

    assert (said(town, "不对是37.6", about, temperature=37.6).name, len(town.all(CheckIn))) == ("past", 1)


@pytest.mark.parametrize(("words", "own", "others"), [
    ("老公36.5，我36.3，儿子37.8", 36.3, [("老公", 36.5), ("儿子", 37.8)]),
    ("我36度3 老婆36度5", 36.3, [("老婆", 36.5)]),
    ("我三十六度三，我妈三十六度八", 36.3, [("妈", 36.8)]),
    ("36.4，孩子36.9", 36.4, [("孩子", 36.9)]),
    ("36.5 37.8", None, [("", 36.5), ("", 37.8)]), ("家里人36.5、36.6、38.1", None, [("家里人", 36.5), ("", 36.6), ("", 38.1)]),
    ("爸36.5，妈36.7", None, [("爸", 36.5), ("妈", 36.7)]),
    ("我家老头子37度，老太婆36度半", None, [("老头子", 37.0), ("老太婆", 36.5)]),
])  # fmt: skip
def test_each_temperature_is_whose_it_is(words: str, own: float | None, others: list[tuple[str, float]]) -> None:
    told = several.told(words)

    assert told is not None
    assert (told.own, [(one.who, one.degrees) for one in told.others]) == (own, others)


@pytest.mark.parametrize("words", [
    "36.5", "我36.5", "儿子37.8", "早上36.5，晚上36.8", "不是36.5是37.6", "体温36.5，没有不舒服", "打卡36.5\n我妹妹明天来\n37.2", "",
])  # fmt: skip
def test_who_tells_of_one_person_tells_of_no_others(words: str) -> None:
    assert several.told(words) is None


def test_of_several_people_only_ones_own_is_kept_and_the_others_are_named(town: Town) -> None:
    words = "老公36.5咳嗽，我36.3，儿子36.8"

    asked = said(town, words, temperature=36.8, symptoms=["cough"])
    done = said(town, f"{words}\n没有", temperature=36.8, symptoms=["none"])

    assert isinstance(asked, Ask)
    assert (asked.values["measured"], asked.values["left"]) == ("36.3", "老公 36.5℃、儿子 36.8℃")
    assert isinstance(done, Reply)
    assert (done.name, done.values["left"]) == ("done", "老公 36.5℃、儿子 36.8℃")
    assert now_is(town) == ["36.3℃，没有不舒服"]
    assert town.tasks() == []


def test_fever_of_another_is_told_to_a_person_though_it_is_not_kept(town: Town) -> None:
    reply = said(town, "儿子38.5，女儿36.9", temperature=36.9)

    assert (reply.name, town.all(CheckIn)) == ("whose_feverish", [])
    assert [task.data["report"] for task in town.tasks()] == ["家里人：儿子 38.5℃、女儿 36.9℃"]


def test_temperatures_of_others_correct_nothing(town: Town) -> None:
    about = checked_in(town, temperature=36.5, symptoms=["none"])

    assert (said(town, "老公36.9，儿子37.0", about, temperature=37.0).name, now_is(town)) == ("whose", ["36.5℃，没有不舒服"])


def test_correction_goes_through_in_a_talk(chat: Chat) -> None:
    chat.say("健康打卡36.5，没有不舒服")

    assert "已改为：36.8℃，没有不舒服" in chat.say("不对是36.8")
    assert "36.8℃，头疼" in chat.say("还有点头疼")
