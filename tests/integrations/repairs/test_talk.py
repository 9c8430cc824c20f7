"""What is said after a repair was reported: it is changed, asked after, called off, rated; and no word is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Ask, Reply, Turn
from bot.model import FIRST, SHANGHAI
from bot.store.events import Event
from bot.store.photos import Photo
from bot.store.staff import Role
from integrations.repairs import actions, clock, console, pages, personal, reopening
from integrations.repairs.models import LONGEST, Ticket, TicketState
from tests.integrations.conftest import CATALOGUE, CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

WORDS = CATALOGUE.intents["repair.report"].replies
FRIDAY = datetime(2026, 3, 13, 14, tzinfo=SHANGHAI)


def turn_of(town: Town, session: Any, openid: str, said: str, about: str) -> Turn:
    return Turn(session=session, now=town.now, context=town.context, openid=openid, said=said, about=about)


def reported(town: Town, said: str = "厨房水管漏水", **slots: Any) -> Ticket:
    def run(session: Any) -> None:
        actions.report(turn_of(town, session, CHEN, said, ""), {"category": "water", "location": "厨房", **slots})

    town.database.submit(run).result()
    return town.all(Ticket)[-1]


def changed(town: Town, ticket: Ticket, said: str = "", openid: str = CHEN, **slots: Any) -> tuple[str, str]:
    """Say something else of a ticket; returns the name of the reply and its words."""

    def run(session: Any) -> tuple[str, str]:
        turn = turn_of(town, session, openid, said, ticket.subject)
        reply = actions.change(turn, ticket.subject, slots)
        return reply.name, turn.words(WORDS[reply.name], **reply.values)

    return town.database.submit(run).result()


def spoken_of(town: Town, ticket: Ticket, action: Any, openid: str = CHEN, **slots: Any) -> Reply | Ask:
    """Ask for something while a ticket is what is spoken of."""

    def run(session: Any) -> Reply | Ask:
        answer: Reply | Ask = action(turn_of(town, session, openid, "", ticket.subject), slots)
        return answer

    return town.database.submit(run).result()


def put(town: Town, ticket: Ticket, **values: Any) -> None:
    def run(session: Any) -> None:
        found = session.get_one(Ticket, ticket.id)
        for name, value in values.items():
            setattr(found, name, value)

    town.database.submit(run).result()


def move(town: Town, ticket: Ticket, state: TicketState) -> None:
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state=state.value)


def test_report_is_what_is_said_next_of(town: Town) -> None:
    reply = town.asks(CHEN, actions.report, category="water", location="厨房")

    assert isinstance(reply, Reply)
    assert (reply.about, reply.called) == (town.all(Ticket)[0].subject, "厨房的报修")


def test_photos_are_said_to_be_attached_only_when_some_are(town: Town) -> None:
    without = town.says(CHEN, actions.report, category="water", location="厨房")
    town.database.submit(lambda session: session.add(Photo(openid=CHEN, media_id="m", taken_at=town.now))).result()
    with_one = town.says(CHEN, actions.report, category="water", location="厨房")

    assert "已附上" not in without
    assert "照片 1 张已附上" in with_one


# ------------------------------------------------------------------ the resident's own words


def test_own_words_are_shown_to_staff_and_resident_and_exported(town: Town) -> None:
    ticket = reported(town, "厨房水管漏水\n楼下大妈都找上来了")

    shown = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["ticket"]
    page = town.visits(pages.show, number=ticket.number).values["ticket"]
    assert shown.words == page.words == "厨房水管漏水\n楼下大妈都找上来了"

    def export(session: Any) -> Any:
        turn = turn_of(town, session, CHEN, "", "")
        return personal.export(turn, turn.me)["报修"][0]["您说的"]

    assert town.database.submit(export).result() == ticket.words


def test_own_words_go_with_the_person(town: Town) -> None:
    reported(town)

    def erase(session: Any) -> None:
        turn = turn_of(town, session, CHEN, "", "")
        personal.erase(turn, turn.me)

    town.database.submit(erase).result()

    assert town.all(Ticket)[0].words == ""


def test_later_words_are_added_and_the_same_ones_once(town: Town) -> None:
    ticket = reported(town)

    name, said = changed(town, ticket, "师傅上来请敲门重一点")
    changed(town, ticket, "师傅上来请敲门重一点")

    assert (name, "师傅看得到" in said) == ("noted", True)
    assert town.all(Ticket)[0].words == "厨房水管漏水\n师傅上来请敲门重一点"
    assert [event.data for event in town.all(Event) if event.kind == "repair.changed"] == [{"words": True}]


def test_of_too_many_words_the_first_and_the_last_stay(town: Town) -> None:
    ticket = reported(town, "头" * FIRST)

    for number in range(9):
        changed(town, ticket, f"第{number}句" + "话" * 100)

    words = town.all(Ticket)[0].words
    assert len(words) == LONGEST
    assert words.startswith("头" * FIRST)
    assert words.endswith("第8句" + "话" * 100)


# ------------------------------------------------------------------ changing


def test_another_time_moves_what_is_promised_and_staff_read_it(town: Town) -> None:
    ticket = reported(town)

    name, said = changed(town, ticket, "改成后天下午来", appointment_at=FRIDAY)

    [now] = town.all(Ticket)
    assert (name, now.appointment_at, now.due_at) == ("changed", FRIDAY, FRIDAY + clock.URGENT)
    assert "厨房水管漏水，您希望后天（3月13日 周五）14:00上门。最晚后天（3月13日 周五）16:00前处理" in said
    timeline = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["timeline"]
    assert timeline[-1]["words"] == "住户希望后天（3月13日 周五）14:00上门"


@pytest.mark.parametrize(("said", "slots", "what"), [
    ("不是厨房是卫生间", {"location": "卫生间"}, "卫生间水管漏水"),
    ("换成4楼的", {"location": "4楼"}, "4楼厨房水管漏水"),
    ("不是水管是下水道堵了", {"category": "drain"}, "厨房下水道堵塞"),
    ("上来请敲门", {"category": "door"}, "厨房水管漏水"),
    ("不对是1102门口", {"category": "door", "location": "1102门口"}, "1102门口水管漏水"),
])  # fmt: skip
def test_place_and_fault_are_changed_where_that_is_what_is_said(town: Town, said: str, slots: dict[str, Any], what: str) -> None:
    ticket = reported(town)

    changed(town, ticket, said, **slots)

    assert [found.what for found in town.all(Ticket)] == [what]


def test_what_becomes_urgent_calls_those_on_duty(town: Town) -> None:
    ticket = reported(town)
    town.now += timedelta(hours=3)

    _, said = changed(town, ticket, "急", urgent=True)
    changed(town, ticket, "很急", urgent=True)

    [task] = town.tasks()
    assert (task.kind, task.urgent, task.title) == ("repair.urgent", True, "紧急报修：3栋2单元501 厨房水管漏水")
    assert town.all(Ticket)[0].due_at == town.now + clock.URGENT
    assert "这是急修" in said


def test_who_says_urgent_not_urgent_and_urgent_again_calls_those_on_duty_once(town: Town) -> None:
    ticket = reported(town)

    for said, urgent in (("急", True), ("不急", False), ("急", True)):
        _, answer = changed(town, ticket, said, urgent=urgent)

    assert [task.kind for task in town.tasks()] == ["repair.urgent"]
    assert "这是急修" in answer


def test_time_that_has_gone_by_changes_nothing(town: Town) -> None:
    ticket = reported(town, appointment_at=FRIDAY)

    name, _ = changed(town, ticket, "改成昨天", appointment_at=town.now - timedelta(days=1))

    assert (name, town.all(Ticket)[0].appointment_at) == ("past", FRIDAY)


@pytest.mark.parametrize(("state", "said"), [
    (TicketState.DONE, "已经办完了，改不了"), (TicketState.CLOSED, "已经办完了，改不了"), (TicketState.CANCELLED, "已经取消了，改不了"),
])  # fmt: skip
def test_repair_that_is_over_is_not_changed_and_says_so(town: Town, state: TicketState, said: str) -> None:
    ticket = reported(town)
    put(town, ticket, state=state)

    name, words = changed(town, ticket, "换成4楼的", location="4楼")

    assert (name, said in words, town.all(Ticket)[0].location) == ("over", True, "厨房")


def test_neighbours_ticket_is_as_if_there_were_none(town: Town) -> None:
    ticket = reported(town)

    assert changed(town, ticket, "换成4楼的", LI, location="4楼")[0] == "gone"
    assert spoken_of(town, ticket, actions.cancel, LI).name == "none"
    assert spoken_of(town, ticket, actions.status, LI).name == "none"
    assert town.all(Ticket)[0].location == "厨房"


# ------------------------------------------------------------------ asked after, called off, urged


def test_of_several_the_one_spoken_of_is_meant(town: Town) -> None:
    first = reported(town)
    reported(town, category="lighting", location="楼道")

    asked = spoken_of(town, first, actions.cancel)
    urged = spoken_of(town, first, actions.urge)

    assert isinstance(asked, Ask)
    assert (asked.slot, asked.values["number"]) == ("sure", first.number)
    assert isinstance(urged, Reply)
    assert urged.values["number"] == first.number


def test_cancelled_repair_is_spoken_of_no_more(town: Town) -> None:
    ticket = reported(town)

    reply = spoken_of(town, ticket, actions.cancel, sure=True)

    assert isinstance(reply, Reply)
    assert (reply.about, reply.over) == (ticket.subject, True)


@pytest.mark.parametrize(("values", "later", "who", "when"), [
    ({}, 0, "", "最晚明天（3月12日 周四）10:00前处理"),
    ({"assignee_id": 1}, 0, "同事", "最晚明天（3月12日 周四）10:00前处理"),
    ({"appointment_at": FRIDAY, "due_at": FRIDAY + clock.URGENT}, 0, "", "您希望后天（3月13日 周五）14:00上门，等师傅确认"),
    ({"appointment_at": FRIDAY, "agreed_at": FRIDAY, "due_at": FRIDAY + clock.URGENT}, 0, "", "约的后天（3月13日 周五）14:00上门"),
    ({}, 48, "", "已经晚了"),
])  # fmt: skip
def test_status_says_who_and_by_when_as_rows_prove(town: Town, values: dict[str, Any], later: int, who: str, when: str) -> None:
    ticket = reported(town)
    put(town, ticket, **values)
    town.now += timedelta(hours=later)

    reply = spoken_of(town, ticket, actions.status)

    assert isinstance(reply, Reply)
    assert reply.name == "one"
    assert when in reply.values["when"]
    assert reply.values["who"].endswith(who)
    assert bool(reply.values["who"]) is bool(who)


def test_urging_claims_nobody_whom_no_row_names(town: Town) -> None:
    reported(town)

    said = town.says(CHEN, actions.urge)

    assert "负责的是" not in said
    assert "提醒" not in said


def test_open_repairs_are_matters_of_the_resident(town: Town) -> None:
    ticket = reported(town)
    move(town, ticket, TicketState.WORKING)

    [matter] = town.database.submit(lambda session: actions.matters(turn_of(town, session, CHEN, "", ""))).result()

    assert (matter.words, ticket.number in matter.url) == ("厨房水管漏水：处理中，staff同事", True)
    move(town, ticket, TicketState.DONE)
    assert town.database.submit(lambda session: actions.matters(turn_of(town, session, CHEN, "", ""))).result() == []


# ------------------------------------------------------------------ a bare rating


def heard(town: Town, text: str, openid: str = CHEN) -> str:
    return town.database.submit(lambda session: actions.hear_score(turn_of(town, session, openid, "", ""), text)).result()


@pytest.mark.parametrize(("said", "rating", "task"), [
    ("2分", 2, ["repair.callback"]), ("5星", 5, []), ("打5分", 5, []), ("五星", 5, []), ("给四分吧", 4, []), ("一颗星", 1, ["repair.callback"]),
])  # fmt: skip
def test_bare_score_rates_the_one_finished_repair(town: Town, said: str, rating: int, task: list[str]) -> None:
    ticket = reported(town)
    move(town, ticket, TicketState.DONE)

    answer = heard(town, said)

    [now] = town.all(Ticket)
    assert (now.rating, now.state) == (rating, TicketState.CLOSED)
    assert [one.kind for one in town.tasks()] == task
    assert f"{rating}分" in answer


@pytest.mark.parametrize("said", ["2", "三点", "5楼", "评价2分钟", "6分", "打5分可以吗"])
def test_other_words_rate_nothing(town: Town, said: str) -> None:
    move(town, reported(town), TicketState.DONE)

    assert heard(town, said) == ""
    assert town.all(Ticket)[0].rating is None


def test_bare_score_with_two_or_none_to_rate_is_nobodys(town: Town) -> None:
    assert heard(town, "2分") == ""
    for _ in range(2):
        move(town, reported(town), TicketState.DONE)

    assert (heard(town, "2分"), heard(town, "2分", LI), heard(town, "2分", "oStranger")) == ("", "", "")


def test_repair_finished_long_ago_is_not_rated_by_a_bare_score(town: Town) -> None:
    move(town, reported(town), TicketState.DONE)
    town.now += reopening.REOPENS

    assert heard(town, "2分") == ""


# ------------------------------------------------------------------ talks


@pytest.mark.parametrize(("said", "intent"), [
    ("不用来了", "repair.cancel"), ("不用了，自己好了", "repair.cancel"), ("修好了", "repair.cancel"), ("已经好了不用来了", "repair.cancel"),
    ("不用修了谢谢", "repair.cancel"), ("那就取消吧", "repair.cancel"), ("它自己通了", "repair.cancel"), ("邻居帮修好了", "repair.cancel"),
    ("还没来", "repair.urge"), ("怎么还不来啊", "repair.urge"), ("师傅怎么还没到", "repair.urge"), ("快点", "repair.urge"),
    ("什么时候来", "repair.status"), ("几点来啊", "repair.status"), ("师傅贵姓", "repair.status"), ("到哪了？", "repair.status"),
    ("师傅走了没十分钟又喷了", "repair.urge"), ("今早又推不动了", "repair.urge"), ("问题并未解决", "repair.urge"), ("莫来了", "repair.cancel"),
    ("又漏了", "repair.urge"), ("还没人联系我", "repair.urge"),
])  # fmt: skip
def test_words_after_a_report_are_about_it(said: str, intent: str) -> None:
    plain = said.translate(str.maketrans("", "", "，。？！"))

    follow_ups = CATALOGUE.intents["repair.report"].follow_ups
    assert [name for name, sentences in follow_ups.items() if any(one.match(plain) is not None for one in sentences)] == [intent]


@pytest.mark.parametrize(
    "said", ["没修好", "厨房灯也坏了", "多少钱", "收费吗", "谢谢", "急", "不是厨房是卫生间", "改成后天下午来"]
)
def test_other_words_after_a_report_call_nothing(said: str) -> None:
    sentences = [one for found in CATALOGUE.intents["repair.report"].follow_ups.values() for one in found]

    assert all(one.match(said) is None for one in sentences)


def test_ticket_is_changed_and_called_off_in_one_talk(chat: Chat) -> None:
    chat.say("厨房水管漏水，明天上午来修")

    assert "卫生间水管漏水" in chat.say("不是厨房是卫生间")
    assert "4楼卫生间" in chat.say("换成4楼的")
    assert "13日" in chat.say("改成后天下午来")
    assert "这是急修" in chat.say("急")
    assert "确认取消" in chat.say("不用来了")
    assert "已取消" in chat.say("对")
    [ticket] = chat.all(Ticket)
    assert ticket.words.splitlines()[:4] == ["厨房水管漏水，明天上午来修", "不是厨房是卫生间", "换成4楼的", "改成后天下午来"]


@pytest.mark.parametrize(("said", "place"), [
    ("4楼的灯不亮", "4楼"), ("楼道灯不亮，三楼的", "三楼楼道"), ("1102门口的灯坏了", "1102门口"), ("热水器打不着火", "家里"),
])  # fmt: skip
def test_place_is_taken_as_said_and_not_asked_for(chat: Chat, said: str, place: str) -> None:
    chat.say(said)

    assert [ticket.location for ticket in chat.all(Ticket)] == [place]


def test_what_is_said_beside_a_way_out_is_only_its_reason(chat: Chat) -> None:
    chat.say("厨房水管漏水，明天上午来修")

    assert "“不是左边，靠里那根”" in chat.say("不是左边，靠里那根")
    assert "确认取消" in chat.say("不用了 我拿胶带粘好了")
    assert "已取消" in chat.say("嗯，取消吧")


@pytest.mark.parametrize("said", ["好的，那他几点到？", "好的那他来之前打电话吗", "是不是不用来了", "到现在人还不来"])
def test_who_asks_or_presses_while_the_end_is_read_back_ends_nothing(chat: Chat, said: str) -> None:
    chat.say("厨房水管漏水，明天上午来修", "取消报修")

    chat.say(said)

    assert chat.all(Ticket)[0].state is not TicketState.CANCELLED


@pytest.mark.parametrize("said", ["是的不要来了", "对，就那个水管的单", "不用来了"])
def test_who_says_once_more_that_nobody_shall_come_agrees(chat: Chat, said: str) -> None:
    chat.say("厨房水管漏水，明天上午来修", "取消报修")

    assert "已取消" in chat.say(said)


def test_who_calls_the_master_off_while_a_repair_is_reported_leaves_the_form(chat: Chat) -> None:
    assert "不办了" in chat.say("灯坏了", "房东说厂家来修 你们不用来了")
    assert chat.all(Ticket) == []


def test_a_place_and_a_hurry_said_next_change_the_ticket(chat: Chat) -> None:
    chat.say("洗衣机后头那个龙头一开就喷", "阳台 快点来")

    assert [(ticket.location, ticket.urgent) for ticket in chat.all(Ticket)] == [("阳台", True)]


# ------------------------------------------------------------------ the number to call


PHONE = "13800138000"


def test_number_to_call_is_shown_to_staff_and_said_back_by_its_end_alone(town: Town) -> None:
    def run(session: Any) -> str:
        turn = turn_of(town, session, CHEN, f"厨房漏水，打我老婆电话{PHONE}", "")
        reply = actions.report(turn, {"category": "water", "location": "厨房", "phone": PHONE})
        return turn.words(WORDS["done"], **{"location": "厨房", "category": "水管漏水", **reply.values})

    said = town.database.submit(run).result()

    ticket = town.all(Ticket)[-1]
    assert ticket.phone == PHONE
    assert "联系电话尾号8000" in said
    assert PHONE not in said
    assert town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["ticket"].phone == PHONE


def test_number_told_later_takes_the_place_of_the_first_and_leaves_the_time_to_repair(town: Town) -> None:
    ticket = reported(town, phone="13900139000")
    town.now += timedelta(hours=1)

    name, said = changed(town, ticket, "师傅来了找我媳妇，电话13800138000", phone=PHONE)

    found = town.all(Ticket)[0]
    assert (name, found.phone, found.due_at) == ("noted", PHONE, ticket.due_at)
    assert "找我媳妇" in said
    steps = [event.data for event in town.all(Event) if event.kind == "repair.changed"]
    assert steps == [{"phone": True}]


def test_number_to_call_is_exported_and_goes_with_the_person(town: Town) -> None:
    reported(town, phone=PHONE)

    def export(session: Any) -> Any:
        turn = turn_of(town, session, CHEN, "", "")
        return personal.export(turn, turn.me)["报修"][0]["联系电话"]

    def erase(session: Any) -> None:
        turn = turn_of(town, session, CHEN, "", "")
        personal.erase(turn, turn.me)

    assert town.database.submit(export).result() == PHONE
    town.database.submit(erase).result()
    assert town.all(Ticket)[0].phone == ""
