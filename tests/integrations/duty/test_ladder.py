"""Staff are reached: the ladder of an alarm, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.contract import DeliveryState, Turn, Work
from bot.ladder import climb
from bot.store import alerts, people, tasks
from bot.store.alerts import Alert
from bot.store.duty import Shift
from bot.store.effects import Effect
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from bot.store.staff import Staff
from bot.store.tasks import Task
from integrations.duty import heard
from integrations.duty.models import Robot
from integrations.repairs import actions

CHEN = "oChen"


def do(town: Any, fn: Any) -> Any:
    """Do something in a transaction with the town's work."""
    return town.database.submit(lambda session: fn(Work(session=session, now=town.now, context=town.context))).result()


def wechat(town: Any, **openids: str) -> None:
    """Let staff be bound: by login, which is that of their role."""

    def bind(work: Work) -> None:
        for login, openid in openids.items():
            member = work.session.exec(select(Staff).where(Staff.login == login)).one()
            member.openid, member.phone = openid, f"199{login}"
            work.session.add(member)

    do(town, bind)


def on_duty(town: Any, login: str, stand_in: str = "", covers: str = "") -> None:
    def add(work: Work) -> None:
        known = {member.login: member.id for member in work.session.exec(select(Staff)).all()}
        work.session.add(
            Shift(staff_id=known[login] or 0, stand_in_id=known.get(stand_in), covers=covers, weekday=town.now.weekday())
        )

    do(town, add)


def alarm(town: Any) -> str:
    def raise_it(work: Work) -> str:
        return work.assign("emergency.fire", "task.view", "火警：3栋2单元501", urgent=True, openid=CHEN, text="着火了").public_id

    return str(do(town, raise_it))


def tick(town: Any, after: float = 1) -> int:
    town.now += timedelta(seconds=after)
    return int(town.database.submit(climb, town.now, lambda key: town.context).result())


def arrive(town: Any, state: DeliveryState = DeliveryState.SENT) -> None:
    """Let WeChat have taken, or refused, what is queued."""

    def settle(work: Work) -> None:
        for row in work.session.exec(select(Delivery).where(Delivery.state == DeliveryState.QUEUED)).all():
            row.state = state
            work.session.add(row)

    do(town, settle)


def test_who_is_on_duty_has_the_message_in_the_transaction_of_the_alarm(town: Any) -> None:
    wechat(town, staff="oStaff", manager="oManager")
    on_duty(town, "staff")
    alarm(town)

    [message] = town.told("oStaff")
    assert "火警：3栋2单元501" in message
    assert "https://linli.example/p/duty/" in message
    assert town.told("oManager") == []


def test_an_alarm_goes_before_a_notice_to_thousands(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    alarm(town)

    [delivery] = [row for row in town.all(Delivery) if row.openid == "oStaff"]
    assert delivery.due_at < town.now - timedelta(hours=12)


def test_the_ladder_climbs_to_the_stand_in_the_colleagues_and_the_managers(town: Any) -> None:
    wechat(town, staff="oStaff", manager="oManager", admin="oAdmin")
    on_duty(town, "staff", stand_in="manager")
    alarm(town)

    tick(town, 59)
    assert len(town.told("oManager")) == 0
    tick(town, 1)
    assert (len(town.told("oStaff")), len(town.told("oManager")), len(town.told("oAdmin"))) == (1, 1, 0)
    tick(town, 120)
    assert (len(town.told("oStaff")), len(town.told("oManager")), len(town.told("oAdmin"))) == (2, 2, 1)
    tick(town, 420)
    assert (len(town.told("oStaff")), len(town.told("oManager")), len(town.told("oAdmin"))) == (2, 3, 2)


def test_without_a_roster_all_who_may_see_it_are_told(town: Any) -> None:
    wechat(town, staff="oStaff", manager="oManager", guard="oGuard")
    alarm(town)

    assert (len(town.told("oStaff")), len(town.told("oManager")), len(town.told("oGuard"))) == (1, 1, 0)


def test_where_nobody_on_duty_can_be_reached_colleagues_are_told_at_once(town: Any) -> None:
    wechat(town, manager="oManager")
    on_duty(town, "staff")
    alarm(town)

    assert len(town.told("oManager")) == 1


def test_a_guard_on_duty_for_emergencies_is_told_though_he_sees_no_tasks(town: Any) -> None:
    wechat(town, guard="oGuard")
    on_duty(town, "guard", covers="emergency")
    alarm(town)

    assert len(town.told("oGuard")) == 1


def test_who_takes_it_ends_the_ladder_and_the_resident_reads_who_comes(town: Any) -> None:
    wechat(town, staff="oStaff", manager="oManager")
    on_duty(town, "staff")
    alarm(town)

    answer = town.database.submit(
        lambda session: heard.hear(Turn(session=session, now=town.now, context=town.context, openid="oStaff"), "我来")
    ).result()

    assert "由您处理" in answer
    assert town.told(CHEN) == ["staff同事已接警，正在赶来，电话 199staff。"]
    assert tick(town, 3600) == 0
    assert town.told("oManager") == []


def hears(town: Any, openid: str, text: str) -> str:
    turn = {"now": town.now, "context": town.context, "openid": openid}
    return str(town.database.submit(lambda session: heard.hear(Turn(session=session, **turn), text)).result())


@pytest.mark.parametrize("text", ["我来", "好的，我来", "马上到"])
def test_who_says_that_they_come_reads_how_it_stands(town: Any, text: str) -> None:
    wechat(town, staff="oStaff", manager="oManager")
    alarm(town)
    assert "由您处理" in hears(town, "oStaff", text)

    assert "由您处理" in hears(town, "oStaff", text), "who has it is not asked what they meant"
    assert hears(town, "oManager", text) == "同事已经接手了，不用再去。"
    do(town, lambda work: tasks.close(work.session, work.session.exec(select(Task)).one(), work.now, "误报，现场没事"))
    assert hears(town, "oManager", text) == "这件事已经办结了：误报，现场没事。"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("处理好了", "已处理好"), ("已经弄好了。", "已处理好"), ("搞定了", "已处理好"), ("误报", "误报，现场没事"), ("现场没事", "误报，现场没事"), ("演练", "演练"), ("已转119", "已转119/120/110")],
)  # fmt: skip
def test_who_has_taken_an_alarm_closes_it_by_saying_how_it_ended(town: Any, text: str, outcome: str) -> None:
    wechat(town, staff="oStaff", manager="oManager")
    alarm(town)
    assert hears(town, "oStaff", text) == "", "who has taken nothing says it of something of their own"
    hears(town, "oStaff", "我来")
    assert hears(town, "oManager", text) == ""

    assert f"已办结：{outcome}" in hears(town, "oStaff", text)

    [task] = town.all(Task)
    assert (task.outcome, task.closed_by) == (outcome, task.claimed_by)
    assert f"您的求助物业已经办结：{outcome}" in town.told(CHEN)[-1]
    assert hears(town, "oStaff", text) == ""


