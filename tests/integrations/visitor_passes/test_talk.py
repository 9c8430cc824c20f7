"""What follows an invitation: the pass is changed, shown again, cancelled; only by whom it belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.console import lists, views
from bot.contract import Ask, Reply, Turn
from bot.model import SHANGHAI
from bot.store.events import Event
from bot.store.staff import Role
from bot.translation import SOURCE
from integrations.visitor_passes import actions, cards, console, gate, pages, personal, stay
from integrations.visitor_passes.listed import LIST
from integrations.visitor_passes.models import LONGEST, Pass, PassState
from tests.integrations.conftest import CATALOGUE, CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

TOMORROW_AT_THREE = datetime(2026, 3, 12, 15, tzinfo=SHANGHAI)
WORDS = CATALOGUE.intents["visitor.invite"].replies


def invited(town: Town, **slots: Any) -> Pass:
    town.asks(CHEN, actions.invite, **{"visitor_name": "王芳", "starts_at": TOMORROW_AT_THREE, **slots})
    return town.all(Pass)[-1]


def changed(town: Town, about: str, openid: str = CHEN, **slots: Any) -> tuple[str, str]:
    """Say something else of a pass; returns the name of the reply and its words."""

    def run(session: Any) -> tuple[str, str]:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid)
        reply = actions.change(turn, about, slots)
        return reply.name, turn.words(WORDS[reply.name], **reply.values)

    return town.database.submit(run).result()


def spoken_of(town: Town, pass_: Pass, action: Any, openid: str = CHEN, **slots: Any) -> Reply | Ask:
    """Ask for something while a pass is what is spoken of."""

    def run(session: Any) -> Reply | Ask:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid, about=pass_.subject)
        answer: Reply | Ask = action(turn, slots)
        return answer

    return town.database.submit(run).result()


def checked(town: Town, pass_: Pass) -> str:
    """Return why the gate does not open; empty when it does."""
    return town.database.submit(lambda session: gate.check(_at_the_gate(town, session), pass_.code).reason).result()


def _at_the_gate(town: Town, session: Any) -> Turn:
    return Turn(session=session, now=town.now, context=town.context, openid="gate")


def test_invitation_is_what_is_said_next_of(town: Town) -> None:
    reply = town.asks(CHEN, actions.invite, visitor_name="王芳", starts_at=TOMORROW_AT_THREE)

    assert isinstance(reply, Reply)
    assert (reply.about, reply.called) == (town.all(Pass)[-1].subject, "王芳明天15:00的来访")


# ------------------------------------------------------------------ changing


def test_another_day_moves_the_pass_and_keeps_link_and_code(town: Town) -> None:
    pass_ = invited(town)

    name, said = changed(town, pass_.subject, starts_at=TOMORROW_AT_THREE + timedelta(days=1))

    [now] = town.all(Pass)
    assert (name, now.public_id, now.code) == ("changed", pass_.public_id, pass_.code)
    assert (now.starts_at, now.ends_at) == (
        datetime(2026, 3, 13, 15, tzinfo=SHANGHAI), datetime(2026, 3, 13, 23, 59, tzinfo=SHANGHAI),
    )  # fmt: skip
    assert "后天（3月13日 周五）15:00起可用" in said
    assert pass_.code in said


@pytest.mark.parametrize(("slots", "shown"), [
    ({"visitor_name": "李四"}, "李四"), ({"plate": "粤B12345"}, "车牌粤B12345"), ({"phone": "13800138000"}, "电话13800138000"),
    ({"people": 2}, "共2人"), ({"ends_at": datetime(2026, 3, 12, 18, tzinfo=SHANGHAI)}, "到当天18:00为止"),
])  # fmt: skip
def test_each_value_may_be_said_afterwards_and_is_said_back(town: Town, slots: dict[str, Any], shown: str) -> None:
    pass_ = invited(town)

    name, said = changed(town, pass_.subject, **slots)

    assert name == "changed"
    assert shown in said
    [now] = town.all(Pass)
    assert {key: getattr(now, key) for key in slots} == slots


def test_change_says_all_that_is_known_now(town: Town) -> None:
    pass_ = invited(town, people=3, plate="粤B12345", phone="13800138000")

    _, said = changed(town, pass_.subject, visitor_name="李四")

    assert "李四，共3人，车牌粤B12345，电话13800138000，明天（3月12日 周四）15:00起可用" in said
    assert f"/p/passes/{pass_.public_id}?k=" in said


def test_no_car_after_all_takes_the_plate_out(town: Town) -> None:
    pass_ = invited(town, plate="粤B12345")

    changed(town, pass_.subject, plate="")

    assert town.all(Pass)[0].plate == ""


def test_change_is_written_down_without_what_was_said(town: Town) -> None:
    pass_ = invited(town)

    changed(town, pass_.subject, visitor_name="李四", people=2)

    [event] = [event for event in town.all(Event) if event.kind == "visitor.changed"]
    assert (event.subject, event.data) == (pass_.subject, {"who": True, "people": True})
    assert town.context.services.say(event, town.now) == "改了访客的姓名 人数"


def test_who_is_in_already_counts_when_the_number_changes(town: Town) -> None:
    pass_ = invited(town, starts_at=town.now, people=3)
    assert (checked(town, pass_), checked(town, pass_)) == ("", "")

    changed(town, pass_.subject, people=4)
    assert [checked(town, pass_) for _ in range(3)] == ["", "", "used"]


def test_fewer_than_are_in_lets_nobody_else_in(town: Town) -> None:
    pass_ = invited(town, starts_at=town.now, people=3)
    assert (checked(town, pass_), checked(town, pass_)) == ("", "")

    changed(town, pass_.subject, people=1)

    assert checked(town, pass_) == "used"


def test_length_of_a_stay_goes_along_with_its_start(town: Town) -> None:
    pass_ = invited(town, ends_at=TOMORROW_AT_THREE + timedelta(hours=2))

    changed(town, pass_.subject, starts_at=TOMORROW_AT_THREE + timedelta(days=1))

    assert town.all(Pass)[0].ends_at == TOMORROW_AT_THREE + timedelta(days=1, hours=2)


@pytest.mark.parametrize(("slots", "name"), [
    ({"starts_at": datetime(2026, 3, 10, 15, tzinfo=SHANGHAI)}, "past"), ({"starts_at": datetime(2026, 3, 11, 9, tzinfo=SHANGHAI)}, "past"),
    ({"starts_at": datetime(2026, 4, 20, 15, tzinfo=SHANGHAI)}, "further"),
])  # fmt: skip
def test_time_that_cannot_be_leaves_the_pass_as_it_was(town: Town, slots: dict[str, Any], name: str) -> None:
    pass_ = invited(town)

    answered, said = changed(town, pass_.subject, **slots)

    assert answered == name
    assert "王芳明天15:00的来访没有改" in said
    assert town.all(Pass)[0].starts_at == TOMORROW_AT_THREE


def test_end_before_the_start_is_said_to_be_not_taken(town: Town) -> None:
    pass_ = invited(town)

    _, said = changed(town, pass_.subject, ends_at=TOMORROW_AT_THREE - timedelta(hours=2))

    assert "比到访还早，没有改" in said
    assert town.all(Pass)[0].ends_at == pass_.ends_at


def test_longer_than_a_week_is_cut_and_said(town: Town) -> None:
    said = town.says(
        CHEN, actions.invite, visitor_name="王芳", starts_at=TOMORROW_AT_THREE, ends_at=TOMORROW_AT_THREE + timedelta(days=20)
    )

    assert "最长管 7 天" in said
    assert town.all(Pass)[0].ends_at == TOMORROW_AT_THREE + stay.LONGEST


def test_who_leaves_after_midnight_leaves_the_next_day(town: Town) -> None:
    evening = datetime(2026, 3, 12, 20, tzinfo=SHANGHAI)

    pass_ = invited(town, starts_at=evening, ends_at=datetime(2026, 3, 12, 1, tzinfo=SHANGHAI))

    assert pass_.ends_at == datetime(2026, 3, 13, 1, tzinfo=SHANGHAI)


def test_used_pass_is_kindly_not_changed(town: Town) -> None:
    pass_ = invited(town, starts_at=town.now)
    checked(town, pass_)

    name, said = changed(town, pass_.subject, people=2)

    assert (name, "已经用过了，改不了" in said) == ("used", True)


def test_pass_that_is_over_is_kindly_not_changed(town: Town) -> None:
    pass_ = invited(town)
    town.now += timedelta(days=3)

    assert changed(town, pass_.subject, people=2)[0] == "over"


def test_cancelled_pass_is_kindly_not_changed(town: Town) -> None:
    pass_ = invited(town)
    town.asks(CHEN, actions.cancel, sure=True)

    assert changed(town, pass_.subject, people=2)[0] == "cancelled"


def test_pass_of_somebody_else_is_as_if_it_did_not_exist(town: Town) -> None:
    pass_ = invited(town)

    assert changed(town, pass_.subject, LI, visitor_name="李四") == changed(town, "pass:NOSUCHPASS", LI, visitor_name="李四")
    assert changed(town, "ticket:K3M9", LI, people=2)[0] == "gone"
    assert town.all(Pass)[0].visitor_name == "王芳"


# ------------------------------------------------------------------ cancelling


def test_lone_pass_is_read_back_before_it_is_cancelled(town: Town) -> None:
    invited(town)

    asked = town.asks(CHEN, actions.cancel)

    assert isinstance(asked, Ask)
    assert (asked.slot, asked.values) == ("sure", {"what": "王芳明天15:00的来访"})
    assert town.all(Pass)[0].state is PassState.ACTIVE


def test_cancelled_pass_stops_being_spoken_of(town: Town) -> None:
    pass_ = invited(town)

    reply = town.asks(CHEN, actions.cancel, sure=True)

    assert isinstance(reply, Reply)
    assert (reply.about, reply.over, town.all(Pass)[0].state) == (pass_.subject, True, PassState.CANCELLED)


@pytest.mark.parametrize("sure", ["no", False])
def test_no_keeps_the_pass(town: Town, sure: object) -> None:
    invited(town)

    reply = town.asks(CHEN, actions.cancel, sure=sure)

    assert (reply.name, town.all(Pass)[0].state) == ("kept", PassState.ACTIVE)


def test_of_several_the_one_spoken_of_is_read_back(town: Town) -> None:
    first, _ = invited(town), invited(town, visitor_name="李强")

    asked = spoken_of(town, first, actions.cancel)

    assert isinstance(asked, Ask)
    assert asked.values == {"what": "王芳明天15:00的来访"}


def test_name_goes_before_what_is_spoken_of(town: Town) -> None:
    first, _ = invited(town), invited(town, visitor_name="李强")

    asked = spoken_of(town, first, actions.cancel, visitor_name="李强")

    assert isinstance(asked, Ask)
    assert asked.values == {"what": "李强明天15:00的来访"}


def test_day_that_is_named_tells_which_of_several(town: Town) -> None:
    invited(town), invited(town, visitor_name="李强", starts_at=TOMORROW_AT_THREE + timedelta(days=1))

    asked = town.asks(CHEN, actions.cancel, day=datetime(2026, 3, 13, tzinfo=SHANGHAI))

    assert isinstance(asked, Ask)
    assert asked.values == {"what": "李强后天15:00的来访"}


def test_speaking_of_a_pass_of_somebody_else_cancels_and_shows_nothing(town: Town) -> None:
    pass_ = invited(town)

    assert spoken_of(town, pass_, actions.cancel, LI, sure=True).name == "none"
    assert spoken_of(town, pass_, actions.show, LI).name == "none"
    assert town.all(Pass)[0].state is PassState.ACTIVE


# ------------------------------------------------------------------ showing


def test_pass_spoken_of_is_shown_first_with_its_link(town: Town) -> None:
    first, other = invited(town), invited(town, visitor_name="李强")

    reply = spoken_of(town, first, actions.show)

    assert isinstance(reply, Reply)
    assert (reply.name, reply.values["code"], len(reply.values["others"])) == ("again", first.code, 1)
    assert f"/passes/{first.public_id}?k=" in reply.values["url"]
    assert other.code in reply.values["others"][0]


def test_list_shows_words_in_place_of_addresses(town: Town) -> None:
    pass_ = invited(town)

    said = town.says(CHEN, actions.show)

    assert f'<a href="https://linli.example/p/passes/{pass_.public_id}?k=' in said
    assert '">看通行证</a>' in said


def test_visitors_still_to_come_are_what_is_under_way(town: Town) -> None:
    invited(town), invited(town, visitor_name="李强", starts_at=TOMORROW_AT_THREE + timedelta(days=1))
    town.asks(CHEN, actions.cancel, visitor_name="王芳", sure=True)

    def matters(session: Any, openid: str) -> list[str]:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid)
        return [matter.words for matter in cards.matters(turn)]

    [words] = town.database.submit(matters, CHEN).result()
    assert words.startswith("李强后天15:00的来访，通行码 ")
    assert town.database.submit(matters, "oNobody").result() == []


# ------------------------------------------------------------------ the resident's own words

SAID = "我朋友王芳明天下午三点来，她电话13800138000\n她耳朵背 麻烦大声点"


def said_of(town: Town, pass_: Pass | None, said: str, openid: str = CHEN, **slots: Any) -> Reply | Ask:
    """Say something in one's own words that makes a pass, or that is about the one given."""

    def run(session: Any) -> Reply | Ask:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid, said=said)
        if pass_ is None:
            return actions.invite(turn, {"visitor_name": "王芳", "starts_at": TOMORROW_AT_THREE, **slots})
        return actions.change(turn, pass_.subject, slots)

    return town.database.submit(run).result()


