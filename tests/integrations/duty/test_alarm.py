"""An alarm told in the chat: one for a household, whatever is said after it joins it, and only what is true is answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot import config
from bot.cli.talk import Room
from bot.contract import Work
from bot.dialogue.turn import take
from bot.dialogue.understanding import Understanding
from bot.services import folders, load_services
from bot.store import people, tasks
from bot.store.duty import Shift
from bot.store.followers import Follower
from bot.store.outbox import Delivery
from bot.store.people import Household
from bot.store.photos import Photo
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.wechat import messages
from integrations.duty import codes

SERVICES = load_services(config.load_local())
SHIPPED = Understanding.load(config.shipped("intents"), config.shipped("data"), folders(SERVICES))


@pytest.fixture
def room(demo_folder: Path, now: datetime) -> Iterator[Room]:
    """A bound resident who talks to the shipped bot; 陈管家 is on duty and has bound their WeChat."""
    room = Room.open(demo_folder, now, SHIPPED)
    do(room, _staff_the_desk)
    yield room
    room.database.close()


def do(room: Room, fn: Any) -> Any:
    """Do something with the community's work."""
    return room.database.submit(lambda session: fn(Work(session=session, now=room.now, context=room.house.context))).result()


def _staff_the_desk(work: Work) -> None:
    chen = work.session.exec(select(Staff).where(Staff.login == "chen")).one()
    chen.openid = "oStaffChen"
    work.session.add_all([chen, Follower(openid=chen.openid, is_placed=True, followed_at=work.now)])
    work.session.add(Shift(staff_id=chen.id or 0, weekday=work.now.weekday()))


def say(room: Room, text: str) -> str:
    answer = room.hear(text)
    return "\n".join(answer.texts) if answer else ""


def told(room: Room, openid: str) -> list[str]:
    rows = do(room, lambda work: [(row.openid, row.payload["text"]) for row in work.session.exec(select(Delivery)).all()])
    return [text for whose, text in rows if whose == openid]


def alarms(room: Room) -> list[Task]:
    return list(do(room, lambda work: list(work.session.exec(select(Task).where(Task.urgent)).all())))


def test_the_answer_names_who_is_being_told(room: Room) -> None:
    assert "正在通知值班的陈管家（电话 19900009913）。" in say(room, "我家厨房着火了")


def test_where_nobody_can_be_reached_the_phone_comes_first(room: Room) -> None:
    do(room, lambda work: setattr(work.session.exec(select(Staff).where(Staff.login == "chen")).one(), "openid", None))

    said = say(room, "我家厨房着火了")
    assert "现在用微信联系不上值班人员，请马上打物业电话 0571-8800 1200，或打值班的陈管家 19900009913。" in said
    assert "正在通知" not in said


def test_more_words_photos_and_places_join_the_open_alarm(room: Room) -> None:
    say(room, "我家厨房着火了")
    more = say(room, "在阳台上，火很大")
    room.hear("[图片]")
    room.hear("[位置]")

    [task] = alarms(room)
    assert "在阳台上" in task.data["text"]
    assert "[位置] 和苑小区3栋北侧" in task.data["text"]
    assert "已转给" not in more
    [photo] = do(room, lambda work: list(work.session.exec(select(Photo)).all()))
    assert photo.subject == task.about


def test_a_worse_danger_of_the_household_stands_first_in_the_title(room: Room) -> None:
    say(room, "老人摔倒了起不来")
    neighbour = room.openid
    home = do(room, lambda work: people.bound(work.session, neighbour).household_id)
    room.seat(bound=False)
    other = room.openid

    def move_in(work: Work) -> None:
        people.bind(work.session, people.settle(work.session, work.session.get_one(Household, home)), other, work.now)

    do(room, move_in)
    say(room, "厨房着火了")

    [task] = alarms(room)
    assert task.title.startswith("火警、摔倒：")