@pytest.mark.parametrize("text", ["处理好了吗", "没处理好", "还没弄好", "灯修好了", "处理好了叫我一声", "没事干", "不是误报"])
def test_words_that_only_speak_of_the_end_close_nothing(town: Any, text: str) -> None:
    wechat(town, staff="oStaff")
    alarm(town)
    hears(town, "oStaff", "我来")

    assert hears(town, "oStaff", text) == ""
    assert town.all(Task)[0].is_open


def test_a_call_to_an_urgent_repair_is_closed_by_word_and_the_ticket_stays_open(town: Any) -> None:
    wechat(town, staff="oStaff")
    town.asks(CHEN, actions.report, category="water", location="厨房", urgent=True)
    hears(town, "oStaff", "我来")

    assert "已办结：已处理好" in hears(town, "oStaff", "处理好了")
    assert [(task.kind, task.is_open) for task in town.all(Task)] == [("repair.urgent", False)]


@pytest.mark.parametrize("text", ["收到", "1"])
def test_short_words_of_staff_are_theirs_only_while_an_alarm_is_unanswered(town: Any, text: str) -> None:
    wechat(town, staff="oStaff")

    def say(openid: str) -> Any:
        return town.database.submit(
            lambda session: heard.hear(Turn(session=session, now=town.now, context=town.context, openid=openid), text)
        ).result()

    assert say("oStaff") == ""
    alarm(town)
    assert say(CHEN) == ""
    assert "由您处理" in say("oStaff")
    assert say("oStaff") == ""