def told(town: Town, **slots: Any) -> Pass:
    said_of(town, None, SAID, **slots)
    return town.all(Pass)[-1]


def at_the_desk(town: Town, pass_: Pass) -> list[str]:
    """Let the guard check a pass; returns what the resident said of it, as the guard reads it."""
    shown_at = town.opens(Role.GUARD, console.check, code=pass_.code).to
    verdict = town.opens(Role.GUARD, console.stand, query={"check": shown_at.removeprefix("/console/gate?check=")}).values[
        "verdict"
    ]
    remarks: list[str] = verdict.remarks
    return remarks


def test_own_words_are_kept_and_later_ones_added_once(town: Town) -> None:
    pass_ = told(town)

    reply = said_of(town, pass_, "她带了个大箱子")
    said_of(town, pass_, "她带了个大箱子")

    assert isinstance(reply, Reply)
    assert (reply.name, "门岗查码时看得到" in WORDS[reply.name], reply.about) == ("noted", True, pass_.subject)
    assert town.all(Pass)[0].words == f"{SAID}\n她带了个大箱子"
    assert [event.data for event in town.all(Event) if event.kind == "visitor.changed"] == [{"words": True}]


def test_what_is_said_beside_a_change_is_kept_too(town: Town) -> None:
    pass_ = told(town)

    reply = said_of(town, pass_, "改两个人，都不会说普通话", people=2)

    assert (reply.name, town.all(Pass)[0].words.splitlines()[-1]) == ("changed", "改两个人，都不会说普通话")


