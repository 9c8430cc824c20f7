"""A temperature that was written down for somebody else goes to whose it is; its history stays, and the alarm follows the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Redirect, Turn, View, Work, consents
from bot.store import consents as kept
from bot.store import people
from bot.store.alerts import Alert
from bot.store.events import Event
from bot.store.people import Resident
from bot.store.staff import Role
from bot.store.tasks import Task
from integrations.health import campaign_pages, mixups, personal
from integrations.health.models import CheckIn, Stand, TookPart
from integrations.health.purposes import CHECK_IN, MINORS
from tests.integrations.conftest import CHEN
from tests.integrations.health.test_campaigns import Round, held

if TYPE_CHECKING:
    from integrations.health.models import Campaign
    from tests.integrations.conftest import Chat

__all__ = ["held"]


def rows(chat: Any) -> list[tuple[str, int]]:
    return [(one.person, one.tenths) for one in chat.all(CheckIn)]


def people_of(chat: Any) -> dict[str, str]:
    """Whom the one open task is about; nobody where none is open."""
    tasks = [one for one in chat.all(Task) if one.kind == "health.abnormal" and one.closed_at is None]
    return dict(tasks[0].data["people"]) if tasks else {}


@pytest.mark.parametrize(
    "said",
    [
        "不是我的，是我老公的",
        "记错人了，是我老公的",
        "刚才那个是我老公的",
        "37.9不是我的，应该是我老公的",
        "体温不是我的是老公的，你们记错人了",
    ],
)
def test_what_is_somebody_elses_goes_to_them_and_so_does_the_alarm(chat: Chat, said: str) -> None:
    chat.say("健康打卡 37.9，咳嗽")

    answer = chat.say(said)

    assert "是老公的，不是您的" in answer
    assert "要联系的是老公" in answer
    assert rows(chat) == [("老公", 379)]
    assert list(people_of(chat)) == ["老公"]
    [made] = chat.all(CheckIn)
    assert (made.was_of_id, made.was_person, made.resident_id) == (made.reporter_id, "", None)
    assert made.righted_at is not None


def test_asked_whose_it_is_a_word_answers(chat: Chat) -> None:
    chat.say("健康打卡 37.9，咳嗽")

    assert "是谁的" in chat.say("记错人了")
    assert "是妈妈的" in chat.say("是我妈的")

    assert rows(chat) == [("妈妈", 379)]


def test_nobodys_at_all_leaves_nothing_and_nobody_is_called(chat: Chat) -> None:
    chat.say("健康打卡 37.9，咳嗽")

    chat.say("记错人了", "别记了")

    assert (rows(chat), people_of(chat)) == ([], {})


def test_two_that_were_told_the_wrong_way_round_change_places(chat: Chat) -> None:
    chat.say("老公37.8，我36.3")

    answer = chat.say("我和老公说反了")

    assert "您 37.8℃" in answer
    assert sorted(rows(chat)) == [("", 378), ("老公", 363)]
    assert list(people_of(chat)) == [""]


def test_of_several_the_figure_tells_which_is_meant(chat: Chat) -> None:
    chat.say("老公36.5，我36.3，我妈37.8")

    assert "连数字一起说" in chat.say("记错人了")
    chat.say("37.8不是我妈的，是我爸的")

    assert sorted(rows(chat)) == [("", 363), ("爸爸", 378), ("老公", 365)]
    assert list(people_of(chat)) == ["爸爸"]


def test_a_childs_is_kept_with_the_guardians_consent_alone(chat: Chat) -> None:
    def take_back(session: Session) -> None:
        me = people.bound(session, chat.room.openid)
        assert me is not None
        for one in kept.holding(session, me, MINORS.name):
            session.delete(one)

    chat.room.database.submit(take_back).result()
    chat.say("健康打卡 37.9，咳嗽")
    chat.say("不是我的，是我儿子的")

    assert all(one.person == "儿子" for one in chat.all(CheckIn))
    assert "" not in people_of(chat)


def test_the_highest_of_two_figures_is_said_to_be_kept_and_goes_along(chat: Chat) -> None:
    answer = chat.say("打卡 我早上37.9，现在36.8")
    assert "没有记下" not in answer
    assert "37.9" in answer

    chat.say("不是我的，是我老公的")

    assert sorted(rows(chat)) == [("老公", 368), ("老公", 379)]
    assert list(people_of(chat)) == ["老公"]


def test_what_stands_open_of_the_wrong_one_is_not_asked_on(chat: Chat) -> None:
    chat.say("打卡 体温37.9")

    answer = chat.say("不是我的，是我老公的")

    assert "不办了" not in answer
    chat.say("没有")
    assert rows(chat) == [("老公", 379)]


@pytest.mark.parametrize("said", ["那个不是我的", "不是我的，是我老公的", "是我妈的"])
def test_said_of_something_else_it_moves_no_temperature(chat: Chat, said: str) -> None:
    chat.say("健康打卡 36.4，没有不舒服")
    chat.say("我妹妹明天下午三点来")

    chat.say(said)

    assert rows(chat) == [("", 364)]


def test_nothing_told_nothing_moved(chat: Chat) -> None:
    assert "改好了" not in chat.say("记错人了，是我老公的")
    assert rows(chat) == []


def test_who_was_told_of_by_somebody_else_takes_it_out_and_the_teller_hears_of_it(held: Round) -> None:
    held.made()
    wife = held.settle("周敏", "501", "oWife")
    held.says(CHEN, "周敏37.9", temperature=37.9, symptoms=["cough"])
    [made] = held.town.all(CheckIn)
    assert made.resident_id == wife.id
    assert people_of(held.town) == {"周敏": "周敏37.9℃，咳嗽"}

    def say(session: Session) -> Any:
        words = "体温不是我的，记错人了"
        turn = Turn(session=session, now=held.town.now, context=held.town.context, openid="oWife", said=words)
        return mixups.hear(turn, words)

    assert "去掉了" in held.town.database.submit(say).result()
    assert held.town.all(CheckIn) == []
    assert held.town.all(TookPart) == []
    assert people_of(held.town) == {}
    assert any("周敏说" in text for text in held.town.told(CHEN))


# ------------------------------------------------------------------ by the staff


def noted(held: Round, campaign: Campaign, name: str, value: str) -> TookPart:
    held.asks_at_door(campaign, name, value=value, agreed="1")
    return held.town.all(TookPart)[-1]


def rights(held: Round, campaign: Campaign, answer: TookPart, to: str = "", **form: str) -> Any:
    key = next((one.public_id for one in held.town.all(Resident) if one.name == to), "")
    params = {"key": campaign.public_id, "answer": str(answer.id)}
    return held.town.opens(Role.STAFF, campaign_pages.righted, params=params, to=key, **form)


def test_staff_give_what_they_noted_to_whose_it_is_with_that_ones_consent(held: Round) -> None:
    campaign = held.made()
    wife = held.settle("周敏", "501")
    answer = noted(held, campaign, "陈建国", "37.9")
    [before] = [one for one in held.town.tasks() if one.kind == "health.abnormal"]

    refused = rights(held, campaign, answer, "周敏")
    assert isinstance(refused, View)
    assert "周敏还没有同意过" in refused.values["fault"]
    assert [one.resident_id for one in held.town.all(CheckIn)] != [wife.id]

    done = rights(held, campaign, answer, "周敏", agreed="1")

    assert isinstance(done, Redirect)
    [made] = held.town.all(CheckIn)
    chen = next(one for one in held.town.all(Resident) if one.name == "陈建国")
    assert (made.resident_id, made.reporter_id, made.was_of_id) == (wife.id, wife.id, chen.id)
    assert made.righted_by is not None
    assert held.missing() == ["陈建国", "李梅", "王强"]
    after = {one.title: one for one in held.town.tasks() if one.kind == "health.abnormal"}
    assert after[before.title].closed_at is not None
    assert after[before.title].data["report"] == mixups.NOT_THEIRS
    assert (after["健康异常：3栋2单元501 周敏"].closed_at, after["健康异常：3栋2单元501 周敏"].urgent) == (None, False)
    assert campaign.duty_id in {
        one.staff_id for one in held.town.all(Alert) if one.task_id == after["健康异常：3栋2单元501 周敏"].id
    }
    assert "health.righted" in {one.kind for one in held.town.all(Event)}
    assert "37.9" not in str([one.data for one in held.town.all(Event) if one.kind == "health.righted"])


def test_staff_take_back_what_is_nobodys_and_they_are_missing_again(held: Round) -> None:
    campaign = held.made()
    answer = noted(held, campaign, "王强", "38.2")

    rights(held, campaign, answer)

    assert (held.town.all(CheckIn), held.town.all(TookPart)) == ([], [])
    assert "王强" in held.missing()
    assert people_of(held.town) == {}
    assert [one.outcome for one in held.town.tasks() if one.kind == "health.abnormal"] == [mixups.NOT_THEIRS]


def test_nobody_was_in_is_taken_back_or_given_to_the_right_one_too(held: Round) -> None:
    campaign = held.made()
    held.settle("周敏", "501")
    held.asks_at_door(campaign, "陈建国", absent="door")
    [answer] = held.town.all(TookPart)

    rights(held, campaign, answer, "周敏")  # needs no consent: nothing is kept of how anybody is

    assert held.missing() == ["陈建国", "李梅", "王强"]
    [answer] = held.town.all(TookPart)
    assert answer.stand == Stand.ABSENT
    rights(held, campaign, answer)
    assert held.missing() == ["陈建国", "周敏", "李梅", "王强"]


def test_who_has_told_already_is_not_written_over_and_who_said_no_gets_nothing(held: Round) -> None:
    campaign = held.made()
    wife = held.settle("周敏", "501")
    answer = noted(held, campaign, "陈建国", "36.5")
    noted(held, campaign, "周敏", "36.6")
    assert "已经报过了" in rights(held, campaign, answer, "周敏", agreed="1").values["fault"]

    def refuse(session: Session) -> None:
        work = Work(session=session, now=held.town.now, context=held.town.context)
        consents.end(work, session.get_one(Resident, wife.id), CHECK_IN)

    held.town.database.submit(refuse).result()
    assert "说过不同意" in rights(held, campaign, answer, "周敏", agreed="1").values["fault"]
    assert [one.tenths for one in held.town.all(CheckIn)] == [365]


def test_a_note_of_another_flat_or_another_time_is_not_touched(held: Round) -> None:
    campaign = held.made()
    answer = noted(held, campaign, "陈建国", "36.5")
    assert "这一户里的人" in rights(held, campaign, answer, "王强", agreed="1").values["fault"]

    rights(held, campaign, answer)
    assert "已经改过或撤回了" in rights(held, campaign, answer).values["fault"]
    answer = noted(held, campaign, "陈建国", "36.5")
    held.at(17)
    assert "已经改过或撤回了" in rights(held, campaign, answer).values["fault"]


def test_whose_it_was_first_goes_with_the_person(held: Round) -> None:
    campaign = held.made()
    wife = held.settle("周敏", "501")
    answer = noted(held, campaign, "陈建国", "36.5")
    rights(held, campaign, answer, "周敏", agreed="1")

    def leave(session: Session) -> None:
        work = Work(session=session, now=held.town.now, context=held.town.context)
        chen = people.bound(session, CHEN)
        assert chen is not None
        personal.erase(work, chen)

    held.town.database.submit(leave).result()
    assert [(one.resident_id, one.was_of_id) for one in held.town.all(CheckIn)] == [(wife.id, None)]
