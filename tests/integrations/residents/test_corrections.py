"""Who is verified reads how they stand on the roster with its middle veiled; what they say is wrong is checked and saved by staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session

from bot.store.people import Resident
from bot.store.staff import Role
from integrations.residents import corrections, flat, moves

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN = "oChen"


def chen(town: Town) -> Resident:
    return next(one for one in town.all(Resident) if one.openid == CHEN)


def give_phone(town: Town, phone: str) -> None:
    key = chen(town).key

    def write(session: Session) -> None:
        session.get_one(Resident, key).phone = phone

    town.database.submit(write).result()


def test_the_middle_of_a_name_and_a_number_is_shown_to_nobody_in_the_chat(town: Town) -> None:
    give_phone(town, "13812348000")

    told = town.asks(CHEN, corrections.record)

    assert (told.values["known"], told.values["phone"]) == ("陈*国", "138****8000")


def test_a_stranger_reads_and_changes_nothing(town: Town) -> None:
    assert town.asks("oNobody", corrections.record).name == "stranger"
    assert town.asks("oNobody", corrections.record, what="name", name="陈晓军").name == "stranger"
    assert town.tasks() == []


def test_a_correction_is_one_task_that_holds_no_number_in_its_title_and_changes_nothing_by_itself(town: Town) -> None:
    town.asks(CHEN, corrections.record, what="phone", phone="13900001234")
    town.asks(CHEN, corrections.record, what="name", name="陈晓军")

    [task] = town.tasks()
    assert task.need == "household.edit"
    assert task.title == "登记更正：3栋2单元501 陈建国，姓名应为陈晓军、电话应为139****1234"
    assert chen(town).name == "陈建国"
    kind = town.services.kind_of(task.kind)
    assert kind is not None
    assert kind.address(task) == f"/households/{chen(town).household_id}#p-{chen(town).public_id}"


def test_staff_find_it_filled_in_and_saving_it_closes_the_task_and_tells_the_resident(town: Town) -> None:
    town.asks(CHEN, corrections.record, what="name", name="陈晓军")
    home = str(chen(town).household_id)

    [row] = town.opens(Role.MANAGER, flat.show, params={"id": home}).values["people"]
    assert row["asked"] == {"name": "陈晓军"}
    town.opens(Role.MANAGER, moves.correct, params={"id": home}, resident=chen(town).public_id, name="陈晓军", role="owner")

    [task] = town.tasks()
    assert task.closed_at is not None
    assert (chen(town).name, task.outcome) == ("陈晓军", "已改好")
    assert "已经改好了" in town.told(CHEN)[-1]
    [row] = town.opens(Role.MANAGER, flat.show, params={"id": home}).values["people"]
    assert row["asked"] == {}


def test_another_correction_of_the_record_leaves_the_request_open(town: Town) -> None:
    town.asks(CHEN, corrections.record, what="name", name="陈晓军")
    home = str(chen(town).household_id)

    town.opens(Role.MANAGER, moves.correct, params={"id": home}, resident=chen(town).public_id, name="陈建国", role="tenant")

    assert [task.closed_at for task in town.tasks()] == [None]


@pytest.mark.parametrize(
    "words",
    ["我的电话号码是多少", "我登记的电话是多少", "你们登记的我的名字是什么", "我登记的资料有错"],
)
def test_ones_own_record_is_shown_and_not_the_offices_number(chat: Chat, words: str) -> None:
    assert "物业名册上您的登记：3栋2单元501" in chat.say(words)


def test_a_wrong_name_or_number_is_asked_for_and_handed_to_staff(chat: Chat) -> None:
    assert "正确的姓名是什么" in chat.say("我登记的名字错了")
    assert "您的姓名应为陈晓军" in chat.say("陈晓军")
    assert "正确的号码是多少" in chat.say("我换号码了")
    assert "您的电话应为13800001234" in chat.say("13800001234")
    assert "核对以前不变" in chat.say("名字写错了应该是陈晓军")
    assert "您的电话应为13700001111" in chat.say("帮我改一下登记的手机号 13700001111")


def test_the_name_of_a_guest_who_was_just_spoken_of_stays_the_guests(chat: Chat) -> None:
    chat.say("我妹妹明天下午三点来")

    assert "改好了：陈晓军" in chat.say("名字写错了应该是陈晓军")


def test_what_came_of_a_correction_is_told_once_and_without_a_number_to_call_where_it_was_done(town: Town) -> None:
    town.asks(CHEN, corrections.record, what="name", name="陈晓军")
    home = str(chen(town).household_id)

    town.opens(Role.MANAGER, moves.correct, params={"id": home}, resident=chen(town).public_id, name="陈晓军", role="owner")

    [told] = [words for words in town.told(CHEN) if "登记更正" in words]
    assert told.count("登记更正") == 1
    assert "有疑问请打" not in told


def test_words_on_somebody_elses_row_are_passed_on_whole_and_leave_ones_own(chat: Chat) -> None:
    assert "“名册里廖子写错了应该是廖梓”" in chat.say("名册里廖子写错了应该是廖梓")
    assert "您的姓名" not in chat.say("廖梓")