def test_of_too_many_words_the_pass_keeps_no_more_than_a_ticket_would(town: Town) -> None:
    pass_ = told(town)

    said_of(town, pass_, "箱" * 5_000)

    assert len(town.all(Pass)[0].words) == LONGEST


def test_guard_reads_them_with_the_name_masked_without_numbers_and_of_which_day(town: Town) -> None:
    pass_ = told(town)
    town.now = TOMORROW_AT_THREE

    assert at_the_desk(town, pass_) == ["我朋友王*明天下午三点来，她电话[号码]（昨天说的）", "她耳朵背 麻烦大声点"]
    assert at_the_desk(town, pass_) == []  # used: nobody is to be let in any more


def test_guard_reads_what_somebody_comes_for_in_full(town: Town) -> None:
    said_of(town, None, "修空调的师傅明天下午三点来", visitor_name="修空调的师傅")
    town.now = TOMORROW_AT_THREE

    assert at_the_desk(town, town.all(Pass)[0]) == ["修空调的师傅明天下午三点来（昨天说的）"]


def test_staff_read_them_on_the_list(town: Town) -> None:
    told(town)

    [line] = town.opens(Role.STAFF, lists.pages_of(LIST)[0]).values["list"].lines
    [visitor] = dict(line.cells)["访客"]

    assert (visitor.words, visitor.small.split("；")[-1]) == ("王*", "她耳朵背 麻烦大声点")