def test_the_resident_hears_once_that_somebody_was_reached_when_wechat_has_taken_it(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    alarm(town)
    tick(town)
    assert town.told(CHEN) == []

    arrive(town)
    tick(town)
    tick(town)
    assert town.told(CHEN) == ["已通知值班的staff同事（电话 199staff）。"]


def test_the_resident_hears_when_no_message_came_through(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    alarm(town)
    arrive(town, DeliveryState.UNREACHABLE)
    tick(town)

    [said] = town.told(CHEN)
    assert said.startswith("还没有联系上值班人员，请直接打物业电话 0571-1")


def test_the_resident_hears_when_nobody_takes_it(town: Any) -> None:
    wechat(town, staff="oStaff")
    alarm(town)
    for wait in (60, 120, 420, 60):
        arrive(town)
        tick(town, wait)

    assert town.told(CHEN)[-1].startswith("物业能通知的人都通知了，还没有人接手")
    assert tick(town, 3600) == 0


def test_two_replicas_tell_each_rung_once(town: Any) -> None:
    wechat(town, staff="oStaff", manager="oManager")
    on_duty(town, "staff", stand_in="manager")
    alarm(town)
    town.now += timedelta(seconds=60)

    works = [town.database.submit(climb, town.now, lambda key: town.context) for _ in range(6)]
    assert sum(work.result() for work in works) >= 1
    assert len(town.told("oManager")) == 1
    assert len({(row.task_id, row.staff_id, row.rung) for row in town.all(Alert)}) == len(town.all(Alert))


def test_what_a_process_that_died_left_another_one_tells(town: Any) -> None:
    wechat(town, staff="oStaff")

    def die_before_telling(work: Work) -> None:  # the task is there, due, and nobody was told
        tasks.open(work.session, work.now, kind="emergency.fire", need="task.view", title="火警", urgent=True, climbs=True)

    do(town, die_before_telling)
    assert town.told("oStaff") == []
    tick(town)
    assert len(town.told("oStaff")) == 1


def test_a_task_that_is_opened_again_is_told_anew(town: Any) -> None:
    wechat(town, staff="oStaff")
    alarm(town)

    def again(work: Work) -> None:
        task = work.session.exec(select(Task)).one()
        tasks.close(work.session, task, work.now, "误报，现场没事")
        work.reopen(task)

    do(town, again)
    assert len(town.told("oStaff")) == 2


def test_a_group_has_one_message_a_rung_and_no_words_of_residents(town: Any) -> None:
    do(town, lambda work: work.session.add(Robot(name="群", url="https://qyapi.weixin.qq.com/x", added_at=work.now)))
    alarm(town)
    tick(town, 60)
    tick(town, 1)

    effects = [row for row in town.all(Effect) if row.kind == "duty.robot"]
    assert len(effects) == 2
    assert "火警：3栋2单元501" in effects[0].payload["text"]
    assert "着火了" not in effects[0].payload["text"]


def test_alerts_name_the_message_that_proves_them(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    alarm(town)

    def look(session: Session) -> Any:
        task = session.exec(select(Task)).one()
        return [(staff.login, state) for _, staff, state in alerts.of_task(session, task.id or 0)]

    assert town.database.submit(look).result() == [("staff", DeliveryState.QUEUED)]


def test_a_closed_alarm_is_told_kindly_without_the_remark(town: Any) -> None:
    alarm(town)

    def close(work: Work) -> None:
        tasks.close(work.session, work.session.exec(select(Task)).one(), work.now, "误报，现场没事：做饭油烟")

    do(town, close)
    assert town.told(CHEN) == ["您的求助物业已经办结：误报，现场没事。还有情况请马上说，或打物业电话 0571-1。"]


def test_who_no_longer_works_here_hears_nothing_more_of_an_alarm(town: Any) -> None:
    wechat(town, staff="oStaff", manager="oManager")
    on_duty(town, "staff")
    task = alarm(town)

    def go_on(work: Work) -> None:
        member = work.session.exec(select(Staff).where(Staff.openid == "oStaff")).one()
        member.disabled_at = work.now
        work.session.add(member)
        work.record("task.heard_more", f"task:{task}")

    before = len(town.told("oStaff"))
    do(town, go_on)

    assert len(town.told("oStaff")) == before


# ------------------------------------------------------------------ whom to call


def _at_home(town: Any, **phones: str) -> None:
    """Let 3栋2单元501 be the home of these people, in this order, each with a phone or none; 陈建国 is bound there."""

    def settle(work: Work) -> None:
        home = work.session.exec(select(Household).where(Household.room == "501")).one()
        first = work.session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        people.unbind(work.session, first, work.now)
        for name, phone in phones.items():
            one = first if name == first.name else people.settle(work.session, home, name=name)
            one.phone = phone
            work.session.add(one)
            work.session.flush()
        chen = next(one for one in people.of_household(work.session, home) if one.name == next(reversed(phones)))
        people.bind(work.session, chen, CHEN, work.now)

    do(town, settle)


def test_message_has_the_number_of_who_reported_the_repair_and_not_of_who_stands_first_in_the_flat(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    _at_home(town, 陈建国="19900004307", 蔡红梓="19900006598")

    town.asks(CHEN, actions.report, category="water", location="厨房", urgent=True)

    [message] = town.told("oStaff")
    assert "蔡红梓，电话 19900006598" in message
    assert "4307" not in message


def test_number_told_for_the_repair_goes_before_the_one_on_record(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    _at_home(town, 陈建国="19900004307", 蔡红梓="19900006598")

    town.asks(CHEN, actions.report, category="water", location="厨房", urgent=True, phone="13700001111")

    [message] = town.told("oStaff")
    assert "蔡红梓，电话 13700001111" in message


def test_number_of_somebody_else_at_home_is_said_to_be_theirs(town: Any) -> None:
    wechat(town, staff="oStaff")
    on_duty(town, "staff")
    _at_home(town, 陈建国="19900004307", 蔡红梓="")

    alarm(town)

    [message] = town.told("oStaff")
    assert "蔡红梓没留电话，这是同住的陈建国的，电话 19900004307" in message
