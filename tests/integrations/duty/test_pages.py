"""What staff see and press: the alarm behind a link, the roster, their own WeChat, the groups' robots."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.contract import Refusal, Role, Turn, Work
from bot.contract.duty import Shift, watches
from bot.store.effects import Effect
from bot.store.people import Resident
from bot.store.staff import Staff
from bot.store.tasks import Task
from integrations.duty import alarm, codes, heard, robots, roster
from integrations.duty.models import Code, Robot

CHEN = "oChen"


def do(town: Any, fn: Any) -> Any:
    return town.database.submit(lambda session: fn(Work(session=session, now=town.now, context=town.context))).result()


@pytest.fixture
def task(town: Any) -> str:
    """A fire that the staff member called `staff` was told of."""

    def begin(work: Work) -> str:
        member = work.session.exec(select(Staff).where(Staff.login == "staff")).one()
        member.openid, member.phone = "oStaff", "199"
        resident = work.session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        resident.phone = "13800000000"
        work.session.add_all([member, resident])
        return work.assign("emergency.fire", "task.view", "火警：3栋2单元501", urgent=True, openid=CHEN, text="着火了").public_id

    return str(do(town, begin))


def test_opening_the_link_takes_nothing_pressing_the_button_does(town: Any, task: str) -> None:
    shown = town.visits(alarm.show, task=task, login="staff").values
    assert not shown["is_mine"]
    assert town.all(Task)[0].claimed_by is None

    town.sends(alarm.act, {"task": task, "login": "staff"}, do="claim")
    shown = town.visits(alarm.show, task=task, login="staff").values
    assert shown["is_mine"]
    assert shown["phone"] == "13800000000"
    assert town.told(CHEN) == ["staff同事已接警，正在赶来，电话 199。"]


@pytest.mark.parametrize(("said", "is_silent"), [
    ("别打电话过来 他会听见", True), ("我不敢出声", True), ("着火了 快打电话", False), ("电话打不通", False), ("我老公打我 别敲门", True),
])  # fmt: skip
def test_whoever_must_not_be_rung_is_told_of_as_that(town: Any, task: str, said: str, is_silent: bool) -> None:
    def add(work: Work) -> None:
        found = work.session.exec(select(Task)).one()
        found.data = {**found.data, "text": said}
        work.session.add(found)

    do(town, add)

    assert town.visits(alarm.show, task=task, login="staff").values["is_silent"] is is_silent


def test_of_two_who_press_the_first_has_it_and_the_other_reads_so(town: Any, task: str) -> None:
    town.sends(alarm.act, {"task": task, "login": "staff"}, do="claim")

    with pytest.raises(Refusal, match="同事已经接手了"):
        town.sends(alarm.act, {"task": task, "login": "manager"}, do="claim")


def test_it_is_handed_on_and_closed_only_by_who_has_it_and_with_an_outcome(town: Any, task: str) -> None:
    town.sends(alarm.act, {"task": task, "login": "staff"}, do="claim")
    with pytest.raises(Refusal, match="不在您手上"):
        town.sends(alarm.act, {"task": task, "login": "manager"}, do="close", outcome="演练")
    town.sends(alarm.act, {"task": task, "login": "staff"}, do="hand_on", to="manager")
    with pytest.raises(Refusal, match="请选一个结果"):
        town.sends(alarm.act, {"task": task, "login": "manager"}, do="close", outcome="")

    town.sends(alarm.act, {"task": task, "login": "manager"}, do="close", outcome="已处理好", note="油锅")
    assert town.all(Task)[0].outcome == "已处理好：油锅"
    assert "油锅" not in "".join(town.told(CHEN))


def test_a_link_of_somebody_who_has_left_opens_nothing(town: Any, task: str) -> None:
    do(town, lambda work: setattr(work.session.exec(select(Staff).where(Staff.login == "staff")).one(), "disabled_at", town.now))

    with pytest.raises(LookupError):
        town.visits(alarm.show, task=task, login="staff")


def test_a_link_opens_nothing_once_its_holders_role_sees_no_alarms(town: Any, task: str) -> None:
    town.visits(alarm.show, task=task, login="staff")
    do(town, lambda work: setattr(work.session.exec(select(Staff).where(Staff.login == "staff")).one(), "role", Role.CITY))

    with pytest.raises(LookupError):
        town.visits(alarm.show, task=task, login="staff")
    with pytest.raises(LookupError):
        town.sends(alarm.act, {"task": task, "login": "staff"}, do="claim")
    assert (
        do(town, lambda work: heard.hear(Turn(session=work.session, now=town.now, context=town.context, openid="oStaff"), "我来"))
        == ""
    )
    assert town.all(Task)[0].claimed_by is None


# ------------------------------------------------------------------ the own WeChat


def test_a_scanned_code_binds_this_wechat_to_one_person_only(town: Any) -> None:
    def scan(openid: str, scene: str) -> str:
        turn = lambda session: Turn(session=session, now=town.now, context=town.context, openid=openid)  # noqa: E731  one line
        return str(town.database.submit(lambda session: codes.scanned(turn(session), scene)).result())

    for role in (Role.STAFF, Role.MANAGER):
        town.opens(role, codes.make)
        [code] = [code for code in town.all(Code) if code.used_at is None]
        assert "绑定好了" in scan("oPhone", code.scene)
        assert "失效或用过" in scan("oOther", code.scene)

    assert {member.login: member.openid for member in town.all(Staff) if member.openid} == {"manager": "oPhone"}


def test_the_picture_is_asked_for_by_an_effect_and_shown_when_it_is_there(town: Any) -> None:
    town.opens(Role.GUARD, codes.make)
    [wanted] = [effect for effect in town.all(Effect) if effect.kind == "duty.code"]
    assert wanted.payload["scene"].startswith("duty.")
    assert town.opens(Role.GUARD, codes.show).values["picture"] == ""

    assert codes.draw.then is not None
    then = codes.draw.then
    do(town, lambda work: then(work, wanted.subject, "http://weixin.qq.com/q/abc"))
    assert town.opens(Role.GUARD, codes.show).values["picture"].startswith("data:image/svg+xml")


def test_unbinding_lets_the_wechat_go(town: Any, task: str) -> None:
    town.opens(Role.STAFF, codes.unbind)

    assert not [member for member in town.all(Staff) if member.openid]


# ------------------------------------------------------------------ the roster

TUESDAY = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def staff_id(town: Any, login: str) -> str:
    return str(next(member.id for member in town.all(Staff) if member.login == login))


def test_a_shift_past_midnight_goes_on_into_the_next_day(town: Any) -> None:
    town.opens(Role.MANAGER, roster.add, staff=staff_id(town, "staff"), weekday="1", begins="20:00", ends="08:00", covers="")

    found = do(town, lambda work: watches(work.session, TUESDAY, TUESDAY + timedelta(days=1)))
    assert [(f"{watch.begins_at:%d %H:%M}", f"{watch.ends_at:%d %H:%M}") for watch in found] == [("10 20:00", "11 08:00")]


def test_every_day_is_seven_shifts_and_a_gap_is_told(town: Any) -> None:
    town.opens(Role.MANAGER, roster.add, staff=staff_id(town, "staff"), weekday="all", begins="08:00", ends="20:00", covers="")

    assert len(town.all(Shift)) == 7
    shown = town.opens(Role.MANAGER, roster.show).values
    first = shown["gaps"][0]
    assert f"{first.begins_at:%d %H:%M}-{first.ends_at:%d %H:%M}" == "11 20:00-12 08:00"
    assert {gap.covers for gap in shown["gaps"]} == {""}
    assert any("没有绑定微信" in warning for warning in shown["warnings"])


def test_what_one_can_be_on_duty_for_comes_from_the_kinds_of_tasks(town: Any) -> None:
    assert {"emergency", "repair", "health"} <= set(town.opens(Role.MANAGER, roster.show).values["covers"])


def test_a_guard_on_duty_for_all_is_warned_of_what_he_cannot_see(town: Any) -> None:
    town.opens(Role.MANAGER, roster.add, staff=staff_id(town, "guard"), weekday="all", begins="00:00", ends="00:00", covers="")

    shown = town.opens(Role.MANAGER, roster.show).values
    assert any("看不到：" in warning and "紧急情况" in warning for warning in shown["warnings"])


@pytest.mark.parametrize("form", [
    {"weekday": "9"}, {"begins": "25:00"}, {"ends": "x"}, {"covers": "nothing"}, {"staff": "999"}, {"day": "2026-13-01"},
])  # fmt: skip
def test_a_shift_that_cannot_be_is_refused_with_a_way_out(town: Any, form: dict[str, str]) -> None:
    good = {"staff": staff_id(town, "staff"), "weekday": "1", "begins": "08:00", "ends": "20:00", "covers": ""}

    with pytest.raises(Refusal):
        town.opens(Role.MANAGER, roster.add, **{**good, **form})


def test_a_shift_is_changed_and_taken_out(town: Any) -> None:
    town.opens(Role.MANAGER, roster.add, staff=staff_id(town, "staff"), weekday="1", begins="08:00", ends="20:00", covers="")
    key = {"id": str(town.all(Shift)[0].id)}
    town.opens(
        Role.MANAGER, roster.change, params=key, staff=staff_id(town, "manager"), weekday="2", begins="09:00", ends="10:00"
    )
    assert town.all(Shift)[0].weekday == 2

    town.opens(Role.MANAGER, roster.remove, params=key)
    assert town.all(Shift) == []


def test_the_demo_begins_with_a_full_roster(town: Any) -> None:
    do(town, lambda work: work.session.add(Staff(login="zhao", name="赵师傅", role=Role.STAFF, created_at=work.now)))
    do(town, roster.seed)

    assert town.opens(Role.MANAGER, roster.show).values["gaps"] == []


# ------------------------------------------------------------------ the robots


@pytest.mark.parametrize("url", [
    "http://qyapi.weixin.qq.com/x", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x", "https://[::1]/x",
    "https://0x7f.1/x", "https://2130706433/x", "https://intranet/x", "https://db.internal/x", "https://u:p@qyapi.weixin.qq.com/x",
    "https://qyapi.weixin.qq.com:8443/x", "https://localhost./x", "https://169.254.169.254/latest", "file:///etc/passwd", "x",
])  # fmt: skip
def test_addresses_inside_the_house_are_no_robots(town: Any, url: str) -> None:
    with pytest.raises(Refusal):
        town.opens(Role.MANAGER, robots.add, name="群", url=url)


def test_a_robot_is_added_tried_and_forgotten(town: Any) -> None:
    town.opens(Role.MANAGER, robots.add, name="值班群", url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1")
    [robot] = town.all(Robot)
    town.opens(Role.MANAGER, robots.test, params={"id": robot.public_id})
    assert len([effect for effect in town.all(Effect) if effect.kind == "duty.robot"]) == 2

    town.opens(Role.MANAGER, robots.remove, params={"id": robot.public_id})
    assert town.all(Robot) == []
