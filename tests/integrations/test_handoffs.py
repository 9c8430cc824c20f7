"""Who waits for a person is told a number and a time, is answered by name, and hears how it ended; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from sqlmodel import Session

from bot.contract import Download, Integration, Office, Services, Turn, View, handoffs, page, talks
from bot.errors import Refusal
from bot.model import SHANGHAI
from bot.store import conversations, followers
from bot.store.conversations import Conversation, Line
from bot.store.events import Event
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Resident
from bot.store.photos import Photo
from bot.store.staff import Role
from bot.store.tasks import Task
from integrations.desk import conversations as desk
from integrations.desk import matters, tasks
from integrations.residents import flat as households

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

T = TypeVar("T")

CHEN, LI = "oChen", "oLi"


def turned(town: Town, fn: Callable[[Turn], T], openid: str = CHEN, office: Office | None = None) -> T:
    """Do something in a turn of a resident."""
    context = replace(town.context, usual_office=office) if office else town.context

    def run(session: Session) -> T:
        return fn(Turn(session=session, now=town.now, context=context, openid=openid))

    return town.database.submit(run).result()


def hand_over(town: Town, openid: str = CHEN, intent: str = "fee.query", topic: str = "问费用", **more: Any) -> Task:
    """Let a resident ask for a person, as the dialogue does."""

    def run(turn: Turn) -> Task:
        followers.heard(turn.session, openid, town.community.key, town.now)
        task = handoffs.open(turn, intent=intent, topic=topic, words=more.pop("words", "我家欠多少物业费"), **more)
        talk = conversations.open_with(turn.session, openid, town.community.key, town.now)
        conversations.ask_for_person(talk, topic, town.now)
        conversations.keep(turn.session, talk)
        conversations.say(turn.session, openid, "resident", "我家欠多少物业费", town.now)
        return task

    return turned(town, run, openid)


def talk(town: Town, openid: str = CHEN) -> Conversation:
    return next(one for one in town.all(Conversation) if one.openid == openid)


def acts(town: Town, route: Any, role: Role = Role.STAFF, **form: str) -> Any:
    """A member of the staff does something in the talk."""
    return town.opens(role, route, params={"key": talk(town).public_id}, **form)


def seen(town: Town, **query: str) -> list[str]:
    """Return whose talks a list shows."""
    view = town.opens(Role.STAFF, desk.inbox, query=query)
    assert isinstance(view, View)
    return [row["name"] for row in view.values["inbox"]["rows"]]


# ------------------------------------------------------------------ opening


def test_the_same_asked_again_joins_the_first_and_gets_no_second_number(town: Town) -> None:
    first = hand_over(town)
    again = hand_over(town, words="还有停车费")
    other = hand_over(town, intent="voucher.claim", topic="领消费券", words="领一张")

    assert again.number == first.number != other.number
    assert handoffs.words(again) == "我家欠多少物业费\n还有停车费"
    assert len(town.tasks()) == 2


def test_photos_sent_before_and_while_waiting_go_along(town: Town) -> None:
    turned(town, lambda turn: turn.session.add(Photo(openid=CHEN, media_id="before", taken_at=town.now)))
    task = hand_over(town)

    def send(turn: Turn) -> None:
        waits = handoffs.current(turn)
        assert waits is not None
        photo = Photo(openid=CHEN, media_id="after", taken_at=town.now)
        turn.session.add(photo)
        handoffs.add(turn, waits, "就是这张单子", photo)

    turned(town, send)

    assert {photo.subject for photo in town.all(Photo)} == {task.about}
    assert handoffs.words(town.tasks()[0]).endswith("就是这张单子")


def test_staff_see_the_number_to_call_that_the_words_name_last(town: Town) -> None:
    task = hand_over(town, words="楼上太吵，打13900139000")
    turned(town, lambda turn: handoffs.add(turn, task, "还是打我爱人13800138000吧"))

    view = town.opens(Role.STAFF, desk.show, params={"key": talk(town).public_id})

    assert [one["phone"] for one in view.values["handoffs"]] == ["13800138000"]


def test_who_calls_it_off_waits_no_more_and_staff_read_why(town: Town) -> None:
    hand_over(town)

    def withdraw(turn: Turn) -> None:
        waits = handoffs.current(turn)
        assert waits is not None
        handoffs.withdraw(turn, waits)

    turned(town, withdraw)

    assert [task.outcome for task in town.tasks()] == ["居民说不用了"]
    assert turned(town, handoffs.current) is None
    assert town.told(CHEN) == [], "who called it off needs no message"


# ------------------------------------------------------------------ when an answer comes


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 12, 10, 0, tzinfo=SHANGHAI), "物业今天上班到 18:00，看到就回复"),
        (datetime(2026, 3, 12, 7, 0, tzinfo=SHANGHAI), "8:30 物业上班后回复"),
        (datetime(2026, 3, 12, 18, 0, tzinfo=SHANGHAI), "明天 8:30 物业上班后回复"),
        (datetime(2026, 3, 13, 20, 0, tzinfo=SHANGHAI), "周一 8:30 物业上班后回复"),
        (datetime(2026, 3, 14, 10, 0, tzinfo=SHANGHAI), "周一 8:30 物业上班后回复"),
    ],
)
def test_without_figures_the_office_hours_say_when_an_answer_comes(town: Town, at: datetime, said: str) -> None:
    town.now = at

    assert turned(town, handoffs.expected, office=Office(days=frozenset({1, 2, 3, 4, 5}))) == said


def _all_are_sent(session: Session) -> None:
    session.execute(update(Delivery).values(state=DeliveryState.SENT))


def test_what_is_promised_is_what_it_took_lately(town: Town) -> None:
    end = town.now
    for number in range(10):
        town.now = end - timedelta(hours=30 - number)
        hand_over(town)
        town.now += timedelta(minutes=12)
        acts(town, desk.reply, text="您好，不欠")
        acts(town, desk.close, task=next(task for task in town.tasks() if task.is_open).public_id)
        turned(
            town, lambda turn: (_all_are_sent(turn.session), followers.heard(turn.session, CHEN, town.community.key, town.now))
        )
    town.now = end

    all_day = Office(opens=time(0, 0), closes=time(23, 59))
    assert turned(town, handoffs.expected, office=all_day) == "一般 20 分钟内回复"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "5 分钟"), (5, "5 分钟"), (6, "10 分钟"), (31, "1 小时"), (241, "8 小时"), (1441, "2 天"), (9999, "7 天")],
)
def test_a_wait_is_promised_no_shorter_than_it_is(minutes: int, said: str) -> None:
    assert handoffs.say_wait(timedelta(minutes=minutes)) == said


# ------------------------------------------------------------------ answering


def test_answers_are_signed_and_the_first_says_who_has_the_word(town: Town) -> None:
    hand_over(town)

    acts(town, desk.reply, text="您不欠费")
    acts(town, desk.reply, text="放心")

    assert town.told(CHEN) == ["物业staff同事来为您服务，我先不插话。\n物业staff同事：您不欠费", "物业staff同事：放心"]
    assert [line.text for line in town.all(Line) if line.speaker == "staff"] == ["您不欠费", "放心"]


def test_taking_and_giving_back_are_said_once_each(town: Town) -> None:
    hand_over(town)

    acts(town, desk.take)
    acts(town, desk.take)
    acts(town, desk.back)
    acts(town, desk.back)

    assert town.told(CHEN) == ["物业staff同事来为您服务，我先不插话。", "物业staff同事已把对话交还给我，有事随时说。"]
    [task] = town.tasks()
    assert turned(town, lambda turn: handoffs.say_state(turn, task)) == "物业staff同事接手了"


def test_outside_wechats_window_a_take_over_costs_no_message(town: Town) -> None:
    hand_over(town)
    town.now += timedelta(hours=49)

    acts(town, desk.take)
    acts(town, desk.back)

    assert town.told(CHEN) == []


def test_silence_gives_the_talk_back_and_both_sides_are_told(town: Town) -> None:
    task = hand_over(town)
    acts(town, desk.take)
    town.now += timedelta(minutes=20)
    acts(town, desk.reply, text="我查一下")

    town.now += timedelta(minutes=29)
    town.runs(talks.return_left_alone.run)
    assert talk(town).staff_id is not None

    town.now += timedelta(minutes=1)
    town.runs(talks.return_left_alone.run)
    town.runs(talks.return_left_alone.run)

    assert (talk(town).staff_id, talk(town).waiting_since) == (None, None)
    assert town.told(CHEN)[2:] == [f"物业staff同事暂时走开了，我先接着为您服务；{task.number} 还在办，有结果会告诉您。"]
    assert [event.kind for event in town.all(Event)].count("conversation.left_alone") == 1
    [task] = town.tasks()
    assert task.is_open
    assert task.claimed_by is not None, "it stays with who took it"


# ------------------------------------------------------------------ closing


@pytest.mark.parametrize("route", [desk.close, tasks.close])
def test_who_asked_hears_how_it_ended(town: Town, route: Any) -> None:
    task = hand_over(town, topic="问费用：3栋2单元501")
    params = {"key": talk(town).public_id, "id": task.public_id}

    town.opens(Role.STAFF, route, params=params, task=task.public_id, outcome="办好了", note="已经交到六月。")

    assert town.told(CHEN) == [f"您问的“问费用：3栋2单元501”（{task.number}）办好了：已经交到六月。"]
    assert talk(town).waiting_since is None, "nothing is waited for any more"
    with pytest.raises(Refusal, match="同事已经处理了"):
        town.opens(Role.STAFF, route, params=params, task=task.public_id, outcome="办好了")


def test_a_talk_waits_on_while_something_else_in_it_is_open(town: Town) -> None:
    task = hand_over(town)
    hand_over(town, intent="voucher.claim", topic="领消费券")

    acts(town, desk.close, task=task.public_id)

    assert talk(town).waiting_since is not None


def test_what_somebody_else_handed_over_cannot_be_closed_in_this_talk(town: Town) -> None:
    hand_over(town)
    theirs = hand_over(town, LI)

    with pytest.raises(LookupError):
        acts(town, desk.close, task=theirs.public_id)


def test_what_was_answered_and_forgotten_closes_after_three_days_without_a_message(town: Town) -> None:
    hand_over(town)
    hand_over(town, LI)
    acts(town, desk.reply, text="您不欠费")
    town.now += timedelta(days=3)
    town.runs(handoffs.close_answered.run)
    assert all(task.is_open for task in town.tasks()), "somebody still has the word"

    town.runs(talks.return_left_alone.run)
    before = town.told(CHEN)
    town.runs(handoffs.close_answered.run)

    assert sorted((task.openid, task.outcome) for task in town.tasks()) == [(CHEN, "已经答复您了"), (LI, "")]
    assert town.told(CHEN) == before


def test_what_was_asked_again_after_an_answer_stays_open(town: Town) -> None:
    hand_over(town)
    acts(town, desk.reply, text="您不欠费")
    hand_over(town, words="那停车费呢")
    acts(town, desk.back)
    town.now += timedelta(days=9)

    town.runs(handoffs.close_answered.run)

    assert [task.is_open for task in town.tasks()] == [True]


# ------------------------------------------------------------------ the page


def test_page_shows_what_waits_with_all_words_and_how_long(town: Town) -> None:
    task = hand_over(town, topic="")
    town.now += timedelta(minutes=7)

    view = acts(town, desk.show)

    [one] = view.values["handoffs"]
    assert (one["task"].number, one["topic"], one["words"], one["waited"]) == (
        task.number, "找物业工作人员", ["我家欠多少物业费"], "7 分钟",
    )  # fmt: skip
    assert one["expected"]
    assert one["keep"] == "", "there is no page of what the community knows"


@pytest.mark.parametrize("words", ["陈建", "3栋2单元501", "3-2-501", "501"])
def test_talks_are_found_by_name_and_flat(town: Town, words: str) -> None:
    hand_over(town)
    hand_over(town, LI)

    assert seen(town, q=words) == ["陈建国"]


def test_talks_are_found_by_number_and_narrowed_to_ones_own(town: Town) -> None:
    task = hand_over(town)
    hand_over(town, LI)

    assert seen(town, q=str(task.number).lower()) == ["陈建国"]
    assert sorted(seen(town, show="waiting")) == ["李梅", "陈建国"]
    acts(town, desk.take)
    assert (seen(town, show="mine"), seen(town, show="nobody")) == (["陈建国"], ["李梅"])
    assert sorted(seen(town, show="waiting")) == ["李梅", "陈建国"], "taken is not answered"
    acts(town, desk.reply, text="不欠")
    assert seen(town, show="waiting") == ["李梅"]
    assert len(seen(town, show="all")) == 2


def test_question_and_answer_can_be_kept_where_a_service_keeps_such(town: Town) -> None:
    writes = page("GET", "/knowledge/new", need="task.view")(lambda desk: View("", {}))
    knowledge = Integration(name="knowledge", title="知识", folder=Path(), console=(writes,))
    town.services = Services(integrations=(*town.services.integrations, knowledge), settings=town.services.settings)
    hand_over(town)
    assert acts(town, desk.show).values["handoffs"][0]["keep"] == "", "nothing was asked to know, nothing is answered"

    acts(town, desk.reply, text="不欠")

    kept = parse_qs(urlsplit(acts(town, desk.show).values["handoffs"][0]["keep"]).query)
    assert kept == {"question": ["我家欠多少物业费"], "answer": ["不欠"]}


# ------------------------------------------------------------------ what is under way


def test_matters_are_those_of_persons_and_services_with_their_state(town: Town) -> None:
    assert town.asks(CHEN, matters.show).name == "none"
    task = hand_over(town)

    assert f"· 问费用（{task.number}）：等待处理，" in town.says(CHEN, matters.show)

    acts(town, desk.close, task=task.public_id, note="不欠")
    assert town.says(CHEN, matters.show).endswith(f"· 问费用（{task.number}）：已办结：办好了：不欠")


def test_a_number_alone_asks_how_that_stands_and_only_ones_own(town: Town) -> None:
    task = hand_over(town)
    number = str(task.number)

    assert turned(town, lambda turn: matters.hear(turn, f" {number.lower()}。")).startswith(f"问费用（{number}）：等待处理")
    assert turned(town, lambda turn: matters.hear(turn, number), LI) == ""
    assert turned(town, lambda turn: matters.hear(turn, f"{number}怎么样了")) == ""


def test_export_names_what_was_handed_over(town: Town) -> None:
    task = hand_over(town)
    person = next(one for one in town.all(Resident) if one.openid == CHEN)

    found = town.opens(Role.MANAGER, households.export, params={"id": str(person.household_id)}, resident=person.public_id)

    assert isinstance(found, Download)
    [one] = json.loads(found.body)["转给物业的事"]
    assert (one["编号"], one["您说的话"]) == (task.number, "我家欠多少物业费")


def test_what_no_service_does_yet_is_repeated_with_a_number_that_can_be_asked_for(chat: Chat) -> None:
    handed = chat.say("我家欠多少物业费")

    [task] = chat.all(Task)
    assert (task.kind, handoffs.intent(task), handoffs.words(task)) == ("handoff", "fee.query", "我家欠多少物业费")
    assert "问费用" in handed
    assert f"编号 {task.number}" in handed
    assert "等待处理" in chat.say(str(task.number))
    assert str(task.number) in chat.say("我的事项")


def test_a_yes_after_the_state_of_something_else_is_none_to_what_was_read_back_before(chat: Chat) -> None:
    chat.say("我家欠多少物业费", "我妹妹王芳明天下午三点来", "王芳不来了")
    [task] = chat.all(Task)
    chat.say(str(task.number))

    assert "取消王芳明天15:00的来访" in chat.say("好的")
    assert "已取消" in chat.say("好的")
