"""Of several people's temperatures each is kept for whom it is of; what is said afterwards corrects that of the person meant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Ask, Reply, Turn
from bot.store import people
from integrations.health import actions, console, reports
from integrations.health.models import CheckIn
from tests.integrations.conftest import CATALOGUE, CHEN
from tests.integrations.health.listed import opened

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


@pytest.mark.parametrize(("words", "told"), [
    ("老公36.5，我36.3，儿子37.8", [("老公", 36.5), ("", 36.3), ("儿子", 37.8)]),
    ("我36度3 老婆36度5", [("", 36.3), ("老婆", 36.5)]), ("我36.5妈38.2", [("", 36.5), ("妈妈", 38.2)]),
    ("我三十六度三，我妈三十六度八", [("", 36.3), ("妈妈", 36.8)]), ("36.4，孩子36.9", [("", 36.4), ("孩子", 36.9)]),
    ("36.5 37.8", [("?", 36.5), ("?", 37.8)]), ("爸36.5，妈36.7", [("爸爸", 36.5), ("妈妈", 36.7)]),
    ("我家老头子37度，老太婆36度半", [("老头子", 37.0), ("老太婆", 36.5)]), ("我妈36.8 老妈36.9", [("妈妈", 36.9)]),
    ("老妈也打一个36.4", [("妈妈", 36.4)]), ("儿子37.8", [("儿子", 37.8)]), ("不对，儿子是37.5", [("儿子", 37.5)]), ("王芳36.5", [("王芳", 36.5)]),
    ("孩子咳嗽两天了\n37.8\n同意", [("孩子", 37.8)]), ("儿子咳嗽", [("儿子", None)]), ("孩子早上38.5，晚上37.2", [("孩子", None)]),
    ("女儿5岁，38.2", [("女儿", 38.2)]), ("38.2，女儿5岁", [("女儿", 38.2)]), ("小宝三岁，38.4", [("小宝", 38.4)]), ("乐乐5岁，38.2", [("乐乐", 38.2)]),
    ("今天我和我爱人都36.4，孩子没量", [("", 36.4), ("爱人", 36.4), ("孩子", None)]), ("爸爸和妈妈都是36.6", [("爸爸", 36.6), ("妈妈", 36.6)]),
])  # fmt: skip
def test_each_temperature_is_whose_it_is(words: str, told: list[tuple[str, float]]) -> None:
    assert [(one.who, one.degrees) for one in reports.read(words)] == told


@pytest.mark.parametrize(("words", "is_child"), [
    ("女儿5岁，38.2", True), ("乐乐5岁，38.2", True), ("小明今年十二岁 37.9", True), ("老妈80岁，37.9", False), ("王芳30岁，36.5", False),
])  # fmt: skip
def test_whoever_is_young_by_word_or_age_is_a_child(words: str, is_child: bool) -> None:
    assert [one.is_child for one in reports.read(words)] == [is_child]


@pytest.mark.parametrize("words", [
    "36.5", "我36.5", "早上36.5，晚上36.8", "不是36.5是37.6", "体温36.5，没有不舒服", "打卡36.5\n我妹妹明天来\n37.2", "", "咳嗽37.3", "高烧38.5",
    "嗓子疼，体温37.3", "我老公让我打卡，嗓子疼",
])  # fmt: skip
def test_who_tells_of_themselves_tells_of_nobody_else(words: str) -> None:
    assert reports.read(words) == ()


def people_now(town: Town) -> dict[str, str]:
    return {made.person: made.words for made in town.all(CheckIn)}


def test_of_several_people_each_is_kept_and_what_they_feel_is_theirs(town: Town) -> None:
    words = "老公36.5咳嗽，我36.3，儿子36.8"

    asked = said(town, words, temperature=36.8, symptoms=["cough"])
    done = said(town, f"{words}\n没有", temperature=36.8, symptoms=["none"])

    assert isinstance(asked, Ask)
    assert (asked.values["of"], asked.values["measured"], asked.values["others"]) == (
        "您的",
        "36.3",
        "老公 36.5℃咳嗽、儿子 36.8℃",
    )
    assert isinstance(done, Reply)
    assert done.name == "done"
    assert people_now(town) == {"老公": "36.5℃，咳嗽", "": "36.3℃，没有不舒服", "儿子": "36.8℃，症状没说"}
    assert (len(town.all(CheckIn)), town.tasks()) == (3, [])


def test_fever_of_one_of_the_family_is_told_to_a_person_by_whom_it_is_of(town: Town) -> None:
    reply = said(town, "儿子38.5，女儿36.9", temperature=36.9)

    assert (reply.name, people_now(town)) == ("several", {"儿子": "38.5℃，症状没说", "女儿": "36.9℃，症状没说"})
    assert [task.data["report"] for task in town.tasks()] == ["儿子38.5℃，症状没说"]


def test_two_who_are_unwell_are_one_task_that_names_both(town: Town) -> None:
    said(town, "儿子38.5，女儿36.9", temperature=36.9)
    said(town, "我38.2", temperature=38.2, symptoms=["cough"])

    assert [task.data["report"] for task in town.tasks()] == ["儿子38.5℃，症状没说；38.2℃，咳嗽"]


def test_figures_of_nobody_in_particular_are_asked_back_and_not_kept(town: Town) -> None:
    assert (said(town, "36.5 36.8", temperature=36.8).name, town.all(CheckIn)) == ("whose", [])
    assert said(town, "36.5 38.8", temperature=38.8).name == "whose_feverish"
    assert [task.data["report"] for task in town.tasks()] == ["家里人：36.5℃、38.8℃"]


def test_later_word_of_another_changes_nothing_of_ones_own(town: Town) -> None:
    about = checked_in(town, temperature=36.5, symptoms=["none"])

    said(town, "老妈也打一个36.4", about, temperature=36.4)
    said(town, "老公36.9，儿子37.0", about, temperature=37.0)
    said(town, "妈妈还咳嗽", f"{about}:妈妈", symptoms=["cough"])

    assert people_now(town) == {
        "": "36.5℃，没有不舒服", "妈妈": "36.4℃，咳嗽", "老公": "36.9℃，症状没说", "儿子": "37.0℃，症状没说",
    }  # fmt: skip


def test_correction_is_made_to_the_person_who_is_named(town: Town) -> None:
    said(town, "老公36.5，我36.3，儿子37.8", temperature=36.3, symptoms=["none"])

    said(town, "不对，儿子是36.8", "checkin:2026-03-11", temperature=36.8)
    said(town, "不对是36.4", "checkin:2026-03-11", temperature=36.4)

    assert (people_now(town)["儿子"], people_now(town)[""], people_now(town)["老公"]) == (
        "36.8℃，症状没说", "36.4℃，症状没说", "36.5℃，症状没说",
    )  # fmt: skip


def test_whom_the_roster_knows_by_name_is_that_person_whoever_tells_it(town: Town) -> None:
    def move_in(session: Any) -> int:
        home = people.bound(session, CHEN)
        assert home is not None
        return people.settle(session, session.get_one(people.Household, home.household_id), name="王芳").key

    wang = town.database.submit(move_in).result()
    said(town, "王芳36.8，我36.5", temperature=36.5, symptoms=["none"])

    assert [(one.resident_id == wang, one.person) for one in town.all(CheckIn)] == [(True, "王芳"), (False, "")]
    assert sorted(line.row.who for line in opened(town, console.LIST)["list"].lines) == ["王芳", "陈建国"]


def test_page_card_and_history_show_of_whom_each_is(town: Town) -> None:
    said(town, "老公36.5，我36.3，儿子37.8", temperature=36.3, symptoms=["none"])

    told = opened(town, console.LIST)
    assert sorted((line.row.who, line.row.told) for line in told["list"].lines) == [
        ("儿子", "陈建国"),
        ("老公", "陈建国"),
        ("陈建国", ""),
    ]
    assert [(row.who, row.told) for row in told["unwell"]] == [("儿子", "陈建国")]
    assert "儿子 37.8℃" in town.says(CHEN, actions.history)


def test_correction_goes_through_in_a_talk(chat: Chat) -> None:
    chat.say("健康打卡36.5，没有不舒服")

    assert "已改为：36.8℃，没有不舒服" in chat.say("不对是36.8")
    assert "36.8℃，头疼" in chat.say("还有点头疼")


def test_family_goes_through_in_a_talk(chat: Chat) -> None:
    chat.say("健康打卡36.5，没有不舒服")
    assert "妈妈36.4℃" in chat.say("老妈也打一个36.4", "没有")

    chat.say("老公36.5，我36.3，儿子37.8")
    chat.say("没有")
    chat.say("不对，儿子是37.2")

    last = {made.person: made.tenths for made in chat.all(CheckIn)}
    assert last == {"": 363, "妈妈": 364, "老公": 365, "儿子": 372}


def test_a_child_that_was_not_measured_is_no_wrong_figure(chat: Chat) -> None:
    assert "没有体温，这次先不打卡" in chat.say("健康打卡", "孩子没量")