def test_visitor_reads_none_of_them(town: Town) -> None:
    pass_ = told(town)

    view = town.visits(pages.show, id=pass_.public_id)
    page = views.Templates(town.services.integrations)[SOURCE].get_template(view.template).render(view.values)

    assert (pass_.code in page, "耳朵背" in page, "王芳" in page) == (True, False, False)


def test_own_words_are_exported_and_go_with_the_person(town: Town) -> None:
    told(town)

    def export(session: Any) -> Any:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        words = personal.export(turn, turn.me)["访客"][0]["您说的"]
        personal.erase(turn, turn.me)
        return words

    assert (town.database.submit(export).result(), town.all(Pass)[0].words) == (SAID, "")


def test_remark_on_a_pass_that_is_over_is_said_to_be_not_kept(town: Town) -> None:
    pass_ = told(town, starts_at=town.now)
    checked(town, pass_)

    reply = said_of(town, pass_, "她带了个大箱子")

    assert (reply.name, "没有记上去" in WORDS[reply.name], town.all(Pass)[0].words) == ("late", True, SAID)


def test_remark_of_somebody_else_joins_nothing(town: Town) -> None:
    pass_ = told(town)

    assert said_of(town, pass_, "她带了个大箱子", LI).name == "gone"
    assert town.all(Pass)[0].words == SAID


