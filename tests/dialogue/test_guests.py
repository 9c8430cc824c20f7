"""Guests as residents tell of them: in one breath, by their relation, one in place of another, a slip set right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bot import config
from bot.cli.talk import Room
from bot.contract import SHANGHAI
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.said import Words
from bot.dialogue.standing import Offer, Offered, Standing
from bot.dialogue.turn import Answer
from bot.dialogue.understanding import Understanding
from bot.store import scope
from integrations.visitor_passes.models import Pass

SHIPPED = Understanding.load(config.shipped("intents"), config.shipped("data"))


@pytest.fixture
def room(demo_folder: Path, now: datetime) -> Iterator[Room]:
    room = Room.open(demo_folder, now)
    room.consent()
    yield room
    room.database.close()


def say(room: Room, *lines: str) -> Answer:
    """Say several lines; returns the last answer."""
    answers = [room.hear(line) for line in lines]
    assert answers[-1] is not None
    return answers[-1]


def test_two_guests_at_two_times_are_two_visits_on_the_day_that_was_said(room: Room) -> None:
    made = say(room, "明天上午十点编辑小周来拿稿，下午四点印刷厂老马来对色")
    assert ["办好了！小周" in made.texts[0], "办好了！老马" in made.texts[1]] == [True, True]
    assert made.values == {"visitor_name": "老马", "starts_at": "2026-03-12 16:00"}

    assert "老马" in say(room, "老马刚打电话说不来了").texts[0]
    assert "已取消" in say(room, "是，取消老马的").texts[0]
    assert "小周" in say(room, "小周那个还在吧？").texts[0]


def test_one_guest_in_place_of_another_calls_off_the_first(room: Room) -> None:
    say(room, "明天下午四点钢琴老师小乔来 走路", "对")

    off = say(room, "小乔那个取消 换成舞蹈老师阿曼 一样的时间")
    assert (off.outcome.intent, "小乔" in off.texts[0], "阿曼" in off.texts[0]) == ("visitor.cancel", True, True)
    other = say(room, "对 小乔取消")
    assert other.values == {"visitor_name": "阿曼", "starts_at": "2026-03-12 16:00"}
    shown = say(room, "我的访客").texts[0]
    assert ("阿曼" in shown, "小乔" in shown) == (True, False)


@pytest.mark.parametrize(("slip", "name", "value"), [
    ("手滑 浙A12G7K", "plate", "浙A12G7K"), ("打错 是许总 言午许", "visitor_name", "许总"), ("我老公去接 车牌浙D1P09W", "plate", "浙D1P09W"),
])  # fmt: skip
def test_slip_set_right_changes_the_pass(room: Room, slip: str, name: str, value: str) -> None:
    changed = say(room, "明天下午两点徐总来我家", slip)

    assert changed.outcome.intent == "visitor.invite"
    assert changed.values[name] == value


def test_broken_plate_is_told_and_the_whole_one_taken(room: Room) -> None:
    assert "车牌“皖L”不全" in say(room, "我弟今儿下午五点来 车牌皖L").texts[0]
    assert "车牌“皖L5”不全" in say(room, "皖L5").texts[0]
    assert say(room, "皖L5H7N2 这回全了").values["plate"] == "皖L5H7N2"


def test_value_said_after_a_wish_was_asked_back_begins_it(now: datetime) -> None:
    asked_back = Standing(offer=Offer(what=Offered.INTENT, text="要来人的呀", intent="visitor.invite"))
    facts = Facts(now=now, catalogue=SHIPPED.catalogue, is_bound=True)

    step = decide(asked_back, Words(heard=SHIPPED.hear_text("两点钟来，五点多走", now)), facts)

    assert step.standing.form is not None
    assert (step.standing.form.intent, step.standing.form.asking) == ("visitor.invite", "visitor_name")
    assert step.standing.form.values["starts_at"] == now.replace(hour=14)


def test_name_told_after_the_pass_goes_onto_it(room: Room) -> None:
    named = say(room, "周五晚七点有个哥们儿来取显卡", "码能用几次", "叫阿伟")

    assert named.values == {"visitor_name": "阿伟", "starts_at": "2026-03-13 19:00"}


def test_what_is_said_of_a_wish_that_waits_is_kept_for_it(room: Room) -> None:
    kept = say(room, "今天体温36度4 另外马桶一直哗啦啦流水", "十点到十二点都可以")

    assert kept.outcome.intent == "health.checkin"
    assert kept.texts[0].startswith("记下了：报修，")
    assert "10:00" in "".join(say(room, "没有").texts)


def test_day_that_is_told_with_the_occasion_is_the_day_of_the_visit(room: Room) -> None:
    invited = say(room, "周六我妈过生日，我舅舅来吃饭，晚上十一点走")

    assert "3月14日（周六）" in invited.texts[0]


def test_numbered_wishes_are_all_served(room: Room) -> None:
    served = say(room, "三件事：1周六下午两点我爸妈过来住两天 2卫生间的灯一闪一闪的 3旧沙发能扔在楼下吗")

    assert served.texts[0].startswith("听到三件：邀请访客、报修“卫生间的灯一闪一闪的”、垃圾投放与清运“旧沙发能扔在楼下吗”")
    assert "爸妈，共2人" in served.texts[0]
    assert "3月14日（周六）14:00起" in served.texts[0]
    assert "已登记，报修号" in served.texts[1]
    assert "大件" in served.texts[2]


@pytest.mark.parametrize(("said", "ends"), [
    ("今晚8点阿May来我家看球赛 凌晨1点走", "2026-03-12 01:00"), ("今晚8点阿May来 一点走", "2026-03-12 01:00"), ("明天下午两点我妹妹来五点多走", "2026-03-12 17:00"),
])  # fmt: skip
def test_end_may_lie_past_midnight(room: Room, said: str, ends: str) -> None:
    assert say(room, said).values["ends_at"] == ends


def test_later_end_is_asked_for_in_a_question(room: Room) -> None:
    say(room, "今晚8点阿May来我家看球赛 凌晨1点走")

    assert "02:00" in say(room, "她能不能多待会 到两点").texts[0]


@pytest.mark.parametrize("said", ["还有小谭 明天下午四点 骑摩托来的", "小谭明天下午四点也来", "另外我妹夫小谭明天下午四点过来"])
def test_further_guest_is_no_rename(room: Room, said: str) -> None:
    made = say(room, "明天早上八点老罗过来", said)

    assert made.values["visitor_name"] == "小谭"
    shown = say(room, "我明天一共喊了哪几个来哦").texts[0]
    assert ("老罗" in shown, "小谭" in shown) == (True, True)


def test_guest_among_other_wishes_is_one_of_them(room: Room) -> None:
    served = say(room, "三件事 明早八点半保洁阿姨来 姓柳 ；厕所灯不亮 ；再帮我看看上周报的门锁修到哪了")

    assert "柳" in "".join(served.texts)
    assert served.texts[0].startswith("听到三件：邀请访客")


def test_time_beside_a_question_about_the_guest_changes_the_pass(room: Room) -> None:
    changed = say(room, "下午我男朋友要来看我婆婆 给他弄个进门的", "我男朋友的还弄不弄得成 他三点半到")

    assert (changed.outcome.intent, changed.values["starts_at"]) == ("visitor.invite", "2026-03-11 15:30")


def test_one_of_two_is_called_off_whatever_the_reason(room: Room) -> None:
    off = say(room, "明天早上八点老罗过来", "还有小谭 明天下午四点", "老罗不来了 他婆娘生了 小谭照旧")

    assert (off.outcome.intent, "老罗" in off.texts[0]) == ("visitor.cancel", True)
    assert "老罗" in say(room, "是噻 只取消老罗的").texts[0]


def test_two_guests_told_by_time_and_name_are_two_passes(room: Room) -> None:
    made = say(room, "周五晚上两拨人 六点半小姜 八点老贺")
    assert (made.values["visitor_name"], made.values["starts_at"]) == ("老贺", "2026-03-13 20:00")

    moved = say(room, "小姜开车 京N52R80", "老贺改周六了 点儿不变")
    assert (moved.values["visitor_name"], moved.values["starts_at"]) == ("老贺", "2026-03-14 20:00")
    assert say(room, "小姜改七点").values["plate"] == "京N52R80"


@pytest.mark.parametrize("said", ["换车了 开他媳妇那台 吉C1H073", "车牌子是吉C1H073 你记一哈", "问到啦 吉C1H073"])
def test_plate_told_after_the_pass_is_the_guests(room: Room, said: str) -> None:
    changed = say(room, "明天下午两点徐总过来聊事情 车牌吉C6N518", said)

    assert (changed.outcome.intent, changed.values["plate"]) == ("visitor.invite", "吉C1H073")


@pytest.mark.parametrize("said", ["给我念念现在是咋定的", "现在约了谁", "我一共约了几个人"])
def test_asking_who_comes_shows_it_and_changes_nothing(room: Room, said: str) -> None:
    shown = say(room, "周六中午十二点我老舅来", said)

    assert (shown.outcome.intent, "3月14日" in shown.texts[0]) == ("visitor.list", True)


def test_guest_nearly_called_off_is_kept_for_another_day(room: Room) -> None:
    kept = say(room, "我闺蜜小雪周六晚上六点来我家", "艾玛她又说不来了 要加班", "等会先别取消 她说周日行 那就周日 还是六点")

    assert (kept.outcome.intent, kept.values["starts_at"]) == ("visitor.invite", "2026-03-15 18:00")
    assert "3月15日" in say(room, "整好了没 别周六也给我留着").texts[0]


def test_plate_that_is_still_to_be_asked_for_wishes_for_nothing(room: Room) -> None:
    said = say(room, "周六我表姐一家四口来 中午十一点半到", "开一辆车 车牌我问问她再说")

    assert (said.outcome.intent, said.outcome.kind) == ("visitor.invite", "done")


REMARKS = (
    "她带了个大箱子", "老人腿脚不好麻烦让车开进来", "是来修空调的", "她不认识路", "麻烦保安帮忙指下路", "麻烦让她进来", "她们可能带只狗", "她耳朵背",
    "带着小孩", "手机没电扫不了码", "到了给我打电话", "她坐轮椅", "车是白色的", "她走北门", "会晚一点", "我不在家 让她自己上来", "没开车 她拎着蛋糕",
)  # fmt: skip


def test_remark_joins_the_pass_and_that_is_said(room: Room) -> None:
    for remark in REMARKS:
        room.seat(bound=True)
        kept = say(room, "我妹妹明天下午三点来", remark)

        assert (remark, kept.texts) == (remark, ("记在妹妹的通行证上了，门岗查码时看得到。",))
        assert kept_on_the_last_pass(room) == f"我妹妹明天下午三点来\n{remark}"


def test_what_is_no_remark_is_served_and_joins_nothing(room: Room) -> None:
    for said, intent in (
        ("谢谢", "smalltalk.thanks"), ("太好了", "smalltalk.thanks"), ("几点关门", "faq.hours"), ("顺便厨房漏水了", "repair.report"),
        ("他家太吵了", "incident.report"), ("着火了", "emergency.fire"), ("她晕倒了", "emergency.sos"),
        ("再开一张通行证", "visitor.invite"), ("王芳不来了", "visitor.cancel"), ("好的", None), ("门卡丢了", None),
    ):  # fmt: skip
        room.seat(bound=True)
        served = say(room, "我妹妹明天下午三点来", said)

        assert (said, served.outcome.intent, "通行证上" in "".join(served.texts)) == (said, intent, False)
        assert (said, kept_on_the_last_pass(room)) == (said, "我妹妹明天下午三点来")


def test_right_now_makes_the_pass_good_from_now_on(room: Room) -> None:
    now = say(room, "我妹妹明天下午三点来", "就现在啊")

    assert (now.values["starts_at"], "改好了" in now.texts[0]) == ("2026-03-11 10:00", True)


@pytest.mark.parametrize(
    ("said", "people"), [("还有一个朋友也来", 2), ("再加两个人", 3), ("她还带了一个朋友", 2), ("一共两个人", 2)]
)
def test_who_comes_along_is_counted_beside_who_is_expected(room: Room, said: str, people: int) -> None:
    assert f"共{people}人" in say(room, "我妹妹明天下午三点来", said).texts[0]


@pytest.mark.parametrize(("said", "ends"), [("她要待到晚上十点", "22:00"), ("要装货 停半小时", "15:30")])
def test_end_that_is_taken_is_not_said_to_be_lost(room: Room, said: str, ends: str) -> None:
    changed = say(room, "我妹妹后天下午三点来", said).texts[0]

    assert (f"到当天{ends}为止" in changed, "没有记下" in changed) == (True, False)


def test_driver_whose_name_nobody_knows_is_written_down_as_told(room: Room) -> None:
    assert say(room, "有个朋友明天上午九点来", "名字不知道呀 就写货拉拉").values["visitor_name"] == "货拉拉"


def test_somebody_else_who_is_late_does_not_take_the_place_of_the_guest(room: Room) -> None:
    for said in ("老李没来", "小陈还没到", "张伟要晚点到"):
        room.seat(bound=True)
        say(room, "我妹妹明天下午三点来", said)

        assert "妹妹" in say(room, "不是这件事", "我的访客").texts[0]


def passes(room: Room) -> list[Pass]:
    def look(session: Session) -> list[Pass]:
        scope.enter(session, room.house.context.community.key)
        return list(session.exec(select(Pass)).all())

    return room.database.submit(look).result()


def kept_on_the_last_pass(room: Room) -> str:
    def look(session: Session) -> str:
        scope.enter(session, room.house.context.community.key)
        return session.exec(select(Pass).order_by(col(Pass.id).desc())).first().words  # type: ignore[union-attr]  # made by the talk

    return room.database.submit(look).result()


@pytest.mark.parametrize("aside", [
    "晚上七点看春晚", "我儿子班上四十个人", "楼上住了五个人", "我家四口人", "后天下雨", "后天下午三点我去看牙", "五点了，天还没黑",
    "隔壁的车沪A12345真气派", "门口两个人在吵架", "我早上六点就起了", "晚上十点以后别吵了", "我们单位两个人请假", "今天天气真好",
])  # fmt: skip
def test_time_or_number_in_words_about_something_else_changes_no_pass(room: Room, aside: str) -> None:
    heard = say(room, "明天下午三点我表妹小雪来", aside)

    assert "改好了" not in "".join(heard.texts)


@pytest.mark.parametrize("aside", [
    "客厅的灯挺好看的", "卫生间没问题", "阳台上的花开了", "孩子在卧室睡觉", "晚上七点看春晚", "明天下午四点我要开家长会", "周五放假",
    "隔壁老王家明天下午三点有人来修空调", "公司电梯坏了一天", "今天天气真好", "明天再说",
])  # fmt: skip
def test_place_or_time_in_words_about_something_else_changes_no_repair(room: Room, aside: str) -> None:
    heard = say(room, "厨房水管漏水了", aside)

    assert "改好了" not in "".join(heard.texts)


def test_a_surname_said_after_a_guest_is_theirs_and_makes_no_second_pass(room: Room) -> None:
    changed = say(room, "我侄子明天来看我", "姓陈 上午来")

    assert "改好了：陈先生/女士，明天" in changed.texts[0]
    assert changed.values["starts_at"] == "2026-03-12 09:00"
    assert "侄子" not in say(room, "我的访客").texts[0]


def test_a_number_told_of_the_nanny_is_kept_on_her_own_pass(room: Room) -> None:
    changed = say(room, "保姆下周一开始每天来", "姓王 电话13812345678")

    assert ("改好了" in changed.texts[0], "每天全天" in changed.texts[0]) == (True, True)


def test_a_week_counts_no_people(room: Room) -> None:
    say(room, "李师傅带两个徒弟明天来装修", "来一个星期")

    [made] = passes(room)
    assert made.people == 3


def test_a_delivery_let_in_while_another_pass_is_called_off_is_a_wish_of_its_own(room: Room) -> None:
    say(room, "保姆每天来", "保姆不干了 别让她进了")

    let_in = say(room, "让外卖进来").texts
    assert "办好了！外卖" in let_in[0]
    assert "取消保姆每天全天的来访？" in let_in[-1]


def test_a_day_said_while_a_pass_is_called_off_is_not_noted_of_it(room: Room) -> None:
    asked = say(room, "保姆每天来", "保姆不干了 别让她进了", "周六没有的话周日")

    assert "记下了" not in asked.texts[0]


def test_the_health_station_moved_changes_no_visit(room: Room) -> None:
    moved = say(room, "李师傅明天上午来", "我上次约的卫生站改到下午")

    assert moved.outcome.intent == "medical.move"
    [made] = passes(room)
    assert made.starts_at.astimezone(SHANGHAI).hour == 9


def test_asked_whether_they_can_come_today_a_repair_is_wished_for_today(room: Room) -> None:
    asked = say(room, "卧室屋顶漏水了", "能不能今天来")

    assert (asked.outcome.intent, "今天" in asked.texts[0], "等师傅确认" in asked.texts[0]) == ("repair.report", True, True)


def test_a_car_nobody_knows_of_is_no_wish_to_have_one_moved(room: Room) -> None:
    asked = say(room, "周六孩子过生日 来十几个客人", "有两辆车 沪A12345 还有一辆不知道")

    assert "接着办" not in asked.texts[0]


def test_whoever_finds_somebody_else_to_mend_it_is_asked_whether_the_repair_is_off(room: Room) -> None:
    asked = say(room, "卧室屋顶漏水了", "让维修师傅进来", "算了我自己找人修")

    assert (asked.outcome.intent, asked.outcome.kind) == ("repair.cancel", "confirms")


def test_how_it_goes_on_is_asked_of_a_consent_and_read_once_more(room: Room) -> None:
    room.seat(bound=True)
    asked = say(room, "我想每天早上跟你们报个平安", "怎么报啊")

    assert ("不知道" in asked.texts[0], "每天约好的时间" in asked.texts[0]) == (False, True)


def test_a_surname_said_amid_another_form_is_that_of_who_was_asked_in(room: Room) -> None:
    changed = say(room, "今天体温怎么填", "保姆下周一开始每天来", "姓王 电话13812345678")

    assert "改好了：王先生/女士" in changed.texts[0]
    assert len(passes(room)) == 1


@pytest.mark.parametrize("words", ["我头有点晕", "血压高能不能上门量一下"])
def test_how_somebody_is_is_written_on_no_repair(room: Room, words: str) -> None:
    kept = say(room, "厨房水管漏水", words)

    assert "师傅看得到" not in kept.texts[0]


def test_a_question_of_another_day_fills_in_no_date(room: Room) -> None:
    say(room, "我想每天早上跟你们报个平安", "同意", "我后天去儿子家")

    assert say(room, "卫生站明天上午还有号吗").outcome.intent == "medical.appointment"


def test_an_hour_that_was_only_wished_for_is_never_read_as_agreed(room: Room) -> None:
    assert "您希望3月14日（周六）09:00上门" in say(room, "厨房水管漏水", "周六上午吧").texts[0]
    assert "您希望" in say(room, "师傅改成周日上午来").texts[0]