def test_hundreds_of_alarms_of_a_stranger_are_one_and_the_real_one_stands_beside_it(room: Room) -> None:
    resident = room.openid
    room.seat(bound=False)
    heard = SHIPPED.hear_text("着火了", room.now)
    for number in range(tasks.LONGEST // 8 + 100):  # more than fit the words of a task
        message = messages.Text(
            openid=room.openid, account="wx", key=f"flood {number}", created_at=room.now, text=f"着火了 {number}"
        )
        room.database.submit(take, message, heard, room.now, room.house).result()
    before = len(told(room, "oStaffChen"))
    room.openid = resident
    say(room, "我家厨房着火了")

    assert len(alarms(room)) == 2
    assert before <= 3
    assert any("3栋2单元501" in text for text in told(room, "oStaffChen"))
    first = alarms(room)[0]
    assert first.data["text"].startswith("着火了")
    assert len(first.data["text"]) <= tasks.LONGEST


def test_staff_hear_later_words_at_most_once_a_minute_and_none_is_lost(room: Room) -> None:
    say(room, "我家厨房着火了")
    room.hear("火到客厅了，着火了")
    room.hear("有人受伤了，救命")
    room.hear("烟很大，快来，着火了")

    said = told(room, "oStaffChen")
    assert len(said) == 3  # the alarm, the first words after it, and one to come that says: look
    assert "火到客厅了" in said[1]
    assert "又说了新的情况" in said[2]


def test_an_alarm_after_hours_is_another_one_though_the_old_was_never_closed(room: Room) -> None:
    say(room, "我家厨房着火了")
    room.frozen = room.now + timedelta(hours=3)
    say(room, "我家厨房着火了")

    assert len(alarms(room)) == 2


def test_who_is_tired_of_life_is_spoken_to_calmly_afterwards_too(room: Room) -> None:
    say(room, "活着没意思，我不想活了")
    more = say(room, "没有人在乎我")

    assert "12356" in more
    assert "119" not in more


def test_after_it_was_closed_nothing_claims_to_join_it(room: Room) -> None:
    say(room, "我家厨房着火了")
    do(
        room,
        lambda work: tasks.close(
            work.session, work.session.exec(select(Task).where(Task.urgent)).one(), work.now, "误报，现场没事"
        ),
    )

    assert "已记在这次求助里" not in say(room, "你好")


def a_code(work: Work, login: str = "wang") -> str:
    """Give out a code by which one of the staff binds a WeChat account."""
    member = work.session.exec(select(Staff).where(Staff.login == login)).one()
    code = codes.Code(staff_id=member.id or 0, expires_at=work.now + codes.LIVES)
    work.session.add(code)
    return code.typed


def test_a_code_that_was_sent_binds_the_wechat_once(room: Room) -> None:
    typed = do(room, a_code)
    assert "绑定好了" in say(room, f"绑定员工 {typed.lower()}")
    assert "失效或用过" in say(room, f"绑定员工 {typed}")
    bound = do(room, lambda work: work.session.exec(select(Staff).where(Staff.login == "wang")).one().openid)
    assert bound == room.openid


def test_codes_of_the_staff_may_not_be_guessed_without_end(room: Room) -> None:
    typed = do(room, a_code)
    said = [say(room, f"绑定员工 ABC{number:03}") for number in range(5)]

    assert ["失效或用过" in one for one in said] == [True] * 3 + [False] * 2
    assert "次数太多" in said[3]
    assert "次数太多" in say(room, f"绑定员工 {typed}")
    assert do(room, lambda work: work.session.exec(select(Staff).where(Staff.login == "wang")).one().openid) is None


def test_a_code_is_good_for_ten_minutes_and_the_old_wechat_is_told(room: Room) -> None:
    late = do(room, lambda work: a_code(work, "chen"))
    room.frozen = room.now + codes.LIVES
    assert "失效" in say(room, f"绑定员工 {late}")
    say(room, f"绑定员工 {do(room, lambda work: a_code(work, 'chen'))}")
    assert "改绑到了另一个微信" in told(room, "oStaffChen")[0]