# ------------------------------------------------------------------ words

FOLLOW_UPS = CATALOGUE.intents["visitor.invite"].follow_ups


def follows(text: str) -> list[str]:
    return [name for name, sentences in FOLLOW_UPS.items() if any(one.match(text) is not None for one in sentences)]


@pytest.mark.parametrize("text", [
    "她不来了", "人不来了", "来不了了", "我妹妹临时有事来不了了", "取消吧", "佢唔嚟喇", "把那张通行证取消掉", "不用登记了", "改天再来吧", "不来喽",
])  # fmt: skip
def test_who_does_not_come_is_heard_after_an_invitation(text: str) -> None:
    assert follows(text) == ["visitor.cancel"]


@pytest.mark.parametrize("text", [
    "码再发我一下", "二维码呢", "再发一次", "通行证呢", "链接打不开", "她说没收到", "那个链接找不到了", "怎么发给她", "再发一遍",
])  # fmt: skip
def test_who_wants_the_code_again_is_heard_after_an_invitation(text: str) -> None:
    assert follows(text) == ["visitor.list"]


@pytest.mark.parametrize(
    "text", ["改成后天下午", "两个人", "谢谢", "车牌是粤B12345", "是李四不是张三", "厨房漏水了", "还有一个朋友也来"]
)
def test_what_corrects_or_is_about_something_else_starts_nothing(text: str) -> None:
    assert follows(text) == []
