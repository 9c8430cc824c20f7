"""Passes that open the gate again and again, those for minutes, and how many a flat may have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot import config
from bot.contract import Hours, Reply, Turn, Work
from bot.model import SHANGHAI
from bot.services import load_services
from bot.store.staff import Role
from integrations.visitor_passes import actions, console, gate, lasting, orders, pages
from integrations.visitor_passes.models import Pass, PassKind, PassState

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN = "oChen"
TUESDAYS = Hours(weekdays=(1, 3), opens=15 * 60, closes=17 * 60)
NIGHTS = Hours(opens=20 * 60, closes=30 * 60)


def invited(town: Town, hours: Hours | None, **slots: Any) -> Pass:
    regular = hours.kept if hours else None
    town.asks(CHEN, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now, "regular": regular, **slots})
    return town.all(Pass)[-1]


def says(town: Town, text: str) -> str:
    def run(session: Session) -> str:
        return lasting.renew(Turn(session=session, now=town.now, context=town.context, openid=CHEN), text)

    return town.database.submit(run).result()


def amends(town: Town, made: Pass, **slots: Any) -> Reply:
    def run(session: Session) -> Reply:
        reply = actions.change(Turn(session=session, now=town.now, context=town.context, openid=CHEN), made.subject, slots)
        assert isinstance(reply, Reply)
        return reply

    return town.database.submit(run).result()


def reason(town: Town, made: Pass, at: datetime) -> str:
    town.now = at
    check = town.database.submit(lambda session: gate.check(Work(session=session, now=at, context=town.context), made.code))
    return check.result().reason


def test_who_comes_on_tuesdays_is_let_in_each_time_at_those_hours_only(town: Town) -> None:
    made = invited(town, TUESDAYS)
    tuesday = datetime(2026, 3, 17, tzinfo=SHANGHAI)

    at_hours = [(0, 14, 29), (0, 14, 30), (0, 16, 0), (0, 17, 29), (0, 17, 30), (1, 16, 0), (2, 16, 0), (7, 16, 0)]
    reasons = [reason(town, made, tuesday + timedelta(days=day, hours=hour, minutes=minute)) for day, hour, minute in at_hours]

    assert reasons == ["hours", "", "", "", "hours", "hours", "", ""]
    assert (town.all(Pass)[0].state, town.all(Pass)[0].entries_left) == (PassState.ACTIVE, 1)


def test_who_watches_at_night_is_let_in_past_midnight(town: Town) -> None:
    made = invited(town, NIGHTS)
    night = datetime(2026, 3, 13, tzinfo=SHANGHAI)

    reasons = [reason(town, made, night + timedelta(minutes=one)) for one in (-1, 0, 389, 390, 19 * 60, 20 * 60)]

    assert reasons == ["", "", "", "hours", "hours", ""]


def test_who_lives_here_for_two_months_comes_and_goes_until_then(town: Town) -> None:
    made = invited(town, Hours(days=60))
    last = made.ends_at

    assert (made.kind, (last.date() - town.now.date()).days) == (PassKind.LONG, 60)
    assert [reason(town, made, one) for one in (town.now, last - timedelta(days=1), last + timedelta(hours=1))] == [
        "",
        "",
        "over",
    ]


def test_no_pass_lasts_longer_than_ninety_days_and_the_resident_reads_so(town: Town) -> None:
    reply = town.asks(
        CHEN,
        actions.invite,
        visitor_name="保姆",
        starts_at=town.now,
        regular=Hours(weekdays=(0,), opens=480, closes=1080, days=182).kept,
    )

    assert isinstance(reply, Reply)
    assert (reply.values["cut"], reply.values["hours"]) == (90, "每周一 08:00到18:00")


def test_maker_is_told_once_before_it_ends_and_renews_it_with_a_word(town: Town) -> None:
    made = invited(town, TUESDAYS, visitor_name="保姆")
    town.now = made.ends_at.replace(hour=10) - timedelta(days=2)

    for _ in range(2):
        town.runs(lasting.remind.run)

    told = [one for one in town.told(CHEN) if "续通行证" in one]
    assert len(told) == 1
    assert "保姆的通行证（每周二、四 15:00到17:00）到" in told[0]
    assert "续好了：保姆" in says(town, "续通行证")
    assert (town.all(Pass)[0].ends_at.date() - town.now.date()).days == 90


@pytest.mark.parametrize("said", ["续费", "续约", "停车月卡续期", "怎么续"])
def test_words_about_something_else_renew_no_pass(town: Town, said: str) -> None:
    made = invited(town, TUESDAYS, visitor_name="保姆")

    assert says(town, said) == ""
    assert town.all(Pass)[0].ends_at == made.ends_at


def test_order_opens_the_gate_for_half_an_hour_and_once(town: Town) -> None:
    made = invited(town, None, visitor_name="外卖骑手")

    assert (made.kind, made.ends_at - made.starts_at) == (PassKind.DELIVERY, timedelta(minutes=30))
    assert [reason(town, made, town.now) for _ in range(2)] == ["", "used"]


@pytest.mark.parametrize(("name", "ahead"), [("送家具的师傅", 0), ("快递", 5)])
def test_who_stays_or_comes_later_has_the_rest_of_the_day(town: Town, name: str, ahead: int) -> None:
    made = invited(town, None, visitor_name=name, starts_at=town.now + timedelta(hours=ahead))

    assert made.kind is PassKind.VISIT


def test_flat_with_as_many_open_passes_as_it_may_reads_the_way_out(town: Town) -> None:
    for _ in range(20):
        invited(town, None)

    said = town.says(CHEN, actions.invite, visitor_name="张敏", starts_at=town.now)

    assert len(town.all(Pass)) == 20
    assert "20 张" in said
    assert "取消访客" in said


def test_guard_sees_today_who_comes_today_and_at_which_hours(town: Town) -> None:
    invited(town, TUESDAYS, visitor_name="钟点工")
    invited(town, Hours(weekdays=(5,)), visitor_name="家教")
    town.now = datetime(2026, 3, 12, 12, tzinfo=SHANGHAI)

    rows = town.opens(Role.GUARD, console.stand).values["today"]

    assert [(one.made.visitor_name, one.fault, one.window[0]) for one in rows] == [("钟点工", "hours", "每周二、四 15:00到17:00")]


def test_hours_are_changed_by_whole_hours_and_by_nothing_less(town: Town) -> None:
    made = invited(town, TUESDAYS)
    turned = Hours(weekdays=(2,), opens=9 * 60, closes=11 * 60)

    half = amends(town, made, starts_at=town.now + timedelta(days=1, hours=3))
    whole = amends(town, made, regular=turned.kept)

    assert (half.name, whole.name) == ("whole", "changed")
    [now] = town.all(Pass)
    assert (now.said_hours, now.code, now.ends_at) == ("每周三 09:00到11:00", made.code, made.ends_at)


def test_page_of_a_pass_says_its_hours_and_shows_the_code_between_them(town: Town) -> None:
    made = invited(town, TUESDAYS)

    view = town.visits(pages.show, id=made.public_id)

    assert view.values["fault"] == "hours"
    assert view.values["picture"].startswith("/p/passes/")


@pytest.mark.parametrize(
    ("said", "starts", "ends"),
    [
        ("保姆每周一到周五早上8点到晚上6点来", "03-11 10:00", "06-09"), ("保姆每周一到周五早上8点到晚上6点来，到4月30号为止", "03-11 10:00", "04-30"),
        ("保姆每周一到周五来，到4月30号为止", "03-11 10:00", "04-30"), ("保姆每天来，做到4月底", "03-11 10:00", "04-30"),
        ("钟点工每周二四下午3点到5点来，到4月30号", "03-12 15:00", "04-30"), ("从3月20号开始，家政阿姨每周一到周三早上8点到10点来", "03-23 08:00", "06-21"),
        ("家教每周六上午九点来，明天头一回", "03-12 09:00", "06-10"),
    ],
)  # fmt: skip
def test_who_comes_again_begins_with_the_next_of_their_hours_and_ends_when_it_is_said(
    chat: Chat, said: str, starts: str, ends: str
) -> None:
    chat.say(said)

    [made] = chat.all(Pass)
    assert (f"{made.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}", f"{made.ends_at.astimezone(SHANGHAI):%m-%d}") == (starts, ends)


@pytest.mark.parametrize("said", ["点了外卖，让骑手进来", "有个快递要送上来，放他进来", "叫了闪送，麻烦让他进门"])
def test_what_was_ordered_is_let_in_now_without_asking_when(chat: Chat, said: str) -> None:
    chat.say(said)

    assert [one.kind for one in chat.all(Pass)] == [PassKind.DELIVERY]


@pytest.mark.parametrize("said", ["外卖能让他进来吗", "快递柜那儿让人进来看看"])
def test_who_only_asks_or_speaks_of_the_lockers_gets_no_pass_at_once(chat: Chat, said: str) -> None:
    chat.say(said)

    assert chat.all(Pass) == []


@pytest.mark.parametrize(
    ("said", "who", "hours", "starts", "ends"),
    [
        ("家教每周六，明天头一回", "家教", "3月12日和每周六全天", "03-12", "06-10"),
        ("保姆下周一开始每天来", "保姆", "每天全天", "03-16", "06-14"),
        ("月嫂后天来，住到月底", "月嫂", "每天全天", "03-13", "03-31"),
        ("钟点工每周三来，这周三不来，下周三开始", "钟点工", "每周三全天", "03-18", "06-16"),
        ("婆婆从老家过来，周五到，住半个月", "婆婆", "每天全天", "03-13", "03-28"),
        ("明天开始有个护工白天来照顾老人", "护工", "每天 08:00到18:00", "03-12", "06-10"),
        ("接下来一周每天有工人来刷墙", "工人", "每天全天", "03-11", "03-18"),
        ("孩子的钢琴老师，周日上午十点，每周都来", "孩子的钢琴老师", "每周日 10:00到12:00", "03-15", "06-13"),
        ("舞蹈老师每周三五下午五点", "舞蹈老师", "每周三、五 17:00到19:00", "03-11", "06-09"),
        ("钟点工每周来两次，周二和周五上午", "钟点工", "每周二、五 09:00到12:00", "03-17", "06-15"),
    ],
)
def test_who_comes_again_is_made_a_pass_at_once(chat: Chat, said: str, who: str, hours: str, starts: str, ends: str) -> None:
    chat.say(said)

    [made] = chat.all(Pass)
    assert (made.visitor_name, made.said_hours, f"{made.starts_at:%m-%d}", f"{made.ends_at:%m-%d}") == (who, hours, starts, ends)


def test_first_time_on_another_day_opens_the_gate_that_day_and_not_a_week_later(town: Town) -> None:
    first = Hours(weekdays=(5,), once=town.now.date() + timedelta(days=1))
    made = invited(town, first, visitor_name="家教")
    noon = town.now.replace(hour=12)

    assert [made.fault_at(noon + timedelta(days=days), timedelta()) for days in (1, 2, 3, 8)] == ["", "hours", "", "hours"]
    assert Hours.from_text(first.kept) == first


@pytest.mark.parametrize(
    ("said", "who", "people"),
    [
        ("送水的一会儿到", "送水的", 1),
        ("点了两份外卖，两个骑手", "外卖", 2),
        ("又点了奶茶，马上送到", "奶茶", 1),
        ("叫了个跑腿，让他进来", "跑腿", 1),
    ],
)
def test_order_that_is_on_its_way_is_let_in_now(chat: Chat, said: str, who: str, people: int) -> None:
    chat.say(said)

    [made] = chat.all(Pass)
    assert (made.visitor_name, made.people, made.kind, made.ends_at - made.starts_at) == (
        who,
        people,
        PassKind.DELIVERY,
        timedelta(minutes=30),
    )


def test_several_orders_of_a_day_each_have_a_pass(chat: Chat) -> None:
    chat.say("外卖到了让他进来", "还有一个快递", "再来个闪送")

    assert [made.visitor_name for made in chat.all(Pass)] == ["外卖", "快递", "闪送"]


def test_order_has_few_minutes_of_grace_and_who_ordered_is_told_once_that_nobody_came(town: Town) -> None:
    town.asks(CHEN, actions.invite, visitor_name="外卖", starts_at=town.now)
    [made] = town.all(Pass)
    assert [made.fault_at(town.now + timedelta(minutes=minutes), timedelta(minutes=30)) for minutes in (0, 34, 35)] == [
        "",
        "",
        "over",
    ]

    town.now += timedelta(minutes=40)
    town.runs(orders.tell_over.run)
    town.runs(orders.tell_over.run)

    assert [text for text in town.told(CHEN) if "通行证到时间了" in text] == [
        "外卖还没进小区，通行证到时间了。还没到的，说“外卖到了让他进来”再开一张；已经到门口的，门岗会发消息问您。"
    ]


def test_order_that_is_left_with_the_guard_is_told(town: Town) -> None:
    town.asks(CHEN, actions.invite, visitor_name="快递", starts_at=town.now)
    [made] = town.all(Pass)
    to = town.opens(Role.GUARD, console.admit, params={"id": made.public_id}).to
    town.opens(Role.GUARD, console.left, params={"id": to.partition("=")[2]}, who="dropped")

    assert town.told(CHEN)[-1] == f"{town.now:%H:%M}快递放在门岗了，人没有进小区。方便时请到门岗取。"
    assert town.opens(Role.GUARD, console.stand).values["latest"][0]["left_at"] == town.now


def test_orders_leave_room_for_guests(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MOST_A_DAY", "2"), ("MOST_DELIVERIES", "3")):
        monkeypatch.setenv(f"LINLI_VISITOR_PASSES_{name}", value)
    town.services = load_services(config.load_local())

    said = [
        town.asks(CHEN, actions.invite, visitor_name=who, starts_at=town.now) for who in ("外卖", "快递", "闪送", "跑腿", "张敏")
    ]

    assert [one.name for one in said] == ["done", "done", "done", "enough", "done"]
